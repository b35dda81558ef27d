/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* THR_DEBUG=chaos: rare interleavings made common.
 *
 *   THR_CHAOS ();
 *
 * stands before or after an atomic operation, or wherever else another thread might
 * come between, on paths that may be a little slow: with chaos off it costs one
 * load and one branch that is never taken, so it stands on no uncontended fast path.
 * With chaos on, the calling thread does nothing, spins, yields or sleeps there, as
 * a generator decides that is seeded from `seed=N` and from the thread's number.
 *
 * It may stand under locks and in any thread, and changes nothing that a caller
 * could see, errno included. It makes no ThrSelf.
 */

typedef enum {
  THR_CHAOS_NOTHING,
  THR_CHAOS_SPIN,
  THR_CHAOS_YIELD,
  THR_CHAOS_SLEEP
} ThrChaosAct;

typedef struct
{
  ThrChaosAct act;
  guint       amount; /* pauses, or µs */
} ThrChaosDecision;

/* Atomic. Neither a test of the insides that makes no object nor a constructor has
 * read THR_DEBUG yet, so the first point to be passed may have to. */
#define THR_CHAOS_OFF     0
#define THR_CHAOS_ON      1
#define THR_CHAOS_UNKNOWN 2

extern int thr_chaos_state G_GNUC_INTERNAL;

#define THR_CHAOS() \
  G_STMT_START { \
    if (G_UNLIKELY (__atomic_load_n (&thr_chaos_state, __ATOMIC_RELAXED) != THR_CHAOS_OFF)) \
      thr_chaos_point (); \
  } G_STMT_END

G_GNUC_NO_INLINE G_GNUC_INTERNAL
void             thr_chaos_point  (void);

/* Called by thr_debug_read_chaos() alone, one of them, once. */
void             thr_chaos_start  (guint64  seed);
void             thr_chaos_forgo  (void);

/* For thr_chaos_point() and its tests: the state of a thread's generator, and the
 * decision that comes next. */
guint64          thr_chaos_seed   (guint64  seed,
                                   guint64  thread);
ThrChaosDecision thr_chaos_decide (guint64 *state);

G_END_DECLS
