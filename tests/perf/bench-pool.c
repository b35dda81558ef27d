/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Pushing work that does nothing, from one thread and from two, against GThreadPool;
 * with many workers; and what a queued push costs in memory. */

#include "bench-util.h"

#define N_PUSHES 1000000

static int n_done; /* atomic */

static gboolean
count_cb (ThrTask   *task,
          gpointer   data,
          GError   **error)
{
  __atomic_fetch_add (&n_done, 1, __ATOMIC_RELAXED);
  return TRUE;
}

static void
count_peer_cb (gpointer data,
               gpointer user_data)
{
  __atomic_fetch_add (&n_done, 1, __ATOMIC_RELAXED);
}

typedef struct
{
  gpointer pool;
  guint    n;
  void   (*push) (gpointer pool);
} Producer;

static void
push_ours (gpointer pool)
{
  thr_pool_push (pool, count_cb, NULL);
}

static void
push_peer (gpointer pool)
{
  g_thread_pool_push (pool, &n_done, NULL);
}

static gpointer
produce (gpointer data)
{
  Producer *self = data;

  for (guint i = 0; i < self->n; i++)
    self->push (self->pool);

  return NULL;
}

/* The caller is one of the producers. Returns nanoseconds a task. */
static double
run (gpointer   pool,
     void     (*push) (gpointer pool),
     void     (*finish) (gpointer pool),
     guint      n_producers)
{
  Producer producer = { pool, N_PUSHES / n_producers, push };
  GThread *others[8] = { NULL, };
  double begin;

  n_done = 0;
  begin = bench_now ();
  for (guint i = 1; i < n_producers; i++)
    others[i] = g_thread_new ("producer", produce, &producer);
  produce (&producer);
  for (guint i = 1; i < n_producers; i++)
    g_thread_join (others[i]);
  finish (pool);
  g_assert_cmpint (n_done, ==, N_PUSHES);

  return (bench_now () - begin) / N_PUSHES;
}

static void
finish_ours (gpointer pool)
{
  thr_pool_shutdown (pool, FALSE, TRUE, NULL);
  g_object_unref (pool);
}

static void
finish_peer (gpointer pool)
{
  g_thread_pool_free (pool, FALSE, TRUE);
}

static void
bench_push (const char *name,
            guint       n_producers)
{
  double ours[BENCH_ROUNDS], peer[BENCH_ROUNDS];

  for (guint i = 0; i < BENCH_ROUNDS; i++)
    {
      ours[i] = run (thr_pool_new (2), push_ours, finish_ours, n_producers);
      peer[i] = run (g_thread_pool_new (count_peer_cb, NULL, 2, FALSE, NULL),
                     push_peer, finish_peer, n_producers);
    }
  bench_row (name, bench_median (ours, BENCH_ROUNDS), bench_median (peer, BENCH_ROUNDS),
             "GThreadPool", "ns");
}

/* More workers than there are processors must not slow the pool down: beside the same
 * pool with two. */
static void
bench_scaling (const char *name,
               guint       n_workers)
{
  double many[BENCH_ROUNDS], two[BENCH_ROUNDS];

  for (guint i = 0; i < BENCH_ROUNDS; i++)
    {
      many[i] = run (thr_pool_new (n_workers), push_ours, finish_ours, 1);
      two[i] = run (thr_pool_new (2), push_ours, finish_ours, 1);
    }
  bench_row (name, bench_median (many, BENCH_ROUNDS), bench_median (two, BENCH_ROUNDS),
             "two workers", "ns");
}

static gboolean
acquire_cb (ThrTask   *task,
            gpointer   gate,
            GError   **error)
{
  return thr_semaphore_acquire (gate, error);
}

static void
acquire_peer_cb (gpointer data,
                 gpointer gate)
{
  if (data == gate)
    thr_semaphore_acquire (gate, NULL);
}

/* What a hundred thousand waiting pushes take, while the only worker is held. */
static void
bench_memory (void)
{
  const guint n = 100000;
  ThrSemaphore *gate = thr_semaphore_new (0);
  ThrPool *pool = thr_pool_new (1);
  GThreadPool *peer_pool = g_thread_pool_new (acquire_peer_cb, gate, 1, FALSE, NULL);
  double begin, ours, peer;

  thr_pool_push (pool, acquire_cb, gate);
  g_thread_pool_push (peer_pool, gate, NULL);

  begin = bench_heap_in_use ();
  for (guint i = 0; i < n; i++)
    thr_pool_push (pool, count_cb, NULL);
  ours = (bench_heap_in_use () - begin) / n;

  begin = bench_heap_in_use ();
  for (guint i = 0; i < n; i++)
    g_thread_pool_push (peer_pool, &n_done, NULL);
  peer = (bench_heap_in_use () - begin) / n;

  thr_semaphore_release_n (gate, 2, NULL);
  finish_ours (pool);
  finish_peer (peer_pool);
  g_object_unref (gate);

  bench_row ("memory of a queued push", ours, peer, "GThreadPool", "B");
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

  bench_push ("pool, 1e6 empty, one producer", 1);
  bench_push ("pool, 1e6 empty, two producers", 2);
  bench_scaling ("pool, 1e6 empty, 4 workers", 4);
  bench_scaling ("pool, 1e6 empty, 16 workers", 16);
  bench_scaling ("pool, 1e6 empty, 64 workers", 64);
  bench_memory_without_slices (argv[0]);

  return 0;
}
