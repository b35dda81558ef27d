/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/thr-pool-core-private.h"

#include "base/thr-i18n-private.h"
#include "base/thr-process-private.h"
#include "work/thr-pool-close-private.h"
#include "work/thr-pool-events-private.h"
#include "work/thr-task-private.h"
#include "work/thr-worker-private.h"

#define IDLE_TIMEOUT_US (30 * G_TIME_SPAN_SECOND)

/* All pools that are not closed, for the end of the process. A pool owns one
 * reference to its core, and takes the core out before it drops it. */
static GMutex all_mutex;
static GQueue all = G_QUEUE_INIT;

static guint n_pools; /* atomic */

static GMutex check_mutex; /* a leaf; see thr_pool_core_check() */

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
      thr_pool_core_check (core);
      thr_pool_core_close (core, core->daemon);
      thr_pool_core_unref (core);
    }
}

/* The one thread of the child may have been a worker. It is none any more: its pool
 * does not know it. */
static void
child_forked_cb (void)
{
  ThrSelf *me = thr_self_peek ();

  if (me != NULL)
    me->worker = NULL;
}

static void
enlist (ThrPoolCore *self)
{
  static gsize once;

  if (g_once_init_enter (&once))
    {
      thr_process_add_fork_mutex (&all_mutex);
      thr_process_add_fork_mutex (&check_mutex);
      thr_process_add_child_hook (child_forked_cb);
      g_once_init_leave (&once, 1);
    }
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

/* Tasks are begun in the order in which they came. One that a worker took in advance
 * would be overtaken by those that other workers take after it, and would wait as long
 * as what the first worker runs; and ten tasks on a pool of ten would not run at once.
 * What is pushed has no order, and is taken by the handful. */
static void
init_injector (ThrPoolCore *self)
{
  thr_injector_init (&self->injector);
  self->injector.alone = thr_task_get_entry (NULL).func;
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
  self->number = __atomic_fetch_add (&n_pools, 1, __ATOMIC_RELAXED);
  self->stack_size = stack_size;
  self->max_threads = max_threads;
  self->idle_timeout = IDLE_TIMEOUT_US;
  self->pool = pool;
  self->ended = g_ptr_array_new_with_free_func (g_object_unref);
  g_mutex_init (&self->mutex);
  g_queue_init (&self->heard);
  init_injector (self);
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
typedef struct _Estate Estate;

struct _Estate
{
  Estate    *next;
  ThrLane   *lanes;
  ThrWorker *workers;
  GPtrArray *ended;
};

static Estate *estates; /* under check_mutex */

/* Left as it is, but not lost sight of: whoever looks for leaks finds none. */
static void
leave_to_parent_unlocked (ThrPoolCore *self)
{
  Estate *estate = g_new (Estate, 1);

  *estate = (Estate) { estates, self->injector.lanes, self->workers, self->ended };
  estates = estate;
}

static void
begin_anew_unlocked (ThrPoolCore *self)
{
  leave_to_parent_unlocked (self);
  g_mutex_init (&self->mutex);
  init_injector (self);
  thr_wait_list_init (&self->terminated);
  self->workers = NULL;
  self->sleepers = NULL;
  self->n_threads = self->n_active = self->n_searching = self->n_preparing = 0;
  self->n_stuck = 0;
  self->ended = g_ptr_array_new_with_free_func (g_object_unref);
  self->is_terminated = self->told_end = self->closed;
  /* Whoever was about to has stayed in the parent. */
  if (self->told_start == TELLING)
    self->told_start = UNTOLD;
}

void
thr_pool_core_check (ThrPoolCore *self)
{
  guint generation = thr_process_get_generation ();

  if (G_LIKELY (__atomic_load_n (&self->generation, __ATOMIC_ACQUIRE) == generation))
    return;

  /* By now the child may have threads of its own that come at once. */
  g_mutex_lock (&check_mutex);
  if (self->generation != generation)
    {
      begin_anew_unlocked (self);
      /* Release: who sees the new number sees the new pool. */
      __atomic_store_n (&self->generation, generation, __ATOMIC_RELEASE);
    }
  g_mutex_unlock (&check_mutex);
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
  if (self->name != NULL && self->name[0] != '\0')
    return g_strdup_printf ("%s_%u", self->name, self->n_made++);

  return g_strdup_printf ("ThrPool-%u_%u", self->number, self->n_made++);
}

/* Under the mutex, which is unlocked. The place is counted before the thread is
 * there, so that two submitters do not make one too many. */
static gboolean
make_worker_and_unlock (ThrPoolCore  *self,
                        GError      **error)
{
  ThrWorker *worker = get_free_worker_unlocked (self);
  g_autofree char *name = make_name_unlocked (self);
  ThrThread *thread;
  gboolean started;

  self->started = TRUE;
  worker->in_use = TRUE;
  __atomic_fetch_add (&self->n_threads, 1, __ATOMIC_SEQ_CST);
  __atomic_fetch_add (&self->n_active, 1, __ATOMIC_SEQ_CST);
  g_mutex_unlock (&self->mutex);

  thread = thr_thread_new_worker (self->home, name, self->daemon, self->stack_size,
                                  thr_worker_main, worker);
  worker->thread = thread; /* the worker reads it once it runs */
  /* It may have come and gone before its start has returned. */
  g_object_ref (thread);
  thr_pool_core_ref (self);
  started = thr_thread_start (thread, error);
  thr_home_throw_object (self->home, thread);
  if (started)
    return TRUE;

  /* The reference that the worker would have dropped is not the last one: the
   * caller has its own. */
  thr_pool_core_unref (self);
  g_mutex_lock (&self->mutex);
  worker->thread = NULL;
  worker->in_use = FALSE;
  __atomic_fetch_sub (&self->n_threads, 1, __ATOMIC_SEQ_CST);
  __atomic_fetch_sub (&self->n_active, 1, __ATOMIC_SEQ_CST);
  __atomic_fetch_sub (&self->n_searching, 1, __ATOMIC_SEQ_CST);
  /* Whoever is there, was there and told, or is about to fail like us and comes by. */
  self->started = self->n_threads > 0 ||
                  __atomic_load_n (&self->told_start, __ATOMIC_RELAXED) != UNTOLD;
  g_mutex_unlock (&self->mutex);
  g_object_unref (thread);

  return FALSE;
}

gboolean
thr_pool_core_try_wake (ThrPoolCore  *self,
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
  /* The one that we wake searches from now on, so that nobody wakes another. Whoever
   * queued something may come by so late that it is done and the pool has ended. */
  if (self->n_active >= self->max_threads ||
      (self->closed && !thr_pool_core_has_work (self)) ||
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

static void terminate_if_over (ThrPoolCore *self);

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

static gboolean
take_anything (ThrPoolCore *self,
               ThrEntry    *entry)
{
  if (thr_injector_pop (&self->injector, entry, 1) > 0)
    return TRUE;

  for (ThrWorker *worker = __atomic_load_n (&self->workers, __ATOMIC_ACQUIRE);
       worker != NULL; worker = worker->next)
    while (thr_deque_size (&worker->deque) > 0)
      if (thr_deque_steal (&worker->deque, entry))
        return TRUE;

  return FALSE;
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
    if (thr_task_is_entry (&entry))
      thr_entry_refuse (&entry, self, reason);
    else
      g_array_append_val (pushed, entry);

  for (guint i = 0; i < pushed->len; i++)
    {
      entry = g_array_index (pushed, ThrEntry, i);
      if (!thr_injector_push (&self->injector, 0, &entry))
        thr_entry_refuse (&entry, self, reason);
    }
}

/* No thread is to be had. When there is none, or each waits without limit, nobody
 * would ever come for what is queued; it fails, which may be what they wait for. This
 * is up to whoever tried, for others who queued something saw a thread on its way. */
static void
give_up_if_stuck (ThrPoolCore  *self,
                  const GError *reason)
{
  gboolean empty, stuck, asleep;

  g_mutex_lock (&self->mutex);
  empty = self->n_threads == 0;
  stuck = self->n_threads == self->n_stuck;
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

void
thr_pool_core_wake (ThrPoolCore *self)
{
  g_autoptr (GError) error = NULL;

  if (!thr_pool_core_try_wake (self, &error))
    give_up_if_stuck (self, error);
}

gboolean
thr_pool_core_submit (ThrPoolCore     *self,
                      int              priority,
                      const ThrEntry  *entry,
                      GError         **error)
{
  ThrSelf *me = thr_self_peek ();
  ThrWorker *worker = me != NULL ? me->worker : NULL;

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

  thr_pool_core_wake (self);

  return TRUE;
}

/* --- Closing --- */

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

  /* Whoever queued something while we were counted, and were about to go, may have
   * taken us for one who is at work. */
  if (closed)
    terminate_if_over (self);
  else if (thr_pool_core_has_work (self))
    thr_pool_core_wake (self);
}

static void
close_with_reason (ThrPoolCore  *self,
                   gboolean      refuse_pending,
                   const GError *reason)
{
  gboolean first;

  delist (self);

  g_mutex_lock (&self->mutex);
  first = !self->closed;
  if (reason != NULL && self->broken == NULL)
    self->broken = g_error_copy (reason);
  thr_injector_close (&self->injector);
  __atomic_store_n (&self->closed, TRUE, __ATOMIC_SEQ_CST);
  g_mutex_unlock (&self->mutex);
  if (first)
    thr_pool_events_closed (self);

  if (refuse_pending)
    {
      g_autoptr (GError) why = NULL;

      if (reason != NULL)
        refuse (self, &why);
      refuse_everything (self, why);
    }

  g_mutex_lock (&self->mutex);
  wake_all_unlocked (self);
  g_mutex_unlock (&self->mutex);
  terminate_if_over (self);
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
thr_pool_core_refuse (ThrPoolCore    *self,
                      const ThrEntry *entry)
{
  g_autoptr (GError) reason = NULL;

  refuse (self, &reason);
  thr_entry_refuse (entry, self, reason);
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
