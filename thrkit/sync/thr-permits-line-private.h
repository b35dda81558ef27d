/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "sync/thr-permits-requeue-private.h"

G_BEGIN_DECLS

/* What thr-permits.c (the protocol, the line, putting) and thr-permits-take.c
 * (taking, blocked and awaited) share, and nobody else needs.
 */

typedef enum {
  THR_PUT_DONE,
  THR_PUT_TOO_MANY,
  THR_PUT_REFUSED
} ThrPut;

/* Atomic. How often permits were taken away from their user; for tests to reset. */
extern int thr_permits_n_taken_away G_GNUC_INTERNAL;

static inline guint64
thr_permits_load_word (ThrPermits *self)
{
  return __atomic_load_n (&self->word, __ATOMIC_RELAXED);
}

/* Acquire: pairs with the release in putting, so the new holder sees what the last
 * one wrote. Flag changes in between are read-modify-writes and do not break the
 * chain. */
static inline gboolean
thr_permits_swap_taking (ThrPermits *self,
                         guint64    *word,
                         guint64     next)
{
  return __atomic_compare_exchange_n (&self->word, word, next, FALSE,
                                      __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static inline gboolean
thr_permits_swap_putting (ThrPermits *self,
                          guint64    *word,
                          guint64     next)
{
  return __atomic_compare_exchange_n (&self->word, word, next, FALSE,
                                      __ATOMIC_RELEASE, __ATOMIC_RELAXED);
}

static inline gboolean
thr_permits_is_watched (ThrPermits *self)
{
  return G_UNLIKELY ((thr_permits_load_word (self) & THR_PERMITS_WATCHED) != 0);
}

/* Under the lock of the line. */
void     thr_permits_share_unlocked  (ThrPermits        *self);
gint64   thr_permits_turn_end_unlocked (ThrPermits      *self,
                                      ThrWaiter         *first);
void     thr_permits_unlink_unlocked (ThrPermits        *self,
                                      ThrWaiter         *waiter);
void     thr_permits_serve_unlocked  (ThrPermits        *self,
                                      ThrPermitsChange  *change);

/* With no lock held. */
guint64  thr_permits_reserve         (ThrPermits        *self,
                                      guint64            word);
void     thr_permits_claim           (ThrPermits        *self);
void     thr_permits_share           (ThrPermits        *self);
void     thr_permits_tell_taken      (ThrPermits        *self);
void     thr_permits_remember_holder (ThrPermits        *self);
ThrPut   thr_permits_put_and_tell    (ThrPermits        *self,
                                      gint64             n);
gboolean thr_permits_put_to_error    (ThrPermits        *self,
                                      ThrPut             result,
                                      GError           **error);

G_END_DECLS
