/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/thr-worker-private.h"

#include <pthread.h>

#include "base/thr-chaos-private.h"
#include "base/thr-i18n-private.h"
#include "base/thr-process-private.h"
#include "base/thr-spin-private.h"
#include "work/thr-pool-close-private.h"
#include "work/thr-pool-events-private.h"
#include "work/thr-pool-wake-private.h"
#include "work/thr-worker-push-private.h"

#define BATCH_MAX          32
#define INJECTOR_TICK      61   /* how often the common queue comes first */
#define SEARCH_ROUNDS      8
#define SEARCH_PAUSES      40
#define HELP_MAX           16
#define HELP_MAX_BINDING   2
#define HELP_STACK         (64 * 1024)

static guint32
next_random (ThrWorker *self)
{
  /* Marsaglia's xorshift (Journal of Statistical Software 8, 2003). */
  self->random ^= self->random << 13;
  self->random ^= self->random >> 17;
  self->random ^= self->random << 5;

  return self->random;
}

/* --- Finding work --- */

/* A share of what waits outside, so that many entries cost one lock; the rest of it
 * goes into the own deque, where others may steal it. It goes in backwards: the
 * owner takes from the end, and the oldest should come first. */
static gboolean
take_injected (ThrWorker *self,
               guint      max,
               ThrEntry  *entry)
{
  ThrEntry batch[BATCH_MAX];
  guint n = thr_injector_pop (&self->core->injector, batch, max, &self->idle);

  if (n == 0)
    return FALSE;

  for (guint i = n - 1; i > 0; i--)
    if (!thr_deque_push (&self->deque, &batch[i]))
      g_assert_not_reached (); /* it is asked for only when the deque is empty */
  *entry = batch[0];

  /* Between the two queues it was in neither: a worker that looked in that moment
   * went to sleep, and nobody else knows of the rest. */
  THR_CHAOS ();
  if (n > 1)
    {
      thr_fence_full ();
      thr_pool_core_wake (self->core);
    }

  return TRUE;
}

static gboolean
take_share (ThrWorker *self,
            ThrEntry  *entry)
{
  ThrPoolCore *core = self->core;
  guint active = MAX (__atomic_load_n (&core->n_active, __ATOMIC_RELAXED), 1);
  guint share = thr_injector_get_length (&core->injector) / (2 * active) + 1;

  return take_injected (self, MIN (share, BATCH_MAX), entry);
}

static gboolean
steal (ThrWorker *self,
       ThrEntry  *entry)
{
  ThrPoolCore *core = self->core;
  ThrWorker *first = __atomic_load_n (&core->workers, __ATOMIC_ACQUIRE);
  guint skip = next_random (self) % 8;
  ThrWorker *victim = first;

  /* From a random place once round, so that thieves spread. */
  while (skip-- > 0 && victim->next != NULL)
    victim = victim->next;

  for (ThrWorker *v = victim; v != NULL; v = v->next)
    if (v != self && thr_deque_steal (&v->deque, entry))
      return TRUE;
  for (ThrWorker *v = first; v != victim; v = v->next)
    if (v != self && thr_deque_steal (&v->deque, entry))
      return TRUE;

  return FALSE;
}

/* The places where an entry may be found without disturbing others. */
static gboolean
find_near (ThrWorker *self,
           ThrEntry  *entry)
{
  ThrInjector *injector = &self->core->injector;
  int bound = ++self->tick % INJECTOR_TICK == 0 ? 0 : -1;

  /* Urgent work overtakes, and usual work in the common queue has its turn even while
   * the own deque never empties. */
  if (thr_injector_has (injector, bound) &&
      thr_injector_pop (injector, entry, 1, &self->idle) > 0)
    return TRUE;

  return thr_deque_pop (&self->deque, entry) || take_share (self, entry);
}

static void
set_idle (ThrWorker *self,
          gboolean   idle)
{
  if (self->idle == idle)
    return;

  self->idle = idle;
  if (idle)
    __atomic_fetch_add (&self->core->injector.n_idle, 1, __ATOMIC_SEQ_CST);
  else
    __atomic_fetch_sub (&self->core->injector.n_idle, 1, __ATOMIC_SEQ_CST);
}

static void
begin_search (ThrWorker *self)
{
  set_idle (self, TRUE);
  if (self->searching)
    return;

  self->searching = TRUE;
  __atomic_fetch_add (&self->core->n_searching, 1, __ATOMIC_SEQ_CST);
}

/* With an entry or other work in hand. The last one to stop searching looks whether there is more:
 * those who queued meanwhile saw somebody searching and woke nobody. */
