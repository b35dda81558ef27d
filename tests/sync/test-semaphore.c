/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sync/sync-callers.h"
#include "sync/sync-util.h"

/* What is special to a semaphore; test-lockable.c has what it shares with a lock.
 * The T… are the transitions in thr-permits.c. */

static void
test_new (void)
{
  ThrSemaphore *self = thr_semaphore_new (3);
  gint64 value, initial;
  gboolean bounded = TRUE;

  g_object_get (self, "value", &value, "initial-value", &initial, "bounded", &bounded, NULL);
  g_assert_cmpint (value, ==, 3);
  g_assert_cmpint (initial, ==, 3);
  g_assert_false (bounded);
  g_assert_false (thr_semaphore_is_locked (self));

  acquire (self);
  acquire (self);
  g_assert_cmpint (thr_semaphore_get_value (self), ==, 1);
  g_assert_cmpint (thr_semaphore_get_initial_value (self), ==, 3);
  acquire (self);
  g_assert_true (thr_semaphore_is_locked (self));
  g_assert_false (thr_semaphore_try_acquire (self));
  assert_finalized (self);

  self = g_object_new (THR_TYPE_SEMAPHORE, NULL);
  g_assert_cmpint (thr_semaphore_get_value (self), ==, 1);
  assert_finalized (self);

  self = thr_semaphore_new_bounded (2);
  g_assert_true (thr_semaphore_get_bounded (self));
  assert_finalized (self);

  self = thr_semaphore_new (0);
  g_assert_true (thr_semaphore_is_locked (self));
  release (self);
  g_assert_cmpint (thr_semaphore_get_value (self), ==, 1);
  assert_finalized (self);
}

