/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "work/thr-deque-private.h"
#include "work/thr-future-private.h"
#include "work/thr-pool-core-private.h"
#include "work/thr-task.h"

G_BEGIN_DECLS

typedef struct _ThrTaskWords ThrTaskWords;

struct _ThrTask
{
  ThrFuture       parent_instance;

  /* Constant. */
  ThrPoolCore    *core;         /* borrowed; compared only, unless @observed */
  gpointer        user_data;
  GDestroyNotify  notify;
  int             priority;
  guint           generation;   /* of the process that was given the work */
  guint           lent : 1;     /* @cancellable is the submitter's, and maybe others' */
  guint           observed : 1; /* owns a reference to @core */
  guint           detached : 1; /* its maker runs it */

  /* Atomic. */
  int             released;     /* the user data is on its way out */
  GCancellable   *cancellable;  /* owned; made when somebody asks */
  ThrSelf        *runner;       /* while it runs */
  ThrThread      *thread;       /* owned; who ran it */
  gint64          progress;     /* the bits of a double */

  /* What most tasks never have: made and read under words_mutex. */
  ThrTaskWords   *words;

  /* The work, for the one who begins it; afterwards the user data is on its way to its
   * destroy-notify. */
  union {
    ThrTaskFunc   func;
    struct {
      ThrSelf    *beginner;     /* of a detached one: the thread that has begun it, */
      ThrTask    *outer;        /* and what that ran before; borrowed */
    } own;
    ThrLetter     letter;
    ThrTrash      trash;
  } last;
};

extern const ThrFutureWaits thr_task_waits G_GNUC_INTERNAL;

guint     thr_task_started_bits   (void);
guint     thr_task_finished_bits  (void);

/* Whether anybody but the queue holds the task, who may have connected to it or be
 * about to, or has connected to it and let go. */
gboolean  thr_task_is_watched     (ThrTask        *self);

/* A task for @core that is in no queue yet: it has one reference for the caller and
 * one for the queue. */
ThrTask  *thr_task_new            (ThrPoolCore    *core,
                                   int             priority,
                                   GCancellable   *cancellable,
                                   ThrTaskFunc     func,
                                   gpointer        user_data,
                                   GDestroyNotify  notify);

/* The function of work that is a callable, which is its user data. */
gboolean  thr_task_call           (ThrTask        *self,
                                   gpointer        callable,
                                   GError        **error);

/* After it is in a queue, or was refused: cancels it as soon as its cancellable
 * is. */
void      thr_task_watch          (ThrTask        *self,
                                   GCancellable   *cancellable);

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
  THR_TASK_FINISHED,
  THR_TASK_NO_MORE     /* of no task: the pool has finished */
} ThrTaskEvent;

G_END_DECLS
