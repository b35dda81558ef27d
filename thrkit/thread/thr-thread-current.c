/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "thread/thr-thread-current-private.h"

#include <sys/syscall.h>
#include <unistd.h>

#include "base/thr-process-private.h"
#include "thread/thr-local-private.h"
#include "thread/thr-thread-registry-private.h"
#include "thread/thr-thread-run-private.h"

/* The objects of threads that the library did not make: the main thread's, and
 * stand-ins for foreign ones. Both are made when first asked for; a foreign thread
 * that only locks things has its private record and nothing else.
 *
 * Any thread may ask for the main thread's object, and asks before the main thread
 * itself does. What the object says of the main thread comes from here, so it is
 * complete at once.
 */

/* Atomic. The main thread's number never changes and is never used again while
 * the process lives, so comparing with it is enough. 0: not known. */
static guint64 main_ident;

static ThrThread *main_thread; /* atomic; owned, for ever */

/* When the library is loaded by the main thread, as it is nearly always, that is
 * the one moment to learn its number from. Nothing else is set up here. */
__attribute__ ((constructor)) static void
library_loaded (void)
{
  if (thr_process_is_main_thread ())
    __atomic_store_n (&main_ident, (guint64) pthread_self (), __ATOMIC_RELAXED);
}

gboolean
thr_thread_caller_is_main (void)
{
  guint64 ident = __atomic_load_n (&main_ident, __ATOMIC_RELAXED);

  if (ident != 0)
    return ident == (guint64) pthread_self ();
  if (!thr_process_is_main_thread ())
    return FALSE;

  __atomic_store_n (&main_ident, (guint64) pthread_self (), __ATOMIC_RELAXED);
  return TRUE;
}

void
thr_thread_reset_main (ThrThread *main)
{
  if (main != NULL)
    g_object_ref (main);
  __atomic_store_n (&main_thread, main, __ATOMIC_RELEASE);
  __atomic_store_n (&main_ident, (guint64) pthread_self (), __ATOMIC_RELAXED);
}

/* --- Making --- */

static ThrThread *
make_running (const char    *name,
              ThrThreadKind  kind)
{
  /* Foreign threads come and go, and not all of them run a loop. */
  ThrThread *self = thr_thread_make (THR_TYPE_THREAD, name, g_main_context_default ());
  ThrThreadPrivate *priv = thr_thread_get_private (self);

  priv->kind = kind;
  priv->daemon = kind == THR_THREAD_STAND_IN;
  priv->generation = thr_process_get_generation ();
  priv->state = THR_THREAD_STATE_RUNNING;

  return self;
}

/* The record keeps a reference, but for the main thread, which needs none. */
static void
bind_caller (ThrThread *self)
{
  ThrThreadPrivate *priv = thr_thread_get_private (self);
  ThrSelf *me = thr_self_get ();

  priv->native_id = me->native_id;
  __atomic_store_n (&priv->ident, me->ident, __ATOMIC_RELAXED);
  me->thread = G_OBJECT (self);
  thr_thread_set_record (self, me);
}

static ThrThread *
adopt_caller (void)
{
  static int n_stand_ins; /* atomic */
  g_autofree char *name = NULL;
  ThrThread *self;

  name = g_strdup_printf ("Dummy-%d", g_atomic_int_add (&n_stand_ins, 1) + 1);
  self = make_running (name, THR_THREAD_STAND_IN);
  bind_caller (self);
  thr_registry_add_stand_in (self);

  return self;
}

