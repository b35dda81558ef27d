/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "sync/thr-lock.h"
#include "sync/thr-permits-private.h"

G_BEGIN_DECLS

/* The class, which is the only one of its type: NULL before the first lock. */
extern gpointer thr_lock_class G_GNUC_INTERNAL;

/* A final type has one class, so comparing its pointer is a full type check, and
 * costs a load where the other walks the types. */
static inline gboolean
thr_lock_is_exactly (gconstpointer instance)
{
  return G_LIKELY (instance != NULL) &&
         G_LIKELY ((gpointer) ((const GTypeInstance *) instance)->g_class == thr_lock_class);
}

/* For ThrCondition, which hands the lock to those who waited for it. */
ThrPermits *thr_lock_get_permits (ThrLock *self);

G_END_DECLS
