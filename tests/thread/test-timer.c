/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "thread/test-stage.h"

/* Timers. Times have lower bounds only: a machine may be as slow as it likes. */

#define LONG (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

static void
drain (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
start_timer (ThrTimer *timer)
{
  GError *error = NULL;

  g_assert_true (thr_timer_start (timer, &error));
  g_assert_no_error (error);
}

static void
wait_timer (ThrTimer *timer)
{
  GError *error = NULL;

  g_assert_true (thr_timer_wait (timer, &error));
  g_assert_no_error (error);
}

#define assert_code(error, code_) \
  G_STMT_START { \
    g_assert_error (*(error), THR_ERROR, code_); \
    g_clear_error (error); \
  } G_STMT_END

static void
gone_cb (gpointer  data,
         GObject  *where)
{
  *(gboolean *) data = TRUE;
}

/* Its own reference comes home a little after its end. */
static void
finalize (ThrTimer *timer)
{
  gboolean gone = FALSE;

  g_object_weak_ref (G_OBJECT (timer), gone_cb, &gone);
  g_object_unref (timer);
  while (!gone)
    {
      drain ();
      g_thread_yield ();
    }
}

static void
test_fires (void)
{
  ThrTimer *self = thr_timer_new (5000);
  gint64 began = g_get_monotonic_time ();
  guint n = 0;
  GError *error = NULL;

  g_signal_connect_swapped (self, "fired", G_CALLBACK (g_atomic_int_inc), &n);
  g_assert_cmpint (thr_timer_get_state (self), ==, THR_TIMER_STATE_NEW);
  start_timer (self);
  g_assert_false (thr_timer_start (self, &error));
  assert_code (&error, THR_ERROR_ALREADY_STARTED);
  wait_timer (self);
  g_assert_cmpint (g_get_monotonic_time () - began, >=, 5000);
  g_assert_cmpint (thr_timer_get_state (self), ==, THR_TIMER_STATE_FINISHED);
  g_assert_false (thr_timer_is_active (self));
  /* Delivered by the wait at home. */
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (thr_timer_get_n_fired (self), ==, 1);

  g_assert_false (thr_timer_cancel (self));
  g_assert_false (thr_timer_start (self, &error));
  assert_code (&error, THR_ERROR_ALREADY_STARTED);
  finalize (self);
}

static void
test_bad_interval (void)
{
  static const gint64 intervals[] = { -1, G_MININT64, 0 };

  for (guint i = 0; i < G_N_ELEMENTS (intervals); i++)
    {
      ThrTimer *self = thr_timer_new_repeating (intervals[i]);
      GError *error = NULL;

      g_assert_false (thr_timer_start (self, &error));
      assert_code (&error, THR_ERROR_INVALID_ARGUMENT);
      g_assert_null (thr_timer_new_full (intervals[i], TRUE, NULL, NULL, NULL, &error));
      assert_code (&error, THR_ERROR_INVALID_ARGUMENT);
      g_assert_finalize_object (self);
    }
}

static void
test_cancel (void)
{
  ThrTimer *self = thr_timer_new (LONG);
  guint n = 0;

  /* Before the start: it is started all the same, and never fires. */
  g_assert_true (thr_timer_cancel (self));
  g_assert_false (thr_timer_cancel (self));
  wait_timer (self);
  start_timer (self);
  g_assert_cmpint (thr_timer_get_state (self), ==, THR_TIMER_STATE_CANCELLED);
  g_assert_finalize_object (self);

  self = thr_timer_new (LONG);
  g_signal_connect_swapped (self, "fired", G_CALLBACK (g_atomic_int_inc), &n);
  start_timer (self);
  g_assert_true (thr_timer_is_active (self));
  g_assert_true (thr_timer_cancel (self));
  g_assert_false (thr_timer_cancel (self));
  wait_timer (self);
  g_assert_cmpuint (n, ==, 0);
  finalize (self);

  /* As long as it goes: it does not overflow. */
  self = thr_timer_new (G_MAXINT64);
  start_timer (self);
  g_assert_true (thr_timer_cancel (self));
  finalize (self);
}

typedef struct
{
  int       n;       /* atomic */
  int       fail_at;
  int       n_freed;
  Gate      begun;
  Gate      go;
} Work;

static gboolean
work_func (ThrTimer  *timer,
           gpointer   user_data,
           GError   **error)
{
  Work *work = user_data;
  int n = g_atomic_int_add (&work->n, 1) + 1;

  if (n == work->fail_at)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "enough");
  return n != work->fail_at;
}

