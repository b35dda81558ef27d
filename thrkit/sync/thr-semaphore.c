/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "sync/thr-semaphore.h"

#include "base/thr-i18n-private.h"
#include "sync/thr-permits-fast-private.h"
#include "sync/thr-permits-object-private.h"

/**
 * ThrSemaphore:
 *
 * A semaphore: a number of permits that callers take and put back.
 *
 * It is Python's `threading.Semaphore`, and with [property@Thr.Semaphore:bounded]
 * its `BoundedSemaphore`, which refuses to be released above the value that it was
 * made with. Permits belong to nobody: any thread may release.
 *
 * A permit can be waited for in three ways, with one line behind them: blocked
 * ([method@Thr.Semaphore.acquire]), blocked with a limit and a cancellable
 * ([method@Thr.Semaphore.acquire_timed]) and on the main loop
 * ([method@Thr.Semaphore.acquire_async]).
 *
 * ```c
 * static gboolean
 * download (ThrSemaphore  *slots,
 *           GFile         *file,
 *           GCancellable  *cancellable,
 *           GError       **error)
 * {
 *   g_autoptr (GBytes) bytes = NULL;
 *
 *   if (!thr_semaphore_acquire_timed (slots, -1, cancellable, error))
 *     return FALSE;
 *   bytes = g_file_load_bytes (file, cancellable, NULL, error);
 *   thr_semaphore_release (slots, NULL);
 *   return bytes != NULL;
 * }
 * ```
 *
 * *Values* go from 0 to [const@Thr.SEMAPHORE_MAX_VALUE]. One that is out of range
 * is refused by the constructor in Python and JavaScript; a semaphore made all the
 * same, with [ctor@Thr.Semaphore.new] in C or with a construct property, has no
 * permits, and its acquires and releases fail with %THR_ERROR_INVALID_ARGUMENT.
 *
 * *Order*: those who wait are served first come, first served. A caller that need
 * not wait may pass the first of them for about a millisecond.
 *
 * *Thread safety*: all functions may be called from any thread. Like any object, a
 * semaphore must be kept referenced while it is used.
 *
 * *Blocking*: [method@Thr.Semaphore.acquire] and
 * [method@Thr.Semaphore.acquire_timed] may block. No call dispatches signals or
 * callbacks.
 */
struct _ThrSemaphore
{
  ThrObject  parent_instance;
  ThrPermits permits; /* see ThrPermitsObject */

  /* Constant after construction. */
  gint64     initial_value;
  gboolean   bounded;
};

G_STATIC_ASSERT (THR_SEMAPHORE_MAX_VALUE == THR_PERMITS_MAX);

enum {
  PROP_INITIAL_VALUE = THR_PERMITS_N_PROPS,
  PROP_BOUNDED
};

static void thr_semaphore_lockable_init (ThrLockableInterface *iface);

static ThrPermitsType permits_type = {
  .operation = THR_PERMITS_OPERATION,
  .exclusive = FALSE
};

G_DEFINE_FINAL_TYPE_WITH_CODE (ThrSemaphore, thr_semaphore, THR_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (THR_TYPE_LOCKABLE,
                                                      thr_semaphore_lockable_init))

static void
thr_semaphore_lockable_init (ThrLockableInterface *iface)
{
  THR_PERMITS_LOCKABLE (iface, thr_semaphore);
}

static void
thr_semaphore_constructed (GObject *object)
{
  ThrSemaphore *self = THR_SEMAPHORE (object);

  G_OBJECT_CLASS (thr_semaphore_parent_class)->constructed (object);

  thr_permits_init (&self->permits, self, &permits_type, self->initial_value,
                    self->bounded ? self->initial_value : THR_PERMITS_MAX);
}

