/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* From submitting work to having its answer, blocking and on a main loop, against
 * GTask's run_in_thread; what the signals of a watched task cost; and what a queued
 * task takes in memory. */


#include "bench-util.h"

#define N_TASKS 100000
#define N_AT_ONCE 1000

static gboolean
answer_cb (ThrTask   *task,
           gpointer   data,
           GError   **error)
{
  return thr_task_return_int64 (task, 5);
}

static void
answer_peer_cb (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  g_task_return_int (task, 5);
}

static void
take_answer (ThrFuture *future)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_assert_true (thr_future_copy_value (future, &value, NULL));
  g_assert_cmpint (g_value_get_int64 (&value), ==, 5);
}

/* --- Blocking --- */

static double
run_blocking (ThrPool *pool)
{
  ThrTask *tasks[N_AT_ONCE];
  double begin = bench_now ();

  for (guint i = 0; i < N_TASKS / N_AT_ONCE; i++)
    {
      for (guint j = 0; j < N_AT_ONCE; j++)
        tasks[j] = thr_pool_submit (pool, answer_cb, NULL, NULL);
      for (guint j = 0; j < N_AT_ONCE; j++)
        {
          thr_future_wait (THR_FUTURE (tasks[j]), -1, NULL, NULL);
          take_answer (THR_FUTURE (tasks[j]));
          g_object_unref (tasks[j]);
        }
    }

  return (bench_now () - begin) / N_TASKS;
}

/* --- On the main loop --- */

static guint n_answers;

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  thr_future_wait_finish (THR_FUTURE (source), result, NULL);
  take_answer (THR_FUTURE (source));
  n_answers++;
}

static void
then_cb (const GValue *value,
         gpointer      data)
{
  g_assert_cmpint (g_value_get_int64 (value), ==, 5);
  n_answers++;
}

static void
answered_peer_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      data)
{
  g_assert_cmpint (g_task_propagate_int (G_TASK (result), NULL), ==, 5);
  n_answers++;
}

static void
iterate_until (guint n)
{
  while (n_answers < n)
    g_main_context_iteration (NULL, TRUE);
}

static double
run_awaited (ThrPool  *pool,
             gboolean  then)
{
  double begin = bench_now ();

  n_answers = 0;
  for (guint i = 0; i < N_TASKS / N_AT_ONCE; i++)
    {
      for (guint j = 0; j < N_AT_ONCE; j++)
        {
          ThrTask *task = thr_pool_submit (pool, answer_cb, NULL, NULL);

          if (then)
            thr_future_then (THR_FUTURE (task), then_cb, NULL, NULL, NULL, NULL, NULL);
          else
            thr_future_wait_async (THR_FUTURE (task), NULL, answered_cb, NULL);
          g_object_unref (task);
        }
      iterate_until ((i + 1) * N_AT_ONCE);
    }

  return (bench_now () - begin) / N_TASKS;
}

static double
run_peer (void)
{
  double begin = bench_now ();

  n_answers = 0;
  for (guint i = 0; i < N_TASKS / N_AT_ONCE; i++)
    {
      for (guint j = 0; j < N_AT_ONCE; j++)
        {
          GTask *task = g_task_new (NULL, NULL, answered_peer_cb, NULL);

          g_task_run_in_thread (task, answer_peer_cb);
          g_object_unref (task);
        }
      iterate_until ((i + 1) * N_AT_ONCE);
    }

  return (bench_now () - begin) / N_TASKS;
}

