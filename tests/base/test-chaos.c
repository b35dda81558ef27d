/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base-util.h"

#include <errno.h>

#include "base/thr-chaos-private.h"
#include "base/thr-debug-private.h"

#define N_DECISIONS 4096

static void
decide (ThrChaosDecision *decisions,
        guint64           seed,
        guint64           thread)
{
  guint64 state = thr_chaos_seed (seed, thread);

  for (guint i = 0; i < N_DECISIONS; i++)
    decisions[i] = thr_chaos_decide (&state);
}

static guint
differences (const ThrChaosDecision *a,
             const ThrChaosDecision *b)
{
  guint n = 0;

  for (guint i = 0; i < N_DECISIONS; i++)
    n += a[i].act != b[i].act || a[i].amount != b[i].amount;

  return n;
}

static void
test_same_seed_same_decisions (void)
{
  g_autofree ThrChaosDecision *one = g_new (ThrChaosDecision, N_DECISIONS);
  g_autofree ThrChaosDecision *other = g_new (ThrChaosDecision, N_DECISIONS);

  decide (one, 7, 3);
  decide (other, 7, 3);
  g_assert_cmpuint (differences (one, other), ==, 0);
}

/* Two streams of nothing to do agree in a quarter of their decisions. */
static void
test_other_seed_or_thread_other_decisions (void)
{
  g_autofree ThrChaosDecision *one = g_new (ThrChaosDecision, N_DECISIONS);
  g_autofree ThrChaosDecision *other = g_new (ThrChaosDecision, N_DECISIONS);

  decide (one, 7, 3);
  decide (other, 8, 3);
  g_assert_cmpuint (differences (one, other), >, N_DECISIONS / 2);
  decide (other, 7, 4);
  g_assert_cmpuint (differences (one, other), >, N_DECISIONS / 2);
  /* Nor the same one, begun later. */
  decide (other, 3, 7);
  g_assert_cmpuint (differences (one, other), >, N_DECISIONS / 2);
}

static void
test_every_act (void)
{
  g_autofree ThrChaosDecision *decisions = g_new (ThrChaosDecision, N_DECISIONS);
  guint counts[4] = { 0 };

  decide (decisions, 0, 0);
  for (guint i = 0; i < N_DECISIONS; i++)
    {
      counts[decisions[i].act]++;
      g_assert_cmpuint (decisions[i].amount, <=, 1500);
    }

  g_assert_cmpuint (counts[THR_CHAOS_NOTHING], >, N_DECISIONS / 3);
  g_assert_cmpuint (counts[THR_CHAOS_SPIN], >, N_DECISIONS / 8);
  g_assert_cmpuint (counts[THR_CHAOS_YIELD], >, N_DECISIONS / 32);
  g_assert_cmpuint (counts[THR_CHAOS_SLEEP], >, N_DECISIONS / 256);
}

static void
assert_parsed (const char *text,
               guint       flags,
               gboolean    has_seed,
               guint64     seed)
{
  ThrDebugOptions options;
  g_autofree char *complaints = thr_debug_parse (text, &options);

  g_assert_null (complaints);
  g_assert_cmpuint (options.flags, ==, flags);
  g_assert_cmpint (options.has_seed, ==, has_seed);
  if (has_seed)
    g_assert_cmpuint (options.seed, ==, seed);
}

static void
test_options (void)
{
  assert_parsed (NULL, 0, FALSE, 0);
  assert_parsed ("", 0, FALSE, 0);
  assert_parsed (",", 0, FALSE, 0);
  assert_parsed ("locks", THR_DEBUG_LOCKS, FALSE, 0);
  assert_parsed ("LOCKS", THR_DEBUG_LOCKS, FALSE, 0);
  /* Chaos is nothing that one would want with everything else. */
  assert_parsed ("all", THR_DEBUG_LOCKS, FALSE, 0);
  assert_parsed ("chaos", THR_DEBUG_CHAOS, FALSE, 0);
  assert_parsed ("chaos,seed=0", THR_DEBUG_CHAOS, TRUE, 0);
  assert_parsed ("seed=42:chaos;locks", THR_DEBUG_CHAOS | THR_DEBUG_LOCKS, TRUE, 42);
  assert_parsed ("chaos, seed=18446744073709551615", THR_DEBUG_CHAOS, TRUE, G_MAXUINT64);
}

