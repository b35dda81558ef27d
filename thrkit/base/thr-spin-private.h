/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

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
gboolean thr_spin_pays (void);

G_END_DECLS
