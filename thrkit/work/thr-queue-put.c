/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <math.h>

#include "base/thr-i18n-private.h"
#include "work/thr-queue-private.h"

/* Putting into a queue, in the three forms. The copy of the value is made and freed
 * with no lock held: that may run code of a binding. */

/* A number is a priority by itself. */
static gboolean
priority_of_value (const GValue *value,
                   double       *priority)
{
  GValue number = G_VALUE_INIT;

  if (value == NULL)
    return FALSE;

  switch (G_TYPE_FUNDAMENTAL (G_VALUE_TYPE (value)))
    {
    case G_TYPE_CHAR:
    case G_TYPE_UCHAR:
    case G_TYPE_INT:
    case G_TYPE_UINT:
    case G_TYPE_LONG:
    case G_TYPE_ULONG:
    case G_TYPE_INT64:
    case G_TYPE_UINT64:
    case G_TYPE_FLOAT:
    case G_TYPE_DOUBLE:
      g_value_init (&number, G_TYPE_DOUBLE);
      if (!g_value_transform (value, &number))
        return FALSE;
      *priority = g_value_get_double (&number);
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
check_value (const GValue  *value,
             GError       **error)
{
  if (value == NULL || G_IS_VALUE (value))
    return TRUE;

  g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                       _("A value without a type cannot be put into a queue"));
  return FALSE;
}

static gboolean
check_priority (ThrQueue  *self,
                double     priority,
                GError   **error)
{
  if (self->store.kind != THR_QUEUE_KIND_PRIORITY)
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                           _("Only a queue of the priority kind has priorities"));
      return FALSE;
    }
  if (isnan (priority))
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                           _("A priority must be a number"));
      return FALSE;
    }
  return TRUE;
}

/* @priority NULL: none was given. */
static ThrQueueItem *
make_item (ThrQueue      *self,
           const GValue  *value,
           const double  *priority,
           GError       **error)
{
  double own = 0;

  if (!check_value (value, error))
    return NULL;

  if (priority == NULL && self->store.kind == THR_QUEUE_KIND_PRIORITY)
    {
      if (!priority_of_value (value, &own))
        {
          g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                               _("An item of a priority queue must be a number or be put with a "
                                 "priority"));
          return NULL;
        }
      priority = &own;
    }

  if (priority != NULL && !check_priority (self, *priority, error))
    return NULL;
  return thr_queue_item_new (value, priority != NULL ? *priority : 0);
}

static gboolean
put (ThrQueue      *self,
     const GValue  *value,
     const double  *priority,
     gint64         timeout_us,
     GCancellable  *cancellable,
     GError       **error)
{
  gpointer item = make_item (self, value, priority, error);
  gboolean success;

  if (item == NULL)
    return FALSE;

  success = thr_queue_wait (self, &thr_queue_verb_put, &item, timeout_us, cancellable, error);
  /* NULL when it was put. Else the caller has the value still. */
  thr_queue_item_free (item);
  return success;
}

/* An operation that fails before it waits for anything. */
static void
fail_async (ThrQueue            *self,
            GError              *error,
            GCancellable        *cancellable,
            GAsyncReadyCallback  callback,
            gpointer             user_data)
{
  ThrOperation *operation = thr_operation_new (self, &thr_queue_verb_put.operation, cancellable,
                                               callback, user_data);

  thr_operation_settle (operation, error);
}

static void
put_async (ThrQueue            *self,
           const GValue        *value,
           const double        *priority,
           GCancellable        *cancellable,
           GAsyncReadyCallback  callback,
           gpointer             user_data)
{
  GError *error = NULL;
  ThrQueueItem *item = make_item (self, value, priority, &error);

  if (item != NULL)
    thr_queue_wait_async (self, &thr_queue_verb_put, item, cancellable, callback, user_data);
  else
    fail_async (self, error, cancellable, callback, user_data);
}

/**
 * thr_queue_put:
 * @self: a queue
 * @value: (nullable): what to put; %NULL is an empty item
 * @error: return location for an error
 *
 * Puts a copy of a value into the queue, and waits as long as it takes for room.
 *
 * Into a queue of the priority kind only a number can be put so, and it is its own
 * priority: see [method@Thr.Queue.put_with_priority].
 *
 * Errors: %THR_ERROR_SHUT_DOWN, also when the queue is shut down during the wait;
 * %THR_ERROR_INVALID_ARGUMENT. In Python a signal handler may have to run: then the
 * result is %FALSE with no error set, and the caller tries again after it.
 *
 * May block. Any thread.
 *
 * Returns: %TRUE when the item was put
 */
