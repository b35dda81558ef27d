/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-home-private.h"
#include "base/thr-object-private.h"
#include "base/thr-wait-list-private.h"

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
  /* @leave is called by who cancels, too, before the home hears of it: others must not
   * have to wait for that. It is called again there, and finds nothing to do. */
  gboolean leaves_at_once;
} ThrOperationType;

#define THR_TYPE_OPERATION (thr_operation_get_type ())
G_DECLARE_FINAL_TYPE (ThrOperation, thr_operation, THR, OPERATION, GObject)

struct _ThrOperation
{
  GObject                 parent_instance;

  /* Constant. */
  const ThrOperationType *type;
  ThrObject              *source;       /* owned */
  ThrObject              *door;         /* owned: where it ends instead of the source's
                                         * home, or NULL */
  GAsyncReadyCallback     callback;
  gpointer                user_data;
  GCancellable           *cancellable;  /* owned */

  ThrWaiter               waiter;
  ThrOperation           *next_granted; /* whoever granted it */
  ThrGuest                guest;
  ThrLetter               letter;
  GError                 *error;        /* set before it is posted */
  int                     finished;     /* atomic: see thr-operation.c */
  int                     flags;        /* atomic: see thr-operation.c */
};

/* The life of every _async:
 *
 *   op = thr_operation_new (…);            no lock held; connects the cancellable
 *   lock the list
 *   either take what is wanted and unlock, then
 *     if (!thr_operation_settle (op, NULL))  it was cancelled before:
 *       undo the taking
 *   or
 *     joined = thr_operation_join_unlocked (op, list);   (FALSE: cancelled before)
 *     unlock
 *     if (!joined) thr_operation_settle (op, NULL);
 *
 * After settle, or after the unlock that follows a join, the operation belongs to
 * others and must not be touched.
 */
ThrOperation *thr_operation_new    (gpointer                source,
                                    const ThrOperationType *type,
                                    GCancellable           *cancellable,
                                    GAsyncReadyCallback     callback,
                                    gpointer                user_data);

/* Puts the operation into a list, under the list's lock. FALSE when it has been
 * cancelled already and was not put in: settle it. */
gboolean      thr_operation_join_unlocked (ThrOperation    *self,
                                           ThrWaitList     *list)
                                           G_GNUC_WARN_UNUSED_RESULT;

/* Ends an operation that is in no list: granted when @error is NULL, else failed
 * with @error (taken). No lock held. FALSE when it had been cancelled before and
 * ends so; nothing was granted then. */
gboolean      thr_operation_settle (ThrOperation           *self,
                                    GError                 *error);

/* The home at which it ends. */
ThrHome      *thr_operation_get_home (ThrOperation           *self);

/* What the calling thread begins from now on ends at the home of @door, when that is not
 * NULL, whatever the source. Borrowed; returns the one before. */
ThrObject    *thr_operation_set_door (ThrObject              *door);

/* An object that is nothing but a mailbox at the home of a context. */
ThrObject    *thr_door_new           (GMainContext           *context);

/* Delivers a granted operation; called by thr_wake_batch_fire(). */
void          thr_operation_post   (ThrOperation           *self);

/* The body of every _finish: TRUE hands the grant to the caller. */
gboolean      thr_operation_finish (gpointer                source,
                                    const ThrOperationType *type,
                                    GAsyncResult           *result,
                                    GError                **error);

G_END_DECLS
