/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "work/thr-deque-private.h"

G_BEGIN_DECLS

typedef struct _ThrLane ThrLane;

/* Where work from outside a pool's workers waits: a queue for each priority that is
 * in use, the most urgent first, each of them first in, first out. Entries lie by
 * value in blocks, so that queueing allocates once in a few hundred times.
 */
typedef struct
{
  GMutex      mutex;  /* a leaf */

  /* Constant. Entries with one of these functions are taken one by one; nullable. */
  ThrTaskFunc alone[3];

  /* Under the mutex. */
  ThrLane *lanes;     /* by ascending number: the most urgent first */
  guint    n_lanes;
  gboolean closed;

  /* Written under the mutex, read by anybody. */
  guint    length;
  int      first;     /* the most urgent priority with an entry; G_MAXINT: none */

  /* Atomic. How many have nothing in hand, and are here, on their way or asleep. Who
   * takes something here is counted off under the mutex: entries and takers always
   * match. */
  guint    n_idle;
} ThrInjector;

void  thr_injector_init   (ThrInjector    *self);
/* Must be empty. */
void  thr_injector_clear  (ThrInjector    *self);

/* Any thread. From then on pushes fail. */
void  thr_injector_close  (ThrInjector    *self);
/* Any thread. FALSE when it is closed. @crowded (nullable): set for an entry to be
 * taken alone when more wait than are idle. */
gboolean thr_injector_push (ThrInjector   *self,
                           int             priority,
                           const ThrEntry *entry,
                           gboolean       *crowded);
/* Any thread. For what was taken from a queue and is not to be lost: also when it is
 * closed. */
void  thr_injector_put_back (ThrInjector  *self,
                           const ThrEntry *entry);
/* Any thread. Takes up to @max entries of the most urgent priority, oldest first; one
 * when that is not the usual one, or when it is an entry to be taken alone. @idle
 * (nullable): whether the caller is counted in @n_idle; it is not any more when it
 * has found something. */
guint thr_injector_pop    (ThrInjector    *self,
                           ThrEntry       *entries,
                           guint           max,
                           gboolean       *idle);
/* Any thread. Whether more wait than are idle. */
gboolean thr_injector_is_crowded (ThrInjector *self);
/* Any thread. Leaves an entry, the first ones, to each who is idle, except to @n_surplus
 * of them, and appends the others to @rest. */
void  thr_injector_leave_for_idle (ThrInjector *self,
                           guint           n_surplus,
                           GArray         *rest);

static inline guint
thr_injector_get_length (ThrInjector *self)
{
  return __atomic_load_n (&self->length, __ATOMIC_SEQ_CST);
}

/* Whether something of @priority or more urgent waits. */
static inline gboolean
thr_injector_has (ThrInjector *self,
                  int          priority)
{
  return __atomic_load_n (&self->first, __ATOMIC_RELAXED) <= priority;
}

G_END_DECLS
