/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "thread/thr-timer-private.h"

#include <pthread.h>

#include "base/thr-process-private.h"
#include "thread/thr-thread-private.h"

/* One thread keeps the time for all timers. It sleeps until the first deadline of a
 * heap, is made when the first timer starts, and goes when there has been none for
 * LINGER_US. The functions of timers run on other threads, made when they are needed,
 * so that one that takes long delays nobody; timers without a function need none.
 *
 *                start                   due
 *   NEW ──────────────► ACTIVE, in the heap ──► ACTIVE, firing ──► FINISHED
 *    │                    │     ▲                 │    │  │            ▲
 *    │ cancel             │     └── repeating ────┘    │  └─ failed ─► FAILED
 *    ▼                    ▼ cancel                     │
 *   CANCELLED ◄───────────┴──────────◄── cancelled ────┘
 *
 * Firing lasts until the function has returned; that it waits for a thread is part of
 * it, and the last moment to cancel a timer that fires once. A timer that repeats keeps
 * to the raster of its start; what it misses, because its function takes longer than
 * the interval or the machine sleeps, is left out.
 *
 * An active timer has a reference of its own, which is thrown away at home.
 */

/* How long threads wait for more to do. */
#define LINGER_US (G_USEC_PER_SEC / 10)

static GMutex mutex; /* a leaf */

/* A thread that waits for a function to run; on its stack. */
typedef struct
{
  GList    link;
  gboolean linked;
  ThrSelf *self;
} Idler;

/* Under the mutex. Links are embedded: a forked child has nothing to free. */
static GPtrArray *heap;    /* ThrTimer, borrowed: each is active */
static guint64 last_order;
static guint n_active;     /* the service stays while there are any */
static ThrSelf *service;   /* NULL: there is none, or it is about to look */
static gboolean has_service;
static GQueue due = G_QUEUE_INIT;      /* ThrTimer: functions to run */
static GQueue idlers = G_QUEUE_INIT;   /* Idler: who wait for one */
static guint n_runners;

/* --- The heap; under the mutex --- */

static gboolean
is_before (ThrTimer *a,
           ThrTimer *b)
{
  return a->deadline != b->deadline ? a->deadline < b->deadline : a->order < b->order;
}

static void
put_unlocked (ThrTimer *timer,
              guint     place)
{
  heap->pdata[place - 1] = timer;
  timer->place = place;
}

static void
rise_unlocked (ThrTimer *timer,
               guint     place)
{
  while (place > 1 && is_before (timer, heap->pdata[place / 2 - 1]))
    {
      put_unlocked (heap->pdata[place / 2 - 1], place);
      place /= 2;
    }
  put_unlocked (timer, place);
}

static void
sink_unlocked (ThrTimer *timer,
               guint     place)
{
  for (;;)
    {
      guint child = 2 * place;

      if (child < heap->len && is_before (heap->pdata[child], heap->pdata[child - 1]))
        child++;
      if (child > heap->len || is_before (timer, heap->pdata[child - 1]))
        break;
      put_unlocked (heap->pdata[child - 1], place);
      place = child;
    }
  put_unlocked (timer, place);
}

static void
remove_unlocked (ThrTimer *timer)
{
  guint place = timer->place;
  ThrTimer *last = heap->pdata[heap->len - 1];

  timer->place = 0;
  g_ptr_array_set_size (heap, heap->len - 1);
  if (last == timer)
    return;

  if (place > 1 && is_before (last, heap->pdata[place / 2 - 1]))
    rise_unlocked (last, place);
  else
    sink_unlocked (last, place);
}

static void
wake_service_unlocked (void)
{
  if (service != NULL)
    thr_parker_unpark (&service->parker);
}

static void
insert_unlocked (ThrTimer    *timer,
                 ThrDeadline  deadline)
{
  timer->deadline = deadline;
  timer->order = ++last_order;
  g_ptr_array_add (heap, timer);
  rise_unlocked (timer, heap->len);

  if (timer->place == 1)
    wake_service_unlocked ();
}

/* --- The end of a timer --- */

