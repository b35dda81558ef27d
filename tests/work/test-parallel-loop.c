/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "work/loop-bodies.h"

#include <sys/wait.h>
#include <unistd.h>

/* Parallel loops that nobody need wait for. */

static void
assert_resolved (gpointer loop)
{
  wait_for (loop);
  g_assert_no_error (thr_future_get_error (loop));
}

/* --- What it tells --- */

typedef struct
{
  double  last;
  int     n_notified;
  int     n_done;
  int     n_freed;
  int     n_then;
  GThread *home;
} Observer;

static void
progress_cb (ThrParallelLoop *loop,
             GParamSpec      *pspec,
             Observer        *observer)
{
  double progress = thr_parallel_loop_get_progress (loop);

  g_assert_true (g_thread_self () == observer->home);
  g_assert_cmpfloat (progress, >=, observer->last);
  g_assert_cmpint (observer->n_done, ==, 0);
  observer->last = progress;
  observer->n_notified++;
}

static void
done_cb (ThrParallelLoop *loop,
         Observer        *observer)
{
  g_assert_true (g_thread_self () == observer->home);
  g_assert_cmpint (observer->n_freed, ==, 0);
  observer->n_done++;
}

static void
free_cb (gpointer data)
{
  Observer *observer = data;

  g_assert_true (g_thread_self () == observer->home);
  g_assert_cmpint (observer->n_done, ==, 1);
  observer->n_freed++;
}

static gboolean
nothing_func (ThrParallelLoop  *loop,
              gint64            begin,
              gint64            end,
              gpointer          user_data,
              GError          **error)
{
  return TRUE;
}

static void
test_observed (void)
{
  ThrPool *pool = thr_pool_new (3);
  Observer observer = { .home = g_thread_self () };
  ThrParallelLoop *loop = thr_pool_submit_for_each (pool, 0, 5000, 1, NULL, nothing_func,
                                                    &observer, free_cb);

  g_signal_connect (loop, "notify::progress", G_CALLBACK (progress_cb), &observer);
  g_signal_connect (loop, "done", G_CALLBACK (done_cb), &observer);
  iterate_until (&observer.n_freed, 1);
  g_assert_cmpfloat (observer.last, ==, 1.0);
  g_assert_cmpint (observer.n_notified, >, 0);
  g_assert_cmpint (thr_future_get_state (THR_FUTURE (loop)), ==, THR_FUTURE_STATE_RESOLVED);
  g_assert_null (thr_future_dup_value (THR_FUTURE (loop), NULL));
  end_pool (pool);
  g_assert_finalize_object (loop);
}

static void
test_empty (void)
{
  ThrPool *pool = thr_pool_new (1);
  ThrParallelLoop *loop = thr_pool_submit_for_each (pool, 3, 3, 0, NULL, never_func, NULL,
                                                    NULL);
  ThrParallelLoop *map = thr_pool_submit_map (pool, 3, 3, 0, NULL, square_func, NULL, NULL);
  ThrParallelLoop *all = thr_pool_submit_all (pool, NULL, 0, NULL);
  GValue *value;

  assert_resolved (loop);
  g_assert_cmpfloat (thr_parallel_loop_get_progress (loop), ==, 1.0);
  assert_resolved (all);
  assert_resolved (map);
  value = thr_future_dup_value (THR_FUTURE (map), NULL);
  g_assert_cmpuint (thr_values_get_n_values (g_value_get_object (value)), ==, 0);
  g_boxed_free (G_TYPE_VALUE, value);
  end_pool (pool);
  g_assert_finalize_object (loop);
  g_assert_finalize_object (map);
  g_assert_finalize_object (all);
}

