/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <glib/gstdio.h>

#include "bridge/call-util.h"

/* Functions of GLib and GIO: what is found, what is refused, and what a run does. */

#define END G_TYPE_INVALID

static const char abc_sum[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

static ThrCall *
new_sum (void)
{
  return new_call ("GLib", "compute_checksum_for_string",
                   G_TYPE_INT, G_CHECKSUM_SHA256, G_TYPE_STRING, "abc", G_TYPE_INT, -1, END);
}

static void
test_new (void)
{
  ThrCall *call = new_sum ();
  g_autoptr (GMainContext) context = thr_object_dup_main_context (THR_OBJECT (call));
  g_autofree char *namespace_ = NULL;
  g_autofree char *function = NULL;
  gboolean allow_observed = TRUE;

  g_assert_true (context == g_main_context_default ());
  g_object_get (call,
                "namespace", &namespace_,
                "function", &function,
                "allow-observed", &allow_observed,
                NULL);
  g_assert_cmpstr (namespace_, ==, "GLib");
  g_assert_cmpstr (function, ==, "compute_checksum_for_string");
  g_assert_false (allow_observed);
  g_assert_cmpstr (thr_call_get_namespace (call), ==, "GLib");
  g_assert_cmpstr (thr_call_get_function (call), ==, "compute_checksum_for_string");

  g_assert_finalize_object (call);
}

static void
test_result (void)
{
  GValue result = G_VALUE_INIT;

  run_call (new_sum (), &result);
  g_assert_cmpstr (g_value_get_string (&result), ==, abc_sum);
  g_value_unset (&result);

  /* Nothing is returned: a value all the same, and none in it. */
  run_call (new_call ("GLib", "random_set_seed", G_TYPE_INT, 3, END), &result);
  g_assert_null (g_value_get_object (&result));
}

static void
test_names (void)
{
  GValue result = G_VALUE_INIT;
  g_autoptr (GFile) file = NULL;
  g_autoptr (GDateTime) date = g_date_time_new_utc (2020, 2, 29, 1, 2, 3.5);

  run_call (new_call ("Gio", "File.new_for_path", G_TYPE_STRING, "/a/b", END), &result);
  file = g_value_dup_object (&result);
  run_call (new_call ("Gio", "Gio.File.get_basename", G_TYPE_FILE, file, END), &result);
  g_assert_cmpstr (g_value_get_string (&result), ==, "b");
  run_call (new_call ("Gio-2.0", "File.get_path", G_TYPE_FILE, file, END), &result);
  g_assert_cmpstr (g_value_get_string (&result), ==, "/a/b");

  run_call (new_call ("GLib", "DateTime.format", G_TYPE_DATE_TIME, date, G_TYPE_STRING, "%F", END),
            &result);
  g_assert_cmpstr (g_value_get_string (&result), ==, "2020-02-29");
  run_call (new_call ("GLib", "DateTime.new_utc", G_TYPE_INT, 2020, G_TYPE_INT, 1, G_TYPE_INT, 1,
                      G_TYPE_INT, 0, G_TYPE_INT, 0, G_TYPE_INT, 0, END), &result);
  g_assert_true (G_VALUE_HOLDS (&result, G_TYPE_DATE_TIME));

  /* A static one, one of an interface by the name of a class that has it, one of a
   * parent. */
  run_call (new_call ("GLib", "Uri.is_valid", G_TYPE_STRING, "http://a", G_TYPE_INT, 0, END),
            &result);
  g_assert_true (g_value_get_boolean (&result));
  run_call (new_call ("GLib", "Variant.print", G_TYPE_VARIANT, g_variant_new_int32 (7),
                      G_TYPE_BOOLEAN, TRUE, END), &result);
  g_assert_cmpstr (g_value_get_string (&result), ==, "7");

  g_value_unset (&result);
}

static void
test_wrong_names (void)
{
  assert_refused ("*no namespace “Nowhere”*", "Nowhere", "anything", END);
  assert_refused ("*no namespace “Gio”*9.9*", "Gio-9.9", "File.new_for_path", END);
  assert_refused ("*namespace of a function cannot be empty", "", "anything", END);
  assert_refused ("*no function “nothing” in the namespace GLib", "GLib", "nothing", END);
  assert_refused ("*no function “”*", "GLib", "", END);
  assert_refused ("*no function “.”*", "GLib", ".", END);
  assert_refused ("*no function “DateTime”*", "GLib", "DateTime", END);
  assert_refused ("*no function “DateTime.nothing”*", "GLib", "DateTime.nothing", END);
  assert_refused ("*no function “FileType.REGULAR”*", "Gio", "FileType.REGULAR", END);
  assert_refused ("*no function “a.b.c.d.e”*", "GLib", "a.b.c.d.e", END);
  assert_refused ("*no function “GLib”*", "GLib", "GLib", END);
}

static void
test_wrong_arguments (void)
{
  GValue untyped = G_VALUE_INIT;
  GError *error = NULL;

  assert_refused ("GLib.getenv(): the number of arguments must be 1, and 0 were given",
                  "GLib", "getenv", END);
  assert_refused ("*must be 1, and 2 were given", "GLib", "getenv",
                  G_TYPE_STRING, "A", G_TYPE_STRING, "B", END);
  assert_refused ("*must be 1 to 2, and 0 were given", "Gio", "File.load_contents", END);
  assert_refused ("GLib.getenv(), argument 1 (“variable”): filename is wanted, and gint was given",
                  "GLib", "getenv", G_TYPE_INT, 3, END);

  g_assert_null (thr_call_new ("GLib", "getenv", &untyped, 1, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);

  /* An error that nobody wants is no reason to fail otherwise. */
  g_assert_null (thr_call_new ("GLib", "getenv", NULL, 0, NULL));
}

static void
test_no_function (void)
{
  ThrCall *call = g_object_new (THR_TYPE_CALL, NULL);

  assert_fails (call, THR_ERROR, THR_ERROR_INVALID_STATE, "*make it with thr_call_new()");
  g_assert_null (thr_call_get_namespace (call));
  g_assert_finalize_object (call);
}

static void
test_failure (void)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/nowhere/at/all");
  ThrCall *call = new_call ("Gio", "File.load_contents", G_TYPE_FILE, file, END);

  assert_fails (call, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "*");
  g_assert_finalize_object (call);
}

static void
test_files (void)
{
  GValue result = G_VALUE_INIT;
  g_autofree char *folder = g_dir_make_tmp ("thr-call-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "file", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  ThrValues *values;

  run_call (new_call ("GLib", "file_set_contents", G_TYPE_STRING, path,
                      G_TYPE_STRING, "hello", END), &result);
  g_assert_true (g_value_get_boolean (&result));

  run_call (new_call ("Gio", "File.load_contents", G_TYPE_FILE, file, END), &result);
  values = g_value_get_object (&result);
  g_assert_cmpuint (thr_values_get_n_values (values), ==, 2);
  g_assert_cmpstr (thr_values_get_name (values, 0), ==, "contents");
  g_assert_cmpstr (thr_values_get_name (values, 1), ==, "etag_out");
  g_assert_cmpmem (g_bytes_get_data (g_value_get_boxed (thr_values_get_value (values, 0)), NULL),
                   g_bytes_get_size (g_value_get_boxed (thr_values_get_value (values, 0))),
                   "hello", 5);

  run_call (new_call ("Gio", "File.query_file_type", G_TYPE_FILE, file, G_TYPE_STRING, "none", END),
            &result);
  g_assert_cmpint (g_value_get_enum (&result), ==, G_FILE_TYPE_REGULAR);

  g_value_unset (&result);
  g_assert_true (g_file_delete (file, NULL, NULL));
  g_rmdir (folder);
}

static void
test_main_thread_namespaces (void)
{
  static const char * const namespaces[] = { "Gtk", "Gtk-4.0", "Gdk", "Gsk", "Adw", "Clutter", "St" };

  /* Whether they are installed or not. */
  for (guint i = 0; i < G_N_ELEMENTS (namespaces); i++)
    assert_refused ("* belongs to the main thread*", namespaces[i], "init", END);
}

static void
test_refused_functions (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  assert_refused ("*GLib.MainLoop.run *main loop*", "GLib", "MainLoop.run",
                  G_TYPE_MAIN_LOOP, loop, END);
  assert_refused ("*main loop*", "GLib", "MainContext.iteration", END);
  assert_refused ("*main loop*", "GLib", "MainContext.push_thread_default", END);
  assert_refused ("*Gio.Application.run *main loop*", "Gio", "Application.run", END);
  assert_refused ("*end or consume a thread*", "GLib", "Thread.exit", END);
  assert_refused ("*end or consume a thread*", "GLib", "Thread.join", END);
  assert_refused ("*bound to the thread*", "GLib", "Mutex.lock", END);
  assert_refused ("*bound to the thread*", "GLib", "RecMutex.unlock", END);
  assert_refused ("*ends the process*", "GLib", "on_error_query", END);
  assert_refused ("*answers through a callback*", "Gio", "File.load_contents_async", END);
  assert_refused ("*answers through a callback*", "Gio", "bus_get", END);
  assert_refused ("*it is a callback*", "GLib", "idle_add", END);
  assert_refused ("*it is a callback*", "GLib", "Thread.new", END);
  assert_refused ("*gpointer cannot be carried*", "GLib", "direct_hash", END);
}

/* What a binding leaves on the objects that it has a wrapper for. */
static void
mark_as_wrapped (gpointer object)
{
  g_object_set_qdata (object, g_quark_from_static_string ("PyGObject::wrapper"),
                      GINT_TO_POINTER (1));
}

static void
drain (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
ignore_cb (void)
{
}

static void
test_observed (void)
{
  GListStore *store = g_list_store_new (G_TYPE_OBJECT);
  ThrCall *call = new_call ("Gio", "ListStore.append",
                            G_TYPE_OBJECT, store, G_TYPE_OBJECT, store, END);
  GValue result = G_VALUE_INIT;
  gulong handler;

  g_assert_true (thr_callable_call (THR_CALLABLE (call), &result, NULL, NULL));

  /* Handlers of a C program are its own business. */
  handler = g_signal_connect (store, "items-changed", G_CALLBACK (ignore_cb), NULL);
  g_assert_true (thr_callable_call (THR_CALLABLE (call), &result, NULL, NULL));

  mark_as_wrapped (store);
  assert_fails (call, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                "Gio.ListStore.append(): *GListStore has signal handlers of a language*");

  thr_call_set_allow_observed (call, TRUE);
  g_assert_true (thr_call_get_allow_observed (call));
  g_assert_true (thr_callable_call (THR_CALLABLE (call), &result, NULL, NULL));

  thr_call_set_allow_observed (call, FALSE);
  g_signal_handler_disconnect (store, handler);
  g_assert_true (thr_callable_call (THR_CALLABLE (call), &result, NULL, NULL));

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (store)), ==, 4);
  g_list_store_remove_all (store);
  /* The notify holds the call until it is delivered. */
  drain ();
  g_assert_finalize_object (call);
  g_assert_finalize_object (store);
}

static void
test_observed_cancellable (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GFile) file = g_file_new_for_path ("/");
  GValue result = G_VALUE_INIT;
  ThrCall *call;

  /* Whoever passes a cancellable does not want it cancelled by the function … */
  mark_as_wrapped (cancellable);
  g_signal_connect (cancellable, "cancelled", G_CALLBACK (ignore_cb), NULL);
  run_call (new_call ("Gio", "File.query_info", G_TYPE_FILE, file, G_TYPE_STRING, "*",
                      G_TYPE_INT, 0, G_TYPE_CANCELLABLE, cancellable, END), &result);
  g_value_unset (&result);

  /* … unless that is the function. */
  call = new_call ("Gio", "Cancellable.cancel", G_TYPE_CANCELLABLE, cancellable, END);
  assert_fails (call, THR_ERROR, THR_ERROR_INVALID_ARGUMENT, "*signal handlers*");
  g_assert_finalize_object (call);
  g_assert_false (g_cancellable_is_cancelled (cancellable));
}

