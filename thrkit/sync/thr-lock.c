/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "sync/thr-lock.h"

#include "sync/thr-lock-private.h"
#include "sync/thr-permits-fast-private.h"

/**
 * ThrLock:
 *
 * A lock: one caller at a time holds it.
 *
 * It is Python's `threading.Lock`. Nobody owns it: any thread may release it, and
 * a thread that acquires it twice waits for somebody else to release it. Where one
 * thread may enter several times, use a recursive lock.
 *
 * A lock can be waited for in three ways, with one line behind them: blocked
 * ([method@Thr.Lock.acquire]), blocked with a limit and a cancellable
 * ([method@Thr.Lock.acquire_timed]) and on the main loop
 * ([method@Thr.Lock.acquire_async]).
 *
 * ```c
 * static guint counter;
 *
 * static gboolean
 * count (ThrLock  *lock,
 *        GError  **error)
 * {
 *   if (!thr_lock_acquire (lock, error))
 *     return FALSE;
 *   counter++;
 *   return thr_lock_release (lock, error);
 * }
 * ```
 *
 * In C a scope is locked with [struct@Thr.Locker], which needs no release.
 *
 * *Order*: those who wait are served first come, first served. A caller that need
 * not wait may pass the first of them for about a millisecond, which keeps a busy
 * lock fast; then the lock is handed to the first in line. Where many wait it is
 * less than a millisecond.
 *
 * *Thread safety*: all functions may be called from any thread. Like any object, a
 * lock must be kept referenced while it is used. It may be freed while it is held.
 *
 * *Blocking*: [method@Thr.Lock.acquire] and [method@Thr.Lock.acquire_timed] may
 * block. No lock call dispatches signals or callbacks.
 */
struct _ThrLock
{
  ThrObject  parent_instance;
  ThrPermits permits; /* see ThrPermitsObject */
};

static void thr_lock_lockable_init (ThrLockableInterface *iface);

ThrPermitsType thr_lock_permits_type = {
  .operation = THR_PERMITS_OPERATION,
  .exclusive = TRUE
};

G_DEFINE_FINAL_TYPE_WITH_CODE (ThrLock, thr_lock, THR_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (THR_TYPE_LOCKABLE,
                                                      thr_lock_lockable_init))

ThrPermits *
thr_lock_get_permits (ThrLock *self)
{
  return &self->permits;
}

static void
thr_lock_lockable_init (ThrLockableInterface *iface)
{
  THR_PERMITS_LOCKABLE (iface, thr_lock);
}

static void
thr_lock_class_init (ThrLockClass *klass)
{
  /**
   * ThrLock:locked: (getter is_locked)
   *
   * Whether somebody holds the lock.
   *
   * Notified only while [property@Thr.Lock:emit-signals] is set.
   */

  /**
   * ThrLock:n-waiters: (getter get_n_waiters)
   *
   * How many callers wait for the lock, blocked or awaiting.
   *
   * It is never notified.
   */

  /**
   * ThrLock:emit-signals: (getter get_emit_signals) (setter set_emit_signals)
   *
   * Whether [signal@Thr.Lock::acquired] and [signal@Thr.Lock::released] are
   * emitted and [property@Thr.Lock:locked] is notified.
   *
   * It is off at first, and then the signals cost nothing at all.
   */

  /**
   * ThrLock::acquired:
   * @self: the lock
   *
   * Emitted at home each time the lock was acquired, in any form.
   *
   * Only while [property@Thr.Lock:emit-signals] is set; it is told later and from
   * the main loop, so the lock may be free again by then. An asynchronous acquire
   * counts from its grant on.
   */

  /**
   * ThrLock::released:
   * @self: the lock
   *
   * Emitted at home each time the lock was released.
   *
   * Only while [property@Thr.Lock:emit-signals] is set. Of two threads, the
   * `released` of one always comes before the `acquired` of the other.
   */

  thr_permits_object_install (klass, &thr_lock_permits_type,
    g_param_spec_boolean ("locked", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                          G_PARAM_STATIC_STRINGS));
}

static void
thr_lock_init (ThrLock *self)
{
  thr_permits_init (&self->permits, self, &thr_lock_permits_type, 1, 1);
}

/**
 * thr_lock_new:
 *
 * Makes a lock that nobody holds.
 *
 * Returns: (transfer full): the lock
 */
ThrLock *
thr_lock_new (void)
{
  return g_object_new (THR_TYPE_LOCK, NULL);
}

/**
 * thr_lock_acquire:
 * @self: a lock
 * @error: return location for an error
 *
 * Acquires the lock, waiting as long as it takes.
 *
 * %THR_ERROR_DEADLOCK says that the lock belongs to an asynchronous acquire whose
 * callback the calling thread itself would have to run, also when that comes about
 * during the wait: the callback never comes while the thread is blocked. With a
 * limit or a cancellable such a wait ends by itself and is not refused.
 *
 * In Python a signal handler may have to run: then the result is %FALSE with no
 * error set, and the caller tries again after it.
 *
 * May block. Any thread.
 *
 * Returns: %TRUE when the lock was acquired
 */
