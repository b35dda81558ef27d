/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sync/sync-util.h"

/* What is special to a latch; test-shared-wait.c has its waits. */

static void
test_new (void)
{
  ThrLatch *self = thr_latch_new (3);
  gint64 count, initial;

  g_object_get (self, "count", &count, "initial-count", &initial, NULL);
  g_assert_cmpint (count, ==, 3);
  g_assert_cmpint (initial, ==, 3);
  g_assert_false (thr_latch_is_open (self));
  g_assert_true (thr_latch_count_down (self, 2, NULL));
  g_assert_cmpint (thr_latch_get_count (self), ==, 1);
  g_assert_false (thr_latch_is_open (self));
  g_assert_true (thr_latch_count_down (self, 1, NULL));
  g_assert_true (thr_latch_is_open (self));
  g_assert_cmpint (thr_latch_get_initial_count (self), ==, 3);
  g_assert_finalize_object (self);

  self = g_object_new (THR_TYPE_LATCH, NULL);
  g_assert_cmpint (thr_latch_get_count (self), ==, 1);
  g_assert_finalize_object (self);

  self = thr_latch_new (0);
  g_assert_true (thr_latch_wait (self, NULL));
  g_assert_finalize_object (self);

  self = thr_latch_new (G_MAXINT64);
  g_assert_true (thr_latch_count_down (self, G_MAXINT64, NULL));
  g_assert_true (thr_latch_is_open (self));
  g_assert_finalize_object (self);
}

static void
test_bad_count (void)
{
  static const gint64 counts[] = { -1, G_MININT64 };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      ThrLatch *self = thr_latch_new (counts[i]);
      GError *error = NULL;

      g_assert_null (thr_latch_new_checked (counts[i], &error));
      assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
      g_assert_true (thr_latch_is_open (self));
      g_assert_false (thr_latch_count_down (self, 1, &error));
      assert_error_and_clear (&error, THR_ERROR, THR_ERROR_OVERFLOW);
      g_assert_finalize_object (self);
    }
}

static void
test_overflow (void)
{
  ThrLatch *self = thr_latch_new (2);
  GError *error = NULL;

  g_assert_false (thr_latch_count_down (self, 3, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_OVERFLOW);
  g_assert_false (thr_latch_count_down (self, G_MAXINT64, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_OVERFLOW);
  g_assert_false (thr_latch_count_down (self, 0, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_assert_false (thr_latch_count_down (self, -1, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (thr_latch_get_count (self), ==, 2);
  g_assert_true (thr_latch_count_down (self, 2, &error));
  g_assert_false (thr_latch_count_down (self, 1, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_OVERFLOW);

  g_assert_finalize_object (self);
}

static gpointer
count_thread (gpointer data)
{
  g_assert_true (thr_latch_count_down (data, 1, NULL));
  return NULL;
}

static void
test_opened (void)
{
  ThrLatch *self = thr_latch_new (3);
  guint n_opened = 0, n_notified = 0;
  GThread *threads[3];

  g_signal_connect_swapped (self, "opened", G_CALLBACK (g_atomic_int_inc), &n_opened);
  g_signal_connect_swapped (self, "notify::count", G_CALLBACK (g_atomic_int_inc),
                            &n_notified);
  for (guint i = 0; i < 2; i++)
    g_thread_join (g_thread_new ("count", count_thread, self));
  drain ();
  g_assert_cmpuint (n_opened, ==, 0);
  g_assert_cmpuint (n_notified, ==, 1);
  threads[0] = g_thread_new ("count", count_thread, self);
  /* At home: delivered before the wait returns. */
  g_assert_true (thr_latch_wait (self, NULL));
  g_assert_cmpuint (n_opened, ==, 1);
  g_assert_cmpuint (n_notified, ==, 2);
  g_thread_join (threads[0]);
  drain ();
  g_assert_cmpuint (n_opened, ==, 1);

  assert_finalized (self);
}

typedef struct
{
  ThrLatch *latch;
  int      *plain;    /* written by one thread before it counts down */
} Part;

static gpointer
part_thread (gpointer data)
{
  Part *part = data;

  *part->plain = 1;
  g_assert_true (thr_latch_count_down (part->latch, 1, NULL));
  return NULL;
}

/* Two count down to zero at the same moment: exactly one of them opens the latch, and
 * who waits sees what both wrote. */
static void
test_storm (void)
{
  guint rounds = is_thorough () ? 50000 : 1000;

  for (guint i = 0; i < rounds; i++)
    {
      ThrLatch *self = thr_latch_new (4);
      int plain[4] = { 0 };
      Part parts[4];
      GThread *threads[4];
      int sum = 0;

      for (guint k = 0; k < 4; k++)
        {
          parts[k] = (Part) { self, &plain[k] };
          threads[k] = g_thread_new ("part", part_thread, &parts[k]);
        }
      g_assert_true (thr_latch_wait (self, NULL));
      for (guint k = 0; k < 4; k++)
        sum += plain[k];
      g_assert_cmpint (sum, ==, 4);
      for (guint k = 0; k < 4; k++)
        g_thread_join (threads[k]);
      assert_finalized (self);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/latch/new", test_new);
  g_test_add_func ("/latch/bad-count", test_bad_count);
  g_test_add_func ("/latch/overflow", test_overflow);
  g_test_add_func ("/latch/opened", test_opened);
  g_test_add_func ("/latch/counted-at-once", test_storm);

  return g_test_run ();
}
