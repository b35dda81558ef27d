/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <math.h>

#include "work/queue-callers.h"

/* The Q… are the transitions in thr-queue-line.c; test-queue-wait.c has the waits. */

static void
test_new (void)
{
  ThrQueue *self = thr_queue_new (THR_QUEUE_KIND_FIFO, 2);
  int max_size;
  guint size, unfinished;
  gboolean closed;
  ThrQueueKind kind;

  g_object_get (self, "kind", &kind, "max-size", &max_size, "size", &size, "closed", &closed,
                "unfinished", &unfinished, NULL);
  g_assert_cmpint (kind, ==, THR_QUEUE_KIND_FIFO);
  g_assert_cmpint (max_size, ==, 2);
  g_assert_cmpuint (size, ==, 0);
  g_assert_cmpuint (unfinished, ==, 0);
  g_assert_false (closed);

  g_assert_true (thr_queue_is_empty (self));
  put (self, 1);
  g_assert_false (thr_queue_is_empty (self));
  g_assert_false (thr_queue_is_full (self));
  put (self, 2);
  g_assert_true (thr_queue_is_full (self));
  g_assert_cmpuint (thr_queue_get_size (self), ==, 2);
  assert_finalized (self);

  self = thr_queue_new (THR_QUEUE_KIND_LIFO, -5);
  g_assert_cmpuint (thr_queue_get_max_size (self), ==, 0);
  put (self, 1);
  g_assert_false (thr_queue_is_full (self));
  assert_finalized (self);
}

static void
test_fifo (void)
{
  ThrQueue *self = thr_queue_new (THR_QUEUE_KIND_FIFO, 0);

  for (int i = 0; i < 100; i++)
    put (self, i);
  for (int i = 0; i < 100; i++)
    g_assert_cmpint (get (self), ==, i);
  g_assert_cmpint (try_get (self), ==, -1);

  assert_finalized (self);
}

static void
test_lifo (void)
{
  ThrQueue *self = thr_queue_new (THR_QUEUE_KIND_LIFO, 0);

  for (int i = 0; i < 100; i++)
    put (self, i);
  for (int i = 100; i-- > 0;)
    g_assert_cmpint (get (self), ==, i);
  g_assert_cmpint (try_get (self), ==, -1);

  assert_finalized (self);
}

static void
put_at (ThrQueue *queue,
        int       number,
        double    priority)
{
  g_auto (GValue) value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;

  number_init (&value, number);
  g_assert_true (thr_queue_put_with_priority (queue, &value, priority, -1, NULL, &error));
  g_assert_no_error (error);
}

static void
test_priority (void)
{
  ThrQueue *self = thr_queue_new (THR_QUEUE_KIND_PRIORITY, 0);
  int last = -1;

  /* A number is its own; of equal ones the first comes first. */
  put (self, 7);
  put_at (self, 1, 3.5);
  put_at (self, 2, -1);
  put_at (self, 3, 3.5);
  put (self, 3);
  put_at (self, 4, 3.5);
  g_assert_cmpint (get (self), ==, 2);
  g_assert_cmpint (get (self), ==, 3);
  g_assert_cmpint (get (self), ==, 1);
  g_assert_cmpint (get (self), ==, 3);
  g_assert_cmpint (get (self), ==, 4);
  g_assert_cmpint (get (self), ==, 7);

  for (guint i = 0; i < 1000; i++)
    put (self, g_test_rand_int_range (0, 500));
  for (guint i = 0; i < 1000; i++)
    {
      int next = get (self);

      g_assert_cmpint (next, >=, last);
      last = next;
    }
  g_assert_true (thr_queue_is_empty (self));

  assert_finalized (self);
}

