/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/thr-pool-source-private.h"

#include "base/thr-i18n-private.h"
#include "base/thr-language-private.h"
#include "base/thr-object-private.h"
#include "base/thr-process-private.h"
#include "work/thr-pool-private.h"
#include "work/thr-pool-wake-private.h"
#include "work/thr-worker-push-private.h"

/* A pool whose work is queued by somebody else: for languages that have cheaper queues
 * of their own objects than they have calls into C.
 *
 * The source is set once, by a compare-and-swap from NULL, and constant from then on.
 */
typedef struct _ThrPoolSource ThrPoolSource;

struct _ThrPoolSource
{
  ThrTaskFunc    func;
  gpointer       data;
  GDestroyNotify notify;
  int            refused; /* atomic: no thread could be made for a call */
};

static ThrPoolSource *
get_source (ThrPoolCore *core)
{
  /* Acquire: pairs with the swap in thr_pool_set_source(). */
  return __atomic_load_n (&core->source, __ATOMIC_ACQUIRE);
}

static gboolean
run_source (ThrTask   *unused,
            gpointer   data,
            GError   **error)
{
  const ThrPoolSource *source = get_source (data);

  return source->func (NULL, source->data, error);
}

ThrEntry
thr_source_get_entry (ThrPoolCore *core)
{
  return (ThrEntry) { run_source, core };
}

gboolean
thr_source_is_entry (const ThrEntry *entry)
{
  return entry->func == run_source;
}

void
thr_source_refuse (ThrPoolCore  *core,
                   const GError *reason)
{
  /* Whoever called is told; see thr_pool_call_source(). */
  __atomic_store_n (&get_source (core)->refused, reason != NULL, __ATOMIC_SEQ_CST);
}

void
thr_source_clear (ThrPoolCore *core)
{
  ThrPoolSource *source = get_source (core);

  if (source == NULL)
    return;

  thr_home_throw_notify (core->home, source->notify, source->data);
  g_free (source);
}

/**
 * thr_pool_set_source:
 * @self: a pool
 * @func: (scope notified) (closure user_data) (destroy notify): called by the pool's threads, with no task
 * @user_data: data for @func
 * @notify: frees @user_data, at home
 * @error: return location for an error
 *
 * Gives the pool a function that does work which somebody else has queued.
 *
 * Each [method@Thr.Pool.call_source] has a thread of the pool call it once; several
 * may call it at the same time. It is for language bindings, which queue their own
 * objects more cheaply than they call into C, and do many of them in one call. An
 * error of @func goes to the error hook.
 *
 * Fails with %THR_ERROR_INVALID_STATE when there is a source already, and with
 * %THR_ERROR_WRONG_LANGUAGE for a JavaScript function; @notify is called then, too.
 *
 * Returns: %TRUE when the source was set
 */
gboolean
thr_pool_set_source (ThrPool         *self,
                     ThrTaskFunc      func,
                     gpointer         user_data,
                     GDestroyNotify   notify,
                     GError         **error)
{
  ThrPoolSource *source, *none = NULL;
  ThrHome *home;

  g_return_val_if_fail (THR_IS_POOL (self), FALSE);
  g_return_val_if_fail (func != NULL, FALSE);

  home = thr_object_get_home (THR_OBJECT (self));
  if (thr_language_notify_is_js (notify))
    {
      thr_home_throw_notify (home, notify, user_data);
      return thr_language_set_wrong_language_error (error, "thr_pool_set_source()");
    }

  source = g_new (ThrPoolSource, 1);
  *source = (ThrPoolSource) { func, user_data, notify, FALSE };
  if (__atomic_compare_exchange_n (&thr_pool_get_core (self)->source, &none, source, FALSE,
                                   __ATOMIC_RELEASE, __ATOMIC_RELAXED))
    return TRUE;

  g_free (source);
  thr_home_throw_notify (home, notify, user_data);
  g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_STATE,
                       _("The pool has a source already"));
  return FALSE;
}

/**
 * thr_pool_call_source:
 * @self: a pool
 * @error: return location for an error
 *
 * Has a thread of the pool call the function that [method@Thr.Pool.set_source] gave.
 *
 * May be called from any thread and does not block. Shutting the pool down with
 * `cancel_pending` cancels the call silently: whoever queues work elsewhere cancels it
 * there.
 *
 * Fails with %THR_ERROR_INVALID_STATE without a source, and as
 * [method@Thr.Pool.push_full] does: with %THR_ERROR_SHUT_DOWN or %THR_ERROR_BROKEN. When
 * the pool has no thread and cannot make one that is %THR_ERROR_RESOURCES.
 *
 * Returns: %TRUE when a thread will come
 */
gboolean
thr_pool_call_source (ThrPool  *self,
                      GError  **error)
{
  ThrPoolCore *core;
  ThrEntry entry;

  g_return_val_if_fail (THR_IS_POOL (self), FALSE);

  core = thr_pool_get_core (self);
  if (get_source (core) == NULL)
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_STATE,
                           _("The pool has no source"));
      return FALSE;
    }
  if (thr_process_is_ending ())
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_SHUT_DOWN,
                           _("The process is ending and takes no new work"));
      return FALSE;
    }

  thr_pool_check_observed (self);
  entry = thr_source_get_entry (core);
  if (!thr_pool_core_submit (core, 0, &entry, error))
    return FALSE;
  if (G_LIKELY (!__atomic_exchange_n (&get_source (core)->refused, FALSE, __ATOMIC_SEQ_CST)))
    return TRUE;

  g_set_error_literal (error, THR_ERROR, THR_ERROR_RESOURCES,
                       _("The pool has no thread and cannot make one"));
  return FALSE;
}

/**
 * thr_pool_recall_source:
 *
 * Has the source of the pool that the calling thread works for called once more.
 *
 * For the source itself: to leave the rest to others, or to go on after whatever is
 * more urgent in the pool. It works also when the pool has been shut down, or nobody
 * holds it any more, since the calling thread will come by.
 *
 * Returns: %TRUE when a thread will come; %FALSE when the caller is no thread of a
 *   pool with a source, or has to go on by itself
 */
gboolean
thr_pool_recall_source (void)
{
  ThrSelf *me = thr_self_peek ();
  ThrWorker *worker = me != NULL ? me->worker : NULL;
  ThrEntry entry;

  if (worker == NULL || get_source (worker->core) == NULL)
    return FALSE;

  entry = thr_source_get_entry (worker->core);
  if (thr_injector_push (&worker->core->injector, 0, &entry, NULL))
    {
      thr_pool_core_wake (worker->core);
      return TRUE;
    }

  /* Closed: nobody puts anything in there any more, but we still look here. The fence
   * stands for the lock that the injector would have taken: the entry is there before
   * the look for somebody who searches. */
  if (!thr_deque_push (&worker->deque, &entry))
    return FALSE;
  thr_fence_full ();
  thr_pool_core_wake (worker->core);

  return TRUE;
}
