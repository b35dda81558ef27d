/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "thread/test-stage.h"

#include "leaks.h"

/* Nothing stays of threads and of what belongs to them, however they are left. */

static gboolean
fail_func (ThrThread  *thread,
           gpointer    user_data,
           GError    **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "meant");
  return FALSE;
}

static void
ignore_cb (ThrThread    *thread,
           const GError *error,
           gpointer      user_data)
{
}

static void
joined_cycle (gpointer data)
{
  ThrThread *thread = thr_thread_new ("joined", nothing_func, NULL, NULL);

  start (thread);
  join (thread);
  g_object_unref (thread);
}

static void
test_joined (void)
{
  leaks_check (joined_cycle, NULL);
}

static void
never_started_cycle (gpointer data)
{
  g_object_unref (thr_thread_new ("never", nothing_func, g_malloc (40), g_free));
}

static void
test_never_started (void)
{
  leaks_check (never_started_cycle, NULL);
}

/* They end when they like; not faster than they are made, perhaps, so that a few of
 * them are enough. */
static void
never_joined_cycle (gpointer data)
{
  ThrThread *thread = thr_thread_new ("let go", nothing_func, g_malloc (40), g_free);

  start (thread);
  g_object_unref (thread);
}

static void
test_never_joined (void)
{
  leaks_check_cycles (leaks_n_cycles () / 10, never_joined_cycle, NULL);
}

static void
failed_cycle (gpointer data)
{
  ThrThread *thread = thr_thread_new (NULL, fail_func, NULL, NULL);

  start (thread);
  join (thread);
  g_assert_error (thr_thread_get_error (thread), G_IO_ERROR, G_IO_ERROR_FAILED);
  g_object_unref (thread);
}

static void
test_failed (void)
{
  thr_set_error_hook (ignore_cb, NULL, NULL);
  leaks_check (failed_cycle, NULL);
  thr_set_error_hook (NULL, NULL, NULL);
}

static void
joined_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_assert_true (thr_thread_join_finish (THR_THREAD (source), result, NULL));
  *(gboolean *) data = TRUE;
}

static void
awaited_cycle (gpointer data)
{
  ThrThread *thread = thr_thread_new ("awaited", nothing_func, NULL, NULL);
  gboolean joined = FALSE;

  start (thread);
  thr_thread_join_async (thread, NULL, joined_cb, &joined);
  g_object_unref (thread);
  while (!joined)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_awaited (void)
{
  leaks_check (awaited_cycle, NULL);
}

static void
given_up_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (thr_thread_join_finish (THR_THREAD (source), result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Waits that end without the thread. */
static void
given_up_cycle (gpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Stage stage;
  ThrThread *thread = start_on_stage (&stage);

  thr_thread_join_async (thread, cancellable, given_up_cb, NULL);
  g_assert_false (thr_thread_join_timed (thread, 0, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_cancellable_cancel (cancellable);
  gate_open (&stage.go);
  join (thread);
  g_object_unref (thread);
  stage_clear (&stage);
}

static void
test_given_up (void)
{
  leaks_check (given_up_cycle, NULL);
}

static gpointer
foreign_thread (gpointer data)
{
  g_assert_nonnull (thr_thread_current ());
  return NULL;
}

/* A stand-in for a thread that is not ours, and the list of all. */
static void
foreign_cycle (gpointer data)
{
  g_thread_join (g_thread_new ("foreign", foreign_thread, NULL));
  g_object_unref (thr_thread_list_alive ());
}

static void
test_foreign (void)
{
  leaks_check (foreign_cycle, NULL);
}

static gboolean
locals_func (ThrThread  *thread,
             gpointer    user_data,
             GError    **error)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_OBJECT);
  g_value_take_object (&value, g_object_new (G_TYPE_OBJECT, NULL));
  return thr_local_set (user_data, "one", &value, error) &&
    thr_local_set (user_data, "two", &value, error) &&
    thr_local_remove (user_data, "two");
}

/* The thread ends first, then the storage goes. */
static void
local_thread_cycle (gpointer data)
{
  ThrLocal *local = thr_local_new ();
  ThrThread *thread = thr_thread_new ("locals", locals_func, local, NULL);

  start (thread);
  join (thread);
  g_assert_no_error ((GError *) thr_thread_get_error (thread));
  g_object_unref (thread);
  g_object_unref (local);
}

static void
test_local_of_thread (void)
{
  leaks_check (local_thread_cycle, NULL);
}

/* The storage goes first, the thread lives on. */
static void
local_cycle (gpointer data)
{
  ThrLocal *local = thr_local_new ();

  g_assert_true (locals_func (NULL, local, NULL));
  g_object_unref (local);
}

static void
test_local (void)
{
  leaks_check (local_cycle, NULL);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/thread-leaks/joined", test_joined);
  g_test_add_func ("/thread-leaks/never-started", test_never_started);
  g_test_add_func ("/thread-leaks/never-joined", test_never_joined);
  g_test_add_func ("/thread-leaks/failed", test_failed);
  g_test_add_func ("/thread-leaks/awaited", test_awaited);
  g_test_add_func ("/thread-leaks/given-up", test_given_up);
  g_test_add_func ("/thread-leaks/foreign", test_foreign);
  g_test_add_func ("/thread-leaks/local-of-thread", test_local_of_thread);
  g_test_add_func ("/thread-leaks/local", test_local);

  return g_test_run ();
}