static void
count_notify_cb (ThrCall    *call,
                 GParamSpec *pspec,
                 int        *count)
{
  (*count)++;
}

static void
test_notify (void)
{
  ThrCall *call = new_sum ();
  int count = 0;

  g_signal_connect (call, "notify::allow-observed", G_CALLBACK (count_notify_cb), &count);
  thr_call_set_allow_observed (call, FALSE);
  g_object_set (call, "allow-observed", TRUE, NULL);
  thr_call_set_allow_observed (call, TRUE);
  while (count == 0)
    g_main_context_iteration (NULL, TRUE);
  drain ();
  g_assert_cmpint (count, ==, 1);

  g_assert_finalize_object (call);
}

static void
test_objects_released (void)
{
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (GListStore) store = g_list_store_new (G_TYPE_OBJECT);
  ThrCall *call = new_call ("Gio", "ListStore.find", G_TYPE_OBJECT, store,
                            G_TYPE_OBJECT, object, END);
  GValue result = G_VALUE_INIT;
  ThrValues *values;

  g_assert_true (thr_callable_call (THR_CALLABLE (call), &result, NULL, NULL));
  values = g_value_get_object (&result);
  g_assert_false (g_value_get_boolean (thr_values_get_value (values, 0)));
  g_value_unset (&result);

  g_assert_finalize_object (call);
  g_assert_finalize_object (object);
}

