/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "leaks.h"
#include "sync/sync-callers.h"

/* Locks, recursive locks and semaphores are made, used in all forms together with a
 * second thread, and dropped; nothing is left over. */

typedef gpointer (*Make) (void);

static gpointer
make_lock (void)
{
  return thr_lock_new ();
}

static gpointer
make_rec_lock (void)
{
  return thr_rec_lock_new ();
}

static gpointer
make_semaphore (void)
{
  return thr_semaphore_new (1);
}

static gpointer
make_bounded (void)
{
  return thr_semaphore_new_bounded (1);
}

/* A thread blocks, one after it gives up, an operation is granted and another one is
 * cancelled. */
static void
contended_cycle (gpointer data)
{
  gpointer lockable = ((Make) data) ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Blocked blocked = { .lockable = lockable, .timeout_us = -1 };
  Awaited awaited = { 0 }, cancelled = { 0 };

  acquire (lockable);
  blocked_start (&blocked, 0);
  thr_lockable_acquire_async (lockable, NULL, awaited_cb, &awaited);
  thr_lockable_acquire_async (lockable, cancellable, awaited_cb, &cancelled);
  g_cancellable_cancel (cancellable);
  release (lockable);
  await_call (&awaited);
  await_call (&cancelled);
  blocked_join (&blocked);
  g_assert_true (blocked.acquired);
  g_assert_true (awaited.acquired);
  g_assert_error (cancelled.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  awaited_clear (&awaited);
  awaited_clear (&cancelled);
  g_object_unref (lockable);
}

/* Nobody else: a limit, a cancellable, a result that nobody finishes, signals, and
 * dropped while it is held. */
static void
alone_cycle (gpointer data)
{
  gpointer lockable = ((Make) data) ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Awaited dropped = { .drop = TRUE };
  GError *error = NULL;

  acquire (lockable);
  release (lockable);
  g_object_set (lockable, "emit-signals", TRUE, "name", "cycle", NULL);
  thr_lockable_acquire_async (lockable, NULL, awaited_cb, &dropped);
  await_call (&dropped);
  g_assert_true (thr_lockable_acquire_timed (lockable, 1000, cancellable, NULL));
  if (!THR_IS_REC_LOCK (lockable))
    {
      g_assert_false (thr_lockable_acquire_timed (lockable, 1, NULL, &error));
      assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
    }
  g_cancellable_cancel (cancellable);
  g_assert_false (thr_lockable_acquire_timed (lockable, -1, cancellable, &error));
  assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  g_object_unref (lockable);
}

static void
test_contended (gconstpointer make)
{
  leaks_check (contended_cycle, (gpointer) make);
}

static void
test_alone (gconstpointer make)
{
  leaks_check (alone_cycle, (gpointer) make);
}

static void
add (const char *name,
     Make        make)
{
  g_autofree char *contended = g_strdup_printf ("/permits-leaks/%s-contended", name);
  g_autofree char *alone = g_strdup_printf ("/permits-leaks/%s-alone", name);

  g_test_add_data_func (contended, make, test_contended);
  g_test_add_data_func (alone, make, test_alone);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("lock", make_lock);
  add ("rec-lock", make_rec_lock);
  add ("semaphore", make_semaphore);
  add ("bounded", make_bounded);

  return g_test_run ();
}
