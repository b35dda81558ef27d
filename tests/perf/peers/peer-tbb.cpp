/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "peers.h"
#include "peer-loops.h"

#include <oneapi/tbb/mutex.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

using namespace oneapi::tbb;

static gpointer
mutex_create ()
{
  return new mutex;
}

static void
mutex_destroy (gpointer self)
{
  delete static_cast<mutex *> (self);
}

PEER_LOCK_FUNCS (mutex, mutex, self->lock (), self->unlock ())
PEER_LOCK (peer_tbb_lock, "tbb::mutex", mutex);

/* An arena whose threads are all workers: the caller's is no part of it, as it is none
 * of the other pools. The market is asked for a thread more than the machine has. */
struct Pool
{
  global_control control;
  task_arena     arena;
  task_group     group;

  explicit Pool (guint n_threads)
    : control (global_control::max_allowed_parallelism, n_threads + 1),
      arena (static_cast<int> (n_threads), 0)
  {
    arena.initialize ();
  }
};

static gpointer
pool_create (guint n_threads)
{
  return new Pool (n_threads);
}

static void
pool_destroy (gpointer self)
{
  delete static_cast<Pool *> (self);
}

static void
pool_push (gpointer data, PeerWork work, gpointer work_data, guint n)
{
  auto self = static_cast<Pool *> (data);

  for (guint i = 0; i < n; i++)
    self->arena.enqueue (self->group.defer ([=] { work (work_data); }));
}

static void
pool_wait (gpointer data)
{
  auto self = static_cast<Pool *> (data);

  self->arena.execute ([=] { self->group.wait (); });
}

static void
grow (task_group &group, guint depth, PeerWork work)
{
  if (depth > 0)
    {
      group.run ([&group, depth, work] { grow (group, depth - 1, work); });
      group.run ([&group, depth, work] { grow (group, depth - 1, work); });
    }
  work (nullptr);
}

static void
pool_tree (gpointer data, guint depth, PeerWork work)
{
  auto self = static_cast<Pool *> (data);

  self->arena.execute ([=] {
    task_group group;

    group.run_and_wait ([&] { grow (group, depth, work); });
  });
}

static guint64
fib (guint n)
{
  if (n < 2)
    return n;

  guint64 one, other;
  task_group group;

  group.run ([&] { one = fib (n - 1); });
  other = fib (n - 2);
  group.wait ();
  return one + other;
}

static guint64
pool_fib (gpointer data, guint n)
{
  return static_cast<Pool *> (data)->arena.execute ([=] { return fib (n); });
}

const PeerPool peer_tbb_pool = {
  "oneTBB", pool_create, pool_destroy, pool_push, pool_wait, nullptr, pool_tree, pool_fib
};

/* The caller has one of the arena's places. */
struct Loop
{
  global_control control;
  task_arena     arena;

  explicit Loop (guint n_threads)
    : control (global_control::max_allowed_parallelism, n_threads),
      arena (static_cast<int> (n_threads), 1)
  {
    arena.initialize ();
  }
};

static gpointer
loop_create (guint n_threads)
{
  return new Loop (n_threads);
}

static void
loop_destroy (gpointer self)
{
  delete static_cast<Loop *> (self);
}

static void
loop_for_each (gpointer data, guint64 n, PeerRange body, gpointer body_data)
{
  static_cast<Loop *> (data)->arena.execute ([=] {
    parallel_for (blocked_range<guint64> (0, n), [=] (const blocked_range<guint64> &range) {
      body (range.begin (), range.end (), body_data);
    });
  });
}

const PeerLoop peer_tbb_loop = { "oneTBB", loop_create, loop_destroy, loop_for_each };
