/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "thread/thr-timer.h"

#include "base/thr-i18n-private.h"
#include "base/thr-language-private.h"
#include "base/thr-process-private.h"
#include "thread/thr-timer-private.h"

/**
 * ThrTimer:
 *
 * A timer: something that happens after a while, once or again and again.
 *
 * When a timer fires, it emits [signal@Thr.Timer::fired] at home, and runs the
 * function that it was given, if any, on a thread of the library's. Thousands of
 * timers cost one thread; functions have threads of their own, so that one that takes
 * long delays no other timer.
 *
 * ```c
 * static ThrTimer *
 * remind (GCallback  callback,
 *         GError   **error)
 * {
 *   g_autoptr (ThrTimer) timer = thr_timer_new (5 * G_USEC_PER_SEC);
 *
 *   g_signal_connect (timer, "fired", callback, NULL);
 *   return thr_timer_start (timer, error) ? g_steal_pointer (&timer) : NULL;
 * }
 * ```
 *
 * *Time* is monotonic: a timer never fires early, and setting the clock changes
 * nothing. One that repeats fires at whole intervals after its start; what it misses,
 * because its function takes longer than that, is left out.
 *
 * *Failure*: a function that fails ends its timer. Its error is kept in
 * [property@Thr.Timer:error], emitted with [signal@Thr.Timer::failed] at home, and handed
 * to the hook of [func@Thr.set_error_hook].
 *
 * *JavaScript* cannot run on another thread, so its functions are refused; it connects
 * to the signal.
 *
 * *Life*: an active timer keeps itself alive. It does not keep the process: exit()
 * does not wait for it. In a process made by fork() the parent's timers count as
 * cancelled.
 *
 * The end can be waited for in three ways: blocked ([method@Thr.Timer.wait]), blocked
 * with a limit and a cancellable ([method@Thr.Timer.wait_timed]) and on the main loop
 * ([method@Thr.Timer.wait_async]).
 *
 * *Thread safety*: all functions may be called from any thread.
 *
 * *Blocking*: [method@Thr.Timer.wait] and [method@Thr.Timer.wait_timed] may block. On
 * the home's own thread they deliver what is pending for the timer before they return;
 * other calls dispatch nothing.
 */

enum {
  PROP_0,
  PROP_INTERVAL,
  PROP_REPEATING,
  PROP_STATE,
  PROP_ACTIVE,
  PROP_N_FIRED,
  PROP_ERROR,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];
static guint state_bits;
static guint error_bit;
static guint fired_signal;
static guint failed_signal;

G_DEFINE_ENUM_TYPE (ThrTimerState, thr_timer_state,
  G_DEFINE_ENUM_VALUE (THR_TIMER_STATE_NEW, "new"),
  G_DEFINE_ENUM_VALUE (THR_TIMER_STATE_ACTIVE, "active"),
  G_DEFINE_ENUM_VALUE (THR_TIMER_STATE_FINISHED, "finished"),
  G_DEFINE_ENUM_VALUE (THR_TIMER_STATE_FAILED, "failed"),
  G_DEFINE_ENUM_VALUE (THR_TIMER_STATE_CANCELLED, "cancelled"))

G_DEFINE_FINAL_TYPE (ThrTimer, thr_timer, THR_TYPE_OBJECT)

/* --- Waiting --- */

static ThrSharedLine *
get_line (ThrObject *source)
{
  return &THR_TIMER (source)->line;
}

/* Acquire: pairs with thr_timer_end(), so who has waited sees what the function did. */
static gboolean
is_over (ThrObject *source)
{
  ThrTimer *self = THR_TIMER (source);

  return __atomic_load_n (&self->over, __ATOMIC_ACQUIRE) || thr_timer_is_forked_away (self);
}

static const ThrSharedWaitType wait_type = {
  .operation = THR_SHARED_WAIT_OPERATION,
  .get_line = get_line,
  .is_over = is_over
};

static gboolean
check_waitable (ThrTimer  *self,
                gboolean   blocking,
                GError   **error)
{
  if (thr_timer_get_state (self) == THR_TIMER_STATE_NEW)
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_NOT_STARTED,
                           _("A timer cannot be waited for before it is started"));
      return FALSE;
    }

  if (blocking && thr_timer_is_runner (self))
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_DEADLOCK,
                           _("The function of a timer cannot wait for the end of the same "
                             "timer"));
      return FALSE;
    }

  return TRUE;
}

/* --- Telling --- */

static ThrTimer *
from_letter (ThrLetter *letter)
{
  return (ThrTimer *) ((char *) letter - G_STRUCT_OFFSET (ThrTimer, letter));
}

