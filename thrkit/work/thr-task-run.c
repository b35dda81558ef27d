/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "base/thr-callable-private.h"
#include "base/thr-chaos-private.h"
#include "base/thr-i18n-private.h"
#include "base/thr-process-private.h"
#include "thread/thr-thread-core-private.h"
#include "work/thr-pool-events-private.h"
#include "work/thr-pool-private.h"
#include "work/thr-pool-source.h"
#include "work/thr-task-private.h"
#include "work/thr-worker-private.h"

/* A task from the queue to its end. */

/* --- The end of the user data --- */

static ThrTask *
from_last (gpointer last)
{
  return (ThrTask *) ((char *) last - G_STRUCT_OFFSET (ThrTask, last));
}

static void
last_letter_deliver (ThrLetter *letter,
                     GObject   *object)
{
  ThrTask *self = from_last (letter);

  self->notify (self->user_data);
}

static void
last_letter_discard (ThrLetter *letter,
                     GObject   *object)
{
  ThrTask *self = from_last (letter);

  /* No home any more. A JavaScript function was refused when it was given, so
   * there is none here. */
  last_letter_deliver (&self->last.letter, object);
}

static void
last_trash_free (ThrTrash *trash)
{
  ThrTask *self = from_last (trash);

  last_letter_deliver (&self->last.letter, NULL);
  g_object_unref (self);
}

/* The work has ended or will never begin: what was given with it goes, at home and
 * after everything else that the task has to say. */
static void
release_data (ThrTask *self)
{
  ThrMailbox *mailbox;

  if (self->notify == NULL ||
      __atomic_exchange_n (&self->released, TRUE, __ATOMIC_ACQ_REL))
    return;

  THR_CHAOS ();
  mailbox = thr_object_get_mailbox (THR_OBJECT (self));
  memset (&self->last, 0, sizeof self->last);

  if (__atomic_load_n (&mailbox->posted, __ATOMIC_SEQ_CST))
    {
      self->last.letter.rank = THR_RANK_DESTROY;
      self->last.letter.deliver = last_letter_deliver;
      self->last.letter.discard = last_letter_discard;
      thr_mailbox_post (mailbox, &self->last.letter);
    }
  else
    {
      self->last.trash.free = last_trash_free;
      g_object_ref (self);
      thr_home_throw (mailbox->home, &self->last.trash);
    }
}

/* --- Running --- */

static void
tell_started (ThrTask *self)
{
  if (thr_task_is_watched (self))
    thr_object_post_bits (THR_OBJECT (self),
                          thr_task_started_bits () | thr_future_begun_bits ());
  if (self->observed)
    thr_pool_events_task (self->core, self, THR_TASK_STARTED);
}

/* The bits of the end, to be posted with it. */
static guint
end_bits (ThrTask *self)
{
  return thr_task_is_watched (self) ? thr_future_settled_bits (THR_FUTURE (self)) : 0;
}

static void
tell_finished (ThrTask *self)
{
  if (self->observed)
    thr_pool_events_task (self->core, self, THR_TASK_FINISHED);
  release_data (self);
}

gboolean
thr_task_call (ThrTask   *self,
               gpointer   callable,
               GError   **error)
{
  return thr_callable_run (callable, &thr_future_get_private (self)->value,
                           thr_task_get_cancellable (self), error);
}

/* In any thread, after thr_future_begin(). */
static void
execute (ThrTask *self)
{
  ThrFuturePrivate *priv = thr_future_get_private (self);
  ThrSelf *me = thr_self_get ();
  gpointer outer = me->task;
  GError *error = NULL;
  gboolean success;

  me->task = self;
  __atomic_store_n (&self->runner, me, __ATOMIC_RELEASE);
  if (me->worker != NULL)
    __atomic_store_n (&self->thread, g_object_ref (((ThrWorker *) me->worker)->thread),
                      __ATOMIC_RELEASE);
  tell_started (self);

  success = self->last.func (self, self->user_data, &error);

  me->task = outer;
  __atomic_store_n (&self->runner, NULL, __ATOMIC_RELEASE);

  /* An error wins over an answer, whatever was returned: none is lost. */
  if (!success && error == NULL && priv->error == NULL)
    error = g_error_new_literal (THR_ERROR, THR_ERROR_NO_RESULT,
                                 _("The work ended without an answer and without an error; "
                                   "its language binding may have blocked it, or printed "
                                   "what went wrong"));

  if (!thr_future_claim (THR_FUTURE (self), TRUE))
    g_assert_not_reached (); /* who runs it settles it */
  if (priv->error == NULL)
    priv->error = error;
  else
    g_clear_error (&error);
  if (priv->error != NULL && G_VALUE_TYPE (&priv->value) != G_TYPE_INVALID)
    g_value_unset (&priv->value);

  thr_worker_expect_end (thr_object_get_home (THR_OBJECT (self)));
  thr_future_settle (THR_FUTURE (self),
                     priv->error != NULL ? THR_FUTURE_STATE_REJECTED
                                         : THR_FUTURE_STATE_RESOLVED,
                     end_bits (self));
  tell_finished (self);
}

