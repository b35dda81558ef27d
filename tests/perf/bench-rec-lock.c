/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* ThrRecLock beside GRecMutex, alone: entered once, and entered again. */

#include "bench-util.h"

#define ALONE_N 2000000

static void
bench_levels (const char *name,
              guint       levels)
{
  g_autoptr (ThrRecLock) lock = thr_rec_lock_new ();
  double ours[BENCH_ROUNDS], peer[BENCH_ROUNDS];
  GRecMutex mutex;

  g_rec_mutex_init (&mutex);
  for (guint round = 0; round < BENCH_ROUNDS; round++)
    {
      double start = bench_now ();

      for (guint i = 0; i < ALONE_N; i++)
        {
          for (guint level = 0; level < levels; level++)
            thr_rec_lock_acquire (lock, NULL);
          for (guint level = 0; level < levels; level++)
            thr_rec_lock_release (lock, NULL);
        }
      ours[round] = (bench_now () - start) / ALONE_N;

      start = bench_now ();
      for (guint i = 0; i < ALONE_N; i++)
        {
          for (guint level = 0; level < levels; level++)
            g_rec_mutex_lock (&mutex);
          for (guint level = 0; level < levels; level++)
            g_rec_mutex_unlock (&mutex);
        }
      peer[round] = (bench_now () - start) / ALONE_N;
    }
  g_rec_mutex_clear (&mutex);

  bench_row (name, bench_median (ours, BENCH_ROUNDS), bench_median (peer, BENCH_ROUNDS),
             "GRecMutex", "ns");
}

static gpointer
nothing_thread (gpointer data)
{
  return data;
}

int
main (void)
{
  /* A process that never had a second thread has cheaper mutexes, and no use for them. */
  g_thread_join (g_thread_new ("second", nothing_thread, NULL));

  bench_levels ("rec-lock-uncontended", 1);
  bench_levels ("rec-lock-twice", 2);
  return EXIT_SUCCESS;
}
