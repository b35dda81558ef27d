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

#ifdef __SANITIZE_THREAD__
extern guint thr_fence_word G_GNUC_INTERNAL; /* atomic */
#endif

/* Asked once, by thr_permits_init() for one. */
gboolean thr_fence_available (void);

static inline void
thr_fence_light (void)
{
  __atomic_signal_fence (__ATOMIC_SEQ_CST);
}

/* For this thread. ThreadSanitizer does not know fences, and gcc says so; it follows a
 * change of a word that all who fence make, which here does the same: of two changes
 * the later one sees what was written before the earlier one. */
static inline void
thr_fence_full (void)
{
#ifdef __SANITIZE_THREAD__
  __atomic_fetch_add (&thr_fence_word, 1, __ATOMIC_SEQ_CST);
#else
  __atomic_thread_fence (__ATOMIC_SEQ_CST);
#endif
}

/* Any thread; only when available. */
void     thr_fence_heavy     (void);

G_END_DECLS
