/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <pthread.h>

#include "thread/test-stage.h"

/* What a thread does and is. The joins and the signals have files of their own. */

static void
silent_hook (ThrThread    *thread,
             const GError *error,
             gpointer      user_data)
{
}

static gboolean
count_func (ThrThread  *thread,
            gpointer    user_data,
            GError    **error)
{
  g_atomic_int_inc ((int *) user_data);
  return TRUE;
}

static void
test_nothing_before_start (void)
{
  int n = 0;
  ThrThread *thread = thr_thread_new ("idle", count_func, &n, NULL);

  g_assert_cmpint (thr_thread_get_state (thread), ==, THR_THREAD_STATE_NEW);
  g_assert_false (thr_thread_is_alive (thread));
  g_assert_cmpuint (thr_thread_get_ident (thread), ==, 0);
  g_assert_cmpint (thr_thread_get_native_id (thread), ==, 0);
  g_assert_null (thr_thread_get_error (thread));
  g_assert_finalize_object (thread);
  g_assert_cmpint (n, ==, 0);
}

static void
test_start_and_join (void)
{
  int n = 0;
  ThrThread *thread = thr_thread_new (NULL, count_func, &n, NULL);

  start (thread);
  g_assert_cmpuint (thr_thread_get_ident (thread), !=, 0);
  join (thread);
  g_assert_cmpint (n, ==, 1);
  g_assert_cmpint (thr_thread_get_state (thread), ==, THR_THREAD_STATE_FINISHED);
  g_assert_false (thr_thread_is_alive (thread));
  g_assert_finalize_object (thread);
}

static void
test_start_twice (void)
{
  Stage stage;
  ThrThread *thread = start_on_stage (&stage);
  g_autoptr (GError) error = NULL;

  g_assert_true (thr_thread_is_alive (thread));
  g_assert_false (thr_thread_start (thread, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_ALREADY_STARTED);
  g_clear_error (&error);

  gate_open (&stage.go);
  join (thread);
  g_assert_false (thr_thread_start (thread, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_ALREADY_STARTED);

  g_assert_finalize_object (thread);
  stage_clear (&stage);
}

static void
test_without_function (void)
{
  ThrThread *thread = thr_thread_new (NULL, NULL, NULL, NULL);

  start (thread);
  join (thread);
  g_assert_cmpint (thr_thread_get_state (thread), ==, THR_THREAD_STATE_FINISHED);
  g_assert_finalize_object (thread);
}

/* --- Failing --- */

static gboolean
fail_func (ThrThread  *thread,
           gpointer    user_data,
           GError    **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY, "no time");
  return FALSE;
}

static gboolean
no_result_func (ThrThread  *thread,
                gpointer    user_data,
                GError    **error)
{
  return FALSE;
}

static void
test_failed (void)
{
  ThrThread *thread = thr_thread_new (NULL, fail_func, NULL, NULL);
  g_autoptr (GError) copy = NULL;

  start (thread);
  join (thread);
  g_assert_cmpint (thr_thread_get_state (thread), ==, THR_THREAD_STATE_FAILED);
  g_assert_error (thr_thread_get_error (thread), G_IO_ERROR, G_IO_ERROR_BUSY);
  g_object_get (thread, "error", &copy, NULL);
  g_assert_cmpstr (copy->message, ==, "no time");
  g_assert_finalize_object (thread);
}

static void
test_no_result (void)
{
  ThrThread *thread = thr_thread_new (NULL, no_result_func, NULL, NULL);

  start (thread);
  join (thread);
  g_assert_cmpint (thr_thread_get_state (thread), ==, THR_THREAD_STATE_FAILED);
  g_assert_error (thr_thread_get_error (thread), THR_ERROR, THR_ERROR_NO_RESULT);
  g_assert_finalize_object (thread);
}

/* --- Numbers and names --- */

typedef struct
{
  guint64 ident;
  gint64  native_id;
} Numbers;

static gboolean
numbers_func (ThrThread  *thread,
              gpointer    user_data,
              GError    **error)
{
  Numbers *numbers = user_data;

  g_assert_true (thr_thread_current () == thread);
  g_assert_true (thr_thread_is_alive (thread));
  numbers->ident = thr_get_ident ();
  numbers->native_id = thr_get_native_id ();
  g_assert_cmpuint (thr_thread_get_ident (thread), ==, numbers->ident);
  return TRUE;
}

static void
test_numbers (void)
{
  Numbers numbers = { 0, 0 };
  ThrThread *thread = thr_thread_new (NULL, numbers_func, &numbers, NULL);
  guint64 ident;
  gint64 native_id;

  start (thread);
  ident = thr_thread_get_ident (thread);
  native_id = thr_thread_get_native_id (thread);
  g_assert_cmpuint (ident, !=, 0);
  g_assert_cmpint (native_id, >, 0);

  join (thread);
  g_assert_cmpuint (numbers.ident, ==, ident);
  g_assert_cmpint (numbers.native_id, ==, native_id);
  /* They stay after the end. */
  g_assert_cmpuint (thr_thread_get_ident (thread), ==, ident);
  g_assert_cmpint (thr_thread_get_native_id (thread), ==, native_id);
  g_assert_finalize_object (thread);
}

static void
assert_default_name (ThrThread *thread)
{
  g_autofree char *name = thr_object_dup_name (THR_OBJECT (thread));

  g_assert_true (g_regex_match_simple ("^Thread-[0-9]+$", name, 0, 0));
}

static void
test_name_default (void)
{
  ThrThread *unnamed = thr_thread_new (NULL, nothing_func, NULL, NULL);
  ThrThread *empty = thr_thread_new ("", nothing_func, NULL, NULL);
  ThrThread *bare = g_object_new (THR_TYPE_THREAD, NULL);
  ThrThread *named = thr_thread_new ("carla", nothing_func, NULL, NULL);
  g_autofree char *name = thr_object_dup_name (THR_OBJECT (named));

  assert_default_name (unnamed);
  assert_default_name (empty);
  assert_default_name (bare);
  g_assert_cmpstr (name, ==, "carla");

  g_assert_finalize_object (unnamed);
  g_assert_finalize_object (empty);
  g_assert_finalize_object (bare);
  g_assert_finalize_object (named);
}

/* What the system shows, without the line's end. */
static char *
read_os_name (gint64 native_id)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/task/%" G_GINT64_FORMAT "/comm",
                                           native_id);
  char *text = NULL;
  GError *error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return g_strchomp (text);
}

