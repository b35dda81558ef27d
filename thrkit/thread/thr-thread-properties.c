/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "thread/thr-thread-core-private.h"
#include "thread/thr-thread-registry-private.h"
#include "thread/thr-thread-run-private.h"

/* Looking at a thread, and changing what may be changed until it is started. */

/**
 * thr_thread_cancel:
 * @self: a thread
 *
 * Cancels the thread's [property@Thr.Thread:cancellable].
 *
 * Nothing is ended by force: the thread's function looks at the cancellable, or
 * hands it to what it calls, and returns.
 *
 * *Threads*: any. *Blocking*: never, but for callbacks that are connected to the
 * cancellable, which run in the caller.
 */
void
thr_thread_cancel (ThrThread *self)
{
  g_return_if_fail (THR_IS_THREAD (self));

  g_cancellable_cancel (thr_thread_get_cancellable (self));
}

/**
 * thr_thread_is_alive: (get-property alive)
 * @self: a thread
 *
 * Says whether the thread was started and has not ended.
 *
 * *Threads*: any. *Blocking*: never.
 *
 * Returns: whether the thread is alive
 */
gboolean
thr_thread_is_alive (ThrThread *self)
{
  g_return_val_if_fail (THR_IS_THREAD (self), FALSE);

  return thr_thread_get_state (self) == THR_THREAD_STATE_RUNNING;
}

/**
 * thr_thread_get_state: (get-property state)
 * @self: a thread
 *
 * Gets where the thread is in its life.
 *
 * *Threads*: any. *Blocking*: never.
 *
 * Returns: the state
 */
ThrThreadState
thr_thread_get_state (ThrThread *self)
{
  ThrThreadState state;

  g_return_val_if_fail (THR_IS_THREAD (self), THR_THREAD_STATE_NEW);

  /* Acquire: who sees the end sees the error, too. */
  state = __atomic_load_n (&thr_thread_get_private (self)->state, __ATOMIC_ACQUIRE);
  if (state == THR_THREAD_STATE_RUNNING && thr_thread_is_forked_away (self))
    return THR_THREAD_STATE_FINISHED;

  return state;
}

/**
 * thr_thread_get_error: (get-property error)
 * @self: a thread
 *
 * Gets why the thread failed.
 *
 * *Threads*: any. *Blocking*: never.
 *
 * Returns: (transfer none) (nullable): the error, or %NULL when the thread has not
 *   failed
 */
const GError *
thr_thread_get_error (ThrThread *self)
{
  g_return_val_if_fail (THR_IS_THREAD (self), NULL);

  return __atomic_load_n (&thr_thread_get_private (self)->error, __ATOMIC_ACQUIRE);
}

/**
 * thr_thread_get_ident: (get-property ident)
 * @self: a thread
 *
 * Gets the thread's number in this process.
 *
 * It is the `pthread_t`.
 *
 * *Threads*: any. *Blocking*: never.
 *
 * Returns: the number, or 0 before the start
 */
guint64
thr_thread_get_ident (ThrThread *self)
{
  g_return_val_if_fail (THR_IS_THREAD (self), 0);

  return __atomic_load_n (&thr_thread_get_private (self)->ident, __ATOMIC_RELAXED);
}

/**
 * thr_thread_get_native_id: (get-property native-id)
 * @self: a thread
 *
 * Gets the number by which the kernel knows the thread.
 *
 * It is kept after the end.
 *
 * *Threads*: any. *Blocking*: right after the start, until the new thread has
 * taken its first step.
 *
 * Returns: the number, or 0 before the start
 */
gint64
thr_thread_get_native_id (ThrThread *self)
{
  g_return_val_if_fail (THR_IS_THREAD (self), 0);

  return thr_thread_wait_native_id (self);
}

/**
 * thr_thread_get_cancellable: (get-property cancellable)
 * @self: a thread
 *
 * Gets what [method@Thr.Thread.cancel] cancels, for the thread's function to look
 * at.
 *
 * *Threads*: any. *Blocking*: never.
 *
 * Returns: (transfer none): the cancellable
 */
