/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sync/barrier-util.h"

/* The function of a barrier. The B… are the transitions in thr-barrier-line.c. */

typedef enum {
  SUCCEED,
  FAIL,
  FAIL_SILENTLY,
  ABORT,
  RESET,
  WAIT_INSIDE,
  EXIT,
  EXIT_SECOND   /* when it runs for the second time */
} What;

typedef struct
{
  What     what;
  int      n_runs;   /* atomic */
  int      running;  /* atomic */
  int      hold;     /* atomic: the function does not end while it is set */
  int      inside;   /* atomic: the function has begun */
  GThread *thread;   /* that ran it last */
  guint    n_freed;
} Action;

static gboolean
action_func (ThrBarrier  *barrier,
             gpointer     user_data,
             GError     **error)
{
  Action *self = user_data;

  g_assert_cmpint (g_atomic_int_add (&self->running, 1), ==, 0);
  self->thread = g_thread_self ();
  g_atomic_int_inc (&self->n_runs);
  g_atomic_int_set (&self->inside, TRUE);
  while (g_atomic_int_get (&self->hold))
    g_thread_yield ();
  g_assert_cmpint (g_atomic_int_add (&self->running, -1), ==, 1);

  switch (self->what)
    {
    case FAIL:
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "full");
      return FALSE;
    case FAIL_SILENTLY:
      return FALSE;
    case ABORT:
      thr_barrier_abort (barrier);
      return TRUE;
    case RESET:
      thr_barrier_reset (barrier);
      return TRUE;
    case WAIT_INSIDE:
      return thr_barrier_wait (barrier, NULL, error);
    case EXIT:
      thr_exit_thread ();
      g_assert_not_reached ();
    case EXIT_SECOND:
      if (g_atomic_int_get (&self->n_runs) == 2)
        thr_exit_thread ();
      return TRUE;
    case SUCCEED:
    default:
      return TRUE;
    }
}

static void
freed_cb (gpointer data)
{
  ((Action *) data)->n_freed++;
}

static ThrBarrier *
make (gint    parties,
      Action *action)
{
  GError *error = NULL;
  ThrBarrier *self = thr_barrier_new_full (parties, action_func, action, freed_cb, &error);

  g_assert_no_error (error);
  return self;
}

static void
unmake (ThrBarrier *self,
        Action     *action)
{
  assert_finalized (self);
  drain ();
  g_assert_cmpuint (action->n_freed, ==, 1);
}

static void
test_action (void)
{
  Action action = { SUCCEED };
  ThrBarrier *self = make (2, &action);

  for (gint i = 0; i < 100; i++)
    {
      Party party;
      gint index = -1;

      /* Before any is freed, by the one that comes last. */
      party_come (&party, self, 1);
      g_assert_true (thr_barrier_wait (self, &index, NULL));
      g_assert_cmpint (index, ==, 1);
      g_assert_cmpint (action.n_runs, ==, i + 1);
      g_assert_true (action.thread == g_thread_self ());
      party_join (&party);
      g_assert_true (party.success);
      g_assert_cmpint (party.index, ==, 0);
    }

  unmake (self, &action);
}

static void
test_refused_notify (void)
{
  Action action = { SUCCEED };

  g_assert_null (thr_barrier_new_full (0, action_func, &action, freed_cb, NULL));
  drain ();
  g_assert_cmpuint (action.n_freed, ==, 1);
}

/* Two parties; the caller comes last. Gives its error. */
static GError *
run_broken (What what)
{
  Action action = { what };
  ThrBarrier *self = make (2, &action);
  GError *error = NULL;
  Party party;

  party_come (&party, self, 1);
  g_assert_false (thr_barrier_wait (self, NULL, &error));
  party_join (&party);
  assert_broken_and_clear (&party.error);
  g_assert_cmpint (action.n_runs, ==, 1);
  g_assert_true (thr_barrier_is_broken (self) == (what != RESET));

  /* It is usable again. */
  action.what = SUCCEED;
  thr_barrier_reset (self);
  party_come (&party, self, 1);
  g_assert_true (thr_barrier_wait (self, NULL, NULL));
  party_join (&party);

  unmake (self, &action);
  return error;
}

static void
test_action_fails (void)
{
  GError *error = run_broken (FAIL);

  assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  error = run_broken (FAIL_SILENTLY);
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_NO_RESULT);
}

static void
test_action_aborts (void)
{
  GError *error = run_broken (ABORT);

  assert_broken_and_clear (&error);
  error = run_broken (RESET);
  assert_broken_and_clear (&error);
}

