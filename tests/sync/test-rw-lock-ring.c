/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sync/sync-util.h"

/* Rings of waits that go over readers, or over writers that wait themselves. A waiter is
 * seen in line a moment before the wait graph knows of it, so which of a ring is the one
 * that closes it, and is told, is open; it is one of them. */

/* Whether the ring was closed elsewhere: then the wait succeeded. */
static gboolean
is_told (gboolean  success,
         GError   *error,
         int      *n_deadlocks)
{
  if (success)
    return FALSE;

  g_assert_error (error, THR_ERROR, THR_ERROR_DEADLOCK);
  g_error_free (error);
  g_atomic_int_inc (n_deadlocks);
  return TRUE;
}

/* --- Two threads that read a lock each and want to write the other's --- */

typedef struct
{
  ThrRWLock *reads;
  ThrRWLock *writes;
  gint64     timeout_us;
  int       *n_reading;     /* atomic */
  int       *n_deadlocks;   /* atomic */
} Crossed;

static gpointer
crossed_thread (gpointer data)
{
  Crossed *self = data;
  g_autoptr (GError) error = NULL;

  g_assert_true (thr_rw_lock_acquire_read (self->reads, NULL));
  g_atomic_int_inc (self->n_reading);
  while (g_atomic_int_get (self->n_reading) < 2)
    g_thread_yield ();

  if (thr_rw_lock_acquire_write_timed (self->writes, self->timeout_us, NULL, &error))
    {
      g_assert_true (thr_rw_lock_release_write (self->writes, NULL));
    }
  else if (self->timeout_us == -1)
    {
      g_assert_error (error, THR_ERROR, THR_ERROR_DEADLOCK);
      g_assert_nonnull (strstr (error->message, "“left”"));
      g_assert_nonnull (strstr (error->message, "“right”"));
      g_atomic_int_inc (self->n_deadlocks);
    }
  else
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
    }
  g_assert_true (thr_rw_lock_release_read (self->reads, NULL));
  return NULL;
}

static void
test_crossed (void)
{
  for (guint round = 0; round < (is_thorough () ? 10000 : 200); round++)
    {
      ThrRWLock *left = thr_rw_lock_new (), *right = thr_rw_lock_new ();
      int n_reading = 0, n_deadlocks = 0;
      Crossed a = { left, right, -1, &n_reading, &n_deadlocks };
      Crossed b = { right, left, -1, &n_reading, &n_deadlocks };
      GThread *thread;

      thr_object_set_name (THR_OBJECT (left), "left");
      thr_object_set_name (THR_OBJECT (right), "right");
      thread = g_thread_new ("crossed", crossed_thread, &a);
      crossed_thread (&b);
      g_thread_join (thread);
      g_assert_cmpint (n_deadlocks, ==, 1);

      g_assert_finalize_object (left);
      g_assert_finalize_object (right);
    }
}

/* Where one of the two gives up by itself nothing is certain. */
static void
test_limited (void)
{
  ThrRWLock *left = thr_rw_lock_new (), *right = thr_rw_lock_new ();
  int n_reading = 0, n_deadlocks = 0;
  Crossed a = { left, right, -1, &n_reading, &n_deadlocks };
  Crossed b = { right, left, 10000, &n_reading, &n_deadlocks };
  GThread *thread = g_thread_new ("crossed", crossed_thread, &a);

  crossed_thread (&b);
  g_thread_join (thread);
  g_assert_cmpint (n_deadlocks, ==, 0);

  g_assert_finalize_object (left);
  g_assert_finalize_object (right);
}

/* --- A reader that waits for something else --- */

typedef struct
{
  ThrRecLock *other;
  ThrRWLock  *lock;
  gboolean    reads;
  gboolean    many;     /* reads so many others that its record has to grow */
  int         n_deadlocks;   /* atomic */
} Reader;