static void
fired_deliver (ThrLetter *letter,
               GObject   *object)
{
  /* Before the emission: what fires from now on is another one. */
  __atomic_store_n (&from_letter (letter)->posted, FALSE, __ATOMIC_RELEASE);
  g_signal_emit (object, fired_signal, 0);
}

static void
fired_discard (ThrLetter *letter,
               GObject   *object)
{
  __atomic_store_n (&from_letter (letter)->posted, FALSE, __ATOMIC_RELEASE);
}

/* At most one is on its way, so that a timer that repeats fills no memory while its
 * home's loop does not run. */
void
thr_timer_tell_fired (ThrTimer *self)
{
  if (!g_signal_has_handler_pending (self, fired_signal, 0, TRUE))
    return;

  /* Acquire: pairs with the stores above; the letter is ours again. */
  if (!__atomic_exchange_n (&self->posted, TRUE, __ATOMIC_ACQ_REL))
    thr_mailbox_post (thr_object_get_mailbox (THR_OBJECT (self)), &self->letter);
}

static void
failure_deliver (ThrLetter *letter,
                 GObject   *object)
{
  g_signal_emit (object, failed_signal, 0, THR_TIMER (object)->error);
}

static void
failure_discard (ThrLetter *letter,
                 GObject   *object)
{
}

static void
tell_failure (ThrTimer *self)
{
  if (self->error != NULL && g_signal_has_handler_pending (self, failed_signal, 0, TRUE))
    thr_mailbox_post (thr_object_get_mailbox (THR_OBJECT (self)), &self->failure);
}

/* A timer that nobody listens to is not kept alive until its home's loop runs. */
void
thr_timer_tell_state (ThrTimer *self)
{
  if (thr_mailbox_is_notified (G_OBJECT (self)))
    thr_object_post_bits (THR_OBJECT (self),
                          thr_timer_get_error (self) != NULL ? state_bits | error_bit : state_bits);
}

static void
drop_active (ThrTrash *trash)
{
  g_object_unref ((char *) trash - G_STRUCT_OFFSET (ThrTimer, trash));
}

void
thr_timer_end (ThrTimer *self,
               gboolean  active)
{
  ThrHome *home = thr_home_ref (thr_object_get_home (THR_OBJECT (self)));
  GDestroyNotify notify = g_steal_pointer (&self->notify);

  /* Who waits may drop the last reference as soon as it is over. */
  g_object_ref (self);
  /* Before anything is told: a handler that hears of the end need not wait for it. */
  thr_telling_begin (&self->line.telling);
  __atomic_store_n (&self->over, TRUE, __ATOMIC_RELEASE);
  thr_timer_tell_state (self);
  tell_failure (self);
  if (notify != NULL)
    thr_mailbox_throw_notify (thr_object_get_mailbox (THR_OBJECT (self)), notify,
                              g_steal_pointer (&self->user_data));
  thr_telling_end (&self->line.telling);

  thr_shared_wait_grant (self, &wait_type);
  g_object_unref (self);
  if (active)
    thr_home_throw (home, &self->trash);
  thr_home_unref (home);
}

/* --- The class --- */

static void
thr_timer_finalize (GObject *object)
{
  ThrTimer *self = THR_TIMER (object);

  thr_home_throw_notify (thr_object_get_home (THR_OBJECT (self)), self->notify,
                         self->user_data);
  thr_shared_line_clear (&self->line);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (thr_timer_parent_class)->finalize (object);
}

