/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sync/sync-callers.h"
#include "sync/sync-util.h"

/* What is special to a recursive lock: its owner, its levels, and the deadlocks that
 * are found because it has an owner. test-lockable.c has what it shares with others. */

static void
assert_depth (ThrRecLock *lock,
              guint       depth)
{
  g_assert_cmpuint (thr_rec_lock_get_depth (lock), ==, depth);
  g_assert_true (thr_rec_lock_is_held (lock) == (depth > 0));
}

static void
test_levels (void)
{
  ThrRecLock *lock = thr_rec_lock_new ();
  GError *error = NULL;

  assert_depth (lock, 0);
  acquire (lock);
  assert_depth (lock, 1);
  acquire (lock);
  g_assert_true (thr_rec_lock_try_acquire (lock));
  g_assert_true (thr_rec_lock_acquire_timed (lock, 0, NULL, &error));
  g_assert_true (thr_rec_lock_acquire_timed (lock, 1000, NULL, &error));
  assert_depth (lock, 5);

  for (guint depth = 5; depth > 0; depth--)
    {
      g_assert_true (thr_rec_lock_is_locked (lock));
      release (lock);
      assert_depth (lock, depth - 1);
    }
  g_assert_false (thr_rec_lock_is_locked (lock));

  assert_finalized (lock);
}

