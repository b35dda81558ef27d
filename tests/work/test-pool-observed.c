/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "work/work-funcs.h"

/* What the observers of a pool are told about its tasks. */

/* What is known of a task: 1 is begun, 2 is ended. */
static int
get_phase (gpointer task)
{
  return GPOINTER_TO_INT (g_object_get_data (task, "phase"));
}

static void
set_phase (gpointer task,
           int      phase)
{
  g_object_set_data (task, "phase", GINT_TO_POINTER (phase));
}

static void
note_started (ThrPool *pool,
              ThrTask *task,
              int     *count)
{
  g_assert_cmpint (get_phase (task), ==, 0);
  set_phase (task, 1);
  *count += 1;
}

static void
note_finished (ThrPool *pool,
               ThrTask *task,
               int     *count)
{
  g_assert_true (thr_future_is_done (THR_FUTURE (task)));
  g_assert_cmpint (get_phase (task), !=, 2);
  set_phase (task, 2);
  *count += 1;
}

static void
test_signals (void)
{
  ThrPool *pool = thr_pool_new (2);
  ThrTask *tasks[100], *first;
  int n_started = 0, n_finished = 0, n_observed = 0, n_run = 0;
  Hold hold;

  g_signal_connect_swapped (pool, "notify::observed", G_CALLBACK (count_data), &n_observed);
  g_signal_connect (pool, "task-started", G_CALLBACK (note_started), &n_started);
  g_signal_connect (pool, "task-finished", G_CALLBACK (note_finished), &n_finished);
  g_assert_false (thr_pool_get_observed (pool));
  first = occupy (pool, &hold);
  g_assert_true (thr_pool_get_observed (pool));
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    tasks[i] = thr_pool_submit (pool, count_func, &n_run, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i += 10)
    thr_future_cancel (THR_FUTURE (tasks[i]));
  g_assert_cmpint (n_started, ==, 0);
  let_go (first, &hold);
  shut_down (pool);
  drain ();

  g_assert_cmpint (n_finished, ==, 101);
  g_assert_cmpint (n_started, ==, 1 + n_run);
  g_assert_cmpint (n_observed, ==, 1);
  end_pool (pool);
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    g_assert_finalize_object (tasks[i]);
}

/* Nobody observes: nothing is told, whatever is connected later. */
static void
test_not_observed (void)
{
  ThrPool *pool = thr_pool_new (1);
  int n_finished = 0;
  ThrTask *first;
  Hold hold;

  first = occupy (pool, &hold);
  g_signal_connect (pool, "task-finished", G_CALLBACK (note_finished), &n_finished);
  let_go (first, &hold);
  end_pool (pool);
  g_assert_cmpint (n_finished, ==, 0);
}

/* --- The model --- */

typedef struct
{
  guint n;
  guint n_changes;
} Mirror;

static void
mirror_changed (GListModel *model,
                guint       position,
                guint       removed,
                guint       added,
                Mirror     *mirror)
{
  g_assert_cmpuint (position + removed, <=, mirror->n);
  mirror->n = mirror->n - removed + added;
  mirror->n_changes++;
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, mirror->n);
}

static void
test_model (void)
{
  ThrPool *pool = thr_pool_new (1);
  Mirror mirror = { 0, 0 };
  GListModel *model;
  ThrTask *first, *tasks[10];
  int n_run = 0;
  Hold hold;

  model = thr_pool_get_tasks (pool);
  g_assert_true (thr_pool_get_tasks (pool) == model);
  g_assert_true (thr_pool_get_observed (pool));
  g_assert_true (g_list_model_get_item_type (model) == THR_TYPE_TASK);
  g_signal_connect (model, "items-changed", G_CALLBACK (mirror_changed), &mirror);

  first = occupy (pool, &hold);
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    tasks[i] = thr_pool_submit (pool, count_func, &n_run, NULL);
  /* It changes at home only. */
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 0);
  drain ();
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 11);
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    {
      g_autoptr (ThrTask) item = g_list_model_get_item (model, i + 1);

      g_assert_true (item == tasks[i]);
    }
  g_assert_null (g_list_model_get_item (model, 11));

  thr_future_cancel (THR_FUTURE (tasks[5]));
  drain ();
  g_assert_cmpuint (mirror.n, ==, 10);
  let_go (first, &hold);
  shut_down (pool);
  drain ();
  g_assert_cmpuint (mirror.n, ==, 0);
  g_assert_cmpuint (mirror.n_changes, ==, 22);
  end_pool (pool);
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    g_assert_finalize_object (tasks[i]);
}

/* Refused ones come and go, too. */
static void
test_refused (void)
{
  ThrPool *pool = thr_pool_new (1);
  int n_started = 0, n_finished = 0, n_run = 0;
  ThrTask *task;

  g_signal_connect (pool, "task-started", G_CALLBACK (note_started), &n_started);
  g_signal_connect (pool, "task-finished", G_CALLBACK (note_finished), &n_finished);
  shut_down (pool);
  task = thr_pool_submit (pool, count_func, &n_run, NULL);
  assert_failed (task, THR_ERROR, THR_ERROR_SHUT_DOWN);
  drain ();
  g_assert_cmpint (n_started, ==, 0);
  g_assert_cmpint (n_finished, ==, 1);
  end_pool (pool);
  g_assert_finalize_object (task);
}

