/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sync/sync-util.h"

/* The names of transitions are those of thr-rw-lock-line.c. */

typedef enum {
  READ,
  WRITE
} Kind;

static gboolean
take (ThrRWLock     *lock,
      Kind           kind,
      gint64         timeout_us,
      GCancellable  *cancellable,
      GError       **error)
{
  if (timeout_us == -1 && cancellable == NULL)
    return kind == READ ? thr_rw_lock_acquire_read (lock, error)
                        : thr_rw_lock_acquire_write (lock, error);
  return kind == READ ? thr_rw_lock_acquire_read_timed (lock, timeout_us, cancellable, error)
                      : thr_rw_lock_acquire_write_timed (lock, timeout_us, cancellable, error);
}

static gboolean
try (ThrRWLock *lock,
     Kind       kind)
{
  return kind == READ ? thr_rw_lock_try_acquire_read (lock) : thr_rw_lock_try_acquire_write (lock);
}

static gboolean
put (ThrRWLock  *lock,
     Kind        kind,
     GError    **error)
{
  return kind == READ ? thr_rw_lock_release_read (lock, error)
                      : thr_rw_lock_release_write (lock, error);
}

/* A thread that takes the lock, keeps it until it is told, and puts it. */
typedef struct
{
  ThrRWLock    *lock;
  Kind          kind;
  gint64        timeout_us;
  GCancellable *cancellable;
  int          *order;     /* atomic counter, or NULL */
  gboolean      keep;      /* until @go */

  GThread      *thread;
  GError       *error;
  int           place;
  int           taken;     /* atomic */
  int           go;        /* atomic */
} Holder;

static gpointer
holder_thread (gpointer data)
{
  Holder *self = data;

  if (!take (self->lock, self->kind, self->timeout_us, self->cancellable, &self->error))
    return NULL;
  if (self->order != NULL)
    self->place = g_atomic_int_add (self->order, 1);
  g_atomic_int_set (&self->taken, TRUE);
  if (self->keep)
    await_flag (&self->go);
  g_assert_true (put (self->lock, self->kind, NULL));

  return NULL;
}

static void
holder_start (Holder *self)
{
  self->thread = g_thread_new ("holder", holder_thread, self);
}

static void
holder_end (Holder *self)
{
  g_atomic_int_set (&self->go, TRUE);
  g_thread_join (g_steal_pointer (&self->thread));
}

static void
test_many_read (void)
{
  ThrRWLock *lock = thr_rw_lock_new ();
  Holder readers[3];

  for (guint i = 0; i < 3; i++)
    {
      readers[i] = (Holder) { .lock = lock, .timeout_us = -1, .keep = TRUE };
      holder_start (&readers[i]);
    }
  for (guint i = 0; i < 3; i++)
    await_flag (&readers[i].taken);
  g_assert_cmpuint (thr_rw_lock_get_n_readers (lock), ==, 3);
  g_assert_false (thr_rw_lock_is_write_locked (lock));
  g_assert_false (thr_rw_lock_try_acquire_write (lock));
  g_assert_false (thr_rw_lock_is_read_held (lock));
  g_assert_true (thr_rw_lock_try_acquire_read (lock));
  g_assert_true (thr_rw_lock_is_read_held (lock));
  g_assert_true (thr_rw_lock_release_read (lock, NULL));
  for (guint i = 0; i < 3; i++)
    holder_end (&readers[i]);
  g_assert_cmpuint (thr_rw_lock_get_n_readers (lock), ==, 0);

  assert_finalized (lock);
}

