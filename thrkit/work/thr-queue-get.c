/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/thr-queue-private.h"

/* Getting from a queue, in the three forms, each in two shapes: with a value of its
 * own as the result, and into a value of the caller's. The item's value is moved and
 * not copied, so whoever gets it holds what the queue held. */

static GValue *
item_to_value (ThrQueueItem *item)
{
  GValue *value = NULL;

  if (item == NULL)
    return NULL;

  if (!thr_queue_item_is_empty (item))
    {
      value = g_new (GValue, 1);
      *value = item->value;
    }
  g_free (item);
  return value;
}

static gboolean
item_into_value (ThrQueueItem *item,
                 GValue       *value)
{
  if (item == NULL)
    return FALSE;

  if (G_VALUE_TYPE (value) != G_TYPE_INVALID)
    g_value_unset (value);
  if (!thr_queue_item_is_empty (item))
    *value = item->value;
  else
    g_value_init (value, G_TYPE_OBJECT);
  g_free (item);
  return TRUE;
}

/* NULL when it fails. */
static ThrQueueItem *
get (ThrQueue      *self,
     gint64         timeout_us,
     GCancellable  *cancellable,
     GError       **error)
{
  gpointer item = NULL;

  thr_queue_wait (self, &thr_queue_verb_get, &item, timeout_us, cancellable, error);
  return item;
}

static ThrQueueItem *
get_finish (ThrQueue      *self,
            GAsyncResult  *result,
            GError       **error)
{
  gpointer item = NULL;

  thr_queue_wait_finish (self, &thr_queue_verb_get, result, &item, error);
  return item;
}

/**
 * thr_queue_get:
 * @self: a queue
 * @error: return location for an error
 *
 * Takes the next item out of the queue, and waits as long as it takes for one.
 *
 * Errors: %THR_ERROR_SHUT_DOWN when the queue is shut down and empty, also when that
 * happens during the wait.
 *
 * May block. Any thread.
 *
 * Returns: (transfer full) (nullable): the item, or %NULL when it is empty or @error
 *   is set
 */
