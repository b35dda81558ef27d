/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "work/thr-pool-core-private.h"

G_BEGIN_DECLS

/* One thread of a pool. Records are made as the pool grows, recycled within it and
 * freed with it: a thief walks the list of them without a lock.
 */
struct _ThrWorker
{
  /* Constant. */
  ThrPoolCore *core;          /* borrowed; a running worker's thread owns one */
  ThrWorker   *next;          /* in core->workers */

  /* Under core->mutex. */
  gboolean     in_use;
  gboolean     asleep;        /* in core->sleepers; cleared by the waker */
  ThrWorker   *next_asleep;
  ThrThread   *thread;        /* owned while in use */

  /* Atomic. */
  int          running;       /* tasks on the stack */

  /* The worker itself. */
  ThrSelf     *self;          /* read by wakers under core->mutex while asleep */
  gboolean     searching;     /* counted in core->n_searching, and idle */
  gboolean     idle;          /* counted in core->injector.n_idle */
  guint        n_helping;     /* tasks run inside of waits, on this stack */
  guint        tick;
  guint32      random;
  guint64      strand;        /* of the jobs that are forked; see thr-pool-fork.c */
  guint64      n_strands;
  char        *stack_limit;   /* helping stops here */

  /* The owner pushes and pops, everybody steals. */
  ThrDeque     deque;
};

/* The calling thread's worker, or NULL. */
static inline ThrWorker *
thr_worker_get_current (void)
{
  ThrSelf *me = thr_self_peek ();

  return me != NULL ? me->worker : NULL;
}

/* The body of the thread. */
void     thr_worker_main      (ThrThread       *thread,
                               gpointer         worker);

/* Runs one entry, whose errors nobody else would report. */
void     thr_worker_run       (ThrWorker       *self,
                               const ThrEntry  *entry);

/* Around the settling of a task by the thread that runs it. The worker counts as idle
 * from before its answer can be seen, unless it has more to do; until it looks for work,
 * or runs code of the program, such as what a binding has asked to be called when the
 * answer is there. */
void     thr_worker_expect_end  (ThrHome       *home);
void     thr_worker_before_hook (void);

/* Before and after a wait that keeps the worker from its work (contracts 13): the
 * pool counts it out and may add another. FALSE with THR_ERROR_RESOURCES when that
 * would stop the pool for good. */
gboolean thr_worker_block     (ThrWorker       *self,
                               gboolean         unlimited,
                               GError         **error);
void     thr_worker_unblock   (ThrWorker       *self,
                               gboolean         unlimited);

/* The same for a job, whose wait cannot fail. When it would stop the pool for good, what
 * is queued goes back to who waits, or fails. */
void     thr_worker_block_for_job (ThrWorker   *self);
void     thr_worker_unblock_for_job (ThrWorker *self);

/* Whether the worker may run a task inside of a wait. @from_binding: the task calls
 * into a language, whose own stack is short. */
gboolean thr_worker_may_help  (ThrWorker       *self,
                               gboolean         from_binding);
gboolean thr_worker_has_stack (ThrWorker       *self);

G_END_DECLS
