/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/thrkit.h>

#include "test-thing.h"

/* What the tests of the base floor share: gates, start lines, and how often. */

static inline gboolean
is_thorough (void)
{
  return g_getenv ("THR_TEST_THOROUGH") != NULL;
}

/* How often a race is run: @n times, or a fiftieth of it where each round costs
 * fifty times as much. */
static inline guint
rounds (guint n)
{
  if (g_getenv ("THR_TEST_SLOW_MACHINE") != NULL)
    return MAX (n / 50, 1);
  return is_thorough () ? n * 10 : n;
}

static inline void
await_at_least (int *count,
                int  n)
{
  while (g_atomic_int_get (count) < n)
    g_thread_yield ();
}

static inline void
await_flag (int *flag)
{
  await_at_least (flag, 1);
}

/* All that is ready on @context; nothing is waited for. */
static inline void
drain (GMainContext *context)
{
  while (g_main_context_iteration (context, FALSE))
    ;
}

static inline void
iterate_until (GMainContext *context,
               int          *count,
               int           n)
{
  while (g_atomic_int_get (count) < n)
    g_main_context_iteration (context, TRUE);
}

/* --- A start line ---
 *
 * Threads that run the same round again and again, each round from one start. A
 * round begins when everybody has arrived, so the steps that follow the line meet
 * as closely as the machine allows.
 */
typedef struct
{
  int n;       /* how many must arrive */
  int arrived; /* atomic */
  int round;   /* atomic */
} StartLine;

static inline void
start_line_wait (StartLine *self)
{
  int round = g_atomic_int_get (&self->round);

  if (g_atomic_int_add (&self->arrived, 1) == self->n - 1)
    {
      g_atomic_int_set (&self->arrived, 0);
      g_atomic_int_inc (&self->round);
      return;
    }

  for (guint i = 0; g_atomic_int_get (&self->round) == round; i++)
    if (i % 64 == 63)
      g_thread_yield ();
}

/* A moment that differs from round to round, so that whoever is first is not always
 * the same one. */
static inline void
stagger (guint seed)
{
  for (guint i = 0; i < seed % 61 * 4; i++)
    __atomic_signal_fence (__ATOMIC_SEQ_CST);
}
