/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/thr-fence-private.h"
#include "base/thr-self-private.h"
#include "sync/sync-util.h"
#include "sync/thr-lock-private.h"
#include "sync/thr-permits-line-private.h"
#include "sync/thr-rec-lock-private.h"

/* Permits that one thread alone has used yet, and how they become everybody's; the S…
 * and U… are the steps in thr-permits-share.c. */

static gboolean
skip_without_fence (void)
{
  if (thr_fence_available ())
    return FALSE;

  g_test_skip ("the kernel cannot fence other threads");
  return TRUE;
}

static void
assert_reserved_for (ThrPermits *permits,
                     ThrSelf    *user)
{
  g_assert_cmphex (permits->word, ==, THR_PERMITS_RESERVED);
  g_assert_true (permits->user == user);
}

static void
assert_shared (ThrPermits *permits,
               gint64      count)
{
  g_assert_true (permits->user == THR_PERMITS_EVERYBODY);
  g_assert_cmphex (permits->word, ==, (guint64) count << THR_PERMITS_SHIFT);
}

/* The first who takes is the user, and stays it. */
static void
test_claim (void)
{
  ThrLock *lock = thr_lock_new ();
  ThrRecLock *rec_lock = thr_rec_lock_new ();
  ThrPermits *permits = thr_lock_get_permits (lock);

  if (!skip_without_fence ())
    {
      assert_reserved_for (permits, THR_PERMITS_NOBODY);
      for (guint i = 0; i < 3; i++)
        {
          acquire (lock);
          assert_reserved_for (permits, thr_self_get ());
          g_assert_true (thr_lock_is_locked (lock));
          release (lock);
          g_assert_false (thr_lock_is_locked (lock));
        }
      g_assert_true (thr_lock_try_acquire (lock));
      assert_reserved_for (permits, thr_self_get ());
      release (lock);
      g_assert_true (thr_lock_acquire_timed (lock, 1000, NULL, NULL));
      assert_reserved_for (permits, thr_self_get ());
      release (lock);

      permits = thr_rec_lock_get_permits (rec_lock);
      acquire (rec_lock);
      acquire (rec_lock);
      release (rec_lock);
      g_assert_cmpuint (thr_rec_lock_get_depth (rec_lock), ==, 1);
      release (rec_lock);
      assert_reserved_for (permits, thr_self_get ());
    }

  assert_finalized (lock);
  assert_finalized (rec_lock);
}

/* A lock that is released without being held, and one that would have to be waited
 * for, by the user itself. */