static void
bench_results (void)
{
  double blocking[BENCH_ROUNDS], awaited[BENCH_ROUNDS], then[BENCH_ROUNDS];
  double peer[BENCH_ROUNDS], p;
  ThrPool *pool = thr_pool_new (2);

  for (guint i = 0; i < BENCH_ROUNDS; i++)
    {
      blocking[i] = run_blocking (pool);
      peer[i] = run_peer ();
      awaited[i] = run_awaited (pool, FALSE);
      then[i] = run_awaited (pool, TRUE);
    }
  thr_pool_shutdown (pool, FALSE, TRUE, NULL);
  g_object_unref (pool);

  p = bench_median (peer, BENCH_ROUNDS);
  bench_row ("submit to result, blocking", bench_median (blocking, BENCH_ROUNDS), p,
             "GTask", "ns");
  bench_row ("submit to result, then", bench_median (then, BENCH_ROUNDS), p,
             "GTask", "ns");
  bench_row ("submit to result, wait_async", bench_median (awaited, BENCH_ROUNDS), p,
             "GTask", "ns");
}

/* --- Signals --- */

static void
heard_cb (ThrPool *pool,
          ThrTask *task,
          gpointer data)
{
  n_answers++;
}

/* Two signals a task. */
static double
run_signals (gboolean listening)
{
  ThrPool *pool = thr_pool_new (2);
  double begin;

  if (listening)
    {
      g_signal_connect (pool, "task-started", G_CALLBACK (heard_cb), NULL);
      g_signal_connect (pool, "task-finished", G_CALLBACK (heard_cb), NULL);
    }

  n_answers = 0;
  begin = bench_now ();
  for (guint i = 0; i < N_TASKS; i++)
    g_object_unref (thr_pool_submit (pool, answer_cb, NULL, NULL));
  thr_pool_shutdown (pool, FALSE, TRUE, NULL);
  while (listening && n_answers < 2 * N_TASKS)
    g_main_context_iteration (NULL, TRUE);
  begin = (bench_now () - begin) / N_TASKS;
  g_object_unref (pool);

  return begin;
}

static void
bench_signals (void)
{
  double heard[BENCH_ROUNDS], silent[BENCH_ROUNDS];

  for (guint i = 0; i < BENCH_ROUNDS; i++)
    {
      heard[i] = run_signals (TRUE);
      silent[i] = run_signals (FALSE);
    }
  bench_row ("a task, its pool observed", bench_median (heard, BENCH_ROUNDS),
             bench_median (silent, BENCH_ROUNDS), "not observed", "ns");
}

/* --- Memory --- */

static gboolean
acquire_cb (ThrTask   *task,
            gpointer   gate,
            GError   **error)
{
  return thr_semaphore_acquire (gate, error);
}

static void
bench_memory (void)
{
  const guint n = 10000;
  g_autofree ThrTask **tasks = g_new (ThrTask *, n + 1);
  ThrSemaphore *gate = thr_semaphore_new (0);
  ThrPool *pool = thr_pool_new (1);
  double begin, ours, peer;

  tasks[n] = thr_pool_submit (pool, acquire_cb, gate, NULL);
  begin = bench_heap_in_use ();
  for (guint i = 0; i < n; i++)
    tasks[i] = thr_pool_submit (pool, answer_cb, NULL, NULL);
  ours = (bench_heap_in_use () - begin) / n;

  thr_semaphore_release (gate, NULL);
  thr_pool_shutdown (pool, FALSE, TRUE, NULL);
  for (guint i = 0; i <= n; i++)
    g_object_unref (tasks[i]);
  g_object_unref (pool);
  g_object_unref (gate);

  /* Made and not queued: the least that a queued one takes. */
  begin = bench_heap_in_use ();
  for (guint i = 0; i < n; i++)
    tasks[i] = (ThrTask *) g_task_new (NULL, NULL, NULL, NULL);
  peer = (bench_heap_in_use () - begin) / n;
  for (guint i = 0; i < n; i++)
    g_object_unref (tasks[i]);

  bench_row ("memory of a queued task", ours, peer, "GTask", "B");
}

int
main (int    argc,
      char **argv)
{
  if (argc > 1)
    {
      bench_memory ();
      return 0;
    }

  bench_results ();
  bench_signals ();

  /* GLib's slices would hide what is allocated, and are chosen when a process
   * begins. */
  bench_memory_without_slices (argv[0]);

  return 0;
}
