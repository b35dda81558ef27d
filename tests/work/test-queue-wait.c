/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "work/queue-callers.h"

/* The waits for a queue, and its storms. The Q… are the transitions in
 * thr-queue-line.c. */

#define fifo(max_size) thr_queue_new (THR_QUEUE_KIND_FIFO, max_size)

static void
test_timed_out (void)
{
  ThrQueue *self = fifo (1);
  GError *error = NULL;

  for (gint64 timeout_us = 0; timeout_us <= 2000; timeout_us += 2000)
    {
      g_assert_cmpint (get_timed (self, timeout_us, NULL, &error), ==, -1);
      assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
    }
  put (self, 1);
  for (gint64 timeout_us = 0; timeout_us <= 2000; timeout_us += 2000)
    {
      g_assert_false (put_timed (self, 2, timeout_us, NULL, &error));
      assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
      g_assert_false (thr_queue_join_timed (self, timeout_us, NULL, &error));
      assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
    }
  g_assert_cmpuint (thr_queue_get_n_waiters (self), ==, 0);
  g_assert_cmpint (get (self), ==, 1);
  g_assert_cmpint (try_get (self), ==, -1);

  assert_finalized (self);
}

static void
test_bad_timeout (void)
{
  ThrQueue *self = fifo (0);
  GError *error = NULL;

  g_assert_false (put_timed (self, 1, -2, NULL, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (get_timed (self, -2, NULL, &error), ==, -1);
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_assert_false (thr_queue_join_timed (self, G_MININT64, NULL, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);

  assert_finalized (self);
}

static void
test_huge_timeout (void)
{
  ThrQueue *self = fifo (1);
  Caller getter = { .queue = self, .verb = GET, .timeout_us = G_MAXINT64 };
  Caller putter = { .queue = self, .verb = PUT, .number = 3, .timeout_us = G_MAXINT64 };

  caller_block (&getter, 0);
  put (self, 1);
  caller_join (&getter);
  g_assert_cmpint (getter.number, ==, 1);
  put (self, 2);
  caller_block (&putter, 0);
  g_assert_cmpint (get (self), ==, 2);
  caller_join (&putter);
  g_assert_cmpint (get (self), ==, 3);

  assert_finalized (self);
}

/* Each verb, blocked: cancelled before, and in line. Nothing is put or taken. */
static void
test_cancelled (void)
{
  for (Verb verb = PUT; verb <= JOIN; verb++)
    {
      ThrQueue *self = fifo (1);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      Caller caller = { self, verb, .number = 9, .timeout_us = -1, .cancellable = cancellable };

      put (self, 1);
      if (verb == GET)
        get (self);
      caller_block (&caller, 0);
      g_cancellable_cancel (cancellable);
      caller_join (&caller);
      assert_error_and_clear (&caller.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

      caller_thread (&caller);
      assert_error_and_clear (&caller.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpuint (thr_queue_get_n_waiters (self), ==, 0);
      g_assert_cmpint (try_get (self), ==, verb == GET ? -1 : 1);
      g_assert_cmpint (try_get (self), ==, -1);

      assert_finalized (self);
    }
}

/* The same awaited, and with the cancellable cancelled before there was anything to
 * wait for. */
static void
test_async_cancelled (void)
{
  for (guint i = 0; i < 6; i++)
    {
      Verb verb = i % 3;
      gboolean before = i >= 3;
      ThrQueue *self = fifo (1);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      Caller caller = { .queue = self, .verb = verb, .number = 9, .cancellable = cancellable };

      /* To be had at once, and not, in turns. */
      if ((verb == GET) == before)
        put (self, 1);
      else if (verb == JOIN && !before)
        put (self, 1);
      if (before)
        g_cancellable_cancel (cancellable);
      caller_await (&caller);
      g_assert_cmpuint (caller.n_calls, ==, 0);
      g_cancellable_cancel (cancellable);
      drain ();
      g_assert_cmpuint (caller.n_calls, ==, 1);
      assert_error_and_clear (&caller.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpuint (thr_queue_get_n_waiters (self), ==, 0);
      g_assert_cmpuint (thr_queue_get_size (self), ==, thr_queue_get_unfinished (self));
      if (thr_queue_get_size (self) > 0)
        g_assert_cmpint (get (self), ==, 1);
      caller_clear (&caller);

      assert_finalized (self);
    }
}

/* Q7: cancelled after the grant, before _finish. */
static void
test_cancelled_after_grant (void)
{
  ThrQueue *self = fifo (1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Caller getter = { .queue = self, .verb = GET, .cancellable = cancellable };
  Caller putter = { .queue = self, .verb = PUT, .number = 2, .cancellable = cancellable };

  caller_await (&getter);
  put (self, 1);
  g_assert_cmpuint (thr_queue_get_size (self), ==, 0);
  caller_await (&putter);
  g_cancellable_cancel (cancellable);
  drain ();
  assert_error_and_clear (&getter.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  /* What was put is there: too late. */
  g_assert_true (putter.success);
  g_assert_cmpint (get (self), ==, 1);
  g_assert_cmpint (get (self), ==, 2);
  caller_clear (&getter);
  caller_clear (&putter);

  assert_finalized (self);
}

/* Q7: what comes back, in whatever order, stands where it stood. */
static void
test_given_back (void)
{
  ThrQueue *self = fifo (3);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Caller callers[3] = { { .queue = self, .verb = GET, .cancellable = cancellable },
                        { .queue = self, .verb = GET },
                        { .queue = self, .verb = GET, .drop = TRUE } };
  Caller getter = { .queue = self, .verb = GET, .timeout_us = -1 };

  for (int i = 0; i < 3; i++)
    put (self, i);
  for (guint i = 0; i < 3; i++)
    caller_await (&callers[i]);
  put (self, 3);
  put (self, 4);
  put (self, 5);
  g_cancellable_cancel (cancellable);
  drain ();
  g_assert_cmpint (callers[1].number, ==, 1);
  g_assert_true (thr_queue_is_full (self));
  g_assert_cmpuint (thr_queue_get_size (self), ==, 5);
  g_assert_cmpint (get (self), ==, 0);
  for (int i = 2; i < 6; i++)
    g_assert_cmpint (get (self), ==, i);

  /* Straight to one who waits. */
  callers[2].n_calls = 0;
  caller_await (&callers[2]);
  put (self, 6);
  caller_block (&getter, 0);
  drain ();
  caller_join (&getter);
  g_assert_cmpint (getter.number, ==, 6);

  for (guint i = 0; i < 3; i++)
    caller_clear (&callers[i]);
  assert_finalized (self);
}

/* Without a callback a get takes nothing, and a put stays. */
static void
test_null_callback (void)
{
  ThrQueue *self = fifo (1);
  g_auto (GValue) value = G_VALUE_INIT;

  thr_queue_get_async (self, NULL, NULL, NULL);
  number_init (&value, 1);
  thr_queue_put_async (self, &value, NULL, NULL, NULL);
  thr_queue_put_async (self, &value, NULL, NULL, NULL);
  thr_queue_join_async (self, NULL, NULL, NULL);
  drain ();
  g_assert_cmpint (get (self), ==, 1);
  g_assert_cmpint (get (self), ==, 1);
  g_assert_cmpint (try_get (self), ==, -1);
  g_assert_true (thr_queue_task_done (self, NULL));
  g_assert_true (thr_queue_task_done (self, NULL));

  assert_finalized (self);
}

static void
test_second_finish (void)
{
  ThrQueue *self = fifo (0);
  ThrQueue *other = fifo (0);
  Caller callers[] = { { .queue = self, .verb = PUT, .number = 1 },
                       { .queue = self, .verb = GET },
                       { .queue = self, .verb = JOIN } };
  GError *error = NULL;

  for (guint i = 0; i < 2; i++)
    caller_await (&callers[i]);
  g_assert_true (thr_queue_task_done (self, NULL));
  caller_await (&callers[2]);
  drain ();
  for (guint i = 0; i < 3; i++)
    {
      g_assert_true (callers[i].success);
      caller_finish (&callers[i]);
      g_assert_false (callers[i].success);
      assert_error_and_clear (&callers[i].error, THR_ERROR, THR_ERROR_INVALID_STATE);
    }
  g_assert_null (thr_queue_get_finish (self, callers[0].result, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_assert_null (thr_queue_get_finish (other, callers[1].result, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  for (guint i = 0; i < 3; i++)
    caller_clear (&callers[i]);

  assert_finalized (self);
  assert_finalized (other);
}

/* The home goes: granted gets give back, waiting ones leave, what waits to be put goes
 * away, and the queue lives on for threads. */
static void
test_home_gone (void)
{
  GMainContext *context = g_main_context_new ();
  ThrQueue *self;
  Caller callers[] = { { .verb = GET, .drop = TRUE }, { .verb = PUT, .number = 3, .drop = TRUE },
                       { .verb = JOIN, .drop = TRUE }, { .verb = GET, .drop = TRUE } };

  g_main_context_push_thread_default (context);
  self = fifo (1);
  for (guint i = 0; i < G_N_ELEMENTS (callers); i++)
    callers[i].queue = self;
  put (self, 1);
  caller_await (&callers[0]);
  put (self, 2);
  caller_await (&callers[1]);
  caller_await (&callers[2]);
  g_main_context_pop_thread_default (context);
  g_main_context_unref (context);

  g_assert_cmpuint (thr_queue_get_n_waiters (self), ==, 0);
  g_assert_cmpint (get (self), ==, 1);
  g_assert_cmpint (get (self), ==, 2);
  g_assert_cmpint (try_get (self), ==, -1);
  /* Too late to await anything. */
  caller_await (&callers[3]);
  put (self, 4);
  g_assert_cmpint (get (self), ==, 4);
  for (guint i = 0; i < G_N_ELEMENTS (callers); i++)
    g_assert_cmpuint (callers[i].n_calls, ==, 0);

  assert_finalized (self);
}

/* Getters of all forms stand in one line, and so do putters. */
static void
test_order (void)
{
  ThrQueue *self = fifo (1);
  Caller getters[6], putters[6];

  for (guint i = 0; i < 6; i++)
    {
      getters[i] = (Caller) { .queue = self, .verb = GET, .timeout_us = i % 3 ? G_MAXINT64 : -1 };
      if (i % 2 == 0)
        caller_block (&getters[i], i);
      else
        caller_await (&getters[i]);
    }
  for (int i = 0; i < 6; i++)
    put (self, i);
  g_assert_true (thr_queue_is_empty (self));
  drain ();
  for (int i = 0; i < 6; i++)
    {
      if (i % 2 == 0)
        caller_join (&getters[i]);
      g_assert_cmpint (getters[i].number, ==, i);
      caller_clear (&getters[i]);
    }

  put (self, 10);
  for (int i = 0; i < 6; i++)
    {
      putters[i] = (Caller) { .queue = self, .verb = PUT, .number = 11 + i,
                              .timeout_us = i % 3 ? G_MAXINT64 : -1 };
      if (i % 2 == 0)
        caller_block (&putters[i], i);
      else
        caller_await (&putters[i]);
    }
  for (int i = 0; i < 7; i++)
    {
      g_assert_cmpint (get (self), ==, 10 + i);
      g_assert_cmpuint (thr_queue_get_n_putters (self), ==, MAX (5 - i, 0));
    }
  drain ();
  for (int i = 0; i < 6; i++)
    {
      if (i % 2 == 0)
        caller_join (&putters[i]);
      g_assert_true (putters[i].success);
      caller_clear (&putters[i]);
    }

  assert_finalized (self);
}

/* A newcomer that could have it at once still finds those who wait before it. */
static void
test_no_passing (void)
{
  ThrQueue *self = fifo (1);
  Caller putter = { .queue = self, .verb = PUT, .number = 2, .timeout_us = -1 };
  Caller getter = { .queue = self, .verb = GET };

  put (self, 1);
  caller_block (&putter, 0);
  g_assert_cmpint (get (self), ==, 1);
  /* The putter may not have run yet, but its item is in. */
  g_assert_false (put_timed (self, 3, 0, NULL, NULL));
  g_assert_cmpint (get (self), ==, 2);
  caller_join (&putter);

  caller_await (&getter);
  put (self, 4);
  g_assert_cmpint (try_get (self), ==, -1);
  drain ();
  g_assert_cmpint (getter.number, ==, 4);
  caller_clear (&getter);

  assert_finalized (self);
}

#define N_PRODUCERS 4
#define N_CONSUMERS 4

typedef struct
{
  ThrQueue     *queue;
  guint         n_items;       /* for each producer */
  int           seen[N_PRODUCERS * 5000]; /* atomic */
  gboolean      ordered;
  GCancellable *cancellable;   /* nullable */
  int           n_got;         /* atomic */
} Storm;

typedef struct
{
  Storm *storm;
  guint  index;
} Party;

static gpointer
produce_thread (gpointer data)
{
  Party *party = data;
  Storm *storm = party->storm;

  for (guint i = 0; i < storm->n_items; i++)
    {
      int number = (int) (party->index * storm->n_items + i);

      /* Some give up now and then, and come again: nothing is put twice. */
      while (!put_timed (storm->queue, number, i % 3 == 0 ? 50 : -1, NULL, NULL))
        ;
    }
  return NULL;
}

static gpointer
consume_thread (gpointer data)
{
  Party *party = data;
  Storm *storm = party->storm;
  int last[N_PRODUCERS] = { -1, -1, -1, -1 };
  GError *error = NULL;

  for (guint i = 0;; i++)
    {
      int number = get_timed (storm->queue, i % 3 == 0 ? 50 : -1, NULL, &error);
      guint producer;

      if (number < 0)
        {
          if (g_error_matches (error, THR_ERROR, THR_ERROR_SHUT_DOWN))
            break;
          assert_error_and_clear (&error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
          continue;
        }

      producer = (guint) number / storm->n_items;
      g_assert_cmpint (g_atomic_int_add (&storm->seen[number], 1), ==, 0);
      if (storm->ordered)
        g_assert_cmpint (number, >, last[producer]);
      last[producer] = number;
      g_atomic_int_inc (&storm->n_got);
      g_assert_true (thr_queue_task_done (storm->queue, NULL));
    }
  g_clear_error (&error);
  return NULL;
}

/* Puts and gets that time out meet the hand-over: Q2 and Q6 grant a waiter at the very
 * moment when its time is up. If the loser of that swap touched the slot, an item would
 * be lost or come twice; if a newcomer passed a waiter, one producer's items would come
 * in another order. */
static void
storm (ThrQueueKind kind,
       int          max_size)
{
  Storm *self = g_new0 (Storm, 1);
  Party producers[N_PRODUCERS], consumers[N_CONSUMERS];
  GThread *threads[N_PRODUCERS + N_CONSUMERS];

  self->queue = thr_queue_new (kind, max_size);
  self->n_items = MIN (rounds (3000), 5000);
  self->ordered = kind == THR_QUEUE_KIND_FIFO;
  for (guint i = 0; i < N_CONSUMERS; i++)
    {
      consumers[i] = (Party) { self, i };
      threads[N_PRODUCERS + i] = g_thread_new ("consume", consume_thread, &consumers[i]);
    }
  for (guint i = 0; i < N_PRODUCERS; i++)
    {
      producers[i] = (Party) { self, i };
      threads[i] = g_thread_new ("produce", produce_thread, &producers[i]);
    }
  for (guint i = 0; i < N_PRODUCERS; i++)
    g_thread_join (threads[i]);
  g_assert_true (thr_queue_join (self->queue, NULL));
  thr_queue_shutdown (self->queue, FALSE);
  for (guint i = 0; i < N_CONSUMERS; i++)
    g_thread_join (threads[N_PRODUCERS + i]);

  g_assert_cmpint (self->n_got, ==, (int) (N_PRODUCERS * self->n_items));
  assert_finalized (self->queue);
  g_free (self);
}

static void
test_storm (void)
{
  storm (THR_QUEUE_KIND_FIFO, 0);
  storm (THR_QUEUE_KIND_FIFO, 1);
  storm (THR_QUEUE_KIND_FIFO, 7);
  storm (THR_QUEUE_KIND_LIFO, 3);
  storm (THR_QUEUE_KIND_PRIORITY, 3);
}

static gpointer
cancel_thread (gpointer data)
{
  g_cancellable_cancel (data);
  return NULL;
}

/* A grant (Q2) against a cancellation: the item goes to the caller, or is there for the
 * next, and never both or neither. Every other getter awaits, so that its cancellation
 * may also come between the grant and its _finish (Q7). */
static void
test_cancel_race (void)
{
  ThrQueue *self = fifo (0);

  for (guint i = 0; i < rounds (3000); i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      Caller caller = { .queue = self, .verb = GET, .timeout_us = -1,
                        .cancellable = cancellable };
      GThread *thread;

      if (i % 2 == 0)
        caller_block (&caller, 0);
      else
        caller_await (&caller);
      thread = g_thread_new ("cancel", cancel_thread, cancellable);
      put (self, (int) i);
      if (i % 2 == 0)
        caller_join (&caller);
      else
        drain ();
      g_thread_join (thread);
      drain ();

      if (!caller.success)
        {
          g_assert_error (caller.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
          g_assert_cmpint (try_get (self), ==, (int) i);
        }
      else
        {
          g_assert_cmpint (caller.number, ==, (int) i);
        }
      g_assert_cmpint (try_get (self), ==, -1);
      caller_clear (&caller);
    }

  assert_finalized (self);
}

/* Q9 against Q2 and Q6: everybody comes back, and what was put was got or is there. */
static void
test_shutdown_race (void)
{
  for (guint i = 0; i < rounds (1000); i++)
    {
      ThrQueue *self = fifo (1);
      Caller callers[4];
      guint n_put = 0, n_got = 0;

      for (guint k = 0; k < 4; k++)
        {
          callers[k] = (Caller) { .queue = self, .verb = k % 2 ? GET : PUT, .number = 1,
                                  .timeout_us = -1 };
          callers[k].thread = g_thread_new ("caller", caller_thread, &callers[k]);
        }
      thr_queue_shutdown (self, FALSE);
      for (guint k = 0; k < 4; k++)
        {
          caller_join (&callers[k]);
          if (callers[k].success)
            *(k % 2 ? &n_got : &n_put) += 1;
          else
            g_assert_error (callers[k].error, THR_ERROR, THR_ERROR_SHUT_DOWN);
          caller_clear (&callers[k]);
        }
      g_assert_cmpuint (n_put, ==, n_got + thr_queue_get_size (self));
      g_assert_cmpuint (n_put, ==, thr_queue_get_unfinished (self));

      assert_finalized (self);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/queue/timed-out", test_timed_out);
  g_test_add_func ("/queue/bad-timeout", test_bad_timeout);
  g_test_add_func ("/queue/huge-timeout", test_huge_timeout);
  g_test_add_func ("/queue/cancelled", test_cancelled);
  g_test_add_func ("/queue/async-cancelled", test_async_cancelled);
  g_test_add_func ("/queue/cancelled-after-grant", test_cancelled_after_grant);
  g_test_add_func ("/queue/given-back", test_given_back);
  g_test_add_func ("/queue/null-callback", test_null_callback);
  g_test_add_func ("/queue/second-finish", test_second_finish);
  g_test_add_func ("/queue/home-gone", test_home_gone);
  g_test_add_func ("/queue/order", test_order);
  g_test_add_func ("/queue/no-passing", test_no_passing);
  g_test_add_func ("/queue/storm", test_storm);
  g_test_add_func ("/queue/cancel-race", test_cancel_race);
  g_test_add_func ("/queue/shutdown-race", test_shutdown_race);

  return g_test_run ();
}