static void
test_share_by_user (void)
{
  ThrLock *lock = thr_lock_new ();
  ThrPermits *permits = thr_lock_get_permits (lock);
  int n_before = thr_permits_n_taken_away;
  GError *error = NULL;

  if (!skip_without_fence ())
    {
      acquire (lock);
      g_assert_false (thr_lock_acquire_timed (lock, 0, NULL, &error));
      assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
      assert_shared (permits, 0);
      release (lock);
      assert_shared (permits, 1);
      acquire (lock);
      release (lock);
      assert_shared (permits, 1);
      g_assert_cmpint (thr_permits_n_taken_away, ==, n_before);
    }
  assert_finalized (lock);

  lock = thr_lock_new ();
  acquire (lock);
  release (lock);
  g_assert_false (thr_lock_release (lock, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_NOT_HELD);
  assert_finalized (lock);
}

static gpointer
use_thread (gpointer data)
{
  acquire (data);
  release (data);
  return NULL;
}

/* Another thread finds it held and releases it, as anybody may, or finds it free. */
static void
test_share_by_others (void)
{
  ThrLock *lock = thr_lock_new ();
  ThrPermits *permits = thr_lock_get_permits (lock);
  int n_before = thr_permits_n_taken_away;

  if (!skip_without_fence ())
    {
      acquire (lock);
      release_elsewhere (lock);
      assert_shared (permits, 1);
      g_assert_cmpint (thr_permits_n_taken_away, ==, n_before + 1);
      use_thread (lock);
      assert_shared (permits, 1);
      assert_finalized (lock);

      lock = thr_lock_new ();
      use_thread (lock);
      g_thread_join (g_thread_new ("use", use_thread, lock));
      assert_shared (thr_lock_get_permits (lock), 1);
      g_assert_cmpint (thr_permits_n_taken_away, ==, n_before + 2);

      /* Nobody's yet: nobody to take it from. */
      assert_finalized (lock);
      lock = thr_lock_new ();
      thr_lock_set_emit_signals (lock, TRUE);
      g_assert_true (thr_lock_get_permits (lock)->user == THR_PERMITS_EVERYBODY);
      g_assert_cmpint (thr_permits_n_taken_away, ==, n_before + 2);
    }

  assert_finalized (lock);
}

/* After so many nothing is reserved any more. */
static void
test_enough (void)
{
  guint n = 0;

  if (skip_without_fence ())
    return;

  for (;; n++)
    {
      ThrLock *lock = thr_lock_new ();
      gboolean reserved = thr_lock_get_permits (lock)->user == THR_PERMITS_NOBODY;

      use_thread (lock);
      g_thread_join (g_thread_new ("use", use_thread, lock));
      assert_shared (thr_lock_get_permits (lock), 1);
      assert_finalized (lock);
      if (!reserved)
        break;
    }
  /* The other tests want some. */
  thr_permits_n_taken_away = 0;
  g_assert_cmpuint (n, >, 0);
  g_assert_cmpuint (n, <=, 1000);
}

typedef struct
{
  ThrLock *lock;
  int      used;  /* atomic */
  int      over;  /* atomic */
} Forked;

static gpointer
forked_user_thread (gpointer data)
{
  Forked *self = data;

  use_thread (self->lock);
  g_atomic_int_set (&self->used, TRUE);
  await_flag (&self->over);
  return NULL;
}

/* In a child the user is missing, and the kernel still fences for us. */
static void
test_forked (void)
{
  Forked self = { NULL };
  GThread *thread;
  pid_t child;
  int status;

  if (!skip_without_fence ())
    {
      self.lock = thr_lock_new ();
      thread = g_thread_new ("user", forked_user_thread, &self);
      await_flag (&self.used);

      child = fork ();
      g_assert_cmpint (child, >=, 0);
      if (child == 0)
        {
          use_thread (self.lock);
          /* Killed, lest valgrind look for what the missing thread had. */
          if (thr_lock_get_permits (self.lock)->user == THR_PERMITS_EVERYBODY)
            kill (getpid (), SIGKILL);
          _exit (1);
        }
      g_assert_cmpint (waitpid (child, &status, 0), ==, child);
      g_assert_true (WIFSIGNALED (status));
      g_assert_cmpint (WTERMSIG (status), ==, SIGKILL);

      /* Here nothing has changed. */
      g_assert_cmphex (thr_lock_get_permits (self.lock)->word, ==, THR_PERMITS_RESERVED);
      g_atomic_int_set (&self.over, TRUE);
      g_thread_join (thread);
      assert_finalized (self.lock);
    }
}

/* Both sides of a storm. The counter is plain on purpose. */
typedef struct
{
  gpointer lockable;
  guint    counter;   /* under the lock */
  guint    extra;     /* how much the other pauses before it comes */
  int      inside;    /* atomic: the user has begun */
} Storm;

static void
count (Storm *self,
       guint  n)
{
  for (guint i = 0; i < n; i++)
    {
      acquire (self->lockable);
      self->counter++;
      release (self->lockable);
    }
}

static gpointer
storm_user_thread (gpointer data)
{
  Storm *self = data;

  count (self, 1);
  g_atomic_int_set (&self->inside, TRUE);
  count (self, 300);
  return NULL;
}

#define N_STORM 100

static guint
n_storms (void)
{
  if (g_getenv ("THR_TEST_SLOW_MACHINE") != NULL)
    return 50;
  return is_thorough () ? 20000 : 300;
}

/* Two threads, the second comes at any step of the first: nobody is inside together
 * with anybody, and the count is right in the end. */
static void
storm (gpointer (*make) (void))
{
  for (guint i = 0; i < n_storms (); i++)
    {
      Storm self = { .lockable = make (), .extra = i * 7 % 1024 };
      GThread *thread;
      volatile guint pause;

      thr_permits_n_taken_away = 0;
      thread = g_thread_new ("user", storm_user_thread, &self);
      await_flag (&self.inside);
      for (pause = 0; pause < self.extra; pause++)
        ;
      count (&self, N_STORM);
      g_thread_join (thread);
      g_assert_cmpuint (self.counter, ==, 301 + N_STORM);
      g_assert_false (thr_lockable_is_locked (self.lockable));
      /* One permit and no more. */
      g_assert_true (thr_lockable_try_acquire (self.lockable));
      g_assert_false (thr_lockable_try_acquire (self.lockable));
      release (self.lockable);

      assert_finalized (self.lockable);
    }
}

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

static void
test_storm_lock (void)
{
  storm (make_lock);
}

static void
test_storm_semaphore (void)
{
  storm (make_semaphore);
}

static gpointer
storm_rec_thread (gpointer data)
{
  Storm *self = data;

  for (guint i = 0; i < 300; i++)
    {
      acquire (self->lockable);
      acquire (self->lockable);
      g_atomic_int_set (&self->inside, TRUE);
      self->counter++;
      release (self->lockable);
      release (self->lockable);
    }
  return NULL;
}

static void
test_storm_rec_lock (void)
{
  for (guint i = 0; i < n_storms (); i++)
    {
      Storm self = { .lockable = make_rec_lock () };
      GThread *thread;

      thr_permits_n_taken_away = 0;
      thread = g_thread_new ("user", storm_rec_thread, &self);
      await_flag (&self.inside);
      count (&self, N_STORM);
      g_thread_join (thread);
      g_assert_cmpuint (self.counter, ==, 300 + N_STORM);
      g_assert_false (thr_rec_lock_is_held (self.lockable));
      g_assert_false (thr_rec_lock_is_locked (self.lockable));

      assert_finalized (self.lockable);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/reserved/enough", test_enough);
  g_test_add_func ("/reserved/claim", test_claim);
  g_test_add_func ("/reserved/share-by-user", test_share_by_user);
  g_test_add_func ("/reserved/share-by-others", test_share_by_others);
  g_test_add_func ("/reserved/forked", test_forked);
  g_test_add_func ("/reserved/storm-lock", test_storm_lock);
  g_test_add_func ("/reserved/storm-semaphore", test_storm_semaphore);
  g_test_add_func ("/reserved/storm-rec-lock", test_storm_rec_lock);

  return g_test_run ();
}
