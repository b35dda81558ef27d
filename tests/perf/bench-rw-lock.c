/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* ThrRWLock beside GRWLock: alone, reading and writing, and two threads that read. */

#include "bench-util.h"

#define ALONE_N   2000000
#define READERS   2
#define READERS_N 1000000

typedef void (*BenchFunc) (gpointer lock,
                           guint    n);

static void
ours_read (gpointer lock,
           guint    n)
{
  for (guint i = 0; i < n; i++)
    {
      thr_rw_lock_acquire_read (lock, NULL);
      thr_rw_lock_release_read (lock, NULL);
    }
}

static void
ours_write (gpointer lock,
            guint    n)
{
  for (guint i = 0; i < n; i++)
    {
      thr_rw_lock_acquire_write (lock, NULL);
      thr_rw_lock_release_write (lock, NULL);
    }
}

static void
peer_read (gpointer lock,
           guint    n)
{
  for (guint i = 0; i < n; i++)
    {
      g_rw_lock_reader_lock (lock);
      g_rw_lock_reader_unlock (lock);
    }
}

static void
peer_write (gpointer lock,
            guint    n)
{
  for (guint i = 0; i < n; i++)
    {
      g_rw_lock_writer_lock (lock);
      g_rw_lock_writer_unlock (lock);
    }
}

static double
measure_alone (BenchFunc func,
               gpointer  lock)
{
  double start = bench_now ();

  func (lock, ALONE_N);
  return (bench_now () - start) / ALONE_N;
}

typedef struct
{
  BenchFunc func;
  gpointer  lock;
} Run;

static gpointer
run_thread (gpointer data)
{
  Run *self = data;

  self->func (self->lock, READERS_N);
  return NULL;
}

/* Per acquire and release of each thread. */
static double
measure_together (BenchFunc func,
                  gpointer  lock)
{
  Run run = { func, lock };
  GThread *threads[READERS];
  double start = bench_now ();

  for (guint i = 0; i < READERS; i++)
    threads[i] = g_thread_new ("run", run_thread, &run);
  for (guint i = 0; i < READERS; i++)
    g_thread_join (threads[i]);

  return (bench_now () - start) / READERS_N;
}

static void
bench (const char *name,
       double    (*measure) (BenchFunc func, gpointer lock),
       BenchFunc   ours_func,
       BenchFunc   peer_func)
{
  g_autoptr (ThrRWLock) lock = thr_rw_lock_new ();
  double ours[BENCH_ROUNDS], peer[BENCH_ROUNDS];
  GRWLock rw_lock;

  g_rw_lock_init (&rw_lock);
  for (guint round = 0; round < BENCH_ROUNDS; round++)
    {
      ours[round] = measure (ours_func, lock);
      peer[round] = measure (peer_func, &rw_lock);
    }
  g_rw_lock_clear (&rw_lock);

  bench_row (name, bench_median (ours, BENCH_ROUNDS), bench_median (peer, BENCH_ROUNDS),
             "GRWLock", "ns");
}

int
main (void)
{
  bench ("rw-lock-read-together", measure_together, ours_read, peer_read);
  bench ("rw-lock-read", measure_alone, ours_read, peer_read);
  bench ("rw-lock-write", measure_alone, ours_write, peer_write);
  return EXIT_SUCCESS;
}
