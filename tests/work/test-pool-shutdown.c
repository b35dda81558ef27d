/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "work/work-funcs.h"

/* The end of a pool. */

/* A pool with one busy worker and three tasks that wait. */
typedef struct
{
  ThrPool *pool;
  ThrTask *first;
  ThrTask *tasks[3];
  Hold     hold;
  int      n_run;
} Fixture;

static void
fixture_init (Fixture *fixture)
{
  fixture->pool = thr_pool_new (1);
  fixture->n_run = 0;
  fixture->first = occupy (fixture->pool, &fixture->hold);
  for (guint i = 0; i < 3; i++)
    fixture->tasks[i] = thr_pool_submit (fixture->pool, count_func, &fixture->n_run, NULL);
}

static void
fixture_clear (Fixture *fixture)
{
  drain ();
  if (fixture->pool != NULL)
    g_assert_finalize_object (fixture->pool);
  for (guint i = 0; i < 3; i++)
    g_assert_finalize_object (fixture->tasks[i]);
}

static gboolean
shutdown_quietly (ThrPool  *pool,
                  gboolean  cancel_pending,
                  gboolean  wait)
{
  g_autoptr (GError) error = NULL;
  gboolean done = thr_pool_shutdown (pool, cancel_pending, wait, &error);

  g_assert_no_error (error);
  return done;
}

/* What is on its way to the home holds the pool, and the pool its threads. */
static void
await_no_threads (void)
{
  while (thr_thread_count_alive () > 1)
    {
      drain ();
      g_thread_yield ();
    }
  drain ();
}

static void
test_finishes (void)
{
  Fixture fixture;
  g_autoptr (ThrTask) late = NULL;
  int n_closed = 0;

  fixture_init (&fixture);
  g_signal_connect_swapped (fixture.pool, "notify::closed", G_CALLBACK (count_data),
                            &n_closed);
  g_assert_true (shutdown_quietly (fixture.pool, FALSE, FALSE));
  g_assert_true (thr_pool_is_closed (fixture.pool));
  late = thr_pool_submit (fixture.pool, count_func, &fixture.n_run, NULL);
  assert_failed (late, THR_ERROR, THR_ERROR_SHUT_DOWN);
  g_assert_cmpint (fixture.n_run, ==, 0);
  let_go (fixture.first, &fixture.hold);
  g_assert_true (shutdown_quietly (fixture.pool, FALSE, TRUE));
  g_assert_cmpint (fixture.n_run, ==, 3);
  g_assert_cmpint (n_closed, ==, 1);
  fixture_clear (&fixture);
}

static void
test_cancels (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  g_assert_true (shutdown_quietly (fixture.pool, TRUE, FALSE));
  for (guint i = 0; i < 3; i++)
    assert_cancelled (fixture.tasks[i]);
  let_go (fixture.first, &fixture.hold);
  g_assert_true (shutdown_quietly (fixture.pool, TRUE, TRUE));
  g_assert_cmpint (fixture.n_run, ==, 0);
  fixture_clear (&fixture);
}

/* A second call may still cancel. */
static void
test_twice (void)
{
  Fixture fixture;
  int n_finished = 0;

  fixture_init (&fixture);
  g_signal_connect (fixture.pool, "finished", G_CALLBACK (count_signal), &n_finished);
  g_assert_true (shutdown_quietly (fixture.pool, FALSE, FALSE));
  g_assert_true (shutdown_quietly (fixture.pool, TRUE, FALSE));
  assert_cancelled (fixture.tasks[0]);
  let_go (fixture.first, &fixture.hold);
  g_assert_true (shutdown_quietly (fixture.pool, FALSE, TRUE));
  g_assert_true (shutdown_quietly (fixture.pool, FALSE, TRUE));
  g_assert_cmpint (n_finished, ==, 1);
  fixture_clear (&fixture);
}

