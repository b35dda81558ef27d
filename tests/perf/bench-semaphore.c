/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* ThrSemaphore beside those of others, and beside what GLib offers for one: a GMutex, a
 * GCond and a counter. */

#include "bench-lock-util.h"

#define HAND_OVER_N      5000
#define HAND_OVER_ROUNDS 15

BENCH_LOCK (thr, ThrSemaphore, thr_semaphore, thr_semaphore_new (1));

/* Two semaphores, both empty, and two players who each wait for the other's. */
typedef struct
{
  const PeerLock *type;
  gpointer        semaphores[2];
} Court;

static gpointer
player_thread (gpointer data)
{
  Court *self = data;

  for (guint i = 0; i < HAND_OVER_N; i++)
    {
      self->type->acquire (self->semaphores[0]);
      self->type->release (self->semaphores[1]);
    }
  return NULL;
}

/* Both players run all the time: each waits only for the other's answer. */
static double
hand_over_run (gpointer data)
{
  Court self = { .type = data };
  GThread *thread;
  double start;

  for (guint i = 0; i < 2; i++)
    {
      self.semaphores[i] = self.type->create ();
      self.type->acquire (self.semaphores[i]);
    }

  thread = g_thread_new ("player", player_thread, &self);
  start = bench_now ();
  for (guint i = 0; i < HAND_OVER_N; i++)
    {
      self.type->release (self.semaphores[0]);
      self.type->acquire (self.semaphores[1]);
    }
  start = bench_now () - start;
  g_thread_join (thread);

  for (guint i = 0; i < 2; i++)
    self.type->destroy (self.semaphores[i]);
  return start / (2 * HAND_OVER_N);
}

static void
bench_hand_over (void)
{
  BenchSide sides[BENCH_MAX_SIDES] = { { "ours", hand_over_run, (gpointer) &ours } };
  guint n = 1;

  for (; peers_semaphores ()[n - 1] != NULL; n++)
    sides[n] = (BenchSide) {
      peers_semaphores ()[n - 1]->name, hand_over_run, (gpointer) peers_semaphores ()[n - 1]
    };
  bench_race ("semaphore-hand-over", "ns", sides, n, HAND_OVER_ROUNDS);
}

int
main (void)
{
  bench_alone_and_shared ("semaphore", &ours, peers_semaphores ());
  bench_hand_over ();
  return EXIT_SUCCESS;
}
