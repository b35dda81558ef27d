/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "work/thr-pool-core-private.h"

G_BEGIN_DECLS

/* The end of a pool, and of what is queued in it. */

/* Closes the pool; queued work is done, or cancelled with @cancel_pending. */
void         thr_pool_core_close     (ThrPoolCore     *self,
                                      gboolean         cancel_pending);
/* A worker could not be set up: the pool is of no use any more. */
void         thr_pool_core_break     (ThrPoolCore     *self,
                                      const GError    *reason);
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

G_END_DECLS
