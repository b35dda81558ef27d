/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-debug-private.h"

#include "base/thr-i18n-private.h"
#include "base/thr-process-private.h"

/* The order of locks.
 *
 * Whenever a thread takes B while it holds A, "A before B" is remembered. When
 * some thread later takes A while it holds B, or closes a longer ring, the two can
 * meet and stop each other for ever, even if they did not this time. That is
 * reported, once for each pair.
 */

/* Under it only the mutexes of names are locked. */
static GMutex debug_mutex;
static GHashTable *followers; /* lock → set of locks taken while it was held */
static GHashTable *holders;   /* lock → ThrSelf: any thread may release a plain lock */

void
thr_debug_init (void)
{
  thr_debug_read ();
  followers = g_hash_table_new_full (NULL, NULL, NULL,
                                     (GDestroyNotify) g_hash_table_unref);
  holders = g_hash_table_new (NULL, NULL);
  thr_process_add_fork_mutex (&debug_mutex);
}

char *
thr_debug_describe (ThrObject *object)
{
  g_autofree char *name = thr_object_dup_name (object);

  if (name != NULL && name[0] != '\0')
    /* Translators: the quotation marks around the name of an object */
    return g_strdup_printf (_("“%s”"), name);
  return g_strdup_printf ("%s %p", G_OBJECT_TYPE_NAME (object), (gpointer) object);
}

/* Whether @to was ever taken, directly or over others, after @from. @seen guards
 * against rings that were reported before. */
static gboolean
leads_to_unlocked (gpointer    from,
                   gpointer    to,
                   GHashTable *seen)
{
  GHashTable *next = g_hash_table_lookup (followers, from);
  GHashTableIter iter;
  gpointer lock;

  if (next == NULL || !g_hash_table_add (seen, from))
    return FALSE;
  if (g_hash_table_contains (next, to))
    return TRUE;

  g_hash_table_iter_init (&iter, next);
  while (g_hash_table_iter_next (&iter, &lock, NULL))
    if (leads_to_unlocked (lock, to, seen))
      return TRUE;

  return FALSE;
}

/* Remembers "@before before @lock"; TRUE when that is new and contradicts what was
 * seen earlier. */
static gboolean
learn_unlocked (gpointer before,
                gpointer lock)
{
  GHashTable *next = g_hash_table_lookup (followers, before);
  g_autoptr (GHashTable) seen = NULL;

  if (next == NULL)
    {
      next = g_hash_table_new (NULL, NULL);
      g_hash_table_insert (followers, before, next);
    }
  if (!g_hash_table_add (next, lock))
    return FALSE;

  seen = g_hash_table_new (NULL, NULL);
  return leads_to_unlocked (lock, before, seen);
}

void
thr_debug_lock_acquired (ThrObject *lock)
{
  ThrSelf *me = thr_self_get ();
  ThrObject *culprit = NULL;
  g_autofree char *thread = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  g_mutex_lock (&debug_mutex);
  if (me->held == NULL)
    me->held = g_ptr_array_new ();
  for (guint i = 0; i < me->held->len; i++)
    {
      ThrObject *before = me->held->pdata[i];

      if (before != lock && learn_unlocked (before, lock))
        culprit = before;
    }
  g_ptr_array_add (me->held, lock);
  g_hash_table_insert (holders, lock, me);
  /* Described under the mutex: another thread may be dropping the culprit's last
   * reference right now, and then waits for us in thr_debug_lock_gone(). Taking a
   * reference of our own would come too late. */
  if (culprit != NULL)
    {
      thread = thr_self_dup_name (me);
      first = thr_debug_describe (culprit);
      second = thr_debug_describe (lock);
    }
  g_mutex_unlock (&debug_mutex);

  if (culprit != NULL)
    g_warning ("Thread “%s” took lock %s while it held %s; these locks were taken "
               "in the other order before, so two threads may block each other",
               thread, second, first);
}

void
thr_debug_lock_released (ThrObject *lock)
{
  ThrSelf *me = thr_self_get ();
  ThrSelf *holder;

  g_mutex_lock (&debug_mutex);
  holder = g_hash_table_lookup (holders, lock);
  /* Our own first: a lock that is shared has many holders, and the table knows the
   * last of them. */
  if ((me->held == NULL || !g_ptr_array_remove (me->held, lock)) &&
      holder != NULL && holder->held != NULL)
    g_ptr_array_remove (holder->held, lock);
  if (holder != NULL &&
      (holder->held == NULL || !g_ptr_array_find (holder->held, lock, NULL)))
    g_hash_table_remove (holders, lock);
  g_mutex_unlock (&debug_mutex);
}

/* Its address may belong to another lock tomorrow. */
void
thr_debug_lock_gone (ThrObject *lock)
{
  GHashTableIter iter;
  gpointer next;

  thr_debug_lock_released (lock);

  g_mutex_lock (&debug_mutex);
  g_hash_table_remove (followers, lock);
  g_hash_table_iter_init (&iter, followers);
  while (g_hash_table_iter_next (&iter, NULL, &next))
    g_hash_table_remove (next, lock);
  g_mutex_unlock (&debug_mutex);
}

void
thr_debug_thread_gone (ThrSelf *thread)
{
  if (thread->held == NULL)
    return;

  g_mutex_lock (&debug_mutex);
  for (guint i = 0; i < thread->held->len; i++)
    if (g_hash_table_lookup (holders, thread->held->pdata[i]) == thread)
      g_hash_table_remove (holders, thread->held->pdata[i]);
  g_clear_pointer (&thread->held, g_ptr_array_unref);
  g_mutex_unlock (&debug_mutex);
}
