/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "sync/thr-rw-lock.h"

#include "sync/thr-rw-lock-private.h"

/**
 * ThrRWLock:
 *
 * A lock that many may hold to read, or one to write.
 *
 * ```c
 * static guint n_entries;
 *
 * static guint
 * count_entries (ThrRWLock *lock)
 * {
 *   guint n;
 *
 *   if (!thr_rw_lock_acquire_read (lock, NULL))
 *     return 0;
 *   n = n_entries;
 *   thr_rw_lock_release_read (lock, NULL);
 *   return n;
 * }
 * ```
 *
 * *Writers first*: while a writer waits, nobody new begins to read. So a writer waits for
 * those who read when it comes, and for the writers before it; readers wait as long as
 * there is a writer. Among writers, and among readers, the first to come is the first to
 * be served, blocked or awaiting.
 *
 * *Again*: a thread that reads may read again, also while a writer waits. The thread that
 * writes may write again, and read; when it has released its last write while it still
 * reads, it is a reader. A thread that reads may not write: in all forms that block this
 * is %THR_ERROR_DEADLOCK, since the thread would wait for itself. Each acquire needs its
 * release, in the same thread.
 *
 * *Awaited*: an asynchronous acquire never enters again, whatever its thread holds. Until
 * it is finished its owner is the operation; after that the thread that finished it.
 *
 * *Deadlock*: a wait without limit and without cancellable for a thread that reads or
 * writes, and that itself waits for the caller, is %THR_ERROR_DEADLOCK, as with
 * [class@Thr.RecLock]; so is one for a writer that waits before it, if that could never
 * go on. A ring that goes over an asynchronous acquire is not found. A thread that ends while it holds the lock leaves it so for ever. When it wrote,
 * a wait without limit and without cancellable is %THR_ERROR_DEADLOCK, too.
 *
 * *As a lockable*: [method@Thr.RWLock.get_reader] and [method@Thr.RWLock.get_writer] give
 * views that can be used where a [iface@Thr.Lockable] is asked for.
 *
 * *Thread safety*: all functions may be called from any thread. It may be freed while it
 * is held.
 *
 * *Blocking*: the acquires without `try` and `async` may block. No call dispatches
 * signals or callbacks.
 */

enum {
  PROP_0,
  PROP_N_READERS,
  PROP_WRITE_LOCKED,
  PROP_N_WAITERS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static gpointer rw_lock_class; /* the only one of its type, which is final */

G_DEFINE_FINAL_TYPE (ThrRWLock, thr_rw_lock, THR_TYPE_OBJECT)

/* A full type check, since a final type has one class. */
static inline gboolean
is_exactly (gconstpointer instance)
{
  return G_LIKELY (instance != NULL) &&
         G_LIKELY ((gpointer) ((const GTypeInstance *) instance)->g_class == rw_lock_class);
}

static void
thr_rw_lock_finalize (GObject *object)
{
  thr_rw_lock_line_clear (THR_RW_LOCK (object));

  G_OBJECT_CLASS (thr_rw_lock_parent_class)->finalize (object);
}

static void
thr_rw_lock_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  ThrRWLock *self = THR_RW_LOCK (object);

