/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "work/work-funcs.h"

/* When a pool's threads are made, are used again, and go. */

static gboolean
acquire_func (ThrTask   *task,
              gpointer   gate,
              GError   **error)
{
  return thr_semaphore_acquire (gate, error);
}

/* Each task that finds nobody idle has its thread when submit() returns. */
static void
test_made_by_submit (void)
{
  for (guint i = rounds (300); i > 0; i--)
    {
      ThrPool *pool = thr_pool_new (5);
      g_autoptr (ThrSemaphore) gate = thr_semaphore_new (0);

      for (guint n = 1; n <= 12; n++)
        {
          g_object_unref (thr_pool_submit (pool, acquire_func, gate, NULL));
          g_assert_cmpuint (thr_pool_get_n_threads (pool), ==, MIN (n, 5));
        }
      thr_semaphore_release_n (gate, 12, NULL);
      end_pool (pool);
    }
}

/* So has what a binding pushes. */
static void
test_made_by_push (void)
{
  for (guint i = rounds (300); i > 0; i--)
    {
      ThrPool *pool = thr_pool_new (3);
      g_autoptr (ThrSemaphore) gate = thr_semaphore_new (0);
      for (guint n = 1; n <= 5; n++)
        {
          g_assert_true (thr_pool_push_full (pool, acquire_func, g_object_ref (gate),
                                             g_object_unref, NULL));
          g_assert_cmpuint (thr_pool_get_n_threads (pool), ==, MIN (n, 3));
        }
      thr_semaphore_release_n (gate, 5, NULL);
      end_pool (pool);
    }
}

/* Who has seen the answer finds the thread idle. */
static void
test_used_again (void)
{
  ThrPool *pool = thr_pool_new (8);

  for (guint i = 0; i < rounds (20000); i++)
    {
      ThrTask *task = thr_pool_submit (pool, echo_func, GINT_TO_POINTER (7), NULL);

      wait_for (task);
      g_object_unref (task);
    }
  g_assert_cmpuint (thr_pool_get_n_threads (pool), ==, 1);
  end_pool (pool);
}

typedef struct
{
  ThrPool *pool;
  int      n_done;
} Chain;

static void
chain_cb (GObject      *task,
          GAsyncResult *result,
          gpointer      user_data)
{
  Chain *self = user_data;

  g_assert_true (thr_future_wait_finish (THR_FUTURE (task), result, NULL));
  self->n_done++;
}

/* The same for who awaits it. */
static void
test_used_again_awaited (void)
{
  Chain chain = { thr_pool_new (8), 0 };

  for (guint i = 0; i < rounds (5000); i++)
    {
      ThrTask *task = thr_pool_submit (chain.pool, echo_func, GINT_TO_POINTER (7), NULL);

      thr_future_wait_async (THR_FUTURE (task), NULL, chain_cb, &chain);
      g_object_unref (task);
      iterate_until (&chain.n_done, (int) i + 1);
    }
  g_assert_cmpuint (thr_pool_get_n_threads (chain.pool), ==, 1);
  end_pool (chain.pool);
}

/* --- The finalizer --- */

typedef struct
{
  GMutex   mutex;
  GSList  *prepared;   /* ThrThread, compared only */
  guint    n_prepared;
  int      n_ended;
  gboolean fail;
} Lives;

static gboolean
prepare_func (ThrThread  *thread,
              gpointer    user_data,
              GError    **error)
{
  Lives *self = user_data;

  if (self->fail)
    return fail_func (NULL, NULL, error);

  g_mutex_lock (&self->mutex);
  self->prepared = g_slist_prepend (self->prepared, thread);
  self->n_prepared++;
  g_mutex_unlock (&self->mutex);

  return TRUE;
}

static gboolean
end_func (ThrThread  *thread,
          gpointer    user_data,
          GError    **error)
{
  Lives *self = user_data;

  g_assert_true (thread == thr_thread_current ());
  g_assert_null (thr_task_get_current ());
  g_mutex_lock (&self->mutex);
  g_assert_nonnull (g_slist_find (self->prepared, thread));
  self->prepared = g_slist_remove (self->prepared, thread);
  g_mutex_unlock (&self->mutex);
  g_atomic_int_inc (&self->n_ended);

  return TRUE;
}

/* Exactly once in each thread, before a shutdown that waits returns. */
static void
test_finalizer (void)
{
  for (guint i = rounds (200); i > 0; i--)
    {
      ThrPool *pool = thr_pool_new (4);
      Lives lives = { 0, };
      g_autoptr (GError) error = NULL;
      int n_freed = 0, n_run = 0;

      g_assert_true (thr_pool_set_finalizer (pool, end_func, &n_freed, count_data, NULL));
      g_assert_true (thr_pool_set_initializer (pool, prepare_func, &lives, NULL, NULL));
      g_assert_true (thr_pool_set_finalizer (pool, end_func, &lives, NULL, NULL));
      for (guint j = 0; j < 8; j++)
        g_object_unref (thr_pool_submit (pool, count_func, &n_run, NULL));
      g_assert_false (thr_pool_set_finalizer (pool, end_func, &n_freed, count_data, &error));
      g_assert_error (error, THR_ERROR, THR_ERROR_INVALID_STATE);

      end_pool (pool);
      g_assert_cmpint (lives.n_ended, ==, (int) lives.n_prepared);
      g_assert_cmpint (lives.n_ended, >=, 1);
      g_assert_null (lives.prepared);
      g_assert_cmpint (n_freed, ==, 2);
      g_assert_cmpint (n_run, ==, 8);
    }
}

