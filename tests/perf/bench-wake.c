/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Work for a pool that sleeps: how long until it begins, and what it costs the caller to
 * wake somebody. */

#include "bench-util.h"
#include "peers.h"

#define N_WAKES   200
#define N_THREADS 2
/* Longer than anybody spins before it sleeps. */
#define IDLE_NS   300e3

typedef struct
{
  double begun;    /* by the worker */
  int    done;     /* atomic; releases @begun */
} Wake;

typedef struct
{
  const PeerPool *type;      /* or NULL: ours */
  gpointer        pool;
  double          latency;
  double          cost;
} Sleeper;

static void
begin_work (gpointer data)
{
  Wake *wake = data;

  wake->begun = bench_now ();
  __atomic_store_n (&wake->done, 1, __ATOMIC_RELEASE);
}

static gboolean
begin_func (ThrTask  *task,
            gpointer  data,
            GError  **error)
{
  begin_work (data);
  return TRUE;
}

/* The caller goes on with something else, so its processor stays awake. */
static void
idle (void)
{
  double end = bench_now () + IDLE_NS;

  while (bench_now () < end)
    ;
}

static void
measure (Sleeper *self)
{
  double latencies[N_WAKES], costs[N_WAKES];

  for (guint i = 0; i < N_WAKES; i++)
    {
      Wake wake = { 0 };
      double start, pushed;

      idle ();
      start = bench_now ();
      if (self->type != NULL)
        self->type->push (self->pool, begin_work, &wake, 1);
      else
        thr_pool_push (self->pool, begin_func, &wake);
      pushed = bench_now ();
      while (!__atomic_load_n (&wake.done, __ATOMIC_ACQUIRE))
        ;
      latencies[i] = wake.begun - start;
      costs[i] = pushed - start;
    }

  self->latency = bench_median (latencies, N_WAKES) / 1000;
  self->cost = bench_median (costs, N_WAKES) / 1000;
}

static double
run_latency (gpointer data)
{
  measure (data);
  return ((Sleeper *) data)->latency;
}

static double
run_cost (gpointer data)
{
  measure (data);
  return ((Sleeper *) data)->cost;
}

int
main (void)
{
  Sleeper sleepers[BENCH_MAX_SIDES] = { { NULL, thr_pool_new (N_THREADS), 0, 0 } };
  BenchSide latencies[BENCH_MAX_SIDES] = { { "ours", run_latency, &sleepers[0] } };
  BenchSide costs[BENCH_MAX_SIDES] = { { "ours", run_cost, &sleepers[0] } };
  guint n = 1;

  for (; peers_pools ()[n - 1] != NULL; n++)
    {
      sleepers[n].type = peers_pools ()[n - 1];
      sleepers[n].pool = sleepers[n].type->create (N_THREADS);
      latencies[n] = (BenchSide) { sleepers[n].type->name, run_latency, &sleepers[n] };
      costs[n] = (BenchSide) { sleepers[n].type->name, run_cost, &sleepers[n] };
    }

  bench_race ("idle-wake-up", "µs", latencies, n, BENCH_ROUNDS);
  bench_race ("idle-wake-up-cost-to-caller", "µs", costs, n, BENCH_ROUNDS);

  for (guint i = 1; i < n; i++)
    sleepers[i].type->destroy (sleepers[i].pool);
  thr_pool_shutdown (sleepers[0].pool, FALSE, TRUE, NULL);
  g_object_unref (sleepers[0].pool);
  return EXIT_SUCCESS;
}
