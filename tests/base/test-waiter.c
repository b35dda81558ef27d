/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base-util.h"

#include <pthread.h>
#include <signal.h>

#include "base/thr-wait-list-private.h"

/* A line of waiters for something that is never there until it is granted. */
static void
fire (ThrWakeBatch *batch,
      ThrWaitList  *list)
{
  thr_wait_list_unlock (list);
  thr_wake_batch_fire (batch);
}

static gboolean
grant_one (ThrWaitList *list)
{
  ThrWakeBatch batch = THR_WAKE_BATCH_INIT;
  gboolean granted;

  thr_wait_list_lock (list);
  granted = thr_wait_list_grant_one_unlocked (list, &batch);
  fire (&batch, list);

  return granted;
}

static guint
length_of (ThrWaitList *list)
{
  guint length;

  thr_wait_list_lock (list);
  length = list->length;
  thr_wait_list_unlock (list);

  return length;
}

typedef struct
{
  ThrWaitList  *list;
  GCancellable *cancellable;
  ThrDeadline   deadline;
  int          *order;         /* atomic counter */

  GThread      *thread;
  ThrPark       park;
  int           place;
} Blocked;

static gpointer
blocked_thread (gpointer data)
{
  Blocked *self = data;
  ThrWaiter waiter;

  thr_waiter_begin (&waiter, self->cancellable);
  thr_wait_list_lock (self->list);
  thr_wait_list_push_unlocked (self->list, &waiter);
  thr_wait_list_unlock (self->list);
  self->park = thr_wait_list_park (self->list, &waiter, self->deadline);
  thr_waiter_end (&waiter);
  if (self->order != NULL)
    self->place = g_atomic_int_add (self->order, 1);

  return NULL;
}

static void
blocked_start (Blocked *self,
               guint    ahead)
{
  self->thread = g_thread_new ("blocked", blocked_thread, self);
  while (length_of (self->list) != ahead + 1)
    g_thread_yield ();
}

static void
test_states (void)
{
  ThrWaiterState states[] = { THR_WAITER_GRANTED, THR_WAITER_CANCELLED, THR_WAITER_TIMED_OUT };
  ThrPark parks[] = { THR_PARK_GRANTED, THR_PARK_CANCELLED, THR_PARK_TIMED_OUT };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      ThrWaiter waiter;

      thr_waiter_begin (&waiter, NULL);
      g_assert_cmpint (thr_waiter_get_state (&waiter), ==, THR_WAITER_WAITING);
      g_assert_true (thr_waiter_leave (&waiter, states[i]));
      for (guint j = 0; j < G_N_ELEMENTS (states); j++)
        g_assert_false (thr_waiter_leave (&waiter, states[j]));
      g_assert_cmpint (thr_waiter_get_state (&waiter), ==, states[i]);
      g_assert_cmpint (thr_waiter_park (&waiter, THR_DEADLINE_NEVER), ==, parks[i]);
      thr_waiter_end (&waiter);
    }
}

