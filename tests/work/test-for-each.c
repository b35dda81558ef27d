/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "work/loop-bodies.h"

/* Parallel loops that the caller waits for, and their results. */

/* --- Chunks --- */

static void
test_every_index (void)
{
  static const gint64 sizes[] = { 0, 1, 2, 7, 1000, 30011 };
  static const gint64 grains[] = { 0, 1, 16, 1000, G_MAXINT64 };

  for (guint threads = 1; threads <= 4; threads++)
    {
      ThrPool *pool = thr_pool_new (threads);

      for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
        for (guint j = 0; j < G_N_ELEMENTS (grains); j++)
          {
            g_autoptr (GError) error = NULL;
            Marks marks;
            gboolean done;

            marks_init (&marks, -5, sizes[i], grains[j]);
            done = thr_pool_for_each (pool, -5, sizes[i] - 5, grains[j], NULL, mark_func,
                                      &marks, NULL, &error);
            g_assert_no_error (error);
            g_assert_true (done);
            if (sizes[i] <= grains[j])
              g_assert_cmpint (marks.n_calls, ==, sizes[i] > 0);
            marks_check (&marks);
          }
      end_pool (pool);
    }
}

/* Few chunks, whatever the number of indices. */
static void
test_huge (void)
{
  ThrPool *pool = thr_pool_new (2);
  guint64 sum = 0;

  g_assert_true (thr_pool_for_each (pool, 0, G_GINT64_CONSTANT (1) << 33, 0, NULL, sum_func,
                                    &sum, NULL, NULL));
  g_assert_cmpuint (sum, ==, G_GUINT64_CONSTANT (1) << 33);

  sum = 0;
  g_assert_true (thr_pool_for_each (pool, G_MININT64, G_MAXINT64, 0, NULL, sum_func, &sum,
                                    NULL, NULL));
  g_assert_cmpuint (sum, ==, G_MAXUINT64);

  /* Backwards is nothing. */
  g_assert_true (thr_pool_for_each (pool, G_MAXINT64, G_MININT64, 0, NULL, never_func, NULL,
                                    NULL, NULL));
  end_pool (pool);
}

static gboolean
slow_first_func (ThrParallelLoop  *loop,
                 gint64            begin,
                 gint64            end,
                 gpointer          user_data,
                 GError          **error)
{
  int *n_done = user_data;

  /* Only what came with it must wait for the slow one. */
  if (begin == 0)
    await_at_least (n_done, 1000 - end);
  g_atomic_int_add (n_done, end - begin);
  return TRUE;
}

/* One index lasts as long as all others together: it comes alone, and the other thread
 * does the rest meanwhile. */
static void
test_uneven (void)
{
  ThrPool *pool = thr_pool_new (1);
  int n_done = 0;

  g_assert_true (thr_pool_for_each (pool, 0, 1000, 0, NULL, slow_first_func, &n_done, NULL,
                                    NULL));
  g_assert_cmpint (n_done, ==, 1000);
  end_pool (pool);
}

static gboolean
where_func (ThrParallelLoop  *loop,
            gint64            begin,
            gint64            end,
            gpointer          user_data,
            GError          **error)
{
  g_assert_true (g_thread_self () == user_data);
  return TRUE;
}

/* Nobody of the pool is free: the caller does it all. */
static void
test_caller_takes_part (void)
{
  ThrPool *pool = thr_pool_new (2);
  Crowd crowd;

  occupy_all (pool, &crowd);
  g_assert_true (thr_pool_for_each (pool, 0, 1000, 0, NULL, where_func, g_thread_self (),
                                    NULL, NULL));
  let_all_go (&crowd);
  end_pool (pool);
}

static gboolean
meet_func (ThrParallelLoop  *loop,
           gint64            begin,
           gint64            end,
           gpointer          user_data,
           GError          **error)
{
  int *n_there = user_data;

  g_atomic_int_inc (n_there);
  await_at_least (n_there, 4);
  return TRUE;
}

/* Each index has a thread of its own, the caller's among them. */
static void
test_pool_takes_part (void)
{
  ThrPool *pool = thr_pool_new (3);
  int n_there = 0;

  g_assert_true (thr_pool_for_each (pool, 0, 4, 0, NULL, meet_func, &n_there, NULL, NULL));
  g_assert_cmpint (n_there, ==, 4);
  end_pool (pool);
}