static void
assert_complaint (const char *text,
                  const char *pattern,
                  guint       flags)
{
  ThrDebugOptions options;
  g_autofree char *complaints = thr_debug_parse (text, &options);

  g_assert_nonnull (complaints);
  if (!g_pattern_match_simple (pattern, complaints))
    g_error ("\"%s\" does not look like \"%s\"", complaints, pattern);
  g_assert_cmpuint (options.flags, ==, flags);
  if (!g_str_has_prefix (text, "seed=1"))
    g_assert_false (options.has_seed);
}

/* What can be understood is done all the same. */
static void
test_option_mistakes (void)
{
  assert_complaint ("lock", "*no option \"lock\"*", 0);
  assert_complaint ("locks,cahos", "*no option \"cahos\"*", THR_DEBUG_LOCKS);
  assert_complaint ("chaos=1", "*no option \"chaos=1\"*", 0);
  assert_complaint ("chaos,seed=", "*the seed \"\" is no number from 0 to *", THR_DEBUG_CHAOS);
  assert_complaint ("chaos,seed=x", "*the seed \"x\"*", THR_DEBUG_CHAOS);
  assert_complaint ("chaos,seed=-1", "*the seed \"-1\"*", THR_DEBUG_CHAOS);
  assert_complaint ("chaos,seed=18446744073709551616", "*the seed*", THR_DEBUG_CHAOS);
  assert_complaint ("chaos,seed=7x", "*the seed \"7x\"*", THR_DEBUG_CHAOS);
  assert_complaint ("seed=1", "*without \"chaos\"*", 0);
  assert_complaint ("help", "*locks*all*chaos*seed=N*help*", 0);
}

/* A child with @debug in its environment; what it does then follows in the test. */
static gboolean
in_child_with (const char *debug)
{
  if (!g_test_subprocess ())
    return FALSE;

  g_setenv ("THR_DEBUG", debug, TRUE);
  return TRUE;
}

static void
test_off (void)
{
  if (in_child_with ("locks"))
    {
      thr_chaos_point ();
      g_assert_cmpint (thr_chaos_state, ==, THR_CHAOS_OFF);
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
}

static void
test_points_keep_errno (void)
{
  if (in_child_with ("chaos,seed=5"))
    {
      for (int i = 0; i < 2000; i++)
        {
          errno = i;
          THR_CHAOS ();
          g_assert_cmpint (errno, ==, i);
        }
      g_assert_cmpint (thr_chaos_state, ==, THR_CHAOS_ON);
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr_unmatched ("*seed=*");
}

static gpointer
pass_points_thread (gpointer data)
{
  for (guint i = 0; i < 100; i++)
    THR_CHAOS ();
  return NULL;
}

/* Once, whichever threads are the first to meet a point. */
static void
test_random_seed_printed_once (void)
{
  if (in_child_with ("chaos"))
    {
      GThread *threads[4];

      for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        threads[i] = g_thread_new ("points", pass_points_thread, NULL);
      for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        g_thread_join (threads[i]);
      g_object_unref (g_object_new (TEST_TYPE_THING, NULL));
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*THR_DEBUG=chaos,seed=*");
  g_test_trap_assert_stderr_unmatched ("*seed=*seed=*");
}

static void
test_mistake_printed (void)
{
  if (in_child_with ("nonsense"))
    {
      g_object_unref (g_object_new (TEST_TYPE_THING, NULL));
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*THR_DEBUG: there is no option \"nonsense\"*");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/chaos/same-seed-same-decisions", test_same_seed_same_decisions);
  g_test_add_func ("/chaos/other-seed-or-thread-other-decisions",
                   test_other_seed_or_thread_other_decisions);
  g_test_add_func ("/chaos/every-act", test_every_act);
  g_test_add_func ("/chaos/options", test_options);
  g_test_add_func ("/chaos/option-mistakes", test_option_mistakes);
  g_test_add_func ("/chaos/off", test_off);
  g_test_add_func ("/chaos/points-keep-errno", test_points_keep_errno);
  g_test_add_func ("/chaos/random-seed-printed-once", test_random_seed_printed_once);
  g_test_add_func ("/chaos/mistake-printed", test_mistake_printed);

  return g_test_run ();
}
