/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "thread/thr-thread-run-private.h"

/* What others want of the OS thread: to join it, and its number.
 *
 * An OS thread is joined exactly once. Whoever is the one who joins holds no lock
 * meanwhile, because that may take as long as the thread lives.
 */

/* Under the lock of @waiters. Of the starter and the thread both say it. */
void
thr_thread_set_handle (ThrThread *self,
                       pthread_t  handle)
{
  ThrThreadPrivate *priv = thr_thread_get_private (self);

  if (priv->os != THR_OS_NONE)
    return;

  priv->handle = handle;
  priv->os = THR_OS_CREATED;
}

/* A destructor of the ending thread itself. As long as nobody has joined it, its
 * number is nobody else's. */
static gboolean
is_caller_unlocked (ThrThreadPrivate *priv)
{
  return priv->native_id == thr_self_get ()->native_id;
}

gboolean
thr_thread_claim_os (ThrThread *self)
{
  ThrThreadPrivate *priv = thr_thread_get_private (self);
  gboolean claimed;

  thr_wait_list_lock (&priv->waiters);
  claimed = priv->os == THR_OS_CREATED && !priv->ended;
  if (claimed)
    priv->os = THR_OS_JOINING;
  thr_wait_list_unlock (&priv->waiters);

  return claimed;
}

static void
settle (ThrThread  *self,
        ThrOsState  os)
{
  ThrThreadPrivate *priv = thr_thread_get_private (self);
  ThrWakeBatch batch = THR_WAKE_BATCH_INIT;

  thr_wait_list_lock (&priv->waiters);
  priv->os = os;
  thr_thread_grant_unlocked (self, THR_WAIT_FOR_JOIN, &batch);
  thr_wait_list_unlock (&priv->waiters);

  thr_wake_batch_fire (&batch);
}

void
thr_thread_disclaim_os (ThrThread *self)
{
  settle (self, THR_OS_CREATED);
}

void
thr_thread_join_claimed_os (ThrThread *self)
{
  pthread_join (thr_thread_get_private (self)->handle, NULL);
  settle (self, THR_OS_JOINED);
}

static void
wait_for_joiner (ThrThread *self)
{
  ThrThreadPrivate *priv = thr_thread_get_private (self);
  ThrWaiter waiter;
  gboolean pushed;

  thr_waiter_begin (&waiter, NULL);
  waiter.tag = THR_WAIT_FOR_JOIN;
  thr_wait_list_lock (&priv->waiters);
  pushed = priv->os == THR_OS_JOINING;
  if (pushed)
    thr_wait_list_push_unlocked (&priv->waiters, &waiter);
  thr_wait_list_unlock (&priv->waiters);

  if (pushed)
    thr_wait_list_park (&priv->waiters, &waiter, THR_DEADLINE_NEVER);
  thr_waiter_end (&waiter);
}

/* Short: the thread has opened its latch; it throws its user data away and ends. */
gboolean
thr_thread_join_os (ThrThread *self)
{
  ThrThreadPrivate *priv = thr_thread_get_private (self);

  for (;;)
    {
      ThrOsState os;
      gboolean is_caller;

      thr_wait_list_lock (&priv->waiters);
      os = priv->os;
      is_caller = is_caller_unlocked (priv);
      if (os == THR_OS_CREATED && !is_caller)
        priv->os = THR_OS_JOINING;
      thr_wait_list_unlock (&priv->waiters);

      if (os == THR_OS_NONE || os == THR_OS_JOINED)
        return TRUE;
      if (is_caller)
        return FALSE;

      if (os == THR_OS_JOINING)
        wait_for_joiner (self);
      else
        thr_thread_join_claimed_os (self);
    }
}

/* Of a thread that was never joined. The last reference: no lock. */
void
thr_thread_detach_os (ThrThread *self)
{
  ThrThreadPrivate *priv = thr_thread_get_private (self);

  if (priv->os == THR_OS_CREATED)
    pthread_detach (priv->handle);
}

/* --- The kernel's number --- */

/* The child says it as its first deed, so this is short. */
gint64
thr_thread_wait_native_id (ThrThread *self)
{
  ThrThreadPrivate *priv = thr_thread_get_private (self);

  for (;;)
    {
      gint64 number = __atomic_load_n (&priv->native_id, __ATOMIC_ACQUIRE);
      ThrWaiter waiter;
      gboolean pushed;

      if (number != 0 || thr_thread_is_forked_away (self) ||
          thr_thread_get_state (self) == THR_THREAD_STATE_NEW)
        return number;

      thr_waiter_begin (&waiter, NULL);
      thr_wait_list_lock (&priv->waiters);
      pushed = priv->native_id == 0 &&
               thr_thread_get_state (self) != THR_THREAD_STATE_NEW;
      if (pushed)
        {
          waiter.tag = THR_WAIT_FOR_NUMBER;
          thr_wait_list_push_unlocked (&priv->waiters, &waiter);
        }
      thr_wait_list_unlock (&priv->waiters);

      if (pushed)
        thr_wait_list_park (&priv->waiters, &waiter, THR_DEADLINE_NEVER);
      thr_waiter_end (&waiter);
    }
}
