/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "sync/thr-condition-private.h"

#include "base/thr-error.h"
#include "base/thr-i18n-private.h"
#include "sync/thr-permits-requeue-private.h"
#include "sync/thr-rec-lock-private.h"

/* A wait has two halves: for the notification, in the condition's line, and for the
 * lock, in the lock's. Each half has a waiter of its own, and both are there from the
 * beginning.
 *
 *   holds the lock
 *     │ joins the condition's line, then releases the lock
 *   WAITING ──── notified ──► GRANTED ────┬──► the second waiter stands in the lock's
 *     │                                   │    line, put there by the notifier
 *     ├── cancelled, timed out ───────────┘    or, when nobody notified it, by itself
 *     │                                   ▲
 *     └── interrupted ────────────────────┤
 *           └── still in line: notified ──┘
 *
 *   granted the lock ──► holds the lock
 *
 * The swap out of WAITING decides, once, whether the wait was notified, so a
 * notification is neither lost to a waiter that gave up nor given to two. From then on
 * nothing can end the wait but the lock.
 *
 * An interrupted wait is one that its caller begins again, after a signal handler. It
 * stays in the condition's line until it has the lock, and may be notified until then:
 * it has left the sleep and not the wait, and nobody else may be there to take the
 * notification. As notifying needs the lock, none can fall between its leaving the line
 * and the next wait, but for those of the handler itself.
 *
 * A blocked thread that is notified goes on sleeping. It has one parker for both its
 * waiters, so the next to wake it is whoever grants the second one, and a notify_all()
 * moves everybody into the line of the lock without waking anybody. That needs the
 * insides of the lock: it is done for ThrLock and ThrRecLock. With another kind of lock
 * the notifier wakes the thread, which then acquires the lock as anybody does.
 *
 * Of an awaited wait the first half is an operation of its own, without a callback,
 * whose user data is the second: the operation that the caller gets to see.
 */

/* A blocked wait, on its thread's stack. */
typedef struct
{
  ThrWaiter       waiter;   /* first: what the condition's line holds */
  ThrPermitsTaker taker;    /* with permits alone */
} Sleeper;

/* What an awaited wait remembers in the tag of its second waiter. */
#define TAG_GAVE_UP  1u
#define TAG_LEVEL    2u

gboolean
thr_condition_check_held (ThrCondition  *self,
                          GError       **error)
{
  ThrLockableInterface *iface = THR_LOCKABLE_GET_IFACE (self->lock);
  gboolean is_locked = thr_lockable_is_locked (self->lock);

  if (iface->is_held != NULL ? iface->is_held (self->lock) : is_locked)
    return TRUE;

  if (is_locked)
    g_set_error_literal (error, THR_ERROR, THR_ERROR_NOT_OWNER,
                         _("The lock is held by somebody else"));
  else
    g_set_error_literal (error, THR_ERROR, THR_ERROR_NOT_HELD,
                         _("The lock is not held by anybody"));
  return FALSE;
}

/* Frees all levels, and returns how many; 0 with an error. */
static guint
free_lock (ThrCondition  *self,
           GError       **error)
{
  ThrLockableInterface *iface = THR_LOCKABLE_GET_IFACE (self->lock);

  if (iface->release_all != NULL && iface->restore != NULL)
    return iface->release_all (self->lock, error);
  return thr_lockable_release (self->lock, error) ? 1 : 0;
}

/* --- Notifying; under the lock of the line --- */

/* What a notification has brought about, for after the lock. */
typedef struct
{
  ThrPermitsChange change;
  ThrOperation    *to_settle;   /* by next_granted: their home is gone */
  ThrOperation    *to_acquire;  /* by next_granted: another kind of lock */
} Passed;

#define PASSED_INIT { THR_PERMITS_CHANGE_INIT, NULL, NULL }

static void foreign_acquired_cb (GObject      *source,
                                 GAsyncResult *result,
                                 gpointer      data);

/* The second half of an awaited wait begins. */
static void
pass_on_operation_unlocked (ThrCondition *self,
                            ThrOperation *second,
                            Passed       *passed)
{
  ThrOperation **list;

  if (self->permits != NULL &&
      thr_permits_enqueue_operation (self->permits, second, &passed->change))
    return;

  list = self->permits != NULL ? &passed->to_settle : &passed->to_acquire;
  second->next_granted = *list;
  *list = second;
}