static void
test_map (void)
{
  ThrPool *pool = thr_pool_new (2);
  ThrParallelLoop *loop = thr_pool_submit_map (pool, 0, 100, 0, NULL, square_func, NULL, NULL);
  ThrValues *values;
  GValue *value;

  assert_resolved (loop);
  value = thr_future_dup_value (THR_FUTURE (loop), NULL);
  values = g_value_get_object (value);
  for (guint i = 0; i < 100; i++)
    g_assert_cmpint (g_value_get_int64 (thr_values_get_value (values, i)), ==, i * i);
  g_boxed_free (G_TYPE_VALUE, value);
  end_pool (pool);
  g_assert_finalize_object (loop);
}

/* --- Cancelling --- */

static void
test_cancel_pending (void)
{
  ThrPool *pool = thr_pool_new (1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  ThrParallelLoop *first, *second, *third;
  int n_freed = 0;
  Crowd crowd;

  occupy_all (pool, &crowd);
  first = thr_pool_submit_for_each (pool, 0, 9, 0, NULL, never_func, &n_freed, count_data);
  second = thr_pool_submit_for_each (pool, 0, 9, 0, cancellable, never_func, &n_freed,
                                     count_data);
  g_assert_true (thr_future_cancel (THR_FUTURE (first)));
  g_cancellable_cancel (cancellable);
  third = thr_pool_submit_for_each (pool, 0, 9, 0, cancellable, never_func, &n_freed,
                                    count_data);
  assert_cancelled (first);
  assert_cancelled (second);
  assert_cancelled (third);
  g_assert_cmpint (thr_future_get_state (THR_FUTURE (second)), ==,
                   THR_FUTURE_STATE_CANCELLED);
  drain ();
  g_assert_cmpint (n_freed, ==, 3);
  let_all_go (&crowd);
  end_pool (pool);
  g_assert_finalize_object (first);
  g_assert_finalize_object (second);
  g_assert_finalize_object (third);
}

typedef struct
{
  Gate begun;
  int  n_calls;
} Running;

static gboolean
until_cancelled_func (ThrParallelLoop  *loop,
                      gint64            begin,
                      gint64            end,
                      gpointer          user_data,
                      GError          **error)
{
  Running *running = user_data;
  g_autoptr (ThrLock) lock = thr_lock_new ();

  g_atomic_int_inc (&running->n_calls);
  gate_open (&running->begun);
  thr_lock_acquire (lock, NULL);

  /* A wait that only the cancellable ends. */
  return thr_lock_acquire_timed (lock, -1, thr_parallel_loop_get_cancellable (loop), error);
}

static void
test_cancel_running (void)
{
  ThrPool *pool = thr_pool_new (2);
  ThrParallelLoop *loop;
  Running running = { .n_calls = 0 };

  /* The class is made here, and not by two of the threads at once: ThreadSanitizer
   * does not see what GObject locks for that. */
  g_object_unref (thr_lock_new ());
  gate_init (&running.begun);
  loop = thr_pool_submit_for_each (pool, 0, 100, 0, NULL, until_cancelled_func, &running,
                                   NULL);
  gate_wait (&running.begun);
  g_assert_false (thr_future_cancel (THR_FUTURE (loop)));
  wait_for (loop);
  assert_cancelled (loop);
  g_assert_cmpint (running.n_calls, <=, 2);
  g_assert_cmpfloat (thr_parallel_loop_get_progress (loop), ==, 0.0);
  gate_clear (&running.begun);
  end_pool (pool);
  g_assert_finalize_object (loop);
}

static gboolean
begun_func (ThrParallelLoop  *loop,
            gint64            begin,
            gint64            end,
            gpointer          user_data,
            GError          **error)
{
  g_atomic_int_set ((int *) user_data, TRUE);
  return TRUE;
}

/* The only thread of the loop may see that it was stopped before who stops it is done. It
 * may also be faster than both. */
static void
test_cancel_race (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  ThrPool *pool = thr_pool_new (1);

  for (int round = 0; round < 3000; round++)
    {
      g_autoptr (ThrParallelLoop) loop = NULL;
      int begun = FALSE;

      loop = thr_pool_submit_for_each (pool, 0, G_MAXINT64, 1, cancellable, begun_func,
                                       &begun, NULL);
      while (!g_atomic_int_get (&begun))
        g_thread_yield ();
      thr_future_cancel (THR_FUTURE (loop));
      wait_for (loop);
      if (thr_future_get_error (THR_FUTURE (loop)) != NULL)
        assert_cancelled (loop);
    }

  end_pool (pool);
}

/* --- A thread that ends inside --- */

typedef struct
{
  ThrPool         *pool;
  ThrParallelLoop *loop;      /* to take part in; NULL: one of its own */
  GThread         *thread;
  Gate             inside;
  int              n_inside;  /* others, atomic */
  int              n_freed;
} Leaver;

static void
count_freed_cb (gpointer data)
{
  ((Leaver *) data)->n_freed++;
}

static gboolean
leave_func (ThrParallelLoop  *loop,
            gint64            begin,
            gint64            end,
            gpointer          user_data,
            GError          **error)
{
  Leaver *leaver = user_data;

  if (g_thread_self () == leaver->thread)
    {
      if (leaver->loop == NULL)
        gate_wait (&leaver->inside);
      thr_exit_thread ();
    }

  g_atomic_int_inc (&leaver->n_inside);
  gate_open (&leaver->inside);
  for (int i = 0; i < 1000; i++)
    g_thread_yield ();
  g_atomic_int_add (&leaver->n_inside, -1);
  return TRUE;
}

static gboolean
leaver_func (ThrThread  *thread,
             gpointer    data,
             GError    **error)
{
  Leaver *leaver = data;

  leaver->thread = g_thread_self ();
  if (leaver->loop != NULL)
    thr_parallel_loop_take_part (leaver->loop);
  else
    thr_pool_for_each (leaver->pool, 0, G_MAXINT, 1, NULL, leave_func, leaver, count_freed_cb,
                       NULL);
  g_assert_not_reached ();
}

static void
run_leaver (Leaver *leaver)
{
  ThrThread *thread = thr_thread_new (NULL, leaver_func, leaver, NULL);

  g_assert_true (thr_thread_start (thread, NULL));
  g_assert_true (thr_thread_join (thread, NULL));
  g_assert_finalize_object (thread);
}

static void
await_freed (Leaver *leaver,
             int     n)
{
  while (leaver->n_freed < n)
    g_main_context_iteration (NULL, TRUE);
}

/* Who waits hears of it, and what is on its stack is not used any more. */
static void
test_thread_ends (void)
{
  ThrPool *pool = thr_pool_new (1);
  Leaver leaver = { .pool = pool };
  Crowd crowd;

  gate_init (&leaver.inside);
  run_leaver (&leaver);
  g_assert_cmpint (leaver.n_inside, ==, 0);
  await_freed (&leaver, 1);

  occupy_all (pool, &crowd);
  leaver.loop = thr_pool_submit_for_each (pool, 0, 9, 0, NULL, leave_func, &leaver,
                                          count_freed_cb);
  run_leaver (&leaver);
  wait_for (leaver.loop);
  g_assert_error (thr_future_get_error (THR_FUTURE (leaver.loop)), THR_ERROR,
                  THR_ERROR_NO_RESULT);
  let_all_go (&crowd);
  end_pool (pool);
  await_freed (&leaver, 2);
  g_assert_finalize_object (leaver.loop);
  gate_clear (&leaver.inside);
}

/* --- Taking part --- */

static void
test_take_part (void)
{
  ThrPool *pool = thr_pool_new (2);
  ThrParallelLoop *loop;
  Crowd crowd;
  Marks marks;

  marks_init (&marks, 0, 100, 0);
  occupy_all (pool, &crowd);
  loop = thr_pool_submit_for_each (pool, 0, 100, 0, NULL, mark_func, &marks, NULL);
  g_assert_false (thr_future_is_done (THR_FUTURE (loop)));
  g_assert_true (thr_parallel_loop_take_part (loop));
  g_assert_true (thr_future_is_done (THR_FUTURE (loop)));
  g_assert_true (thr_parallel_loop_take_part (loop));
  marks_check (&marks);
  let_all_go (&crowd);
  end_pool (pool);
  g_assert_finalize_object (loop);
}

typedef struct
{
  ThrPool *pool;
  guint    depth;
} Waiting;

static gboolean
wait_func (ThrParallelLoop  *loop,
           gint64            begin,
           gint64            end,
           gpointer          user_data,
           GError          **error)
{
  Waiting *waiting = user_data;
  Waiting inner = { waiting->pool, waiting->depth - 1 };
  ThrParallelLoop *next;

  if (waiting->depth == 0)
    return TRUE;

  next = thr_pool_submit_for_each (waiting->pool, 0, 3, 1, NULL, wait_func, &inner, NULL);
  wait_for (next);
  g_assert_no_error (thr_future_get_error (THR_FUTURE (next)));
  g_object_unref (next);
  return TRUE;
}

/* Loops that wait for loops, on a pool with fewer threads than there are waits. */
static void
test_waits_inside (void)
{
  ThrPool *pool = thr_pool_new (1);

  for (guint i = 0; i < rounds (50); i++)
    {
      Waiting waiting = { pool, 4 };
      ThrParallelLoop *loop = thr_pool_submit_for_each (pool, 0, 3, 1, NULL, wait_func,
                                                        &waiting, NULL);

      assert_resolved (loop);
      g_object_unref (loop);
    }
  end_pool (pool);
}

/* --- The end of the pool --- */

static void
test_shut_down (void)
{
  ThrPool *pool = thr_pool_new (1);
  ThrParallelLoop *loop, *late;
  int n_freed = 0;
  Crowd crowd;

  occupy_all (pool, &crowd);
  loop = thr_pool_submit_for_each (pool, 0, 9, 0, NULL, never_func, &n_freed, count_data);
  g_assert_true (thr_pool_shutdown (pool, TRUE, FALSE, NULL));
  assert_cancelled (loop);
  late = thr_pool_submit_for_each (pool, 0, 9, 0, NULL, never_func, &n_freed, count_data);
  assert_failed (late, THR_ERROR, THR_ERROR_SHUT_DOWN);
  let_all_go (&crowd);
  end_pool (pool);
  g_assert_cmpint (n_freed, ==, 2);
  g_assert_finalize_object (loop);
  g_assert_finalize_object (late);
}

/* Queued, begun or done when the pool goes: it ends, once. */
static void
test_shut_down_race (void)
{
  guint n = rounds (1000);

  for (guint i = 0; i < n; i++)
    {
      ThrPool *pool = thr_pool_new (1 + i % 3);
      guint64 sum = 0;
      ThrParallelLoop *loop = thr_pool_submit_for_each (pool, 0, 20, 1, NULL, sum_func, &sum,
                                                        NULL);

      if (i % 2 == 0)
        thr_pool_shutdown (pool, TRUE, FALSE, NULL);
      g_object_unref (pool);
      wait_for (loop);
      if (thr_future_get_error (THR_FUTURE (loop)) != NULL)
        g_assert_cmpuint (sum, ==, 0);
      else
        g_assert_cmpuint (sum, ==, 20);
      g_object_unref (loop);
    }
  drain ();
}

static gboolean
initialize_func (ThrThread  *thread,
                 gpointer    user_data,
                 GError    **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "not today");
  return FALSE;
}

