/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-callable.h"
#include "work/thr-deque-private.h"
#include "work/thr-future-private.h"
#include "work/thr-pool-core-private.h"
#include "work/thr-task.h"

G_BEGIN_DECLS

/* A task for @core that is in no queue yet: it has one reference for the caller and
 * one for the queue. Exactly one of @func and @callable (a reference is taken) is
 * set. */
ThrTask  *thr_task_new            (ThrPoolCore    *core,
                                   int             priority,
                                   GCancellable   *cancellable,
                                   ThrTaskFunc     func,
                                   gpointer        user_data,
                                   GDestroyNotify  notify,
                                   ThrCallable    *callable);

/* After it is in a queue, or was refused: cancels it as soon as its cancellable
 * is. */
void      thr_task_watch          (ThrTask        *self);

/* The entry of a task; owns the queue's reference. */
ThrEntry  thr_task_get_entry      (ThrTask        *self);
gboolean  thr_task_is_entry       (const ThrEntry *entry);

/* The task is not run: cancelled when @reason is NULL, else rejected with it.
 * Consumes the queue's reference. */
void      thr_task_refuse         (ThrTask        *self,
                                   const GError   *reason);

/* Gives it to the pool's observers from now on. Before it is queued. */
void      thr_task_set_observed   (ThrTask        *self);

/* The kinds of events, for the pool's observers, in their order. */
typedef enum {
  THR_TASK_SUBMITTED,
  THR_TASK_STARTED,
  THR_TASK_FINISHED
} ThrTaskEvent;

G_END_DECLS
