/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "work/work-funcs.h"

/* Memory where nobody runs a main loop, and where the context goes half-way. */

#define N_CYCLES 10000
#define KEPT     700   /* a few hundred are not worth a look by each caller */

static gboolean
nothing_func (ThrTask   *task,
              gpointer   user_data,
              GError   **error)
{
  return TRUE;
}

static int n_alive, n_data; /* atomic */

static void
gone_cb (gpointer data,
         GObject *object)
{
  g_atomic_int_add (&n_alive, -1);
}

static gpointer
watch (gpointer object)
{
  g_atomic_int_inc (&n_alive);
  g_object_weak_ref (object, gone_cb, NULL);
  return object;
}

static gpointer
data_new (void)
{
  g_atomic_int_inc (&n_data);
  return g_malloc (8);
}

static void
data_free (gpointer data)
{
  g_atomic_int_add (&n_data, -1);
  g_free (data);
}

static ThrFuture *
submit_echo (ThrPool *pool)
{
  return watch (thr_pool_submit (pool, echo_func, GINT_TO_POINTER (3), NULL));
}

static gboolean
progress_func (ThrTask   *task,
               gpointer   user_data,
               GError   **error)
{
  for (guint i = 0; i < 10; i++)
    thr_task_set_progress (task, i / 10.0);
  thr_task_set_message (task, "nearly there");
  return TRUE;
}

static void
waited_cycle (ThrPool *pool)
{
  ThrFuture *task = submit_echo (pool);

  wait_for (task);
  g_object_unref (task);
}

static void
dropped_cycle (ThrPool *pool)
{
  ThrTask *task = watch (thr_pool_submit (pool, nothing_func, data_new (), data_free));

  g_object_unref (task);
}

static void
progress_cycle (ThrPool *pool)
{
  ThrTask *task = watch (thr_pool_submit (pool, progress_func, data_new (), data_free));

  wait_for (THR_FUTURE (task));
  g_object_unref (task);
}

static void
count_value (const GValue *value,
             gpointer      data)
{
}

static void
then_cycle (ThrPool *pool)
{
  ThrFuture *task = submit_echo (pool);

  thr_future_then (task, count_value, data_new (), data_free, NULL, NULL, NULL);
  wait_for (task);
  g_object_unref (task);
}

static void
finish_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_assert_true (thr_future_wait_finish (THR_FUTURE (source), result, NULL));
}

static void
await_cycle (ThrPool *pool)
{
  ThrFuture *task = submit_echo (pool);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  thr_future_wait_async (task, NULL, finish_cb, NULL);
  thr_future_wait_async (task, NULL, NULL, NULL);
  thr_future_wait_async (task, cancellable, NULL, NULL);
  g_cancellable_cancel (cancellable);
  wait_for (task);
  g_object_unref (task);
}

static void
future_cycle (ThrPool *pool)
{
  ThrFuture *future = watch (thr_future_new ());

  thr_future_set_value (future, NULL, NULL);
  wait_for (future);
  g_object_unref (future);
}

static void
set_cycle (ThrPool *pool)
{
  ThrFuture *tasks[2] = { submit_echo (pool), watch (thr_future_new ()) };
  ThrFuture *any = watch (thr_future_any (tasks, 2));
  ThrFuture *all = watch (thr_future_all (tasks, 2));

  wait_for (any);
  g_object_unref (tasks[0]);
  g_object_unref (tasks[1]);
  /* The worker may be taking its hook back from the member at this moment. */
  wait_for (all);
  assert_failed (all, THR_ERROR, THR_ERROR_BROKEN);
  g_object_unref (any);
  g_object_unref (all);
}

static void
lock_cycle (ThrPool *pool)
{
  ThrLock *lock = watch (thr_lock_new ());

  g_assert_true (thr_lock_acquire (lock, NULL));
  thr_lock_acquire_async (lock, NULL, NULL, NULL);
  thr_lock_acquire_async (lock, NULL, NULL, NULL);
  g_assert_true (thr_lock_release (lock, NULL));
  g_assert_true (thr_lock_try_acquire (lock));
  g_object_unref (lock);
  future_cycle (pool);
}

static void
cancelled_cycle (ThrPool *pool)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  ThrTask *task = watch (thr_pool_submit_full (pool, 0, cancellable, nothing_func, data_new (),
                                               data_free));

  g_cancellable_cancel (cancellable);
  wait_for (THR_FUTURE (task));
  g_object_unref (task);
}

typedef void (*Cycle) (ThrPool *pool);

static void
check (Cycle cycle)
{
  ThrPool *pool = thr_pool_new (1);
  Hold hold;
  int n = rounds (N_CYCLES);

  for (int i = 0; i < n; i++)
    cycle (pool);
  /* What is queued is nobody's fault. */
  let_go (occupy (pool, &hold), &hold);
  for (int i = 0; i < n / 4; i++)
    waited_cycle (pool);
  g_assert_cmpint (g_atomic_int_get (&n_alive), <, KEPT);
  g_assert_cmpint (g_atomic_int_get (&n_data), <, KEPT);

  shut_down (pool);
  drain ();
  g_assert_cmpint (g_atomic_int_get (&n_alive), ==, 0);
  g_assert_cmpint (g_atomic_int_get (&n_data), ==, 0);
  end_pool (pool);
}

static void
test_no_loop (gconstpointer cycle)
{
  check ((Cycle) cycle);
}

/* A context that somebody had for a while, without ever running it, and which goes
 * while the work is going on. */
static void
test_context_dropped (gconstpointer data)
{
  Cycle cycle = (Cycle) data;
  int n = rounds (N_CYCLES / 10);

  for (int i = 0; i < n; i++)
    {
      GMainContext *context = g_main_context_new ();
      ThrPool *pool;

      g_main_context_push_thread_default (context);
      pool = thr_pool_new (2);
      for (guint j = 0; j < 3; j++)
        {
          ThrFuture *task = submit_echo (pool);

          thr_future_then (task, count_value, data_new (), data_free, NULL, NULL, NULL);
          thr_future_wait_async (task, NULL, finish_cb, NULL);
          g_object_unref (task);
          if (i % 2 == 0)
            cycle (pool);
        }
      g_main_context_pop_thread_default (context);
      g_main_context_unref (context);
      shut_down (pool);
      end_pool (pool);
      g_assert_cmpint (g_atomic_int_get (&n_alive), ==, 0);
      g_assert_cmpint (g_atomic_int_get (&n_data), ==, 0);
    }
}

static const struct
{
  const char *name;
  Cycle       cycle;
} cycles[] = {
  { "waited", waited_cycle },
  { "dropped", dropped_cycle },
  { "progress", progress_cycle },
  { "then", then_cycle },
  { "await", await_cycle },
  { "future", future_cycle },
  { "set", set_cycle },
  { "lock", lock_cycle },
  { "cancelled", cancelled_cycle }
};

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cycles); i++)
    {
      g_autofree char *path = g_strdup_printf ("/no-loop/%s", cycles[i].name);
      g_autofree char *dropped = g_strdup_printf ("/no-loop/context-dropped/%s",
                                                  cycles[i].name);

      g_test_add_data_func (path, cycles[i].cycle, test_no_loop);
      g_test_add_data_func (dropped, cycles[i].cycle, test_context_dropped);
    }

  return g_test_run ();
}