static void
assert_os_name (ThrThread  *thread,
                const char *expected)
{
  g_autofree char *name = read_os_name (thr_thread_get_native_id (thread));

  g_assert_cmpstr (name, ==, expected);
}

static void
test_name_for_the_system (void)
{
  Stage stage;
  ThrThread *thread = thr_thread_new ("fifteenletters+more", stage_func, &stage, NULL);
  ThrThread *main_thread = thr_thread_get_main ();
  g_autofree char *before = read_os_name (thr_thread_get_native_id (main_thread));
  g_autofree char *name = NULL;

  stage_init (&stage);
  start (thread);
  gate_wait (&stage.begun);
  assert_os_name (thread, "fifteenletters+");

  thr_object_set_name (THR_OBJECT (thread), "renamed");
  assert_os_name (thread, "renamed");

  /* Cut at a character: the eighth is of two bytes and would be halved. */
  thr_object_set_name (THR_OBJECT (thread), "ääääääää");
  assert_os_name (thread, "äääääää");

  /* The main thread has the program's name for the system, and keeps it. */
  thr_object_set_name (THR_OBJECT (main_thread), "another");
  assert_os_name (main_thread, before);
  name = thr_object_dup_name (THR_OBJECT (main_thread));
  g_assert_cmpstr (name, ==, "another");
  thr_object_set_name (THR_OBJECT (main_thread), "MainThread");

  leave_stage (thread, &stage);
}

static void
test_renamed_after_the_end (void)
{
  ThrThread *thread = thr_thread_new ("before", nothing_func, NULL, NULL);
  g_autofree char *name = NULL;

  start (thread);
  join (thread);
  thr_object_set_name (THR_OBJECT (thread), "after");
  name = thr_object_dup_name (THR_OBJECT (thread));
  g_assert_cmpstr (name, ==, "after");
  join (thread);
  g_assert_finalize_object (thread);
}

/* --- Daemons --- */

