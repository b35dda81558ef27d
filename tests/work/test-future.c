/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "work/work-util.h"

/* Plain futures: settled by whoever made them. */

static ThrFuture *
new_resolved (gint64 number)
{
  ThrFuture *future = thr_future_new ();
  g_auto (GValue) value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;

  g_value_init (&value, G_TYPE_INT64);
  g_value_set_int64 (&value, number);
  g_assert_true (thr_future_set_value (future, &value, &error));
  g_assert_no_error (error);

  return future;
}

static void
reject (ThrFuture *future)
{
  g_autoptr (GError) reason = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                                                   "not there");

  g_assert_true (thr_future_set_error (future, reason, NULL));
}

static void
test_value (void)
{
  ThrFuture *future = thr_future_new ();
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (thr_future_get_state (future), ==, THR_FUTURE_STATE_PENDING);
  g_assert_false (thr_future_is_done (future));
  g_assert_null (thr_future_get_error (future));
  g_assert_null (thr_future_dup_value (future, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_INVALID_STATE);
  g_assert_finalize_object (future);

  future = new_resolved (42);
  g_assert_cmpint (thr_future_get_state (future), ==, THR_FUTURE_STATE_RESOLVED);
  g_assert_cmpint (get_int64 (future), ==, 42);
  g_assert_null (thr_future_get_error (future));
  drain ();
  g_assert_finalize_object (future);
}

static void
test_empty_value (void)
{
  ThrFuture *future = thr_future_new ();
  g_autoptr (GError) error = NULL;
  GValue untyped = G_VALUE_INIT;

  g_assert_false (thr_future_set_value (future, &untyped, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (thr_future_is_done (future));

  g_assert_true (thr_future_set_value (future, NULL, &error));
  g_assert_null (thr_future_dup_value (future, &error));
  g_assert_no_error (error);
  drain ();
  g_assert_finalize_object (future);
}

/* The first answer stays. */
static void
test_settled_once (void)
{
  ThrFuture *future = new_resolved (1);
  g_autoptr (GError) reason = g_error_new_literal (G_IO_ERROR, 0, "too late");
  g_autoptr (GError) error = NULL;

  g_assert_false (thr_future_set_value (future, NULL, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_INVALID_STATE);
  g_clear_error (&error);
  g_assert_false (thr_future_set_error (future, reason, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_INVALID_STATE);
  g_clear_error (&error);
  g_assert_false (thr_future_set_error (future, NULL, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_assert_false (thr_future_cancel (future));
  g_assert_cmpint (get_int64 (future), ==, 1);
  drain ();
  g_assert_finalize_object (future);
}

static void
test_error (void)
{
  ThrFuture *future = thr_future_new ();
  g_autoptr (GError) error = NULL;

  reject (future);
  g_assert_cmpint (thr_future_get_state (future), ==, THR_FUTURE_STATE_REJECTED);
  g_assert_null (thr_future_dup_value (future, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  assert_failed (future, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  wait_for (future);
  drain ();
  g_assert_finalize_object (future);
}

static void
test_cancel (void)
{
  ThrFuture *future = thr_future_new ();

  g_assert_true (thr_future_cancel (future));
  g_assert_true (thr_future_cancel (future));
  g_assert_cmpint (thr_future_get_state (future), ==, THR_FUTURE_STATE_CANCELLED);
  assert_cancelled (future);
  drain ();
  g_assert_finalize_object (future);

  /* One that nobody asks about: no warning either. */
  future = thr_future_new ();
  thr_future_cancel (future);
  drain ();
  g_assert_finalize_object (future);
}

/* Waiting is not asking, nor is a function for the value alone. */
static void
test_unasked (void)
{
  ThrFuture *future = thr_future_new ();
  int n_freed = 0;

  thr_object_set_name (THR_OBJECT (future), "Nemo");
  thr_future_then (future, NULL, &n_freed, count_data, NULL, NULL, NULL);
  reject (future);
  wait_for (future);
  drain ();
  g_assert_cmpint (n_freed, ==, 1);
  g_test_expect_message ("Thr", G_LOG_LEVEL_WARNING, "*Nemo*nobody asked*not there*");
  g_assert_finalize_object (future);
  g_test_assert_expected_messages ();
}

/* Who cancelled knows why. A warning would be fatal. */
static void
test_unasked_cancelled (void)
{
  ThrFuture *future = thr_future_new ();
  g_autoptr (GError) reason = NULL;
  g_autoptr (GError) error = NULL;

  g_set_error_literal (&reason, G_IO_ERROR, G_IO_ERROR_CANCELLED, "over");
  thr_future_set_error (future, reason, &error);
  g_assert_no_error (error);
  drain ();
  g_assert_cmpint (thr_future_get_state (future), ==, THR_FUTURE_STATE_REJECTED);
  g_assert_finalize_object (future);
}

/* --- Waiting --- */

static void
test_wait_limits (void)
{
  ThrFuture *future = thr_future_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (thr_future_wait (future, 0, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_assert_false (thr_future_wait (future, 1000, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_assert_false (thr_future_wait (future, -2, NULL, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_assert_false (thr_future_wait (future, -1, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  thr_future_set_value (future, NULL, NULL);
  g_assert_true (thr_future_wait (future, 0, NULL, &error));
  g_assert_true (thr_future_wait (future, 1000, NULL, &error));
  g_assert_no_error (error);
  drain ();
  g_assert_finalize_object (future);
}

typedef struct
{
  ThrFuture    *future;
  GCancellable *cancellable;
  int          *n_ready;
  gboolean      done;
} Waiting;

static gpointer
wait_thread (gpointer data)
{
  Waiting *self = data;

  g_atomic_int_inc (self->n_ready);
  self->done = thr_future_wait (self->future, -1, self->cancellable, NULL);

  return NULL;
}

static gpointer
set_thread (gpointer data)
{
  Waiting *self = data;

  g_atomic_int_inc (self->n_ready);
  await_at_least (self->n_ready, 5);
  thr_future_set_value (self->future, NULL, NULL);

  return NULL;
}

/* Two that wait, one of them with a cancellable, one that settles and one that
 * cancels the wait, all at once: between the look at the state and the lists, between
 * the last look into the lists and the wake. Nobody may stay behind. */
static void
test_wait_storm (void)
{
  for (guint i = 0; i < rounds (500); i++)
    {
      ThrFuture *future = thr_future_new ();
      GCancellable *cancellable = g_cancellable_new ();
      int n_ready = 0;
      Waiting waiting[3];
      GThread *threads[3];

      for (guint j = 0; j < 3; j++)
        waiting[j] = (Waiting) { future, j == 1 ? cancellable : NULL, &n_ready, FALSE };
      threads[0] = g_thread_new ("waits", wait_thread, &waiting[0]);
      threads[1] = g_thread_new ("waits", wait_thread, &waiting[1]);
      threads[2] = g_thread_new ("sets", set_thread, &waiting[2]);
      g_atomic_int_inc (&n_ready);
      g_atomic_int_inc (&n_ready);
      await_at_least (&n_ready, 5);
      g_cancellable_cancel (cancellable);
      for (guint j = 0; j < 3; j++)
        g_thread_join (threads[j]);

      g_assert_true (waiting[0].done);
      g_object_unref (cancellable);
      drain ();
      g_assert_finalize_object (future);
    }
}

/* --- Post --- */

typedef struct
{
  GString    *log;
  int         n;
  GMainLoop  *loop;
} Log;

static void
log_signal (GObject    *object,
            gpointer    log)
{
  g_string_append (log, "done ");
}

static void
log_notify (GObject    *object,
            GParamSpec *pspec,
            gpointer    log)
{
  g_assert_true (thr_future_is_done (THR_FUTURE (object)));
  g_string_append (log, "notify ");
}

static void
log_value (const GValue *value,
           gpointer      log)
{
  g_string_append_printf (log, "value:%" G_GINT64_FORMAT " ",
                          value != NULL ? g_value_get_int64 (value) : -1);
}

static void
log_error (const GError *error,
           gpointer      log)
{
  g_string_append_printf (log, "error:%d ", error->code);
}

static void
log_free (gpointer log)
{
  g_string_append (log, "free ");
}

static void
log_result (GObject      *source,
            GAsyncResult *result,
            gpointer      log)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (thr_future_wait_finish (THR_FUTURE (source), result, &error));
  g_assert_no_error (error);
  g_assert_false (thr_future_wait_finish (THR_FUTURE (source), result, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_INVALID_STATE);
  g_string_append (log, "async ");
}

static void
check_log (GString    *log,
           const char *expected)
{
  g_assert_cmpstr (log->str, ==, expected);
  g_string_set_size (log, 0);
}

static void
test_then (void)
{
  g_autoptr (GString) log = g_string_new (NULL);
  ThrFuture *future = new_resolved (7);

  /* Always later, also when it is settled. */
  thr_future_then (future, log_value, log, log_free, log_error, log, log_free);
  check_log (log, "");
  drain ();
  check_log (log, "value:7 free free ");
  thr_future_then (future, NULL, NULL, NULL, NULL, NULL, NULL);
  wait_for (future);
  drain ();
  g_assert_finalize_object (future);

  future = thr_future_new ();
  thr_future_then (future, log_value, log, NULL, log_error, log, log_free);
  reject (future);
  check_log (log, "");
  wait_for (future);
  check_log (log, "error:1 free ");
  drain ();
  g_assert_finalize_object (future);
}

/* Never settled: what the functions own goes all the same, at home. */
static void
test_then_dropped (void)
{
  ThrFuture *future = thr_future_new ();
  int n_freed = 0;

  thr_future_then (future, log_value, &n_freed, count_data, log_error, &n_freed,
                   count_data);
  g_assert_finalize_object (future);
  drain ();
  g_assert_cmpint (n_freed, ==, 2);
}

static gpointer
resolve_thread (gpointer data)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_INT64);
  g_assert_true (thr_future_set_value (data, &value, NULL));

  return NULL;
}

/* Everything in its order, each once, before a wait at home returns: the settling
 * thread may be anywhere between the state, the post and the wake when the home looks,
 * and the home must neither return too early nor take half of it first. */
static void
test_flush_storm (void)
{
  for (guint i = 0; i < rounds (10000); i++)
    {
      g_autoptr (GString) log = g_string_new (NULL);
      ThrFuture *future = thr_future_new ();
      GThread *thread;

      g_signal_connect (future, "done", G_CALLBACK (log_signal), log);
      g_signal_connect (future, "notify::done", G_CALLBACK (log_notify), log);
      thr_future_then (future, log_value, log, log_free, NULL, NULL, NULL);

      thread = g_thread_new ("resolves", resolve_thread, future);
      if (i % 2 == 0)
        while (!thr_future_is_done (future))
          g_thread_yield ();
      wait_for (future);
      check_log (log, "notify done value:0 free ");
      g_thread_join (thread);
      drain ();
      check_log (log, "");
      g_assert_finalize_object (future);
    }
}

static void
test_async_order (void)
{
  g_autoptr (GString) log = g_string_new (NULL);
  ThrFuture *future = thr_future_new ();

  thr_future_wait_async (future, NULL, log_result, log);
  thr_future_then (future, log_value, log, NULL, NULL, NULL, NULL);
  g_signal_connect (future, "done", G_CALLBACK (log_signal), log);
  g_thread_join (g_thread_new ("resolves", resolve_thread, future));
  check_log (log, "");
  drain ();
  check_log (log, "done value:0 async ");

  thr_future_wait_async (future, NULL, log_result, log);
  check_log (log, "");
  drain ();
  check_log (log, "async ");
  g_assert_finalize_object (future);
}

static void
cancelled_result (GObject      *source,
                  GAsyncResult *result,
                  gpointer      count)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (thr_future_wait_finish (THR_FUTURE (source), result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_atomic_int_inc ((int *) count);
}

static void
test_async_cancelled (void)
{
  ThrFuture *future = thr_future_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  int n = 0;

  thr_future_wait_async (future, cancellable, cancelled_result, &n);
  g_cancellable_cancel (cancellable);
  g_assert_cmpint (n, ==, 0);
  drain ();
  g_assert_cmpint (n, ==, 1);
  g_assert_false (thr_future_is_done (future));
  g_assert_finalize_object (future);
}

static gpointer
then_thread (gpointer data)
{
  Waiting *self = data;

  g_atomic_int_inc (self->n_ready);
  await_at_least (self->n_ready, 2);
  for (guint i = 0; i < 4; i++)
    thr_future_then (self->future, NULL, &self->done, count_data, NULL, NULL, NULL);

  return NULL;
}

/* Functions that are put in while the future is being settled: each is called, be it
 * by the one who put it in or by the one who settles. */
static void
test_then_storm (void)
{
  for (guint i = 0; i < rounds (1000); i++)
    {
      ThrFuture *future = thr_future_new ();
      int n_ready = 0;
      Waiting waiting = { future, NULL, &n_ready, FALSE };
      GThread *thread = g_thread_new ("then", then_thread, &waiting);

      g_atomic_int_inc (&n_ready);
      await_at_least (&n_ready, 2);
      thr_future_set_value (future, NULL, NULL);
      g_thread_join (thread);
      drain ();
      g_assert_cmpint (waiting.done, ==, 4);
      g_assert_finalize_object (future);
    }
}

/* Three settle at once; one of them has done it, and "done" comes once. */
static gpointer
settle_thread (gpointer data)
{
  Waiting *self = data;
  int number = g_atomic_int_add (self->n_ready, 1);

  await_at_least (self->n_ready, 3);
  if (number == 0)
    return GINT_TO_POINTER (thr_future_set_value (self->future, NULL, NULL));
  if (number == 1)
    return GINT_TO_POINTER (thr_future_cancel (self->future));
  else
    {
      g_autoptr (GError) reason = g_error_new_literal (G_IO_ERROR, 0, "no");

      return GINT_TO_POINTER (thr_future_set_error (self->future, reason, NULL));
    }
}

static void
test_settle_storm (void)
{
  for (guint i = 0; i < rounds (2000); i++)
    {
      ThrFuture *future = thr_future_new ();
      int n_ready = 0, n_done = 0, n_won = 0;
      Waiting waiting = { future, NULL, &n_ready, FALSE };
      GThread *threads[3];

      g_signal_connect (future, "done", G_CALLBACK (count_signal), &n_done);
      for (guint j = 0; j < 3; j++)
        threads[j] = g_thread_new ("settles", settle_thread, &waiting);
      for (guint j = 0; j < 3; j++)
        n_won += GPOINTER_TO_INT (g_thread_join (threads[j]));
      g_assert_cmpint (n_won, ==, 1);
      drain ();
      g_assert_cmpint (n_done, ==, 1);
      thr_future_get_error (future);
      g_assert_finalize_object (future);
    }
}

/* --- Homes --- */

static gpointer
other_home_thread (gpointer data)
{
  GMainContext *context = g_main_context_new ();
  ThrFuture *future;
  int n_done = 0;

  g_main_context_push_thread_default (context);
  future = thr_future_new ();
  g_signal_connect (future, "done", G_CALLBACK (count_signal), &n_done);
  g_atomic_pointer_set ((ThrFuture **) data, future);
  wait_for (future);
  g_assert_cmpint (n_done, ==, 1);
  g_main_context_pop_thread_default (context);
  g_main_context_unref (context);

  return future;
}

/* The signals of an object come in the thread of its own home and nowhere else. */
static void
test_two_homes (void)
{
  ThrFuture *future = NULL;
  GThread *thread = g_thread_new ("home", other_home_thread, &future);

  while (g_atomic_pointer_get (&future) == NULL)
    g_thread_yield ();
  thr_future_set_value (future, NULL, NULL);
  /* Not ours: nothing is delivered here. */
  wait_for (future);
  drain ();
  g_thread_join (thread);
  g_assert_finalize_object (future);
}

static void
test_context_gone (void)
{
  GMainContext *context = g_main_context_new ();
  ThrFuture *future = g_object_new (THR_TYPE_FUTURE, "main-context", context, NULL);
  int n_done = 0, n_freed = 0;

  g_signal_connect (future, "done", G_CALLBACK (count_signal), &n_done);
  thr_future_then (future, log_value, &n_freed, count_data, NULL, NULL, NULL);
  g_main_context_unref (context);
  thr_future_then (future, log_value, &n_freed, count_data, NULL, NULL, NULL);
  g_thread_join (g_thread_new ("resolves", resolve_thread, future));
  wait_for (future);
  g_assert_cmpint (n_done, ==, 0);
  g_assert_cmpint (n_freed, ==, 2);
  g_assert_finalize_object (future);
}

/* --- Inside of a handler of the cancellable --- */

static void
wait_now (GCancellable *cancellable,
          gpointer      future)
{
  thr_future_wait (future, 0, NULL, NULL);
}

static void
finish_wait (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  thr_future_wait_finish (THR_FUTURE (object), result, NULL);
  g_atomic_int_inc ((int *) user_data);
}

/* The handler delivers the end of an operation that has the same cancellable, which must
 * not wait for the handler. */
static void
test_flushed_in_handler (void)
{
  ThrFuture *future = thr_future_new ();
  GCancellable *cancellable = g_cancellable_new ();
  int n_called = 0;

  thr_future_wait_async (future, cancellable, finish_wait, &n_called);
  g_assert_true (thr_future_set_value (future, NULL, NULL));
  g_cancellable_connect (cancellable, G_CALLBACK (wait_now), future, NULL);
  g_cancellable_cancel (cancellable);
  g_assert_cmpint (n_called, ==, 1);

  drain ();
  g_assert_finalize_object (future);
  g_assert_finalize_object (cancellable);
}

/* The same for operations without a callback, whose rest is on its way home: ended before
 * the handler, and by the cancellation itself. */
static void
test_reaped_in_handler (void)
{
  for (int is_set = 0; is_set < 2; is_set++)
    {
      ThrFuture *future = thr_future_new ();
      ThrFuture *other = thr_future_new ();
      GCancellable *cancellable = g_cancellable_new ();

      thr_future_wait_async (future, cancellable, NULL, NULL);
      if (is_set)
        g_assert_true (thr_future_set_value (future, NULL, NULL));
      g_cancellable_connect (cancellable, G_CALLBACK (wait_now), other, NULL);
      g_cancellable_cancel (cancellable);

      drain ();
      g_assert_finalize_object (future);
      g_assert_finalize_object (other);
      g_assert_finalize_object (cancellable);
    }
}

static gpointer
cancel_in_thread (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return NULL;
}

/* Granted here and cancelled there: whoever comes second finds the operation alive. */
static void
test_cancel_storm (void)
{
  const guint n = rounds (2000);

  for (guint i = 0; i < n; i++)
    {
      ThrFuture *future = thr_future_new ();
      GCancellable *cancellable = g_cancellable_new ();
      GThread *thread;
      int n_called = 0;

      thr_future_wait_async (future, cancellable, finish_wait, &n_called);
      thr_future_wait_async (future, cancellable, NULL, NULL);
      thread = g_thread_new ("canceller", cancel_in_thread, cancellable);
      g_assert_true (thr_future_set_value (future, NULL, NULL));
      iterate_until (&n_called, 1);
      g_thread_join (thread);

      drain ();
      g_assert_finalize_object (future);
      g_assert_finalize_object (cancellable);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/future/value", test_value);
  g_test_add_func ("/future/empty-value", test_empty_value);
  g_test_add_func ("/future/settled-once", test_settled_once);
  g_test_add_func ("/future/error", test_error);
  g_test_add_func ("/future/cancel", test_cancel);
  g_test_add_func ("/future/unasked", test_unasked);
  g_test_add_func ("/future/unasked-cancelled", test_unasked_cancelled);
  g_test_add_func ("/future/wait-limits", test_wait_limits);
  g_test_add_func ("/future/wait-storm", test_wait_storm);
  g_test_add_func ("/future/then", test_then);
  g_test_add_func ("/future/then-dropped", test_then_dropped);
  g_test_add_func ("/future/then-storm", test_then_storm);
  g_test_add_func ("/future/flush-storm", test_flush_storm);
  g_test_add_func ("/future/async-order", test_async_order);
  g_test_add_func ("/future/async-cancelled", test_async_cancelled);
  g_test_add_func ("/future/settle-storm", test_settle_storm);
  g_test_add_func ("/future/two-homes", test_two_homes);
  g_test_add_func ("/future/context-gone", test_context_gone);
  g_test_add_func ("/future/flushed-in-handler", test_flushed_in_handler);
  g_test_add_func ("/future/reaped-in-handler", test_reaped_in_handler);
  g_test_add_func ("/future/cancel-storm", test_cancel_storm);

  return g_test_run ();
}
