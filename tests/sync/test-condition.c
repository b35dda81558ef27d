/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <pthread.h>
#include <signal.h>

#include "sync/condition-util.h"

/* Each scenario runs over a plain lock, a recursive one, and a semaphore of one permit,
 * whose insides the condition does not know. */

/* An awaited wait. */
typedef struct
{
  int          *n_woken;    /* or NULL */
  gboolean      drop;
  guint         n_calls;
  gboolean      notified;
  GError       *error;
  int           place;
  GAsyncResult *result;     /* owned */
} Awaited;

static void
awaited_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  Awaited *self = data;

  self->n_calls++;
  if (self->drop)
    return;

  self->result = g_object_ref (result);
  self->notified = thr_condition_wait_finish (THR_CONDITION (source), result, &self->error);
  if (self->n_woken != NULL)
    self->place = g_atomic_int_add (self->n_woken, 1);
  if (self->notified || g_error_matches (self->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    leave (THR_CONDITION (source));
}

static void
awaited_clear (Awaited *self)
{
  g_clear_object (&self->result);
  g_clear_error (&self->error);
}

static void
await_call (Awaited *self)
{
  while (self->n_calls == 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
start_awaiting (ThrCondition *condition,
                GCancellable *cancellable,
                Awaited      *awaited)
{
  enter (condition);
  thr_condition_wait_async (condition, cancellable, awaited != NULL ? awaited_cb : NULL, awaited);
}

static void
test_not_held (gconstpointer data)
{
  ThrCondition *condition = make_condition (data);
  Awaited awaited = { 0 };
  GError *error = NULL;

  g_assert_false (thr_condition_wait (condition, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_NOT_HELD);
  g_assert_false (thr_condition_wait_timed (condition, 0, NULL, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_NOT_HELD);
  g_assert_false (thr_condition_notify (condition, 1, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_NOT_HELD);
  g_assert_false (thr_condition_notify_all (condition, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_NOT_HELD);
  thr_condition_wait_async (condition, NULL, awaited_cb, &awaited);
  await_call (&awaited);
  assert_error_and_clear (&awaited.error, THR_ERROR, THR_ERROR_NOT_HELD);
  g_assert_false (is_locked (condition));

  awaited_clear (&awaited);
  assert_finalized (condition);
}

static void
test_timeouts (gconstpointer data)
{
  ThrCondition *condition = make_condition (data);
  GError *error = NULL;
  gint64 start = g_get_monotonic_time ();

  enter (condition);
  g_assert_false (thr_condition_wait_timed (condition, -2, NULL, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_assert_false (thr_condition_wait_timed (condition, 0, NULL, &error));
  assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_false (thr_condition_wait_timed (condition, 20000, NULL, &error));
  assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 20000);
  g_assert_true (is_locked (condition));
  g_assert_cmpuint (thr_condition_get_n_waiters (condition), ==, 0);
  leave (condition);

  assert_finalized (condition);
}

static void
test_huge_timeout (gconstpointer data)
{
  ThrCondition *condition = make_condition (data);
  Sleeper sleeper = { .condition = condition, .timeout_us = G_MAXINT64 };

  sleeper_start (&sleeper, 0);
  notify (condition, 1);
  sleeper_join (&sleeper);
  g_assert_true (sleeper.notified);

  assert_finalized (condition);
}

static void
test_cancelled (gconstpointer data)
{
  ThrCondition *condition = make_condition (data);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Sleeper sleeper = { .condition = condition, .timeout_us = -1, .cancellable = cancellable };
  GError *error = NULL;

  sleeper_start (&sleeper, 0);
  g_cancellable_cancel (cancellable);
  sleeper_join (&sleeper);
  g_assert_false (sleeper.notified);
  assert_error_and_clear (&sleeper.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (is_locked (condition));

  /* Cancelled before. */
  enter (condition);
  g_assert_false (thr_condition_wait_timed (condition, -1, cancellable, &error));
  assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  leave (condition);

  assert_finalized (condition);
}

/* Exactly as many as were asked for, and none by itself. */
static void
test_notify_counts (gconstpointer data)
{
  ThrCondition *condition = make_condition (data);
  Sleeper sleepers[6];
  int n_woken = 0;
  static const guint steps[] = { 2, 0, 1, 5 };
  int expected = 0;

  for (guint i = 0; i < G_N_ELEMENTS (sleepers); i++)
    {
      sleepers[i] = (Sleeper) { .condition = condition, .timeout_us = -1, .n_woken = &n_woken };
      sleeper_start (&sleepers[i], i);
    }
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      notify (condition, steps[i]);
      expected = MIN (expected + (int) steps[i], (int) G_N_ELEMENTS (sleepers));
      g_assert_cmpuint (thr_condition_get_n_waiters (condition), ==,
                        G_N_ELEMENTS (sleepers) - expected);
      while (g_atomic_int_get (&n_woken) < expected)
        g_thread_yield ();
      enter (condition);
      g_assert_cmpint (g_atomic_int_get (&n_woken), ==, expected);
      leave (condition);
    }
  for (guint i = 0; i < G_N_ELEMENTS (sleepers); i++)
    {
      sleeper_join (&sleepers[i]);
      g_assert_true (sleepers[i].notified);
    }

  assert_finalized (condition);
}

static void
test_not_kept (gconstpointer data)
{
  ThrCondition *condition = make_condition (data);
  GError *error = NULL;

  notify (condition, 3);
  enter (condition);
  g_assert_true (thr_condition_notify_all (condition, NULL));
  g_assert_false (thr_condition_wait_timed (condition, 1000, NULL, &error));
  assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  leave (condition);

  assert_finalized (condition);
}

/* The first gives up, and the notification is for the second; whether the first has
 * come back yet or not. */
static void
test_not_swallowed (gconstpointer data)
{
  ThrCondition *condition = make_condition (data);

  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      Sleeper first = { .condition = condition, .timeout_us = -1, .cancellable = cancellable };
      Sleeper second = { .condition = condition, .timeout_us = -1 };

      sleeper_start (&first, 0);
      sleeper_start (&second, 1);
      enter (condition);
      g_cancellable_cancel (cancellable);
      g_assert_true (thr_condition_notify (condition, 1, NULL));
      leave (condition);
      sleeper_join (&first);
      sleeper_join (&second);
      g_assert_false (first.notified);
      g_assert_true (second.notified);
      g_clear_error (&first.error);
    }

  assert_finalized (condition);
}

/* First come, first served, blocked or awaiting. */
static void
test_order (gconstpointer data)
{
  ThrCondition *condition = make_condition (data);
  int n_woken = 0;
  Sleeper first = { .condition = condition, .timeout_us = -1, .n_woken = &n_woken };
  Sleeper third = first;
  Awaited second = { .n_woken = &n_woken }, fourth = { .n_woken = &n_woken };
  Awaited *awaited[] = { &second, &fourth };
  Sleeper *sleepers[] = { &first, &third };

  for (guint i = 0; i < 2; i++)
    {
      sleeper_start (sleepers[i], 2 * i);
      start_awaiting (condition, NULL, awaited[i]);
      g_assert_cmpuint (thr_condition_get_n_waiters (condition), ==, 2 * i + 2);
    }
  for (int i = 0; i < 4; i++)
    {
      notify (condition, 1);
      while (g_atomic_int_get (&n_woken) <= i)
        g_main_context_iteration (NULL, FALSE);
    }
  sleeper_join (&first);
  sleeper_join (&third);
  g_assert_cmpint (first.place, ==, 0);
  g_assert_cmpint (second.place, ==, 1);
  g_assert_cmpint (third.place, ==, 2);
  g_assert_cmpint (fourth.place, ==, 3);

  awaited_clear (&second);
  awaited_clear (&fourth);
  assert_finalized (condition);
}

static gboolean
count_to_three (ThrCondition *condition,
                gpointer      data)
{
  g_assert_true (is_locked (condition));
  return ++*(int *) data >= 3;
}

static gpointer
notify_thread (gpointer data)
{
  await_waiters (data, 1);
  notify (data, 1);
  await_waiters (data, 1);
  notify (data, 1);
  return NULL;
}

static void
test_wait_for (gconstpointer data)
{
  ThrCondition *condition = make_condition (data);
  GThread *thread = g_thread_new ("notify", notify_thread, condition);
  GError *error = NULL;
  int n_asked = 0;

  enter (condition);
  g_assert_true (thr_condition_wait_for (condition, -1, NULL, count_to_three, &n_asked, &error));
  g_assert_no_error (error);
  g_assert_cmpint (n_asked, ==, 3);
  g_thread_join (thread);

  /* Asked at once, and when the time is up. */
  g_assert_true (thr_condition_wait_for (condition, 0, NULL, count_to_three, &n_asked, &error));
  n_asked = 0;
  g_assert_false (thr_condition_wait_for (condition, 2000, NULL, count_to_three, &n_asked, &error));
  assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_cmpint (n_asked, ==, 2);
  g_assert_true (thr_condition_wait_for (condition, 2000, NULL, count_to_three, &n_asked, &error));
  leave (condition);
  g_assert_false (thr_condition_wait_for (condition, 0, NULL, count_to_three, &n_asked, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_NOT_HELD);

  assert_finalized (condition);
}

static void
test_async (gconstpointer data)
{
  ThrCondition *condition = make_condition (data);
  Awaited awaited = { 0 };
  GError *error = NULL;

  start_awaiting (condition, NULL, &awaited);
  g_assert_false (is_locked (condition));
  drain ();
  g_assert_cmpuint (awaited.n_calls, ==, 0);

  enter (condition);
  g_assert_true (thr_condition_notify (condition, 1, NULL));
  drain ();
  /* The lock is not free yet. */
  g_assert_cmpuint (awaited.n_calls, ==, 0);
  leave (condition);
  await_call (&awaited);
  g_assert_true (awaited.notified);
  g_assert_false (thr_condition_wait_finish (condition, awaited.result, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_STATE);
  g_assert_false (is_locked (condition));

  awaited_clear (&awaited);
  assert_finalized (condition);
}

/* Before the wait, during it, between the notification and the lock, and with the lock
 * granted. In the last two the wait was notified, and says so. */
static void
test_async_cancelled (gconstpointer data)
{
  for (guint phase = 0; phase < 4; phase++)
    {
      ThrCondition *condition = make_condition (data);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      Awaited awaited = { 0 };

      if (phase == 0)
        g_cancellable_cancel (cancellable);
      start_awaiting (condition, cancellable, &awaited);
      if (phase == 1)
        g_cancellable_cancel (cancellable);
      if (phase >= 2)
        {
          enter (condition);
          g_assert_true (thr_condition_notify (condition, 1, NULL));
          if (phase == 2)
            g_cancellable_cancel (cancellable);
          leave (condition);
        }
      g_cancellable_cancel (cancellable);
      await_call (&awaited);
      g_assert_true (awaited.notified == (phase >= 2));
      if (phase < 2)
        g_assert_error (awaited.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_false (is_locked (condition));
      g_assert_cmpuint (thr_condition_get_n_waiters (condition), ==, 0);

      drain ();
      g_assert_cmpuint (awaited.n_calls, ==, 1);
      awaited_clear (&awaited);
      assert_finalized (condition);
    }
}

/* Nobody finishes it, or nobody can: the lock goes to the next. */
static void
test_async_dropped (gconstpointer data)
{
  ThrCondition *condition = make_condition (data);
  Awaited dropped = { .drop = TRUE };

  start_awaiting (condition, NULL, &dropped);
  start_awaiting (condition, NULL, NULL);
  notify (condition, 2);
  await_call (&dropped);
  while (is_locked (condition))
    g_main_context_iteration (NULL, FALSE);

  assert_finalized (condition);
}

static void
test_home_gone (gconstpointer data)
{
  for (guint phase = 0; phase < 2; phase++)
    {
      g_autoptr (GObject) lock = ((Maker) data) ();
      GMainContext *context = g_main_context_new ();
      ThrCondition *condition;
      Awaited awaited = { 0 };

      condition = g_object_new (THR_TYPE_CONDITION, "lock", lock, "main-context", context, NULL);
      start_awaiting (condition, NULL, &awaited);
      if (phase == 1)
        notify (condition, 1);
      drain ();
      g_main_context_unref (context);
      drain ();
      g_assert_cmpuint (awaited.n_calls, ==, 0);
      g_assert_cmpuint (thr_condition_get_n_waiters (condition), ==, 0);
      while (is_locked (condition))
        g_main_context_iteration (NULL, FALSE);

      assert_finalized (condition);
    }
}

/* A notified thread wakes when the lock is its own, and the cancellable and the limit do
 * not count any more. */
static void
test_notified_first (gconstpointer data)
{
  ThrCondition *condition = make_condition (data);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Sleeper sleeper = { .condition = condition, .timeout_us = -1, .cancellable = cancellable };

  sleeper_start (&sleeper, 0);
  enter (condition);
  g_assert_true (thr_condition_notify_all (condition, NULL));
  g_cancellable_cancel (cancellable);
  g_assert_false (g_atomic_int_get (&sleeper.ended));
  leave (condition);
  sleeper_join (&sleeper);
  g_assert_true (sleeper.notified);
  g_assert_no_error (sleeper.error);

  assert_finalized (condition);
}

/* --- A storm --- */

typedef struct
{
  ThrCondition *filled;
  ThrCondition *emptied;
  guint         n_items;   /* under the lock, plain */
  guint         n_taken;
  guint         n_rounds;
} Belt;

#define BELT_SIZE 3

static gpointer
producer_thread (gpointer data)
{
  Belt *self = data;

  for (guint i = 0; i < self->n_rounds; i++)
    {
      enter (self->filled);
      while (self->n_items == BELT_SIZE)
        g_assert_true (thr_condition_wait (self->emptied, NULL));
      self->n_items++;
      g_assert_true (thr_condition_notify (self->filled, 1, NULL));
      leave (self->filled);
    }

  return NULL;
}

static gpointer
consumer_thread (gpointer data)
{
  Belt *self = data;

  for (guint i = 0; i < self->n_rounds; i++)
    {
      enter (self->filled);
      while (self->n_items == 0)
        {
          gint64 limit = i % 3 == 0 ? (gint64) i % 50 : -1;
          gboolean notified = thr_condition_wait_timed (self->filled, limit, NULL, NULL);

          g_assert_true (notified || i % 3 == 0);
        }
      self->n_items--;
      self->n_taken++;
      g_assert_true (thr_condition_notify (self->emptied, 1, NULL));
      leave (self->filled);
    }

  return NULL;
}

/* Two conditions over one lock, every third wait with a limit that is about as long as
 * the wait:
 *
 *   the waiter                          the notifier
 *   its time is up                      takes it out of the line
 *   swaps to TIMED_OUT, or loses to     the swap to GRANTED
 *   takes the line's lock               puts it into the line of the lock
 *   acquires by itself, or stands in line already
 *
 * A lost notification leaves everybody asleep; one that counts twice ends in an item
 * that is not there.
 */
static void
test_storm (gconstpointer data)
{
  g_autoptr (GObject) lock = ((Maker) data) ();
  Belt self = {
    .filled = thr_condition_new (THR_LOCKABLE (lock)),
    .emptied = thr_condition_new (THR_LOCKABLE (lock)),
    .n_rounds = is_thorough () ? 50000 : 3000
  };
  GThread *threads[6];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("belt", i % 2 == 0 ? producer_thread : consumer_thread, &self);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (self.n_items, ==, 0);
  g_assert_cmpuint (self.n_taken, ==, 3 * self.n_rounds);
  g_assert_false (thr_lockable_is_locked (THR_LOCKABLE (lock)));

  assert_finalized (self.filled);
  assert_finalized (self.emptied);
}

/* --- What only some locks have --- */

static void
test_default_lock (void)
{
  ThrCondition *condition = thr_condition_new (NULL);
  ThrLockable *lock = NULL;

  g_assert_true (THR_IS_REC_LOCK (thr_condition_get_lock (condition)));
  thr_object_set_name (THR_OBJECT (condition), "changed");
  g_object_get (condition, "lock", &lock, NULL);
  g_assert_true (lock == thr_condition_get_lock (condition));
  g_object_unref (lock);

  assert_finalized (condition);
}

static gpointer
deep_thread (gpointer data)
{
  ThrRecLock *lock = THR_REC_LOCK (thr_condition_get_lock (data));

  for (guint i = 0; i < 3; i++)
    acquire (lock);
  g_assert_true (thr_condition_wait (data, NULL));
  g_assert_cmpuint (thr_rec_lock_get_depth (lock), ==, 3);
  g_assert_false (thr_condition_wait_timed (data, 0, NULL, NULL));
  g_assert_cmpuint (thr_rec_lock_get_depth (lock), ==, 3);
  for (guint i = 0; i < 3; i++)
    release (lock);

  return NULL;
}

static void
deep_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_assert_true (thr_condition_wait_finish (THR_CONDITION (source), result, NULL));
  *(guint *) data = thr_rec_lock_get_depth (THR_REC_LOCK (
    thr_condition_get_lock (THR_CONDITION (source))));
}

static void
test_levels (void)
{
  ThrCondition *condition = thr_condition_new (NULL);
  GThread *thread = g_thread_new ("deep", deep_thread, condition);
  guint depth = 0;

  await_waiters (condition, 1);
  notify (condition, 1);
  g_thread_join (thread);

  /* The same awaited. */
  enter (condition);
  enter (condition);
  thr_condition_wait_async (condition, NULL, deep_cb, &depth);
  g_assert_false (is_locked (condition));
  notify (condition, 1);
  while (depth == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (depth, ==, 2);
  leave (condition);
  leave (condition);
  g_assert_false (is_locked (condition));

  assert_finalized (condition);
}

static gpointer
not_owner_thread (gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (thr_condition_wait (data, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_NOT_OWNER);
  g_clear_error (&error);
  g_assert_false (thr_condition_notify_all (data, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_NOT_OWNER);
  return NULL;
}

static void
test_not_owner (void)
{
  ThrCondition *condition = thr_condition_new (NULL);

  enter (condition);
  g_thread_join (g_thread_new ("not-owner", not_owner_thread, condition));
  leave (condition);

  assert_finalized (condition);
}

/* All that wait move into the line of the lock, and sleep on. */
static void
test_requeued (gconstpointer data)
{
  ThrCondition *condition = make_condition (data);
  Sleeper sleepers[4];
  int n_woken = 0;

  for (guint i = 0; i < G_N_ELEMENTS (sleepers); i++)
    {
      sleepers[i] = (Sleeper) { .condition = condition, .timeout_us = -1, .n_woken = &n_woken };
      sleeper_start (&sleepers[i], i);
    }
  enter (condition);
  g_assert_true (thr_condition_notify_all (condition, NULL));
  g_assert_cmpuint (n_waiters (thr_condition_get_lock (condition)), ==, 4);
  g_assert_cmpuint (thr_condition_get_n_waiters (condition), ==, 0);
  leave (condition);
  for (guint i = 0; i < G_N_ELEMENTS (sleepers); i++)
    sleeper_join (&sleepers[i]);
  for (guint i = 0; i < G_N_ELEMENTS (sleepers); i++)
    g_assert_cmpint (sleepers[i].place, ==, i);

  assert_finalized (condition);
}

typedef struct
{
  ThrCondition *inner;
  ThrRecLock   *outer;
  GError       *error;
} Nested;

static gpointer
nested_thread (gpointer data)
{
  Nested *self = data;

  acquire (self->outer);
  enter (self->inner);
  if (thr_condition_wait (self->inner, &self->error))
    leave (self->inner);
  release (self->outer);

  return NULL;
}

/* The waiter keeps another lock, which the notifier wants while it has the condition's:
 * neither can ever go on. */
static void
test_nested (void)
{
  Nested self = { thr_condition_new (NULL), thr_rec_lock_new (), NULL };
  GThread *thread = g_thread_new ("nested", nested_thread, &self);
  GError *error = NULL;

  await_waiters (self.inner, 1);
  enter (self.inner);
  if (thr_rec_lock_acquire (self.outer, &error))
    {
      /* The waiter was told, before it slept. */
      release (self.outer);
    }
  else
    {
      assert_error_and_clear (&error, THR_ERROR, THR_ERROR_DEADLOCK);
      g_assert_true (thr_condition_notify (self.inner, 1, NULL));
    }
  leave (self.inner);
  g_thread_join (thread);
  if (self.error != NULL)
    assert_error_and_clear (&self.error, THR_ERROR, THR_ERROR_DEADLOCK);

  assert_finalized (self.inner);
  assert_finalized (self.outer);
}

static const struct
{
  const char   *name;
  GTestDataFunc func;
} scenarios[] = {
  { "not-held", test_not_held },
  { "timeouts", test_timeouts },
  { "huge-timeout", test_huge_timeout },
  { "cancelled", test_cancelled },
  { "notify-counts", test_notify_counts },
  { "not-kept", test_not_kept },
  { "not-swallowed", test_not_swallowed },
  { "order", test_order },
  { "wait-for", test_wait_for },
  { "async", test_async },
  { "async-cancelled", test_async_cancelled },
  { "async-dropped", test_async_dropped },
  { "home-gone", test_home_gone },
  { "notified-first", test_notified_first },
  { "storm", test_storm },
};

static void
add_scenarios (const char *kind,
               Maker       make)
{
  for (guint i = 0; i < G_N_ELEMENTS (scenarios); i++)
    {
      g_autofree char *path = g_strdup_printf ("/condition/%s/%s", kind, scenarios[i].name);

      g_test_add_data_func (path, (gconstpointer) make, scenarios[i].func);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_scenarios ("lock", make_lock);
  add_scenarios ("rec-lock", make_rec_lock);
  add_scenarios ("semaphore", make_semaphore);
  g_test_add_func ("/condition/default-lock", test_default_lock);
  g_test_add_func ("/condition/levels", test_levels);
  g_test_add_func ("/condition/not-owner", test_not_owner);
  g_test_add_data_func ("/condition/lock/requeued", (gconstpointer) make_lock, test_requeued);
  g_test_add_data_func ("/condition/rec-lock/requeued", (gconstpointer) make_rec_lock,
                        test_requeued);
  g_test_add_func ("/condition/nested", test_nested);

  return g_test_run ();
}
