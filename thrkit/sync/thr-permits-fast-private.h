/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "sync/thr-permits-private.h"

G_BEGIN_DECLS

/* The fast paths: FALSE means nothing but "not this way". Acquire and release
 * order pair with each other, so a taker sees what the last holder wrote. */

static inline gboolean
thr_permits_take_fast (ThrPermits *self)
{
  guint64 word = __atomic_load_n (&self->word, __ATOMIC_RELAXED);

  return G_LIKELY (word >= THR_PERMITS_ONE && (word & THR_PERMITS_FLAGS) == 0) &&
         G_LIKELY (__atomic_compare_exchange_n (&self->word, &word, word - THR_PERMITS_ONE,
                                                FALSE, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
}

static inline gboolean
thr_permits_put_fast (ThrPermits *self)
{
  guint64 word = __atomic_load_n (&self->word, __ATOMIC_RELAXED);

  return G_LIKELY ((word & THR_PERMITS_FLAGS) == 0) &&
         G_LIKELY ((gint64) (word >> THR_PERMITS_SHIFT) < self->limit) &&
         G_LIKELY (__atomic_compare_exchange_n (&self->word, &word, word + THR_PERMITS_ONE,
                                                FALSE, __ATOMIC_RELEASE, __ATOMIC_RELAXED));
}

/* The same where the only permit is in question: no load, the swap says it all. */

static inline gboolean
thr_permits_take_only (ThrPermits *self)
{
  guint64 free_word = THR_PERMITS_ONE;

  return G_LIKELY (__atomic_compare_exchange_n (&self->word, &free_word, 0,
                                                FALSE, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
}

static inline gboolean
thr_permits_put_only (ThrPermits *self)
{
  guint64 held_word = 0;

  return G_LIKELY (__atomic_compare_exchange_n (&self->word, &held_word, THR_PERMITS_ONE,
                                                FALSE, __ATOMIC_RELEASE, __ATOMIC_RELAXED));
}

G_END_DECLS