static void
thr_semaphore_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  ThrSemaphore *self = THR_SEMAPHORE (object);

  switch (prop_id)
    {
    case PROP_INITIAL_VALUE:
      g_value_set_int64 (value, thr_semaphore_get_initial_value (self));
      break;
    case PROP_BOUNDED:
      g_value_set_boolean (value, thr_semaphore_get_bounded (self));
      break;
    default:
      thr_permits_object_get_property (object, prop_id, value, pspec);
    }
}

static void
thr_semaphore_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  ThrSemaphore *self = THR_SEMAPHORE (object);

  switch (prop_id)
    {
    case THR_PERMITS_PROP_COUNT:
      self->initial_value = g_value_get_int64 (value);
      break;
    case PROP_BOUNDED:
      self->bounded = g_value_get_boolean (value);
      break;
    default:
      thr_permits_object_set_property (object, prop_id, value, pspec);
    }
}

static void
thr_semaphore_class_init (ThrSemaphoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = thr_semaphore_constructed;
  object_class->get_property = thr_semaphore_get_property;
  object_class->set_property = thr_semaphore_set_property;

  /**
   * ThrSemaphore:value: (getter get_value)
   *
   * How many permits there are to take.
   *
   * Given at construction it is the number at the start; see the class for what is
   * allowed. Notified only while [property@Thr.Semaphore:emit-signals] is set.
   */

  /**
   * ThrSemaphore:n-waiters: (getter get_n_waiters)
   *
   * How many callers wait for a permit, blocked or awaiting.
   *
   * It is never notified.
   */

  /**
   * ThrSemaphore:emit-signals: (getter get_emit_signals) (setter set_emit_signals)
   *
   * Whether [signal@Thr.Semaphore::acquired] and
   * [signal@Thr.Semaphore::released] are emitted and
   * [property@Thr.Semaphore:value] is notified.
   *
   * It is off at first, and then the signals cost nothing at all.
   */

  /**
   * ThrSemaphore::acquired:
   * @self: the semaphore
   *
   * Emitted at home for each permit that was taken, in any form.
   *
   * Only while [property@Thr.Semaphore:emit-signals] is set; it is told later and
   * from the main loop. An asynchronous acquire counts from its grant on.
   */

  /**
   * ThrSemaphore::released:
   * @self: the semaphore
   *
   * Emitted at home for each release, once also when it put back several permits.
   *
   * Only while [property@Thr.Semaphore:emit-signals] is set. It always comes before
   * the `acquired` of whoever takes such a permit.
   */

  thr_permits_object_install (klass, &permits_type,
    /* The range is open, or a binding would log a warning where an error is due. */
    g_param_spec_int64 ("value", NULL, NULL, G_MININT64, G_MAXINT64, 1,
                        G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY |
                        G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS));

  /**
   * ThrSemaphore:initial-value: (getter get_initial_value)
   *
   * How many permits there were at the start.
   */
  g_object_class_install_property (object_class, PROP_INITIAL_VALUE,
    g_param_spec_int64 ("initial-value", NULL, NULL, G_MININT64, G_MAXINT64, 1,
                        G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                        G_PARAM_STATIC_STRINGS));

  /**
   * ThrSemaphore:bounded: (getter get_bounded)
   *
   * Whether a release above the initial value is an error.
   */
  g_object_class_install_property (object_class, PROP_BOUNDED,
    g_param_spec_boolean ("bounded", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY |
                          G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS));
}

static void
thr_semaphore_init (ThrSemaphore *self)
{
}

static gboolean
check_value (gint64    value,
             GError  **error)
{
  g_autofree char *number = NULL;

  if (value >= 0 && value <= THR_SEMAPHORE_MAX_VALUE)
    return TRUE;

  /* As a text: translators' tools cannot read the macro of the format. */
  number = g_strdup_printf ("%" G_GINT64_FORMAT, value);
  g_set_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
               _("A semaphore cannot have the value %s"), number);
  return FALSE;
}