/* --- A task that its maker runs --- */

/**
 * thr_task_new_detached:
 * @pool: (nullable): a pool whose observers are to hear of the task
 * @cancellable: (nullable): cancels the task before it has begun
 *
 * Makes a task that is in no queue: its maker calls [method@Thr.Task.begin], does the
 * work and calls [method@Thr.Task.end] or [method@Thr.Task.fail].
 *
 * It is for language bindings, which do their work themselves and want it to be seen
 * as any other, with the signals, the waits and the detection of deadlocks.
 *
 * Returns: (transfer full): a new task
 */
ThrTask *
thr_task_new_detached (ThrPool      *pool,
                       GCancellable *cancellable)
{
  ThrTask *self;

  g_return_val_if_fail (pool == NULL || THR_IS_POOL (pool), NULL);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), NULL);

  self = thr_task_new (pool != NULL ? thr_pool_get_core (pool) : NULL, 0, cancellable,
                       NULL, NULL, NULL);
  self->detached = TRUE;
  if (pool != NULL && thr_pool_check_observed (pool))
    thr_task_set_observed (self);

  if (g_cancellable_is_cancelled (cancellable))
    thr_future_cancel_pending (THR_FUTURE (self));
  thr_task_watch (self, cancellable);
  /* There is no queue to hold it. */
  g_object_unref (self);

  return self;
}

/**
 * thr_task_begin:
 * @self: a task of [ctor@Thr.Task.new_detached]
 * @thread: (nullable): the thread that does the work; %NULL for the calling one
 *
 * Says that the work of a detached task begins.
 *
 * Without @thread the task is the current one of the calling thread until the end. A
 * task that has been cancelled does not begin.
 *
 * Returns: %TRUE when it has begun; %FALSE when it had begun before or was cancelled
 */
gboolean
thr_task_begin (ThrTask   *self,
                ThrThread *thread)
{
  ThrSelf *me = thr_self_get ();
  ThrSelf *runner = me;
  gboolean is_caller = thread == NULL;

  g_return_val_if_fail (THR_IS_TASK (self), FALSE);
  g_return_val_if_fail (thread == NULL || THR_IS_THREAD (thread), FALSE);

  if (!self->detached || !thr_future_begin (THR_FUTURE (self)))
    return FALSE;

  if (is_caller && me->worker != NULL)
    thread = ((ThrWorker *) me->worker)->thread;
  if (!is_caller)
    runner = __atomic_load_n (&thr_thread_get_private (thread)->record, __ATOMIC_ACQUIRE);
  if (thread != NULL)
    __atomic_store_n (&self->thread, g_object_ref (thread), __ATOMIC_RELEASE);
  if (is_caller)
    {
      self->last.own.outer = me->task;
      me->task = self;
      self->last.own.beginner = me;
    }
  /* After the thread's record: who sees a runner may believe that it runs this. */
  __atomic_store_n (&self->runner, runner, __ATOMIC_RELEASE);
  tell_started (self);

  return TRUE;
}

/* FALSE when it has ended before. On TRUE the answer may be written. */
static gboolean
end (ThrTask *self)
{
  ThrSelf *me = thr_self_get ();

  if (!self->detached)
    return FALSE;

  /* Also when somebody else was faster: it is the current task no more. */
  if (self->last.own.beginner == me && me->task == self)
    me->task = self->last.own.outer;
  if (!thr_future_claim (THR_FUTURE (self), TRUE))
    return FALSE;

  __atomic_store_n (&self->runner, NULL, __ATOMIC_RELEASE);

  return TRUE;
}

/**
 * thr_task_end:
 * @self: a task of [ctor@Thr.Task.new_detached]
 * @value: (nullable): the answer, which is copied; %NULL for an empty one, or for what
 *   [method@Thr.Task.return_value] has answered
 *
 * Says that the work of a detached task has ended well.
 *
 * For the thread that has begun it, or any thread when that was done for another one.
 * A task that never began ends, too.
 *
 * Returns: %TRUE when the task has ended so; %FALSE when it had ended before
 */
