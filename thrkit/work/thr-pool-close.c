/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/thr-pool-close-private.h"

#include "base/thr-i18n-private.h"
#include "work/thr-pool-events-private.h"
#include "work/thr-pool-wake-private.h"
#include "work/thr-task-private.h"
#include "work/thr-worker-push-private.h"

/* The end of a pool, and of what is queued in it. */

/* Told before anybody is let go: who waited at home hears of it before the wait
 * returns. */
static void
terminate (ThrPoolCore *self)
{
  ThrWakeBatch batch = THR_WAKE_BATCH_INIT;

  if (__atomic_exchange_n (&self->told_end, TRUE, __ATOMIC_ACQ_REL))
    return;
  thr_pool_events_finished (self);

  thr_wait_list_lock (&self->terminated);
  self->is_terminated = TRUE;
  thr_wait_list_grant_all_unlocked (&self->terminated, &batch);
  thr_wait_list_unlock (&self->terminated);
  thr_wake_batch_fire (&batch);
}

/* No worker and nothing to do. An entry without a worker is not over: whoever queued
 * it before we closed is about to make one, and comes by here when that fails. */
static void
terminate_if_over (ThrPoolCore *self)
{
  gboolean over;

  g_mutex_lock (&self->mutex);
  over = self->closed && self->n_threads == 0 && !thr_pool_core_has_work (self);
  g_mutex_unlock (&self->mutex);

  if (over)
    terminate (self);
}

/* --- Refusing --- */

gboolean
thr_pool_core_set_refusal (ThrPoolCore  *self,
                           GError      **error)
{
  g_mutex_lock (&self->mutex);
  if (self->broken != NULL)
    g_set_error (error, THR_ERROR, THR_ERROR_BROKEN,
                 _("The pool's initializer failed: %s"), self->broken->message);
  else
    g_set_error_literal (error, THR_ERROR, THR_ERROR_SHUT_DOWN,
                         _("The pool has been shut down and takes no new work"));
  g_mutex_unlock (&self->mutex);

  return FALSE;
}

static gboolean
take_from_deques (ThrPoolCore *self,
                  ThrEntry    *entry)
{
  for (ThrWorker *worker = __atomic_load_n (&self->workers, __ATOMIC_ACQUIRE);
       worker != NULL; worker = worker->next)
    while (thr_deque_size (&worker->deque) > 0)
      if (thr_deque_steal (&worker->deque, entry))
        return TRUE;

  return FALSE;
}

static void
steal_everything (ThrPoolCore *self,
                  GArray      *entries)
{
  ThrEntry entry;

  while (take_from_deques (self, &entry))
    g_array_append_val (entries, entry);
}

static gboolean
take_anything (ThrPoolCore *self,
               ThrEntry    *entry)
{
  return thr_injector_pop (&self->injector, entry, 1, NULL) > 0 ||
         take_from_deques (self, entry);
}

static void
refuse_everything (ThrPoolCore  *self,
                   const GError *reason)
{
  ThrEntry entry;

  while (take_anything (self, &entry))
    thr_entry_refuse (&entry, self, reason);
}

/* Only the tasks: what was pushed has nobody who waits for it, and stays. */
static void
refuse_tasks (ThrPoolCore  *self,
              const GError *reason)
{
  g_autoptr (GArray) pushed = g_array_new (FALSE, FALSE, sizeof (ThrEntry));
  ThrEntry entry;

  while (take_anything (self, &entry))
    if (thr_task_is_entry (&entry) || thr_job_is_entry (&entry))
      thr_entry_refuse (&entry, self, reason);
    else
      g_array_append_val (pushed, entry);

  for (guint i = 0; i < pushed->len; i++)
    {
      entry = g_array_index (pushed, ThrEntry, i);
      if (!thr_injector_push (&self->injector, 0, &entry, NULL))
        thr_entry_refuse (&entry, self, reason);
    }
}

/* Jobs lie in deques, and so does nothing with a priority. Whoever is at work comes by
 * here, too, before all are blocked. */
gboolean
thr_pool_core_return_jobs (ThrPoolCore *self)
{
  g_autoptr (GArray) entries = NULL;
  gboolean any = FALSE;

  if (__atomic_load_n (&self->n_active, __ATOMIC_SEQ_CST) > 0)
    return FALSE;

  entries = g_array_new (FALSE, FALSE, sizeof (ThrEntry));
  steal_everything (self, entries);
  for (guint i = 0; i < entries->len; i++)
    {
      ThrEntry *entry = &g_array_index (entries, ThrEntry, i);

      if (!thr_job_is_entry (entry))
        thr_injector_put_back (&self->injector, entry);
      else if (thr_job_return (entry))
        any = TRUE;
    }

  return any;
}

gboolean
thr_pool_core_is_stuck_unlocked (ThrPoolCore *self)
{
  return self->n_stuck > 0 && self->n_stuck + self->n_joining == self->n_threads;
}

/* No thread is to be had. When there is none, or each waits without limit, nobody
 * would ever come for what is queued; it fails, which may be what they wait for. This
 * is up to whoever tried, for others who queued something saw a thread on its way. */
