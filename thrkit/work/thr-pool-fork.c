/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/thr-pool-fork.h"

#include "base/thr-chaos-private.h"
#include "base/thr-process-private.h"
#include "base/thr-spin-private.h"
#include "work/thr-pool-close-private.h"
#include "work/thr-pool-private.h"
#include "work/thr-pool-wake-private.h"
#include "work/thr-worker-push-private.h"

/* Work that is forked and joined by the same function, without an allocation.
 *
 * A job lies on the stack of who forked it, its owner. Its entry is queued like any other:
 *
 *              another worker               it ends
 *   QUEUED ───────────────────► TAKEN ───────────────────► DONE
 *     │ │                         │                          ▲
 *     │ │ the owner waits         │ the owner waits          │ it ends
 *     │ └───────────────────► AWAITED ───────────────────────┤
 *     │ the pool lets it fall     │                          │
 *     └───────────────────► RETURNED ──── run by the owner ──┘
 *
 * As a rule none of that happens: the owner takes the entry back, from the end of its
 * deque where it put it, and calls the function. After DONE or RETURNED nobody but the
 * owner touches the job, whose memory may be gone; whom to wake is read before.
 *
 * An owner whose job was taken helps: it takes from the deque of the worker that runs the
 * job, as Wagner and Calder's leapfrogging does (PPoPP 1993), but only jobs that were
 * forked below the one it waits for. That worker's deque was empty when it took the job,
 * so what it has forked since belongs there. To know when it has gone on to something
 * else, each job carries the number of the strand that forked it; the running of a taken
 * job is a new strand. A job of that strand may want a lock that we hold as little as the
 * job itself (contracts of the pool: never an unrelated task).
 *
 * What was found there and belongs elsewhere ends up in the finder's deque, and its owner
 * may have to wait until somebody comes for it. When all workers are blocked and no thread
 * can be made, nobody would: then the last one to block returns what is queued.
 */
enum {
  QUEUED,
  TAKEN,
  AWAITED,
  DONE,
  RETURNED
};

#define NOWHERE     (-1)
#define SPIN_ROUNDS 50
#define SPIN_PAUSES 10

static int
load_state (ThrJob *job)
{
  /* Acquire: what the job wrote is there when it is done. */
  return __atomic_load_n (&job->state, __ATOMIC_ACQUIRE);
}

/* TRUE when the owner, a worker, waited for it and goes on. */
static gboolean
leave_to_owner (ThrJob *job,
                int     state)
{
  ThrSelf *owner = job->owner;
  gboolean is_worker = job->place != NOWHERE;

  THR_CHAOS ();
  if (__atomic_exchange_n (&job->state, state, __ATOMIC_ACQ_REL) != AWAITED)
    return FALSE;

  thr_parker_unpark (&owner->parker);
  return is_worker;
}

/* What the queues hold: somebody other than the owner has it. */
static gboolean
run_job (ThrTask   *unused,
         gpointer   data,
         GError   **error)
{
  ThrSelf *me = thr_self_peek ();
  ThrWorker *worker = me->worker;
  guint64 outer = worker->strand;
  ThrJob *job = data;
  int expected = QUEUED;

  /* No other strand has it: no other thread has the serial. */
  worker->strand = me->serial << 32 | ++worker->n_strands;
  __atomic_store_n (&job->runner, worker, __ATOMIC_RELAXED);
  __atomic_store_n (&job->run_strand, worker->strand, __ATOMIC_RELAXED);
  /* Release: who sees TAKEN sees by whom. */
  __atomic_compare_exchange_n (&job->state, &expected, TAKEN, FALSE,
                               __ATOMIC_RELEASE, __ATOMIC_RELAXED);

  job->func (job->user_data);

  worker->strand = outer;
  leave_to_owner (job, DONE);
  return TRUE;
}

gboolean
thr_job_is_entry (const ThrEntry *entry)
{
  return entry->func == run_job;
}

gboolean
thr_job_return (const ThrEntry *entry)
{
  return leave_to_owner (entry->data, RETURNED);
}