static void
test_action_waits (void)
{
  GError *error = run_broken (WAIT_INSIDE);

  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_DEADLOCK);
}

/* An operation that comes last has the function run in its call. */
static void
test_action_async (void)
{
  Action action = { SUCCEED };
  ThrBarrier *self = make (2, &action);
  Awaited awaited = { 0 };
  Party party;

  party_come (&party, self, 1);
  thr_barrier_wait_async (self, NULL, awaited_cb, &awaited);
  g_assert_cmpint (action.n_runs, ==, 1);
  party_join (&party);
  await_call (&awaited);
  g_assert_cmpint (party.index, ==, 0);
  g_assert_cmpint (awaited.index, ==, 1);
  awaited_clear (&awaited);

  action.what = FAIL;
  awaited = (Awaited) { 0 };
  party_come (&party, self, 1);
  thr_barrier_wait_async (self, NULL, awaited_cb, &awaited);
  party_join (&party);
  assert_broken_and_clear (&party.error);
  await_call (&awaited);
  assert_error_and_clear (&awaited.error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  awaited_clear (&awaited);

  unmake (self, &action);
}

/* B5 during the function: somebody gives up although all have come. */
static void
test_cancelled_in_action (void)
{
  Action action = { SUCCEED, .hold = TRUE };
  ThrBarrier *self = make (2, &action);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Party waits = { .barrier = self, .timeout_us = -1, .cancellable = cancellable };
  Party acts;

  waits.thread = g_thread_new ("party", party_thread, &waits);
  await_n_waiting (self, 1);
  party_start (&acts, self);
  await_flag (&action.inside);
  g_cancellable_cancel (cancellable);
  party_join (&waits);
  assert_error_and_clear (&waits.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_atomic_int_set (&action.hold, FALSE);
  party_join (&acts);
  assert_broken_and_clear (&acts.error);
  g_assert_true (thr_barrier_is_broken (self));

  unmake (self, &action);
}

/* B3, B4: those who come while the function runs belong to the next time, and the
 * last of them runs the function itself, be it a thread or an operation. */
static void
test_lobby (void)
{
  for (guint last = 0; last < 2; last++)
    {
      Action action = { SUCCEED, .hold = TRUE };
      ThrBarrier *self = make (2, &action);
      Party parties[3];
      Awaited awaited[2] = { { 0 } };
      GError *error = NULL;

      party_come (&parties[0], self, 1);
      party_start (&parties[1], self);
      await_flag (&action.inside);

      /* Gives up in the lobby, and breaks nothing. */
      g_assert_false (thr_barrier_wait_timed (self, 1000, NULL, NULL, &error));
      assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);

      thr_barrier_wait_async (self, NULL, awaited_cb, &awaited[0]);
      if (last == 0)
        party_start (&parties[2], self);
      else
        thr_barrier_wait_async (self, NULL, awaited_cb, &awaited[1]);
      g_assert_cmpint (thr_barrier_get_n_waiting (self), ==, 1);
      g_assert_cmpint (g_atomic_int_get (&action.n_runs), ==, 1);
      g_atomic_int_set (&action.hold, FALSE);

      for (guint i = 0; i < (last == 0 ? 3 : 2); i++)
        {
          party_join (&parties[i]);
          g_assert_no_error (parties[i].error);
        }
      for (guint i = 0; i < (last == 0 ? 1 : 2); i++)
        {
          await_call (&awaited[i]);
          g_assert_no_error (awaited[i].error);
          g_assert_cmpint (awaited[i].index, ==, i);
          awaited_clear (&awaited[i]);
        }
      g_assert_cmpint (action.n_runs, ==, 2);

      unmake (self, &action);
    }
}

/* B6 while the function runs: the lobby goes as well, but not with a reset. */
static void
test_broken_in_action (void)
{
  for (guint reset = 0; reset < 2; reset++)
    {
      Action action = { SUCCEED, .hold = TRUE };
      ThrBarrier *self = make (2, &action);
      Awaited awaited = { 0 };
      Party parties[2];

      party_come (&parties[0], self, 1);
      party_start (&parties[1], self);
      await_flag (&action.inside);
      thr_barrier_wait_async (self, NULL, awaited_cb, &awaited);
      if (reset)
        thr_barrier_reset (self);
      else
        thr_barrier_abort (self);
      g_atomic_int_set (&action.hold, FALSE);
      for (guint i = 0; i < 2; i++)
        {
          party_join (&parties[i]);
          assert_broken_and_clear (&parties[i].error);
        }

      if (reset)
        g_assert_true (thr_barrier_wait (self, NULL, NULL));
      await_call (&awaited);
      g_assert_true (awaited.success == (reset == 1));
      if (!reset)
        assert_broken_and_clear (&awaited.error);
      awaited_clear (&awaited);

      unmake (self, &action);
    }
}

typedef struct
{
  ThrBarrier *barrier;
  int         n_waits; /* to come */
  int         tickets; /* atomic */
} Crowd;

static gpointer
crowd_thread (gpointer data)
{
  Crowd *crowd = data;

  while (g_atomic_int_add (&crowd->tickets, 1) < crowd->n_waits)
    g_assert_true (thr_barrier_wait (crowd->barrier, NULL, NULL));
  return NULL;
}

/* B4 again and again: more threads than parties, so the lobby is seldom empty. One
 * function at a time, one for each generation. */
static void
test_crowd (void)
{
  Action action = { SUCCEED };
  Crowd crowd = { make (2, &action), is_thorough () ? 100000 : 6000 };
  GThread *threads[6];

  for (guint i = 0; i < 6; i++)
    threads[i] = g_thread_new ("crowd", crowd_thread, &crowd);
  for (guint i = 0; i < 6; i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (action.n_runs, ==, crowd.n_waits / 2);

  unmake (crowd.barrier, &action);
}

static gboolean
come_func (ThrThread  *thread,
           gpointer    barrier,
           GError    **error)
{
  return thr_barrier_wait (barrier, NULL, error);
}

static ThrThread *
start_thread (ThrBarrier *barrier)
{
  ThrThread *thread = thr_thread_new (NULL, come_func, barrier, NULL);

  g_assert_true (thr_thread_start (thread, NULL));
  return thread;
}

/* B6: nobody waits for an action that has ended its thread, in line or in the lobby. */
static void
test_action_exits (void)
{
  Action action = { EXIT, .hold = TRUE };
  ThrBarrier *self = make (2, &action);
  Awaited in_lobby = { 0 };
  ThrThread *actor;
  Party party;

  party_come (&party, self, 1);
  actor = start_thread (self);
  while (!g_atomic_int_get (&action.inside))
    g_thread_yield ();
  thr_barrier_wait_async (self, NULL, awaited_cb, &in_lobby);
  g_atomic_int_set (&action.hold, FALSE);
  g_assert_true (thr_thread_join (actor, NULL));
  g_assert_finalize_object (actor);
  party_join (&party);
  g_assert_false (party.success);
  assert_broken_and_clear (&party.error);
  await_call (&in_lobby);
  g_assert_false (in_lobby.success);
  assert_broken_and_clear (&in_lobby.error);
  g_object_unref (in_lobby.result);
  g_assert_true (thr_barrier_is_broken (self));

  unmake (self, &action);
}

/* B4, B6: nor does an operation that it was run for. */
static void
test_action_exits_for_operation (void)
{
  Action action = { EXIT_SECOND, .hold = TRUE };
  ThrBarrier *self = make (1, &action);
  Awaited awaited = { 0 };
  ThrThread *actor = start_thread (self);

  while (!g_atomic_int_get (&action.inside))
    g_thread_yield ();
  thr_barrier_wait_async (self, NULL, awaited_cb, &awaited);
  g_atomic_int_set (&action.hold, FALSE);
  g_assert_true (thr_thread_join (actor, NULL));
  g_assert_finalize_object (actor);
  await_call (&awaited);
  g_assert_false (awaited.success);
  assert_broken_and_clear (&awaited.error);
  g_object_unref (awaited.result);

  unmake (self, &action);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/barrier/action", test_action);
  g_test_add_func ("/barrier/action/refused-notify", test_refused_notify);
  g_test_add_func ("/barrier/action/fails", test_action_fails);
  g_test_add_func ("/barrier/action/aborts", test_action_aborts);
  g_test_add_func ("/barrier/action/waits", test_action_waits);
  g_test_add_func ("/barrier/action/exits", test_action_exits);
  g_test_add_func ("/barrier/action/exits-for-operation", test_action_exits_for_operation);
  g_test_add_func ("/barrier/action/async", test_action_async);
  g_test_add_func ("/barrier/action/cancelled-in-action", test_cancelled_in_action);
  g_test_add_func ("/barrier/action/lobby", test_lobby);
  g_test_add_func ("/barrier/action/broken-in-action", test_broken_in_action);
  g_test_add_func ("/barrier/action/crowd", test_crowd);

  return g_test_run ();
}
