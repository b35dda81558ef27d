/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "thread/thr-thread-registry-private.h"

#include <sys/syscall.h>
#include <unistd.h>

#include "base/thr-process-private.h"
#include "thread/thr-thread-current-private.h"

/* Who is alive, and the wait for the end of the others.
 *
 *   OPEN ── somebody ends the process ──► ENDING ── nobody left ──► CLOSED
 *    ▲                                       │
 *    └──── the wait was interrupted ─────────┘
 *
 * While ENDING only those threads may start others that the end waits for anyway,
 * and these are waited for as well: a thread that is let finish its work may need
 * one for it. While CLOSED nobody may, but for a hook of a later end.
 *
 * The main thread is in no list: it is always alive and never waited for.
 */

static GMutex mutex; /* before the locks of wait-lists; nothing else under it */

/* Under the mutex. */
static GQueue alive = G_QUEUE_INIT; /* ThrThreadPrivate.link → ThrThread, borrowed */
static guint n_enders;
static gboolean closed;

static ThrWaitList enders; /* those who wait for the others to end */

/* The calling thread runs the hooks of an end. */
static __thread gboolean runs_hooks;

/* --- fork --- */

/* The child has the forking thread alone, and its main thread is that. The other
 * objects stay as they are: their generation tells that they are not alive. Their
 * running references are never dropped, on purpose: the thread had been using its
 * object and its user data at that moment, and this copy of its stack still does.
 */
static void
child_forked_cb (void)
{
  ThrThread *me = thr_thread_peek_current ();

  g_queue_init (&alive);
  n_enders = 0;
  closed = FALSE;
  runs_hooks = FALSE;
  /* It may have been locked, and its waiters are the parent's. */
  thr_wait_list_init (&enders);

  if (me != NULL)
    {
      ThrThreadPrivate *priv = thr_thread_get_private (me);

      priv->kind = THR_THREAD_MAIN;
      priv->generation = thr_process_get_generation ();
      priv->native_id = syscall (SYS_gettid);
      priv->os = THR_OS_NONE;
      priv->listed = FALSE;
      priv->joining = NULL;
      priv->leaving = FALSE;
      g_mutex_init (&priv->name_mutex);
      thr_wait_list_init (&priv->waiters);
    }
  thr_thread_reset_main (me);
}

void
thr_registry_init (void)
{
  static gsize once;

  if (g_once_init_enter (&once))
    {
      thr_process_init ();
      thr_self_get ();
      thr_wait_list_init (&enders);
      thr_process_add_fork_mutex (&mutex);
      thr_process_add_child_hook (child_forked_cb);
      g_once_init_leave (&once, 1);
    }
}

void
thr_registry_lock (void)
{
  g_mutex_lock (&mutex);
}

void
thr_registry_unlock (void)
{
  g_mutex_unlock (&mutex);
}

/* --- Who is alive --- */

static gboolean
is_waited_for_unlocked (ThrThread *self)
{
  ThrThreadPrivate *priv = thr_thread_get_private (self);

  return priv->listed && !priv->daemon;
}

/* What an end waits for has changed. */
static void
tell_enders_unlocked (ThrWakeBatch *batch)
{
  if (n_enders == 0)
    return;

  thr_wait_list_lock (&enders);
  thr_wait_list_grant_all_unlocked (&enders, batch);
  thr_wait_list_unlock (&enders);
}

static void
add_unlocked (ThrThread *self)
{
  ThrThreadPrivate *priv = thr_thread_get_private (self);

  priv->link.data = self;
  g_queue_push_tail_link (&alive, &priv->link);
  priv->listed = TRUE;
}

static gboolean
may_start_unlocked (ThrThread *starter)
{
  if (runs_hooks)
    return TRUE;
  if (closed)
    return FALSE;
  return n_enders == 0 || (starter != NULL && is_waited_for_unlocked (starter));
}

gboolean
thr_registry_add (ThrThread  *self,
                  GError    **error)
{
  ThrThread *starter = thr_thread_peek_current ();
  gboolean may_start;

  g_mutex_lock (&mutex);
  may_start = may_start_unlocked (starter);
  if (may_start)
    add_unlocked (self);
  g_mutex_unlock (&mutex);

  if (!may_start)
    g_set_error_literal (error, THR_ERROR, THR_ERROR_SHUT_DOWN,
                         _("The process is ending: no thread can be started any more"));

  return may_start;
}

void
thr_registry_add_stand_in (ThrThread *self)
{
  g_mutex_lock (&mutex);
  add_unlocked (self);
  g_mutex_unlock (&mutex);
}

