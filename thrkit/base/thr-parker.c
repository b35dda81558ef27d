/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-parker-private.h"

#include "base/thr-chaos-private.h"

/* The protocol of Rust's generic std::thread parker, written anew: one atomic
 * state, and a mutex that only closes the gap between deciding to sleep and
 * sleeping.
 *
 *   EMPTY ── park ──► PARKED ── unpark ──► TOKEN ── park ──► EMPTY
 *   EMPTY ── unpark ──► TOKEN
 *
 * This is the only file of the library that waits on a condition variable.
 */
enum {
  EMPTY,
  TOKEN,
  PARKED
};

void
thr_parker_init (ThrParker *self)
{
  self->state = EMPTY;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
}

/* TRUE when there was a token, which is now taken. Acquires what the waker wrote
 * before it left the token: pairs with the exchange in thr_parker_unpark(). */
static gboolean
take_token (ThrParker *self)
{
  int expected = TOKEN;

  return __atomic_compare_exchange_n (&self->state, &expected, EMPTY, FALSE,
                                      __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

/* This thread's own parker only. */
ThrUnparked
thr_parker_park (ThrParker   *self,
                 ThrDeadline  deadline)
{
  ThrUnparked why = THR_UNPARKED_BY_TOKEN;
  int expected = EMPTY;

  if (take_token (self))
    return THR_UNPARKED_BY_TOKEN;

  THR_CHAOS ();
  g_mutex_lock (&self->mutex);
  THR_CHAOS ();

  /* Under the mutex: a waker that sees PARKED locks the mutex before it signals,
   * so the signal cannot fall between this swap and the wait below. */
  if (__atomic_compare_exchange_n (&self->state, &expected, PARKED, FALSE,
                                   __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
    {
      gboolean in_time = TRUE;

      if (deadline == THR_DEADLINE_NEVER)
        g_cond_wait (&self->cond, &self->mutex);
      else
        in_time = g_cond_wait_until (&self->cond, &self->mutex, deadline);

      /* One sleep and no loop here: who parks has a predicate, and wants to hear
       * of a signal handler that ended the sleep. Whatever comes out is told apart
       * by the state; a token that came together with the deadline wins. */
      expected = PARKED;
      if (__atomic_compare_exchange_n (&self->state, &expected, EMPTY, FALSE,
                                       __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE))
        why = in_time ? THR_UNPARKED_FOR_NOTHING : THR_UNPARKED_BY_DEADLINE;
    }

  THR_CHAOS ();
  /* A token came, between the look and the lock or while we slept. Exchange and
   * not store: a second waker may have left its token on top of the first one's
   * since we looked. A store would take that away without having acquired what the
   * waker wrote, and the predicate, read again, could still look false. */
  if (why == THR_UNPARKED_BY_TOKEN)
    __atomic_exchange_n (&self->state, EMPTY, __ATOMIC_ACQUIRE);

  g_mutex_unlock (&self->mutex);

  return why;
}

/* Any thread, for the record of any thread, also of one that has ended. */
void
thr_parker_unpark (ThrParker *self)
{
  /* Release: what the caller wrote is seen by the thread that takes the token. */
  if (__atomic_exchange_n (&self->state, TOKEN, __ATOMIC_ACQ_REL) != PARKED)
    return;

  THR_CHAOS ();
  /* The sleeper holds the mutex from its swap to PARKED until it sleeps, so once
   * we have had it the sleeper sleeps, or has woken and will see the token. */
  g_mutex_lock (&self->mutex);
  g_mutex_unlock (&self->mutex);
  g_cond_signal (&self->cond);
}