static gboolean
make_threads_func (ThrThread  *thread,
                   gpointer    user_data,
                   GError    **error)
{
  ThrThread *child = thr_thread_new (NULL, nothing_func, NULL, NULL);

  g_assert_true (thr_thread_get_daemon (child) == thr_thread_get_daemon (thread));
  g_assert_finalize_object (child);
  return TRUE;
}

static gpointer
make_in_foreign_thread (gpointer data)
{
  ThrThread *child = thr_thread_new (NULL, nothing_func, NULL, NULL);

  g_assert_true (thr_thread_get_daemon (child));
  g_assert_finalize_object (child);
  return NULL;
}

static void
test_daemon_inherited (void)
{
  ThrThread *plain = thr_thread_new (NULL, make_threads_func, NULL, NULL);
  ThrThread *daemon = thr_thread_new (NULL, make_threads_func, NULL, NULL);

  g_assert_false (thr_thread_get_daemon (plain));
  g_object_set (daemon, "daemon", TRUE, NULL);
  g_assert_true (thr_thread_get_daemon (daemon));

  start (plain);
  start (daemon);
  g_thread_join (g_thread_new ("foreign", make_in_foreign_thread, NULL));
  join_and_finalize (plain);
  join_and_finalize (daemon);
}

static void
test_change_after_start (void)
{
  Stage stage;
  ThrThread *thread = start_on_stage (&stage);
  g_autoptr (GError) error = NULL;

  g_assert_false (thr_thread_set_daemon (thread, TRUE, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_ALREADY_STARTED);
  g_assert_false (thr_thread_get_daemon (thread));
  g_clear_error (&error);

  g_assert_false (thr_thread_set_stack_size (thread, 65536, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_ALREADY_STARTED);
  g_clear_error (&error);

  g_test_expect_message ("Thr", G_LOG_LEVEL_WARNING, "*daemon is not changed*");
  g_object_set (thread, "daemon", TRUE, NULL);
  g_test_assert_expected_messages ();

  leave_stage (thread, &stage);
}

/* --- What it owns --- */

static gboolean
cancelled_func (ThrThread  *thread,
                gpointer    user_data,
                GError    **error)
{
  GCancellable *cancellable = thr_thread_get_cancellable (thread);
  GPollFD fd;

  g_assert_true (g_cancellable_make_pollfd (cancellable, &fd));
  gate_open (user_data);
  g_poll (&fd, 1, -1);
  g_cancellable_release_fd (cancellable);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static void
test_cancel (void)
{
  Gate begun;
  ThrThread *thread;

  gate_init (&begun);
  thread = thr_thread_new (NULL, cancelled_func, &begun, NULL);
  start (thread);
  gate_wait (&begun);
  thr_thread_cancel (thread);
  join (thread);
  g_assert_error (thr_thread_get_error (thread), G_IO_ERROR, G_IO_ERROR_CANCELLED);
  thr_thread_cancel (thread);
  g_assert_finalize_object (thread);
  gate_clear (&begun);
}

static void
test_keeps_itself_alive (void)
{
  Stage stage;
  ThrThread *thread = start_on_stage (&stage);
  gpointer weak = thread;

  g_object_add_weak_pointer (G_OBJECT (thread), &weak);
  g_object_unref (thread);
  g_assert_true (weak == thread);

  g_object_ref (thread);
  gate_open (&stage.go);
  join (thread);
  g_object_unref (thread);
  g_assert_null (weak);
  stage_clear (&stage);
}

typedef struct
{
  GThread *thread;
  int      n;
} Destroyed;

static void
destroyed_cb (gpointer data)
{
  Destroyed *destroyed = data;

  destroyed->thread = g_thread_self ();
  destroyed->n++;
}

static void
test_notify_at_home (void)
{
  Destroyed destroyed = { NULL, 0 };
  ThrThread *thread = thr_thread_new (NULL, nothing_func, &destroyed, destroyed_cb);

  start (thread);
  join (thread);
  g_assert_cmpint (destroyed.n, ==, 1);
  g_assert_true (destroyed.thread == g_thread_self ());
  g_assert_finalize_object (thread);
  g_assert_cmpint (destroyed.n, ==, 1);
}

static void
test_notify_never_started (void)
{
  Destroyed destroyed = { NULL, 0 };
  ThrThread *thread = thr_thread_new (NULL, nothing_func, &destroyed, destroyed_cb);

  g_assert_finalize_object (thread);
  /* Nothing is dispatched from finalize; the home does it. */
  while (destroyed.n == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (destroyed.n, ==, 1);
}

/* --- Stacks --- */

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
measure_stack (gint64 bytes)
{
  gsize size = 0;
  ThrThread *thread = thr_thread_new (NULL, stack_func, &size, NULL);
  g_autoptr (GError) error = NULL;

  thr_thread_set_stack_size (thread, bytes, &error);
  g_assert_no_error (error);
  g_assert_cmpint (thr_thread_get_stack_size (thread), ==, bytes);
  start (thread);
  join (thread);
  g_object_unref (thread);
  return size;
}

static void
test_stack_size (void)
{
  /* glibc keeps the stacks of ended threads, and uses one again when it is at most
   * four times as large as it has to be. */
  const gsize slack = 256 * 1024;
  gint64 sizes[] = { 32 * 1024, 100 * 1000, 512 * 1024, 3 * 1024 * 1024 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      gsize measured = measure_stack (sizes[i]);

      g_assert_cmpuint (measured, >=, sizes[i]);
      g_assert_cmpuint (measured, <=, 4 * (sizes[i] + slack));
    }
}

static void
test_stack_size_bad (void)
{
  ThrThread *thread = thr_thread_new (NULL, nothing_func, NULL, NULL);
  gint64 sizes[] = { -1, 1, 4096, 32767, G_MININT64 };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_assert_false (thr_thread_set_stack_size (thread, sizes[i], &error));
      g_assert_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
      g_clear_error (&error);
    }
  g_assert_cmpint (thr_thread_get_stack_size (thread), ==, 0);

  /* More than any machine has: found out when it is started, and it stays new. */
  thr_thread_set_stack_size (thread, G_MAXINT64 / 2, NULL);
  g_assert_false (thr_thread_start (thread, &error));
  if (!g_error_matches (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT))
    g_assert_error (error, THR_ERROR, THR_ERROR_RESOURCES);
  g_assert_cmpint (thr_thread_get_state (thread), ==, THR_THREAD_STATE_NEW);
  g_assert_cmpuint (thr_thread_count_alive (), ==, 1);

  g_assert_true (thr_thread_set_stack_size (thread, 0, NULL));
  start (thread);
  join (thread);
  g_assert_finalize_object (thread);
}

/* --- Other bodies --- */

#define TEST_TYPE_THREAD (test_thread_get_type ())
G_DECLARE_FINAL_TYPE (TestThread, test_thread, TEST, THREAD, ThrThread)

struct _TestThread
{
  ThrThread parent_instance;
  int       n_runs;
};

G_DEFINE_FINAL_TYPE (TestThread, test_thread, THR_TYPE_THREAD)

static gboolean
test_thread_run (ThrThread  *thread,
                 GError    **error)
{
  TEST_THREAD (thread)->n_runs++;
  return TRUE;
}

static void
test_thread_class_init (TestThreadClass *klass)
{
  THR_THREAD_CLASS (klass)->run = test_thread_run;
}

static void
test_thread_init (TestThread *self)
{
}

static void
test_subclass (void)
{
  TestThread *thread = g_object_new (TEST_TYPE_THREAD, "name", "derived", "daemon", TRUE, NULL);

  g_assert_true (thr_thread_get_daemon (THR_THREAD (thread)));
  start (THR_THREAD (thread));
  join (THR_THREAD (thread));
  g_assert_cmpint (thread->n_runs, ==, 1);
  g_assert_finalize_object (thread);
}

#define TEST_TYPE_CALLABLE (test_callable_get_type ())
G_DECLARE_FINAL_TYPE (TestCallable, test_callable, TEST, CALLABLE, GObject)

struct _TestCallable
{
  GObject       parent_instance;
  GCancellable *cancellable; /* borrowed; compared only */
  gboolean      fails;
};

static gboolean
test_callable_call (ThrCallable   *callable,
                    GValue        *result,
                    GCancellable  *cancellable,
                    GError       **error)
{
  TestCallable *self = TEST_CALLABLE (callable);

  self->cancellable = cancellable;
  if (self->fails)
    return FALSE;

  g_value_init (result, G_TYPE_STRING);
  g_value_set_string (result, "nobody asks for this");
  return TRUE;
}

static void
test_callable_iface_init (ThrCallableInterface *iface)
{
  iface->call = test_callable_call;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestCallable, test_callable, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (THR_TYPE_CALLABLE,
                                                      test_callable_iface_init))

static void
test_callable_class_init (TestCallableClass *klass)
{
}

static void
test_callable_init (TestCallable *self)
{
}

static void
test_callable (void)
{
  TestCallable *callable = g_object_new (TEST_TYPE_CALLABLE, NULL);
  ThrThread *thread = thr_thread_new_callable ("called", THR_CALLABLE (callable));
  ThrThread *made = g_object_new (THR_TYPE_THREAD, "target", callable, NULL);

  start (thread);
  join (thread);
  g_assert_true (callable->cancellable == thr_thread_get_cancellable (thread));
  g_assert_finalize_object (thread);

  callable->fails = TRUE;
  start (made);
  join (made);
  g_assert_error (thr_thread_get_error (made), THR_ERROR, THR_ERROR_NO_RESULT);
  g_assert_finalize_object (made);
  g_assert_finalize_object (callable);
}

/* --- Many --- */

static void
test_thousand (void)
{
  int n = 0;

  for (guint round = 0; round < 10; round++)
    {
      ThrThread *threads[100];

      for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        {
          threads[i] = thr_thread_new (NULL, count_func, &n, NULL);
          start (threads[i]);
        }
      for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        join_and_finalize (threads[i]);
    }

  g_assert_cmpint (n, ==, 1000);
  g_assert_cmpuint (thr_thread_count_alive (), ==, 1);
}

static void
weak_ended_cb (gpointer  data,
               GObject  *where)
{
  g_atomic_int_dec_and_test ((int *) data);
}

/* Without a loop and without a join: what has ended is freed by the starts that
 * follow, and detached. */
static void
test_never_joined (void)
{
  int n_objects = 0;
  int n_runs = 0;

  for (guint i = 0; i < 1000; i++)
    {
      ThrThread *thread = thr_thread_new (NULL, count_func, &n_runs, NULL);

      g_atomic_int_inc (&n_objects);
      g_object_weak_ref (G_OBJECT (thread), weak_ended_cb, &n_objects);
      start (thread);
      g_object_unref (thread);
    }

  while (thr_thread_count_alive () > 1)
    g_thread_yield ();
  g_assert_cmpint (n_runs, ==, 1000);
  g_assert_cmpint (g_atomic_int_get (&n_objects), <, 500);
  while (g_atomic_int_get (&n_objects) > 0)
    g_main_context_iteration (NULL, FALSE);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  thr_set_error_hook (silent_hook, NULL, NULL);

  g_test_add_func ("/thread/nothing-before-start", test_nothing_before_start);
  g_test_add_func ("/thread/start-and-join", test_start_and_join);
  g_test_add_func ("/thread/start-twice", test_start_twice);
  g_test_add_func ("/thread/without-function", test_without_function);
  g_test_add_func ("/thread/failed", test_failed);
  g_test_add_func ("/thread/no-result", test_no_result);
  g_test_add_func ("/thread/numbers", test_numbers);
  g_test_add_func ("/thread/name-default", test_name_default);
  g_test_add_func ("/thread/name-for-the-system", test_name_for_the_system);
  g_test_add_func ("/thread/renamed-after-the-end", test_renamed_after_the_end);
  g_test_add_func ("/thread/daemon-inherited", test_daemon_inherited);
  g_test_add_func ("/thread/change-after-start", test_change_after_start);
  g_test_add_func ("/thread/cancel", test_cancel);
  g_test_add_func ("/thread/keeps-itself-alive", test_keeps_itself_alive);
  g_test_add_func ("/thread/notify-at-home", test_notify_at_home);
  g_test_add_func ("/thread/notify-never-started", test_notify_never_started);
  g_test_add_func ("/thread/stack-size", test_stack_size);
  g_test_add_func ("/thread/stack-size-bad", test_stack_size_bad);
  g_test_add_func ("/thread/subclass", test_subclass);
  g_test_add_func ("/thread/callable", test_callable);
  g_test_add_func ("/thread/thousand", test_thousand);
  g_test_add_func ("/thread/never-joined", test_never_joined);

  return g_test_run ();
}