/* The constructors of C cannot say no, so everything else does. */
static void
check_refused (ThrSemaphore *self)
{
  GError *error = NULL;
  Awaited awaited = { 0 };

  g_assert_cmpint (thr_semaphore_get_value (self), ==, 0);
  g_assert_false (thr_semaphore_acquire (self, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_assert_false (thr_semaphore_try_acquire (self));
  g_assert_false (thr_semaphore_acquire_timed (self, 0, NULL, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_assert_false (thr_semaphore_release (self, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  thr_semaphore_set_emit_signals (self, TRUE);
  g_assert_false (thr_semaphore_release_n (self, 2, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);

  thr_semaphore_acquire_async (self, NULL, awaited_cb, &awaited);
  await_call (&awaited);
  g_assert_false (awaited.acquired);
  assert_error_and_clear (&awaited.error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  awaited_clear (&awaited);

  assert_finalized (self);
}

static void
test_bad_value (void)
{
  static const gint64 values[] = { -1, G_MININT64, THR_SEMAPHORE_MAX_VALUE + 1, G_MAXINT64 };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      GError *error = NULL;

      g_assert_null (thr_semaphore_new_checked (values[i], &error));
      assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
      g_assert_null (thr_semaphore_new_bounded_checked (values[i], &error));
      assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
      check_refused (thr_semaphore_new (values[i]));
    }
  check_refused (thr_semaphore_new_bounded (-1));
}

static void
test_overflow (void)
{
  ThrSemaphore *self = thr_semaphore_new (THR_SEMAPHORE_MAX_VALUE);
  GError *error = NULL;

  g_assert_cmpint (thr_semaphore_get_value (self), ==, THR_SEMAPHORE_MAX_VALUE);
  g_assert_false (thr_semaphore_release (self, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_OVERFLOW);
  acquire (self);
  g_assert_false (thr_semaphore_release_n (self, G_MAXINT64, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_OVERFLOW);
  release (self);
  g_assert_cmpint (thr_semaphore_get_value (self), ==, THR_SEMAPHORE_MAX_VALUE);

  assert_finalized (self);
}

static void
test_release_n_bad (void)
{
  ThrSemaphore *self = thr_semaphore_new (0);
  GError *error = NULL;

  g_assert_false (thr_semaphore_release_n (self, 0, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_assert_false (thr_semaphore_release_n (self, -1, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (thr_semaphore_get_value (self), ==, 0);

  assert_finalized (self);
}

static void
test_bounded (void)
{
  ThrSemaphore *self = thr_semaphore_new_bounded (3);
  GError *error = NULL;

  g_assert_false (thr_semaphore_release (self, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_OVERFLOW);
  acquire (self);
  acquire (self);
  /* All or nothing. */
  g_assert_false (thr_semaphore_release_n (self, 3, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_OVERFLOW);
  g_assert_cmpint (thr_semaphore_get_value (self), ==, 1);
  g_assert_true (thr_semaphore_release_n (self, 2, &error));
  g_assert_no_error (error);
  g_assert_cmpint (thr_semaphore_get_value (self), ==, 3);

  assert_finalized (self);

  self = thr_semaphore_new_bounded (0);
  g_assert_false (thr_semaphore_release (self, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_OVERFLOW);
  assert_finalized (self);
}

/* Too many, although somebody waits who would have taken one. */
static void
test_bounded_waited_for (void)
{
  ThrSemaphore *self = thr_semaphore_new_bounded (1);
  Blocked blocked = { .lockable = THR_LOCKABLE (self), .timeout_us = -1, .keep = TRUE };
  GError *error = NULL;

  acquire (self);
  blocked_start (&blocked, 0);
  g_assert_false (thr_semaphore_release_n (self, 2, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_OVERFLOW);
  g_assert_cmpuint (thr_semaphore_get_n_waiters (self), ==, 1);
  release (self);
  blocked_join (&blocked);
  g_assert_true (blocked.acquired);
  g_assert_cmpint (thr_semaphore_get_value (self), ==, 0);

  assert_finalized (self);
}

/* T5 for several: exactly as many as were put back, in one call. */
static void
test_release_n (void)
{
  ThrSemaphore *self = thr_semaphore_new (0);
  Blocked blocked[5];

  for (guint i = 0; i < G_N_ELEMENTS (blocked); i++)
    {
      blocked[i] = (Blocked) {
        .lockable = THR_LOCKABLE (self), .timeout_us = -1, .keep = TRUE
      };
      blocked_start (&blocked[i], i);
    }

  g_assert_true (thr_semaphore_release_n (self, 3, NULL));
  /* Handed over, not left to be fought for. */
  g_assert_cmpuint (thr_semaphore_get_n_waiters (self), ==, 2);
  g_assert_cmpint (thr_semaphore_get_value (self), ==, 0);
  for (guint i = 0; i < 3; i++)
    blocked_join (&blocked[i]);

  /* More than wait: the rest is kept. */
  g_assert_true (thr_semaphore_release_n (self, 4, NULL));
  for (guint i = 3; i < 5; i++)
    blocked_join (&blocked[i]);
  g_assert_cmpint (thr_semaphore_get_value (self), ==, 2);
  g_assert_cmpuint (thr_semaphore_get_n_waiters (self), ==, 0);

  assert_finalized (self);
}

/* More than one batch of wakes holds, in both kinds. */
static void
test_release_many (void)
{
  ThrSemaphore *self = thr_semaphore_new (0);
  Blocked blocked[40];
  Awaited awaited[40] = { { 0 } };
  int order = 0;

  for (guint i = 0; i < 40; i++)
    {
      blocked[i] = (Blocked) {
        .lockable = THR_LOCKABLE (self), .timeout_us = -1, .keep = TRUE
      };
      blocked_start (&blocked[i], 2 * i);
      awaited[i].keep = TRUE;
      awaited[i].order = &order;
      thr_semaphore_acquire_async (self, NULL, awaited_cb, &awaited[i]);
    }

  g_assert_true (thr_semaphore_release_n (self, 81, NULL));
  for (guint i = 0; i < 40; i++)
    {
      blocked_join (&blocked[i]);
      await_call (&awaited[i]);
      g_assert_cmpint (awaited[i].place, ==, i);
      awaited_clear (&awaited[i]);
    }
  g_assert_cmpint (thr_semaphore_get_value (self), ==, 1);

  assert_finalized (self);
}

/* Three are put, and one of the three in line has been cancelled, but is still there
 * until its home runs: its share goes into the count. */
static void
test_release_n_cancelled (void)
{
  ThrSemaphore *self = thr_semaphore_new_bounded (3);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Awaited awaited[3] = { { .keep = TRUE }, { 0 }, { .keep = TRUE } };

  for (guint i = 0; i < 3; i++)
    acquire (self);
  for (guint i = 0; i < 3; i++)
    thr_semaphore_acquire_async (self, i == 1 ? cancellable : NULL, awaited_cb, &awaited[i]);
  g_cancellable_cancel (cancellable);
  g_assert_true (thr_semaphore_release_n (self, 3, NULL));
  g_assert_cmpint (thr_semaphore_get_value (self), ==, 1);

  for (guint i = 0; i < 3; i++)
    {
      await_call (&awaited[i]);
      g_assert_true (awaited[i].acquired == (i != 1));
      awaited_clear (&awaited[i]);
    }
  g_assert_cmpint (thr_semaphore_get_value (self), ==, 1);

  assert_finalized (self);
}

/* T4, T5, T8: two single releases before the first in line had a chance to look.
 * The first nudges; the second hands over and nudges the next. Neither permit may
 * lie idle until the first waiter comes round. */
static void
test_release_twice (void)
{
  for (guint i = 0; i < 1000; i++)
    {
      ThrSemaphore *self = thr_semaphore_new (0);
      Blocked a = { .lockable = THR_LOCKABLE (self), .timeout_us = -1, .keep = TRUE };
      Blocked b = a;

      blocked_start (&a, 0);
      blocked_start (&b, 1);
      release (self);
      release (self);
      blocked_join (&a);
      blocked_join (&b);
      g_assert_cmpint (thr_semaphore_get_value (self), ==, 0);
      g_assert_cmpuint (thr_semaphore_get_n_waiters (self), ==, 0);

      assert_finalized (self);
    }
}

/* A release that nobody waits for is kept, also after somebody gave up. */
static void
test_kept (void)
{
  ThrSemaphore *self = thr_semaphore_new (0);
  GError *error = NULL;

  g_assert_false (thr_semaphore_acquire_timed (self, 1000, NULL, &error));
  assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  release (self);
  g_assert_cmpint (thr_semaphore_get_value (self), ==, 1);
  g_assert_true (thr_semaphore_acquire_timed (self, 0, NULL, &error));
  g_assert_no_error (error);

  assert_finalized (self);
}

static void
test_value_notified (void)
{
  ThrSemaphore *self = thr_semaphore_new (2);
  Awaited awaited = { 0 };

  thr_semaphore_set_emit_signals (self, TRUE);
  g_signal_connect_swapped (self, "notify::value", G_CALLBACK (g_atomic_int_inc),
                            &awaited.n_calls);
  acquire (self);
  g_assert_true (thr_semaphore_release_n (self, 3, NULL));
  g_assert_cmpuint (awaited.n_calls, ==, 0);
  drain ();
  g_assert_cmpuint (awaited.n_calls, ==, 1);

  assert_finalized (self);
}

typedef struct
{
  ThrSemaphore *self;
  guint         n;
  int           inside;  /* atomic */
} Room;

static gpointer
room_thread (gpointer data)
{
  Room *room = data;

  for (guint i = 0; i < room->n; i++)
    {
      acquire (room->self);
      g_assert_cmpint (g_atomic_int_add (&room->inside, 1), <, 2);
      if (i % 8 == 0)
        g_thread_yield ();
      g_atomic_int_add (&room->inside, -1);
      release (room->self);
    }

  return NULL;
}

static void
test_exclusion (void)
{
  Room room = { .self = thr_semaphore_new_bounded (2), .n = 10000 };
  GThread *threads[6];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("room", room_thread, &room);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (thr_semaphore_get_value (room.self), ==, 2);
  g_assert_cmpuint (thr_semaphore_get_n_waiters (room.self), ==, 0);

  assert_finalized (room.self);
}

/* A partner that makes one acquire a round, in a way that the round decides. */
typedef struct
{
  ThrSemaphore *self;
  guint         n;
  int           round;       /* atomic */
  int           done;        /* atomic */
  gint64        timeout_us;  /* of the round */
  GCancellable *cancellable; /* of the round */
  gboolean      acquired;    /* in the round */
} Storm;

static gpointer
storm_thread (gpointer data)
{
  Storm *storm = data;

  for (guint round = 1; round <= storm->n; round++)
    {
      while ((guint) g_atomic_int_get (&storm->round) < round)
        g_thread_yield ();
      storm->acquired = thr_semaphore_acquire_timed (storm->self, storm->timeout_us,
                                                     storm->cancellable, NULL);
      g_atomic_int_set (&storm->done, round);
    }

  return NULL;
}

static void
storm_round (Storm *storm,
             guint  round,
             guint  pause)
{
  volatile guint i;

  g_atomic_int_set (&storm->round, round);
  for (i = 0; i < pause; i++)
    ;
}

/* The permit is with the partner or in the count, and nowhere else. */
static void
storm_settle (Storm *storm,
              guint  round)
{
  while ((guint) g_atomic_int_get (&storm->done) < round)
    g_thread_yield ();
  if (!storm->acquired)
    g_assert_true (thr_semaphore_try_acquire (storm->self));
  g_assert_cmpint (thr_semaphore_get_value (storm->self), ==, 0);
  g_assert_cmpuint (thr_semaphore_get_n_waiters (storm->self), ==, 0);
}

/* The limit runs out while the permit is put back:
 *
 *   the partner                     we
 *   in line
 *   deadline: TIMED_OUT
 *                                   put: sees it in line, nudges, or hands over to
 *                                   one who has left (the grant fails)
 *   leaves the line                 the permit must be in the count afterwards
 */
static void
test_storm_timed_out (void)
{
  Storm storm = { .self = thr_semaphore_new (0), .n = 100000 };
  GThread *thread = g_thread_new ("storm", storm_thread, &storm);
  guint n_acquired = 0;

  for (guint round = 1; round <= storm.n; round++)
    {
      storm.timeout_us = 1 + round % 30;
      storm_round (&storm, round, round % 8192);
      release (storm.self);
      storm_settle (&storm, round);
      n_acquired += storm.acquired;
    }
  g_thread_join (thread);
  g_test_message ("%u of %u were acquired", n_acquired, storm.n);

  assert_finalized (storm.self);
}

/* The same with a cancellable, cancelled right before or right after the release. */
static void
test_storm_cancelled (void)
{
  Storm storm = { .self = thr_semaphore_new (0), .n = 100000, .timeout_us = -1 };
  GThread *thread = g_thread_new ("storm", storm_thread, &storm);
  guint n_acquired = 0;

  for (guint round = 1; round <= storm.n; round++)
    {
      storm.cancellable = g_cancellable_new ();
      storm_round (&storm, round, round % 8192);
      if (round % 2 == 0)
        g_cancellable_cancel (storm.cancellable);
      release (storm.self);
      g_cancellable_cancel (storm.cancellable);
      storm_settle (&storm, round);
      g_object_unref (storm.cancellable);
      n_acquired += storm.acquired;
    }
  g_thread_join (thread);
  g_test_message ("%u of %u were acquired", n_acquired, storm.n);

  assert_finalized (storm.self);
}

typedef struct
{
  ThrSemaphore *ping, *pong;
  guint         n;
} PingPong;

static gpointer
pong_thread (gpointer data)
{
  PingPong *self = data;

  for (guint i = 0; i < self->n; i++)
    {
      acquire (self->ping);
      release (self->pong);
    }

  return NULL;
}

/* A lost wake-up stops it for ever. */
static void
test_ping_pong (void)
{
  PingPong self = { thr_semaphore_new (0), thr_semaphore_new (0), 100000 };
  GThread *thread = g_thread_new ("pong", pong_thread, &self);

  for (guint i = 0; i < self.n; i++)
    {
      release (self.ping);
      acquire (self.pong);
    }
  g_thread_join (thread);

  assert_finalized (self.ping);
  assert_finalized (self.pong);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/semaphore/new", test_new);
  g_test_add_func ("/semaphore/bad-value", test_bad_value);
  g_test_add_func ("/semaphore/overflow", test_overflow);
  g_test_add_func ("/semaphore/release-n-bad", test_release_n_bad);
  g_test_add_func ("/semaphore/bounded", test_bounded);
  g_test_add_func ("/semaphore/bounded-waited-for", test_bounded_waited_for);
  g_test_add_func ("/semaphore/release-n", test_release_n);
  g_test_add_func ("/semaphore/release-n-cancelled", test_release_n_cancelled);
  g_test_add_func ("/semaphore/release-many", test_release_many);
  g_test_add_func ("/semaphore/release-twice", test_release_twice);
  g_test_add_func ("/semaphore/kept", test_kept);
  g_test_add_func ("/semaphore/value-notified", test_value_notified);
  g_test_add_func ("/semaphore/exclusion", test_exclusion);
  g_test_add_func ("/semaphore/storm-timed-out", test_storm_timed_out);
  g_test_add_func ("/semaphore/storm-cancelled", test_storm_cancelled);
  g_test_add_func ("/semaphore/ping-pong", test_ping_pong);

  return g_test_run ();
}