static void
test_errors (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (thr_park_to_error (THR_PARK_GRANTED, &error));
  g_assert_no_error (error);
  g_assert_false (thr_park_to_error (THR_PARK_INTERRUPTED, &error));
  g_assert_no_error (error);
  g_assert_false (thr_park_to_error (THR_PARK_CANCELLED, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (thr_park_to_error (THR_PARK_TIMED_OUT, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

static void
test_order (void)
{
  ThrWaitList list;
  Blocked blocked[5] = { { NULL } };
  int order = 0;

  thr_wait_list_init (&list);
  for (guint i = 0; i < G_N_ELEMENTS (blocked); i++)
    {
      blocked[i] = (Blocked) { &list, NULL, THR_DEADLINE_NEVER, &order };
      blocked_start (&blocked[i], i);
    }

  for (guint i = 0; i < G_N_ELEMENTS (blocked); i++)
    {
      g_assert_true (grant_one (&list));
      await_at_least (&order, i + 1);
      g_thread_join (blocked[i].thread);
      g_assert_cmpint (blocked[i].park, ==, THR_PARK_GRANTED);
      g_assert_cmpint (blocked[i].place, ==, i);
    }

  g_assert_false (grant_one (&list));
  thr_wait_list_clear (&list);
}

/* More than a batch holds. */
static void
test_grant_all (void)
{
  ThrWaitList list;
  ThrWakeBatch batch = THR_WAKE_BATCH_INIT;
  Blocked blocked[40] = { { NULL } };

  thr_wait_list_init (&list);
  for (guint i = 0; i < G_N_ELEMENTS (blocked); i++)
    {
      blocked[i] = (Blocked) { &list, NULL, THR_DEADLINE_NEVER, NULL };
      blocked_start (&blocked[i], i);
    }

  thr_wait_list_lock (&list);
  g_assert_cmpuint (thr_wait_list_grant_all_unlocked (&list, &batch), ==, 40);
  fire (&batch, &list);

  for (guint i = 0; i < G_N_ELEMENTS (blocked); i++)
    {
      g_thread_join (blocked[i].thread);
      g_assert_cmpint (blocked[i].park, ==, THR_PARK_GRANTED);
    }
  g_assert_cmpuint (list.length, ==, 0);
  thr_wait_list_clear (&list);
}

/* A waiter in the middle goes; the grants after it find the others. */
static void
test_cancelled (void)
{
  ThrWaitList list;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Blocked blocked[3] = { { NULL } };

  thr_wait_list_init (&list);
  for (guint i = 0; i < 3; i++)
    {
      blocked[i] = (Blocked) { &list, i == 1 ? cancellable : NULL, THR_DEADLINE_NEVER, NULL };
      blocked_start (&blocked[i], i);
    }

  g_cancellable_cancel (cancellable);
  g_thread_join (blocked[1].thread);
  g_assert_cmpint (blocked[1].park, ==, THR_PARK_CANCELLED);
  g_assert_cmpuint (length_of (&list), ==, 2);

  g_assert_true (grant_one (&list));
  g_assert_true (grant_one (&list));
  g_thread_join (blocked[0].thread);
  g_thread_join (blocked[2].thread);
  thr_wait_list_clear (&list);
}

static void
test_cancelled_before (void)
{
  ThrWaitList list;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Blocked blocked = { &list, cancellable, THR_DEADLINE_NEVER, NULL };

  thr_wait_list_init (&list);
  g_cancellable_cancel (cancellable);
  blocked_thread (&blocked);
  g_assert_cmpint (blocked.park, ==, THR_PARK_CANCELLED);
  g_assert_cmpuint (list.length, ==, 0);
  thr_wait_list_clear (&list);
}

static void
test_timed_out (void)
{
  ThrWaitList list;
  gint64 deadline = g_get_monotonic_time () + 2000;
  Blocked now = { &list, NULL, THR_DEADLINE_NOW, NULL };
  Blocked later = { &list, NULL, deadline, NULL };

  thr_wait_list_init (&list);
  blocked_thread (&now);
  g_assert_cmpint (now.park, ==, THR_PARK_TIMED_OUT);
  blocked_thread (&later);
  g_assert_cmpint (later.park, ==, THR_PARK_TIMED_OUT);
  g_assert_cmpint (g_get_monotonic_time (), >=, deadline);
  g_assert_cmpuint (list.length, ==, 0);
  thr_wait_list_clear (&list);
}

/* A token that somebody left for an earlier wait of this thread. */
static void
test_stale_token (void)
{
  ThrWaiter waiter;

  thr_waiter_begin (&waiter, NULL);
  thr_parker_unpark (&thr_self_get ()->parker);
  g_assert_cmpint (thr_waiter_park (&waiter, THR_DEADLINE_NEVER), ==, THR_PARK_NUDGED);
  g_assert_cmpint (thr_waiter_park (&waiter, THR_DEADLINE_NOW), ==, THR_PARK_TIMED_OUT);
  thr_waiter_end (&waiter);
}

/* A nap ends without ending the wait; the limit of the wait comes first when it is
 * earlier. */
static void
test_nap (void)
{
  gint64 until = g_get_monotonic_time () + 2000;
  ThrWaiter waiter;

  thr_waiter_begin (&waiter, NULL);
  g_assert_cmpint (thr_waiter_nap (&waiter, THR_DEADLINE_NEVER, until), ==, THR_PARK_NUDGED);
  g_assert_cmpint (g_get_monotonic_time (), >=, until);
  g_assert_cmpint (thr_waiter_get_state (&waiter), ==, THR_WAITER_WAITING);

  thr_parker_unpark (&thr_self_get ()->parker);
  g_assert_cmpint (thr_waiter_nap (&waiter, THR_DEADLINE_NEVER, THR_DEADLINE_NEVER), ==,
                   THR_PARK_NUDGED);

  until = g_get_monotonic_time () + G_USEC_PER_SEC;
  g_assert_cmpint (thr_waiter_nap (&waiter, THR_DEADLINE_NOW, until), ==, THR_PARK_TIMED_OUT);
  thr_waiter_end (&waiter);
}

static void
handler (int number)
{
}

typedef struct
{
  pthread_t target;
  int       done;   /* atomic */
} Signaller;

/* The signal may come before the sleep, so it comes until it has worked. */
static gpointer
signaller_thread (gpointer data)
{
  Signaller *self = data;

  while (!g_atomic_int_get (&self->done))
    {
      pthread_kill (self->target, SIGUSR1);
      g_thread_yield ();
    }

  return NULL;
}

static void
test_interrupted (void)
{
  struct sigaction action = { .sa_handler = handler }, old;
  ThrWaiter waiter;
  Signaller signaller = { pthread_self () };
  GThread *thread;

  sigaction (SIGUSR1, &action, &old);
  thr_self_get ()->interruptible = TRUE;
  thread = g_thread_new ("signaller", signaller_thread, &signaller);

  thr_waiter_begin (&waiter, NULL);
  g_assert_cmpint (thr_waiter_park (&waiter, THR_DEADLINE_NEVER), ==, THR_PARK_INTERRUPTED);
  g_assert_cmpint (thr_waiter_get_state (&waiter), ==, THR_WAITER_INTERRUPTED);
  /* Late, once, and only for one that was interrupted. */
  g_assert_true (thr_waiter_grant_late (&waiter));
  g_assert_false (thr_waiter_grant_late (&waiter));
  g_assert_cmpint (thr_waiter_get_state (&waiter), ==, THR_WAITER_GRANTED);
  thr_waiter_end (&waiter);

  /* Without the binding's wish signals end no wait. */
  thr_self_get ()->interruptible = FALSE;
  thr_waiter_begin (&waiter, NULL);
  g_assert_cmpint (thr_waiter_park (&waiter, g_get_monotonic_time () + 5000), ==,
                   THR_PARK_TIMED_OUT);
  thr_waiter_end (&waiter);

  g_atomic_int_set (&signaller.done, 1);
  g_thread_join (thread);
  sigaction (SIGUSR1, &old, NULL);
}

typedef struct
{
  ThrWaitList   list;
  StartLine     line;
  GCancellable *cancellable;
  int           permits;     /* under the list's lock */
  guint         n;
} Race;

static gpointer
granter_thread (gpointer data)
{
  Race *race = data;

  for (guint i = 0; i < race->n; i++)
    {
      ThrWakeBatch batch = THR_WAKE_BATCH_INIT;

      start_line_wait (&race->line);
      stagger (i * 7);
      thr_wait_list_lock (&race->list);
      if (!thr_wait_list_grant_one_unlocked (&race->list, &batch))
        race->permits++;
      fire (&batch, &race->list);
      start_line_wait (&race->line);
    }

  return NULL;
}

static gpointer
canceller_thread (gpointer data)
{
  Race *race = data;

  for (guint i = 0; i < race->n; i++)
    {
      start_line_wait (&race->line);
      stagger (i * 13);
      g_cancellable_cancel (race->cancellable);
      start_line_wait (&race->line);
    }

  return NULL;
}

/* Meant: of grant, cancellation and deadline two or three reach the same waiter
 * between its push and its end; the waiter lives on the stack of a thread that
 * returns as soon as one of them is through. Each permit that was given out is in
 * the hands of a winner or back on the shelf. */
static void
test_grant_cancel_deadline (void)
{
  Race race = { .line = { 3 }, .n = rounds (100000) };
  guint n_taken = 0, n_ends[3] = { 0, };
  GThread *threads[2];

  thr_wait_list_init (&race.list);
  race.cancellable = g_cancellable_new ();
  threads[0] = g_thread_new ("granter", granter_thread, &race);
  threads[1] = g_thread_new ("canceller", canceller_thread, &race);

  for (guint i = 0; i < race.n; i++)
    {
      ThrWaiter waiter;
      ThrPark park;

      g_cancellable_reset (race.cancellable);
      thr_waiter_begin (&waiter, race.cancellable);
      thr_wait_list_lock (&race.list);
      thr_wait_list_push_unlocked (&race.list, &waiter);
      thr_wait_list_unlock (&race.list);
      start_line_wait (&race.line);
      park = thr_wait_list_park (&race.list, &waiter,
                                 i % 2 ? g_get_monotonic_time () + i % 8 : THR_DEADLINE_NEVER);
      thr_waiter_end (&waiter);
      g_assert_false (waiter.linked);
      memset (&waiter, 0x55, sizeof waiter);
      start_line_wait (&race.line);

      g_assert_cmpint (park, <, 3);
      n_ends[park]++;
      n_taken += park == THR_PARK_GRANTED;
      g_assert_cmpuint (race.list.length, ==, 0);
      g_assert_cmpuint (race.permits + n_taken, ==, i + 1);
    }

  for (guint i = 0; i < 2; i++)
    g_thread_join (threads[i]);
  g_test_message ("granted %u, cancelled %u, timed out %u", n_ends[0], n_ends[1], n_ends[2]);
  g_object_unref (race.cancellable);
  thr_wait_list_clear (&race.list);
}

typedef struct
{
  ThrWaitList list;
  int         permits;   /* under the list's lock */
  int         done;      /* atomic */
  guint       n;
} Nudges;

/* Takes a permit the way a lock does: tries, pushes, parks, and tries again when
 * it was nudged. */
static gpointer
nudged_thread (gpointer data)
{
  Nudges *self = data;

  for (guint i = 0; i < self->n; i++)
    {
      ThrWaiter waiter;
      gboolean taken = FALSE;

      thr_waiter_begin (&waiter, NULL);
      while (!taken)
        {
          thr_wait_list_lock (&self->list);
          taken = self->permits > 0;
          if (taken)
            {
              self->permits--;
              thr_wait_list_remove_unlocked (&self->list, &waiter);
            }
          else if (!waiter.linked)
            {
              thr_wait_list_push_unlocked (&self->list, &waiter);
            }
          thr_wait_list_unlock (&self->list);
          if (!taken)
            g_assert_cmpint (thr_waiter_park (&waiter, THR_DEADLINE_NEVER), ==, THR_PARK_NUDGED);
        }
      thr_waiter_end (&waiter);
    }
  g_atomic_int_inc (&self->done);

  return NULL;
}

/* Meant: the nudge falls between the waiter's push and its park, or meets a waiter
 * that has just taken the permit. A nudge that is lost stops everything. */
static void
test_nudges (void)
{
  Nudges self = { .n = rounds (50000) };
  GThread *threads[2];

  thr_wait_list_init (&self.list);
  for (guint i = 0; i < 2; i++)
    threads[i] = g_thread_new ("nudged", nudged_thread, &self);

  for (guint i = 0; i < 2 * self.n; i++)
    {
      ThrWakeBatch batch = THR_WAKE_BATCH_INIT;

      thr_wait_list_lock (&self.list);
      self.permits++;
      if (self.list.head != NULL)
        thr_waiter_nudge (self.list.head, &batch);
      fire (&batch, &self.list);
      /* Hand over one permit at a time, or nobody would ever sleep. */
      for (gboolean left = TRUE; left; )
        {
          thr_wait_list_lock (&self.list);
          left = self.permits > 0;
          thr_wait_list_unlock (&self.list);
          g_thread_yield ();
        }
    }

  for (guint i = 0; i < 2; i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (self.permits, ==, 0);
  thr_wait_list_clear (&self.list);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/waiter/states", test_states);
  g_test_add_func ("/waiter/errors", test_errors);
  g_test_add_func ("/waiter/order", test_order);
  g_test_add_func ("/waiter/grant-all", test_grant_all);
  g_test_add_func ("/waiter/cancelled", test_cancelled);
  g_test_add_func ("/waiter/cancelled-before", test_cancelled_before);
  g_test_add_func ("/waiter/timed-out", test_timed_out);
  g_test_add_func ("/waiter/stale-token", test_stale_token);
  g_test_add_func ("/waiter/nap", test_nap);
  g_test_add_func ("/waiter/interrupted", test_interrupted);
  g_test_add_func ("/waiter/grant-cancel-deadline", test_grant_cancel_deadline);
  g_test_add_func ("/waiter/nudges", test_nudges);

  return g_test_run ();
}
