/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-callable-private.h"
#include "base/thr-i18n-private.h"
#include "base/thr-language-private.h"
#include "base/thr-process-private.h"
#include "work/thr-parallel-loop-private.h"
#include "work/thr-pool-close-private.h"
#include "work/thr-pool-events-private.h"
#include "work/thr-pool-private.h"
#include "work/thr-pool-source-private.h"
#include "work/thr-pool-wake-private.h"
#include "work/thr-task-private.h"
#include "work/thr-worker-push-private.h"

/* The ways into a pool. */

/* A function with something to free afterwards. */
typedef struct
{
  ThrTrash        trash;
  ThrHome        *home;
  ThrTaskFunc     func;
  gpointer        user_data;
  GDestroyNotify  notify;
} Closure;

static void
closure_free (ThrTrash *trash)
{
  Closure *self = (Closure *) trash;

  self->notify (self->user_data);
  thr_home_unref (self->home);
  g_free (self);
}

static gboolean
run_closure (ThrTask   *unused,
             gpointer   data,
             GError   **error)
{
  Closure *self = data;
  gboolean success = self->func (NULL, self->user_data, error);

  thr_home_throw (self->home, &self->trash);

  return success;
}

ThrTaskFunc
thr_entry_get_closure_func (void)
{
  return run_closure;
}

void
thr_entry_refuse (const ThrEntry *entry,
                  ThrPoolCore    *core,
                  const GError   *reason)
{
  if (thr_job_refuse (entry))
    return;

  if (thr_task_is_entry (entry))
    {
      thr_task_refuse (entry->data, reason);
    }
  else if (thr_parallel_loop_is_entry (entry))
    {
      thr_parallel_loop_refuse (entry->data, reason);
      return;
    }
  else if (entry->func == run_closure)
    {
      Closure *closure = entry->data;

      thr_home_throw (closure->home, &closure->trash);
    }

  if (thr_source_is_entry (entry))
    thr_source_refuse (core, reason);
  else if (reason != NULL && !thr_task_is_entry (entry))
    g_warning ("Work that was pushed to a pool is lost: %s", reason->message);
}

static gboolean
check_process (GError **error)
{
  if (!thr_process_is_ending ())
    return TRUE;

  g_set_error_literal (error, THR_ERROR, THR_ERROR_SHUT_DOWN,
                       _("The process is ending and takes no new work"));
  return FALSE;
}

static gboolean
set_no_func_error (GError **error)
{
  g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                       _("Work needs a function"));
  return FALSE;
}

/* Always gives a task; one that could not be queued has failed already. */
static ThrTask *
submit (ThrPool        *self,
        int             priority,
        GCancellable   *cancellable,
        ThrTaskFunc     func,
        gpointer        user_data,
        GDestroyNotify  notify,
        GError         *refusal)
{
  ThrPoolCore *core = thr_pool_get_core (self);
  ThrTask *task = thr_task_new (core, priority, cancellable, func, user_data, notify);
  g_autoptr (GError) error = refusal;
  ThrEntry entry = thr_task_get_entry (task);

  if (thr_pool_check_observed (self))
    thr_task_set_observed (task);

  if (g_cancellable_is_cancelled (cancellable))
    thr_task_refuse (task, NULL);
  else if (error != NULL || !check_process (&error) ||
           !thr_pool_core_submit (core, priority, &entry, &error))
    thr_task_refuse (task, error);

  thr_task_watch (task, cancellable);
  if (task->observed)
    thr_pool_events_reap (core, self);
  thr_home_reap (thr_object_get_home (THR_OBJECT (self)));

  return task;
}

/**
 * thr_pool_submit:
 * @self: a pool
 * @func: (scope notified) (closure user_data) (destroy notify): the work
 * @user_data: data for @func
 * @notify: frees @user_data, at the task's home
 *
 * Gives work to the pool.
 *
 * Never fails: a task that the pool could not take fails itself, with
 * %THR_ERROR_SHUT_DOWN, %THR_ERROR_BROKEN, %THR_ERROR_RESOURCES when no thread can
 * be made, %THR_ERROR_INVALID_ARGUMENT without a function, or
 * %THR_ERROR_WRONG_LANGUAGE for a JavaScript function. May be called from any thread,
 * also from the pool's own.
 *
 * Returns: (transfer full): the future of the answer
 */
ThrTask *
thr_pool_submit (ThrPool        *self,
                 ThrTaskFunc     func,
                 gpointer        user_data,
                 GDestroyNotify  notify)
{
  return thr_pool_submit_full (self, 0, NULL, func, user_data, notify);
}

/**
 * thr_pool_submit_full:
 * @self: a pool
 * @priority: how urgent the work is; the smaller the more urgent, 0 is usual
 * @cancellable: (nullable): cancels the task; the work may look at it, too
 * @func: (scope notified) (closure user_data) (destroy notify): the work
 * @user_data: data for @func
 * @notify: frees @user_data, at the task's home
 *
 * Gives work to the pool, as [method@Thr.Pool.submit] does, with a priority.
 *
 * One thread begins work of one priority in the order in which it came from outside of
 * the pool; several threads may overtake each other. When @cancellable is cancelled
 * before the work has begun, the task is cancelled at once.
 *
 * Returns: (transfer full): the future of the answer
 */
