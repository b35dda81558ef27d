/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/thr-queue.h"

#include "base/thr-i18n-private.h"
#include "work/thr-queue-private.h"

/**
 * ThrQueue:
 *
 * A queue: what some threads put into it, others get out of it.
 *
 * It is Python's `queue.Queue`, with its kinds ([enum@Thr.QueueKind]) and with
 * `shutdown` as in Python 3.13. An item is a [struct@GObject.Value] of any type, or
 * empty. A queue may be bounded: then who puts waits for room.
 *
 * Putting, getting and joining have three forms each, with one line behind them:
 * blocked ([method@Thr.Queue.get]), blocked with a limit and a cancellable
 * ([method@Thr.Queue.get_timed]) and on the main loop ([method@Thr.Queue.get_async]).
 *
 * ```c
 * static gpointer
 * consume_thread (gpointer data)
 * {
 *   ThrQueue *queue = data;
 *   g_auto (GValue) item = G_VALUE_INIT;
 *
 *   // Until the queue is shut down and empty.
 *   while (thr_queue_get_into (queue, &item, NULL))
 *     {
 *       g_print ("%d\n", g_value_get_int (&item));
 *       thr_queue_task_done (queue, NULL);
 *     }
 *   return NULL;
 * }
 * ```
 *
 * *Order*: first come, first served, among those who wait to get and among those who
 * wait to put, in whatever form; nobody passes them by. An item goes from who puts it
 * to the first who waits for it directly.
 *
 * *Priorities* are numbers, given with the item ([method@Thr.Queue.put_with_priority])
 * or, for an item that is a number, the item itself. There is no function to compare
 * with, since it would have to run under the queue's lock. Python's `PriorityQueue`
 * orders tuples and whatever else can be compared: its override keeps the items in
 * Python, in a heap there, and uses a queue for the waiting.
 *
 * *Work that is done*: each item that comes in counts as unfinished until somebody says
 * [method@Thr.Queue.task_done]; [method@Thr.Queue.join] waits until none is.
 *
 * *The end*: [method@Thr.Queue.shutdown]. A queue that is finalized, or shut down at
 * once, frees its items at its home; numbers and strings anywhere.
 *
 * *Memory*: what a thread did before it put an item is seen by who got it.
 *
 * *Thread safety*: all functions may be called from any thread. Like any object, a
 * queue must be kept referenced while it is used.
 *
 * *Blocking*: putting and getting may block, and dispatch nothing.
 * [method@Thr.Queue.join] and [method@Thr.Queue.join_timed] may block; on the home's
 * own thread they deliver what is pending for the queue before they return.
 */

enum {
  PROP_0,
  PROP_KIND,
  PROP_MAX_SIZE,
  PROP_SIZE,
  PROP_CLOSED,
  PROP_UNFINISHED,
  PROP_N_GETTERS,
  PROP_N_PUTTERS,
  PROP_N_WAITERS,
  PROP_OBSERVED,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];
static guint size_bits;   /* what is told of at each change */
static guint closed_bit;
static guint observed_bit;

G_DEFINE_FINAL_TYPE (ThrQueue, thr_queue, THR_TYPE_OBJECT)

void
thr_queue_tell (ThrQueue *self)
{
  /* Relaxed: who switches it on while others put is owed nothing for those. */
  if (G_UNLIKELY (__atomic_load_n (&self->observed, __ATOMIC_RELAXED)))
    thr_object_post_bits (THR_OBJECT (self), size_bits);
}

/* Who connects after it is owed nothing, so nothing keeps the queue for its loop. */
void
thr_queue_tell_closed (ThrQueue *self)
{
  if (thr_mailbox_is_notified (G_OBJECT (self)))
    thr_object_post_bits (THR_OBJECT (self), closed_bit);
}

static void
thr_queue_finalize (GObject *object)
{
  ThrQueue *self = THR_QUEUE (object);

  /* Nobody waits: every waiter keeps the queue alive. */
  thr_queue_item_throw (thr_queue_store_steal (&self->store),
                        thr_object_get_home (THR_OBJECT (self)));
  thr_queue_store_clear (&self->store);
  thr_wait_list_clear (&self->joiners);
  thr_wait_list_clear (&self->putters);
  thr_wait_list_clear (&self->getters);

  G_OBJECT_CLASS (thr_queue_parent_class)->finalize (object);
}

