/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "thread/thr-functions.h"

#include <pthread.h>

#include "base/thr-self-private.h"
#include "thread/thr-thread-run-private.h"

/* The low-level functions: what Python has in _thread. */

static gint64 default_stack_size; /* atomic; as it was asked for, 0: the system's */

/**
 * thr_get_ident:
 *
 * Gets the number of the calling thread.
 *
 * It is the `pthread_t` and may be used again after the thread has ended.
 *
 * *Threads*: any. *Blocking*: never.
 *
 * Returns: a number that is not 0
 */
guint64
thr_get_ident (void)
{
  return (guint64) pthread_self ();
}

/**
 * thr_get_native_id:
 *
 * Gets the number by which the kernel knows the calling thread.
 *
 * *Threads*: any. *Blocking*: never.
 *
 * Returns: a number that is not 0
 */
gint64
thr_get_native_id (void)
{
  return thr_self_get ()->native_id;
}

/**
 * thr_start_new_thread:
 * @func: (scope notified) (closure user_data) (destroy notify): the body of the
 *   thread
 * @user_data: data for @func
 * @notify: called with @user_data when @func has ended
 * @error: return location for an error
 *
 * Starts a thread in one step, without an object to hold on to.
 *
 * The thread is a daemon: exit() does not wait for it. It ends silently when @func
 * returns %TRUE; an error goes to the hook of [func@Thr.set_error_hook]. The
 * thread has an object all the same, which [func@Thr.Thread.current] gives there.
 *
 * *Threads*: any. *Blocking*: never. @notify runs in the home of the caller, also
 * when the thread could not be started.
 *
 * The errors are those of [method@Thr.Thread.start].
 *
 * Returns: the thread's number, or 0 on failure
 */
guint64
thr_start_new_thread (ThrThreadFunc    func,
                      gpointer         user_data,
                      GDestroyNotify   notify,
                      GError         **error)
{
  g_autoptr (ThrThread) thread = thr_thread_new (NULL, func, user_data, notify);

  if (!thr_thread_set_daemon (thread, TRUE, error) ||
      !thr_thread_start (thread, error))
    return 0;

  return thr_thread_get_ident (thread);
}

/**
 * thr_exit_thread:
 *
 * Ends the calling thread silently, as if its function had returned %TRUE.
 *
 * It does not return, and what the functions on the stack hold is lost, as with
 * `pthread_exit()`; returning is better wherever it is possible, and an override
 * has an exception for it.
 *
 * It works in threads that were made as a [class@Thr.Thread] or with
 * [func@Thr.start_new_thread], and not after their function has returned.
 * Elsewhere (in the main thread, a foreign thread or a pool's task) it logs a
 * warning and returns: other people's code is waiting there to go on.
 *
 * *Threads*: see above. *Blocking*: never.
 */
void
thr_exit_thread (void)
{
  ThrThread *self = thr_thread_peek_current ();

  if (self == NULL ||
      thr_thread_get_private (self)->kind != THR_THREAD_MADE ||
      thr_thread_get_private (self)->record == NULL)
    {
      g_warning ("thr_exit_thread() ends only a ThrThread that runs");
      return;
    }

  pthread_exit (NULL);
}

/**
 * thr_get_stack_size:
 *
 * Gets the stack size of threads to come, as [func@Thr.set_stack_size] set it.
 *
 * *Threads*: any. *Blocking*: never.
 *
 * Returns: bytes, or 0 for the system's default
 */
gint64
thr_get_stack_size (void)
{
  return __atomic_load_n (&default_stack_size, __ATOMIC_RELAXED);
}

/**
 * thr_set_stack_size:
 * @bytes: at least 32768, or 0 for the system's default
 * @error: return location for an error
 *
 * Sets the stack size of the threads that are started from now on.
 *
 * What thread-local storage takes is added, and the sum is rounded up to pages. A
 * thread's own [property@Thr.Thread:stack-size] goes before it.
 *
 * *Threads*: any. *Blocking*: never.
 *
 * A size that is not possible is %THR_ERROR_INVALID_ARGUMENT and changes nothing.
 *
 * Returns: the size set before, or -1 on failure
 */
gint64
thr_set_stack_size (gint64   bytes,
                    GError **error)
{
  if (!thr_stack_size_check (bytes, error))
    return -1;

  return __atomic_exchange_n (&default_stack_size, bytes, __ATOMIC_RELAXED);
}

/**
 * thr_set_interruptible:
 * @interruptible: whether signals end waits
 *
 * Says whether a signal handler may end the calling thread's waits.
 *
 * For bindings whose language runs signal handlers between its own steps, as
 * Python does on its main thread: a wait that a signal came into then returns
 * %FALSE with *no* error set, having got nothing, and the binding runs its handlers
 * and waits again with the time that is left. Without it waits go on.
 *
 * *Threads*: any, for itself. *Blocking*: never.
 *
 * Returns: what was set before
 */
gboolean
thr_set_interruptible (gboolean interruptible)
{
  ThrSelf *me = thr_self_get ();
  gboolean previous = me->interruptible;

  me->interruptible = !!interruptible;
  return previous;
}
