/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "thread/test-stage.h"

/* How a process ends. Each scenario is a process of its own, which ends in the way
 * that it tries; what it prints tells what it waited for. A process that hangs is
 * ended by the time limit below, which fails the test.
 */

#define LIMIT (20 * G_USEC_PER_SEC)

/* Opened by exit() itself: a handler that is registered last is run first. Static
 * mutexes need no other initialization. */
static Gate exiting;

static void
open_exiting_cb (void)
{
  gate_open (&exiting);
}

static void
open_gate_at_exit (void)
{
  g_assert_cmpint (atexit (open_exiting_cb), ==, 0);
}

/* Long enough for a process that does not wait to be gone. */
static void
dawdle (void)
{
  gint64 end = g_get_monotonic_time () + 100 * 1000;

  while (g_get_monotonic_time () < end)
    g_thread_yield ();
}

static void
say (const char *line)
{
  g_assert_cmpint (write (STDOUT_FILENO, line, strlen (line)), ==, (gssize) strlen (line));
}

static gboolean
late_func (ThrThread  *thread,
           gpointer    user_data,
           GError    **error)
{
  gate_wait (&exiting);
  dawdle ();
  say ("worked\n");
  return TRUE;
}

static ThrThread *
start_func (ThrThreadFunc func,
            gpointer      user_data)
{
  ThrThread *thread = thr_thread_new (NULL, func, user_data, NULL);

  start (thread);
  return thread;
}

/* --- Waiting --- */

