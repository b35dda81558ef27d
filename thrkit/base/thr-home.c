/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-chaos-private.h"
#include "base/thr-home-core-private.h"

#include <unistd.h>

/* A home is the library's half of a GMainContext: what is to be emitted, called
 * back or freed in the context's thread is queued here by any thread and handled
 * there in batches.
 *
 *   any thread ── push ──► incoming (lock-free stack) ── refill ──► head…tail
 *                                                       (owner of the context)
 *
 * The home knows its context but holds no reference to it, and the context's only
 * tie to the home is a source. When the context dies it destroys the source, and
 * that tells us: GLib runs the destroy-notify of a source's callback while the
 * context is still allocated and unlocked. From then on the home is gone: pushes
 * fail and what was queued is discarded.
 *
 * Lock order: table_mutex, then a context's own; a home's life mutex, then the
 * context's own. GLib calls nothing of ours while it holds a context's.
 */

static GMutex table_mutex;
static GHashTable *table; /* under table_mutex: GMainContext → ThrHome, borrowed both */

static void
orphan_guests (ThrHome *self)
{
  for (;;)
    {
      ThrGuest *guest;
      GList *link;

      g_mutex_lock (&self->life);
      link = g_queue_pop_head_link (&self->guests);
      guest = link != NULL ? link->data : NULL;
      if (guest != NULL)
        guest->linked = FALSE;
      g_mutex_unlock (&self->life);

      if (guest == NULL)
        return;
      guest->orphaned (guest);
    }
}

/* The context is being freed, in this thread; it is unlocked and still there. */
static void
orphan_cb (gpointer data)
{
  ThrHome *self = data;

  /* A forked child frees the parent's context. What waits here waits for threads
   * that do not exist, and what they held when they were forked away, our mutex
   * maybe, stays held. */
  if (thr_home_is_foreign (self))
    return;

  g_mutex_lock (&table_mutex);
  if (g_hash_table_lookup (table, self->context) == self)
    g_hash_table_remove (table, self->context);
  g_mutex_unlock (&table_mutex);

  g_mutex_lock (&self->life);
  __atomic_store_n (&self->gone, TRUE, __ATOMIC_RELEASE);
  g_mutex_unlock (&self->life);
  THR_CHAOS ();

  /* Those who wait for this home first: they hand on what they might be granted. */
  orphan_guests (self);

  /* At the end of the process no code of a binding runs any more: the queue is
   * left to the system. */
  if (thr_process_is_ending ())
    return;

  thr_home_discard_queue (self);
  thr_home_unref (self);
}

/* --- Homes --- */

