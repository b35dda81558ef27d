/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-chaos-private.h"
#include "base/thr-i18n-private.h"
#include "base/thr-operation-private.h"
#include "base/thr-wait-graph-private.h"
#include "work/thr-future-private.h"
#include "work/thr-worker-private.h"

/* The three forms of waiting for a future. */

/* The blocked part of a wait, after everything that needs no blocking was tried. */
static gboolean
block (ThrFuture     *self,
       ThrDeadline    deadline,
       GCancellable  *cancellable,
       GError       **error)
{
  ThrFuturePrivate *priv = thr_future_get_private (self);
  const ThrFutureWaits *waits = thr_future_get_waits (self);
  gboolean unlimited = deadline == THR_DEADLINE_NEVER && cancellable == NULL;
  gboolean waiting, has_edge = FALSE;
  ThrWaiter waiter;
  ThrWaitEdge edge = {
    .kind = THR_EDGE_TASK,
    .waiter = &waiter,
    .resource = self,
    .get_owner = thr_future_get_owner
  };
  ThrPark park = THR_PARK_GRANTED;

  thr_waiter_begin (&waiter, cancellable);

  thr_wait_list_lock (&priv->waiters);
  waiting = thr_future_mark_awaited_unlocked (priv);
  if (waiting)
    thr_wait_list_push_unlocked (&priv->waiters, &waiter);
  thr_wait_list_unlock (&priv->waiters);
  THR_CHAOS ();

  /* A wait that somebody or something can end is no edge. */
  if (waiting && unlimited && waits != NULL)
    {
      has_edge = thr_wait_graph_enter (&edge, error);
      if (!has_edge)
        {
          thr_wait_list_lock (&priv->waiters);
          thr_wait_list_remove_unlocked (&priv->waiters, &waiter);
          thr_wait_list_unlock (&priv->waiters);
          thr_waiter_end (&waiter);
          return FALSE;
        }
    }

  if (waiting)
    {
      thr_waiter_spin (&waiter);
      park = thr_wait_list_park (&priv->waiters, &waiter, deadline);
    }
  if (has_edge)
    thr_wait_graph_leave (&edge);
  thr_waiter_end (&waiter);

  return thr_park_to_error (park, error);
}

/* Settled, and what there is to post has been posted: it can be delivered. */
static gboolean
is_told (ThrFuture *self)
{
  return (thr_future_load_state (thr_future_get_private (self)) & THR_FUTURE_TOLD) != 0;
}

/* In a forked child a task that was the parent's will never end; waiting for it ends
 * with a reason instead. */
static gboolean
reject_lost (ThrFuture *self)
{
  const ThrFutureWaits *waits = thr_future_get_waits (self);

  if (waits == NULL || !waits->lost (self) || !thr_future_claim (self, TRUE))
    return FALSE;

  g_set_error_literal (&thr_future_get_private (self)->error,
                       THR_ERROR, THR_ERROR_BROKEN,
                       _("The work was left behind in the process that was forked"));
  thr_future_settle (self, THR_FUTURE_STATE_REJECTED, thr_future_settled_bits (self));

  return TRUE;
}

