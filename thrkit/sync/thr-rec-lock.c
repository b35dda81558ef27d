/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "sync/thr-rec-lock.h"

#include "base/thr-error.h"
#include "base/thr-i18n-private.h"
#include "sync/thr-permits-fast-private.h"
#include "sync/thr-permits-object-private.h"
#include "sync/thr-rec-lock-private.h"

/**
 * ThrRecLock:
 *
 * A recursive lock: one thread at a time holds it, and may enter it again.
 *
 * It is Python's `threading.RLock`. The thread that acquired it owns it: only that
 * thread may release it, and it does so as often as it acquired it. Where nobody
 * enters twice, [class@Thr.Lock] is the simpler one.
 *
 * ```c
 * static guint n_entries;
 *
 * static gboolean
 * add_entries (ThrRecLock  *lock,
 *              guint        n,
 *              GError     **error)
 * {
 *   if (!thr_rec_lock_acquire (lock, error))
 *     return FALSE;
 *   n_entries++;
 *   if (n > 1)
 *     add_entries (lock, n - 1, NULL);
 *   return thr_rec_lock_release (lock, error);
 * }
 * ```
 *
 * *Awaited*: an asynchronous acquire never enters again, also where the thread that
 * awaits it holds the lock. It waits in line, and until
 * [method@Thr.RecLock.acquire_finish] has returned %TRUE the owner is the operation.
 * After that the owner is the thread that called it, which is the home's.
 *
 * *Deadlock*: a wait without limit and without cancellable that can never end is
 * %THR_ERROR_DEADLOCK at once, and the message names the threads and what they wait
 * for, in order. It is found across recursive locks, joins of threads and waits for
 * tasks.
 *
 * *A thread that ends* while it holds the lock leaves it locked for ever, since
 * nobody else may release it; who acquires it after that, with neither limit nor
 * cancellable, gets %THR_ERROR_DEADLOCK too. The lock never mistakes another thread
 * for its owner, even if the system gives it the same number.
 *
 * *Order*: those who wait are served first come, first served, as in
 * [class@Thr.Lock].
 *
 * *Thread safety*: all functions may be called from any thread. Like any object, a
 * lock must be kept referenced while it is used. It may be freed while it is held.
 *
 * *Blocking*: [method@Thr.RecLock.acquire] and [method@Thr.RecLock.acquire_timed]
 * may block. No lock call dispatches signals or callbacks.
 */
struct _ThrRecLock
{
  ThrObject  parent_instance;

  /* The state, and its own rules of who may touch what. The owner is there too:
   *
   *   free       1 permit                    no owner
   *   taken      0 permits                   no owner yet, or no more: the taker has
   *                                          left the line, or is about to put
   *   held       0 permits                   owner set, by itself
   *   awaited    0 permits, AWAITED          no owner: the operation holds it
   *   abandoned  0 permits                   an owner that has ended
   *
   *   free ── take ──► taken ── set owner ──► held ── clear owner ──► taken ── put ──► free
   *   free ── grant to an operation ──► awaited ── finish ──► taken ──► held
   *
   * So the owner is never set while somebody else can take the permit. */
  ThrPermits permits;

  /* The owner's, under the lock itself: entered so often beyond the first time. */
  guint      reentries;
};

static ThrSelf *thr_rec_lock_get_owner     (gpointer              resource);
static void     thr_rec_lock_lockable_init (ThrLockableInterface *iface);

static ThrPermitsType permits_type = {
  .operation = THR_PERMITS_OPERATION,
  .exclusive = TRUE,
  .get_owner = thr_rec_lock_get_owner
};

G_DEFINE_FINAL_TYPE_WITH_CODE (ThrRecLock, thr_rec_lock, THR_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (THR_TYPE_LOCKABLE,
                                                      thr_rec_lock_lockable_init))

static ThrSelf *
thr_rec_lock_get_owner (gpointer resource)
{
  gboolean is_dead;

  return thr_owner_get (&THR_REC_LOCK (resource)->permits.owner, &is_dead);
}

/* --- Owning --- */

ThrPermits *
thr_rec_lock_get_permits (ThrRecLock *self)
{
  return &self->permits;
}

void
thr_rec_lock_own (ThrRecLock *self,
                  guint       levels)
{
  self->reentries = levels - 1;
  thr_owner_set (&self->permits.owner, thr_self_get ());
}

/* By the owner. */
static gboolean
enter_again (ThrRecLock  *self,
             GError     **error)
{
  if (G_LIKELY (self->reentries < G_MAXUINT - 1))
    {
      self->reentries++;
      return TRUE;
    }

  g_set_error_literal (error, THR_ERROR, THR_ERROR_OVERFLOW,
                       _("The lock has been acquired too many times"));
  return FALSE;
}

