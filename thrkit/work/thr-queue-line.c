/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/thr-queue-private.h"

/* The items and three lines, all under one lock:
 *
 *   Q1  put, nobody waits to get, room      the item goes into the store
 *   Q2  put, somebody waits to get          the item goes to the first of them itself
 *   Q3  put, no room                        the putter joins its line with the item
 *   Q4  get, there are items                the first goes out; Q6
 *   Q5  get, there are none                 the getter joins its line
 *   Q6  there is room                       the first putter's item comes in as by Q1,
 *                                           until there is no room or no putter
 *   Q7  give back                           an item that was granted and not taken goes
 *                                           to the first getter, else to its old place,
 *                                           whether there is room or not
 *   Q8  task done                           unfinished − 1; at 0 all joiners are let go
 *   Q9  close                               all putters and getters are refused; at
 *                                           once: the items are thrown away, and each
 *                                           counts as done
 *
 * What holds whenever the lock is free: a getter that still waits means that the store
 * is empty, and a putter that still waits means that it is full. So a newcomer that
 * finds an item or room passes nobody by, and both lines are served in the very turn
 * in which what they wait for comes about: who is granted need not try again, and
 * nobody can be faster.
 *
 * A waiter may leave WAITING without the lock (cancelled, timed out). It is found so by
 * the swap of the grant, and is passed over: what it was to be given goes to the next,
 * and what it brought stays with it. The slot of a blocked waiter is on its thread's
 * stack, so it is written before that swap, and after a swap in vain, when the waiter
 * still has to come for the lock; never after one that succeeded.
 *
 * What is unfinished is counted when an item comes in (Q1, Q2, Q6). One that is given
 * back was counted, and is not counted again.
 */

/* --- Under the lock --- */

static gboolean
has_room_unlocked (ThrQueue *self)
{
  return self->max_size == 0 || self->store.length < self->max_size;
}

/* Q2, Q7: to the first in line; FALSE when nobody waits. */
static gboolean
hand_over_unlocked (ThrQueue     *self,
                    ThrQueueItem *item,
                    ThrWakeBatch *batch)
{
  ThrWaiter *first;

  while ((first = self->getters.head) != NULL)
    {
      thr_wait_list_remove_unlocked (&self->getters, first);
      first->slot = item;
      if (thr_waiter_grant (first, batch))
        return TRUE;
      first->slot = NULL;
    }

  return FALSE;
}

/* Q1, Q2 */
static void
come_in_unlocked (ThrQueue     *self,
                  ThrQueueItem *item,
                  ThrWakeBatch *batch)
{
  thr_queue_store_stamp (&self->store, item);
  self->unfinished++;
  if (!hand_over_unlocked (self, item, batch))
    thr_queue_store_insert (&self->store, item);
}

/* Q6 */
static void
admit_unlocked (ThrQueue     *self,
                ThrWakeBatch *batch)
{
  ThrWaiter *first;

  while ((first = self->putters.head) != NULL && has_room_unlocked (self))
    {
      ThrQueueItem *item = first->slot;

      thr_wait_list_remove_unlocked (&self->putters, first);
      first->slot = NULL;
      if (thr_waiter_grant (first, batch))
        come_in_unlocked (self, item, batch);
      else
        first->slot = item;
    }
}

/* Q8. Returns whether that was all. */
static void
count_done_unlocked (ThrQueue     *self,
                     guint         n,
                     ThrWakeBatch *batch)
{
  self->unfinished -= MIN (n, self->unfinished);
  if (self->unfinished == 0)
    thr_wait_list_grant_all_unlocked (&self->joiners, batch);
}

/* Q9: an operation's item goes to @dead; a thread frees its own. */
static void
refuse_unlocked (ThrWaitList   *line,
                 ThrQueueItem **dead,
                 ThrWakeBatch  *batch)
{
  ThrWaiter *first;

  while ((first = line->head) != NULL)
    {
      ThrOperation *operation = first->operation;
      ThrQueueItem *item = operation != NULL ? first->slot : NULL;

      thr_wait_list_remove_unlocked (line, first);
      first->tag = THR_QUEUE_REFUSED;
      if (!thr_waiter_grant (first, batch) || operation == NULL)
        continue;

      /* Granted, and ours until the batch is fired. */
      operation->error = thr_queue_make_closed_error ();
      first->slot = NULL;
      if (item != NULL)
        {
          item->next = *dead;
          *dead = item;
        }
    }
}