gboolean
thr_lock_acquire (ThrLock  *self,
                  GError  **error)
{
  if (G_LIKELY (thr_permits_is_exactly (self, &thr_lock_permits_type)) &&
      (thr_permits_take_own (&self->permits, thr_self_peek ()) ||
       thr_permits_take_only (&self->permits)))
    return TRUE;

  g_return_val_if_fail (THR_IS_LOCK (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return thr_permits_acquire (&self->permits, -1, NULL, error);
}

/**
 * thr_lock_try_acquire:
 * @self: a lock
 *
 * Acquires the lock if nobody holds it.
 *
 * Does not block. Any thread.
 *
 * Returns: %TRUE when the lock was acquired
 */
gboolean
thr_lock_try_acquire (ThrLock *self)
{
  if (G_LIKELY (thr_permits_is_exactly (self, &thr_lock_permits_type)) &&
      (thr_permits_take_own (&self->permits, thr_self_peek ()) ||
       thr_permits_take_only (&self->permits)))
    return TRUE;

  g_return_val_if_fail (THR_IS_LOCK (self), FALSE);

  return thr_permits_try_acquire (&self->permits);
}

/**
 * thr_lock_acquire_timed:
 * @self: a lock
 * @timeout_us: how long to wait at the most, in microseconds; 0 does not wait, -1
 *   waits as long as it takes
 * @cancellable: (nullable): a cancellable that ends the wait
 * @error: return location for an error
 *
 * Acquires the lock, waiting no longer than a limit.
 *
 * Errors: %G_IO_ERROR_TIMED_OUT; %G_IO_ERROR_CANCELLED, also for a free lock when
 * @cancellable was cancelled before; %THR_ERROR_INVALID_ARGUMENT for a timeout
 * below -1; those of [method@Thr.Lock.acquire]. The lock has not been acquired
 * then, and nothing is left behind.
 *
 * May block. Any thread.
 *
 * Returns: %TRUE when the lock was acquired
 */
gboolean
thr_lock_acquire_timed (ThrLock       *self,
                        gint64         timeout_us,
                        GCancellable  *cancellable,
                        GError       **error)
{
  g_return_val_if_fail (THR_IS_LOCK (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return thr_permits_acquire (&self->permits, timeout_us, cancellable, error);
}

/**
 * thr_lock_acquire_async:
 * @self: a lock
 * @cancellable: (nullable): a cancellable that ends the wait
 * @callback: (scope async) (nullable): called at the lock's home when the wait has
 *   ended
 * @user_data: data for @callback
 *
 * Acquires the lock, waiting on the main loop.
 *
 * The callback always comes later, even when the lock is free now. Once granted,
 * the lock belongs to the operation until [method@Thr.Lock.acquire_finish] has
 * returned %TRUE; it goes to the next waiter when the result is dropped without
 * that, when @callback is %NULL, or when the home's context is freed.
 *
 * Does not block. Any thread.
 */
void
thr_lock_acquire_async (ThrLock             *self,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_return_if_fail (THR_IS_LOCK (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  thr_permits_acquire_async (&self->permits, cancellable, callback, user_data);
}

/**
 * thr_lock_acquire_finish:
 * @self: a lock
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Ends what [method@Thr.Lock.acquire_async] began.
 *
 * Errors: %G_IO_ERROR_CANCELLED, also when the cancellable was cancelled after the
 * grant; %THR_ERROR_INVALID_STATE when it was called before for this result;
 * %THR_ERROR_INVALID_ARGUMENT for the result of something else. The lock is not
 * the caller's then.
 *
 * Returns: %TRUE when the lock was acquired, and is now the caller's
 */
gboolean
thr_lock_acquire_finish (ThrLock       *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (THR_IS_LOCK (self), FALSE);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return thr_permits_acquire_finish (&self->permits, result, error);
}

/**
 * thr_lock_release:
 * @self: a lock
 * @error: return location for an error
 *
 * Releases the lock, whoever holds it.
 *
 * Error: %THR_ERROR_NOT_HELD when nobody does.
 *
 * Does not block. Any thread.
 *
 * Returns: %TRUE when the lock was released
 */
gboolean
thr_lock_release (ThrLock  *self,
                  GError  **error)
{
  if (G_LIKELY (thr_permits_is_exactly (self, &thr_lock_permits_type)) &&
      (thr_permits_put_own (&self->permits, thr_self_peek ()) ||
       thr_permits_put_only (&self->permits)))
    return TRUE;

  g_return_val_if_fail (THR_IS_LOCK (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return thr_permits_release (&self->permits, 1, error);
}

/**
 * thr_lock_is_locked: (get-property locked)
 * @self: a lock
 *
 * Tells whether somebody holds the lock.
 *
 * Other threads may change that at any moment.
 *
 * Returns: whether the lock is held
 */
gboolean
thr_lock_is_locked (ThrLock *self)
{
  g_return_val_if_fail (THR_IS_LOCK (self), FALSE);

  return thr_permits_get_count (&self->permits) == 0;
}

/**
 * thr_lock_get_n_waiters: (get-property n-waiters)
 * @self: a lock
 *
 * Gets how many callers wait for the lock, blocked or awaiting.
 *
 * Other threads may change that at any moment.
 *
 * Returns: the number of waiters
 */
guint
thr_lock_get_n_waiters (ThrLock *self)
{
  g_return_val_if_fail (THR_IS_LOCK (self), 0);

  return thr_permits_get_n_waiters (&self->permits);
}

/**
 * thr_lock_get_emit_signals: (get-property emit-signals)
 * @self: a lock
 *
 * Gets whether the lock emits its signals.
 *
 * Returns: whether the signals are emitted
 */
gboolean
thr_lock_get_emit_signals (ThrLock *self)
{
  g_return_val_if_fail (THR_IS_LOCK (self), FALSE);

  return thr_permits_get_emit_signals (&self->permits);
}

/**
 * thr_lock_set_emit_signals: (set-property emit-signals)
 * @self: a lock
 * @emit_signals: whether to emit the signals
 *
 * Sets whether the lock emits its signals.
 *
 * It counts from the next acquire or release on.
 */
void
thr_lock_set_emit_signals (ThrLock  *self,
                           gboolean  emit_signals)
{
  g_return_if_fail (THR_IS_LOCK (self));

  thr_permits_object_set_emit_signals (self, emit_signals);
}
