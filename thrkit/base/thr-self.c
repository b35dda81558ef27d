/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-self-private.h"

#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/thr-debug-private.h"
#include "base/thr-home-private.h"
#include "base/thr-process-private.h"

__thread ThrSelf *thr_self_tls;

/* Under records_mutex. Records come from here and go back; see the header. */
static GMutex records_mutex;
static ThrSelf *free_records;
static guint64 last_serial;

static GMutex names_mutex;

static pthread_key_t exit_key;
static void (*exit_hook) (ThrSelf *self); /* atomic */

/* A stale unpark is harmless at any age, so there is nothing to wait for before a
 * record is used again. */
static void
recycle (ThrSelf *self)
{
  g_mutex_lock (&records_mutex);
  self->next = free_records;
  free_records = self;
  g_mutex_unlock (&records_mutex);
}

/* Runs in the ending thread. Destructors of other keys may use the library after
 * this one: they get a new record, and this runs again for it. */
static void
thread_ended_cb (gpointer data)
{
  ThrSelf *self = data;
  void (*hook) (ThrSelf *) = __atomic_load_n (&exit_hook, __ATOMIC_ACQUIRE);

  /* glibc clears the key but not our variable; the hook needs it. */
  thr_self_tls = self;
  if (hook != NULL)
    hook (self);

  g_clear_pointer (&self->home, thr_home_unref);
  self->home_context = NULL;
  thr_debug_thread_gone (self);
  self->thread = NULL;
  self->task = NULL;
  self->worker = NULL;
  self->interruptible = FALSE;
  self->n_shares = 0;

  thr_self_tls = NULL;
  /* Release: who finds the thread gone sees all that it did. */
  __atomic_store_n (&self->serial, 0, __ATOMIC_RELEASE);
  recycle (self);
}

/* The child has the forking thread alone. Its own record gets the new number; the
 * records of the others are lost, since they may have been caught in any state. */
static void
child_forked_cb (void)
{
  ThrSelf *self = thr_self_tls;

  if (self == NULL)
    return;

  self->native_id = syscall (SYS_gettid);
  /* Somebody who woke us just before may have held the parker's mutex when we
   * forked, and will never give it back. */
  thr_parker_init (&self->parker);
}

static void
init_records (void)
{
  static gsize once;

  if (g_once_init_enter (&once))
    {
      thr_process_init ();
      if (pthread_key_create (&exit_key, thread_ended_cb) != 0)
        g_error ("No room for a thread-specific key");
      thr_process_add_fork_mutex (&records_mutex);
      thr_process_add_fork_mutex (&names_mutex);
      thr_process_add_child_hook (child_forked_cb);
      g_once_init_leave (&once, 1);
    }
}

ThrSelf *
thr_self_make (void)
{
  ThrSelf *self;
  guint64 serial;

  init_records ();

  g_mutex_lock (&records_mutex);
  self = free_records;
  if (self != NULL)
    free_records = self->next;
  serial = ++last_serial;
  g_mutex_unlock (&records_mutex);

  if (self == NULL)
    {
      self = g_new0 (ThrSelf, 1);
      thr_parker_init (&self->parker);
    }

  __atomic_store_n (&self->serial, serial, __ATOMIC_RELEASE);
  self->next = NULL;
  self->ident = (guint64) pthread_self ();
  self->native_id = syscall (SYS_gettid);
  self->spin_budget = 0;
  self->spins_in_vain = 0;
  self->spin_rarity = 0;
  thr_self_set_name (self, NULL);

  thr_self_tls = self;
  pthread_setspecific (exit_key, self);

  return self;
}

void
thr_self_set_exit_hook (void (*hook) (ThrSelf *self))
{
  __atomic_store_n (&exit_hook, hook, __ATOMIC_RELEASE);
}

/* Any thread. Cut at a character when it is long. */
void
thr_self_set_name (ThrSelf    *self,
                   const char *name)
{
  g_mutex_lock (&names_mutex);
  g_strlcpy (self->name, name != NULL ? name : "", sizeof self->name);
  if (!g_utf8_validate (self->name, -1, NULL))
    {
      const char *end;

      g_utf8_validate (self->name, -1, &end);
      self->name[end - self->name] = '\0';
    }
  g_mutex_unlock (&names_mutex);
}

/* Any thread. A thread without a name is called by its number. */
char *
thr_self_dup_name (ThrSelf *self)
{
  char *name;

  g_mutex_lock (&names_mutex);
  name = self->name[0] != '\0'
    ? g_strdup (self->name)
    : g_strdup_printf ("%" G_GINT64_FORMAT, self->native_id);
  g_mutex_unlock (&names_mutex);

  return name;
}
