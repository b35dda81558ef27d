/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "work/work-funcs.h"

/* Pools at the end of the process, and in a forked child. */

#define LIMIT (30 * G_TIME_SPAN_SECOND)

/* What a subprocess must outlive its main() for is static. */
static Hold hold;
static ThrPool *pool;

static gboolean
in_subprocess (const char *expected)
{
  if (g_test_subprocess ())
    return TRUE;

  g_test_trap_subprocess (NULL, LIMIT, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stdout (expected);
  return FALSE;
}

/* Written at once: what the standard library has buffered is written by exit(), too. */
static void
say (const char *text)
{
  g_assert_cmpint (write (STDOUT_FILENO, text, strlen (text)), ==, strlen (text));
}

static gboolean
say_func (ThrTask   *task,
          gpointer   text,
          GError   **error)
{
  say (text);
  return TRUE;
}

static gboolean
late_func (ThrTask   *task,
           gpointer   text,
           GError   **error)
{
  g_autoptr (ThrTask) refused = NULL;

  /* Only once the process is ending is new work refused. */
  do
    {
      g_clear_object (&refused);
      refused = thr_pool_submit (pool, hold_func, &hold, NULL);
      g_thread_yield ();
    }
  while (thr_future_get_error (THR_FUTURE (refused)) == NULL);
  assert_failed (refused, THR_ERROR, THR_ERROR_SHUT_DOWN);
  g_assert_false (thr_pool_push (pool, say_func, NULL));
  say (text);

  return TRUE;
}

/* What is queued is done, with as many threads as it takes. */
static void
test_finishes (void)
{
  if (!in_subprocess ("*begun-end-end-end-late-*"))
    return;

  hold_init (&hold);
  gate_open (&hold.go);
  pool = thr_pool_new (1);
  thr_pool_push (pool, say_func, (gpointer) "begun-");
  for (guint i = 0; i < 3; i++)
    thr_pool_push (pool, say_func, (gpointer) "end-");
  thr_pool_push (pool, late_func, (gpointer) "late-");
  exit (0);
}

static gboolean
nested_func (ThrTask   *task,
             gpointer   text,
             GError   **error)
{
  /* Waits for one that is queued behind it; not to be helped with. */
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  gate_open (&hold.begun);
  gate_wait (&hold.go);
  if (!thr_future_wait (g_atomic_pointer_get ((gpointer *) text), -1, cancellable, error))
    return FALSE;
  say ("nested-");
  return TRUE;
}

static gboolean
open_func (ThrTask   *task,
           gpointer   text,
           GError   **error)
{
  gate_open (&hold.go);
  return TRUE;
}

/* A worker that waits while the process ends lets another take its place. */
static void
test_nested (void)
{
  static gpointer inner;
  static ThrPool *volatile opener; /* the process ends with it */

  if (!in_subprocess ("*inner-nested-*"))
    return;

  hold_init (&hold);
  pool = thr_pool_new (1);
  thr_pool_push (pool, nested_func, &inner);
  gate_wait (&hold.begun);
  g_atomic_pointer_set (&inner, thr_pool_submit (pool, say_func, (gpointer) "inner-", NULL));
  opener = thr_pool_new (1);
  thr_pool_push (opener, open_func, NULL);
  exit (0);
}

static gboolean
hang_func (ThrTask   *task,
           gpointer   text,
           GError   **error)
{
  gate_open (&hold.begun);
  gate_wait (&hold.go);
  return TRUE;
}

static void
say_cancelled (ThrFuture *future,
               gpointer   text)
{
  if (thr_future_get_state (future) == THR_FUTURE_STATE_CANCELLED)
    say (text);
}

/* A daemon pool keeps nobody: what is queued is cancelled, what runs is left alone. */
static void
test_daemon (void)
{
  ThrTask *task;

  if (!in_subprocess ("*cancelled-*"))
    return;

  hold_init (&hold);
  pool = g_object_new (THR_TYPE_POOL, "daemon", TRUE, "max-threads", 1, NULL);
  thr_pool_push (pool, hang_func, NULL);
  gate_wait (&hold.begun);
  task = thr_pool_submit (pool, say_func, (gpointer) "never-", NULL);
  g_assert_true (thr_future_watch (THR_FUTURE (task), say_cancelled,
                                   (gpointer) "cancelled-", NULL, NULL));
  exit (0);
}

/* Dropped and forgotten: it is done nevertheless. */
static void
test_dropped (void)
{
  if (!in_subprocess ("*one-two-*"))
    return;

  pool = thr_pool_new (1);
  thr_pool_push (pool, say_func, (gpointer) "one-");
  thr_pool_push (pool, say_func, (gpointer) "two-");
  g_object_unref (pool);
  exit (0);
}

static void
unused_notify (gpointer data)
{
  say ("notify-");
}

/* Afterwards no destroy-notify runs, and no error is logged that nobody could ask
 * for any more. */
static void
test_silent (void)
{
  if (g_test_subprocess ())
    {
      ThrTask *task;

      pool = thr_pool_new (1);
      g_object_unref (thr_pool_submit (pool, fail_func, NULL, unused_notify));
      task = thr_pool_submit (pool, say_func, (gpointer) "done-", unused_notify);
      g_object_unref (task);
      exit (0);
    }

  g_test_trap_subprocess (NULL, LIMIT, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stdout ("*done-*");
  g_test_trap_assert_stdout_unmatched ("*notify-*");
}

/* The thread of a daemon pool that ends at the exit: nobody waits for it, and what its
 * finalizer wants may have gone. */
static ThrThread *daemon_worker;

static gboolean
say_ended_func (ThrThread  *thread,
                gpointer    unused,
                GError    **error)
{
  say ("finalized-");

  return TRUE;
}

static void
join_worker_cb (void)
{
  thr_thread_join (daemon_worker, NULL);
  say ("joined-");
}

static void
test_daemon_finalizer (void)
{
  if (g_test_subprocess ())
    {
      ThrTask *task;

      /* Called after the library's own. */
      atexit (join_worker_cb);
      pool = g_object_new (THR_TYPE_POOL, "max-threads", 1, "daemon", TRUE, NULL);
      thr_pool_set_finalizer (pool, say_ended_func, NULL, NULL, NULL);
      task = thr_pool_submit (pool, say_func, (gpointer) "done-", NULL);
      thr_future_wait (THR_FUTURE (task), -1, NULL, NULL);
      daemon_worker = thr_task_dup_thread (task);
      exit (0);
    }

  g_test_trap_subprocess (NULL, LIMIT, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stdout ("*done-joined-*");
}

/* An exit() in a task: the others are waited for, itself not. */
static gboolean
exit_func (ThrTask   *task,
           gpointer   text,
           GError   **error)
{
  exit (0);
  return TRUE;
}

static gboolean
other_func (ThrTask   *task,
            gpointer   text,
            GError   **error)
{
  gate_open (&hold.begun);
  gate_wait (&hold.go);
  say (text);
  return TRUE;
}

static gboolean
exit_when_begun_func (ThrTask   *task,
                      gpointer   text,
                      GError   **error)
{
  gate_wait (&hold.begun);
  gate_open (&hold.go);
  return exit_func (task, text, error);
}

static void
test_exit_by_task (void)
{
  if (!in_subprocess ("*other-*"))
    return;

  hold_init (&hold);
  pool = thr_pool_new (2);
  thr_pool_push (pool, other_func, (gpointer) "other-");
  thr_pool_push (pool, exit_when_begun_func, NULL);
  /* Nobody opens this one. */
  {
    static Gate never;

    gate_init (&never);
    gate_wait (&never);
  }
}

/* --- fork() --- */

static int
wait_for_child (pid_t pid)
{
  int status;

  g_assert_cmpint (pid, >, 0);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFEXITED (status));
  return WEXITSTATUS (status);
}

/* In the child: the pool begins anew, without what was queued. */
static void
use_in_child (ThrPool *shared,
              int     *n_run)
{
  int n = 0;
  ThrTask *task;

  if (thr_pool_get_n_queued (shared) != 0 || thr_pool_get_n_threads (shared) != 0)
    _exit (2);
  thr_pool_push (shared, count_func, &n);
  task = thr_pool_submit (shared, echo_func, GINT_TO_POINTER (4), NULL);
  wait_for (task);
  if (get_int64 (task) != 4)
    _exit (3);
  shut_down (shared);
  if (n != 1 || *n_run != 0)
    _exit (4);
}

static void
test_fork (void)
{
  int n_run = 0;
  ThrTask *first;
  pid_t pid;

  pool = thr_pool_new (1);
  first = occupy (pool, &hold);
  for (guint i = 0; i < 10; i++)
    thr_pool_push (pool, count_func, &n_run);
  pid = fork ();
  if (pid == 0)
    {
      use_in_child (pool, &n_run);
      exit (0);
    }
  g_assert_cmpint (wait_for_child (pid), ==, 0);

  let_go (first, &hold);
  end_pool (pool);
  g_assert_cmpint (n_run, ==, 10);
}

/* The child of a fork has none of the workers: waiting there for a task of the parent
 * ends with a reason, also for one that is a member of a set. */
static void
test_fork_left_behind (void)
{
  /* Leak checkers find them in the child, too. */
  static ThrTask *first;
  static ThrFuture *set;
  pid_t pid;

  pool = thr_pool_new (1);
  first = occupy (pool, &hold);
  set = thr_future_all ((ThrFuture *[]) { THR_FUTURE (first) }, 1);
  pid = fork ();
  if (pid == 0)
    {
      g_autoptr (GError) error = NULL;
      gboolean lost = thr_future_wait (set, -1, NULL, NULL) &&
                      thr_future_wait (THR_FUTURE (first), -1, NULL, NULL) &&
                      g_error_matches (thr_future_get_error (THR_FUTURE (first)),
                                       THR_ERROR, THR_ERROR_BROKEN) &&
                      g_error_matches (thr_future_get_error (set),
                                       THR_ERROR, THR_ERROR_BROKEN);

      _exit (lost ? 0 : 1);
    }
  g_assert_cmpint (wait_for_child (pid), ==, 0);

  let_go (first, &hold);
  wait_for (set);
  /* The worker woke us before it let go of the set, which it does at home. */
  while (g_atomic_int_get ((int *) &G_OBJECT (set)->ref_count) > 1)
    g_main_context_iteration (NULL, FALSE);
  g_assert_finalize_object (g_steal_pointer (&set));
  end_pool (pool);
}

static gboolean
fork_func (ThrTask   *task,
           gpointer   user_data,
           GError   **error)
{
  int *n_run = user_data;
  pid_t pid = fork ();

  if (pid == 0)
    {
      use_in_child (pool, n_run);
      _exit (0);
    }

  return thr_task_return_int64 (task, wait_for_child (pid));
}

/* In a task: the child's only thread is no worker any more. */
static void
test_fork_in_task (void)
{
  int n_run = 0;
  ThrTask *task;

  pool = thr_pool_new (1);
  task = thr_pool_submit (pool, fork_func, &n_run, NULL);
  wait_for (task);
  g_assert_cmpint (get_int64 (task), ==, 0);
  end_pool (pool);
  g_assert_finalize_object (task);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pool-exit/finishes", test_finishes);
  g_test_add_func ("/pool-exit/nested", test_nested);
  g_test_add_func ("/pool-exit/daemon", test_daemon);
  g_test_add_func ("/pool-exit/dropped", test_dropped);
  g_test_add_func ("/pool-exit/silent", test_silent);
  g_test_add_func ("/pool-exit/exit-by-task", test_exit_by_task);
  g_test_add_func ("/pool-exit/daemon-finalizer", test_daemon_finalizer);
#ifndef __SANITIZE_THREAD__
  /* ThreadSanitizer cannot follow a child that starts threads. */
  g_test_add_func ("/pool-exit/fork", test_fork);
  g_test_add_func ("/pool-exit/fork-in-task", test_fork_in_task);
#else
  (void) test_fork;
  (void) test_fork_in_task;
#endif
  g_test_add_func ("/pool-exit/fork-left-behind", test_fork_left_behind);

  return g_test_run ();
}
