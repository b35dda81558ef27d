/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/thr-pool-for-each.h"

#include <pthread.h>

#include "base/thr-callable-private.h"
#include "base/thr-i18n-private.h"
#include "base/thr-language-private.h"
#include "base/thr-operation-private.h"
#include "base/thr-process-private.h"
#include "work/thr-canceller-private.h"
#include "work/thr-parallel-loop-private.h"
#include "work/thr-pool-close-private.h"
#include "work/thr-pool-private.h"
#include "work/thr-worker-private.h"

/* The ways into a parallel loop. */

#define PATIENCE_US (10 * 1000) /* between two attempts to wait without limit */

/* --- Making --- */

static gboolean
is_own_worker (ThrPoolCore *core)
{
  ThrSelf *me = thr_self_peek ();
  ThrWorker *worker = me != NULL ? me->worker : NULL;

  return worker != NULL && worker->core == core;
}

/* A function of JavaScript goes at once, by its own way. */
static void
drop_js (ThrPool     *pool,
         ThrLoopBody *body)
{
  thr_home_throw_notify (thr_object_get_home (THR_OBJECT (pool)), body->notify,
                         body->user_data);
  body->notify = NULL;
}

static gboolean
check_body (ThrPool      *pool,
            gint64        grain,
            ThrLoopBody  *body,
            GError      **error)
{
  if (body->notify != NULL && thr_language_notify_is_js (body->notify))
    {
      drop_js (pool, body);
      return thr_language_set_wrong_language_error (error, "thr_pool_for_each()");
    }

  if (body->range == NULL && body->map == NULL && body->callables == NULL)
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                           _("Work needs a function"));
      return FALSE;
    }

  if (grain < 0)
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                           _("The grain of a loop must not be negative"));
      return FALSE;
    }

  if (thr_process_is_ending ())
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_SHUT_DOWN,
                           _("The process is ending and takes no new work"));
      return FALSE;
    }

  return TRUE;
}

/* Room for the results. */
static gboolean
make_values (ThrParallelLoop  *loop,
             GError          **error)
{
  if (loop->body.range != NULL)
    return TRUE;

  if (loop->n_indices > G_MAXUINT)
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_OVERFLOW,
                           _("A row of values cannot be that long"));
      return FALSE;
    }

  /* A place more, so that there is something even for no index. */
  loop->values = g_try_new0 (GValue, loop->n_indices + 1);
  if (loop->values == NULL)
    g_set_error_literal (error, THR_ERROR, THR_ERROR_RESOURCES,
                         _("There is no memory for a row of values that long"));

  return loop->values != NULL;
}

/* Always gives a loop; one that cannot be run is settled. */
static ThrParallelLoop *
make_loop (ThrPool      *self,
           gint64        begin,
           gint64        end,
           gint64        grain,
           GCancellable *cancellable,
           ThrLoopBody  *body)
{
  ThrPoolCore *core = thr_pool_get_core (self);
  guint64 n_indices = end > begin ? (guint64) end - (guint64) begin : 0;
  g_autoptr (GError) reason = NULL;
  gboolean fit = check_body (self, grain, body, &reason);
  ThrParallelLoop *loop = thr_parallel_loop_new (core, begin, n_indices, grain, cancellable,
                                                 body);

  if (!fit || !make_values (loop, &reason))
    thr_parallel_loop_give_up (loop, reason);
  else if (g_cancellable_is_cancelled (cancellable))
    thr_parallel_loop_give_up (loop, NULL);

  return loop;
}

/* --- Submitting --- */

static ThrParallelLoop *
submit (ThrPool      *self,
        gint64        begin,
        gint64        end,
        gint64        grain,
        GCancellable *cancellable,
        ThrLoopBody  *body)
{
  ThrParallelLoop *loop = make_loop (self, begin, end, grain, cancellable, body);
  g_autoptr (GError) error = NULL;

  if (!thr_future_is_done (THR_FUTURE (loop)))
    {
      if (!thr_parallel_loop_recruit (loop, &error))
        thr_parallel_loop_give_up (loop, error);
      else if (loop->n_indices == 0)
        thr_parallel_loop_take_part (loop);
      if (cancellable != NULL)
        loop->cancel_id = thr_canceller_connect (THR_FUTURE (loop), cancellable);
    }
  thr_home_reap (thr_object_get_home (THR_OBJECT (self)));

  return loop;
}

/* --- Blocking --- */

/* The pool has no thread that could take the place of this one, and the others may
 * wait for one: they get their error when we are not counted among those who wait
 * without limit. */
static void
wait_patiently (ThrParallelLoop *loop,
                GError          *reason)
{
  thr_parallel_loop_stop (loop, reason);
  thr_future_wait (THR_FUTURE (loop), PATIENCE_US, NULL, NULL);
}