/* Also when a thread goes because it has been idle for long enough. */
static void
test_finalizer_idle (void)
{
  ThrPool *pool = thr_pool_new (1);
  Lives lives = { 0, };
  int n_run = 0;

  thr_pool_set_idle_timeout (pool, 0);
  thr_pool_set_initializer (pool, prepare_func, &lives, NULL, NULL);
  thr_pool_set_finalizer (pool, end_func, &lives, NULL, NULL);
  for (int i = 1; i <= 5; i++)
    {
      thr_pool_push (pool, count_func, &n_run);
      await_at_least (&lives.n_ended, i);
    }
  end_pool (pool);
  g_assert_cmpint (n_run, ==, 5);
}

static void
test_finalizer_not_prepared (void)
{
  ThrPool *pool = thr_pool_new (1);
  Lives lives = { .fail = TRUE };
  g_autoptr (ThrTask) task = NULL;

  thr_pool_set_initializer (pool, prepare_func, &lives, NULL, NULL);
  thr_pool_set_finalizer (pool, end_func, &lives, NULL, NULL);
  task = thr_pool_submit (pool, echo_func, NULL, NULL);
  wait_for (task);
  assert_failed (task, THR_ERROR, THR_ERROR_BROKEN);
  end_pool (pool);
  g_assert_cmpint (lives.n_ended, ==, 0);
}

/* --- Pools that nobody holds any more --- */

static gboolean
release_func (ThrThread  *thread,
              gpointer    semaphore,
              GError    **error)
{
  return thr_semaphore_release (semaphore, error);
}

/* Nobody runs a loop here: nothing that waits for one keeps the pool. */
static void
test_dropped (void)
{
  g_autoptr (ThrSemaphore) ended = thr_semaphore_new (0);
  const gint64 limit = 20 * G_TIME_SPAN_SECOND; /* less than the threads would idle */

  for (guint i = rounds (200); i > 0; i--)
    {
      ThrPool *pool = thr_pool_new (2);
      ThrTask *task;
      guint n_threads;

      thr_pool_set_finalizer (pool, release_func, ended, NULL, NULL);
      thr_pool_set_max_threads (pool, 3);
      task = thr_pool_submit (pool, echo_func, GINT_TO_POINTER (1), NULL);
      g_object_unref (thr_pool_submit (pool, echo_func, GINT_TO_POINTER (2), NULL));
      wait_for (task);
      n_threads = thr_pool_get_n_threads (pool);
      g_assert_finalize_object (pool);
      for (guint j = 0; j < n_threads; j++)
        {
          g_autoptr (GError) error = NULL;

          thr_semaphore_acquire_timed (ended, limit, NULL, &error);
          g_assert_no_error (error);
        }
      g_object_unref (task);
    }

  /* The last one may still be about to leave the semaphore. */
  while (thr_thread_count_alive () > 1)
    g_thread_yield ();
  drain ();
}

/* --- Cancelling what is pending --- */

/* What a thread was made for counts as begun, wherever the thread is just now; the rest
 * is cancelled. */
static void
test_cancel_leaves (gboolean again)
{
  for (guint i = rounds (300); i > 0; i--)
    {
      ThrPool *pool = thr_pool_new (3);
      g_autoptr (ThrSemaphore) gate = thr_semaphore_new (0);
      ThrTask *tasks[300];
      guint n_run = 0;

      if (again)
        {
          /* Three that sleep, are about to, or search. */
          for (guint j = 0; j < 3; j++)
            tasks[j] = thr_pool_submit (pool, acquire_func, gate, NULL);
          thr_semaphore_release_n (gate, 3, NULL);
          for (guint j = 0; j < 3; j++)
            {
              wait_for (tasks[j]);
              g_object_unref (tasks[j]);
            }
          g_assert_cmpuint (thr_pool_get_n_threads (pool), ==, 3);
        }

      for (guint j = 0; j < G_N_ELEMENTS (tasks); j++)
        tasks[j] = thr_pool_submit (pool, acquire_func, gate, NULL);
      g_assert_true (thr_pool_shutdown (pool, TRUE, FALSE, NULL));
      for (guint j = 3; j < G_N_ELEMENTS (tasks); j++)
        assert_cancelled (tasks[j]);
      for (guint j = 0; j < 3; j++)
        n_run += !thr_future_is_done (THR_FUTURE (tasks[j]));
      g_assert_cmpuint (n_run, ==, 3);

      thr_semaphore_release_n (gate, 3, NULL);
      shut_down (pool);
      for (guint j = 0; j < G_N_ELEMENTS (tasks); j++)
        {
          g_assert_cmpint (thr_future_get_state (THR_FUTURE (tasks[j])), ==,
                           j < 3 ? THR_FUTURE_STATE_RESOLVED : THR_FUTURE_STATE_CANCELLED);
          g_object_unref (tasks[j]);
        }
      end_pool (pool);
    }
}

static void
test_cancel_leaves_new (void)
{
  test_cancel_leaves (FALSE);
}

static void
test_cancel_leaves_idle (void)
{
  test_cancel_leaves (TRUE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pool-workers/made-by-submit", test_made_by_submit);
  g_test_add_func ("/pool-workers/made-by-push", test_made_by_push);
  g_test_add_func ("/pool-workers/used-again", test_used_again);
  g_test_add_func ("/pool-workers/used-again-awaited", test_used_again_awaited);
  g_test_add_func ("/pool-workers/finalizer", test_finalizer);
  g_test_add_func ("/pool-workers/finalizer-idle", test_finalizer_idle);
  g_test_add_func ("/pool-workers/finalizer-not-prepared", test_finalizer_not_prepared);
  g_test_add_func ("/pool-workers/dropped", test_dropped);
  g_test_add_func ("/pool-workers/cancel-leaves-new", test_cancel_leaves_new);
  g_test_add_func ("/pool-workers/cancel-leaves-idle", test_cancel_leaves_idle);

  return g_test_run ();
}
