/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <sys/resource.h>
#include <unistd.h>

#include "work/work-funcs.h"

/* Tasks that wait for tasks. */

typedef struct
{
  ThrPool        *pool;
  int             depth;
  GDestroyNotify  notify;   /* with one, the work counts as a binding's */
} Chain;

static void
chain_free (gpointer chain)
{
  g_free (chain);
}

static Chain *
chain_new (ThrPool        *pool,
           int             depth,
           GDestroyNotify  notify)
{
  Chain *chain = g_new (Chain, 1);

  *chain = (Chain) { pool, depth, notify };
  return chain;
}

/* Waits for the rest of the chain and adds one. */
static gboolean
chain_func (ThrTask   *task,
            gpointer   user_data,
            GError   **error)
{
  g_autofree Chain *own = NULL;
  Chain *chain = user_data;
  g_autoptr (ThrTask) next = NULL;

  if (chain->notify == NULL)
    own = chain;
  if (chain->depth == 0)
    return thr_task_return_int64 (task, 0);

  next = thr_pool_submit (chain->pool, chain_func,
                          chain_new (chain->pool, chain->depth - 1, chain->notify),
                          chain->notify);
  if (!thr_future_wait (THR_FUTURE (next), -1, NULL, error))
    return FALSE;

  return thr_task_return_int64 (task, 1 + get_int64 (next));
}

static void
run_chain (guint          max_threads,
           int            depth,
           GDestroyNotify notify,
           guint          min_threads)
{
  ThrPool *pool = thr_pool_new (max_threads);
  ThrTask *task = thr_pool_submit (pool, chain_func, chain_new (pool, depth, notify), notify);

  wait_for (task);
  g_assert_cmpint (get_int64 (task), ==, depth);
  g_assert_cmpuint (thr_pool_get_n_threads (pool), >=, min_threads);
  end_pool (pool);
  g_assert_finalize_object (task);
}

/* A thousand deep with one worker: sixteen on one stack, and then the next one's. */
static void
test_depth (void)
{
  run_chain (1, 1000, NULL, 1000 / 17);
}

/* The work of a binding is helped with twice on one stack. */
static void
test_depth_binding (void)
{
  run_chain (1, 300, chain_free, 300 / 3);
}

static void
test_depth_wide (void)
{
  for (guint i = 0; i < rounds (50); i++)
    run_chain (3, 60, NULL, 1);
}

typedef struct
{
  ThrPool   *pool;
  ThrThread *outer;     /* who waits */
  gboolean   limited;
  Hold      *hold;
} Help;

static gboolean
who_func (ThrTask   *task,
          gpointer   user_data,
          GError   **error)
{
  Help *help = user_data;

  return thr_task_return_boolean (task, thr_thread_current () == help->outer);
}

static gboolean
unrelated_func (ThrTask   *task,
                gpointer   user_data,
                GError   **error)
{
  Help *help = user_data;

  g_assert_true (thr_thread_current () != __atomic_load_n (&help->outer, __ATOMIC_ACQUIRE));
  return TRUE;
}

/* Answers whether the task that it waited for was run by its own thread. Before that
 * one there is another in the queue, which it must never run. */
static gboolean
help_func (ThrTask   *task,
           gpointer   user_data,
           GError   **error)
{
  Help *help = user_data;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (ThrTask) unrelated = NULL;
  g_autoptr (ThrTask) inner = NULL;
  GValue *value;
  gboolean same;

  help->outer = thr_thread_current ();
  unrelated = thr_pool_submit (help->pool, unrelated_func, help, NULL);
  inner = thr_pool_submit (help->pool, who_func, help, NULL);
  if (help->limited)
    g_assert_true (thr_future_wait (THR_FUTURE (inner), 60 * G_TIME_SPAN_SECOND, cancellable,
                                    error));
  else
    g_assert_true (thr_future_wait (THR_FUTURE (inner), -1, NULL, error));
  g_assert_true (thr_task_get_current () == task);
  __atomic_store_n (&help->outer, NULL, __ATOMIC_RELEASE);

  value = thr_future_dup_value (THR_FUTURE (inner), error);
  same = g_value_get_boolean (value);
  g_boxed_free (G_TYPE_VALUE, value);

  return thr_task_return_boolean (task, same);
}

