/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A memory fence that one thread executes for all others of the process, so that they
 * need none. Where two threads each write something and then read what the other
 * wrote, both must keep the order of write and read. The one who does so all the time
 * keeps the compiler alone from changing it, with thr_fence_light(); the one who does
 * so rarely pays for both, with thr_fence_heavy(), some microseconds.
 */

/* Asked once, by thr_permits_init() for one. */
gboolean thr_fence_available (void);

static inline void
thr_fence_light (void)
{
  __atomic_signal_fence (__ATOMIC_SEQ_CST);
}

/* Any thread; only when available. */
void     thr_fence_heavy     (void);

G_END_DECLS
