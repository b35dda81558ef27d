/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "thread/test-stage.h"

/* What a thread says at home: order, number, and where. */

typedef struct
{
  GString *text;
  GThread *home;
  Gate     go; /* what log_func() waits for */
} Log;

static void
log_init (Log *log)
{
  log->text = g_string_new (NULL);
  log->home = g_thread_self ();
  gate_init (&log->go);
}

static void
log_clear (Log *log)
{
  g_string_free (log->text, TRUE);
  gate_clear (&log->go);
}

static gboolean
log_func (ThrThread  *thread,
          gpointer    user_data,
          GError    **error)
{
  Log *log = user_data;

  gate_wait (&log->go);
  return TRUE;
}

static void
log_line (Log        *log,
          const char *line)
{
  g_assert_true (g_thread_self () == log->home);
  g_string_append (log->text, line);
  g_string_append_c (log->text, ' ');
}

static void
started_cb (ThrThread *thread,
            Log       *log)
{
  log_line (log, "started");
}

static void
finished_cb (ThrThread *thread,
             Log       *log)
{
  g_assert_cmpint (thr_thread_get_state (thread), ==, THR_THREAD_STATE_FINISHED);
  log_line (log, "finished");
}

static void
failed_cb (ThrThread *thread,
           GError    *error,
           Log       *log)
{
  g_assert_cmpint (thr_thread_get_state (thread), ==, THR_THREAD_STATE_FAILED);
  g_assert_error (error, THR_ERROR, THR_ERROR_NO_RESULT);
  log_line (log, "failed");
}

static void
alive_cb (ThrThread  *thread,
          GParamSpec *pspec,
          Log        *log)
{
  /* The home may have come in between, and then there are two changes to tell. */
  if (!g_str_has_suffix (log->text->str, "notify "))
    log_line (log, "notify");
}

static void
joined_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  log_line (user_data, "joined");
}

static void
destroyed_cb (gpointer data)
{
  log_line (data, "destroyed");
}

static void
connect_all (ThrThread *thread,
             Log       *log)
{
  g_signal_connect (thread, "started", G_CALLBACK (started_cb), log);
  g_signal_connect (thread, "finished", G_CALLBACK (finished_cb), log);
  g_signal_connect (thread, "failed", G_CALLBACK (failed_cb), log);
  g_signal_connect (thread, "notify::alive", G_CALLBACK (alive_cb), log);
}

static gboolean
no_result_func (ThrThread  *thread,
                gpointer    user_data,
                GError    **error)
{
  return FALSE;
}

static void
silent_hook (ThrThread    *thread,
             const GError *error,
             gpointer      user_data)
{
}

/* A plain program: no loop, and everything is there after the join. */
static void
test_order (void)
{
  Log log;
  ThrThread *thread;

  log_init (&log);
  thread = thr_thread_new (NULL, log_func, &log, destroyed_cb);
  connect_all (thread, &log);
  start (thread);
  thr_thread_join_async (thread, NULL, joined_cb, &log);
  gate_open (&log.go);
  join (thread);
  g_assert_cmpstr (log.text->str, ==, "started notify finished joined destroyed ");
  g_assert_finalize_object (thread);
  log_clear (&log);
}

static void
test_order_of_failure (void)
{
  Log log;
  ThrThread *thread;

  log_init (&log);
  thread = thr_thread_new (NULL, no_result_func, &log, destroyed_cb);
  connect_all (thread, &log);
  start (thread);
  join (thread);
  g_assert_cmpstr (log.text->str, ==, "started notify failed destroyed ");
  g_assert_finalize_object (thread);
  log_clear (&log);
}

