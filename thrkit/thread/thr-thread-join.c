/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-operation-private.h"
#include "base/thr-wait-graph-private.h"
#include "thread/thr-thread-current-private.h"
#include "thread/thr-thread-registry-private.h"
#include "thread/thr-thread-run-private.h"

/* Waiting for the end of a thread. All forms wait in one list for one latch, and
 * whoever sees the latch open first really joins the OS thread. The first that
 * waits without a way out joins it at once.
 */

/* Whether there is nothing to wait for, so that no lock is needed either. */
static gboolean
is_over (ThrThread *self)
{
  ThrThreadPrivate *priv = thr_thread_get_private (self);

  return thr_thread_is_forked_away (self) ||
         __atomic_load_n (&priv->ended, __ATOMIC_ACQUIRE);
}

static gboolean
check_started (ThrThread  *self,
               GError    **error)
{
  if (thr_thread_get_state (self) != THR_THREAD_STATE_NEW)
    return TRUE;

  g_set_error_literal (error, THR_ERROR, THR_ERROR_NOT_STARTED,
                       _("A thread cannot be joined before it is started"));
  return FALSE;
}

static gboolean
set_self_join_error (GError **error)
{
  g_set_error_literal (error, THR_ERROR, THR_ERROR_SELF_JOIN,
                       _("A thread cannot join itself"));
  return FALSE;
}

static gboolean
check_joinable (ThrThread  *self,
                GError    **error)
{
  if (!check_started (self, error))
    return FALSE;

  /* Asking binds the main thread to its object, so that others can find out that
   * it waits for them. */
  if (self == thr_thread_peek_or_main ())
    return set_self_join_error (error);

  return TRUE;
}

/* --- Blocking --- */

/* Under the graph's mutex. */
static ThrSelf *
get_owner (gpointer resource)
{
  return __atomic_load_n (&thr_thread_get_private (resource)->record, __ATOMIC_ACQUIRE);
}

/* Waits with the waiter in the list. @certain: nothing but the end, or somebody who
 * reports a deadlock, can end this. */
static gboolean
park (ThrThread    *self,
      ThrWaiter    *waiter,
      ThrDeadline   deadline,
      gboolean      certain,
      GError      **error)
{
  ThrThreadPrivate *priv = thr_thread_get_private (self);
  ThrWaitEdge edge = {
    .kind = THR_EDGE_THREAD,
    .waiter = waiter,
    .resource = self,
    .get_owner = get_owner
  };
  ThrPark result;

  if (certain && !thr_wait_graph_enter (&edge, error))
    {
      thr_wait_list_lock (&priv->waiters);
      thr_wait_list_remove_unlocked (&priv->waiters, waiter);
      thr_wait_list_unlock (&priv->waiters);
      return FALSE;
    }

  result = thr_wait_list_park (&priv->waiters, waiter, deadline);
  if (certain)
    thr_wait_graph_leave (&edge);

  return thr_park_to_error (result, error);
}

static gboolean
wait_once (ThrThread     *self,
           ThrDeadline    deadline,
           GCancellable  *cancellable,
           gboolean       publish,
           GError       **error)
{
  ThrThreadPrivate *priv = thr_thread_get_private (self);
  ThrThread *me = thr_thread_peek_current ();
  gboolean for_ever = deadline == THR_DEADLINE_NEVER && cancellable == NULL;
  gboolean success = TRUE;
  gboolean pushed;
  ThrWaiter waiter;

  thr_waiter_begin (&waiter, cancellable);
  thr_wait_list_lock (&priv->waiters);
  pushed = !priv->ended &&
           thr_thread_get_state (self) != THR_THREAD_STATE_NEW;
  if (pushed)
    {
      waiter.tag = THR_WAIT_FOR_END;
      thr_wait_list_push_unlocked (&priv->waiters, &waiter);
    }
  thr_wait_list_unlock (&priv->waiters);

  if (pushed)
    {
      /* An exit() in the thread that we wait for must not wait for us. */
      if (for_ever)
        thr_registry_set_joining (me, self);
      success = park (self, &waiter, deadline, for_ever && publish, error);
      if (for_ever)
        thr_registry_set_joining (me, NULL);
    }
  thr_waiter_end (&waiter);

  return success;
}

/* Whether joining the OS thread itself is as good as waiting for the latch, and one
 * wake-up cheaper: when nothing else can end the wait. A report of a deadlock goes
 * to who closes the circle, never to who sits in it already. */
