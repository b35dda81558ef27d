/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "sync/thr-locker.h"

#include "sync/thr-lock.h"
#include "sync/thr-lock-private.h"

static gboolean
acquire (ThrLockable  *lockable,
         GError      **error)
{
  /* Most are plain locks, and the way through the interface costs more than
   * taking one. */
  if (thr_permits_is_exactly (lockable, &thr_lock_permits_type))
    return thr_lock_acquire ((ThrLock *) lockable, error);

  return thr_lockable_acquire (lockable, error);
}

/**
 * thr_locker_new: (skip)
 * @lockable: what to acquire
 *
 * Acquires @lockable until the locker is freed, waiting as long as it takes.
 *
 * Use it with `g_autoptr (ThrLocker)`, or free it with `thr_locker_free()` to
 * release earlier.
 *
 * An acquire without a limit fails only by a mistake of the program, such as
 * %THR_ERROR_DEADLOCK. The error is then logged as a critical, since there is
 * nowhere else to put it, and %NULL is returned: nothing is held, and freeing it
 * does nothing. Where a failure is to be handled, use
 * [func@Thr.Locker.new_timed]. A wait that a signal handler interrupted goes on.
 *
 * May block. Any thread.
 *
 * Returns: (nullable): the locker, or %NULL when nothing could be acquired
 */
ThrLocker *
thr_locker_new (ThrLockable *lockable)
{
  g_autoptr (GError) error = NULL;

  do
    {
      if (acquire (lockable, &error))
        return (ThrLocker *) lockable;
    }
  while (error == NULL && THR_IS_LOCKABLE (lockable));

  if (error != NULL)
    g_critical ("%s %p could not be acquired for a scope: %s",
                G_OBJECT_TYPE_NAME (lockable), (gpointer) lockable, error->message);
  return NULL;
}

/**
 * thr_locker_new_timed: (skip)
 * @lockable: what to acquire
 * @timeout_us: how long to wait at the most, in microseconds; 0 does not wait, -1
 *   waits as long as it takes
 * @cancellable: (nullable): a cancellable that ends the wait
 * @error: return location for an error
 *
 * Acquires @lockable until the locker is freed, unless that fails.
 *
 * Errors are those of [method@Thr.Lockable.acquire_timed].
 *
 * May block. Any thread.
 *
 * Returns: (nullable): the locker, or %NULL when nothing could be acquired
 */
ThrLocker *
thr_locker_new_timed (ThrLockable   *lockable,
                      gint64         timeout_us,
                      GCancellable  *cancellable,
                      GError       **error)
{
  if (!thr_lockable_acquire_timed (lockable, timeout_us, cancellable, error))
    return NULL;

  return (ThrLocker *) lockable;
}

/**
 * thr_locker_free: (skip)
 * @locker: (nullable): a locker
 *
 * Releases what the locker holds.
 *
 * When somebody else released it meanwhile there is nothing to release any more,
 * which is logged as a warning.
 */
void
thr_locker_free (ThrLocker *locker)
{
  g_autoptr (GError) error = NULL;
  gboolean released;

  if (locker == NULL)
    return;

  if (thr_permits_is_exactly (locker, &thr_lock_permits_type))
    released = thr_lock_release ((ThrLock *) locker, &error);
  else
    released = thr_lockable_release ((ThrLockable *) locker, &error);

  if (!released && error != NULL)
    g_warning ("%s %p could not be released at the end of a scope: %s",
               G_OBJECT_TYPE_NAME (locker), (gpointer) locker, error->message);
}
