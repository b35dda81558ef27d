/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "sync/thr-barrier-private.h"

#include <pthread.h>

/* One generation of a barrier after the other:
 *
 *            the last comes            the action has run
 *   FILLING ───────────────► ACTING ─────────────────────► FILLING, the next
 *      │  ▲ reset               │ failed, abort, a party left
 *      ▼  │                     ▼
 *     BROKEN ◄──────────────────┘
 *
 *   B1  come       the party joins the line
 *   B2  come last  without an action everybody is granted here and now, each with its
 *                  place in line as its index; with one the comer becomes the actor
 *   B3  come while the action runs: the party waits in the lobby and belongs to a
 *                  later generation
 *   B4  acted      everybody in line is granted, and the lobby moves up. When that
 *                  makes a whole generation again, its last one is woken to act; an
 *                  operation cannot, so the actor of now acts for it
 *   B5  leave      a party whose time is up, or that is cancelled, breaks the barrier;
 *                  one in the lobby does not, it has not come in yet
 *   B6  break      everybody is granted with BROKEN, also when the action does not return
 *                  because it has ended its thread
 *
 * The line is emptied by who passes or breaks it, under the lock, and not by those who
 * leave: so a thread that comes round again meets an empty line, however long the
 * others take to wake up, and nobody is counted twice.
 *
 * A party leaves WAITING without the lock. Before a generation passes its line is
 * looked through, and one that has been cancelled by then breaks it (B5): whoever
 * cancels and then comes last finds it so. Who leaves after that look, or whose time
 * is up but who has not got the lock, finds with the lock that it was let go all the
 * same: all had come, so a blocked one passes with its index, and an operation
 * reports its cancellation, which no longer breaks anything.
 */

/* What a comer is to do. */
typedef enum {
  WAIT,
  ACT,
  PASS,
  GO_AWAY,       /* the barrier is broken */
  DEADLOCK,
  NEVER_CAME     /* an operation that was cancelled before */
} Role;

/* What is to be done when the lock has been let go. */
typedef struct
{
  ThrWakeBatch  batch;
  gboolean      told;      /* @broken has changed */
  ThrOperation *next;      /* act for it */
} Change;

#define CHANGE_INIT { THR_WAKE_BATCH_INIT, FALSE, NULL }

static void
change_done (ThrBarrier *self,
             Change     *change)
{
  /* First, so that at home the notification comes before the callbacks. */
  if (change->told)
    {
      thr_barrier_tell_broken (self);
      thr_telling_end (&self->telling);
    }
  change->told = FALSE;
  thr_wake_batch_fire (&change->batch);
}

static GError *
make_broken_error (void)
{
  return g_error_new_literal (THR_ERROR, THR_ERROR_BROKEN, _("The barrier is broken"));
}

/* --- Under the lock of the line --- */

static ThrWaitList *
get_list_unlocked (ThrBarrier *self,
                   ThrWaiter  *waiter)
{
  return (gint) waiter->tag == THR_BARRIER_IN_LOBBY ? &self->lobby : &self->line;
}

/* FALSE when the waiter had left by itself; it finds @tag then. */
static gboolean
let_go_unlocked (ThrBarrier *self,
                 ThrWaiter  *waiter,
                 gint        tag,
                 Change     *change)
{
  ThrOperation *operation = waiter->operation;

  thr_wait_list_remove_unlocked (get_list_unlocked (self, waiter), waiter);
  waiter->tag = tag;
  if (!thr_waiter_grant (waiter, &change->batch))
    return FALSE;

  /* Granted, and ours until the batch is fired. */
  if (operation != NULL && tag == THR_BARRIER_BROKEN)
    operation->error = make_broken_error ();
  return TRUE;
}

/* B6. Who waits in the lobby waits on when the barrier is usable again. */
static void
break_unlocked (ThrBarrier *self,
                gboolean    stay_broken,
                Change     *change)
{
  self->generation++;
  if (self->broken != stay_broken)
    {
      self->broken = stay_broken;
      if (!change->told)
        thr_telling_begin (&self->telling);
      change->told = TRUE;
    }

  while (self->line.head != NULL)
    let_go_unlocked (self, self->line.head, THR_BARRIER_BROKEN, change);
  while (stay_broken && self->lobby.head != NULL)
    let_go_unlocked (self, self->lobby.head, THR_BARRIER_BROKEN, change);
}