static void
end_search (ThrWorker *self)
{
  set_idle (self, FALSE);
  if (!self->searching)
    return;

  self->searching = FALSE;
  THR_CHAOS ();
  if (__atomic_fetch_sub (&self->core->n_searching, 1, __ATOMIC_SEQ_CST) == 1 &&
      thr_pool_core_has_work (self->core))
    thr_pool_core_wake (self->core);
}

static gboolean
find_far (ThrWorker *self,
          ThrEntry  *entry)
{
  guint rounds = thr_spin_pays () ? SEARCH_ROUNDS : 1;

  begin_search (self);
  for (guint i = 0; i < rounds; i++)
    {
      if (steal (self, entry) || take_share (self, entry))
        return TRUE;
      for (guint j = 0; j < SEARCH_PAUSES; j++)
        thr_spin_pause ();
    }

  return FALSE;
}

static gboolean
is_surplus (ThrPoolCore *core)
{
  return __atomic_load_n (&core->n_active, __ATOMIC_RELAXED) >
         __atomic_load_n (&core->max_threads, __ATOMIC_RELAXED);
}

/* Where as much is queued as there are workers, this one has something to go on with
 * whatever the others do, and is not idle: so a pool with plenty to do pays nothing for
 * this. Where the home is gone, destroy-notifies run in this thread after the end. */
void
thr_worker_expect_end (ThrHome *home)
{
  ThrWorker *self = thr_worker_get_current ();

  if (self != NULL && self->n_helping == 0 && !is_surplus (self->core) &&
      thr_deque_size (&self->deque) == 0 &&
      thr_injector_get_length (&self->core->injector) <
        __atomic_load_n (&self->core->n_threads, __ATOMIC_RELAXED) &&
      !thr_home_is_gone (home))
    begin_search (self);
}

void
thr_worker_before_hook (void)
{
  ThrWorker *self = thr_worker_get_current ();

  if (self != NULL)
    end_search (self);
}

static gboolean
find (ThrWorker *self,
      ThrEntry  *entry)
{
  if (is_surplus (self->core))
    return FALSE;

  return find_near (self, entry) || find_far (self, entry);
}

/* --- Sleeping --- */

static void
fall_asleep_unlocked (ThrWorker *self)
{
  ThrPoolCore *core = self->core;

  self->asleep = TRUE;
  self->next_asleep = core->sleepers;
  core->sleepers = self;
  __atomic_fetch_sub (&core->n_active, 1, __ATOMIC_SEQ_CST);
  __atomic_fetch_add (&core->n_asleep, 1, __ATOMIC_SEQ_CST);
  set_idle (self, TRUE);

  /* After n_active: a submitter that still sees us search has queued before, and
   * then we see the entry below. */
  if (self->searching)
    {
      self->searching = FALSE;
      __atomic_fetch_sub (&core->n_searching, 1, __ATOMIC_SEQ_CST);
    }
}

static void
wake_up_unlocked (ThrWorker *self)
{
  ThrPoolCore *core = self->core;
  ThrWorker **link = &core->sleepers;

  while (*link != self)
    link = &(*link)->next_asleep;
  *link = self->next_asleep;
  self->asleep = FALSE;
  __atomic_fetch_add (&core->n_active, 1, __ATOMIC_SEQ_CST);
  __atomic_fetch_sub (&core->n_asleep, 1, __ATOMIC_SEQ_CST);
}

static ThrDeadline
idle_deadline (ThrPoolCore *core)
{
  ThrDeadline deadline = THR_DEADLINE_NEVER;

  thr_deadline_from_timeout (__atomic_load_n (&core->idle_timeout, __ATOMIC_RELAXED),
                             &deadline, NULL);
  return deadline;
}

/* Under core->mutex, which is unlocked: this worker's last act in the pool. */
static void
leave_and_unlock (ThrWorker *self)
{
  ThrPoolCore *core = self->core;

  set_idle (self, FALSE);
  if (self->searching)
    {
      self->searching = FALSE;
      __atomic_fetch_sub (&core->n_searching, 1, __ATOMIC_SEQ_CST);
    }
  __atomic_fetch_sub (&core->n_active, 1, __ATOMIC_SEQ_CST);
  __atomic_fetch_sub (&core->n_threads, 1, __ATOMIC_SEQ_CST);
  if (core->closed)
    g_ptr_array_add (core->ended, g_steal_pointer (&self->thread));
  else
    thr_home_throw_object (core->home, g_steal_pointer (&self->thread));
  self->self->worker = NULL;
  self->self = NULL;
  self->in_use = FALSE;

  thr_pool_core_left (core);
}

/* Whether a sleeper should get up by itself: before it parks, and when its time is
 * up. */
