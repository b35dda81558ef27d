/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-operation-private.h"
#include "sync/thr-barrier.h"
#include "sync/thr-telling-private.h"

G_BEGIN_DECLS

/* thr-barrier-line.c has the protocol, thr-barrier.c the class. */
struct _ThrBarrier
{
  ThrObject       parent_instance;

  /* Constant after construction. */
  gint            parties;     /* below 1: refused, nothing works */
  ThrBarrierFunc  action;      /* nullable */
  gpointer        user_data;
  GDestroyNotify  notify;

  /* Who has come, in order. Its lock guards all that follows, too. */
  ThrWaitList     line;
  ThrWaitList     lobby;       /* who came while the action runs; its own lock is unused */
  gboolean        broken;
  ThrTelling      telling;     /* of @broken; begun under the lock, ended after it */
  ThrSelf        *actor;       /* the thread that runs the action, or is about to */
  guint64         generation;  /* counts the times that the line was emptied */
  guint64         acting;      /* the generation that the actor acts for */
};

/* What ThrWaiter.tag says: an index from 0 when its waiter has passed, or */
enum {
  THR_BARRIER_IN_LINE  = (gint) G_MININT,
  THR_BARRIER_IN_LOBBY,
  THR_BARRIER_BROKEN,
  THR_BARRIER_ACTS     /* woken to run the action */
};

/* In thr-barrier.c; no lock held: @broken has changed. */
void     thr_barrier_tell_broken      (ThrBarrier          *self);

/* For ThrOperationType. */
void     thr_barrier_leave            (ThrObject           *source,
                                       ThrWaiter           *waiter);

gboolean thr_barrier_wait_until       (ThrBarrier          *self,
                                       ThrDeadline          deadline,
                                       GCancellable        *cancellable,
                                       gint                *index_,
                                       GError             **error);
void     thr_barrier_await            (ThrBarrier          *self,
                                       ThrOperation        *operation);
void     thr_barrier_break            (ThrBarrier          *self,
                                       gboolean             stay_broken);

G_END_DECLS