static gboolean
is_any_cancelled_unlocked (ThrBarrier *self)
{
  for (ThrWaiter *waiter = self->line.head; waiter != NULL; waiter = waiter->next)
    if (thr_waiter_get_state (waiter) == THR_WAITER_CANCELLED)
      return TRUE;

  return FALSE;
}

static void
set_actor_unlocked (ThrBarrier *self,
                    ThrSelf    *thread)
{
  self->actor = thread;
  self->acting = self->generation;
}

static void
pass_unlocked (ThrBarrier *self,
               Change     *change)
{
  gint index = 0;

  self->generation++;
  while (self->line.head != NULL)
    let_go_unlocked (self, self->line.head, index++, change);
}

/* B1, B2, B3. For an operation @operation is set and @waiter is its own. */
static Role
come_unlocked (ThrBarrier   *self,
               ThrWaiter    *waiter,
               ThrOperation *operation,
               Change       *change)
{
  gboolean in_lobby = self->actor != NULL;

  if (self->broken)
    return GO_AWAY;
  if (in_lobby && operation == NULL && self->actor == waiter->self)
    return DEADLOCK;

  if (in_lobby || self->line.length + 1 < (guint) self->parties)
    {
      ThrWaitList *list = in_lobby ? &self->lobby : &self->line;

      waiter->tag = in_lobby ? THR_BARRIER_IN_LOBBY : THR_BARRIER_IN_LINE;
      if (operation == NULL)
        thr_wait_list_push_unlocked (list, waiter);
      else if (!thr_operation_join_unlocked (operation, list))
        return NEVER_CAME;
      return WAIT;
    }

  if (is_any_cancelled_unlocked (self))
    {
      break_unlocked (self, TRUE, change);
      return GO_AWAY;
    }

  /* From here on the operation is granted, and a cancellation changes nothing. */
  if (operation != NULL && !thr_waiter_leave (waiter, THR_WAITER_GRANTED))
    return NEVER_CAME;
  if (self->action != NULL)
    {
      set_actor_unlocked (self, thr_self_get ());
      return ACT;
    }

  waiter->tag = self->parties - 1;
  pass_unlocked (self, change);
  return PASS;
}

/* B4, for the last one of a generation that came together in the lobby. */
static void
appoint_unlocked (ThrBarrier *self,
                  ThrWaiter  *waiter,
                  Change     *change)
{
  ThrOperation *operation = waiter->operation;
  ThrSelf *thread = waiter->self;

  if (operation == NULL)
    {
      if (let_go_unlocked (self, waiter, THR_BARRIER_ACTS, change))
        set_actor_unlocked (self, thread);
      return;
    }

  thr_wait_list_remove_unlocked (&self->lobby, waiter);
  if (thr_waiter_leave (waiter, THR_WAITER_GRANTED))
    {
      set_actor_unlocked (self, thr_self_get ());
      change->next = operation;
    }
}

/* B4: the lobby moves up. */
static void
move_up_unlocked (ThrBarrier *self,
                  Change     *change)
{
  ThrWaiter *waiter;

  while (self->actor == NULL && (waiter = self->lobby.head) != NULL)
    {
      if (self->line.length + 1 == (guint) self->parties)
        {
          appoint_unlocked (self, waiter, change);
          continue;
        }

      thr_wait_list_remove_unlocked (&self->lobby, waiter);
      /* One that has left is on its way here; it has not come in. */
      if (thr_waiter_get_state (waiter) != THR_WAITER_WAITING)
        continue;
      waiter->tag = THR_BARRIER_IN_LINE;
      thr_wait_list_push_unlocked (&self->line, waiter);
    }
}

/* --- Acting --- */

typedef struct
{
  ThrBarrier   *barrier;
  ThrOperation *operation;   /* that is acted for, or NULL */
} Acting;

/* B6: the action has ended its thread (thr_exit_thread(), or an interpreter that goes). */
static void
unwound_cb (gpointer data)
{
  Acting *acting = data;
  ThrBarrier *self = acting->barrier;
  Change change = CHANGE_INIT;

  thr_wait_list_lock (&self->line);
  self->actor = NULL;
  break_unlocked (self, TRUE, &change);
  thr_wait_list_unlock (&self->line);
  change_done (self, &change);

  if (acting->operation != NULL)
    {
      acting->operation->error = make_broken_error ();
      thr_operation_post (acting->operation);
    }
  /* What the wait held, which does not return. */
  g_object_unref (self);
}