static void
work_freed (gpointer data)
{
  ((Work *) data)->n_freed++;
}

static void
test_func (void)
{
  Work work = { 0 };
  GError *error = NULL;
  ThrTimer *self = thr_timer_new_full (0, FALSE, work_func, &work, work_freed, &error);

  g_assert_no_error (error);
  start_timer (self);
  wait_timer (self);
  g_assert_cmpint (work.n, ==, 1);
  g_assert_cmpint (work.n_freed, ==, 1);
  finalize (self);

  self = thr_timer_new_full (0, FALSE, NULL, &work, work_freed, &error);
  g_object_unref (self);
  drain ();
  g_assert_cmpint (work.n_freed, ==, 2);
}

static void
count_error (ThrThread    *thread,
             const GError *error,
             gpointer      data)
{
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_atomic_int_inc ((int *) data);
}

typedef struct
{
  GThread *home;
  guint    n_failed;
  guint    n_notified;
} Heard;

static void
failed_cb (ThrTimer     *timer,
           const GError *error,
           gpointer      data)
{
  Heard *heard = data;

  g_assert_true (g_thread_self () == heard->home);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_true (error == thr_timer_get_error (timer));
  /* The end has been reached, whatever it is that is told of it. */
  g_assert_true (thr_timer_wait_timed (timer, 0, NULL, NULL));
  g_assert_cmpuint (heard->n_notified, ==, 1);
  heard->n_failed++;
}