gboolean
thr_job_refuse (const ThrEntry *entry)
{
  if (!thr_job_is_entry (entry))
    return FALSE;

  leave_to_owner (entry->data, RETURNED);
  return TRUE;
}

static void
run_here (ThrJob *job)
{
  job->func (job->user_data);
  __atomic_store_n (&job->state, DONE, __ATOMIC_RELAXED);
}

static gboolean
is_of (ThrWorker *worker,
       ThrPool   *pool)
{
  return worker != NULL && __atomic_load_n (&worker->core->pool, __ATOMIC_RELAXED) == pool;
}

/**
 * ThrJobFunc: (skip)
 * @user_data: what was given with the function
 *
 * The work of a [struct@Thr.Job].
 */

/**
 * ThrJob: (skip)
 *
 * Work that [method@Thr.Pool.fork] gives away and [method@Thr.Pool.join] waits for. It is
 * a variable of the caller, with nothing in it for anybody to read.
 */

/**
 * thr_pool_fork: (skip)
 * @self: a pool
 * @job: (out caller-allocates): memory for the job, as a rule a variable of the caller
 * @func: the work
 * @user_data: data for @func
 *
 * Lets another thread of the pool do something, if one is free, until
 * [method@Thr.Pool.join] is called for @job: for functions that divide their work and
 * call themselves with the parts. It allocates nothing, and costs little more than the
 * call of a function when no thread is free.
 *
 * It is meant for the pool's own tasks. In any other thread, and in one of another pool,
 * it works as well, at the price of a queue and of waiting; where the pool takes no work
 * any more or has no room for it, @func is called before this returns, or by the join.
 *
 * @job must be joined by the thread that forked it, before it goes out of scope; jobs are
 * joined fastest in the opposite order of their forking. There is no answer and no error:
 * @func writes what it finds where @user_data points to.
 *
 * ```c
 * static void
 * sum (gpointer data)
 * {
 *   Range *range = data;
 *   ThrJob job;
 *   Range left, right;
 *
 *   if (range_sum_if_small (range))
 *     return;
 *
 *   range_divide (range, &left, &right);
 *   thr_pool_fork (range->pool, &job, sum, &left);
 *   sum (&right);
 *   thr_pool_join (range->pool, &job);
 *   range->sum = left.sum + right.sum;
 * }
 * ```
 *
 * *Blocking*: never.
 */
void
thr_pool_fork (ThrPool    *self,
               ThrJob     *job,
               ThrJobFunc  func,
               gpointer    user_data)
{
  ThrEntry entry = { run_job, job };
  ThrWorker *worker = thr_worker_get_current ();

  job->func = func;
  job->user_data = user_data;
  job->state = QUEUED;
  if (G_LIKELY (is_of (worker, self)))
    {
      job->owner = worker->self;
      job->strand = worker->strand;
      job->place = worker->deque.bottom;
      if (G_UNLIKELY (!thr_worker_push (worker, &entry)))
        run_here (job);
      return;
    }

  g_return_if_fail (THR_IS_POOL (self));

  job->owner = thr_self_get ();
  job->place = NOWHERE;
  job->strand = thr_process_get_generation ();
  if (!thr_pool_core_submit (thr_pool_get_core (self), 0, &entry, NULL))
    run_here (job);
}

/* --- Joining --- */

/* What was queued behind the job, by a push or a fork that is not joined yet, goes back to
 * where it was. */
static void
put_back (ThrWorker      *worker,
          const ThrEntry *entry)
{
  if (entry->func == run_job)
    ((ThrJob *) entry->data)->place = worker->deque.bottom;
  if (!thr_deque_push (&worker->deque, entry))
    g_assert_not_reached (); /* there was room for it before */
}

static gboolean
dig_out (ThrWorker *worker,
         ThrJob    *job,
         ThrEntry  *entry)
{
  ThrEntry aside[THR_DEQUE_CAPACITY];
  gboolean found = FALSE;
  guint n = 0;

  aside[n++] = *entry;
  while (!found && worker->deque.bottom > job->place && thr_deque_pop (&worker->deque, entry))
    {
      found = entry->data == job && entry->func == run_job;
      if (!found)
        aside[n++] = *entry;
    }
  while (n > 0)
    put_back (worker, &aside[--n]);

  /* Whoever looked meanwhile saw nothing. */
  thr_worker_wake_another (worker);
  return found;
}

