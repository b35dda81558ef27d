/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "thread/thr-exit-private.h"

#include <stdlib.h>

#include "base/thr-process-private.h"
#include "thread/thr-functions.h"
#include "thread/thr-thread-current-private.h"
#include "thread/thr-thread-registry-private.h"
#include "thread/thr-thread-run-private.h"

/* How a process ends: exit() waits for the threads that are not daemons.
 *
 * The handler runs in whatever thread called exit(), before the C library takes
 * the process apart; _exit() and fatal signals do not come by here. It waits with
 * the registry's own latch and never joins an OS thread: the thread that called
 * exit() may be one of ours, and the C library aborts when it is joined.
 *
 * A language that goes before its process does, as Python, waits earlier through
 * thr_wait_for_threads(); the handler then finds nothing left to do.
 */

#define MAX_HOOKS 8

static GMutex mutex; /* a leaf */

/* Under the mutex. */
static void (*hooks[MAX_HOOKS]) (void);
static guint n_hooks;

static void
run_hooks (void)
{
  void (*copy[MAX_HOOKS]) (void);
  guint n;

  g_mutex_lock (&mutex);
  n = n_hooks;
  for (guint i = 0; i < n; i++)
    copy[i] = hooks[i];
  g_mutex_unlock (&mutex);

  for (guint i = 0; i < n; i++)
    copy[i] ();
}

/* A main thread that waits for the end of the others is as good as ended: who
 * joins it is let go. Others who do are left out of the wait instead: the program
 * must not find a thread joined whose exit() is still on its way. */
static void
release_joiners_of_main (ThrThread *me)
{
  if (me != NULL && thr_thread_get_private (me)->kind == THR_THREAD_MAIN)
    thr_thread_open_latch (me);
}

static void
exiting_cb (void)
{
  ThrThread *me = thr_thread_peek_or_main ();

  /* Nobody is left whom a signal could be told to. */
  thr_self_get ()->interruptible = FALSE;

  thr_registry_begin_end (me);
  thr_process_set_ending ();
  release_joiners_of_main (me);
  run_hooks ();
  while (!thr_registry_wait_for_others ())
    ;
  thr_registry_finish_end (me, TRUE);
}

void
thr_exit_register (void)
{
  static gsize once;

  if (g_once_init_enter (&once))
    {
      if (atexit (exiting_cb) != 0)
        g_warning ("No room for an exit handler: exit() will not wait for threads");
      g_once_init_leave (&once, 1);
    }
}

void
thr_exit_add_hook (void (*func) (void))
{
  gboolean known = FALSE;

  g_mutex_lock (&mutex);
  for (guint i = 0; i < n_hooks; i++)
    known = known || hooks[i] == func;
  if (!known)
    {
      g_assert (n_hooks < MAX_HOOKS);
      hooks[n_hooks++] = func;
    }
  g_mutex_unlock (&mutex);

  thr_registry_init ();
  thr_exit_register ();
}

/**
 * thr_wait_for_threads:
 *
 * Ends the process's threads in good order: waits for all that are not daemons.
 *
 * exit() does this by itself. It is for languages whose interpreter goes before
 * the process does and takes its threads' code along: they call it first.
 * Pools finish what is queued, those of daemons cancel it. Threads that are
 * started meanwhile by the threads waited for are waited for, too; nobody else
 * can start threads from now on (%THR_ERROR_SHUT_DOWN), and after the wait nobody
 * at all. The caller is not waited for, nor is who waits for it; who joins the
 * main thread is let go when that is the caller. Afterwards no signal is emitted
 * and no destroy-notify is called any more.
 *
 * *Threads*: any, usually the main thread. *Blocking*: until the threads ended.
 *
 * Returns: %TRUE when all have ended, %FALSE when a signal handler wants to run
 *   and the binding asked for that with [func@Thr.set_interruptible]; call it
 *   again then
 */
gboolean
thr_wait_for_threads (void)
{
  ThrThread *me = thr_thread_peek_or_main ();
  gboolean ended;

  thr_registry_init ();
  thr_registry_begin_end (me);
  release_joiners_of_main (me);
  run_hooks ();
  ended = thr_registry_wait_for_others ();
  thr_registry_finish_end (me, ended);
  if (ended)
    thr_process_set_ending ();

  return ended;
}
