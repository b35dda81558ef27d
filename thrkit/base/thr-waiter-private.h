/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-self-private.h"

G_BEGIN_DECLS

/* One caller that waits, blocked or awaiting.
 *
 *              grant              GRANTED ◄───┐
 *   WAITING ───┼── GCancellable ► CANCELLED   │ late grant
 *              ├── deadline ────► TIMED_OUT   │
 *              └── interrupt ───► INTERRUPTED ┘
 *
 * Each arrow from WAITING is one compare-and-swap, so exactly one of them
 * happens; who loses does nothing. A blocked waiter lives on its thread's stack
 * and is gone as soon as the thread has seen GRANTED: a granter unlinks it and
 * reads its record before the swap, and touches nothing but the record after it.
 * A waiter that left by one of the other arrows takes the list's lock and unlinks
 * itself before it goes.
 */
typedef enum {
  THR_WAITER_WAITING,
  THR_WAITER_GRANTED,
  THR_WAITER_CANCELLED,
  THR_WAITER_TIMED_OUT,
  THR_WAITER_INTERRUPTED
} ThrWaiterState;

typedef enum {
  THR_PARK_GRANTED,
  THR_PARK_CANCELLED,
  THR_PARK_TIMED_OUT,
  /* A signal handler wants to run and the binding asked to be told; the waiter
   * has left WAITING, the call returns FALSE with no error set. */
  THR_PARK_INTERRUPTED,
  /* Still WAITING, but woken: try again what you wait for, then park again. */
  THR_PARK_NUDGED
} ThrPark;

typedef struct _ThrOperation ThrOperation;
typedef struct _ThrWaiter    ThrWaiter;
typedef struct _ThrWaitList  ThrWaitList;

struct _ThrWaiter
{
  /* Under the lock of the list. */
  ThrWaiter    *prev;
  ThrWaiter    *next;
  gboolean      linked;
  guint         tag;          /* what is wanted; the list's owner decides */
  gint64        since;        /* monotonic time of joining the list */
  gpointer      slot;         /* what is brought or given; as @tag, and its own once granted */

  int           state;        /* atomic: ThrWaiterState */

  /* Constant. Exactly one of the two is set. */
  ThrSelf      *self;         /* blocked: whom to unpark */
  ThrOperation *operation;    /* awaiting: what to deliver */

  /* The waiting side only. */
  GCancellable *cancellable;
  gulong        cancel_id;
};

/* Whom to wake once the lock is let go. Collect under the lock, fire after it. */
typedef struct
{
  guint         n_selves;
  ThrSelf      *selves[16];
  ThrOperation *operations;   /* LIFO, by operation->next_granted */
} ThrWakeBatch;

#define THR_WAKE_BATCH_INIT { 0, { NULL, }, NULL }

/* Blocked waiters: begin, then under the list's lock try or push, then park until
 * it says something else than NUDGED, then end. No lock may be held for begin and
 * end: they connect and disconnect the cancellable.
 */
void     thr_waiter_begin         (ThrWaiter     *self,
                                   GCancellable  *cancellable);
ThrPark  thr_waiter_park          (ThrWaiter     *self,
                                   ThrDeadline    deadline);
/* The same, but as if nudged at @until. */
ThrPark  thr_waiter_nap           (ThrWaiter     *self,
                                   ThrDeadline    deadline,
                                   ThrDeadline    until);
void     thr_waiter_end           (ThrWaiter     *self);

/* Spins for a moment while @self is WAITING; worth it when the grant is near. */
void     thr_waiter_spin          (ThrWaiter     *self);

ThrWaiterState thr_waiter_get_state (ThrWaiter   *self);
/* WAITING to @to; FALSE when somebody was faster. */
gboolean thr_waiter_leave         (ThrWaiter     *self,
                                   ThrWaiterState to);

/* Any thread, under the list's lock, with @self unlinked already. */
gboolean thr_waiter_grant         (ThrWaiter     *self,
                                   ThrWakeBatch  *batch);
/* The same for a blocked waiter that was interrupted and is still in the list, where
 * the lists' owner lets it stay for that. It is awake, and finds it so. */
gboolean thr_waiter_grant_late    (ThrWaiter     *self);
/* Any thread, under the list's lock: wakes without granting (blocked waiters). */
void     thr_waiter_nudge         (ThrWaiter     *self,
                                   ThrWakeBatch  *batch);
/* With no lock held. */
void     thr_wake_batch_fire      (ThrWakeBatch  *self);

/* Sets the error that @park stands for; returns TRUE for GRANTED only. */
gboolean thr_park_to_error        (ThrPark        park,
                                   GError       **error);

G_END_DECLS