/* Entering again is at once, and its arguments are looked at all the same. */
static void
test_again_checked (void)
{
  ThrRecLock *lock = thr_rec_lock_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GError *error = NULL;

  acquire (lock);
  g_assert_false (thr_rec_lock_acquire_timed (lock, -2, NULL, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_cancellable_cancel (cancellable);
  g_assert_false (thr_rec_lock_acquire_timed (lock, -1, cancellable, &error));
  assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_depth (lock, 1);

  assert_finalized (lock);
}

static void
test_not_held (void)
{
  ThrRecLock *lock = thr_rec_lock_new ();
  GError *error = NULL;

  g_assert_false (thr_rec_lock_release (lock, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_NOT_HELD);
  acquire (lock);
  release (lock);
  g_assert_false (thr_rec_lock_release (lock, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_NOT_HELD);

  assert_finalized (lock);
}

static gpointer
stranger_thread (gpointer data)
{
  ThrRecLock *lock = data;
  GError *error = NULL;

  assert_depth (lock, 0);
  g_assert_false (thr_rec_lock_release (lock, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_NOT_OWNER);
  g_assert_false (thr_rec_lock_try_acquire (lock));
  g_assert_false (thr_rec_lock_acquire_timed (lock, 0, NULL, &error));
  assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_false (thr_rec_lock_acquire_timed (lock, 1000, NULL, &error));
  assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);

  return NULL;
}

static void
test_not_owner (void)
{
  ThrRecLock *lock = thr_rec_lock_new ();

  acquire (lock);
  acquire (lock);
  g_thread_join (g_thread_new ("stranger", stranger_thread, lock));
  assert_depth (lock, 2);
  g_assert_cmpuint (thr_rec_lock_get_n_waiters (lock), ==, 0);

  release (lock);
  release (lock);
  assert_finalized (lock);
}

/* An operation is nobody's thread: not its home's, and not until it is finished. */
static void
test_async_owner (void)
{
  ThrRecLock *lock = thr_rec_lock_new ();
  Awaited first = { .keep = TRUE }, second = { .keep = TRUE };
  GError *error = NULL;

  thr_rec_lock_acquire_async (lock, NULL, awaited_cb, &first);
  g_assert_true (thr_rec_lock_is_locked (lock));
  assert_depth (lock, 0);
  g_assert_false (thr_rec_lock_release (lock, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_NOT_OWNER);
  g_assert_false (thr_rec_lock_acquire (lock, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_DEADLOCK);

  await_call (&first);
  g_assert_true (first.acquired);
  assert_depth (lock, 1);
  acquire (lock);
  assert_depth (lock, 2);

  /* An awaited acquire never enters again. */
  thr_rec_lock_acquire_async (lock, NULL, awaited_cb, &second);
  release (lock);
  drain ();
  g_assert_cmpuint (second.n_calls, ==, 0);
  release (lock);
  assert_depth (lock, 0);
  await_call (&second);
  g_assert_true (second.acquired);
  assert_depth (lock, 1);
  release (lock);

  awaited_clear (&first);
  awaited_clear (&second);
  assert_finalized (lock);
}

static gpointer
abandon_thread (gpointer data)
{
  acquire (data);
  return NULL;
}

static gpointer
heir_thread (gpointer data)
{
  g_autoptr (GError) error = NULL;

  assert_depth (data, 0);
  g_assert_false (thr_rec_lock_release (data, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_NOT_OWNER);
  return NULL;
}

/* The next thread gets the record of the one that ended, and must not get its lock. */
static void
test_owner_ended (void)
{
  ThrRecLock *lock = thr_rec_lock_new ();
  GError *error = NULL;

  g_thread_join (g_thread_new ("abandon", abandon_thread, lock));
  for (guint i = 0; i < 20; i++)
    g_thread_join (g_thread_new ("heir", heir_thread, lock));

  g_assert_true (thr_rec_lock_is_locked (lock));
  g_assert_false (thr_rec_lock_acquire (lock, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_DEADLOCK);
  g_assert_false (thr_rec_lock_acquire_timed (lock, 1000, NULL, &error));
  assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_cmpuint (thr_rec_lock_get_n_waiters (lock), ==, 0);

  assert_finalized (lock);
}

/* --- Deadlocks --- */

typedef struct
{
  ThrRecLock *first;
  ThrRecLock *second;
  int        *arrived;      /* atomic */
  int         n;
  int        *n_reports;    /* atomic */
  char      **report;       /* of the one that reports */
} Philosopher;

static gboolean
philosopher_func (ThrThread  *thread,
                  gpointer    data,
                  GError    **error)
{
  Philosopher *self = data;
  g_autoptr (GError) deadlock = NULL;

  acquire (self->first);
  g_atomic_int_inc (self->arrived);
  while (g_atomic_int_get (self->arrived) < self->n)
    g_thread_yield ();

  if (thr_rec_lock_acquire (self->second, &deadlock))
    {
      release (self->second);
    }
  else
    {
      g_assert_error (deadlock, THR_ERROR, THR_ERROR_DEADLOCK);
      g_atomic_int_inc (self->n_reports);
      *self->report = g_strdup (deadlock->message);
    }
  release (self->first);

  return TRUE;
}

/* Exactly one of the ring is told; when it gives way the others go on. */
static void
run_ring (int n)
{
  static const char *names[] = { "Ada", "Bob", "Cleo" };
  static const char *lock_names[] = { "fork", "knife", "spoon" };
  ThrRecLock *locks[3];
  ThrThread *threads[3];
  Philosopher self[3];
  int arrived = 0, n_reports = 0;
  g_autofree char *report = NULL;

  for (int i = 0; i < n; i++)
    {
      locks[i] = thr_rec_lock_new ();
      thr_object_set_name (THR_OBJECT (locks[i]), lock_names[i]);
    }
  for (int i = 0; i < n; i++)
    {
      self[i] = (Philosopher) { locks[i], locks[(i + 1) % n], &arrived, n, &n_reports, &report };
      threads[i] = thr_thread_new (names[i], philosopher_func, &self[i], NULL);
      g_assert_true (thr_thread_start (threads[i], NULL));
    }
  for (int i = 0; i < n; i++)
    {
      g_assert_true (thr_thread_join (threads[i], NULL));
      g_object_unref (threads[i]);
    }

  g_assert_cmpint (n_reports, ==, 1);
  for (int i = 0; i < n; i++)
    {
      g_autofree char *wait = g_strdup_printf ("“%s” waits for lock “%s”", names[i],
                                               lock_names[(i + 1) % n]);

      g_assert_nonnull (strstr (report, wait));
    }
  for (int i = 0; i < n; i++)
    assert_finalized (locks[i]);
}

static void
test_crossed (void)
{
  for (guint i = 0; i < 50; i++)
    run_ring (2);
}

static void
test_ring (void)
{
  for (guint i = 0; i < 50; i++)
    run_ring (3);
}

/* Waits that end by themselves are no deadlock, and no part of one. */
static void
test_crossed_timed (void)
{
  ThrRecLock *a = thr_rec_lock_new (), *b = thr_rec_lock_new ();
  Blocked blocked = { .lockable = THR_LOCKABLE (a), .timeout_us = -1 };
  GError *error = NULL;

  acquire (a);
  blocked_start (&blocked, 0);
  g_assert_true (thr_rec_lock_acquire_timed (b, 1000, NULL, &error));
  release (b);
  release (a);
  blocked_join (&blocked);
  g_assert_true (blocked.acquired);

  assert_finalized (a);
  assert_finalized (b);
}

static gboolean
wanting_func (ThrThread  *thread,
              gpointer    data,
              GError    **error)
{
  if (!thr_lockable_acquire (data, error))
    return FALSE;
  release (data);
  return TRUE;
}

/* The joiner holds what the joined one wants: whoever comes second is told. */
static void
test_with_join (void)
{
  ThrRecLock *lock = thr_rec_lock_new ();
  ThrThread *thread = thr_thread_new ("wanting", wanting_func, lock, NULL);
  GError *error = NULL;
  GError *failure = NULL;
  gboolean joined;

  acquire (lock);
  g_assert_true (thr_thread_start (thread, NULL));
  await_waiters (lock, 1);
  /* The thread waits already, but its edge may not be there yet. */
  joined = thr_thread_join (thread, &error);
  if (!joined)
    {
      assert_error_and_clear (&error, THR_ERROR, THR_ERROR_DEADLOCK);
      release (lock);
      g_assert_true (thr_thread_join (thread, &error));
      g_assert_no_error (error);
    }
  else
    {
      release (lock);
      g_object_get (thread, "error", &failure, NULL);
      assert_error_and_clear (&failure, THR_ERROR, THR_ERROR_DEADLOCK);
    }

  g_object_unref (thread);
  assert_finalized (lock);
}

static gboolean
wanting_task (ThrTask   *task,
              gpointer   data,
              GError   **error)
{
  if (!thr_lockable_acquire (data, error))
    return FALSE;
  release (data);
  return thr_task_return_boolean (task, TRUE);
}

static void
test_with_task (void)
{
  ThrRecLock *lock = thr_rec_lock_new ();
  ThrPool *pool = thr_pool_new (1);
  ThrTask *task;
  GError *error = NULL;

  acquire (lock);
  task = thr_pool_submit (pool, wanting_task, lock, NULL);
  await_waiters (lock, 1);
  /* The wait is refused, or the task's acquire was and the task has failed so. */
  g_assert_false (thr_future_wait (THR_FUTURE (task), -1, NULL, &error) &&
                  thr_future_get_error (THR_FUTURE (task)) == NULL);
  if (error == NULL)
    error = g_error_copy (thr_future_get_error (THR_FUTURE (task)));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_DEADLOCK);
  release (lock);
  thr_future_wait (THR_FUTURE (task), -1, NULL, NULL);

  g_object_unref (task);
  g_assert_true (thr_pool_shutdown (pool, FALSE, TRUE, NULL));
  drain ();
  g_object_unref (pool);
  assert_finalized (lock);
}

/* --- Storms --- */

typedef struct
{
  ThrRecLock *lock;
  guint       n;
  guint       counter;  /* under the lock, and plain so that ThreadSanitizer looks */
} Exclusion;

static gpointer
exclusion_thread (gpointer data)
{
  Exclusion *self = data;

  for (guint i = 0; i < self->n; i++)
    {
      guint levels = 1 + i % 3;

      for (guint level = 0; level < levels; level++)
        acquire (self->lock);
      assert_depth (self->lock, levels);
      self->counter++;
      for (guint level = 0; level < levels; level++)
        release (self->lock);
    }

  return NULL;
}

static void
test_exclusion (void)
{
  Exclusion self = { .lock = thr_rec_lock_new (), .n = is_thorough () ? 100000 : 10000 };
  GThread *threads[8];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("exclusion", exclusion_thread, &self);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (self.counter, ==, G_N_ELEMENTS (threads) * self.n);
  g_assert_false (thr_rec_lock_is_locked (self.lock));

  assert_finalized (self.lock);
}

typedef struct
{
  ThrRecLock *locks[2];
  guint       n;
  int         n_reports;  /* atomic */
} Storm;

static gpointer
orderly_thread (gpointer data)
{
  Storm *self = data;

  for (guint i = 0; i < self->n; i++)
    {
      acquire (self->locks[0]);
      acquire (self->locks[1]);
      release (self->locks[1]);
      release (self->locks[0]);
    }

  return NULL;
}

/* Two locks always taken in one order cannot cross, however often they change hands:
 *
 *   A holds 0, waits for 1       B holds 1            C wants 0
 *                                releases 1 and 0
 *   nudged, not awake yet        takes 0? no: A has it
 *                                takes 1 by barging   reads A → 1 → B, B → nothing
 *
 * No owner that is read while locks change hands may close a ring that is not there.
 */
static void
test_storm_no_false_alarm (void)
{
  Storm self = { { thr_rec_lock_new (), thr_rec_lock_new () }, is_thorough () ? 50000 : 5000, 0 };
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("orderly", orderly_thread, &self);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);

  assert_finalized (self.locks[0]);
  assert_finalized (self.locks[1]);
}

typedef struct
{
  Storm *storm;
  guint  first;
} Crosser;

static gpointer
crossing_thread (gpointer data)
{
  Crosser *self = data;
  ThrRecLock *first = self->storm->locks[self->first];
  ThrRecLock *second = self->storm->locks[!self->first];

  for (guint i = 0; i < self->storm->n; i++)
    {
      g_autoptr (GError) error = NULL;

      acquire (first);
      if (i % 2 == 0)
        g_thread_yield ();
      if (thr_rec_lock_acquire (second, &error))
        release (second);
      else
        g_atomic_int_inc (&self->storm->n_reports);
      release (first);
    }

  return NULL;
}

/* Two cross on purpose, at any moment: each time one of them is told and both go on.
 * A ring that is missed hangs here. */
static void
test_storm_crossed (void)
{
  Storm self = { { thr_rec_lock_new (), thr_rec_lock_new () }, is_thorough () ? 50000 : 5000, 0 };
  Crosser crossers[2] = { { &self, 0 }, { &self, 1 } };
  GThread *threads[2];

  for (guint i = 0; i < 2; i++)
    threads[i] = g_thread_new ("crossing", crossing_thread, &crossers[i]);
  for (guint i = 0; i < 2; i++)
    g_thread_join (threads[i]);
  g_test_message ("%d deadlocks were told of", self.n_reports);

  assert_finalized (self.locks[0]);
  assert_finalized (self.locks[1]);
}

static void
count_cb (gpointer lock,
          gpointer data)
{
  ++*(guint *) data;
}

/* Told of the outermost level alone. */
static void
test_signals_outermost (void)
{
  ThrRecLock *lock = thr_rec_lock_new ();
  guint n_acquired = 0, n_released = 0;

  thr_rec_lock_set_emit_signals (lock, TRUE);
  g_signal_connect (lock, "acquired", G_CALLBACK (count_cb), &n_acquired);
  g_signal_connect (lock, "released", G_CALLBACK (count_cb), &n_released);
  acquire (lock);
  acquire (lock);
  assert_depth (lock, 2);
  release (lock);
  drain ();
  g_assert_cmpuint (n_acquired, ==, 1);
  g_assert_cmpuint (n_released, ==, 0);
  release (lock);
  drain ();
  g_assert_cmpuint (n_released, ==, 1);

  assert_finalized (lock);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/rec-lock/levels", test_levels);
  g_test_add_func ("/rec-lock/again-checked", test_again_checked);
  g_test_add_func ("/rec-lock/not-held", test_not_held);
  g_test_add_func ("/rec-lock/not-owner", test_not_owner);
  g_test_add_func ("/rec-lock/async-owner", test_async_owner);
  g_test_add_func ("/rec-lock/owner-ended", test_owner_ended);
  g_test_add_func ("/rec-lock/crossed", test_crossed);
  g_test_add_func ("/rec-lock/ring", test_ring);
  g_test_add_func ("/rec-lock/crossed-timed", test_crossed_timed);
  g_test_add_func ("/rec-lock/with-join", test_with_join);
  g_test_add_func ("/rec-lock/with-task", test_with_task);
  g_test_add_func ("/rec-lock/exclusion", test_exclusion);
  g_test_add_func ("/rec-lock/storm-no-false-alarm", test_storm_no_false_alarm);
  g_test_add_func ("/rec-lock/storm-crossed", test_storm_crossed);
  g_test_add_func ("/rec-lock/signals-outermost", test_signals_outermost);

  return g_test_run ();
}