static void
test_one_writes (void)
{
  ThrRWLock *lock = thr_rw_lock_new ();
  Holder writer = { .lock = lock, .kind = WRITE, .timeout_us = -1, .keep = TRUE };
  static const ThrError not_mine[] = { THR_ERROR_NOT_HELD, THR_ERROR_NOT_OWNER };
  GError *error = NULL;

  holder_start (&writer);
  await_flag (&writer.taken);
  g_assert_true (thr_rw_lock_is_write_locked (lock));
  g_assert_false (thr_rw_lock_is_write_held (lock));
  for (Kind kind = READ; kind <= WRITE; kind++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();

      g_assert_false (try (lock, kind));
      g_assert_false (take (lock, kind, 0, NULL, &error));
      assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
      g_assert_false (take (lock, kind, 2000, NULL, &error));
      assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
      g_assert_false (take (lock, kind, -2, NULL, &error));
      assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
      g_cancellable_cancel (cancellable);
      g_assert_false (take (lock, kind, -1, cancellable, &error));
      assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_false (put (lock, kind, &error));
      assert_error_and_clear (&error, THR_ERROR, (int) not_mine[kind]);
    }
  g_assert_cmpuint (thr_rw_lock_get_n_waiters (lock), ==, 0);
  holder_end (&writer);
  g_assert_false (thr_rw_lock_release_write (lock, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_NOT_HELD);

  assert_finalized (lock);
}

static void
test_cancelled_during (void)
{
  ThrRWLock *lock = thr_rw_lock_new ();

  for (Kind kind = READ; kind <= WRITE; kind++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      Holder holder = { .lock = lock, .kind = kind, .timeout_us = G_MAXINT64,
                        .cancellable = cancellable };

      g_assert_true (thr_rw_lock_acquire_write (lock, NULL));
      holder_start (&holder);
      await_waiters (lock, 1);
      g_cancellable_cancel (cancellable);
      holder_end (&holder);
      assert_error_and_clear (&holder.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_true (thr_rw_lock_release_write (lock, NULL));
      g_assert_true (try (lock, kind));
      g_assert_true (put (lock, kind, NULL));
    }

  assert_finalized (lock);
}

/* A writer that waits keeps new readers out; when it gives up they come in. */
static void
test_writers_first (void)
{
  ThrRWLock *lock = thr_rw_lock_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  int order = 0;
  Holder reader = { .lock = lock, .timeout_us = -1, .order = &order };
  Holder writer = { .lock = lock, .kind = WRITE, .timeout_us = -1, .order = &order };
  Holder second = writer;
  Holder fickle = { .lock = lock, .kind = WRITE, .timeout_us = -1, .cancellable = cancellable };

  g_assert_true (thr_rw_lock_acquire_write (lock, NULL));
  holder_start (&reader);
  await_waiters (lock, 1);
  holder_start (&writer);
  await_waiters (lock, 2);
  holder_start (&second);
  await_waiters (lock, 3);
  g_assert_true (thr_rw_lock_release_write (lock, NULL));
  holder_end (&reader);
  holder_end (&writer);
  holder_end (&second);
  g_assert_cmpint (writer.place, ==, 0);
  g_assert_cmpint (second.place, ==, 1);
  g_assert_cmpint (reader.place, ==, 2);

  g_assert_true (thr_rw_lock_acquire_read (lock, NULL));
  holder_start (&fickle);
  await_waiters (lock, 1);
  /* R2: again, past the writer; but nobody else. */
  g_assert_true (thr_rw_lock_acquire_read (lock, NULL));
  reader.order = NULL;
  g_atomic_int_set (&reader.taken, FALSE);
  holder_start (&reader);
  await_waiters (lock, 2);
  g_assert_false (g_atomic_int_get (&reader.taken));
  g_cancellable_cancel (cancellable);
  holder_end (&fickle);
  g_clear_error (&fickle.error);
  holder_end (&reader);
  g_assert_true (g_atomic_int_get (&reader.taken));
  g_assert_true (thr_rw_lock_release_read (lock, NULL));
  g_assert_true (thr_rw_lock_release_read (lock, NULL));

  assert_finalized (lock);
}

/* R3, and down from writing to reading. */
static void
test_again (void)
{
  ThrRWLock *lock = thr_rw_lock_new ();
  Holder reader = { .lock = lock, .timeout_us = -1, .keep = TRUE };

  g_assert_true (thr_rw_lock_acquire_write (lock, NULL));
  g_assert_true (thr_rw_lock_acquire_write (lock, NULL));
  g_assert_true (thr_rw_lock_acquire_read (lock, NULL));
  g_assert_true (thr_rw_lock_release_write (lock, NULL));
  g_assert_true (thr_rw_lock_is_write_held (lock));
  g_assert_true (thr_rw_lock_release_write (lock, NULL));
  g_assert_false (thr_rw_lock_is_write_held (lock));
  g_assert_true (thr_rw_lock_is_read_held (lock));
  holder_start (&reader);
  await_flag (&reader.taken);
  holder_end (&reader);
  g_assert_true (thr_rw_lock_release_read (lock, NULL));

  assert_finalized (lock);
}

/* W2 */
static void
test_upgrade (void)
{
  ThrRWLock *lock = thr_rw_lock_new ();
  GError *error = NULL;

  g_assert_true (thr_rw_lock_acquire_read (lock, NULL));
  g_assert_false (thr_rw_lock_acquire_write (lock, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_DEADLOCK);
  g_assert_false (thr_rw_lock_acquire_write_timed (lock, 1000, NULL, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_DEADLOCK);
  g_assert_false (thr_rw_lock_try_acquire_write (lock));
  g_assert_cmpuint (thr_rw_lock_get_n_waiters (lock), ==, 0);
  g_assert_true (thr_rw_lock_release_read (lock, NULL));
  g_assert_true (thr_rw_lock_try_acquire_write (lock));

  assert_finalized (lock);
}

/* --- Awaited --- */

typedef struct
{
  Kind          kind;
  gboolean      drop;
  guint         n_calls;
  gboolean      acquired;
  GError       *error;
  GAsyncResult *result;   /* owned */
} Awaited;

static gboolean
finish (ThrRWLock     *lock,
        Kind           kind,
        GAsyncResult  *result,
        GError       **error)
{
  return kind == READ ? thr_rw_lock_acquire_read_finish (lock, result, error)
                      : thr_rw_lock_acquire_write_finish (lock, result, error);
}

static void
awaited_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  Awaited *self = data;

  self->n_calls++;
  if (self->drop)
    return;
  self->result = g_object_ref (result);
  self->acquired = finish (THR_RW_LOCK (source), self->kind, result, &self->error);
}

static void
await (ThrRWLock    *lock,
       GCancellable *cancellable,
       Kind          kind,
       Awaited      *awaited)
{
  if (kind == READ)
    thr_rw_lock_acquire_read_async (lock, cancellable, awaited != NULL ? awaited_cb : NULL, awaited);
  else
    thr_rw_lock_acquire_write_async (lock, cancellable, awaited != NULL ? awaited_cb : NULL, awaited);
}

static void
await_call (Awaited *self)
{
  while (self->n_calls == 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_async (void)
{
  for (Kind kind = READ; kind <= WRITE; kind++)
    {
      ThrRWLock *lock = thr_rw_lock_new ();
      Awaited awaited = { .kind = kind };
      GError *error = NULL;

      await (lock, NULL, kind, &awaited);
      g_assert_cmpuint (awaited.n_calls, ==, 0);
      g_assert_false (thr_rw_lock_is_read_held (lock) || thr_rw_lock_is_write_held (lock));
      g_assert_false (put (lock, kind, &error));
      assert_error_and_clear (&error, THR_ERROR, THR_ERROR_NOT_OWNER);
      /* Only this thread could run the callback. */
      g_assert_false (thr_rw_lock_acquire_write (lock, &error));
      assert_error_and_clear (&error, THR_ERROR, THR_ERROR_DEADLOCK);
      await_call (&awaited);
      g_assert_true (awaited.acquired);
      g_assert_false (finish (lock, kind, awaited.result, &error));
      assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_STATE);
      g_assert_false (finish (lock, !kind, awaited.result, &error));
      assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
      g_assert_true (put (lock, kind, NULL));
      g_clear_object (&awaited.result);

      assert_finalized (lock);
    }
}

/* Before, during, after the grant; and nobody finishes it. */
static void
test_async_ends (void)
{
  for (Kind kind = READ; kind <= WRITE; kind++)
    for (guint phase = 0; phase < 5; phase++)
      {
        ThrRWLock *lock = thr_rw_lock_new ();
        g_autoptr (GCancellable) cancellable = g_cancellable_new ();
        Awaited awaited = { .kind = kind, .drop = phase == 3 };

        if (phase == 0)
          g_cancellable_cancel (cancellable);
        if (phase == 1)
          g_assert_true (thr_rw_lock_acquire_write (lock, NULL));
        await (lock, cancellable, kind, phase == 4 ? NULL : &awaited);
        if (phase == 1 || phase == 2)
          g_cancellable_cancel (cancellable);
        drain ();
        if (phase < 3)
          assert_error_and_clear (&awaited.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
        g_assert_cmpuint (awaited.n_calls, ==, phase == 4 ? 0 : 1);
        if (phase == 1)
          g_assert_true (thr_rw_lock_release_write (lock, NULL));
        g_assert_cmpuint (thr_rw_lock_get_n_waiters (lock), ==, 0);
        g_assert_true (thr_rw_lock_try_acquire_write (lock));
        g_clear_object (&awaited.result);

        assert_finalized (lock);
      }
}

static void
test_home_gone (void)
{
  for (guint phase = 0; phase < 2; phase++)
    {
      GMainContext *context = g_main_context_new ();
      ThrRWLock *lock = g_object_new (THR_TYPE_RW_LOCK, "main-context", context, NULL);
      Awaited writer = { .kind = WRITE }, reader = { .kind = READ };

      if (phase == 1)
        g_assert_true (thr_rw_lock_acquire_write (lock, NULL));
      await (lock, NULL, WRITE, &writer);
      await (lock, NULL, READ, &reader);
      g_main_context_unref (context);
      if (phase == 1)
        g_assert_true (thr_rw_lock_release_write (lock, NULL));
      g_assert_cmpuint (writer.n_calls + reader.n_calls, ==, 0);
      g_assert_cmpuint (thr_rw_lock_get_n_waiters (lock), ==, 0);
      g_assert_true (thr_rw_lock_try_acquire_write (lock));

      assert_finalized (lock);
    }
}

/* --- Deadlocks --- */

typedef struct
{
  ThrRWLock *first;
  ThrRWLock *second;
  Kind       kind;        /* of the second */
  int       *arrived;     /* atomic */
  int       *n_reports;   /* atomic */
} Philosopher;

static gpointer
philosopher_thread (gpointer data)
{
  Philosopher *self = data;
  g_autoptr (GError) error = NULL;

  g_assert_true (thr_rw_lock_acquire_write (self->first, NULL));
  g_atomic_int_inc (self->arrived);
  while (g_atomic_int_get (self->arrived) < 2)
    g_thread_yield ();
  if (take (self->second, self->kind, -1, NULL, &error))
    {
      g_assert_true (put (self->second, self->kind, NULL));
    }
  else
    {
      g_assert_error (error, THR_ERROR, THR_ERROR_DEADLOCK);
      g_atomic_int_inc (self->n_reports);
    }
  g_assert_true (thr_rw_lock_release_write (self->first, NULL));

  return NULL;
}

static void
test_crossed (void)
{
  for (guint i = 0; i < 50; i++)
    {
      ThrRWLock *a = thr_rw_lock_new (), *b = thr_rw_lock_new ();
      int arrived = 0, n_reports = 0;
      Philosopher self[2] = {
        { a, b, READ, &arrived, &n_reports }, { b, a, WRITE, &arrived, &n_reports }
      };
      GThread *threads[2];

      for (guint n = 0; n < 2; n++)
        threads[n] = g_thread_new ("philosopher", philosopher_thread, &self[n]);
      for (guint n = 0; n < 2; n++)
        g_thread_join (threads[n]);
      g_assert_cmpint (n_reports, ==, 1);

      assert_finalized (a);
      assert_finalized (b);
    }
}

/* Read in one order and written in the other. */
static void
test_debug_order (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (ThrRWLock) a = NULL;
      g_autoptr (ThrRWLock) b = NULL;

      g_setenv ("THR_DEBUG", "locks", TRUE);
      a = g_object_new (THR_TYPE_RW_LOCK, "name", "first", NULL);
      b = g_object_new (THR_TYPE_RW_LOCK, "name", "second", NULL);
      g_assert_true (take (a, READ, -1, NULL, NULL));
      g_assert_true (take (b, READ, -1, NULL, NULL));
      g_assert_true (put (b, READ, NULL));
      g_assert_true (put (a, READ, NULL));
      g_assert_true (take (b, WRITE, -1, NULL, NULL));
      g_assert_true (take (a, WRITE, -1, NULL, NULL));
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*first*second*other order*");
}

/* --- A storm --- */

typedef struct
{
  ThrRWLock *lock;
  guint      n;
  guint      a, b;   /* always the same, outside of a write; plain */
} Pair;

static gpointer
pair_thread (gpointer data)
{
  Pair *self = data;

  for (guint i = 0; i < self->n; i++)
    {
      Kind kind = i % 4 == 0 ? WRITE : READ;

      if (!take (self->lock, kind, i % 3 == 0 ? (gint64) i % 40 : -1, NULL, NULL))
        continue;
      g_assert_cmpuint (self->a, ==, self->b);
      if (kind == WRITE)
        {
          self->a++;
          self->b++;
        }
      g_assert_true (put (self->lock, kind, NULL));
    }

  return NULL;
}

/* Readers and writers, a third of them with a limit that is about as long as the wait:
 *
 *   a writer gives up                      the last reader puts
 *   swaps to TIMED_OUT                     finds the writer, whose grant fails
 *   takes the lock of the line, goes       unlinks it, and grants the readers behind it
 *
 * Whoever of the two is second must let the readers in, or they sleep for ever.
 */
static void
test_storm (void)
{
  Pair self = { .lock = thr_rw_lock_new (), .n = is_thorough () ? 200000 : 20000 };
  GThread *threads[6];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("pair", pair_thread, &self);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (self.a, ==, self.b);
  g_assert_cmpuint (thr_rw_lock_get_n_waiters (self.lock), ==, 0);
  g_assert_cmpuint (thr_rw_lock_get_n_readers (self.lock), ==, 0);

  assert_finalized (self.lock);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/rw-lock/many-read", test_many_read);
  g_test_add_func ("/rw-lock/one-writes", test_one_writes);
  g_test_add_func ("/rw-lock/cancelled-during", test_cancelled_during);
  g_test_add_func ("/rw-lock/writers-first", test_writers_first);
  g_test_add_func ("/rw-lock/again", test_again);
  g_test_add_func ("/rw-lock/upgrade", test_upgrade);
  g_test_add_func ("/rw-lock/async", test_async);
  g_test_add_func ("/rw-lock/async-ends", test_async_ends);
  g_test_add_func ("/rw-lock/home-gone", test_home_gone);
  g_test_add_func ("/rw-lock/crossed", test_crossed);
  g_test_add_func ("/rw-lock/debug-order", test_debug_order);
  g_test_add_func ("/rw-lock/storm", test_storm);

  return g_test_run ();
}
