/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "work/work-util.h"

/* Work for the tests. */

/* Work that answers with its datum, a number. */
static inline gboolean
echo_func (ThrTask   *task,
           gpointer   user_data,
           GError   **error)
{
  return thr_task_return_int64 (task, GPOINTER_TO_INT (user_data));
}

static inline gboolean
fail_func (ThrTask   *task,
           gpointer   user_data,
           GError   **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "not there");
  return FALSE;
}

static inline gboolean
count_func (ThrTask   *task,
            gpointer   user_data,
            GError   **error)
{
  g_atomic_int_inc ((int *) user_data);
  return TRUE;
}

/* Work that says when it has begun and ends when it is told to. */
typedef struct
{
  Gate begun;
  Gate go;
} Hold;

static inline void
hold_init (Hold *hold)
{
  gate_init (&hold->begun);
  gate_init (&hold->go);
}

static inline void
hold_clear (Hold *hold)
{
  gate_clear (&hold->begun);
  gate_clear (&hold->go);
}

static inline gboolean
hold_func (ThrTask   *task,
           gpointer   user_data,
           GError   **error)
{
  Hold *hold = user_data;

  gate_open (&hold->begun);
  gate_wait (&hold->go);
  return TRUE;
}

/* A task that keeps a worker busy until it is let go. */
static inline ThrTask *
occupy (ThrPool *pool,
        Hold    *hold)
{
  ThrTask *task;

  hold_init (hold);
  task = thr_pool_submit (pool, hold_func, hold, NULL);
  gate_wait (&hold->begun);

  return task;
}

static inline void
let_go (ThrTask *task,
        Hold    *hold)
{
  gate_open (&hold->go);
  wait_for (task);
  g_object_unref (task);
  hold_clear (hold);
}
