/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/thr-pool-core-private.h"

#include "base/thr-fence-private.h"
#include "base/thr-process-private.h"
#include "work/thr-pool-close-private.h"
#include "work/thr-pool-events-private.h"
#include "work/thr-pool-source-private.h"
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
      thr_pool_core_close (core, core->daemon ? THR_CLOSING_REFUSE : THR_CLOSING_FINISH);
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

void
thr_pool_core_delist (ThrPoolCore *self)
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
 * What is pushed has no order, and is taken by the handful; but not by a binding, whose
 * work is long enough to be taken one by one. */
static void
init_injector (ThrPoolCore *self)
{
  thr_injector_init (&self->injector);
  self->injector.alone[0] = thr_task_get_entry (NULL).func;
  self->injector.alone[1] = thr_entry_get_closure_func ();
  self->injector.alone[2] = thr_source_get_entry (self).func;
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
  self->light = thr_fence_available ();
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

  thr_pool_core_delist (self);
  while (self->workers != NULL)
    {
      ThrWorker *worker = self->workers;

      self->workers = worker->next;
      g_free (worker);
    }

  thr_home_throw_notify (self->home, self->initializer.notify, self->initializer.data);
  thr_home_throw_notify (self->home, self->finalizer.notify, self->finalizer.data);
  thr_source_clear (self);
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
  self->n_threads = self->n_active = self->n_asleep = 0;
  self->n_searching = self->n_preparing = 0;
  self->n_stuck = self->n_joining = 0;
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
