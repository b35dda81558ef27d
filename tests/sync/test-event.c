/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sync/sync-util.h"

/* What is special to an event; test-shared-wait.c has its waits. The E… are the
 * transitions in thr-event.c. */

static void
test_new (void)
{
  ThrEvent *self = thr_event_new ();
  gboolean flag = TRUE;

  g_object_get (self, "flag", &flag, NULL);
  g_assert_false (flag);
  g_assert_false (thr_event_is_set (self));

  thr_event_clear (self);
  g_assert_false (thr_event_is_set (self));
  thr_event_set (self);
  thr_event_set (self);
  g_assert_true (thr_event_is_set (self));
  g_object_get (self, "flag", &flag, NULL);
  g_assert_true (flag);
  thr_event_clear (self);
  g_assert_false (thr_event_is_set (self));

  assert_finalized (self);
}

typedef struct
{
  ThrEvent *event;
  int       n_done;  /* atomic */
  int       rounds;
  int       items;   /* atomic */
  guint     n_calls;
} Common;

static gpointer
wait_thread (gpointer data)
{
  Common *common = data;

  g_assert_true (thr_event_wait (common->event, NULL));
  g_atomic_int_inc (&common->n_done);
  return NULL;
}

static void
finish_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  Common *common = data;

  g_assert_true (thr_event_wait_finish (THR_EVENT (source), result, NULL));
  g_assert_false (thr_event_is_set (THR_EVENT (source)));
  common->n_calls++;
}

/* Whoever waited has been let go, although the flag is clear again before it runs. */
static void
test_set_and_clear (void)
{
  for (guint i = 0; i < 500; i++)
    {
      Common common = { .event = thr_event_new () };
      GThread *threads[3];

      for (guint k = 0; k < 3; k++)
        threads[k] = g_thread_new ("wait", wait_thread, &common);
      await_waiters (common.event, 3);
      thr_event_wait_async (common.event, NULL, finish_cb, &common);
      thr_event_set (common.event);
      thr_event_clear (common.event);
      for (guint k = 0; k < 3; k++)
        g_thread_join (threads[k]);
      g_assert_cmpint (common.n_done, ==, 3);
      g_assert_false (thr_event_is_set (common.event));
      drain ();
      g_assert_cmpuint (common.n_calls, ==, 1);
      assert_finalized (common.event);
    }
}

static void
test_notified (void)
{
  ThrEvent *self = thr_event_new ();
  guint n = 0;

  /* Nobody listens: nothing keeps it alive. */
  thr_event_set (self);
  g_assert_finalize_object (self);

  self = thr_event_new ();
  g_signal_connect_swapped (self, "notify::flag", G_CALLBACK (g_atomic_int_inc), &n);
  thr_event_set (self);
  thr_event_clear (self);
  thr_event_set (self);
  g_assert_cmpuint (n, ==, 0);
  drain ();
  g_assert_cmpuint (n, ==, 1);
  thr_event_set (self);
  drain ();
  g_assert_cmpuint (n, ==, 1);

  assert_finalized (self);
}

static gpointer
set_thread (gpointer data)
{
  thr_event_set (data);
  return NULL;
}

/* A wait at home delivers what is pending, also when it need not wait. */
static void
test_flushed (void)
{
  ThrEvent *self = thr_event_new ();
  guint n = 0;
  GThread *thread;

  g_signal_connect_swapped (self, "notify::flag", G_CALLBACK (g_atomic_int_inc), &n);
  thread = g_thread_new ("set", set_thread, self);
  g_assert_true (thr_event_wait (self, NULL));
  g_thread_join (thread);
  g_assert_true (thr_event_wait (self, NULL));
  g_assert_cmpuint (n, ==, 1);

  thr_event_clear (self);
  g_assert_false (thr_event_wait_timed (self, 0, NULL, NULL));
  g_assert_cmpuint (n, ==, 2);

  assert_finalized (self);
}

static gpointer
produce_thread (gpointer data)
{
  Common *common = data;

  for (int i = 0; i < common->rounds; i++)
    {
      g_atomic_int_inc (&common->items);
      thr_event_set (common->event);
    }
  return NULL;
}

/* E2 against E3: the producer sets an event that is still set, the consumer clears it
 * and looks for work. If the producer's set were nothing but a load, the consumer
 * could miss the last item and sleep for ever. */
static void
test_clear_and_look (void)
{
  Common common = { .event = thr_event_new (), .rounds = is_thorough () ? 1000000 : 20000 };
  GThread *thread = g_thread_new ("produce", produce_thread, &common);
  int taken = 0;

  while (taken < common.rounds)
    {
      int found;

      g_assert_true (thr_event_wait (common.event, NULL));
      thr_event_clear (common.event);
      do
        found = g_atomic_int_get (&common.items);
      while (!g_atomic_int_compare_and_exchange (&common.items, found, 0));
      taken += found;
    }
  g_thread_join (thread);
  g_assert_cmpint (taken, ==, common.rounds);

  assert_finalized (common.event);
}

static void
test_not_an_event (void)
{
  ThrLock *lock = thr_lock_new ();

  g_test_expect_message ("Thr", G_LOG_LEVEL_CRITICAL, "*THR_IS_EVENT*");
  g_assert_false (thr_event_is_set ((ThrEvent *) lock));
  g_test_expect_message ("Thr", G_LOG_LEVEL_CRITICAL, "*THR_IS_EVENT*");
  g_assert_false (thr_event_wait ((ThrEvent *) lock, NULL));
  g_test_expect_message ("Thr", G_LOG_LEVEL_CRITICAL, "*THR_IS_EVENT*");
  g_assert_false (thr_event_wait (NULL, NULL));
  g_test_assert_expected_messages ();

  assert_finalized (lock);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/event/new", test_new);
  g_test_add_func ("/event/set-and-clear", test_set_and_clear);
  g_test_add_func ("/event/notified", test_notified);
  g_test_add_func ("/event/flushed", test_flushed);
  g_test_add_func ("/event/clear-and-look", test_clear_and_look);
  g_test_add_func ("/event/not-an-event", test_not_an_event);

  return g_test_run ();
}