static void
test_notify (void)
{
  ThrPool *pool = thr_pool_new (2);
  guint64 sum = 0;
  int n_freed = 0;

  /* At home, before it returns. */
  g_assert_true (thr_pool_for_each (pool, 0, 10, 0, NULL, sum_func, &sum, NULL, NULL));
  g_assert_true (thr_pool_for_each (pool, 0, 0, 0, NULL, never_func, &n_freed, count_data,
                                    NULL));
  g_assert_cmpint (n_freed, ==, 1);
  g_assert_false (thr_pool_for_each (pool, 0, 10, -1, NULL, never_func, &n_freed, count_data,
                                     NULL));
  g_assert_cmpint (n_freed, ==, 2);
  end_pool (pool);
}

/* --- Errors --- */

typedef struct
{
  int  n_inside;
  int  n_after;
  int  failed;
  Gate both;
} Failure;

static gboolean
fail_together_func (ThrParallelLoop  *loop,
                    gint64            begin,
                    gint64            end,
                    gpointer          user_data,
                    GError          **error)
{
  Failure *failure = user_data;

  if (g_atomic_int_get (&failure->failed))
    g_atomic_int_inc (&failure->n_after);
  if (g_atomic_int_add (&failure->n_inside, 1) == 1)
    gate_open (&failure->both);
  gate_wait (&failure->both);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "number %d", (int) begin);
  g_atomic_int_set (&failure->failed, TRUE);
  return FALSE;
}

static void
hook_cb (ThrThread    *thread,
         const GError *error,
         gpointer      data)
{
  g_assert_true (thread == thr_thread_current ());
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_atomic_int_inc ((int *) data);
}

/* One error is the answer, and the other goes to the hook. */
static void
test_first_error (void)
{
  ThrPool *pool = thr_pool_new (1);
  g_autoptr (GError) error = NULL;
  Failure failure = { 0 };
  int n_reported = 0;

  gate_init (&failure.both);
  thr_set_error_hook (hook_cb, &n_reported, NULL);
  g_assert_false (thr_pool_for_each (pool, 0, 1000, 0, NULL, fail_together_func, &failure,
                                     NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_cmpint (failure.n_inside, ==, 2);
  g_assert_cmpint (failure.n_after, ==, 0);
  g_assert_cmpint (n_reported, ==, 1);
  thr_set_error_hook (NULL, NULL, NULL);
  gate_clear (&failure.both);
  end_pool (pool);
}

static gboolean
fail_at_func (ThrParallelLoop  *loop,
              gint64            begin,
              gint64            end,
              gpointer          user_data,
              GError          **error)
{
  if (begin <= 500 && 500 < end)
    {
      if (user_data != NULL)
        g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY, "busy");
      return user_data == error; /* never */
    }

  return TRUE;
}

static gboolean
fail_beside_func (ThrParallelLoop  *loop,
                  gint64            begin,
                  gint64            end,
                  gpointer          user_data,
                  GError          **error)
{
  if (begin == 0)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY, "busy");
  return TRUE;
}

static void
assert_fails (ThrPool      *pool,
              gint64        grain,
              GCancellable *cancellable,
              ThrRangeFunc  func,
              gpointer      data,
              GQuark        domain,
              int           code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (thr_pool_for_each (pool, 0, 1000, grain, cancellable, func, data, NULL,
                                     &error));
  g_assert_error (error, domain, code);
  g_assert_false (thr_pool_for_each (pool, 0, 1000, grain, cancellable, func, data, NULL,
                                     NULL));
}

