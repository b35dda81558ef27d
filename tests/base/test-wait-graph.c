/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base-util.h"

#include "base/thr-wait-graph-private.h"
#include "base/thr-wait-list-private.h"

/* A lock with an owner, as plain as can be. */
typedef struct
{
  TestThing   *thing;   /* its owner field is the lock's */
  ThrWaitList  list;
  gboolean     held;    /* under the lock of @list; by nobody yet while it is handed over */
} Lock;

static ThrSelf *
owner_of (gpointer resource)
{
  return __atomic_load_n (&TEST_THING (resource)->owner, __ATOMIC_ACQUIRE);
}

static void
set_owner (Lock    *self,
           ThrSelf *owner)
{
  __atomic_store_n (&self->thing->owner, owner, __ATOMIC_RELEASE);
}

static void
lock_init (Lock       *self,
           const char *name)
{
  self->thing = g_object_new (TEST_TYPE_THING, "name", name, NULL);
  self->held = FALSE;
  thr_wait_list_init (&self->list);
}

static void
lock_clear (Lock *self)
{
  g_assert_null (owner_of (self->thing));
  g_assert_finalize_object (self->thing);
  thr_wait_list_clear (&self->list);
}

/* FALSE when that would never end. */
static gboolean
lock_acquire (Lock    *self,
              GError **error)
{
  ThrWaiter waiter;
  ThrWaitEdge edge = { THR_EDGE_LOCK, &waiter, self->thing, owner_of };
  ThrPark park = THR_PARK_GRANTED;
  gboolean taken, certain = FALSE;

  thr_waiter_begin (&waiter, NULL);
  thr_wait_list_lock (&self->list);
  taken = !self->held;
  self->held = TRUE;
  if (taken)
    set_owner (self, thr_self_get ());
  else
    thr_wait_list_push_unlocked (&self->list, &waiter);
  thr_wait_list_unlock (&self->list);

  if (!taken)
    {
      if (thr_wait_graph_enter (&edge, error))
        {
          park = thr_wait_list_park (&self->list, &waiter, THR_DEADLINE_NEVER);
          thr_wait_graph_leave (&edge);
          set_owner (self, thr_self_get ());
        }
      else
        {
          /* Who reports leaves the line first. */
          certain = thr_waiter_leave (&waiter, THR_WAITER_TIMED_OUT);
          g_assert_true (certain);
          thr_wait_list_lock (&self->list);
          thr_wait_list_remove_unlocked (&self->list, &waiter);
          thr_wait_list_unlock (&self->list);
        }
      g_assert_cmpint (park, ==, THR_PARK_GRANTED);
    }
  thr_waiter_end (&waiter);

  return !certain;
}

/* Hands over to the first in line, which enters itself as the owner when it wakes, as
 * with the real locks: one that still waits must not own what it waits for. */
static void
lock_release (Lock *self)
{
  ThrWakeBatch batch = THR_WAKE_BATCH_INIT;

  thr_wait_list_lock (&self->list);
  g_assert_true (owner_of (self->thing) == thr_self_get ());
  set_owner (self, NULL);
  self->held = thr_wait_list_grant_one_unlocked (&self->list, &batch);
  thr_wait_list_unlock (&self->list);
  thr_wake_batch_fire (&batch);
}

/* --- Rings --- */

typedef struct
{
  StartLine   *line;
  Lock        *first;
  Lock        *second;
  const char  *name;
  int         *n_reports;   /* atomic */
  char       **report;      /* of the last to come */
} Philosopher;

static gpointer
philosopher_thread (gpointer data)
{
  Philosopher *self = data;
  g_autoptr (GError) error = NULL;

  thr_self_set_name (thr_self_get (), self->name);
  g_assert_true (lock_acquire (self->first, NULL));
  start_line_wait (self->line);

  if (lock_acquire (self->second, &error))
    {
      lock_release (self->second);
    }
  else
    {
      g_assert_error (error, THR_ERROR, THR_ERROR_DEADLOCK);
      g_atomic_int_inc (self->n_reports);
      g_free (*self->report);
      *self->report = g_strdup (error->message);
    }
  lock_release (self->first);

  return NULL;
}