static gboolean
run_action (ThrBarrier    *self,
            ThrOperation  *operation,
            GError       **error)
{
  Acting acting = { self, operation };
  GError *local_error = NULL;
  gboolean success;

  pthread_cleanup_push (unwound_cb, &acting);
  success = self->action (self, self->user_data, &local_error);
  pthread_cleanup_pop (FALSE);

  if (success && local_error == NULL)
    return TRUE;

  if (local_error == NULL)
    local_error = g_error_new_literal (THR_ERROR, THR_ERROR_NO_RESULT,
                                       _("The action of the barrier failed without saying why: "
                                         "it returned FALSE and set no error"));
  g_propagate_error (error, local_error);
  return FALSE;
}

/* The caller is the actor. Afterwards change->next may be an operation to act for. */
static gboolean
act_once (ThrBarrier    *self,
          ThrOperation  *operation,
          Change        *change,
          GError       **error)
{
  gboolean success, failed;

  /* Broken or reset since this thread was appointed: then there is nobody to act for. */
  thr_wait_list_lock (&self->line);
  success = self->generation == self->acting;
  thr_wait_list_unlock (&self->line);

  failed = success && !run_action (self, operation, error);

  thr_wait_list_lock (&self->line);
  self->actor = NULL;
  if (self->generation != self->acting)
    success = FALSE;
  else if (failed || is_any_cancelled_unlocked (self))
    {
      success = FALSE;
      break_unlocked (self, TRUE, change);
    }
  else
    pass_unlocked (self, change);
  move_up_unlocked (self, change);
  thr_wait_list_unlock (&self->line);

  if (!success && !failed)
    g_propagate_error (error, make_broken_error ());
  change_done (self, change);
  return success;
}

/* Each of them is granted already, and this thread's to deliver. */
static void
act_for_operations (ThrBarrier *self,
                    Change     *change)
{
  while (change->next != NULL)
    {
      ThrOperation *operation = g_steal_pointer (&change->next);

      operation->waiter.tag = self->parties - 1;
      act_once (self, operation, change, &operation->error);
      thr_operation_post (operation);
    }
}

static gboolean
act (ThrBarrier  *self,
     gint        *index,
     GError     **error)
{
  Change change = CHANGE_INIT;
  gboolean success = act_once (self, NULL, &change, error);

  act_for_operations (self, &change);
  *index = self->parties - 1;
  return success;
}

/* --- Blocked --- */

typedef enum {
  LEFT,          /* by its own reason */
  LET_GO,        /* by what the tag says */
  BACK_IN_LINE   /* park again */
} Leaving;

/* B5. The waiter has left WAITING by itself. */
static Leaving
leave_unlocked (ThrBarrier *self,
                ThrWaiter  *waiter,
                ThrPark     park,
                Change     *change)
{
  gint tag = waiter->tag;

  if (!waiter->linked)
    return tag >= 0 || (tag == THR_BARRIER_BROKEN && park == THR_PARK_INTERRUPTED)
      ? LET_GO : LEFT;

  if (park == THR_PARK_INTERRUPTED && tag == THR_BARRIER_IN_LINE && self->actor != NULL)
    {
      /* All have come and the action runs: going away now, to come again after the
       * handler, would break the barrier. The handler has to wait for the action. */
      __atomic_store_n (&waiter->state, THR_WAITER_WAITING, __ATOMIC_RELEASE);
      return BACK_IN_LINE;
    }

  thr_wait_list_remove_unlocked (get_list_unlocked (self, waiter), waiter);
  if (tag == THR_BARRIER_IN_LINE && park != THR_PARK_INTERRUPTED)
    break_unlocked (self, TRUE, change);
  return LEFT;
}

