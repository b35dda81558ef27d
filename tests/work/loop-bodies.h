/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "work/work-funcs.h"

/* Bodies for the tests of parallel loops. */

/* Counts the visits of each index. */
typedef struct
{
  gint64  begin;
  gint64  n;
  gint64  grain;
  int    *visits;
  int     n_calls;
  int     n_small;    /* calls with less than the grain */
} Marks;

static inline void
marks_init (Marks  *marks,
            gint64  begin,
            gint64  n,
            gint64  grain)
{
  *marks = (Marks) { .begin = begin, .n = n, .grain = grain, .visits = g_new0 (int, n + 1) };
}

static inline gboolean
mark_func (ThrParallelLoop  *loop,
           gint64            begin,
           gint64            end,
           gpointer          user_data,
           GError          **error)
{
  Marks *marks = user_data;

  g_assert_cmpint (begin, <, end);
  g_atomic_int_inc (&marks->n_calls);
  if (end - begin < marks->grain)
    g_atomic_int_inc (&marks->n_small);
  for (gint64 i = begin; i < end; i++)
    g_atomic_int_inc (&marks->visits[i - marks->begin]);

  return TRUE;
}

/* Each index once, and only the last chunk below the grain. */
static inline void
marks_check (Marks *marks)
{
  for (gint64 i = 0; i < marks->n; i++)
    g_assert_cmpint (marks->visits[i], ==, 1);
  g_assert_cmpint (marks->visits[marks->n], ==, 0);
  g_assert_cmpint (marks->n_small, <=, marks->n < marks->grain);
  g_free (marks->visits);
}

static inline gboolean
sum_func (ThrParallelLoop  *loop,
          gint64            begin,
          gint64            end,
          gpointer          user_data,
          GError          **error)
{
  __atomic_fetch_add ((guint64 *) user_data, (guint64) end - (guint64) begin,
                      __ATOMIC_RELAXED);
  return TRUE;
}

static inline gboolean
never_func (ThrParallelLoop  *loop,
            gint64            begin,
            gint64            end,
            gpointer          user_data,
            GError          **error)
{
  g_assert_not_reached ();
}

static inline gboolean
square_func (ThrParallelLoop  *loop,
             gint64            index,
             GValue           *result,
             gpointer          user_data,
             GError          **error)
{
  g_value_init (result, G_TYPE_INT64);
  g_value_set_int64 (result, index * index);
  return TRUE;
}

/* The pool's workers are busy until they are let go. */
typedef struct
{
  ThrTask *tasks[8];
  Hold     holds[8];
  guint    n;
} Crowd;

static inline void
occupy_all (ThrPool *pool,
            Crowd   *crowd)
{
  crowd->n = thr_pool_get_max_threads (pool);
  g_assert_cmpuint (crowd->n, <=, G_N_ELEMENTS (crowd->tasks));
  for (guint i = 0; i < crowd->n; i++)
    crowd->tasks[i] = occupy (pool, &crowd->holds[i]);
}

static inline void
let_all_go (Crowd *crowd)
{
  for (guint i = 0; i < crowd->n; i++)
    let_go (crowd->tasks[i], &crowd->holds[i]);
}