static ThrHome *
home_new (GMainContext *context)
{
  ThrHome *self = g_new0 (ThrHome, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->generation = thr_process_get_generation ();
  self->is_default = context == g_main_context_default ();
  self->context = context;
  self->loop_fd = -1;
  g_mutex_init (&self->life);
  g_queue_init (&self->guests);
  thr_home_attach (self, orphan_cb);

  return self;
}

/* The child's homes begin anew; those of the parent stay as they are, for the
 * objects that know them. The table is whole: fork() took its mutex. */
static void
child_forked_cb (void)
{
  if (table != NULL)
    g_hash_table_remove_all (table);
}

static void
init_table (void)
{
  static gsize once;

  if (g_once_init_enter (&once))
    {
      thr_process_init ();
      table = g_hash_table_new (NULL, NULL);
      thr_process_add_fork_mutex (&table_mutex);
      thr_process_add_child_hook (child_forked_cb);
      g_once_init_leave (&once, 1);
    }
}

static ThrHome *
lookup (GMainContext *context)
{
  ThrHome *home;

  init_table ();

  g_mutex_lock (&table_mutex);
  home = g_hash_table_lookup (table, context);
  if (home == NULL)
    {
      /* Attaching takes the context's lock under ours. Nobody holds that while it
       * takes ours: orphan_cb() is called with the context unlocked. */
      home = home_new (context);
      g_hash_table_insert (table, context, home);
    }
  else
    {
      thr_home_ref (home);
    }
  g_mutex_unlock (&table_mutex);

  return home;
}

ThrHome *
thr_home_get (GMainContext *context)
{
  ThrSelf *self = thr_self_get ();

  if (context == NULL)
    context = g_main_context_get_thread_default ();
  if (context == NULL)
    context = g_main_context_default ();

  /* A new context may lie where an old one lay; then the old home is gone. */
  if (self->home == NULL || self->home_context != context ||
      thr_home_is_gone (self->home))
    {
      g_clear_pointer (&self->home, thr_home_unref);
      self->home = lookup (context);
      self->home_context = context;
    }

  return thr_home_ref (self->home);
}

ThrHome *
thr_home_ref (ThrHome *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
thr_home_unref (ThrHome *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  /* The source owned a reference until the context went, so it has gone. */
  if (self->wake_fd >= 0)
    close (self->wake_fd);
  if (self->loop_fd >= 0)
    close (self->loop_fd);
  g_mutex_clear (&self->life);
  g_free (self);
}

GMainContext *
thr_home_dup_context (ThrHome *self)
{
  GMainContext *context = NULL;

  if (thr_home_is_foreign (self))
    return NULL;

  g_mutex_lock (&self->life);
  if (!self->gone)
    context = g_main_context_ref (self->context);
  g_mutex_unlock (&self->life);

  return context;
}

gboolean
thr_home_is_gone (ThrHome *self)
{
  return __atomic_load_n (&self->gone, __ATOMIC_ACQUIRE) || thr_home_is_foreign (self);
}

/* Contracts 1. *@owned tells whether the caller owns the context already; without
 * it, it must still succeed in acquiring it. */
static gboolean
is_mine (ThrHome  *self,
         gboolean *owned)
{
  gboolean mine = FALSE;

  *owned = FALSE;

  /* Before the lock, which another thread may have held when we were forked. */
  if (thr_home_is_foreign (self))
    return FALSE;

  g_mutex_lock (&self->life);
  if (!self->gone)
    {
      *owned = g_main_context_is_owner (self->context);
      mine = *owned ||
             g_main_context_get_thread_default () == self->context ||
             (self->is_default && thr_process_is_main_thread ());
    }
  g_mutex_unlock (&self->life);

  return mine;
}

/* The cheap half of is_mine(): the context of the home is what the caller works in, so
 * it lives. A home that has gone may have had another one at the same address; its mark
 * was set before that address could be used again. */
static gboolean
is_current (ThrHome      *self,
            GMainContext *current)
{
  return (current == self->context ||
          (current == NULL && self->is_default && thr_process_is_main_thread ())) &&
         !thr_home_is_gone (self);
}

gboolean
thr_home_is_mine (ThrHome *self)
{
  gboolean owned;

  return is_current (self, g_main_context_get_thread_default ()) || is_mine (self, &owned);
}

gboolean
thr_home_enter (ThrHome  *self,
                ThrVisit *visit)
{
  GMainContext *current = g_main_context_get_thread_default ();
  gboolean owned;

  if (thr_process_is_ending () ||
      (!is_current (self, current) && !is_mine (self, &owned)))
    return FALSE;

  /* The context lives: we own it, or it is on our stack of thread-default ones,
   * or it is the default one, which lives for ever. */
  visit->context = self->context;
  if (!g_main_context_acquire (visit->context))
    return FALSE;

  /* The default context is the thread-default one of who has none. */
  visit->pushed = current != visit->context && (current != NULL || !self->is_default);
  if (visit->pushed)
    g_main_context_push_thread_default (visit->context);

  return TRUE;
}

void
thr_home_leave (ThrVisit *visit)
{
  if (visit->pushed)
    g_main_context_pop_thread_default (visit->context);
  g_main_context_release (visit->context);
}

/* --- Guests --- */

gboolean
thr_home_check_in (ThrHome  *self,
                   ThrGuest *guest)
{
  gboolean in = FALSE;

  if (thr_home_is_foreign (self))
    return FALSE;

  g_mutex_lock (&self->life);
  if (!self->gone)
    {
      guest->link.data = guest;
      g_queue_push_tail_link (&self->guests, &guest->link);
      guest->linked = TRUE;
      in = TRUE;
    }
  g_mutex_unlock (&self->life);

  return in;
}

gboolean
thr_home_check_out (ThrHome  *self,
                    ThrGuest *guest)
{
  gboolean out;

  if (thr_home_is_foreign (self))
    return FALSE;

  g_mutex_lock (&self->life);
  out = guest->linked;
  if (out)
    {
      g_queue_unlink (&self->guests, &guest->link);
      guest->linked = FALSE;
    }
  g_mutex_unlock (&self->life);

  return out;
}
