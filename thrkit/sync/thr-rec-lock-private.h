/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "sync/thr-permits-private.h"
#include "sync/thr-rec-lock.h"

G_BEGIN_DECLS

/* For ThrCondition, which hands the lock to those who waited for it. */

ThrPermits *thr_rec_lock_get_permits (ThrRecLock *self);
/* The calling thread has taken the permit: now it holds that many levels. */
void        thr_rec_lock_own         (ThrRecLock *self,
                                      guint       levels);

G_END_DECLS