static gboolean
wait_unflushed (ThrFuture     *self,
                gint64         timeout_us,
                GCancellable  *cancellable,
                GError       **error)
{
  ThrWorker *worker = thr_self_get ()->worker;
  gboolean endless = timeout_us == -1;
  ThrDeadline deadline;
  gboolean success;

  if (!thr_deadline_from_timeout (timeout_us, &deadline, error) ||
      g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  if (is_told (self) || (deadline == THR_DEADLINE_NOW && thr_future_is_done (self)))
    return TRUE;
  if (reject_lost (self))
    return TRUE;
  if (deadline == THR_DEADLINE_NOW)
    return thr_park_to_error (THR_PARK_TIMED_OUT, error);

  if (worker == NULL)
    return block (self, deadline, cancellable, error);

  if (thr_future_help (self, endless && cancellable == NULL))
    return TRUE;

  /* The pool counts us out, and may need somebody in our place. A cancellable may never
   * be cancelled: the pool does not rely on it. */
  if (!thr_worker_block (worker, endless, error))
    return FALSE;
  success = block (self, deadline, cancellable, error);
  thr_worker_unblock (worker, endless);

  return success;
}

/**
 * thr_future_wait:
 * @self: a future
 * @timeout_us: how long to wait at the most, in microseconds; 0 looks and does not
 *   wait, -1 waits for ever
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Blocks until the future is settled.
 *
 * May be called from any thread; not from the main loop of an application that must
 * not freeze, which has [method@Thr.Future.wait_async]. On the home's own thread the
 * future's pending signals and callbacks are delivered before it returns.
 *
 * A pool's worker that waits without limit for a task of its own pool may run that
 * task itself; while it blocks, another worker may take its place. So tasks that
 * wait for tasks never starve.
 *
 * Fails with %G_IO_ERROR_TIMED_OUT, %G_IO_ERROR_CANCELLED, %THR_ERROR_DEADLOCK when
 * the wait could never end, %THR_ERROR_RESOURCES when it would stop a pool that can
 * get no further thread, and %THR_ERROR_INVALID_ARGUMENT for a timeout below -1.
 *
 * Returns: %TRUE when the future is settled, in whatever way
 */
gboolean
thr_future_wait (ThrFuture     *self,
                 gint64         timeout_us,
                 GCancellable  *cancellable,
                 GError       **error)
{
  gboolean done;

  g_return_val_if_fail (THR_IS_FUTURE (self), FALSE);

  done = wait_unflushed (self, timeout_us, cancellable, error);
  thr_mailbox_flush (thr_object_get_mailbox (THR_OBJECT (self)));
  thr_home_reap (thr_object_get_home (THR_OBJECT (self)));

  return done;
}

static void
operation_leave (ThrObject *source,
                 ThrWaiter *waiter)
{
  ThrWaitList *list = &thr_future_get_private (source)->waiters;

  thr_wait_list_lock (list);
  thr_wait_list_remove_unlocked (list, waiter);
  thr_wait_list_unlock (list);
}

/* A grant takes nothing that could be given back. */
static const ThrOperationType wait_operation = {
  .give_back = NULL,
  .leave = operation_leave
};

/**
 * thr_future_wait_async:
 * @self: a future
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (nullable): called at home when the future is settled
 * @user_data: data for @callback
 *
 * Waits for the future without blocking.
 *
 * The callback always comes later, also when the future is settled already.
 */
void
thr_future_wait_async (ThrFuture           *self,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  ThrFuturePrivate *priv;
  ThrOperation *operation;
  gboolean pending, joined = FALSE;

  g_return_if_fail (THR_IS_FUTURE (self));

  priv = thr_future_get_private (self);
  operation = thr_operation_new (self, &wait_operation, cancellable, callback, user_data);

  thr_wait_list_lock (&priv->waiters);
  pending = thr_future_mark_awaited_unlocked (priv);
  if (pending)
    joined = thr_operation_join_unlocked (operation, &priv->waiters);
  thr_wait_list_unlock (&priv->waiters);

  if (!joined)
    thr_operation_settle (operation, NULL);
  thr_home_reap (thr_object_get_home (THR_OBJECT (self)));
}

/**
 * thr_future_wait_finish:
 * @self: a future
 * @result: what the callback got
 * @error: return location for an error
 *
 * Ends a wait that [method@Thr.Future.wait_async] began.
 *
 * Fails with %G_IO_ERROR_CANCELLED when the wait was cancelled, which does not touch
 * the future, and with %THR_ERROR_INVALID_STATE the second time.
 *
 * Returns: %TRUE when the future is settled, in whatever way
 */
gboolean
thr_future_wait_finish (ThrFuture     *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (THR_IS_FUTURE (self), FALSE);

  return thr_operation_finish (self, &wait_operation, result, error);
}