static gboolean
may_join_directly (ThrDeadline   deadline,
                   GCancellable *cancellable)
{
  return deadline == THR_DEADLINE_NEVER && cancellable == NULL &&
         !thr_self_get ()->interruptible;
}

/* The caller is the one who joins the OS thread. */
static gboolean
join_directly (ThrThread  *self,
               gboolean    publish,
               GError    **error)
{
  ThrThread *me = thr_thread_peek_current ();
  ThrWaiter waiter;
  ThrWaitEdge edge = {
    .kind = THR_EDGE_THREAD,
    .waiter = &waiter,
    .resource = self,
    .get_owner = get_owner
  };

  /* In no list. It is WAITING as long as the edge is there; once the thread has
   * ended the edge leads nowhere. */
  thr_waiter_begin (&waiter, NULL);
  if (publish && !thr_wait_graph_enter (&edge, error))
    {
      thr_waiter_end (&waiter);
      thr_thread_disclaim_os (self);
      return FALSE;
    }

  /* An exit() in the thread that we wait for must not wait for us. */
  thr_registry_set_joining (me, self);
  thr_thread_join_claimed_os (self);
  thr_registry_set_joining (me, NULL);
  if (publish)
    thr_wait_graph_leave (&edge);
  thr_waiter_end (&waiter);

  return TRUE;
}

static gboolean
wait_and_join (ThrThread     *self,
               ThrDeadline    deadline,
               GCancellable  *cancellable,
               gboolean       publish,
               GError       **error)
{
  gboolean directly = may_join_directly (deadline, cancellable);

  /* Again when a start that we saw failed after all. */
  while (!is_over (self))
    {
      gboolean waited;

      if (!check_started (self, error))
        return FALSE;

      if (directly && thr_thread_claim_os (self))
        waited = join_directly (self, publish, error);
      else
        waited = wait_once (self, deadline, cancellable, publish, error);
      if (!waited)
        return FALSE;
    }

  if (thr_thread_is_forked_away (self) || thr_thread_join_os (self))
    return TRUE;
  return set_self_join_error (error);
}

gboolean
thr_thread_wait_for_end (ThrThread     *self,
                         ThrDeadline    deadline,
                         GCancellable  *cancellable,
                         GError       **error)
{
  return check_joinable (self, error) &&
         wait_and_join (self, deadline, cancellable, FALSE, error);
}

/* The running reference of a thread that was joined is on its way home, maybe behind
 * the rests of many other threads. Who joins at home finds it dropped. */
static void
reap (ThrThread *self,
      ThrHome   *home,
      gboolean   joined)
{
  ThrThreadPrivate *priv = thr_thread_get_private (self);
  const guint max_rounds = 64;

  thr_home_reap (home);
  if (!joined || !thr_home_is_mine (home))
    return;

  /* Bounded: inside a destroy-notify nothing is reaped. */
  for (guint i = 0; i < max_rounds; i++)
    {
      if (__atomic_load_n (&priv->dropped, __ATOMIC_ACQUIRE))
        return;
      thr_home_reap (home);
    }
}

static gboolean
join (ThrThread     *self,
      ThrDeadline    deadline,
      GCancellable  *cancellable,
      GError       **error)
{
  ThrHome *home;
  gboolean joined;

  if (!check_joinable (self, error))
    return FALSE;

  g_object_ref (self);
  joined = wait_and_join (self, deadline, cancellable, TRUE, error);

  /* Also after a wait that failed (contracts 1). */
  home = thr_home_ref (thr_object_get_home (THR_OBJECT (self)));
  thr_mailbox_flush (thr_object_get_mailbox (THR_OBJECT (self)));
  reap (self, home, joined);
  g_object_unref (self);
  thr_home_unref (home);

  return joined;
}

/**
 * thr_thread_join:
 * @self: a thread
 * @error: return location for an error
 *
 * Waits until the thread has ended.
 *
 * Any number of threads may join, any number of times. Afterwards the thread is
 * not alive, is in no list, and nothing of it is left in the kernel; called in the
 * home's own thread, its signals have been emitted. Whether it failed is in
 * [property@Thr.Thread:error]. In a process made by fork() the parent's threads
 * count as ended.
 *
 * *Threads*: any but the thread itself. *Blocking*: until the end.
 *
 * It fails with %THR_ERROR_NOT_STARTED, with %THR_ERROR_SELF_JOIN in the thread
 * itself, and with %THR_ERROR_DEADLOCK when the thread waits for the caller, be it
 * through others.
 *
 * Returns: %TRUE when the thread has ended
 */
