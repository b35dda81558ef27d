/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <malloc.h>

#include "sync/sync-util.h"

/* Each class is made, waited for in three forms with a second thread, and dropped, again
 * and again. Objects, threads, descriptors and memory are what they were before. */

typedef struct
{
  const char *name;
  gpointer  (*make)  (void);
  /* Before anybody waits, and what lets them go; in the main thread. */
  void      (*begin) (gpointer self);
  void      (*open)  (gpointer self);
  /* In the second thread. */
  void      (*block) (gpointer self);
  void      (*await) (gpointer self, GAsyncReadyCallback callback, gpointer data);
  void      (*end)   (gpointer self, GAsyncResult *result);
  /* After all others: with a limit. */
  void      (*timed) (gpointer self);
} Kind;

#define LIMIT (60 * G_USEC_PER_SEC)

static void
nothing (gpointer self)
{
}

/* --- Events and latches --- */

static gpointer
make_latch (void)
{
  return thr_latch_new (1);
}

static void
open_latch (gpointer self)
{
  g_assert_true (thr_latch_count_down (self, 1, NULL));
}

static void
block_latch (gpointer self)
{
  g_assert_true (thr_latch_wait (self, NULL));
}

static void
await_latch (gpointer            self,
             GAsyncReadyCallback callback,
             gpointer            data)
{
  thr_latch_wait_async (self, NULL, callback, data);
}

static void
end_latch (gpointer      self,
           GAsyncResult *result)
{
  g_assert_true (thr_latch_wait_finish (self, result, NULL));
}

static void
timed_latch (gpointer self)
{
  g_assert_true (thr_latch_wait_timed (self, LIMIT, NULL, NULL));
}

static void
block_event (gpointer self)
{
  g_assert_true (thr_event_wait (self, NULL));
}

static void
await_event (gpointer            self,
             GAsyncReadyCallback callback,
             gpointer            data)
{
  thr_event_wait_async (self, NULL, callback, data);
}

static void
end_event (gpointer      self,
           GAsyncResult *result)
{
  g_assert_true (thr_event_wait_finish (self, result, NULL));
}

static void
timed_event (gpointer self)
{
  g_assert_true (thr_event_wait_timed (self, LIMIT, NULL, NULL));
  thr_event_clear (self);
  g_assert_false (thr_event_wait_timed (self, 0, NULL, NULL));
}

/* --- Timers --- */

static gpointer
make_timer (void)
{
  return thr_timer_new (0);
}

static gboolean
func_cb (ThrTimer  *timer,
         gpointer   user_data,
         GError   **error)
{
  if (thr_timer_get_n_fired (timer) == 2)
    g_assert_true (thr_timer_cancel (timer));
  return TRUE;
}

static gpointer
make_timer_with_func (void)
{
  return thr_timer_new_full (1, TRUE, func_cb, g_object_new (G_TYPE_OBJECT, NULL),
                             g_object_unref, NULL);
}

static gpointer
make_long_timer (void)
{
  return thr_timer_new (G_MAXINT64);
}

static void
start_timer (gpointer self)
{
  g_assert_true (thr_timer_start (self, NULL));
}

static void
cancel_timer (gpointer self)
{
  g_assert_true (thr_timer_cancel (self));
}

static void
block_timer (gpointer self)
{
  g_assert_true (thr_timer_wait (self, NULL));
}

static void
await_timer (gpointer            self,
             GAsyncReadyCallback callback,
             gpointer            data)
{
  thr_timer_wait_async (self, NULL, callback, data);
}

static void
end_timer (gpointer      self,
           GAsyncResult *result)
{
  g_assert_true (thr_timer_wait_finish (self, result, NULL));
}

static void
timed_timer (gpointer self)
{
  g_assert_true (thr_timer_wait_timed (self, LIMIT, NULL, NULL));
}

/* --- Barriers --- */

static gboolean
action_cb (ThrBarrier  *barrier,
           gpointer     user_data,
           GError     **error)
{
  return TRUE;
}

static gpointer
make_barrier (void)
{
  return thr_barrier_new_full (3, action_cb, g_object_new (G_TYPE_OBJECT, NULL),
                               g_object_unref, NULL);
}

static void
block_barrier (gpointer self)
{
  g_assert_true (thr_barrier_wait (self, NULL, NULL));
}

static void
come_timed (gpointer self)
{
  g_assert_true (thr_barrier_wait_timed (self, LIMIT, NULL, NULL, NULL));
}

static void
await_barrier (gpointer            self,
               GAsyncReadyCallback callback,
               gpointer            data)
{
  thr_barrier_wait_async (self, NULL, callback, data);
}

static void
end_barrier (gpointer      self,
             GAsyncResult *result)
{
  g_assert_true (thr_barrier_wait_finish (self, result, NULL, NULL));
}

/* --- The halves of a reader/writer lock --- */

static gpointer
make_reader (void)
{
  g_autoptr (ThrRWLock) lock = thr_rw_lock_new ();

  return thr_rw_lock_get_reader (lock);
}

static gpointer
make_writer (void)
{
  g_autoptr (ThrRWLock) lock = thr_rw_lock_new ();

  return thr_rw_lock_get_writer (lock);
}

static void
write_lock (gpointer self)
{
  g_assert_true (thr_rw_lock_acquire_write (thr_rw_lock_view_get_lock (self), NULL));
}

static void
write_unlock (gpointer self)
{
  g_assert_true (thr_rw_lock_release_write (thr_rw_lock_view_get_lock (self), NULL));
}

static void
block_view (gpointer self)
{
  acquire (self);
  release (self);
}

static void
await_view (gpointer            self,
            GAsyncReadyCallback callback,
            gpointer            data)
{
  thr_lockable_acquire_async (self, NULL, callback, data);
}