static void
thr_timer_get_property (GObject    *object,
                        guint       prop_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  ThrTimer *self = THR_TIMER (object);

  switch (prop_id)
    {
    case PROP_INTERVAL:
      g_value_set_int64 (value, thr_timer_get_interval (self));
      break;
    case PROP_REPEATING:
      g_value_set_boolean (value, thr_timer_get_repeating (self));
      break;
    case PROP_STATE:
      g_value_set_enum (value, thr_timer_get_state (self));
      break;
    case PROP_ACTIVE:
      g_value_set_boolean (value, thr_timer_is_active (self));
      break;
    case PROP_N_FIRED:
      g_value_set_uint64 (value, thr_timer_get_n_fired (self));
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, thr_timer_get_error (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
thr_timer_set_property (GObject      *object,
                        guint         prop_id,
                        const GValue *value,
                        GParamSpec   *pspec)
{
  ThrTimer *self = THR_TIMER (object);

  switch (prop_id)
    {
    case PROP_INTERVAL:
      self->interval = g_value_get_int64 (value);
      break;
    case PROP_REPEATING:
      self->repeating = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                               G_PARAM_STATIC_STRINGS;
  const GParamFlags construct = readable | G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY;

  /**
   * ThrTimer:interval: (getter get_interval)
   *
   * After how many microseconds the timer fires.
   */
  properties[PROP_INTERVAL] =
    g_param_spec_int64 ("interval", NULL, NULL, G_MININT64, G_MAXINT64, 0, construct);

  /**
   * ThrTimer:repeating: (getter get_repeating)
   *
   * Whether the timer fires again and again, until it is cancelled.
   */
  properties[PROP_REPEATING] =
    g_param_spec_boolean ("repeating", NULL, NULL, FALSE, construct);

  /**
   * ThrTimer:state: (getter get_state)
   *
   * Where in its life the timer is.
   *
   * Notified at home after it has changed, to who was connected by then.
   */
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, THR_TYPE_TIMER_STATE, THR_TIMER_STATE_NEW,
                       readable);

  /**
   * ThrTimer:active: (getter is_active)
   *
   * Whether the timer has been started and has not ended.
   *
   * Notified as [property@Thr.Timer:state].
   */
  properties[PROP_ACTIVE] =
    g_param_spec_boolean ("active", NULL, NULL, FALSE, readable);

  /**
   * ThrTimer:n-fired: (getter get_n_fired)
   *
   * How often the timer has fired.
   *
   * It is never notified.
   */
  properties[PROP_N_FIRED] =
    g_param_spec_uint64 ("n-fired", NULL, NULL, 0, G_MAXUINT64, 0, readable);

  /**
   * ThrTimer:error: (getter get_error)
   *
   * What the timer's function failed with.
   *
   * Notified as [property@Thr.Timer:state].
   */
  properties[PROP_ERROR] =
    g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, readable);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
thr_timer_class_init (ThrTimerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  ThrObjectClass *thr_class = THR_OBJECT_CLASS (klass);

  object_class->finalize = thr_timer_finalize;
  object_class->get_property = thr_timer_get_property;
  object_class->set_property = thr_timer_set_property;
  install_properties (object_class);

  /**
   * ThrTimer::fired:
   * @self: the timer
   *
   * Emitted at home when the timer has fired, to who was connected by then.
   *
   * Of a timer that repeats at most one emission is on its way: what fires while the
   * home's loop is busy is told once. [property@Thr.Timer:n-fired] counts all.
   */
  fired_signal =
    g_signal_new ("fired", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * ThrTimer::failed:
   * @self: the timer
   * @error: what its function failed with
   *
   * Emitted at home when the function of the timer has failed, to who was connected by
   * then. The timer has ended.
   */
  failed_signal =
    g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR | G_SIGNAL_TYPE_STATIC_SCOPE);

  state_bits = thr_object_class_add_notify (thr_class, properties[PROP_STATE]) |
               thr_object_class_add_notify (thr_class, properties[PROP_ACTIVE]);
  error_bit = thr_object_class_add_notify (thr_class, properties[PROP_ERROR]);

  thr_timer_service_init ();
}

static void
thr_timer_init (ThrTimer *self)
{
  thr_shared_line_init (&self->line);
  self->letter.rank = THR_RANK_SIGNAL;
  self->letter.deliver = fired_deliver;
  self->letter.discard = fired_discard;
  self->failure.rank = THR_RANK_SIGNAL;
  self->failure.deliver = failure_deliver;
  self->failure.discard = failure_discard;
  self->trash.free = drop_active;
}

static gboolean
check_interval (gint64    interval,
                gboolean  repeating,
                GError  **error)
{
  if (interval < 0)
    g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                         _("The interval of a timer cannot be negative"));
  else if (repeating && interval == 0)
    g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                         _("A repeating timer needs an interval of at least 1 microsecond"));
  else
    return TRUE;

  return FALSE;
}

/**
 * thr_timer_new:
 * @interval_us: after how many microseconds it fires, from 0
 *
 * Makes a timer that fires once and emits [signal@Thr.Timer::fired].
 *
 * Returns: (transfer full): the timer, which is not started
 */
ThrTimer *
thr_timer_new (gint64 interval_us)
{
  return g_object_new (THR_TYPE_TIMER, "interval", interval_us, NULL);
}

/**
 * thr_timer_new_repeating:
 * @interval_us: after how many microseconds it fires again, from 1
 *
 * Makes a timer that fires again and again and emits [signal@Thr.Timer::fired].
 *
 * Returns: (transfer full): the timer, which is not started
 */
ThrTimer *
thr_timer_new_repeating (gint64 interval_us)
{
  return g_object_new (THR_TYPE_TIMER, "interval", interval_us, "repeating", TRUE, NULL);
}

/**
 * thr_timer_new_full:
 * @interval_us: after how many microseconds it fires, from 0
 * @repeating: whether it fires again and again, every @interval_us
 * @func: (scope notified) (closure user_data) (destroy notify) (nullable): what to do
 *   when it fires
 * @user_data: data for @func
 * @notify: called with @user_data at home when the timer has ended
 * @error: return location for an error
 *
 * Makes a timer with a function.
 *
 * Errors: %THR_ERROR_INVALID_ARGUMENT when @interval_us is negative, or 0 for a timer
 * that repeats; %THR_ERROR_WRONG_LANGUAGE for a JavaScript function. @notify is called
 * all the same.
 *
 * Returns: (transfer full): the timer, which is not started
 */
ThrTimer *
thr_timer_new_full (gint64           interval_us,
                    gboolean         repeating,
                    ThrTimerFunc     func,
                    gpointer         user_data,
                    GDestroyNotify   notify,
                    GError         **error)
{
  ThrTimer *self;

  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  self = g_object_new (THR_TYPE_TIMER, "interval", interval_us, "repeating", repeating, NULL);
  self->func = func;
  self->user_data = user_data;
  self->notify = notify;

  if (check_interval (interval_us, repeating, error) &&
      (!thr_language_notify_is_js (notify) ||
       thr_language_set_wrong_language_error (error, "Thr.Timer.new_full()")))
    return self;

  g_object_unref (self);
  return NULL;
}

/**
 * thr_timer_start:
 * @self: a timer
 * @error: return location for an error
 *
 * Starts the timer.
 *
 * One that was cancelled before is started, too, and never fires. Errors:
 * %THR_ERROR_ALREADY_STARTED for a second start, also after the end;
 * %THR_ERROR_INVALID_ARGUMENT when the interval is negative, or 0 for a timer that
 * repeats; %THR_ERROR_RESOURCES when there is no room for the thread that keeps the
 * time; %THR_ERROR_SHUT_DOWN when the process is ending.
 *
 * Does not block. Any thread.
 *
 * Returns: %TRUE when the timer was started
 */
gboolean
thr_timer_start (ThrTimer  *self,
                 GError   **error)
{
  g_return_val_if_fail (THR_IS_TIMER (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!check_interval (self->interval, self->repeating, error))
    return FALSE;
  if (thr_process_is_ending ())
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_SHUT_DOWN,
                           _("The process is ending and takes no new work"));
      return FALSE;
    }
  if (!thr_timer_service_add (self, error))
    return FALSE;

  thr_timer_tell_state (self);
  return TRUE;
}

