/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "thread/thr-thread-core-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/thr-callable-private.h"
#include "base/thr-language-private.h"
#include "base/thr-process-private.h"
#include "thread/thr-exit-private.h"
#include "thread/thr-functions.h"
#include "thread/thr-thread-current-private.h"
#include "thread/thr-thread-registry-private.h"
#include "thread/thr-thread-run-private.h"

/* The life of an OS thread: start, begin, run, end. */

/* What Linux keeps of a name, without its end. */
#define OS_NAME_MAX 15

typedef struct
{
  ThrThread *self;
  gboolean   success;
  GError    *error;
} Run;

/* --- The name --- */

static void
cut_name (const char *name,
          char        cut[OS_NAME_MAX + 1])
{
  const char *end;

  g_strlcpy (cut, name, OS_NAME_MAX + 1);
  if (!g_utf8_validate (cut, -1, &end))
    cut[end - cut] = '\0';
}

/* The thread runs: its record is there. What the C library does for another thread
 * than the caller is the same, but it wants a handle, which whoever joins may just
 * have made worthless; the kernel's number is the thread's as long as it runs. */
static void
show_to_system (ThrThreadPrivate *priv)
{
#ifdef HAVE_PTHREAD_SETNAME_NP
  char cut[OS_NAME_MAX + 1];
  char path[64];
  int file;

  cut_name (priv->name, cut);
  if (priv->record == thr_self_peek ())
    {
      pthread_setname_np (pthread_self (), cut);
      return;
    }

  g_snprintf (path, sizeof path, "/proc/self/task/%" G_GINT64_FORMAT "/comm",
              priv->record->native_id);
  file = open (path, O_WRONLY | O_CLOEXEC);
  if (file < 0)
    return;
  /* A name is shown for people; nothing depends on it. */
  if (write (file, cut, strlen (cut)) < 0)
    g_debug ("The name of a thread cannot be shown: %s", g_strerror (errno));
  close (file);
#endif
}

static void
show_name_unlocked (ThrThreadPrivate *priv)
{
  if (priv->record == NULL)
    return;

  thr_self_set_name (priv->record, priv->name);
  /* Only what we made is renamed: the main thread's name is the program's in ps
   * and top, and a foreign thread's is its owner's affair. */
  if (priv->kind == THR_THREAD_MADE || priv->kind == THR_THREAD_WORKER)
    show_to_system (priv);
}

/* Any thread: the object has a new name. */
void
thr_thread_show_name (ThrThread *self)
{
  ThrThreadPrivate *priv = thr_thread_get_private (self);
  g_autofree char *name = NULL;

  if (thr_thread_is_forked_away (self))
    return;

  g_mutex_lock (&priv->name_mutex);
  /* Read here: of two threads that set a name, the one that comes last shows the
   * last name. */
  name = thr_object_dup_name (THR_OBJECT (self));
  g_strlcpy (priv->name, name != NULL ? name : "", sizeof priv->name);
  show_name_unlocked (priv);
  g_mutex_unlock (&priv->name_mutex);
}

/* The thread itself: it begins or ends. */
void
thr_thread_set_record (ThrThread *self,
                       ThrSelf   *record)
{
  ThrThreadPrivate *priv = thr_thread_get_private (self);

  g_mutex_lock (&priv->name_mutex);
  /* Release: pairs with the owner function of the wait graph. */
  __atomic_store_n (&priv->record, record, __ATOMIC_RELEASE);
  show_name_unlocked (priv);
  g_mutex_unlock (&priv->name_mutex);
}

/* --- The thread itself --- */

void
thr_thread_grant_unlocked (ThrThread    *self,
                           guint         tag,
                           ThrWakeBatch *batch)
{
  ThrThreadPrivate *priv = thr_thread_get_private (self);
  ThrWaiter *next;

  for (ThrWaiter *waiter = priv->waiters.head; waiter != NULL; waiter = next)
    {
      next = waiter->next;
      if (waiter->tag != tag)
        continue;
      thr_wait_list_remove_unlocked (&priv->waiters, waiter);
      thr_waiter_grant (waiter, batch);
    }
}