/* Exactly one of a ring is told, and when it gives way the others go on. */
static void
run_ring (guint    n,
          char   **report)
{
  StartLine line = { n };
  Lock locks[3];
  Philosopher philosophers[3];
  GThread *threads[3];
  const char *lock_names[] = { "fork", "knife", "spoon" }, *names[] = { "Ada", "Bo", "Cy" };
  int n_reports = 0;

  for (guint i = 0; i < n; i++)
    lock_init (&locks[i], lock_names[i]);
  for (guint i = 0; i < n; i++)
    {
      philosophers[i] = (Philosopher) { &line, &locks[i], &locks[(i + 1) % n], names[i],
                                        &n_reports, report };
      threads[i] = g_thread_new (names[i], philosopher_thread, &philosophers[i]);
    }
  for (guint i = 0; i < n; i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (n_reports, ==, 1);
  for (guint i = 0; i < n; i++)
    lock_clear (&locks[i]);
}

static void
test_ring_of_two (void)
{
  g_autofree char *report = NULL;

  for (guint i = 0; i < rounds (2000); i++)
    run_ring (2, &report);
  g_test_message ("%s", report);
  g_assert_nonnull (strstr (report, "Ada"));
  g_assert_nonnull (strstr (report, "Bo"));
  g_assert_nonnull (strstr (report, "fork"));
  g_assert_nonnull (strstr (report, "knife"));
}

static void
test_ring_of_three (void)
{
  g_autofree char *report = NULL;

  for (guint i = 0; i < rounds (2000); i++)
    run_ring (3, &report);
  g_assert_nonnull (strstr (report, "Cy"));
  g_assert_nonnull (strstr (report, "spoon"));
}

/* Its own: a ring of one. */
static void
test_ring_of_one (void)
{
  Lock lock;
  g_autoptr (GError) error = NULL;

  lock_init (&lock, "self");
  g_assert_true (lock_acquire (&lock, NULL));
  g_assert_false (lock_acquire (&lock, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_DEADLOCK);
  lock_release (&lock);
  lock_clear (&lock);
}

/* --- Near misses --- */

typedef struct
{
  StartLine *line;
  Lock      *gate;
  Lock      *locks[3];   /* in the order in which this one takes them */
  guint      n;
} Careful;

static gpointer
ordered_thread (gpointer data)
{
  Careful *self = data;

  start_line_wait (self->line);
  for (guint i = 0; i < self->n; i++)
    {
      guint from = i % 2;

      for (guint j = from; j < 3; j++)
        g_assert_true (lock_acquire (self->locks[j], NULL));
      /* Released in any order: that makes no ring. */
      for (guint j = from; j < 3; j++)
        lock_release (self->locks[j]);
    }

  return NULL;
}

static gpointer
gated_thread (gpointer data)
{
  Careful *self = data;

  start_line_wait (self->line);
  for (guint i = 0; i < self->n; i++)
    {
      g_assert_true (lock_acquire (self->gate, NULL));
      for (guint j = 0; j < 3; j++)
        g_assert_true (lock_acquire (self->locks[j], NULL));
      lock_release (self->gate);
      for (guint j = 3; j > 0; j--)
        lock_release (self->locks[j - 1]);
    }

  return NULL;
}

static void
run_careful (GThreadFunc func,
             gboolean    crossed,
             guint       n)
{
  StartLine line = { 3 };
  Lock locks[3], gate;
  Careful careful[3];
  GThread *threads[3];

  lock_init (&gate, "gate");
  for (guint i = 0; i < 3; i++)
    lock_init (&locks[i], "lock");
  for (guint i = 0; i < 3; i++)
    {
      guint turn = crossed ? i : 0;

      careful[i] = (Careful) { &line, &gate,
                               { &locks[turn % 3], &locks[(turn + 1) % 3], &locks[(turn + 2) % 3] },
                               n };
      threads[i] = g_thread_new ("careful", func, &careful[i]);
    }
  for (guint i = 0; i < 3; i++)
    g_thread_join (threads[i]);
  for (guint i = 0; i < 3; i++)
    lock_clear (&locks[i]);
  lock_clear (&gate);
}

/* Meant: a walk meets edges that are being resolved and owners that change between
 * two of its steps. All take the locks in one order, so any report is false. */
static void
test_ordered (void)
{
  run_careful (ordered_thread, FALSE, rounds (100000) / 3);
}

/* Meant: orders cross, so that a walk which mixes two moments sees a ring; a gate
 * around the taking keeps the ring from ever being there. */
static void
test_gated (void)
{
  run_careful (gated_thread, TRUE, rounds (100000) / 3);
}

/* An edge whose waiter has been granted is none, however long its thread needs to
 * take it back. */
static void
test_granted_edge (void)
{
  Lock lock;
  ThrWaiter waiter;
  ThrWaitEdge edge = { THR_EDGE_TASK, &waiter, NULL, owner_of };

  lock_init (&lock, "granted");
  edge.resource = lock.thing;
  set_owner (&lock, thr_self_get ());
  thr_waiter_begin (&waiter, NULL);
  g_assert_true (thr_waiter_leave (&waiter, THR_WAITER_GRANTED));
  g_assert_true (thr_wait_graph_enter (&edge, NULL));
  thr_wait_graph_leave (&edge);
  thr_waiter_end (&waiter);
  set_owner (&lock, NULL);
  lock_clear (&lock);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wait-graph/ring-of-one", test_ring_of_one);
  g_test_add_func ("/wait-graph/ring-of-two", test_ring_of_two);
  g_test_add_func ("/wait-graph/ring-of-three", test_ring_of_three);
  g_test_add_func ("/wait-graph/granted-edge", test_granted_edge);
  g_test_add_func ("/wait-graph/ordered", test_ordered);
  g_test_add_func ("/wait-graph/gated", test_gated);

  return g_test_run ();
}
