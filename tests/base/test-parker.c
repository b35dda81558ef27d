/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base-util.h"

#include "base/thr-parker-private.h"

static void
test_token_first (void)
{
  ThrParker parker;

  thr_parker_init (&parker);
  thr_parker_unpark (&parker);
  g_assert_cmpint (thr_parker_park (&parker, THR_DEADLINE_NEVER), ==, THR_UNPARKED_BY_TOKEN);
}

static void
test_one_token (void)
{
  ThrParker parker;

  thr_parker_init (&parker);
  thr_parker_unpark (&parker);
  thr_parker_unpark (&parker);
  g_assert_cmpint (thr_parker_park (&parker, THR_DEADLINE_NOW), ==, THR_UNPARKED_BY_TOKEN);
  g_assert_cmpint (thr_parker_park (&parker, THR_DEADLINE_NOW), ==, THR_UNPARKED_BY_DEADLINE);
}

static void
test_deadline (void)
{
  ThrParker parker;
  gint64 deadline = g_get_monotonic_time () + 2000;
  ThrUnparked why;

  thr_parker_init (&parker);
  do
    why = thr_parker_park (&parker, deadline);
  while (why == THR_UNPARKED_FOR_NOTHING);

  g_assert_cmpint (why, ==, THR_UNPARKED_BY_DEADLINE);
  g_assert_cmpint (g_get_monotonic_time (), >=, deadline);
}

typedef struct
{
  ThrParker parker;
  int       turn;   /* relaxed: the token alone carries it over */
  int       n;
} Side;

typedef struct
{
  Side *mine;
  Side *other;
} Player;

static gpointer
play_thread (gpointer data)
{
  Player *self = data;

  for (int i = 1; i <= self->mine->n; i++)
    {
      while (__atomic_load_n (&self->mine->turn, __ATOMIC_RELAXED) != i)
        thr_parker_park (&self->mine->parker, THR_DEADLINE_NEVER);
      __atomic_store_n (&self->other->turn, i, __ATOMIC_RELAXED);
      thr_parker_unpark (&self->other->parker);
    }

  return NULL;
}

/* Two threads throw a ball to each other. Each throw meets the catcher on his way
 * to sleep or asleep; a token that is lost in between stops the game. */
static void
test_ping_pong (void)
{
  int n = rounds (30000);
  Side ours = { .n = n }, theirs = { .n = n };
  Player player = { &theirs, &ours };
  GThread *thread;

  thr_parker_init (&ours.parker);
  thr_parker_init (&theirs.parker);
  thread = g_thread_new ("pong", play_thread, &player);

  for (int i = 1; i <= n; i++)
    {
      __atomic_store_n (&theirs.turn, i, __ATOMIC_RELAXED);
      thr_parker_unpark (&theirs.parker);
      while (__atomic_load_n (&ours.turn, __ATOMIC_RELAXED) != i)
        thr_parker_park (&ours.parker, THR_DEADLINE_NEVER);
    }

  g_thread_join (thread);
}

typedef struct
{
  ThrParker parker;
  StartLine line;
  int       n;
  int       flags[2];  /* atomic */
} TwoWakers;

typedef struct
{
  TwoWakers *shared;
  int       *flag;
} Waker;

static gpointer
waker_thread (gpointer data)
{
  Waker *self = data;

  for (int i = 0; i < self->shared->n; i++)
    {
      start_line_wait (&self->shared->line);
      __atomic_store_n (self->flag, i + 1, __ATOMIC_RELAXED);
      thr_parker_unpark (&self->shared->parker);
    }

  return NULL;
}

/* Meant: the second waker leaves its token while the sleeper takes the first one.
 * Its flag, written without any order of its own, must be seen all the same, since
 * its token is gone. */
static void
test_two_wakers (void)
{
  TwoWakers shared = { .line = { 3 }, .n = rounds (100000) };
  Waker wakers[2] = { { &shared, &shared.flags[0] }, { &shared, &shared.flags[1] } };
  GThread *threads[2];

  thr_parker_init (&shared.parker);
  for (guint i = 0; i < 2; i++)
    threads[i] = g_thread_new ("waker", waker_thread, &wakers[i]);

  for (int i = 0; i < shared.n; i++)
    {
      start_line_wait (&shared.line);
      while (__atomic_load_n (&shared.flags[0], __ATOMIC_RELAXED) != i + 1 ||
             __atomic_load_n (&shared.flags[1], __ATOMIC_RELAXED) != i + 1)
        thr_parker_park (&shared.parker, THR_DEADLINE_NEVER);
    }

  for (guint i = 0; i < 2; i++)
    g_thread_join (threads[i]);
}

static gpointer
late_waker_thread (gpointer data)
{
  TwoWakers *shared = data;

  for (int i = 0; i < shared->n; i++)
    {
      start_line_wait (&shared->line);
      g_atomic_int_set (&shared->flags[0], i + 1);
      thr_parker_unpark (&shared->parker);
    }

  return NULL;
}

/* Meant: the token comes in the very moment in which the deadline passes. Whoever
 * wins, the next park must find what is left: nothing, or that token. */
static void
test_token_at_deadline (void)
{
  TwoWakers shared = { .line = { 2 }, .n = rounds (20000) };
  GThread *thread;

  thr_parker_init (&shared.parker);
  thread = g_thread_new ("waker", late_waker_thread, &shared);

  for (int i = 0; i < shared.n; i++)
    {
      start_line_wait (&shared.line);
      while (g_atomic_int_get (&shared.flags[0]) != i + 1)
        thr_parker_park (&shared.parker, g_get_monotonic_time () + i % 20);
    }

  g_thread_join (thread);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/parker/token-first", test_token_first);
  g_test_add_func ("/parker/one-token", test_one_token);
  g_test_add_func ("/parker/deadline", test_deadline);
  g_test_add_func ("/parker/ping-pong", test_ping_pong);
  g_test_add_func ("/parker/two-wakers", test_two_wakers);
  g_test_add_func ("/parker/token-at-deadline", test_token_at_deadline);

  return g_test_run ();
}
