/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-operation-private.h"

#include "base/thr-chaos-private.h"
#include "base/thr-language-private.h"

/* Both the canceller and the one who puts the operation into a list set their flag
 * and look whether the other's was there. Who comes second acts: so a cancellation
 * that arrives before the operation is in its list is not delivered, and the
 * operation not freed, under the hands of the caller who is about to put it in. */
enum {
  JOINED    = 1 << 0,
  CANCELLED = 1 << 1,
  POSTED    = 1 << 2,
  LATE      = 1 << 3
};

/* What has become of what was granted. */
enum {
  UNDECIDED,
  FINISHED,
  GIVEN_BACK
};

/* An awaited wait.
 *
 *   WAITING ── grant ──► GRANTED ───┐
 *      ├── cancellable ► CANCELLED ─┼──► posted ──► callback ──► finish
 *      └── home gone ──► CANCELLED ─┴──► dropped
 *
 * One reference, the pending one, goes along: whoever moves the waiter out of
 * WAITING owns it, posts the letter and with it passes the reference on. The
 * letter's end drops it. The home holds a second one while the operation is its
 * guest, so that it can be dropped when the context goes. The connection to the
 * cancellable holds a third one, until whoever has the pending one disconnects it.
 *
 * What became of a grant is decided once:
 *
 *   UNDECIDED ── finish ──► FINISHED: the caller's, or cancelled and given back
 *      ├── result dropped, home gone, nobody to hear ──► FINISHED: given back
 *      └── cancelled once granted ──► GIVEN_BACK ── finish, says so ──► FINISHED
 *
 * The last one does not wait for the home: who cancels has often stopped running its
 * loop, and others would wait for a permit that nobody wants. It must not come before
 * the granter has said all there is to say, so the canceller sets LATE and the granter
 * POSTED, and who comes second gives back.
 */

static void thr_operation_result_init (GAsyncResultIface *iface);

G_DEFINE_TYPE_WITH_CODE (ThrOperation, thr_operation, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_ASYNC_RESULT,
                                                thr_operation_result_init))

static __thread ThrObject *door; /* borrowed */

/* Where it comes home. */
static ThrObject *
get_door (ThrOperation *self)
{
  return self->door != NULL ? self->door : self->source;
}

ThrHome *
thr_operation_get_home (ThrOperation *self)
{
  return thr_object_get_home (get_door (self));
}

ThrObject *
thr_operation_set_door (ThrObject *new_door)
{
  ThrObject *before = door;

  door = new_door;
  return before;
}

static gboolean
is_granted (ThrOperation *self)
{
  return thr_waiter_get_state (&self->waiter) == THR_WAITER_GRANTED;
}

