/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Locks, semaphores and pools beside all the peers that there are; peers.h. */

#include "bench-util.h"
#include "peers.h"

#define N_ALONE     1000000
#define N_PUSHES    300000
#define N_ANSWERS   50000
#define N_THREADS   2
#define N_FIGHTERS  4
#define N_FIGHTS    4000
#define FIGHT_WORK  1000

/* --- One thread, nobody else --- */

static double
our_lock (gpointer lock)
{
  double start = bench_now ();

  for (guint i = 0; i < N_ALONE; i++)
    {
      thr_lock_acquire (lock, NULL);
      thr_lock_release (lock, NULL);
    }
  return (bench_now () - start) / N_ALONE;
}

static double
our_rec_lock (gpointer lock)
{
  double start = bench_now ();

  for (guint i = 0; i < N_ALONE; i++)
    {
      thr_rec_lock_acquire (lock, NULL);
      thr_rec_lock_release (lock, NULL);
    }
  return (bench_now () - start) / N_ALONE;
}

static double
our_semaphore (gpointer semaphore)
{
  double start = bench_now ();

  for (guint i = 0; i < N_ALONE; i++)
    {
      thr_semaphore_acquire (semaphore, NULL);
      thr_semaphore_release (semaphore, NULL);
    }
  return (bench_now () - start) / N_ALONE;
}

static double
peer_alone (gpointer data)
{
  const PeerLock *type = data;
  gpointer lock = type->create ();
  double start = bench_now ();

  type->alone (lock, N_ALONE);
  start = (bench_now () - start) / N_ALONE;
  type->destroy (lock);
  return start;
}

static void
race_locks (const char            *name,
            double               (*ours) (gpointer),
            gpointer               lock,
            double               (*theirs) (gpointer),
            const PeerLock *const *peers)
{
  BenchSide sides[BENCH_MAX_SIDES] = { { "ours", ours, lock } };
  guint n = 1;

  for (; peers[n - 1] != NULL; n++)
    sides[n] = (BenchSide) { peers[n - 1]->name, theirs, (gpointer) peers[n - 1] };
  bench_race (name, "ns", sides, n, BENCH_ROUNDS);
}

/* --- Several threads, a microsecond each time --- */

typedef struct
{
  const PeerLock *type;   /* or NULL: ours */
  gpointer        lock;
} Arena;

static volatile guint sink;

static void
work (void)
{
  guint sum = sink;

  for (guint i = 0; i < FIGHT_WORK; i++)
    {
      sum = sum * 1664525 + 1013904223;
      __asm__ __volatile__ ("" : "+r" (sum));
    }
  sink = sum;
}

static gpointer
fight_thread (gpointer data)
{
  Arena *arena = data;

  for (guint i = 0; i < N_FIGHTS; i++)
    {
      if (arena->type != NULL)
        arena->type->acquire (arena->lock);
      else
        thr_lock_acquire (arena->lock, NULL);
      work ();
      if (arena->type != NULL)
        arena->type->release (arena->lock);
      else
        thr_lock_release (arena->lock, NULL);
    }

  return NULL;
}

static double
fight (Arena *arena)
{
  GThread *threads[N_FIGHTERS];
  double start = bench_now ();

  for (guint i = 0; i < N_FIGHTERS; i++)
    threads[i] = g_thread_new ("fighter", fight_thread, arena);
  for (guint i = 0; i < N_FIGHTERS; i++)
    g_thread_join (threads[i]);
  return (bench_now () - start) / (N_FIGHTERS * N_FIGHTS);
}

static double
our_fight (gpointer lock)
{
  Arena arena = { NULL, lock };

  return fight (&arena);
}

static double
peer_fight (gpointer data)
{
  const PeerLock *type = data;
  Arena arena = { type, type->create () };
  double time = fight (&arena);

  type->destroy (arena.lock);
  return time;
}

/* --- Pools --- */

static int n_done; /* atomic */

static void
count_work (gpointer data)
{
  __atomic_fetch_add (&n_done, 1, __ATOMIC_RELAXED);
}

static gboolean
count_func (ThrTask  *task,
            gpointer  data,
            GError  **error)
{
  count_work (NULL);
  return TRUE;
}