GCancellable *
thr_thread_get_cancellable (ThrThread *self)
{
  ThrThreadPrivate *priv;
  GCancellable *cancellable, *made;

  g_return_val_if_fail (THR_IS_THREAD (self), NULL);

  priv = thr_thread_get_private (self);
  cancellable = __atomic_load_n (&priv->cancellable, __ATOMIC_ACQUIRE);
  if (cancellable != NULL)
    return cancellable;

  /* Most threads are never asked. Of two that ask at once one makes it; release
   * pairs with the load above. */
  made = g_cancellable_new ();
  if (__atomic_compare_exchange_n (&priv->cancellable, &cancellable, made, FALSE,
                                   __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    return made;

  g_object_unref (made);
  return cancellable;
}

/**
 * thr_thread_get_daemon: (get-property daemon)
 * @self: a thread
 *
 * Gets whether the process may end before the thread does.
 *
 * *Threads*: any. *Blocking*: never.
 *
 * Returns: whether it is a daemon
 */
gboolean
thr_thread_get_daemon (ThrThread *self)
{
  gboolean daemon;

  g_return_val_if_fail (THR_IS_THREAD (self), FALSE);

  thr_registry_lock ();
  daemon = thr_thread_get_private (self)->daemon;
  thr_registry_unlock ();

  return daemon;
}

static gboolean
check_new_unlocked (ThrThread  *self,
                    GError    **error)
{
  if (thr_thread_get_state (self) == THR_THREAD_STATE_NEW)
    return TRUE;

  g_set_error_literal (error, THR_ERROR, THR_ERROR_ALREADY_STARTED,
                       _("This cannot be changed once the thread has been started"));
  return FALSE;
}

/**
 * thr_thread_set_daemon:
 * @self: a thread
 * @daemon: whether the process may end before the thread does
 * @error: return location for an error
 *
 * Sets [property@Thr.Thread:daemon].
 *
 * *Threads*: any. *Blocking*: never.
 *
 * It fails with %THR_ERROR_ALREADY_STARTED once the thread has been started.
 *
 * Returns: %TRUE on success
 */
gboolean
thr_thread_set_daemon (ThrThread  *self,
                       gboolean    daemon,
                       GError    **error)
{
  ThrThreadPrivate *priv;
  gboolean changeable, changed = FALSE;

  g_return_val_if_fail (THR_IS_THREAD (self), FALSE);

  priv = thr_thread_get_private (self);
  daemon = !!daemon;

  thr_registry_lock ();
  changeable = check_new_unlocked (self, error);
  if (changeable)
    {
      changed = priv->daemon != daemon;
      priv->daemon = daemon;
    }
  thr_registry_unlock ();

  if (changed)
    thr_thread_post_daemon (self);
  return changeable;
}

/**
 * thr_thread_get_stack_size: (get-property stack-size)
 * @self: a thread
 *
 * Gets the size that was asked for the thread's stack.
 *
 * *Threads*: any. *Blocking*: never.
 *
 * Returns: bytes, or 0 for the default
 */
gint64
thr_thread_get_stack_size (ThrThread *self)
{
  gint64 bytes;

  g_return_val_if_fail (THR_IS_THREAD (self), 0);

  thr_registry_lock ();
  bytes = thr_thread_get_private (self)->stack_size;
  thr_registry_unlock ();

  return bytes;
}

/**
 * thr_thread_set_stack_size:
 * @self: a thread
 * @bytes: at least 32768, or 0 for the default
 * @error: return location for an error
 *
 * Sets [property@Thr.Thread:stack-size].
 *
 * *Threads*: any. *Blocking*: never.
 *
 * It fails with %THR_ERROR_INVALID_ARGUMENT for a size that is not possible and
 * with %THR_ERROR_ALREADY_STARTED once the thread has been started.
 *
 * Returns: %TRUE on success
 */
gboolean
thr_thread_set_stack_size (ThrThread  *self,
                           gint64      bytes,
                           GError    **error)
{
  ThrThreadPrivate *priv;
  gboolean changeable, changed = FALSE;

  g_return_val_if_fail (THR_IS_THREAD (self), FALSE);

  if (!thr_stack_size_check (bytes, error))
    return FALSE;

  priv = thr_thread_get_private (self);

  thr_registry_lock ();
  changeable = check_new_unlocked (self, error);
  if (changeable)
    {
      changed = priv->stack_size != bytes;
      priv->stack_size = bytes;
    }
  thr_registry_unlock ();

  if (changed)
    thr_thread_post_stack_size (self);
  return changeable;
}