/* It repeats until its function fails; no error is lost. */
static void
test_func_fails (void)
{
  Work work = { .fail_at = 3 };
  Heard heard = { g_thread_self (), 0, 0 };
  int n_errors = 0;
  ThrTimer *self = thr_timer_new_full (100, TRUE, work_func, &work, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_signal_connect (self, "failed", G_CALLBACK (failed_cb), &heard);
  g_signal_connect_swapped (self, "notify::error", G_CALLBACK (g_atomic_int_inc),
                            &heard.n_notified);
  thr_set_error_hook (count_error, &n_errors, NULL);
  g_assert_null (thr_timer_get_error (self));
  start_timer (self);
  wait_timer (self);
  thr_set_error_hook (NULL, NULL, NULL);
  g_assert_cmpint (work.n, ==, 3);
  g_assert_cmpint (n_errors, ==, 1);
  g_assert_cmpint (thr_timer_get_state (self), ==, THR_TIMER_STATE_FAILED);
  g_assert_error (thr_timer_get_error (self), G_IO_ERROR, G_IO_ERROR_FAILED);
  g_object_get (self, "error", &error, NULL);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_cmpuint (heard.n_failed, ==, 1);
  finalize (self);
  g_assert_cmpuint (heard.n_failed, ==, 1);
}

static gboolean
exit_func (ThrTimer  *timer,
           gpointer   user_data,
           GError   **error)
{
  pthread_exit (NULL);
}

static gboolean
silent_func (ThrTimer  *timer,
             gpointer   user_data,
             GError   **error)
{
  return FALSE;
}

static void
ignore_error (ThrThread    *thread,
              const GError *error,
              gpointer      data)
{
}

/* Nothing counts as a success by default. */
static void
test_no_answer (void)
{
  static const ThrTimerFunc funcs[] = { exit_func, silent_func };

  thr_set_error_hook (ignore_error, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (funcs); i++)
    {
      ThrTimer *self = thr_timer_new_full (100, i == 0, funcs[i], NULL, NULL, NULL);

      start_timer (self);
      wait_timer (self);
      g_assert_cmpint (thr_timer_get_state (self), ==, THR_TIMER_STATE_FAILED);
      g_assert_error (thr_timer_get_error (self), THR_ERROR, THR_ERROR_NO_RESULT);
      finalize (self);
    }
  thr_set_error_hook (NULL, NULL, NULL);
}

static gboolean
held_func (ThrTimer  *timer,
           gpointer   user_data,
           GError   **error)
{
  Work *work = user_data;
  GError *local_error = NULL;

  g_assert_false (thr_timer_wait (timer, &local_error));
  assert_code (&local_error, THR_ERROR_DEADLOCK);
  g_atomic_int_inc (&work->n);
  gate_open (&work->begun);
  gate_wait (&work->go);
  return TRUE;
}

/* A function that takes long delays no other timer, with a function or without. */
static void
test_slow (void)
{
  Work slow = { 0 }, quick = { 0 };
  ThrTimer *held, *others[2];

  gate_init (&slow.begun);
  gate_init (&slow.go);
  held = thr_timer_new_full (0, FALSE, held_func, &slow, NULL, NULL);
  start_timer (held);
  gate_wait (&slow.begun);
  /* Too late. */
  g_assert_false (thr_timer_cancel (held));
  g_assert_true (thr_timer_is_active (held));

  others[0] = thr_timer_new (0);
  others[1] = thr_timer_new_full (0, FALSE, work_func, &quick, NULL, NULL);
  for (guint i = 0; i < 2; i++)
    start_timer (others[i]);
  for (guint i = 0; i < 2; i++)
    {
      wait_timer (others[i]);
      finalize (others[i]);
    }
  g_assert_cmpint (quick.n, ==, 1);

  gate_open (&slow.go);
  wait_timer (held);
  g_assert_cmpint (thr_timer_get_state (held), ==, THR_TIMER_STATE_FINISHED);
  finalize (held);
  gate_clear (&slow.begun);
  gate_clear (&slow.go);
}

static gboolean
cancelling_func (ThrTimer  *timer,
                 gpointer   user_data,
                 GError   **error)
{
  if (work_func (timer, user_data, error) && g_atomic_int_get (&((Work *) user_data)->n) == 4)
    {
      g_assert_true (thr_timer_cancel (timer));
      g_assert_false (thr_timer_cancel (timer));
    }
  return TRUE;
}

static void
test_repeating (void)
{
  Work work = { 0 };
  ThrTimer *self = thr_timer_new_full (500, TRUE, cancelling_func, &work, NULL, NULL);
  gint64 began = g_get_monotonic_time ();
  guint n = 0;

  start_timer (self);
  wait_timer (self);
  g_assert_cmpint (work.n, ==, 4);
  g_assert_cmpuint (thr_timer_get_n_fired (self), ==, 4);
  g_assert_cmpint (g_get_monotonic_time () - began, >=, 4 * 500);
  g_assert_cmpint (thr_timer_get_state (self), ==, THR_TIMER_STATE_CANCELLED);
  finalize (self);

  /* Told once while the loop does not run, and again when it did. */
  self = thr_timer_new_repeating (100);
  g_signal_connect_swapped (self, "fired", G_CALLBACK (g_atomic_int_inc), &n);
  start_timer (self);
  while (thr_timer_get_n_fired (self) < 5)
    g_thread_yield ();
  g_assert_cmpuint (n, ==, 0);
  while (n < 3)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (thr_timer_cancel (self));
  finalize (self);
}

/* On one thread; the heap is filled, emptied from its top and from its middle. */
static void
test_thousands (void)
{
  guint n = 5000;
  ThrTimer **timers = g_new (ThrTimer *, n);
  guint32 state = 1;

  for (guint i = 0; i < n; i++)
    {
      state = state * 1664525 + 1013904223;
      timers[i] = thr_timer_new (i % 5 == 4 ? LONG : (gint64) ((state >> 8) % 50000));
      start_timer (timers[i]);
    }
  for (guint i = 0; i < n; i++)
    {
      if (i % 5 == 4)
        g_assert_true (thr_timer_cancel (timers[i]));
      wait_timer (timers[i]);
      g_assert_cmpuint (thr_timer_get_n_fired (timers[i]), ==, i % 5 != 4);
      finalize (timers[i]);
    }
  g_free (timers);
}

static void
finish_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  GError **error = data;

  if (thr_timer_wait_finish (THR_TIMER (source), result, error))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_EXISTS, "success");
}

