/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-operation-private.h"
#include "base/thr-wait-graph-private.h"
#include "base/thr-wait-list-private.h"
#include "sync/thr-owner-private.h"

G_BEGIN_DECLS

/* A count of permits and the line of those who wait for one. ThrSemaphore is one,
 * and ThrLock is one with a single permit; thr-permits.c has the protocol.
 *
 * One word holds the count and what stands in the way of the fast path, so that a
 * single compare-and-swap takes or puts a permit when nothing does.
 */
#define THR_PERMITS_HAS_WAITERS (G_GUINT64_CONSTANT (1) << 0)
#define THR_PERMITS_NUDGED      (G_GUINT64_CONSTANT (1) << 1)
#define THR_PERMITS_STARVING    (G_GUINT64_CONSTANT (1) << 2)
#define THR_PERMITS_AWAITED     (G_GUINT64_CONSTANT (1) << 3)
#define THR_PERMITS_WATCHED     (G_GUINT64_CONSTANT (1) << 4)
#define THR_PERMITS_REFUSED     (G_GUINT64_CONSTANT (1) << 5)
#define THR_PERMITS_RESERVED    (G_GUINT64_CONSTANT (1) << 6)
#define THR_PERMITS_SHIFT       8
#define THR_PERMITS_ONE         (G_GUINT64_CONSTANT (1) << THR_PERMITS_SHIFT)
#define THR_PERMITS_FLAGS       (THR_PERMITS_ONE - 1)

/* ThrPermits.user, when it is no thread. */
#define THR_PERMITS_NOBODY      ((ThrSelf *) 1)
#define THR_PERMITS_EVERYBODY   ((ThrSelf *) 2)

/* The largest count. */
#define THR_PERMITS_MAX         (G_MAXINT64 >> THR_PERMITS_SHIFT)

typedef struct
{
  ThrOperationType operation;
  /* One permit, which its taker holds: an awaited one can deadlock its home. */
  gboolean         exclusive;
  /* Exclusive, and the thread that holds it keeps ThrPermits.owner up to date: then
   * a wait for it without end is an edge of the wait graph. */
  ThrEdgeOwnerFunc get_owner;

  /* Set by class_init. */
  gpointer         klass;           /* the only one of the type, which is final */
  guint            acquired_signal;
  guint            released_signal;
  guint            count_bits;      /* of the property that tells of the count */
  guint            emit_signals_bit;
} ThrPermitsType;

typedef struct
{
  /* Atomic. Aligned because some 32-bit machines would not. */
  guint64               word __attribute__ ((aligned (8)));
  /* Atomic; see thr-permits-share.c. The only thread yet, and its count. */
  ThrSelf              *user;
  guint64               own __attribute__ ((aligned (8)));

  /* The holder, after it has taken and before it puts; see get_owner. */
  ThrOwner              owner;
  int                   emit_signals; /* atomic */

  /* Constant. */
  gint64                limit;
  ThrObject            *source;       /* borrowed: what the permits are part of */
  const ThrPermitsType *type;

  /* One watched release at a time. Taken before the lock of the line, and while
   * letters are posted; nothing of the outside is called under it. */
  GMutex                order;

  /* Under the lock of the line. */
  ThrWaitList           line;
  ThrOperation         *awaited;      /* borrowed: the operation that holds the permit */
  ThrWaiter            *at_home;      /* borrowed: blocked for ever on the home's thread */
  gint64                turn_began;   /* when the line was served last */
  guint64               seen;         /* ThrPermits.own, when it became everybody's */
} ThrPermits;

void     thr_permits_init             (ThrPermits            *self,
                                       gpointer               source,
                                       const ThrPermitsType  *type,
                                       gint64                 count,
                                       gint64                 limit);
void     thr_permits_clear            (ThrPermits            *self);

gboolean thr_permits_acquire          (ThrPermits            *self,
                                       gint64                 timeout_us,
                                       GCancellable          *cancellable,
                                       GError               **error);
gboolean thr_permits_try_acquire      (ThrPermits            *self);
void     thr_permits_acquire_async    (ThrPermits            *self,
                                       GCancellable          *cancellable,
                                       GAsyncReadyCallback    callback,
                                       gpointer               user_data);
gboolean thr_permits_acquire_finish   (ThrPermits            *self,
                                       GAsyncResult          *result,
                                       GError               **error);
gboolean thr_permits_release          (ThrPermits            *self,
                                       gint64                 n,
                                       GError               **error);

/* For ThrOperationType: any thread, no lock held. */
void     thr_permits_give_back        (ThrPermits            *self,
                                       ThrWaiter             *waiter);
void     thr_permits_leave            (ThrPermits            *self,
                                       ThrWaiter             *waiter);

gint64   thr_permits_get_count        (ThrPermits            *self);
guint    thr_permits_get_n_waiters    (ThrPermits            *self);
gboolean thr_permits_get_emit_signals (ThrPermits            *self);
/* FALSE when it was so before. */
gboolean thr_permits_set_emit_signals (ThrPermits            *self,
                                       gboolean               emit_signals);

G_END_DECLS