/* Under the mutex; thr_timer_end() must follow. */
static void
end_unlocked (ThrTimer      *timer,
              ThrTimerState  state)
{
  __atomic_store_n (&timer->state, state, __ATOMIC_RELEASE);
  timer->runner = NULL;
  if (--n_active == 0)
    wake_service_unlocked ();
}

/* The next point of the raster that is still to come. */
static ThrDeadline
get_next_deadline (ThrTimer *timer)
{
  gint64 late = MAX (g_get_monotonic_time () - timer->deadline, 0);
  gint64 missed = late / timer->interval * timer->interval;
  ThrDeadline next;

  if (__builtin_add_overflow (timer->deadline, missed, &next) ||
      __builtin_add_overflow (next, timer->interval, &next))
    return THR_DEADLINE_NEVER;
  return next;
}

/* The firing is over; takes what the function failed with. No lock held; afterwards the
 * timer is not ours any more. */
static void
fired (ThrTimer *timer,
       GError   *error)
{
  gboolean again;

  g_mutex_lock (&mutex);
  timer->runner = NULL;
  timer->error = error;
  again = error == NULL && timer->repeating && !timer->cancelled;
  if (again)
    insert_unlocked (timer, get_next_deadline (timer));
  else
    end_unlocked (timer, error != NULL ? THR_TIMER_STATE_FAILED :
                         timer->cancelled ? THR_TIMER_STATE_CANCELLED :
                                            THR_TIMER_STATE_FINISHED);
  g_mutex_unlock (&mutex);

  if (!again)
    thr_timer_end (timer, TRUE);
}

/* --- Running functions --- */

/* NULL, or what it failed with. */
static GError *
run_func (ThrTimer *timer)
{
  GError *error = NULL;

  if (!timer->func (timer, timer->user_data, &error) && error == NULL)
    error = g_error_new_literal (THR_ERROR, THR_ERROR_NO_RESULT,
                                 _("The function of the timer failed without saying why: "
                                   "it returned FALSE and set no error"));
  return error;
}

/* The function has ended its thread: thr_exit_thread(), or an interpreter that goes. */
static void
unwound_cb (gpointer data)
{
  fired (data, g_error_new_literal (THR_ERROR, THR_ERROR_NO_RESULT,
                                    _("The function of the timer ended its thread instead of "
                                      "returning")));

  g_mutex_lock (&mutex);
  n_runners--;
  g_mutex_unlock (&mutex);
}

static void
run (ThrTimer *timer)
{
  GError *error;

  pthread_cleanup_push (unwound_cb, timer);
  error = run_func (timer);
  if (error != NULL)
    thr_thread_report_error (thr_thread_current (), error);
  pthread_cleanup_pop (FALSE);

  fired (timer, error);
}

static ThrTimer *
pop_due_unlocked (void)
{
  GList *link = g_queue_pop_head_link (&due);
  ThrTimer *timer = link != NULL ? link->data : NULL;

  if (timer != NULL)
    {
      timer->queued = FALSE;
      timer->runner = thr_self_get ();
    }
  return timer;
}

static Idler *
pop_idler_unlocked (void)
{
  GList *link = g_queue_pop_head_link (&idlers);
  Idler *idler = link != NULL ? link->data : NULL;

  if (idler != NULL)
    idler->linked = FALSE;
  return idler;
}

/* Under the mutex: the next function, or NULL when there has been none for a while. */
static ThrTimer *
wait_for_due_unlocked (Idler *me)
{
  ThrDeadline deadline = g_get_monotonic_time () + LINGER_US;
  ThrTimer *timer;

  while ((timer = pop_due_unlocked ()) == NULL && !thr_deadline_is_past (deadline))
    {
      /* Who hands out work takes us out; a stale token did not. */
      if (!me->linked)
        g_queue_push_head_link (&idlers, &me->link);
      me->linked = TRUE;
      g_mutex_unlock (&mutex);
      thr_parker_park (&me->self->parker, deadline);
      g_mutex_lock (&mutex);
    }

  if (me->linked)
    g_queue_unlink (&idlers, &me->link);
  me->linked = FALSE;
  return timer;
}

