/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/thr-pool-events-private.h"

#include "base/thr-chaos-private.h"

#include "work/thr-pool-private.h"

/* Events that one letter delivers before it lets others have their turn. */
#define EVENTS_PER_LETTER 32
/* Events that may wait for a loop to run, though nobody hears them. */
#define EVENTS_KEPT       256

struct _ThrPoolEvent
{
  ThrPoolEvent *next;
  ThrTask      *task;  /* owned; NULL: of the pool itself */
  ThrTaskEvent  event;
};

typedef struct
{
  ThrLetter    letter;
  ThrPoolCore *core;   /* owned */
} EventsLetter;

static void post_letter (ThrPoolCore *core,
                         ThrPool     *pool);

/* The pool if anybody hears of it. What waits at home keeps the pool, and with it its idle
 * threads, from going when its last user lets go; so nothing is posted that nobody gets.
 * Who connects later is not owed what has been. Under the mutex the pool is still there
 * without a reference, whose end would have to wait for the home as well. */
static ThrPool *
dup_heard_pool (ThrPoolCore *core)
{
  ThrPool *pool = NULL;

  g_mutex_lock (&core->mutex);
  if (core->pool != NULL && thr_pool_has_handler (core->pool))
    pool = g_object_ref (core->pool);
  g_mutex_unlock (&core->mutex);

  return pool;
}

static void
post_bits (ThrPoolCore *core,
           guint        bits)
{
  ThrPool *pool = dup_heard_pool (core);

  if (pool == NULL)
    return;

  thr_object_post_bits (THR_OBJECT (pool), bits);
  thr_home_throw_object (core->home, pool);
}

void
thr_pool_events_started (ThrPoolCore *core)
{
  int expected = UNTOLD;

  if (G_LIKELY (__atomic_load_n (&core->told_start, __ATOMIC_ACQUIRE) == TOLD))
    return;

  if (__atomic_compare_exchange_n (&core->told_start, &expected, TELLING, FALSE,
                                   __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE))
    {
      post_bits (core, thr_pool_started_bits ());
      /* Release: who sees it posts behind us. */
      __atomic_store_n (&core->told_start, TOLD, __ATOMIC_RELEASE);
      return;
    }

  /* Another new worker is at it: a few instructions, once in a pool's life. */
  while (__atomic_load_n (&core->told_start, __ATOMIC_ACQUIRE) != TOLD)
    g_thread_yield ();
}

void
thr_pool_events_closed (ThrPoolCore *core)
{
  post_bits (core, thr_pool_closed_bits ());
}

void
thr_pool_events_finished (ThrPoolCore *core)
{
  ThrPool *pool = dup_heard_pool (core);

  if (pool == NULL && !__atomic_load_n (&core->observed, __ATOMIC_RELAXED))
    return;
  if (pool != NULL)
    thr_home_throw_object (core->home, pool);

  /* In line with the events of the tasks, which may fill several letters: the pool's
   * own end is the last that is heard of it. */
  thr_pool_events_task (core, NULL, THR_TASK_NO_MORE);
}

/* --- At home --- */

/* TRUE when a task has begun for the first time: the pool's own "started" was posted
 * before that, but perhaps behind the letter that brought us here. */
static gboolean
hear_incoming (ThrPoolCore *core)
{
  ThrPoolEvent *event = __atomic_exchange_n (&core->events, NULL, __ATOMIC_ACQUIRE);
  ThrPoolEvent *oldest = NULL;
  gboolean had_heard = core->heard_start;

  while (event != NULL)
    {
      ThrPoolEvent *next = event->next;

      if (event->event == THR_TASK_STARTED)
        core->heard_start = TRUE;
      event->next = oldest;
      oldest = event;
      event = next;
    }

  for (; oldest != NULL; oldest = oldest->next)
    g_queue_push_tail (&core->heard, oldest);

  return core->heard_start && !had_heard;
}

static void
event_free (ThrPoolEvent *event)
{
  g_clear_object (&event->task);
  g_free (event);
}

/* Takes one by one from the core's own queue: a handler may run a main loop, which
 * goes on here with the next. FALSE when there is none. */
static gboolean
deliver_one (ThrPoolCore *core,
             ThrPool     *pool)
{
  ThrPoolEvent *event = g_queue_pop_head (&core->heard);

  if (event == NULL)
    return FALSE;

  if (event->event == THR_TASK_NO_MORE)
    thr_object_post_bits (THR_OBJECT (pool), thr_pool_finished_bits ());
  else
    thr_pool_hear (pool, event->task, event->event);
  event_free (event);

  return TRUE;
}