static gboolean
is_wanted (ThrPoolCore *core)
{
  return __atomic_load_n (&core->n_active, __ATOMIC_SEQ_CST) <
           __atomic_load_n (&core->max_threads, __ATOMIC_SEQ_CST) &&
         thr_pool_core_has_work (core);
}

/* Returns FALSE when the worker has left the pool. */
static gboolean
sleep_until_woken (ThrWorker *self)
{
  ThrPoolCore *core = self->core;
  ThrDeadline deadline = idle_deadline (core);
  gboolean waited = FALSE;

  g_mutex_lock (&core->mutex);
  if (core->closed && !thr_pool_core_has_work (core))
    {
      leave_and_unlock (self);
      return FALSE;
    }
  fall_asleep_unlocked (self);

  while (self->asleep)
    {
      /* First of all without the lock: the second half of the handshake with those
       * who queue. */
      gboolean wanted, past;

      g_mutex_unlock (&core->mutex);
      if (!waited)
        thr_worker_fence (core);
      THR_CHAOS ();
      wanted = is_wanted (core);
      past = waited && thr_deadline_is_past (deadline);
      if (!wanted && !past)
        {
          thr_parker_park (&self->self->parker, deadline);
          waited = TRUE;
        }
      g_mutex_lock (&core->mutex);

      if (!self->asleep)
        break;
      if (wanted || past || core->closed)
        {
          wake_up_unlocked (self);
          /* Under the mutex: who wants to wake somebody finds us among the sleepers or
           * among the searching. */
          begin_search (self);
          /* One too many does not come back to what others are there for: it would only
           * fall asleep again, and with a short idle time do nothing else. */
          if ((past || core->closed) &&
              (!thr_pool_core_has_work (core) || is_surplus (core)))
            {
              leave_and_unlock (self);
              return FALSE;
            }
          break;
        }
    }
  g_mutex_unlock (&core->mutex);

  return TRUE;
}

/* --- Running --- */

/* The end of the process does not wait for us, and the language of what we call may have
 * gone before: then its closures do nothing, and answer with zeros. */
static gboolean
is_left_behind (ThrPoolCore *core)
{
  return core->daemon && thr_process_is_ending ();
}

void
thr_worker_run (ThrWorker      *self,
                const ThrEntry *entry)
{
  g_autoptr (GError) error = NULL;

  /* An error counts even beside TRUE: it must not be lost. */
  if (entry->func (NULL, entry->data, &error) && error == NULL)
    return;
  if (error == NULL && is_left_behind (self->core))
    return;

  if (error == NULL)
    g_set_error_literal (&error, THR_ERROR, THR_ERROR_NO_RESULT,
                         _("The work ended without an answer and without an error"));
  thr_thread_report_error (self->thread, error);
}

static void
find_stack_limit (ThrWorker *self)
{
  pthread_attr_t attr;
  gpointer base = NULL;
  gsize size = 0;

  if (pthread_getattr_np (pthread_self (), &attr) == 0)
    {
      pthread_attr_getstack (&attr, &base, &size);
      pthread_attr_destroy (&attr);
    }
  self->stack_limit = (char *) base + HELP_STACK;
}

/* Who prepares itself does not search, and may be long: whoever queues something
 * meanwhile must not rely on us. Nor is it worth another worker that there is one
 * entry, or as many as there are others like us. */
static void
begin_preparing (ThrWorker *self)
{
  ThrPoolCore *core = self->core;
  guint n = __atomic_add_fetch (&core->n_preparing, 1, __ATOMIC_SEQ_CST);

  self->searching = FALSE;
  __atomic_fetch_sub (&core->n_searching, 1, __ATOMIC_SEQ_CST);
  if (thr_pool_core_n_queued (core) > n)
    thr_pool_core_wake (core);
}

static gboolean
initialize (ThrWorker *self)
{
  ThrPoolCore *core = self->core;
  const ThrPoolHook *hook = &core->initializer;
  g_autoptr (GError) error = NULL;
  gboolean success;

  /* Constant since the pool has had a worker. */
  if (hook->func == NULL)
    return TRUE;

  begin_preparing (self);
  success = hook->func (self->thread, hook->data, &error);
  begin_search (self);
  __atomic_fetch_sub (&core->n_preparing, 1, __ATOMIC_SEQ_CST);
  if (success && error == NULL)
    return TRUE;

  if (error == NULL)
    g_set_error_literal (&error, THR_ERROR, THR_ERROR_NO_RESULT,
                         _("The initializer ended without an answer and without an error"));
  thr_pool_core_break (core, error);

  return FALSE;
}