static gpointer
run_many_cb (gpointer call)
{
  for (guint i = 0; i < 2000; i++)
    {
      GValue result = G_VALUE_INIT;
      GError *error = NULL;

      g_assert_true (thr_callable_call (call, &result, NULL, &error));
      g_assert_no_error (error);
      g_assert_true (G_VALUE_HOLDS (&result, G_TYPE_STRV));
      g_assert_cmpuint (g_strv_length (g_value_get_boxed (&result)), ==, 3);
      g_value_unset (&result);
    }
  return NULL;
}

static void
test_concurrent (void)
{
  const char *strv[] = { "A=1", "B=2", NULL };
  GThread *threads[4];
  ThrCall *call;

  /* One call, several runs at once. The list is taken over and changed in place by
   * the function, so that each run must have its own. */
  call = new_call ("GLib", "environ_setenv", G_TYPE_STRV, strv, G_TYPE_STRING, "C",
                   G_TYPE_STRING, "3", G_TYPE_BOOLEAN, TRUE, END);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("runner", run_many_cb, call);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);

  g_assert_finalize_object (call);
}

static gpointer
make_many_cb (gpointer data)
{
  for (guint i = 0; i < 500; i++)
    {
      GValue result = G_VALUE_INIT;

      run_call (new_sum (), &result);
      g_assert_cmpstr (g_value_get_string (&result), ==, abc_sum);
      g_value_unset (&result);
      assert_refused ("*no function*", "GLib", "nothing", END);
    }
  return NULL;
}