static void
test_errors (void)
{
  ThrPool *pool = thr_pool_new (2);
  int data = 0;

  assert_fails (pool, 1, NULL, fail_at_func, &data, G_IO_ERROR, G_IO_ERROR_BUSY);
  assert_fails (pool, 1, NULL, fail_at_func, NULL, THR_ERROR, THR_ERROR_NO_RESULT);
  assert_fails (pool, 0, NULL, fail_beside_func, NULL, G_IO_ERROR, G_IO_ERROR_BUSY);
  assert_fails (pool, -1, NULL, never_func, NULL, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  assert_fails (pool, 0, NULL, NULL, NULL, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  shut_down (pool);
  assert_fails (pool, 0, NULL, never_func, NULL, THR_ERROR, THR_ERROR_SHUT_DOWN);
  end_pool (pool);
}

/* --- Cancelling --- */

typedef struct
{
  GCancellable *cancellable;
  int           n_calls;
} Cancelling;

static gboolean
cancel_func (ThrParallelLoop  *loop,
             gint64            begin,
             gint64            end,
             gpointer          user_data,
             GError          **error)
{
  Cancelling *cancelling = user_data;

  g_assert_true (thr_parallel_loop_get_cancellable (loop) == cancelling->cancellable);
  g_atomic_int_inc (&cancelling->n_calls);
  g_cancellable_cancel (cancelling->cancellable);
  return TRUE;
}

static void
test_cancelled (void)
{
  ThrPool *pool = thr_pool_new (2);
  Cancelling cancelling = { g_cancellable_new (), 0 };

  assert_fails (pool, 0, cancelling.cancellable, cancel_func, &cancelling,
                G_IO_ERROR, G_IO_ERROR_CANCELLED);
  /* One for each thread at the most. */
  g_assert_cmpint (cancelling.n_calls, >=, 1);
  g_assert_cmpint (cancelling.n_calls, <=, 3);

  assert_fails (pool, 0, cancelling.cancellable, never_func, NULL,
                G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (thr_pool_for_each (pool, 0, 0, 0, cancelling.cancellable, never_func, NULL,
                                     NULL, NULL));

  /* Cancelled by its last index, when there is nothing left to cancel. */
  g_cancellable_reset (cancelling.cancellable);
  g_assert_true (thr_pool_for_each (pool, 0, 1, 0, cancelling.cancellable, cancel_func,
                                    &cancelling, NULL, NULL));
  g_assert_true (g_cancellable_is_cancelled (cancelling.cancellable));
  g_object_unref (cancelling.cancellable);
  end_pool (pool);
}

static gboolean
cancel_later_func (ThrTask   *task,
                   gpointer   user_data,
                   GError   **error)
{
  g_cancellable_cancel (user_data);
  return TRUE;
}

/* The cancellation meets the loop anywhere; it is done, or it is cancelled and not
 * done, and in no case is anybody still inside. */
static void
test_cancel_race (void)
{
  ThrPool *pool = thr_pool_new (2);
  guint n = rounds (5000);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      guint64 sum = 0, size = 1 + i % 40;
      ThrTask *task = thr_pool_submit (pool, cancel_later_func, cancellable, NULL);

      if (thr_pool_for_each (pool, 0, size, 1, cancellable, sum_func, &sum, NULL, &error))
        {
          g_assert_cmpuint (sum, ==, size);
        }
      else
        {
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
          g_assert_cmpuint (sum, <, size);
        }
      wait_for (task);
      g_object_unref (task);
    }
  end_pool (pool);
}

/* --- Nesting --- */

typedef struct
{
  ThrPool *pool;
  guint    depth;
  int      n_leaves;
} Nest;

static gboolean
nested_func (ThrParallelLoop  *loop,
             gint64            begin,
             gint64            end,
             gpointer          user_data,
             GError          **error)
{
  Nest *nest = user_data;

  for (gint64 i = begin; i < end; i++)
    if (nest->depth == 0)
      {
        g_atomic_int_inc (&nest->n_leaves);
      }
    else
      {
        Nest inner = { nest->pool, nest->depth - 1, 0 };

        if (!thr_pool_for_each (nest->pool, 0, 4, 0, NULL, nested_func, &inner, NULL, error))
          return FALSE;
        g_atomic_int_add (&nest->n_leaves, inner.n_leaves);
      }

  return TRUE;
}

static gboolean
nest_in_task_func (ThrTask   *task,
                   gpointer   user_data,
                   GError   **error)
{
  Nest *nest = user_data;

  return thr_pool_for_each (nest->pool, 0, 4, 0, NULL, nested_func, nest, NULL, error);
}

static void
test_nested (void)
{
  for (guint threads = 1; threads <= 3; threads++)
    {
      ThrPool *pool = thr_pool_new (threads);

      for (guint i = 0; i < rounds (50); i++)
        {
          g_autoptr (GError) error = NULL;
          Nest outer = { pool, 4, 0 };
          Nest in_tasks[4];
          ThrTask *tasks[4];

          for (guint j = 0; j < 4; j++)
            {
              in_tasks[j] = (Nest) { pool, 2, 0 };
              tasks[j] = thr_pool_submit (pool, nest_in_task_func, &in_tasks[j], NULL);
            }
          g_assert_true (thr_pool_for_each (pool, 0, 4, 0, NULL, nested_func, &outer, NULL,
                                            &error));
          g_assert_no_error (error);
          g_assert_cmpint (outer.n_leaves, ==, 1024);
          for (guint j = 0; j < 4; j++)
            {
              wait_for (tasks[j]);
              g_assert_cmpint (in_tasks[j].n_leaves, ==, 64);
              g_object_unref (tasks[j]);
            }
        }
      end_pool (pool);
    }
}

/* --- The end of the pool --- */

static gboolean
close_inside_func (ThrParallelLoop  *loop,
                   gint64            begin,
                   gint64            end,
                   gpointer          user_data,
                   GError          **error)
{
  Nest *nest = user_data;

  if (begin == 0)
    thr_pool_shutdown (nest->pool, TRUE, FALSE, NULL);
  g_atomic_int_add (&nest->n_leaves, end - begin);
  return TRUE;
}

/* The loop goes on with whoever is there. */
static void
test_shut_down_meanwhile (void)
{
  for (guint i = 0; i < rounds (500); i++)
    {
      ThrPool *pool = thr_pool_new (1 + i % 3);
      Nest nest = { pool, 0, 0 };

      g_assert_true (thr_pool_for_each (pool, 0, 100, 1, NULL, close_inside_func, &nest, NULL,
                                        NULL));
      g_assert_cmpint (nest.n_leaves, ==, 100);
      end_pool (pool);
    }
}

static gboolean
close_and_loop_func (ThrTask   *task,
                     gpointer   user_data,
                     GError   **error)
{
  Nest *nest = user_data;

  thr_pool_shutdown (nest->pool, FALSE, FALSE, NULL);
  return nest_in_task_func (task, user_data, error);
}

/* A pool that takes no new work finishes what its tasks are at. */
static void
test_own_worker_after_shutdown (void)
{
  ThrPool *pool = thr_pool_new (2);
  Nest nest = { pool, 1, 0 };
  ThrTask *task = thr_pool_submit (pool, close_and_loop_func, &nest, NULL);

  wait_for (task);
  g_assert_no_error (thr_future_get_error (THR_FUTURE (task)));
  g_assert_cmpint (nest.n_leaves, ==, 16);
  end_pool (pool);
  g_assert_finalize_object (task);
}

/* --- Results --- */

static void
test_map (void)
{
  ThrPool *pool = thr_pool_new (3);

  for (gint64 n = 0; n < 2000; n = 2 * n + 1)
    {
      g_autoptr (GError) error = NULL;
      ThrValues *values = thr_pool_map (pool, -3, n - 3, 0, NULL, square_func, NULL, NULL,
                                        &error);

      g_assert_no_error (error);
      g_assert_cmpuint (thr_values_get_n_values (values), ==, n);
      for (gint64 i = 0; i < n; i++)
        g_assert_cmpint (g_value_get_int64 (thr_values_get_value (values, i)), ==,
                         (i - 3) * (i - 3));
      g_assert_finalize_object (values);
    }
  end_pool (pool);
}

static gboolean
object_func (ThrParallelLoop  *loop,
             gint64            index,
             GValue           *result,
             gpointer          user_data,
             GError          **error)
{
  if (index == 50)
    return FALSE;
  if (index % 2 == 0)
    return TRUE;

  g_value_init (result, G_TYPE_OBJECT);
  g_value_set_object (result, user_data);
  return TRUE;
}

/* An empty result is a NULL; the results of a map that failed are let go of. */
static void
test_map_errors (void)
{
  ThrPool *pool = thr_pool_new (2);
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (GError) error = NULL;
  ThrValues *values = thr_pool_map (pool, 0, 10, 0, NULL, object_func, object, NULL, &error);

  g_assert_no_error (error);
  g_assert_null (g_value_get_object (thr_values_get_value (values, 4)));
  g_assert_true (g_value_get_object (thr_values_get_value (values, 5)) == object);
  g_object_unref (values);

  g_assert_null (thr_pool_map (pool, 0, 100, 1, NULL, object_func, object, NULL, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_NO_RESULT);
  g_clear_error (&error);
  g_assert_null (thr_pool_map (pool, 0, G_MAXINT64, 1, NULL, object_func, object, NULL,
                               &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_OVERFLOW);
  g_clear_error (&error);
  g_assert_null (thr_pool_map (pool, 0, 1, 1, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  end_pool (pool);
  g_assert_finalize_object (object);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/for-each/every-index", test_every_index);
  g_test_add_func ("/for-each/huge", test_huge);
  g_test_add_func ("/for-each/uneven", test_uneven);
  g_test_add_func ("/for-each/caller-takes-part", test_caller_takes_part);
  g_test_add_func ("/for-each/pool-takes-part", test_pool_takes_part);
  g_test_add_func ("/for-each/notify", test_notify);
  g_test_add_func ("/for-each/first-error", test_first_error);
  g_test_add_func ("/for-each/errors", test_errors);
  g_test_add_func ("/for-each/cancelled", test_cancelled);
  g_test_add_func ("/for-each/cancel-race", test_cancel_race);
  g_test_add_func ("/for-each/nested", test_nested);
  g_test_add_func ("/for-each/shut-down-meanwhile", test_shut_down_meanwhile);
  g_test_add_func ("/for-each/own-worker-after-shutdown", test_own_worker_after_shutdown);
  g_test_add_func ("/for-each/map", test_map);
  g_test_add_func ("/for-each/map-errors", test_map_errors);

  return g_test_run ();
}
