/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "sync/thr-permits-line-private.h"

#include "base/thr-chaos-private.h"
#include "base/thr-debug-private.h"
#include "base/thr-error.h"
#include "base/thr-i18n-private.h"

/* The word is a count of free permits and these flags:
 *
 *   HAS_WAITERS  the line is not empty
 *   NUDGED       the first in line was woken to try for itself, and has not yet
 *   STARVING     the first in line tried in vain after a turn: hand over
 *   AWAITED      the only permit belongs to an operation that is not finished
 *   WATCHED      takers and putters have somebody to tell: signals, debugging
 *   REFUSED      made with a count that cannot be; nothing works
 *   RESERVED     one thread alone has used it yet: none of what follows is true
 *                before it is gone (thr-permits-share.c)
 *
 * The count changes by compare-and-swap at any time. The flags but WATCHED and
 * REFUSED change only under the lock of the line, so a thread that holds it knows
 * them, and the count may move under its hands.
 *
 *   T1  n ──► n − 1             take: n > 0. Also past a line (barging)
 *   T2  n ──► n + 1             put: nobody waits, or the first is NUDGED, not
 *                               STARVING, and there is nothing for it yet (n = 0)
 *   T3  0 ──► 0 HAS_WAITERS     join the line, in the same swap that sees the 0
 *   T4  n ──► n + 1, NUDGED     put: the first is young, is woken and stays in line
 *   T5  n ──► n                 put: the permit goes to the first in line itself
 *                               (hand-over): it is awaiting, or STARVING, or the turn
 *                               of those who pass it is over, or it was NUDGED and
 *                               still has a permit to take (then the next is nudged),
 *                               or several are put
 *   T6  n NUDGED ──► n − 1      the nudged takes and leaves; what is left: T8
 *   T7  0 NUDGED ──► 0          the nudged came too late and sleeps again: STARVING
 *                               when the turn is over. Who came late before keeps
 *                               NUDGED and naps, for no longer than it has been first
 *   T8  n ──► n NUDGED          somebody left the front and n > 0: the next is told
 *   T9  last one leaves: HAS_WAITERS, NUDGED and STARVING go
 *
 * What holds whenever the lock of the line is free: n > 0 and a line that is not
 * empty means NUDGED, and NUDGED means that the first in line will come for the
 * lock of the line once more, be it to take, to sleep again or to leave. So no
 * permit lies idle while somebody sleeps for it. T2 without the lock is right
 * because T7 is a swap of the whole word: it fails when the put came first, and
 * then finds the permit; when it came first the put fails and comes back with the
 * lock.
 *
 * Barging is for throughput: a thread that is running takes what it finds, where
 * a hand-over would cost everybody the 20 µs that the sleeper needs to wake up.
 * Hand-over is for fairness: after a turn nobody passes the first any more. Naps are
 * for throughput again: to wake somebody costs the waker several sections, and who was
 * passed twice will be passed until the turn is over. As it naps with a limit, it looks
 * for itself, and is awake to be handed the permit when the turn ends.
 */

/* A turn: for how long others may pass the first in line. In a long line turns are
 * shorter, so that the last one is reached in LINE_US. */
#define TURN_US 1000
#define LINE_US 8000

static inline gint64
count_of (guint64 word)
{
  return (gint64) (word >> THR_PERMITS_SHIFT);
}

/* --- Telling --- */

static void
emit (ThrPermits *self,
      guint       signal_id)
{
  thr_mailbox_emit (thr_object_get_mailbox (self->source), THR_RANK_SIGNAL, signal_id);
  thr_object_post_bits (self->source, self->type->count_bits);
}

static gboolean
emits_signals (ThrPermits *self)
{
  return __atomic_load_n (&self->emit_signals, __ATOMIC_RELAXED);
}

void
thr_permits_remember_holder (ThrPermits *self)
{
  if (self->type->exclusive && THR_DEBUG_ENABLED (THR_DEBUG_LOCKS))
    thr_debug_lock_acquired (self->source);
}

/* By the taker, before it can have put anything back. */
void
thr_permits_tell_taken (ThrPermits *self)
{
  if (!thr_permits_is_watched (self))
    return;

  if (emits_signals (self))
    emit (self, self->type->acquired_signal);
  thr_permits_remember_holder (self);
}

