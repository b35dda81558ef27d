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

  return thr_injector_push (injector, priority, &entry, NULL);
}

static gsize
pop (ThrInjector *injector)
{
  ThrEntry entry;

  g_assert_cmpuint (thr_injector_pop (injector, &entry, 1, NULL), ==, 1);
  return (gsize) entry.data;
}

static void
test_order (void)
{
  ThrInjector injector;
  ThrEntry entry;

  thr_injector_init (&injector);
  g_assert_cmpuint (thr_injector_pop (&injector, &entry, 1, NULL), ==, 0);
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
  g_assert_cmpuint (thr_injector_pop (&injector, &entry, 1, NULL), ==, 0);
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
      g_assert_cmpuint (thr_injector_pop (&injector, entries, 32, NULL), ==, 32);
      for (guint j = 0; j < 32; j++)
        g_assert_cmpuint ((gsize) entries[j].data, ==, i + j);
    }
  g_assert_cmpuint (thr_injector_pop (&injector, entries, 32, NULL), ==, 12);
  g_assert_cmpuint (thr_injector_pop (&injector, entries, 32, NULL), ==, 1);
  g_assert_cmpuint ((gsize) entries[0].data, ==, 1000);
  g_assert_cmpuint (thr_injector_pop (&injector, entries, 32, NULL), ==, 1);
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
      guint n = thr_injector_pop (&storm->injector, entries, 32, NULL);

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

static gboolean
nothing_func (ThrTask   *task,
              gpointer   user_data,
              GError   **error)
{
  return TRUE;
}

/* More than are idle is a crowd, for what is taken alone; who takes something is not
 * idle any more. */
static void
test_crowd (void)
{
  const ThrEntry alone = { nothing_func, NULL };
  const ThrEntry other = { NULL, NULL };
  gboolean crowded = FALSE, idle = TRUE;
  ThrInjector injector;
  ThrEntry entry;

  thr_injector_init (&injector);
  injector.alone[1] = nothing_func;
  injector.n_idle = 2;

  for (guint i = 1; i <= 3; i++)
    {
      thr_injector_push (&injector, 0, &alone, &crowded);
      g_assert_true (crowded == (i > 2));
    }
  thr_injector_push (&injector, 0, &other, &crowded);
  g_assert_false (crowded);
  g_assert_true (thr_injector_is_crowded (&injector));

  g_assert_cmpuint (thr_injector_pop (&injector, &entry, 1, &idle), ==, 1);
  g_assert_false (idle);
  g_assert_cmpuint (injector.n_idle, ==, 1);
  g_assert_cmpuint (thr_injector_pop (&injector, &entry, 1, &idle), ==, 1);
  g_assert_cmpuint (injector.n_idle, ==, 1);
  g_assert_cmpuint (thr_injector_pop (&injector, &entry, 1, NULL), ==, 1);
  g_assert_false (thr_injector_is_crowded (&injector));
  g_assert_cmpuint (thr_injector_pop (&injector, &entry, 1, NULL), ==, 1);

  idle = TRUE;
  g_assert_cmpuint (thr_injector_pop (&injector, &entry, 1, &idle), ==, 0);
  g_assert_true (idle);
  thr_injector_clear (&injector);
}

/* The first ones stay, over blocks and priorities, as many as there are idle but for the
 * surplus. */
static void
test_leave_for_idle (void)
{
  static const guint n_idles[] = { 0, 1, 2, 254, 255, 256, 257, 510, 700, 701, 900, 5000 };

  for (guint i = 0; i < G_N_ELEMENTS (n_idles); i++)
    {
      g_autoptr (GArray) rest = g_array_new (FALSE, FALSE, sizeof (ThrEntry));
      guint n_left = MIN (n_idles[i], 900);
      ThrInjector injector;

      thr_injector_init (&injector);
      for (guint n = 200; n < 900; n++)
        g_assert_true (push (&injector, 0, n));
      for (guint n = 0; n < 200; n++)
        g_assert_true (push (&injector, -1, n));
      injector.n_idle = n_idles[i] + 3;

      thr_injector_leave_for_idle (&injector, 3, rest);
      g_assert_cmpuint (thr_injector_get_length (&injector), ==, n_left);
      g_assert_cmpuint (rest->len, ==, 900 - n_left);
      for (guint n = 0; n < rest->len; n++)
        g_assert_true (g_array_index (rest, ThrEntry, n).data == GSIZE_TO_POINTER (n_left + n));

      /* It goes on to work. */
      for (guint n = 900; n < 1200; n++)
        g_assert_true (push (&injector, 0, n));
      for (guint n = 0; n < n_left; n++)
        g_assert_cmpuint (pop (&injector), ==, n);
      for (guint n = 900; n < 1200; n++)
        g_assert_cmpuint (pop (&injector), ==, n);
      g_assert_cmpuint (thr_injector_get_length (&injector), ==, 0);
      thr_injector_clear (&injector);
    }
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
  g_test_add_func ("/injector/crowd", test_crowd);
  g_test_add_func ("/injector/leave-for-idle", test_leave_for_idle);

  return g_test_run ();
}
