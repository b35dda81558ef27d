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

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/loop/told", test_told);
  g_test_add_func ("/loop/queued-before", test_queued_before);
  g_test_add_func ("/loop/loop-inside", test_loop_inside);
  g_test_add_func ("/loop/contexts", test_contexts);
  return g_test_run ();
}
