/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "thread/test-stage.h"

/* Waiting for the end of a thread on a main loop. */

typedef struct
{
  GAsyncResult *result;
  GThread      *thread;
  int           n;
} Answer;

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  Answer *answer = user_data;

  g_assert_true (THR_IS_THREAD (source));
  answer->result = g_object_ref (result);
  answer->thread = g_thread_self ();
  answer->n++;
}

static void
wait_for_answer (Answer *answer)
{
  while (answer->n == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (answer->n, ==, 1);
  g_assert_true (answer->thread == g_thread_self ());
}

static gboolean
finish (ThrThread  *thread,
        Answer     *answer,
        GError    **error)
{
  gboolean joined = thr_thread_join_finish (thread, answer->result, error);

  g_clear_object (&answer->result);
  return joined;
}

static void
test_ended_later (void)
{
  Stage stage;
  ThrThread *thread = start_on_stage (&stage);
  Answer answers[3] = { { NULL, }, };
  GError *error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    thr_thread_join_async (thread, NULL, answered_cb, &answers[i]);
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpint (answers[0].n, ==, 0);

  gate_open (&stage.go);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      wait_for_answer (&answers[i]);
      g_assert_true (finish (thread, &answers[i], &error));
      g_assert_no_error (error);
    }
  g_assert_false (thr_thread_is_alive (thread));
  leave_stage (thread, &stage);
}

static void
test_ended_before (void)
{
  ThrThread *thread = thr_thread_new (NULL, nothing_func, NULL, NULL);
  Answer answer = { NULL, };
  GError *error = NULL;

  start (thread);
  join (thread);
  thr_thread_join_async (thread, NULL, answered_cb, &answer);
  /* A callback always comes later. */
  g_assert_cmpint (answer.n, ==, 0);
  wait_for_answer (&answer);
  g_assert_true (finish (thread, &answer, &error));
  g_assert_no_error (error);
  g_assert_finalize_object (thread);
}

static void
test_not_started (void)
{
  ThrThread *thread = thr_thread_new (NULL, nothing_func, NULL, NULL);
  Answer answer = { NULL, };
  g_autoptr (GError) error = NULL;

  thr_thread_join_async (thread, NULL, answered_cb, &answer);
  wait_for_answer (&answer);
  g_assert_false (finish (thread, &answer, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_NOT_STARTED);
  g_assert_finalize_object (thread);
}

static void
test_itself (void)
{
  Answer answer = { NULL, };
  g_autoptr (GError) error = NULL;

  thr_thread_join_async (thr_thread_get_main (), NULL, answered_cb, &answer);
  wait_for_answer (&answer);
  g_assert_false (finish (thr_thread_get_main (), &answer, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_SELF_JOIN);
}

static void
test_cancelled (void)
{
  Stage stage;
  ThrThread *thread = start_on_stage (&stage);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  for (guint round = 0; round < 2; round++)
    {
      Answer answer = { NULL, };

      /* In the second round it is cancelled before. */
      thr_thread_join_async (thread, cancellable, answered_cb, &answer);
      g_cancellable_cancel (cancellable);
      g_assert_cmpint (answer.n, ==, 0);
      wait_for_answer (&answer);
      g_assert_false (finish (thread, &answer, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_error (&error);
    }

  g_assert_true (thr_thread_is_alive (thread));
  leave_stage (thread, &stage);
}

static void
test_result_dropped (void)
{
  Stage stage;
  ThrThread *thread = start_on_stage (&stage);
  Answer answer = { NULL, };

  thr_thread_join_async (thread, NULL, answered_cb, &answer);
  thr_thread_join_async (thread, NULL, NULL, NULL);
  gate_open (&stage.go);
  wait_for_answer (&answer);
  g_clear_object (&answer.result);
  leave_stage (thread, &stage);
}

static void
test_finished_twice (void)
{
  ThrThread *thread = thr_thread_new (NULL, nothing_func, NULL, NULL);
  ThrThread *other = thr_thread_new (NULL, nothing_func, NULL, NULL);
  Answer answer = { NULL, };
  g_autoptr (GError) error = NULL;

  start (thread);
  thr_thread_join_async (thread, NULL, answered_cb, &answer);
  wait_for_answer (&answer);
  g_assert_false (thr_thread_join_finish (other, answer.result, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_true (thr_thread_join_finish (thread, answer.result, &error));
  g_assert_no_error (error);
  g_assert_false (finish (thread, &answer, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_INVALID_STATE);

  join_and_finalize (thread);
  g_assert_finalize_object (other);
}

/* Nobody iterates the home, but somebody joins there: that delivers. */
static void
test_home_without_loop (void)
{
  ThrThread *thread = thr_thread_new (NULL, nothing_func, NULL, NULL);
  Answer answer = { NULL, };

  start (thread);
  thr_thread_join_async (thread, NULL, answered_cb, &answer);
  while (thr_thread_is_alive (thread))
    g_thread_yield ();
  g_assert_cmpint (answer.n, ==, 0);
  join (thread);
  g_assert_cmpint (answer.n, ==, 1);
  g_assert_true (finish (thread, &answer, NULL));
  g_assert_finalize_object (thread);
}

/* The home goes while somebody awaits: nobody is called, nothing is lost. */
static void
test_home_gone (void)
{
  GMainContext *context = g_main_context_new ();
  Stage stage;
  ThrThread *thread;
  Answer answer = { NULL, };

  g_main_context_push_thread_default (context);
  thread = start_on_stage (&stage);
  thr_thread_join_async (thread, NULL, answered_cb, &answer);
  g_main_context_pop_thread_default (context);
  g_main_context_unref (context);
  g_assert_null (thr_object_dup_main_context (THR_OBJECT (thread)));

  gate_open (&stage.go);
  join (thread);
  g_assert_cmpint (answer.n, ==, 0);
  g_assert_finalize_object (thread);
  stage_clear (&stage);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/thread-await/ended-later", test_ended_later);
  g_test_add_func ("/thread-await/ended-before", test_ended_before);
  g_test_add_func ("/thread-await/not-started", test_not_started);
  g_test_add_func ("/thread-await/itself", test_itself);
  g_test_add_func ("/thread-await/cancelled", test_cancelled);
  g_test_add_func ("/thread-await/result-dropped", test_result_dropped);
  g_test_add_func ("/thread-await/finished-twice", test_finished_twice);
  g_test_add_func ("/thread-await/home-without-loop", test_home_without_loop);
  g_test_add_func ("/thread-await/home-gone", test_home_gone);

  return g_test_run ();
}
