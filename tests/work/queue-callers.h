/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "work/queue-util.h"

/* Callers that wait for a queue: in a thread, and on the main loop. */

static inline gpointer
caller_thread (gpointer data)
{
  Caller *self = data;

  switch (self->verb)
    {
    case PUT:
      self->success = put_timed (self->queue, self->number, self->timeout_us,
                                 self->cancellable, &self->error);
      break;
    case GET:
      self->number = get_timed (self->queue, self->timeout_us, self->cancellable, &self->error);
      self->success = self->number >= 0;
      break;
    case JOIN:
    default:
      self->success = thr_queue_join_timed (self->queue, self->timeout_us, self->cancellable,
                                            &self->error);
    }
  return NULL;
}

/* Returns when the thread stands in a line, after @ahead others in all of them. */
static inline void
caller_block (Caller *self,
              guint   ahead)
{
  self->thread = g_thread_new ("caller", caller_thread, self);
  await_waiters (self->queue, ahead + 1);
}

static inline void
caller_join (Caller *self)
{
  g_thread_join (g_steal_pointer (&self->thread));
}

static inline void
caller_finish (Caller *self)
{
  g_auto (GValue) value = G_VALUE_INIT;

  switch (self->verb)
    {
    case PUT:
      self->success = thr_queue_put_finish (self->queue, self->result, &self->error);
      break;
    case GET:
      self->success = thr_queue_get_finish_into (self->queue, self->result, &value,
                                                 &self->error);
      self->number = self->success ? g_value_get_int (&value) : -1;
      break;
    case JOIN:
    default:
      self->success = thr_queue_join_finish (self->queue, self->result, &self->error);
    }
}

static inline void
caller_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  Caller *self = data;

  self->n_calls++;
  if (self->drop)
    return;

  self->result = g_object_ref (result);
  caller_finish (self);
}

static inline void
caller_await (Caller *self)
{
  g_auto (GValue) value = G_VALUE_INIT;

  switch (self->verb)
    {
    case PUT:
      number_init (&value, self->number);
      thr_queue_put_async (self->queue, &value, self->cancellable, caller_cb, self);
      break;
    case GET:
      thr_queue_get_async (self->queue, self->cancellable, caller_cb, self);
      break;
    case JOIN:
    default:
      thr_queue_join_async (self->queue, self->cancellable, caller_cb, self);
    }
}

static inline void
caller_clear (Caller *self)
{
  g_clear_object (&self->result);
  g_clear_error (&self->error);
  self->n_calls = 0;
}