static gboolean
run_help (gboolean limited)
{
  ThrPool *pool = thr_pool_new (1);
  Help help = { pool, NULL, limited, NULL };
  ThrTask *task = thr_pool_submit (pool, help_func, &help, NULL);
  GValue *value;
  gboolean same;

  wait_for (task);
  value = thr_future_dup_value (THR_FUTURE (task), NULL);
  same = g_value_get_boolean (value);
  g_boxed_free (G_TYPE_VALUE, value);
  end_pool (pool);
  g_assert_finalize_object (task);

  return same;
}

static void
test_help (void)
{
  g_assert_true (run_help (FALSE));
  /* With a limit or a cancellable it must be able to return before the task ends. */
  g_assert_false (run_help (TRUE));
}

/* Nobody outside of the pool runs its work. */
static void
test_outside (void)
{
  ThrPool *pool = thr_pool_new (1);
  Help help = { pool, thr_thread_get_main (), FALSE, NULL };
  ThrTask *task = thr_pool_submit (pool, unrelated_func, &help, NULL);

  wait_for (task);
  end_pool (pool);
  g_assert_finalize_object (task);
}

static gboolean
all_func (ThrTask   *task,
          gpointer   user_data,
          GError   **error)
{
  ThrPool *pool = user_data;
  ThrFuture *tasks[30];
  g_autoptr (ThrFuture) set = NULL;
  gint64 sum = 0;

  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    tasks[i] = THR_FUTURE (thr_pool_submit (pool, echo_func, GINT_TO_POINTER (i), NULL));
  set = thr_future_all (tasks, G_N_ELEMENTS (tasks));
  g_assert_true (thr_future_wait (set, -1, NULL, error));
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    {
      sum += get_int64 (tasks[i]);
      g_object_unref (tasks[i]);
    }

  return thr_task_return_int64 (task, sum);
}

static void
test_all (void)
{
  ThrPool *pool = thr_pool_new (1);
  ThrTask *task = thr_pool_submit (pool, all_func, pool, NULL);

  wait_for (task);
  g_assert_cmpint (get_int64 (task), ==, 29 * 30 / 2);
  g_assert_cmpuint (thr_pool_get_n_threads (pool), ==, 1);
  end_pool (pool);
  g_assert_finalize_object (task);
}

static gboolean
race_func (ThrTask   *task,
           gpointer   user_data,
           GError   **error)
{
  Help *help = user_data;
  ThrFuture *members[2];
  g_autoptr (ThrFuture) race = NULL;

  members[0] = THR_FUTURE (thr_pool_submit (help->pool, hold_func, help->hold, NULL));
  members[1] = thr_future_new ();
  race = thr_future_race (members, 2);
  thr_future_set_value (members[1], NULL, NULL);
  g_assert_true (thr_future_wait (race, -1, NULL, error));
  /* The other member goes on until after this. */
  gate_open (&help->hold->go);
  g_object_unref (members[0]);
  g_object_unref (members[1]);

  return TRUE;
}

static gboolean
race_late_func (ThrTask   *task,
                gpointer   user_data,
                GError   **error)
{
  Help *help = user_data;
  ThrFuture *members[2];
  g_autoptr (ThrFuture) race = NULL;

  members[0] = THR_FUTURE (thr_pool_submit (help->pool, hold_func, help->hold, NULL));
  members[1] = THR_FUTURE (thr_pool_submit (help->pool, echo_func, NULL, NULL));
  race = thr_future_race (members, 2);
  g_assert_true (thr_future_wait (race, -1, NULL, error));
  gate_open (&help->hold->go);
  g_object_unref (members[0]);
  g_object_unref (members[1]);

  return TRUE;
}

/* A member that ends only after the race is over must not be run inside of the wait
 * for it. */
static void
test_race (void)
{
  ThrPool *pool = thr_pool_new (2);
  Hold hold;
  Help help = { pool, NULL, FALSE, &hold };
  ThrTask *task;

  hold_init (&hold);
  task = thr_pool_submit (pool, race_func, &help, NULL);
  wait_for (task);
  g_object_unref (task);
  gate_wait (&hold.begun);
  shut_down (pool);
  end_pool (pool);
  hold_clear (&hold);

  hold_init (&hold);
  pool = help.pool = thr_pool_new (2);
  task = thr_pool_submit (pool, race_late_func, &help, NULL);
  wait_for (task);
  g_object_unref (task);
  end_pool (pool);
  hold_clear (&hold);
}

