/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "sync/thr-permits-line-private.h"

#include "base/thr-chaos-private.h"
#include "base/thr-debug-private.h"
#include "base/thr-error.h"
#include "base/thr-i18n-private.h"
#include "base/thr-spin-private.h"
#include "sync/thr-permits-fast-private.h"

/* Taking a permit, in the three forms. The transitions are those of thr-permits.c.
 */

/* All that a spinning taker of a lock pauses. */
#define EXCLUSIVE_PAUSES 80

/* Between two looks of one that takes from a semaphore, at the most. */
#define MAX_STEP 8

/* Who came too late so often is being passed by all the time, and naps. */
#define LATE_OFTEN 2
#define NAP_MIN_US 20

/* T1 */
static gboolean
take (ThrPermits *self)
{
  guint64 word = thr_permits_load_word (self);

  THR_CHAOS ();
  while (word >= THR_PERMITS_ONE)
    if (thr_permits_swap_taking (self, &word, word - THR_PERMITS_ONE))
      return TRUE;

  return FALSE;
}

/* --- Taking, blocked --- */

static gboolean
is_stuck_unlocked (ThrPermits      *self,
                   ThrPermitsTaker *taker)
{
  return taker->at_home && (thr_permits_load_word (self) & THR_PERMITS_AWAITED) != 0 &&
         thr_operation_get_home (self->awaited) == thr_object_get_home (self->source);
}

/* T1 or T3. Returns whether it took. */
static gboolean
join (ThrPermits      *self,
      ThrPermitsTaker *taker)
{
  gboolean taken = FALSE;
  guint64 word;

  thr_wait_list_lock (&self->line);
  thr_permits_share_unlocked (self);

  word = thr_permits_load_word (self);
  for (;;)
    {
      guint64 next = word >= THR_PERMITS_ONE ? word - THR_PERMITS_ONE
                                             : word | THR_PERMITS_HAS_WAITERS;

      taken = word >= THR_PERMITS_ONE;
      THR_CHAOS ();
      /* In one swap: a put that comes later sees the line, one that came before
       * makes this fail. */
      if (thr_permits_swap_taking (self, &word, next))
        break;
    }

  if (!taken)
    {
      /* Linked even when it is stuck: one way out for all. */
      thr_wait_list_push_unlocked (&self->line, &taker->waiter);
      if (taker->at_home)
        self->at_home = &taker->waiter;
      taker->deadlock = is_stuck_unlocked (self, taker);
    }

  thr_wait_list_unlock (&self->line);
  return taken;
}

/* What the first in line makes of a count of 0: the flag of T7. */
static guint64
come_late_unlocked (ThrPermits      *self,
                    ThrPermitsTaker *taker)
{
  gint64 now = g_get_monotonic_time ();
  gint64 began = MAX (taker->waiter.since, self->turn_began);
  gint64 end = thr_permits_turn_end_unlocked (self, &taker->waiter);

  if (now >= end)
    {
      taker->is_next = TRUE;
      return THR_PERMITS_STARVING;
    }
  /* For others a put is news, and not only the end of somebody's section. */
  if (!self->type->exclusive || ++taker->n_late < LATE_OFTEN)
    return 0;

  taker->nap_end = MIN (end, now + MAX (now - began, NAP_MIN_US));
  return THR_PERMITS_NUDGED;
}

/* T6 or T7. */
static gboolean
take_as_first_unlocked (ThrPermits      *self,
                        ThrPermitsTaker *taker)
{
  guint64 word = thr_permits_load_word (self);
  guint64 late = 0;
  gboolean is_late = FALSE;

  for (;;)
    {
      guint64 next;

      if (word >= THR_PERMITS_ONE)
        {
          next = word - THR_PERMITS_ONE;
        }
      else
        {
          if (!is_late)
            late = come_late_unlocked (self, taker);
          is_late = TRUE;
          next = (word & ~THR_PERMITS_NUDGED) | late;
        }

      THR_CHAOS ();
      /* Pairs with T2, which looks at NUDGED in the word that it swaps. */
      if (thr_permits_swap_taking (self, &word, next))
        return word >= THR_PERMITS_ONE;
    }
}

