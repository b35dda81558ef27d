/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "sync/sync-util.h"

/* Callers of acquire: a thread that blocks, and one that awaits. */

/* A thread that makes one acquire and tells how it went. */
typedef struct
{
  ThrLockable  *lockable;
  gint64        timeout_us;
  GCancellable *cancellable;
  int          *order;      /* atomic counter, or NULL */
  gboolean      keep;       /* do not release */

  GThread      *thread;
  gboolean      acquired;
  GError       *error;
  int           place;      /* when it came in, from 0 */
} Blocked;

static inline gpointer
blocked_thread (gpointer data)
{
  Blocked *self = data;

  self->acquired = self->timeout_us == -1 && self->cancellable == NULL
    ? thr_lockable_acquire (self->lockable, &self->error)
    : thr_lockable_acquire_timed (self->lockable, self->timeout_us, self->cancellable,
                                  &self->error);
  if (self->acquired && self->order != NULL)
    self->place = g_atomic_int_add (self->order, 1);
  if (self->acquired && !self->keep)
    release (self->lockable);

  return NULL;
}

/* Returns when the thread stands in line, after @ahead others. */
static inline void
blocked_start (Blocked *self,
               guint    ahead)
{
  self->thread = g_thread_new ("blocked", blocked_thread, self);
  await_waiters (self->lockable, ahead + 1);
}

static inline void
blocked_join (Blocked *self)
{
  g_thread_join (g_steal_pointer (&self->thread));
}

/* An asynchronous acquire that tells how it went. */
typedef struct
{
  int       *order;       /* counter, or NULL */
  gboolean   keep;        /* do not release */
  gboolean   drop;        /* do not finish */
  guint      n_calls;
  gboolean   acquired;
  GError    *error;
  int        place;
  GAsyncResult *result;   /* owned */
} Awaited;

static inline void
awaited_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  Awaited *self = data;

  self->n_calls++;
  if (self->drop)
    return;

  self->result = g_object_ref (result);
  self->acquired = thr_lockable_acquire_finish (THR_LOCKABLE (source), result, &self->error);
  if (self->acquired && self->order != NULL)
    self->place = g_atomic_int_add (self->order, 1);
  if (self->acquired && !self->keep)
    release (source);
}

static inline void
awaited_clear (Awaited *self)
{
  g_clear_object (&self->result);
  g_clear_error (&self->error);
}

static inline void
await_call (Awaited *self)
{
  while (self->n_calls == 0)
    g_main_context_iteration (NULL, TRUE);
}