/* Returns TRUE when the tag says how it went; FALSE with an error or an interrupt. */
static gboolean
park (ThrBarrier   *self,
      ThrWaiter    *waiter,
      ThrDeadline   deadline,
      GError      **error)
{
  for (;;)
    {
      ThrPark why = thr_waiter_park (waiter, deadline);
      Change change = CHANGE_INIT;
      Leaving leaving;

      /* The stale token of an earlier wait. */
      if (why == THR_PARK_NUDGED)
        continue;
      if (why == THR_PARK_GRANTED)
        return TRUE;

      thr_wait_list_lock (&self->line);
      leaving = leave_unlocked (self, waiter, why, &change);
      thr_wait_list_unlock (&self->line);
      change_done (self, &change);

      if (leaving == LEFT)
        return thr_park_to_error (why, error);
      if (leaving == LET_GO)
        return TRUE;
      /* A cancellation meanwhile found the waiter gone. */
      if (g_cancellable_is_cancelled (waiter->cancellable))
        thr_waiter_leave (waiter, THR_WAITER_CANCELLED);
    }
}

static gboolean
role_to_error (Role     role,
               GError **error)
{
  if (role == DEADLOCK)
    g_set_error_literal (error, THR_ERROR, THR_ERROR_DEADLOCK,
                         _("The action of a barrier cannot wait for the same barrier"));
  else
    g_propagate_error (error, make_broken_error ());
  return FALSE;
}

static gboolean
obey_tag (ThrBarrier  *self,
          gint         tag,
          gint        *index,
          GError     **error)
{
  if (tag == THR_BARRIER_ACTS)
    return act (self, index, error);
  if (tag == THR_BARRIER_BROKEN)
    return role_to_error (GO_AWAY, error);

  *index = tag;
  return TRUE;
}

gboolean
thr_barrier_wait_until (ThrBarrier    *self,
                        ThrDeadline    deadline,
                        GCancellable  *cancellable,
                        gint          *index_,
                        GError       **error)
{
  Change change = CHANGE_INIT;
  ThrWaiter waiter;
  Role role;
  gboolean success = TRUE;
  gint tag;

  thr_waiter_begin (&waiter, cancellable);
  thr_wait_list_lock (&self->line);
  role = come_unlocked (self, &waiter, NULL, &change);
  thr_wait_list_unlock (&self->line);
  change_done (self, &change);

  if (role == WAIT)
    {
      thr_waiter_spin (&waiter);
      success = park (self, &waiter, deadline, error);
    }
  thr_waiter_end (&waiter);
  tag = waiter.tag;

  if (!success)
    return FALSE;
  if (role == WAIT || role == PASS)
    return obey_tag (self, tag, index_, error);
  if (role == ACT)
    return act (self, index_, error);
  return role_to_error (role, error);
}

/* --- Awaited --- */

void
thr_barrier_await (ThrBarrier   *self,
                   ThrOperation *operation)
{
  Change change = CHANGE_INIT;
  GError *error = NULL;
  Role role;

  thr_wait_list_lock (&self->line);
  /* Cancelled before, or nobody to hear of it: such a one does not come at all. */
  role = thr_waiter_get_state (&operation->waiter) != THR_WAITER_WAITING
    ? NEVER_CAME
    : come_unlocked (self, &operation->waiter, operation, &change);
  thr_wait_list_unlock (&self->line);
  change_done (self, &change);

  switch (role)
    {
    case WAIT:
      break;
    case PASS:
      thr_operation_post (operation);
      break;
    case ACT:
      change.next = operation;
      act_for_operations (self, &change);
      break;
    case GO_AWAY:
    case DEADLOCK:
    case NEVER_CAME:
    default:
      if (role != NEVER_CAME)
        role_to_error (role, &error);
      thr_operation_settle (operation, error);
    }
}

void
thr_barrier_leave (ThrObject *source,
                   ThrWaiter *waiter)
{
  ThrBarrier *self = THR_BARRIER (source);
  Change change = CHANGE_INIT;

  thr_wait_list_lock (&self->line);
  leave_unlocked (self, waiter, THR_PARK_CANCELLED, &change);
  thr_wait_list_unlock (&self->line);
  change_done (self, &change);
}

/* --- From outside --- */

void
thr_barrier_break (ThrBarrier *self,
                   gboolean    stay_broken)
{
  Change change = CHANGE_INIT;

  thr_wait_list_lock (&self->line);
  break_unlocked (self, stay_broken, &change);
  thr_wait_list_unlock (&self->line);
  change_done (self, &change);
}