static void
test_made_by_many (void)
{
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("maker", make_many_cb, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

static void
test_pool (void)
{
  ThrPool *pool = thr_pool_new (2);
  ThrTask *tasks[20];
  GError *error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    {
      g_autoptr (ThrCall) call = new_sum ();

      tasks[i] = thr_pool_submit_callable (pool, THR_CALLABLE (call));
    }
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    {
      GValue *value;

      g_assert_true (thr_future_wait (THR_FUTURE (tasks[i]), -1, NULL, &error));
      value = thr_future_dup_value (THR_FUTURE (tasks[i]), &error);
      g_assert_no_error (error);
      g_assert_cmpstr (g_value_get_string (value), ==, abc_sum);
      g_boxed_free (G_TYPE_VALUE, value);
      g_object_unref (tasks[i]);
    }

  g_assert_true (thr_pool_shutdown (pool, FALSE, TRUE, &error));
  g_assert_finalize_object (pool);
}

static void
test_thread (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  ThrCall *call = new_call ("Gio", "Cancellable.cancel", G_TYPE_CANCELLABLE, cancellable, END);
  ThrThread *thread = thr_thread_new_callable ("canceller", THR_CALLABLE (call));
  GError *error = NULL;

  g_object_unref (call);
  g_assert_true (thr_thread_start (thread, &error));
  g_assert_no_error (error);
  g_assert_true (thr_thread_join (thread, &error));
  g_assert_no_error (error);
  g_assert_true (g_cancellable_is_cancelled (cancellable));
  g_object_unref (thread);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/call/new", test_new);
  g_test_add_func ("/call/result", test_result);
  g_test_add_func ("/call/names", test_names);
  g_test_add_func ("/call/wrong-names", test_wrong_names);
  g_test_add_func ("/call/wrong-arguments", test_wrong_arguments);
  g_test_add_func ("/call/no-function", test_no_function);
  g_test_add_func ("/call/failure", test_failure);
  g_test_add_func ("/call/files", test_files);
  g_test_add_func ("/call/main-thread-namespaces", test_main_thread_namespaces);
  g_test_add_func ("/call/refused-functions", test_refused_functions);
  g_test_add_func ("/call/observed", test_observed);
  g_test_add_func ("/call/observed-cancellable", test_observed_cancellable);
  g_test_add_func ("/call/notify", test_notify);
  g_test_add_func ("/call/objects-released", test_objects_released);
  g_test_add_func ("/call/concurrent", test_concurrent);
  g_test_add_func ("/call/made-by-many", test_made_by_many);
  g_test_add_func ("/call/pool", test_pool);
  g_test_add_func ("/call/thread", test_thread);

  return g_test_run ();
}
