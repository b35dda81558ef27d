/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <pthread.h>
#include <signal.h>

#include "sync/sync-callers.h"
#include "sync/sync-util.h"

/* What is special to a lock; test-lockable.c has what it shares with others. The
 * T… are the transitions in thr-permits.c. */

static void
test_new (void)
{
  g_autoptr (ThrLock) lock = thr_lock_new ();
  g_autoptr (GMainContext) context = thr_object_dup_main_context (THR_OBJECT (lock));
  g_autofree char *name = NULL;
  gboolean locked = TRUE;

  g_assert_true (context == g_main_context_default ());
  thr_object_set_name (THR_OBJECT (lock), "door");
  g_object_get (lock, "locked", &locked, "name", &name, NULL);
  g_assert_false (locked);
  g_assert_cmpstr (name, ==, "door");
  g_assert_cmpuint (thr_lock_get_n_waiters (lock), ==, 0);

  assert_finalized (g_steal_pointer (&lock));
}

static void
test_not_held (void)
{
  ThrLock *lock = thr_lock_new ();
  GError *error = NULL;

  g_assert_false (thr_lock_release (lock, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_NOT_HELD);
  g_assert_false (thr_lock_release (lock, NULL));

  acquire (lock);
  release (lock);
  g_assert_false (thr_lock_release (lock, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_NOT_HELD);

  /* Also where releases are told of, and then none is. */
  thr_lock_set_emit_signals (lock, TRUE);
  g_assert_false (thr_lock_release (lock, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_NOT_HELD);

  assert_finalized (lock);
}

static void
test_try (void)
{
  ThrLock *lock = thr_lock_new ();

  g_assert_true (thr_lock_try_acquire (lock));
  g_assert_false (thr_lock_try_acquire (lock));
  g_assert_true (thr_lock_is_locked (lock));
  release (lock);

  assert_finalized (lock);
}

static void
notify_cb (gpointer    object,
           GParamSpec *pspec,
           gpointer    data)
{
  ++*(guint *) data;
}

static void
test_locked_notified (void)
{
  ThrLock *lock = thr_lock_new ();
  guint n = 0;

  g_signal_connect (lock, "notify::locked", G_CALLBACK (notify_cb), &n);
  acquire (lock);
  drain ();
  g_assert_cmpuint (n, ==, 0);

  thr_lock_set_emit_signals (lock, TRUE);
  release (lock);
  g_assert_cmpuint (n, ==, 0);
  drain ();
  g_assert_cmpuint (n, ==, 1);

  assert_finalized (lock);
}

/* The lock belongs to an operation whose callback only this thread can run. */
static void
test_own_grant (void)
{
  ThrLock *lock = thr_lock_new ();
  Awaited awaited = { .keep = TRUE };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GError *error = NULL;

  thr_lock_acquire_async (lock, NULL, awaited_cb, &awaited);
  g_assert_false (thr_lock_acquire (lock, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_DEADLOCK);
  g_assert_cmpuint (thr_lock_get_n_waiters (lock), ==, 0);
  g_assert_false (thr_lock_acquire_timed (lock, -1, NULL, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_DEADLOCK);

  /* These end by themselves. */
  g_assert_false (thr_lock_try_acquire (lock));
  g_assert_false (thr_lock_acquire_timed (lock, 1000, NULL, &error));
  assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);

  /* Held by the caller then, and no longer by the operation. */
  await_call (&awaited);
  g_assert_true (awaited.acquired);
  release (lock);
  acquire (lock);

  awaited_clear (&awaited);
  assert_finalized (lock);
}

static gpointer
release_behind_thread (gpointer data)
{
  await_waiters (data, 2);
  release (data);
  return NULL;
}

/* The same, but the grant comes while this thread is already blocked: the operation
 * stands before it in line, and another thread releases. */
static void
test_own_grant_during (void)
{
  ThrLock *lock = thr_lock_new ();
  Awaited awaited = { 0 };
  GError *error = NULL;
  GThread *thread;

  acquire (lock);
  thr_lock_acquire_async (lock, NULL, awaited_cb, &awaited);
  thread = g_thread_new ("release", release_behind_thread, lock);
  g_assert_false (thr_lock_acquire (lock, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_DEADLOCK);
  g_thread_join (thread);

  await_call (&awaited);
  g_assert_true (awaited.acquired);
  acquire (lock);

  awaited_clear (&awaited);
  assert_finalized (lock);
}

/* Another thread is not the home's: it waits, and gets the lock. */
static void
test_own_grant_elsewhere (void)
{
  ThrLock *lock = thr_lock_new ();
  Awaited awaited = { 0 };
  Blocked blocked = { .lockable = THR_LOCKABLE (lock), .timeout_us = -1 };

  thr_lock_acquire_async (lock, NULL, awaited_cb, &awaited);
  blocked_start (&blocked, 0);
  await_call (&awaited);
  blocked_join (&blocked);
  g_assert_no_error (blocked.error);
  g_assert_true (blocked.acquired);

  awaited_clear (&awaited);
  assert_finalized (lock);
}

/* Any thread may release, also what an operation has. What the operation then gives
 * back is not its own any more: the next holder must not lose it. */
static void
test_grant_released_elsewhere (void)
{
  ThrLock *lock = thr_lock_new ();
  Awaited awaited = { .drop = TRUE };

  thr_lock_acquire_async (lock, NULL, awaited_cb, &awaited);
  release_elsewhere (lock);
  acquire (lock);
  await_call (&awaited);
  drain ();
  g_assert_true (thr_lock_is_locked (lock));

  release (lock);
  assert_finalized (lock);
}

typedef struct
{
  ThrLock *lock;
  guint    n;

  /* Under the lock, and plain on purpose: atomics would order by themselves what the
   * lock has to order, and hide from ThreadSanitizer that it does not. */
  guint    counter;
  gboolean inside;
} Exclusion;

static gpointer
exclusion_thread (gpointer data)
{
  Exclusion *self = data;

  for (guint i = 0; i < self->n; i++)
    {
      acquire (self->lock);
      g_assert_false (self->inside);
      self->inside = TRUE;
      self->counter++;
      self->inside = FALSE;
      release (self->lock);
    }

  return NULL;
}

static void
test_exclusion (void)
{
  Exclusion self = { .lock = thr_lock_new (), .n = 20000 };
  GThread *threads[8];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("exclusion", exclusion_thread, &self);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (self.counter, ==, G_N_ELEMENTS (threads) * self.n);
  g_assert_cmpuint (thr_lock_get_n_waiters (self.lock), ==, 0);
  g_assert_false (thr_lock_is_locked (self.lock));

  assert_finalized (self.lock);
}

typedef struct
{
  ThrLock *lock;
  gint64   end;
  gint64   longest; /* out, of this thread */
} Greedy;

/* Never lets the lock be free for longer than it takes to want it again. */
static gpointer
greedy_thread (gpointer data)
{
  Greedy *self = data;
  gint64 now = g_get_monotonic_time ();

  while (now < self->end)
    {
      gint64 start = now;

      acquire (self->lock);
      now = g_get_monotonic_time ();
      self->longest = MAX (self->longest, now - start);
      release (self->lock);
    }

  return NULL;
}

/* T5 by age: nobody is passed by for long. The promise is twenty milliseconds, on a
 * machine that has nothing else to do. */
static void
test_hand_over (void)
{
  ThrLock *lock = thr_lock_new ();
  Greedy self[8];
  GThread *threads[8];
  gint64 seconds = is_thorough () ? 10 : 1;
  gint64 end = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;
  gint64 longest = 0;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      self[i] = (Greedy) { .lock = lock, .end = end };
      threads[i] = g_thread_new ("greedy", greedy_thread, &self[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_thread_join (threads[i]);
      longest = MAX (longest, self[i].longest);
    }
  g_test_message ("the longest wait was %" G_GINT64_FORMAT " µs", longest);
  g_assert_cmpint (longest, <, G_USEC_PER_SEC / 2);

  assert_finalized (lock);
}

typedef struct
{
  ThrLock *lock;
  int      round;  /* atomic: what the partner is to do */
  int      done;   /* atomic: what it has done */
  guint    n;
} Storm;

static gpointer
storm_thread (gpointer data)
{
  Storm *self = data;

  for (guint round = 1; round <= self->n; round++)
    {
      while ((guint) g_atomic_int_get (&self->round) < round)
        g_thread_yield ();
      acquire (self->lock);
      release (self->lock);
      g_atomic_int_set (&self->done, round);
    }

  return NULL;
}

/* One releases while the other is on its way into the line:
 *
 *   the partner                        we
 *   sees 0 permits
 *                                      put: 0 → 1, nobody in line
 *   joins (T3): its swap must fail     or else it sleeps for ever
 *
 *   joins, is about to park
 *                                      put: HAS_WAITERS, nudges: token before park
 *
 * The pause before the release grows with the round, so that it falls everywhere.
 */
static void
test_storm_join (void)
{
  Storm self = { .lock = thr_lock_new (), .n = 100000 };
  GThread *thread = g_thread_new ("storm", storm_thread, &self);
  volatile guint pause;

  for (guint round = 1; round <= self.n; round++)
    {
      acquire (self.lock);
      g_atomic_int_set (&self.round, round);
      for (pause = 0; pause < round % 4096; pause++)
        ;
      release (self.lock);
      while ((guint) g_atomic_int_get (&self.done) < round)
        g_thread_yield ();
    }
  g_thread_join (thread);

  assert_finalized (self.lock);
}

typedef struct
{
  ThrLock *lock;
  guint    n;
  int      over;  /* atomic */
} Impatient;

static gpointer
impatient_thread (gpointer data)
{
  Impatient *self = data;

  for (guint i = 0; !g_atomic_int_get (&self->over); i++)
    if (thr_lock_acquire_timed (self->lock, i % 50, NULL, NULL))
      release (self->lock);

  return NULL;
}

static gpointer
fickle_thread (gpointer data)
{
  Impatient *self = data;

  while (!g_atomic_int_get (&self->over))
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      Blocked blocked = {
        .lockable = THR_LOCKABLE (self->lock), .timeout_us = -1, .cancellable = cancellable
      };

      blocked.thread = g_thread_new ("fickle", blocked_thread, &blocked);
      g_thread_yield ();
      g_cancellable_cancel (cancellable);
      blocked_join (&blocked);
      g_clear_error (&blocked.error);
    }

  return NULL;
}

static gpointer
patient_thread (gpointer data)
{
  Impatient *self = data;

  for (guint i = 0; i < self->n; i++)
    {
      acquire (self->lock);
      release (self->lock);
    }

  return NULL;
}

/* T8: the first in line is nudged, and leaves by its limit or its cancellable before
 * it has looked; the lock is free, and the patient one behind it must be told.
 *
 *   impatient (first)        patient (second)       holder
 *   parked                   parked                 put: 1, NUDGED, token
 *   deadline: TIMED_OUT
 *   leaves: passes it on     wakes
 */
static void
test_storm_leave (void)
{
  Impatient self = { .lock = thr_lock_new (), .n = is_thorough () ? 1000000 : 100000 };
  GThread *threads[5];

  threads[0] = g_thread_new ("impatient", impatient_thread, &self);
  threads[1] = g_thread_new ("impatient", impatient_thread, &self);
  threads[2] = g_thread_new ("fickle", fickle_thread, &self);
  threads[3] = g_thread_new ("patient", patient_thread, &self);
  threads[4] = g_thread_new ("patient", patient_thread, &self);
  g_thread_join (threads[3]);
  g_thread_join (threads[4]);
  g_atomic_int_set (&self.over, TRUE);
  for (guint i = 0; i < 3; i++)
    g_thread_join (threads[i]);

  g_assert_false (thr_lock_is_locked (self.lock));
  g_assert_cmpuint (thr_lock_get_n_waiters (self.lock), ==, 0);
  assert_finalized (self.lock);
}

typedef struct
{
  GCancellable *cancellable;
  int           go;   /* atomic */
} Canceller;

static gpointer
cancel_thread (gpointer data)
{
  Canceller *self = data;

  await_flag (&self->go);
  g_cancellable_cancel (self->cancellable);
  return NULL;
}

/* An awaited acquire is cancelled by another thread while this one releases the lock
 * to it: granted or cancelled, never both and never neither, and the lock is free in
 * the end. */
static void
test_storm_async_cancel (void)
{
  ThrLock *lock = thr_lock_new ();
  guint n = is_thorough () ? 20000 : 2000, n_acquired = 0;
  volatile guint pause;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      Canceller canceller = { .cancellable = cancellable };
      GThread *thread = g_thread_new ("cancel", cancel_thread, &canceller);
      Awaited awaited = { 0 };

      acquire (lock);
      thr_lock_acquire_async (lock, cancellable, awaited_cb, &awaited);
      g_atomic_int_set (&canceller.go, TRUE);
      for (pause = 0; pause < i % 64 * 64; pause++)
        ;
      release (lock);
      await_call (&awaited);
      g_thread_join (thread);
      drain ();

      g_assert_cmpuint (awaited.n_calls, ==, 1);
      g_assert_true (awaited.acquired == (awaited.error == NULL));
      g_assert_false (thr_lock_is_locked (lock));
      g_assert_cmpuint (thr_lock_get_n_waiters (lock), ==, 0);
      n_acquired += awaited.acquired;
      awaited_clear (&awaited);
    }
  g_test_message ("%u of %u were acquired", n_acquired, n);

  assert_finalized (lock);
}

typedef struct
{
  Blocked  blocked;
  gboolean interruptible;
  int      ended;  /* atomic */
} Interrupted;

static gpointer
interrupted_thread (gpointer data)
{
  Interrupted *self = data;

  thr_set_interruptible (self->interruptible);
  blocked_thread (&self->blocked);
  g_atomic_int_set (&self->ended, TRUE);
  return NULL;
}

static void
nothing_cb (int number)
{
}

/* A signal handler that does not restart system calls. Only a thread that asked for
 * it is let go, with no error; any other waits on. */
static void
test_interrupted (void)
{
  struct sigaction action = { .sa_handler = nothing_cb };
  struct sigaction old;

  sigaction (SIGUSR1, &action, &old);
  for (int interruptible = 0; interruptible < 2; interruptible++)
    {
      ThrLock *lock = thr_lock_new ();
      Interrupted self = {
        .blocked = { .lockable = THR_LOCKABLE (lock), .timeout_us = -1 },
        .interruptible = interruptible
      };
      pthread_t thread;

      acquire (lock);
      g_assert_cmpint (pthread_create (&thread, NULL, (gpointer) interrupted_thread, &self),
                       ==, 0);
      await_waiters (lock, 1);
      /* In line is not asleep yet, so one signal might come too early. */
      for (guint i = 0; interruptible ? !g_atomic_int_get (&self.ended) : i < 200; i++)
        {
          pthread_kill (thread, SIGUSR1);
          g_thread_yield ();
        }
      g_assert_cmpuint (thr_lock_get_n_waiters (lock), ==, interruptible ? 0 : 1);
      release (lock);
      pthread_join (thread, NULL);
      g_assert_no_error (self.blocked.error);
      g_assert_true (self.blocked.acquired == !interruptible);
      g_assert_false (thr_lock_is_locked (lock));

      assert_finalized (lock);
    }
  sigaction (SIGUSR1, &old, NULL);
}

static void
test_debug_order (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (ThrLock) a = NULL;
      g_autoptr (ThrLock) b = NULL;

      g_setenv ("THR_DEBUG", "locks", TRUE);
      a = thr_lock_new ();
      b = thr_lock_new ();
      thr_object_set_name (THR_OBJECT (a), "first");
      thr_object_set_name (THR_OBJECT (b), "second");
      acquire (a);
      acquire (b);
      release (b);
      release (a);
      acquire (b);
      acquire (a);
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*first*second*other order*");
}

static void
test_locker_fails (void)
{
  ThrLock *lock = thr_lock_new ();
  Awaited awaited = { .keep = TRUE };
  ThrLocker *locker;

  /* Nobody to hand the error to. */
  thr_lock_acquire_async (lock, NULL, awaited_cb, &awaited);
  g_test_expect_message ("Thr", G_LOG_LEVEL_CRITICAL, "*could not be acquired*");
  locker = thr_locker_new (THR_LOCKABLE (lock));
  g_test_assert_expected_messages ();
  g_assert_null (locker);
  thr_locker_free (locker);
  await_call (&awaited);
  release (lock);

  /* Somebody releases what the scope holds. */
  locker = thr_locker_new (THR_LOCKABLE (lock));
  release_elsewhere (lock);
  g_test_expect_message ("Thr", G_LOG_LEVEL_WARNING, "*could not be released*");
  thr_locker_free (locker);
  g_test_assert_expected_messages ();

  awaited_clear (&awaited);
  assert_finalized (lock);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/lock/new", test_new);
  g_test_add_func ("/lock/not-held", test_not_held);
  g_test_add_func ("/lock/try", test_try);
  g_test_add_func ("/lock/locked-notified", test_locked_notified);
  g_test_add_func ("/lock/own-grant", test_own_grant);
  g_test_add_func ("/lock/own-grant-during", test_own_grant_during);
  g_test_add_func ("/lock/own-grant-elsewhere", test_own_grant_elsewhere);
  g_test_add_func ("/lock/grant-released-elsewhere", test_grant_released_elsewhere);
  g_test_add_func ("/lock/exclusion", test_exclusion);
  g_test_add_func ("/lock/hand-over", test_hand_over);
  g_test_add_func ("/lock/storm-join", test_storm_join);
  g_test_add_func ("/lock/storm-leave", test_storm_leave);
  g_test_add_func ("/lock/storm-async-cancel", test_storm_async_cancel);
  g_test_add_func ("/lock/interrupted", test_interrupted);
  g_test_add_func ("/lock/debug-order", test_debug_order);
  g_test_add_func ("/lock/locker-fails", test_locker_fails);

  return g_test_run ();
}