static ThrThread *
get_main (void)
{
  ThrThread *self = __atomic_load_n (&main_thread, __ATOMIC_ACQUIRE);

  if (self == NULL)
    {
      ThrThread *made = make_running ("MainThread", THR_THREAD_MAIN);
      ThrThreadPrivate *priv = thr_thread_get_private (made);

      priv->native_id = getpid ();
      priv->ident = __atomic_load_n (&main_ident, __ATOMIC_RELAXED);
      /* Release: pairs with the load above, by threads that will read the object. */
      if (__atomic_compare_exchange_n (&main_thread, &self, made, FALSE,
                                       __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        self = made;
      else
        g_object_unref (made);
    }

  return self;
}

/* --- The end of a record --- */

static void
record_ended_cb (ThrSelf *record)
{
  ThrThread *self;
  ThrThreadPrivate *priv;

  /* First: what is freed here may still ask who the current thread is. */
  thr_local_thread_ended (record);

  if (record->thread == NULL)
    return;

  self = THR_THREAD (record->thread);
  priv = thr_thread_get_private (self);
  if (priv->kind == THR_THREAD_MAIN)
    {
      /* The main thread called pthread_exit(). It counts as alive all the same, as
       * its process does; only its record will be somebody else's. */
      thr_thread_set_record (self, NULL);
      return;
    }

  if (priv->kind == THR_THREAD_STAND_IN)
    {
      thr_thread_set_record (self, NULL);
      thr_registry_remove (self);
      __atomic_store_n (&priv->state, THR_THREAD_STATE_FINISHED, __ATOMIC_RELEASE);
      thr_thread_post_ended (self, NULL);
      thr_thread_open_latch (self);
    }

  /* Never dropped here: it may be the last, and then a binding's code would run in
   * a thread that has all but gone. */
  thr_home_throw (thr_object_get_home (THR_OBJECT (self)), &priv->trash);
}

void
thr_thread_init_records (void)
{
  thr_self_set_exit_hook (record_ended_cb);
}

/* --- Asking --- */

ThrThread *
thr_thread_peek_current (void)
{
  ThrSelf *me = thr_self_peek ();

  return me != NULL && me->thread != NULL ? THR_THREAD (me->thread) : NULL;
}

ThrThread *
thr_thread_peek_or_main (void)
{
  ThrThread *self = thr_thread_peek_current ();

  if (self == NULL && thr_thread_caller_is_main ())
    {
      self = get_main ();
      bind_caller (self);
    }

  return self;
}

/**
 * thr_thread_current:
 *
 * Gets the object of the calling thread.
 *
 * For a thread that the library did not start this is a stand-in, made at the
 * first call and the same one from then on. It is a daemon and alive until the
 * thread ends; its home is the default main context.
 *
 * *Threads*: any. *Blocking*: never.
 *
 * Returns: (transfer none): the calling thread; it stays valid as long as the
 *   thread runs
 */
ThrThread *
thr_thread_current (void)
{
  ThrThread *self = thr_thread_peek_or_main ();

  if (self == NULL)
    self = adopt_caller ();

  thr_thread_set_observed (self);
  return self;
}

/**
 * thr_thread_get_main:
 *
 * Gets the object of the thread that the program began in.
 *
 * In a process made by fork() this is the thread that called fork(). The main
 * thread is always alive.
 *
 * *Threads*: any. *Blocking*: never.
 *
 * Returns: (transfer none): the main thread; it stays valid for ever
 */
ThrThread *
thr_thread_get_main (void)
{
  if (thr_thread_caller_is_main ())
    return thr_thread_peek_or_main ();

  return get_main ();
}

/**
 * thr_thread_list_alive:
 *
 * Lists all threads that are alive.
 *
 * The main thread comes first, the others follow in the order in which they were
 * started: daemons, workers of pools, and the stand-ins of foreign threads that
 * [func@Thr.Thread.current] was called in.
 *
 * *Threads*: any. *Blocking*: never.
 *
 * Returns: (transfer full): a [class@Gio.ListStore] of [class@Thr.Thread], a
 *   snapshot that does not change any more
 */
GListModel *
thr_thread_list_alive (void)
{
  GListStore *store = g_list_store_new (THR_TYPE_THREAD);
  g_autoptr (GPtrArray) threads = thr_registry_snapshot ();

  g_list_store_append (store, thr_thread_get_main ());
  for (guint i = 0; i < threads->len; i++)
    {
      ThrThread *thread = threads->pdata[i];

      thr_thread_set_observed (thread);
      g_list_store_append (store, thread);
    }

  return G_LIST_MODEL (store);
}

/**
 * thr_thread_count_alive:
 *
 * Counts the threads that are alive, as [func@Thr.Thread.list_alive] lists them.
 *
 * *Threads*: any. *Blocking*: never.
 *
 * Returns: the number of threads, at least 1
 */
guint
thr_thread_count_alive (void)
{
  return thr_registry_count () + 1;
}