/**
 * thr_timer_cancel:
 * @self: a timer
 *
 * Cancels the timer, so that it does not fire any more.
 *
 * Who waits for it is let go at once. A function that runs already is not interrupted:
 * a timer that repeats ends when it has returned, and one that fires once can no longer
 * be cancelled.
 *
 * Does not block. Any thread, also in the timer's function.
 *
 * Returns: %FALSE when there was nothing to cancel, because it has fired or was
 *   cancelled before
 */
gboolean
thr_timer_cancel (ThrTimer *self)
{
  g_return_val_if_fail (THR_IS_TIMER (self), FALSE);

  return thr_timer_service_take (self);
}

/**
 * thr_timer_wait:
 * @self: a timer
 * @error: return location for an error
 *
 * Waits until the timer has ended and its function has returned, as long as it takes.
 *
 * A timer that repeats ends when it is cancelled or its function fails. Errors:
 * %THR_ERROR_NOT_STARTED; %THR_ERROR_DEADLOCK in the timer's own function.
 *
 * In Python a signal handler may have to run: then the result is %FALSE with no error
 * set, and the caller tries again after it.
 *
 * May block. Any thread.
 *
 * Returns: %TRUE when the timer has ended
 */
gboolean
thr_timer_wait (ThrTimer  *self,
                GError   **error)
{
  return thr_timer_wait_timed (self, -1, NULL, error);
}

/**
 * thr_timer_wait_timed:
 * @self: a timer
 * @timeout_us: how long to wait at the most, in microseconds; 0 does not wait, -1
 *   waits as long as it takes
 * @cancellable: (nullable): a cancellable that ends the wait
 * @error: return location for an error
 *
 * Waits until the timer has ended, no longer than a limit. The timer goes on.
 *
 * Errors: %G_IO_ERROR_TIMED_OUT; %G_IO_ERROR_CANCELLED; %THR_ERROR_INVALID_ARGUMENT
 * for a timeout below -1; those of [method@Thr.Timer.wait].
 *
 * May block. Any thread.
 *
 * Returns: %TRUE when the timer has ended
 */
