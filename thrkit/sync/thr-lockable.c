/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "sync/thr-lockable.h"

#include "base/thr-error.h"
#include "base/thr-i18n-private.h"

/**
 * ThrLockable:
 *
 * Something that can be acquired and released: [class@Thr.Lock],
 * [class@Thr.Semaphore] and their kin.
 *
 * Code that only needs "a lock" takes a `ThrLockable` and leaves the kind to its
 * caller. What acquiring means, who may release, and in which order waiters are
 * served is told by each class.
 *
 * A class in C or Python may implement it too, with all functions but those that
 * are called optional. Where an implementation lacks a function, calling that
 * gives %THR_ERROR_INVALID_STATE.
 *
 * ```c
 * static gboolean
 * add_entry (ThrLockable  *lock,
 *            GPtrArray    *entries,
 *            const char   *entry,
 *            GError      **error)
 * {
 *   if (!thr_lockable_acquire (lock, error))
 *     return FALSE;
 *   g_ptr_array_add (entries, g_strdup (entry));
 *   return thr_lockable_release (lock, error);
 * }
 * ```
 *
 * *Thread safety*: all functions may be called from any thread.
 *
 * *Blocking*: [method@Thr.Lockable.acquire] and
 * [method@Thr.Lockable.acquire_timed] may block, and dispatch nothing meanwhile.
 */
G_DEFINE_INTERFACE (ThrLockable, thr_lockable, G_TYPE_OBJECT)

static void
thr_lockable_default_init (ThrLockableInterface *iface)
{
}

/**
 * ThrLockableInterface::is_held:
 * @self: something that was acquired
 *
 * Tells whether the calling thread holds it. Optional: %NULL where nobody in
 * particular does, as with a plain lock.
 *
 * Returns: whether the calling thread holds it
 */

/**
 * ThrLockableInterface::release_all:
 * @self: something that was acquired
 * @error: return location for an error
 *
 * Gives back all levels that the calling thread holds. Optional: %NULL where there
 * is one level.
 *
 * Returns: how many levels that were, or 0 with an error
 */

/**
 * ThrLockableInterface::restore:
 * @self: something to acquire
 * @levels: what [vfunc@Thr.Lockable.release_all] returned
 * @error: return location for an error
 *
 * Acquires as many levels as were given back. Optional, together with
 * [vfunc@Thr.Lockable.release_all].
 *
 * Returns: %TRUE when they were acquired
 */

static gboolean
refuse (ThrLockable  *self,
        const char   *function,
        GError      **error)
{
  g_set_error (error, THR_ERROR, THR_ERROR_INVALID_STATE,
               /* Translators: a class and a function */
               _("%s does not implement %s"), G_OBJECT_TYPE_NAME (self), function);
  return FALSE;
}

/**
 * thr_lockable_acquire:
 * @self: something to acquire
 * @error: return location for an error
 *
 * Acquires, waiting as long as it takes.
 *
 * A Python thread that asked for it may return early when a signal handler has to
 * run; then the result is %FALSE and no error is set.
 *
 * Errors: %THR_ERROR_DEADLOCK when the wait could never end, and what the class
 * adds.
 *
 * Returns: %TRUE when it was acquired
 */
