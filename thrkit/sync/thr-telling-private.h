/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-home-private.h"
#include "base/thr-object-private.h"

G_BEGIN_DECLS

/* Who changes something that others wait for, and then posts what it has to tell of it,
 * leaves a moment between the two. A wait at home that ends in it, because it finds the
 * change made, would find nothing to deliver yet (contracts 1). So the one who changes
 * counts as a teller from before the change until after the post, and a wait at home
 * lasts until nobody is telling:
 *
 *   teller                        a wait at home, once it has ended
 *   word + ONE                    listener = this thread
 *   the change                    word ≥ ONE?  park, and look again
 *   post                          listener = NULL
 *   word − ONE: was it the last?  flush
 *     wake the listener, if any
 *
 * The first two lines of the teller may be one swap. A change that is seen brings the
 * count with it, since that was written before. The decrement and the look at the
 * listener on the one side, the listener and the look at the count on the other, are
 * sequentially consistent: not both can miss the other.
 *
 * Tellers post and do nothing else, so the wait is a short one. A handler that they do
 * not run cannot hold them up.
 */
typedef struct
{
  guint    word;      /* atomic: tellers, times ONE, above two bits of the class's own */
  ThrSelf *listener;  /* atomic: the one thread that has the home's context */
} ThrTelling;

#define THR_TELLING_ONE 4u

static inline void
thr_telling_begin (ThrTelling *self)
{
  /* Relaxed: the change that follows is a release, or made under a lock. */
  __atomic_fetch_add (&self->word, THR_TELLING_ONE, __ATOMIC_RELAXED);
}

static inline void
thr_telling_end (ThrTelling *self)
{
  guint old = __atomic_fetch_sub (&self->word, THR_TELLING_ONE, __ATOMIC_SEQ_CST);
  ThrSelf *listener;

  if (old / THR_TELLING_ONE != 1)
    return;

  /* A record is never freed, and a stale token is harmless. */
  listener = __atomic_load_n (&self->listener, __ATOMIC_SEQ_CST);
  if (G_UNLIKELY (listener != NULL))
    thr_parker_unpark (&listener->parker);
}

/* The end of a wait for @source, successful or not: on the home's thread delivers what
 * is pending for it. No lock may be held. The last reference but the caller's may go. */
void     thr_telling_flush  (ThrTelling  *self,
                             ThrObject   *source);

G_END_DECLS
