/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "work/thr-task.h"

G_BEGIN_DECLS

/* What a pool queues, by value: a function and its datum. */
typedef struct
{
  ThrTaskFunc func;
  gpointer    data;
} ThrEntry;

/* A power of two: indices are masked, not divided. */
#define THR_DEQUE_CAPACITY 256
G_STATIC_ASSERT ((THR_DEQUE_CAPACITY & (THR_DEQUE_CAPACITY - 1)) == 0);

/* A worker's own entries: the deque of Chase and Lev (SPAA 2005), with memory orders after
 * Lê, Pop, Cohen and Zappa Nardelli (PPoPP 2013), of a fixed size. What
 * does not fit goes to the pool's common queue, so there is no array to grow, and
 * none to reclaim under a thief's eyes.
 *
 * @top and @bottom only ever grow, as 64-bit numbers that never wrap. They lie a
 * cache line apart: thieves write the one, the owner the other.
 */
typedef struct
{
  gint64   top;     /* atomic: thieves and, for the last entry, the owner */
  char     pad[56];
  gint64   bottom;  /* atomic: the owner writes */
  gint64   top_seen; /* owner only: @top at some time, which is no more than now */
  ThrEntry entries[THR_DEQUE_CAPACITY]; /* atomic, word by word */
} ThrDeque;

void     thr_deque_init  (ThrDeque       *self);

/* Any thread. The oldest entry; FALSE when it is empty or another was faster. */
gboolean thr_deque_steal (ThrDeque       *self,
                          ThrEntry       *entry);
/* Any thread. A hint that was true at some moment of the call. */
guint    thr_deque_size  (ThrDeque       *self);

/* An entry is two words and is not read in one piece. A thief may read half of an
 * entry that the owner overwrites; it then fails to move @top, because the owner
 * can only reuse a slot once @top has passed it, and throws away what it read. The
 * words are atomic, so that this is a race about meaning and not about memory.
 */
static inline void
thr_deque_store_entry (ThrDeque       *self,
                       gint64          index,
                       const ThrEntry *entry)
{
  ThrEntry *slot = &self->entries[index & (THR_DEQUE_CAPACITY - 1)];

  __atomic_store_n (&slot->func, entry->func, __ATOMIC_RELAXED);
  __atomic_store_n (&slot->data, entry->data, __ATOMIC_RELAXED);
}

static inline void
thr_deque_load_entry (ThrDeque *self,
                      gint64    index,
                      ThrEntry *entry)
{
  ThrEntry *slot = &self->entries[index & (THR_DEQUE_CAPACITY - 1)];

  entry->func = __atomic_load_n (&slot->func, __ATOMIC_RELAXED);
  entry->data = __atomic_load_n (&slot->data, __ATOMIC_RELAXED);
}

G_END_DECLS