void
thr_registry_remove (ThrThread *self)
{
  ThrThreadPrivate *priv = thr_thread_get_private (self);
  ThrWakeBatch batch = THR_WAKE_BATCH_INIT;

  g_mutex_lock (&mutex);
  if (priv->listed)
    {
      g_queue_unlink (&alive, &priv->link);
      priv->listed = FALSE;
      tell_enders_unlocked (&batch);
    }
  g_mutex_unlock (&mutex);

  thr_wake_batch_fire (&batch);
}

GPtrArray *
thr_registry_snapshot (void)
{
  GPtrArray *threads = g_ptr_array_new_with_free_func (g_object_unref);

  g_mutex_lock (&mutex);
  for (GList *link = alive.head; link != NULL; link = link->next)
    {
      /* It never is the second reference, the one that would call a binding's
       * toggle function under our lock: the running one is there, too. */
      g_ptr_array_add (threads, g_object_ref (link->data));
    }
  g_mutex_unlock (&mutex);

  return threads;
}

guint
thr_registry_count (void)
{
  guint n;

  g_mutex_lock (&mutex);
  n = alive.length;
  g_mutex_unlock (&mutex);

  return n;
}

/* --- The end --- */

void
thr_registry_set_joining (ThrThread *me,
                          ThrThread *target)
{
  ThrWakeBatch batch = THR_WAKE_BATCH_INIT;

  if (me == NULL)
    return;

  g_mutex_lock (&mutex);
  thr_thread_get_private (me)->joining = target;
  if (target != NULL)
    tell_enders_unlocked (&batch);
  g_mutex_unlock (&mutex);

  thr_wake_batch_fire (&batch);
}

/* Whether @self can end only after somebody who waits for the end himself: it
 * joins the thread that called exit(), or one that does. Or it joins the main
 * thread, for which no end waits; unless that is the one that ends the process, for
 * then its latch is open and its joiners are on their way. */
static gboolean
is_stuck_unlocked (ThrThread *self)
{
  guint n = alive.length;

  /* Bounded, because a circle is refused only where edges are published. */
  for (guint i = 0; self != NULL && i <= n; i++)
    {
      ThrThreadPrivate *priv = thr_thread_get_private (self);

      if (__atomic_load_n (&priv->ended, __ATOMIC_ACQUIRE))
        return FALSE;
      if (priv->leaving || priv->kind == THR_THREAD_MAIN)
        return TRUE;
      self = priv->joining;
    }

  return FALSE;
}

static gboolean
is_anybody_left_unlocked (void)
{
  for (GList *link = alive.head; link != NULL; link = link->next)
    {
      ThrThread *thread = link->data;

      if (is_waited_for_unlocked (thread) && !is_stuck_unlocked (thread))
        return TRUE;
    }

  return FALSE;
}

void
thr_registry_begin_end (ThrThread *me)
{
  ThrWakeBatch batch = THR_WAKE_BATCH_INIT;

  g_mutex_lock (&mutex);
  n_enders++;
  if (me != NULL)
    thr_thread_get_private (me)->leaving = TRUE;
  /* Two that wait for the end do not wait for each other. */
  tell_enders_unlocked (&batch);
  g_mutex_unlock (&mutex);

  runs_hooks = TRUE;
  thr_wake_batch_fire (&batch);
}

gboolean
thr_registry_wait_for_others (void)
{
  ThrPark park = THR_PARK_GRANTED;

  runs_hooks = FALSE;

  while (park == THR_PARK_GRANTED)
    {
      ThrWaiter waiter;
      gboolean left;

      thr_waiter_begin (&waiter, NULL);
      g_mutex_lock (&mutex);
      left = is_anybody_left_unlocked ();
      if (left)
        {
          thr_wait_list_lock (&enders);
          thr_wait_list_push_unlocked (&enders, &waiter);
          thr_wait_list_unlock (&enders);
        }
      g_mutex_unlock (&mutex);

      if (left)
        park = thr_wait_list_park (&enders, &waiter, THR_DEADLINE_NEVER);
      thr_waiter_end (&waiter);

      if (!left)
        return TRUE;
    }

  return FALSE;
}

void
thr_registry_finish_end (ThrThread *me,
                         gboolean   close)
{
  g_mutex_lock (&mutex);
  n_enders--;
  if (me != NULL)
    thr_thread_get_private (me)->leaving = FALSE;
  if (close)
    closed = TRUE;
  g_mutex_unlock (&mutex);
}
