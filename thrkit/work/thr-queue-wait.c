/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-i18n-private.h"
#include "work/thr-queue-private.h"

/* The forms of waiting, for whatever a queue is waited for. */

GError *
thr_queue_make_closed_error (void)
{
  return g_error_new_literal (THR_ERROR, THR_ERROR_SHUT_DOWN, _("The queue is shut down"));
}

static ThrPark
park_in_line (ThrQueue    *self,
              ThrWaitList *line,
              ThrWaiter   *waiter,
              ThrDeadline  deadline)
{
  ThrPark park;

  /* Only in line: a waiter that spins before would not be seen. */
  thr_waiter_spin (waiter);

  /* A nudge here is the stale token of an earlier wait. */
  do
    park = thr_waiter_park (waiter, deadline);
  while (park == THR_PARK_NUDGED);

  if (park != THR_PARK_GRANTED)
    {
      thr_queue_lock (self);
      thr_wait_list_remove_unlocked (line, waiter);
      thr_queue_unlock (self);
    }

  return park;
}

/* @turn says how it went when the result is GRANTED. */
static ThrPark
block (ThrQueue            *self,
       const ThrQueueVerb  *verb,
       gpointer            *slot,
       ThrDeadline          deadline,
       GCancellable        *cancellable,
       ThrQueueTurn        *turn)
{
  ThrPark park = THR_PARK_GRANTED;
  ThrWaiter waiter;

  thr_waiter_begin (&waiter, cancellable);
  *turn = thr_queue_go (self, verb, slot, &waiter);
  if (*turn == THR_QUEUE_WAIT)
    {
      park = park_in_line (self, thr_queue_get_line (self, verb), &waiter, deadline);
      *slot = waiter.slot;
      *turn = waiter.tag == THR_QUEUE_REFUSED ? THR_QUEUE_CLOSED : THR_QUEUE_READY;
    }
  thr_waiter_end (&waiter);

  return park;
}

gboolean
thr_queue_wait (ThrQueue            *self,
                const ThrQueueVerb  *verb,
                gpointer            *slot,
                gint64               timeout_us,
                GCancellable        *cancellable,
                GError             **error)
{
  ThrPark park = THR_PARK_GRANTED;
  ThrDeadline deadline;
  ThrQueueTurn turn;

  if (!thr_deadline_from_timeout (timeout_us, &deadline, error))
    return FALSE;
  if (cancellable != NULL && g_cancellable_is_cancelled (cancellable))
    return thr_park_to_error (THR_PARK_CANCELLED, error);

  /* Most find what they want, and need no waiter for it. */
  turn = thr_queue_go (self, verb, slot, NULL);
  if (G_LIKELY (turn == THR_QUEUE_READY))
    return TRUE;
  if (turn == THR_QUEUE_WAIT)
    {
      if (deadline == THR_DEADLINE_NOW)
        return thr_park_to_error (THR_PARK_TIMED_OUT, error);
      park = block (self, verb, slot, deadline, cancellable, &turn);
    }

  if (park == THR_PARK_GRANTED && turn == THR_QUEUE_CLOSED)
    {
      g_propagate_error (error, thr_queue_make_closed_error ());
      return FALSE;
    }
  return thr_park_to_error (park, error);
}

void
thr_queue_wait_async (ThrQueue            *self,
                      const ThrQueueVerb  *verb,
                      gpointer             item,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  ThrHome *home = thr_object_get_home (THR_OBJECT (self));
  ThrOperation *operation = thr_operation_new (self, &verb->operation, cancellable, callback,
                                               user_data);

  operation->waiter.slot = item;
  thr_queue_go_async (self, verb, operation);
  thr_home_reap (home);
}

gboolean
thr_queue_wait_finish (ThrQueue            *self,
                       const ThrQueueVerb  *verb,
                       GAsyncResult        *result,
                       gpointer            *slot,
                       GError             **error)
{
  GError *local_error = NULL;

  if (thr_operation_finish (self, &verb->operation, result, &local_error))
    {
      *slot = g_steal_pointer (&THR_OPERATION (result)->waiter.slot);
      return TRUE;
    }

  /* What was put cannot be taken back, so its cancellation came too late. */
  if (verb == &thr_queue_verb_put &&
      g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED) &&
      thr_waiter_get_state (&THR_OPERATION (result)->waiter) == THR_WAITER_GRANTED)
    {
      g_error_free (local_error);
      return TRUE;
    }

  g_propagate_error (error, local_error);
  return FALSE;
}