/* --- The verbs --- */

static ThrQueueTurn
put_look_unlocked (ThrQueue *self)
{
  if (self->closed)
    return THR_QUEUE_CLOSED;
  return has_room_unlocked (self) ? THR_QUEUE_READY : THR_QUEUE_WAIT;
}

static void
put_act_unlocked (ThrQueue     *self,
                  gpointer     *slot,
                  ThrWakeBatch *batch)
{
  come_in_unlocked (self, g_steal_pointer (slot), batch);
}

static ThrQueueTurn
get_look_unlocked (ThrQueue *self)
{
  if (self->store.length > 0)
    return THR_QUEUE_READY;
  return self->closed ? THR_QUEUE_CLOSED : THR_QUEUE_WAIT;
}

/* Q4 */
static void
get_act_unlocked (ThrQueue     *self,
                  gpointer     *slot,
                  ThrWakeBatch *batch)
{
  *slot = thr_queue_store_pop (&self->store);
  admit_unlocked (self, batch);
}

static ThrQueueTurn
join_look_unlocked (ThrQueue *self)
{
  return self->unfinished == 0 ? THR_QUEUE_READY : THR_QUEUE_WAIT;
}

static void
join_act_unlocked (ThrQueue     *self,
                   gpointer     *slot,
                   ThrWakeBatch *batch)
{
}

/* Q7. For ThrOperationType: any thread, no lock held. */
static void
give_back (ThrObject *source,
           ThrWaiter *waiter)
{
  ThrQueue *self = THR_QUEUE (source);
  ThrQueueItem *item = g_steal_pointer (&waiter->slot);
  ThrWakeBatch batch = THR_WAKE_BATCH_INIT;

  thr_queue_lock (self);
  if (self->discarding)
    {
      count_done_unlocked (self, 1, &batch);
    }
  else
    {
      if (!hand_over_unlocked (self, item, &batch))
        thr_queue_store_insert (&self->store, item);
      item = NULL;
    }
  thr_queue_unlock (self);

  thr_queue_tell (self);
  thr_wake_batch_fire (&batch);
  thr_queue_item_throw (item, thr_object_get_home (source));
}

/* Nobody waits for one who leaves: see the second paragraph above. */
static void
leave (ThrObject *source,
       ThrWaiter *waiter)
{
  ThrQueue *self = THR_QUEUE (source);
  const ThrQueueVerb *verb = (const ThrQueueVerb *) waiter->operation->type;
  ThrQueueItem *item;

  thr_queue_lock (self);
  thr_wait_list_remove_unlocked (thr_queue_get_line (self, verb), waiter);
  item = g_steal_pointer (&waiter->slot);
  thr_queue_unlock (self);

  thr_queue_item_throw (item, thr_object_get_home (source));
}

/* What was put stays put, whatever becomes of its operation. */
const ThrQueueVerb thr_queue_verb_put = {
  .operation = { NULL, leave },
  .line = G_STRUCT_OFFSET (ThrQueue, putters),
  .look_unlocked = put_look_unlocked,
  .act_unlocked = put_act_unlocked
};

const ThrQueueVerb thr_queue_verb_get = {
  .operation = { give_back, leave },
  .line = G_STRUCT_OFFSET (ThrQueue, getters),
  .look_unlocked = get_look_unlocked,
  .act_unlocked = get_act_unlocked
};

const ThrQueueVerb thr_queue_verb_join = {
  .operation = { NULL, leave },
  .line = G_STRUCT_OFFSET (ThrQueue, joiners),
  .look_unlocked = join_look_unlocked,
  .act_unlocked = join_act_unlocked
};

