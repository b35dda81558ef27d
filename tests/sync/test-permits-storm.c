/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sync/sync-callers.h"

/* Everything at once, on one lock, recursive lock or semaphore: eight threads that
 * block, try, give up after a limit and are cancelled by each other, while the home
 * awaits, cancels and drops. What is promised whatever comes out of a single call: no
 * more callers hold a permit than there are, everybody comes to an end, and in the end
 * all permits are back and nobody is in line. */

#define N_THREADS 8

typedef struct
{
  ThrLockable  *lockable;
  guint         n_permits;
  guint         n_calls;      /* of each thread */
  int           n_holders;    /* atomic */
  int           n_running;    /* atomic: threads */
  guint         plain;        /* under the lock, where there is one permit */

  /* One slot for each thread: what others may cancel. */
  GMutex        mutex;
  GCancellable *cancellables[N_THREADS];
} Storm;

typedef struct
{
  Storm   *storm;
  guint    number;
  guint    n_acquired;
  GThread *thread;
} Caller;

static void
hold (Storm   *self,
      GRand   *rand)
{
  guint n = (guint) g_atomic_int_add (&self->n_holders, 1) + 1;

  g_assert_cmpuint (n, <=, self->n_permits);
  if (self->n_permits == 1)
    self->plain++;
  if (rand != NULL && g_rand_int_range (rand, 0, 8) == 0)
    g_thread_yield ();
  g_atomic_int_add (&self->n_holders, -1);
}

static GCancellable *
renew_cancellable (Storm *self,
                   guint  slot)
{
  GCancellable *cancellable = g_cancellable_new (), *old;

  g_mutex_lock (&self->mutex);
  old = self->cancellables[slot];
  self->cancellables[slot] = g_object_ref (cancellable);
  g_mutex_unlock (&self->mutex);
  g_clear_object (&old);

  return cancellable;
}

static void
cancel_somebody (Storm *self,
                 GRand *rand)
{
  GCancellable *cancellable = NULL;

  g_mutex_lock (&self->mutex);
  g_set_object (&cancellable, self->cancellables[g_rand_int_range (rand, 0, N_THREADS)]);
  g_mutex_unlock (&self->mutex);

  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
  g_clear_object (&cancellable);
}

static gboolean
acquire_somehow (Caller *self,
                 GRand  *rand)
{
  Storm *storm = self->storm;
  g_autoptr (GCancellable) cancellable = NULL;

  switch (g_rand_int_range (rand, 0, 6))
    {
    case 0:
      return thr_lockable_try_acquire (storm->lockable);
    case 1:
      return thr_lockable_acquire_timed (storm->lockable, g_rand_int_range (rand, 0, 200),
                                         NULL, NULL);
    case 2:
      cancellable = renew_cancellable (storm, self->number);
      return thr_lockable_acquire_timed (storm->lockable, -1, cancellable, NULL);
    case 3:
      cancellable = renew_cancellable (storm, self->number);
      return thr_lockable_acquire_timed (storm->lockable, g_rand_int_range (rand, 0, 500),
                                         cancellable, NULL);
    default:
      acquire (storm->lockable);
      return TRUE;
    }
}

static gpointer
caller_thread (gpointer data)
{
  Caller *self = data;
  Storm *storm = self->storm;
  g_autoptr (GRand) rand = g_rand_new_with_seed (self->number);

  for (guint i = 0; i < storm->n_calls; i++)
    {
      if (acquire_somehow (self, rand))
        {
          self->n_acquired++;
          hold (storm, rand);
          release (storm->lockable);
        }
      if (g_rand_int_range (rand, 0, 4) == 0)
        cancel_somebody (storm, rand);
    }

  g_atomic_int_add (&storm->n_running, -1);
  g_main_context_wakeup (NULL);
  return NULL;
}

/* At home. */
typedef struct
{
  Storm   *storm;
  gboolean drop;
  guint   *n_pending;
  guint   *n_acquired;
} Operation;

static void
operation_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  Operation *self = data;

  if (!self->drop && thr_lockable_acquire_finish (THR_LOCKABLE (source), result, NULL))
    {
      ++*self->n_acquired;
      hold (self->storm, NULL);
      release (source);
    }
  --*self->n_pending;
  g_free (self);
}

static void
await_some (Storm *self)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1000);
  guint n_pending = 0, n_acquired = 0;

  while (g_atomic_int_get (&self->n_running) > 0 || n_pending > 0)
    {
      if (g_atomic_int_get (&self->n_running) > 0 && n_pending < 4)
        {
          g_autoptr (GCancellable) cancellable =
            g_rand_int_range (rand, 0, 2) == 0 ? renew_cancellable (self, 0) : NULL;
          Operation *operation = g_new (Operation, 1);

          *operation = (Operation) {
            self, g_rand_int_range (rand, 0, 4) == 0, &n_pending, &n_acquired
          };
          n_pending++;
          thr_lockable_acquire_async (self->lockable, cancellable, operation_cb, operation);
          if (cancellable != NULL && g_rand_int_range (rand, 0, 3) == 0)
            g_cancellable_cancel (cancellable);
        }
      g_main_context_iteration (NULL, n_pending > 0);
    }
  g_test_message ("%u were acquired at home", n_acquired);
}

static void
run_storm (gpointer lockable,
           guint    n_permits)
{
  Storm self = {
    .lockable = lockable, .n_permits = n_permits, .n_running = N_THREADS,
    .n_calls = g_getenv ("THR_TEST_SLOW_MACHINE") != NULL ? 300 : is_thorough () ? 50000 : 3000
  };
  Caller callers[N_THREADS];

  g_mutex_init (&self.mutex);
  for (guint i = 0; i < N_THREADS; i++)
    {
      callers[i] = (Caller) { &self, i, 0, NULL };
      callers[i].thread = g_thread_new ("caller", caller_thread, &callers[i]);
    }
  await_some (&self);
  for (guint i = 0; i < N_THREADS; i++)
    {
      g_thread_join (callers[i].thread);
      g_assert_cmpuint (callers[i].n_acquired, >, 0);
      g_clear_object (&self.cancellables[i]);
    }
  g_mutex_clear (&self.mutex);

  g_assert_cmpint (self.n_holders, ==, 0);
  g_assert_cmpuint (n_waiters (lockable), ==, 0);
  for (guint i = 0; i < n_permits; i++)
    g_assert_true (thr_lockable_try_acquire (lockable));
  g_assert_true (thr_lockable_is_locked (lockable));
  for (guint i = 0; i < n_permits; i++)
    release (lockable);

  assert_finalized (lockable);
}

static void
test_lock (void)
{
  run_storm (thr_lock_new (), 1);
}

static void
test_rec_lock (void)
{
  run_storm (thr_rec_lock_new (), 1);
}

static void
test_semaphore (void)
{
  run_storm (thr_semaphore_new_bounded (3), 3);
}

/* With the signals on, which go another way. */
static void
test_watched (void)
{
  ThrLock *lock = thr_lock_new ();

  thr_lock_set_emit_signals (lock, TRUE);
  run_storm (lock, 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/permits-storm/lock", test_lock);
  g_test_add_func ("/permits-storm/rec-lock", test_rec_lock);
  g_test_add_func ("/permits-storm/semaphore", test_semaphore);
  g_test_add_func ("/permits-storm/watched", test_watched);

  return g_test_run ();
}