static void
begin (ThrThread *self)
{
  ThrThreadPrivate *priv = thr_thread_get_private (self);
  ThrWakeBatch batch = THR_WAKE_BATCH_INIT;
  ThrSelf *me = thr_self_get ();

  /* The running reference is the record's from now on. */
  me->thread = G_OBJECT (self);
  __atomic_store_n (&priv->ident, me->ident, __ATOMIC_RELAXED);

  thr_thread_set_record (self, me);

  thr_wait_list_lock (&priv->waiters);
  __atomic_store_n (&priv->native_id, me->native_id, __ATOMIC_RELEASE);
  /* As the starter does, whoever comes first: nobody who finds the latch open may
   * find nothing to join. */
  thr_thread_set_handle (self, pthread_self ());
  thr_thread_grant_unlocked (self, THR_WAIT_FOR_NUMBER, &batch);
  thr_wait_list_unlock (&priv->waiters);
  thr_wake_batch_fire (&batch);

  thr_thread_post_started (self);
}

void
thr_thread_drop_user_data (ThrThread *self)
{
  ThrThreadPrivate *priv = thr_thread_get_private (self);
  ThrMailbox *mailbox = thr_object_get_mailbox (THR_OBJECT (self));
  ThrCallable *callable = g_steal_pointer (&priv->callable);
  GDestroyNotify notify = g_steal_pointer (&priv->notify);

  thr_mailbox_throw_notify (mailbox, notify, g_steal_pointer (&priv->user_data));
  if (callable != NULL)
    thr_mailbox_throw_notify (mailbox, g_object_unref, callable);
}

/* Lets everybody go who waits for the end. */
void
thr_thread_open_latch (ThrThread *self)
{
  ThrThreadPrivate *priv = thr_thread_get_private (self);
  ThrWakeBatch batch = THR_WAKE_BATCH_INIT;

  thr_wait_list_lock (&priv->waiters);
  /* Release: pairs with the joiners' look without the lock; who sees it open sees
   * all that the thread did. */
  __atomic_store_n (&priv->ended, TRUE, __ATOMIC_RELEASE);
  thr_thread_grant_unlocked (self, THR_WAIT_FOR_END, &batch);
  thr_wait_list_unlock (&priv->waiters);

  thr_wake_batch_fire (&batch);
}

/* The last thing of each thread, exactly once, however it ends: also when
 * something unwinds it (thr_exit_thread(), or an interpreter that ends threads
 * once it is gone itself). */
static void
end (gpointer data)
{
  Run *run = data;
  ThrThread *self = run->self;
  ThrThreadPrivate *priv = thr_thread_get_private (self);
  gboolean failed = priv->error != NULL;

  thr_thread_set_record (self, NULL);
  thr_registry_remove (self);
  __atomic_store_n (&priv->state,
                    failed ? THR_THREAD_STATE_FAILED : THR_THREAD_STATE_FINISHED,
                    __ATOMIC_RELEASE);
  thr_thread_post_ended (self, failed ? priv->error : NULL);
  thr_thread_open_latch (self);
  /* After the answers of those that await the end, which the latch has posted.
   * A blocked joiner joins the OS thread, so it does not come before this. */
  thr_thread_drop_user_data (self);
}

/* The error is on the object before the hook sees it; state and signal follow
 * when the hook has returned, because the thread is alive until then. */
static void
fail (Run *run)
{
  ThrThreadPrivate *priv = thr_thread_get_private (run->self);

  if (run->error == NULL)
    g_set_error_literal (&run->error, THR_ERROR, THR_ERROR_NO_RESULT,
                         _("The thread's function ended without an answer and without an "
                           "error; its language binding probably blocked it, or swallowed "
                           "what it threw"));

  __atomic_store_n (&priv->error, run->error, __ATOMIC_RELEASE);
  thr_thread_report_error (run->self, run->error);
}

static void *
thread_main (void *data)
{
  Run run = { .self = data };
  ThrThreadPrivate *priv = thr_thread_get_private (run.self);

  pthread_cleanup_push (end, &run);

  begin (run.self);
  if (priv->body != NULL)
    {
      priv->body (run.self, priv->user_data);
      run.success = TRUE;
    }
  else
    {
      run.success = THR_THREAD_GET_CLASS (run.self)->run (run.self, &run.error);
    }

  /* Success with an error set is a mistake of the function; it said success. */
  if (run.success)
    g_clear_error (&run.error);
  else
    fail (&run);

  pthread_cleanup_pop (TRUE);
  return NULL;
}

/* --- The starter --- */

static gboolean
check_language (ThrThread  *self,
                GError    **error)
{
  ThrThreadPrivate *priv = thr_thread_get_private (self);
  gpointer run = (gpointer) THR_THREAD_GET_CLASS (self)->run;

  if (thr_language_notify_is_js (priv->notify))
    return thr_language_set_wrong_language_error (error, "Thr.Thread.new()");
  if (thr_language_vfunc_is_js (self, run))
    return thr_language_set_wrong_language_error (error, G_OBJECT_TYPE_NAME (self));
  if (priv->callable != NULL && thr_callable_is_js (priv->callable))
    return thr_language_set_wrong_language_error (error,
                                                  G_OBJECT_TYPE_NAME (priv->callable));

  return TRUE;
}