gboolean
thr_timer_wait_timed (ThrTimer      *self,
                      gint64         timeout_us,
                      GCancellable  *cancellable,
                      GError       **error)
{
  g_return_val_if_fail (THR_IS_TIMER (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return check_waitable (self, TRUE, error) &&
         thr_shared_wait (self, &wait_type, timeout_us, cancellable, error);
}

/**
 * thr_timer_wait_async:
 * @self: a timer
 * @cancellable: (nullable): a cancellable that ends the wait
 * @callback: (scope async) (nullable): called at the timer's home when the wait has
 *   ended
 * @user_data: data for @callback
 *
 * Waits on the main loop until the timer has ended.
 *
 * The callback always comes later, and after the timer's signals.
 *
 * Does not block. Any thread.
 */
void
thr_timer_wait_async (ThrTimer            *self,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  GError *error = NULL;

  g_return_if_fail (THR_IS_TIMER (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  if (check_waitable (self, FALSE, &error))
    thr_shared_wait_async (self, &wait_type, cancellable, callback, user_data);
  else
    thr_shared_wait_refuse (self, &wait_type, error, cancellable, callback, user_data);
}

/**
 * thr_timer_wait_finish:
 * @self: a timer
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Ends what [method@Thr.Timer.wait_async] began.
 *
 * Errors: %G_IO_ERROR_CANCELLED; %THR_ERROR_NOT_STARTED; %THR_ERROR_INVALID_STATE when
 * it was called before for this result; %THR_ERROR_INVALID_ARGUMENT for the result of
 * something else.
 *
 * Returns: %TRUE when the timer has ended
 */
gboolean
thr_timer_wait_finish (ThrTimer      *self,
                       GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (THR_IS_TIMER (self), FALSE);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return thr_shared_wait_finish (self, &wait_type, result, error);
}

/**
 * thr_timer_get_interval: (get-property interval)
 * @self: a timer
 *
 * Gets after how many microseconds the timer fires.
 *
 * Returns: the interval
 */
gint64
thr_timer_get_interval (ThrTimer *self)
{
  g_return_val_if_fail (THR_IS_TIMER (self), 0);

  return self->interval;
}

/**
 * thr_timer_get_repeating: (get-property repeating)
 * @self: a timer
 *
 * Gets whether the timer fires again and again.
 *
 * Returns: whether it repeats
 */
gboolean
thr_timer_get_repeating (ThrTimer *self)
{
  g_return_val_if_fail (THR_IS_TIMER (self), FALSE);

  return self->repeating;
}

/**
 * thr_timer_get_state: (get-property state)
 * @self: a timer
 *
 * Gets where in its life the timer is.
 *
 * Returns: the state
 */
ThrTimerState
thr_timer_get_state (ThrTimer *self)
{
  ThrTimerState state;

  g_return_val_if_fail (THR_IS_TIMER (self), THR_TIMER_STATE_NEW);

  state = __atomic_load_n (&self->state, __ATOMIC_ACQUIRE);
  return state == THR_TIMER_STATE_ACTIVE && thr_timer_is_forked_away (self)
    ? THR_TIMER_STATE_CANCELLED : state;
}

/**
 * thr_timer_is_active: (get-property active)
 * @self: a timer
 *
 * Tells whether the timer has been started and has not ended.
 *
 * Returns: whether it is active
 */
gboolean
thr_timer_is_active (ThrTimer *self)
{
  return thr_timer_get_state (self) == THR_TIMER_STATE_ACTIVE;
}

/**
 * thr_timer_get_n_fired: (get-property n-fired)
 * @self: a timer
 *
 * Gets how often the timer has fired.
 *
 * Returns: the number of times
 */
guint64
thr_timer_get_n_fired (ThrTimer *self)
{
  g_return_val_if_fail (THR_IS_TIMER (self), 0);

  return __atomic_load_n (&self->n_fired, __ATOMIC_RELAXED);
}

/**
 * thr_timer_get_error: (get-property error)
 * @self: a timer
 *
 * Gets what the timer's function failed with.
 *
 * It is %NULL until the timer is %THR_TIMER_STATE_FAILED, and stays what it is then. The
 * error went to the hook of [func@Thr.set_error_hook], too.
 *
 * Returns: (transfer none) (nullable): the error, or %NULL when no function failed
 */
const GError *
thr_timer_get_error (ThrTimer *self)
{
  g_return_val_if_fail (THR_IS_TIMER (self), NULL);

  return thr_timer_get_state (self) == THR_TIMER_STATE_FAILED ? self->error : NULL;
}