typedef struct
{
  ThrPool   *pools[2];
  ThrTask   *tasks[2];
  ThrThread *thread;
  int        n_ready;
  int        n_deadlocks;
} Knot;

static gboolean
note_deadlock (Knot     *knot,
               gboolean  waited,
               GError   *error)
{
  if (waited)
    return TRUE;

  g_assert_error (error, THR_ERROR, THR_ERROR_DEADLOCK);
  g_error_free (error);
  g_atomic_int_inc (&knot->n_deadlocks);
  return TRUE;
}

static gboolean
knot_func (ThrTask   *task,
           gpointer   user_data,
           GError   **error)
{
  Knot *knot = user_data;
  int number;
  GError *reason = NULL;
  gboolean waited;

  g_atomic_int_inc (&knot->n_ready);
  await_at_least (&knot->n_ready, 3);
  number = task == knot->tasks[0] ? 1 : 0;
  waited = thr_future_wait (THR_FUTURE (knot->tasks[number]), -1, NULL, &reason);

  return note_deadlock (knot, waited, reason);
}

/* Two tasks that wait for each other, of one pool or of two: one of them is told. */
static void
test_two_tasks (void)
{
  for (guint i = 0; i < rounds (500); i++)
    {
      Knot knot = { { thr_pool_new (2), thr_pool_new (2) }, };
      guint second = i % 2;

      knot.tasks[0] = thr_pool_submit (knot.pools[0], knot_func, &knot, NULL);
      knot.tasks[1] = thr_pool_submit (knot.pools[second], knot_func, &knot, NULL);
      g_atomic_int_inc (&knot.n_ready);
      wait_for (knot.tasks[0]);
      wait_for (knot.tasks[1]);
      g_assert_cmpint (knot.n_deadlocks, ==, 1);
      end_pool (knot.pools[0]);
      end_pool (knot.pools[1]);
      g_assert_finalize_object (knot.tasks[0]);
      g_assert_finalize_object (knot.tasks[1]);
    }
}

static gboolean
itself_func (ThrTask   *task,
             gpointer   user_data,
             GError   **error)
{
  GError *reason = NULL;
  gboolean waited = thr_future_wait (THR_FUTURE (task), -1, NULL, &reason);

  return note_deadlock (user_data, waited, reason);
}

static gboolean
back_func (ThrTask   *task,
           gpointer   user_data,
           GError   **error)
{
  Knot *knot = user_data;
  GError *reason = NULL;
  gboolean waited = thr_future_wait (THR_FUTURE (knot->tasks[0]), -1, NULL, &reason);

  return note_deadlock (knot, waited, reason);
}

static gboolean
forth_func (ThrTask   *task,
            gpointer   user_data,
            GError   **error)
{
  Knot *knot = user_data;

  await_at_least (&knot->n_ready, 1);
  knot->tasks[1] = thr_pool_submit (knot->pools[0], back_func, knot, NULL);
  return thr_future_wait (THR_FUTURE (knot->tasks[1]), -1, NULL, error);
}

/* Itself; and the one below on the same stack. */
static void
test_itself (void)
{
  Knot knot = { { thr_pool_new (1), NULL }, };

  knot.tasks[0] = thr_pool_submit (knot.pools[0], itself_func, &knot, NULL);
  wait_for (knot.tasks[0]);
  g_assert_cmpint (knot.n_deadlocks, ==, 1);
  g_object_unref (knot.tasks[0]);

  knot.tasks[0] = thr_pool_submit (knot.pools[0], forth_func, &knot, NULL);
  g_atomic_int_inc (&knot.n_ready);
  wait_for (knot.tasks[0]);
  g_assert_cmpint (knot.n_deadlocks, ==, 2);
  end_pool (knot.pools[0]);
  g_assert_finalize_object (knot.tasks[0]);
  g_assert_finalize_object (knot.tasks[1]);
}

static gboolean
await_task_func (ThrThread  *thread,
                 gpointer    user_data,
                 GError    **error)
{
  Knot *knot = user_data;
  GError *reason = NULL;
  gboolean waited;

  await_at_least (&knot->n_ready, 1);
  waited = thr_future_wait (THR_FUTURE (knot->tasks[0]), -1, NULL, &reason);

  return note_deadlock (knot, waited, reason);
}

