/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-object-private.h"
#include "base/thr-wait-list-private.h"
#include "work/thr-future-waits-private.h"
#include "work/thr-future.h"

G_BEGIN_DECLS

/* Called once, in the thread that settles the future or, when it is settled
 * already, at once in the caller's; with no lock held. */
typedef void (*ThrFutureHookFunc) (ThrFuture *future,
                                   gpointer   data);

/* The state word. A future is PENDING or RUNNING, is SETTLING while its answer is
 * written, and then final for ever:
 *
 *   PENDING ──► RUNNING ──► SETTLING ──► RESOLVED
 *      ├───────────────────────┘   └───► REJECTED
 *      └──► SETTLING ──► CANCELLED
 *
 * Every arrow into SETTLING is one compare-and-swap, so one settler wins and owns
 * the answer until it leaves SETTLING. AWAITED says that there is something in the
 * lists; it is set under the list's lock. TOLD says that the settler has posted what
 * is to be posted and looked into the lists for the last time. Each of the two is set
 * only while the other is seen not to be, or under the lock: a waiter either sees
 * TOLD or is seen.
 */
enum {
  THR_FUTURE_SETTLING = 7,      /* between the states of ThrFutureState */
  THR_FUTURE_STATES   = 7,      /* the mask of the states */
  THR_FUTURE_AWAITED  = 1 << 3,
  THR_FUTURE_TOLD     = 1 << 4
};

typedef struct
{
  /* Atomic. */
  guint32        state;
  int            asked;         /* somebody has seen the error */

  /* Written while SETTLING, constant afterwards. */
  GValue         value;         /* of type 0 when empty */
  GError        *error;         /* also when cancelled */

  /* Its lock also protects @followers. */
  ThrWaitList    waiters;
  ThrLetter     *followers;     /* thens and hooks, newest first */
} ThrFuturePrivate;

extern int thr_future_private_offset G_GNUC_INTERNAL;

static inline ThrFuturePrivate *
thr_future_get_private (gpointer self)
{
  return (ThrFuturePrivate *) G_STRUCT_MEMBER_P (self, thr_future_private_offset);
}

static inline gboolean
thr_future_state_is_final (guint32 word)
{
  guint32 state = word & THR_FUTURE_STATES;

  return state >= THR_FUTURE_STATE_RESOLVED && state != THR_FUTURE_SETTLING;
}

static inline guint32
thr_future_load_state (ThrFuturePrivate *priv)
{
  /* Acquire: pairs with thr_future_settle(), so who sees a final state sees the
   * answer. */
  return __atomic_load_n (&priv->state, __ATOMIC_ACQUIRE);
}

/* PENDING to RUNNING; FALSE when somebody was faster. */
gboolean  thr_future_begin        (ThrFuture         *self);

/* From PENDING, or also from RUNNING, to SETTLING; FALSE when it is too late. On
 * TRUE the caller writes priv->value or priv->error and calls settle. */
gboolean  thr_future_claim        (ThrFuture         *self,
                                   gboolean           from_running);
/* Leaves SETTLING for @state, posts @bits and what waits to be posted, wakes everybody
 * and runs the hooks. The caller holds a reference and no lock. */
void      thr_future_settle       (ThrFuture         *self,
                                   ThrFutureState     state,
                                   guint              bits);
/* Cancels it if nobody has begun. */
gboolean  thr_future_cancel_pending (ThrFuture       *self);
/* Under the lock of the waiters. FALSE when the future is settled: nothing may be put
 * into the lists any more, for nobody will come for it. */
gboolean  thr_future_mark_awaited_unlocked (ThrFuturePrivate *priv);
/* When the future goes without having been settled. */
void      thr_future_drop_followers (ThrFuture       *self);
void      thr_future_drop_then    (ThrFuture         *self,
                                   ThrLetter         *then);
/* Under the lock: FALSE when the future is settled, and @follower was not put in. */
gboolean  thr_future_follow_unlocked (ThrFuturePrivate *priv,
                                      ThrLetter       *follower);
/* The bits to post for a future that has been settled. */
guint     thr_future_settled_bits (ThrFuture         *self);
/* The bits to post for a future that has begun. */
guint     thr_future_begun_bits   (void);

/* @drop: (nullable): called instead of @func when the future goes unsettled. */
void      thr_future_add_hook     (ThrFuture         *self,
                                   ThrFutureHookFunc  func,
                                   gpointer           data,
                                   GDestroyNotify     drop);
/* Takes a hook back; FALSE when it has been called or dropped, or is about to be. */
gboolean  thr_future_remove_hook  (ThrFuture         *self,
                                   ThrFutureHookFunc  func,
                                   gpointer           data);

G_END_DECLS
