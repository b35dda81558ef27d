/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <unistd.h>

#include "thread/test-stage.h"

/* Who is current, who is main, who is alive. */

static gboolean
is_listed (ThrThread *thread)
{
  g_autoptr (GListModel) list = thr_thread_list_alive ();

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (ThrThread) item = g_list_model_get_item (list, i);

      if (item == thread)
        return TRUE;
    }

  return FALSE;
}

static void
test_main (void)
{
  ThrThread *thread = thr_thread_get_main ();
  g_autofree char *name = thr_object_dup_name (THR_OBJECT (thread));
  g_autoptr (GError) error = NULL;

  g_assert_true (thread == thr_thread_current ());
  g_assert_true (thread == thr_thread_get_main ());
  g_assert_cmpstr (name, ==, "MainThread");
  g_assert_true (thr_thread_is_alive (thread));
  g_assert_false (thr_thread_get_daemon (thread));
  g_assert_cmpuint (thr_thread_get_ident (thread), ==, thr_get_ident ());
  g_assert_cmpint (thr_thread_get_native_id (thread), ==, getpid ());
  g_assert_true (is_listed (thread));
  g_assert_cmpuint (thr_thread_count_alive (), ==, 1);

  g_assert_false (thr_thread_start (thread, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_ALREADY_STARTED);
  g_clear_error (&error);
  g_assert_false (thr_thread_set_daemon (thread, TRUE, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_ALREADY_STARTED);
}

static gpointer
ask_for_main (gpointer data)
{
  ThrThread *thread = thr_thread_get_main ();

  g_assert_true (thr_thread_is_alive (thread));
  g_assert_cmpuint (thr_thread_get_ident (thread), !=, 0);
  g_assert_cmpuint (thr_thread_get_ident (thread), !=, thr_get_ident ());
  g_assert_cmpint (thr_thread_get_native_id (thread), ==, getpid ());
  return thread;
}

/* The first to ask is not the main thread; in a process of its own. */
static void
test_main_from_elsewhere (void)
{
  if (g_test_subprocess ())
    {
      gpointer thread = g_thread_join (g_thread_new ("foreign", ask_for_main, NULL));

      g_assert_true (thread == thr_thread_current ());
      g_assert_cmpuint (thr_thread_get_ident (thread), ==, thr_get_ident ());
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
}

static void
test_alive (void)
{
  ThrThread *threads[5];
  Stage stages[5];
  ThrThread *fresh = thr_thread_new (NULL, nothing_func, NULL, NULL);
  g_autoptr (GListModel) list = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = start_on_stage (&stages[i]);

  g_assert_cmpuint (thr_thread_count_alive (), ==, 6);
  list = thr_thread_list_alive ();
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 6);
  g_assert_true (g_list_model_get_item_type (list) == THR_TYPE_THREAD);
  for (guint i = 0; i < 6; i++)
    {
      g_autoptr (ThrThread) item = g_list_model_get_item (list, i);

      g_assert_true (item == (i == 0 ? thr_thread_get_main () : threads[i - 1]));
    }
  g_assert_false (is_listed (fresh));

  /* A snapshot does not change. */
  gate_open (&stages[0].go);
  join (threads[0]);
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 6);
  g_assert_false (is_listed (threads[0]));
  g_assert_cmpuint (thr_thread_count_alive (), ==, 5);
  g_clear_object (&list);

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    leave_stage (threads[i], &stages[i]);
  g_assert_finalize_object (fresh);
}

/* Listing while threads come and go. */
static gboolean
list_func (ThrThread  *thread,
           gpointer    user_data,
           GError    **error)
{
  for (guint i = 0; i < 200; i++)
    g_assert_true (is_listed (thread));
  return TRUE;
}

static void
test_list_while_changing (void)
{
  for (guint round = 0; round < 20; round++)
    {
      ThrThread *threads[8];

      for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        {
          threads[i] = thr_thread_new (NULL, list_func, NULL, NULL);
          start (threads[i]);
        }
      for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        join (threads[i]);
      for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        {
          g_assert_no_error (thr_thread_get_error (threads[i]));
          g_object_unref (threads[i]);
        }
      g_assert_cmpuint (thr_thread_count_alive (), ==, 1);
    }
}

/* --- Stand-ins --- */

typedef struct
{
  Stage      stage;
  ThrThread *stand_in;
} Foreign;

static gpointer
foreign_func (gpointer data)
{
  Foreign *foreign = data;
  ThrThread *thread = thr_thread_current ();

  g_assert_true (thread == thr_thread_current ());
  g_assert_true (thread != thr_thread_get_main ());
  g_assert_true (thr_thread_is_alive (thread));
  g_assert_true (thr_thread_get_daemon (thread));
  g_assert_cmpuint (thr_thread_get_ident (thread), ==, thr_get_ident ());
  g_assert_cmpint (thr_thread_get_native_id (thread), ==, thr_get_native_id ());
  g_assert_true (is_listed (thread));

  foreign->stand_in = g_object_ref (thread);
  gate_open (&foreign->stage.begun);
  gate_wait (&foreign->stage.go);
  return NULL;
}

static void
test_stand_in (void)
{
  Foreign foreign = { .stand_in = NULL };
  g_autoptr (GError) error = NULL;
  GThread *thread;

  stage_init (&foreign.stage);
  thread = g_thread_new ("foreign", foreign_func, &foreign);
  gate_wait (&foreign.stage.begun);

  g_assert_cmpuint (thr_thread_count_alive (), ==, 2);
  g_assert_false (thr_thread_start (foreign.stand_in, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_ALREADY_STARTED);
  g_clear_error (&error);
  g_assert_false (thr_thread_join_timed (foreign.stand_in, 0, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);

  gate_open (&foreign.stage.go);
  join (foreign.stand_in);
  g_assert_false (thr_thread_is_alive (foreign.stand_in));
  g_assert_cmpuint (thr_thread_count_alive (), ==, 1);
  g_thread_join (thread);

  /* The thread's own reference went to the default home. */
  join (foreign.stand_in);
  g_assert_finalize_object (foreign.stand_in);
  stage_clear (&foreign.stage);
}

static gpointer
ask_func (gpointer data)
{
  g_assert_nonnull (thr_thread_current ());
  return NULL;
}

/* Nobody else holds them: all are freed, at the default home. */
static void
test_stand_ins_freed (void)
{
  for (guint i = 0; i < 100; i++)
    g_thread_join (g_thread_new ("foreign", ask_func, NULL));
  g_assert_cmpuint (thr_thread_count_alive (), ==, 1);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static gpointer
lock_func (gpointer data)
{
  ThrLock *lock = data;
  gboolean acquired = thr_lock_acquire (lock, NULL);

  g_assert_true (acquired);
  g_assert_true (thr_lock_release (lock, NULL));
  g_assert_cmpuint (thr_thread_count_alive (), ==, 1);
  return NULL;
}

/* A lock leaves no object behind. */
static void
test_no_stand_in_unasked (void)
{
  ThrLock *lock = thr_lock_new ();

  g_thread_join (g_thread_new ("foreign", lock_func, lock));
  g_assert_cmpuint (thr_thread_count_alive (), ==, 1);
  g_assert_finalize_object (lock);
}

/* A destructor that runs after the thread's function still knows its thread. */
static ThrThread *seen_late;

static void
late_cb (gpointer data)
{
  seen_late = thr_thread_current ();
}

static GPrivate asks_late = G_PRIVATE_INIT (late_cb);

static gboolean
set_private_func (ThrThread  *thread,
                  gpointer    user_data,
                  GError    **error)
{
  g_private_set (&asks_late, thread);
  return TRUE;
}

static void
test_current_in_destructor (void)
{
  ThrThread *thread = thr_thread_new (NULL, set_private_func, NULL, NULL);

  start (thread);
  join (thread);
  g_assert_nonnull (seen_late);
  /* The record may have gone before; then it was a stand-in, and that has gone. */
  g_assert_cmpuint (thr_thread_count_alive (), ==, 1);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (thread);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/registry/main", test_main);
  g_test_add_func ("/registry/main-from-elsewhere", test_main_from_elsewhere);
  g_test_add_func ("/registry/alive", test_alive);
  g_test_add_func ("/registry/list-while-changing", test_list_while_changing);
  g_test_add_func ("/registry/stand-in", test_stand_in);
  g_test_add_func ("/registry/stand-ins-freed", test_stand_ins_freed);
  g_test_add_func ("/registry/no-stand-in-unasked", test_no_stand_in_unasked);
  g_test_add_func ("/registry/current-in-destructor", test_current_in_destructor);

  return g_test_run ();
}
