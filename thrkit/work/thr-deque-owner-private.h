/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "work/thr-deque-private.h"

G_BEGIN_DECLS

/* The owner's end of a deque: a few instructions each, in place. */

/* Owner only. FALSE when it is full. */
static inline gboolean
thr_deque_push (ThrDeque       *self,
                const ThrEntry *entry)
{
  gint64 bottom = __atomic_load_n (&self->bottom, __ATOMIC_RELAXED);

  /* The thieves' line is looked at only when the deque seems full, once in as many
   * entries as it holds. Acquire: pairs with the thief's swap. Its reading of the slot
   * that we are about to write again is over before we see @top beyond it. */
  if (G_UNLIKELY (bottom - self->top_seen >= THR_DEQUE_CAPACITY))
    {
      self->top_seen = __atomic_load_n (&self->top, __ATOMIC_ACQUIRE);
      if (bottom - self->top_seen >= THR_DEQUE_CAPACITY)
        return FALSE;
    }

  thr_deque_store_entry (self, bottom, entry);
  /* Release: a thief that sees the new bottom sees the entry. */
  __atomic_store_n (&self->bottom, bottom + 1, __ATOMIC_RELEASE);

  return TRUE;
}

/* Owner only. The newest entry; FALSE when it is empty. */
static inline gboolean
thr_deque_pop (ThrDeque *self,
               ThrEntry *entry)
{
  gint64 bottom = __atomic_load_n (&self->bottom, __ATOMIC_RELAXED) - 1;
  gint64 top = __atomic_load_n (&self->top, __ATOMIC_RELAXED);
  gboolean won = TRUE;

  /* @top only grows, so an old reading that shows emptiness is true now. */
  if (bottom < top)
    return FALSE;

  /* Announce that the newest entry is ours, then look at @top, as a thief looks at @top
   * and then at @bottom; these four, and the swaps of @top, have one order for all. A
   * thief that still saw the old bottom has read @top before, so the look below sees
   * @top no older than the thief did: either the entry is not the last one, and the
   * thief is after another, or both swap. Lê et al. have fences and relaxed accesses
   * in place of this; it costs the same, and ThreadSanitizer understands it. */
  __atomic_store_n (&self->bottom, bottom, __ATOMIC_SEQ_CST);
  top = __atomic_load_n (&self->top, __ATOMIC_SEQ_CST);

  if (top > bottom)
    {
      __atomic_store_n (&self->bottom, bottom + 1, __ATOMIC_RELAXED);
      return FALSE;
    }

  thr_deque_load_entry (self, bottom, entry);
  if (top == bottom)
    {
      /* The last one: a race with the thieves, decided on @top as among them. */
      won = __atomic_compare_exchange_n (&self->top, &top, top + 1, FALSE,
                                         __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
      __atomic_store_n (&self->bottom, bottom + 1, __ATOMIC_RELAXED);
    }

  return won;
}

G_END_DECLS