static void
test_priority_misuse (void)
{
  ThrQueue *self = thr_queue_new (THR_QUEUE_KIND_PRIORITY, 0);
  ThrQueue *fifo = thr_queue_new (THR_QUEUE_KIND_FIFO, 0);
  g_auto (GValue) text = G_VALUE_INIT;
  GError *error = NULL;

  g_value_init (&text, G_TYPE_STRING);
  g_assert_false (thr_queue_put (self, &text, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_assert_false (thr_queue_put (self, NULL, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_assert_false (thr_queue_put_with_priority (self, &text, (double) NAN, -1, NULL, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_assert_false (thr_queue_put_with_priority (fifo, &text, 1, -1, NULL, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_assert_true (thr_queue_put_with_priority (self, &text, (double) INFINITY, 0, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (thr_queue_get_size (self), ==, 1);

  assert_finalized (self);
  assert_finalized (fifo);
}

static void
test_values (void)
{
  ThrQueue *self = thr_queue_new (THR_QUEUE_KIND_FIFO, 0);
  GObject *object = g_object_new (THR_TYPE_LOCK, NULL);
  GValue value = G_VALUE_INIT;
  GValue *got;
  GError *error = NULL;

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_static_string (&value, "text");
  g_assert_true (thr_queue_put (self, &value, NULL));
  g_value_unset (&value);
  g_value_init (&value, G_TYPE_OBJECT);
  g_value_set_object (&value, object);
  g_assert_true (thr_queue_try_put (self, &value));
  g_value_unset (&value);
  g_assert_true (thr_queue_put (self, NULL, NULL));
  g_assert_true (thr_queue_put (self, NULL, NULL));

  got = thr_queue_get (self, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (g_value_get_string (got), ==, "text");
  g_boxed_free (G_TYPE_VALUE, got);
  got = thr_queue_try_get (self);
  g_assert_true (g_value_get_object (got) == object);
  g_boxed_free (G_TYPE_VALUE, got);
  g_assert_finalize_object (object);

  /* Empty items. */
  g_assert_null (thr_queue_get_timed (self, 0, NULL, &error));
  g_assert_no_error (error);
  g_value_init (&value, G_TYPE_INT);
  g_assert_true (thr_queue_try_get_into (self, &value));
  g_assert_true (G_VALUE_HOLDS_OBJECT (&value));
  g_assert_null (g_value_get_object (&value));
  g_assert_false (thr_queue_try_get_into (self, &value));
  g_value_unset (&value);

  assert_finalized (self);
}

static void
test_bad_value (void)
{
  ThrQueue *self = thr_queue_new (THR_QUEUE_KIND_FIFO, 0);
  Caller caller = { .queue = self, .verb = PUT };
  GValue value = G_VALUE_INIT;
  GError *error = NULL;

  g_assert_false (thr_queue_put (self, &value, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_assert_false (thr_queue_try_put (self, &value));
  thr_queue_put_async (self, &value, NULL, caller_cb, &caller);
  drain ();
  assert_error_and_clear (&caller.error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (thr_queue_get_unfinished (self), ==, 0);
  caller_clear (&caller);

  assert_finalized (self);
}

static void
test_task_done (void)
{
  ThrQueue *self = thr_queue_new (THR_QUEUE_KIND_FIFO, 0);
  GError *error = NULL;

  g_assert_false (thr_queue_task_done (self, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_STATE);
  g_assert_true (thr_queue_join (self, NULL));

  put (self, 1);
  put (self, 2);
  g_assert_cmpuint (thr_queue_get_unfinished (self), ==, 2);
  get (self);
  g_assert_false (thr_queue_join_timed (self, 0, NULL, &error));
  assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_true (thr_queue_task_done (self, NULL));
  /* It is of no account which of them has been got. */
  g_assert_true (thr_queue_task_done (self, NULL));
  g_assert_true (thr_queue_join (self, NULL));
  g_assert_false (thr_queue_task_done (self, NULL));

  assert_finalized (self);
}

static void
test_join (void)
{
  ThrQueue *self = thr_queue_new (THR_QUEUE_KIND_FIFO, 0);
  Caller blocked = { .queue = self, .verb = JOIN, .timeout_us = -1 };
  Caller awaited = { .queue = self, .verb = JOIN };

  put (self, 1);
  put (self, 2);
  caller_block (&blocked, 0);
  caller_await (&awaited);
  g_assert_true (thr_queue_task_done (self, NULL));
  drain ();
  g_assert_cmpuint (thr_queue_get_n_waiters (self), ==, 2);
  g_assert_true (thr_queue_task_done (self, NULL));
  caller_join (&blocked);
  g_assert_true (blocked.success);
  drain ();
  g_assert_true (awaited.success);
  caller_clear (&awaited);

  assert_finalized (self);
}

static void
test_shutdown_draining (void)
{
  ThrQueue *self = thr_queue_new (THR_QUEUE_KIND_FIFO, 2);
  Caller putter = { .queue = self, .verb = PUT, .number = 3, .timeout_us = -1 };
  Caller awaited = { .queue = self, .verb = PUT, .number = 4 };
  GError *error = NULL;

  put (self, 1);
  put (self, 2);
  caller_block (&putter, 0);
  caller_await (&awaited);

  thr_queue_shutdown (self, FALSE);
  g_assert_true (thr_queue_is_closed (self));
  caller_join (&putter);
  drain ();
  assert_error_and_clear (&putter.error, THR_ERROR, THR_ERROR_SHUT_DOWN);
  assert_error_and_clear (&awaited.error, THR_ERROR, THR_ERROR_SHUT_DOWN);
  caller_clear (&awaited);
  g_assert_false (put_timed (self, 5, -1, NULL, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_SHUT_DOWN);

  g_assert_cmpint (get (self), ==, 1);
  g_assert_cmpint (get (self), ==, 2);
  g_assert_cmpint (get_timed (self, -1, NULL, &error), ==, -1);
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_SHUT_DOWN);
  g_assert_cmpuint (thr_queue_get_unfinished (self), ==, 2);
  thr_queue_shutdown (self, FALSE);

  assert_finalized (self);
}

static void
test_shutdown_immediate (void)
{
  ThrQueue *self = thr_queue_new (THR_QUEUE_KIND_PRIORITY, 0);
  Caller joiner = { .queue = self, .verb = JOIN, .timeout_us = -1 };
  GError *error = NULL;

  put (self, 1);
  put (self, 2);
  put (self, 3);
  get (self);
  caller_block (&joiner, 0);
  thr_queue_shutdown (self, TRUE);
  g_assert_true (thr_queue_is_empty (self));
  /* The one that was got is still worked upon. */
  g_assert_cmpuint (thr_queue_get_unfinished (self), ==, 1);
  g_assert_cmpint (get_timed (self, -1, NULL, &error), ==, -1);
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_SHUT_DOWN);
  g_assert_true (thr_queue_task_done (self, NULL));
  caller_join (&joiner);
  g_assert_true (joiner.success);

  assert_finalized (self);
}

/* One that drains can be shut down at once later. */
static void
test_shutdown_twice (void)
{
  ThrQueue *self = thr_queue_new (THR_QUEUE_KIND_FIFO, 0);

  put (self, 1);
  thr_queue_shutdown (self, FALSE);
  g_assert_cmpuint (thr_queue_get_size (self), ==, 1);
  thr_queue_shutdown (self, TRUE);
  g_assert_cmpuint (thr_queue_get_size (self), ==, 0);
  g_assert_true (thr_queue_join (self, NULL));

  assert_finalized (self);
}

static void
test_shutdown_getters (void)
{
  for (int immediate = 0; immediate < 2; immediate++)
    {
      ThrQueue *self = thr_queue_new (THR_QUEUE_KIND_LIFO, 0);
      Caller blocked = { .queue = self, .verb = GET, .timeout_us = -1 };
      Caller awaited = { .queue = self, .verb = GET };

      caller_block (&blocked, 0);
      caller_await (&awaited);
      thr_queue_shutdown (self, immediate);
      caller_join (&blocked);
      drain ();
      assert_error_and_clear (&blocked.error, THR_ERROR, THR_ERROR_SHUT_DOWN);
      assert_error_and_clear (&awaited.error, THR_ERROR, THR_ERROR_SHUT_DOWN);
      caller_clear (&awaited);

      assert_finalized (self);
    }
}

/* An item that was granted when the queue was shut down at once, and comes back. */
static void
test_shutdown_given_back (void)
{
  for (int immediate = 0; immediate < 2; immediate++)
    {
      ThrQueue *self = thr_queue_new (THR_QUEUE_KIND_FIFO, 0);
      Caller caller = { .queue = self, .verb = GET, .drop = TRUE };

      caller_await (&caller);
      put (self, 1);
      thr_queue_shutdown (self, immediate);
      g_assert_cmpuint (thr_queue_get_unfinished (self), ==, 1);
      drain ();
      g_assert_cmpuint (thr_queue_get_unfinished (self), ==, immediate ? 0 : 1);
      g_assert_cmpint (try_get (self), ==, immediate ? -1 : 1);

      assert_finalized (self);
    }
}

static void
test_notified (void)
{
  ThrQueue *self = thr_queue_new (THR_QUEUE_KIND_FIFO, 0);
  guint n_size = 0, n_closed = 0;

  g_signal_connect_swapped (self, "notify::size", G_CALLBACK (g_atomic_int_inc), &n_size);
  g_signal_connect_swapped (self, "notify::closed", G_CALLBACK (g_atomic_int_inc), &n_closed);
  put (self, 1);
  drain ();
  g_assert_cmpuint (n_size, ==, 0);

  thr_queue_set_observed (self, TRUE);
  g_assert_true (thr_queue_get_observed (self));
  put (self, 2);
  put (self, 3);
  g_assert_cmpuint (n_size, ==, 0);
  drain ();
  g_assert_cmpuint (n_size, ==, 1);
  get (self);
  drain ();
  g_assert_cmpuint (n_size, ==, 2);
  thr_queue_shutdown (self, FALSE);
  thr_queue_shutdown (self, FALSE);
  g_assert_cmpuint (n_closed, ==, 0);
  drain ();
  g_assert_cmpuint (n_closed, ==, 1);

  assert_finalized (self);
}

typedef struct
{
  ThrQueue *queue;
  int       n_freed; /* atomic */
  GThread  *thread;  /* where */
} Last;

static void
freed_cb (gpointer  data,
          GObject  *where)
{
  Last *last = data;

  last->thread = g_thread_self ();
  g_atomic_int_inc (&last->n_freed);
}

static void
put_object (ThrQueue *queue,
            Last     *last)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, THR_TYPE_LOCK);
  g_value_take_object (&value, thr_lock_new ());
  g_object_weak_ref (g_value_get_object (&value), freed_cb, last);
  g_assert_true (thr_queue_put (queue, &value, NULL));
}

static gpointer
unref_thread (gpointer data)
{
  g_object_unref (data);
  return NULL;
}

static gpointer
shut_down_thread (gpointer data)
{
  thr_queue_shutdown (data, TRUE);
  return NULL;
}

static void
test_freed_at_home (void)
{
  Last last = { .queue = thr_queue_new (THR_QUEUE_KIND_PRIORITY, 0) };

  g_object_unref (last.queue);
  last.queue = thr_queue_new (THR_QUEUE_KIND_FIFO, 0);
  put_object (last.queue, &last);
  put_object (last.queue, &last);
  g_thread_join (g_thread_new ("shut-down", shut_down_thread, last.queue));
  g_assert_cmpint (last.n_freed, ==, 0);
  iterate_until (&last.n_freed, 2);
  g_assert_true (last.thread == g_thread_self ());
  assert_finalized (last.queue);

  last.queue = thr_queue_new (THR_QUEUE_KIND_LIFO, 0);
  put_object (last.queue, &last);
  g_thread_join (g_thread_new ("unref", unref_thread, last.queue));
  g_assert_cmpint (last.n_freed, ==, 2);
  iterate_until (&last.n_freed, 3);
  g_assert_true (last.thread == g_thread_self ());
}

static void
test_not_a_queue (void)
{
  ThrLock *lock = thr_lock_new ();

  g_test_expect_message ("Thr", G_LOG_LEVEL_CRITICAL, "*THR_IS_QUEUE*");
  g_assert_null (thr_queue_get ((ThrQueue *) lock, NULL));
  g_test_expect_message ("Thr", G_LOG_LEVEL_CRITICAL, "*THR_IS_QUEUE*");
  g_assert_false (thr_queue_put (NULL, NULL, NULL));
  g_test_assert_expected_messages ();

  assert_finalized (lock);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/queue/new", test_new);
  g_test_add_func ("/queue/fifo", test_fifo);
  g_test_add_func ("/queue/lifo", test_lifo);
  g_test_add_func ("/queue/priority", test_priority);
  g_test_add_func ("/queue/priority-misuse", test_priority_misuse);
  g_test_add_func ("/queue/values", test_values);
  g_test_add_func ("/queue/bad-value", test_bad_value);
  g_test_add_func ("/queue/task-done", test_task_done);
  g_test_add_func ("/queue/join", test_join);
  g_test_add_func ("/queue/shutdown-draining", test_shutdown_draining);
  g_test_add_func ("/queue/shutdown-immediate", test_shutdown_immediate);
  g_test_add_func ("/queue/shutdown-twice", test_shutdown_twice);
  g_test_add_func ("/queue/shutdown-getters", test_shutdown_getters);
  g_test_add_func ("/queue/shutdown-given-back", test_shutdown_given_back);
  g_test_add_func ("/queue/notified", test_notified);
  g_test_add_func ("/queue/freed-at-home", test_freed_at_home);
  g_test_add_func ("/queue/not-a-queue", test_not_a_queue);

  return g_test_run ();
}
