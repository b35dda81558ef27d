/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "thread/test-gates.h"

/* What the tests of the work floor share. */

/* How often a race is run: @n times, or a fiftieth of it where each round costs fifty
 * times as much. */
static inline guint
rounds (guint n)
{
  if (g_getenv ("THR_TEST_SLOW_MACHINE") != NULL)
    return MAX (n / 50, 1);
  return g_getenv ("THR_TEST_THOROUGH") != NULL ? n * 10 : n;
}

static inline void
await_at_least (int *count,
                int  n)
{
  while (g_atomic_int_get (count) < n)
    g_thread_yield ();
}

static inline void
drain (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Until the loop has raised @count to @n. */
static inline void
iterate_until (int *count,
               int  n)
{
  while (g_atomic_int_get (count) < n)
    g_main_context_iteration (NULL, TRUE);
}

static inline void
count_data (gpointer data)
{
  g_atomic_int_inc ((int *) data);
}

static inline void
count_signal (GObject  *object,
              gpointer  data)
{
  g_atomic_int_inc ((int *) data);
}

static inline void
wait_for (gpointer future)
{
  g_autoptr (GError) error = NULL;
  gboolean done = thr_future_wait (future, -1, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (done);
}

static inline gint64
get_int64 (gpointer future)
{
  g_autoptr (GError) error = NULL;
  GValue *value = thr_future_dup_value (future, &error);
  gint64 number;

  g_assert_no_error (error);
  g_assert_nonnull (value);
  number = g_value_get_int64 (value);
  g_boxed_free (G_TYPE_VALUE, value);

  return number;
}

static inline void
assert_failed (gpointer future,
               GQuark   domain,
               int      code)
{
  g_assert_true (thr_future_is_done (future));
  g_assert_error (thr_future_get_error (future), domain, code);
}

#define assert_cancelled(future) assert_failed (future, G_IO_ERROR, G_IO_ERROR_CANCELLED)

static inline void
shut_down (ThrPool *pool)
{
  g_autoptr (GError) error = NULL;
  gboolean done = thr_pool_shutdown (pool, FALSE, TRUE, &error);

  g_assert_no_error (error);
  g_assert_true (done);
}

/* Everything that the pool has to tell is told, and nobody holds it. */
static inline void
end_pool (ThrPool *pool)
{
  shut_down (pool);
  drain ();
  g_assert_finalize_object (pool);
}
