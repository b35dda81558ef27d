/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-home-core-private.h"

#include "base/thr-chaos-private.h"
#include "base/thr-language-private.h"

/* What waits for a home's thread: mailboxes with something in them, and trash. Both
 * come in on a stack that any thread pushes to, and lie in order in a list that the
 * owner of the context alone touches.
 */

#define REAP_MAX        16
#define REAP_PAUSE_MAX  128

#define GONE ((gpointer) &gone_mark)
static char gone_mark;

/* Any thread. FALSE when the home is gone; the caller then keeps what it has. */
gboolean
thr_home_push (ThrHome    *self,
               ThrMailbox *box)
{
  ThrMailbox *top = __atomic_load_n (&self->incoming, __ATOMIC_RELAXED);

  do
    {
      if (top == GONE || thr_home_is_foreign (self))
        return FALSE;
      box->next = top;
    }
  while (!__atomic_compare_exchange_n (&self->incoming, &top, box, TRUE,
                                       __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));

  THR_CHAOS ();
  thr_home_wake (self);
  return TRUE;
}

static gboolean
push_trash (ThrHome  *self,
            ThrTrash *trash)
{
  ThrTrash *top = __atomic_load_n (&self->incoming_trash, __ATOMIC_RELAXED);

  do
    {
      if (top == GONE || thr_home_is_foreign (self))
        return FALSE;
      trash->next = top;
    }
  while (!__atomic_compare_exchange_n (&self->incoming_trash, &top, trash, TRUE,
                                       __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));

  THR_CHAOS ();
  thr_home_wake (self);
  return TRUE;
}

/* Takes everything, unless the home is gone, which stays so. Emptied with a swap
 * and not a store: nothing that is pushed meanwhile may be lost. */
static gpointer
take_all (gpointer *stack)
{
  gpointer top = __atomic_load_n (stack, __ATOMIC_RELAXED);

  do
    {
      if (top == NULL || top == GONE)
        return NULL;
    }
  while (!__atomic_compare_exchange_n (stack, &top, NULL, TRUE,
                                       __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));

  return top;
}

/* Relaxed: thr_home_reap() peeks from other threads and needs no more than a
 * hint. */
static void
set_head (ThrHome    *self,
          ThrMailbox *box)
{
  __atomic_store_n (&self->head, box, __ATOMIC_RELAXED);
}

static void
set_trash (ThrHome  *self,
           ThrTrash *trash)
{
  __atomic_store_n (&self->trash, trash, __ATOMIC_RELAXED);
}

void
thr_home_link (ThrHome    *self,
               ThrMailbox *box)
{
  box->queued = TRUE;
  box->next = NULL;
  box->prev = self->tail;
  if (self->tail != NULL)
    self->tail->next = box;
  else
    set_head (self, box);
  self->tail = box;
}

void
thr_home_unlink (ThrHome    *self,
                 ThrMailbox *box)
{
  if (box->prev != NULL)
    box->prev->next = box->next;
  else
    set_head (self, box->next);
  if (box->next != NULL)
    box->next->prev = box->prev;
  else
    self->tail = box->prev;

  box->prev = box->next = NULL;
  box->queued = FALSE;
}

static void
link_incoming (ThrHome    *self,
               ThrMailbox *stack)
{
  ThrMailbox *oldest = NULL;

  while (stack != NULL)
    {
      ThrMailbox *next = stack->next;

      stack->next = oldest;
      oldest = stack;
      stack = next;
    }

  while (oldest != NULL)
    {
      ThrMailbox *next = oldest->next;

      thr_home_link (self, oldest);
      oldest = next;
    }
}

void
thr_home_refill (ThrHome *self)
{
  link_incoming (self, take_all ((gpointer *) &self->incoming));
}

/* --- Trash --- */

static void
free_trash (ThrTrash *trash)
{
  trash->next = NULL;
  trash->free (trash);
}

static void
abandon_trash (ThrTrash *trash)
{
  trash->next = NULL;
  if (trash->abandon != NULL)
    trash->abandon (trash);
  else
    trash->free (trash);
}

static gboolean
has_trash (ThrHome *self)
{
  return __atomic_load_n (&self->trash, __ATOMIC_RELAXED) != NULL ||
         __atomic_load_n (&self->incoming_trash, __ATOMIC_RELAXED) != NULL;
}

/* The oldest first, as promised to nobody but kind to caches. */
static ThrTrash *
next_trash (ThrHome *self)
{
  ThrTrash *trash;

  if (self->trash == NULL)
    {
      ThrTrash *stack = take_all ((gpointer *) &self->incoming_trash);

      while (stack != NULL)
        {
          ThrTrash *next = stack->next;

          stack->next = self->trash;
          set_trash (self, stack);
          stack = next;
        }
    }

  trash = self->trash;
  if (trash != NULL)
    set_trash (self, trash->next);

  return trash;
}

/* At the end of the process nobody runs a binding's code any more. What is thrown away
 * then is left to the system, but not lost: leak checkers find it here. */
static ThrTrash *left_behind; /* atomic: a stack that is never read */

static void
leave_behind (ThrTrash *trash)
{
  trash->next = __atomic_load_n (&left_behind, __ATOMIC_RELAXED);
  while (!__atomic_compare_exchange_n (&left_behind, &trash->next, trash, TRUE,
                                       __ATOMIC_RELEASE, __ATOMIC_RELAXED))
    ;
}

void
thr_home_throw (ThrHome  *self,
                ThrTrash *trash)
{
  if (thr_process_is_ending ())
    leave_behind (trash);
  else if (!push_trash (self, trash))
    abandon_trash (trash);
}

typedef struct
{
  ThrTrash       trash;
  GDestroyNotify notify;
  gpointer       data;
} NotifyTrash;

