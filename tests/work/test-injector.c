/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/work-util.h"

#include "work/thr-injector-private.h"

/* The common queue of a pool. */

static gboolean
push (ThrInjector *injector,
      int          priority,
      gsize        number)
{
  ThrEntry entry = { NULL, (gpointer) number };

  return thr_injector_push (injector, priority, &entry);
}

static gsize
pop (ThrInjector *injector)
{
  ThrEntry entry;

  g_assert_cmpuint (thr_injector_pop (injector, &entry, 1), ==, 1);
  return (gsize) entry.data;
}

static void
test_order (void)
{
  ThrInjector injector;
  ThrEntry entry;

  thr_injector_init (&injector);
  g_assert_cmpuint (thr_injector_pop (&injector, &entry, 1), ==, 0);
  g_assert_false (thr_injector_has (&injector, 0));

  push (&injector, 0, 1);
  push (&injector, 5, 2);
  push (&injector, -5, 3);
  push (&injector, 0, 4);
  push (&injector, -5, 5);
  push (&injector, G_MAXINT, 6);
  push (&injector, G_MININT, 7);
  g_assert_cmpuint (thr_injector_get_length (&injector), ==, 7);
  g_assert_true (thr_injector_has (&injector, -1));

  g_assert_cmpuint (pop (&injector), ==, 7);
  g_assert_cmpuint (pop (&injector), ==, 3);
  g_assert_cmpuint (pop (&injector), ==, 5);
  g_assert_false (thr_injector_has (&injector, -1));
  g_assert_true (thr_injector_has (&injector, 0));
  g_assert_cmpuint (pop (&injector), ==, 1);
  g_assert_cmpuint (pop (&injector), ==, 4);
  g_assert_false (thr_injector_has (&injector, 0));
  g_assert_cmpuint (pop (&injector), ==, 2);
  g_assert_cmpuint (pop (&injector), ==, 6);
  g_assert_cmpuint (thr_injector_pop (&injector, &entry, 1), ==, 0);
  thr_injector_clear (&injector);
}

/* Through several blocks, and round one block that is never left. */
static void
test_blocks (void)
{
  ThrInjector injector;
  gsize in = 0, out = 0;

  thr_injector_init (&injector);
  for (guint round = 0; round < 20; round++)
    {
      for (guint i = 0; i < 700; i++)
        push (&injector, 0, in++);
      for (guint i = 0; i < 700 - (round == 19 ? 0 : 1); i++)
        g_assert_cmpuint (pop (&injector), ==, out++);
    }
  while (out < in)
    g_assert_cmpuint (pop (&injector), ==, out++);

  for (guint i = 0; i < 2000; i++)
    {
      push (&injector, 0, i);
      g_assert_cmpuint (pop (&injector), ==, i);
    }
  g_assert_cmpuint (thr_injector_get_length (&injector), ==, 0);
  thr_injector_clear (&injector);
}

/* A share of the usual priority; one at a time of others, which could be overtaken. */
static void
test_batches (void)
{
  ThrInjector injector;
  ThrEntry entries[32];

  thr_injector_init (&injector);
  for (gsize i = 0; i < 300; i++)
    push (&injector, 0, i);
  push (&injector, 1, 1000);
  push (&injector, 1, 1001);
  for (gsize i = 0; i < 288; i += 32)
    {
      g_assert_cmpuint (thr_injector_pop (&injector, entries, 32), ==, 32);
      for (guint j = 0; j < 32; j++)
        g_assert_cmpuint ((gsize) entries[j].data, ==, i + j);
    }
  g_assert_cmpuint (thr_injector_pop (&injector, entries, 32), ==, 12);
  g_assert_cmpuint (thr_injector_pop (&injector, entries, 32), ==, 1);
  g_assert_cmpuint ((gsize) entries[0].data, ==, 1000);
  g_assert_cmpuint (thr_injector_pop (&injector, entries, 32), ==, 1);
  thr_injector_clear (&injector);
}

/* Numbers as priorities, each of them once: the past must cost nothing. */
static void
test_many_priorities (void)
{
  ThrInjector injector;

  thr_injector_init (&injector);
  for (int i = 0; i < 100000; i++)
    {
      push (&injector, 100000 - i, i);
      g_assert_cmpuint (pop (&injector), ==, i);
    }
  thr_injector_clear (&injector);
}

static void
test_close (void)
{
  ThrInjector injector;

  thr_injector_init (&injector);
  g_assert_true (push (&injector, 0, 1));
  thr_injector_close (&injector);
  g_assert_false (push (&injector, 0, 2));
  g_assert_cmpuint (pop (&injector), ==, 1);
  thr_injector_clear (&injector);
}

typedef struct
{
  ThrInjector injector;
  int         n_left;    /* atomic: to be taken */
  guint8     *seen;
} Storm;

#define N_PUSHERS 2

static gpointer
taker_thread (gpointer data)
{
  Storm *storm = data;
  gsize last[N_PUSHERS] = { 0, };
  ThrEntry entries[32];

  while (g_atomic_int_get (&storm->n_left) > 0)
    {
      guint n = thr_injector_pop (&storm->injector, entries, 32);

      for (guint i = 0; i < n; i++)
        {
          gsize number = (gsize) entries[i].data;
          guint pusher = number % N_PUSHERS;

          /* Each pusher's entries come in its order. */
          g_assert_cmpuint (number + 1, >, last[pusher]);
          last[pusher] = number + 1;
          g_assert_cmpuint (__atomic_fetch_add (&storm->seen[number], 1,
                                                __ATOMIC_RELAXED), ==, 0);
        }
      g_atomic_int_add (&storm->n_left, -(int) n);
    }

  return NULL;
}

typedef struct
{
  Storm *storm;
  gsize  first;
  gsize  end;
} Pusher;

static gpointer
pusher_thread (gpointer data)
{
  Pusher *self = data;

  for (gsize number = self->first; number < self->end; number += N_PUSHERS)
    g_assert_true (push (&self->storm->injector, 0, number));

  return NULL;
}

/* Two push, two take shares: every entry once, none of a pusher's out of order. */
static void
test_storm (void)
{
  gsize n = rounds (200000);
  GThread *threads[N_PUSHERS + 2];
  Pusher pushers[N_PUSHERS];
  Storm storm;

  thr_injector_init (&storm.injector);
  storm.n_left = n;
  storm.seen = g_new0 (guint8, n);
  for (guint i = 0; i < N_PUSHERS; i++)
    {
      pushers[i] = (Pusher) { &storm, i, n };
      threads[i] = g_thread_new ("pusher", pusher_thread, &pushers[i]);
    }
  for (guint i = N_PUSHERS; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("taker", taker_thread, &storm);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);

  for (gsize i = 0; i < n; i++)
    g_assert_cmpuint (storm.seen[i], ==, 1);
  g_free (storm.seen);
  thr_injector_clear (&storm.injector);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/injector/order", test_order);
  g_test_add_func ("/injector/blocks", test_blocks);
  g_test_add_func ("/injector/batches", test_batches);
  g_test_add_func ("/injector/many-priorities", test_many_priorities);
  g_test_add_func ("/injector/close", test_close);
  g_test_add_func ("/injector/storm", test_storm);

  return g_test_run ();
}