static void
help (ThrWorker *worker,
      ThrJob    *job)
{
  ThrWorker *runner = __atomic_load_n (&job->runner, __ATOMIC_RELAXED);
  guint64 strand = __atomic_load_n (&job->run_strand, __ATOMIC_RELAXED);
  ThrEntry entry;

  /* What does not belong there is the pool's, and lies here as well as there. */
  if (runner == worker || runner->core != worker->core || !thr_worker_has_stack (worker) ||
      thr_deque_size (&worker->deque) > THR_DEQUE_CAPACITY / 2 ||
      !thr_deque_steal (&runner->deque, &entry))
    return;

  if (entry.func == run_job && ((ThrJob *) entry.data)->strand == strand)
    run_job (NULL, entry.data, NULL);
  else if (thr_deque_push (&worker->deque, &entry))
    thr_worker_wake_another (worker);
  else
    g_assert_not_reached ();
}

static void
block_for (ThrWorker *worker,
           ThrJob    *job)
{
  ThrSelf *me = job->owner;
  int state = load_state (job);

  if (worker != NULL)
    thr_worker_block_for_job (worker);

  while (state != DONE && state != RETURNED)
    if (state == AWAITED)
      {
        thr_parker_park (&me->parker, THR_DEADLINE_NEVER);
        state = load_state (job);
      }
    else if (__atomic_compare_exchange_n (&job->state, &state, AWAITED, FALSE,
                                          __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE))
      {
        THR_CHAOS ();
        state = AWAITED;
      }

  if (worker != NULL)
    thr_worker_unblock_for_job (worker);
}

static void
wait_for_job (ThrWorker *worker,
              ThrJob    *job)
{
  guint rounds = thr_spin_pays () ? SPIN_ROUNDS : 1;
  int state = load_state (job);

  for (guint i = 0; i < rounds && state != DONE && state != RETURNED; i++)
    {
      if (worker != NULL && state == TAKEN)
        help (worker, job);
      for (guint j = 0; j < SPIN_PAUSES && load_state (job) == state; j++)
        thr_spin_pause ();
      state = load_state (job);
    }

  if (state != DONE && state != RETURNED)
    block_for (worker, job);
  if (load_state (job) == RETURNED)
    run_here (job);
}

/* Where a fork() of the process has come between, nobody else is there. */
static gboolean
is_left_alone (ThrWorker *worker,
               ThrJob    *job)
{
  if (job->place == NOWHERE)
    return job->strand != thr_process_get_generation ();

  return worker == NULL;
}

G_GNUC_NO_INLINE
static void
join_slowly (ThrWorker *worker,
             ThrJob    *job)
{
  if (load_state (job) == DONE)
    return;

  if (is_left_alone (worker, job))
    run_here (job);
  else
    wait_for_job (worker, job);
}

/**
 * thr_pool_join: (skip)
 * @self: the pool that @job was forked in
 * @job: a job
 *
 * Waits until a job has been done that [method@Thr.Pool.fork] gave away. When no other
 * thread has begun it, it is done here and now. When another thread does it, this one
 * helps with the jobs that were forked below it, and blocks when there are none.
 *
 * For the thread that forked it only, once. In a task of the pool, blocking makes room
 * for another thread as any other wait for the pool's work does. The wait has no limit
 * and cannot be cancelled.
 */
void
thr_pool_join (ThrPool *self,
               ThrJob  *job)
{
  ThrWorker *worker = thr_worker_get_current ();
  ThrEntry entry;

  if (G_LIKELY (job->place != NOWHERE && worker != NULL && load_state (job) != DONE) &&
      worker->deque.bottom > job->place && thr_deque_pop (&worker->deque, &entry))
    {
      if (G_LIKELY (entry.data == job && entry.func == run_job) ||
          dig_out (worker, job, &entry))
        {
          job->func (job->user_data);
          return;
        }
    }

  join_slowly (worker, job);
}
