/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-object.h"
#include "base/thr-self-private.h"

G_BEGIN_DECLS

/* THR_DEBUG: a comma-separated list of
 *   locks   remember in which order locks are taken, and report an order that
 *           contradicts an earlier one, with the names of the thread and locks
 *   all     everything above
 */
typedef enum {
  THR_DEBUG_LOCKS = 1 << 0
} ThrDebugFlags;

extern guint thr_debug_flags G_GNUC_INTERNAL;

#define THR_DEBUG_ENABLED(flag) (G_UNLIKELY ((thr_debug_flags & (flag)) != 0))

void  thr_debug_init          (void);

/* Any thread. Call after a lock was taken and after it was released, when
 * THR_DEBUG_ENABLED (THR_DEBUG_LOCKS). */
void  thr_debug_lock_acquired (ThrObject *lock);
void  thr_debug_lock_released (ThrObject *lock);
void  thr_debug_lock_gone     (ThrObject *lock);
void  thr_debug_thread_gone   (ThrSelf   *thread);

/* "“name”" or "ThrLock 0x…" */
char *thr_debug_describe      (ThrObject *object);

G_END_DECLS