static gboolean
put_all (ThrRecLock  *self,
         GError     **error)
{
  self->reentries = 0;
  thr_owner_clear (&self->permits.owner);
  return thr_permits_put_own (&self->permits, thr_self_peek ()) ||
         thr_permits_put_only (&self->permits) ||
         thr_permits_release (&self->permits, 1, error);
}

/* The calling thread is not the owner, and so may not release. */
static void
set_not_owner (ThrRecLock  *self,
               GError     **error)
{
  if (thr_permits_get_count (&self->permits) > 0)
    g_set_error_literal (error, THR_ERROR, THR_ERROR_NOT_HELD,
                         _("The lock is not held by anybody"));
  else
    g_set_error_literal (error, THR_ERROR, THR_ERROR_NOT_OWNER,
                         _("The lock is held by somebody else"));
}

static guint
thr_rec_lock_release_all (ThrRecLock  *self,
                          GError     **error)
{
  guint levels;

  if (!thr_owner_is_me (&self->permits.owner))
    {
      set_not_owner (self, error);
      return 0;
    }

  levels = self->reentries + 1;
  return put_all (self, error) ? levels : 0;
}

static gboolean
thr_rec_lock_restore (ThrRecLock  *self,
                      guint        levels,
                      GError     **error)
{
  g_return_val_if_fail (levels > 0, FALSE);

  if (thr_owner_is_me (&self->permits.owner))
    {
      self->reentries += levels;
      return TRUE;
    }
  if (!thr_permits_acquire (&self->permits, -1, NULL, error))
    return FALSE;

  thr_rec_lock_own (self, levels);
  return TRUE;
}

static void
thr_rec_lock_lockable_init (ThrLockableInterface *iface)
{
  THR_PERMITS_LOCKABLE (iface, thr_rec_lock);
  iface->is_held = (gpointer) thr_rec_lock_is_held;
  iface->release_all = (gpointer) thr_rec_lock_release_all;
  iface->restore = (gpointer) thr_rec_lock_restore;
}

static void
thr_rec_lock_class_init (ThrRecLockClass *klass)
{
  /**
   * ThrRecLock:locked: (getter is_locked)
   *
   * Whether somebody holds the lock.
   *
   * Notified only while [property@Thr.RecLock:emit-signals] is set.
   */

  /**
   * ThrRecLock:n-waiters: (getter get_n_waiters)
   *
   * How many callers wait for the lock, blocked or awaiting.
   *
   * It is never notified.
   */

  /**
   * ThrRecLock:emit-signals: (getter get_emit_signals) (setter set_emit_signals)
   *
   * Whether [signal@Thr.RecLock::acquired] and [signal@Thr.RecLock::released] are
   * emitted and [property@Thr.RecLock:locked] is notified.
   *
   * It is off at first, and then the signals cost nothing at all.
   */

  /**
   * ThrRecLock::acquired:
   * @self: the lock
   *
   * Emitted at home each time the lock was acquired, in any form; entering it
   * again does not count.
   *
   * Only while [property@Thr.RecLock:emit-signals] is set; it is told later and from
   * the main loop, so the lock may be free again by then. An asynchronous acquire
   * counts from its grant on.
   */

  /**
   * ThrRecLock::released:
   * @self: the lock
   *
   * Emitted at home each time the lock was released by its last level.
   *
   * Only while [property@Thr.RecLock:emit-signals] is set. Of two threads, the
   * `released` of one always comes before the `acquired` of the other.
   */

  thr_permits_object_install (klass, &permits_type,
    g_param_spec_boolean ("locked", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                          G_PARAM_STATIC_STRINGS));
}

static void
thr_rec_lock_init (ThrRecLock *self)
{
  thr_permits_init (&self->permits, self, &permits_type, 1, 1);
}

/**
 * thr_rec_lock_new:
 *
 * Makes a recursive lock that nobody holds.
 *
 * Returns: (transfer full): the lock
 */
ThrRecLock *
thr_rec_lock_new (void)
{
  return g_object_new (THR_TYPE_REC_LOCK, NULL);
}