void
thr_pool_core_give_up (ThrPoolCore  *self,
                       const GError *reason)
{
  gboolean empty, stuck, asleep, returned;

  /* Whoever gets one back goes on with it. */
  returned = thr_pool_core_return_jobs (self);

  g_mutex_lock (&self->mutex);
  empty = self->n_threads == 0;
  stuck = !returned && thr_pool_core_is_stuck_unlocked (self);
  asleep = self->sleepers != NULL;
  g_mutex_unlock (&self->mutex);

  if (empty)
    refuse_everything (self, reason);
  else if (stuck)
    refuse_tasks (self, reason);
  else if (asleep && thr_pool_core_has_work (self))
    thr_pool_core_wake (self); /* it went to sleep because of the one on its way */
  terminate_if_over (self);
}

/* --- Closing --- */

/* Everybody gets up, finds what is left, and leaves when nothing is. */
static void
wake_all_unlocked (ThrPoolCore *self)
{
  for (ThrWorker *worker = self->sleepers; worker != NULL; worker = worker->next_asleep)
    thr_parker_unpark (&worker->self->parker);
}

void
thr_pool_core_left (ThrPoolCore *self)
{
  gboolean closed = self->closed;

  /* Those who went to sleep when the pool was closed already, being one too many,
   * have nobody else who would tell them that all is done. */
  if (closed)
    wake_all_unlocked (self);
  g_mutex_unlock (&self->mutex);
  thr_worker_fence (self);

  /* Whoever queued something while we were counted, and were about to go, may have
   * taken us for one who is at work. */
  if (closed)
    terminate_if_over (self);
  else if (thr_pool_core_has_work (self))
    thr_pool_core_wake (self);
}

/* What is pending and for which nobody is idle. A task for which a worker has been made
 * or is there is as good as begun: whether the worker has got as far as taking it is a
 * matter of microseconds that programs should not come to see. */
static void
cancel_pending_tasks (ThrPoolCore *self)
{
  g_autoptr (GArray) rest = g_array_new (FALSE, FALSE, sizeof (ThrEntry));
  guint n_workers;

  g_mutex_lock (&self->mutex);
  n_workers = self->n_active + self->n_asleep;
  thr_injector_leave_for_idle (&self->injector,
                               n_workers - MIN (n_workers, self->max_threads), rest);
  g_mutex_unlock (&self->mutex);

  steal_everything (self, rest);
  for (guint i = 0; i < rest->len; i++)
    thr_entry_refuse (&g_array_index (rest, ThrEntry, i), self, NULL);
}

static void
close_with_reason (ThrPoolCore  *self,
                   ThrClosing    closing,
                   const GError *reason)
{
  gboolean first;

  thr_pool_core_delist (self);

  g_mutex_lock (&self->mutex);
  first = !self->closed;
  if (reason != NULL && self->broken == NULL)
    self->broken = g_error_copy (reason);
  thr_injector_close (&self->injector);
  __atomic_store_n (&self->closed, TRUE, __ATOMIC_SEQ_CST);
  g_mutex_unlock (&self->mutex);
  if (first)
    thr_pool_events_closed (self);

  if (closing == THR_CLOSING_CANCEL)
    {
      cancel_pending_tasks (self);
    }
  else if (closing == THR_CLOSING_REFUSE)
    {
      g_autoptr (GError) why = NULL;

      if (reason != NULL)
        thr_pool_core_set_refusal (self, &why);
      refuse_everything (self, why);
    }

  g_mutex_lock (&self->mutex);
  wake_all_unlocked (self);
  g_mutex_unlock (&self->mutex);
  terminate_if_over (self);
}

void
thr_pool_core_close (ThrPoolCore *self,
                     ThrClosing   closing)
{
  close_with_reason (self, closing, NULL);
}

void
thr_pool_core_break (ThrPoolCore  *self,
                     const GError *reason)
{
  close_with_reason (self, THR_CLOSING_REFUSE, reason);
}

void
thr_pool_core_refuse (ThrPoolCore    *self,
                      const ThrEntry *entry)
{
  g_autoptr (GError) reason = NULL;

  thr_pool_core_set_refusal (self, &reason);
  thr_entry_refuse (entry, self, reason);
}

void
thr_pool_core_join (ThrPoolCore *self)
{
  for (;;)
    {
      ThrThread *thread = NULL;
      gboolean mine;
      guint i;

      /* It stays in there until it has ended: others join at the same time. */
      g_mutex_lock (&self->mutex);
      if (self->ended->len > 0)
        thread = g_object_ref (self->ended->pdata[self->ended->len - 1]);
      g_mutex_unlock (&self->mutex);

      if (thread == NULL)
        return;
      thr_thread_wait_for_end (thread, THR_DEADLINE_NEVER, NULL, NULL);

      g_mutex_lock (&self->mutex);
      mine = g_ptr_array_find (self->ended, thread, &i);
      if (mine)
        g_ptr_array_steal_index_fast (self->ended, i);
      g_mutex_unlock (&self->mutex);
      if (mine)
        thr_home_throw_object (self->home, thread);
      thr_home_throw_object (self->home, thread);
    }
}
