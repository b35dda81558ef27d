/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "sync/thr-condition.h"

#include "sync/thr-condition-private.h"
#include "sync/thr-lock-private.h"
#include "sync/thr-rec-lock-private.h"

/**
 * ThrCondition:
 *
 * A place to wait, with a lock released, until another thread says that something
 * has changed.
 *
 * It is Python's `threading.Condition`. The lock protects what is waited for; several
 * conditions may share one. Waiting and notifying need the lock to be held by the
 * caller: %THR_ERROR_NOT_HELD or %THR_ERROR_NOT_OWNER say that it is not, and then
 * nothing has happened. A plain [class@Thr.Lock] has no owner, so there it is enough
 * that somebody holds it.
 *
 * ```c
 * static GQueue entries = G_QUEUE_INIT;
 *
 * static gboolean
 * has_entry (ThrCondition *condition,
 *            gpointer      user_data)
 * {
 *   return !g_queue_is_empty (&entries);
 * }
 *
 * static gpointer
 * take_entry (ThrCondition *condition)
 * {
 *   g_autoptr (ThrLocker) locker = thr_locker_new (thr_condition_get_lock (condition));
 *
 *   if (!thr_condition_wait_for (condition, -1, NULL, has_entry, NULL, NULL))
 *     return NULL;
 *   return g_queue_pop_head (&entries);
 * }
 * ```
 *
 * *Waiting* releases the lock, all levels of a [class@Thr.RecLock], and has it again on
 * every way out: notified, timed out, cancelled, interrupted. There is one exception.
 * Where the lock can never be had again the wait fails with %THR_ERROR_DEADLOCK, and
 * the lock is not held.
 *
 * *Notifying* wakes those who have waited longest, blocked or awaiting. Nobody is woken
 * without a notification, none is kept for later, and one that meets a waiter which has
 * timed out goes to the next. Those who are notified are not all woken at once: they
 * move into the line of the lock, and each wakes when it is its turn there. (That goes
 * for [class@Thr.Lock] and [class@Thr.RecLock]; with other locks they wake and acquire.)
 *
 * *Thread safety*: all functions may be called from any thread that holds the lock.
 *
 * *Blocking*: the waits but [method@Thr.Condition.wait_async] block, and dispatch
 * nothing meanwhile.
 */

enum {
  PROP_0,
  PROP_LOCK,
  PROP_N_WAITERS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (ThrCondition, thr_condition, THR_TYPE_OBJECT)

static void
thr_condition_constructed (GObject *object)
{
  ThrCondition *self = THR_CONDITION (object);

  G_OBJECT_CLASS (thr_condition_parent_class)->constructed (object);

  if (self->lock == NULL)
    self->lock = THR_LOCKABLE (thr_rec_lock_new ());

  if (THR_IS_LOCK (self->lock))
    self->permits = thr_lock_get_permits (THR_LOCK (self->lock));
  else if (THR_IS_REC_LOCK (self->lock))
    self->permits = thr_rec_lock_get_permits (THR_REC_LOCK (self->lock));
  self->has_owner = THR_IS_REC_LOCK (self->lock);
}

static void
thr_condition_finalize (GObject *object)
{
  ThrCondition *self = THR_CONDITION (object);

  thr_wait_list_clear (&self->line);
  /* A lock of a binding's own is let go at home. */
  if (self->permits != NULL)
    g_object_unref (self->lock);
  else
    thr_home_throw_object (thr_object_get_home (THR_OBJECT (self)), self->lock);

  G_OBJECT_CLASS (thr_condition_parent_class)->finalize (object);
}

static void
thr_condition_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  ThrCondition *self = THR_CONDITION (object);