/* --- Any thread, no lock held --- */

/* Does it at once, or puts @waiter into the line, if there is one. */
ThrQueueTurn
thr_queue_go (ThrQueue           *self,
              const ThrQueueVerb *verb,
              gpointer           *slot,
              ThrWaiter          *waiter)
{
  ThrWakeBatch batch;
  ThrQueueTurn turn;

  /* No more than it needs: this is the way that every item goes. */
  batch.n_selves = 0;
  batch.operations = NULL;

  thr_queue_lock (self);
  turn = verb->look_unlocked (self);
  if (turn == THR_QUEUE_READY)
    {
      verb->act_unlocked (self, slot, &batch);
    }
  else if (turn == THR_QUEUE_WAIT && waiter != NULL)
    {
      waiter->slot = *slot;
      thr_wait_list_push_unlocked (thr_queue_get_line (self, verb), waiter);
    }
  thr_queue_unlock (self);

  /* Before the callbacks of those who were let go, in the order of the home. */
  if (turn == THR_QUEUE_READY && verb != &thr_queue_verb_join)
    thr_queue_tell (self);
  if (batch.n_selves > 0 || batch.operations != NULL)
    thr_wake_batch_fire (&batch);
  return turn;
}

/* The same for an operation, which has its slot filled. It is granted before it acts,
 * since one that was cancelled before must not. */
void
thr_queue_go_async (ThrQueue           *self,
                    const ThrQueueVerb *verb,
                    ThrOperation       *operation)
{
  ThrWakeBatch batch = THR_WAKE_BATCH_INIT;
  ThrQueueItem *refused = NULL;
  gboolean acted = FALSE, joined = FALSE;
  ThrQueueTurn turn;

  thr_queue_lock (self);
  turn = verb->look_unlocked (self);
  if (turn == THR_QUEUE_CLOSED)
    refused = g_steal_pointer (&operation->waiter.slot);
  else if (turn == THR_QUEUE_WAIT)
    joined = thr_operation_join_unlocked (operation, thr_queue_get_line (self, verb));
  else if ((acted = thr_waiter_grant (&operation->waiter, &batch)))
    verb->act_unlocked (self, &operation->waiter.slot, &batch);
  thr_queue_unlock (self);

  if (acted)
    {
      thr_queue_tell (self);
      thr_wake_batch_fire (&batch);
    }
  else if (!joined)
    {
      thr_operation_settle (operation, turn == THR_QUEUE_CLOSED ? thr_queue_make_closed_error ()
                                                                : NULL);
      thr_queue_item_throw (refused, thr_object_get_home (THR_OBJECT (self)));
    }
}

gboolean
thr_queue_do_task_done (ThrQueue *self)
{
  ThrWakeBatch batch = THR_WAKE_BATCH_INIT;
  gboolean counted;

  thr_queue_lock (self);
  counted = self->unfinished > 0;
  if (counted)
    count_done_unlocked (self, 1, &batch);
  thr_queue_unlock (self);

  if (counted)
    thr_queue_tell (self);
  thr_wake_batch_fire (&batch);
  return counted;
}

/* Q9 */
void
thr_queue_close (ThrQueue *self,
                 gboolean  immediate)
{
  ThrWakeBatch batch = THR_WAKE_BATCH_INIT;
  ThrQueueItem *dead = NULL;
  gboolean changed;

  thr_queue_lock (self);
  changed = !self->closed;
  self->closed = TRUE;
  if (immediate)
    {
      guint n = self->store.length;

      self->discarding = TRUE;
      dead = thr_queue_store_steal (&self->store);
      count_done_unlocked (self, n, &batch);
    }
  refuse_unlocked (&self->getters, &dead, &batch);
  refuse_unlocked (&self->putters, &dead, &batch);
  thr_queue_unlock (self);

  if (changed)
    thr_queue_tell_closed (self);
  if (immediate)
    thr_queue_tell (self);
  thr_wake_batch_fire (&batch);
  thr_queue_item_throw (dead, thr_object_get_home (THR_OBJECT (self)));
}
