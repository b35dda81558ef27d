/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-process-private.h"

#include <glib/gi18n-lib.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/thr-debug-private.h"
#include "base/thr-wait-graph-private.h"

#define MAX_HOOKS 32

/* Guards the two lists. Held from before fork() until after it, so that what is
 * unlocked is what was locked; the lists grow while other threads fork. */
static GMutex hooks_mutex;
static GMutex *fork_mutexes[MAX_HOOKS];
static guint n_fork_mutexes;
static void (*child_hooks[MAX_HOOKS]) (void);
static guint n_child_hooks;

static int ending;       /* atomic */
static guint generation; /* written only by a child with a single thread */

static void
prepare_fork_cb (void)
{
  g_mutex_lock (&hooks_mutex);
  for (guint i = 0; i < n_fork_mutexes; i++)
    g_mutex_lock (fork_mutexes[i]);
}

static void
parent_forked_cb (void)
{
  for (guint i = n_fork_mutexes; i > 0; i--)
    g_mutex_unlock (fork_mutexes[i - 1]);
  g_mutex_unlock (&hooks_mutex);
}

static void
child_forked_cb (void)
{
  generation++;
  parent_forked_cb ();

  for (guint i = 0; i < n_child_hooks; i++)
    child_hooks[i] ();
}

void
thr_process_init (void)
{
  static gsize once;

  if (g_once_init_enter (&once))
    {
      bindtextdomain (GETTEXT_PACKAGE, THR_LOCALEDIR);
      bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
      thr_debug_init ();
      /* Before all others that register a mutex: it is the outermost. */
      thr_wait_graph_init ();
      pthread_atfork (prepare_fork_cb, parent_forked_cb, child_forked_cb);
      g_once_init_leave (&once, 1);
    }
}

gboolean
thr_process_is_ending (void)
{
  return g_atomic_int_get (&ending);
}

void
thr_process_set_ending (void)
{
  g_atomic_int_set (&ending, TRUE);
}

guint
thr_process_get_generation (void)
{
  return generation;
}

void
thr_process_add_child_hook (void (*func) (void))
{
  g_mutex_lock (&hooks_mutex);
  g_assert (n_child_hooks < MAX_HOOKS);
  child_hooks[n_child_hooks++] = func;
  g_mutex_unlock (&hooks_mutex);
}

void
thr_process_add_fork_mutex (GMutex *fork_mutex)
{
  g_mutex_lock (&hooks_mutex);
  g_assert (n_fork_mutexes < MAX_HOOKS);
  fork_mutexes[n_fork_mutexes++] = fork_mutex;
  g_mutex_unlock (&hooks_mutex);
}

gboolean
thr_process_is_main_thread (void)
{
  /* Each answer costs two system calls and a thread's answer changes by fork()
   * alone; counted from 1, so that 0 is "not asked yet". */
  static __thread guint asked_in;
  static __thread gboolean is_main;

  /* On Linux the thread that the process began in has the process's own number,
   * and a forked child's only thread has the child's. */
  if (asked_in != generation + 1)
    {
      is_main = syscall (SYS_gettid) == getpid ();
      asked_in = generation + 1;
    }

  return is_main;
}
