/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-wait-list-private.h"

void
thr_wait_list_init (ThrWaitList *self)
{
  g_mutex_init (&self->mutex);
  self->head = self->tail = NULL;
  self->length = 0;
}

void
thr_wait_list_clear (ThrWaitList *self)
{
  g_assert (self->head == NULL);

  g_mutex_clear (&self->mutex);
}

void
thr_wait_list_push_unlocked (ThrWaitList *self,
                             ThrWaiter   *waiter)
{
  g_assert (!waiter->linked);

  waiter->since = g_get_monotonic_time ();
  waiter->linked = TRUE;
  waiter->next = NULL;
  waiter->prev = self->tail;
  if (self->tail != NULL)
    self->tail->next = waiter;
  else
    self->head = waiter;
  self->tail = waiter;
  self->length++;
}

/* Nothing happens when a granter has unlinked @waiter before. */
void
thr_wait_list_remove_unlocked (ThrWaitList *self,
                               ThrWaiter   *waiter)
{
  if (!waiter->linked)
    return;

  if (waiter->prev != NULL)
    waiter->prev->next = waiter->next;
  else
    self->head = waiter->next;
  if (waiter->next != NULL)
    waiter->next->prev = waiter->prev;
  else
    self->tail = waiter->prev;

  waiter->prev = waiter->next = NULL;
  waiter->linked = FALSE;
  self->length--;
}

gboolean
thr_wait_list_grant_one_unlocked (ThrWaitList  *self,
                                  ThrWakeBatch *batch)
{
  ThrWaiter *waiter;

  while ((waiter = self->head) != NULL)
    {
      thr_wait_list_remove_unlocked (self, waiter);
      if (thr_waiter_grant (waiter, batch))
        return TRUE;
    }

  return FALSE;
}

guint
thr_wait_list_grant_all_unlocked (ThrWaitList  *self,
                                  ThrWakeBatch *batch)
{
  guint n = 0;

  while (thr_wait_list_grant_one_unlocked (self, batch))
    n++;

  return n;
}

ThrPark
thr_wait_list_park (ThrWaitList *self,
                    ThrWaiter   *waiter,
                    ThrDeadline  deadline)
{
  ThrPark park;

  /* A nudge here is the stale token of an earlier wait. */
  do
    park = thr_waiter_park (waiter, deadline);
  while (park == THR_PARK_NUDGED);

  if (park != THR_PARK_GRANTED)
    {
      thr_wait_list_lock (self);
      thr_wait_list_remove_unlocked (self, waiter);
      thr_wait_list_unlock (self);
    }

  return park;
}
