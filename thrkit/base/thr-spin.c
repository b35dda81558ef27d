/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-spin-private.h"

/* Pauses; between a few and a hundred nanoseconds each, as the processor likes. */
#define MEASURED    64
/* About a cache line's way there and back, so that a partner who is running again is
 * noticed. */
#define LOOK_MIN    8

#define LOOK_NS     5000
/* Looks in vain between two long ones, first and at the most, and how many times as
 * long those are. */
#define RARE_MIN    32
#define RARE_MAX    1024
#define LONG_FACTOR 10

/* Atomic; the pauses in LOOK_NS, 1 where there is one processor alone, 0 before it is
 * known. */
static guint look_max;

static gint64
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

/* The shortest of a few, since a thread may be preempted meanwhile. */
static guint
measure (void)
{
  gint64 shortest = G_MAXINT64;

  for (guint i = 0; i < 4; i++)
    {
      gint64 start = now_ns ();

      for (guint pause = 0; pause < MEASURED; pause++)
        thr_spin_pause ();
      shortest = MIN (shortest, now_ns () - start);
    }

  return CLAMP (LOOK_NS * MEASURED / MAX (shortest, 1), LOOK_MIN, LOOK_NS);
}

/* Asked once: the answer is a system call. A process that is bound to other
 * processors later spins a little too often or too rarely, nothing worse. */
static guint
get_look_max (void)
{
  guint max = __atomic_load_n (&look_max, __ATOMIC_RELAXED);

  if (G_UNLIKELY (max == 0))
    {
      max = g_get_num_processors () > 1 ? measure () : 1;
      __atomic_store_n (&look_max, max, __ATOMIC_RELAXED);
    }

  return max;
}

gboolean
thr_spin_pays (void)
{
  return get_look_max () > 1;
}

guint
thr_spin_begin (ThrSelf *me)
{
  guint max = get_look_max ();

  if (max <= 1)
    return 0;
  if (me->spins_in_vain >= MAX (me->spin_rarity, RARE_MIN))
    return max * LONG_FACTOR;
  return me->spin_budget != 0 ? me->spin_budget : max;
}

void
thr_spin_end (ThrSelf  *me,
              guint     pauses,
              gboolean  in_vain)
{
  guint max = get_look_max ();

  if (max <= 1)
    return;

  if (!in_vain)
    {
      me->spins_in_vain = 0;
      me->spin_rarity = RARE_MIN;
      me->spin_budget = MIN (pauses * 2, max);
    }
  else if (pauses > max)
    {
      /* Not one of two who could both be awake, as far as one can see. */
      me->spins_in_vain = 0;
      me->spin_rarity = MIN (MAX (me->spin_rarity, RARE_MIN) * 2, RARE_MAX);
    }
  else
    {
      me->spins_in_vain++;
      me->spin_budget = MAX (pauses / 2, LOOK_MIN);
    }
}
