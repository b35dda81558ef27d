/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Making, starting and joining threads beside GThread: one after the other, and
 * many at once. */

#include "bench-util.h"

#define ALONE_N  2000
#define MANY_N   1000
#define ROUNDS   15

static gboolean
our_func (ThrThread  *thread,
          gpointer    user_data,
          GError    **error)
{
  return TRUE;
}

static gpointer
peer_func (gpointer data)
{
  return NULL;
}

static ThrThread *
our_thread (void)
{
  ThrThread *thread = thr_thread_new ("bench", our_func, NULL, NULL);

  if (!thr_thread_start (thread, NULL))
    g_error ("no thread");
  return thread;
}

static double
measure_ours (guint n)
{
  double start = bench_now ();

  for (guint i = 0; i < n; i++)
    {
      ThrThread *thread = our_thread ();

      thr_thread_join (thread, NULL);
      g_object_unref (thread);
    }
  return (bench_now () - start) / n;
}

static double
measure_peer (guint n)
{
  double start = bench_now ();

  for (guint i = 0; i < n; i++)
    g_thread_join (g_thread_new ("bench", peer_func, NULL));
  return (bench_now () - start) / n;
}

static double
measure_many_ours (guint n)
{
  g_autofree ThrThread **threads = g_new (ThrThread *, n);
  double start = bench_now ();

  for (guint i = 0; i < n; i++)
    threads[i] = our_thread ();
  for (guint i = 0; i < n; i++)
    {
      thr_thread_join (threads[i], NULL);
      g_object_unref (threads[i]);
    }
  return (bench_now () - start) / n;
}

static double
measure_many_peer (guint n)
{
  g_autofree GThread **threads = g_new (GThread *, n);
  double start = bench_now ();

  for (guint i = 0; i < n; i++)
    threads[i] = g_thread_new ("bench", peer_func, NULL);
  for (guint i = 0; i < n; i++)
    g_thread_join (threads[i]);
  return (bench_now () - start) / n;
}

typedef double (*Measure) (guint n);

static void
compare (const char *name,
         Measure     ours,
         Measure     peer,
         guint       n)
{
  double our_times[ROUNDS], peer_times[ROUNDS];

  ours (n / 10);
  peer (n / 10);
  for (guint round = 0; round < ROUNDS; round++)
    {
      our_times[round] = ours (n) / 1000;
      peer_times[round] = peer (n) / 1000;
    }
  bench_row (name, bench_median (our_times, ROUNDS), bench_median (peer_times, ROUNDS),
             "GThread", "µs");
}

int
main (void)
{
  compare ("thread-create-join", measure_ours, measure_peer, ALONE_N);
  compare ("thread-create-join-many", measure_many_ours, measure_many_peer, MANY_N);
  return EXIT_SUCCESS;
}
