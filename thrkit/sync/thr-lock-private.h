/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "sync/thr-lock.h"
#include "sync/thr-permits-object-private.h"

G_BEGIN_DECLS

extern ThrPermitsType thr_lock_permits_type G_GNUC_INTERNAL;

/* For ThrCondition, which hands the lock to those who waited for it. */
ThrPermits *thr_lock_get_permits (ThrLock *self);

G_END_DECLS
