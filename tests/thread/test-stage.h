/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "thread/test-gates.h"

/* A thread that says when it has begun and ends when it is told to. */
typedef struct
{
  Gate begun;
  Gate go;
} Stage;

static inline void
stage_init (Stage *stage)
{
  gate_init (&stage->begun);
  gate_init (&stage->go);
}

static inline void
stage_clear (Stage *stage)
{
  gate_clear (&stage->begun);
  gate_clear (&stage->go);
}

static inline gboolean
stage_func (ThrThread  *thread,
            gpointer    user_data,
            GError    **error)
{
  Stage *stage = user_data;

  gate_open (&stage->begun);
  gate_wait (&stage->go);
  return TRUE;
}

static inline gboolean
nothing_func (ThrThread  *thread,
              gpointer    user_data,
              GError    **error)
{
  return TRUE;
}

/* A thread on a stage, begun. */
static inline ThrThread *
start_on_stage (Stage *stage)
{
  ThrThread *thread = thr_thread_new (NULL, stage_func, stage, NULL);
  GError *error = NULL;

  stage_init (stage);
  thr_thread_start (thread, &error);
  g_assert_no_error (error);
  gate_wait (&stage->begun);

  return thread;
}

static inline void
start (ThrThread *thread)
{
  GError *error = NULL;
  gboolean started = thr_thread_start (thread, &error);

  g_assert_no_error (error);
  g_assert_true (started);
}

static inline void
join (ThrThread *thread)
{
  GError *error = NULL;
  gboolean joined = thr_thread_join (thread, &error);

  g_assert_no_error (error);
  g_assert_true (joined);
}

static inline void
join_and_finalize (ThrThread *thread)
{
  join (thread);
  g_assert_finalize_object (thread);
}

static inline void
leave_stage (ThrThread *thread,
             Stage     *stage)
{
  gate_open (&stage->go);
  join_and_finalize (thread);
  stage_clear (stage);
}
