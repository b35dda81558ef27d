/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-operation-private.h"
#include "sync/thr-telling-private.h"

G_BEGIN_DECLS

/* Waiting for what all who wait may have at once: an event that is set, a latch
 * that is open, a timer that has ended. A grant takes nothing, so there is nothing
 * to give back.
 *
 * Whoever brings the occasion about makes @is_over true and then calls
 * thr_shared_wait_grant(): a waiter looks once more under the lock of the line
 * before it joins, so it either sees the truth there or is in the line in time.
 * Where there is something to tell of it, it counts as a teller meanwhile.
 */
typedef struct
{
  ThrWaitList line;
  ThrTelling  telling;
} ThrSharedLine;

typedef struct
{
  ThrOperationType operation; /* THR_SHARED_WAIT_OPERATION; must come first */

  ThrSharedLine *(*get_line)  (ThrObject *source);
  /* Any thread; reads an atomic with acquire. */
  gboolean       (*is_over)   (ThrObject *source);
} ThrSharedWaitType;

#define THR_SHARED_WAIT_OPERATION { NULL, thr_shared_wait_leave }

void     thr_shared_line_init   (ThrSharedLine            *self);
void     thr_shared_line_clear  (ThrSharedLine            *self);

/* For ThrOperationType. */
void     thr_shared_wait_leave  (ThrObject                *source,
                                 ThrWaiter                *waiter);

/* Flushes the source's post afterwards when the caller is at home. */
gboolean thr_shared_wait        (gpointer                  source,
                                 const ThrSharedWaitType  *type,
                                 gint64                    timeout_us,
                                 GCancellable             *cancellable,
                                 GError                  **error);
void     thr_shared_wait_async  (gpointer                  source,
                                 const ThrSharedWaitType  *type,
                                 GCancellable             *cancellable,
                                 GAsyncReadyCallback       callback,
                                 gpointer                  user_data);
/* An operation that ends with @error (taken). */
void     thr_shared_wait_refuse (gpointer                  source,
                                 const ThrSharedWaitType  *type,
                                 GError                   *error,
                                 GCancellable             *cancellable,
                                 GAsyncReadyCallback       callback,
                                 gpointer                  user_data);
gboolean thr_shared_wait_finish (gpointer                  source,
                                 const ThrSharedWaitType  *type,
                                 GAsyncResult             *result,
                                 GError                  **error);

/* Any thread, no lock held: lets everybody in the line go. */
void     thr_shared_wait_grant  (gpointer                  source,
                                 const ThrSharedWaitType  *type);
guint    thr_shared_wait_count  (gpointer                  source,
                                 const ThrSharedWaitType  *type);

G_END_DECLS
