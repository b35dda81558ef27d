/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-i18n-private.h"
#include "base/thr-operation-private.h"
#include "work/thr-pool-close-private.h"
#include "work/thr-pool-events-private.h"
#include "work/thr-pool-private.h"
#include "work/thr-worker-private.h"

/* The end of a pool. */

static void
operation_leave (ThrObject *source,
                 ThrWaiter *waiter)
{
  ThrWaitList *list = &thr_pool_get_core (THR_POOL (source))->terminated;

  thr_wait_list_lock (list);
  thr_wait_list_remove_unlocked (list, waiter);
  thr_wait_list_unlock (list);
}

static const ThrOperationType shutdown_operation = {
  .give_back = NULL,
  .leave = operation_leave
};

static gboolean
is_own_worker (ThrPoolCore *core)
{
  ThrSelf *me = thr_self_peek ();
  ThrWorker *worker = me != NULL ? me->worker : NULL;

  return worker != NULL && worker->core == core;
}

static gboolean
wait_for_end (ThrPoolCore  *core,
              GError      **error)
{
  ThrPark park = THR_PARK_GRANTED;
  ThrWaiter waiter;
  gboolean waiting;

  thr_waiter_begin (&waiter, NULL);
  thr_wait_list_lock (&core->terminated);
  waiting = !core->is_terminated;
  if (waiting)
    thr_wait_list_push_unlocked (&core->terminated, &waiter);
  thr_wait_list_unlock (&core->terminated);

  if (waiting)
    park = thr_wait_list_park (&core->terminated, &waiter, THR_DEADLINE_NEVER);
  thr_waiter_end (&waiter);

  if (!thr_park_to_error (park, error))
    return FALSE;
  thr_pool_core_join (core);

  return TRUE;
}

/**
 * thr_pool_shutdown:
 * @self: a pool
 * @cancel_pending: whether to cancel the work that nobody has begun, instead of
 *   doing it
 * @wait: whether to block until all work has ended and all threads are gone
 * @error: return location for an error
 *
 * Shuts the pool down: it takes no new work from now on.
 *
 * A task for which a thread has just been made or is idle counts as begun, and is done
 * all the same.
 *
 * May be called from any thread and more than once; a later call may still cancel
 * what is pending, and waits for the same end. On the home's own thread the pool's
 * pending signals are delivered before it returns.
 *
 * Waiting in one of the pool's own tasks could never end: it fails with
 * %THR_ERROR_DEADLOCK, and the pool is shut down all the same.
 *
 * Returns: %TRUE on success
 */
gboolean
thr_pool_shutdown (ThrPool   *self,
                   gboolean   cancel_pending,
                   gboolean   wait,
                   GError   **error)
{
  ThrPoolCore *core;
  gboolean success = TRUE;

  g_return_val_if_fail (THR_IS_POOL (self), FALSE);

  core = thr_pool_get_core (self);
  thr_pool_core_close (core, cancel_pending ? THR_CLOSING_CANCEL : THR_CLOSING_FINISH);

  if (wait && is_own_worker (core))
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_DEADLOCK,
                           _("A task cannot wait for the end of its own pool"));
      return FALSE;
    }
  if (wait)
    success = wait_for_end (core, error);

  thr_pool_events_flush (core, self);
  thr_home_reap (thr_object_get_home (THR_OBJECT (self)));

  return success;
}

/**
 * thr_pool_shutdown_async:
 * @self: a pool
 * @cancel_pending: whether to cancel the work that nobody has begun, instead of
 *   doing it
 * @cancellable: (nullable): a cancellable, for the waiting only
 * @callback: (scope async) (nullable): called at home when all work has ended
 * @user_data: data for @callback
 *
 * Shuts the pool down and waits for its end without blocking.
 */
void
thr_pool_shutdown_async (ThrPool             *self,
                         gboolean             cancel_pending,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  ThrOperation *operation;
  ThrPoolCore *core;
  ThrWaitList *list;
  gboolean joined = FALSE;

  g_return_if_fail (THR_IS_POOL (self));

  core = thr_pool_get_core (self);
  thr_pool_core_close (core, cancel_pending ? THR_CLOSING_CANCEL : THR_CLOSING_FINISH);

  list = &core->terminated;
  operation = thr_operation_new (self, &shutdown_operation, cancellable, callback,
                                 user_data);
  thr_wait_list_lock (list);
  if (!core->is_terminated)
    joined = thr_operation_join_unlocked (operation, list);
  thr_wait_list_unlock (list);

  if (!joined)
    thr_operation_settle (operation, NULL);
}

/**
 * thr_pool_shutdown_finish:
 * @self: a pool
 * @result: what the callback got
 * @error: return location for an error
 *
 * Ends a wait that [method@Thr.Pool.shutdown_async] began. No thread of the pool is
 * left when it succeeds.
 *
 * Fails with %G_IO_ERROR_CANCELLED when the wait was cancelled, and with
 * %THR_ERROR_INVALID_STATE the second time.
 *
 * Returns: %TRUE when all work has ended
 */
gboolean
thr_pool_shutdown_finish (ThrPool       *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (THR_IS_POOL (self), FALSE);

  if (!thr_operation_finish (self, &shutdown_operation, result, error))
    return FALSE;

  /* They have left the pool and are about to end: nothing to wait for but the
   * kernel. */
  thr_pool_core_join (thr_pool_get_core (self));
  return TRUE;
}