static void
test_broken (void)
{
  ThrPool *pool = thr_pool_new (1);
  ThrParallelLoop *loop;

  g_assert_true (thr_pool_set_initializer (pool, initialize_func, NULL, NULL, NULL));
  loop = thr_pool_submit_for_each (pool, 0, 9, 0, NULL, never_func, NULL, NULL);
  wait_for (loop);
  assert_failed (loop, THR_ERROR, THR_ERROR_BROKEN);
  end_pool (pool);
  g_assert_finalize_object (loop);
}

/* --- Callables --- */

static void
test_all (void)
{
  ThrPool *pool = thr_pool_new (2);
  ThrCallable *calls[10];
  ThrParallelLoop *loop;
  ThrValues *values;
  GValue *value;

  if (g_getenv ("THR_TEST_CALLEE") == NULL)
    {
      g_test_skip ("there are no typelibs to call");
      end_pool (pool);
      return;
    }
  for (int i = 0; i < 10; i++)
    {
      GValue arg = G_VALUE_INIT;

      g_value_init (&arg, G_TYPE_INT);
      g_value_set_int (&arg, i == 9 ? 'x' : '0' + i);
      calls[i] = THR_CALLABLE (thr_call_new ("GLib", "ascii_digit_value", &arg, 1, NULL));
    }
  loop = thr_pool_submit_all (pool, calls, 10, NULL);
  assert_resolved (loop);
  value = thr_future_dup_value (THR_FUTURE (loop), NULL);
  values = g_value_get_object (value);
  g_assert_cmpuint (thr_values_get_n_values (values), ==, 10);
  for (int i = 0; i < 10; i++)
    g_assert_cmpint (g_value_get_int (thr_values_get_value (values, i)), ==, i == 9 ? -1 : i);
  g_boxed_free (G_TYPE_VALUE, value);
  end_pool (pool);
  g_assert_finalize_object (loop);
  for (guint i = 0; i < 10; i++)
    g_assert_finalize_object (calls[i]);
}

