/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "sync/thr-event.h"

#include "sync/thr-shared-wait-private.h"

/**
 * ThrEvent:
 *
 * An event: a flag that callers wait for.
 *
 * It is Python's `threading.Event`. While the flag is set nobody waits; while it is
 * clear everybody does, until somebody sets it, which lets all of them go.
 *
 * It can be waited for in three ways, with one line behind them: blocked
 * ([method@Thr.Event.wait]), blocked with a limit and a cancellable
 * ([method@Thr.Event.wait_timed]) and on the main loop
 * ([method@Thr.Event.wait_async]).
 *
 * ```c
 * static gpointer
 * load_thread (gpointer data)
 * {
 *   ThrEvent *ready = data;
 *
 *   g_print ("loading\n");
 *   thr_event_set (ready);
 *   return NULL;
 * }
 * ```
 *
 * *Order*: who waited when the flag was set has been let go for good, even when
 * the flag is cleared before the waiter runs.
 *
 * *Memory*: what a thread did before it set the event is seen by who waited for it,
 * also when the event was set before.
 *
 * *Thread safety*: all functions may be called from any thread. Like any object, an
 * event must be kept referenced while it is used.
 *
 * *Blocking*: [method@Thr.Event.wait] and [method@Thr.Event.wait_timed] may block.
 * On the home's own thread they deliver what is pending for the event before they
 * return; other calls dispatch nothing.
 */

/* The flag and its line:
 *
 *   E1  clear ──► set      with the lock of the line; everybody in line is granted
 *   E2  set ──► set        a read-modify-write that changes nothing
 *   E3  any ──► clear      without the lock
 *   E4  clear: join        with the lock: whoever sets next finds the waiter
 *
 * E2 must not be a load. A consumer clears (E3) and then looks for work, a producer
 * adds work and then sets: of the two read-modify-writes one comes first. Either the
 * producer's, and the consumer sees the work; or the consumer's, and the producer
 * finds the flag clear.
 *
 * The word is that of ThrTelling, and E1 begins to tell in the same swap. TOLD is there
 * for thr_event_wait(): its fast path is one load, and it may be taken only when there
 * can be nothing to deliver, and nobody is about to post anything.
 */
enum {
  SET  = 1 << 0,
  TOLD = 1 << 1  /* a notification was posted, once; never taken back */
};

struct _ThrEvent
{
  ThrObject     parent_instance;

  /* Its telling.word is the event's. */
  ThrSharedLine line;
};

enum {
  PROP_0,
  PROP_FLAG,
  PROP_N_WAITERS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];
static guint flag_bit;

static gpointer event_class; /* the only one of its type, which is final */

G_DEFINE_FINAL_TYPE (ThrEvent, thr_event, THR_TYPE_OBJECT)

/* A full type check, since a final type has one class. */
static inline gboolean
is_exactly (gconstpointer instance)
{
  return G_LIKELY (instance != NULL) &&
         G_LIKELY ((gpointer) ((const GTypeInstance *) instance)->g_class == event_class);
}

/* Acquire: pairs with E1 and E2. */
static inline guint
load_word (ThrEvent *self)
{
  return __atomic_load_n (&self->line.telling.word, __ATOMIC_ACQUIRE);
}

static ThrSharedLine *
get_line (ThrObject *source)
{
  return &THR_EVENT (source)->line;
}

static gboolean
is_over (ThrObject *source)
{
  return (load_word (THR_EVENT (source)) & SET) != 0;
}

static const ThrSharedWaitType wait_type = {
  .operation = THR_SHARED_WAIT_OPERATION,
  .get_line = get_line,
  .is_over = is_over
};

/* An event that nobody listens to is not kept alive until its home's loop runs: who
 * connects after the change is not owed a notification. */
static void
tell (ThrEvent *self)
{
  if (!thr_mailbox_is_notified (G_OBJECT (self)))
    return;

  __atomic_fetch_or (&self->line.telling.word, TOLD, __ATOMIC_RELAXED);
  thr_object_post_bits (THR_OBJECT (self), flag_bit);
}