static void
thr_queue_get_property (GObject    *object,
                        guint       prop_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  ThrQueue *self = THR_QUEUE (object);

  switch (prop_id)
    {
    case PROP_KIND:
      g_value_set_enum (value, thr_queue_get_kind (self));
      break;
    case PROP_MAX_SIZE:
      g_value_set_int (value, (int) thr_queue_get_max_size (self));
      break;
    case PROP_SIZE:
      g_value_set_uint (value, thr_queue_get_size (self));
      break;
    case PROP_CLOSED:
      g_value_set_boolean (value, thr_queue_is_closed (self));
      break;
    case PROP_UNFINISHED:
      g_value_set_uint (value, thr_queue_get_unfinished (self));
      break;
    case PROP_N_GETTERS:
      g_value_set_uint (value, thr_queue_get_n_getters (self));
      break;
    case PROP_N_PUTTERS:
      g_value_set_uint (value, thr_queue_get_n_putters (self));
      break;
    case PROP_N_WAITERS:
      g_value_set_uint (value, thr_queue_get_n_waiters (self));
      break;
    case PROP_OBSERVED:
      g_value_set_boolean (value, thr_queue_get_observed (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
thr_queue_set_property (GObject      *object,
                        guint         prop_id,
                        const GValue *value,
                        GParamSpec   *pspec)
{
  ThrQueue *self = THR_QUEUE (object);

  switch (prop_id)
    {
    case PROP_KIND:
      self->store.kind = g_value_get_enum (value);
      break;
    case PROP_MAX_SIZE:
      self->max_size = (guint) MAX (g_value_get_int (value), 0);
      break;
    case PROP_OBSERVED:
      thr_queue_set_observed (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

/* Properties that are set once. */
static void
install_constants (void)
{
  /**
   * ThrQueue:kind: (getter get_kind)
   *
   * In what order the items come out.
   */
  properties[PROP_KIND] =
    g_param_spec_enum ("kind", NULL, NULL, THR_TYPE_QUEUE_KIND, THR_QUEUE_KIND_FIFO,
                       G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY |
                       G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * ThrQueue:max-size: (getter get_max_size)
   *
   * How many items there is room for; 0 is no limit, and so is what is set below.
   */
  properties[PROP_MAX_SIZE] =
    g_param_spec_int ("max-size", NULL, NULL, G_MININT, G_MAXINT, 0,
                      G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY |
                      G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * ThrQueue:observed: (getter get_observed) (setter set_observed)
   *
   * Whether [property@Thr.Queue:size] and [property@Thr.Queue:unfinished] are notified.
   *
   * %FALSE at first, since every item would pay for it: set it before you connect.
   */
  properties[PROP_OBSERVED] =
    g_param_spec_boolean ("observed", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY |
                          G_PARAM_STATIC_STRINGS);
}

static void
install_states (void)
{
  /**
   * ThrQueue:size: (getter get_size)
   *
   * How many items there are to be got.
   *
   * Notified at home after it has changed while [property@Thr.Queue:observed] is set;
   * changes that follow quickly are notified together.
   */
  properties[PROP_SIZE] =
    g_param_spec_uint ("size", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                       G_PARAM_STATIC_STRINGS);

  /**
   * ThrQueue:closed: (getter is_closed)
   *
   * Whether the queue was shut down.
   *
   * Notified at home after it has changed, to who was connected by then.
   */
  properties[PROP_CLOSED] =
    g_param_spec_boolean ("closed", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                          G_PARAM_STATIC_STRINGS);

  /**
   * ThrQueue:unfinished: (getter get_unfinished)
   *
   * How many items came in for which [method@Thr.Queue.task_done] was not called yet.
   *
   * Notified as [property@Thr.Queue:size].
   */
  properties[PROP_UNFINISHED] =
    g_param_spec_uint ("unfinished", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                       G_PARAM_STATIC_STRINGS);
}

static void
install_counts (void)
{
  /**
   * ThrQueue:n-getters: (getter get_n_getters)
   *
   * How many callers wait for an item, blocked or awaiting. It is never notified.
   */
  properties[PROP_N_GETTERS] =
    g_param_spec_uint ("n-getters", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                       G_PARAM_STATIC_STRINGS);

  /**
   * ThrQueue:n-putters: (getter get_n_putters)
   *
   * How many callers wait for room, blocked or awaiting. It is never notified.
   */
  properties[PROP_N_PUTTERS] =
    g_param_spec_uint ("n-putters", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                       G_PARAM_STATIC_STRINGS);

  /**
   * ThrQueue:n-waiters: (getter get_n_waiters)
   *
   * How many callers wait for an item, for room or for the end of the work, blocked or
   * awaiting. It is never notified.
   */
  properties[PROP_N_WAITERS] =
    g_param_spec_uint ("n-waiters", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                       G_PARAM_STATIC_STRINGS);
}

static void
thr_queue_class_init (ThrQueueClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  ThrObjectClass *thr_class = THR_OBJECT_CLASS (klass);

  object_class->finalize = thr_queue_finalize;
  object_class->get_property = thr_queue_get_property;
  object_class->set_property = thr_queue_set_property;

  install_constants ();
  install_states ();
  install_counts ();
  g_object_class_install_properties (object_class, N_PROPS, properties);

  size_bits = thr_object_class_add_notify (thr_class, properties[PROP_SIZE]) |
              thr_object_class_add_notify (thr_class, properties[PROP_UNFINISHED]);
  closed_bit = thr_object_class_add_notify (thr_class, properties[PROP_CLOSED]);
  observed_bit = thr_object_class_add_notify (thr_class, properties[PROP_OBSERVED]);
}

static void
thr_queue_init (ThrQueue *self)
{
  thr_wait_list_init (&self->getters);
  thr_wait_list_init (&self->putters);
  thr_wait_list_init (&self->joiners);
}

static guint
read_count (ThrQueue    *self,
            const guint *count)
{
  guint n;

  thr_queue_lock (self);
  n = *count;
  thr_queue_unlock (self);

  return n;
}

/**
 * thr_queue_new:
 * @kind: in what order the items come out
 * @max_size: how many items there is room for; 0 or less is no limit
 *
 * Makes a queue.
 *
 * Returns: (transfer full): the queue
 */
ThrQueue *
thr_queue_new (ThrQueueKind kind,
               int          max_size)
{
  return g_object_new (THR_TYPE_QUEUE, "kind", kind, "max-size", max_size, NULL);
}

/**
 * thr_queue_get_kind: (get-property kind)
 * @self: a queue
 *
 * Gets in what order the items come out. Any thread.
 *
 * Returns: the kind
 */
ThrQueueKind
thr_queue_get_kind (ThrQueue *self)
{
  g_return_val_if_fail (THR_IS_QUEUE (self), THR_QUEUE_KIND_FIFO);

  return self->store.kind;
}

/**
 * thr_queue_get_max_size: (get-property max-size)
 * @self: a queue
 *
 * Gets how many items there is room for. Any thread.
 *
 * Returns: the number of items, or 0 for no limit
 */
guint
thr_queue_get_max_size (ThrQueue *self)
{
  g_return_val_if_fail (THR_IS_QUEUE (self), 0);

  return self->max_size;
}

/**
 * thr_queue_get_size: (get-property size)
 * @self: a queue
 *
 * Gets how many items there are to be got; one that was granted to an asynchronous get
 * is no longer counted.
 *
 * Other threads may change that at any moment. Any thread.
 *
 * Returns: the number of items
 */
guint
thr_queue_get_size (ThrQueue *self)
{
  g_return_val_if_fail (THR_IS_QUEUE (self), 0);

  return read_count (self, &self->store.length);
}

/**
 * thr_queue_is_empty:
 * @self: a queue
 *
 * Tells whether there is no item to be got.
 *
 * Other threads may change that at any moment. Any thread.
 *
 * Returns: whether the queue is empty
 */
gboolean
thr_queue_is_empty (ThrQueue *self)
{
  return thr_queue_get_size (self) == 0;
}

/**
 * thr_queue_is_full:
 * @self: a queue
 *
 * Tells whether there is no room for another item.
 *
 * Other threads may change that at any moment. Any thread.
 *
 * Returns: whether the queue is full; never for one without a limit
 */
gboolean
thr_queue_is_full (ThrQueue *self)
{
  g_return_val_if_fail (THR_IS_QUEUE (self), FALSE);

  return self->max_size > 0 && thr_queue_get_size (self) >= self->max_size;
}

/**
 * thr_queue_get_unfinished: (get-property unfinished)
 * @self: a queue
 *
 * Gets how many items came in for which [method@Thr.Queue.task_done] was not called
 * yet.
 *
 * Other threads may change that at any moment. Any thread.
 *
 * Returns: the number of items
 */
guint
thr_queue_get_unfinished (ThrQueue *self)
{
  g_return_val_if_fail (THR_IS_QUEUE (self), 0);

  return read_count (self, &self->unfinished);
}

/**
 * thr_queue_get_n_getters: (get-property n-getters)
 * @self: a queue
 *
 * Gets how many callers wait for an item, blocked or awaiting. Any thread.
 *
 * Returns: the number of waiters
 */
guint
thr_queue_get_n_getters (ThrQueue *self)
{
  g_return_val_if_fail (THR_IS_QUEUE (self), 0);

  return read_count (self, &self->getters.length);
}

/**
 * thr_queue_get_n_putters: (get-property n-putters)
 * @self: a queue
 *
 * Gets how many callers wait for room, blocked or awaiting. Any thread.
 *
 * Returns: the number of waiters
 */
guint
thr_queue_get_n_putters (ThrQueue *self)
{
  g_return_val_if_fail (THR_IS_QUEUE (self), 0);

  return read_count (self, &self->putters.length);
}

/**
 * thr_queue_get_n_waiters: (get-property n-waiters)
 * @self: a queue
 *
 * Gets how many callers wait for an item, for room or for the end of the work, blocked
 * or awaiting. Any thread.
 *
 * Returns: the number of waiters
 */
guint
thr_queue_get_n_waiters (ThrQueue *self)
{
  guint n;

  g_return_val_if_fail (THR_IS_QUEUE (self), 0);

  thr_queue_lock (self);
  n = self->getters.length + self->putters.length + self->joiners.length;
  thr_queue_unlock (self);

  return n;
}

/**
 * thr_queue_get_observed: (get-property observed)
 * @self: a queue
 *
 * Gets whether changes of the size and of what is unfinished are notified. Any thread.
 *
 * Returns: whether they are
 */
gboolean
thr_queue_get_observed (ThrQueue *self)
{
  g_return_val_if_fail (THR_IS_QUEUE (self), FALSE);

  return __atomic_load_n (&self->observed, __ATOMIC_RELAXED);
}

/**
 * thr_queue_set_observed: (set-property observed)
 * @self: a queue
 * @observed: whether to notify
 *
 * Sets whether changes of the size and of what is unfinished are notified. Any thread.
 */
void
thr_queue_set_observed (ThrQueue *self,
                        gboolean  observed)
{
  g_return_if_fail (THR_IS_QUEUE (self));

  observed = !!observed;
  if (__atomic_exchange_n (&self->observed, observed, __ATOMIC_RELAXED) != observed)
    thr_object_post_bits (THR_OBJECT (self), observed_bit);
}

/**
 * thr_queue_task_done:
 * @self: a queue
 * @error: return location for an error
 *
 * Says that the work of an item that was got is done.
 *
 * Errors: %THR_ERROR_INVALID_STATE when it is called more often than items came in.
 *
 * Does not block. Any thread.
 *
 * Returns: %TRUE when it was counted
 */
gboolean
thr_queue_task_done (ThrQueue  *self,
                     GError   **error)
{
  g_return_val_if_fail (THR_IS_QUEUE (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (thr_queue_do_task_done (self))
    return TRUE;

  g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_STATE,
                       _("More items were said to be done than were put"));
  return FALSE;
}

/**
 * thr_queue_join:
 * @self: a queue
 * @error: return location for an error
 *
 * Waits until all items that came in are done, as long as it takes.
 *
 * Items that are thrown away by [method@Thr.Queue.shutdown] count as done. In Python a
 * signal handler may have to run: then the result is %FALSE with no error set, and the
 * caller tries again after it.
 *
 * May block. Any thread.
 *
 * Returns: %TRUE when nothing is unfinished
 */
gboolean
thr_queue_join (ThrQueue  *self,
                GError   **error)
{
  return thr_queue_join_timed (self, -1, NULL, error);
}

/**
 * thr_queue_join_timed:
 * @self: a queue
 * @timeout_us: how long to wait at the most, in microseconds; 0 does not wait, -1
 *   waits as long as it takes
 * @cancellable: (nullable): a cancellable that ends the wait
 * @error: return location for an error
 *
 * Waits until all items that came in are done, no longer than a limit.
 *
 * Errors: %G_IO_ERROR_TIMED_OUT; %G_IO_ERROR_CANCELLED, also with nothing to wait for
 * when @cancellable was cancelled before; %THR_ERROR_INVALID_ARGUMENT for a timeout
 * below -1.
 *
 * May block. Any thread.
 *
 * Returns: %TRUE when nothing is unfinished
 */
gboolean
thr_queue_join_timed (ThrQueue      *self,
                      gint64         timeout_us,
                      GCancellable  *cancellable,
                      GError       **error)
{
  gpointer nothing = NULL;
  ThrHome *home;
  gboolean success;

  g_return_val_if_fail (THR_IS_QUEUE (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  g_object_ref (self);
  success = thr_queue_wait (self, &thr_queue_verb_join, &nothing, timeout_us, cancellable, error);

  /* Also after a wait that failed. What is delivered here may drop the last reference
   * but ours. */
  home = thr_home_ref (thr_object_get_home (THR_OBJECT (self)));
  thr_mailbox_flush (thr_object_get_mailbox (THR_OBJECT (self)));
  g_object_unref (self);
  thr_home_reap (home);
  thr_home_unref (home);

  return success;
}

/**
 * thr_queue_join_async:
 * @self: a queue
 * @cancellable: (nullable): a cancellable that ends the wait
 * @callback: (scope async) (nullable): called at the queue's home when nothing is
 *   unfinished
 * @user_data: data for @callback
 *
 * Waits on the main loop until all items that came in are done.
 *
 * The callback always comes later, even when there is nothing to wait for.
 *
 * Does not block. Any thread.
 */
void
thr_queue_join_async (ThrQueue            *self,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  g_return_if_fail (THR_IS_QUEUE (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  thr_queue_wait_async (self, &thr_queue_verb_join, NULL, cancellable, callback, user_data);
}

/**
 * thr_queue_join_finish:
 * @self: a queue
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Ends what [method@Thr.Queue.join_async] began.
 *
 * Errors: %G_IO_ERROR_CANCELLED; %THR_ERROR_INVALID_STATE when it was called before for
 * this result; %THR_ERROR_INVALID_ARGUMENT for the result of something else.
 *
 * Returns: %TRUE when nothing was unfinished
 */
gboolean
thr_queue_join_finish (ThrQueue      *self,
                       GAsyncResult  *result,
                       GError       **error)
{
  gpointer nothing = NULL;

  g_return_val_if_fail (THR_IS_QUEUE (self), FALSE);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return thr_queue_wait_finish (self, &thr_queue_verb_join, result, &nothing, error);
}

/**
 * thr_queue_is_closed: (get-property closed)
 * @self: a queue
 *
 * Tells whether the queue was shut down. Any thread.
 *
 * Returns: whether [method@Thr.Queue.shutdown] was called
 */
gboolean
thr_queue_is_closed (ThrQueue *self)
{
  gboolean closed;

  g_return_val_if_fail (THR_IS_QUEUE (self), FALSE);

  thr_queue_lock (self);
  closed = self->closed;
  thr_queue_unlock (self);

  return closed;
}

/**
 * thr_queue_shutdown:
 * @self: a queue
 * @immediate: whether to throw the items away
 *
 * Shuts the queue down: nothing can be put any more.
 *
 * What is in it can still be got; after that, getting fails with
 * %THR_ERROR_SHUT_DOWN. Who waits to put or to get now fails with it at once. With
 * @immediate the items are thrown away, and each counts as done; so does one that an
 * asynchronous get was granted and gives back. A queue that is shut down can be shut
 * down again, to throw away what is left.
 *
 * Does not block. Any thread.
 */
void
thr_queue_shutdown (ThrQueue *self,
                    gboolean  immediate)
{
  g_return_if_fail (THR_IS_QUEUE (self));

  thr_queue_close (self, immediate);
  thr_home_reap (thr_object_get_home (THR_OBJECT (self)));
}
