/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "work/work-funcs.h"

/* Forking and joining, in a pool's tasks and elsewhere. */

typedef struct
{
  ThrPool *pool;
  guint    n;
  guint64  sum;
} Fib;

static void
fib (gpointer data)
{
  Fib *self = data;
  Fib one = { self->pool, self->n - 1, 0 }, two = { self->pool, self->n - 2, 0 };
  ThrJob job;

  if (self->n < 2)
    {
      self->sum = self->n;
      return;
    }

  thr_pool_fork (self->pool, &job, fib, &one);
  fib (&two);
  thr_pool_join (self->pool, &job);
  self->sum = one.sum + two.sum;
}

static gboolean
fib_func (ThrTask   *task,
          gpointer   data,
          GError   **error)
{
  fib (data);
  return TRUE;
}

static void
run_in (ThrPool     *pool,
        ThrTaskFunc  func,
        gpointer     data)
{
  ThrTask *task = thr_pool_submit (pool, func, data, NULL);

  wait_for (task);
  g_object_unref (task);
}

/* All of it, once each, with any number of workers. */
static void
test_fib (void)
{
  for (guint n_threads = 1; n_threads <= 8; n_threads *= 2)
    {
      ThrPool *pool = thr_pool_new (n_threads);

      for (guint i = 0; i < rounds (50); i++)
        {
          Fib work = { pool, 18, 0 };

          run_in (pool, fib_func, &work);
          g_assert_cmpuint (work.sum, ==, 2584);
        }
      end_pool (pool);
    }
}

/* Several at a time: what is unrelated lies in the same deques. */
static void
test_fibs (void)
{
  ThrPool *pool = thr_pool_new (3);

  for (guint i = 0; i < rounds (30); i++)
    {
      Fib works[6];
      ThrTask *tasks[6];

      for (guint j = 0; j < 6; j++)
        {
          works[j] = (Fib) { pool, 15, 0 };
          tasks[j] = thr_pool_submit (pool, fib_func, &works[j], NULL);
        }
      for (guint j = 0; j < 6; j++)
        {
          wait_for (tasks[j]);
          g_assert_cmpuint (works[j].sum, ==, 610);
          g_object_unref (tasks[j]);
        }
    }
  end_pool (pool);
}

/* In a thread that is not the pool's. */
static void
test_outside (void)
{
  ThrPool *pool = thr_pool_new (2);

  for (guint i = 0; i < rounds (50); i++)
    {
      Fib work = { pool, 7, 0 };

      fib (&work);
      g_assert_cmpuint (work.sum, ==, 13);
    }
  end_pool (pool);
}

/* In a task of another pool. */
static void
test_other_pool (void)
{
  ThrPool *pool = thr_pool_new (2), *other = thr_pool_new (2);
  Fib work = { pool, 7, 0 };

  run_in (other, fib_func, &work);
  g_assert_cmpuint (work.sum, ==, 13);
  end_pool (other);
  end_pool (pool);
}

typedef struct
{
  ThrPool *pool;
  int      n_jobs;
  int      n_pushed;
} Mix;

static void
count_job (gpointer data)
{
  g_atomic_int_inc ((int *) data);
}

/* More than a deque holds, with pushes in between, joined in no good order. */
static gboolean
mix_func (ThrTask   *task,
          gpointer   data,
          GError   **error)
{
  Mix *mix = data;
  ThrJob jobs[700];
  const guint n = G_N_ELEMENTS (jobs);

  for (guint i = 0; i < n; i++)
    {
      thr_pool_fork (mix->pool, &jobs[i], count_job, &mix->n_jobs);
      if (i % 7 == 0)
        thr_pool_push (mix->pool, count_func, &mix->n_pushed);
    }
  for (guint i = 0; i < n; i++)
    thr_pool_join (mix->pool, &jobs[i % 2 == 0 ? i : n - i]);

  g_assert_cmpint (g_atomic_int_get (&mix->n_jobs), ==, (int) n);
  return TRUE;
}