static gpointer
runner_main (gpointer data)
{
  Idler me = { .link = { .data = &me }, .self = thr_self_get () };
  ThrTimer *timer;

  g_mutex_lock (&mutex);
  while ((timer = wait_for_due_unlocked (&me)) != NULL)
    {
      g_mutex_unlock (&mutex);
      run (timer);
      g_mutex_lock (&mutex);
    }
  n_runners--;
  g_mutex_unlock (&mutex);

  return NULL;
}

static gboolean
make_thread (const char   *name,
             GThreadFunc   func,
             GError      **error)
{
  g_autoptr (GError) local_error = NULL;
  GThread *thread = g_thread_try_new (name, func, NULL, &local_error);

  if (thread != NULL)
    {
      g_thread_unref (thread);
      return TRUE;
    }

  g_set_error (error, THR_ERROR, THR_ERROR_RESOURCES,
               _("The system has no room for another thread: %s"), local_error->message);
  return FALSE;
}

/* Under the mutex. Gives a function to a thread: one that is idle, or a new one. When
 * there is no room for that, it waits for one that is busy. */
static void
hand_out_unlocked (ThrTimer *timer)
{
  Idler *idler;

  timer->queued = TRUE;
  timer->due_link.data = timer;
  g_queue_push_tail_link (&due, &timer->due_link);

  idler = pop_idler_unlocked ();
  if (idler != NULL)
    {
      thr_parker_unpark (&idler->self->parker);
      return;
    }

  n_runners++;
  if (!make_thread ("thr-timer", runner_main, NULL))
    n_runners--;
}

/* Under the mutex, in the service: nobody can run functions but the service. */
static void
run_stranded_unlocked (void)
{
  ThrTimer *timer;

  while (n_runners == 0 && (timer = pop_due_unlocked ()) != NULL)
    {
      g_mutex_unlock (&mutex);
      run (timer);
      g_mutex_lock (&mutex);
    }
}

/* --- The service --- */

/* Under the mutex, which is let go meanwhile. */
static void
fire_unlocked (ThrTimer *timer)
{
  gboolean has_func = timer->func != NULL;

  remove_unlocked (timer);
  /* Relaxed: a count and nothing else. */
  __atomic_fetch_add (&timer->n_fired, 1, __ATOMIC_RELAXED);
  g_mutex_unlock (&mutex);

  /* It cannot end here: while it fires only we can end it. */
  thr_timer_tell_fired (timer);
  if (!has_func)
    fired (timer, NULL);

  g_mutex_lock (&mutex);
  if (has_func)
    hand_out_unlocked (timer);
}

static ThrTimer *
first_unlocked (void)
{
  return heap->len > 0 ? heap->pdata[0] : NULL;
}

static gpointer
service_main (gpointer data)
{
  ThrSelf *me = thr_self_get ();
  ThrDeadline linger = THR_DEADLINE_NEVER;

  g_mutex_lock (&mutex);
  service = me;
  /* At the end of the process nothing is begun any more. */
  while (!thr_process_is_ending ())
    {
      ThrTimer *first = first_unlocked ();
      ThrDeadline deadline = first != NULL ? first->deadline : THR_DEADLINE_NEVER;

      if (first != NULL && thr_deadline_is_past (deadline))
        {
          fire_unlocked (first);
          run_stranded_unlocked ();
          continue;
        }

      if (n_active > 0)
        linger = THR_DEADLINE_NEVER;
      else if (linger == THR_DEADLINE_NEVER)
        linger = g_get_monotonic_time () + LINGER_US;
      else if (thr_deadline_is_past (linger))
        break;

      g_mutex_unlock (&mutex);
      thr_parker_park (&me->parker, MIN (deadline, linger));
      g_mutex_lock (&mutex);
    }
  service = NULL;
  has_service = FALSE;
  g_mutex_unlock (&mutex);

  return NULL;
}

/* The threads are the parent's, and so are the timers: their homes are gone, and their
 * functions would run twice. They count as cancelled, and new ones find a new service.
 * Their references are never dropped, since nobody knows in what state they are. */
