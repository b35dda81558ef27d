/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "thread/test-stage.h"

/* Threads in a process made by fork(). The child ends with a status that names the
 * first thing that was wrong. */

#define CHECK(number, condition) \
  G_STMT_START { if (!(condition)) _exit (number); } G_STMT_END

static void
assert_child_succeeds (pid_t child)
{
  int status = -1;

  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
}

/* A leak checker in a child that ends by exit() takes what belonged to the threads
 * of the parent for lost, which it is. */
static gboolean
skip_with_leak_checker (void)
{
  if (g_getenv ("THR_TEST_SLOW_MACHINE") == NULL)
    return FALSE;

  g_test_skip ("a leak checker would complain of what fork() loses");
  return TRUE;
}

static gboolean
count_func (ThrThread  *thread,
            gpointer    user_data,
            GError    **error)
{
  g_atomic_int_inc ((int *) user_data);
  return TRUE;
}

/* What must be true in a child, whoever forked. */
static void
check_child (ThrThread *of_parent)
{
  g_autoptr (GListModel) list = thr_thread_list_alive ();
  int n = 0;
  ThrThread *own;

  CHECK (1, thr_thread_count_alive () == 1);
  CHECK (2, g_list_model_get_n_items (list) == 1);
  CHECK (3, thr_thread_current () == thr_thread_get_main ());
  CHECK (4, thr_thread_get_native_id (thr_thread_current ()) == getpid ());
  CHECK (5, thr_get_native_id () == getpid ());
  CHECK (6, thr_thread_is_alive (thr_thread_current ()));

  CHECK (7, !thr_thread_is_alive (of_parent));
  CHECK (8, thr_thread_get_state (of_parent) == THR_THREAD_STATE_FINISHED);
  CHECK (9, thr_thread_join (of_parent, NULL));
  CHECK (10, thr_thread_join_timed (of_parent, -1, NULL, NULL));
  CHECK (11, !thr_thread_start (of_parent, NULL));
  thr_object_set_name (THR_OBJECT (of_parent), "gone");
  g_object_unref (g_object_ref (of_parent));

  own = thr_thread_new (NULL, count_func, &n, NULL);
  CHECK (12, thr_thread_start (own, NULL));
  CHECK (13, thr_thread_join (own, NULL));
  CHECK (14, n == 1);
  CHECK (15, !thr_thread_is_alive (own));
  CHECK (16, thr_thread_count_alive () == 1);
  g_object_unref (own);
}

static void
test_from_main (void)
{
  Stage stage;
  ThrThread *thread = start_on_stage (&stage);
  pid_t child;

  child = fork ();
  if (child == 0)
    {
      check_child (thread);
      CHECK (17, !thr_thread_get_daemon (thr_thread_current ()));
      _exit (0);
    }

  assert_child_succeeds (child);
  /* The parent has lost nothing. */
  g_assert_true (thr_thread_is_alive (thread));
  g_assert_cmpuint (thr_thread_count_alive (), ==, 2);
  leave_stage (thread, &stage);
}

typedef struct
{
  ThrThread *other;
  ThrThread *main;
} Fork;

static gboolean
fork_func (ThrThread  *thread,
           gpointer    user_data,
           GError    **error)
{
  Fork *data = user_data;
  pid_t child = fork ();

  if (child == 0)
    {
      CHECK (20, thr_thread_current () == thread);
      CHECK (21, !thr_thread_is_alive (data->main));
      CHECK (22, thr_thread_join (data->main, NULL));
      check_child (data->other);
      _exit (0);
    }

  assert_child_succeeds (child);
  return TRUE;
}

/* The thread that forked is the child's main thread. */
static void
test_from_thread (void)
{
  Stage stage;
  Fork data = { start_on_stage (&stage), thr_thread_get_main () };
  ThrThread *forker = thr_thread_new (NULL, fork_func, &data, NULL);

  start (forker);
  join (forker);
  g_assert_no_error (thr_thread_get_error (forker));
  g_assert_finalize_object (forker);
  leave_stage (data.other, &stage);
}

static gboolean
fork_and_return_func (ThrThread  *thread,
                      gpointer    user_data,
                      GError    **error)
{
  int *child = user_data;

  *child = fork ();
  return TRUE;
}

/* Its function returns in the child as well, and so the child ends. */
static void
test_thread_returns_in_child (void)
{
  int child = 0;
  ThrThread *forker;

  if (skip_with_leak_checker ())
    return;

  forker = thr_thread_new (NULL, fork_and_return_func, &child, NULL);
  start (forker);
  join (forker);
  assert_child_succeeds (child);
  g_assert_finalize_object (forker);
}

static gpointer
fork_foreign (gpointer data)
{
  pid_t child = fork ();

  if (child == 0)
    {
      check_child (data);
      _exit (0);
    }

  assert_child_succeeds (child);
  return NULL;
}

static void
test_from_foreign_thread (void)
{
  Stage stage;
  ThrThread *thread = start_on_stage (&stage);

  g_thread_join (g_thread_new ("foreign", fork_foreign, thread));
  leave_stage (thread, &stage);
}

/* exit() in the child waits for nobody of the parent, but for its own. */
static void
test_exit_in_child (void)
{
  Stage stage;
  ThrThread *thread;
  pid_t child;

  if (skip_with_leak_checker ())
    return;

  thread = start_on_stage (&stage);
  child = fork ();
  if (child == 0)
    {
      static int n;

      g_object_unref (thr_thread_new (NULL, count_func, &n, NULL));
      exit (0);
    }

  assert_child_succeeds (child);
  leave_stage (thread, &stage);
}

static gboolean
busy_func (ThrThread  *thread,
           gpointer    user_data,
           GError    **error)
{
  GCancellable *cancellable = thr_thread_get_cancellable (thread);

  while (!g_cancellable_is_cancelled (cancellable))
    {
      g_autoptr (ThrThread) child = thr_thread_new (NULL, nothing_func, NULL, NULL);

      if (!thr_thread_start (child, error) || !thr_thread_join (child, error))
        return FALSE;
    }
  return TRUE;
}

/* fork() while others start and join: the child never finds the registry locked. */
static void
test_while_others_start (void)
{
  guint n_rounds = g_getenv ("THR_TEST_THOROUGH") != NULL ? 2000 : 50;
  ThrThread *busy;

  if (skip_with_leak_checker ())
    return;

  busy = thr_thread_new (NULL, busy_func, NULL, NULL);
  start (busy);
  for (guint i = 0; i < n_rounds; i++)
    {
      pid_t child = fork ();

      if (child == 0)
        {
          CHECK (30, thr_thread_count_alive () == 1);
          CHECK (31, thr_thread_join (busy, NULL));
          _exit (0);
        }
      assert_child_succeeds (child);
    }
  thr_thread_cancel (busy);
  join (busy);
  /* It has left the rests of all its threads at our home, its own behind them. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (busy);
}

int
main (int   argc,
      char *argv[])
{
#ifdef __SANITIZE_THREAD__
  puts ("1..0 # SKIP ThreadSanitizer cannot follow a child that starts threads");
  return 0;
#endif

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/fork/from-main", test_from_main);
  g_test_add_func ("/fork/from-thread", test_from_thread);
  g_test_add_func ("/fork/thread-returns-in-child", test_thread_returns_in_child);
  g_test_add_func ("/fork/from-foreign-thread", test_from_foreign_thread);
  g_test_add_func ("/fork/exit-in-child", test_exit_in_child);
  g_test_add_func ("/fork/while-others-start", test_while_others_start);

  return g_test_run ();
}