/**
 * thr_semaphore_new:
 * @value: the number of permits, from 0 to [const@Thr.SEMAPHORE_MAX_VALUE]
 *
 * Makes a semaphore that can be released any number of times.
 *
 * With a value that is out of range the semaphore has no permits, and all its
 * acquires and releases fail with %THR_ERROR_INVALID_ARGUMENT.
 *
 * Returns: (transfer full): the semaphore
 */
ThrSemaphore *
thr_semaphore_new (gint64 value)
{
  return g_object_new (THR_TYPE_SEMAPHORE, "value", value, NULL);
}

/**
 * thr_semaphore_new_checked: (rename-to thr_semaphore_new)
 * @value: the number of permits, from 0 to [const@Thr.SEMAPHORE_MAX_VALUE]
 * @error: return location for an error
 *
 * Makes a semaphore that can be released any number of times.
 *
 * Error: %THR_ERROR_INVALID_ARGUMENT when @value is out of range.
 *
 * Returns: (transfer full): the semaphore
 */
ThrSemaphore *
thr_semaphore_new_checked (gint64    value,
                           GError  **error)
{
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return check_value (value, error) ? thr_semaphore_new (value) : NULL;
}

/**
 * thr_semaphore_new_bounded:
 * @value: the number of permits, from 0 to [const@Thr.SEMAPHORE_MAX_VALUE]
 *
 * Makes a semaphore that never has more than @value permits.
 *
 * With a value that is out of range the semaphore has no permits, and all its
 * acquires and releases fail with %THR_ERROR_INVALID_ARGUMENT.
 *
 * Returns: (transfer full): the semaphore
 */
ThrSemaphore *
thr_semaphore_new_bounded (gint64 value)
{
  return g_object_new (THR_TYPE_SEMAPHORE, "value", value, "bounded", TRUE, NULL);
}

/**
 * thr_semaphore_new_bounded_checked: (rename-to thr_semaphore_new_bounded)
 * @value: the number of permits, from 0 to [const@Thr.SEMAPHORE_MAX_VALUE]
 * @error: return location for an error
 *
 * Makes a semaphore that never has more than @value permits.
 *
 * Error: %THR_ERROR_INVALID_ARGUMENT when @value is out of range.
 *
 * Returns: (transfer full): the semaphore
 */
ThrSemaphore *
thr_semaphore_new_bounded_checked (gint64    value,
                                   GError  **error)
{
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return check_value (value, error) ? thr_semaphore_new_bounded (value) : NULL;
}

/**
 * thr_semaphore_acquire:
 * @self: a semaphore
 * @error: return location for an error
 *
 * Takes a permit, waiting as long as it takes.
 *
 * Error: %THR_ERROR_INVALID_ARGUMENT when the semaphore was made with a value that
 * is out of range. In Python a signal handler may have to run: then the result is
 * %FALSE with no error set, and the caller tries again after it.
 *
 * May block. Any thread.
 *
 * Returns: %TRUE when a permit was taken
 */
