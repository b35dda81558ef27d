/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/thr-pool-core-private.h"

#include "base/thr-i18n-private.h"
#include "base/thr-process-private.h"
#include "work/thr-pool-events-private.h"
#include "work/thr-task-private.h"
#include "work/thr-worker-private.h"

#define IDLE_TIMEOUT_US (30 * G_TIME_SPAN_SECOND)

/* All pools that are not closed, for the end of the process. A pool owns one
 * reference to its core, and takes the core out before it drops it. */
static GMutex all_mutex;
static GQueue all = G_QUEUE_INIT;

/* --- Life --- */

/* In the thread that ends the process (contracts 22). */
static void
process_ends_cb (void)
{
  for (;;)
    {
      ThrPoolCore *core = NULL;
      GList *link;

      g_mutex_lock (&all_mutex);
      link = g_queue_pop_head_link (&all);
      if (link != NULL)
        {
          core = thr_pool_core_ref (link->data);
          link->data = NULL;
        }
      g_mutex_unlock (&all_mutex);

      if (core == NULL)
        return;
      thr_pool_core_close (core, core->daemon);
      thr_pool_core_unref (core);
    }
}

static void
enlist (ThrPoolCore *self)
{
  thr_exit_add_hook (process_ends_cb);

  g_mutex_lock (&all_mutex);
  self->link.data = self;
  g_queue_push_tail_link (&all, &self->link);
  g_mutex_unlock (&all_mutex);
}

static void
delist (ThrPoolCore *self)
{
  g_mutex_lock (&all_mutex);
  if (self->link.data != NULL)
    {
      g_queue_unlink (&all, &self->link);
      self->link.data = NULL;
    }
  g_mutex_unlock (&all_mutex);
}

ThrPoolCore *
thr_pool_core_new (ThrPool  *pool,
                   guint     max_threads,
                   gboolean  daemon,
                   gsize     stack_size)
{
  ThrPoolCore *self = g_new0 (ThrPoolCore, 1);

  if (max_threads == 0)
    max_threads = MIN (g_get_num_processors () + 4, 32);

  g_atomic_ref_count_init (&self->ref_count);
  self->generation = thr_process_get_generation ();
  self->home = thr_home_ref (thr_object_get_home (THR_OBJECT (pool)));
  self->daemon = daemon;
  self->stack_size = stack_size;
  self->max_threads = max_threads;
  self->idle_timeout = IDLE_TIMEOUT_US;
  self->pool = pool;
  self->ended = g_ptr_array_new_with_free_func (g_object_unref);
  g_mutex_init (&self->mutex);
  g_queue_init (&self->heard);
  thr_injector_init (&self->injector);
  thr_wait_list_init (&self->terminated);
  enlist (self);

  return self;
}