GValue *
thr_queue_get (ThrQueue  *self,
               GError   **error)
{
  g_return_val_if_fail (THR_IS_QUEUE (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return item_to_value (get (self, -1, NULL, error));
}

/**
 * thr_queue_try_get:
 * @self: a queue
 *
 * Takes the next item out of the queue if there is one now.
 *
 * An empty item looks like none; [method@Thr.Queue.try_get_into] tells them apart.
 *
 * Does not block. Any thread.
 *
 * Returns: (transfer full) (nullable): the item, or %NULL
 */
GValue *
thr_queue_try_get (ThrQueue *self)
{
  g_return_val_if_fail (THR_IS_QUEUE (self), NULL);

  return item_to_value (get (self, 0, NULL, NULL));
}

/**
 * thr_queue_get_timed:
 * @self: a queue
 * @timeout_us: how long to wait at the most, in microseconds; 0 does not wait, -1
 *   waits as long as it takes
 * @cancellable: (nullable): a cancellable that ends the wait
 * @error: return location for an error
 *
 * Takes the next item out of the queue, and waits for one no longer than a limit.
 *
 * Errors: %G_IO_ERROR_TIMED_OUT; %G_IO_ERROR_CANCELLED, also for a queue with items
 * when @cancellable was cancelled before; %THR_ERROR_SHUT_DOWN as
 * [method@Thr.Queue.get]; %THR_ERROR_INVALID_ARGUMENT for a timeout below -1.
 *
 * May block. Any thread.
 *
 * Returns: (transfer full) (nullable): the item, or %NULL when it is empty or @error
 *   is set
 */
GValue *
thr_queue_get_timed (ThrQueue      *self,
                     gint64         timeout_us,
                     GCancellable  *cancellable,
                     GError       **error)
{
  g_return_val_if_fail (THR_IS_QUEUE (self), NULL);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return item_to_value (get (self, timeout_us, cancellable, error));
}

/**
 * thr_queue_get_async:
 * @self: a queue
 * @cancellable: (nullable): a cancellable that ends the wait
 * @callback: (scope async) (nullable): called at the queue's home when there is an
 *   item for it
 * @user_data: data for @callback
 *
 * Takes the next item out of the queue as soon as there is one, without blocking.
 *
 * The item belongs to the operation until [method@Thr.Queue.get_finish] hands it out.
 * One that is never handed out, because there is no callback, or the callback does not
 * finish, or the main loop is gone, or it was cancelled meanwhile, goes to who waits
 * first, else back to its place in the queue.
 *
 * Does not block. Any thread.
 */
void
thr_queue_get_async (ThrQueue            *self,
                     GCancellable        *cancellable,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  g_return_if_fail (THR_IS_QUEUE (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  thr_queue_wait_async (self, &thr_queue_verb_get, NULL, cancellable, callback, user_data);
}

/**
 * thr_queue_get_finish:
 * @self: a queue
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Ends what [method@Thr.Queue.get_async] began.
 *
 * Errors: %G_IO_ERROR_CANCELLED, also when the cancellable was cancelled after the
 * item had been granted: the item is in the queue again; %THR_ERROR_SHUT_DOWN as
 * [method@Thr.Queue.get]; %THR_ERROR_INVALID_STATE when it was called before for this
 * result; %THR_ERROR_INVALID_ARGUMENT for the result of something else.
 *
 * Returns: (transfer full) (nullable): the item, or %NULL when it is empty or @error
 *   is set
 */
GValue *
thr_queue_get_finish (ThrQueue      *self,
                      GAsyncResult  *result,
                      GError       **error)
{
  g_return_val_if_fail (THR_IS_QUEUE (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return item_to_value (get_finish (self, result, error));
}

/**
 * thr_queue_get_into:
 * @self: a queue
 * @value: a value that receives the item; what it holds is unset first
 * @error: return location for an error
 *
 * The same as [method@Thr.Queue.get], with the value given by the caller.
 *
 * An empty item is a %NULL of the type %G_TYPE_OBJECT. It is for PyGObject, which never
 * frees a value that a function returns: `value = GObject.Value();
 * queue.get_into(value); value.get_value()` leaks nothing. There a signal handler may
 * have to run: then the result is %FALSE with no error set, and the caller tries again
 * after it.
 *
 * May block. Any thread.
 *
 * Returns: %TRUE when @value is the item; else it is left alone
 */
gboolean
thr_queue_get_into (ThrQueue  *self,
                    GValue    *value,
                    GError   **error)
{
  g_return_val_if_fail (THR_IS_QUEUE (self), FALSE);
  g_return_val_if_fail (value != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return item_into_value (get (self, -1, NULL, error), value);
}

/**
 * thr_queue_try_get_into:
 * @self: a queue
 * @value: a value that receives the item; what it holds is unset first
 *
 * The same as [method@Thr.Queue.try_get], with the value given by the caller, as
 * [method@Thr.Queue.get_into].
 *
 * Does not block. Any thread.
 *
 * Returns: %TRUE when @value is the item; else it is left alone
 */
gboolean
thr_queue_try_get_into (ThrQueue *self,
                        GValue   *value)
{
  g_return_val_if_fail (THR_IS_QUEUE (self), FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  return item_into_value (get (self, 0, NULL, NULL), value);
}

/**
 * thr_queue_get_timed_into:
 * @self: a queue
 * @value: a value that receives the item; what it holds is unset first
 * @timeout_us: how long to wait at the most, in microseconds; 0 does not wait, -1
 *   waits as long as it takes
 * @cancellable: (nullable): a cancellable that ends the wait
 * @error: return location for an error
 *
 * The same as [method@Thr.Queue.get_timed], with the value given by the caller, as
 * [method@Thr.Queue.get_into].
 *
 * May block. Any thread.
 *
 * Returns: %TRUE when @value is the item; else it is left alone
 */
gboolean
thr_queue_get_timed_into (ThrQueue      *self,
                          GValue        *value,
                          gint64         timeout_us,
                          GCancellable  *cancellable,
                          GError       **error)
{
  g_return_val_if_fail (THR_IS_QUEUE (self), FALSE);
  g_return_val_if_fail (value != NULL, FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return item_into_value (get (self, timeout_us, cancellable, error), value);
}

/**
 * thr_queue_get_finish_into:
 * @self: a queue
 * @result: the result that the callback was given
 * @value: a value that receives the item; what it holds is unset first
 * @error: return location for an error
 *
 * The same as [method@Thr.Queue.get_finish], with the value given by the caller, as
 * [method@Thr.Queue.get_into].
 *
 * Returns: %TRUE when @value is the item; else it is left alone
 */
gboolean
thr_queue_get_finish_into (ThrQueue      *self,
                           GAsyncResult  *result,
                           GValue        *value,
                           GError       **error)
{
  g_return_val_if_fail (THR_IS_QUEUE (self), FALSE);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), FALSE);
  g_return_val_if_fail (value != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return item_into_value (get_finish (self, result, error), value);
}
