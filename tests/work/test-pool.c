/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "work/work-funcs.h"

/* Pools: the ways in, order, the number of threads. */

static void
test_submit (void)
{
  ThrPool *pool = thr_pool_new (3);
  ThrTask *tasks[100];
  int n_started = 0, n_finished = 0;

  g_signal_connect (pool, "started", G_CALLBACK (count_signal), &n_started);
  g_signal_connect (pool, "finished", G_CALLBACK (count_signal), &n_finished);
  g_assert_cmpuint (thr_pool_get_n_threads (pool), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    tasks[i] = thr_pool_submit (pool, echo_func, GINT_TO_POINTER (i), NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    {
      wait_for (tasks[i]);
      g_assert_cmpint (get_int64 (tasks[i]), ==, i);
    }
  g_assert_cmpuint (thr_pool_get_n_threads (pool), <=, 3);

  /* Told before shutdown returns, without a loop. */
  g_assert_cmpint (n_finished, ==, 0);
  shut_down (pool);
  g_assert_cmpint (n_started, ==, 1);
  g_assert_cmpint (n_finished, ==, 1);
  g_assert_cmpuint (thr_pool_get_n_threads (pool), ==, 0);
  g_assert_cmpuint (thr_pool_get_n_queued (pool), ==, 0);
  end_pool (pool);
  g_assert_cmpint (n_finished, ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    g_assert_finalize_object (tasks[i]);
}

static void
test_push (void)
{
  ThrPool *pool = thr_pool_new (2);
  g_autoptr (GError) error = NULL;
  int n_run = 0, n_freed = 0;

  for (guint i = 0; i < 1000; i++)
    {
      g_assert_true (thr_pool_push (pool, count_func, &n_run));
      g_assert_true (thr_pool_push_full (pool, count_func, &n_freed, count_data, &error));
    }
  shut_down (pool);
  drain ();
  g_assert_cmpint (n_run, ==, 1000);
  g_assert_cmpint (n_freed, ==, 2000);

  g_assert_false (thr_pool_push (pool, count_func, &n_run));
  g_assert_false (thr_pool_push_full (pool, count_func, &n_freed, count_data, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_SHUT_DOWN);
  drain ();
  g_assert_cmpint (n_freed, ==, 2001);
  end_pool (pool);
}

static gboolean
silent_func (ThrTask   *task,
             gpointer   user_data,
             GError   **error)
{
  return FALSE;
}

static gboolean
beside_func (ThrTask   *task,
             gpointer   user_data,
             GError   **error)
{
  fail_func (task, user_data, error);
  return TRUE;
}

static void
note_error (ThrThread    *thread,
            const GError *error,
            gpointer      codes)
{
  g_assert_true (thread == thr_thread_current ());
  g_array_append_val ((GArray *) codes, error->code);
}

/* What is pushed has nobody but the hook to tell. */
static void
test_push_error (void)
{
  g_autoptr (GArray) codes = g_array_new (FALSE, FALSE, sizeof (int));
  ThrPool *pool = thr_pool_new (1);

  thr_set_error_hook (note_error, codes, NULL);
  thr_pool_push (pool, fail_func, NULL);
  thr_pool_push (pool, silent_func, NULL);
  thr_pool_push (pool, beside_func, NULL);
  end_pool (pool);
  thr_set_error_hook (NULL, NULL, NULL);
  drain ();
  g_assert_cmpuint (codes->len, ==, 3);
  g_assert_cmpint (g_array_index (codes, int, 0), ==, G_IO_ERROR_NOT_FOUND);
  g_assert_cmpint (g_array_index (codes, int, 1), ==, THR_ERROR_NO_RESULT);
  g_assert_cmpint (g_array_index (codes, int, 2), ==, G_IO_ERROR_NOT_FOUND);
}

/* --- Callables --- */

typedef struct { GObject parent; } Answer;
typedef struct { GObjectClass parent; } AnswerClass;

static gboolean
answer_call (ThrCallable   *callable,
             GValue        *result,
             GCancellable  *cancellable,
             GError       **error)
{
  g_value_init (result, G_TYPE_INT64);
  g_value_set_int64 (result, 42);
  return TRUE;
}

static void
answer_callable_init (ThrCallableInterface *iface)
{
  iface->call = answer_call;
}

static GType answer_get_type (void);
G_DEFINE_TYPE_WITH_CODE (Answer, answer, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (THR_TYPE_CALLABLE, answer_callable_init))

static void
answer_class_init (AnswerClass *klass)
{
}

static void
answer_init (Answer *self)
{
}

static void
test_callable (void)
{
  ThrPool *pool = thr_pool_new (1);
  ThrCallable *answer = g_object_new (answer_get_type (), NULL);
  ThrTask *task = thr_pool_submit_callable (pool, answer);

  wait_for (task);
  g_assert_cmpint (get_int64 (task), ==, 42);
  end_pool (pool);
  g_assert_finalize_object (task);
  g_assert_finalize_object (answer);
}

/* --- Order --- */

static gboolean
log_func (ThrTask   *task,
          gpointer   user_data,
          GError   **error)
{
  g_string_append_printf (user_data, "%d ", thr_task_get_priority (task));
  return TRUE;
}

static void
submit_logged (ThrPool *pool,
               int      priority,
               GString *log)
{
  g_object_unref (thr_pool_submit_full (pool, priority, NULL, log_func, log, NULL));
}

static void
test_priorities (void)
{
  const int priorities[] = { 5, 0, -5, 5, 0, -5, G_MAXINT, G_MININT, 0 };
  g_autoptr (GString) log = g_string_new (NULL);
  ThrPool *pool = thr_pool_new (1);
  ThrTask *first;
  Hold hold;

  first = occupy (pool, &hold);
  for (guint i = 0; i < G_N_ELEMENTS (priorities); i++)
    submit_logged (pool, priorities[i], log);
  let_go (first, &hold);
  end_pool (pool);
  g_assert_cmpstr (log->str, ==, "-2147483648 -5 -5 0 0 0 5 5 2147483647 ");
}

typedef struct
{
  ThrPool *pool;
  GString *log;
} Nested;

static gboolean
nested_func (ThrTask   *task,
             gpointer   user_data,
             GError   **error)
{
  Nested *nested = user_data;

  log_func (task, nested->log, error);
  submit_logged (nested->pool, 7, nested->log);
  submit_logged (nested->pool, 0, nested->log);
  submit_logged (nested->pool, -1, nested->log);

  return TRUE;
}

/* What a task submits has its rank among the rest: more urgent overtakes, less urgent
 * waits until there is nothing else, however long the rest is. */
static void
test_nested_priorities (void)
{
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (GString) expected = g_string_new ("3 -1 ");
  ThrPool *pool = thr_pool_new (1);
  Nested nested = { pool, log };
  ThrTask *first, *task;
  Hold hold;

  first = occupy (pool, &hold);
  for (guint i = 0; i < 10; i++)
    submit_logged (pool, 7, log);
  task = thr_pool_submit_full (pool, 3, NULL, nested_func, &nested, NULL);
  let_go (first, &hold);
  wait_for (task);
  g_object_unref (task);
  shut_down (pool);
  g_string_append (expected, "0 7 7 7 7 7 7 7 7 7 7 7 ");
  g_assert_cmpstr (log->str, ==, expected->str);
  end_pool (pool);

  /* More than is taken from the common queue in one go, or in between. */
  g_string_set_size (log, 0);
  g_string_set_size (expected, 0);
  pool = thr_pool_new (1);
  first = occupy (pool, &hold);
  submit_logged (pool, 9, log);
  for (guint i = 0; i < 200; i++)
    {
      submit_logged (pool, 0, log);
      g_string_append (expected, "0 ");
    }
  let_go (first, &hold);
  end_pool (pool);
  g_string_append (expected, "9 ");
  g_assert_cmpstr (log->str, ==, expected->str);
}

/* --- Threads --- */

typedef struct
{
  int n_inside;
  int n_max;
} Crowd;

static gboolean
crowd_func (ThrTask   *task,
            gpointer   user_data,
            GError   **error)
{
  Crowd *crowd = user_data;
  int n = g_atomic_int_add (&crowd->n_inside, 1) + 1;
  int max = g_atomic_int_get (&crowd->n_max);

  while (n > max && !g_atomic_int_compare_and_exchange (&crowd->n_max, max, n))
    max = g_atomic_int_get (&crowd->n_max);
  g_thread_yield ();
  g_atomic_int_add (&crowd->n_inside, -1);

  return TRUE;
}

static void
test_max_threads (void)
{
  ThrPool *pool = thr_pool_new (0);
  Crowd crowd = { 0, 0 };

  g_assert_cmpuint (thr_pool_get_max_threads (pool), ==,
                    MIN (g_get_num_processors () + 4, 32));
  thr_pool_set_max_threads (pool, 3);
  for (guint i = 0; i < rounds (20000); i++)
    thr_pool_push (pool, crowd_func, &crowd);
  end_pool (pool);
  g_assert_cmpint (crowd.n_max, <=, 3);
}

/* Up while work waits: it must be taken up; down: those who are too many rest. */
static void
test_max_threads_changed (void)
{
  ThrPool *pool = thr_pool_new (1);
  int n_notified = 0, n_run = 0;
  Crowd crowd = { 0, 0 };
  ThrTask *first, *second;
  Hold hold, other;

  g_signal_connect_swapped (pool, "notify::max-threads", G_CALLBACK (count_data),
                            &n_notified);
  first = occupy (pool, &hold);
  hold_init (&other);
  second = thr_pool_submit (pool, hold_func, &other, NULL);
  thr_pool_set_max_threads (pool, 2);
  gate_wait (&other.begun);
  g_assert_cmpuint (thr_pool_get_n_running (pool), ==, 2);

  thr_pool_set_max_threads (pool, 1);
  let_go (second, &other);
  thr_pool_push (pool, count_func, &n_run);
  g_assert_cmpuint (thr_pool_get_n_queued (pool), ==, 1);
  let_go (first, &hold);
  for (guint i = 0; i < 1000; i++)
    thr_pool_push (pool, crowd_func, &crowd);
  end_pool (pool);
  g_assert_cmpint (n_run, ==, 1);
  g_assert_cmpint (crowd.n_max, ==, 1);
  g_assert_cmpint (n_notified, >=, 1);
}

/* A thread that is one too many and has had its idle time goes, though something is
 * queued: it is not for it, and would only get up again and again. */
static void
test_surplus_leaves (void)
{
  ThrPool *pool = thr_pool_new (2);
  ThrTask *first, *second;
  Hold hold, other;
  int n_run = 0;

  thr_pool_set_idle_timeout (pool, 0);
  first = occupy (pool, &hold);
  second = occupy (pool, &other);
  g_assert_true (thr_pool_push (pool, count_func, &n_run));
  thr_pool_set_max_threads (pool, 1);

  let_go (second, &other);
  while (thr_pool_get_n_threads (pool) > 1)
    g_thread_yield ();
  g_assert_cmpint (g_atomic_int_get (&n_run), ==, 0);

  let_go (first, &hold);
  end_pool (pool);
  g_assert_cmpint (n_run, ==, 1);
}

/* As many tasks as threads that all wait for each other: whoever of submitters, sleepers
 * and searchers looks away at the wrong moment, one of them never comes. */
static gboolean
meet_func (ThrTask   *task,
           gpointer   user_data,
           GError   **error)
{
  int *n_left = user_data;

  g_atomic_int_add (n_left, -1);
  while (g_atomic_int_get (n_left) > 0)
    g_thread_yield ();

  return TRUE;
}

static void
test_meeting (void)
{
  ThrPool *pool = thr_pool_new (3);

  for (guint i = 0; i < rounds (3000); i++)
    {
      int n_left = 3;
      ThrTask *tasks[3];

      for (guint j = 0; j < 3; j++)
        tasks[j] = thr_pool_submit (pool, meet_func, &n_left, NULL);
      for (guint j = 0; j < 3; j++)
        {
          wait_for (tasks[j]);
          g_object_unref (tasks[j]);
        }
    }
  end_pool (pool);
}

/* Threads that retire at once while work comes in: the one that is about to go must
 * not be taken for one that is at work. The busy one keeps the pool from being empty,
 * which would be noticed by other means. */
static void
test_retiring (void)
{
  ThrPool *pool = thr_pool_new (2);
  ThrTask *first;
  Hold hold;

  g_object_set (pool, "idle-timeout", (gint64) 0, NULL);
  g_assert_cmpint (thr_pool_get_idle_timeout (pool), ==, 0);
  first = occupy (pool, &hold);
  for (guint i = 0; i < rounds (3000); i++)
    {
      int n_run = 0;

      thr_pool_push (pool, count_func, &n_run);
      await_at_least (&n_run, 1);
      if (i % 7 == 0)
        while (thr_pool_get_n_threads (pool) > 1)
          g_thread_yield ();
    }
  let_go (first, &hold);
  while (thr_pool_get_n_threads (pool) > 0)
    g_thread_yield ();
  end_pool (pool);
}

/* --- The initializer --- */

typedef struct
{
  int      n_called;
  int      n_inside;
  gboolean fail;
} Initializer;

static gboolean
initializer_func (ThrThread  *thread,
                  gpointer    user_data,
                  GError    **error)
{
  Initializer *self = user_data;

  g_assert_true (thread == thr_thread_current ());
  g_assert_null (thr_task_get_current ());
  if (self->fail)
    return fail_func (NULL, NULL, error);
  g_atomic_int_inc (&self->n_called);

  return TRUE;
}

static void
test_initializer (void)
{
  ThrPool *pool = thr_pool_new (3);
  Initializer initializer = { 0, };
  g_autoptr (GError) error = NULL;
  int n_freed = 0, n_run = 0;

  g_assert_true (thr_pool_set_initializer (pool, initializer_func, &n_freed, count_data,
                                           &error));
  g_assert_true (thr_pool_set_initializer (pool, initializer_func, &initializer, NULL,
                                           &error));
  drain ();
  g_assert_cmpint (n_freed, ==, 1);
  for (guint i = 0; i < 100; i++)
    thr_pool_push (pool, count_func, &n_run);
  await_at_least (&n_run, 1);
  g_assert_cmpint (g_atomic_int_get (&initializer.n_called), >=, 1);
  g_assert_false (thr_pool_set_initializer (pool, initializer_func, &n_freed, count_data,
                                            &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_INVALID_STATE);
  end_pool (pool);
  g_assert_cmpint (n_freed, ==, 2);
  g_assert_cmpint (n_run, ==, 100);
  g_assert_cmpint (initializer.n_called, <=, 3);
}

static gboolean
meet_initializer_func (ThrThread  *thread,
                       gpointer    user_data,
                       GError    **error)
{
  return meet_func (NULL, user_data, error);
}

/* Two that are being prepared wait for each other: the first must not keep the second
 * from being made. */
static void
test_initializers_meet (void)
{
  ThrPool *pool = thr_pool_new (2);
  int n_left = 2, n_run = 0;

  thr_pool_set_initializer (pool, meet_initializer_func, &n_left, NULL, NULL);
  thr_pool_push (pool, count_func, &n_run);
  thr_pool_push (pool, count_func, &n_run);
  end_pool (pool);
  g_assert_cmpint (n_run, ==, 2);
}

static gboolean
waiting_initializer_func (ThrThread  *thread,
                          gpointer    user_data,
                          GError    **error)
{
  Nested *nested = user_data;
  ThrTask *task;

  if (__atomic_exchange_n (&nested->log, NULL, __ATOMIC_ACQ_REL) == NULL)
    return TRUE;

  task = thr_pool_submit (nested->pool, echo_func, NULL, NULL);
  wait_for (task);
  g_object_unref (task);

  return TRUE;
}

/* It may even wait for the pool's own tasks. */
static void
test_initializer_waits (void)
{
  ThrPool *pool = thr_pool_new (1);
  g_autoptr (GString) log = g_string_new (NULL);
  Nested nested = { pool, log };
  int n_run = 0;

  thr_pool_set_initializer (pool, waiting_initializer_func, &nested, NULL, NULL);
  thr_pool_push (pool, count_func, &n_run);
  await_at_least (&n_run, 1);
  end_pool (pool);
  g_assert_cmpint (n_run, ==, 1);
}

static void
test_initializer_fails (void)
{
  ThrPool *pool = thr_pool_new (2);
  Initializer initializer = { 0, 0, TRUE };
  g_autoptr (GError) error = NULL;
  int n_run = 0, n_closed = 0, n_finished = 0;
  ThrTask *tasks[10];

  g_signal_connect_swapped (pool, "notify::closed", G_CALLBACK (count_data), &n_closed);
  g_signal_connect (pool, "finished", G_CALLBACK (count_signal), &n_finished);
  thr_pool_set_initializer (pool, initializer_func, &initializer, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    tasks[i] = thr_pool_submit (pool, count_func, &n_run, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    {
      wait_for (tasks[i]);
      assert_failed (tasks[i], THR_ERROR, THR_ERROR_BROKEN);
    }
  g_assert_true (thr_pool_is_closed (pool));
  g_assert_false (thr_pool_push_full (pool, count_func, &n_run, NULL, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_BROKEN);
  end_pool (pool);
  g_assert_cmpint (n_run, ==, 0);
  g_assert_cmpint (n_closed, ==, 1);
  g_assert_cmpint (n_finished, ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    g_assert_finalize_object (tasks[i]);
}

/* --- Elsewhere --- */

static void
test_default (void)
{
  ThrPool *pool = thr_pool_get_default ();
  ThrTask *task = thr_pool_submit (pool, echo_func, GINT_TO_POINTER (5), NULL);

  g_assert_true (pool == thr_pool_get_default ());
  g_assert_false (thr_pool_get_daemon (pool));
  wait_for (task);
  g_assert_cmpint (get_int64 (task), ==, 5);
  g_object_unref (task);
}

static void
test_names (void)
{
  ThrPool *pool = g_object_new (THR_TYPE_POOL, "name", "baker", "max-threads", 1,
                                "stack-size", (gint64) 256 * 1024, "daemon", TRUE, NULL);
  ThrTask *task = thr_pool_submit (pool, echo_func, NULL, NULL);
  g_autoptr (ThrThread) thread = NULL;
  g_autofree char *name = NULL;

  wait_for (task);
  thread = thr_task_dup_thread (task);
  name = thr_object_dup_name (THR_OBJECT (thread));
  g_assert_cmpstr (name, ==, "baker_0");
  g_assert_true (thr_pool_get_daemon (pool));
  g_assert_cmpint (thr_pool_get_stack_size (pool), ==, 256 * 1024);
  end_pool (pool);
  g_assert_finalize_object (task);
}

static gboolean
thread_name_func (ThrTask   *task,
                  gpointer   user_data,
                  GError   **error)
{
  g_autofree char *name = thr_object_dup_name (THR_OBJECT (thr_thread_current ()));

  return thr_task_return_string (task, name);
}

static char *
get_thread_name (ThrPool *pool)
{
  g_autoptr (ThrTask) task = thr_pool_submit (pool, thread_name_func, NULL, NULL);
  GValue *value;
  char *name;

  wait_for (task);
  value = thr_future_dup_value (THR_FUTURE (task), NULL);
  name = g_value_dup_string (value);
  g_boxed_free (G_TYPE_VALUE, value);

  return name;
}

/* Reports name threads: those of two pools without a name must not look the same. */
static void
test_default_names (void)
{
  ThrPool *one = thr_pool_new (1), *two = thr_pool_new (1), *named = thr_pool_new (1);
  g_autofree char *first = get_thread_name (one);
  g_autofree char *second = get_thread_name (two);
  g_autofree char *third = NULL;

  thr_object_set_name (THR_OBJECT (named), "loader");
  third = get_thread_name (named);

  g_assert_true (g_str_has_prefix (first, "ThrPool-"));
  g_assert_cmpstr (first, !=, second);
  g_assert_cmpstr (third, ==, "loader_0");

  end_pool (one);
  end_pool (two);
  end_pool (named);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pool/submit", test_submit);
  g_test_add_func ("/pool/push", test_push);
  g_test_add_func ("/pool/push-error", test_push_error);
  g_test_add_func ("/pool/callable", test_callable);
  g_test_add_func ("/pool/priorities", test_priorities);
  g_test_add_func ("/pool/nested-priorities", test_nested_priorities);
  g_test_add_func ("/pool/max-threads", test_max_threads);
  g_test_add_func ("/pool/max-threads-changed", test_max_threads_changed);
  g_test_add_func ("/pool/surplus-leaves", test_surplus_leaves);
  g_test_add_func ("/pool/meeting", test_meeting);
  g_test_add_func ("/pool/retiring", test_retiring);
  g_test_add_func ("/pool/initializer", test_initializer);
  g_test_add_func ("/pool/initializers-meet", test_initializers_meet);
  g_test_add_func ("/pool/initializer-waits", test_initializer_waits);
  g_test_add_func ("/pool/initializer-fails", test_initializer_fails);
  g_test_add_func ("/pool/default", test_default);
  g_test_add_func ("/pool/names", test_names);
  g_test_add_func ("/pool/default-names", test_default_names);

  return g_test_run ();
}