  switch (prop_id)
    {
    case PROP_LOCK:
      g_value_set_object (value, self->lock);
      break;
    case PROP_N_WAITERS:
      g_value_set_uint (value, thr_condition_get_n_waiters (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
thr_condition_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  ThrCondition *self = THR_CONDITION (object);

  switch (prop_id)
    {
    case PROP_LOCK:
      self->lock = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
thr_condition_class_init (ThrConditionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = thr_condition_constructed;
  object_class->finalize = thr_condition_finalize;
  object_class->get_property = thr_condition_get_property;
  object_class->set_property = thr_condition_set_property;

  /**
   * ThrCondition:lock: (getter get_lock)
   *
   * The lock that is released during a wait; a [class@Thr.RecLock] of its own where
   * none was given.
   */
  properties[PROP_LOCK] =
    g_param_spec_object ("lock", NULL, NULL, THR_TYPE_LOCKABLE,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY |
                         G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * ThrCondition:n-waiters: (getter get_n_waiters)
   *
   * How many callers wait to be notified, blocked or awaiting.
   *
   * It is never notified.
   */
  properties[PROP_N_WAITERS] =
    g_param_spec_uint ("n-waiters", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                       G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
thr_condition_init (ThrCondition *self)
{
  thr_wait_list_init (&self->line);
}

/**
 * thr_condition_new:
 * @lock: (nullable): the lock to release during a wait, or %NULL for a
 *   [class@Thr.RecLock] of its own
 *
 * Makes a condition that nobody waits for.
 *
 * Returns: (transfer full): the condition
 */
ThrCondition *
thr_condition_new (ThrLockable *lock)
{
  g_return_val_if_fail (lock == NULL || THR_IS_LOCKABLE (lock), NULL);

  return g_object_new (THR_TYPE_CONDITION, "lock", lock, NULL);
}

/**
 * thr_condition_wait:
 * @self: a condition
 * @error: return location for an error
 *
 * Releases the lock, waits to be notified as long as it takes, and acquires the lock
 * again.
 *
 * Errors: %THR_ERROR_NOT_HELD and %THR_ERROR_NOT_OWNER when the caller does not hold
 * the lock; %THR_ERROR_DEADLOCK when it can never have it again: then, and only then,
 * a wait that has begun returns without it.
 *
 * In Python a signal handler may have to run: then the result is %FALSE with no
 * error set and the lock held.
 *
 * May block. Any thread that holds the lock.
 *
 * Returns: %TRUE when it was notified
 */
gboolean
thr_condition_wait (ThrCondition  *self,
                    GError       **error)
{
  return thr_condition_wait_timed (self, -1, NULL, error);
}

/**
 * thr_condition_wait_timed:
 * @self: a condition
 * @timeout_us: how long to wait for the notification at the most, in microseconds; -1
 *   waits as long as it takes
 * @cancellable: (nullable): a cancellable that ends the wait
 * @error: return location for an error
 *
 * Releases the lock, waits to be notified, no longer than a limit, and acquires the
 * lock again, however long that takes.
 *
 * Errors: %G_IO_ERROR_TIMED_OUT and %G_IO_ERROR_CANCELLED, with the lock held;
 * %THR_ERROR_INVALID_ARGUMENT for a timeout below -1; those of
 * [method@Thr.Condition.wait]. A notification that came first counts: the result is
 * %TRUE then.
 *
 * May block. Any thread that holds the lock.
 *
 * Returns: %TRUE when it was notified
 */
gboolean
thr_condition_wait_timed (ThrCondition  *self,
                          gint64         timeout_us,
                          GCancellable  *cancellable,
                          GError       **error)
{
  ThrDeadline deadline;

  g_return_val_if_fail (THR_IS_CONDITION (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!thr_deadline_from_timeout (timeout_us, &deadline, error) ||
      !thr_condition_check_held (self, error))
    return FALSE;

  return thr_condition_wait_until (self, deadline, cancellable, error);
}

/**
 * thr_condition_wait_async:
 * @self: a condition
 * @cancellable: (nullable): a cancellable that ends the wait
 * @callback: (scope async) (nullable): called at the condition's home when the wait has
 *   ended and the lock was acquired again
 * @user_data: data for @callback
 *
 * Releases the lock, waits on the main loop to be notified, and acquires the lock again.
 *
 * Also a wait that is cancelled acquires the lock again before @callback is called. The
 * lock belongs to the operation until [method@Thr.Condition.wait_finish] was called; it
 * goes to the next waiter when the result is dropped without that, when @callback is
 * %NULL, or when the home's context is freed.
 *
 * Where the caller does not hold the lock, that is told by
 * [method@Thr.Condition.wait_finish].
 *
 * Does not block. Any thread that holds the lock.
 */
void
thr_condition_wait_async (ThrCondition        *self,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_return_if_fail (THR_IS_CONDITION (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  thr_condition_await (self, cancellable, callback, user_data);
}

/**
 * thr_condition_wait_finish:
 * @self: a condition
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Ends what [method@Thr.Condition.wait_async] began.
 *
 * Errors: %G_IO_ERROR_CANCELLED when it was cancelled before it was notified: the lock
 * is the caller's all the same. %THR_ERROR_NOT_HELD and %THR_ERROR_NOT_OWNER when the
 * lock was not held by who began; %THR_ERROR_INVALID_STATE when this was called before
 * for this result; %THR_ERROR_INVALID_ARGUMENT for the result of something else: the
 * lock is not the caller's then.
 *
 * Returns: %TRUE when it was notified; the lock is held, by the calling thread
 */
gboolean
thr_condition_wait_finish (ThrCondition  *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (THR_IS_CONDITION (self), FALSE);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return thr_condition_await_end (self, result, error);
}

/**
 * thr_condition_wait_for:
 * @self: a condition
 * @timeout_us: how long to wait at the most, in microseconds; -1 waits as long as it
 *   takes
 * @cancellable: (nullable): a cancellable that ends the wait
 * @predicate: (scope call): tells whether to go on
 * @user_data: data for @predicate
 * @error: return location for an error
 *
 * Waits until @predicate says %TRUE.
 *
 * It is asked first, then after each notification, and once more when the time is up;
 * always with the lock held. The limit is for the whole. Errors are those of
 * [method@Thr.Condition.wait_timed].
 *
 * May block. Any thread that holds the lock.
 *
 * Returns: %TRUE when @predicate said so
 */
gboolean
thr_condition_wait_for (ThrCondition      *self,
                        gint64             timeout_us,
                        GCancellable      *cancellable,
                        ThrConditionFunc   predicate,
                        gpointer           user_data,
                        GError           **error)
{
  ThrDeadline deadline;

  g_return_val_if_fail (THR_IS_CONDITION (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  g_return_val_if_fail (predicate != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!thr_deadline_from_timeout (timeout_us, &deadline, error) ||
      !thr_condition_check_held (self, error))
    return FALSE;

  while (!predicate (self, user_data))
    {
      GError *failure = NULL;

      /* The predicate may have released the lock. */
      if (!thr_condition_check_held (self, error))
        return FALSE;
      if (thr_condition_wait_until (self, deadline, cancellable, &failure))
        continue;

      if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) &&
          predicate (self, user_data))
        {
          g_error_free (failure);
          return TRUE;
        }
      if (failure != NULL)
        g_propagate_error (error, failure);
      return FALSE;
    }

  return TRUE;
}

/**
 * thr_condition_notify:
 * @self: a condition
 * @n: how many to notify at the most
 * @error: return location for an error
 *
 * Notifies the @n that have waited longest, or all where fewer wait.
 *
 * They go on when they have acquired the lock, which the caller holds until it releases
 * it. Errors: %THR_ERROR_NOT_HELD and %THR_ERROR_NOT_OWNER when the caller does not hold
 * the lock.
 *
 * Does not block. Any thread that holds the lock.
 *
 * Returns: %TRUE when the lock was held
 */
gboolean
thr_condition_notify (ThrCondition  *self,
                      guint          n,
                      GError       **error)
{
  g_return_val_if_fail (THR_IS_CONDITION (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!thr_condition_check_held (self, error))
    return FALSE;

  thr_condition_wake (self, n);
  return TRUE;
}

/**
 * thr_condition_notify_all:
 * @self: a condition
 * @error: return location for an error
 *
 * Notifies all who wait, as [method@Thr.Condition.notify] does.
 *
 * Does not block. Any thread that holds the lock.
 *
 * Returns: %TRUE when the lock was held
 */
gboolean
thr_condition_notify_all (ThrCondition  *self,
                          GError       **error)
{
  return thr_condition_notify (self, G_MAXUINT, error);
}

/**
 * thr_condition_get_lock: (get-property lock)
 * @self: a condition
 *
 * Gets the lock that is released during a wait.
 *
 * Returns: (transfer none): the lock
 */
ThrLockable *
thr_condition_get_lock (ThrCondition *self)
{
  g_return_val_if_fail (THR_IS_CONDITION (self), NULL);

  return self->lock;
}

/**
 * thr_condition_get_n_waiters: (get-property n-waiters)
 * @self: a condition
 *
 * Gets how many callers wait to be notified, blocked or awaiting.
 *
 * Other threads may change that at any moment.
 *
 * Returns: the number of waiters
 */
guint
thr_condition_get_n_waiters (ThrCondition *self)
{
  guint n;

  g_return_val_if_fail (THR_IS_CONDITION (self), 0);

  thr_wait_list_lock (&self->line);
  n = self->line.length;
  thr_wait_list_unlock (&self->line);

  return n;
}