static void
test_waits (void)
{
  if (g_test_subprocess ())
    {
      g_object_unref (start_func (late_func, NULL));
      open_gate_at_exit ();
      exit (0);
    }

  g_test_trap_subprocess (NULL, LIMIT, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stdout ("*worked\n*");
}

static gboolean
endless_func (ThrThread  *thread,
              gpointer    user_data,
              GError    **error)
{
  for (;;)
    pause ();
  return FALSE;
}

static void
test_daemon_is_left (void)
{
  if (g_test_subprocess ())
    {
      ThrThread *thread = thr_thread_new (NULL, endless_func, NULL, NULL);

      /* One that is not, so that the handler is there. */
      join_and_finalize (start_func (nothing_func, NULL));
      g_object_set (thread, "daemon", TRUE, NULL);
      start (thread);
      exit (0);
    }

  g_test_trap_subprocess (NULL, LIMIT, 0);
  g_test_trap_assert_passed ();
}

static gboolean
parent_func (ThrThread  *thread,
             gpointer    user_data,
             GError    **error)
{
  gate_wait (&exiting);
  dawdle ();
  g_object_unref (start_func (late_func, NULL));
  say ("started\n");
  return TRUE;
}

static void
test_started_meanwhile (void)
{
  if (g_test_subprocess ())
    {
      g_object_unref (start_func (parent_func, NULL));
      open_gate_at_exit ();
      exit (0);
    }

  g_test_trap_subprocess (NULL, LIMIT, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stdout ("*started\n*");
  g_test_trap_assert_stdout ("*worked\n*");
}

static void
destroyed_cb (gpointer data)
{
  say ("destroyed\n");
}

static void
test_calls_nobody (void)
{
  if (g_test_subprocess ())
    {
      ThrThread *thread = thr_thread_new (NULL, late_func, NULL, destroyed_cb);

      start (thread);
      g_object_unref (thread);
      open_gate_at_exit ();
      exit (0);
    }

  g_test_trap_subprocess (NULL, LIMIT, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stdout ("*worked\n*");
  g_test_trap_assert_stdout_unmatched ("*destroyed\n*");
}

/* --- Not waiting --- */

static void
start_too_late_cb (void)
{
  g_autoptr (ThrThread) thread = thr_thread_new (NULL, nothing_func, NULL, NULL);
  g_autoptr (GError) error = NULL;

  if (!thr_thread_start (thread, &error) &&
      g_error_matches (error, THR_ERROR, THR_ERROR_SHUT_DOWN) &&
      thr_thread_get_state (thread) == THR_THREAD_STATE_NEW)
    say ("refused\n");
}

static void
test_start_refused (void)
{
  if (g_test_subprocess ())
    {
      /* Registered before ours, so run after it. */
      g_assert_cmpint (atexit (start_too_late_cb), ==, 0);
      join_and_finalize (start_func (nothing_func, NULL));
      exit (0);
    }

  g_test_trap_subprocess (NULL, LIMIT, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stdout ("*refused\n*");
}

static gboolean
refused_daemon_func (ThrThread  *thread,
                     gpointer    user_data,
                     GError    **error)
{
  gate_wait (&exiting);
  dawdle ();
  start_too_late_cb ();
  gate_open (user_data);
  return TRUE;
}

static gboolean
wait_at_gate_func (ThrThread  *thread,
                   gpointer    user_data,
                   GError    **error)
{
  gate_wait (user_data);
  return TRUE;
}

/* A thread that nobody waits for may not start others while the process ends. */
static void
test_start_refused_to_daemon (void)
{
  if (g_test_subprocess ())
    {
      static Gate done;
      ThrThread *thread = thr_thread_new (NULL, refused_daemon_func, &done, NULL);

      g_object_unref (start_func (wait_at_gate_func, &done));
      open_gate_at_exit ();
      g_object_set (thread, "daemon", TRUE, NULL);
      start (thread);
      exit (0);
    }

  g_test_trap_subprocess (NULL, LIMIT, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stdout ("*refused\n*");
}

static void
test_quick_exit (void)
{
  if (g_test_subprocess ())
    {
      g_object_unref (start_func (endless_func, NULL));
      _exit (0);
    }

  g_test_trap_subprocess (NULL, LIMIT, 0);
  g_test_trap_assert_passed ();
}

/* --- Other threads that call exit() --- */

static gboolean
exit_func (ThrThread  *thread,
           gpointer    user_data,
           GError    **error)
{
  exit (GPOINTER_TO_INT (user_data));
}

static gboolean
join_func (ThrThread  *thread,
           gpointer    user_data,
           GError    **error)
{
  return thr_thread_join (user_data, error);
}

/* The main thread and another one wait for the thread that calls exit(); a third
 * waits for the second. */
static void
test_exit_in_thread (void)
{
  if (g_test_subprocess ())
    {
      ThrThread *exiter, *joiner, *joiner_of_joiner;

      exiter = thr_thread_new (NULL, exit_func, GINT_TO_POINTER (0), NULL);
      joiner = thr_thread_new (NULL, join_func, exiter, NULL);
      joiner_of_joiner = thr_thread_new (NULL, join_func, joiner, NULL);
      start (exiter);
      start (joiner);
      thr_thread_start (joiner_of_joiner, NULL);
      thr_thread_join (exiter, NULL);
      say ("joined\n");
      for (;;)
        pause ();
    }

  for (guint i = 0; i < 10; i++)
    {
      g_test_trap_subprocess (NULL, LIMIT, 0);
      g_test_trap_assert_passed ();
      g_test_trap_assert_stdout_unmatched ("*joined\n*");
    }
}

static gboolean
say_joined_func (ThrThread  *thread,
                 gpointer    user_data,
                 GError    **error)
{
  gboolean joined = thr_thread_join (thr_thread_get_main (), error);

  if (joined)
    say ("joined\n");
  return joined;
}

static void
test_main_is_joined (void)
{
  if (g_test_subprocess ())
    {
      g_object_unref (start_func (say_joined_func, NULL));
      exit (0);
    }

  for (guint i = 0; i < 10; i++)
    {
      g_test_trap_subprocess (NULL, LIMIT, 0);
      g_test_trap_assert_passed ();
      g_test_trap_assert_stdout ("*joined\n*");
    }
}

static gpointer
exit_foreign (gpointer data)
{
  exit (0);
}

static void
test_exit_in_foreign_thread (void)
{
  if (g_test_subprocess ())
    {
      g_object_unref (start_func (late_func, NULL));
      open_gate_at_exit ();
      g_thread_new ("foreign", exit_foreign, NULL);
      for (;;)
        pause ();
    }

  g_test_trap_subprocess (NULL, LIMIT, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stdout ("*worked\n*");
}

/* The last thread ends, and with it the process. */
static void
test_main_thread_exits (void)
{
  if (g_test_subprocess ())
    {
      gate_open (&exiting);
      g_object_unref (start_func (late_func, NULL));
      pthread_exit (NULL);
    }

  if (g_getenv ("THR_TEST_SLOW_MACHINE") != NULL)
    {
      g_test_skip ("a leak checker does not find what the main thread held");
      return;
    }

  g_test_trap_subprocess (NULL, LIMIT, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stdout ("*worked\n*");
}

/* --- Waiting before the end --- */

static void
test_wait_for_threads (void)
{
  if (g_test_subprocess ())
    {
      gate_open (&exiting);
      g_object_unref (start_func (late_func, NULL));
      g_assert_true (thr_wait_for_threads ());
      say ("waited\n");
      start_too_late_cb ();
      /* Again, and by exit(): nothing is left to do. */
      g_assert_true (thr_wait_for_threads ());
      exit (0);
    }

  g_test_trap_subprocess (NULL, LIMIT, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stdout ("*worked\nwaited\nrefused\n*");
}

static gboolean
wait_func (ThrThread  *thread,
           gpointer    user_data,
           GError    **error)
{
  g_assert_true (thr_wait_for_threads ());
  return TRUE;
}

/* Two that wait for the end of the others do not wait for each other. */
static void
test_two_wait (void)
{
  if (g_test_subprocess ())
    {
      g_object_unref (start_func (wait_func, NULL));
      g_assert_true (thr_wait_for_threads ());
      exit (0);
    }

  for (guint i = 0; i < 10; i++)
    {
      g_test_trap_subprocess (NULL, LIMIT, 0);
      g_test_trap_assert_passed ();
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/exit/waits", test_waits);
  g_test_add_func ("/exit/daemon-is-left", test_daemon_is_left);
  g_test_add_func ("/exit/started-meanwhile", test_started_meanwhile);
  g_test_add_func ("/exit/calls-nobody", test_calls_nobody);
  g_test_add_func ("/exit/start-refused", test_start_refused);
  g_test_add_func ("/exit/start-refused-to-daemon", test_start_refused_to_daemon);
  g_test_add_func ("/exit/quick-exit", test_quick_exit);
  g_test_add_func ("/exit/exit-in-thread", test_exit_in_thread);
  g_test_add_func ("/exit/main-is-joined", test_main_is_joined);
  g_test_add_func ("/exit/exit-in-foreign-thread", test_exit_in_foreign_thread);
  g_test_add_func ("/exit/main-thread-exits", test_main_thread_exits);
  g_test_add_func ("/exit/wait-for-threads", test_wait_for_threads);
  g_test_add_func ("/exit/two-wait", test_two_wait);

  return g_test_run ();
}
