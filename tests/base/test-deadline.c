/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <thrkit/thrkit.h>

#include "base/thr-deadline-private.h"

static ThrDeadline
deadline_of (gint64 timeout_us)
{
  g_autoptr (GError) error = NULL;
  ThrDeadline deadline = -1;
  gboolean valid = thr_deadline_from_timeout (timeout_us, &deadline, &error);

  g_assert_no_error (error);
  g_assert_true (valid);
  return deadline;
}

static void
test_for_ever (void)
{
  g_assert_cmpint (deadline_of (-1), ==, THR_DEADLINE_NEVER);
  g_assert_false (thr_deadline_is_past (THR_DEADLINE_NEVER));
}

static void
test_now (void)
{
  g_assert_cmpint (deadline_of (0), ==, THR_DEADLINE_NOW);
  g_assert_true (thr_deadline_is_past (THR_DEADLINE_NOW));
}

static void
test_later (void)
{
  gint64 before = g_get_monotonic_time ();
  ThrDeadline deadline = deadline_of (G_TIME_SPAN_HOUR);
  gint64 after = g_get_monotonic_time ();

  g_assert_cmpint (deadline, >=, before + G_TIME_SPAN_HOUR);
  g_assert_cmpint (deadline, <=, after + G_TIME_SPAN_HOUR);
  g_assert_false (thr_deadline_is_past (deadline));
  g_assert_true (thr_deadline_is_past (before));
}

static void
test_saturates (void)
{
  g_assert_cmpint (deadline_of (G_MAXINT64), ==, THR_DEADLINE_NEVER);
  g_assert_cmpint (deadline_of (G_MAXINT64 - 1), ==, THR_DEADLINE_NEVER);
}

static void
test_invalid (void)
{
  const gint64 invalid[] = { -2, -1000000, G_MININT64 };

  for (guint i = 0; i < G_N_ELEMENTS (invalid); i++)
    {
      g_autoptr (GError) error = NULL;
      ThrDeadline deadline;

      g_assert_false (thr_deadline_from_timeout (invalid[i], &deadline, &error));
      g_assert_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
      g_assert_false (thr_deadline_from_timeout (invalid[i], &deadline, NULL));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/deadline/for-ever", test_for_ever);
  g_test_add_func ("/deadline/now", test_now);
  g_test_add_func ("/deadline/later", test_later);
  g_test_add_func ("/deadline/saturates", test_saturates);
  g_test_add_func ("/deadline/invalid", test_invalid);

  return g_test_run ();
}