/* Nothing ends this wait but the end of the loop: others are still at work with what
 * the caller may have on its stack. */
static void
wait_for_others (ThrParallelLoop *loop)
{
  GError *error = NULL;

  while (!thr_future_wait (THR_FUTURE (loop), -1, NULL, &error))
    if (error != NULL)
      wait_patiently (loop, g_steal_pointer (&error));
}

/* The work has ended the caller's thread, whose stack is still there until all have left
 * the loop. */
static void
unwound_cb (gpointer data)
{
  wait_for_others (data);
  /* Nobody is left to ask for it. */
  thr_future_get_error (data);
  g_object_unref (data);
}

/* A pool that takes no more work still has its own workers, who may be in the middle of
 * theirs; they do without help. */
static void
refuse_if_closed (ThrParallelLoop *loop,
                  ThrPoolCore     *core)
{
  ThrEntry entry;

  if (!__atomic_load_n (&core->closed, __ATOMIC_SEQ_CST) || is_own_worker (core))
    return;

  entry = thr_parallel_loop_get_entry (loop);
  thr_pool_core_refuse (core, &entry);
}

static ThrParallelLoop *
run_here (ThrPool      *self,
          gint64        begin,
          gint64        end,
          gint64        grain,
          GCancellable *cancellable,
          ThrLoopBody  *body)
{
  ThrParallelLoop *loop = make_loop (self, begin, end, grain, cancellable, body);
  ThrPoolCore *core = loop->core;

  loop->hidden = TRUE;
  loop->n_recruited = is_own_worker (core);
  if (!thr_future_is_done (THR_FUTURE (loop)))
    refuse_if_closed (loop, core);
  pthread_cleanup_push (unwound_cb, loop);
  if (!thr_parallel_loop_take_part (loop))
    wait_for_others (loop);
  pthread_cleanup_pop (FALSE);
  thr_mailbox_flush (thr_object_get_mailbox (THR_OBJECT (loop)));
  thr_home_reap (thr_object_get_home (THR_OBJECT (self)));

  return loop;
}

/* --- Over ranges --- */

/**
 * thr_pool_for_each:
 * @self: a pool
 * @begin: the first index
 * @end: one more than the last index; nothing is done when it is not above @begin
 * @grain: the smallest number of indices for one call of @func, 0 is automatic
 * @cancellable: (nullable): ends the loop early
 * @func: (scope notified) (closure user_data) (destroy notify): the body of the loop
 * @user_data: data for @func
 * @notify: frees @user_data, at home
 * @error: return location for an error
 *
 * Runs a loop on the threads of the pool and on the calling thread, and blocks until
 * it is done.
 *
 * @func is called with chunks of the indices, each index in one of them. They are large
 * in the beginning and shrink towards the end, so that threads that are done with
 * theirs help the others; a chunk seldom lasts more than a millisecond, unless a
 * single index does, or @grain indices do. A @grain is worth while when an index takes
 * less than some ten nanoseconds, and a loop that has no more indices is run by the
 * caller alone.
 *
 * The caller never waits for a free thread: where the pool has none, it runs the whole
 * loop itself. So a loop may be run inside of another one, and on a pool's own
 * threads. May be called from any thread; not from the main loop of an application that
 * must not freeze, which has [method@Thr.Pool.submit_for_each].
 *
 * Fails with the first error of @func: no chunk begins after it, those that run are
 * waited for, and an error that one of them adds goes to the error hook, unless it is
 * %G_IO_ERROR_CANCELLED. Fails with %G_IO_ERROR_CANCELLED when indices are left that
 * nobody began before @cancellable was cancelled, with %THR_ERROR_SHUT_DOWN or
 * %THR_ERROR_BROKEN when the pool takes no work (its own threads may go on running
 * loops, alone), %THR_ERROR_INVALID_ARGUMENT for a negative @grain or without a @func,
 * %THR_ERROR_RESOURCES when a wait would stop a pool that can get no further thread, and
 * %THR_ERROR_WRONG_LANGUAGE for a JavaScript function.
 *
 * Returns: %TRUE when @func was called for every index and succeeded
 */
