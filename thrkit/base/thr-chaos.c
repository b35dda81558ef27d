/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-chaos-private.h"

#include <errno.h>
#include <sched.h>
#include <time.h>

#include "base/thr-debug-private.h"
#include "base/thr-spin-private.h"

/* The generator is SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom
 * number generators", OOPSLA 2014. A thread's state is one word that goes up by a
 * constant, and any word is a good seed, so that threads whose numbers differ by one
 * have nothing in common.
 *
 * A thread gets its number at its first point. The decisions of the thread with a
 * given number are the same in each run with the same seed; which thread that is and
 * what the kernel does in between is not ours to repeat.
 */

/* Of a build with -Dchaos=true: no point inside a point. */
#undef __atomic_load_n
#undef __atomic_store_n
#undef __atomic_add_fetch

#define GOLDEN G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)

int thr_chaos_state = THR_CHAOS_UNKNOWN;

/* Written before the state is ON, then constant. */
static guint64 chaos_seed;

static guint64 last_thread; /* atomic */

static guint64
mix (guint64 word)
{
  word = (word ^ (word >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  word = (word ^ (word >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return word ^ (word >> 31);
}

/* Never 0, which stands for "no state yet". */
guint64
thr_chaos_seed (guint64 seed,
                guint64 thread)
{
  guint64 state = mix (seed + GOLDEN) ^ mix (thread);

  return state != 0 ? state : GOLDEN;
}

/* Half of the points are passed as if there were none, since what makes a rare
 * interleaving is that one thread goes on while another is held up. Most hold-ups
 * are as short as the windows that they are to open; a sleep lets the others run
 * as far as they can, and the rare long ones pass the hand-over limit of locks. */
ThrChaosDecision
thr_chaos_decide (guint64 *state)
{
  ThrChaosDecision decision = { THR_CHAOS_NOTHING, 0 };
  guint64 word;
  guint lot, amount;

  *state += GOLDEN;
  if (*state == 0)
    *state = GOLDEN;
  word = mix (*state);
  lot = word & 0x3ff;
  amount = (guint) (word >> 32);

  if (lot < 512)
    return decision;

  if (lot < 864)
    {
      decision.act = THR_CHAOS_SPIN;
      decision.amount = 1 + amount % 256;
    }
  else if (lot < 1000)
    {
      decision.act = THR_CHAOS_YIELD;
    }
  else
    {
      decision.act = THR_CHAOS_SLEEP;
      decision.amount = 1 + amount % (lot < 1023 ? 50 : 1500);
    }

  return decision;
}

void
thr_chaos_start (guint64 seed)
{
  chaos_seed = seed;
  __atomic_store_n (&thr_chaos_state, THR_CHAOS_ON, __ATOMIC_RELEASE);
}

void
thr_chaos_forgo (void)
{
  __atomic_store_n (&thr_chaos_state, THR_CHAOS_OFF, __ATOMIC_RELEASE);
}

static void
hold_up (ThrChaosDecision decision)
{
  struct timespec span = { 0, 0 };

  switch (decision.act)
    {
    case THR_CHAOS_NOTHING:
      break;

    case THR_CHAOS_SPIN:
      for (guint i = 0; i < decision.amount; i++)
        thr_spin_pause ();
      break;

    case THR_CHAOS_YIELD:
      sched_yield ();
      break;

    case THR_CHAOS_SLEEP:
      span.tv_nsec = decision.amount * 1000L;
      /* A signal ends it, which is as good. */
      nanosleep (&span, NULL);
      break;
    }
}

void
thr_chaos_point (void)
{
  static __thread guint64 generator;
  int old_errno = errno;

  /* Not thr_process_init(), which may be what is going on. */
  if (__atomic_load_n (&thr_chaos_state, __ATOMIC_ACQUIRE) == THR_CHAOS_UNKNOWN)
    thr_debug_read_chaos ();

  /* Acquire: pairs with thr_chaos_start(), for the seed. */
  if (__atomic_load_n (&thr_chaos_state, __ATOMIC_ACQUIRE) == THR_CHAOS_ON)
    {
      if (generator == 0)
        generator = thr_chaos_seed (chaos_seed,
                                    __atomic_add_fetch (&last_thread, 1, __ATOMIC_RELAXED));
      hold_up (thr_chaos_decide (&generator));
    }

  errno = old_errno;
}
