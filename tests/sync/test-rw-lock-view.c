/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sync/condition-util.h"

/* The halves of a lock for readers and a writer, as lockables. */

typedef struct
{
  ThrRWLock *lock;
  gpointer   reader;
  gpointer   writer;
} Views;

static Views
views_make (void)
{
  ThrRWLock *lock = thr_rw_lock_new ();

  return (Views) { lock, thr_rw_lock_get_reader (lock), thr_rw_lock_get_writer (lock) };
}

static void
views_end (Views *self)
{
  assert_finalized (self->reader);
  assert_finalized (self->writer);
  assert_finalized (self->lock);
}

static void
test_halves (void)
{
  Views self = views_make ();
  GError *error = NULL;

  g_assert_true (thr_rw_lock_view_get_lock (self.reader) == self.lock);
  g_assert_false (thr_rw_lock_view_get_writes (self.reader));
  g_assert_true (thr_rw_lock_view_get_writes (self.writer));

  acquire (self.reader);
  g_assert_true (thr_rw_lock_is_read_held (self.lock));
  g_assert_false (thr_lockable_is_locked (self.reader));
  g_assert_true (thr_lockable_is_locked (self.writer));
  g_assert_false (thr_lockable_try_acquire (self.writer));
  g_assert_false (thr_lockable_acquire_timed (self.writer, 0, NULL, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_DEADLOCK);
  g_assert_false (thr_lockable_release (self.writer, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_NOT_HELD);
  release (self.reader);

  acquire (self.writer);
  g_assert_true (thr_rw_lock_is_write_held (self.lock));
  g_assert_true (thr_lockable_is_locked (self.reader));
  acquire (self.writer);
  release (self.writer);
  release (self.writer);
  g_assert_false (thr_rw_lock_is_write_locked (self.lock));

  views_end (&self);
}

/* The view keeps the lock, and one without a lock has one of its own. */
static void
test_life (void)
{
  ThrRWLock *lock = thr_rw_lock_new ();
  g_autoptr (ThrRWLockView) view = thr_rw_lock_get_writer (lock);
  g_autoptr (ThrRWLockView) alone = g_object_new (THR_TYPE_RW_LOCK_VIEW, NULL);

  g_object_unref (lock);
  acquire (view);
  release (view);
  acquire (alone);
  g_assert_cmpuint (thr_rw_lock_get_n_readers (thr_rw_lock_view_get_lock (alone)), ==, 1);
  release (alone);
}

static void
test_locker (void)
{
  Views self = views_make ();

  {
    g_autoptr (ThrLocker) locker = thr_locker_new (self.reader);

    g_assert_nonnull (locker);
    g_assert_cmpuint (thr_rw_lock_get_n_readers (self.lock), ==, 1);
  }
  g_assert_cmpuint (thr_rw_lock_get_n_readers (self.lock), ==, 0);

  views_end (&self);
}

/* --- Awaited --- */

typedef struct
{
  gpointer      view;
  GMainContext *context;   /* or NULL: the callback's thread is not looked at */
  gboolean      drop;
  guint         n_calls;
  GError       *error;
} Awaited;

static void
acquired_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  Awaited *self = data;

  g_assert_true ((gpointer) source == self->view);
  if (self->context != NULL)
    g_assert_true (g_main_context_is_owner (self->context));
  self->n_calls++;
  if (!self->drop && thr_lockable_acquire_finish (self->view, result, &self->error))
    release (self->view);
}

static void
test_async (void)
{
  Views self = views_make ();

  for (guint drop = 0; drop < 2; drop++)
    for (guint writes = 0; writes < 2; writes++)
      {
        Awaited awaited = { writes ? self.writer : self.reader, NULL, drop, 0, NULL };

        thr_lockable_acquire_async (awaited.view, NULL, acquired_cb, &awaited);
        while (awaited.n_calls == 0)
          g_main_context_iteration (NULL, TRUE);
        drain ();
        g_assert_no_error (awaited.error);
        g_assert_false (thr_lockable_is_locked (self.writer));
      }

  views_end (&self);
}

static void
test_async_cancelled (void)
{
  Views self = views_make ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Awaited awaited = { self.writer, NULL, FALSE, 0, NULL };

  acquire (self.reader);
  thr_lockable_acquire_async (self.writer, cancellable, acquired_cb, &awaited);
  g_assert_cmpuint (thr_rw_lock_get_n_waiters (self.lock), ==, 1);
  g_cancellable_cancel (cancellable);
  while (awaited.n_calls == 0)
    g_main_context_iteration (NULL, TRUE);
  assert_error_and_clear (&awaited.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (thr_rw_lock_get_n_waiters (self.lock), ==, 0);
  release (self.reader);

  views_end (&self);
}

static gpointer
iterate_thread (gpointer data)
{
  Awaited *self = data;

  g_main_context_push_thread_default (self->context);
  while (self->n_calls == 0)
    g_main_context_iteration (self->context, TRUE);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

/* The view's home runs the callback. So a thread at the lock's home may wait for it: the
 * callback does not need that thread. */
static void
test_home (void)
{
  ThrRWLock *lock = thr_rw_lock_new ();
  GMainContext *context = g_main_context_new ();
  Awaited awaited = { .context = context };
  GThread *thread;

  g_main_context_push_thread_default (context);
  awaited.view = thr_rw_lock_get_writer (lock);
  g_main_context_pop_thread_default (context);

  thr_lockable_acquire_async (awaited.view, NULL, acquired_cb, &awaited);
  g_assert_true (thr_rw_lock_is_write_locked (lock));
  thread = g_thread_new ("iterate", iterate_thread, &awaited);
  g_assert_true (thr_rw_lock_acquire_read (lock, NULL));
  g_assert_true (thr_rw_lock_release_read (lock, NULL));
  g_thread_join (thread);
  g_assert_cmpuint (awaited.n_calls, ==, 1);

  g_main_context_unref (context);
  assert_finalized (awaited.view);
  assert_finalized (lock);
}

/* --- With a condition --- */

static gpointer
make_writer (void)
{
  g_autoptr (ThrRWLock) lock = thr_rw_lock_new ();

  return thr_rw_lock_get_writer (lock);
}

static gpointer
make_reader (void)
{
  g_autoptr (ThrRWLock) lock = thr_rw_lock_new ();

  return thr_rw_lock_get_reader (lock);
}

static void
test_condition (gconstpointer data)
{
  ThrCondition *condition = make_condition (data);
  Sleeper sleepers[2] = {
    { .condition = condition, .timeout_us = -1 },
    { .condition = condition, .timeout_us = G_MAXINT64 }
  };
  GError *error = NULL;

  g_assert_false (thr_condition_notify (condition, 1, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_NOT_HELD);

  for (guint i = 0; i < G_N_ELEMENTS (sleepers); i++)
    sleeper_start (&sleepers[i], i);
  /* All levels are released, and held again. */
  enter (condition);
  enter (condition);
  g_assert_false (thr_condition_wait_timed (condition, 1000, NULL, &error));
  assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  leave (condition);
  g_assert_true (thr_condition_notify_all (condition, NULL));
  leave (condition);
  for (guint i = 0; i < G_N_ELEMENTS (sleepers); i++)
    {
      sleeper_join (&sleepers[i]);
      g_assert_true (sleepers[i].notified);
    }

  assert_finalized (condition);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/rw-lock-view/halves", test_halves);
  g_test_add_func ("/rw-lock-view/life", test_life);
  g_test_add_func ("/rw-lock-view/locker", test_locker);
  g_test_add_func ("/rw-lock-view/async", test_async);
  g_test_add_func ("/rw-lock-view/async-cancelled", test_async_cancelled);
  g_test_add_func ("/rw-lock-view/home", test_home);
  g_test_add_data_func ("/rw-lock-view/condition/writer", (gconstpointer) make_writer,
                        test_condition);
  g_test_add_data_func ("/rw-lock-view/condition/reader", (gconstpointer) make_reader,
                        test_condition);

  return g_test_run ();
}