/* --- Awaiting --- */

typedef struct
{
  int     n_called;
  GError *error;
} Answer;

static void
finished_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (GError) again = NULL;
  Answer *answer = data;

  g_assert_true (thr_pool_for_each_finish (THR_POOL (source), result, &answer->error) ==
                 (answer->error == NULL));
  g_assert_false (thr_pool_for_each_finish (THR_POOL (source), result, &again));
  g_assert_error (again, THR_ERROR, THR_ERROR_INVALID_STATE);
  g_atomic_int_inc (&answer->n_called);
}

static gboolean
refuse_func (ThrParallelLoop  *loop,
             gint64            begin,
             gint64            end,
             gpointer          user_data,
             GError          **error)
{
  return FALSE;
}

static void
test_async (void)
{
  ThrPool *pool = thr_pool_new (2);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Answer answers[3] = { { 0 } };
  guint64 sum = 0;
  int n_freed = 0;

  thr_pool_for_each_async (pool, 0, 1000, 0, NULL, sum_func, &sum, NULL, finished_cb,
                           &answers[0]);
  g_assert_cmpint (answers[0].n_called, ==, 0);
  thr_pool_for_each_async (pool, 0, 1000, 0, NULL, refuse_func, &n_freed, count_data,
                           finished_cb, &answers[1]);
  g_cancellable_cancel (cancellable);
  thr_pool_for_each_async (pool, 0, 1000, 0, cancellable, never_func, &n_freed, count_data,
                           finished_cb, &answers[2]);
  for (guint i = 0; i < 3; i++)
    iterate_until (&answers[i].n_called, 1);
  g_assert_no_error (answers[0].error);
  g_assert_cmpuint (sum, ==, 1000);
  g_assert_error (answers[1].error, THR_ERROR, THR_ERROR_NO_RESULT);
  g_assert_error (answers[2].error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&answers[1].error);
  g_clear_error (&answers[2].error);

  /* Nobody wants to hear of it. */
  thr_pool_for_each_async (pool, 0, 1000, 0, NULL, nothing_func, &n_freed, count_data, NULL,
                           NULL);
  end_pool (pool);
  g_assert_cmpint (n_freed, ==, 3);
}

