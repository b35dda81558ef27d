/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "work/work-funcs.h"

/* A pool's source, and tasks that their makers run. */

typedef struct
{
  ThrPool *pool;
  int      n_called;
  int      n_recalled;
  int      n_left;      /* calls that the source asks for itself */
} Source;

static gboolean
source_func (ThrTask   *task,
             gpointer   data,
             GError   **error)
{
  Source *source = data;

  g_assert_null (task);
  g_assert_null (thr_task_get_current ());
  if (g_atomic_int_add (&source->n_left, -1) > 0)
    {
      g_assert_true (thr_pool_recall_source ());
      g_atomic_int_inc (&source->n_recalled);
    }
  g_atomic_int_inc (&source->n_called);

  return TRUE;
}

static void
call_source (ThrPool *pool)
{
  g_autoptr (GError) error = NULL;
  gboolean called = thr_pool_call_source (pool, &error);

  g_assert_no_error (error);
  g_assert_true (called);
}

static void
test_source (void)
{
  g_autoptr (GError) error = NULL;
  Source source = { 0, };
  int n_freed = 0;
  ThrPool *pool = thr_pool_new (2);

  g_assert_false (thr_pool_call_source (pool, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_INVALID_STATE);
  g_clear_error (&error);

  g_assert_true (thr_pool_set_source (pool, source_func, &source, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (thr_pool_set_source (pool, source_func, &n_freed, count_data, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_INVALID_STATE);
  g_clear_error (&error);
  drain ();
  g_assert_cmpint (n_freed, ==, 1);

  for (guint i = 0; i < 1000; i++)
    call_source (pool);
  shut_down (pool);
  g_assert_cmpint (source.n_called, ==, 1000);

  g_assert_false (thr_pool_call_source (pool, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_SHUT_DOWN);
  g_assert_finalize_object (pool);
}

/* The source asks for itself, also when the pool is shut down already. */
static void
test_recall (void)
{
  g_assert_false (thr_pool_recall_source ());

  for (guint i = 0; i < rounds (200); i++)
    {
      Source source = { .n_left = 20 };
      ThrPool *pool = thr_pool_new (1 + i % 3);

      g_assert_true (thr_pool_set_source (pool, source_func, &source, NULL, NULL));
      call_source (pool);
      shut_down (pool);
      g_assert_cmpint (source.n_recalled, ==, 20);
      g_assert_cmpint (source.n_called, ==, 21);
      g_assert_finalize_object (pool);
    }
}

/* A call that nobody has answered goes silently. */
static void
test_cancelled (void)
{
  Source source = { 0, };
  ThrPool *pool = thr_pool_new (1);
  Hold hold;
  ThrTask *first;

  g_assert_true (thr_pool_set_source (pool, source_func, &source, NULL, NULL));
  first = occupy (pool, &hold);
  call_source (pool);
  thr_pool_shutdown (pool, TRUE, FALSE, NULL);
  let_go (first, &hold);
  shut_down (pool);
  g_assert_cmpint (source.n_called, ==, 0);
  drain ();
  g_assert_finalize_object (pool);
}

static void
test_detached (void)
{
  g_auto (GValue) value = G_VALUE_INIT;
  g_autoptr (GError) reason = g_error_new_literal (THR_ERROR, THR_ERROR_FAILED, "bad");
  g_autoptr (GError) error = NULL;
  ThrTask *outer = thr_task_new_detached (NULL, NULL);
  ThrTask *inner = thr_task_new_detached (NULL, NULL);

  g_assert_null (thr_task_get_current ());
  g_assert_true (thr_task_begin (outer, NULL));
  g_assert_false (thr_task_begin (outer, NULL));
  g_assert_true (thr_task_get_current () == outer);
  g_assert_cmpint (thr_future_get_state (THR_FUTURE (outer)), ==, THR_FUTURE_STATE_RUNNING);
  g_assert_true (thr_task_begin (inner, NULL));
  g_assert_true (thr_task_get_current () == inner);

  /* It waits for itself. */
  g_assert_false (thr_future_wait (THR_FUTURE (inner), -1, NULL, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_DEADLOCK);
  g_clear_error (&error);

  g_value_init (&value, G_TYPE_INT64);
  g_value_set_int64 (&value, 5);
  g_assert_true (thr_task_end (inner, &value));
  g_assert_false (thr_task_end (inner, &value));
  g_assert_cmpint (get_int64 (inner), ==, 5);
  g_assert_true (thr_task_get_current () == outer);

  g_assert_true (thr_task_fail (outer, reason));
  g_assert_false (thr_task_end (outer, NULL));
  g_assert_null (thr_task_get_current ());
  g_assert_null (thr_future_dup_value (THR_FUTURE (outer), &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_FAILED);
  drain ();
  g_assert_finalize_object (inner);
  g_assert_finalize_object (outer);
}

static void
test_detached_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  ThrTask *task = thr_task_new_detached (NULL, cancellable);
  ThrTask *late;

  g_cancellable_cancel (cancellable);
  g_assert_cmpint (thr_future_get_state (THR_FUTURE (task)), ==, THR_FUTURE_STATE_CANCELLED);
  g_assert_false (thr_task_begin (task, NULL));
  g_assert_false (thr_task_end (task, NULL));
  late = thr_task_new_detached (NULL, cancellable);
  g_assert_cmpint (thr_future_get_state (THR_FUTURE (late)), ==, THR_FUTURE_STATE_CANCELLED);
  drain ();
  g_assert_finalize_object (task);
  g_assert_finalize_object (late);
}

/* One that was submitted is the pool's to run. */
static void
test_not_detached (void)
{
  g_autoptr (GError) reason = g_error_new_literal (THR_ERROR, THR_ERROR_FAILED, "bad");
  ThrPool *pool = thr_pool_new (1);
  Hold hold;
  ThrTask *task = occupy (pool, &hold);

  g_assert_false (thr_task_begin (task, NULL));
  g_assert_false (thr_task_end (task, NULL));
  g_assert_false (thr_task_fail (task, reason));
  let_go (task, &hold);
  shut_down (pool);
  drain ();
  g_assert_finalize_object (pool);
}

static void
count_task (ThrPool  *pool,
            ThrTask  *task,
            gpointer  data)
{
  (*(int *) data)++;
}

static void
test_detached_observed (void)
{
  ThrPool *pool = thr_pool_new (1);
  ThrTask *task;
  int n_started = 0, n_finished = 0;

  g_signal_connect (pool, "task-started", G_CALLBACK (count_task), &n_started);
  g_signal_connect (pool, "task-finished", G_CALLBACK (count_task), &n_finished);
  task = thr_task_new_detached (pool, NULL);
  g_assert_true (thr_task_begin (task, NULL));
  g_assert_true (thr_task_end (task, NULL));
  iterate_until (&n_finished, 1);
  g_assert_cmpint (n_started, ==, 1);
  shut_down (pool);
  drain ();
  g_assert_finalize_object (task);
  g_assert_finalize_object (pool);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pool-source/source", test_source);
  g_test_add_func ("/pool-source/recall", test_recall);
  g_test_add_func ("/pool-source/cancelled", test_cancelled);
  g_test_add_func ("/pool-source/detached", test_detached);
  g_test_add_func ("/pool-source/detached-cancelled", test_detached_cancelled);
  g_test_add_func ("/pool-source/not-detached", test_not_detached);
  g_test_add_func ("/pool-source/detached-observed", test_detached_observed);

  return g_test_run ();
}
