/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/sync/thr-lockable.h>

G_BEGIN_DECLS

/**
 * ThrLocker: (skip)
 *
 * Holds a lock as long as a scope lasts, as `GMutexLocker` does for `GMutex`.
 *
 * It is a pointer to the lockable by another name: nothing is allocated, and no
 * reference is taken, so the lockable must outlive it.
 *
 * ```c
 * static void
 * add_entry (ThrLock    *lock,
 *            GPtrArray  *entries,
 *            const char *entry)
 * {
 *   g_autoptr (ThrLocker) locker = thr_locker_new (THR_LOCKABLE (lock));
 *
 *   g_ptr_array_add (entries, g_strdup (entry));
 * }
 * ```
 */
typedef struct _ThrLocker ThrLocker;

THR_EXTERN
ThrLocker *thr_locker_new       (ThrLockable   *lockable);
THR_EXTERN
ThrLocker *thr_locker_new_timed (ThrLockable   *lockable,
                                 gint64         timeout_us,
                                 GCancellable  *cancellable,
                                 GError       **error);
THR_EXTERN
void       thr_locker_free      (ThrLocker     *locker);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ThrLocker, thr_locker_free)

G_END_DECLS