static gboolean
wait_at_gate_func (ThrParallelLoop  *loop,
                   gint64            begin,
                   gint64            end,
                   gpointer          user_data,
                   GError          **error)
{
  gate_wait (user_data);
  return TRUE;
}

/* The loop of a home that goes runs on, and tells nobody. */
static void
test_home_gone (void)
{
  GMainContext *context = g_main_context_new ();
  Answer answer = { 0 };
  int n_freed = 0;
  ThrParallelLoop *loop;
  ThrPool *pool;
  Gate gate;

  gate_init (&gate);
  g_main_context_push_thread_default (context);
  pool = thr_pool_new (1);
  loop = thr_pool_submit_for_each (pool, 0, 9, 0, NULL, wait_at_gate_func, &gate, NULL);
  g_signal_connect (loop, "done", G_CALLBACK (count_signal), &n_freed);
  thr_pool_for_each_async (pool, 0, 9, 0, NULL, wait_at_gate_func, &gate, NULL, finished_cb,
                           &answer);
  g_main_context_pop_thread_default (context);
  g_main_context_unref (context);
  gate_open (&gate);
  assert_resolved (loop);
  shut_down (pool);
  g_assert_cmpint (answer.n_called, ==, 0);
  g_assert_cmpint (n_freed, ==, 0);
  g_object_unref (loop);
  g_object_unref (pool);
  gate_clear (&gate);
}

