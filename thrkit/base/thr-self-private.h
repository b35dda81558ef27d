/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-parker-private.h"

G_BEGIN_DECLS

typedef struct _ThrHome     ThrHome;
typedef struct _ThrSelf     ThrSelf;
typedef struct _ThrWaitEdge ThrWaitEdge;

/* What a thread holds together with others, by a number that nothing else has. */
typedef struct
{
  guint64 serial;
  guint   depth;    /* how often it has entered it */
} ThrShare;

/* The record of one thread, made when the thread first needs it.
 *
 * Records are recycled and never freed: whoever got hold of one may unpark it at
 * any later time. At worst that leaves a stale token with a stranger, which
 * thr-parker-private.h allows; so a waker needs no reference to the thread that
 * it wakes.
 */
struct _ThrSelf
{
  ThrParker      parker;         /* any thread */

  /* Atomic; written by the thread itself. Which thread the record belongs to, 0
   * when to none. No number is used twice, so whoever remembers it together with
   * the record can tell its thread from the next one that gets the record. */
  guint64        serial __attribute__ ((aligned (8)));

  /* Under the wait-graph mutex (thr-wait-graph-private.h). */
  ThrWaitEdge   *edge;

  /* Under the debug mutex (thr-debug.c): locks held, oldest first. */
  GPtrArray     *held;

  /* Under the names mutex (thr-self.c). */
  char           name[64];

  /* Set before the record is shown to anybody, then constant. */
  guint64        ident;          /* pthread_self() */
  gint64         native_id;      /* the kernel's thread id */

  /* This thread only. */
  GObject       *thread;         /* owned by the thread floor; a ThrThread */
  gpointer       task;           /* borrowed: the ThrTask that runs here */
  gpointer       worker;         /* borrowed: the pool worker that this is */
  gpointer       locals;         /* owned by the thread floor: see thr-local-slots.c */
  ThrHome       *home;           /* owned: home of the last context asked for */
  GMainContext  *home_context;   /* what @home belongs to; compared only */
  guint          spin_budget;    /* pauses before parking; see thr-spin-private.h */
  guint          spins_in_vain;  /* in a row */
  guint          spin_rarity;    /* how many of them before a long one */
  gboolean       interruptible;
  /* Also read by the wait graph, while the thread is blocked. The array stays with the
   * record. */
  ThrShare      *shares;
  guint          n_shares;
  guint          shares_size;

  ThrSelf       *next;           /* free list */
};

extern __thread ThrSelf *thr_self_tls G_GNUC_INTERNAL;

ThrSelf *thr_self_make           (void);

/* The record of the calling thread; never NULL. */
static inline ThrSelf *
thr_self_get (void)
{
  return G_LIKELY (thr_self_tls != NULL) ? thr_self_tls : thr_self_make ();
}

/* The record of the calling thread, or NULL when it has none yet. */
static inline ThrSelf *
thr_self_peek (void)
{
  return thr_self_tls;
}

/* Called in a thread that ends, before its record is recycled: the thread floor
 * drops self->thread there.
 */
void     thr_self_set_exit_hook  (void       (*hook) (ThrSelf *self));

void     thr_self_set_name       (ThrSelf     *self,
                                  const char  *name);
char    *thr_self_dup_name       (ThrSelf     *self);

G_END_DECLS
