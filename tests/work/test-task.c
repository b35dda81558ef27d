/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <malloc.h>

#include "work/work-funcs.h"

/* Tasks: what their work answers, what they tell, how they are cancelled. */

/* Runs @func to its end in a pool of its own. */
static ThrTask *
run (ThrTaskFunc func,
     gpointer    user_data)
{
  ThrPool *pool = thr_pool_new (1);
  ThrTask *task = thr_pool_submit (pool, func, user_data, NULL);

  wait_for (task);
  end_pool (pool);

  return task;
}

static void
test_answer (void)
{
  ThrTask *task = run (echo_func, GINT_TO_POINTER (42));

  g_assert_cmpint (thr_future_get_state (THR_FUTURE (task)), ==, THR_FUTURE_STATE_RESOLVED);
  g_assert_cmpint (get_int64 (task), ==, 42);
  g_assert_finalize_object (task);
}

typedef enum {
  KIND_BOOLEAN, KIND_DOUBLE, KIND_STRING, KIND_OBJECT, KIND_VARIANT, KIND_BYTES,
  KIND_POINTER, KIND_VALUE, KIND_EMPTY, KIND_LAST
} Kind;

static gboolean
kind_func (ThrTask   *task,
           gpointer   user_data,
           GError   **error)
{
  g_auto (GValue) value = G_VALUE_INIT;
  g_autoptr (GObject) object = NULL;
  g_autoptr (GBytes) bytes = NULL;

  switch (GPOINTER_TO_INT (user_data))
    {
    case KIND_BOOLEAN:
      return thr_task_return_boolean (task, TRUE);
    case KIND_DOUBLE:
      return thr_task_return_double (task, 0.5);
    case KIND_STRING:
      return thr_task_return_string (task, "text");
    case KIND_OBJECT:
      object = g_object_new (G_TYPE_OBJECT, NULL);
      return thr_task_return_object (task, object);
    case KIND_VARIANT:
      return thr_task_return_variant (task, g_variant_new_int32 (5));
    case KIND_BYTES:
      bytes = g_bytes_new_static ("bytes", 5);
      return thr_task_return_bytes (task, bytes);
    case KIND_POINTER:
      return thr_task_return_pointer (task, task);
    case KIND_VALUE:
      g_value_init (&value, G_TYPE_UINT);
      g_value_set_uint (&value, 7);
      return thr_task_return_value (task, &value);
    case KIND_EMPTY:
      thr_task_return_boolean (task, TRUE);
      return thr_task_return_value (task, NULL);
    default:
      thr_task_return_boolean (task, TRUE);
      return thr_task_return_string (task, "the last one counts");
    }
}

static void
test_kinds (void)
{
  const GType types[] = { G_TYPE_BOOLEAN, G_TYPE_DOUBLE, G_TYPE_STRING, G_TYPE_OBJECT,
                          G_TYPE_VARIANT, G_TYPE_BYTES, G_TYPE_POINTER, G_TYPE_UINT,
                          G_TYPE_INVALID, G_TYPE_STRING };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      ThrTask *task = run (kind_func, GINT_TO_POINTER (i));
      g_autoptr (GError) error = NULL;
      GValue *value = thr_future_dup_value (THR_FUTURE (task), &error);

      g_assert_no_error (error);
      if (types[i] == G_TYPE_INVALID)
        g_assert_null (value);
      else
        g_assert_true (G_VALUE_HOLDS (value, types[i]));
      if (value != NULL)
        g_boxed_free (G_TYPE_VALUE, value);
      g_assert_finalize_object (task);
    }
}

static gboolean
silent_func (ThrTask   *task,
             gpointer   user_data,
             GError   **error)
{
  return FALSE;
}

static gboolean
both_func (ThrTask   *task,
           gpointer   user_data,
           GError   **error)
{
  thr_task_return_int64 (task, 1);
  fail_func (task, user_data, error);
  return TRUE;
}

static gboolean
untyped_func (ThrTask   *task,
              gpointer   user_data,
              GError   **error)
{
  GValue value = G_VALUE_INIT;

  thr_task_return_int64 (task, 1);
  return thr_task_return_value (task, &value);
}