static void
notify_trash_free (ThrTrash *trash)
{
  NotifyTrash *self = (NotifyTrash *) trash;

  self->notify (self->data);
  g_free (self);
}

static void
notify_trash_abandon (ThrTrash *trash)
{
  NotifyTrash *self = (NotifyTrash *) trash;

  /* A GJS function may be touched in its own thread only, and that has gone. */
  if (!thr_language_notify_is_js (self->notify))
    self->notify (self->data);
  g_free (self);
}

void
thr_home_throw_notify (ThrHome        *self,
                       GDestroyNotify  notify,
                       gpointer        data)
{
  NotifyTrash *trash;

  if (notify == NULL)
    return;

  trash = g_new (NotifyTrash, 1);
  trash->trash.free = notify_trash_free;
  trash->trash.abandon = notify_trash_abandon;
  trash->notify = notify;
  trash->data = data;
  thr_home_throw (self, &trash->trash);
}

void
thr_home_throw_object (ThrHome  *self,
                       gpointer  object)
{
  if (object != NULL)
    thr_home_throw_notify (self, g_object_unref, object);
}

/* --- Taking --- */

gboolean
thr_home_has_work (ThrHome *self)
{
  if (thr_process_is_ending () || thr_home_is_foreign (self))
    return FALSE;

  return __atomic_load_n (&self->head, __ATOMIC_RELAXED) != NULL ||
         __atomic_load_n (&self->trash, __ATOMIC_RELAXED) != NULL ||
         __atomic_load_n (&self->incoming, __ATOMIC_SEQ_CST) != NULL ||
         __atomic_load_n (&self->incoming_trash, __ATOMIC_SEQ_CST) != NULL;
}

/* The queue is in order before anything is called, so that a nested main loop goes on
 * with what comes next. */
gboolean
thr_home_step (ThrHome *self,
               guint    n)
{
  ThrTrash *trash;

  if (self->head == NULL)
    thr_home_refill (self);

  /* Trash has its turn in every fourth step even while letters stream in, or
   * memory would grow as long as they do. */
  if (self->head != NULL && (n % 4 != 3 || !has_trash (self)))
    {
      ThrMailbox *box = self->head;

      thr_mailbox_deliver_one (box);
      /* Whatever the callback did, what is in the queue is alive. */
      if (self->head == box)
        thr_mailbox_end_turn (box);
      return TRUE;
    }

  trash = next_trash (self);
  if (trash != NULL)
    free_trash (trash);

  return trash != NULL;
}

/* In the thread that dropped the context. */
void
thr_home_discard_queue (ThrHome *self)
{
  ThrMailbox *boxes = __atomic_exchange_n (&self->incoming, GONE, __ATOMIC_ACQ_REL);
  ThrTrash *trash;

  THR_CHAOS ();
  link_incoming (self, boxes != GONE ? boxes : NULL);
  while (self->head != NULL)
    {
      ThrMailbox *box = self->head;

      thr_home_unlink (self, box);
      thr_mailbox_discard (box);
    }

  while ((trash = next_trash (self)) != NULL)
    abandon_trash (trash);
  THR_CHAOS ();
  trash = __atomic_exchange_n (&self->incoming_trash, GONE, __ATOMIC_ACQ_REL);
  while (trash != NULL && trash != GONE)
    {
      ThrTrash *next = trash->next;

      abandon_trash (trash);
      trash = next;
    }
}

/* The mailboxes of which nobody would hear, that is of which others than the queue hold
 * nothing. Looked at in turn; those that must wait for the loop go to the end. */
static void
reap_mailboxes (ThrHome *self)
{
  guint n_dropped = 0;

  thr_home_refill (self);

  for (guint i = 0; i < REAP_MAX && self->head != NULL; i++)
    {
      ThrMailbox *box = self->head;

      if (thr_mailbox_drop (box))
        {
          n_dropped++;
          continue;
        }
      if (box->next == NULL)
        break;
      thr_home_unlink (self, box);
      thr_home_link (self, box);
    }

  /* A look in vain makes the next one rarer; one that was worth it is followed by the
   * next caller's, which clears sixteen for the one that it may leave behind. */
  if (n_dropped > REAP_MAX / 2)
    self->reap_pause = 0;
  else
    self->reap_pause = CLAMP (2 * self->reap_pause, REAP_MAX / 2, REAP_PAUSE_MAX);
  __atomic_store_n (&self->reap_turn, self->reap_pause, __ATOMIC_RELAXED);
}

static void
reap_trash (ThrHome *self)
{
  for (guint i = 0; i < REAP_MAX; i++)
    {
      ThrTrash *trash = next_trash (self);

      if (trash == NULL)
        break;
      free_trash (trash);
    }
}

/* Without a running loop the queue would grow for ever: who comes by in the
 * home's own thread takes some of it along. Nothing is emitted here. */
void
thr_home_reap (ThrHome *self)
{
  ThrVisit visit;
  guint turn;

  if (G_LIKELY (!thr_home_has_work (self)))
    return;

  /* Trash is somebody's memory and goes at once. A mailbox is looked at in vain as long
   * as its object is held, and not by every caller. Callers may share a turn. */
  turn = __atomic_load_n (&self->reap_turn, __ATOMIC_RELAXED);
  if (turn > 0)
    __atomic_store_n (&self->reap_turn, turn - 1, __ATOMIC_RELAXED);
  if ((turn > 0 && !has_trash (self)) || !thr_home_enter (self, &visit))
    return;

  /* A destroy-notify may come by here again. */
  if (!self->reaping)
    {
      self->reaping = TRUE;
      if (turn == 0)
        reap_mailboxes (self);
      reap_trash (self);
      self->reaping = FALSE;
    }
  thr_home_leave (&visit);
}
