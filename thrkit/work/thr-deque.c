/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/thr-deque-private.h"

#define MASK (THR_DEQUE_CAPACITY - 1)

/* An entry is two words and is not read in one piece. A thief may read half of an
 * entry that the owner overwrites; it then fails to move @top, because the owner
 * can only reuse a slot once @top has passed it, and throws away what it read. The
 * words are atomic, so that this is a race about meaning and not about memory.
 */
static void
store_entry (ThrEntry       *slot,
             const ThrEntry *entry)
{
  __atomic_store_n (&slot->func, entry->func, __ATOMIC_RELAXED);
  __atomic_store_n (&slot->data, entry->data, __ATOMIC_RELAXED);
}

static void
load_entry (ThrEntry *slot,
            ThrEntry *entry)
{
  entry->func = __atomic_load_n (&slot->func, __ATOMIC_RELAXED);
  entry->data = __atomic_load_n (&slot->data, __ATOMIC_RELAXED);
}

void
thr_deque_init (ThrDeque *self)
{
  self->top = 0;
  self->bottom = 0;
}

gboolean
thr_deque_push (ThrDeque       *self,
                const ThrEntry *entry)
{
  gint64 bottom = __atomic_load_n (&self->bottom, __ATOMIC_RELAXED);
  /* Acquire: pairs with the thief's swap. Its reading of the slot that we are about
   * to write again is over before we see @top beyond it. */
  gint64 top = __atomic_load_n (&self->top, __ATOMIC_ACQUIRE);

  if (bottom - top >= THR_DEQUE_CAPACITY)
    return FALSE;

  store_entry (&self->entries[bottom & MASK], entry);
  /* Release: a thief that sees the new bottom sees the entry. */
  __atomic_store_n (&self->bottom, bottom + 1, __ATOMIC_RELEASE);

  return TRUE;
}

gboolean
thr_deque_pop (ThrDeque *self,
               ThrEntry *entry)
{
  gint64 bottom = __atomic_load_n (&self->bottom, __ATOMIC_RELAXED) - 1;
  gint64 top = __atomic_load_n (&self->top, __ATOMIC_RELAXED);
  gboolean won = TRUE;

  /* @top only grows, so an old reading that shows emptiness is true now. */
  if (bottom < top)
    return FALSE;

  /* Announce that the newest entry is ours, then look at @top: sequentially
   * consistent with the thief's reading of @top and then @bottom. Without it both
   * could take the last entry. */
  __atomic_store_n (&self->bottom, bottom, __ATOMIC_SEQ_CST);
  __atomic_thread_fence (__ATOMIC_SEQ_CST);
  top = __atomic_load_n (&self->top, __ATOMIC_SEQ_CST);

  if (top > bottom)
    {
      __atomic_store_n (&self->bottom, bottom + 1, __ATOMIC_RELAXED);
      return FALSE;
    }

  load_entry (&self->entries[bottom & MASK], entry);
  if (top == bottom)
    {
      /* The last one: a race with the thieves, decided on @top as among them. */
      won = __atomic_compare_exchange_n (&self->top, &top, top + 1, FALSE,
                                         __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
      __atomic_store_n (&self->bottom, bottom + 1, __ATOMIC_RELAXED);
    }

  return won;
}

gboolean
thr_deque_steal (ThrDeque *self,
                 ThrEntry *entry)
{
  gint64 top = __atomic_load_n (&self->top, __ATOMIC_SEQ_CST);
  gint64 bottom;

  /* Pairs with the fence in thr_deque_pop(). */
  __atomic_thread_fence (__ATOMIC_SEQ_CST);
  bottom = __atomic_load_n (&self->bottom, __ATOMIC_SEQ_CST);

  if (top >= bottom)
    return FALSE;

  load_entry (&self->entries[top & MASK], entry);
  return __atomic_compare_exchange_n (&self->top, &top, top + 1, FALSE,
                                      __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

guint
thr_deque_size (ThrDeque *self)
{
  gint64 top = __atomic_load_n (&self->top, __ATOMIC_SEQ_CST);
  gint64 bottom = __atomic_load_n (&self->bottom, __ATOMIC_SEQ_CST);

  return bottom > top ? (guint) (bottom - top) : 0;
}