/* Notifies the first in line; FALSE when it has given up before. */
static gboolean
notify_first_unlocked (ThrCondition *self,
                       Passed       *passed)
{
  ThrWaiter *waiter = self->line.head;
  ThrOperation *first = waiter->operation;

  thr_wait_list_remove_unlocked (&self->line, waiter);

  if (first != NULL)
    {
      /* Granted and posted it only goes; the second half is what the caller sees. */
      ThrOperation *second = first->user_data;

      if (!thr_waiter_grant (waiter, &passed->change.batch))
        return FALSE;
      pass_on_operation_unlocked (self, second, passed);
      return TRUE;
    }

  /* The waiter that left by itself takes the lock of the line before it goes, so it is
   * still there. An interrupted one is on its way to the lock already. */
  if (self->permits == NULL)
    return thr_waiter_grant (waiter, &passed->change.batch) || thr_waiter_grant_late (waiter);

  /* Not woken: whoever hands it the lock will do that. */
  if (!thr_waiter_leave (waiter, THR_WAITER_GRANTED))
    return thr_waiter_grant_late (waiter);
  thr_permits_enqueue (self->permits, &((Sleeper *) waiter)->taker, &passed->change);
  return TRUE;
}

/* With no lock held. */
static void
passed_done (ThrCondition *self,
             Passed       *passed)
{
  ThrOperation *operation;
  ThrOperation *in_order = NULL;

  if (self->permits != NULL)
    thr_permits_change_done (self->permits, &passed->change);
  else
    thr_wake_batch_fire (&passed->change.batch);

  while ((operation = passed->to_settle) != NULL)
    {
      passed->to_settle = operation->next_granted;
      thr_operation_settle (operation, NULL);
    }

  while ((operation = passed->to_acquire) != NULL)
    {
      passed->to_acquire = operation->next_granted;
      operation->next_granted = in_order;
      in_order = operation;
    }
  while ((operation = in_order) != NULL)
    {
      /* Where the wait ends, its second half does. */
      ThrObject *outer = thr_operation_set_door (operation->door);

      in_order = operation->next_granted;
      thr_lockable_acquire_async (self->lock, NULL, foreign_acquired_cb, operation);
      thr_operation_set_door (outer);
    }
}

void
thr_condition_wake (ThrCondition *self,
                    guint         n)
{
  Passed passed = PASSED_INIT;

  thr_wait_list_lock (&self->line);
  while (n > 0 && self->line.head != NULL)
    if (notify_first_unlocked (self, &passed))
      n--;
  thr_wait_list_unlock (&self->line);

  passed_done (self, &passed);
}

/* --- Waiting, blocked --- */

static ThrSelf *
get_owner (gpointer resource)
{
  ThrPermits *permits = thr_rec_lock_get_permits (resource);

  return permits->type->get_owner (permits->source);
}

/* Acquires all levels of another kind of lock, whatever signals arrive. */
static gboolean
take_foreign (ThrCondition  *self,
              guint          levels,
              GError       **error)
{
  ThrLockableInterface *iface = THR_LOCKABLE_GET_IFACE (self->lock);
  GError *failure = NULL;

  do
    {
      gboolean taken = iface->release_all != NULL && iface->restore != NULL
        ? iface->restore (self->lock, levels, &failure)
        : thr_lockable_acquire (self->lock, &failure);

      if (taken)
        return TRUE;
    }
  while (failure == NULL);

  g_propagate_error (error, failure);
  return FALSE;
}

/* The second half. The wait is over, so a signal handler has to wait for the lock. */
static gboolean
take_back (ThrCondition  *self,
           Sleeper       *sleeper,
           gboolean       notified,
           guint          levels,
           GError       **error)
{
  ThrSelf *me = thr_self_get ();
  gboolean interruptible = me->interruptible;
  gboolean taken;

  me->interruptible = FALSE;
  if (self->permits != NULL)
    taken = thr_permits_take_after (self->permits, &sleeper->taker, notified, error);
  else
    taken = take_foreign (self, levels, error);
  me->interruptible = interruptible;

  return taken;
}

static void
join_line (ThrCondition *self,
           Sleeper      *sleeper)
{
  thr_wait_list_lock (&self->line);
  thr_wait_list_push_unlocked (&self->line, &sleeper->waiter);
  thr_wait_list_unlock (&self->line);
}

