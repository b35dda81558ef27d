/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "thread/thr-local-private.h"

#include "base/thr-process-private.h"
#include "thread/thr-thread-current-private.h"

/* Who keeps what for whom.
 *
 * Each thread has a table of slots, one for each local that it has put something
 * into, found by the local's number. The table is the thread's alone. Each local has
 * a list of its slots, under the mutex.
 *
 *   LINKED ── the local goes ──► DEAD      its values are freed by who drops the local;
 *      │                          │        the slot stays in its thread's table
 *      └── the thread ends ───────┴──► freed, by the thread
 *
 * A thread that uses a local holds a reference to it, so its slot is LINKED and its
 * values are touched by nobody else: they need no lock. Numbers are never used again,
 * so that a new local at the address of an old one finds nothing. DEAD slots are
 * swept out when a table has doubled, so a thread that outlives many locals does not
 * collect them.
 */
typedef struct
{
  /* Under the mutex. */
  ThrLocal   *local;    /* borrowed; NULL: DEAD */
  GList       link;

  GHashTable *values;   /* owned; the thread's own while LINKED */
} Slot;

typedef struct
{
  GHashTable *slots;    /* ThrLocal.id → Slot */
  guint       sweep_at; /* the size at which DEAD slots are looked for */

  /* The slot that was asked for last. */
  guint64     last_id;
  Slot       *last;
} Table;

/* What a slot held, on its way out. */
typedef struct
{
  ThrHome    *home;
  GHashTable *values;
} Remains;

#define SWEEP_MIN 16

/* Destructors may put new values into the table of a thread that ends; after so many
 * rounds the last ones are lost. */
#define MAX_ROUNDS 16

static GMutex mutex; /* a leaf */

void
thr_local_slots_init (void)
{
  thr_process_add_fork_mutex (&mutex);
  /* A thread that the library did not start has an end, too. */
  thr_thread_init_records ();
}

/* --- Freeing; no lock held --- */

/* Whether freeing it may run code of a language, or of an object. */
static gboolean
is_of_home (const GValue *value)
{
  switch (G_TYPE_FUNDAMENTAL (G_VALUE_TYPE (value)))
    {
    case G_TYPE_INVALID:
    case G_TYPE_CHAR:
    case G_TYPE_UCHAR:
    case G_TYPE_BOOLEAN:
    case G_TYPE_INT:
    case G_TYPE_UINT:
    case G_TYPE_LONG:
    case G_TYPE_ULONG:
    case G_TYPE_INT64:
    case G_TYPE_UINT64:
    case G_TYPE_ENUM:
    case G_TYPE_FLAGS:
    case G_TYPE_FLOAT:
    case G_TYPE_DOUBLE:
    case G_TYPE_STRING:
    case G_TYPE_POINTER:
    case G_TYPE_VARIANT:
      return FALSE;
    default:
      return TRUE;
    }
}

static void
free_remains (Remains *self)
{
  gboolean of_home = FALSE;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->values);
  while (!of_home && g_hash_table_iter_next (&iter, NULL, &value))
    of_home = is_of_home (value);

  /* What a binding gave must go at home, and the thread that ends here has all but
   * gone. In the home's own thread nothing speaks against doing it at once. */
  if (of_home && !thr_home_is_mine (self->home))
    thr_home_throw_notify (self->home, (GDestroyNotify) g_hash_table_unref, self->values);
  else
    g_hash_table_unref (self->values);
  thr_home_unref (self->home);
}

/* Under the mutex: LINKED to DEAD. */
static void
take_remains_unlocked (Slot   *slot,
                       GArray *all)
{
  Remains remains = {
    .home = thr_home_ref (thr_object_get_home (THR_OBJECT (slot->local))),
    .values = g_steal_pointer (&slot->values)
  };

  g_queue_unlink (&slot->local->slots, &slot->link);
  slot->local = NULL;
  g_array_append_val (all, remains);
}

static GArray *
remains_new (void)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (Remains));

  g_array_set_clear_func (all, (GDestroyNotify) free_remains);
  return all;
}

void
thr_local_slots_drop (ThrLocal *self)
{
  g_autoptr (GArray) all = remains_new ();

  g_mutex_lock (&mutex);
  while (self->slots.head != NULL)
    take_remains_unlocked (self->slots.head->data, all);
  g_mutex_unlock (&mutex);
}

static void
table_free (Table *self)
{
  g_autoptr (GArray) all = remains_new ();
  GHashTableIter iter;
  gpointer slot;

  g_mutex_lock (&mutex);
  g_hash_table_iter_init (&iter, self->slots);
  while (g_hash_table_iter_next (&iter, NULL, &slot))
    if (((Slot *) slot)->local != NULL)
      take_remains_unlocked (slot, all);
  g_mutex_unlock (&mutex);

  g_hash_table_unref (self->slots);
  g_free (self);
}

void
thr_local_thread_ended (ThrSelf *record)
{
  for (guint i = 0; i < MAX_ROUNDS && record->locals != NULL; i++)
    table_free (g_steal_pointer (&record->locals));

  record->locals = NULL;
}

/* --- Finding --- */

static void
value_free (gpointer data)
{
  GValue *value = data;

  if (G_IS_VALUE (value))
    g_value_unset (value);
  g_free (value);
}

static gboolean
is_dead_cb (gpointer key,
            gpointer slot,
            gpointer data)
{
  return ((Slot *) slot)->local == NULL;
}

/* A dead slot has no values any more, so nothing of the outside is freed here. */
static void
sweep (Table *self)
{
  if (g_hash_table_size (self->slots) < self->sweep_at)
    return;

  g_mutex_lock (&mutex);
  g_hash_table_foreach_remove (self->slots, is_dead_cb, NULL);
  g_mutex_unlock (&mutex);
  self->sweep_at = MAX (2 * g_hash_table_size (self->slots), SWEEP_MIN);
  self->last_id = 0;
}

static Table *
get_table (ThrSelf *me)
{
  Table *table = me->locals;

  if (table == NULL)
    {
      table = g_new0 (Table, 1);
      table->slots = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
      table->sweep_at = SWEEP_MIN;
      me->locals = table;
    }

  return table;
}

static Slot *
add_slot (Table    *table,
          ThrLocal *local)
{
  Slot *slot = g_new0 (Slot, 1);

  sweep (table);

  slot->local = local;
  slot->link.data = slot;
  slot->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, value_free);
  g_hash_table_insert (table->slots, g_memdup2 (&local->id, sizeof local->id), slot);

  g_mutex_lock (&mutex);
  g_queue_push_tail_link (&local->slots, &slot->link);
  g_mutex_unlock (&mutex);

  return slot;
}

GHashTable *
thr_local_slots_find (ThrLocal *self,
                      gboolean  make,
                      gboolean *made)
{
  ThrSelf *me = thr_self_get ();
  Table *table = me->locals;
  Slot *slot;

  *made = FALSE;
  if (table == NULL && !make)
    return NULL;

  table = get_table (me);
  if (table->last_id == self->id)
    return table->last->values;

  slot = g_hash_table_lookup (table->slots, &self->id);
  if (slot == NULL)
    {
      if (!make)
        return NULL;
      slot = add_slot (table, self);
      *made = TRUE;
    }

  table->last_id = self->id;
  table->last = slot;
  return slot->values;
}
