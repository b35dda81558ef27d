/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "bench-util.h"
#include "peers/peers.h"

/* What the benchmarks of locks, recursive locks and semaphores share: ours and all
 * peers, each acquired and released by one thread. */

#define BENCH_ALONE_N      20000
#define BENCH_ALONE_ROUNDS 31

#define BENCH_LOCK(type, Type, prefix, create_it) \
  static gpointer \
  type##_create (void) \
  { \
    return create_it; \
  } \
  static void \
  type##_destroy (gpointer self) \
  { \
    g_object_unref (self); \
  } \
  PEER_LOCK_FUNCS (type, Type, prefix##_acquire (self, NULL), prefix##_release (self, NULL)) \
  static const PeerLock ours = { \
    "ours", type##_create, type##_destroy, type##_acquire, type##_release, type##_alone \
  }

typedef struct
{
  const PeerLock *type;
  gpointer        lock;
} BenchLock;

/* Ours first; returns how many. */
static inline guint
bench_locks_create (const PeerLock        *ours,
                    const PeerLock *const *peers,
                    BenchLock              locks[BENCH_MAX_SIDES])
{
  guint n = 0;

  locks[n++].type = ours;
  while (n < BENCH_MAX_SIDES && peers[n - 1] != NULL)
    {
      locks[n].type = peers[n - 1];
      n++;
    }
  for (guint i = 0; i < n; i++)
    locks[i].lock = locks[i].type->create ();
  return n;
}

static inline void
bench_locks_destroy (BenchLock locks[BENCH_MAX_SIDES],
                     guint     n)
{
  for (guint i = 0; i < n; i++)
    locks[i].type->destroy (locks[i].lock);
}

static gpointer
bench_use_thread (gpointer data)
{
  BenchLock *self = data;

  if (self != NULL)
    self->type->alone (self->lock, 1);
  return NULL;
}

static double
bench_alone_run (gpointer data)
{
  BenchLock *self = data;
  double start = bench_now ();

  self->type->alone (self->lock, BENCH_ALONE_N);
  return (bench_now () - start) / BENCH_ALONE_N;
}

/* @shared: another thread has used each of them before. */
static inline void
bench_alone (const char            *name,
             const PeerLock        *ours,
             const PeerLock *const *peers,
             gboolean               shared)
{
  BenchLock locks[BENCH_MAX_SIDES];
  BenchSide sides[BENCH_MAX_SIDES];
  guint n = bench_locks_create (ours, peers, locks);

  for (guint i = 0; i < n; i++)
    {
      sides[i] = (BenchSide) { locks[i].type->name, bench_alone_run, &locks[i] };
      bench_alone_run (&locks[i]);
      if (shared)
        g_thread_join (g_thread_new ("use", bench_use_thread, &locks[i]));
    }
  bench_race (name, "ns", sides, n, BENCH_ALONE_ROUNDS);
  bench_locks_destroy (locks, n);
}

/* Both rows. A process that never had a second thread has cheaper mutexes, and no use
 * for them; so it has one first. */
static inline void
bench_alone_and_shared (const char            *name,
                        const PeerLock        *ours,
                        const PeerLock *const *peers)
{
  g_autofree char *alone = g_strdup_printf ("%s-uncontended", name);
  g_autofree char *shared = g_strdup_printf ("%s-uncontended-shared", name);

  g_thread_join (g_thread_new ("second", bench_use_thread, NULL));
  bench_alone (alone, ours, peers, FALSE);
  bench_alone (shared, ours, peers, TRUE);
}
