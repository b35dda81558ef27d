/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base-util.h"

#include "base/thr-debug-private.h"

static TestThing *
lock_new (const char *name)
{
  return g_object_new (TEST_TYPE_THING, "name", name, NULL);
}

static void
lock_free (TestThing *lock)
{
  thr_debug_lock_gone (THR_OBJECT (lock));
  g_assert_finalize_object (lock);
}

static void
take (TestThing *lock)
{
  thr_debug_lock_acquired (THR_OBJECT (lock));
}

static void
release (TestThing *lock)
{
  thr_debug_lock_released (THR_OBJECT (lock));
}

static void
take_both (TestThing *first,
           TestThing *second)
{
  take (first);
  take (second);
  release (second);
  release (first);
}

static void
expect_inversion (const char *second,
                  const char *first)
{
  g_autofree char *pattern =
    g_strdup_printf ("Thread “*” took lock “%s” while it held “%s”;*", second, first);

  g_test_expect_message ("Thr", G_LOG_LEVEL_WARNING, pattern);
}

static void
test_inversion_reported_once (void)
{
  TestThing *a = lock_new ("a"), *b = lock_new ("b");

  take_both (a, b);
  take_both (a, b);
  expect_inversion ("a", "b");
  take_both (b, a);
  g_test_assert_expected_messages ();
  take_both (b, a);
  take_both (a, b);

  lock_free (a);
  lock_free (b);
}

static gpointer
take_other_way_thread (gpointer data)
{
  TestThing **locks = data;

  thr_self_set_name (thr_self_get (), "other way");
  take_both (locks[1], locks[0]);
  return NULL;
}

static void
test_names_the_thread (void)
{
  TestThing *locks[2] = { lock_new ("a"), lock_new ("b") };

  take_both (locks[0], locks[1]);
  g_test_expect_message ("Thr", G_LOG_LEVEL_WARNING, "Thread “other way” took lock “a”*“b”*");
  g_thread_join (g_thread_new ("other", take_other_way_thread, locks));
  g_test_assert_expected_messages ();

  lock_free (locks[0]);
  lock_free (locks[1]);
}

static void
test_ring_of_three (void)
{
  TestThing *a = lock_new ("a"), *b = lock_new ("b"), *c = lock_new ("c");

  take_both (a, b);
  take_both (b, c);
  expect_inversion ("a", "c");
  take_both (c, a);
  g_test_assert_expected_messages ();

  lock_free (a);
  lock_free (b);
  lock_free (c);
}

static gpointer
release_thread (gpointer data)
{
  release (data);
  return NULL;
}

static gpointer
take_thread (gpointer data)
{
  take (data);
  return NULL;
}

static gpointer
take_and_release_thread (gpointer data)
{
  take (data);
  release (data);
  return NULL;
}

/* Whoever releases it, it is held no longer. */
static void
test_released_elsewhere (void)
{
  TestThing *a = lock_new ("a"), *b = lock_new ("b");

  take (a);
  g_thread_join (g_thread_new ("release", release_thread, a));
  take (b);
  release (b);
  /* "b after a" was not learnt, so this contradicts nothing. */
  take_both (b, a);

  lock_free (a);
  lock_free (b);
}

/* Held by two at once: each release takes it from its own thread. */
static void
test_shared (void)
{
  TestThing *a = lock_new ("a"), *b = lock_new ("b");

  take_both (b, a);
  take (a);
  g_thread_join (g_thread_new ("reader", take_and_release_thread, a));
  release (a);
  /* We hold nothing now. */
  take (b);
  release (b);

  lock_free (a);
  lock_free (b);
}

/* A thread that ended with a lock held does not make its successor hold it. */
static void
test_thread_ended (void)
{
  TestThing *a = lock_new ("a"), *b = lock_new ("b");

  take_both (b, a);
  g_thread_join (g_thread_new ("ends", take_thread, a));
  g_thread_join (g_thread_new ("heir", take_and_release_thread, b));

  lock_free (a);
  lock_free (b);
}

/* A new lock at an old one's address is a new lock. */
static void
test_lock_gone (void)
{
  TestThing *a = lock_new ("a"), *b = lock_new ("b");

  take_both (a, b);
  thr_debug_lock_gone (THR_OBJECT (a));
  take_both (b, a);

  lock_free (a);
  lock_free (b);
}

static void
test_describe (void)
{
  TestThing *named = lock_new ("a"), *nameless = lock_new (NULL);
  g_autofree char *one = thr_debug_describe (THR_OBJECT (named));
  g_autofree char *other = thr_debug_describe (THR_OBJECT (nameless));
  g_autofree char *expected = g_strdup_printf ("TestThing %p", (gpointer) nameless);

  g_assert_cmpstr (one, ==, "“a”");
  g_assert_cmpstr (other, ==, expected);
  g_assert_finalize_object (named);
  g_assert_finalize_object (nameless);
}

static void
test_flags (void)
{
  if (g_test_subprocess ())
    {
      g_setenv ("THR_DEBUG", "locks", TRUE);
      g_object_unref (lock_new (NULL));
      g_assert_cmpuint (thr_debug_flags, ==, THR_DEBUG_LOCKS);
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  if (g_getenv ("THR_DEBUG") == NULL)
    g_assert_cmpuint (thr_debug_flags, ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/debug/flags", test_flags);
  g_test_add_func ("/debug/describe", test_describe);
  g_test_add_func ("/debug/inversion-reported-once", test_inversion_reported_once);
  g_test_add_func ("/debug/names-the-thread", test_names_the_thread);
  g_test_add_func ("/debug/ring-of-three", test_ring_of_three);
  g_test_add_func ("/debug/released-elsewhere", test_released_elsewhere);
  g_test_add_func ("/debug/shared", test_shared);
  g_test_add_func ("/debug/thread-ended", test_thread_ended);
  g_test_add_func ("/debug/lock-gone", test_lock_gone);

  return g_test_run ();
}