/* --- fork() --- */

#ifndef __SANITIZE_THREAD__
static void
check_child (ThrPool         *pool,
             ThrParallelLoop *loop)
{
  guint64 sum = 0;

  if (!thr_future_wait (THR_FUTURE (loop), -1, NULL, NULL) ||
      !g_error_matches (thr_future_get_error (THR_FUTURE (loop)), THR_ERROR, THR_ERROR_BROKEN))
    _exit (1);
  if (!thr_pool_for_each (pool, 0, 1000, 1, NULL, sum_func, &sum, NULL, NULL) || sum != 1000)
    _exit (2);
  _exit (0);
}

/* The child is without the parent's loop, and has its own. */
static void
test_fork (void)
{
  ThrPool *pool = thr_pool_new (2);
  ThrParallelLoop *loop;
  Crowd crowd;
  int status;
  pid_t pid;

  occupy_all (pool, &crowd);
  loop = thr_pool_submit_for_each (pool, 0, 9, 0, NULL, nothing_func, NULL, NULL);
  pid = fork ();
  if (pid == 0)
    check_child (pool, loop);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
  let_all_go (&crowd);
  assert_resolved (loop);
  end_pool (pool);
  g_assert_finalize_object (loop);
}
#endif

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/parallel-loop/observed", test_observed);
  g_test_add_func ("/parallel-loop/empty", test_empty);
  g_test_add_func ("/parallel-loop/map", test_map);
  g_test_add_func ("/parallel-loop/cancel-pending", test_cancel_pending);
  g_test_add_func ("/parallel-loop/cancel-running", test_cancel_running);
  g_test_add_func ("/parallel-loop/cancel-race", test_cancel_race);
  g_test_add_func ("/parallel-loop/thread-ends", test_thread_ends);
  g_test_add_func ("/parallel-loop/take-part", test_take_part);
  g_test_add_func ("/parallel-loop/waits-inside", test_waits_inside);
  g_test_add_func ("/parallel-loop/shut-down", test_shut_down);
  g_test_add_func ("/parallel-loop/shut-down-race", test_shut_down_race);
  g_test_add_func ("/parallel-loop/broken", test_broken);
  g_test_add_func ("/parallel-loop/all", test_all);
  g_test_add_func ("/parallel-loop/async", test_async);
  g_test_add_func ("/parallel-loop/home-gone", test_home_gone);
  /* ThreadSanitizer cannot follow a child that makes threads. */
#ifndef __SANITIZE_THREAD__
  g_test_add_func ("/parallel-loop/fork", test_fork);
#endif

  return g_test_run ();
}
