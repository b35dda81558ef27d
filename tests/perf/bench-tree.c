/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Work that makes more work: a tree of empty tasks, each submitted by the one above it,
 * and fib(), where each call waits for the task that it forked. */

#include "bench-util.h"
#include "peers.h"

#define DEPTH     19
#define N_NODES   ((1u << (DEPTH + 1)) - 1)
#define N_THREADS 2
#define FIB_OF    21
#define FIB_IS    10946
/* What fib() forks: a task for each call above 1. */
#define N_FORKS   (FIB_IS - 1 + 6765)

/* --- Who has done how much: each thread has its own number --- */

typedef struct
{
  guint64 n;           /* atomic; written by its thread alone */
  char    padding[56];
} Count;

static Count counts[64] __attribute__ ((aligned (64)));
static guint n_counts; /* atomic */
static __thread Count *my_count;

static void
count_work (gpointer data)
{
  if (my_count == NULL)
    my_count = &counts[__atomic_fetch_add (&n_counts, 1, __ATOMIC_RELAXED) % G_N_ELEMENTS (counts)];
  __atomic_store_n (&my_count->n, my_count->n + 1, __ATOMIC_RELAXED);
}

static guint64
sum_counts (void)
{
  guint64 sum = 0;

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    sum += __atomic_load_n (&counts[i].n, __ATOMIC_RELAXED);

  return sum;
}

/* Looks ten times a millisecond, which is a hundredth of what there is to be timed, and
 * leaves the processors to the workers. */
static void
await_count (guint64 n)
{
  g_autoptr (ThrSemaphore) never = thr_semaphore_new (0);

  while (sum_counts () < n)
    thr_semaphore_acquire_timed (never, 100, NULL, NULL);
}

/* --- Ours --- */

static ThrPool *pool;

static gboolean
node_func (ThrTask  *task,
           gpointer  data,
           GError  **error)
{
  guint depth = GPOINTER_TO_UINT (data);

  if (depth > 0)
    {
      thr_pool_push (pool, node_func, GUINT_TO_POINTER (depth - 1));
      thr_pool_push (pool, node_func, GUINT_TO_POINTER (depth - 1));
    }
  count_work (NULL);
  return TRUE;
}

static double
our_tree (gpointer data)
{
  guint64 before = sum_counts ();
  double start = bench_now ();

  thr_pool_push (pool, node_func, GUINT_TO_POINTER (DEPTH));
  await_count (before + N_NODES);
  return (bench_now () - start) / N_NODES;
}

static gboolean fib_func (ThrTask *task, gpointer data, GError **error);

static gint64
fib (guint n)
{
  ThrTask *one;
  g_auto (GValue) value = G_VALUE_INIT;
  gint64 other;

  if (n < 2)
    return n;

  one = thr_pool_submit (pool, fib_func, GUINT_TO_POINTER (n - 1), NULL);
  other = fib (n - 2);
  thr_future_wait (THR_FUTURE (one), -1, NULL, NULL);
  thr_future_copy_value (THR_FUTURE (one), &value, NULL);
  g_object_unref (one);

  return other + g_value_get_int64 (&value);
}

static gboolean
fib_func (ThrTask  *task,
          gpointer  data,
          GError  **error)
{
  return thr_task_return_int64 (task, fib (GPOINTER_TO_UINT (data)));
}

static double
our_fib (gpointer data)
{
  double start = bench_now ();
  ThrTask *task = thr_pool_submit (pool, fib_func, GUINT_TO_POINTER (FIB_OF), NULL);
  g_auto (GValue) value = G_VALUE_INIT;

  thr_future_wait (THR_FUTURE (task), -1, NULL, NULL);
  thr_future_copy_value (THR_FUTURE (task), &value, NULL);
  g_assert_cmpint (g_value_get_int64 (&value), ==, FIB_IS);
  g_object_unref (task);
  return (bench_now () - start) / N_FORKS;
}

typedef struct
{
  guint  n;
  gint64 sum;
} Fib;

static void
fork_fib (gpointer data)
{
  Fib *self = data;
  Fib one = { self->n - 1, 0 }, two = { self->n - 2, 0 };
  ThrJob job;

  if (self->n < 2)
    {
      self->sum = self->n;
      return;
    }

  thr_pool_fork (pool, &job, fork_fib, &one);
  fork_fib (&two);
  thr_pool_join (pool, &job);
  self->sum = one.sum + two.sum;
}

static gboolean
fork_fib_func (ThrTask  *task,
               gpointer  data,
               GError  **error)
{
  fork_fib (data);
  return TRUE;
}

static double
our_fork_fib (gpointer data)
{
  Fib fib_of = { FIB_OF, 0 };
  double start = bench_now ();
  ThrTask *task = thr_pool_submit (pool, fork_fib_func, &fib_of, NULL);

  thr_future_wait (THR_FUTURE (task), -1, NULL, NULL);
  g_assert_cmpint (fib_of.sum, ==, FIB_IS);
  g_object_unref (task);
  return (bench_now () - start) / N_FORKS;
}

/* --- Theirs --- */

typedef struct
{
  const PeerPool *type;
  gpointer        pool;
} Peer;

static double
peer_tree (gpointer data)
{
  Peer *peer = data;
  guint64 before = sum_counts ();
  double start = bench_now ();

  peer->type->tree (peer->pool, DEPTH, count_work);
  await_count (before + N_NODES);
  return (bench_now () - start) / N_NODES;
}

static double
peer_fib (gpointer data)
{
  Peer *peer = data;
  double start = bench_now ();

  g_assert_cmpuint (peer->type->fib (peer->pool, FIB_OF), ==, FIB_IS);
  return (bench_now () - start) / N_FORKS;
}

int
main (void)
{
  Peer peers[BENCH_MAX_SIDES];
  BenchSide trees[BENCH_MAX_SIDES] = { { "ours", our_tree, NULL } };
  BenchSide fibs[BENCH_MAX_SIDES] = { { "ours", our_fib, NULL } };
  guint n_trees = 1, n_fibs = 1, n_peers = 0;

  pool = thr_pool_new (N_THREADS);
  for (; peers_pools ()[n_peers] != NULL; n_peers++)
    {
      Peer *peer = &peers[n_peers];

      peer->type = peers_pools ()[n_peers];
      peer->pool = peer->type->create (N_THREADS);
      if (peer->type->tree != NULL)
        trees[n_trees++] = (BenchSide) { peer->type->name, peer_tree, peer };
      if (peer->type->fib != NULL)
        fibs[n_fibs++] = (BenchSide) { peer->type->name, peer_fib, peer };
    }

  bench_race ("submit-inside-tasks", "ns", trees, n_trees, BENCH_ROUNDS);
  /* With GThreadPool it ends in a deadlock. */
  bench_race ("fork-join-as-tasks", "ns", fibs, n_fibs, BENCH_ROUNDS);
  fibs[0].run = our_fork_fib;
  bench_race ("fork-join", "ns", fibs, n_fibs, BENCH_ROUNDS);

  for (guint i = 0; i < n_peers; i++)
    peers[i].type->destroy (peers[i].pool);
  thr_pool_shutdown (pool, FALSE, TRUE, NULL);
  g_object_unref (pool);
  return EXIT_SUCCESS;
}