gboolean
thr_pool_for_each (ThrPool         *self,
                   gint64           begin,
                   gint64           end,
                   gint64           grain,
                   GCancellable    *cancellable,
                   ThrRangeFunc     func,
                   gpointer         user_data,
                   GDestroyNotify   notify,
                   GError         **error)
{
  ThrLoopBody body = { .range = func, .user_data = user_data, .notify = notify };
  g_autoptr (ThrParallelLoop) loop = NULL;
  const GError *reason;

  g_return_val_if_fail (THR_IS_POOL (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);

  loop = run_here (self, begin, end, grain, cancellable, &body);
  reason = thr_future_get_error (THR_FUTURE (loop));
  if (reason != NULL && error != NULL)
    *error = g_error_copy (reason);

  return reason == NULL;
}

/**
 * thr_pool_submit_for_each:
 * @self: a pool
 * @begin: the first index
 * @end: one more than the last index; nothing is done when it is not above @begin
 * @grain: the smallest number of indices for one call of @func, 0 is automatic
 * @cancellable: (nullable): ends the loop early
 * @func: (scope notified) (closure user_data) (destroy notify): the body of the loop
 * @user_data: data for @func
 * @notify: frees @user_data, at the loop's home
 *
 * Gives a loop to the pool, as [method@Thr.Pool.for_each] runs it, and does not wait.
 *
 * Never fails: a loop that the pool could not take fails itself. May be called from any
 * thread, also from the pool's own. Its value is empty.
 *
 * Returns: (transfer full): the future of the end
 */
ThrParallelLoop *
thr_pool_submit_for_each (ThrPool        *self,
                          gint64          begin,
                          gint64          end,
                          gint64          grain,
                          GCancellable   *cancellable,
                          ThrRangeFunc    func,
                          gpointer        user_data,
                          GDestroyNotify  notify)
{
  ThrLoopBody body = { .range = func, .user_data = user_data, .notify = notify };

  g_return_val_if_fail (THR_IS_POOL (self), NULL);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), NULL);

  return submit (self, begin, end, grain, cancellable, &body);
}

/* --- Awaiting --- */

/* The operation has no cancellable of its own: a cancelled loop ends when the last of
 * its threads has left it, and not before. */
static const ThrOperationType for_each_operation = {
  .give_back = NULL,
  .leave = NULL
};

static void
loop_settled_cb (ThrFuture *loop,
                 gpointer   operation)
{
  const GError *reason = thr_future_get_error (loop);

  thr_operation_settle (operation, reason != NULL ? g_error_copy (reason) : NULL);
}

/**
 * thr_pool_for_each_async: (skip)
 * @self: a pool
 * @begin: the first index
 * @end: one more than the last index; nothing is done when it is not above @begin
 * @grain: the smallest number of indices for one call of @func, 0 is automatic
 * @cancellable: (nullable): ends the loop early
 * @func: (scope notified) (closure func_data) (destroy func_notify): the body of the loop
 * @func_data: data for @func
 * @func_notify: frees @func_data, at home
 * @callback: (scope async) (nullable): called at home when the loop has ended
 * @user_data: data for @callback
 *
 * Runs a loop on the threads of the pool, as [method@Thr.Pool.for_each] does, without
 * blocking the caller, who takes no part.
 *
 * The callback comes when no thread is inside of @func any more, also when the loop was
 * cancelled. Other languages await what [method@Thr.Pool.submit_for_each] returns.
 */
void
thr_pool_for_each_async (ThrPool             *self,
                         gint64               begin,
                         gint64               end,
                         gint64               grain,
                         GCancellable        *cancellable,
                         ThrRangeFunc         func,
                         gpointer             func_data,
                         GDestroyNotify       func_notify,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr (ThrParallelLoop) loop = NULL;
  ThrOperation *operation;

  g_return_if_fail (THR_IS_POOL (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  operation = thr_operation_new (self, &for_each_operation, NULL, callback, user_data);
  loop = thr_pool_submit_for_each (self, begin, end, grain, cancellable, func, func_data,
                                   func_notify);
  thr_future_add_hook (THR_FUTURE (loop), loop_settled_cb, operation, g_object_unref);
}

/**
 * thr_pool_for_each_finish: (skip)
 * @self: a pool
 * @result: what the callback got
 * @error: return location for an error
 *
 * Ends a loop that thr_pool_for_each_async() began.
 *
 * Fails as [method@Thr.Pool.for_each] does, and with %THR_ERROR_INVALID_STATE the second
 * time.
 *
 * Returns: %TRUE when the body was called for every index and succeeded
 */
gboolean
thr_pool_for_each_finish (ThrPool       *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (THR_IS_POOL (self), FALSE);

  return thr_operation_finish (self, &for_each_operation, result, error);
}

/* --- Results --- */

/**
 * thr_pool_map:
 * @self: a pool
 * @begin: the first index
 * @end: one more than the last index; there are no results when it is not above @begin
 * @grain: the smallest number of indices for a thread to take, 0 is automatic
 * @cancellable: (nullable): ends the loop early
 * @func: (scope notified) (closure user_data) (destroy notify): computes the result
 *   for one index
 * @user_data: data for @func
 * @notify: frees @user_data, at home
 * @error: return location for an error
 *
 * Computes a result for every index, on the threads of the pool and on the calling
 * thread, and blocks until all are there.
 *
 * Everything else is as with [method@Thr.Pool.for_each], and there are two more
 * errors: %THR_ERROR_OVERFLOW for more than %G_MAXUINT results, and %THR_ERROR_RESOURCES
 * when there is no memory for them.
 *
 * Returns: (transfer full) (nullable): the results in the order of the indices, or
 *   %NULL with @error set
 */
ThrValues *
thr_pool_map (ThrPool         *self,
              gint64           begin,
              gint64           end,
              gint64           grain,
              GCancellable    *cancellable,
              ThrMapFunc       func,
              gpointer         user_data,
              GDestroyNotify   notify,
              GError         **error)
{
  ThrLoopBody body = { .map = func, .user_data = user_data, .notify = notify };
  g_autoptr (ThrParallelLoop) loop = NULL;
  const GError *reason;
  ThrValues *values;
  GValue *value;

  g_return_val_if_fail (THR_IS_POOL (self), NULL);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), NULL);

  loop = run_here (self, begin, end, grain, cancellable, &body);
  reason = thr_future_get_error (THR_FUTURE (loop));
  if (reason != NULL)
    {
      if (error != NULL)
        *error = g_error_copy (reason);
      return NULL;
    }

  /* Taken out: entries that are still queued hold the loop, and must not hold that. */
  value = &thr_future_get_private (loop)->value;
  values = g_value_dup_object (value);
  g_value_unset (value);

  return values;
}