static void
events_letter_deliver (ThrLetter *letter,
                       GObject   *object)
{
  EventsLetter *self = (EventsLetter *) letter;
  ThrPoolCore *core = self->core;

  /* The first time round all waits for the next batch, which "started" leads. */
  if (!hear_incoming (core))
    for (guint i = 0; i < EVENTS_PER_LETTER; i++)
      if (!deliver_one (core, THR_POOL (object)))
        break;

  if (!g_queue_is_empty (&core->heard))
    post_letter (core, THR_POOL (object));
  else
    thr_object_post_bits (THR_OBJECT (object), thr_pool_counts_bits ());

  g_free (self);
  thr_pool_core_unref (core);
}

static void
events_letter_discard (ThrLetter *letter,
                       GObject   *object)
{
  EventsLetter *self = (EventsLetter *) letter;
  ThrPoolCore *core = self->core;

  g_free (self);
  thr_pool_events_clear (core);
  thr_pool_core_unref (core);
}

static void
post_letter (ThrPoolCore *core,
             ThrPool     *pool)
{
  EventsLetter *letter = g_new0 (EventsLetter, 1);

  letter->letter.rank = THR_RANK_SIGNAL;
  letter->letter.deliver = events_letter_deliver;
  letter->letter.discard = events_letter_discard;
  letter->core = thr_pool_core_ref (core);
  thr_mailbox_post (thr_object_get_mailbox (THR_OBJECT (pool)), &letter->letter);
}

void
thr_pool_events_flush (ThrPoolCore *core,
                       ThrPool     *pool)
{
  ThrMailbox *mailbox = thr_object_get_mailbox (THR_OBJECT (pool));
  ThrVisit visit;

  /* A flush delivers two letters and no more, so that it ends; the events fill any
   * number of them. First what was posted before them, last the pool's own end. */
  thr_mailbox_flush (mailbox);
  if (!thr_home_enter (core->home, &visit))
    return;

  g_object_ref (pool);
  /* A task may have begun since: then "started" has been posted since, too. */
  if (hear_incoming (core))
    thr_mailbox_flush (mailbox);
  if (mailbox->depth == 0)
    for (guint n = core->heard.length; n > 0; n--)
      if (!deliver_one (core, pool))
        break;
  g_object_unref (pool);
  thr_home_leave (&visit);

  thr_mailbox_flush (mailbox);
}

/* The oldest, when there are many: who looks at the model for the first time soon after
 * he has submitted something shall see it change. Not what somebody listens to: that is
 * emitted by the loop, or by who waits for the pool. */
void
thr_pool_events_reap (ThrPoolCore *core,
                      ThrPool     *pool)
{
  ThrVisit visit;

  if (!thr_home_enter (core->home, &visit))
    return;

  if (thr_object_get_mailbox (THR_OBJECT (pool))->depth == 0 && !thr_pool_is_heard (pool))
    {
      hear_incoming (core);
      for (guint i = 0; i < EVENTS_PER_LETTER && core->heard.length > EVENTS_KEPT; i++)
        deliver_one (core, pool);
    }
  thr_home_leave (&visit);
}

/* --- Any thread --- */

static void
throw_event (ThrPoolCore  *core,
             ThrPoolEvent *event)
{
  thr_home_throw_object (core->home, event->task);
  g_free (event);
}

static void
throw_incoming (ThrPoolCore *core)
{
  ThrPoolEvent *event = __atomic_exchange_n (&core->events, NULL, __ATOMIC_ACQUIRE);

  while (event != NULL)
    {
      ThrPoolEvent *next = event->next;

      throw_event (core, event);
      event = next;
    }
}

void
thr_pool_events_task (ThrPoolCore  *core,
                      ThrTask      *task,
                      ThrTaskEvent  kind)
{
  ThrPoolEvent *event = g_new (ThrPoolEvent, 1);
  ThrPoolEvent *rest = __atomic_load_n (&core->events, __ATOMIC_RELAXED);
  ThrPool *pool;

  event->task = task != NULL ? g_object_ref (task) : NULL;
  event->event = kind;
  do
    event->next = rest;
  while (!__atomic_compare_exchange_n (&core->events, &rest, event, TRUE,
                                       __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
  THR_CHAOS ();

  /* A letter is on its way already: it takes the whole stack. From here on @event is
   * not ours: a letter that was on its way all the same may have freed it. */
  if (rest != NULL)
    return;

  pool = thr_pool_core_dup_pool (core);
  if (pool == NULL)
    {
      throw_incoming (core);
      return;
    }
  post_letter (core, pool);
  thr_home_throw_object (core->home, pool);
}

void
thr_pool_events_clear (ThrPoolCore *core)
{
  ThrPoolEvent *event;
  GQueue heard;

  throw_incoming (core);
  THR_CHAOS ();

  /* Home only; but when this is called the home is gone or has let go of the pool. Then
   * each of those who find it gone may come by here, at the same time. */
  g_mutex_lock (&core->mutex);
  heard = core->heard;
  g_queue_init (&core->heard);
  g_mutex_unlock (&core->mutex);

  while ((event = g_queue_pop_head (&heard)) != NULL)
    throw_event (core, event);
}