static void
thr_event_finalize (GObject *object)
{
  thr_shared_line_clear (&THR_EVENT (object)->line);

  G_OBJECT_CLASS (thr_event_parent_class)->finalize (object);
}

static void
thr_event_get_property (GObject    *object,
                        guint       prop_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  ThrEvent *self = THR_EVENT (object);

  switch (prop_id)
    {
    case PROP_FLAG:
      g_value_set_boolean (value, thr_event_is_set (self));
      break;
    case PROP_N_WAITERS:
      g_value_set_uint (value, thr_event_get_n_waiters (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
thr_event_class_init (ThrEventClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = thr_event_finalize;
  object_class->get_property = thr_event_get_property;

  /**
   * ThrEvent:flag: (getter is_set)
   *
   * Whether the flag is set: [method@Thr.Event.is_set] as a property.
   *
   * Notified at home after it has changed, to who was connected by then.
   */
  properties[PROP_FLAG] =
    g_param_spec_boolean ("flag", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                          G_PARAM_STATIC_STRINGS);

  /**
   * ThrEvent:n-waiters: (getter get_n_waiters)
   *
   * How many callers wait for the event, blocked or awaiting.
   *
   * It is never notified.
   */
  properties[PROP_N_WAITERS] =
    g_param_spec_uint ("n-waiters", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                       G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  flag_bit = thr_object_class_add_notify (THR_OBJECT_CLASS (klass), properties[PROP_FLAG]);

  event_class = klass;
}

static void
thr_event_init (ThrEvent *self)
{
  thr_shared_line_init (&self->line);
}

/**
 * thr_event_new:
 *
 * Makes an event that is not set.
 *
 * Returns: (transfer full): the event
 */
ThrEvent *
thr_event_new (void)
{
  return g_object_new (THR_TYPE_EVENT, NULL);
}

/* E1. When another one was faster there is nothing to do: it came after our E2, which
 * was a release, so who clears after it sees what we did before. */
static gboolean
set_unlocked (ThrEvent *self)
{
  guint word = load_word (self);

  do
    if ((word & SET) != 0)
      return FALSE;
  while (!__atomic_compare_exchange_n (&self->line.telling.word, &word,
                                       (word | SET) + THR_TELLING_ONE, FALSE,
                                       __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));

  return TRUE;
}

/**
 * thr_event_set:
 * @self: an event
 *
 * Sets the flag and lets everybody go who waits for it.
 *
 * Does not block. Any thread.
 */
void
thr_event_set (ThrEvent *self)
{
  ThrWakeBatch batch = THR_WAKE_BATCH_INIT;
  gboolean changed;

  g_return_if_fail (THR_IS_EVENT (self));

  /* E2. Release: pairs with load_word(). */
  if ((__atomic_fetch_or (&self->line.telling.word, 0, __ATOMIC_ACQ_REL) & SET) != 0)
    return;

  /* Who is let go may drop the last reference at once. */
  g_object_ref (self);

  thr_wait_list_lock (&self->line.line);
  changed = set_unlocked (self);
  if (changed)
    thr_wait_list_grant_all_unlocked (&self->line.line, &batch);
  thr_wait_list_unlock (&self->line.line);

  /* Before the callbacks of those who await it, in the order of the home. */
  if (changed)
    {
      tell (self);
      thr_telling_end (&self->line.telling);
    }
  thr_wake_batch_fire (&batch);
  g_object_unref (self);
}

/**
 * thr_event_clear:
 * @self: an event
 *
 * Clears the flag, so that callers wait again.
 *
 * Does not block. Any thread.
 */
void
thr_event_clear (ThrEvent *self)
{
  g_return_if_fail (THR_IS_EVENT (self));

  /* E3. Acquire: pairs with E1 and E2, so who clears sees what the setter did. */
  if ((__atomic_fetch_and (&self->line.telling.word, ~(guint) SET, __ATOMIC_ACQ_REL) & SET) != 0)
    tell (self);
}

/**
 * thr_event_is_set: (get-property flag)
 * @self: an event
 *
 * Tells whether the flag is set.
 *
 * Other threads may change that at any moment.
 *
 * Returns: whether the flag is set
 */
gboolean
thr_event_is_set (ThrEvent *self)
{
  if (!is_exactly (self))
    g_return_val_if_fail (THR_IS_EVENT (self), FALSE);

  return (load_word (self) & SET) != 0;
}

/**
 * thr_event_wait:
 * @self: an event
 * @error: return location for an error
 *
 * Waits until the event is set, as long as it takes.
 *
 * In Python a signal handler may have to run: then the result is %FALSE with no
 * error set, and the caller tries again after it.
 *
 * May block. Any thread.
 *
 * Returns: %TRUE when the event was set
 */
gboolean
thr_event_wait (ThrEvent  *self,
                GError   **error)
{
  if (is_exactly (self) && G_LIKELY (load_word (self) == SET))
    return TRUE;

  g_return_val_if_fail (THR_IS_EVENT (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return thr_shared_wait (self, &wait_type, -1, NULL, error);
}

/**
 * thr_event_wait_timed:
 * @self: an event
 * @timeout_us: how long to wait at the most, in microseconds; 0 does not wait, -1
 *   waits as long as it takes
 * @cancellable: (nullable): a cancellable that ends the wait
 * @error: return location for an error
 *
 * Waits until the event is set, no longer than a limit.
 *
 * Errors: %G_IO_ERROR_TIMED_OUT; %G_IO_ERROR_CANCELLED, also for an event that is
 * set when @cancellable was cancelled before; %THR_ERROR_INVALID_ARGUMENT for a
 * timeout below -1.
 *
 * May block. Any thread.
 *
 * Returns: %TRUE when the event was set
 */
gboolean
thr_event_wait_timed (ThrEvent      *self,
                      gint64         timeout_us,
                      GCancellable  *cancellable,
                      GError       **error)
{
  g_return_val_if_fail (THR_IS_EVENT (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return thr_shared_wait (self, &wait_type, timeout_us, cancellable, error);
}

/**
 * thr_event_wait_async:
 * @self: an event
 * @cancellable: (nullable): a cancellable that ends the wait
 * @callback: (scope async) (nullable): called at the event's home when the wait has
 *   ended
 * @user_data: data for @callback
 *
 * Waits on the main loop until the event is set.
 *
 * The callback always comes later, even when the event is set now. It also comes
 * when the event is cleared again before the loop has run.
 *
 * Does not block. Any thread.
 */
void
thr_event_wait_async (ThrEvent            *self,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  g_return_if_fail (THR_IS_EVENT (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  thr_shared_wait_async (self, &wait_type, cancellable, callback, user_data);
}

/**
 * thr_event_wait_finish:
 * @self: an event
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Ends what [method@Thr.Event.wait_async] began.
 *
 * Errors: %G_IO_ERROR_CANCELLED, also when the cancellable was cancelled after the
 * event was set; %THR_ERROR_INVALID_STATE when it was called before for this
 * result; %THR_ERROR_INVALID_ARGUMENT for the result of something else.
 *
 * Returns: %TRUE when the event was set
 */
gboolean
thr_event_wait_finish (ThrEvent      *self,
                       GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (THR_IS_EVENT (self), FALSE);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return thr_shared_wait_finish (self, &wait_type, result, error);
}

/**
 * thr_event_get_n_waiters: (get-property n-waiters)
 * @self: an event
 *
 * Gets how many callers wait for the event, blocked or awaiting.
 *
 * Other threads may change that at any moment.
 *
 * Returns: the number of waiters
 */
guint
thr_event_get_n_waiters (ThrEvent *self)
{
  g_return_val_if_fail (THR_IS_EVENT (self), 0);

  return thr_shared_wait_count (self, &wait_type);
}
