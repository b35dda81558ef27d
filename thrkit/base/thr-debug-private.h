/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-object.h"
#include "base/thr-self-private.h"

G_BEGIN_DECLS

/* THR_DEBUG: a list of these, with commas between them
 *   locks   remember in which order locks are taken, and report an order that
 *           contradicts an earlier one, with the names of the thread and locks
 *   all     everything above
 *   chaos   hold threads up at random where it matters (thr-chaos-private.h)
 *   seed=N  which chaos, from 0 to 2⁶⁴ − 1; without it a random one, which is
 *           printed, so that it can be given the next time
 *   help    print this list
 */
typedef enum {
  THR_DEBUG_LOCKS = 1 << 0,
  THR_DEBUG_CHAOS = 1 << 1
} ThrDebugFlags;

typedef struct
{
  guint    flags;
  gboolean has_seed;
  guint64  seed;
} ThrDebugOptions;

/* Constant once it was read. */
extern guint thr_debug_flags G_GNUC_INTERNAL;

#define THR_DEBUG_ENABLED(flag) (G_UNLIKELY ((thr_debug_flags & (flag)) != 0))

void  thr_debug_init          (void);

/* Reads THR_DEBUG: once, by thr_debug_init(). */
void  thr_debug_read          (void);

/* Any thread, any number of times: what THR_DEBUG says of chaos, if nobody has read it. */
void  thr_debug_read_chaos    (void);

/* What a text asks for; returned is what the user should be told about it, one line
 * for each thing, or NULL. */
char *thr_debug_parse         (const char      *text,
                               ThrDebugOptions *options);

/* Any thread. Call after a lock was taken and after it was released, when
 * THR_DEBUG_ENABLED (THR_DEBUG_LOCKS). */
void  thr_debug_lock_acquired (ThrObject *lock);
void  thr_debug_lock_released (ThrObject *lock);
void  thr_debug_lock_gone     (ThrObject *lock);
void  thr_debug_thread_gone   (ThrSelf   *thread);

/* "“name”" or "ThrLock 0x…" */
char *thr_debug_describe      (ThrObject *object);

G_END_DECLS
