/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-callable.h"
#include "work/thr-deque-private.h"
#include "work/thr-future-private.h"
#include "work/thr-parallel-loop.h"
#include "work/thr-pool-core-private.h"

G_BEGIN_DECLS

/* What is done with the indices: one of the three. */
typedef struct
{
  ThrRangeFunc    range;
  ThrMapFunc      map;
  ThrCallable   **callables;  /* owned, with its members; one for each index */
  gpointer        user_data;
  GDestroyNotify  notify;
} ThrLoopBody;

/* Threads take part in a loop one after the other, and each takes one chunk of the
 * indices after the other until nothing is left. The state of the future says:
 *
 *   PENDING    nobody has taken part yet; it may be cancelled or refused
 *   RUNNING    somebody has
 *   settled    by the last to leave, when nothing is left
 *
 * and of RUNNING these two words know the rest:
 *
 *   next       the first index that nobody has taken. It only grows, and a failure or
 *              a cancellation sets it to the end. At the end it stays there.
 *   inside     how many threads are in take_part(). Each counts itself before it looks
 *              at @next, and leaves after it has seen @next at the end.
 *
 * Whoever counts @inside down to 0 has seen the end. A thread that comes in later reads
 * a count that was written after that, so it sees the end, too, and touches nothing of
 * the submitter's. Hence what is given with the loop may go when it is settled, while
 * entries of it are still queued.
 */
struct _ThrParallelLoop
{
  ThrFuture       parent_instance;

  /* Constant. */
  ThrPoolCore    *core;          /* owned */
  ThrLoopBody     body;          /* its data until @released */
  gint64          begin;
  guint64         n_indices;
  guint64         grain;         /* the smallest chunk */
  guint           generation;    /* of the process that was given the work */
  guint           lent : 1;      /* @cancellable is the submitter's, and maybe others' */
  guint           hidden : 1;    /* nobody but the submitting call knows the loop */
  gulong          cancel_id;     /* set by the submitter, cleared by finalize */

  /* Atomic. */
  GCancellable   *cancellable;   /* owned; made when somebody asks */
  GValue         *values;        /* for the results; each belongs to who took its index */
  GError         *failure;       /* the first; owned */
  guint           n_recruited;   /* entries that were queued to get another thread */
  guint64         n_done;
  int             released;      /* what was given is on its way out */

  /* Atomic, written for each chunk: away from what is only read. */
  char            before[64];
  guint64         next;
  guint           inside;
  char            after[64];

  /* While what was given is on its way to its destroy-notify. */
  union {
    ThrLetter     letter;
    ThrTrash      trash;
  } last;
};

/* A loop over @n_indices indices from @begin on. Takes what is in @body. */
ThrParallelLoop *thr_parallel_loop_new       (ThrPoolCore       *core,
                                              gint64             begin,
                                              guint64            n_indices,
                                              gint64             grain,
                                              GCancellable      *cancellable,
                                              const ThrLoopBody *body);

/* It will never begin: cancelled when @reason is NULL, else rejected with it. */
void             thr_parallel_loop_give_up   (ThrParallelLoop   *self,
                                              const GError      *reason);

/* No further chunk begins; the first reason counts. Takes @reason. */
void             thr_parallel_loop_stop      (ThrParallelLoop   *self,
                                              GError            *reason);

/* Queues an entry that brings a thread of the pool. */
gboolean         thr_parallel_loop_recruit   (ThrParallelLoop   *self,
                                              GError           **error);

/* Such an entry, which owns a reference, and what becomes of it when it is not run. */
ThrEntry         thr_parallel_loop_get_entry (ThrParallelLoop   *self);
gboolean         thr_parallel_loop_is_entry  (const ThrEntry    *entry);
void             thr_parallel_loop_refuse    (ThrParallelLoop   *self,
                                              const GError      *reason);

/* The loop is settled: what was given with it goes, at home, after everything else. */
void             thr_parallel_loop_release   (ThrParallelLoop   *self);

/* The bits of the progress, which is counted in @n_done. */
guint            thr_parallel_loop_progress_bits (void);

extern const ThrFutureWaits thr_parallel_loop_waits G_GNUC_INTERNAL;

G_END_DECLS
