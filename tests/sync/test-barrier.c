/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sync/barrier-util.h"

/* The B… are the transitions in thr-barrier-line.c. */

static void
test_new (void)
{
  ThrBarrier *self = thr_barrier_new (3);
  gint parties, n_waiting;
  gboolean broken = TRUE;

  g_object_get (self, "parties", &parties, "n-waiting", &n_waiting, "broken", &broken, NULL);
  g_assert_cmpint (parties, ==, 3);
  g_assert_cmpint (n_waiting, ==, 0);
  g_assert_false (broken);
  g_assert_finalize_object (self);

  self = g_object_new (THR_TYPE_BARRIER, NULL);
  for (guint i = 0; i < 3; i++)
    {
      gint index = -1;

      g_assert_true (thr_barrier_wait (self, &index, NULL));
      g_assert_cmpint (index, ==, 0);
      g_assert_true (thr_barrier_wait_timed (self, 0, NULL, NULL, NULL));
    }
  g_assert_finalize_object (self);
}

static void
test_bad_parties (void)
{
  static const gint parties[] = { 0, -1, G_MININT };

  for (guint i = 0; i < G_N_ELEMENTS (parties); i++)
    {
      ThrBarrier *self = thr_barrier_new (parties[i]);
      Awaited awaited = { 0 };
      GError *error = NULL;
      gint index;

      g_assert_null (thr_barrier_new_checked (parties[i], &error));
      assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
      g_assert_null (thr_barrier_new_full (parties[i], NULL, NULL, NULL, &error));
      assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
      g_assert_false (thr_barrier_wait (self, &index, &error));
      assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
      thr_barrier_wait_async (self, NULL, awaited_cb, &awaited);
      await_call (&awaited);
      assert_error_and_clear (&awaited.error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
      awaited_clear (&awaited);
      assert_finalized (self);
    }
}

static void
test_indices (void)
{
  ThrBarrier *self = thr_barrier_new (20);

  for (guint round = 0; round < 20; round++)
    {
      gboolean seen[20] = { FALSE };
      Party parties[20];

      for (guint i = 0; i < 20; i++)
        party_start (&parties[i], self);
      for (guint i = 0; i < 20; i++)
        {
          party_join (&parties[i]);
          g_assert_no_error (parties[i].error);
          g_assert_true (parties[i].success);
          g_assert_cmpint (parties[i].index, >=, 0);
          g_assert_cmpint (parties[i].index, <, 20);
          g_assert_false (seen[parties[i].index]);
          seen[parties[i].index] = TRUE;
        }
      g_assert_cmpint (thr_barrier_get_n_waiting (self), ==, 0);
    }

  assert_finalized (self);
}

typedef struct
{
  ThrBarrier *barrier;
  guint       n_rounds;
  int        *total;    /* atomic */
} Rounds;

static gpointer
rounds_thread (gpointer data)
{
  Rounds *self = data;

  for (guint i = 0; i < self->n_rounds; i++)
    {
      gint index;

      g_atomic_int_inc (self->total);
      g_assert_true (thr_barrier_wait (self->barrier, &index, NULL));
      /* All have added for this round, and nobody for more than the next. */
      g_assert_cmpint (g_atomic_int_get (self->total), >=, (gint) (i + 1) * 4);
      g_assert_cmpint (g_atomic_int_get (self->total), <=, (gint) (i + 2) * 4);
    }
  return NULL;
}

/* B2 while the last generation has not woken up: a fast thread comes round before the
 * others have gone on. It must not take the place of one of them. */
static void
test_generations (void)
{
  int total = 0;
  Rounds rounds = { thr_barrier_new (4), is_thorough () ? 50000 : 1000, &total };
  GThread *threads[4];

  for (guint i = 0; i < 4; i++)
    threads[i] = g_thread_new ("rounds", rounds_thread, &rounds);
  for (guint i = 0; i < 4; i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (total, ==, rounds.n_rounds * 4);

  assert_finalized (rounds.barrier);
}

static void
test_timed_out (void)
{
  ThrBarrier *self = thr_barrier_new (3);
  GError *error = NULL;
  Party parties[2];

  party_come (&parties[0], self, 1);
  parties[1] = (Party) { .barrier = self, .timeout_us = 2000 };
  party_thread (&parties[1]);
  g_assert_false (parties[1].success);
  assert_error_and_clear (&parties[1].error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  party_join (&parties[0]);
  assert_broken_and_clear (&parties[0].error);
  g_assert_cmpint (parties[0].index, ==, -1);
  g_assert_true (thr_barrier_is_broken (self));

  g_assert_false (thr_barrier_wait (self, NULL, &error));
  assert_broken_and_clear (&error);
  g_assert_false (thr_barrier_wait_timed (self, 0, NULL, NULL, &error));
  assert_broken_and_clear (&error);
  thr_barrier_reset (self);
  g_assert_false (thr_barrier_is_broken (self));
  g_assert_false (thr_barrier_wait_timed (self, 0, NULL, NULL, &error));
  assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_true (thr_barrier_is_broken (self));

  assert_finalized (self);
}

static void
test_bad_timeout (void)
{
  ThrBarrier *self = thr_barrier_new (2);
  Party party;
  GError *error = NULL;

  g_assert_false (thr_barrier_wait_timed (self, -2, NULL, NULL, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_assert_false (thr_barrier_is_broken (self));

  party_come (&party, self, 1);
  g_assert_true (thr_barrier_wait_timed (self, G_MAXINT64, NULL, NULL, &error));
  g_assert_no_error (error);
  party_join (&party);

  assert_finalized (self);
}

static void
test_cancelled (void)
{
  ThrBarrier *self = thr_barrier_new (3);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Party parties[2];
  GError *error = NULL;

  /* Before: it has not come, and nothing breaks. */
  g_cancellable_cancel (cancellable);
  g_assert_false (thr_barrier_wait_timed (self, -1, cancellable, NULL, &error));
  assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (thr_barrier_is_broken (self));

  /* During. */
  g_cancellable_reset (cancellable);
  party_come (&parties[0], self, 1);
  parties[1] = (Party) { .barrier = self, .timeout_us = -1, .cancellable = cancellable };
  parties[1].thread = g_thread_new ("party", party_thread, &parties[1]);
  await_n_waiting (self, 2);
  g_cancellable_cancel (cancellable);
  /* Comes last, before the cancelled one could run, or finds it broken. */
  g_assert_false (thr_barrier_wait (self, NULL, &error));
  assert_broken_and_clear (&error);
  party_join (&parties[1]);
  assert_error_and_clear (&parties[1].error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  party_join (&parties[0]);
  assert_broken_and_clear (&parties[0].error);

  assert_finalized (self);
}

static void
test_abort (void)
{
  ThrBarrier *self = thr_barrier_new (3);
  Party parties[2];
  GError *error = NULL;

  for (guint i = 0; i < 2; i++)
    party_come (&parties[i], self, i + 1);
  thr_barrier_abort (self);
  for (guint i = 0; i < 2; i++)
    {
      party_join (&parties[i]);
      assert_broken_and_clear (&parties[i].error);
    }
  thr_barrier_abort (self);
  g_assert_true (thr_barrier_is_broken (self));
  g_assert_false (thr_barrier_wait (self, NULL, &error));
  assert_broken_and_clear (&error);

  assert_finalized (self);
}

static void
test_reset (void)
{
  ThrBarrier *self = thr_barrier_new (2);
  Party parties[2];

  party_come (&parties[0], self, 1);
  thr_barrier_reset (self);
  party_join (&parties[0]);
  assert_broken_and_clear (&parties[0].error);
  g_assert_false (thr_barrier_is_broken (self));

  for (guint i = 0; i < 2; i++)
    party_start (&parties[i], self);
  for (guint i = 0; i < 2; i++)
    {
      party_join (&parties[i]);
      g_assert_true (parties[i].success);
    }

  assert_finalized (self);
}

static void
test_notified (void)
{
  ThrBarrier *self = thr_barrier_new (2);
  guint n = 0;

  g_signal_connect_swapped (self, "notify::broken", G_CALLBACK (g_atomic_int_inc), &n);
  thr_barrier_reset (self);
  drain ();
  g_assert_cmpuint (n, ==, 0);
  thr_barrier_abort (self);
  g_assert_cmpuint (n, ==, 0);
  /* A wait at home delivers. */
  g_assert_false (thr_barrier_wait (self, NULL, NULL));
  g_assert_cmpuint (n, ==, 1);

  assert_finalized (self);
}

/* --- Awaited --- */

static void
test_async (void)
{
  ThrBarrier *self = thr_barrier_new (4);
  Awaited awaited[2] = { { 0 } };
  Party parties[2];
  gboolean seen[4] = { FALSE };

  thr_barrier_wait_async (self, NULL, awaited_cb, &awaited[0]);
  party_come (&parties[0], self, 2);
  party_come (&parties[1], self, 3);
  thr_barrier_wait_async (self, NULL, awaited_cb, &awaited[1]);
  g_assert_cmpint (thr_barrier_get_n_waiting (self), ==, 0);
  g_assert_cmpuint (awaited[1].n_calls, ==, 0);

  for (guint i = 0; i < 2; i++)
    {
      party_join (&parties[i]);
      await_call (&awaited[i]);
      g_assert_true (parties[i].success);
      g_assert_no_error (awaited[i].error);
      g_assert_true (awaited[i].success);
      seen[parties[i].index] = seen[awaited[i].index] = TRUE;
      g_assert_false (thr_barrier_wait_finish (self, awaited[i].result, NULL,
                                               &awaited[i].error));
      assert_error_and_clear (&awaited[i].error, THR_ERROR, THR_ERROR_INVALID_STATE);
      awaited_clear (&awaited[i]);
    }
  for (guint i = 0; i < 4; i++)
    g_assert_true (seen[i]);

  assert_finalized (self);
}

static void
test_async_no_callback (void)
{
  ThrBarrier *self = thr_barrier_new (2);

  thr_barrier_wait_async (self, NULL, NULL, NULL);
  g_assert_true (thr_barrier_wait (self, NULL, NULL));
  assert_finalized (self);
}

static void
test_async_cancelled (void)
{
  for (guint phase = 0; phase < 4; phase++)
    {
      ThrBarrier *self = thr_barrier_new (2);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      Awaited awaited = { 0 };
      GError *error = NULL;

      if (phase == 0)
        g_cancellable_cancel (cancellable);
      thr_barrier_wait_async (self, cancellable, awaited_cb, &awaited);
      g_assert_cmpint (thr_barrier_get_n_waiting (self), ==, phase != 0);
      if (phase == 3)
        g_assert_true (thr_barrier_wait (self, NULL, NULL));
      g_cancellable_cancel (cancellable);
      /* The last comes before the home could tell. */
      if (phase == 2)
        {
          g_assert_false (thr_barrier_wait (self, NULL, &error));
          assert_broken_and_clear (&error);
        }
      /* In phase 3 the wait at home has delivered the grant before. */
      await_call (&awaited);
      g_assert_true (awaited.success == (phase == 3));
      if (phase != 3)
        assert_error_and_clear (&awaited.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_true (thr_barrier_is_broken (self) == (phase == 1 || phase == 2));
      awaited_clear (&awaited);
      assert_finalized (self);
    }
}

/* The others hear of it before the home does, and of nothing else: those who come anew
 * after a reset are not broken by the callback that comes later. */
static void
test_async_cancelled_at_once (void)
{
  ThrBarrier *self = thr_barrier_new (3);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Awaited awaited = { 0 };
  Party party;

  thr_barrier_wait_async (self, cancellable, awaited_cb, &awaited);
  party_come (&party, self, 2);
  g_cancellable_cancel (cancellable);
  g_assert_true (thr_barrier_is_broken (self));
  party_join (&party);
  g_assert_false (party.success);
  assert_broken_and_clear (&party.error);
  g_assert_cmpuint (awaited.n_calls, ==, 0);

  thr_barrier_reset (self);
  party_come (&party, self, 1);
  await_call (&awaited);
  assert_error_and_clear (&awaited.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  awaited_clear (&awaited);
  g_assert_false (thr_barrier_is_broken (self));
  g_assert_cmpint (thr_barrier_get_n_waiting (self), ==, 1);
  thr_barrier_abort (self);
  party_join (&party);
  assert_broken_and_clear (&party.error);

  assert_finalized (self);
}

static void
test_async_broken (void)
{
  ThrBarrier *self = thr_barrier_new (2);
  Awaited awaited[2] = { { 0 } };

  thr_barrier_wait_async (self, NULL, awaited_cb, &awaited[0]);
  thr_barrier_abort (self);
  thr_barrier_wait_async (self, NULL, awaited_cb, &awaited[1]);
  for (guint i = 0; i < 2; i++)
    {
      await_call (&awaited[i]);
      assert_broken_and_clear (&awaited[i].error);
      awaited_clear (&awaited[i]);
    }

  assert_finalized (self);
}

/* A home that goes is a party that gives up. */
static void
test_async_home_gone (void)
{
  GMainContext *context = g_main_context_new ();
  ThrBarrier *self;
  Awaited awaited = { 0 };
  Party party;

  g_main_context_push_thread_default (context);
  self = thr_barrier_new (3);
  g_main_context_pop_thread_default (context);

  thr_barrier_wait_async (self, NULL, awaited_cb, &awaited);
  party_come (&party, self, 2);
  g_main_context_unref (context);
  party_join (&party);
  assert_broken_and_clear (&party.error);

  thr_barrier_reset (self);
  /* Nobody can hear of it, so it does not come. */
  thr_barrier_wait_async (self, NULL, awaited_cb, &awaited);
  g_assert_cmpint (thr_barrier_get_n_waiting (self), ==, 0);
  g_assert_cmpuint (awaited.n_calls, ==, 0);

  assert_finalized (self);
}

/* --- Storm --- */

static gpointer
storm_thread (gpointer data)
{
  Party *self = data;

  for (guint i = 0; i < (is_thorough () ? 20000u : 1000u); i++)
    {
      GError *error = NULL;
      gboolean success = thr_barrier_wait_timed (self->barrier, self->timeout_us, NULL,
                                                 &self->index, &error);

      g_assert_true (success == (error == NULL));
      if (!success && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
        g_assert_error (error, THR_ERROR, THR_ERROR_BROKEN);
      g_clear_error (&error);
      if (!success)
        thr_barrier_reset (self->barrier);
    }
  thr_barrier_abort (self->barrier);
  return NULL;
}

/* Deadlines run out in the moment in which the last party comes, and resets come
 * between the two: every wait ends, and nobody is left in line. */
static void
test_storm (void)
{
  ThrBarrier *self = thr_barrier_new (3);
  Party parties[3];

  for (guint i = 0; i < 3; i++)
    {
      parties[i] = (Party) { .barrier = self, .timeout_us = i == 0 ? 30 : 1000 };
      parties[i].thread = g_thread_new ("storm", storm_thread, &parties[i]);
    }
  for (guint i = 0; i < 3; i++)
    party_join (&parties[i]);
  g_assert_cmpint (thr_barrier_get_n_waiting (self), ==, 0);

  assert_finalized (self);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/barrier/new", test_new);
  g_test_add_func ("/barrier/bad-parties", test_bad_parties);
  g_test_add_func ("/barrier/indices", test_indices);
  g_test_add_func ("/barrier/generations", test_generations);
  g_test_add_func ("/barrier/timed-out", test_timed_out);
  g_test_add_func ("/barrier/bad-timeout", test_bad_timeout);
  g_test_add_func ("/barrier/cancelled", test_cancelled);
  g_test_add_func ("/barrier/abort", test_abort);
  g_test_add_func ("/barrier/reset", test_reset);
  g_test_add_func ("/barrier/notified", test_notified);
  g_test_add_func ("/barrier/async", test_async);
  g_test_add_func ("/barrier/async-no-callback", test_async_no_callback);
  g_test_add_func ("/barrier/async-cancelled", test_async_cancelled);
  g_test_add_func ("/barrier/async-cancelled-at-once", test_async_cancelled_at_once);
  g_test_add_func ("/barrier/async-broken", test_async_broken);
  g_test_add_func ("/barrier/async-home-gone", test_async_home_gone);
  g_test_add_func ("/barrier/storm", test_storm);

  return g_test_run ();
}