/* Exactly one caller gets TRUE: whoever decides what becomes of the grant. */
static gboolean
decide (ThrOperation *self,
        int           what)
{
  int undecided = UNDECIDED;

  return __atomic_compare_exchange_n (&self->finished, &undecided, what, FALSE,
                                      __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

/* The grant, unless somebody finished the operation, goes to the next. */
static void
give_back (ThrOperation *self)
{
  if (decide (self, FINISHED) && is_granted (self) && self->error == NULL &&
      self->type->give_back != NULL)
    self->type->give_back (self->source, &self->waiter);
}

/* Cancelled once it was granted, and posted or about to be: nothing of it changes
 * any more. The acquire of POSTED or LATE lets us see the error that goes with it. */
static void
give_back_late (ThrOperation *self)
{
  if (is_granted (self) && self->error == NULL && self->type->give_back != NULL &&
      decide (self, GIVEN_BACK))
    self->type->give_back (self->source, &self->waiter);
}

static void
check_out (ThrOperation *self)
{
  if (thr_home_check_out (thr_operation_get_home (self), &self->guest))
    g_object_unref (self);
}

/* The connection has ended, and no callback of it runs any more: its reference goes,
 * at home if it may be the last one. */
static void
connection_ended (gpointer data)
{
  ThrOperation *self = data;

  if (thr_home_is_mine (thr_operation_get_home (self)))
    g_object_unref (self);
  else
    thr_home_throw_object (thr_operation_get_home (self), self);
}

/* Also from inside of a handler of the same cancellable, which may come by home, where
 * operations end: g_cancellable_disconnect() would wait for itself there. This does not
 * wait; a callback that runs in another thread at this moment has the connection's
 * reference, and what it does is decided by swaps. The exchange lets
 * one of two who come at once do it, the discarder and the orphaner; both hold
 * references, so the other need not wait for it. */
static void
disconnect (ThrOperation *self)
{
  gulong id = __atomic_exchange_n (&self->waiter.cancel_id, 0, __ATOMIC_ACQ_REL);

  if (id != 0)
    g_signal_handler_disconnect (self->cancellable, id);
}

/* A waiter that left without a grant may still be in its list. */
static void
leave (ThrOperation *self)
{
  if (!is_granted (self) && self->type->leave != NULL)
    self->type->leave (self->source, &self->waiter);
}

static ThrOperation *
from_letter (ThrLetter *letter)
{
  return (ThrOperation *) ((char *) letter - G_STRUCT_OFFSET (ThrOperation, letter));
}

static void
operation_deliver (ThrLetter *letter,
                   GObject   *object)
{
  ThrOperation *self = from_letter (letter);

  check_out (self);
  disconnect (self);
  leave (self);
  if (self->callback != NULL)
    self->callback (G_OBJECT (self->source), G_ASYNC_RESULT (self), self->user_data);
  /* What the callback did not finish is given back when the last reference goes;
   * it may have kept one to finish later. */
  g_object_unref (self);
}

static void
operation_discard (ThrLetter *letter,
                   GObject   *object)
{
  ThrOperation *self = from_letter (letter);

  check_out (self);
  disconnect (self);
  leave (self);
  give_back (self);
  g_object_unref (self);
}

/* Nobody will ever finish it: what it was granted goes to the next at once, and does not
 * wait for a loop to run. That may grant another operation of this kind, and so on; they
 * are gone through one after the other here, not on top of each other on the stack. The
 * rest, which may be the last reference to the source, is the home's. */
static __thread ThrOperation *unwanted; /* by next_granted */
static __thread gboolean giving_back;

static void
give_back_unwanted (ThrOperation *self)
{
  ThrOperation **last = &unwanted;

  while (*last != NULL)
    last = &(*last)->next_granted;
  self->next_granted = NULL;
  *last = self;
  if (giving_back)
    return;

  giving_back = TRUE;
  while ((self = unwanted) != NULL)
    {
      unwanted = self->next_granted;
      self->next_granted = NULL;
      check_out (self);
      disconnect (self);
      leave (self);
      give_back (self);
      thr_home_throw_object (thr_operation_get_home (self), self);
    }
  giving_back = FALSE;
}

void
thr_operation_post (ThrOperation *self)
{
  if (self->callback == NULL)
    {
      give_back_unwanted (self);
      return;
    }

  if ((__atomic_fetch_or (&self->flags, POSTED, __ATOMIC_ACQ_REL) & LATE) != 0)
    give_back_late (self);
  THR_CHAOS ();
  thr_mailbox_post (thr_object_get_mailbox (get_door (self)), &self->letter);
}

static void
cancelled_cb (GCancellable *cancellable,
              gpointer      data)
{
  ThrOperation *self = data;

  if (!thr_waiter_leave (&self->waiter, THR_WAITER_CANCELLED))
    {
      THR_CHAOS ();
      /* It lives by the connection's reference. */
      if ((__atomic_fetch_or (&self->flags, LATE, __ATOMIC_ACQ_REL) & POSTED) != 0)
        give_back_late (self);
      return;
    }
  THR_CHAOS ();

  /* Not in a list yet: the one who is about to put it there will settle it. */
  if ((__atomic_fetch_or (&self->flags, CANCELLED, __ATOMIC_ACQ_REL) & JOINED) == 0)
    return;

  /* Posting passes the pending reference on; the connection has one of its own, so the
   * operation lives until we return. */
  if (self->type->leaves_at_once)
    leave (self);
  thr_operation_post (self);
}

/* The context is gone. In the thread that dropped it. */
static void
operation_orphaned (ThrGuest *guest)
{
  ThrOperation *self = (ThrOperation *) ((char *) guest -
                                         G_STRUCT_OFFSET (ThrOperation, guest));

  disconnect (self);
  THR_CHAOS ();
  if (thr_waiter_leave (&self->waiter, THR_WAITER_CANCELLED) &&
      (__atomic_fetch_or (&self->flags, CANCELLED, __ATOMIC_ACQ_REL) & JOINED) != 0)
    {
      leave (self);
      g_object_unref (self); /* the pending reference: ours by the swap */
    }
  g_object_unref (self); /* the guest's */
}

/* What GObject's own does here g_object_unref() does once more right afterwards; see
 * thr_task_dispose(). */
static void
thr_operation_dispose (GObject *object)
{
  if (g_atomic_int_get ((int *) &object->ref_count) > 1)
    G_OBJECT_CLASS (thr_operation_parent_class)->dispose (object);
}

static void
thr_operation_finalize (GObject *object)
{
  ThrOperation *self = THR_OPERATION (object);

  give_back (self);
  g_clear_error (&self->error);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->source);
  g_clear_object (&self->door);

  G_OBJECT_CLASS (thr_operation_parent_class)->finalize (object);
}

static void
thr_operation_class_init (ThrOperationClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = thr_operation_dispose;
  G_OBJECT_CLASS (klass)->finalize = thr_operation_finalize;
}

static void
thr_operation_init (ThrOperation *self)
{
  self->waiter.operation = self;
  self->letter.rank = THR_RANK_ASYNC;
  self->letter.deliver = operation_deliver;
  self->letter.discard = operation_discard;
  self->guest.orphaned = operation_orphaned;
}

static gpointer
operation_get_user_data (GAsyncResult *result)
{
  return THR_OPERATION (result)->user_data;
}

static GObject *
operation_get_source_object (GAsyncResult *result)
{
  return g_object_ref (G_OBJECT (THR_OPERATION (result)->source));
}

static gboolean
operation_is_tagged (GAsyncResult *result,
                     gpointer      tag)
{
  return (gconstpointer) THR_OPERATION (result)->type == tag;
}

static void
thr_operation_result_init (GAsyncResultIface *iface)
{
  iface->get_user_data = operation_get_user_data;
  iface->get_source_object = operation_get_source_object;
  iface->is_tagged = operation_is_tagged;
}

ThrOperation *
thr_operation_new (gpointer                source,
                   const ThrOperationType *type,
                   GCancellable           *cancellable,
                   GAsyncReadyCallback     callback,
                   gpointer                user_data)
{
  ThrOperation *self = g_object_new (THR_TYPE_OPERATION, NULL);

  self->type = type;
  self->source = g_object_ref (source);
  self->door = door != NULL ? g_object_ref (door) : NULL;
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->callback = callback;
  self->user_data = user_data;

  /* Calls back at once when it is cancelled already. */
  if (cancellable != NULL)
    self->waiter.cancel_id = g_cancellable_connect (cancellable,
                                                    G_CALLBACK (cancelled_cb),
                                                    g_object_ref (self),
                                                    connection_ended);

  /* Last, so that a home that goes finds the connection made. */
  g_object_ref (self);
  if (!thr_home_check_in (thr_operation_get_home (self), &self->guest))
    {
      g_object_unref (self);
      /* The home is gone. Nobody would ever hear of a grant, and an operation that
       * waits keeps its source alive: it ends before it joins. */
      if (thr_waiter_leave (&self->waiter, THR_WAITER_CANCELLED))
        __atomic_fetch_or (&self->flags, CANCELLED, __ATOMIC_ACQ_REL);
    }

  return self;
}

gboolean
thr_operation_join_unlocked (ThrOperation *self,
                             ThrWaitList  *list)
{
  THR_CHAOS ();
  if ((__atomic_fetch_or (&self->flags, JOINED, __ATOMIC_ACQ_REL) & CANCELLED) != 0)
    return FALSE;
  THR_CHAOS ();

  /* A cancellation from here on posts the operation, and its delivery takes the
   * list's lock, which the caller holds, to unlink it. */
  thr_wait_list_push_unlocked (list, &self->waiter);
  return TRUE;
}

gboolean
thr_operation_settle (ThrOperation *self,
                      GError       *error)
{
  gboolean granted = thr_waiter_leave (&self->waiter, THR_WAITER_GRANTED);

  THR_CHAOS ();
  if (granted)
    self->error = error;
  else
    g_clear_error (&error);

  /* A canceller that came before found no JOINED and left the rest to us; one that
   * comes later finds the waiter out of WAITING. */
  thr_operation_post (self);
  return granted;
}

gboolean
thr_operation_finish (gpointer                source,
                      const ThrOperationType *type,
                      GAsyncResult           *result,
                      GError                **error)
{
  ThrOperation *self;

  if (!THR_IS_OPERATION (result) || THR_OPERATION (result)->source != source ||
      THR_OPERATION (result)->type != type)
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                           _("The result belongs to another operation"));
      return FALSE;
    }

  self = THR_OPERATION (result);
  if (thr_waiter_get_state (&self->waiter) == THR_WAITER_WAITING)
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_STATE,
                           _("The operation has not ended yet"));
      return FALSE;
    }

  if (!decide (self, FINISHED))
    {
      if (__atomic_exchange_n (&self->finished, FINISHED, __ATOMIC_ACQ_REL) == GIVEN_BACK)
        return thr_park_to_error (THR_PARK_CANCELLED, error);

      g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_STATE,
                           _("The operation has already been finished"));
      return FALSE;
    }

  if (self->error != NULL)
    {
      if (error != NULL)
        *error = g_error_copy (self->error);
      return FALSE;
    }

  /* Cancelled after the grant and before this call: cancelled all the same. */
  if (is_granted (self) && g_cancellable_is_cancelled (self->cancellable))
    {
      if (self->type->give_back != NULL)
        self->type->give_back (self->source, &self->waiter);
      return thr_park_to_error (THR_PARK_CANCELLED, error);
    }

  return thr_park_to_error (is_granted (self) ? THR_PARK_GRANTED : THR_PARK_CANCELLED,
                            error);
}

/* --- Doors --- */

#define THR_TYPE_DOOR (thr_door_get_type ())
G_DECLARE_FINAL_TYPE (ThrDoor, thr_door, THR, DOOR, ThrObject)

struct _ThrDoor
{
  ThrObject parent_instance;
};

G_DEFINE_FINAL_TYPE (ThrDoor, thr_door, THR_TYPE_OBJECT)

static void
thr_door_class_init (ThrDoorClass *klass)
{
}

static void
thr_door_init (ThrDoor *self)
{
}

ThrObject *
thr_door_new (GMainContext *context)
{
  return g_object_new (THR_TYPE_DOOR, "main-context", context, NULL);
}
