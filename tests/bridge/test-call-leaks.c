/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "call-util.h"

#include "leaks.h"

/* Nothing stays of calls, run here, run on a pool, and refused. */

static ThrCall *
checksum_call (void)
{
  return new_call ("GLib", "compute_checksum_for_string", G_TYPE_INT, G_CHECKSUM_MD5,
                   G_TYPE_STRING, "text", G_TYPE_INT64, (gint64) -1, G_TYPE_INVALID);
}

static void
run_cycle (gpointer data)
{
  ThrCall *call = checksum_call ();
  g_auto (GValue) result = G_VALUE_INIT;

  g_assert_true (thr_callable_call (THR_CALLABLE (call), &result, NULL, NULL));
  g_assert_cmpstr (g_value_get_string (&result), ==, "1cb251ec0d568de6a929b520c4aed8d1");
  g_object_unref (call);
}

static void
test_run (void)
{
  leaks_check (run_cycle, NULL);
}

static void
submit_cycle (gpointer pool)
{
  g_autoptr (ThrCall) call = checksum_call ();
  g_autoptr (ThrTask) task = thr_pool_submit_callable (pool, THR_CALLABLE (call));

  g_assert_true (thr_future_wait (THR_FUTURE (task), -1, NULL, NULL));
  g_assert_null (thr_future_get_error (THR_FUTURE (task)));
}

static void
test_submitted (void)
{
  ThrPool *pool = thr_pool_new (1);

  leaks_check (submit_cycle, pool);
  g_assert_true (thr_pool_shutdown (pool, FALSE, TRUE, NULL));
  g_object_unref (pool);
}

static void
fail_cycle (gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = g_file_new_for_path ("/nowhere/at/all");
  g_auto (GValue) result = G_VALUE_INIT;
  ThrCall *call = new_call ("Gio", "File.load_contents", G_TYPE_FILE, file, G_TYPE_CANCELLABLE,
                            NULL, G_TYPE_INVALID);

  g_assert_false (thr_callable_call (THR_CALLABLE (call), &result, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_object_unref (call);
}

static void
test_failed (void)
{
  leaks_check (fail_cycle, NULL);
}

static void
refuse_cycle (gpointer data)
{
  assert_refused ("*", "GLib", "no_such_function", G_TYPE_STRING, "text", G_TYPE_INVALID);
  assert_refused ("*", "GLib", "compute_checksum_for_string", G_TYPE_STRING, "text",
                  G_TYPE_INVALID);
}

static void
test_refused (void)
{
  leaks_check (refuse_cycle, NULL);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/call-leaks/run", test_run);
  g_test_add_func ("/call-leaks/submitted", test_submitted);
  g_test_add_func ("/call-leaks/failed", test_failed);
  g_test_add_func ("/call-leaks/refused", test_refused);

  return g_test_run ();
}
