/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* ThrRecLock beside the recursive mutexes of others, alone: entered once, and entered
 * again. */

#include "bench-lock-util.h"

BENCH_LOCK (thr, ThrRecLock, thr_rec_lock, thr_rec_lock_new ());

/* While it is held already. */
static double
again_run (gpointer data)
{
  BenchLock *self = data;
  double ns;

  self->type->acquire (self->lock);
  ns = bench_alone_run (self);
  self->type->release (self->lock);
  return ns;
}

static void
bench_again (void)
{
  BenchLock locks[BENCH_MAX_SIDES];
  BenchSide sides[BENCH_MAX_SIDES];
  guint n = bench_locks_create (&ours, peers_rec_locks (), locks);

  for (guint i = 0; i < n; i++)
    sides[i] = (BenchSide) { locks[i].type->name, again_run, &locks[i] };
  bench_race ("rec-lock-again", "ns", sides, n, BENCH_ALONE_ROUNDS);
  bench_locks_destroy (locks, n);
}

int
main (void)
{
  bench_alone_and_shared ("rec-lock", &ours, peers_rec_locks ());
  bench_again ();
  return EXIT_SUCCESS;
}