static void
await (ThrTimer     *timer,
       GCancellable *cancellable,
       GQuark        domain,
       gint          code)
{
  GError *error = NULL;

  thr_timer_wait_async (timer, cancellable, finish_cb, &error);
  g_assert_no_error (error);
  g_cancellable_cancel (cancellable);
  while (error == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (error, domain, code);
  g_clear_error (&error);
}

static void
test_waits (void)
{
  ThrTimer *self = thr_timer_new (LONG);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GError *error = NULL;

  g_assert_false (thr_timer_wait (self, &error));
  assert_code (&error, THR_ERROR_NOT_STARTED);
  await (self, NULL, THR_ERROR, THR_ERROR_NOT_STARTED);

  start_timer (self);
  g_assert_false (thr_timer_wait_timed (self, -2, NULL, &error));
  assert_code (&error, THR_ERROR_INVALID_ARGUMENT);
  g_assert_false (thr_timer_wait_timed (self, 0, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_assert_false (thr_timer_wait_timed (self, 1000, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);
  await (self, cancellable, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (thr_timer_wait_timed (self, -1, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_true (thr_timer_is_active (self));

  thr_timer_wait_async (self, NULL, NULL, NULL);
  thr_timer_cancel (self);
  await (self, NULL, G_IO_ERROR, G_IO_ERROR_EXISTS);
  finalize (self);
}

static void
test_notified (void)
{
  ThrTimer *self = thr_timer_new (LONG);
  guint n_state = 0, n_active = 0;

  g_signal_connect_swapped (self, "notify::state", G_CALLBACK (g_atomic_int_inc), &n_state);
  g_signal_connect_swapped (self, "notify::active", G_CALLBACK (g_atomic_int_inc), &n_active);
  start_timer (self);
  drain ();
  g_assert_cmpuint (n_state, ==, 1);
  thr_timer_cancel (self);
  drain ();
  g_assert_cmpuint (n_state, ==, 2);
  g_assert_cmpuint (n_active, ==, 2);
  finalize (self);
}

static gpointer
cancel_thread (gpointer data)
{
  return GINT_TO_POINTER (thr_timer_cancel (data));
}

/* Cancelled in the moment in which it fires: one of the two happens, and it ends. */
static void
test_storm (void)
{
  guint rounds = g_getenv ("THR_TEST_THOROUGH") != NULL ? 20000 : 1000;

  for (guint i = 0; i < rounds; i++)
    {
      Work work = { 0 };
      ThrTimer *self = thr_timer_new_full (i % 50, FALSE, i % 2 ? work_func : NULL, &work,
                                           NULL, NULL);
      GThread *thread;
      gboolean cancelled;

      start_timer (self);
      thread = g_thread_new ("cancel", cancel_thread, self);
      wait_timer (self);
      cancelled = GPOINTER_TO_INT (g_thread_join (thread));
      g_assert_true (cancelled == (thr_timer_get_state (self) == THR_TIMER_STATE_CANCELLED));
      if (cancelled)
        g_assert_cmpint (work.n, ==, 0);
      else if (i % 2)
        g_assert_cmpint (work.n, ==, 1);
      finalize (self);
    }
}

/* The parent's timers do not fire in the child; new ones do. */
static void
test_fork (void)
{
  ThrTimer *self = thr_timer_new (LONG);
  int status;
  pid_t child;

#ifdef __SANITIZE_THREAD__
  g_test_skip ("ThreadSanitizer knows no threads in a forked child");
  g_object_unref (self);
  return;
#endif

  start_timer (self);
  child = fork ();
  if (child == 0)
    {
      g_autoptr (GMainContext) context = g_main_context_new ();
      ThrTimer *other;

      alarm (50);
      g_main_context_push_thread_default (context);
      other = thr_timer_new (100);
      /* Success is a signal and not a status: at an exit valgrind would find what the
       * parent's threads, which are not there, had on their stacks. */
      if (thr_timer_get_state (self) == THR_TIMER_STATE_CANCELLED &&
          thr_timer_wait (self, NULL) && !thr_timer_cancel (self) &&
          thr_timer_start (other, NULL) && thr_timer_wait (other, NULL) &&
          thr_timer_get_n_fired (other) == 1)
        kill (getpid (), SIGKILL);
      _exit (1);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status));
  g_assert_cmpint (WTERMSIG (status), ==, SIGKILL);

  g_assert_true (thr_timer_is_active (self));
  thr_timer_cancel (self);
  finalize (self);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/timer/fires", test_fires);
  g_test_add_func ("/timer/bad-interval", test_bad_interval);
  g_test_add_func ("/timer/cancel", test_cancel);
  g_test_add_func ("/timer/func", test_func);
  g_test_add_func ("/timer/func-fails", test_func_fails);
  g_test_add_func ("/timer/no-answer", test_no_answer);
  g_test_add_func ("/timer/slow", test_slow);
  g_test_add_func ("/timer/repeating", test_repeating);
  g_test_add_func ("/timer/thousands", test_thousands);
  g_test_add_func ("/timer/waits", test_waits);
  g_test_add_func ("/timer/notified", test_notified);
  g_test_add_func ("/timer/storm", test_storm);
  g_test_add_func ("/timer/fork", test_fork);

  return g_test_run ();
}
