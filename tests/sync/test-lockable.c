/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sync/sync-callers.h"
#include "sync/sync-util.h"

/* What holds for everything that can be acquired: each scenario runs with a lock
 * and with a semaphore of one permit, made by the function it is given; and with a
 * recursive lock where it makes sense. */

typedef gpointer (*Maker) (void);

static gpointer
make_lock (void)
{
  return thr_lock_new ();
}

static gpointer
make_rec_lock (void)
{
  return thr_rec_lock_new ();
}

static gpointer
make_semaphore (void)
{
  return thr_semaphore_new (1);
}

static gpointer
make_bounded (void)
{
  return thr_semaphore_new_bounded (1);
}

static void
test_acquire_release (gconstpointer data)
{
  gpointer self = ((Maker) data) ();

  g_assert_false (thr_lockable_is_locked (self));
  acquire (self);
  g_assert_true (thr_lockable_is_locked (self));
  g_assert_false (thr_lockable_try_acquire (self));
  release (self);
  g_assert_false (thr_lockable_is_locked (self));
  g_assert_true (thr_lockable_try_acquire (self));
  release (self);

  assert_finalized (self);
}

static void
test_timed_out (gconstpointer data)
{
  gpointer self = ((Maker) data) ();
  GError *error = NULL;
  gint64 start;

  acquire (self);
  g_assert_false (thr_lockable_acquire_timed (self, 0, NULL, &error));
  assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);

  start = g_get_monotonic_time ();
  g_assert_false (thr_lockable_acquire_timed (self, 20000, NULL, &error));
  assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 20000);

  g_assert_cmpuint (n_waiters (self), ==, 0);
  release (self);
  g_assert_true (thr_lockable_acquire_timed (self, 0, NULL, &error));
  g_assert_no_error (error);

  assert_finalized (self);
}