  switch (prop_id)
    {
    case PROP_N_READERS:
      g_value_set_uint (value, thr_rw_lock_get_n_readers (self));
      break;
    case PROP_WRITE_LOCKED:
      g_value_set_boolean (value, thr_rw_lock_is_write_locked (self));
      break;
    case PROP_N_WAITERS:
      g_value_set_uint (value, thr_rw_lock_get_n_waiters (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
thr_rw_lock_class_init (ThrRWLockClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = thr_rw_lock_finalize;
  object_class->get_property = thr_rw_lock_get_property;

  /**
   * ThrRWLock:n-readers: (getter get_n_readers)
   *
   * How many hold the lock to read: threads, and operations that are not finished.
   *
   * It is never notified.
   */
  properties[PROP_N_READERS] =
    g_param_spec_uint ("n-readers", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                       G_PARAM_STATIC_STRINGS);

  /**
   * ThrRWLock:write-locked: (getter is_write_locked)
   *
   * Whether somebody holds the lock to write.
   *
   * It is never notified.
   */
  properties[PROP_WRITE_LOCKED] =
    g_param_spec_boolean ("write-locked", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                          G_PARAM_STATIC_STRINGS);

  /**
   * ThrRWLock:n-waiters: (getter get_n_waiters)
   *
   * How many callers wait for the lock, to read or to write, blocked or awaiting.
   *
   * It is never notified.
   */
  properties[PROP_N_WAITERS] =
    g_param_spec_uint ("n-waiters", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                       G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  rw_lock_class = klass;
}

static void
thr_rw_lock_init (ThrRWLock *self)
{
  thr_rw_lock_line_init (self);
}

/* --- What the two halves have in common --- */

static inline gboolean
acquire (ThrRWLock  *self,
         ThrRWKind   kind,
         GError    **error)
{
  if (is_exactly (self) && G_LIKELY (thr_rw_lock_take_now (self, kind)))
    return TRUE;

  g_return_val_if_fail (THR_IS_RW_LOCK (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return thr_rw_lock_take (self, kind, -1, NULL, error);
}

static gboolean
try_acquire (ThrRWLock *self,
             ThrRWKind  kind)
{
  g_return_val_if_fail (THR_IS_RW_LOCK (self), FALSE);

  return thr_rw_lock_take_now (self, kind);
}

static gboolean
acquire_timed (ThrRWLock     *self,
               ThrRWKind      kind,
               gint64         timeout_us,
               GCancellable  *cancellable,
               GError       **error)
{
  g_return_val_if_fail (THR_IS_RW_LOCK (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return thr_rw_lock_take (self, kind, timeout_us, cancellable, error);
}

static void
acquire_async (ThrRWLock           *self,
               ThrRWKind            kind,
               GCancellable        *cancellable,
               GAsyncReadyCallback  callback,
               gpointer             user_data)
{
  g_return_if_fail (THR_IS_RW_LOCK (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  thr_rw_lock_await (self, kind, cancellable, callback, user_data);
}

static gboolean
acquire_finish (ThrRWLock     *self,
                ThrRWKind      kind,
                GAsyncResult  *result,
                GError       **error)
{
  g_return_val_if_fail (THR_IS_RW_LOCK (self), FALSE);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return thr_rw_lock_await_end (self, kind, result, error);
}

static inline gboolean
release (ThrRWLock  *self,
         ThrRWKind   kind,
         GError    **error)
{
  if (!is_exactly (self))
    g_return_val_if_fail (THR_IS_RW_LOCK (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return thr_rw_lock_put (self, kind, error);
}

static gboolean
is_mine (ThrRWLock *self,
         ThrRWKind  kind)
{
  g_return_val_if_fail (THR_IS_RW_LOCK (self), FALSE);

  return thr_rw_lock_get_depth (self, kind) > 0;
}

/**
 * thr_rw_lock_new:
 *
 * Makes a lock that nobody holds.
 *
 * Returns: (transfer full): the lock
 */
ThrRWLock *
thr_rw_lock_new (void)
{
  return g_object_new (THR_TYPE_RW_LOCK, NULL);
}

/**
 * thr_rw_lock_acquire_read:
 * @self: a lock
 * @error: return location for an error
 *
 * Acquires the lock for reading, waiting as long as it takes.
 *
 * Error: %THR_ERROR_DEADLOCK when the wait could never end.
 *
 * In Python a signal handler may have to run: then the result is %FALSE with no
 * error set, and the caller tries again after it.
 *
 * May block. Any thread.
 *
 * Returns: %TRUE when the lock was acquired
 */
gboolean
thr_rw_lock_acquire_read (ThrRWLock *self,
                          GError   **error)
{
  return acquire (self, THR_RW_READ, error);
}

/**
 * thr_rw_lock_try_acquire_read:
 * @self: a lock
 *
 * Acquires the lock for reading if that can be done at once.
 *
 * Does not block. Any thread.
 *
 * Returns: %TRUE when the lock was acquired
 */
gboolean
thr_rw_lock_try_acquire_read (ThrRWLock *self)
{
  return try_acquire (self, THR_RW_READ);
}

/**
 * thr_rw_lock_acquire_read_timed:
 * @self: a lock
 * @timeout_us: how long to wait at the most, in microseconds; 0 does not wait, -1
 *   waits as long as it takes
 * @cancellable: (nullable): a cancellable that ends the wait
 * @error: return location for an error
 *
 * Acquires the lock for reading, waiting no longer than a limit.
 *
 * Errors: %G_IO_ERROR_TIMED_OUT; %G_IO_ERROR_CANCELLED, also for a free lock when
 * @cancellable was cancelled before; %THR_ERROR_INVALID_ARGUMENT for a timeout
 * below -1; those of [method@Thr.RWLock.acquire_read]. Nothing has been acquired then.
 *
 * May block. Any thread.
 *
 * Returns: %TRUE when the lock was acquired
 */
gboolean
thr_rw_lock_acquire_read_timed (ThrRWLock    *self,
                                gint64        timeout_us,
                                GCancellable *cancellable,
                                GError      **error)
{
  return acquire_timed (self, THR_RW_READ, timeout_us, cancellable, error);
}

/**
 * thr_rw_lock_acquire_read_async:
 * @self: a lock
 * @cancellable: (nullable): a cancellable that ends the wait
 * @callback: (scope async) (nullable): called at the lock's home when the wait has
 *   ended
 * @user_data: data for @callback
 *
 * Acquires the lock for reading, waiting on the main loop.
 *
 * The callback always comes later, even when the lock is free now. What was granted
 * belongs to the operation until [method@Thr.RWLock.acquire_read_finish] has returned
 * %TRUE; it is given back when the result is dropped without that, when @callback is
 * %NULL, or when the home's context is freed.
 *
 * Does not block. Any thread.
 */
void
thr_rw_lock_acquire_read_async (ThrRWLock          *self,
                                GCancellable       *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer            user_data)
{
  acquire_async (self, THR_RW_READ, cancellable, callback, user_data);
}

/**
 * thr_rw_lock_acquire_read_finish:
 * @self: a lock
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Ends what [method@Thr.RWLock.acquire_read_async] began.
 *
 * Errors: %G_IO_ERROR_CANCELLED, also when the cancellable was cancelled after the
 * grant; %THR_ERROR_INVALID_STATE when it was called before for this result;
 * %THR_ERROR_INVALID_ARGUMENT for the result of something else. The lock is not
 * the caller's then.
 *
 * Returns: %TRUE when the lock was acquired, and is now the calling thread's
 */
gboolean
thr_rw_lock_acquire_read_finish (ThrRWLock    *self,
                                 GAsyncResult *result,
                                 GError      **error)
{
  return acquire_finish (self, THR_RW_READ, result, error);
}

/**
 * thr_rw_lock_release_read:
 * @self: a lock
 * @error: return location for an error
 *
 * Releases one acquire for reading.
 *
 * Errors: %THR_ERROR_NOT_HELD when nobody holds it so; %THR_ERROR_NOT_OWNER when the
 * calling thread does not. Nothing has changed then.
 *
 * Does not block. Only a thread that acquired it.
 *
 * Returns: %TRUE when it was released
 */
gboolean
thr_rw_lock_release_read (ThrRWLock *self,
                          GError   **error)
{
  return release (self, THR_RW_READ, error);
}

/**
 * thr_rw_lock_acquire_write:
 * @self: a lock
 * @error: return location for an error
 *
 * Acquires the lock for writing, waiting as long as it takes.
 *
 * Error: %THR_ERROR_DEADLOCK when the wait could never end, or when the calling thread reads.
 *
 * In Python a signal handler may have to run: then the result is %FALSE with no
 * error set, and the caller tries again after it.
 *
 * May block. Any thread.
 *
 * Returns: %TRUE when the lock was acquired
 */
gboolean
thr_rw_lock_acquire_write (ThrRWLock *self,
                           GError   **error)
{
  return acquire (self, THR_RW_WRITE, error);
}

/**
 * thr_rw_lock_try_acquire_write:
 * @self: a lock
 *
 * Acquires the lock for writing if that can be done at once.
 *
 * Does not block. Any thread.
 *
 * Returns: %TRUE when the lock was acquired
 */
gboolean
thr_rw_lock_try_acquire_write (ThrRWLock *self)
{
  return try_acquire (self, THR_RW_WRITE);
}

/**
 * thr_rw_lock_acquire_write_timed:
 * @self: a lock
 * @timeout_us: how long to wait at the most, in microseconds; 0 does not wait, -1
 *   waits as long as it takes
 * @cancellable: (nullable): a cancellable that ends the wait
 * @error: return location for an error
 *
 * Acquires the lock for writing, waiting no longer than a limit.
 *
 * Errors: %G_IO_ERROR_TIMED_OUT; %G_IO_ERROR_CANCELLED, also for a free lock when
 * @cancellable was cancelled before; %THR_ERROR_INVALID_ARGUMENT for a timeout
 * below -1; those of [method@Thr.RWLock.acquire_write]. Nothing has been acquired then.
 *
 * May block. Any thread.
 *
 * Returns: %TRUE when the lock was acquired
 */
gboolean
thr_rw_lock_acquire_write_timed (ThrRWLock    *self,
                                 gint64        timeout_us,
                                 GCancellable *cancellable,
                                 GError      **error)
{
  return acquire_timed (self, THR_RW_WRITE, timeout_us, cancellable, error);
}

/**
 * thr_rw_lock_acquire_write_async:
 * @self: a lock
 * @cancellable: (nullable): a cancellable that ends the wait
 * @callback: (scope async) (nullable): called at the lock's home when the wait has
 *   ended
 * @user_data: data for @callback
 *
 * Acquires the lock for writing, waiting on the main loop.
 *
 * The callback always comes later, even when the lock is free now. What was granted
 * belongs to the operation until [method@Thr.RWLock.acquire_write_finish] has returned
 * %TRUE; it is given back when the result is dropped without that, when @callback is
 * %NULL, or when the home's context is freed.
 *
 * Does not block. Any thread.
 */
void
thr_rw_lock_acquire_write_async (ThrRWLock          *self,
                                 GCancellable       *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data)
{
  acquire_async (self, THR_RW_WRITE, cancellable, callback, user_data);
}

/**
 * thr_rw_lock_acquire_write_finish:
 * @self: a lock
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Ends what [method@Thr.RWLock.acquire_write_async] began.
 *
 * Errors: %G_IO_ERROR_CANCELLED, also when the cancellable was cancelled after the
 * grant; %THR_ERROR_INVALID_STATE when it was called before for this result;
 * %THR_ERROR_INVALID_ARGUMENT for the result of something else. The lock is not
 * the caller's then.
 *
 * Returns: %TRUE when the lock was acquired, and is now the calling thread's
 */
gboolean
thr_rw_lock_acquire_write_finish (ThrRWLock    *self,
                                  GAsyncResult *result,
                                  GError      **error)
{
  return acquire_finish (self, THR_RW_WRITE, result, error);
}

/**
 * thr_rw_lock_release_write:
 * @self: a lock
 * @error: return location for an error
 *
 * Releases one acquire for writing.
 *
 * Errors: %THR_ERROR_NOT_HELD when nobody holds it so; %THR_ERROR_NOT_OWNER when the
 * calling thread does not. Nothing has changed then.
 *
 * Does not block. Only a thread that acquired it.
 *
 * Returns: %TRUE when it was released
 */
gboolean
thr_rw_lock_release_write (ThrRWLock *self,
                           GError   **error)
{
  return release (self, THR_RW_WRITE, error);
}

/**
 * thr_rw_lock_is_read_held:
 * @self: a lock
 *
 * Tells whether the calling thread holds the lock for reading.
 *
 * Returns: whether the calling thread holds it so
 */
gboolean
thr_rw_lock_is_read_held (ThrRWLock *self)
{
  return is_mine (self, THR_RW_READ);
}

/**
 * thr_rw_lock_is_write_held:
 * @self: a lock
 *
 * Tells whether the calling thread holds the lock for writing.
 *
 * Returns: whether the calling thread holds it so
 */
gboolean
thr_rw_lock_is_write_held (ThrRWLock *self)
{
  return is_mine (self, THR_RW_WRITE);
}

/**
 * thr_rw_lock_is_write_locked: (get-property write-locked)
 * @self: a lock
 *
 * Tells whether somebody holds the lock for writing.
 *
 * Other threads may change that at any moment.
 *
 * Returns: whether somebody writes
 */
gboolean
thr_rw_lock_is_write_locked (ThrRWLock *self)
{
  g_return_val_if_fail (THR_IS_RW_LOCK (self), FALSE);

  return thr_rw_lock_is_written (self);
}

/**
 * thr_rw_lock_get_n_readers: (get-property n-readers)
 * @self: a lock
 *
 * Gets how many hold the lock for reading: threads, and operations that are not
 * finished.
 *
 * Other threads may change that at any moment.
 *
 * Returns: the number of readers
 */
guint
thr_rw_lock_get_n_readers (ThrRWLock *self)
{
  g_return_val_if_fail (THR_IS_RW_LOCK (self), 0);

  return thr_rw_lock_count_readers (self);
}

/**
 * thr_rw_lock_get_n_waiters: (get-property n-waiters)
 * @self: a lock
 *
 * Gets how many callers wait for the lock, to read or to write.
 *
 * Other threads may change that at any moment.
 *
 * Returns: the number of waiters
 */
guint
thr_rw_lock_get_n_waiters (ThrRWLock *self)
{
  guint result;

  g_return_val_if_fail (THR_IS_RW_LOCK (self), 0);

  thr_wait_list_lock (&self->line);
  result = self->line.length;
  thr_wait_list_unlock (&self->line);

  return result;
}
