/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-fence-private.h"
#include "sync/thr-permits-private.h"

G_BEGIN_DECLS

/* The fast paths: FALSE means nothing but "not this way". Acquire and release
 * order pair with each other, so a taker sees what the last holder wrote. */

/* By the user of reserved permits: no atomic read-modify-write at all. The user tells
 * the others what it does and then looks whether it still is the user, in this order;
 * see thr-permits-share.c. */
gboolean thr_permits_was_seen (ThrPermits *self,
                               guint64     own);

static inline gboolean
thr_permits_is_user (ThrPermits *self,
                     ThrSelf    *me)
{
  return __atomic_load_n (&self->user, __ATOMIC_RELAXED) == me;
}

static inline gboolean
thr_permits_take_own (ThrPermits *self,
                      ThrSelf    *me)
{
  guint64 own = __atomic_load_n (&self->own, __ATOMIC_RELAXED);

  if (!thr_permits_is_user (self, me) || own < THR_PERMITS_ONE)
    return FALSE;

  __atomic_store_n (&self->own, own - THR_PERMITS_ONE, __ATOMIC_RELAXED);
  thr_fence_light ();
  /* Acquire: nothing that the permit protects is touched before the look. */
  return G_LIKELY (__atomic_load_n (&self->user, __ATOMIC_ACQUIRE) == me) ||
         thr_permits_was_seen (self, own - THR_PERMITS_ONE);
}

static inline gboolean
thr_permits_put_own (ThrPermits *self,
                     ThrSelf    *me)
{
  guint64 own = __atomic_load_n (&self->own, __ATOMIC_RELAXED);

  if (!thr_permits_is_user (self, me) ||
      (gint64) (own >> THR_PERMITS_SHIFT) >= self->limit)
    return FALSE;

  /* Release: who makes the permits everybody's sees what they protected. */
  __atomic_store_n (&self->own, own + THR_PERMITS_ONE, __ATOMIC_RELEASE);
  thr_fence_light ();
  return G_LIKELY (thr_permits_is_user (self, me)) ||
         thr_permits_was_seen (self, own + THR_PERMITS_ONE);
}

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
