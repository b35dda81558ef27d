/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <poll.h>

#include <thrkit/thrkit.h>

/* A loop of another kind, by hand. */

static gboolean
is_readable (int fd,
             int timeout_ms)
{
  struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

  return poll (&poll_fd, 1, timeout_ms) == 1;
}

static void
count_cb (GObject    *object,
          GParamSpec *pspec,
          gpointer    data)
{
  ++*(guint *) data;
}

static gpointer
rename_thread (gpointer data)
{
  thr_object_set_name (data, "renamed");
  return NULL;
}

static void
iterate_until_armed (void)
{
  while (!thr_loop_arm (NULL))
    g_main_context_iteration (NULL, FALSE);
}

static void
test_told (void)
{
  ThrLock *lock = thr_lock_new ();
  int fd = thr_loop_get_fd (NULL);
  guint n_told = 0;

  g_signal_connect (lock, "notify::name", G_CALLBACK (count_cb), &n_told);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (thr_loop_get_fd (g_main_context_default ()), ==, fd);
  iterate_until_armed ();
  g_assert_false (is_readable (fd, 0));

  for (guint n = 1; n <= 3; n++)
    {
      GThread *thread = g_thread_new (NULL, rename_thread, lock);

      thr_object_set_name (THR_OBJECT (lock), NULL);
      g_assert_true (is_readable (fd, -1));
      g_thread_join (thread);
      iterate_until_armed ();
      g_assert_cmpuint (n_told, >=, n);
      g_assert_false (is_readable (fd, 0));
    }

  g_assert_finalize_object (lock);
}

static void
test_queued_before (void)
{
  ThrLock *lock = thr_lock_new ();
  guint n_told = 0;

  g_signal_connect (lock, "notify::name", G_CALLBACK (count_cb), &n_told);
  iterate_until_armed ();
  thr_object_set_name (THR_OBJECT (lock), "before");
  g_assert_false (thr_loop_arm (NULL));
  iterate_until_armed ();
  g_assert_cmpuint (n_told, ==, 1);

  g_assert_finalize_object (lock);
}

/* A GLib loop inside, which sleeps and wakes by its own descriptor, takes nothing from
 * the one outside. */
static void
test_loop_inside (void)
{
  ThrLock *lock = thr_lock_new ();
  int fd = thr_loop_get_fd (NULL);
  guint n_told = 0;
  GThread *thread;

  g_signal_connect (lock, "notify::name", G_CALLBACK (count_cb), &n_told);
  iterate_until_armed ();
  g_main_context_iteration (NULL, FALSE);
  thread = g_thread_new (NULL, rename_thread, lock);
  g_assert_true (is_readable (fd, -1));
  g_thread_join (thread);
  iterate_until_armed ();
  g_assert_cmpuint (n_told, ==, 1);

  g_assert_finalize_object (lock);
}

static void
test_contexts (void)
{
  GMainContext *context = g_main_context_new ();
  int fd;

  g_main_context_push_thread_default (context);
  fd = thr_loop_get_fd (NULL);
  g_assert_cmpint (fd, !=, thr_loop_get_fd (g_main_context_default ()));
  g_assert_true (thr_loop_arm (context));
  g_main_context_pop_thread_default (context);
  g_main_context_unref (context);
}

/* --- Awaited in another main context than the home's --- */

typedef struct
{
  GMainContext *context;
  GObject      *source;
  GAsyncResult *result;
} Diverted;

static void
diverted_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  Diverted *diverted = data;

  g_assert_true (g_main_context_is_owner (diverted->context));
  g_assert_null (diverted->result);
  diverted->source = source;
  diverted->result = g_object_ref (result);
}

static void
iterate_until_diverted (Diverted *diverted)
{
  while (diverted->result == NULL)
    g_main_context_iteration (diverted->context, TRUE);
}

static gpointer
release_lock (gpointer lock)
{
  g_assert_true (thr_lock_release (lock, NULL));
  return NULL;
}

static void
test_diverted (void)
{
  Diverted diverted = { .context = g_main_context_new () };
  ThrLock *lock = thr_lock_new ();
  GThread *thread;

  g_assert_true (thr_lock_try_acquire (lock));
  thr_loop_divert (diverted.context);
  thr_lock_acquire_async (lock, NULL, diverted_cb, &diverted);
  thr_loop_divert (NULL);
  thread = g_thread_new (NULL, release_lock, lock);
  iterate_until_diverted (&diverted);
  g_thread_join (thread);
  g_assert_true (diverted.source == (GObject *) lock);
  g_assert_true (thr_lock_acquire_finish (lock, diverted.result, NULL));
  g_assert_finalize_object (diverted.result);

  /* No more, and what is not delivered is not lost with the context. */
  thr_loop_divert (diverted.context);
  thr_lock_acquire_async (lock, NULL, diverted_cb, &diverted);
  thr_loop_divert (NULL);
  g_assert_true (thr_lock_release (lock, NULL));
  g_assert_true (thr_lock_is_locked (lock));
  g_main_context_unref (diverted.context);
  g_assert_false (thr_lock_is_locked (lock));

  diverted = (Diverted) { .context = g_main_context_default () };
  thr_lock_acquire_async (lock, NULL, diverted_cb, &diverted);
  iterate_until_diverted (&diverted);
  g_assert_true (thr_lock_acquire_finish (lock, diverted.result, NULL));
  g_assert_finalize_object (diverted.result);
  g_assert_finalize_object (lock);
}

static gpointer
notify_condition (gpointer condition)
{
  ThrLockable *lock = thr_condition_get_lock (condition);

  g_assert_true (thr_lockable_acquire (lock, NULL));
  g_assert_true (thr_condition_notify (condition, 1, NULL));
  g_assert_true (thr_lockable_release (lock, NULL));
  return NULL;
}

/* Also the second half of a wait, which another thread begins. */
static void
test_diverted_condition (void)
{
  Diverted diverted = { .context = g_main_context_new () };
  ThrRWLock *rw_lock = thr_rw_lock_new ();
  ThrLockable *locks[] = { THR_LOCKABLE (thr_rec_lock_new ()),
                           THR_LOCKABLE (g_object_ref (thr_rw_lock_get_writer (rw_lock))) };

  for (guint i = 0; i < G_N_ELEMENTS (locks); i++)
    {
      ThrCondition *condition = thr_condition_new (locks[i]);
      GThread *thread;

      g_assert_true (thr_lockable_acquire (locks[i], NULL));
      thr_loop_divert (diverted.context);
      thr_condition_wait_async (condition, NULL, diverted_cb, &diverted);
      thr_loop_divert (NULL);
      thread = g_thread_new (NULL, notify_condition, condition);
      iterate_until_diverted (&diverted);
      g_thread_join (thread);
      g_assert_true (thr_condition_wait_finish (condition, diverted.result, NULL));
      g_assert_true (thr_lockable_release (locks[i], NULL));
      g_clear_object (&diverted.result);
      /* What the loop has to let go of. */
      iterate_until_armed ();
      while (g_main_context_iteration (diverted.context, FALSE))
        ;
      g_assert_finalize_object (condition);
      g_object_unref (locks[i]);
    }

  g_object_unref (rw_lock);
  g_main_context_unref (diverted.context);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/loop/told", test_told);
  g_test_add_func ("/loop/queued-before", test_queued_before);
  g_test_add_func ("/loop/loop-inside", test_loop_inside);
  g_test_add_func ("/loop/contexts", test_contexts);
  g_test_add_func ("/loop/diverted", test_diverted);
  g_test_add_func ("/loop/diverted-condition", test_diverted_condition);
  return g_test_run ();
}
