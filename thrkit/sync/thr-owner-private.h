/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-self-private.h"

G_BEGIN_DECLS

/* Which thread holds something, if one does.
 *
 * A thread may end while it holds a lock, and the next thread may get its record.
 * So the record alone does not say who the owner is: it counts only together with
 * the serial number that it had. Such a lock stays held, by nobody that lives.
 *
 * Both fields are written by the owner alone: set after it has taken the lock,
 * cleared before it gives it back.
 */
typedef struct
{
  ThrSelf *thread;   /* atomic */
  guint64  serial __attribute__ ((aligned (8)));   /* atomic; means nothing without @thread */
} ThrOwner;

/* Relaxed: only the calling thread can have written its own record and number, and
 * it sees its own writes. */
static inline gboolean
thr_owner_is (ThrOwner *self,
              ThrSelf  *me)
{
  return __atomic_load_n (&self->thread, __ATOMIC_RELAXED) == me &&
         __atomic_load_n (&self->serial, __ATOMIC_RELAXED) ==
         __atomic_load_n (&me->serial, __ATOMIC_RELAXED);
}

static inline gboolean
thr_owner_is_me (ThrOwner *self)
{
  ThrSelf *me = thr_self_peek ();

  return me != NULL && thr_owner_is (self, me);
}

/* Release, both: they pair with the loads in thr_owner_get(). Who sees the thread sees
 * the number that goes with it or a later one, and who sees the number sees that the
 * owner before has cleared its own. */
static inline void
thr_owner_set (ThrOwner *self,
               ThrSelf  *me)
{
  __atomic_store_n (&self->serial, __atomic_load_n (&me->serial, __ATOMIC_RELAXED),
                    __ATOMIC_RELEASE);
  __atomic_store_n (&self->thread, me, __ATOMIC_RELEASE);
}

/* The release of the lock that follows makes it visible with the lock. */
static inline void
thr_owner_clear (ThrOwner *self)
{
  __atomic_store_n (&self->thread, NULL, __ATOMIC_RELAXED);
}

/* Any thread. The owner's record, or NULL when there is no owner that lives. It may
 * be another one by the time of the return, which is what the second walk of the wait
 * graph is for. */
static inline ThrSelf *
thr_owner_get (ThrOwner *self,
               gboolean *is_dead)
{
  ThrSelf *thread = __atomic_load_n (&self->thread, __ATOMIC_ACQUIRE);
  guint64 serial;

  *is_dead = FALSE;
  if (thread == NULL)
    return NULL;

  serial = __atomic_load_n (&self->serial, __ATOMIC_ACQUIRE);
  if (__atomic_load_n (&thread->serial, __ATOMIC_ACQUIRE) == serial)
    return thread;

  /* The number was another thread's when it was read, or that thread has ended. In
   * the second case what it did before is seen from here on: had it given the lock
   * back, the fields could not read the same once more. */
  *is_dead = __atomic_load_n (&self->thread, __ATOMIC_ACQUIRE) == thread &&
             __atomic_load_n (&self->serial, __ATOMIC_RELAXED) == serial;
  return NULL;
}

G_END_DECLS
