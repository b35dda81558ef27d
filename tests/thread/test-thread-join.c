/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "thread/test-stage.h"

/* Waiting for the end of a thread, blocked and awaiting. */

static void
test_not_started (void)
{
  ThrThread *thread = thr_thread_new (NULL, nothing_func, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (thr_thread_join (thread, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_NOT_STARTED);
  g_clear_error (&error);
  g_assert_false (thr_thread_join_timed (thread, 0, NULL, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_NOT_STARTED);
  g_assert_finalize_object (thread);
}

static gboolean
join_self_func (ThrThread  *thread,
                gpointer    user_data,
                GError    **error)
{
  return thr_thread_join (thread, error);
}

static void
silent_hook (ThrThread    *thread,
             const GError *error,
             gpointer      user_data)
{
}

static void
test_itself (void)
{
  ThrThread *thread = thr_thread_new (NULL, join_self_func, NULL, NULL);
  g_autoptr (GError) error = NULL;

  start (thread);
  join (thread);
  g_assert_error (thr_thread_get_error (thread), THR_ERROR, THR_ERROR_SELF_JOIN);
  g_assert_finalize_object (thread);

  g_assert_false (thr_thread_join (thr_thread_get_main (), &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_SELF_JOIN);
}

static gboolean
joiner_func (ThrThread  *thread,
             gpointer    user_data,
             GError    **error)
{
  for (guint i = 0; i < 3; i++)
    if (!thr_thread_join (user_data, error))
      return FALSE;
  return TRUE;
}

/* Eight joiners and the end all at once, many times: exactly one of them may join
 * the OS thread, and all of them must return. */
static void
test_many_joiners (void)
{
  guint n_rounds = g_getenv ("THR_TEST_THOROUGH") != NULL ? 10000 : 100;

  for (guint round = 0; round < n_rounds; round++)
    {
      Stage stage;
      ThrThread *thread = start_on_stage (&stage);
      ThrThread *joiners[8];

      for (guint i = 0; i < G_N_ELEMENTS (joiners); i++)
        {
          joiners[i] = thr_thread_new (NULL, joiner_func, thread, NULL);
          start (joiners[i]);
        }
      gate_open (&stage.go);
      for (guint i = 0; i < G_N_ELEMENTS (joiners); i++)
        {
          join (joiners[i]);
          g_assert_no_error (thr_thread_get_error (joiners[i]));
          g_assert_finalize_object (joiners[i]);
        }
      join (thread);
      join_and_finalize (thread);
      stage_clear (&stage);
    }
}

static void
test_timed_out (void)
{
  Stage stage;
  ThrThread *thread = start_on_stage (&stage);
  g_autoptr (GError) error = NULL;
  gint64 begin = g_get_monotonic_time ();

  g_assert_false (thr_thread_join_timed (thread, 20 * 1000, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, 20 * 1000);
  g_clear_error (&error);

  g_assert_false (thr_thread_join_timed (thread, 0, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_true (thr_thread_is_alive (thread));
  leave_stage (thread, &stage);
}

static void
test_bad_timeout (void)
{
  Stage stage;
  ThrThread *thread = start_on_stage (&stage);
  gint64 timeouts[] = { -2, -1000, G_MININT64 };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (timeouts); i++)
    {
      g_assert_false (thr_thread_join_timed (thread, timeouts[i], NULL, &error));
      g_assert_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
      g_clear_error (&error);
    }

  gate_open (&stage.go);
  g_assert_true (thr_thread_join_timed (thread, G_MAXINT64, NULL, &error));
  g_assert_true (thr_thread_join_timed (thread, -1, NULL, &error));
  g_assert_true (thr_thread_join_timed (thread, 0, NULL, &error));
  g_assert_no_error (error);
  g_assert_finalize_object (thread);
  stage_clear (&stage);
}

static gboolean
cancel_func (ThrThread  *thread,
             gpointer    user_data,
             GError    **error)
{
  g_cancellable_cancel (user_data);
  return TRUE;
}

static void
test_cancelled (void)
{
  Stage stage;
  ThrThread *thread = start_on_stage (&stage);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  ThrThread *canceller = thr_thread_new (NULL, cancel_func, cancellable, NULL);
  g_autoptr (GError) error = NULL;

  start (canceller);
  g_assert_false (thr_thread_join_timed (thread, -1, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  join_and_finalize (canceller);

  /* And one that was cancelled before. */
  g_assert_false (thr_thread_join_timed (thread, -1, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (thr_thread_is_alive (thread));
  leave_stage (thread, &stage);
}

/* --- Deadlock --- */

typedef struct
{
  ThrThread *other;
  Gate       go;
} Pair;

static gboolean
join_other_func (ThrThread  *thread,
                 gpointer    user_data,
                 GError    **error)
{
  Pair *pair = user_data;

  gate_wait (&pair->go);
  return thr_thread_join (pair->other, error);
}

/* Each joins the other: exactly one of the two is told, the other then joins it. */
static void
test_deadlock (void)
{
  for (guint round = 0; round < 200; round++)
    {
      Pair pairs[2];
      ThrThread *threads[2];
      int n_deadlocks = 0;

      for (guint i = 0; i < 2; i++)
        {
          gate_init (&pairs[i].go);
          threads[i] = thr_thread_new (i == 0 ? "anna" : "berta", join_other_func,
                                       &pairs[i], NULL);
          start (threads[i]);
        }
      for (guint i = 0; i < 2; i++)
        {
          pairs[i].other = threads[1 - i];
          gate_open (&pairs[i].go);
        }
      for (guint i = 0; i < 2; i++)
        {
          const GError *error;

          join (threads[i]);
          error = thr_thread_get_error (threads[i]);
          if (error == NULL)
            continue;
          g_assert_error (error, THR_ERROR, THR_ERROR_DEADLOCK);
          g_assert_nonnull (strstr (error->message, "anna"));
          g_assert_nonnull (strstr (error->message, "berta"));
          n_deadlocks++;
        }
      g_assert_cmpint (n_deadlocks, ==, 1);
      for (guint i = 0; i < 2; i++)
        {
          g_assert_finalize_object (threads[i]);
          gate_clear (&pairs[i].go);
        }
    }
}

static void
test_deadlock_with_main (void)
{
  static Pair pair; /* the thread may outlive this function */
  ThrThread *thread;
  g_autoptr (GError) error = NULL;

  gate_init (&pair.go);
  pair.other = thr_thread_get_main ();
  thread = thr_thread_new (NULL, join_other_func, &pair, NULL);
  g_object_set (thread, "daemon", TRUE, NULL);
  start (thread);
  gate_open (&pair.go);

  if (thr_thread_join (thread, &error))
    {
      g_assert_error (thr_thread_get_error (thread), THR_ERROR, THR_ERROR_DEADLOCK);
      g_assert_finalize_object (thread);
    }
  else
    {
      /* It waits for us until the program ends. */
      g_assert_error (error, THR_ERROR, THR_ERROR_DEADLOCK);
      g_object_unref (thread);
    }
}

/* A wait with a way out is never called a deadlock. */
static void
test_no_deadlock_with_limit (void)
{
  static Pair pair; /* the thread may outlive this function */
  ThrThread *thread;
  g_autoptr (GError) error = NULL;

  gate_init (&pair.go);
  pair.other = thr_thread_get_main ();
  thread = thr_thread_new (NULL, join_other_func, &pair, NULL);
  g_object_set (thread, "daemon", TRUE, NULL);
  start (thread);
  gate_open (&pair.go);
  g_assert_false (thr_thread_join_timed (thread, 10 * 1000, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_object_unref (thread);
}

/* --- The kernel's thread --- */

static void
test_no_kernel_thread (void)
{
  for (guint i = 0; i < 50; i++)
    {
      ThrThread *thread = thr_thread_new (NULL, nothing_func, NULL, NULL);
      pid_t number;

      start (thread);
      number = thr_thread_get_native_id (thread);
      join (thread);
      /* The kernel wakes the joiner a moment before it takes the entry away; a
       * thread that was not joined would keep its stack, and the entry too if it
       * had not ended. */
      while (tgkill (getpid (), number, 0) == 0)
        g_thread_yield ();
      g_assert_cmpint (errno, ==, ESRCH);
      g_assert_finalize_object (thread);
    }
}

/* --- Interrupted --- */

static void
alarm_cb (int number)
{
}

static gboolean
signal_main_func (ThrThread  *thread,
                  gpointer    user_data,
                  GError    **error)
{
  Stage *stage = user_data;

  gate_open (&stage->begun);
  /* Until the main thread has heard it: the first ones may come before it sleeps. */
  while (!g_cancellable_is_cancelled (thr_thread_get_cancellable (thread)))
    {
      kill (getpid (), SIGUSR1);
      g_thread_yield ();
    }
  gate_wait (&stage->go);
  return TRUE;
}

static void
test_interrupted (void)
{
  struct sigaction action = { .sa_handler = alarm_cb };
  sigset_t blocked;
  Stage stage;
  ThrThread *thread;
  GError *error = NULL;

  g_assert_cmpint (sigaction (SIGUSR1, &action, NULL), ==, 0);
  stage_init (&stage);
  thread = thr_thread_new (NULL, signal_main_func, &stage, NULL);

  /* Only the main thread takes the signal. */
  sigemptyset (&blocked);
  sigaddset (&blocked, SIGUSR1);
  pthread_sigmask (SIG_BLOCK, &blocked, NULL);
  start (thread);
  pthread_sigmask (SIG_UNBLOCK, &blocked, NULL);

  g_assert_false (thr_set_interruptible (TRUE));
  g_assert_false (thr_thread_join (thread, &error));
  g_assert_no_error (error);
  g_assert_true (thr_set_interruptible (FALSE));

  /* In C waits go on. */
  g_assert_false (thr_thread_join_timed (thread, 20 * 1000, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);

  thr_thread_cancel (thread);
  leave_stage (thread, &stage);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  thr_set_error_hook (silent_hook, NULL, NULL);

  g_test_add_func ("/thread-join/not-started", test_not_started);
  g_test_add_func ("/thread-join/itself", test_itself);
  g_test_add_func ("/thread-join/many-joiners", test_many_joiners);
  g_test_add_func ("/thread-join/timed-out", test_timed_out);
  g_test_add_func ("/thread-join/bad-timeout", test_bad_timeout);
  g_test_add_func ("/thread-join/cancelled", test_cancelled);
  g_test_add_func ("/thread-join/deadlock", test_deadlock);
  g_test_add_func ("/thread-join/deadlock-with-main", test_deadlock_with_main);
  g_test_add_func ("/thread-join/no-deadlock-with-limit", test_no_deadlock_with_limit);
  g_test_add_func ("/thread-join/no-kernel-thread", test_no_kernel_thread);
  g_test_add_func ("/thread-join/interrupted", test_interrupted);

  return g_test_run ();
}
