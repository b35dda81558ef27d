/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "work/thr-pool-core-private.h"

G_BEGIN_DECLS

/* The end of a pool, and of what is queued in it. */

/* What becomes of queued work. */
typedef enum {
  THR_CLOSING_FINISH,   /* it is done */
  THR_CLOSING_CANCEL,   /* it is cancelled, unless a worker is there for it */
  THR_CLOSING_REFUSE    /* it is cancelled or refused */
} ThrClosing;

/* Closes the pool. */
void         thr_pool_core_close     (ThrPoolCore     *self,
                                      ThrClosing       closing);
/* The end of the process need not close it any more. */
void         thr_pool_core_delist    (ThrPoolCore     *self);
/* A worker could not be set up: the pool is of no use any more. */
void         thr_pool_core_break     (ThrPoolCore     *self,
                                      const GError    *reason);
/* Why the pool takes nothing any more; always FALSE. */
gboolean     thr_pool_core_set_refusal (ThrPoolCore   *self,
                                      GError         **error);
/* A thread was wanted and could not be made: what is queued fails if nobody else will
 * come for it. */
void         thr_pool_core_give_up   (ThrPoolCore     *self,
                                      const GError    *reason);
/* No thread is to be had: the jobs that are queued go back to their owners, unless
 * somebody is at work who will come for them. TRUE when that lets a worker go on. */
gboolean     thr_pool_core_return_jobs (ThrPoolCore   *self);
/* Under @mutex. Whether no worker would ever come back: each waits without limit. Those
 * who wait for jobs wait for each other; it takes another one for that. */
gboolean     thr_pool_core_is_stuck_unlocked (ThrPoolCore *self);
/* What is done with entries of a pool that is broken. */
void         thr_pool_core_refuse    (ThrPoolCore     *self,
                                      const ThrEntry  *entry);
/* Under @mutex, which it unlocks: a worker has gone, maybe the last. */
void         thr_pool_core_left      (ThrPoolCore     *self);
/* After the end: no kernel thread is left. */
void         thr_pool_core_join      (ThrPoolCore     *self);

/* What becomes of an entry that is never run: cancelled when @reason is NULL, else
 * rejected with it. */
void         thr_entry_refuse        (const ThrEntry  *entry,
                                      ThrPoolCore     *core,
                                      const GError    *reason);
/* The same for a job, which its owner does then; FALSE when the entry is none. */
gboolean     thr_job_refuse          (const ThrEntry  *entry);
gboolean     thr_job_is_entry        (const ThrEntry  *entry);
/* Of an entry that is one. TRUE when a worker waited for just that, and goes on. */
gboolean     thr_job_return          (const ThrEntry  *entry);
/* The function of entries that are pushed with something to free. */
ThrTaskFunc  thr_entry_get_closure_func (void);

G_END_DECLS