gboolean
thr_queue_put (ThrQueue      *self,
               const GValue  *value,
               GError       **error)
{
  g_return_val_if_fail (THR_IS_QUEUE (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return put (self, value, NULL, -1, NULL, error);
}

/**
 * thr_queue_try_put:
 * @self: a queue
 * @value: (nullable): what to put; %NULL is an empty item
 *
 * Puts a copy of a value into the queue if there is room now.
 *
 * It also fails for a queue that is shut down and for a value that cannot be put;
 * [method@Thr.Queue.put_timed] with the timeout 0 tells which it is.
 *
 * Does not block. Any thread.
 *
 * Returns: %TRUE when the item was put
 */
gboolean
thr_queue_try_put (ThrQueue     *self,
                   const GValue *value)
{
  g_return_val_if_fail (THR_IS_QUEUE (self), FALSE);

  return put (self, value, NULL, 0, NULL, NULL);
}

/**
 * thr_queue_put_timed:
 * @self: a queue
 * @value: (nullable): what to put; %NULL is an empty item
 * @timeout_us: how long to wait at the most, in microseconds; 0 does not wait, -1
 *   waits as long as it takes
 * @cancellable: (nullable): a cancellable that ends the wait
 * @error: return location for an error
 *
 * Puts a copy of a value into the queue, and waits for room no longer than a limit.
 *
 * Errors: %G_IO_ERROR_TIMED_OUT; %G_IO_ERROR_CANCELLED, also for a queue with room
 * when @cancellable was cancelled before; else as [method@Thr.Queue.put], and
 * %THR_ERROR_INVALID_ARGUMENT for a timeout below -1. After any of them the item is
 * not in the queue.
 *
 * May block. Any thread.
 *
 * Returns: %TRUE when the item was put
 */
gboolean
thr_queue_put_timed (ThrQueue      *self,
                     const GValue  *value,
                     gint64         timeout_us,
                     GCancellable  *cancellable,
                     GError       **error)
{
  g_return_val_if_fail (THR_IS_QUEUE (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return put (self, value, NULL, timeout_us, cancellable, error);
}

/**
 * thr_queue_put_async:
 * @self: a queue
 * @value: (nullable): what to put; %NULL is an empty item
 * @cancellable: (nullable): a cancellable that ends the wait
 * @callback: (scope async) (nullable): called at the queue's home when the item was
 *   put, or could not be
 * @user_data: data for @callback
 *
 * Puts a copy of a value into the queue as soon as there is room, without blocking.
 *
 * With room the item is put at once; the callback comes later all the same. What was
 * put stays put: without a callback, when nobody calls
 * [method@Thr.Queue.put_finish], and when @cancellable is cancelled afterwards. While
 * the item waits it goes away with its home.
 *
 * Does not block. Any thread.
 */
void
thr_queue_put_async (ThrQueue            *self,
                     const GValue        *value,
                     GCancellable        *cancellable,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  g_return_if_fail (THR_IS_QUEUE (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  put_async (self, value, NULL, cancellable, callback, user_data);
}

/**
 * thr_queue_put_finish:
 * @self: a queue
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Ends what [method@Thr.Queue.put_async] began.
 *
 * Errors: %G_IO_ERROR_CANCELLED when it was cancelled before there was room: then the
 * item is not in the queue; %THR_ERROR_SHUT_DOWN likewise; %THR_ERROR_INVALID_STATE
 * when it was called before for this result; %THR_ERROR_INVALID_ARGUMENT for a value
 * that cannot be put, and for the result of something else.
 *
 * Returns: %TRUE when the item was put
 */
gboolean
thr_queue_put_finish (ThrQueue      *self,
                      GAsyncResult  *result,
                      GError       **error)
{
  gpointer nothing = NULL;

  g_return_val_if_fail (THR_IS_QUEUE (self), FALSE);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return thr_queue_wait_finish (self, &thr_queue_verb_put, result, &nothing, error);
}

/**
 * thr_queue_put_with_priority:
 * @self: a queue of the priority kind
 * @value: (nullable): what to put; %NULL is an empty item
 * @priority: its priority; the lowest comes out first
 * @timeout_us: how long to wait at the most, in microseconds; 0 does not wait, -1
 *   waits as long as it takes
 * @cancellable: (nullable): a cancellable that ends the wait
 * @error: return location for an error
 *
 * Puts a copy of a value with a priority into the queue, and waits for room no longer
 * than a limit.
 *
 * Of items with the same priority, the one that was put first comes out first.
 *
 * Errors: those of [method@Thr.Queue.put_timed]; %THR_ERROR_INVALID_ARGUMENT also for
 * a queue of another kind and for a priority that is not a number.
 *
 * May block. Any thread.
 *
 * Returns: %TRUE when the item was put
 */
gboolean
thr_queue_put_with_priority (ThrQueue      *self,
                             const GValue  *value,
                             double         priority,
                             gint64         timeout_us,
                             GCancellable  *cancellable,
                             GError       **error)
{
  g_return_val_if_fail (THR_IS_QUEUE (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return put (self, value, &priority, timeout_us, cancellable, error);
}

/**
 * thr_queue_put_with_priority_async:
 * @self: a queue of the priority kind
 * @value: (nullable): what to put; %NULL is an empty item
 * @priority: its priority; the lowest comes out first
 * @cancellable: (nullable): a cancellable that ends the wait
 * @callback: (scope async) (nullable): called at the queue's home when the item was
 *   put, or could not be
 * @user_data: data for @callback
 *
 * The same as [method@Thr.Queue.put_async], with a priority.
 *
 * Does not block. Any thread.
 */
void
thr_queue_put_with_priority_async (ThrQueue            *self,
                                   const GValue        *value,
                                   double               priority,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  g_return_if_fail (THR_IS_QUEUE (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  put_async (self, value, &priority, cancellable, callback, user_data);
}

/**
 * thr_queue_put_with_priority_finish:
 * @self: a queue
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Ends what [method@Thr.Queue.put_with_priority_async] began, as
 * [method@Thr.Queue.put_finish].
 *
 * Returns: %TRUE when the item was put
 */
gboolean
thr_queue_put_with_priority_finish (ThrQueue      *self,
                                    GAsyncResult  *result,
                                    GError       **error)
{
  return thr_queue_put_finish (self, result, error);
}
