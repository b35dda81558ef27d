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
 *   waits   report a wait without limit that lasts over ten seconds
 *   all     everything above
 */
typedef enum {
  THR_DEBUG_LOCKS = 1 << 0,
  THR_DEBUG_WAITS = 1 << 1
} ThrDebugFlags;

extern guint thr_debug_flags G_GNUC_INTERNAL;

#define THR_DEBUG_ENABLED(flag) (G_UNLIKELY ((thr_debug_flags & (flag)) != 0))

void  thr_debug_init          (void);

/* Call after a lock was taken and after it was released, when
 * THR_DEBUG_ENABLED (THR_DEBUG_LOCKS). */
void  thr_debug_lock_acquired (ThrObject *lock);
void  thr_debug_lock_released (ThrObject *lock);
void  thr_debug_lock_gone     (ThrObject *lock);

/* "“name”" or "ThrLock 0x…" */
char *thr_debug_describe      (ThrObject *object);

G_END_DECLS