static void
test_any_order (void)
{
  for (guint n_threads = 1; n_threads <= 4; n_threads++)
    for (guint i = 0; i < rounds (40); i++)
      {
        ThrPool *pool = thr_pool_new (n_threads);
        Mix mix = { pool, 0, 0 };

        run_in (pool, mix_func, &mix);
        end_pool (pool);
        g_assert_cmpint (mix.n_pushed, ==, 100);
      }
}

/* A job that another thread has taken, which takes long: the waiter sleeps, and makes room
 * for a thread that does what is queued. */
typedef struct
{
  ThrPool *pool;
  Hold     hold;
  int      n_run;
} Long;

static void
hold_job (gpointer data)
{
  hold_func (NULL, data, NULL);
}

static gboolean
long_func (ThrTask   *task,
           gpointer   data,
           GError   **error)
{
  Long *self = data;
  ThrJob job;

  thr_pool_fork (self->pool, &job, hold_job, &self->hold);
  gate_wait (&self->hold.begun);
  thr_pool_join (self->pool, &job);

  return TRUE;
}

static void
test_blocked (void)
{
  for (guint i = 0; i < rounds (50); i++)
    {
      Long self = { thr_pool_new (2), };
      ThrTask *task;

      hold_init (&self.hold);
      task = thr_pool_submit (self.pool, long_func, &self, NULL);
      gate_wait (&self.hold.begun);
      /* Both threads are taken: by the job, and by who waits for it. */
      run_in (self.pool, count_func, &self.n_run);
      g_assert_false (thr_future_is_done (THR_FUTURE (task)));
      gate_open (&self.hold.go);
      wait_for (task);
      g_object_unref (task);
      end_pool (self.pool);
      hold_clear (&self.hold);
      g_assert_cmpint (self.n_run, ==, 1);
    }
}

/* A pool that is shut down, with or without cancelling: what was forked is done. */
static void
test_shutdown (void)
{
  for (guint i = 0; i < rounds (200); i++)
    {
      ThrPool *pool = thr_pool_new (2);
      Fib work = { pool, 14, 0 };
      ThrTask *task = thr_pool_submit (pool, fib_func, &work, NULL);

      for (guint j = 0; j < i % 50; j++)
        g_thread_yield ();
      g_assert_true (thr_pool_shutdown (pool, i % 2 == 0, FALSE, NULL));
      wait_for (task);
      g_assert_cmpuint (work.sum, ==, 377);
      g_object_unref (task);
      end_pool (pool);
    }
}

/* From outside, while it is cancelled: the owner gets it back and does it. */
static void
test_returned (void)
{
  for (guint i = 0; i < rounds (200); i++)
    {
      ThrPool *pool = thr_pool_new (1);
      int n_run = 0;
      ThrJob job, late;
      Hold hold;
      ThrTask *task = occupy (pool, &hold);

      thr_pool_fork (pool, &job, count_job, &n_run);
      g_assert_true (thr_pool_shutdown (pool, TRUE, FALSE, NULL));
      thr_pool_fork (pool, &late, count_job, &n_run);
      thr_pool_join (pool, &late);
      thr_pool_join (pool, &job);
      g_assert_cmpint (n_run, ==, 2);
      let_go (task, &hold);
      end_pool (pool);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pool-fork/fib", test_fib);
  g_test_add_func ("/pool-fork/fibs", test_fibs);
  g_test_add_func ("/pool-fork/outside", test_outside);
  g_test_add_func ("/pool-fork/other-pool", test_other_pool);
  g_test_add_func ("/pool-fork/any-order", test_any_order);
  g_test_add_func ("/pool-fork/blocked", test_blocked);
  g_test_add_func ("/pool-fork/shutdown", test_shutdown);
  g_test_add_func ("/pool-fork/returned", test_returned);

  return g_test_run ();
}
