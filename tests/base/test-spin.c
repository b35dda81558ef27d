/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-spin-private.h"

#include <glib.h>

/* As a thread that has just been made. */
static guint
begin_anew (ThrSelf *me)
{
  me->spin_budget = 0;
  me->spins_in_vain = 0;
  me->spin_rarity = 0;
  return thr_spin_begin (me);
}

static gboolean
skip_where_it_cannot_pay (void)
{
  if (thr_spin_pays ())
    return FALSE;

  g_assert_cmpuint (thr_spin_begin (thr_self_get ()), ==, 0);
  thr_spin_end (thr_self_get (), 0, TRUE);
  g_assert_cmpuint (thr_spin_begin (thr_self_get ()), ==, 0);
  g_test_skip ("there is one processor alone");
  return TRUE;
}

static void
test_budget (void)
{
  ThrSelf *me = thr_self_get ();
  guint first, pauses;

  if (skip_where_it_cannot_pay ())
    return;

  first = begin_anew (me);
  g_assert_cmpuint (first, >, 1);

  /* Half as long after each in vain, but never nothing. */
  thr_spin_end (me, first, TRUE);
  pauses = thr_spin_begin (me);
  g_assert_cmpuint (pauses, <=, first);
  g_assert_cmpuint (pauses, >=, first / 2);
  for (guint i = 0; i < 20; i++)
    thr_spin_end (me, thr_spin_begin (me), TRUE);
  pauses = thr_spin_begin (me);
  g_assert_cmpuint (pauses, >, 0);
  g_assert_cmpuint (pauses, <=, first);

  /* Twice as long after a hit, but never longer than at first. */
  thr_spin_end (me, pauses, FALSE);
  g_assert_cmpuint (thr_spin_begin (me), ==, MIN (pauses * 2, first));
  for (guint i = 0; i < 20; i++)
    thr_spin_end (me, thr_spin_begin (me), FALSE);
  g_assert_cmpuint (thr_spin_begin (me), ==, first);
}

/* Once in a while a long look: two who sleep in turns get out of it. While it is in
 * vain too it gets rarer. */
static void
test_long_look (void)
{
  ThrSelf *me = thr_self_get ();
  guint first, n_long = 0;

  if (skip_where_it_cannot_pay ())
    return;

  first = begin_anew (me);
  for (guint i = 0; i < 32 + 1 + 64 + 1 + 128 + 1 + 255; i++)
    {
      guint pauses = thr_spin_begin (me);

      n_long += pauses > first;
      thr_spin_end (me, pauses, TRUE);
    }
  g_assert_cmpuint (n_long, ==, 3);

  while (thr_spin_begin (me) <= first)
    thr_spin_end (me, thr_spin_begin (me), TRUE);
  thr_spin_end (me, thr_spin_begin (me), FALSE);
  g_assert_cmpuint (thr_spin_begin (me), ==, first);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/spin/budget", test_budget);
  g_test_add_func ("/spin/long-look", test_long_look);

  return g_test_run ();
}
