/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* How much of the processors' time is work, when each task is a microsecond of it and
 * one thread submits them: 100 % would be a pool that costs nothing. */

#include "bench-util.h"

#include <sys/resource.h>

#include "peers.h"

#define N_TASKS   200000
#define N_THREADS 2

static guint work_rounds;

static void
work (gpointer data)
{
  guint sum = 1;

  for (guint i = 0; i < work_rounds; i++)
    {
      sum = sum * 1664525 + 1013904223;
      __asm__ __volatile__ ("" : "+r" (sum));
    }
}

static gboolean
work_func (ThrTask  *task,
           gpointer  data,
           GError  **error)
{
  work (data);
  return TRUE;
}

/* Of the whole process, in ns. */
static double
cpu_now (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e9 +
    (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e3;
}

/* The work alone, in one thread. */
static double
bare (void)
{
  double start = cpu_now ();

  for (guint i = 0; i < N_TASKS; i++)
    work (NULL);
  return cpu_now () - start;
}

static void
calibrate (void)
{
  work_rounds = 1000;
  work_rounds = MAX (1, (guint) (1000 * 1000.0 * N_TASKS / bare ()));
}

/* The bare time is taken beside each run, since clocks change their speed. */
static double
run_ours (gpointer data)
{
  ThrPool *pool = thr_pool_new (N_THREADS);
  double bare_time = bare (), start = cpu_now ();

  for (guint i = 0; i < N_TASKS; i++)
    thr_pool_push (pool, work_func, NULL);
  thr_pool_shutdown (pool, FALSE, TRUE, NULL);
  start = cpu_now () - start;
  g_object_unref (pool);
  return 100 * bare_time / start;
}

static double
run_peer (gpointer data)
{
  const PeerPool *type = data;
  gpointer pool = type->create (N_THREADS);
  double bare_time = bare (), start = cpu_now ();

  type->push (pool, work, NULL, N_TASKS);
  type->wait (pool);
  start = cpu_now () - start;
  type->destroy (pool);
  return 100 * bare_time / start;
}

int
main (void)
{
  BenchSide sides[BENCH_MAX_SIDES] = { { "ours", run_ours, NULL } };
  guint n = 1;

  for (; peers_pools ()[n - 1] != NULL; n++)
    sides[n] = (BenchSide) { peers_pools ()[n - 1]->name, run_peer,
                             (gpointer) peers_pools ()[n - 1] };

  calibrate ();
  bench_race ("cpu-efficiency-at-1-us", "%", sides, n, BENCH_ROUNDS);
  return EXIT_SUCCESS;
}