gboolean
thr_semaphore_acquire (ThrSemaphore  *self,
                       GError       **error)
{
  if (thr_permits_is_exactly (self, &permits_type) &&
      (thr_permits_take_own (&self->permits, thr_self_peek ()) ||
       thr_permits_take_fast (&self->permits)))
    return TRUE;

  g_return_val_if_fail (THR_IS_SEMAPHORE (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return thr_permits_acquire (&self->permits, -1, NULL, error);
}

/**
 * thr_semaphore_try_acquire:
 * @self: a semaphore
 *
 * Takes a permit if there is one.
 *
 * Does not block. Any thread.
 *
 * Returns: %TRUE when a permit was taken
 */
gboolean
thr_semaphore_try_acquire (ThrSemaphore *self)
{
  if (thr_permits_is_exactly (self, &permits_type) &&
      (thr_permits_take_own (&self->permits, thr_self_peek ()) ||
       thr_permits_take_fast (&self->permits)))
    return TRUE;

  g_return_val_if_fail (THR_IS_SEMAPHORE (self), FALSE);

  return thr_permits_try_acquire (&self->permits);
}

/**
 * thr_semaphore_acquire_timed:
 * @self: a semaphore
 * @timeout_us: how long to wait at the most, in microseconds; 0 does not wait, -1
 *   waits as long as it takes
 * @cancellable: (nullable): a cancellable that ends the wait
 * @error: return location for an error
 *
 * Takes a permit, waiting no longer than a limit.
 *
 * Errors: %G_IO_ERROR_TIMED_OUT; %G_IO_ERROR_CANCELLED, also when there are permits
 * and @cancellable was cancelled before; %THR_ERROR_INVALID_ARGUMENT for a timeout
 * below -1. No permit has been taken then, and nothing is left behind.
 *
 * May block. Any thread.
 *
 * Returns: %TRUE when a permit was taken
 */
gboolean
thr_semaphore_acquire_timed (ThrSemaphore  *self,
                             gint64         timeout_us,
                             GCancellable  *cancellable,
                             GError       **error)
{
  g_return_val_if_fail (THR_IS_SEMAPHORE (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return thr_permits_acquire (&self->permits, timeout_us, cancellable, error);
}

/**
 * thr_semaphore_acquire_async:
 * @self: a semaphore
 * @cancellable: (nullable): a cancellable that ends the wait
 * @callback: (scope async) (nullable): called at the semaphore's home when the wait
 *   has ended
 * @user_data: data for @callback
 *
 * Takes a permit, waiting on the main loop.
 *
 * The callback always comes later, even when there is a permit now. Once granted,
 * the permit belongs to the operation until
 * [method@Thr.Semaphore.acquire_finish] has returned %TRUE; it is put back when the
 * result is dropped without that, when @callback is %NULL, or when the home's
 * context is freed.
 *
 * Does not block. Any thread.
 */
void
thr_semaphore_acquire_async (ThrSemaphore        *self,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_return_if_fail (THR_IS_SEMAPHORE (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  thr_permits_acquire_async (&self->permits, cancellable, callback, user_data);
}

/**
 * thr_semaphore_acquire_finish:
 * @self: a semaphore
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Ends what [method@Thr.Semaphore.acquire_async] began.
 *
 * Errors: %G_IO_ERROR_CANCELLED, also when the cancellable was cancelled after the
 * grant; %THR_ERROR_INVALID_STATE when it was called before for this result;
 * %THR_ERROR_INVALID_ARGUMENT for the result of something else. The permit is not
 * the caller's then.
 *
 * Returns: %TRUE when a permit was taken, and is now the caller's
 */
gboolean
thr_semaphore_acquire_finish (ThrSemaphore  *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (THR_IS_SEMAPHORE (self), FALSE);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return thr_permits_acquire_finish (&self->permits, result, error);
}

/**
 * thr_semaphore_release:
 * @self: a semaphore
 * @error: return location for an error
 *
 * Puts back one permit.
 *
 * Errors: %THR_ERROR_OVERFLOW when there would be more than a bounded semaphore
 * began with, or more than [const@Thr.SEMAPHORE_MAX_VALUE];
 * %THR_ERROR_INVALID_ARGUMENT when the semaphore was made with a value that is out
 * of range.
 *
 * Does not block. Any thread.
 *
 * Returns: %TRUE when the permit was put back
 */
gboolean
thr_semaphore_release (ThrSemaphore  *self,
                       GError       **error)
{
  if (thr_permits_is_exactly (self, &permits_type) &&
      (thr_permits_put_own (&self->permits, thr_self_peek ()) ||
       thr_permits_put_fast (&self->permits)))
    return TRUE;

  g_return_val_if_fail (THR_IS_SEMAPHORE (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return thr_permits_release (&self->permits, 1, error);
}

/**
 * thr_semaphore_release_n:
 * @self: a semaphore
 * @n: how many permits to put back, at least 1
 * @error: return location for an error
 *
 * Puts back several permits at once, and so wakes as many waiters.
 *
 * Errors: %THR_ERROR_INVALID_ARGUMENT when @n is less than 1, and those of
 * [method@Thr.Semaphore.release]. No permit at all was put back then.
 *
 * Does not block. Any thread.
 *
 * Returns: %TRUE when the permits were put back
 */
gboolean
thr_semaphore_release_n (ThrSemaphore  *self,
                         gint64         n,
                         GError       **error)
{
  g_return_val_if_fail (THR_IS_SEMAPHORE (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (n < 1)
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                           _("At least one permit must be released"));
      return FALSE;
    }

  return thr_permits_release (&self->permits, n, error);
}

/**
 * thr_semaphore_get_value: (get-property value)
 * @self: a semaphore
 *
 * Gets how many permits there are to take.
 *
 * Other threads may change that at any moment.
 *
 * Returns: the number of permits
 */
gint64
thr_semaphore_get_value (ThrSemaphore *self)
{
  g_return_val_if_fail (THR_IS_SEMAPHORE (self), 0);

  return thr_permits_get_count (&self->permits);
}

/**
 * thr_semaphore_get_initial_value: (get-property initial-value)
 * @self: a semaphore
 *
 * Gets how many permits there were at the start.
 *
 * Returns: the number of permits
 */
gint64
thr_semaphore_get_initial_value (ThrSemaphore *self)
{
  g_return_val_if_fail (THR_IS_SEMAPHORE (self), 0);

  return self->initial_value;
}

/**
 * thr_semaphore_get_bounded: (get-property bounded)
 * @self: a semaphore
 *
 * Gets whether a release above the initial value is an error.
 *
 * Returns: whether the semaphore is bounded
 */
gboolean
thr_semaphore_get_bounded (ThrSemaphore *self)
{
  g_return_val_if_fail (THR_IS_SEMAPHORE (self), FALSE);

  return self->bounded;
}

/**
 * thr_semaphore_is_locked:
 * @self: a semaphore
 *
 * Tells whether there is no permit to take.
 *
 * Other threads may change that at any moment.
 *
 * Returns: whether an acquire would have to wait now
 */
gboolean
thr_semaphore_is_locked (ThrSemaphore *self)
{
  g_return_val_if_fail (THR_IS_SEMAPHORE (self), FALSE);

  return thr_permits_get_count (&self->permits) == 0;
}

/**
 * thr_semaphore_get_n_waiters: (get-property n-waiters)
 * @self: a semaphore
 *
 * Gets how many callers wait for a permit, blocked or awaiting.
 *
 * Other threads may change that at any moment.
 *
 * Returns: the number of waiters
 */
guint
thr_semaphore_get_n_waiters (ThrSemaphore *self)
{
  g_return_val_if_fail (THR_IS_SEMAPHORE (self), 0);

  return thr_permits_get_n_waiters (&self->permits);
}

/**
 * thr_semaphore_get_emit_signals: (get-property emit-signals)
 * @self: a semaphore
 *
 * Gets whether the semaphore emits its signals.
 *
 * Returns: whether the signals are emitted
 */
gboolean
thr_semaphore_get_emit_signals (ThrSemaphore *self)
{
  g_return_val_if_fail (THR_IS_SEMAPHORE (self), FALSE);

  return thr_permits_get_emit_signals (&self->permits);
}

/**
 * thr_semaphore_set_emit_signals: (set-property emit-signals)
 * @self: a semaphore
 * @emit_signals: whether to emit the signals
 *
 * Sets whether the semaphore emits its signals.
 *
 * It counts from the next acquire or release on.
 */
void
thr_semaphore_set_emit_signals (ThrSemaphore *self,
                                gboolean      emit_signals)
{
  g_return_if_fail (THR_IS_SEMAPHORE (self));

  thr_permits_object_set_emit_signals (self, emit_signals);
}