/* Nothing is ever a success by default. */
static void
test_failures (void)
{
  ThrTask *task = run (fail_func, NULL);

  assert_failed (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_finalize_object (task);

  task = run (silent_func, NULL);
  assert_failed (task, THR_ERROR, THR_ERROR_NO_RESULT);
  g_assert_finalize_object (task);

  task = run (both_func, NULL);
  assert_failed (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_finalize_object (task);

  task = run (untyped_func, NULL);
  assert_failed (task, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_assert_finalize_object (task);
}

/* Only the work itself answers, and only the pool settles. */
static void
test_foreign_answer (void)
{
  ThrPool *pool = thr_pool_new (1);
  g_autoptr (GError) error = NULL;
  ThrTask *task;
  Hold hold;

  task = occupy (pool, &hold);
  g_object_ref (task);
  g_test_expect_message ("Thr", G_LOG_LEVEL_WARNING, "*answered by another thread*");
  g_assert_true (thr_task_return_int64 (task, 3));
  g_test_assert_expected_messages ();
  g_assert_false (thr_future_set_value (THR_FUTURE (task), NULL, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_INVALID_STATE);
  let_go (task, &hold);
  g_assert_null (thr_future_dup_value (THR_FUTURE (task), NULL));
  end_pool (pool);
  g_assert_finalize_object (task);
}

static gboolean
current_func (ThrTask   *task,
              gpointer   user_data,
              GError   **error)
{
  g_assert_true (thr_task_get_current () == task);
  g_assert_cmpint (thr_future_get_state (THR_FUTURE (task)), ==, THR_FUTURE_STATE_RUNNING);
  g_assert_cmpint (thr_task_get_priority (task), ==, 3);

  return thr_task_return_object (task, G_OBJECT (thr_thread_current ()));
}

static void
test_thread (void)
{
  ThrPool *pool = thr_pool_new (1);
  g_autoptr (ThrThread) thread = NULL;
  ThrTask *task;
  GValue *value;

  g_assert_null (thr_task_get_current ());
  task = thr_pool_submit_full (pool, 3, NULL, current_func, NULL, NULL);
  wait_for (task);
  g_assert_null (thr_task_get_current ());
  thread = thr_task_dup_thread (task);
  g_assert_true (THR_IS_THREAD (thread));
  value = thr_future_dup_value (THR_FUTURE (task), NULL);
  g_assert_true (g_value_get_object (value) == (gpointer) thread);
  g_boxed_free (G_TYPE_VALUE, value);
  end_pool (pool);
  g_assert_finalize_object (task);
}

/* --- Signals --- */

static void
log_signal (GObject    *object,
            const char *word)
{
  g_string_append (g_object_get_data (object, "log"), word);
}

static void
log_started (GObject  *object,
             gpointer  unused)
{
  log_signal (object, "started ");
}

static void
log_done (GObject  *object,
          gpointer  unused)
{
  log_signal (object, "done ");
}

static void
log_finished (GObject  *object,
              gpointer  unused)
{
  log_signal (object, "finished ");
}

static void
log_state (GObject    *object,
           GParamSpec *pspec,
           gpointer    unused)
{
  g_assert_true (thr_future_is_done (THR_FUTURE (object)));
  log_signal (object, "state ");
}

static void
log_free (gpointer log)
{
  g_string_append (log, "free ");
}

static void
connect_all (ThrTask *task,
             GString *log)
{
  g_object_set_data (G_OBJECT (task), "log", log);
  g_signal_connect (task, "started", G_CALLBACK (log_started), NULL);
  g_signal_connect (task, "done", G_CALLBACK (log_done), NULL);
  g_signal_connect (task, "finished", G_CALLBACK (log_finished), NULL);
  g_signal_connect (task, "notify::state", G_CALLBACK (log_state), NULL);
}

/* Each once, in their order, before a wait at home returns; the user data goes last.
 * The work may be over before the first handler is there, or in the middle. */
static void
test_signals (void)
{
  ThrPool *pool = thr_pool_new (2);

  for (guint i = 0; i < rounds (5000); i++)
    {
      g_autoptr (GString) log = g_string_new (NULL);
      ThrTask *task = thr_pool_submit (pool, kind_func, log, log_free);

      connect_all (task, log);
      wait_for (task);
      drain ();
      /* The state is notified once or twice, for the home may come by in between. */
      while (!g_str_has_suffix (log->str, "free "))
        g_main_context_iteration (NULL, TRUE);
      if (strstr (log->str, "state state") != NULL)
        g_string_erase (log, strstr (log->str, "state ") - log->str, 6);
      g_assert_cmpstr (log->str, ==, "started state done finished free ");
      g_object_unref (task);
    }

  end_pool (pool);
}

/* Flushed by the wait alone: nobody runs a loop here. */
static void
test_no_loop (void)
{
  ThrPool *pool = thr_pool_new (2);

  for (guint i = 0; i < rounds (5000); i++)
    {
      ThrTask *task = thr_pool_submit (pool, echo_func, NULL, NULL);
      int n_started = 0, n_finished = 0;

      g_signal_connect (task, "started", G_CALLBACK (count_signal), &n_started);
      g_signal_connect (task, "finished", G_CALLBACK (count_signal), &n_finished);
      wait_for (task);
      g_assert_cmpint (n_started, ==, 1);
      g_assert_cmpint (n_finished, ==, 1);
      g_object_unref (task);
    }

  end_pool (pool);
}

/* Connected to and let go of: the handler is owed its signal. */
static void
test_let_go (void)
{
  ThrPool *pool = thr_pool_new (1);
  int n_finished = 0;
  ThrTask *first, *task;
  Hold hold;

  first = occupy (pool, &hold);
  task = thr_pool_submit (pool, echo_func, NULL, NULL);
  g_signal_connect (task, "finished", G_CALLBACK (count_signal), &n_finished);
  g_object_unref (task);
  let_go (first, &hold);
  iterate_until (&n_finished, 1);
  end_pool (pool);
  g_assert_cmpint (n_finished, ==, 1);
}

static gboolean
progress_func (ThrTask   *task,
               gpointer   user_data,
               GError   **error)
{
  for (guint i = 0; i <= 10000; i++)
    thr_task_set_progress (task, i / 10000.0);
  thr_task_set_message (task, "half");
  thr_task_set_message (task, "whole");

  return TRUE;
}

/* Gathered, and at least one notification after the last change. */
static void
test_progress (void)
{
  ThrPool *pool = thr_pool_new (1);
  ThrTask *first, *task;
  g_autofree char *message = NULL;
  int n_progress = 0, n_message = 0;
  Hold hold;

  first = occupy (pool, &hold);
  task = thr_pool_submit (pool, progress_func, NULL, NULL);
  g_signal_connect_swapped (task, "notify::progress", G_CALLBACK (count_data), &n_progress);
  g_signal_connect_swapped (task, "notify::message", G_CALLBACK (count_data), &n_message);
  g_assert_cmpfloat (thr_task_get_progress (task), ==, -1.0);
  let_go (first, &hold);
  wait_for (task);
  g_assert_cmpint (n_progress, >=, 1);
  g_assert_cmpint (n_progress, <, 10000);
  g_assert_cmpint (n_message, >=, 1);
  g_assert_cmpfloat (thr_task_get_progress (task), ==, 1.0);
  message = thr_task_dup_message (task);
  g_assert_cmpstr (message, ==, "whole");

  thr_task_set_progress (task, 1.5);
  g_assert_cmpfloat (thr_task_get_progress (task), ==, -1.0);
  g_object_set (task, "progress", 0.25, "message", NULL, NULL);
  g_assert_cmpfloat (thr_task_get_progress (task), ==, 0.25);
  end_pool (pool);
  g_assert_finalize_object (task);
}

/* --- Cancelling --- */

static void
test_cancel_pending (void)
{
  ThrPool *pool = thr_pool_new (1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  int n_run = 0, n_finished = 0, n_freed = 0;
  ThrTask *first, *tasks[2];
  Hold hold;

  first = occupy (pool, &hold);
  tasks[0] = thr_pool_submit (pool, count_func, &n_run, NULL);
  tasks[1] = thr_pool_submit_full (pool, 0, cancellable, count_func, &n_run, NULL);
  for (guint i = 0; i < 2; i++)
    g_signal_connect (tasks[i], "finished", G_CALLBACK (count_signal), &n_finished);
  thr_pool_push_full (pool, count_func, &n_freed, count_data, NULL);

  g_assert_true (thr_future_cancel (THR_FUTURE (tasks[0])));
  g_cancellable_cancel (cancellable);
  assert_cancelled (tasks[0]);
  assert_cancelled (tasks[1]);
  g_assert_cmpint (n_finished, ==, 0);
  drain ();
  g_assert_cmpint (n_finished, ==, 2);

  let_go (first, &hold);
  end_pool (pool);
  g_assert_cmpint (n_finished, ==, 2);
  g_assert_cmpint (n_run, ==, 0);
  g_assert_cmpint (n_freed, ==, 2);
  g_assert_finalize_object (tasks[0]);
  g_assert_finalize_object (tasks[1]);
}

/* Cancelled before it was submitted: it never begins, however fast a worker is. */
static void
test_cancelled_before (void)
{
  ThrPool *pool = thr_pool_new (2);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  int n_run = 0, n_freed = 0;

  g_cancellable_cancel (cancellable);
  for (guint i = 0; i < rounds (1000); i++)
    {
      ThrTask *task = thr_pool_submit_full (pool, 0, cancellable, count_func, &n_run, NULL);

      assert_cancelled (task);
      drain ();
      g_assert_finalize_object (task);
    }

  g_object_unref (thr_pool_submit_full (pool, 0, cancellable, count_func, &n_freed,
                                        count_data));
  end_pool (pool);
  g_assert_cmpint (n_run, ==, 0);
  g_assert_cmpint (n_freed, ==, 1);
}

static gboolean
until_cancelled_func (ThrTask   *task,
                      gpointer   user_data,
                      GError   **error)
{
  GCancellable *cancellable = thr_task_get_cancellable (task);

  gate_open (user_data);
  while (!g_cancellable_is_cancelled (cancellable))
    g_thread_yield ();
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static void
test_cancel_running (void)
{
  ThrPool *pool = thr_pool_new (1);
  ThrTask *task;
  Gate begun;

  gate_init (&begun);
  task = thr_pool_submit (pool, until_cancelled_func, &begun, NULL);
  gate_wait (&begun);
  /* It has begun, so it is not for us to say how it ends. */
  g_assert_false (thr_future_cancel (THR_FUTURE (task)));
  wait_for (task);
  g_assert_cmpint (thr_future_get_state (THR_FUTURE (task)), ==, THR_FUTURE_STATE_REJECTED);
  assert_cancelled (task);
  g_assert_false (thr_future_cancel (THR_FUTURE (task)));
  end_pool (pool);
  gate_clear (&begun);
  g_assert_finalize_object (task);
}

static void
drop_task (GCancellable *cancellable,
           gpointer      task)
{
  g_clear_object ((ThrTask **) task);
}

/* A handler of the cancellable drops the task that is connected to it. */
static void
test_dropped_in_handler (void)
{
  ThrPool *pool = thr_pool_new (1);
  GCancellable *cancellable = g_cancellable_new ();
  ThrTask *task;

  task = thr_pool_submit_full (pool, 0, cancellable, echo_func, NULL, NULL);
  wait_for (task);
  shut_down (pool);
  drain ();
  g_cancellable_connect (cancellable, G_CALLBACK (drop_task), &task, NULL);
  g_cancellable_cancel (cancellable);
  g_assert_null (task);
  drain ();
  g_assert_finalize_object (pool);
  g_assert_finalize_object (cancellable);
}

static gpointer
cancel_thread (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return NULL;
}

/* A cancellation that meets the task anywhere: before it is queued, in the queue, in a
 * worker's hands, running, done, freed. It has run or it is cancelled, never both. */
static void
test_cancel_storm (void)
{
  ThrPool *pool = thr_pool_new (2);
  int n_freed = 0, n_finished = 0;
  guint n = rounds (1000);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      GThread *thread = g_thread_new ("cancels", cancel_thread, cancellable);
      int n_run = 0;
      ThrTask *task = thr_pool_submit_full (pool, 0, cancellable, count_func, &n_run, NULL);

      g_signal_connect (task, "finished", G_CALLBACK (count_signal), &n_finished);
      if (i % 2 == 0)
        thr_future_cancel (THR_FUTURE (task));
      wait_for (task);
      if (thr_future_get_state (THR_FUTURE (task)) == THR_FUTURE_STATE_RESOLVED)
        g_assert_cmpint (g_atomic_int_get (&n_run), ==, 1);
      else
        g_assert_cmpint (g_atomic_int_get (&n_run), ==, 0);
      if (i % 3 == 0)
        g_thread_join (thread);
      g_object_unref (task);
      if (i % 3 != 0)
        g_thread_join (thread);
    }

  g_object_unref (thr_pool_submit (pool, count_func, &n_freed, count_data));
  end_pool (pool);
  g_assert_cmpint (n_finished, ==, n);
  g_assert_cmpint (n_freed, ==, 2);
}

/* --- Memory --- */

static gsize
bytes_in_use (void)
{
  return mallinfo2 ().uordblks;
}

static void
test_memory (void)
{
  ThrPool *pool;
  ThrTask *tasks[1000], *first;
  int n_run = 0;
  gsize before;
  Hold hold;

  /* A sanitizer's or valgrind's malloc() has other sizes, or counts nothing. */
  if (g_getenv ("THR_TEST_SLOW_MACHINE") != NULL || bytes_in_use () == 0)
    {
      g_test_skip ("another malloc()");
      return;
    }

  pool = thr_pool_new (1);
  first = occupy (pool, &hold);
  g_object_unref (thr_pool_submit (pool, count_func, &n_run, NULL));

  before = bytes_in_use ();
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    tasks[i] = thr_pool_submit (pool, count_func, &n_run, NULL);
  g_test_message ("a queued task: %" G_GSIZE_FORMAT " bytes",
                  (bytes_in_use () - before) / G_N_ELEMENTS (tasks));
  g_assert_cmpuint (bytes_in_use () - before, <, 400 * G_N_ELEMENTS (tasks));

  before = bytes_in_use ();
  for (guint i = 0; i < 10000; i++)
    thr_pool_push (pool, count_func, &n_run);
  g_test_message ("a push: %" G_GSIZE_FORMAT " bytes", (bytes_in_use () - before) / 10000);
  g_assert_cmpuint (bytes_in_use () - before, <=, 48 * 10000);

  let_go (first, &hold);
  end_pool (pool);
  g_assert_cmpint (n_run, ==, 1 + G_N_ELEMENTS (tasks) + 10000);
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    g_assert_finalize_object (tasks[i]);
}

/* Nobody runs the loop, and nobody but submit() comes by. */
static void
test_bounded (void)
{
  ThrPool *pool = thr_pool_new (2);
  int n_freed = 0, n_run = 0;

  for (guint i = 0; i < 5000; i++)
    {
      ThrTask *task = thr_pool_submit (pool, count_func, &n_run, NULL);

      if (i % 2 == 0)
        wait_for (task);
      g_object_unref (task);
      task = thr_pool_submit (pool, count_func, &n_freed, count_data);
      wait_for (task);
      g_object_unref (task);
    }

  /* Each datum is counted when it is used and when it is freed. */
  g_assert_cmpint (n_freed, >, 2 * 5000 - 200);
  end_pool (pool);
  g_assert_cmpint (n_freed, ==, 2 * 5000);
}

static GThread *released_in; /* atomic */

static void
released_cb (gpointer data,
             GObject *where_it_was)
{
  __atomic_store_n (&released_in, g_thread_self (), __ATOMIC_RELEASE);
}

static gboolean
object_func (ThrTask   *task,
             gpointer   user_data,
             GError   **error)
{
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);

  g_object_weak_ref (object, released_cb, NULL);
  thr_task_return_object (task, object);
  g_object_unref (object);

  return TRUE;
}

/* Nobody holds the task, so the worker drops it; what it answered, which may have a
 * wrapper in some language, goes at home. */
static void
test_value_released_at_home (void)
{
  ThrPool *pool = thr_pool_new (1);

  for (guint i = 0; i < 100; i++)
    {
      __atomic_store_n (&released_in, NULL, __ATOMIC_RELEASE);
      g_object_unref (thr_pool_submit (pool, object_func, NULL, NULL));
      while (__atomic_load_n (&released_in, __ATOMIC_ACQUIRE) == NULL)
        g_main_context_iteration (NULL, FALSE);
      g_assert_true (released_in == g_thread_self ());
    }

  end_pool (pool);
}

/* A mistake is an error of the task and not a critical. */
static void
test_no_function (void)
{
  ThrPool *pool = thr_pool_new (1);
  ThrTask *task = thr_pool_submit (pool, NULL, NULL, NULL);
  g_autoptr (GError) error = NULL;

  wait_for (task);
  g_assert_error (thr_future_get_error (THR_FUTURE (task)), THR_ERROR,
                  THR_ERROR_INVALID_ARGUMENT);
  g_assert_finalize_object (task);

  g_assert_false (thr_pool_push (pool, NULL, NULL));
  g_assert_false (thr_pool_push_full (pool, NULL, NULL, NULL, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);

  end_pool (pool);
}

static void
weak_cb (gpointer data,
         GObject *object)
{
  ++*(int *) data;
}

static void
closure_gone_cb (gpointer  data,
                 GClosure *closure)
{
  ++*(int *) data;
}

/* Whoever is connected to a task, or watches it, is let go of with its last reference,
 * and when somebody disposes of it, like those of any object. */
static void
test_handlers_let_go (void)
{
  for (guint i = 0; i < 2; i++)
    {
      ThrPool *pool = thr_pool_new (1);
      ThrTask *task = thr_pool_submit (pool, echo_func, NULL, NULL);
      int n_closures = 0, n_weak = 0;
      GWeakRef weak;

      g_weak_ref_init (&weak, task);
      g_object_weak_ref (G_OBJECT (task), weak_cb, &n_weak);
      g_signal_connect_data (task, "notify::progress", G_CALLBACK (count_signal), &n_closures,
                             closure_gone_cb, 0);
      shut_down (pool);
      drain ();
      if (i == 1)
        {
          g_object_run_dispose (G_OBJECT (task));
          g_assert_cmpint (n_closures, ==, 1);
          g_assert_cmpint (n_weak, ==, 1);
          g_assert_cmpint (get_int64 (THR_FUTURE (task)), ==, 0);
        }
      g_object_unref (task);
      g_assert_cmpint (n_closures, ==, 1);
      g_assert_cmpint (n_weak, ==, 1);
      g_assert_null (g_weak_ref_get (&weak));
      g_weak_ref_clear (&weak);
      end_pool (pool);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/task/answer", test_answer);
  g_test_add_func ("/task/kinds", test_kinds);
  g_test_add_func ("/task/failures", test_failures);
  g_test_add_func ("/task/foreign-answer", test_foreign_answer);
  g_test_add_func ("/task/thread", test_thread);
  g_test_add_func ("/task/signals", test_signals);
  g_test_add_func ("/task/no-loop", test_no_loop);
  g_test_add_func ("/task/let-go", test_let_go);
  g_test_add_func ("/task/progress", test_progress);
  g_test_add_func ("/task/cancel-pending", test_cancel_pending);
  g_test_add_func ("/task/cancelled-before", test_cancelled_before);
  g_test_add_func ("/task/cancel-running", test_cancel_running);
  g_test_add_func ("/task/dropped-in-handler", test_dropped_in_handler);
  g_test_add_func ("/task/cancel-storm", test_cancel_storm);
  g_test_add_func ("/task/memory", test_memory);
  g_test_add_func ("/task/value-released-at-home", test_value_released_at_home);
  g_test_add_func ("/task/no-function", test_no_function);
  g_test_add_func ("/task/bounded", test_bounded);
  g_test_add_func ("/task/handlers-let-go", test_handlers_let_go);

  return g_test_run ();
}