gboolean
thr_lockable_acquire (ThrLockable  *self,
                      GError      **error)
{
  ThrLockableInterface *iface;

  g_return_val_if_fail (THR_IS_LOCKABLE (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  iface = THR_LOCKABLE_GET_IFACE (self);
  if (iface->acquire == NULL)
    return refuse (self, "acquire", error);

  return iface->acquire (self, error);
}

/**
 * thr_lockable_try_acquire:
 * @self: something to acquire
 *
 * Acquires if that can be done at once.
 *
 * Returns: %TRUE when it was acquired
 */
gboolean
thr_lockable_try_acquire (ThrLockable *self)
{
  ThrLockableInterface *iface;

  g_return_val_if_fail (THR_IS_LOCKABLE (self), FALSE);

  iface = THR_LOCKABLE_GET_IFACE (self);

  return iface->try_acquire != NULL && iface->try_acquire (self);
}

/**
 * thr_lockable_acquire_timed:
 * @self: something to acquire
 * @timeout_us: how long to wait at the most, in microseconds; 0 does not wait, -1
 *   waits as long as it takes
 * @cancellable: (nullable): a cancellable that ends the wait
 * @error: return location for an error
 *
 * Acquires, waiting no longer than a limit.
 *
 * Errors: %G_IO_ERROR_TIMED_OUT, %G_IO_ERROR_CANCELLED,
 * %THR_ERROR_INVALID_ARGUMENT for a timeout below -1, and those of
 * [method@Thr.Lockable.acquire]. Nothing has been acquired then.
 *
 * Returns: %TRUE when it was acquired
 */
gboolean
thr_lockable_acquire_timed (ThrLockable   *self,
                            gint64         timeout_us,
                            GCancellable  *cancellable,
                            GError       **error)
{
  ThrLockableInterface *iface;

  g_return_val_if_fail (THR_IS_LOCKABLE (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  iface = THR_LOCKABLE_GET_IFACE (self);
  if (iface->acquire_timed == NULL)
    return refuse (self, "acquire_timed", error);

  return iface->acquire_timed (self, timeout_us, cancellable, error);
}

/**
 * thr_lockable_acquire_async:
 * @self: something to acquire
 * @cancellable: (nullable): a cancellable that ends the wait
 * @callback: (scope async) (nullable): called at the object's home when the wait
 *   has ended
 * @user_data: data for @callback
 *
 * Acquires, waiting on the main loop.
 *
 * The callback always comes later, even when the object is free now. What was
 * granted belongs to the operation until [method@Thr.Lockable.acquire_finish] has
 * returned %TRUE, and goes to the next waiter when that never happens.
 */
void
thr_lockable_acquire_async (ThrLockable         *self,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  ThrLockableInterface *iface;

  g_return_if_fail (THR_IS_LOCKABLE (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  iface = THR_LOCKABLE_GET_IFACE (self);
  if (iface->acquire_async == NULL)
    {
      GError *error = NULL;

      refuse (self, "acquire_async", &error);
      g_task_report_error (self, callback, user_data, thr_lockable_acquire_async, error);
      return;
    }

  iface->acquire_async (self, cancellable, callback, user_data);
}

/**
 * thr_lockable_acquire_finish:
 * @self: something to acquire
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Ends what [method@Thr.Lockable.acquire_async] began.
 *
 * Errors: %G_IO_ERROR_CANCELLED, also when the cancellable was cancelled after the
 * grant; %THR_ERROR_INVALID_STATE when it was called before for this result;
 * %THR_ERROR_INVALID_ARGUMENT for the result of something else.
 *
 * Returns: %TRUE when it was acquired, and is now the caller's
 */
gboolean
thr_lockable_acquire_finish (ThrLockable   *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  ThrLockableInterface *iface;

  g_return_val_if_fail (THR_IS_LOCKABLE (self), FALSE);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (g_async_result_is_tagged (result, thr_lockable_acquire_async))
    return g_task_propagate_boolean (G_TASK (result), error);

  iface = THR_LOCKABLE_GET_IFACE (self);
  if (iface->acquire_finish == NULL)
    return refuse (self, "acquire_finish", error);

  return iface->acquire_finish (self, result, error);
}

/**
 * thr_lockable_release:
 * @self: something that was acquired
 * @error: return location for an error
 *
 * Gives back what was acquired.
 *
 * Errors: %THR_ERROR_NOT_HELD, %THR_ERROR_NOT_OWNER or %THR_ERROR_OVERFLOW, as the
 * class tells. Nothing has changed then.
 *
 * Returns: %TRUE when it was released
 */
gboolean
thr_lockable_release (ThrLockable  *self,
                      GError      **error)
{
  ThrLockableInterface *iface;

  g_return_val_if_fail (THR_IS_LOCKABLE (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  iface = THR_LOCKABLE_GET_IFACE (self);
  if (iface->release == NULL)
    return refuse (self, "release", error);

  return iface->release (self, error);
}

/**
 * thr_lockable_is_locked:
 * @self: something that can be acquired
 *
 * Tells whether an acquire would have to wait now.
 *
 * Other threads may change that at any moment.
 *
 * Returns: whether it is locked
 */
gboolean
thr_lockable_is_locked (ThrLockable *self)
{
  ThrLockableInterface *iface;

  g_return_val_if_fail (THR_IS_LOCKABLE (self), FALSE);

  iface = THR_LOCKABLE_GET_IFACE (self);

  return iface->is_locked != NULL && iface->is_locked (self);
}
