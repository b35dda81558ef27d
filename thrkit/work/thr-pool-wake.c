/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/thr-pool-wake-private.h"

#include "base/thr-chaos-private.h"
#include "work/thr-pool-close-private.h"
#include "work/thr-pool-events-private.h"
#include "work/thr-worker-push-private.h"

/* Who comes for what is queued. */

/* --- Making --- */

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

/* Under the mutex, which is unlocked; the worker is among the searching already. The
 * place is counted before the thread is there, so that two submitters do not make one
 * too many. */
static gboolean
make_worker_and_unlock (ThrPoolCore  *self,
                        GError      **error)
{
  ThrWorker *worker = get_free_worker_unlocked (self);
  g_autofree char *name = make_name_unlocked (self);
  ThrThread *thread;

  self->started = TRUE;
  worker->in_use = TRUE;
  worker->idle = TRUE;
  __atomic_fetch_add (&self->injector.n_idle, 1, __ATOMIC_SEQ_CST);
  __atomic_fetch_add (&self->n_threads, 1, __ATOMIC_SEQ_CST);
  __atomic_fetch_add (&self->n_active, 1, __ATOMIC_SEQ_CST);
  g_mutex_unlock (&self->mutex);

  thread = thr_thread_new_worker (self->home, name, self->daemon, self->stack_size,
                                  thr_worker_main, worker);
  /* The worker reads it once it runs. It may have gone before the start has returned,
   * and what it lets go of with it. */
  worker->thread = g_object_ref (thread);
  thr_pool_core_ref (self);
  if (thr_thread_start (thread, error))
    {
      thr_home_throw_object (self->home, thread);
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
  __atomic_fetch_sub (&self->injector.n_idle, 1, __ATOMIC_SEQ_CST);
  /* Whoever is there, was there and told, or is about to fail like us and comes by. */
  self->started = self->n_threads > 0 ||
                  __atomic_load_n (&self->told_start, __ATOMIC_RELAXED) != UNTOLD;
  g_mutex_unlock (&self->mutex);
  g_object_unref (thread);
  thr_home_throw_object (self->home, thread);

  return FALSE;
}

/* --- Waking --- */

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

  THR_CHAOS ();
  g_mutex_lock (&self->mutex);
  /* The one that we wake searches from now on, so that nobody wakes another. Whoever
   * queued or saw something may come by so late that it is in somebody's hand, or done
   * and the pool has ended: no thread is made for nothing. */
  if (self->n_active >= self->max_threads || !thr_pool_core_has_work (self) ||
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
  __atomic_fetch_sub (&self->n_asleep, 1, __ATOMIC_SEQ_CST);
  g_mutex_unlock (&self->mutex);
  THR_CHAOS ();
  thr_parker_unpark (&sleeper->parker);

  return TRUE;
}

/* For a task from outside for which nobody was idle. As many workers as there is room
 * for are there when submit() returns, and not some time later: that is what programs
 * expect of an executor. Sets @made when there is one more. */
static gboolean
make_for_crowd (ThrPoolCore  *self,
                gboolean     *made,
                GError      **error)
{
  *made = FALSE;
  if (__atomic_load_n (&self->n_active, __ATOMIC_SEQ_CST) >=
      __atomic_load_n (&self->max_threads, __ATOMIC_SEQ_CST))
    return TRUE;

  /* Counted again: whoever has become idle meanwhile is enough. */
  g_mutex_lock (&self->mutex);
  if (self->n_active + self->n_asleep >= self->max_threads ||
      !thr_injector_is_crowded (&self->injector))
    {
      g_mutex_unlock (&self->mutex);
      return TRUE;
    }

  __atomic_fetch_add (&self->n_searching, 1, __ATOMIC_SEQ_CST);
  *made = make_worker_and_unlock (self, error);

  return *made;
}

void
thr_pool_core_wake (ThrPoolCore *self)
{
  g_autoptr (GError) error = NULL;

  if (!thr_pool_core_try_wake (self, &error))
    thr_pool_core_give_up (self, error);
}

static void
wake_for_crowd (ThrPoolCore *self)
{
  g_autoptr (GError) error = NULL;
  gboolean made;

  if (!make_for_crowd (self, &made, &error))
    thr_pool_core_give_up (self, error);
  else if (!made)
    thr_pool_core_wake (self);
}

/* --- Submitting --- */

/* A full fence now: those who search do not make one when they stop. */
void
thr_worker_wake_another (ThrWorker *self)
{
  thr_fence_full ();
  THR_CHAOS ();
  thr_pool_core_wake (self->core);
}

gboolean
thr_pool_core_submit (ThrPoolCore     *self,
                      int              priority,
                      const ThrEntry  *entry,
                      GError         **error)
{
  ThrWorker *worker = thr_worker_get_current ();
  gboolean crowded = FALSE;

  if (__atomic_load_n (&self->closed, __ATOMIC_SEQ_CST))
    return thr_pool_core_set_refusal (self, error);

  /* A worker's own: it will come by there, whatever happens to the pool. */
  if (worker != NULL && worker->core == self && priority == 0 &&
      thr_worker_push (worker, entry))
    return TRUE;

  /* Closing happens under the injector's lock: what is in before, workers see before they
   * leave. */
  if (!thr_injector_push (&self->injector, priority, entry, &crowded))
    return thr_pool_core_set_refusal (self, error);

  THR_CHAOS ();
  if (crowded)
    wake_for_crowd (self);
  else
    thr_pool_core_wake (self);

  return TRUE;
}