static void
end_view (gpointer      self,
          GAsyncResult *result)
{
  g_assert_true (thr_lockable_acquire_finish (self, result, NULL));
  release (self);
}

static void
timed_view (gpointer self)
{
  g_assert_true (thr_lockable_acquire_timed (self, LIMIT, NULL, NULL));
  release (self);
}

/* --- Conditions --- */

static gpointer
make_condition (void)
{
  return thr_condition_new (NULL);
}

static void
block_condition (gpointer self)
{
  acquire (thr_condition_get_lock (self));
  g_assert_true (thr_condition_wait (self, NULL));
  release (thr_condition_get_lock (self));
}

static void
await_condition (gpointer            self,
                 GAsyncReadyCallback callback,
                 gpointer            data)
{
  acquire (thr_condition_get_lock (self));
  thr_condition_wait_async (self, NULL, callback, data);
}

static void
end_condition (gpointer      self,
               GAsyncResult *result)
{
  g_assert_true (thr_condition_wait_finish (self, result, NULL));
  release (thr_condition_get_lock (self));
}

static void
notify_condition (gpointer self)
{
  await_waiters (self, 2);
  acquire (thr_condition_get_lock (self));
  g_assert_true (thr_condition_notify_all (self, NULL));
  release (thr_condition_get_lock (self));
}

static void
timed_condition (gpointer self)
{
  acquire (thr_condition_get_lock (self));
  g_assert_false (thr_condition_wait_timed (self, 1, NULL, NULL));
  release (thr_condition_get_lock (self));
}

static const Kind kinds[] = {
  { "event", (gpointer) thr_event_new, nothing, (gpointer) thr_event_set, block_event,
    await_event, end_event, timed_event },
  { "latch", make_latch, nothing, open_latch, block_latch, await_latch, end_latch,
    timed_latch },
  { "barrier", make_barrier, nothing, come_timed, block_barrier, await_barrier, end_barrier,
    nothing },
  { "reader", make_reader, write_lock, write_unlock, block_view, await_view, end_view,
    timed_view },
  { "writer", make_writer, write_lock, write_unlock, block_view, await_view, end_view,
    timed_view },
  { "condition", make_condition, nothing, notify_condition, block_condition,
    await_condition, end_condition, timed_condition },
  { "timer", make_timer, start_timer, nothing, block_timer, await_timer, end_timer,
    timed_timer },
  { "timer-func", make_timer_with_func, start_timer, nothing, block_timer, await_timer,
    end_timer, timed_timer },
  { "timer-cancelled", make_long_timer, start_timer, cancel_timer, block_timer, await_timer,
    end_timer, timed_timer },
};

/* --- Cycles --- */

typedef struct
{
  const Kind *kind;
  gpointer    object;
  gboolean    called;
  int        *n_alive;
} Cycle;

static gpointer
second_thread (gpointer data)
{
  Cycle *self = data;

  self->kind->block (self->object);
  return NULL;
}

static void
called_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  Cycle *self = data;

  self->kind->end (self->object, result);
  self->called = TRUE;
}

static void
gone_cb (gpointer  data,
         GObject  *object)
{
  g_atomic_int_add ((int *) data, -1);
}

static void
run_cycle (const Kind *kind,
           int        *n_alive)
{
  Cycle self = { kind, kind->make (), FALSE, n_alive };
  GThread *thread;

  g_atomic_int_inc (n_alive);
  g_object_weak_ref (self.object, gone_cb, n_alive);
  g_signal_connect (self.object, "notify", G_CALLBACK (g_object_get_data), NULL);

  kind->begin (self.object);
  thread = g_thread_new ("second", second_thread, &self);
  kind->await (self.object, called_cb, &self);
  kind->open (self.object);
  while (!self.called)
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (thread);
  kind->timed (self.object);

  g_object_unref (self.object);
  drain ();
}

static guint
count_entries (const char *path)
{
  GDir *dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  g_dir_close (dir);
  return n;
}

static void
test_leaks (gconstpointer data)
{
  const gboolean is_slow = g_getenv ("THR_TEST_SLOW_MACHINE") != NULL;
  const guint n_cycles = is_slow ? 100 : 10000;
  int n_alive = 0;
  guint n_threads = count_entries ("/proc/self/task");
  guint n_fds;
  size_t used;

  for (guint i = 0; i < n_cycles / 10; i++)
    run_cycle (data, &n_alive);
  n_fds = count_entries ("/proc/self/fd");
  used = mallinfo2 ().uordblks;

  for (guint i = 0; i < n_cycles; i++)
    run_cycle (data, &n_alive);

  /* The last reference of a timer, and threads of the library's, go a moment later. */
  while (g_atomic_int_get (&n_alive) > 0 || count_entries ("/proc/self/task") > n_threads)
    {
      drain ();
      g_thread_yield ();
    }
  g_assert_cmpint (g_atomic_int_get (&n_alive), ==, 0);
  g_assert_cmpuint (count_entries ("/proc/self/fd"), ==, n_fds);
  /* Less than a few bytes a cycle: nothing that a cycle makes is as small. */
  if (!is_slow)
    g_assert_cmpuint (mallinfo2 ().uordblks, <, used + 4 * n_cycles);
}

static gpointer
nothing_thread (gpointer data)
{
  return NULL;
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  /* ThreadSanitizer has a thread of its own from the first one on. */
  g_thread_join (g_thread_new ("first", nothing_thread, NULL));

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *path = g_strdup_printf ("/sync-leaks/%s", kinds[i].name);

      g_test_add_data_func (path, &kinds[i], test_leaks);
    }

  return g_test_run ();
}