/* After a nudge, which may also be an old token of this thread. */
static gboolean
try_again (ThrPermits      *self,
           ThrPermitsTaker *taker)
{
  ThrPermitsChange change = THR_PERMITS_CHANGE_INIT;
  gboolean taken = FALSE;

  taker->nap_end = THR_DEADLINE_NEVER;
  taker->is_next = FALSE;
  thr_wait_list_lock (&self->line);
  /* Not linked: granted meanwhile, which the next park will say. */
  if (taker->waiter.linked)
    {
      taker->deadlock = is_stuck_unlocked (self, taker);
      if (!taker->deadlock && self->line.head == &taker->waiter)
        taken = take_as_first_unlocked (self, taker);
      if (taken)
        {
          thr_permits_unlink_unlocked (self, &taker->waiter);
          self->turn_began = g_get_monotonic_time ();
          thr_permits_serve_unlocked (self, &change);
        }
    }
  thr_wait_list_unlock (&self->line);

  thr_permits_change_done (self, &change);
  return taken;
}

/* A waiter that goes without a permit may have been nudged for one, and may have
 * stood in the way of the next. */
static void
leave_line (ThrPermits *self,
            ThrWaiter  *waiter)
{
  ThrPermitsChange change = THR_PERMITS_CHANGE_INIT;

  thr_wait_list_lock (&self->line);
  thr_permits_unlink_unlocked (self, waiter);
  thr_permits_serve_unlocked (self, &change);
  thr_wait_list_unlock (&self->line);

  thr_permits_change_done (self, &change);
}

/* Whether the wait of @taker, which stands in line, can never end. An edge is left
 * behind when it is not known to. */
static gboolean
is_hopeless (ThrPermits   *self,
             ThrWaitEdge  *edge,
             GError      **error)
{
  gboolean is_dead;

  thr_owner_get (&self->owner, &is_dead);
  if (!is_dead)
    return !thr_wait_graph_enter (edge, error);

  g_set_error_literal (error, THR_ERROR, THR_ERROR_DEADLOCK,
                       _("The thread that holds the lock has ended without releasing it"));
  return TRUE;
}

static ThrPark
wait_in_line (ThrPermits      *self,
              ThrPermitsTaker *taker)
{
  for (;;)
    {
      ThrPark park;

      if (taker->deadlock)
        {
          /* A grant may have been faster; then it was not a deadlock after all. */
          if (thr_waiter_leave (&taker->waiter, THR_WAITER_TIMED_OUT))
            {
              leave_line (self, &taker->waiter);
              return THR_PARK_TIMED_OUT;
            }
          taker->deadlock = FALSE;
        }

      /* Awake to be handed the permit, where sections are short. */
      if (taker->is_next)
        thr_waiter_spin (&taker->waiter);
      park = thr_waiter_nap (&taker->waiter, taker->deadline, taker->nap_end);
      if (park == THR_PARK_GRANTED)
        return park;

      if (park != THR_PARK_NUDGED)
        {
          leave_line (self, &taker->waiter);
          return park;
        }

      if (try_again (self, taker))
        return THR_PARK_GRANTED;
    }
}

/* A short exponential back-off: the holder may be about to leave, and sleeping
 * costs far more than looking again. */
static gboolean
spin_for (ThrPermits *self,
          guint       pauses,
          guint       max_step)
{
  for (guint step = 1; pauses > 0; step = MIN (step * 2, MIN (pauses, max_step)))
    {
      for (guint i = 0; i < step; i++)
        thr_spin_pause ();
      pauses -= step;
      if (take (self))
        return TRUE;
    }

  return FALSE;
}

/* A lock is held for a moment, so a fixed time is right, and few looks, since each
 * costs the holder its cache line. A semaphore may tell of work that takes any time. */
static gboolean
spin (ThrPermits *self)
{
  ThrSelf *me;
  guint pauses;
  gboolean taken;

  if (!thr_spin_pays ())
    return FALSE;
  if (self->type->exclusive)
    return spin_for (self, EXCLUSIVE_PAUSES, EXCLUSIVE_PAUSES);

  me = thr_self_get ();
  pauses = thr_spin_begin (me);
  taken = spin_for (self, pauses, MAX_STEP);
  thr_spin_end (me, pauses, !taken);
  return taken;
}

