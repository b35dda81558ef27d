/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Parallel loops: what an index costs, what a short loop costs, how uneven indices are
 * shared out, and what more threads do to it. The first peer is the loop of one thread. */

#include "bench-util.h"
#include "peer-loops.h"

#define MAX_PEERS 4

typedef struct
{
  ThrPool        *pool;   /* the caller is a thread more */
  const PeerLoop *peer;
  gpointer        loop;
  PeerRange       body;
  guint64         n;
  guint           times;
} Side;

static guint64 answer; /* atomic */

/* A few instructions for each index, which no compiler foresees. */
static void
light_body (guint64  begin,
            guint64  end,
            gpointer data)
{
  guint64 sum = 0;

  for (guint64 i = begin; i < end; i++)
    sum += i ^ (i >> 3);
  __atomic_fetch_add (&answer, sum, __ATOMIC_RELAXED);
}

/* The last index lasts as long as the first thousand. */
static void
uneven_body (guint64  begin,
             guint64  end,
             gpointer data)
{
  guint64 sum = 0;

  for (guint64 i = begin; i < end; i++)
    for (guint64 j = 0; j < i; j++)
      sum += j ^ (i >> 3);
  __atomic_fetch_add (&answer, sum, __ATOMIC_RELAXED);
}

static gboolean
our_body (ThrParallelLoop  *loop,
          gint64            begin,
          gint64            end,
          gpointer          user_data,
          GError          **error)
{
  ((Side *) user_data)->body (begin, end, NULL);
  return TRUE;
}

static void
run_once (Side *self)
{
  if (self->pool != NULL)
    thr_pool_for_each (self->pool, 0, self->n, 0, NULL, our_body, self, NULL, NULL);
  else if (self->peer != NULL)
    self->peer->for_each (self->loop, self->n, self->body, NULL);
  else
    self->body (0, self->n, NULL);
}

/* Nanoseconds for a loop. */
static double
run (gpointer data)
{
  Side *self = data;
  guint64 expected;
  double begin;

  answer = 0;
  self->body (0, self->n, NULL);
  expected = answer * self->times;

  answer = 0;
  begin = bench_now ();
  for (guint i = 0; i < self->times; i++)
    run_once (self);
  begin = bench_now () - begin;
  g_assert_cmpuint (answer, ==, expected);

  return begin / self->times;
}

static double
run_per_index (gpointer data)
{
  return run (data) / ((Side *) data)->n;
}

static double
run_in_microseconds (gpointer data)
{
  return run (data) / 1000;
}

static void
race (const char *name,
      const char *unit,
      double    (*measure) (gpointer data),
      PeerRange   body,
      guint64     n,
      guint       times,
      guint       n_threads)
{
  const PeerLoop *const *peers = peers_loops ();
  Side all[MAX_PEERS + 2];
  BenchSide sides[MAX_PEERS + 2];
  guint n_sides = 2;

  all[0] = (Side) { .pool = thr_pool_new (n_threads - 1), .body = body, .n = n, .times = times };
  all[1] = (Side) { .body = body, .n = n, .times = times };
  sides[0] = (BenchSide) { "thrkit", measure, &all[0] };
  sides[1] = (BenchSide) { "one thread", measure, &all[1] };
  for (guint i = 0; peers[i] != NULL; i++, n_sides++)
    {
      all[n_sides] = (Side) {
        .peer = peers[i],
        .loop = peers[i]->create (n_threads),
        .body = body,
        .n = n,
        .times = times
      };
      sides[n_sides] = (BenchSide) { peers[i]->name, measure, &all[n_sides] };
    }

  bench_race (name, unit, sides, n_sides, BENCH_ROUNDS);

  thr_pool_shutdown (all[0].pool, FALSE, TRUE, NULL);
  g_object_unref (all[0].pool);
  for (guint i = 2; i < n_sides; i++)
    all[i].peer->destroy (all[i].loop);
}

int
main (void)
{
  race ("loop over 1e7 light indices, 2", "ns", run_per_index, light_body, 10000000, 2, 2);
  race ("loop over 1 000 light indices, 2", "µs", run_in_microseconds, light_body, 1000, 2000, 2);
  race ("loop over 1 index, 2", "µs", run_in_microseconds, light_body, 1, 5000, 2);
  race ("loop over 8 000 uneven indices, 2", "µs", run_in_microseconds, uneven_body, 8000, 1, 2);
  race ("loop over 1e7 light indices, 16", "ns", run_per_index, light_body, 10000000, 2, 16);
  race ("loop over 1e7 light indices, 64", "ns", run_per_index, light_body, 10000000, 2, 64);

  return 0;
}