/**
 * thr_rec_lock_acquire:
 * @self: a recursive lock
 * @error: return location for an error
 *
 * Acquires the lock, waiting as long as it takes, or enters it once more.
 *
 * Errors: %THR_ERROR_DEADLOCK when the wait could never end, because the threads that
 * would have to act wait for the calling one, because the owner has ended, or because
 * the lock belongs to an asynchronous acquire whose callback the calling thread itself
 * would have to run; %THR_ERROR_OVERFLOW when it was entered 4 294 967 295 times.
 *
 * In Python a signal handler may have to run: then the result is %FALSE with no
 * error set, and the caller tries again after it.
 *
 * May block. Any thread.
 *
 * Returns: %TRUE when the lock was acquired
 */
gboolean
thr_rec_lock_acquire (ThrRecLock  *self,
                      GError     **error)
{
  ThrSelf *me = thr_self_get ();

  if (thr_permits_is_exactly (self, &permits_type))
    {
      /* First, since a load costs far less than a swap that fails. */
      if (thr_owner_is (&self->permits.owner, me))
        return enter_again (self, error);
      if (thr_permits_take_own (&self->permits, me) ||
          thr_permits_take_only (&self->permits))
        {
          thr_owner_set (&self->permits.owner, me);
          return TRUE;
        }
    }

  g_return_val_if_fail (THR_IS_REC_LOCK (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!thr_permits_acquire (&self->permits, -1, NULL, error))
    return FALSE;

  thr_owner_set (&self->permits.owner, me);
  return TRUE;
}

/**
 * thr_rec_lock_try_acquire:
 * @self: a recursive lock
 *
 * Acquires the lock if nobody holds it, or enters it once more.
 *
 * Does not block. Any thread.
 *
 * Returns: %TRUE when the lock was acquired
 */
gboolean
thr_rec_lock_try_acquire (ThrRecLock *self)
{
  g_return_val_if_fail (THR_IS_REC_LOCK (self), FALSE);

  if (thr_owner_is_me (&self->permits.owner))
    return enter_again (self, NULL);
  if (!thr_permits_try_acquire (&self->permits))
    return FALSE;

  thr_owner_set (&self->permits.owner, thr_self_get ());
  return TRUE;
}

/**
 * thr_rec_lock_acquire_timed:
 * @self: a recursive lock
 * @timeout_us: how long to wait at the most, in microseconds; 0 does not wait, -1
 *   waits as long as it takes
 * @cancellable: (nullable): a cancellable that ends the wait
 * @error: return location for an error
 *
 * Acquires the lock, waiting no longer than a limit, or enters it once more.
 *
 * Errors: %G_IO_ERROR_TIMED_OUT; %G_IO_ERROR_CANCELLED, also for a lock that is free
 * or held by the caller when @cancellable was cancelled before;
 * %THR_ERROR_INVALID_ARGUMENT for a timeout below -1; those of
 * [method@Thr.RecLock.acquire]. The lock has not been acquired then, and nothing is
 * left behind.
 *
 * May block. Any thread.
 *
 * Returns: %TRUE when the lock was acquired
 */
gboolean
thr_rec_lock_acquire_timed (ThrRecLock    *self,
                            gint64         timeout_us,
                            GCancellable  *cancellable,
                            GError       **error)
{
  ThrDeadline deadline;

  g_return_val_if_fail (THR_IS_REC_LOCK (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (thr_owner_is_me (&self->permits.owner))
    {
      if (!thr_deadline_from_timeout (timeout_us, &deadline, error))
        return FALSE;
      if (g_cancellable_is_cancelled (cancellable))
        return thr_park_to_error (THR_PARK_CANCELLED, error);
      return enter_again (self, error);
    }

  if (!thr_permits_acquire (&self->permits, timeout_us, cancellable, error))
    return FALSE;

  thr_owner_set (&self->permits.owner, thr_self_get ());
  return TRUE;
}

/**
 * thr_rec_lock_acquire_async:
 * @self: a recursive lock
 * @cancellable: (nullable): a cancellable that ends the wait
 * @callback: (scope async) (nullable): called at the lock's home when the wait has
 *   ended
 * @user_data: data for @callback
 *
 * Acquires the lock, waiting on the main loop.
 *
 * It never enters a lock again: where the calling thread holds it, the operation
 * waits until that thread has released all levels.
 *
 * The callback always comes later, even when the lock is free now. Once granted,
 * the lock belongs to the operation until [method@Thr.RecLock.acquire_finish] has
 * returned %TRUE; it goes to the next waiter when the result is dropped without
 * that, when @callback is %NULL, or when the home's context is freed.
 *
 * Does not block. Any thread.
 */
void
thr_rec_lock_acquire_async (ThrRecLock          *self,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_return_if_fail (THR_IS_REC_LOCK (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  thr_permits_acquire_async (&self->permits, cancellable, callback, user_data);
}

/**
 * thr_rec_lock_acquire_finish:
 * @self: a recursive lock
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Ends what [method@Thr.RecLock.acquire_async] began.
 *
 * Errors: %G_IO_ERROR_CANCELLED, also when the cancellable was cancelled after the
 * grant; %THR_ERROR_INVALID_STATE when it was called before for this result;
 * %THR_ERROR_INVALID_ARGUMENT for the result of something else. The lock is not
 * the caller's then.
 *
 * Returns: %TRUE when the lock was acquired; the calling thread is its owner now
 */
gboolean
thr_rec_lock_acquire_finish (ThrRecLock    *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (THR_IS_REC_LOCK (self), FALSE);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!thr_permits_acquire_finish (&self->permits, result, error))
    return FALSE;

  thr_rec_lock_own (self, 1);
  return TRUE;
}

/**
 * thr_rec_lock_release:
 * @self: a recursive lock
 * @error: return location for an error
 *
 * Releases one level of the lock; with the last one it is free.
 *
 * Errors: %THR_ERROR_NOT_HELD when nobody holds it; %THR_ERROR_NOT_OWNER when another
 * thread or an operation does. Nothing has changed then.
 *
 * Does not block. Only the thread that holds the lock.
 *
 * Returns: %TRUE when a level was released
 */
gboolean
thr_rec_lock_release (ThrRecLock  *self,
                      GError     **error)
{
  if (thr_permits_is_exactly (self, &permits_type) && G_LIKELY (thr_owner_is_me (&self->permits.owner)))
    {
      if (self->reentries == 0)
        return put_all (self, error);
      self->reentries--;
      return TRUE;
    }

  g_return_val_if_fail (THR_IS_REC_LOCK (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  set_not_owner (self, error);
  return FALSE;
}

/**
 * thr_rec_lock_is_locked: (get-property locked)
 * @self: a recursive lock
 *
 * Tells whether somebody holds the lock.
 *
 * Other threads may change that at any moment.
 *
 * Returns: whether the lock is held
 */
gboolean
thr_rec_lock_is_locked (ThrRecLock *self)
{
  g_return_val_if_fail (THR_IS_REC_LOCK (self), FALSE);

  return thr_permits_get_count (&self->permits) == 0;
}

/**
 * thr_rec_lock_is_held:
 * @self: a recursive lock
 *
 * Tells whether the calling thread holds the lock.
 *
 * Returns: whether the calling thread holds it
 */
gboolean
thr_rec_lock_is_held (ThrRecLock *self)
{
  g_return_val_if_fail (THR_IS_REC_LOCK (self), FALSE);

  return thr_owner_is_me (&self->permits.owner);
}

/**
 * thr_rec_lock_get_depth:
 * @self: a recursive lock
 *
 * Gets how many levels of the lock the calling thread holds: how often it will have
 * to release it.
 *
 * Returns: the number of levels, or 0 when the calling thread does not hold it
 */
guint
thr_rec_lock_get_depth (ThrRecLock *self)
{
  g_return_val_if_fail (THR_IS_REC_LOCK (self), 0);

  return thr_owner_is_me (&self->permits.owner) ? self->reentries + 1 : 0;
}

/**
 * thr_rec_lock_get_n_waiters: (get-property n-waiters)
 * @self: a recursive lock
 *
 * Gets how many callers wait for the lock, blocked or awaiting.
 *
 * Other threads may change that at any moment.
 *
 * Returns: the number of waiters
 */
guint
thr_rec_lock_get_n_waiters (ThrRecLock *self)
{
  g_return_val_if_fail (THR_IS_REC_LOCK (self), 0);

  return thr_permits_get_n_waiters (&self->permits);
}

/**
 * thr_rec_lock_get_emit_signals: (get-property emit-signals)
 * @self: a recursive lock
 *
 * Gets whether the lock emits its signals.
 *
 * Returns: whether the signals are emitted
 */
gboolean
thr_rec_lock_get_emit_signals (ThrRecLock *self)
{
  g_return_val_if_fail (THR_IS_REC_LOCK (self), FALSE);

  return thr_permits_get_emit_signals (&self->permits);
}

/**
 * thr_rec_lock_set_emit_signals: (set-property emit-signals)
 * @self: a recursive lock
 * @emit_signals: whether to emit the signals
 *
 * Sets whether the lock emits its signals.
 *
 * It counts from the next acquire or release on.
 */
void
thr_rec_lock_set_emit_signals (ThrRecLock *self,
                               gboolean    emit_signals)
{
  g_return_if_fail (THR_IS_REC_LOCK (self));

  thr_permits_object_set_emit_signals (self, emit_signals);
}