/**
 * thr_pool_submit_map:
 * @self: a pool
 * @begin: the first index
 * @end: one more than the last index; there are no results when it is not above @begin
 * @grain: the smallest number of indices for a thread to take, 0 is automatic
 * @cancellable: (nullable): ends the loop early
 * @func: (scope notified) (closure user_data) (destroy notify): computes the result
 *   for one index
 * @user_data: data for @func
 * @notify: frees @user_data, at the loop's home
 *
 * Has a result computed for every index, as [method@Thr.Pool.map] does, and does not
 * wait. The value of the loop is a [class@Thr.Values].
 *
 * Never fails: a loop that the pool could not take fails itself. May be called from any
 * thread, also from the pool's own.
 *
 * Returns: (transfer full): the future of the results
 */
ThrParallelLoop *
thr_pool_submit_map (ThrPool        *self,
                     gint64          begin,
                     gint64          end,
                     gint64          grain,
                     GCancellable   *cancellable,
                     ThrMapFunc      func,
                     gpointer        user_data,
                     GDestroyNotify  notify)
{
  ThrLoopBody body = { .map = func, .user_data = user_data, .notify = notify };

  g_return_val_if_fail (THR_IS_POOL (self), NULL);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), NULL);

  return submit (self, begin, end, grain, cancellable, &body);
}

/**
 * thr_pool_submit_all:
 * @self: a pool
 * @callables: (array length=n_callables): the work
 * @n_callables: how many
 * @cancellable: (nullable): ends the loop early; the work may look at it, too
 *
 * Gives several objects to the pool to be run, in any order and several at once.
 *
 * It is a loop over them, as [method@Thr.Pool.submit_map] is over indices: cheaper than a
 * task for each. The value is a [class@Thr.Values] of the results in the order of
 * @callables; the first error ends it, and work that nobody has begun then never does.
 * This is how JavaScript runs a loop: with a [class@Thr.Call] for each turn.
 *
 * Returns: (transfer full): the future of the results
 */
ThrParallelLoop *
thr_pool_submit_all (ThrPool       *self,
                     ThrCallable  **callables,
                     guint          n_callables,
                     GCancellable  *cancellable)
{
  ThrLoopBody body = { .range = NULL };
  g_autoptr (GError) reason = NULL;
  ThrParallelLoop *loop;

  g_return_val_if_fail (THR_IS_POOL (self), NULL);
  g_return_val_if_fail (callables != NULL || n_callables == 0, NULL);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), NULL);

  body.callables = g_new (ThrCallable *, n_callables + 1);
  for (guint i = 0; i < n_callables; i++)
    {
      body.callables[i] = g_object_ref (callables[i]);
      if (reason == NULL && thr_callable_is_js (callables[i]))
        thr_language_set_wrong_language_error (&reason, G_OBJECT_TYPE_NAME (callables[i]));
    }
  if (reason == NULL)
    return submit (self, 0, n_callables, 0, cancellable, &body);

  loop = make_loop (self, 0, n_callables, 0, NULL, &body);
  thr_parallel_loop_give_up (loop, reason);

  return loop;
}