static void
iterate_in_handler (ThrPool *pool,
                    ThrTask *task,
                    int     *count)
{
  static int depth;

  note_finished (pool, task, count);
  /* A dialog: the rest must go on inside of it. */
  if (depth < 3)
    {
      depth++;
      g_main_context_iteration (NULL, FALSE);
      depth--;
    }
}

/* Workers report while the home listens, with main loops inside of handlers. */
static void
test_storm (void)
{
  ThrPool *pool = thr_pool_new (2);
  guint n = rounds (5000);
  int n_started = 0, n_finished = 0, n_run = 0;
  Mirror mirror = { 0, 0 };

  g_signal_connect (pool, "task-started", G_CALLBACK (note_started), &n_started);
  g_signal_connect (pool, "task-finished", G_CALLBACK (iterate_in_handler), &n_finished);
  g_signal_connect (thr_pool_get_tasks (pool), "items-changed",
                    G_CALLBACK (mirror_changed), &mirror);
  for (guint i = 0; i < n; i++)
    {
      g_object_unref (thr_pool_submit (pool, count_func, &n_run, NULL));
      if (i % 16 == 0)
        g_main_context_iteration (NULL, FALSE);
    }
  shut_down (pool);
  drain ();
  g_assert_cmpint (n_run, ==, n);
  g_assert_cmpint (n_started, ==, n);
  g_assert_cmpint (n_finished, ==, n);
  g_assert_cmpuint (mirror.n, ==, 0);
  end_pool (pool);
}

/* The pool goes while its tasks report. */
static void
test_dropped (void)
{
  for (guint i = 0; i < rounds (300); i++)
    {
      ThrPool *pool = thr_pool_new (2);
      int n_run = 0;

      thr_pool_set_observed (pool, TRUE);
      for (guint j = 0; j < 20; j++)
        g_object_unref (thr_pool_submit (pool, count_func, &n_run, NULL));
      g_object_unref (pool);
      while (g_atomic_int_get (&n_run) < 20)
        drain ();
    }
  while (thr_thread_count_alive () > 1)
    drain ();
  drain ();
}

static void
note_pool (GString *heard)
{
  g_string_append_c (heard, heard->len == 0 ? '[' : ']');
}

static void
note_begin (GString *heard)
{
  g_string_append_c (heard, 's');
}

static void
note_end (GString *heard)
{
  g_string_append_c (heard, 'f');
}

/* The pool's own start comes before what its tasks do, and its end after that, also
 * when the workers are faster than the thread that makes them. */
static void
test_order (void)
{
  for (guint i = rounds (200); i > 0; i--)
    {
      ThrPool *pool = thr_pool_new (2);
      g_autoptr (GString) heard = g_string_new (NULL);
      int n_run = 0;

      g_signal_connect_swapped (pool, "started", G_CALLBACK (note_pool), heard);
      g_signal_connect_swapped (pool, "finished", G_CALLBACK (note_pool), heard);
      g_signal_connect_swapped (pool, "task-started", G_CALLBACK (note_begin), heard);
      g_signal_connect_swapped (pool, "task-finished", G_CALLBACK (note_end), heard);
      for (guint j = 0; j < 3; j++)
        g_object_unref (thr_pool_submit (pool, count_func, &n_run, NULL));
      if (i % 2 == 0)
        shut_down (pool);
      else
        g_assert_true (thr_pool_shutdown (pool, FALSE, FALSE, NULL));
      while (heard->len < 8)
        g_main_context_iteration (NULL, TRUE);

      g_assert_cmpint (heard->str[0], ==, '[');
      g_assert_cmpint (heard->str[7], ==, ']');
      g_assert_null (memchr (heard->str + 1, ']', 6));
      end_pool (pool);
    }
}

/* Nobody runs the loop: what nobody hears is not kept. The tasks that have ended leave
 * the model as well. */
static void
test_no_loop (void)
{
  const guint n = rounds (20000);
  ThrPool *pool = thr_pool_new (2);
  GListModel *model = thr_pool_get_tasks (pool);
  guint most = 0, n_alive = 0;
  g_autofree gpointer *tasks = g_new0 (gpointer, n);

  for (guint i = 0; i < n; i++)
    {
      ThrTask *task = thr_pool_submit (pool, echo_func, NULL, NULL);

      wait_for (THR_FUTURE (task));
      tasks[i] = task;
      g_object_add_weak_pointer (G_OBJECT (task), &tasks[i]);
      g_object_unref (task);
      most = MAX (most, g_list_model_get_n_items (model));
    }
  for (guint i = 0; i < n; i++)
    n_alive += tasks[i] != NULL;
  g_assert_cmpuint (most, <, 500);
  g_assert_cmpuint (n_alive, <, 1000);

  shut_down (pool);
  drain ();
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 0);
  for (guint i = 0; i < n; i++)
    g_assert_null (tasks[i]);
  end_pool (pool);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pool-observed/signals", test_signals);
  g_test_add_func ("/pool-observed/not-observed", test_not_observed);
  g_test_add_func ("/pool-observed/model", test_model);
  g_test_add_func ("/pool-observed/refused", test_refused);
  g_test_add_func ("/pool-observed/order", test_order);
  g_test_add_func ("/pool-observed/storm", test_storm);
  g_test_add_func ("/pool-observed/no-loop", test_no_loop);
  g_test_add_func ("/pool-observed/dropped", test_dropped);

  return g_test_run ();
}