/* With no lock held. An operation's permit is taken by whoever grants it, so the
 * signal is posted here, before its callback can be; a thread tells of its own. */
void
thr_permits_change_done (ThrPermits       *self,
                         ThrPermitsChange *change)
{
  if (change->n_operations > 0 && thr_permits_is_watched (self) && emits_signals (self))
    for (guint i = 0; i < change->n_operations; i++)
      emit (self, self->type->acquired_signal);

  THR_CHAOS ();
  thr_wake_batch_fire (&change->batch);
}

/* --- The line; under its lock --- */

void
thr_permits_unlink_unlocked (ThrPermits *self,
                             ThrWaiter  *waiter)
{
  gboolean was_first = self->line.head == waiter;
  guint64 gone = 0;

  if (!waiter->linked)
    return;

  thr_wait_list_remove_unlocked (&self->line, waiter);
  if (self->at_home == waiter)
    self->at_home = NULL;

  /* T9, and the new first in line has not been told anything yet. */
  if (was_first)
    gone = THR_PERMITS_NUDGED | THR_PERMITS_STARVING;
  if (self->line.head == NULL)
    gone |= THR_PERMITS_HAS_WAITERS;
  if (gone != 0)
    __atomic_fetch_and (&self->word, ~gone, __ATOMIC_RELAXED);
}

/* The first in line that still waits. Others have been cancelled or timed out and
 * are on their way to the lock of the line. */
static ThrWaiter *
first_unlocked (ThrPermits *self)
{
  while (self->line.head != NULL &&
         thr_waiter_get_state (self->line.head) != THR_WAITER_WAITING)
    thr_permits_unlink_unlocked (self, self->line.head);

  return self->line.head;
}

/* When the turn of those who pass @first ends. It begins when the one before was
 * served, and not when @first came: in a line that is older than a turn everybody would
 * be handed the permit for one section each, which is the price of fairness at every
 * release instead of once in a turn. */
gint64
thr_permits_turn_end_unlocked (ThrPermits *self,
                               ThrWaiter  *first)
{
  return MAX (first->since, self->turn_began) +
         MIN (TURN_US, LINE_US / (gint64) self->line.length);
}

static gboolean
must_hand_over_unlocked (ThrPermits *self,
                         ThrWaiter  *first)
{
  /* An operation cannot try for itself. */
  return first->operation != NULL ||
         (thr_permits_load_word (self) & THR_PERMITS_STARVING) != 0 ||
         g_get_monotonic_time () >= thr_permits_turn_end_unlocked (self, first);
}

/* The permit of an exclusive one is now the operation's until it is finished at
 * home. If the home's thread sleeps in this line for ever, that never happens. */
static void
own_by_operation_unlocked (ThrPermits       *self,
                           ThrOperation     *operation,
                           ThrPermitsChange *change)
{
  if (!self->type->exclusive)
    return;

  self->awaited = operation;
  __atomic_fetch_or (&self->word, THR_PERMITS_AWAITED, __ATOMIC_RELAXED);
  if (self->at_home != NULL)
    thr_waiter_nudge (self->at_home, &change->batch);
}

/* T5: gives @n permits that are in no count any more to the first in line. Returns
 * how many found nobody. */
static gint64
hand_over_unlocked (ThrPermits       *self,
                    gint64            n,
                    ThrPermitsChange *change)
{
  ThrWaiter *first;

  while (n > 0 && (first = self->line.head) != NULL)
    {
      ThrOperation *operation = first->operation;

      thr_permits_unlink_unlocked (self, first);
      THR_CHAOS ();
      if (!thr_waiter_grant (first, &change->batch))
        continue;

      n--;
      self->turn_began = g_get_monotonic_time ();
      if (operation != NULL)
        {
          change->n_operations++;
          own_by_operation_unlocked (self, operation, change);
        }
    }

  return n;
}

/* T8, or T5 with a permit from the count: restores what must hold when the lock is
 * let go. */