gboolean
thr_task_end (ThrTask      *self,
              const GValue *value)
{
  ThrFuturePrivate *priv;

  g_return_val_if_fail (THR_IS_TASK (self), FALSE);
  g_return_val_if_fail (value == NULL || G_IS_VALUE (value), FALSE);

  if (!end (self))
    return FALSE;

  priv = thr_future_get_private (self);
  if (value != NULL && priv->error == NULL)
    {
      if (G_VALUE_TYPE (&priv->value) != G_TYPE_INVALID)
        g_value_unset (&priv->value);
      g_value_init (&priv->value, G_VALUE_TYPE (value));
      g_value_copy (value, &priv->value);
    }
  thr_future_settle (THR_FUTURE (self),
                     priv->error != NULL ? THR_FUTURE_STATE_REJECTED
                                         : THR_FUTURE_STATE_RESOLVED,
                     end_bits (self));
  tell_finished (self);

  return TRUE;
}

/**
 * thr_task_fail:
 * @self: a task of [ctor@Thr.Task.new_detached]
 * @error: what went wrong, which is copied
 *
 * Says that the work of a detached task has failed: the counterpart of
 * [method@Thr.Task.end].
 *
 * Returns: %TRUE when the task has ended so; %FALSE when it had ended before
 */
gboolean
thr_task_fail (ThrTask      *self,
               const GError *error)
{
  ThrFuturePrivate *priv;

  g_return_val_if_fail (THR_IS_TASK (self), FALSE);
  g_return_val_if_fail (error != NULL, FALSE);

  if (!end (self))
    return FALSE;

  priv = thr_future_get_private (self);
  if (G_VALUE_TYPE (&priv->value) != G_TYPE_INVALID)
    g_value_unset (&priv->value);
  if (priv->error == NULL)
    priv->error = g_error_copy (error);
  thr_future_settle (THR_FUTURE (self), THR_FUTURE_STATE_REJECTED, end_bits (self));
  tell_finished (self);

  return TRUE;
}

/* --- In a queue --- */

/* What the queue holds. A task that was cancelled, or run by one who waited for it,
 * is passed by. */
static gboolean
run_entry (ThrTask   *unused,
           gpointer   data,
           GError   **error)
{
  ThrTask *self = data;

  if (thr_future_begin (THR_FUTURE (self)))
    execute (self);
  g_object_unref (self);

  return TRUE;
}

ThrEntry
thr_task_get_entry (ThrTask *self)
{
  return (ThrEntry) { run_entry, self };
}

gboolean
thr_task_is_entry (const ThrEntry *entry)
{
  return entry->func == run_entry;
}

void
thr_task_refuse (ThrTask      *self,
                 const GError *reason)
{
  if (reason == NULL)
    {
      thr_future_cancel_pending (THR_FUTURE (self));
    }
  else if (thr_future_claim (THR_FUTURE (self), FALSE))
    {
      thr_future_get_private (self)->error = g_error_copy (reason);
      thr_future_settle (THR_FUTURE (self), THR_FUTURE_STATE_REJECTED, end_bits (self));
      tell_finished (self);
    }

  g_object_unref (self);
}

/* --- What the future asks of us --- */

/* Contracts 13: only the very task, only when nobody has begun it. */
static gboolean
task_help (ThrFuture *future,
           gboolean   unlimited)
{
  ThrTask *self = THR_TASK (future);
  ThrWorker *worker = thr_self_get ()->worker;
  gboolean from_binding = self->notify != NULL;

  if (self->detached || !unlimited || worker == NULL || worker->core != self->core ||
      !thr_worker_may_help (worker, from_binding) || !thr_future_begin (future))
    return FALSE;

  worker->n_helping++;
  execute (self);
  worker->n_helping--;

  return TRUE;
}

static ThrSelf *
task_owner (gpointer task)
{
  return __atomic_load_n (&((ThrTask *) task)->runner, __ATOMIC_ACQUIRE);
}

static void
task_settled (ThrFuture *future)
{
  tell_finished (THR_TASK (future));
}

static void
task_cancel_running (ThrFuture *future)
{
  ThrTask *self = THR_TASK (future);

  /* One that was given may have been given to others, too. */
  if (!self->lent && thr_future_get_state (future) == THR_FUTURE_STATE_RUNNING)
    g_cancellable_cancel (thr_task_get_cancellable (self));
}

/* A forked child has none of its parent's workers. */
static gboolean
task_lost (ThrFuture *future)
{
  return THR_TASK (future)->generation != thr_process_get_generation ();
}

const ThrFutureWaits thr_task_waits = {
  .help = task_help,
  .owner = task_owner,
  .lost = task_lost,
  .settled_bits = thr_task_finished_bits,
  .settled = task_settled,
  .cancel_running = task_cancel_running
};
