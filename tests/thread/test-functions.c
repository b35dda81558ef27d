/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <pthread.h>
#include <unistd.h>

#include "thread/test-stage.h"

/* The low-level functions and the error hook. */

static void
test_numbers (void)
{
  g_assert_cmpuint (thr_get_ident (), ==, (guint64) pthread_self ());
  g_assert_cmpint (thr_get_native_id (), ==, getpid ());
}

/* --- Stack size --- */

static gboolean
stack_func (ThrThread  *thread,
            gpointer    user_data,
            GError    **error)
{
  gsize *size = user_data;
  pthread_attr_t attr;
  void *address;

  g_assert_cmpint (pthread_getattr_np (pthread_self (), &attr), ==, 0);
  g_assert_cmpint (pthread_attr_getstack (&attr, &address, size), ==, 0);
  pthread_attr_destroy (&attr);
  return TRUE;
}

static gsize
measure_stack (void)
{
  gsize size = 0;
  ThrThread *thread = thr_thread_new (NULL, stack_func, &size, NULL);

  start (thread);
  join_and_finalize (thread);
  return size;
}

static void
test_stack_size (void)
{
  const gint64 asked = 16 * 1024 * 1024;
  GError *error = NULL;

  g_assert_cmpint (thr_get_stack_size (), ==, 0);
  g_assert_cmpint (thr_set_stack_size (asked, &error), ==, 0);
  g_assert_cmpint (thr_get_stack_size (), ==, asked);
  g_assert_cmpuint (measure_stack (), >=, asked);
  g_assert_cmpint (thr_set_stack_size (0, &error), ==, asked);
  g_assert_no_error (error);
}

static void
test_stack_size_bad (void)
{
  gint64 sizes[] = { -1, 1, 32767, G_MININT64 };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_assert_cmpint (thr_set_stack_size (sizes[i], &error), ==, -1);
      g_assert_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
      g_clear_error (&error);
      g_assert_cmpint (thr_get_stack_size (), ==, 0);
    }
}

/* --- Starting and ending --- */

typedef struct
{
  Stage   stage;
  guint64 ident;
  guint   n_destroyed;
} Low;

static gboolean
low_func (ThrThread  *thread,
          gpointer    user_data,
          GError    **error)
{
  Low *low = user_data;

  g_assert_true (thr_thread_current () == thread);
  g_assert_true (thr_thread_get_daemon (thread));
  low->ident = thr_get_ident ();
  gate_open (&low->stage.begun);
  gate_wait (&low->stage.go);
  return TRUE;
}

static void
low_destroyed_cb (gpointer data)
{
  ((Low *) data)->n_destroyed++;
}

static void
test_start_new_thread (void)
{
  Low low = { .n_destroyed = 0 };
  GError *error = NULL;
  guint64 ident;

  stage_init (&low.stage);
  ident = thr_start_new_thread (low_func, &low, low_destroyed_cb, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ident, !=, 0);
  gate_wait (&low.stage.begun);
  g_assert_cmpuint (low.ident, ==, ident);
  g_assert_cmpuint (thr_thread_count_alive (), ==, 2);

  gate_open (&low.stage.go);
  while (low.n_destroyed == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (low.n_destroyed, ==, 1);
  g_assert_cmpuint (thr_thread_count_alive (), ==, 1);
  stage_clear (&low.stage);
}

static gboolean
exit_func (ThrThread  *thread,
           gpointer    user_data,
           GError    **error)
{
  g_atomic_int_inc ((int *) user_data);
  thr_exit_thread ();
  g_assert_not_reached ();
}

static void
counted_cb (gpointer data)
{
  g_atomic_int_inc ((int *) data);
}

static void
test_exit_thread (void)
{
  int n = 0;
  ThrThread *thread = thr_thread_new (NULL, exit_func, &n, counted_cb);

  start (thread);
  join (thread);
  g_assert_cmpint (thr_thread_get_state (thread), ==, THR_THREAD_STATE_FINISHED);
  g_assert_no_error (thr_thread_get_error (thread));
  g_assert_cmpint (n, ==, 2);
  g_assert_cmpuint (thr_thread_count_alive (), ==, 1);
  g_assert_finalize_object (thread);
}

static gboolean
pthread_exit_func (ThrThread  *thread,
                   gpointer    user_data,
                   GError    **error)
{
  pthread_exit (NULL);
}

/* What an interpreter does to threads that want it back once it is gone. */
static void
test_unwound_by_others (void)
{
  ThrThread *thread = thr_thread_new (NULL, pthread_exit_func, NULL, NULL);

  start (thread);
  join (thread);
  g_assert_cmpint (thr_thread_get_state (thread), ==, THR_THREAD_STATE_FINISHED);
  g_assert_finalize_object (thread);
}

static void
test_exit_thread_in_main (void)
{
  g_test_expect_message ("Thr", G_LOG_LEVEL_WARNING, "*thr_exit_thread*");
  thr_exit_thread ();
  g_test_assert_expected_messages ();
}

/* --- The error hook --- */

typedef struct
{
  ThrThread *thread;
  GThread   *where;
  GError    *error;
  gboolean   alive;
  gboolean   current;
  guint      n_destroyed;
} Hooked;

static void
hook (ThrThread    *thread,
      const GError *error,
      gpointer      user_data)
{
  Hooked *hooked = user_data;

  hooked->thread = thread;
  hooked->where = g_thread_self ();
  hooked->error = g_error_copy (error);
  hooked->alive = thr_thread_is_alive (thread);
  hooked->current = thr_thread_current () == thread;
  g_assert_true (thr_thread_get_error (thread) == error);
}

static void
hook_destroyed_cb (gpointer data)
{
  ((Hooked *) data)->n_destroyed++;
}

static gboolean
fail_func (ThrThread  *thread,
           gpointer    user_data,
           GError    **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY, "no time");
  return FALSE;
}