static gpointer
reader_thread (gpointer data)
{
  Reader *self = data;
  ThrRWLock *others[20];
  GError *error = NULL;
  gboolean success;

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    others[i] = thr_rw_lock_new ();
  for (guint i = 0; self->many && i < G_N_ELEMENTS (others); i++)
    g_assert_true (thr_rw_lock_acquire_read (others[i], NULL));
  if (self->reads)
    g_assert_true (thr_rw_lock_acquire_read (self->lock, NULL));

  success = thr_rec_lock_acquire (self->other, &error);
  if (!is_told (success, error, &self->n_deadlocks))
    g_assert_true (thr_rec_lock_release (self->other, NULL));
  if (self->reads)
    g_assert_true (thr_rw_lock_release_read (self->lock, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_assert_cmpint (thr_rw_lock_is_read_held (others[i]), ==, self->many);
      g_assert_true (!self->many || thr_rw_lock_release_read (others[i], NULL));
      g_assert_cmpuint (thr_rw_lock_get_n_readers (others[i]), ==, 0);
      g_object_unref (others[i]);
    }
  return NULL;
}

static void
test_reader_waits (void)
{
  for (guint many = 0; many < 2; many++)
    {
      Reader self = { thr_rec_lock_new (), thr_rw_lock_new (), TRUE, many, 0 };
      GError *error = NULL;
      GThread *thread;
      gboolean success;

      acquire (self.other);
      thread = g_thread_new ("reader", reader_thread, &self);
      await_waiters (self.other, 1);
      success = thr_rw_lock_acquire_write (self.lock, &error);
      if (!is_told (success, error, &self.n_deadlocks))
        g_assert_true (thr_rw_lock_release_write (self.lock, NULL));
      /* A reader beside it has nothing to wait for. */
      g_assert_true (thr_rw_lock_acquire_read (self.lock, NULL));
      g_assert_true (thr_rw_lock_release_read (self.lock, NULL));
      release (self.other);
      g_thread_join (thread);
      g_assert_cmpint (self.n_deadlocks, ==, 1);
      g_assert_true (thr_rw_lock_acquire_write (self.lock, NULL));
      g_assert_true (thr_rw_lock_release_write (self.lock, NULL));

      g_assert_finalize_object (self.lock);
      g_assert_finalize_object (self.other);
    }
}

/* --- Over a writer that waits --- */

typedef struct
{
  ThrRWLock *lock;
  int        n_deadlocks;   /* atomic */
} Queue;

static gpointer
write_thread (gpointer data)
{
  Queue *self = data;
  GError *error = NULL;
  gboolean success = thr_rw_lock_acquire_write (self->lock, &error);

  if (!is_told (success, error, &self->n_deadlocks))
    g_assert_true (thr_rw_lock_release_write (self->lock, NULL));
  return NULL;
}

static gboolean
read_cb (ThrThread  *thread,
         gpointer    user_data,
         GError    **error)
{
  Queue *self = user_data;
  GError *local_error = NULL;
  gboolean success = thr_rw_lock_acquire_read (self->lock, &local_error);

  if (!is_told (success, local_error, &self->n_deadlocks))
    g_assert_true (thr_rw_lock_release_read (self->lock, NULL));
  return TRUE;
}

/* We read, a writer waits for us, a reader waits for the writer, and we wait for the
 * reader. */
static void
test_behind_writer (void)
{
  for (guint round = 0; round < (is_thorough () ? 5000 : 100); round++)
    {
      Queue self = { thr_rw_lock_new (), 0 };
      ThrThread *reader = thr_thread_new ("reader", read_cb, &self, NULL);
      GError *error = NULL;
      gboolean success;
      GThread *writer;

      g_assert_true (thr_rw_lock_acquire_read (self.lock, NULL));
      writer = g_thread_new ("writer", write_thread, &self);
      await_waiters (self.lock, 1);
      g_assert_true (thr_thread_start (reader, NULL));
      success = thr_thread_join (reader, &error);
      is_told (success, error, &self.n_deadlocks);
      g_assert_true (thr_rw_lock_release_read (self.lock, NULL));
      g_assert_true (thr_thread_join (reader, NULL));
      g_thread_join (writer);
      g_assert_cmpint (self.n_deadlocks, ==, 1);
      assert_finalized (reader);
      assert_finalized (self.lock);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/rw-lock/ring/crossed", test_crossed);
  g_test_add_func ("/rw-lock/ring/limited", test_limited);
  g_test_add_func ("/rw-lock/ring/reader-waits", test_reader_waits);
  g_test_add_func ("/rw-lock/ring/behind-writer", test_behind_writer);

  return g_test_run ();
}
