/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "work/work-funcs.h"

#include "leaks.h"

/* Nothing stays of pools, tasks, futures and queues, however they are left. */

static void
pool_cycle (gpointer data)
{
  ThrPool *pool = thr_pool_new (2);
  ThrTask *task = thr_pool_submit (pool, echo_func, GINT_TO_POINTER (5), NULL);

  wait_for (task);
  g_assert_cmpint (get_int64 (task), ==, 5);
  g_object_unref (task);
  shut_down (pool);
  g_object_unref (pool);
}

static void
test_pool (void)
{
  leaks_check (pool_cycle, NULL);
}

/* With work in it, which is done by and by: a tenth, since nobody waits for the workers. */
static void
dropped_pool_cycle (gpointer data)
{
  ThrPool *pool = thr_pool_new (1);

  for (guint i = 0; i < 4; i++)
    g_object_unref (thr_pool_submit (pool, echo_func, g_malloc (40), g_free));
  g_object_unref (pool);
}

static void
test_dropped_pool (void)
{
  leaks_check_cycles (leaks_n_cycles () / 10, dropped_pool_cycle, NULL);
}

static void
task_cycle (gpointer pool)
{
  ThrTask *task = thr_pool_submit (pool, echo_func, g_malloc (40), g_free);

  thr_task_set_message (task, "a message");
  wait_for (task);
  g_object_unref (task);
}

/* One worker, which the cycles that do not count have started already. */
static void
with_pool (LeaksCycle cycle)
{
  ThrPool *pool = thr_pool_new (1);

  leaks_check (cycle, pool);
  end_pool (pool);
}

static void
test_task (void)
{
  with_pool (task_cycle);
}

/* A loop that is waited for, one with results that nobody takes, one that fails and one
 * that never begins. */
static gboolean
stop_in_the_middle (ThrParallelLoop  *loop,
                    gint64            index,
                    GValue           *result,
                    gpointer          data,
                    GError          **error)
{
  g_value_init (result, G_TYPE_STRING);
  g_value_set_string (result, "a string");
  return index != GPOINTER_TO_INT (data);
}

static gboolean
pass_by (ThrParallelLoop  *loop,
         gint64            begin,
         gint64            end,
         gpointer          data,
         GError          **error)
{
  return TRUE;
}

static void
loop_cycle (gpointer pool)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  ThrParallelLoop *loop;

  g_assert_true (thr_pool_for_each (pool, 0, 20, 0, NULL, pass_by, g_malloc (40), g_free, NULL));
  loop = thr_pool_submit_map (pool, 0, 20, 0, NULL, stop_in_the_middle, GINT_TO_POINTER (-1), NULL);
  wait_for (loop);
  g_object_unref (loop);
  g_assert_null (thr_pool_map (pool, 0, 20, 0, NULL, stop_in_the_middle, GINT_TO_POINTER (7),
                               NULL, NULL));
  g_cancellable_cancel (cancellable);
  g_object_unref (thr_pool_submit_for_each (pool, 0, 20, 0, cancellable, pass_by, g_malloc (40),
                                            g_free));
}

static void
test_loop (void)
{
  with_pool (loop_cycle);
}

static gboolean
nothing_func (ThrTask  *task,
              gpointer  user_data,
              GError  **error)
{
  return TRUE;
}

static void
push_cycle (gpointer pool)
{
  g_assert_true (thr_pool_push (pool, nothing_func, NULL));
  g_assert_true (thr_pool_push_full (pool, nothing_func, g_malloc (40), g_free, NULL));
}

static void
test_push (void)
{
  with_pool (push_cycle);
}

static void
failed_task_cycle (gpointer pool)
{
  ThrTask *task = thr_pool_submit (pool, fail_func, NULL, NULL);

  wait_for (task);
  assert_failed (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_object_unref (task);
}

static void
test_failed_task (void)
{
  with_pool (failed_task_cycle);
}

/* Cancelled before, while, or after it is run. */
static void
cancelled_task_cycle (gpointer pool)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  ThrTask *task = thr_pool_submit_full (pool, 1, cancellable, echo_func, g_malloc (40), g_free);

  g_cancellable_cancel (cancellable);
  wait_for (task);
  g_object_unref (task);
}

static void
test_cancelled_task (void)
{
  with_pool (cancelled_task_cycle);
}

static void
resolve_cb (const GValue *value,
            gpointer      user_data)
{
  g_atomic_int_inc ((int *) user_data);
}