static gboolean
join_func (ThrTask   *task,
           gpointer   user_data,
           GError   **error)
{
  Knot *knot = user_data;
  GError *reason = NULL;
  gboolean joined;

  await_at_least (&knot->n_ready, 1);
  joined = thr_thread_join (knot->thread, &reason);

  return note_deadlock (knot, joined, reason);
}

/* A task joins a thread that waits for the task. */
static void
test_thread_cycle (void)
{
  Knot knot = { { thr_pool_new (1), NULL }, };

  knot.thread = thr_thread_new ("knot", await_task_func, &knot, NULL);
  g_assert_true (thr_thread_start (knot.thread, NULL));
  knot.tasks[0] = thr_pool_submit (knot.pools[0], join_func, &knot, NULL);
  g_atomic_int_inc (&knot.n_ready);
  wait_for (knot.tasks[0]);
  g_assert_true (thr_thread_join (knot.thread, NULL));
  g_assert_cmpint (knot.n_deadlocks, ==, 1);
  end_pool (knot.pools[0]);
  drain ();
  g_assert_finalize_object (knot.tasks[0]);
  g_assert_finalize_object (knot.thread);
}

/* --- No thread to be had --- */

#define LIMIT (30 * G_TIME_SPAN_SECOND)

/* A pool whose threads take much of the address space … */
static ThrPool *
new_greedy_pool (guint max_threads)
{
  return g_object_new (THR_TYPE_POOL, "max-threads", max_threads,
                       "stack-size", (gint64) 256 * 1024 * 1024, NULL);
}

/* … of which there is from now on enough for anything but another one. */
static void
forbid_threads (void)
{
  g_autofree char *statm = NULL;
  struct rlimit limit;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &statm, NULL, NULL));
  limit.rlim_cur = limit.rlim_max =
    g_ascii_strtoull (statm, NULL, 10) * getpagesize () + 128 * 1024 * 1024;
  g_assert_cmpint (setrlimit (RLIMIT_AS, &limit), ==, 0);
}

static gboolean
in_subprocess (void)
{
  if (g_getenv ("THR_TEST_SLOW_MACHINE") != NULL)
    {
      g_test_skip ("cannot live with a limit on its memory");
      return FALSE;
    }
  if (g_test_subprocess ())
    return TRUE;

  g_test_trap_subprocess (NULL, LIMIT, 0);
  g_test_trap_assert_passed ();
  return FALSE;
}

/* The first thread already: the task says why. */
static void
test_no_thread (void)
{
  g_autoptr (ThrPool) pool = NULL;
  g_autoptr (ThrTask) task = NULL;
  int n_started = 0;

  if (!in_subprocess ())
    return;

  pool = new_greedy_pool (2);
  g_object_set (pool, "idle-timeout", (gint64) 0, NULL);
  g_signal_connect (pool, "started", G_CALLBACK (count_signal), &n_started);
  forbid_threads ();
  task = thr_pool_submit (pool, echo_func, NULL, NULL);
  wait_for (task);
  assert_failed (task, THR_ERROR, THR_ERROR_RESOURCES);
  g_assert_true (thr_pool_set_initializer (pool, NULL, NULL, NULL, NULL));
  shut_down (pool);
  g_assert_cmpint (n_started, ==, 0);
}

static gboolean
close_func (ThrTask   *task,
            gpointer   user_data,
            GError   **error)
{
  g_autoptr (ThrTask) inner = NULL;
  g_autoptr (GError) reason = NULL;
  ThrPool *pool = user_data;

  /* Of a binding's work two are helped with; a limited wait is not, so this one would
   * need another thread. It ends by itself. */
  forbid_threads ();
  inner = thr_pool_submit (pool, echo_func, NULL, NULL);
  g_assert_false (thr_future_wait (THR_FUTURE (inner), 1000, NULL, &reason));
  g_assert_error (reason, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);

  return thr_future_wait (THR_FUTURE (inner), -1, NULL, error);
}

static void
test_no_second_thread (void)
{
  g_autoptr (ThrPool) pool = NULL;
  g_autoptr (ThrTask) task = NULL;

  if (!in_subprocess ())
    return;

  pool = new_greedy_pool (1);
  task = thr_pool_submit (pool, close_func, pool, NULL);
  wait_for (task);
  g_assert_null (thr_future_get_error (THR_FUTURE (task)));
  shut_down (pool);
}

