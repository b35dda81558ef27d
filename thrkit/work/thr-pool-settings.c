/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/thr-pool-private.h"
#include "work/thr-pool-wake-private.h"
#include "work/thr-worker-push-private.h"

/* What can be asked of a pool, and what can be set. */

/**
 * thr_pool_is_closed: (get-property closed)
 * @self: a pool
 *
 * Gets whether the pool has been shut down.
 *
 * Returns: whether it takes no new work
 */
gboolean
thr_pool_is_closed (ThrPool *self)
{
  g_return_val_if_fail (THR_IS_POOL (self), TRUE);

  return __atomic_load_n (&thr_pool_get_core (self)->closed, __ATOMIC_SEQ_CST);
}

/**
 * thr_pool_get_daemon: (get-property daemon)
 * @self: a pool
 *
 * Gets whether the process ends without waiting for the pool's work.
 *
 * Returns: whether the pool is a daemon
 */
gboolean
thr_pool_get_daemon (ThrPool *self)
{
  g_return_val_if_fail (THR_IS_POOL (self), FALSE);

  return thr_pool_get_core (self)->daemon;
}

/**
 * thr_pool_get_idle_timeout: (get-property idle-timeout)
 * @self: a pool
 *
 * Gets how long a thread without work stays.
 *
 * Returns: a time in microseconds, -1 is for ever
 */
gint64
thr_pool_get_idle_timeout (ThrPool *self)
{
  g_return_val_if_fail (THR_IS_POOL (self), -1);

  return __atomic_load_n (&thr_pool_get_core (self)->idle_timeout, __ATOMIC_RELAXED);
}

/**
 * thr_pool_set_idle_timeout: (set-property idle-timeout)
 * @self: a pool
 * @timeout_us: a time in microseconds, -1 is for ever
 *
 * Sets how long a thread without work stays. Threads that are idle already keep the
 * time that they began with.
 */
void
thr_pool_set_idle_timeout (ThrPool *self,
                           gint64   timeout_us)
{
  g_return_if_fail (THR_IS_POOL (self));

  __atomic_store_n (&thr_pool_get_core (self)->idle_timeout, MAX (timeout_us, -1), __ATOMIC_RELAXED);
  thr_pool_post_bits (self, thr_pool_idle_timeout_bits ());
}

/**
 * thr_pool_get_max_threads: (get-property max-threads)
 * @self: a pool
 *
 * Gets how many threads work at the same time at the most.
 *
 * Returns: a number of threads
 */
guint
thr_pool_get_max_threads (ThrPool *self)
{
  g_return_val_if_fail (THR_IS_POOL (self), 0);

  return __atomic_load_n (&thr_pool_get_core (self)->max_threads, __ATOMIC_RELAXED);
}

/**
 * thr_pool_set_max_threads: (set-property max-threads)
 * @self: a pool
 * @max_threads: how many threads work at the same time at the most; 0 is the number
 *   of processors + 4, and at most 32
 *
 * Sets how many threads work at the same time. When there are more already, those
 * that finish a task go to sleep until there are not.
 */
void
thr_pool_set_max_threads (ThrPool *self,
                          guint    max_threads)
{
  ThrPoolCore *core;

  g_return_if_fail (THR_IS_POOL (self));

  if (max_threads == 0)
    max_threads = MIN (g_get_num_processors () + 4, 32);

  core = thr_pool_get_core (self);
  g_mutex_lock (&core->mutex);
  __atomic_store_n (&core->max_threads, MIN (max_threads, G_MAXUINT16), __ATOMIC_SEQ_CST);
  g_mutex_unlock (&core->mutex);
  thr_pool_post_bits (self, thr_pool_max_threads_bits ());

  /* Who queued something saw the old number. The one that is woken wakes the next if
   * there is work for it. */
  thr_worker_fence (core);
  if (thr_pool_core_has_work (core))
    thr_pool_core_wake (core);
}

/**
 * thr_pool_get_n_queued: (get-property n-queued)
 * @self: a pool
 *
 * Counts the tasks that wait for a thread. Tasks that were cancelled are counted
 * until a thread comes by them.
 *
 * Returns: a moment's count
 */
guint
thr_pool_get_n_queued (ThrPool *self)
{
  g_return_val_if_fail (THR_IS_POOL (self), 0);

  return thr_pool_core_n_queued (thr_pool_get_core (self));
}

/**
 * thr_pool_get_n_running: (get-property n-running)
 * @self: a pool
 *
 * Counts the threads that are at work, those included that wait for a task.
 *
 * Returns: a moment's count
 */
guint
thr_pool_get_n_running (ThrPool *self)
{
  guint n = 0;

  g_return_val_if_fail (THR_IS_POOL (self), 0);

  for (ThrWorker *worker = __atomic_load_n (&thr_pool_get_core (self)->workers,
                                            __ATOMIC_ACQUIRE);
       worker != NULL; worker = worker->next)
    n += __atomic_load_n (&worker->running, __ATOMIC_RELAXED);

  return n;
}

/**
 * thr_pool_get_n_threads: (get-property n-threads)
 * @self: a pool
 *
 * Counts the pool's threads.
 *
 * Returns: a moment's count
 */
guint
thr_pool_get_n_threads (ThrPool *self)
{
  g_return_val_if_fail (THR_IS_POOL (self), 0);

  return __atomic_load_n (&thr_pool_get_core (self)->n_threads, __ATOMIC_SEQ_CST);
}

/**
 * thr_pool_get_observed: (get-property observed)
 * @self: a pool
 *
 * Gets whether every task is reported to the pool's observers.
 *
 * Returns: whether the pool is observed
 */
gboolean
thr_pool_get_observed (ThrPool *self)
{
  g_return_val_if_fail (THR_IS_POOL (self), FALSE);

  return __atomic_load_n (&thr_pool_get_core (self)->observed, __ATOMIC_RELAXED);
}

/**
 * thr_pool_set_observed: (set-property observed)
 * @self: a pool
 * @observed: whether every task is to be reported to the pool's observers
 *
 * Turns the reporting of tasks on or off, for tasks that are submitted from now on.
 */
void
thr_pool_set_observed (ThrPool  *self,
                       gboolean  observed)
{
  g_return_if_fail (THR_IS_POOL (self));

  observed = !!observed;
  if (__atomic_exchange_n (&thr_pool_get_core (self)->observed, observed, __ATOMIC_ACQ_REL) != observed)
    thr_pool_post_bits (self, thr_pool_observed_bits ());
}

/**
 * thr_pool_get_stack_size: (get-property stack-size)
 * @self: a pool
 *
 * Gets the size of the threads' stacks.
 *
 * Returns: a number of bytes; 0 is what [func@Thr.get_stack_size] says
 */
gint64
thr_pool_get_stack_size (ThrPool *self)
{
  g_return_val_if_fail (THR_IS_POOL (self), 0);

  return thr_pool_get_core (self)->stack_size;
}