gboolean
thr_thread_join (ThrThread  *self,
                 GError    **error)
{
  g_return_val_if_fail (THR_IS_THREAD (self), FALSE);

  return join (self, THR_DEADLINE_NEVER, NULL, error);
}

/**
 * thr_thread_join_timed:
 * @self: a thread
 * @timeout_us: microseconds to wait, 0 to only look, -1 to wait for ever
 * @cancellable: (nullable): ends the wait when it is cancelled
 * @error: return location for an error
 *
 * Waits until the thread has ended, with a limit; as [method@Thr.Thread.join]
 * else. A wait that ends early changes nothing for the thread.
 *
 * *Threads*: any but the thread itself. *Blocking*: until the end, the limit or the
 * cancellation.
 *
 * It fails with %G_IO_ERROR_TIMED_OUT, with %G_IO_ERROR_CANCELLED, with
 * %THR_ERROR_INVALID_ARGUMENT for a limit below -1, and as
 * [method@Thr.Thread.join] does.
 *
 * Returns: %TRUE when the thread has ended
 */
gboolean
thr_thread_join_timed (ThrThread     *self,
                       gint64         timeout_us,
                       GCancellable  *cancellable,
                       GError       **error)
{
  ThrDeadline deadline;

  g_return_val_if_fail (THR_IS_THREAD (self), FALSE);

  if (!thr_deadline_from_timeout (timeout_us, &deadline, error))
    return FALSE;

  return join (self, deadline, cancellable, error);
}

/* --- Awaiting --- */

static void
operation_leave (ThrObject *source,
                 ThrWaiter *waiter)
{
  ThrThreadPrivate *priv = thr_thread_get_private (THR_THREAD (source));

  thr_wait_list_lock (&priv->waiters);
  thr_wait_list_remove_unlocked (&priv->waiters, waiter);
  thr_wait_list_unlock (&priv->waiters);
}

/* An end can be shared by all, so there is nothing to give back. */
static const ThrOperationType join_type = {
  .give_back = NULL,
  .leave = operation_leave
};

/**
 * thr_thread_join_async:
 * @self: a thread
 * @cancellable: (nullable): ends the wait when it is cancelled
 * @callback: (scope async) (closure user_data) (nullable): called at home when
 *   the thread has ended
 * @user_data: data for @callback
 *
 * Waits for the end of the thread on the main loop.
 *
 * *Threads*: any. *Blocking*: never; @callback runs in the thread's home after
 * its other signals, even when the thread has ended before.
 */
void
thr_thread_join_async (ThrThread           *self,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  ThrThreadPrivate *priv;
  ThrOperation *operation;
  GError *error = NULL;
  gboolean joined = FALSE;

  g_return_if_fail (THR_IS_THREAD (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  priv = thr_thread_get_private (self);
  operation = thr_operation_new (self, &join_type, cancellable, callback, user_data);

  if (check_joinable (self, &error) && !thr_thread_is_forked_away (self))
    {
      operation->waiter.tag = THR_WAIT_FOR_END;
      thr_wait_list_lock (&priv->waiters);
      if (!priv->ended && thr_thread_get_state (self) != THR_THREAD_STATE_NEW)
        joined = thr_operation_join_unlocked (operation, &priv->waiters);
      thr_wait_list_unlock (&priv->waiters);
    }

  /* Cancelled before, not to be waited for, or ended: nothing was taken, so it is
   * all the same which. */
  if (!joined)
    thr_operation_settle (operation, error);
  thr_home_reap (thr_object_get_home (THR_OBJECT (self)));
}

/**
 * thr_thread_join_finish:
 * @self: a thread
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Ends [method@Thr.Thread.join_async].
 *
 * The errors are those of [method@Thr.Thread.join_timed] but for the time-out;
 * %THR_ERROR_INVALID_STATE when it was called before.
 *
 * Returns: %TRUE when the thread has ended
 */
gboolean
thr_thread_join_finish (ThrThread     *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (THR_IS_THREAD (self), FALSE);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), FALSE);

  if (!thr_operation_finish (self, &join_type, result, error))
    return FALSE;

  /* A start that failed lets its waiters go, too. */
  if (!check_started (self, error))
    return FALSE;

  return thr_thread_is_forked_away (self) || thr_thread_join_os (self) ||
         set_self_join_error (error);
}