static void
test_unused (void)
{
  ThrPool *pool = thr_pool_new (1);
  int n_finished = 0;

  g_signal_connect (pool, "finished", G_CALLBACK (count_signal), &n_finished);
  g_assert_true (shutdown_quietly (pool, FALSE, TRUE));
  g_assert_cmpint (n_finished, ==, 1);
  end_pool (pool);

  pool = thr_pool_new (1);
  g_assert_finalize_object (pool);
}

static void
finished_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      count)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (thr_pool_shutdown_finish (THR_POOL (source), result, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (thr_pool_get_n_threads (THR_POOL (source)), ==, 0);
  g_assert_false (thr_pool_shutdown_finish (THR_POOL (source), result, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_INVALID_STATE);
  g_atomic_int_inc ((int *) count);
}

static void
cancelled_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      count)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (thr_pool_shutdown_finish (THR_POOL (source), result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_atomic_int_inc ((int *) count);
}

static void
test_async (void)
{
  Fixture fixture;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  int n_done = 0, n_cancelled = 0;

  fixture_init (&fixture);
  thr_pool_shutdown_async (fixture.pool, FALSE, NULL, finished_cb, &n_done);
  thr_pool_shutdown_async (fixture.pool, FALSE, cancellable, cancelled_cb, &n_cancelled);
  g_cancellable_cancel (cancellable);
  drain ();
  g_assert_cmpint (n_done, ==, 0);
  g_assert_cmpint (n_cancelled, ==, 1);
  let_go (fixture.first, &fixture.hold);
  iterate_until (&n_done, 1);
  g_assert_cmpint (fixture.n_run, ==, 3);
  thr_pool_shutdown_async (fixture.pool, FALSE, NULL, finished_cb, &n_done);
  g_assert_cmpint (n_done, ==, 1);
  iterate_until (&n_done, 2);
  fixture_clear (&fixture);
}

static gboolean
own_shutdown_func (ThrTask   *task,
                   gpointer   user_data,
                   GError   **error)
{
  return thr_pool_shutdown (user_data, FALSE, TRUE, error);
}

static void
test_from_own_task (void)
{
  ThrPool *pool = thr_pool_new (1);
  ThrTask *task = thr_pool_submit (pool, own_shutdown_func, pool, NULL);

  wait_for (task);
  assert_failed (task, THR_ERROR, THR_ERROR_DEADLOCK);
  g_assert_true (thr_pool_is_closed (pool));
  end_pool (pool);
  g_assert_finalize_object (task);
}

/* The last reference: what was submitted is done all the same. */
static void
test_dropped (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  drain ();
  g_assert_finalize_object (fixture.pool);
  fixture.pool = NULL;
  let_go (fixture.first, &fixture.hold);
  for (guint i = 0; i < 3; i++)
    wait_for (fixture.tasks[i]);
  g_assert_cmpint (fixture.n_run, ==, 3);
  await_no_threads ();
  fixture_clear (&fixture);
}

typedef struct
{
  ThrPool *pool;
  Gate     go;
} Drop;

static gboolean
drop_func (ThrTask   *task,
           gpointer   user_data,
           GError   **error)
{
  Drop *drop = user_data;

  gate_wait (&drop->go);
  g_clear_object (&drop->pool);
  return TRUE;
}

/* By a task of its own; by a handler of its own signal. */
static void
test_dropped_inside (void)
{
  Drop drop;
  ThrTask *task;
  GListModel *tasks;

  gate_init (&drop.go);
  drop.pool = thr_pool_new (1);
  tasks = g_object_ref (thr_pool_get_tasks (drop.pool));
  task = thr_pool_submit (drop.pool, drop_func, &drop, NULL);
  drain ();
  g_assert_cmpuint (g_list_model_get_n_items (tasks), ==, 1);
  gate_open (&drop.go);
  wait_for (task);
  await_no_threads ();
  drain ();
  g_object_unref (task);
  g_object_unref (tasks);
  gate_clear (&drop.go);
}

static void
drop_in_handler (ThrPool  *pool,
                 ThrTask  *task,
                 ThrPool **held)
{
  g_clear_object (held);
}

static void
test_dropped_in_handler (void)
{
  ThrPool *pool = thr_pool_new (1);
  gpointer weak = pool;
  ThrTask *task;

  g_object_add_weak_pointer (G_OBJECT (pool), &weak);
  g_signal_connect (pool, "task-finished", G_CALLBACK (drop_in_handler), &pool);
  task = thr_pool_submit (pool, echo_func, NULL, NULL);
  while (pool != NULL)
    g_main_context_iteration (NULL, TRUE);
  await_no_threads ();
  drain ();
  g_assert_null (weak);
  g_assert_finalize_object (task);
}

typedef struct
{
  ThrPool *pool;
  ThrTask *inner;
  Hold    *hold;
  int      n_begun;
} Outer;

/* Workers that wait for tasks come back when the pool is closed and its work is done:
 * one is too many and goes to sleep, and must still leave. */
static gboolean
nested_func (ThrTask   *task,
             gpointer   user_data,
             GError   **error)
{
  Outer *outer = user_data;
  g_autoptr (ThrTask) inner = thr_pool_submit (outer->pool, echo_func, NULL, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_atomic_int_inc (&outer->n_begun);

  /* Not to be helped with. */
  if (!thr_future_wait (THR_FUTURE (inner), -1, cancellable, error))
    return FALSE;
  /* It may have been refused: the pool closes when it likes. */
  thr_future_get_error (THR_FUTURE (inner));

  return TRUE;
}

static void
test_surplus (void)
{
  for (guint i = 0; i < rounds (1000); i++)
    {
      ThrPool *pool = thr_pool_new (1 + i % 2);
      Outer outer = { pool, NULL, NULL, 0 };

      g_object_set (pool, "idle-timeout", (gint64) -1, NULL);
      for (guint j = 0; j < 6; j++)
        g_object_unref (thr_pool_submit (pool, nested_func, &outer, NULL));
      await_at_least (&outer.n_begun, i % 6);
      end_pool (pool);
    }
}

static gpointer
shutdown_thread (gpointer pool)
{
  g_assert_true (thr_pool_shutdown (pool, FALSE, TRUE, NULL));
  g_assert_cmpuint (thr_pool_get_n_queued (pool), ==, 0);
  return NULL;
}

/* Closing meets the first submission, when there is no worker yet: what was taken is
 * done before the wait ends, and what was not is refused. */
static void
test_submit_storm (void)
{
  for (guint i = 0; i < rounds (2000); i++)
    {
      ThrPool *pool = thr_pool_new (2);
      GThread *thread = g_thread_new ("closes", shutdown_thread, pool);
      int n_run = 0, n_taken = 0;

      for (guint j = 0; j < 3; j++)
        n_taken += thr_pool_push (pool, count_func, &n_run);
      g_thread_join (thread);
      g_assert_cmpint (g_atomic_int_get (&n_run), ==, n_taken);
      end_pool (pool);
    }
}

static gboolean
run_inner_func (ThrTask   *task,
                gpointer   user_data,
                GError   **error)
{
  Hold *hold = user_data;
  GCancellable *cancellable = thr_task_get_cancellable (task);

  gate_open (&hold->begun);
  gate_wait (&hold->go);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static gboolean
outer_func (ThrTask   *task,
            gpointer   user_data,
            GError   **error)
{
  Outer *outer = user_data;

  outer->inner = thr_pool_submit (outer->pool, run_inner_func, outer->hold, NULL);
  return thr_future_wait (THR_FUTURE (outer->inner), -1, NULL, error);
}

/* A task that is run by the one who waits for it is not pending, though its entry is
 * still in the queue. */
static void
test_cancel_helped (void)
{
  ThrPool *pool = thr_pool_new (1);
  Hold hold;
  Outer outer = { pool, NULL, &hold, 0 };
  ThrTask *task;

  hold_init (&hold);
  task = thr_pool_submit (pool, outer_func, &outer, NULL);
  gate_wait (&hold.begun);
  g_assert_true (shutdown_quietly (pool, TRUE, FALSE));
  gate_open (&hold.go);
  end_pool (pool);
  g_assert_null (thr_future_get_error (THR_FUTURE (outer.inner)));
  g_assert_finalize_object (outer.inner);
  g_assert_finalize_object (task);
  hold_clear (&hold);
}

/* A context that goes while tasks are queued and running: they run, nothing is told,
 * nothing is lost. */
static void
test_context_gone (void)
{
  for (guint i = 0; i < rounds (200); i++)
    {
      GMainContext *context = g_main_context_new ();
      int n_run = 0, n_freed = 0, n_done = 0;
      ThrPool *pool;
      ThrTask *tasks[20];

      g_main_context_push_thread_default (context);
      pool = thr_pool_new (2);
      thr_pool_set_observed (pool, TRUE);
      for (guint j = 0; j < G_N_ELEMENTS (tasks); j++)
        {
          tasks[j] = thr_pool_submit (pool, count_func, &n_freed, count_data);
          g_signal_connect (tasks[j], "done", G_CALLBACK (count_signal), &n_done);
          thr_pool_push_full (pool, count_func, &n_run, count_data, NULL);
        }
      g_main_context_pop_thread_default (context);
      g_main_context_unref (context);

      shut_down (pool);
      for (guint j = 0; j < G_N_ELEMENTS (tasks); j++)
        {
          g_assert_true (thr_future_is_done (THR_FUTURE (tasks[j])));
          g_assert_finalize_object (tasks[j]);
        }
      g_assert_finalize_object (pool);
      g_assert_cmpint (n_freed, ==, 2 * G_N_ELEMENTS (tasks));
      g_assert_cmpint (n_run, ==, 2 * G_N_ELEMENTS (tasks));
      g_assert_cmpint (n_done, ==, 0);
    }
}

/* --- The end of the last thread --- */

static int n_returned;

/* What a thread does last of all. Who is let go too early has these turns to show it. */
static void
end_slowly (gpointer begun)
{
  gate_open (begun);
  for (guint i = 0; i < rounds (500); i++)
    g_thread_yield ();
  g_assert_cmpint (g_atomic_int_get (&n_returned), ==, 0);
}

static GPrivate last_act = G_PRIVATE_INIT (end_slowly);

static gboolean
set_last_act (ThrTask   *task,
              gpointer   user_data,
              GError   **error)
{
  g_private_set (&last_act, user_data);
  return TRUE;
}

static gpointer
shut_down_in_thread (gpointer pool)
{
  shut_down (pool);
  g_atomic_int_inc (&n_returned);
  return NULL;
}

/* Each of several that shut it down comes back when no thread is left. */
static void
test_all_join (void)
{
  ThrPool *pool = thr_pool_new (1);
  GThread *threads[3];
  Gate ending;

  n_returned = 0;
  gate_init (&ending);
  g_assert_true (thr_pool_push (pool, set_last_act, &ending));
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("closer", shut_down_in_thread, pool);
  gate_wait (&ending);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (n_returned, ==, G_N_ELEMENTS (threads));

  end_pool (pool);
  gate_clear (&ending);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pool-shutdown/finishes", test_finishes);
  g_test_add_func ("/pool-shutdown/cancels", test_cancels);
  g_test_add_func ("/pool-shutdown/twice", test_twice);
  g_test_add_func ("/pool-shutdown/unused", test_unused);
  g_test_add_func ("/pool-shutdown/async", test_async);
  g_test_add_func ("/pool-shutdown/from-own-task", test_from_own_task);
  g_test_add_func ("/pool-shutdown/dropped", test_dropped);
  g_test_add_func ("/pool-shutdown/dropped-inside", test_dropped_inside);
  g_test_add_func ("/pool-shutdown/dropped-in-handler", test_dropped_in_handler);
  g_test_add_func ("/pool-shutdown/surplus", test_surplus);
  g_test_add_func ("/pool-shutdown/submit-storm", test_submit_storm);
  g_test_add_func ("/pool-shutdown/cancel-helped", test_cancel_helped);
  g_test_add_func ("/pool-shutdown/context-gone", test_context_gone);
  g_test_add_func ("/pool-shutdown/all-join", test_all_join);

  return g_test_run ();
}
