/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-waiter-private.h"

G_BEGIN_DECLS

/* A queue of waiters and its lock: first come, first served, whatever the form
 * of the wait. The lock is a leaf: nothing is called under it, nothing is locked
 * under it but the parker of a thread that is woken.
 */
struct _ThrWaitList
{
  GMutex     mutex;
  ThrWaiter *head;
  ThrWaiter *tail;
  guint      length;
};

void       thr_wait_list_init            (ThrWaitList  *self);
/* The list must be empty: every waiter keeps its object alive. */
void       thr_wait_list_clear           (ThrWaitList  *self);

static inline void
thr_wait_list_lock (ThrWaitList *self)
{
  g_mutex_lock (&self->mutex);
}

static inline void
thr_wait_list_unlock (ThrWaitList *self)
{
  g_mutex_unlock (&self->mutex);
}

/* Operations go through thr_operation_join_unlocked(). */
void       thr_wait_list_push_unlocked   (ThrWaitList  *self,
                                          ThrWaiter    *waiter);
void       thr_wait_list_remove_unlocked (ThrWaitList  *self,
                                          ThrWaiter    *waiter);

/* Unlinks waiters from the head until one could be granted. Returns whether one
 * was. Those passed over had been cancelled or timed out.
 */
gboolean   thr_wait_list_grant_one_unlocked (ThrWaitList  *self,
                                             ThrWakeBatch *batch);
/* Grants everybody; returns how many. */
guint      thr_wait_list_grant_all_unlocked (ThrWaitList  *self,
                                             ThrWakeBatch *batch);

/* For lists whose waiters are only ever granted, never nudged: parks @waiter,
 * which the caller pushed, and unlinks it when the wait ended without a grant.
 */
ThrPark    thr_wait_list_park            (ThrWaitList  *self,
                                          ThrWaiter    *waiter,
                                          ThrDeadline   deadline);

G_END_DECLS