/* The same as an edge of the wait graph, where it is one. */
static ThrPark
wait_as_edge (ThrPermits      *self,
              ThrPermitsTaker *taker,
              gboolean         is_edge,
              GError         **error)
{
  ThrWaitEdge edge = { THR_EDGE_LOCK, &taker->waiter, self->source, self->type->get_owner };
  ThrPark park;

  if (!is_edge)
    return wait_in_line (self, taker);

  if (is_hopeless (self, &edge, error))
    {
      taker->deadlock = TRUE;
      park = wait_in_line (self, taker);
      /* A grant that was faster: there was hope. */
      if (!taker->deadlock)
        g_clear_error (error);
      return park;
    }

  park = wait_in_line (self, taker);
  thr_wait_graph_leave (&edge);
  return park;
}

static void
taker_begin (ThrPermitsTaker *taker,
             ThrPermits      *permits,
             ThrDeadline      deadline,
             GCancellable    *cancellable)
{
  gboolean is_endless = deadline == THR_DEADLINE_NEVER && cancellable == NULL;

  taker->deadline = deadline;
  taker->at_home = permits->type->exclusive && is_endless &&
                   thr_home_is_mine (thr_object_get_home (permits->source));
  taker->deadlock = FALSE;
  taker->n_late = 0;
  taker->nap_end = THR_DEADLINE_NEVER;
  taker->is_next = FALSE;
  thr_waiter_begin (&taker->waiter, cancellable);
}

/* Takes the graph's @hopeless. */
static gboolean
taker_end (ThrPermitsTaker  *taker,
           ThrPark           park,
           GError           *hopeless,
           GError          **error)
{
  thr_waiter_end (&taker->waiter);

  if (hopeless != NULL)
    {
      g_propagate_error (error, hopeless);
      return FALSE;
    }
  if (taker->deadlock)
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_DEADLOCK,
                           _("The lock was granted to an asynchronous acquire whose callback this "
                             "very thread would have to run"));
      return FALSE;
    }

  return thr_park_to_error (park, error);
}

static gboolean
block (ThrPermits    *self,
       ThrDeadline    deadline,
       GCancellable  *cancellable,
       GError       **error)
{
  gboolean is_edge = deadline == THR_DEADLINE_NEVER && cancellable == NULL &&
                     self->type->get_owner != NULL;
  ThrPermitsTaker taker;
  ThrPark park = THR_PARK_GRANTED;
  GError *hopeless = NULL;

  taker_begin (&taker, self, deadline, cancellable);
  if (!join (self, &taker))
    park = wait_as_edge (self, &taker, is_edge, &hopeless);
  return taker_end (&taker, park, hopeless, error);
}

/* --- Taking, after a wait for something else --- */

void
thr_permits_taker_begin (ThrPermitsTaker *taker,
                         ThrPermits      *permits)
{
  taker_begin (taker, permits, THR_DEADLINE_NEVER, NULL);
}

void
thr_permits_enqueue (ThrPermits       *self,
                     ThrPermitsTaker  *taker,
                     ThrPermitsChange *change)
{
  thr_wait_list_lock (&self->line);
  thr_permits_share_unlocked (self);
  thr_wait_list_push_unlocked (&self->line, &taker->waiter);
  /* As for operations. */
  __atomic_fetch_or (&self->word, THR_PERMITS_HAS_WAITERS, __ATOMIC_RELAXED);
  if (taker->at_home)
    self->at_home = &taker->waiter;
  /* Who sleeps elsewhere looks for itself when it wakes. */
  if (is_stuck_unlocked (self, taker))
    thr_waiter_nudge (&taker->waiter, &change->batch);
  thr_permits_serve_unlocked (self, change);
  thr_wait_list_unlock (&self->line);
}

gboolean
thr_permits_take_after (ThrPermits       *self,
                        ThrPermitsTaker  *taker,
                        gboolean          enqueued,
                        GError          **error)
{
  ThrPark park = THR_PARK_GRANTED;

  /* The token of a nudge may have been taken by the sleep before, so an enqueued one
   * tries before it sleeps again. */
  if (enqueued ? !try_again (self, taker)
               : !take (self) && !spin (self) && !join (self, taker))
    park = wait_in_line (self, taker);
  if (!taker_end (taker, park, NULL, error))
    return FALSE;

  thr_permits_tell_taken (self);
  return TRUE;
}

