/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* ThrSemaphore beside what GLib offers for it: a GMutex, a GCond and a counter. */

#include "bench-util.h"

#define ALONE_N     1000000
#define HAND_OVER_N 50000

typedef struct
{
  GMutex mutex;
  GCond  cond;
  guint  value; /* under the mutex */
} Peer;

static void
peer_init (Peer  *self,
           guint  value)
{
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->value = value;
}

static void
peer_clear (Peer *self)
{
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
}

static void
peer_acquire (Peer *self)
{
  g_mutex_lock (&self->mutex);
  while (self->value == 0)
    g_cond_wait (&self->cond, &self->mutex);
  self->value--;
  g_mutex_unlock (&self->mutex);
}

static void
peer_release (Peer *self)
{
  g_mutex_lock (&self->mutex);
  self->value++;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
}

static void
bench_uncontended (void)
{
  g_autoptr (ThrSemaphore) semaphore = thr_semaphore_new (1);
  double ours[BENCH_ROUNDS], theirs[BENCH_ROUNDS];
  Peer peer;

  peer_init (&peer, 1);
  for (guint round = 0; round < BENCH_ROUNDS; round++)
    {
      double start = bench_now ();

      for (guint i = 0; i < ALONE_N; i++)
        {
          thr_semaphore_acquire (semaphore, NULL);
          thr_semaphore_release (semaphore, NULL);
        }
      ours[round] = (bench_now () - start) / ALONE_N;

      start = bench_now ();
      for (guint i = 0; i < ALONE_N; i++)
        {
          peer_acquire (&peer);
          peer_release (&peer);
        }
      theirs[round] = (bench_now () - start) / ALONE_N;
    }
  peer_clear (&peer);

  bench_row ("semaphore-uncontended", bench_median (ours, BENCH_ROUNDS),
             bench_median (theirs, BENCH_ROUNDS), "GMutex+GCond", "ns");
}

typedef struct
{
  ThrSemaphore *ours[2];
  Peer          peer[2];
} Court;

static gpointer
our_player (gpointer data)
{
  Court *self = data;

  for (guint i = 0; i < HAND_OVER_N; i++)
    {
      thr_semaphore_acquire (self->ours[0], NULL);
      thr_semaphore_release (self->ours[1], NULL);
    }
  return NULL;
}

static gpointer
peer_player (gpointer data)
{
  Court *self = data;

  for (guint i = 0; i < HAND_OVER_N; i++)
    {
      peer_acquire (&self->peer[0]);
      peer_release (&self->peer[1]);
    }
  return NULL;
}

/* Both players run all the time: each waits only for the other's answer. */
static void
bench_hand_over (void)
{
  double ours[BENCH_ROUNDS], theirs[BENCH_ROUNDS];

  for (guint round = 0; round < BENCH_ROUNDS; round++)
    {
      Court court = { .ours = { thr_semaphore_new (0), thr_semaphore_new (0) } };
      GThread *thread;
      double start;

      peer_init (&court.peer[0], 0);
      peer_init (&court.peer[1], 0);

      start = bench_now ();
      thread = g_thread_new ("player", our_player, &court);
      for (guint i = 0; i < HAND_OVER_N; i++)
        {
          thr_semaphore_release (court.ours[0], NULL);
          thr_semaphore_acquire (court.ours[1], NULL);
        }
      g_thread_join (thread);
      ours[round] = (bench_now () - start) / (2 * HAND_OVER_N);

      start = bench_now ();
      thread = g_thread_new ("player", peer_player, &court);
      for (guint i = 0; i < HAND_OVER_N; i++)
        {
          peer_release (&court.peer[0]);
          peer_acquire (&court.peer[1]);
        }
      g_thread_join (thread);
      theirs[round] = (bench_now () - start) / (2 * HAND_OVER_N);

      for (guint i = 0; i < 2; i++)
        {
          g_object_unref (court.ours[i]);
          peer_clear (&court.peer[i]);
        }
    }

  bench_row ("semaphore-hand-over", bench_median (ours, BENCH_ROUNDS),
             bench_median (theirs, BENCH_ROUNDS), "GMutex+GCond", "ns");
}

int
main (void)
{
  bench_uncontended ();
  bench_hand_over ();
  return EXIT_SUCCESS;
}
