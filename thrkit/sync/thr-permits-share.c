/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "sync/thr-permits-line-private.h"

#include "base/thr-chaos-private.h"
#include "sync/thr-permits-fast-private.h"

/* Many locks are only ever used by one thread. Until a second one comes, the first
 * takes and puts without an atomic read-modify-write, which is most of what an
 * uncontended lock costs.
 *
 *   RESERVED, NOBODY ── acquire (claim) ──► RESERVED, a thread
 *          │                                      │
 *          └──────── anything else ───────────────┴─ another thread, or anything but
 *                          │                         take and put by the fast path
 *                          ▼
 *                      EVERYBODY, the count is in the word, for good
 *
 * While RESERVED the count is in ThrPermits.own, and the word holds nothing but that
 * flag, which lets every other fast path fail.
 *
 *   the user                       who makes it everybody's, under the lock of the line
 *   U1  looks at user              S1  user = EVERYBODY
 *   U2  own = new                  S2  a fence for both
 *   U3  looks at user              S3  seen = own
 *                                  S4  the word gets seen
 *
 * S2 falls somewhere between the user's steps. Before U1: it sees EVERYBODY and keeps
 * out. After U3: S3 sees the new count. In between U3 sees EVERYBODY, and whether U2
 * counted is a question of whether S3 saw it: the user asks for the lock of the line,
 * after which seen stands for good, and compares. The old and the new count differ, so
 * that is certain. If it was not seen the user goes the way of everybody; its late
 * write goes to a field that nobody reads any more. So no permit is taken or put twice,
 * and none is lost (tests/models/reserved.pml).
 *
 * Records of threads are used again. The next thread that has the user's is the user,
 * and sees what the last one did, as both had the record from under the same mutex.
 * In a forked child the user may be missing; what it was just doing is either seen or
 * it is not. The idea is that of quickly reacquirable locks (Dice, Moir, Scherer:
 * "Quickly Reacquirable Locks", Sun Microsystems 2003).
 */

/* Taking permits away from their user costs a fence for all processors. Programs that
 * do nothing but that shall not pay for it: so often, then nothing is reserved. */
#define MAX_TAKEN_AWAY 64

int thr_permits_n_taken_away;

guint64
thr_permits_reserve (ThrPermits *self,
                     guint64     word)
{
  self->user = THR_PERMITS_EVERYBODY;
  if ((word & THR_PERMITS_FLAGS) != 0 || !thr_fence_available () ||
      __atomic_load_n (&thr_permits_n_taken_away, __ATOMIC_RELAXED) >= MAX_TAKEN_AWAY)
    return word;

  self->user = THR_PERMITS_NOBODY;
  self->own = word;
  return THR_PERMITS_RESERVED;
}

static gboolean
is_reserved (ThrPermits *self)
{
  return (thr_permits_load_word (self) & THR_PERMITS_RESERVED) != 0;
}

/* Makes the calling thread the user if there is none yet. Once EVERYBODY it never is
 * NOBODY again, so the flag need not be read together with it. */
void
thr_permits_claim (ThrPermits *self)
{
  ThrSelf *nobody = THR_PERMITS_NOBODY;

  if (is_reserved (self))
    __atomic_compare_exchange_n (&self->user, &nobody, thr_self_get (), FALSE,
                                 __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/* S1 to S4. */
void
thr_permits_share_unlocked (ThrPermits *self)
{
  ThrSelf *user;

  if (!is_reserved (self))
    return;

  user = __atomic_exchange_n (&self->user, THR_PERMITS_EVERYBODY, __ATOMIC_ACQ_REL);
  THR_CHAOS ();
  if (user != THR_PERMITS_NOBODY && user != thr_self_peek ())
    {
      thr_fence_heavy ();
      __atomic_fetch_add (&thr_permits_n_taken_away, 1, __ATOMIC_RELAXED);
    }
  THR_CHAOS ();

  /* Acquire: pairs with the user's put. */
  self->seen = __atomic_load_n (&self->own, __ATOMIC_ACQUIRE);
  /* Nobody else changes a reserved word. Release: for who takes what the user put. */
  __atomic_store_n (&self->word, self->seen, __ATOMIC_RELEASE);
}

void
thr_permits_share (ThrPermits *self)
{
  if (G_LIKELY (!is_reserved (self)))
    return;

  thr_wait_list_lock (&self->line);
  thr_permits_share_unlocked (self);
  thr_wait_list_unlock (&self->line);
}

/* By the thread that was the user, after U3: whether its last step counts. */
gboolean
thr_permits_was_seen (ThrPermits *self,
                      guint64     own)
{
  gboolean was_seen;

  THR_CHAOS ();
  thr_wait_list_lock (&self->line);
  was_seen = self->seen == own;
  thr_wait_list_unlock (&self->line);

  return was_seen;
}

gint64
thr_permits_get_count (ThrPermits *self)
{
  for (;;)
    {
      /* Acquire, both: what was the user's own count when it was read is so only if the
       * permits are still reserved after that. */
      guint64 word = __atomic_load_n (&self->word, __ATOMIC_ACQUIRE);
      guint64 own = __atomic_load_n (&self->own, __ATOMIC_ACQUIRE);

      if ((word & THR_PERMITS_RESERVED) == 0)
        return (gint64) (word >> THR_PERMITS_SHIFT);
      if (is_reserved (self))
        return (gint64) (own >> THR_PERMITS_SHIFT);
    }
}
