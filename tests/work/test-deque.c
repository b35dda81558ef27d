/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/work-util.h"

#include "work/thr-deque-owner-private.h"

/* A worker's own queue: one owner, any number of thieves. */

#define N_THIEVES 3

static ThrEntry
make_entry (gsize number)
{
  /* Both halves carry the number, so that an entry put together from two is seen. */
  return (ThrEntry) { (ThrTaskFunc) (~number), (gpointer) number };
}

static gsize
read_entry (const ThrEntry *entry)
{
  gsize number = (gsize) entry->data;

  g_assert_cmpuint ((gsize) entry->func, ==, ~number);
  return number;
}

static gboolean
push (ThrDeque *deque,
      gsize     number)
{
  ThrEntry entry = make_entry (number);

  return thr_deque_push (deque, &entry);
}

static void
test_ends (void)
{
  g_autofree ThrDeque *deque = g_new (ThrDeque, 1);
  ThrEntry entry;

  thr_deque_init (deque);
  g_assert_false (thr_deque_pop (deque, &entry));
  g_assert_false (thr_deque_steal (deque, &entry));
  g_assert_cmpuint (thr_deque_size (deque), ==, 0);

  for (gsize i = 1; i <= 4; i++)
    g_assert_true (push (deque, i));
  g_assert_cmpuint (thr_deque_size (deque), ==, 4);

  g_assert_true (thr_deque_pop (deque, &entry));
  g_assert_cmpuint (read_entry (&entry), ==, 4);
  g_assert_true (thr_deque_steal (deque, &entry));
  g_assert_cmpuint (read_entry (&entry), ==, 1);
  g_assert_true (thr_deque_steal (deque, &entry));
  g_assert_cmpuint (read_entry (&entry), ==, 2);
  g_assert_true (thr_deque_pop (deque, &entry));
  g_assert_cmpuint (read_entry (&entry), ==, 3);
  g_assert_false (thr_deque_pop (deque, &entry));
  g_assert_false (thr_deque_steal (deque, &entry));
}

/* Full, emptied from either end, and round the array several times over. */
static void
test_capacity (void)
{
  g_autofree ThrDeque *deque = g_new (ThrDeque, 1);
  gsize number = 1, oldest = 1;
  ThrEntry entry;

  thr_deque_init (deque);
  for (guint lap = 0; lap < 8; lap++)
    {
      while (push (deque, number))
        number++;
      g_assert_cmpuint (thr_deque_size (deque), ==, THR_DEQUE_CAPACITY);

      for (guint i = 0; i < 100; i++)
        {
          g_assert_true (thr_deque_steal (deque, &entry));
          g_assert_cmpuint (read_entry (&entry), ==, oldest++);
        }
    }

  while (thr_deque_pop (deque, &entry))
    g_assert_cmpuint (read_entry (&entry), ==, --number);
  g_assert_cmpuint (number, ==, oldest);
}

typedef struct
{
  ThrDeque  deque;
  guint8   *seen;     /* how often each number came out; one writer each */
  gsize     n;
  int       stop;     /* atomic */
  int       n_ready;  /* atomic */
} Storm;

static void
note (Storm          *storm,
      const ThrEntry *entry)
{
  gsize number = read_entry (entry);

  g_assert_cmpuint (number, <, storm->n);
  g_assert_cmpuint (__atomic_fetch_add (&storm->seen[number], 1, __ATOMIC_RELAXED), ==, 0);
}

static gpointer
thief_thread (gpointer data)
{
  Storm *storm = data;
  gsize last = 0;
  ThrEntry entry;

  g_atomic_int_inc (&storm->n_ready);
  while (!g_atomic_int_get (&storm->stop))
    if (thr_deque_steal (&storm->deque, &entry))
      {
        /* The owner pushes in order, and a thief takes from the old end: what one
         * thief gets only grows. */
        gsize number = read_entry (&entry);

        g_assert_cmpuint (number + 1, >, last);
        last = number + 1;
        note (storm, &entry);
      }

  return NULL;
}

/* Every number comes out once. The owner keeps the deque nearly empty, where the race
 * for the last entry is, with @burst 1; and nearly full, where slots are used again
 * under the eyes of thieves, with a burst above the capacity. */
static void
run_storm (guint burst,
           gsize n)
{
  g_autofree Storm *storm = g_new0 (Storm, 1);
  GThread *thieves[N_THIEVES];
  gsize number = 0;
  ThrEntry entry;

  thr_deque_init (&storm->deque);
  storm->n = n;
  storm->seen = g_new0 (guint8, n);
  for (guint i = 0; i < N_THIEVES; i++)
    thieves[i] = g_thread_new ("thief", thief_thread, storm);
  await_at_least (&storm->n_ready, N_THIEVES);

  while (number < n)
    {
      for (guint i = 0; i < burst && number < n && push (&storm->deque, number); i++)
        number++;
      for (guint i = 0; i < burst / 2 + 1; i++)
        if (thr_deque_pop (&storm->deque, &entry))
          note (storm, &entry);
    }
  while (thr_deque_pop (&storm->deque, &entry))
    note (storm, &entry);

  /* Empty for the owner is empty for all. */
  g_assert_cmpuint (thr_deque_size (&storm->deque), ==, 0);
  g_atomic_int_set (&storm->stop, TRUE);
  for (guint i = 0; i < N_THIEVES; i++)
    g_thread_join (thieves[i]);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpuint (storm->seen[i], ==, 1);
  g_free (storm->seen);
}

static void
test_storm_empty (void)
{
  run_storm (1, rounds (500000));
}

static void
test_storm_full (void)
{
  run_storm (THR_DEQUE_CAPACITY + 10, rounds (500000));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/deque/ends", test_ends);
  g_test_add_func ("/deque/capacity", test_capacity);
  g_test_add_func ("/deque/storm-empty", test_storm_empty);
  g_test_add_func ("/deque/storm-full", test_storm_full);

  return g_test_run ();
}