static void
waited_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_assert_true (thr_future_wait_finish (THR_FUTURE (source), result, NULL));
  g_atomic_int_inc ((int *) data);
}

/* All that can hang on a task. */
static void
observed_task_cycle (gpointer pool)
{
  ThrTask *task = thr_pool_submit (pool, echo_func, NULL, NULL);
  int n_called = 0;

  g_signal_connect (task, "finished", G_CALLBACK (count_signal), &n_called);
  thr_future_then (THR_FUTURE (task), resolve_cb, &n_called, NULL, NULL, NULL, NULL);
  thr_future_wait_async (THR_FUTURE (task), NULL, waited_cb, &n_called);
  iterate_until (&n_called, 3);
  g_object_unref (task);
}

static void
test_observed_task (void)
{
  with_pool (observed_task_cycle);
}

static void
set_cycle (gpointer pool)
{
  ThrFuture *futures[3];
  ThrFuture *all, *race;

  for (guint i = 0; i < G_N_ELEMENTS (futures); i++)
    futures[i] = THR_FUTURE (thr_pool_submit (pool, echo_func, NULL, NULL));
  all = thr_future_all (futures, G_N_ELEMENTS (futures));
  race = thr_future_race (futures, G_N_ELEMENTS (futures));
  wait_for (all);
  wait_for (race);

  for (guint i = 0; i < G_N_ELEMENTS (futures); i++)
    g_object_unref (futures[i]);
  g_object_unref (all);
  g_object_unref (race);
}

static void
test_set (void)
{
  with_pool (set_cycle);
}

/* Nobody ever answers. */
static void
future_cycle (gpointer data)
{
  ThrFuture *future = thr_future_new ();

  thr_future_then (future, resolve_cb, g_malloc (40), g_free, NULL, NULL, NULL);
  g_object_unref (future);
}

static void
test_future (void)
{
  leaks_check (future_cycle, NULL);
}

static void
queue_cycle (gpointer data)
{
  ThrQueue *queue = thr_queue_new (GPOINTER_TO_INT (data), 0);
  g_auto (GValue) value = G_VALUE_INIT;
  GValue *got;

  g_value_init (&value, G_TYPE_OBJECT);
  g_value_take_object (&value, g_object_new (G_TYPE_OBJECT, NULL));
  g_assert_true (thr_queue_put (queue, &value, NULL));
  g_assert_true (thr_queue_try_put (queue, &value));
  got = thr_queue_get (queue, NULL);
  g_assert_nonnull (got);
  g_boxed_free (G_TYPE_VALUE, got);
  /* One goes down with it. */
  g_object_unref (queue);
}

static void
test_queue (void)
{
  leaks_check (queue_cycle, GINT_TO_POINTER (THR_QUEUE_KIND_FIFO));
  leaks_check (queue_cycle, GINT_TO_POINTER (THR_QUEUE_KIND_LIFO));
}

static void
nothing_got_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (thr_queue_get_finish (THR_QUEUE (source), result, &error));
  g_assert_nonnull (error);
}

/* Waits that end with nothing: cancelled, in time, and by the shutdown. */
static void
queue_wait_cycle (gpointer data)
{
  ThrQueue *queue = thr_queue_new (THR_QUEUE_KIND_FIFO, 1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  thr_queue_get_async (queue, cancellable, nothing_got_cb, NULL);
  thr_queue_get_async (queue, NULL, nothing_got_cb, NULL);
  g_cancellable_cancel (cancellable);
  g_assert_null (thr_queue_get_timed (queue, 0, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  thr_queue_shutdown (queue, TRUE);
  g_object_unref (queue);
}

static void
test_queue_waits (void)
{
  leaks_check (queue_wait_cycle, NULL);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/work-leaks/pool", test_pool);
  g_test_add_func ("/work-leaks/dropped-pool", test_dropped_pool);
  g_test_add_func ("/work-leaks/task", test_task);
  g_test_add_func ("/work-leaks/loop", test_loop);
  g_test_add_func ("/work-leaks/push", test_push);
  g_test_add_func ("/work-leaks/failed-task", test_failed_task);
  g_test_add_func ("/work-leaks/cancelled-task", test_cancelled_task);
  g_test_add_func ("/work-leaks/observed-task", test_observed_task);
  g_test_add_func ("/work-leaks/set", test_set);
  g_test_add_func ("/work-leaks/future", test_future);
  g_test_add_func ("/work-leaks/queue", test_queue);
  g_test_add_func ("/work-leaks/queue-waits", test_queue_waits);

  return g_test_run ();
}
