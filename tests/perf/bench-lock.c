/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* ThrLock beside the mutexes of others: alone, and with threads that fight for it, each
 * for a section of a microsecond and with nothing to do in between. */

#include "bench-lock-util.h"

#define FIGHT_NS     200e6
#define FIGHT_ROUNDS 5
#define MAX_THREADS  8

BENCH_LOCK (thr, ThrLock, thr_lock, thr_lock_new ());

typedef struct
{
  BenchLock *lock;
  double     end;
  int        started;   /* atomic */
  guint      n_threads;
  gboolean   timed;     /* each wait; the clock costs more than an acquire */
} Arena;

typedef struct
{
  Arena   *arena;
  GThread *thread;
  guint64  count;
  double   longest;     /* ns waited for one acquire */
} Fighter;

typedef struct
{
  double per_section;   /* ns of wall time for each */
  double fairness;      /* smallest share by the largest */
  double longest;       /* ms */
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
  BenchLock *lock = self->arena->lock;
  double start = self->arena->timed ? bench_now () : 0;

  lock->type->acquire (lock->lock);
  if (self->arena->timed)
    {
      double waited = bench_now () - start;

      self->longest = MAX (self->longest, waited);
    }
  work (work_rounds);
  self->count++;
  lock->type->release (lock->lock);
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
fight (BenchLock *lock,
       guint      n_threads,
       gboolean   timed,
       double     ns)
{
  double start = bench_now ();
  Arena arena = { .lock = lock, .n_threads = n_threads, .timed = timed, .end = start + ns };
  Fighter fighters[MAX_THREADS] = { { 0 } };
  guint64 total = 0, least = G_MAXUINT64, most = 0;
  Result result = { 0 };

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
      result.longest = MAX (result.longest, fighters[i].longest / 1e6);
    }
  result.per_section = (bench_now () - start) / total;
  result.fairness = (double) least / most;

  return result;
}

/* @pick: of the values of all rounds, sorted. */
static void
row (const char *name,
     const char *unit,
     BenchLock  *locks,
     guint       n,
     double      values[BENCH_MAX_SIDES][FIGHT_ROUNDS],
     guint       pick)
{
  for (guint i = 0; i < n; i++)
    bench_median (values[i], FIGHT_ROUNDS);

  printf ("%-34s %10.2f %-4s", name, values[0][pick], unit);
  for (guint i = 1; i < n; i++)
    printf (" peer=%.2f (%s) ratio=%.3f", values[i][pick], locks[i].type->name,
            values[0][pick] / values[i][pick]);
  printf ("\n");
  fflush (stdout);
}

static void
bench_contended (guint n_threads)
{
  double sections[BENCH_MAX_SIDES][FIGHT_ROUNDS], fairness[BENCH_MAX_SIDES][FIGHT_ROUNDS];
  g_autofree char *name = g_strdup_printf ("lock-contended-%u", n_threads);
  g_autofree char *fair = g_strdup_printf ("lock-fairness-%u", n_threads);
  BenchLock locks[BENCH_MAX_SIDES];
  guint n = bench_locks_create (&ours, peers_locks (), locks);

  for (guint round = 0; round < FIGHT_ROUNDS; round++)
    for (guint i = 0; i < n; i++)
      {
        Result result = fight (&locks[i], n_threads, FALSE, FIGHT_NS);

        sections[i][round] = result.per_section;
        fairness[i][round] = result.fairness;
      }

  row (name, "ns", locks, n, sections, FIGHT_ROUNDS / 2);
  row (fair, "", locks, n, fairness, FIGHT_ROUNDS / 2);
  bench_locks_destroy (locks, n);
}

/* Of the longest waits the longest counts, not the median. */
static void
bench_longest_wait (double ns)
{
  double longest[BENCH_MAX_SIDES][FIGHT_ROUNDS];
  BenchLock locks[BENCH_MAX_SIDES];
  guint n = bench_locks_create (&ours, peers_locks (), locks);

  for (guint round = 0; round < FIGHT_ROUNDS; round++)
    for (guint i = 0; i < n; i++)
      longest[i][round] = fight (&locks[i], MAX_THREADS, TRUE, ns / FIGHT_ROUNDS).longest;

  row ("lock-longest-wait-8", "ms", locks, n, longest, FIGHT_ROUNDS - 1);
  bench_locks_destroy (locks, n);
}

int
main (void)
{
  calibrate ();
  bench_alone_and_shared ("lock", &ours, peers_locks ());
  bench_contended (2);
  bench_contended (4);
  bench_contended (8);
  /* The promise is one for ten seconds. */
  bench_longest_wait (g_getenv ("THR_TEST_THOROUGH") != NULL ? 10e9 : 1e9);
  return EXIT_SUCCESS;
}
