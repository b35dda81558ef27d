/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "leaks.h"

#include <malloc.h>

/* g_type_get_instance_count() always says 0 where GLib was built without
 * G_ENABLE_DEBUG, as Debian's is. So this file defines g_object_new(): the dynamic
 * linker prefers a program's own, also for the calls from libraries. What is made
 * while a check goes on carries data that counts down when GObject frees it, which is
 * after the last finalize(). */

#define SLACK    (64 * 1024)
/* For each cycle; malloc()'s smallest block takes twice as much. */
#define SMALL    16

typedef struct
{
  guint threads;
  guint descriptors;
  gsize heap;
} State;

gint64 leaks_patience = 20 * G_USEC_PER_SEC;

static int checking; /* atomic */

/* Under it: GType → number alive. Never freed, since what leaks may go later. */
static GMutex counts_mutex;
static GHashTable *counts;

static void
count (gpointer type,
       int      change)
{
  g_mutex_lock (&counts_mutex);
  g_hash_table_insert (counts, type,
                       GINT_TO_POINTER (GPOINTER_TO_INT (g_hash_table_lookup (counts, type)) + change));
  g_mutex_unlock (&counts_mutex);
}

static void
freed_cb (gpointer type)
{
  count (type, -1);
}

gpointer
(g_object_new) (GType       type,
                const char *first_property_name,
                ...)
{
  gpointer object;
  va_list args;

  va_start (args, first_property_name);
  object = g_object_new_valist (type, first_property_name, args);
  va_end (args);

  if (g_atomic_int_get (&checking))
    {
      count (GSIZE_TO_POINTER (type), 1);
      g_object_set_qdata_full (object, g_quark_from_static_string ("thr-test-leaks"),
                               GSIZE_TO_POINTER (type), freed_cb);
    }

  return object;
}

static guint
count_entries (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  g_assert_nonnull (dir);
  while (g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

static State
look (void)
{
  State state;

  state.threads = count_entries ("/proc/self/task");
  state.descriptors = count_entries ("/proc/self/fd");
  /* 0 under the sanitizers and valgrind, which look for leaks themselves. */
  state.heap = mallinfo2 ().uordblks;

  return state;
}

static guint
n_alive (void)
{
  GHashTableIter iter;
  gpointer number;
  guint sum = 0;

  g_mutex_lock (&counts_mutex);
  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, NULL, &number))
    sum += MAX (GPOINTER_TO_INT (number), 0);
  g_mutex_unlock (&counts_mutex);

  return sum;
}

static gboolean
is_anything_left (State before)
{
  State now = look ();

  return n_alive () > 0 || now.threads > before.threads ||
         now.descriptors > before.descriptors;
}

static gboolean
has_grown (State before,
           guint n_cycles)
{
  return is_anything_left (before) ||
         look ().heap > before.heap + (gsize) n_cycles * SMALL + SLACK;
}

static void
report (State before)
{
  State now = look ();
  GHashTableIter iter;
  gpointer type, number;

  g_mutex_lock (&counts_mutex);
  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &type, &number))
    if (GPOINTER_TO_INT (number) > 0)
      g_printerr ("%d of %s are left\n", GPOINTER_TO_INT (number),
                  g_type_name (GPOINTER_TO_SIZE (type)));
  g_mutex_unlock (&counts_mutex);

  g_printerr ("before: %u threads, %u descriptors, %" G_GSIZE_FORMAT " bytes in use\n",
              before.threads, before.descriptors, before.heap);
  g_printerr ("after: %u threads, %u descriptors, %" G_GSIZE_FORMAT " bytes in use\n",
              now.threads, now.descriptors, now.heap);
  g_test_fail ();
}

static void
iterate (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
run (guint      n_cycles,
     LeaksCycle cycle,
     gpointer   data)
{
  for (guint i = 0; i < n_cycles; i++)
    {
      cycle (data);
      if (i % 16 == 15)
        iterate ();
    }
  iterate ();
}

/* What is ending ends. */
static gboolean
settles (State before,
         guint n_cycles)
{
  gint64 end = g_get_monotonic_time () + leaks_patience;

  while (has_grown (before, n_cycles))
    {
      if (g_get_monotonic_time () > end)
        return FALSE;
      iterate ();
      g_thread_yield ();
    }

  return TRUE;
}

guint
leaks_n_cycles (void)
{
  return g_getenv ("THR_TEST_SLOW_MACHINE") != NULL ? 200 : 10000;
}

void
leaks_check_cycles (guint      n_cycles,
                    LeaksCycle cycle,
                    gpointer   data)
{
  State before;

  g_mutex_lock (&counts_mutex);
  if (counts == NULL)
    counts = g_hash_table_new (NULL, NULL);
  g_hash_table_remove_all (counts);
  g_mutex_unlock (&counts_mutex);

  run (MIN (n_cycles, 100), cycle, data);

  /* What is kept to be used again, such as the records of threads, grows with the
   * number that were alive at once, and not with each round. What leaks does. */
  for (guint round = 0; round == 0 || (round < 3 && !is_anything_left (before)); round++)
    {
      before = look ();
      g_atomic_int_set (&checking, TRUE);
      run (n_cycles, cycle, data);
      g_atomic_int_set (&checking, FALSE);
      if (settles (before, n_cycles))
        return;
    }
  report (before);
}

void
leaks_check (LeaksCycle cycle,
             gpointer   data)
{
  leaks_check_cycles (leaks_n_cycles (), cycle, data);
}
