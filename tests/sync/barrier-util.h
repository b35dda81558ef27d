/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "sync/sync-util.h"

/* Parties of a barrier: a thread that comes, and one that awaits. */

typedef struct
{
  ThrBarrier   *barrier;
  gint64        timeout_us;
  GCancellable *cancellable;

  GThread      *thread;
  gboolean      success;
  gint          index;
  GError       *error;
} Party;

static inline gpointer
party_thread (gpointer data)
{
  Party *self = data;

  self->success = self->timeout_us == -1 && self->cancellable == NULL
    ? thr_barrier_wait (self->barrier, &self->index, &self->error)
    : thr_barrier_wait_timed (self->barrier, self->timeout_us, self->cancellable,
                              &self->index, &self->error);
  return NULL;
}

static inline void
party_start (Party      *self,
             ThrBarrier *barrier)
{
  *self = (Party) { .barrier = barrier, .timeout_us = -1 };
  self->thread = g_thread_new ("party", party_thread, self);
}

static inline void
party_join (Party *self)
{
  g_thread_join (g_steal_pointer (&self->thread));
}

static inline void
await_n_waiting (ThrBarrier *barrier,
                 gint        n)
{
  while (thr_barrier_get_n_waiting (barrier) != n)
    g_thread_yield ();
}

/* Starts it and returns when it is the @n-th in line. */
static inline void
party_come (Party      *self,
            ThrBarrier *barrier,
            gint        n)
{
  party_start (self, barrier);
  await_n_waiting (barrier, n);
}

static inline void
assert_broken_and_clear (GError **error)
{
  assert_error_and_clear (error, THR_ERROR, THR_ERROR_BROKEN);
}

typedef struct
{
  guint         n_calls;
  gboolean      success;
  gint          index;
  GError       *error;
  GAsyncResult *result; /* owned */
} Awaited;

static inline void
awaited_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  Awaited *self = data;

  self->n_calls++;
  self->result = g_object_ref (result);
  self->success = thr_barrier_wait_finish (THR_BARRIER (source), result, &self->index,
                                           &self->error);
}

static inline void
await_call (Awaited *self)
{
  while (self->n_calls == 0)
    g_main_context_iteration (NULL, TRUE);
}

static inline void
awaited_clear (Awaited *self)
{
  g_clear_object (&self->result);
  g_clear_error (&self->error);
}