static gboolean
set_create_error (GError **error,
                  int      result)
{
  if (result == EINVAL)
    g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                         _("The system refuses the stack size of the thread"));
  else
    g_set_error (error, THR_ERROR, THR_ERROR_RESOURCES,
                 _("The system has no room for another thread: %s"), g_strerror (result));
  return FALSE;
}

/* Takes the step to RUNNING back. Whoever joined meanwhile looks again and finds
 * NEW; so the latch stays closed. */
static gboolean
unstart (ThrThread  *self,
         gboolean    listed)
{
  ThrThreadPrivate *priv = thr_thread_get_private (self);
  ThrWakeBatch batch = THR_WAKE_BATCH_INIT;

  if (listed)
    thr_registry_remove (self);

  thr_wait_list_lock (&priv->waiters);
  __atomic_store_n (&priv->state, THR_THREAD_STATE_NEW, __ATOMIC_RELEASE);
  thr_wait_list_grant_all_unlocked (&priv->waiters, &batch);
  thr_wait_list_unlock (&priv->waiters);
  thr_wake_batch_fire (&batch);

  return FALSE;
}

static gboolean
create (ThrThread  *self,
        GError    **error)
{
  ThrThreadPrivate *priv = thr_thread_get_private (self);
  gsize stack_size = priv->stack_size != 0 ? priv->stack_size : thr_get_stack_size ();
  pthread_t handle;
  int result;

  g_object_ref (self); /* the running reference */
  result = thr_os_thread_create (stack_size, thread_main, self, &handle);
  if (result != 0)
    {
      unstart (self, TRUE);
      g_object_unref (self);
      return set_create_error (error, result);
    }

  __atomic_store_n (&priv->ident, (guint64) handle, __ATOMIC_RELAXED);
  thr_wait_list_lock (&priv->waiters);
  thr_thread_set_handle (self, handle);
  thr_wait_list_unlock (&priv->waiters);
  return TRUE;
}

/**
 * thr_thread_start:
 * @self: a thread
 * @error: return location for an error
 *
 * Starts the thread.
 *
 * When this returns, the thread is alive, is in [func@Thr.Thread.list_alive] and
 * has its [property@Thr.Thread:ident]; it keeps itself alive until it ends. A
 * thread can be started once; after a failure other than
 * %THR_ERROR_ALREADY_STARTED it is still new.
 *
 * *Threads*: any. *Blocking*: never.
 *
 * It fails with %THR_ERROR_ALREADY_STARTED, also when the thread has ended since;
 * with %THR_ERROR_WRONG_LANGUAGE when its function, its callable or its `run` is
 * JavaScript; with %THR_ERROR_INVALID_ARGUMENT for an impossible stack size, with
 * %THR_ERROR_RESOURCES when the system has no room for a thread, and with
 * %THR_ERROR_SHUT_DOWN when the process ends.
 *
 * Returns: %TRUE when the thread runs
 */
gboolean
thr_thread_start (ThrThread  *self,
                  GError    **error)
{
  ThrThreadPrivate *priv;
  int expected = THR_THREAD_STATE_NEW;
  gboolean daemon;

  g_return_val_if_fail (THR_IS_THREAD (self), FALSE);

  priv = thr_thread_get_private (self);
  if (__atomic_load_n (&priv->state, __ATOMIC_ACQUIRE) == THR_THREAD_STATE_NEW &&
      !check_language (self, error))
    return FALSE;

  /* Before anybody can find it running. Of two that start one wins, and the loser
   * writes what the winner wrote. */
  if (__atomic_load_n (&priv->state, __ATOMIC_ACQUIRE) == THR_THREAD_STATE_NEW)
    __atomic_store_n (&priv->generation, thr_process_get_generation (), __ATOMIC_RELAXED);
  if (!__atomic_compare_exchange_n (&priv->state, &expected, THR_THREAD_STATE_RUNNING,
                                    FALSE, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_ALREADY_STARTED,
                           _("The thread has already been started"));
      return FALSE;
    }

  if (!thr_registry_add (self, error))
    return unstart (self, FALSE);

  daemon = thr_thread_get_daemon (self);
  if (!create (self, error))
    return FALSE;

  if (!daemon)
    thr_exit_register ();
  thr_home_reap (thr_object_get_home (THR_OBJECT (self)));

  return TRUE;
}