/* Also waits for a notifier that is not done with us. */
static void
leave_line (ThrCondition *self,
            Sleeper      *sleeper)
{
  thr_wait_list_lock (&self->line);
  thr_wait_list_remove_unlocked (&self->line, &sleeper->waiter);
  thr_wait_list_unlock (&self->line);
}

/* Before the sleep something went wrong. Leaves both lines, unless the lock
 * has been granted already: then nothing is wrong. */
static gboolean
end_early (ThrCondition  *self,
           Sleeper       *sleeper,
           guint          levels,
           GError        *failure,
           GError       **error)
{
  gboolean notified = !thr_waiter_leave (&sleeper->waiter, THR_WAITER_TIMED_OUT);

  leave_line (self, sleeper);
  thr_waiter_end (&sleeper->waiter);

  if (notified && self->permits != NULL)
    {
      if (!thr_waiter_leave (&sleeper->taker.waiter, THR_WAITER_TIMED_OUT) &&
          thr_permits_take_after (self->permits, &sleeper->taker, TRUE, NULL))
        {
          if (self->has_owner)
            thr_rec_lock_own (THR_REC_LOCK (self->lock), levels);
          g_error_free (failure);
          return TRUE;
        }
      thr_permits_leave (self->permits, &sleeper->taker.waiter);
    }

  /* What is not used goes to the next. */
  if (notified)
    thr_condition_wake (self, 1);

  g_propagate_error (error, failure);
  return FALSE;
}

/* The lock has been released. Sleeps, and takes it again. */
static gboolean
sleep_and_take (ThrCondition  *self,
                Sleeper       *sleeper,
                ThrDeadline    deadline,
                guint          levels,
                GError       **error)
{
  /* However the first half ends, the second waits without end for who holds the lock,
   * so the edge is there from the beginning: the thread may be moved into the line of
   * the lock in its sleep. */
  ThrWaitEdge edge = { THR_EDGE_LOCK, &sleeper->taker.waiter, self->lock, get_owner };
  GError *deadlock = NULL;
  gboolean taken;
  ThrPark park;

  if (self->has_owner && !thr_wait_graph_enter (&edge, &deadlock))
    return end_early (self, sleeper, levels, deadlock, error);

  do
    park = thr_waiter_park (&sleeper->waiter, deadline);
  while (park == THR_PARK_NUDGED);

  /* Without the lock: to disconnect is to wait for the cancellable's callbacks. */
  thr_waiter_end (&sleeper->waiter);
  if (park != THR_PARK_INTERRUPTED)
    leave_line (self, sleeper);
  taken = take_back (self, sleeper, park == THR_PARK_GRANTED, levels, error);
  if (park == THR_PARK_INTERRUPTED)
    {
      leave_line (self, sleeper);
      if (thr_waiter_get_state (&sleeper->waiter) == THR_WAITER_GRANTED)
        park = THR_PARK_GRANTED;
    }

  if (self->has_owner)
    {
      thr_wait_graph_leave (&edge);
      if (taken)
        thr_rec_lock_own (THR_REC_LOCK (self->lock), levels);
    }

  return taken && thr_park_to_error (park, error);
}

gboolean
thr_condition_wait_until (ThrCondition  *self,
                          ThrDeadline    deadline,
                          GCancellable  *cancellable,
                          GError       **error)
{
  Sleeper sleeper;
  GError *failure = NULL;
  guint levels;

  if (g_cancellable_is_cancelled (cancellable))
    return thr_park_to_error (THR_PARK_CANCELLED, error);

  thr_waiter_begin (&sleeper.waiter, cancellable);
  if (self->permits != NULL)
    thr_permits_taker_begin (&sleeper.taker, self->permits);

  /* First in line, then the release: who notifies after it finds the waiter. */
  join_line (self, &sleeper);
  levels = free_lock (self, &failure);
  if (levels == 0)
    return end_early (self, &sleeper, 1, failure, error);

  return sleep_and_take (self, &sleeper, deadline, levels, error);
}

/* --- Waiting, awaited --- */

/* The first half has been given up: the second begins all the same. */
static void
first_leave (ThrObject *source,
             ThrWaiter *waiter)
{
  ThrCondition *self = THR_CONDITION (source);
  ThrOperation *second = waiter->operation->user_data;
  Passed passed = PASSED_INIT;

  __atomic_fetch_or (&second->waiter.tag, TAG_GAVE_UP, __ATOMIC_RELAXED);

  thr_wait_list_lock (&self->line);
  thr_wait_list_remove_unlocked (&self->line, waiter);
  pass_on_operation_unlocked (self, second, &passed);
  thr_wait_list_unlock (&self->line);

  passed_done (self, &passed);
}

