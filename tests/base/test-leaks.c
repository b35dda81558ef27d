/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gio/gio.h>
#include <malloc.h>
#include <unistd.h>

#include "leaks.h"

/* The harness itself: does it find what it is for? */

static void
clean_cycle (gpointer data)
{
  g_object_unref (g_object_new (G_TYPE_CANCELLABLE, NULL));
  g_free (g_malloc (100));
}

/* Made in a library. */
static void
object_cycle (gpointer data)
{
  g_cancellable_new ();
}

static void
descriptor_cycle (gpointer data)
{
  g_assert_cmpint (dup (0), >=, 0);
}

static void
memory_cycle (gpointer data)
{
  static gpointer chain;
  gpointer *link = g_malloc (sizeof *link);

  *link = chain;
  chain = link;
}

static gpointer
stay_thread (gpointer data)
{
  pause ();
  return NULL;
}

static void
thread_cycle (gpointer data)
{
  g_thread_unref (g_thread_new ("stays", stay_thread, NULL));
}

static void
test_clean (void)
{
  leaks_check (clean_cycle, NULL);
}

static void
assert_found (LeaksCycle  cycle,
              guint       n_cycles,
              const char *pattern)
{
  if (g_test_subprocess ())
    {
      leaks_patience = 0;
      leaks_check_cycles (n_cycles, cycle, NULL);
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr (pattern);
}

static void
test_object_found (void)
{
  assert_found (object_cycle, 3, "*3 of GCancellable are left*");
}

static void
test_descriptor_found (void)
{
  assert_found (descriptor_cycle, 3, "*descriptors*descriptors*");
}

static void
test_thread_found (void)
{
  assert_found (thread_cycle, 3, "*threads*threads*");
}

static void
test_memory_found (void)
{
  /* The checkers of memory have their own malloc(), of which mallinfo2() knows nothing. */
  if (mallinfo2 ().uordblks == 0)
    {
      g_test_skip ("mallinfo2() says nothing here");
      return;
    }

  assert_found (memory_cycle, 10000, "*bytes in use*bytes in use*");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/leaks/clean", test_clean);
  g_test_add_func ("/leaks/object-found", test_object_found);
  g_test_add_func ("/leaks/descriptor-found", test_descriptor_found);
  g_test_add_func ("/leaks/thread-found", test_thread_found);
  g_test_add_func ("/leaks/memory-found", test_memory_found);

  return g_test_run ();
}