/* The pool does not count us any more, and may have given our record to another. */
static void
finalize (ThrPoolCore *core,
          ThrThread   *thread)
{
  const ThrPoolHook *hook = &core->finalizer;
  g_autoptr (GError) error = NULL;

  if (hook->func == NULL || is_left_behind (core))
    return;

  if (hook->func (thread, hook->data, &error) && error == NULL)
    return;
  if (error == NULL && is_left_behind (core))
    return;

  if (error == NULL)
    g_set_error_literal (&error, THR_ERROR, THR_ERROR_NO_RESULT,
                         _("The finalizer ended without an answer and without an error"));
  thr_thread_report_error (thread, error);
}

void
thr_worker_main (ThrThread *thread,
                 gpointer   worker)
{
  ThrWorker *self = worker;
  ThrPoolCore *core = self->core;
  ThrSelf *me = thr_self_get ();
  gboolean unfit;
  ThrEntry entry;

  self->self = me;
  me->worker = self;
  self->random = (guint32) me->native_id | 1;
  self->n_helping = 0;
  self->searching = TRUE; /* whoever made us has counted us so, and idle */
  find_stack_limit (self);
  thr_pool_events_started (core);
  unfit = !initialize (self);

  do
    {
      while (find (self, &entry))
        {
          end_search (self);
          if (unfit)
            {
              thr_pool_core_refuse (core, &entry);
              continue;
            }

          __atomic_store_n (&self->running, 1, __ATOMIC_RELAXED);
          thr_worker_run (self, &entry);
          __atomic_store_n (&self->running, 0, __ATOMIC_RELAXED);

          /* The work has forked, and we are the child's only thread: its pool does not
           * know us, and the rest of our stack is the parent's. */
          if (me->worker != self)
            return;
        }
    }
  while (sleep_until_woken (self));

  /* @self belongs to the pool again, and maybe to another thread. */
  if (!unfit)
    finalize (core, thread);
  thr_pool_core_unref (core);
}

/* --- Waiting --- */

gboolean
thr_worker_block (ThrWorker  *self,
                  gboolean    unlimited,
                  GError    **error)
{
  ThrPoolCore *core = self->core;
  g_autoptr (GError) reason = NULL;
  gboolean stuck, returned;

  g_mutex_lock (&core->mutex);
  __atomic_fetch_sub (&core->n_active, 1, __ATOMIC_SEQ_CST);
  core->n_stuck += unlimited;
  g_mutex_unlock (&core->mutex);

  thr_worker_fence (core);
  if (!thr_pool_core_has_work (core) || thr_pool_core_try_wake (core, &reason))
    return TRUE;

  /* No thread to be had. Others may still be at work, or on their way; a wait that
   * ends by itself does no harm either. Of several that come by here at the same time
   * the first one gives in. */
  returned = thr_pool_core_return_jobs (core);
  g_mutex_lock (&core->mutex);
  stuck = unlimited && !returned && thr_pool_core_is_stuck_unlocked (core);
  if (stuck)
    {
      __atomic_fetch_add (&core->n_active, 1, __ATOMIC_SEQ_CST);
      core->n_stuck--;
    }
  g_mutex_unlock (&core->mutex);

  if (stuck)
    g_propagate_error (error, g_steal_pointer (&reason));
  return !stuck;
}

void
thr_worker_block_for_job (ThrWorker *self)
{
  ThrPoolCore *core = self->core;
  g_autoptr (GError) reason = NULL;

  g_mutex_lock (&core->mutex);
  __atomic_fetch_sub (&core->n_active, 1, __ATOMIC_SEQ_CST);
  core->n_joining++;
  g_mutex_unlock (&core->mutex);

  thr_worker_fence (core);
  if (thr_pool_core_has_work (core) && !thr_pool_core_try_wake (core, &reason))
    thr_pool_core_give_up (core, reason);
}

void
thr_worker_unblock_for_job (ThrWorker *self)
{
  ThrPoolCore *core = self->core;

  g_mutex_lock (&core->mutex);
  __atomic_fetch_add (&core->n_active, 1, __ATOMIC_SEQ_CST);
  core->n_joining--;
  g_mutex_unlock (&core->mutex);
}

void
thr_worker_unblock (ThrWorker *self,
                    gboolean   unlimited)
{
  ThrPoolCore *core = self->core;

  g_mutex_lock (&core->mutex);
  __atomic_fetch_add (&core->n_active, 1, __ATOMIC_SEQ_CST);
  core->n_stuck -= unlimited;
  g_mutex_unlock (&core->mutex);
}

gboolean
thr_worker_has_stack (ThrWorker *self)
{
  char here;

  return &here > self->stack_limit;
}

gboolean
thr_worker_may_help (ThrWorker *self,
                     gboolean   from_binding)
{
  return self->n_helping < (from_binding ? HELP_MAX_BINDING : HELP_MAX) &&
         thr_worker_has_stack (self);
}