gboolean
thr_permits_acquire (ThrPermits    *self,
                     gint64         timeout_us,
                     GCancellable  *cancellable,
                     GError       **error)
{
  ThrDeadline deadline;

  if (!thr_deadline_from_timeout (timeout_us, &deadline, error))
    return FALSE;
  if ((thr_permits_load_word (self) & THR_PERMITS_REFUSED) != 0)
    return thr_permits_put_to_error (self, THR_PUT_REFUSED, error);
  if (g_cancellable_is_cancelled (cancellable))
    return thr_park_to_error (THR_PARK_CANCELLED, error);

  /* The user's own way also for one who could wait. Nobody to tell: then it is shared. */
  thr_permits_claim (self);
  if (thr_permits_take_own (self, thr_self_get ()))
    return TRUE;
  thr_permits_share (self);

  if (!take (self))
    {
      if (deadline == THR_DEADLINE_NOW)
        return thr_park_to_error (THR_PARK_TIMED_OUT, error);
      if (!spin (self) && !block (self, deadline, cancellable, error))
        return FALSE;
    }

  thr_permits_tell_taken (self);
  return TRUE;
}

gboolean
thr_permits_try_acquire (ThrPermits *self)
{
  thr_permits_share (self);
  if (!take (self))
    return FALSE;

  thr_permits_tell_taken (self);
  return TRUE;
}

/* --- Taking, awaited --- */

/* An operation cannot try for itself and never passes those who wait: it joins the
 * line whatever the count is, and is served from there. */
gboolean
thr_permits_enqueue_operation (ThrPermits       *self,
                               ThrOperation     *operation,
                               ThrPermitsChange *change)
{
  gboolean joined;

  thr_wait_list_lock (&self->line);
  thr_permits_share_unlocked (self);
  joined = thr_operation_join_unlocked (operation, &self->line);
  THR_CHAOS ();
  if (joined)
    {
      /* A put before this is seen by thr_permits_serve_unlocked(), one after it sees the flag
       * and waits for the lock. */
      __atomic_fetch_or (&self->word, THR_PERMITS_HAS_WAITERS, __ATOMIC_RELAXED);
      thr_permits_serve_unlocked (self, change);
    }
  thr_wait_list_unlock (&self->line);

  return joined;
}

static gboolean
enter (ThrPermits   *self,
       ThrOperation *operation)
{
  ThrPermitsChange change = THR_PERMITS_CHANGE_INIT;
  gboolean joined = thr_permits_enqueue_operation (self, operation, &change);

  thr_permits_change_done (self, &change);
  return joined;
}

void
thr_permits_acquire_async (ThrPermits          *self,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  ThrOperation *operation = thr_operation_new (self->source, &self->type->operation,
                                               cancellable, callback, user_data);
  GError *error = NULL;

  if ((thr_permits_load_word (self) & THR_PERMITS_REFUSED) != 0)
    thr_permits_put_to_error (self, THR_PUT_REFUSED, &error);
  else if (thr_home_is_gone (thr_operation_get_home (operation)))
    /* Nobody will ever be called back: better not to stand in the way at all. */
    thr_park_to_error (THR_PARK_CANCELLED, &error);

  if (error != NULL || !enter (self, operation))
    thr_operation_settle (operation, error);
}

/* Whether the permit is still @operation's; any thread may have released a lock
 * meanwhile. Afterwards nobody will think that it is. */
static gboolean
disown (ThrPermits   *self,
        ThrOperation *operation)
{
  gboolean owned;

  if (!self->type->exclusive)
    return TRUE;

  thr_wait_list_lock (&self->line);
  owned = self->awaited == operation;
  if (owned)
    {
      self->awaited = NULL;
      __atomic_fetch_and (&self->word, ~THR_PERMITS_AWAITED, __ATOMIC_RELAXED);
    }
  thr_wait_list_unlock (&self->line);

  return owned;
}

gboolean
thr_permits_acquire_finish (ThrPermits    *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  if (!thr_operation_finish (self->source, &self->type->operation, result, error))
    return FALSE;

  thr_permits_take_over (self, THR_OPERATION (result));
  return TRUE;
}

void
thr_permits_take_over (ThrPermits   *self,
                       ThrOperation *operation)
{
  disown (self, operation);
  if (thr_permits_is_watched (self))
    thr_permits_remember_holder (self);
}

void
thr_permits_give_back (ThrPermits *self,
                       ThrWaiter  *waiter)
{
  if (disown (self, waiter->operation))
    thr_permits_put_and_tell (self, 1);
}

void
thr_permits_leave (ThrPermits *self,
                   ThrWaiter  *waiter)
{
  leave_line (self, waiter);
}
