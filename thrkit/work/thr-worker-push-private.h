/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-fence-private.h"
#include "work/thr-deque-owner-private.h"
#include "work/thr-worker-private.h"

G_BEGIN_DECLS

/* Makes the light fences of others full ones. */
static inline void
thr_worker_fence (ThrPoolCore *core)
{
  if (core->light)
    thr_fence_heavy ();
  else
    thr_fence_full ();
}

/* After a push: what wakes somebody unless somebody is searching. */
void     thr_worker_wake_another (ThrWorker    *self);

/* What a worker queues itself, for itself or a thief: the way in for work that makes more
 * work. FALSE when that must go another way. */
static inline gboolean
thr_worker_push (ThrWorker      *self,
                 const ThrEntry *entry)
{
  ThrPoolCore *core = self->core;

  if (G_UNLIKELY (__atomic_load_n (&core->closed, __ATOMIC_RELAXED)) ||
      !thr_deque_push (&self->deque, entry))
    return FALSE;

  /* The entry first, then the look for somebody to wake, of whom there is none as a rule:
   * then all of this costs no fence. Pairs with the heavy fences of those who go: who is
   * not active any more sees the entry, or we see that he is not. */
  if (G_LIKELY (core->light))
    thr_fence_light ();
  else
    thr_fence_full ();
  if (__atomic_load_n (&core->n_active, __ATOMIC_RELAXED) <
      __atomic_load_n (&core->max_threads, __ATOMIC_RELAXED))
    thr_worker_wake_another (self);

  return TRUE;
}

G_END_DECLS