static void
test_with_loop (void)
{
  Log log;
  ThrThread *thread;

  log_init (&log);
  thread = thr_thread_new (NULL, nothing_func, &log, destroyed_cb);
  connect_all (thread, &log);
  start (thread);
  while (strstr (log.text->str, "destroyed") == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (log.text->str, ==, "started notify finished destroyed ");
  join_and_finalize (thread);
  log_clear (&log);
}

/* A handler of "started" is called while the thread still runs. */
static void
test_started_while_running (void)
{
  Stage stage;
  Log log;
  ThrThread *thread;

  log_init (&log);
  stage_init (&stage);
  thread = thr_thread_new (NULL, stage_func, &stage, NULL);
  g_signal_connect (thread, "started", G_CALLBACK (started_cb), &log);
  start (thread);
  while (log.text->len == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (thr_thread_is_alive (thread));
  leave_stage (thread, &stage);
  g_assert_cmpstr (log.text->str, ==, "started ");
  log_clear (&log);
}

/* A wait that timed out delivers what is there, too. */
static void
test_after_time_out (void)
{
  Stage stage;
  Log log;
  ThrThread *thread;

  log_init (&log);
  stage_init (&stage);
  thread = thr_thread_new (NULL, stage_func, &stage, NULL);
  g_signal_connect (thread, "started", G_CALLBACK (started_cb), &log);
  start (thread);
  gate_wait (&stage.begun);
  g_assert_false (thr_thread_join_timed (thread, 0, NULL, NULL));
  g_assert_cmpstr (log.text->str, ==, "started ");
  leave_stage (thread, &stage);
  log_clear (&log);
}

static gpointer
other_home (gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  for (guint i = 0; i < 20; i++)
    test_order ();
  g_main_context_pop_thread_default (context);

  return NULL;
}

static void
test_two_homes (void)
{
  GThread *other = g_thread_new ("other home", other_home, NULL);

  for (guint i = 0; i < 20; i++)
    test_order ();
  g_thread_join (other);
}

static gboolean
join_elsewhere_func (ThrThread  *thread,
                     gpointer    user_data,
                     GError    **error)
{
  return thr_thread_join (user_data, error);
}

/* Who joins away from home dispatches nothing. */
static void
test_joined_elsewhere (void)
{
  Log log;
  ThrThread *thread, *joiner;

  log_init (&log);
  thread = thr_thread_new (NULL, nothing_func, &log, destroyed_cb);
  connect_all (thread, &log);
  joiner = thr_thread_new (NULL, join_elsewhere_func, thread, NULL);
  start (thread);
  start (joiner);
  join_and_finalize (joiner);
  join (thread);
  g_assert_cmpstr (log.text->str, ==, "started notify finished destroyed ");
  g_assert_finalize_object (thread);
  log_clear (&log);
}

/* The home has gone: the thread runs to its end, nobody is called, and what the
 * user gave is freed all the same. */
static void
destroyed_anywhere_cb (gpointer data)
{
  g_atomic_int_inc ((int *) data);
}

static void
fail_if_called_cb (ThrThread *thread,
                   gpointer   user_data)
{
  g_assert_not_reached ();
}

static gboolean
wait_at_gate_func (ThrThread  *thread,
                   gpointer    user_data,
                   GError    **error)
{
  gate_wait (g_object_get_data (G_OBJECT (thread), "gate"));
  return TRUE;
}

static void
test_home_gone (void)
{
  GMainContext *context = g_main_context_new ();
  int n_destroyed = 0;
  Gate gate;
  ThrThread *thread;

  gate_init (&gate);
  g_main_context_push_thread_default (context);
  thread = thr_thread_new (NULL, wait_at_gate_func, &n_destroyed, destroyed_anywhere_cb);
  g_main_context_pop_thread_default (context);
  g_object_set_data (G_OBJECT (thread), "gate", &gate);
  g_signal_connect (thread, "finished", G_CALLBACK (fail_if_called_cb), NULL);
  start (thread);
  g_main_context_unref (context);

  gate_open (&gate);
  join (thread);
  g_assert_cmpint (n_destroyed, ==, 1);
  g_assert_finalize_object (thread);
  gate_clear (&gate);
}

static void
named_cb (ThrThread  *thread,
          GParamSpec *pspec,
          Log        *log)
{
  log_line (log, pspec->name);
}

static void
test_changes (void)
{
  Log log;
  ThrThread *thread;

  log_init (&log);
  thread = thr_thread_new ("before", nothing_func, NULL, NULL);
  g_signal_connect (thread, "notify::daemon", G_CALLBACK (named_cb), &log);
  g_signal_connect (thread, "notify::name", G_CALLBACK (named_cb), &log);
  g_object_set (thread, "daemon", TRUE, "name", "after", NULL);
  g_object_set (thread, "daemon", FALSE, "name", "last", NULL);
  /* Never inside a setter. */
  g_assert_cmpstr (log.text->str, ==, "");
  start (thread);
  join (thread);
  g_assert_cmpstr (log.text->str, ==, "name daemon ");
  g_assert_finalize_object (thread);
  log_clear (&log);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  thr_set_error_hook (silent_hook, NULL, NULL);

  g_test_add_func ("/thread-signals/order", test_order);
  g_test_add_func ("/thread-signals/order-of-failure", test_order_of_failure);
  g_test_add_func ("/thread-signals/with-loop", test_with_loop);
  g_test_add_func ("/thread-signals/started-while-running", test_started_while_running);
  g_test_add_func ("/thread-signals/after-time-out", test_after_time_out);
  g_test_add_func ("/thread-signals/two-homes", test_two_homes);
  g_test_add_func ("/thread-signals/joined-elsewhere", test_joined_elsewhere);
  g_test_add_func ("/thread-signals/home-gone", test_home_gone);
  g_test_add_func ("/thread-signals/changes", test_changes);

  return g_test_run ();
}