static void
second_give_back (ThrObject *source,
                  ThrWaiter *waiter)
{
  ThrCondition *self = THR_CONDITION (source);

  if (self->permits != NULL)
    thr_permits_give_back (self->permits, waiter);
  else
    thr_lockable_release (self->lock, NULL);
}

static void
second_leave (ThrObject *source,
              ThrWaiter *waiter)
{
  ThrCondition *self = THR_CONDITION (source);

  if (self->permits != NULL)
    thr_permits_leave (self->permits, waiter);
}

static const ThrOperationType first_type = { NULL, first_leave };
static const ThrOperationType second_type = { second_give_back, second_leave };

/* At the home of the other kind of lock. */
static void
foreign_acquired_cb (GObject      *source,
                     GAsyncResult *result,
                     gpointer      data)
{
  GError *error = NULL;
  gboolean acquired = thr_lockable_acquire_finish (THR_LOCKABLE (source), result, &error);

  if (!thr_operation_settle (data, error) && acquired)
    thr_lockable_release (THR_LOCKABLE (source), NULL);
}

/* The lock could not be released. FALSE when the operation has been notified or
 * cancelled meanwhile and is on its way; takes @error. */
static gboolean
withdraw (ThrCondition *self,
          ThrOperation *first,
          ThrOperation *second,
          GError       *error)
{
  gboolean withdrawn;

  thr_wait_list_lock (&self->line);
  withdrawn = first->waiter.linked && thr_waiter_leave (&first->waiter, THR_WAITER_GRANTED);
  thr_wait_list_remove_unlocked (&self->line, &first->waiter);
  thr_wait_list_unlock (&self->line);

  if (withdrawn)
    {
      thr_operation_post (first);
      thr_operation_settle (second, g_steal_pointer (&error));
    }
  g_clear_error (&error);
  return withdrawn;
}

/* How many levels were released. It is written after the release, so the thread that
 * finishes may have to wait a moment for the one that awaits. */
static guint
get_levels (ThrOperation *second)
{
  guint tag;

  while ((tag = __atomic_load_n (&second->waiter.tag, __ATOMIC_ACQUIRE)) < TAG_LEVEL)
    g_thread_yield ();

  return tag / TAG_LEVEL;
}

void
thr_condition_await (ThrCondition        *self,
                     GCancellable        *cancellable,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  ThrOperation *second = thr_operation_new (self, &second_type, NULL, callback, user_data);
  ThrOperation *first;
  GError *error = NULL;
  gboolean joined;
  guint levels;

  if (!thr_condition_check_held (self, &error))
    {
      thr_operation_settle (second, error);
      return;
    }

  /* As when blocked: first in line, then the release. Both may go home meanwhile. */
  first = thr_operation_new (self, &first_type, cancellable, NULL, second);
  g_object_ref (first);
  g_object_ref (second);
  thr_wait_list_lock (&self->line);
  joined = thr_operation_join_unlocked (first, &self->line);
  thr_wait_list_unlock (&self->line);

  levels = free_lock (self, &error);
  if (levels > 0 || !withdraw (self, first, second, error))
    __atomic_fetch_add (&second->waiter.tag, MAX (levels, 1) * TAG_LEVEL, __ATOMIC_RELEASE);
  if (!joined)
    thr_operation_settle (first, NULL);

  g_object_unref (first);
  g_object_unref (second);
}

gboolean
thr_condition_await_end (ThrCondition  *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  ThrOperation *second;
  guint levels;

  if (!thr_operation_finish (self, &second_type, result, error))
    return FALSE;

  second = THR_OPERATION (result);
  levels = get_levels (second);
  if (self->permits != NULL)
    thr_permits_take_over (self->permits, second);
  if (self->has_owner)
    thr_rec_lock_own (THR_REC_LOCK (self->lock), levels);
  else if (self->permits == NULL)
    /* The first level was acquired for it, and its thread enters the others at once. */
    for (guint level = 1; level < levels; level++)
      thr_lockable_acquire (self->lock, NULL);

  if ((second->waiter.tag & TAG_GAVE_UP) != 0)
    return thr_park_to_error (THR_PARK_CANCELLED, error);
  return TRUE;
}
