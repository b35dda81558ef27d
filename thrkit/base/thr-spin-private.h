/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-self-private.h"

G_BEGIN_DECLS

/* Tells the processor that this is a spinning loop. */
static inline void
thr_spin_pause (void)
{
#if defined (__x86_64__) || defined (__i386__)
  __builtin_ia32_pause ();
#elif defined (__aarch64__)
  __asm__ __volatile__ ("isb" ::: "memory");
#else
  __atomic_signal_fence (__ATOMIC_SEQ_CST);
#endif
}

/* Whether somebody else can run while this thread spins. */
gboolean thr_spin_pays  (void);

/* How long a thread looks for what it wants before it sleeps, where that may take
 * any time; 0 where looking cannot pay. It is at most 5 µs, half of it after a look in
 * vain, twice as much after one that was not; thr_spin_end() tells which it was. By
 * the thread itself.
 *
 * Two threads that hand something to each other can lock in a bad habit: each looks
 * for a little, sleeps, and takes longer to wake up than the other looks. So once in a
 * while one looks for as long as a wake-up takes, and if that finds something both
 * stay awake. Spread over the looks between it is below 2 µs each, and it gets rarer
 * as long as it is in vain too.
 */
guint    thr_spin_begin (ThrSelf  *me);
void     thr_spin_end   (ThrSelf  *me,
                         guint     pauses,
                         gboolean  in_vain);

G_END_DECLS
