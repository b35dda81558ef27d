/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-waiter-private.h"

#include "base/thr-chaos-private.h"
#include "base/thr-operation-private.h"
#include "base/thr-spin-private.h"

ThrWaiterState
thr_waiter_get_state (ThrWaiter *self)
{
  /* Acquire: pairs with the swap in thr_waiter_leave(), so who sees GRANTED also
   * sees what the granter wrote before. */
  return __atomic_load_n (&self->state, __ATOMIC_ACQUIRE);
}

gboolean
thr_waiter_leave (ThrWaiter      *self,
                  ThrWaiterState  to)
{
  int expected = THR_WAITER_WAITING;

  THR_CHAOS ();
  return __atomic_compare_exchange_n (&self->state, &expected, to, FALSE,
                                      __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

/* In whatever thread cancels; the cancellable may hold its lock, so nothing but
 * the swap and the token. The waiter is alive: thr_waiter_end() disconnects, and
 * that waits for this callback. */
static void
cancelled_cb (GCancellable *cancellable,
              gpointer      data)
{
  ThrWaiter *self = data;
  ThrSelf *thread = self->self;

  if (thr_waiter_leave (self, THR_WAITER_CANCELLED))
    thr_parker_unpark (&thread->parker);
}

void
thr_waiter_begin (ThrWaiter    *self,
                  GCancellable *cancellable)
{
  self->prev = self->next = NULL;
  self->linked = FALSE;
  self->tag = 0;
  self->since = 0;
  self->slot = NULL;
  self->state = THR_WAITER_WAITING;
  self->self = thr_self_get ();
  self->operation = NULL;
  self->cancellable = cancellable;
  self->cancel_id = 0;

  /* Calls back at once when it is cancelled already. */
  if (cancellable != NULL)
    self->cancel_id = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb),
                                             self, NULL);
}

void
thr_waiter_end (ThrWaiter *self)
{
  if (self->cancel_id != 0)
    g_cancellable_disconnect (self->cancellable, self->cancel_id);
}

void
thr_waiter_spin (ThrWaiter *self)
{
  guint pauses = thr_spin_begin (self->self);
  gboolean in_vain = TRUE;

  for (guint i = 0; i < pauses && in_vain; i++)
    {
      in_vain = thr_waiter_get_state (self) == THR_WAITER_WAITING;
      if (in_vain)
        thr_spin_pause ();
    }

  thr_spin_end (self->self, pauses, in_vain);
}

/* Turns a final state into an answer. */
static ThrPark
answer (ThrWaiterState state)
{
  switch (state)
    {
    case THR_WAITER_GRANTED:
      return THR_PARK_GRANTED;
    case THR_WAITER_CANCELLED:
      return THR_PARK_CANCELLED;
    case THR_WAITER_TIMED_OUT:
      return THR_PARK_TIMED_OUT;
    case THR_WAITER_INTERRUPTED:
      return THR_PARK_INTERRUPTED;
    case THR_WAITER_WAITING:
    default:
      g_assert_not_reached ();
    }
}

ThrPark
thr_waiter_park (ThrWaiter   *self,
                 ThrDeadline  deadline)
{
  return thr_waiter_nap (self, deadline, THR_DEADLINE_NEVER);
}

ThrPark
thr_waiter_nap (ThrWaiter   *self,
                ThrDeadline  deadline,
                ThrDeadline  until)
{
  for (;;)
    {
      ThrWaiterState state = thr_waiter_get_state (self);
      ThrUnparked why;

      if (state != THR_WAITER_WAITING)
        return answer (state);

      THR_CHAOS ();
      why = thr_parker_park (&self->self->parker, MIN (deadline, until));
      THR_CHAOS ();

      state = thr_waiter_get_state (self);
      if (state != THR_WAITER_WAITING)
        return answer (state);

      switch (why)
        {
        case THR_UNPARKED_BY_TOKEN:
          return THR_PARK_NUDGED;

        case THR_UNPARKED_BY_DEADLINE:
          if (until < deadline)
            return THR_PARK_NUDGED;
          if (thr_waiter_leave (self, THR_WAITER_TIMED_OUT))
            return THR_PARK_TIMED_OUT;
          break;

        case THR_UNPARKED_FOR_NOTHING:
          if (self->self->interruptible &&
              thr_waiter_leave (self, THR_WAITER_INTERRUPTED))
            return THR_PARK_INTERRUPTED;
          break;

        default:
          g_assert_not_reached ();
        }
    }
}

static void
collect_self (ThrWakeBatch *batch,
              ThrSelf      *self)
{
  /* A full batch is let go under the caller's lock: waking takes the parker's
   * mutex and nothing else, so it is only slower, never wrong. */
  if (batch->n_selves == G_N_ELEMENTS (batch->selves))
    {
      for (guint i = 0; i < batch->n_selves; i++)
        thr_parker_unpark (&batch->selves[i]->parker);
      batch->n_selves = 0;
    }

  batch->selves[batch->n_selves++] = self;
}

gboolean
thr_waiter_grant (ThrWaiter    *self,
                  ThrWakeBatch *batch)
{
  /* Read before the swap: a blocked waiter's memory is its thread's stack, and
   * the thread may return the moment it sees GRANTED. */
  ThrSelf *thread = self->self;
  ThrOperation *operation = self->operation;

  g_assert (!self->linked);

  if (!thr_waiter_leave (self, THR_WAITER_GRANTED))
    return FALSE;

  if (thread != NULL)
    {
      collect_self (batch, thread);
    }
  else
    {
      /* Ours from the swap on until it is posted. */
      operation->next_granted = batch->operations;
      batch->operations = operation;
    }

  return TRUE;
}

gboolean
thr_waiter_grant_late (ThrWaiter *self)
{
  int expected = THR_WAITER_INTERRUPTED;

  g_assert (!self->linked);

  return __atomic_compare_exchange_n (&self->state, &expected, THR_WAITER_GRANTED, FALSE,
                                      __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

void
thr_waiter_nudge (ThrWaiter    *self,
                  ThrWakeBatch *batch)
{
  g_assert (self->self != NULL);

  collect_self (batch, self->self);
}

void
thr_wake_batch_fire (ThrWakeBatch *self)
{
  ThrOperation *operations = NULL;

  for (guint i = 0; i < self->n_selves; i++)
    thr_parker_unpark (&self->selves[i]->parker);
  self->n_selves = 0;

  /* Back into the order of the grants. */
  while (self->operations != NULL)
    {
      ThrOperation *operation = self->operations;

      self->operations = operation->next_granted;
      operation->next_granted = operations;
      operations = operation;
    }

  while (operations != NULL)
    {
      ThrOperation *operation = operations;

      operations = operation->next_granted;
      operation->next_granted = NULL;
      thr_operation_post (operation);
    }
}

gboolean
thr_park_to_error (ThrPark   park,
                   GError  **error)
{
  switch (park)
    {
    case THR_PARK_GRANTED:
      return TRUE;
    case THR_PARK_CANCELLED:
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                           _("The wait was cancelled"));
      return FALSE;
    case THR_PARK_TIMED_OUT:
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                           _("The wait timed out"));
      return FALSE;
    case THR_PARK_INTERRUPTED:
      /* FALSE without an error is the agreed sign (contracts 10). */
      return FALSE;
    case THR_PARK_NUDGED:
    default:
      g_assert_not_reached ();
    }
}
