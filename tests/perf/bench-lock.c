/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* ThrLock beside GMutex: alone, and with threads that fight for it. */

#include "bench-util.h"

#define ALONE_N      2000000
#define CONTENDED_NS 250e6
#define MAX_THREADS  8

typedef struct
{
  ThrLock *ours;      /* or NULL: */
  GMutex   peer;
  double   end;
  int      started;   /* atomic */
  guint    n_threads;
} Arena;

typedef struct
{
  Arena   *arena;
  GThread *thread;
  guint64  count;
  double   longest;   /* ns waited for one acquire */
} Fighter;

typedef struct
{
  double per_section; /* ns of wall time for each */
  double fairness;    /* smallest share by the largest */
  double longest;
} Result;

static guint work_rounds;
static volatile guint work_sink;

static void
work (guint rounds)
{
  guint sum = work_sink;

  for (guint i = 0; i < rounds; i++)
    {
      sum = sum * 1664525 + 1013904223;
      __asm__ __volatile__ ("" : "+r" (sum));
    }
  work_sink = sum;
}

/* One microsecond of it. */
static void
calibrate (void)
{
  double best = G_MAXDOUBLE;

  for (int i = 0; i < 20; i++)
    {
      double start = bench_now ();

      work (100000);
      best = MIN (best, bench_now () - start);
    }
  work_rounds = MAX (1, (guint) (100000 * 1000.0 / best));
}

static void
fight_once (Fighter *self)
{
  Arena *arena = self->arena;
  double start = bench_now (), waited;

  if (arena->ours != NULL)
    thr_lock_acquire (arena->ours, NULL);
  else
    g_mutex_lock (&arena->peer);

  waited = bench_now () - start;
  self->longest = MAX (self->longest, waited);
  work (work_rounds);
  self->count++;

  if (arena->ours != NULL)
    thr_lock_release (arena->ours, NULL);
  else
    g_mutex_unlock (&arena->peer);
}

static gpointer
fighter_thread (gpointer data)
{
  Fighter *self = data;
  Arena *arena = self->arena;

  g_atomic_int_inc (&arena->started);
  while ((guint) g_atomic_int_get (&arena->started) < arena->n_threads)
    g_thread_yield ();

  while (bench_now () < arena->end)
    for (int i = 0; i < 16; i++)
      fight_once (self);

  return NULL;
}

static Result
fight (guint    n_threads,
       gboolean ours)
{
  Arena arena = { .ours = ours ? thr_lock_new () : NULL, .n_threads = n_threads };
  Fighter fighters[MAX_THREADS] = { { 0 } };
  guint64 total = 0, least = G_MAXUINT64, most = 0;
  Result result = { 0 };
  double start;

  g_mutex_init (&arena.peer);
  start = bench_now ();
  arena.end = start + CONTENDED_NS;
  for (guint i = 0; i < n_threads; i++)
    {
      fighters[i].arena = &arena;
      fighters[i].thread = g_thread_new ("fighter", fighter_thread, &fighters[i]);
    }
  for (guint i = 0; i < n_threads; i++)
    {
      g_thread_join (fighters[i].thread);
      total += fighters[i].count;
      least = MIN (least, fighters[i].count);
      most = MAX (most, fighters[i].count);
      result.longest = MAX (result.longest, fighters[i].longest);
    }
  result.per_section = (bench_now () - start) / total;
  result.fairness = (double) least / most;

  g_clear_object (&arena.ours);
  g_mutex_clear (&arena.peer);
  return result;
}

static void
bench_contended (guint n_threads)
{
  double ours[3][BENCH_ROUNDS], peer[3][BENCH_ROUNDS];
  g_autofree char *name = g_strdup_printf ("lock-contended-%u", n_threads);
  g_autofree char *fair = g_strdup_printf ("lock-fairness-%u", n_threads);
  g_autofree char *longest = g_strdup_printf ("lock-longest-wait-%u", n_threads);

  for (guint i = 0; i < BENCH_ROUNDS; i++)
    {
      Result a = fight (n_threads, TRUE), b = fight (n_threads, FALSE);

      ours[0][i] = a.per_section;
      ours[1][i] = a.fairness;
      ours[2][i] = a.longest / 1e6;
      peer[0][i] = b.per_section;
      peer[1][i] = b.fairness;
      peer[2][i] = b.longest / 1e6;
    }

  bench_row (name, bench_median (ours[0], BENCH_ROUNDS),
             bench_median (peer[0], BENCH_ROUNDS), "GMutex", "ns");
  bench_row (fair, bench_median (ours[1], BENCH_ROUNDS),
             bench_median (peer[1], BENCH_ROUNDS), "GMutex", "");
  /* Of the longest waits the longest counts, not the median. */
  bench_median (ours[2], BENCH_ROUNDS);
  bench_median (peer[2], BENCH_ROUNDS);
  bench_row (longest, ours[2][BENCH_ROUNDS - 1], peer[2][BENCH_ROUNDS - 1], "GMutex", "ms");
}

static void
bench_uncontended (void)
{
  g_autoptr (ThrLock) lock = thr_lock_new ();
  double ours[BENCH_ROUNDS], peer[BENCH_ROUNDS];
  GMutex mutex;

  g_mutex_init (&mutex);
  for (guint round = 0; round < BENCH_ROUNDS; round++)
    {
      double start = bench_now ();

      for (guint i = 0; i < ALONE_N; i++)
        {
          thr_lock_acquire (lock, NULL);
          thr_lock_release (lock, NULL);
        }
      ours[round] = (bench_now () - start) / ALONE_N;

      start = bench_now ();
      for (guint i = 0; i < ALONE_N; i++)
        {
          g_mutex_lock (&mutex);
          g_mutex_unlock (&mutex);
        }
      peer[round] = (bench_now () - start) / ALONE_N;
    }
  g_mutex_clear (&mutex);

  bench_row ("lock-uncontended", bench_median (ours, BENCH_ROUNDS),
             bench_median (peer, BENCH_ROUNDS), "GMutex", "ns");
}

int
main (void)
{
  calibrate ();
  bench_uncontended ();
  bench_contended (2);
  bench_contended (4);
  bench_contended (8);
  return EXIT_SUCCESS;
}