void
thr_permits_serve_unlocked (ThrPermits       *self,
                            ThrPermitsChange *change)
{
  ThrWaiter *first;

  while ((first = first_unlocked (self)) != NULL)
    {
      guint64 word = thr_permits_load_word (self);

      if (word < THR_PERMITS_ONE || (word & THR_PERMITS_NUDGED) != 0)
        return;

      THR_CHAOS ();
      if (!must_hand_over_unlocked (self, first))
        {
          /* A barger may empty the count meanwhile: then the nudge is one in vain,
           * and T7 will find it so. */
          __atomic_fetch_or (&self->word, THR_PERMITS_NUDGED, __ATOMIC_RELAXED);
          thr_waiter_nudge (first, &change->batch);
          return;
        }

      if (thr_permits_swap_taking (self, &word, word - THR_PERMITS_ONE) &&
          hand_over_unlocked (self, 1, change) > 0)
        __atomic_fetch_add (&self->word, THR_PERMITS_ONE, __ATOMIC_RELEASE);
    }
}

/* --- Putting --- */

static gboolean
would_fit (ThrPermits *self,
           guint64     word,
           gint64      n)
{
  return n <= self->limit - count_of (word);
}

/* How many of @n go to the line directly, and not through the count. */
static gint64
share_of_line_unlocked (ThrPermits *self,
                        guint64     word,
                        gint64      n)
{
  ThrWaiter *first = first_unlocked (self);

  if (first == NULL)
    return 0;
  if (n == 1 && count_of (word) == 0 && !must_hand_over_unlocked (self, first))
    return 0;
  return MIN (n, (gint64) self->line.length);
}

static ThrPut
put_in_line (ThrPermits       *self,
             gint64            n,
             ThrPermitsChange *change)
{
  guint64 word;
  gint64 share;

  thr_wait_list_lock (&self->line);

  word = thr_permits_load_word (self);
  for (;;)
    {
      guint64 next;

      if (!would_fit (self, word, n))
        {
          thr_wait_list_unlock (&self->line);
          return THR_PUT_TOO_MANY;
        }

      share = share_of_line_unlocked (self, word, n);
      /* That may have unlinked somebody. */
      word = thr_permits_load_word (self);
      /* Without NUDGED nobody puts by T2 while the share is under way, so what comes
       * back of it still fits. */
      next = word & ~(THR_PERMITS_NUDGED | THR_PERMITS_AWAITED);
      next += (guint64) (n - share) << THR_PERMITS_SHIFT;
      THR_CHAOS ();
      if (would_fit (self, word, n) && thr_permits_swap_putting (self, &word, next))
        break;
    }

  self->awaited = NULL;
  share = hand_over_unlocked (self, share, change);
  if (share > 0)
    __atomic_fetch_add (&self->word, (guint64) share << THR_PERMITS_SHIFT, __ATOMIC_RELEASE);
  thr_permits_serve_unlocked (self, change);

  thr_wait_list_unlock (&self->line);
  return THR_PUT_DONE;
}

/* Whether T2 will do. */
static gboolean
can_put_unseen (guint64 word,
                gint64  n)
{
  if ((word & THR_PERMITS_AWAITED) != 0)
    return FALSE;
  if ((word & THR_PERMITS_HAS_WAITERS) == 0)
    return TRUE;
  return n == 1 && word < THR_PERMITS_ONE &&
         (word & (THR_PERMITS_NUDGED | THR_PERMITS_STARVING)) == THR_PERMITS_NUDGED;
}

static ThrPut
put (ThrPermits       *self,
     gint64            n,
     ThrPermitsChange *change)
{
  guint64 word = thr_permits_load_word (self);

  for (;;)
    {
      if ((word & THR_PERMITS_REFUSED) != 0)
        return THR_PUT_REFUSED;
      if (!can_put_unseen (word, n))
        return put_in_line (self, n, change);
      if (!would_fit (self, word, n))
        return THR_PUT_TOO_MANY;
      THR_CHAOS ();
      if (thr_permits_swap_putting (self, &word, word + ((guint64) n << THR_PERMITS_SHIFT)))
        return THR_PUT_DONE;
    }
}

/* “released” is posted before anybody can take the permit, or its “acquired” might
 * come first; and only when the put is sure to succeed. Puts that are watched go
 * one by one, and takers only make room, so it is. */