static void
test_error_hook (void)
{
  Hooked hooked = { NULL, };
  ThrThread *thread = thr_thread_new (NULL, fail_func, NULL, NULL);

  thr_set_error_hook (hook, &hooked, hook_destroyed_cb);
  start (thread);
  join (thread);

  g_assert_true (hooked.thread == thread);
  g_assert_true (hooked.where != g_thread_self ());
  g_assert_true (hooked.alive);
  g_assert_true (hooked.current);
  g_assert_error (hooked.error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_assert_cmpuint (hooked.n_destroyed, ==, 0);

  thr_set_error_hook (NULL, NULL, NULL);
  while (hooked.n_destroyed == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_finalize_object (thread);
  g_error_free (hooked.error);
}

static void
test_error_hook_default (void)
{
  if (g_test_subprocess ())
    {
      ThrThread *thread = thr_thread_new ("karl", fail_func, NULL, NULL);

      thr_set_error_hook (NULL, NULL, NULL);
      start (thread);
      join_and_finalize (thread);
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*Exception in thread karl: no time\n*");
}

static gboolean
fail_often_func (ThrThread  *thread,
                 gpointer    user_data,
                 GError    **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY, "again");
  return FALSE;
}

static void
count_hook (ThrThread    *thread,
            const GError *error,
            gpointer      user_data)
{
  g_atomic_int_inc ((int *) user_data);
}

/* Hooks come and go while threads fail: each failure is told to exactly one, and
 * none is destroyed while it runs. */
static void
test_error_hook_replaced (void)
{
  ThrThread *threads[50];
  int n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      threads[i] = thr_thread_new (NULL, fail_often_func, NULL, NULL);
      thr_set_error_hook (count_hook, &n, NULL);
      start (threads[i]);
      thr_set_error_hook (count_hook, &n, NULL);
    }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    join_and_finalize (threads[i]);
  g_assert_cmpint (n, ==, 50);
  thr_set_error_hook (NULL, NULL, NULL);
}

static void
test_interruptible (void)
{
  g_assert_false (thr_set_interruptible (TRUE));
  g_assert_true (thr_set_interruptible (FALSE));
  g_assert_false (thr_set_interruptible (FALSE));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/functions/numbers", test_numbers);
  g_test_add_func ("/functions/stack-size", test_stack_size);
  g_test_add_func ("/functions/stack-size-bad", test_stack_size_bad);
  g_test_add_func ("/functions/start-new-thread", test_start_new_thread);
  g_test_add_func ("/functions/exit-thread", test_exit_thread);
  g_test_add_func ("/functions/unwound-by-others", test_unwound_by_others);
  g_test_add_func ("/functions/exit-thread-in-main", test_exit_thread_in_main);
  g_test_add_func ("/functions/error-hook", test_error_hook);
  g_test_add_func ("/functions/error-hook-default", test_error_hook_default);
  g_test_add_func ("/functions/error-hook-replaced", test_error_hook_replaced);
  g_test_add_func ("/functions/interruptible", test_interruptible);

  return g_test_run ();
}