static void
test_bad_timeout (gconstpointer data)
{
  gpointer self = ((Maker) data) ();
  GError *error = NULL;

  g_assert_false (thr_lockable_acquire_timed (self, -2, NULL, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_assert_false (thr_lockable_acquire_timed (self, G_MININT64, NULL, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_assert_false (thr_lockable_is_locked (self));

  assert_finalized (self);
}

/* now + G_MAXINT64 must not wrap into the past. */
static void
test_huge_timeout (gconstpointer data)
{
  gpointer self = ((Maker) data) ();
  Blocked blocked = { .lockable = self, .timeout_us = G_MAXINT64 };

  acquire (self);
  blocked_start (&blocked, 0);
  release (self);
  blocked_join (&blocked);
  g_assert_no_error (blocked.error);
  g_assert_true (blocked.acquired);

  assert_finalized (self);
}

static void
test_no_limit (gconstpointer data)
{
  gpointer self = ((Maker) data) ();
  Blocked blocked = { .lockable = self, .timeout_us = -1 };

  acquire (self);
  blocked_start (&blocked, 0);
  release (self);
  blocked_join (&blocked);
  g_assert_true (blocked.acquired);

  assert_finalized (self);
}

static void
test_cancelled_before (gconstpointer data)
{
  gpointer self = ((Maker) data) ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GError *error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (thr_lockable_acquire_timed (self, -1, cancellable, &error));
  assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (thr_lockable_is_locked (self));

  assert_finalized (self);
}

static void
test_cancelled_during (gconstpointer data)
{
  gpointer self = ((Maker) data) ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Blocked blocked = { .lockable = self, .timeout_us = -1, .cancellable = cancellable };

  acquire (self);
  blocked_start (&blocked, 0);
  g_cancellable_cancel (cancellable);
  blocked_join (&blocked);
  g_assert_false (blocked.acquired);
  assert_error_and_clear (&blocked.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (n_waiters (self), ==, 0);

  release (self);
  g_assert_false (thr_lockable_is_locked (self));

  assert_finalized (self);
}

/* Free, and still not called back from inside the call. */
static void
test_async_later (gconstpointer data)
{
  gpointer self = ((Maker) data) ();
  Awaited awaited = { .keep = TRUE };

  thr_lockable_acquire_async (self, NULL, awaited_cb, &awaited);
  g_assert_cmpuint (awaited.n_calls, ==, 0);
  g_assert_true (thr_lockable_is_locked (self));
  await_call (&awaited);
  g_assert_no_error (awaited.error);
  g_assert_true (awaited.acquired);
  drain ();
  g_assert_cmpuint (awaited.n_calls, ==, 1);

  release (self);
  awaited_clear (&awaited);
  assert_finalized (self);
}

static void
test_async_waits (gconstpointer data)
{
  gpointer self = ((Maker) data) ();
  Awaited awaited = { 0 };

  acquire (self);
  thr_lockable_acquire_async (self, NULL, awaited_cb, &awaited);
  drain ();
  g_assert_cmpuint (awaited.n_calls, ==, 0);
  g_assert_cmpuint (n_waiters (self), ==, 1);

  release (self);
  await_call (&awaited);
  g_assert_true (awaited.acquired);
  g_assert_false (thr_lockable_is_locked (self));

  awaited_clear (&awaited);
  assert_finalized (self);
}

static void
test_async_cancelled_before (gconstpointer data)
{
  gpointer self = ((Maker) data) ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Awaited awaited = { 0 };

  g_cancellable_cancel (cancellable);
  thr_lockable_acquire_async (self, cancellable, awaited_cb, &awaited);
  g_assert_cmpuint (awaited.n_calls, ==, 0);
  await_call (&awaited);
  g_assert_false (awaited.acquired);
  assert_error_and_clear (&awaited.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (thr_lockable_is_locked (self));
  g_assert_cmpuint (n_waiters (self), ==, 0);

  awaited_clear (&awaited);
  assert_finalized (self);
}

static void
test_async_cancelled_during (gconstpointer data)
{
  gpointer self = ((Maker) data) ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Awaited awaited = { 0 }, next = { 0 };

  acquire (self);
  thr_lockable_acquire_async (self, cancellable, awaited_cb, &awaited);
  thr_lockable_acquire_async (self, NULL, awaited_cb, &next);
  g_cancellable_cancel (cancellable);
  release (self);

  await_call (&awaited);
  assert_error_and_clear (&awaited.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  await_call (&next);
  g_assert_true (next.acquired);
  g_assert_false (thr_lockable_is_locked (self));

  awaited_clear (&awaited);
  awaited_clear (&next);
  assert_finalized (self);
}

/* Granted, then cancelled, then finished: cancelled, and given to the next. */
static void
test_async_cancelled_after (gconstpointer data)
{
  gpointer self = ((Maker) data) ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Awaited awaited = { 0 }, next = { 0 };

  thr_lockable_acquire_async (self, cancellable, awaited_cb, &awaited);
  thr_lockable_acquire_async (self, NULL, awaited_cb, &next);
  g_assert_true (thr_lockable_is_locked (self));
  g_cancellable_cancel (cancellable);

  await_call (&awaited);
  g_assert_false (awaited.acquired);
  assert_error_and_clear (&awaited.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  await_call (&next);
  g_assert_true (next.acquired);
  g_assert_false (thr_lockable_is_locked (self));

  awaited_clear (&awaited);
  awaited_clear (&next);
  assert_finalized (self);
}

/* Nobody finishes it: the permit goes to a thread that waits. */
static void
test_async_dropped (gconstpointer data)
{
  gpointer self = ((Maker) data) ();
  Awaited awaited = { .drop = TRUE };
  Blocked blocked = { .lockable = self, .timeout_us = -1 };

  thr_lockable_acquire_async (self, NULL, awaited_cb, &awaited);
  blocked_start (&blocked, 0);
  await_call (&awaited);
  blocked_join (&blocked);
  g_assert_true (blocked.acquired);
  g_assert_false (thr_lockable_is_locked (self));

  assert_finalized (self);
}

static void
test_async_no_callback (gconstpointer data)
{
  gpointer self = ((Maker) data) ();
  Awaited next = { 0 };

  thr_lockable_acquire_async (self, NULL, NULL, NULL);
  thr_lockable_acquire_async (self, NULL, awaited_cb, &next);
  await_call (&next);
  g_assert_true (next.acquired);
  g_assert_false (thr_lockable_is_locked (self));

  awaited_clear (&next);
  assert_finalized (self);
}

static void
test_async_second_finish (gconstpointer data)
{
  gpointer self = ((Maker) data) ();
  Awaited awaited = { .keep = TRUE };
  GError *error = NULL;

  thr_lockable_acquire_async (self, NULL, awaited_cb, &awaited);
  await_call (&awaited);
  g_assert_true (awaited.acquired);
  g_assert_false (thr_lockable_acquire_finish (self, awaited.result, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_STATE);
  g_assert_true (thr_lockable_is_locked (self));
  release (self);

  awaited_clear (&awaited);
  assert_finalized (self);
}

static void
test_async_wrong_result (gconstpointer data)
{
  gpointer self = ((Maker) data) ();
  gpointer other = ((Maker) data) ();
  Awaited awaited = { .keep = TRUE };
  g_autoptr (GTask) task = g_task_new (self, NULL, NULL, NULL);
  GError *error = NULL;

  thr_lockable_acquire_async (self, NULL, awaited_cb, &awaited);
  await_call (&awaited);
  g_assert_false (thr_lockable_acquire_finish (other, awaited.result, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_assert_false (thr_lockable_acquire_finish (self, G_ASYNC_RESULT (task), &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_assert_false (thr_lockable_is_locked (other));

  g_task_return_boolean (task, TRUE);
  g_clear_object (&task);
  awaited_clear (&awaited);
  assert_finalized (other);
  assert_finalized (self);
}

typedef struct
{
  Maker     make;
  gpointer  self;     /* out */
  gboolean  drop;     /* the context with the operation still in it */
} Elsewhere;

/* Makes an object whose home is a context of this thread. */
static gpointer
elsewhere_thread (gpointer data)
{
  Elsewhere *self = data;
  GMainContext *context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  self->self = self->make ();
  thr_lockable_acquire_async (self->self, NULL, awaited_cb, NULL);
  g_main_context_pop_thread_default (context);
  g_main_context_unref (context);

  return NULL;
}

/* Granted, and the home goes: the permit is free for others. */
static void
test_home_gone_granted (gconstpointer data)
{
  Elsewhere elsewhere = { .make = (Maker) data };
  Awaited late = { 0 };

  g_thread_join (g_thread_new ("elsewhere", elsewhere_thread, &elsewhere));
  g_assert_false (thr_lockable_is_locked (elsewhere.self));
  g_assert_cmpuint (n_waiters (elsewhere.self), ==, 0);
  acquire (elsewhere.self);

  /* Asking at a home that is gone calls nobody and stands in nobody's way. */
  thr_lockable_acquire_async (elsewhere.self, NULL, awaited_cb, &late);
  release (elsewhere.self);
  g_assert_false (thr_lockable_is_locked (elsewhere.self));
  g_assert_cmpuint (late.n_calls, ==, 0);

  assert_finalized (elsewhere.self);
}

/* Waiting, first in line before a thread, and the home goes. */
static void
test_home_gone_waiting (gconstpointer data)
{
  GMainContext *context = g_main_context_new ();
  gpointer self;
  Awaited awaited = { 0 };
  Blocked blocked = { .timeout_us = -1 };

  g_main_context_push_thread_default (context);
  self = ((Maker) data) ();
  g_main_context_pop_thread_default (context);

  acquire (self);
  thr_lockable_acquire_async (self, NULL, awaited_cb, &awaited);
  blocked.lockable = self;
  blocked_start (&blocked, 1);
  g_main_context_unref (context);
  g_assert_cmpuint (n_waiters (self), ==, 1);

  release (self);
  blocked_join (&blocked);
  g_assert_true (blocked.acquired);
  g_assert_cmpuint (awaited.n_calls, ==, 0);

  assert_finalized (self);
}

/* Nobody iterates the home; the blocking forms do not care. */
static void
test_home_without_loop (gconstpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  gpointer self;
  Awaited awaited = { 0 };
  GError *error = NULL;

  g_main_context_push_thread_default (context);
  self = ((Maker) data) ();
  g_main_context_pop_thread_default (context);

  acquire (self);
  thr_lockable_acquire_async (self, NULL, awaited_cb, &awaited);
  release (self);
  /* The grant waits for its callback for ever; others are not served before it. */
  g_assert_false (thr_lockable_acquire_timed (self, 1000, NULL, &error));
  assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  while (awaited.n_calls == 0)
    g_main_context_iteration (context, TRUE);
  g_assert_true (awaited.acquired);
  acquire (self);
  release (self);

  awaited_clear (&awaited);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_assert_finalize_object (G_OBJECT (self));
}

/* Blocked, awaiting, blocked with a limit, awaiting: served as they came. */
static void
test_order (gconstpointer data)
{
  gpointer self = ((Maker) data) ();
  int order = 0;
  Blocked first = { .lockable = self, .timeout_us = -1, .order = &order };
  Awaited second = { .order = &order }, fourth = { .order = &order };
  Blocked third = { .lockable = self, .timeout_us = G_USEC_PER_SEC * 30, .order = &order };

  acquire (self);
  blocked_start (&first, 0);
  thr_lockable_acquire_async (self, NULL, awaited_cb, &second);
  blocked_start (&third, 2);
  thr_lockable_acquire_async (self, NULL, awaited_cb, &fourth);
  g_assert_cmpuint (n_waiters (self), ==, 4);

  release (self);
  blocked_join (&first);
  await_call (&second);
  blocked_join (&third);
  await_call (&fourth);
  g_assert_cmpint (first.place, ==, 0);
  g_assert_cmpint (second.place, ==, 1);
  g_assert_cmpint (third.place, ==, 2);
  g_assert_cmpint (fourth.place, ==, 3);

  awaited_clear (&second);
  awaited_clear (&fourth);
  assert_finalized (self);
}

/* T8 of thr-permits.c. The first in line is nudged, and cancelled before it has had
 * the time to wake up: it must tell the second, a thread or an operation, or nobody
 * ever takes what lies free.
 *
 *   we                      the first            the second
 *                           parked               parked
 *   put: 1, NUDGED, token
 *   cancel: CANCELLED
 *                           leaves: passes on    wakes, takes
 */
static void
test_nudge_passed_on (gconstpointer data)
{
  gpointer self = ((Maker) data) ();

  for (guint round = 0; round < 400; round++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      Blocked first = { .lockable = self, .timeout_us = -1, .cancellable = cancellable };
      Blocked second = { .lockable = self, .timeout_us = -1 };
      Awaited awaited = { 0 };

      acquire (self);
      blocked_start (&first, 0);
      if (round % 2 == 0)
        blocked_start (&second, 1);
      else
        thr_lockable_acquire_async (self, NULL, awaited_cb, &awaited);
      release (self);
      g_cancellable_cancel (cancellable);

      blocked_join (&first);
      g_assert_true (first.acquired == (first.error == NULL));
      g_clear_error (&first.error);
      if (round % 2 == 0)
        blocked_join (&second);
      else
        await_call (&awaited);
      g_assert_true (second.acquired || awaited.acquired);
      g_assert_false (thr_lockable_is_locked (self));
      g_assert_cmpuint (n_waiters (self), ==, 0);
      awaited_clear (&awaited);
    }

  assert_finalized (self);
}

static void
test_finalized_while_held (gconstpointer data)
{
  gpointer self = ((Maker) data) ();

  acquire (self);
  assert_finalized (self);
}

/* A second acquire by the same thread is no re-entry and no error. */
static void
test_second_acquire_blocks (gconstpointer data)
{
  gpointer self = ((Maker) data) ();
  GError *error = NULL;

  acquire (self);
  g_assert_false (thr_lockable_acquire_timed (self, 1000, NULL, &error));
  assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  release (self);

  assert_finalized (self);
}

static void
test_any_thread_releases (gconstpointer data)
{
  gpointer self = ((Maker) data) ();

  acquire (self);
  release_elsewhere (self);
  g_assert_false (thr_lockable_is_locked (self));

  assert_finalized (self);
}

static void
count_cb (gpointer object,
          gpointer data)
{
  g_assert_true (g_main_context_is_owner (g_main_context_default ()));
  ++*(guint *) data;
}

static void
test_signals_off (gconstpointer data)
{
  gpointer self = ((Maker) data) ();
  guint n = 0;

  g_signal_connect (self, "acquired", G_CALLBACK (count_cb), &n);
  g_signal_connect (self, "released", G_CALLBACK (count_cb), &n);
  acquire (self);
  release (self);
  drain ();
  g_assert_cmpuint (n, ==, 0);

  assert_finalized (self);
}

static void
letter_a_cb (gpointer object,
             gpointer data)
{
  g_string_append_c (data, 'a');
}

static void
letter_r_cb (gpointer object,
             gpointer data)
{
  g_string_append_c (data, 'r');
}

static gpointer
many_thread (gpointer data)
{
  for (guint i = 0; i < 500; i++)
    {
      acquire (data);
      release (data);
    }
  return NULL;
}

/* From four threads: each one told once, at home, and never two acquired without a
 * released between them. */
static void
test_signals (gconstpointer data)
{
  gpointer self = ((Maker) data) ();
  g_autoptr (GString) told = g_string_new (NULL);
  GThread *threads[4];
  Awaited awaited = { 0 };

  g_object_set (self, "emit-signals", TRUE, NULL);
  g_signal_connect (self, "acquired", G_CALLBACK (letter_a_cb), told);
  g_signal_connect (self, "released", G_CALLBACK (letter_r_cb), told);

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("many", many_thread, self);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  thr_lockable_acquire_async (self, NULL, awaited_cb, &awaited);
  await_call (&awaited);

  /* Nothing was emitted on the threads, and all of it at home. */
  drain ();
  g_assert_cmpuint (told->len, ==, 2 * (4 * 500 + 1));
  for (gsize i = 0; i < told->len; i++)
    g_assert_cmpint (told->str[i], ==, i % 2 == 0 ? 'a' : 'r');

  g_object_set (self, "emit-signals", FALSE, NULL);
  acquire (self);
  release (self);
  drain ();
  g_assert_cmpuint (told->len, ==, 2 * (4 * 500 + 1));

  awaited_clear (&awaited);
  assert_finalized (self);
}

static void
notify_cb (gpointer    object,
           GParamSpec *pspec,
           gpointer    data)
{
  g_assert_true (g_main_context_is_owner (g_main_context_default ()));
  ++*(guint *) data;
}

static void
test_emit_signals_notified (gconstpointer data)
{
  gpointer self = ((Maker) data) ();
  guint n = 0;
  gboolean emits = FALSE;

  g_signal_connect (self, "notify::emit-signals", G_CALLBACK (notify_cb), &n);
  g_object_set (self, "emit-signals", TRUE, NULL);
  g_assert_cmpuint (n, ==, 0);
  drain ();
  g_assert_cmpuint (n, ==, 1);
  g_object_set (self, "emit-signals", TRUE, NULL);
  drain ();
  g_assert_cmpuint (n, ==, 1);
  g_object_get (self, "emit-signals", &emits, NULL);
  g_assert_true (emits);

  assert_finalized (self);
}

static void
test_locker (gconstpointer data)
{
  gpointer self = ((Maker) data) ();
  GError *error = NULL;

  {
    g_autoptr (ThrLocker) locker = thr_locker_new (self);

    g_assert_nonnull (locker);
    g_assert_true (thr_lockable_is_locked (self));
    g_assert_null (thr_locker_new_timed (self, 0, NULL, &error));
    assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  }
  g_assert_false (thr_lockable_is_locked (self));

  assert_finalized (self);
}

static const struct
{
  const char   *name;
  GTestDataFunc func;
  gboolean      no_owner; /* not where the owner enters again, or alone releases */
} scenarios[] = {
  { "acquire-release", test_acquire_release, TRUE },
  { "timed-out", test_timed_out, TRUE },
  { "bad-timeout", test_bad_timeout },
  { "huge-timeout", test_huge_timeout },
  { "no-limit", test_no_limit },
  { "cancelled-before", test_cancelled_before },
  { "cancelled-during", test_cancelled_during },
  { "async-later", test_async_later },
  { "async-waits", test_async_waits },
  { "async-cancelled-before", test_async_cancelled_before },
  { "async-cancelled-during", test_async_cancelled_during },
  { "async-cancelled-after", test_async_cancelled_after },
  { "async-dropped", test_async_dropped },
  { "async-no-callback", test_async_no_callback },
  { "async-second-finish", test_async_second_finish },
  { "async-wrong-result", test_async_wrong_result },
  { "home-gone-granted", test_home_gone_granted },
  { "home-gone-waiting", test_home_gone_waiting },
  { "home-without-loop", test_home_without_loop },
  { "order", test_order },
  { "nudge-passed-on", test_nudge_passed_on },
  { "finalized-while-held", test_finalized_while_held },
  { "second-acquire-blocks", test_second_acquire_blocks, TRUE },
  { "any-thread-releases", test_any_thread_releases, TRUE },
  { "signals-off", test_signals_off },
  { "signals", test_signals },
  { "emit-signals-notified", test_emit_signals_notified },
  { "locker", test_locker, TRUE },
};

static void
add_scenarios (const char *kind,
               Maker       make,
               gboolean    has_owner)
{
  for (guint i = 0; i < G_N_ELEMENTS (scenarios); i++)
    {
      g_autofree char *path = g_strdup_printf ("/%s/%s", kind, scenarios[i].name);

      if (!has_owner || !scenarios[i].no_owner)
        g_test_add_data_func (path, (gconstpointer) make, scenarios[i].func);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_scenarios ("lock", make_lock, FALSE);
  add_scenarios ("rec-lock", make_rec_lock, TRUE);
  add_scenarios ("semaphore", make_semaphore, FALSE);
  add_scenarios ("bounded-semaphore", make_bounded, FALSE);
  return g_test_run ();
}