static gboolean
wait_func (ThrTask   *task,
           gpointer   user_data,
           GError   **error)
{
  Help *help = user_data;
  ThrFuture *members[2];
  g_autoptr (ThrFuture) race = NULL;
  gboolean waited;

  /* Not to be helped with: the wait needs another worker, which cannot be made. */
  members[0] = thr_future_new ();
  members[1] = THR_FUTURE (thr_pool_submit (help->pool, echo_func, NULL, NULL));
  race = thr_future_race (members, 2);
  forbid_threads ();
  waited = thr_future_wait (race, -1, NULL, error);
  g_object_unref (members[0]);
  g_object_unref (members[1]);

  return waited;
}

/* The wait that would stop the pool for good is told instead, and the pool goes on. */
static void
test_closing_wait (void)
{
  g_autoptr (ThrPool) pool = NULL;
  g_autoptr (ThrTask) task = NULL;
  Help help;

  if (!in_subprocess ())
    return;

  pool = new_greedy_pool (1);
  help = (Help) { pool, NULL, FALSE, NULL };
  task = thr_pool_submit (pool, wait_func, &help, NULL);
  wait_for (task);
  assert_failed (task, THR_ERROR, THR_ERROR_RESOURCES);
  shut_down (pool);
}

static gboolean
await_future_func (ThrTask   *task,
                   gpointer   user_data,
                   GError   **error)
{
  return thr_future_wait (user_data, -1, NULL, error);
}

/* All workers wait for something from outside, and there is no thread for what is
 * submitted now: it fails rather than to wait for them, and what is pushed waits. */
static void
test_all_stuck (void)
{
  g_autoptr (ThrFuture) future = NULL;
  g_autoptr (ThrPool) pool = NULL;
  g_autoptr (ThrTask) first = NULL;
  g_autoptr (ThrTask) task = NULL;
  int n_run = 0;

  if (!in_subprocess ())
    return;

  future = thr_future_new ();
  pool = new_greedy_pool (1);
  first = thr_pool_submit (pool, await_future_func, future, NULL);
  while (thr_pool_get_n_running (pool) == 0 || thr_pool_get_n_queued (pool) > 0)
    g_thread_yield ();
  forbid_threads ();
  for (guint i = 0; task == NULL || !thr_future_is_done (THR_FUTURE (task)); i++)
    {
      /* Until the worker is seen to wait: there is nothing else that shows it. */
      g_clear_object (&task);
      task = thr_pool_submit (pool, echo_func, NULL, NULL);
      g_thread_yield ();
    }
  assert_failed (task, THR_ERROR, THR_ERROR_RESOURCES);
  g_assert_true (thr_pool_push (pool, count_func, &n_run));
  thr_future_set_value (future, NULL, NULL);
  wait_for (first);
  shut_down (pool);
  g_assert_cmpint (n_run, ==, 1);
}

/* The same with a cancellable, which nobody will cancel. */
static gboolean
wait_cancellable_func (ThrTask   *task,
                       gpointer   user_data,
                       GError   **error)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (ThrTask) inner = NULL;
  g_autoptr (GError) reason = NULL;

  forbid_threads ();
  inner = thr_pool_submit (user_data, echo_func, NULL, NULL);
  g_assert_false (thr_future_wait (THR_FUTURE (inner), -1, cancellable, &reason));
  g_assert_error (reason, THR_ERROR, THR_ERROR_RESOURCES);

  return TRUE;
}

static void
test_closing_wait_cancellable (void)
{
  g_autoptr (ThrPool) pool = NULL;
  g_autoptr (ThrTask) task = NULL;

  if (!in_subprocess ())
    return;

  pool = new_greedy_pool (1);
  task = thr_pool_submit (pool, wait_cancellable_func, pool, NULL);
  wait_for (task);
  g_assert_null (thr_future_get_error (THR_FUTURE (task)));
  shut_down (pool);
}

typedef struct
{
  ThrPool *pool;
  guint    n;
  guint    sum;
} Fib;

static void
fib (gpointer data)
{
  Fib *self = data;
  Fib one = { self->pool, self->n - 1, 0 }, two = { self->pool, self->n - 2, 0 };
  ThrJob job;

  if (self->n < 2)
    {
      self->sum = self->n;
      return;
    }

  thr_pool_fork (self->pool, &job, fib, &one);
  fib (&two);
  thr_pool_join (self->pool, &job);
  self->sum = one.sum + two.sum;
}

