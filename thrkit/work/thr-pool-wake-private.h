/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "work/thr-pool-core-private.h"

G_BEGIN_DECLS

/* How workers come to what is queued. */

/* Queues @entry and sees to it that somebody comes for it. FALSE with an error when
 * the pool takes nothing; the caller keeps what @entry stands for. */
gboolean     thr_pool_core_submit    (ThrPoolCore     *self,
                                      int              priority,
                                      const ThrEntry  *entry,
                                      GError         **error);
/* Wakes or makes a worker unless enough are awake. When one is wanted and cannot be
 * made, and no other will come back, what is queued fails. */
void         thr_pool_core_wake      (ThrPoolCore     *self);
/* The same, but leaves what is queued to the caller and returns FALSE. */
gboolean     thr_pool_core_try_wake  (ThrPoolCore     *self,
                                      GError         **error);

G_END_DECLS