static gboolean
one_func (ThrTask  *task,
          gpointer  data,
          GError  **error)
{
  return thr_task_return_int64 (task, 1);
}

static double
our_push (gpointer data)
{
  ThrPool *pool = thr_pool_new (N_THREADS);
  double start = bench_now ();

  n_done = 0;
  for (guint i = 0; i < N_PUSHES; i++)
    thr_pool_push (pool, count_func, NULL);
  thr_pool_shutdown (pool, FALSE, TRUE, NULL);
  g_assert_cmpint (n_done, ==, N_PUSHES);
  start = (bench_now () - start) / N_PUSHES;
  g_object_unref (pool);
  return start;
}

static double
peer_push (gpointer data)
{
  const PeerPool *type = data;
  gpointer pool = type->create (N_THREADS);
  double start = bench_now ();

  n_done = 0;
  type->push (pool, count_work, NULL, N_PUSHES);
  type->wait (pool);
  g_assert_cmpint (n_done, ==, N_PUSHES);
  start = (bench_now () - start) / N_PUSHES;
  type->destroy (pool);
  return start;
}

static double
our_answers (gpointer data)
{
  g_autofree ThrTask **tasks = g_new (ThrTask *, N_ANSWERS);
  ThrPool *pool = thr_pool_new (N_THREADS);
  double start = bench_now ();
  gint64 sum = 0;

  for (guint i = 0; i < N_ANSWERS; i++)
    tasks[i] = thr_pool_submit (pool, one_func, NULL, NULL);
  for (guint i = 0; i < N_ANSWERS; i++)
    {
      g_auto (GValue) value = G_VALUE_INIT;

      thr_future_wait (THR_FUTURE (tasks[i]), -1, NULL, NULL);
      thr_future_copy_value (THR_FUTURE (tasks[i]), &value, NULL);
      sum += g_value_get_int64 (&value);
      g_object_unref (tasks[i]);
    }
  g_assert_cmpint (sum, ==, N_ANSWERS);
  start = (bench_now () - start) / N_ANSWERS;
  thr_pool_shutdown (pool, FALSE, TRUE, NULL);
  g_object_unref (pool);
  return start;
}

static double
peer_answers (gpointer data)
{
  const PeerPool *type = data;
  gpointer pool = type->create (N_THREADS);
  double start = bench_now ();

  g_assert_cmpuint (type->answers (pool, N_ANSWERS), ==, N_ANSWERS);
  start = (bench_now () - start) / N_ANSWERS;
  type->destroy (pool);
  return start;
}

static void
race_pools (void)
{
  BenchSide pushes[BENCH_MAX_SIDES] = { { "ours", our_push, NULL } };
  BenchSide answers[BENCH_MAX_SIDES] = { { "ours", our_answers, NULL } };
  guint n_pushes = 1, n_answers = 1;

  for (guint i = 0; peers_pools ()[i] != NULL; i++)
    {
      const PeerPool *type = peers_pools ()[i];

      pushes[n_pushes++] = (BenchSide) { type->name, peer_push, (gpointer) type };
      if (type->answers != NULL)
        answers[n_answers++] = (BenchSide) { type->name, peer_answers, (gpointer) type };
    }

  bench_race ("peers: pool, empty tasks", "ns", pushes, n_pushes, BENCH_ROUNDS);
  if (n_answers > 1)
    bench_race ("peers: submit to result", "ns", answers, n_answers, BENCH_ROUNDS);
}

int
main (void)
{
  g_autoptr (ThrLock) lock = thr_lock_new ();
  g_autoptr (ThrRecLock) rec_lock = thr_rec_lock_new ();
  g_autoptr (ThrSemaphore) semaphore = thr_semaphore_new (1);

  race_locks ("peers: lock, uncontended", our_lock, lock, peer_alone, peers_locks ());
  race_locks ("peers: recursive lock", our_rec_lock, rec_lock, peer_alone, peers_rec_locks ());
  race_locks ("peers: semaphore, uncontended", our_semaphore, semaphore, peer_alone,
              peers_semaphores ());
  race_locks ("peers: lock, 4 threads, 1 us", our_fight, lock, peer_fight, peers_locks ());
  race_pools ();
  return EXIT_SUCCESS;
}