static gboolean
fib_func (ThrTask   *task,
          gpointer   data,
          GError   **error)
{
  fib (data);
  return TRUE;
}

/* Workers that help each other take jobs along that others wait for. With no thread to be
 * had for those, they get them back. */
static void
test_jobs_return (void)
{
  enum { N = 3 };
  g_autoptr (ThrPool) pool = NULL;
  ThrTask *tasks[N];
  Hold holds[N];

  if (!in_subprocess ())
    return;

  pool = new_greedy_pool (N);
  thr_pool_set_idle_timeout (pool, -1);
  for (guint i = 0; i < N; i++)
    {
      hold_init (&holds[i]);
      tasks[i] = thr_pool_submit (pool, hold_func, &holds[i], NULL);
    }
  for (guint i = 0; i < N; i++)
    gate_wait (&holds[i].begun);
  forbid_threads ();
  for (guint i = 0; i < N; i++)
    {
      gate_open (&holds[i].go);
      wait_for (tasks[i]);
      g_object_unref (tasks[i]);
      hold_clear (&holds[i]);
    }

  for (guint round = 0; round < rounds (1000); round++)
    {
      Fib fibs[N];

      for (guint i = 0; i < N; i++)
        {
          fibs[i] = (Fib) { pool, 20, 0 };
          tasks[i] = thr_pool_submit (pool, fib_func, &fibs[i], NULL);
        }
      for (guint i = 0; i < N; i++)
        {
          wait_for (tasks[i]);
          g_assert_null (thr_future_get_error (THR_FUTURE (tasks[i])));
          g_assert_cmpuint (fibs[i].sum, ==, 6765);
          g_object_unref (tasks[i]);
        }
    }
  g_assert_cmpuint (thr_pool_get_n_threads (pool), ==, N);
  shut_down (pool);
}

/* A job that comes back to one who waits for something else lets nobody go on. */
static gboolean
wait_with_job_func (ThrTask   *task,
                    gpointer   user_data,
                    GError   **error)
{
  Fib rest = { user_data, 5, 0 };
  ThrJob job;

  thr_pool_fork (user_data, &job, fib, &rest);
  g_assert_true (wait_cancellable_func (task, user_data, error));
  thr_pool_join (user_data, &job);
  g_assert_cmpuint (rest.sum, ==, 5);

  return TRUE;
}

static void
test_closing_wait_with_job (void)
{
  g_autoptr (ThrPool) pool = NULL;
  g_autoptr (ThrTask) task = NULL;

  if (!in_subprocess ())
    return;

  pool = new_greedy_pool (1);
  task = thr_pool_submit (pool, wait_with_job_func, pool, NULL);
  wait_for (task);
  g_assert_null (thr_future_get_error (THR_FUTURE (task)));
  shut_down (pool);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pool-nesting/depth", test_depth);
  g_test_add_func ("/pool-nesting/depth-binding", test_depth_binding);
  g_test_add_func ("/pool-nesting/depth-wide", test_depth_wide);
  g_test_add_func ("/pool-nesting/help", test_help);
  g_test_add_func ("/pool-nesting/outside", test_outside);
  g_test_add_func ("/pool-nesting/all", test_all);
  g_test_add_func ("/pool-nesting/race", test_race);
  g_test_add_func ("/pool-nesting/two-tasks", test_two_tasks);
  g_test_add_func ("/pool-nesting/itself", test_itself);
  g_test_add_func ("/pool-nesting/thread-cycle", test_thread_cycle);
  g_test_add_func ("/pool-nesting/no-thread", test_no_thread);
  g_test_add_func ("/pool-nesting/no-second-thread", test_no_second_thread);
  g_test_add_func ("/pool-nesting/closing-wait", test_closing_wait);
  g_test_add_func ("/pool-nesting/all-stuck", test_all_stuck);
  g_test_add_func ("/pool-nesting/closing-wait-cancellable", test_closing_wait_cancellable);
  g_test_add_func ("/pool-nesting/jobs-return", test_jobs_return);
  g_test_add_func ("/pool-nesting/closing-wait-with-job", test_closing_wait_with_job);

  return g_test_run ();
}
