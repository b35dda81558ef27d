/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "sync/thr-permits-private.h"

G_BEGIN_DECLS

/* What a call has brought about under the lock of the line, for after it. */
typedef struct
{
  ThrWakeBatch batch;
  guint        n_operations; /* granted */
} ThrPermitsChange;

#define THR_PERMITS_CHANGE_INIT { THR_WAKE_BATCH_INIT, 0 }

/* A blocked taker, on its thread's stack. */
typedef struct
{
  ThrWaiter   waiter;
  ThrDeadline deadline;
  /* It waits without end on the home's thread, so an operation that holds the
   * permit can never be finished. */
  gboolean    at_home;
  gboolean    deadlock;
  /* How often it was nudged and came too late. */
  guint       n_late;
  /* When it will look again unasked, or THR_DEADLINE_NEVER. */
  ThrDeadline nap_end;
  /* The next put is for it. */
  gboolean    is_next;
} ThrPermitsTaker;

/* For ThrCondition, whose waiters pass from its line to that of the lock:
 *
 *   begin ──► sleep ──► enqueued by who wakes it ──► take_after (TRUE)
 *               └─────► gave up ───────────────────► take_after (FALSE)
 *
 * An operation of another object may stand in the line too, with a type that calls
 * give_back and leave; it takes over when it is finished. Both kinds are enqueued
 * under the condition's lock, which comes before that of the line; @change is done
 * after it. */
void     thr_permits_taker_begin       (ThrPermitsTaker  *taker,
                                        ThrPermits       *permits);
void     thr_permits_enqueue           (ThrPermits       *self,
                                        ThrPermitsTaker  *taker,
                                        ThrPermitsChange *change);
gboolean thr_permits_take_after        (ThrPermits       *self,
                                        ThrPermitsTaker  *taker,
                                        gboolean          enqueued,
                                        GError          **error);
gboolean thr_permits_enqueue_operation (ThrPermits       *self,
                                        ThrOperation     *operation,
                                        ThrPermitsChange *change);
void     thr_permits_take_over         (ThrPermits       *self,
                                        ThrOperation     *operation);
void     thr_permits_change_done       (ThrPermits       *self,
                                        ThrPermitsChange *change);

G_END_DECLS
