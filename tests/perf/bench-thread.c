/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Making, starting and joining threads beside GThread: one after the other, many at
 * once, and ten thousand that all live at the same time. */

#include "bench-util.h"

#include <unistd.h>

#define ALONE_N  2000
#define MANY_N   1000
#define ROUNDS   15
#define CROWD_N  10000

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

/* --- A crowd: what each costs in time and in memory that is really used --- */

static GMutex gate_mutex;
static GCond gate_cond;
static gboolean gate_open; /* under gate_mutex */
static double crowd_memory;

static void
pass_gate (void)
{
  g_mutex_lock (&gate_mutex);
  while (!gate_open)
    g_cond_wait (&gate_cond, &gate_mutex);
  g_mutex_unlock (&gate_mutex);
}

static void
set_gate (gboolean open)
{
  g_mutex_lock (&gate_mutex);
  gate_open = open;
  g_cond_broadcast (&gate_cond);
  g_mutex_unlock (&gate_mutex);
}

static gboolean
our_crowd_func (ThrThread  *thread,
                gpointer    user_data,
                GError    **error)
{
  pass_gate ();
  return TRUE;
}

static gpointer
peer_crowd_func (gpointer data)
{
  pass_gate ();
  return NULL;
}

static double
resident (void)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) fields = NULL;

  g_file_get_contents ("/proc/self/statm", &text, NULL, NULL);
  fields = g_strsplit (text, " ", 3);
  return (double) g_ascii_strtoull (fields[1], NULL, 10) * sysconf (_SC_PAGESIZE);
}

static double
our_crowd (gpointer data)
{
  g_autofree ThrThread **threads = g_new (ThrThread *, CROWD_N);
  double memory = resident (), start = bench_now ();

  set_gate (FALSE);
  for (guint i = 0; i < CROWD_N; i++)
    {
      threads[i] = thr_thread_new ("crowd", our_crowd_func, NULL, NULL);
      if (!thr_thread_start (threads[i], NULL))
        g_error ("no thread");
    }
  crowd_memory = (resident () - memory) / CROWD_N / 1024;
  set_gate (TRUE);
  for (guint i = 0; i < CROWD_N; i++)
    {
      thr_thread_join (threads[i], NULL);
      g_object_unref (threads[i]);
    }
  return (bench_now () - start) / CROWD_N / 1000;
}

static double
peer_crowd (gpointer data)
{
  g_autofree GThread **threads = g_new (GThread *, CROWD_N);
  double memory = resident (), start = bench_now ();

  set_gate (FALSE);
  for (guint i = 0; i < CROWD_N; i++)
    threads[i] = g_thread_new ("crowd", peer_crowd_func, NULL);
  crowd_memory = (resident () - memory) / CROWD_N / 1024;
  set_gate (TRUE);
  for (guint i = 0; i < CROWD_N; i++)
    g_thread_join (threads[i]);
  return (bench_now () - start) / CROWD_N / 1000;
}

static double
our_crowd_memory (gpointer data)
{
  our_crowd (NULL);
  return crowd_memory;
}

static double
peer_crowd_memory (gpointer data)
{
  peer_crowd (NULL);
  return crowd_memory;
}

int
main (void)
{
  const BenchSide crowds[] = { { "ours", our_crowd }, { "GThread", peer_crowd } };
  const BenchSide memories[] = {
    { "ours", our_crowd_memory }, { "GThread", peer_crowd_memory }
  };

  compare ("thread-create-join", measure_ours, measure_peer, ALONE_N);
  compare ("thread-create-join-many", measure_many_ours, measure_many_peer, MANY_N);
  bench_race ("threads-10000-at-once", "µs", crowds, G_N_ELEMENTS (crowds), 3);
  bench_race ("threads-10000-memory-each", "KiB", memories, G_N_ELEMENTS (memories), 3);
  return EXIT_SUCCESS;
}
