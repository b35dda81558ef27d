/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-home-private.h"
#include "base/thr-object-private.h"
#include "base/thr-waiter-private.h"

G_BEGIN_DECLS

/* An awaited wait: the GAsyncResult of every _async in the library.
 *
 * The operation owns what it was granted until thr_operation_finish() returns
 * TRUE. If that never happens (finalized without it, no callback, the home gone,
 * cancelled after the grant) @give_back passes it on.
 */
typedef struct
{
  /* Undo a grant: any thread, no lock held. NULL when a grant takes nothing. */
  void (*give_back) (ThrObject *source, ThrWaiter *waiter);
  /* Unlink a waiter that left WAITING without a grant, and pass on what it stood
   * in the way of: any thread, no lock held. */
  void (*leave)     (ThrObject *source, ThrWaiter *waiter);
} ThrOperationType;

#define THR_TYPE_OPERATION (thr_operation_get_type ())
G_DECLARE_FINAL_TYPE (ThrOperation, thr_operation, THR, OPERATION, GObject)

struct _ThrOperation
{
  GObject                 parent_instance;

  /* Constant. */
  const ThrOperationType *type;
  ThrObject              *source;       /* owned */
  GAsyncReadyCallback     callback;
  gpointer                user_data;
  GCancellable           *cancellable;  /* owned */

  ThrWaiter               waiter;
  ThrOperation           *next_granted; /* whoever granted it */
  ThrGuest                guest;
  ThrLetter               letter;
  GError                 *error;        /* set before it is settled */
  int                     finished;     /* atomic */
};

/* Makes an operation that waits; the caller owns the "pending" reference, which
 * passes to the list it pushes the waiter to, or to thr_operation_settle().
 * With no lock held. */
ThrOperation *thr_operation_new    (gpointer                source,
                                    const ThrOperationType *type,
                                    GCancellable           *cancellable,
                                    GAsyncReadyCallback     callback,
                                    gpointer                user_data);

/* Ends an operation whose waiter is in no list: granted when @error is NULL, else
 * failed with @error (taken). Consumes the pending reference. No lock held. */
void          thr_operation_settle (ThrOperation           *self,
                                    GError                 *error);

/* Delivers a granted operation; called by thr_wake_batch_fire(). */
void          thr_operation_post   (ThrOperation           *self);

/* The body of every _finish: TRUE hands the grant to the caller. */
gboolean      thr_operation_finish (gpointer                source,
                                    const ThrOperationType *type,
                                    GAsyncResult           *result,
                                    GError                **error);

G_END_DECLS