static void
child_forked_cb (void)
{
  if (heap != NULL)
    g_ptr_array_set_size (heap, 0);
  g_queue_init (&due);
  g_queue_init (&idlers);
  n_active = n_runners = 0;
  service = NULL;
  has_service = FALSE;
}

void
thr_timer_service_init (void)
{
  heap = g_ptr_array_new ();
  thr_process_add_fork_mutex (&mutex);
  thr_process_add_child_hook (child_forked_cb);
}

/* Under the mutex. */
static gboolean
add_unlocked (ThrTimer  *self,
              GError   **error)
{
  ThrDeadline deadline;

  if (self->started)
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_ALREADY_STARTED,
                           _("The timer has already been started"));
      return FALSE;
    }

  /* Cancelled before: it is started, and will never fire. */
  if (self->state == THR_TIMER_STATE_CANCELLED)
    {
      self->started = TRUE;
      return TRUE;
    }

  if (!has_service && !make_thread ("thr-timers", service_main, error))
    return FALSE;
  has_service = TRUE;

  if (!thr_deadline_from_timeout (self->interval, &deadline, error))
    return FALSE;
  /* In the past all the same, and in the raster of one that repeats. */
  if (deadline == THR_DEADLINE_NOW)
    deadline = g_get_monotonic_time ();

  self->started = TRUE;
  self->generation = thr_process_get_generation ();
  __atomic_store_n (&self->state, THR_TIMER_STATE_ACTIVE, __ATOMIC_RELEASE);
  g_object_ref (self);
  n_active++;
  insert_unlocked (self, deadline);
  return TRUE;
}

gboolean
thr_timer_service_add (ThrTimer  *self,
                       GError   **error)
{
  gboolean added;

  g_mutex_lock (&mutex);
  added = add_unlocked (self, error);
  g_mutex_unlock (&mutex);

  return added;
}

/* Under the mutex. TRUE when it was the caller who ended it. */
static gboolean
take_unlocked (ThrTimer *self,
               gboolean *ended)
{
  *ended = TRUE;
  if (self->state == THR_TIMER_STATE_NEW)
    {
      __atomic_store_n (&self->state, THR_TIMER_STATE_CANCELLED, __ATOMIC_RELEASE);
      return TRUE;
    }

  if (self->state == THR_TIMER_STATE_ACTIVE && !thr_timer_is_forked_away (self) &&
      (self->place != 0 || self->queued))
    {
      if (self->queued)
        g_queue_unlink (&due, &self->due_link);
      else
        remove_unlocked (self);
      self->queued = FALSE;
      end_unlocked (self, THR_TIMER_STATE_CANCELLED);
      return TRUE;
    }

  *ended = FALSE;
  if (self->state != THR_TIMER_STATE_ACTIVE || thr_timer_is_forked_away (self) ||
      !self->repeating || self->cancelled)
    return FALSE;

  /* It fires right now, for the last time. */
  self->cancelled = TRUE;
  return TRUE;
}

gboolean
thr_timer_service_take (ThrTimer *self)
{
  gboolean taken, ended, active;

  g_mutex_lock (&mutex);
  active = self->state == THR_TIMER_STATE_ACTIVE;
  taken = take_unlocked (self, &ended);
  g_mutex_unlock (&mutex);

  if (ended)
    thr_timer_end (self, active);
  return taken;
}

gboolean
thr_timer_is_runner (ThrTimer *self)
{
  gboolean is_runner;

  g_mutex_lock (&mutex);
  is_runner = self->runner != NULL && self->runner == thr_self_peek ();
  g_mutex_unlock (&mutex);

  return is_runner;
}

gboolean
thr_timer_is_forked_away (ThrTimer *self)
{
  /* Acquire: pairs with the store of ACTIVE, before which the generation was written. */
  return __atomic_load_n (&self->state, __ATOMIC_ACQUIRE) == THR_TIMER_STATE_ACTIVE &&
         self->generation != thr_process_get_generation ();
}