ThrPoolCore *
thr_pool_core_ref (ThrPoolCore *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
thr_pool_core_unref (ThrPoolCore *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  delist (self);
  while (self->workers != NULL)
    {
      ThrWorker *worker = self->workers;

      self->workers = worker->next;
      g_free (worker);
    }

  thr_home_throw_notify (self->home, self->initializer_notify, self->initializer_data);
  for (guint i = 0; i < self->ended->len; i++)
    thr_home_throw_object (self->home, g_object_ref (self->ended->pdata[i]));
  g_ptr_array_unref (self->ended);
  thr_pool_events_clear (self);
  thr_injector_clear (&self->injector);
  thr_wait_list_clear (&self->terminated);
  g_mutex_clear (&self->mutex);
  g_clear_error (&self->broken);
  g_free (self->name);
  thr_home_unref (self->home);
  g_free (self);
}

/* The child has one thread, and whatever the others held is held for ever. Nothing
 * of the parent's queue is freed: its blocks may have been caught half changed, and
 * the tasks are the parent's to run. */
void
thr_pool_core_check (ThrPoolCore *self)
{
  if (G_LIKELY (self->generation == thr_process_get_generation ()))
    return;

  self->generation = thr_process_get_generation ();
  g_mutex_init (&self->mutex);
  thr_injector_init (&self->injector);
  thr_wait_list_init (&self->terminated);
  self->workers = NULL;
  self->sleepers = NULL;
  self->n_threads = self->n_active = self->n_searching = 0;
  self->ended = g_ptr_array_new_with_free_func (g_object_unref);
  self->is_terminated = self->closed;
}

ThrPool *
thr_pool_core_dup_pool (ThrPoolCore *self)
{
  ThrPool *pool;

  g_mutex_lock (&self->mutex);
  pool = self->pool != NULL ? g_object_ref (self->pool) : NULL;
  g_mutex_unlock (&self->mutex);

  return pool;
}

/* --- Waking --- */

gboolean
thr_pool_core_has_work (ThrPoolCore *self)
{
  return thr_pool_core_n_queued (self) > 0;
}

guint
thr_pool_core_n_queued (ThrPoolCore *self)
{
  guint n = thr_injector_get_length (&self->injector);

  for (ThrWorker *worker = __atomic_load_n (&self->workers, __ATOMIC_SEQ_CST);
       worker != NULL; worker = worker->next)
    n += thr_deque_size (&worker->deque);

  return n;
}

static ThrWorker *
get_free_worker_unlocked (ThrPoolCore *self)
{
  ThrWorker *worker;

  for (worker = self->workers; worker != NULL; worker = worker->next)
    if (!worker->in_use)
      return worker;

  worker = g_new0 (ThrWorker, 1);
  thr_deque_init (&worker->deque);
  worker->core = self;
  worker->next = self->workers;
  /* Release: thieves walk the list without the mutex. */
  __atomic_store_n (&self->workers, worker, __ATOMIC_SEQ_CST);

  return worker;
}

static char *
make_name_unlocked (ThrPoolCore *self)
{
  return g_strdup_printf ("%s_%u", self->name != NULL ? self->name : "ThrPool",
                          self->n_made++);
}

/* Under the mutex, which is unlocked. The place is counted before the thread is
 * there, so that two submitters do not make one too many. */
static gboolean
make_worker_and_unlock (ThrPoolCore  *self,
                        GError      **error)
{
  ThrWorker *worker = get_free_worker_unlocked (self);
  g_autofree char *name = make_name_unlocked (self);
  gboolean first = !self->started;
  ThrThread *thread;

  self->started = TRUE;
  worker->in_use = TRUE;
  __atomic_fetch_add (&self->n_threads, 1, __ATOMIC_SEQ_CST);
  __atomic_fetch_add (&self->n_active, 1, __ATOMIC_SEQ_CST);
  g_mutex_unlock (&self->mutex);

  thread = thr_thread_new_worker (self->home, name, self->daemon, self->stack_size,
                                  thr_worker_main, worker);
  worker->thread = thread; /* the worker reads it once it runs */
  thr_pool_core_ref (self);
  if (thr_thread_start (thread, error))
    {
      if (first)
        thr_pool_events_started (self);
      return TRUE;
    }

  /* The reference that the worker would have dropped is not the last one: the
   * caller has its own. */
  thr_pool_core_unref (self);
  g_mutex_lock (&self->mutex);
  worker->thread = NULL;
  worker->in_use = FALSE;
  __atomic_fetch_sub (&self->n_threads, 1, __ATOMIC_SEQ_CST);
  __atomic_fetch_sub (&self->n_active, 1, __ATOMIC_SEQ_CST);
  __atomic_fetch_sub (&self->n_searching, 1, __ATOMIC_SEQ_CST);
  g_mutex_unlock (&self->mutex);
  g_object_unref (thread);

  return FALSE;
}

gboolean
thr_pool_core_wake (ThrPoolCore  *self,
                    GError      **error)
{
  ThrWorker *worker;
  ThrSelf *sleeper;
  guint expected = 0;

  /* Enough are awake, or one is about to look. The entry was queued before these
   * loads; pairs with fall_asleep_unlocked() and end_search(). */
  if (__atomic_load_n (&self->n_searching, __ATOMIC_SEQ_CST) > 0 ||
      __atomic_load_n (&self->n_active, __ATOMIC_SEQ_CST) >=
        __atomic_load_n (&self->max_threads, __ATOMIC_SEQ_CST))
    return TRUE;

  g_mutex_lock (&self->mutex);
  /* The one that we wake searches from now on, so that nobody wakes another. */
  if (self->n_active >= self->max_threads ||
      !__atomic_compare_exchange_n (&self->n_searching, &expected, 1, FALSE,
                                    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
    {
      g_mutex_unlock (&self->mutex);
      return TRUE;
    }

  worker = self->sleepers;
  if (worker == NULL)
    return make_worker_and_unlock (self, error);

  self->sleepers = worker->next_asleep;
  worker->asleep = FALSE;
  worker->searching = TRUE;
  sleeper = worker->self;
  __atomic_fetch_add (&self->n_active, 1, __ATOMIC_SEQ_CST);
  g_mutex_unlock (&self->mutex);
  thr_parker_unpark (&sleeper->parker);

  return TRUE;
}

/* --- Submitting --- */

static gboolean
refuse (ThrPoolCore  *self,
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

static void
refuse_everything (ThrPoolCore  *self,
                   const GError *reason)
{
  ThrEntry entry;

  while (thr_injector_pop (&self->injector, &entry, 1) > 0)
    thr_entry_refuse (&entry, self, reason);

  for (ThrWorker *worker = __atomic_load_n (&self->workers, __ATOMIC_ACQUIRE);
       worker != NULL; worker = worker->next)
    while (thr_deque_size (&worker->deque) > 0)
      if (thr_deque_steal (&worker->deque, &entry))
        thr_entry_refuse (&entry, self, reason);
}

gboolean
thr_pool_core_submit (ThrPoolCore     *self,
                      int              priority,
                      const ThrEntry  *entry,
                      GError         **error)
{
  ThrSelf *me = thr_self_peek ();
  ThrWorker *worker = me != NULL ? me->worker : NULL;
  g_autoptr (GError) reason = NULL;

  if (__atomic_load_n (&self->closed, __ATOMIC_SEQ_CST))
    return refuse (self, error);

  /* A worker's own: it will come by there, whatever happens to the pool. */
  if (worker == NULL || worker->core != self || priority != 0 ||
      !thr_deque_push (&worker->deque, entry))
    {
      /* Closing happens under the injector's lock: what is in before, workers see
       * before they leave. */
      if (!thr_injector_push (&self->injector, priority, entry))
        return refuse (self, error);
    }
  else
    {
      /* The entry before the look for searchers, as the injector's push does. */
      __atomic_thread_fence (__ATOMIC_SEQ_CST);
    }

  if (thr_pool_core_wake (self, &reason))
    return TRUE;

  /* No thread to be had, and no other that would ever come for it. */
  if (__atomic_load_n (&self->n_threads, __ATOMIC_SEQ_CST) == 0)
    refuse_everything (self, reason);

  return TRUE;
}

/* --- Closing --- */

/* The end of the last worker, or closing without any. */
static void
terminate (ThrPoolCore *self)
{
  ThrWakeBatch batch = THR_WAKE_BATCH_INIT;
  gboolean first;

  thr_wait_list_lock (&self->terminated);
  first = !self->is_terminated;
  self->is_terminated = TRUE;
  thr_wait_list_grant_all_unlocked (&self->terminated, &batch);
  thr_wait_list_unlock (&self->terminated);

  if (first)
    thr_pool_events_finished (self);
  thr_wake_batch_fire (&batch);
}

void
thr_pool_core_left (ThrPoolCore *self)
{
  gboolean last = self->closed && self->n_threads == 0;
  gboolean forsaken = !self->closed && self->n_active == 0;

  g_mutex_unlock (&self->mutex);

  if (last)
    terminate (self);
  else if (forsaken && thr_pool_core_has_work (self))
    thr_pool_core_wake (self, NULL);
}

/* Everybody gets up, finds what is left, and leaves when nothing is. */
static void
wake_all (ThrPoolCore *self)
{
  g_mutex_lock (&self->mutex);
  for (ThrWorker *worker = self->sleepers; worker != NULL; worker = worker->next_asleep)
    thr_parker_unpark (&worker->self->parker);
  g_mutex_unlock (&self->mutex);
}

static void
close_with_reason (ThrPoolCore  *self,
                   gboolean      refuse_pending,
                   const GError *reason)
{
  gboolean empty;

  delist (self);

  g_mutex_lock (&self->mutex);
  if (reason != NULL && self->broken == NULL)
    self->broken = g_error_copy (reason);
  thr_injector_close (&self->injector);
  __atomic_store_n (&self->closed, TRUE, __ATOMIC_SEQ_CST);
  g_mutex_unlock (&self->mutex);

  if (refuse_pending)
    {
      g_autoptr (GError) why = NULL;

      if (reason != NULL)
        refuse (self, &why);
      refuse_everything (self, why);
    }

  wake_all (self);

  g_mutex_lock (&self->mutex);
  empty = self->n_threads == 0;
  g_mutex_unlock (&self->mutex);
  if (empty)
    terminate (self);
}

void
thr_pool_core_close (ThrPoolCore *self,
                     gboolean     cancel_pending)
{
  close_with_reason (self, cancel_pending, NULL);
}

void
thr_pool_core_break (ThrPoolCore  *self,
                     const GError *reason)
{
  close_with_reason (self, TRUE, reason);
}

void
thr_pool_core_join (ThrPoolCore *self)
{
  for (;;)
    {
      ThrThread *thread = NULL;

      g_mutex_lock (&self->mutex);
      if (self->ended->len > 0)
        thread = g_ptr_array_steal_index_fast (self->ended, self->ended->len - 1);
      g_mutex_unlock (&self->mutex);

      if (thread == NULL)
        return;
      thr_thread_wait_for_end (thread, THR_DEADLINE_NEVER, NULL, NULL);
      thr_home_throw_object (self->home, thread);
    }
}
