/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "work/thr-pool-core-private.h"

G_BEGIN_DECLS

/* The core, fit for use in this process. */
ThrPoolCore *thr_pool_get_core       (ThrPool *self);

/* Whether tasks are to be reported; turns it on for handlers that were connected. */
gboolean     thr_pool_check_observed (ThrPool *self);

/* Whether anything is connected to it. */
gboolean     thr_pool_has_handler    (ThrPool *self);
/* Posts them if it is; the caller holds a reference. */
void         thr_pool_post_bits      (ThrPool *self,
                                      guint    bits);

/* The bits of what a pool notifies and emits. */
guint        thr_pool_started_bits      (void);
guint        thr_pool_finished_bits     (void);
guint        thr_pool_counts_bits       (void);
guint        thr_pool_closed_bits       (void);
guint        thr_pool_observed_bits     (void);
guint        thr_pool_idle_timeout_bits (void);
guint        thr_pool_max_threads_bits  (void);

G_END_DECLS
