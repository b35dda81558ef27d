/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/thr-deque-private.h"

#include "base/thr-chaos-private.h"

void
thr_deque_init (ThrDeque *self)
{
  self->top = 0;
  self->top_seen = 0;
  self->bottom = 0;
}

gboolean
thr_deque_steal (ThrDeque *self,
                 ThrEntry *entry)
{
  gint64 top = __atomic_load_n (&self->top, __ATOMIC_SEQ_CST);
  gint64 bottom;

  THR_CHAOS ();
  /* In this order, and sequentially consistent: see thr_deque_pop(). It also acquires
   * the entry that the owner released. */
  bottom = __atomic_load_n (&self->bottom, __ATOMIC_SEQ_CST);
  if (top >= bottom)
    return FALSE;

  thr_deque_load_entry (self, top, entry);
  THR_CHAOS ();
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