ThrTask *
thr_pool_submit_full (ThrPool        *self,
                      int             priority,
                      GCancellable   *cancellable,
                      ThrTaskFunc     func,
                      gpointer        user_data,
                      GDestroyNotify  notify)
{
  GError *refusal = NULL;

  g_return_val_if_fail (THR_IS_POOL (self), NULL);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), NULL);

  if (func == NULL)
    set_no_func_error (&refusal);

  /* Recognised before it is queued: on a worker GJS would block it. */
  if (notify != NULL && thr_language_notify_is_js (notify))
    {
      g_clear_error (&refusal);
      thr_language_set_wrong_language_error (&refusal, "thr_pool_submit()");
      thr_home_throw_notify (thr_object_get_home (THR_OBJECT (self)), notify, user_data);
      notify = NULL;
    }

  return submit (self, priority, cancellable, func, user_data, notify, refusal);
}

/**
 * thr_pool_submit_callable:
 * @self: a pool
 * @callable: the work
 *
 * Gives an object to the pool to be run, as [method@Thr.Pool.submit] does with a
 * function. This is how JavaScript gives work: with a [class@Thr.Call].
 *
 * Returns: (transfer full): the future of the answer
 */
ThrTask *
thr_pool_submit_callable (ThrPool     *self,
                          ThrCallable *callable)
{
  GError *refusal = NULL;

  g_return_val_if_fail (THR_IS_POOL (self), NULL);
  g_return_val_if_fail (THR_IS_CALLABLE (callable), NULL);

  if (thr_callable_is_js (callable))
    thr_language_set_wrong_language_error (&refusal, G_OBJECT_TYPE_NAME (callable));

  return submit (self, 0, NULL, thr_task_call, g_object_ref (callable), g_object_unref,
                 refusal);
}

/**
 * thr_pool_push: (skip)
 * @self: a pool
 * @func: the work; its task is %NULL
 * @user_data: data for @func
 *
 * Gives work to the pool of which nobody wants to hear again: the fastest way in,
 * which allocates nothing. An error of @func goes to the error hook.
 *
 * Returns: %FALSE when the pool has been shut down, or there is no @func
 */
gboolean
thr_pool_push (ThrPool     *self,
               ThrTaskFunc  func,
               gpointer     user_data)
{
  ThrEntry entry = { func, user_data };
  ThrWorker *worker = thr_worker_get_current ();

  /* Inside of a task of this pool: no more than a store or two. */
  if (worker != NULL && func != NULL &&
      __atomic_load_n (&worker->core->pool, __ATOMIC_RELAXED) == self &&
      thr_worker_push (worker, &entry))
    return TRUE;

  g_return_val_if_fail (THR_IS_POOL (self), FALSE);

  return func != NULL && check_process (NULL) &&
         thr_pool_core_submit (thr_pool_get_core (self), 0, &entry, NULL);
}

/**
 * thr_pool_push_full:
 * @self: a pool
 * @func: (scope notified) (closure user_data) (destroy notify): the work; its task is %NULL
 * @user_data: data for @func
 * @notify: frees @user_data, at the home of the caller
 * @error: return location for an error
 *
 * Gives work to the pool of which nobody wants to hear again. An error of @func goes
 * to the error hook.
 *
 * Fails with %THR_ERROR_SHUT_DOWN, %THR_ERROR_BROKEN or %THR_ERROR_WRONG_LANGUAGE;
 * @user_data is freed then, too.
 *
 * Returns: %TRUE when the pool has taken the work
 */
gboolean
thr_pool_push_full (ThrPool         *self,
                    ThrTaskFunc      func,
                    gpointer         user_data,
                    GDestroyNotify   notify,
                    GError         **error)
{
  g_autoptr (GError) reason = NULL;
  Closure *closure;
  ThrEntry entry;

  g_return_val_if_fail (THR_IS_POOL (self), FALSE);

  entry = (ThrEntry) { func, user_data };
  if (notify != NULL)
    {
      closure = g_new0 (Closure, 1);
      closure->trash.free = closure_free;
      closure->home = thr_home_get (NULL);
      closure->func = func;
      closure->user_data = user_data;
      closure->notify = notify;
      entry = (ThrEntry) { run_closure, closure };
    }

  if (func == NULL)
    set_no_func_error (&reason);
  else if (thr_language_notify_is_js (notify))
    thr_language_set_wrong_language_error (&reason, "thr_pool_push_full()");
  else if (check_process (&reason) &&
           thr_pool_core_submit (thr_pool_get_core (self), 0, &entry, &reason))
    return TRUE;

  if (notify != NULL)
    thr_home_throw (closure->home, &closure->trash);
  g_propagate_error (error, g_steal_pointer (&reason));

  return FALSE;
}