static ThrPut
put_watched (ThrPermits       *self,
             gint64            n,
             ThrPermitsChange *change)
{
  guint64 word;
  ThrPut result;

  g_mutex_lock (&self->order);
  word = thr_permits_load_word (self);
  if ((word & THR_PERMITS_REFUSED) == 0 && would_fit (self, word, n) && emits_signals (self))
    emit (self, self->type->released_signal);
  result = put (self, n, change);
  g_mutex_unlock (&self->order);

  return result;
}

ThrPut
thr_permits_put_and_tell (ThrPermits *self,
                          gint64      n)
{
  ThrPermitsChange change = THR_PERMITS_CHANGE_INIT;
  ThrPut result;

  thr_permits_share (self);
  if (thr_permits_is_watched (self))
    result = put_watched (self, n, &change);
  else
    result = put (self, n, &change);
  thr_permits_change_done (self, &change);

  return result;
}

gboolean
thr_permits_put_to_error (ThrPermits  *self,
                          ThrPut       result,
                          GError     **error)
{
  switch (result)
    {
    case THR_PUT_DONE:
      return TRUE;
    case THR_PUT_REFUSED:
      g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                           _("The semaphore was made with a value that is out of range"));
      return FALSE;
    case THR_PUT_TOO_MANY:
    default:
      if (self->type->exclusive)
        g_set_error_literal (error, THR_ERROR, THR_ERROR_NOT_HELD,
                             _("The lock is not held by anybody"));
      else
        g_set_error_literal (error, THR_ERROR, THR_ERROR_OVERFLOW,
                             _("The semaphore has been released too many times"));
      return FALSE;
    }
}

gboolean
thr_permits_release (ThrPermits  *self,
                     gint64       n,
                     GError     **error)
{
  ThrPut result = thr_permits_put_and_tell (self, n);

  if (result == THR_PUT_DONE && self->type->exclusive && THR_DEBUG_ENABLED (THR_DEBUG_LOCKS))
    thr_debug_lock_released (self->source);

  return thr_permits_put_to_error (self, result, error);
}

/* --- The rest --- */

void
thr_permits_init (ThrPermits           *self,
                  gpointer              source,
                  const ThrPermitsType *type,
                  gint64                count,
                  gint64                limit)
{
  guint64 word;

  self->source = source;
  self->type = type;
  self->limit = limit;
  thr_wait_list_init (&self->line);
  g_mutex_init (&self->order);

  if (count < 0 || count > limit)
    word = THR_PERMITS_REFUSED;
  else
    word = (guint64) count << THR_PERMITS_SHIFT;
  if (type->exclusive && THR_DEBUG_ENABLED (THR_DEBUG_LOCKS))
    word |= THR_PERMITS_WATCHED;
  self->word = thr_permits_reserve (self, word);
}

/* Held or not: whoever holds a permit of an object that is gone has nothing to
 * give back. Nobody waits, since waiters hold the object. */
void
thr_permits_clear (ThrPermits *self)
{
  if (self->type->exclusive && THR_DEBUG_ENABLED (THR_DEBUG_LOCKS))
    thr_debug_lock_gone (self->source);

  thr_wait_list_clear (&self->line);
  g_mutex_clear (&self->order);
}

guint
thr_permits_get_n_waiters (ThrPermits *self)
{
  guint n;

  thr_wait_list_lock (&self->line);
  n = self->line.length;
  thr_wait_list_unlock (&self->line);

  return n;
}

gboolean
thr_permits_get_emit_signals (ThrPermits *self)
{
  return emits_signals (self);
}

gboolean
thr_permits_set_emit_signals (ThrPermits *self,
                              gboolean    emit_signals)
{
  gboolean changed;

  emit_signals = !!emit_signals;

  /* Under a lock, so that two setters cannot leave the flag and the bit apart. */
  thr_wait_list_lock (&self->line);
  thr_permits_share_unlocked (self);
  changed = self->emit_signals != emit_signals;
  __atomic_store_n (&self->emit_signals, emit_signals, __ATOMIC_RELAXED);
  if (emit_signals)
    __atomic_fetch_or (&self->word, THR_PERMITS_WATCHED, __ATOMIC_RELAXED);
  else if (!self->type->exclusive || !THR_DEBUG_ENABLED (THR_DEBUG_LOCKS))
    __atomic_fetch_and (&self->word, ~THR_PERMITS_WATCHED, __ATOMIC_RELAXED);
  thr_wait_list_unlock (&self->line);

  return changed;
}
