/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <thrkit/thrkit.h>

static void
test_values (void)
{
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  GValue members[3] = { G_VALUE_INIT, G_VALUE_INIT, G_VALUE_INIT };
  ThrValues *values;
  guint n_values = 0;

  g_value_init (&members[0], G_TYPE_INT);
  g_value_set_int (&members[0], 5);
  g_value_init (&members[1], G_TYPE_OBJECT);
  g_value_set_object (&members[1], object);

  values = thr_values_new (members, 3);
  g_value_unset (&members[1]);
  g_object_get (values, "n-values", &n_values, NULL);
  g_assert_cmpuint (n_values, ==, 3);
  g_assert_cmpint (g_value_get_int (thr_values_get_value (values, 0)), ==, 5);
  g_assert_true (g_value_get_object (thr_values_get_value (values, 1)) == object);
  /* One without a type must not get out. */
  g_assert_true (G_VALUE_HOLDS_OBJECT (thr_values_get_value (values, 2)));
  g_assert_null (thr_values_get_value (values, 3));
  g_assert_null (thr_values_get_name (values, 0));
  g_assert_null (thr_values_get_name (values, 3));

  g_assert_finalize_object (values);
  g_assert_finalize_object (object);
}

static void
test_none (void)
{
  ThrValues *values = thr_values_new (NULL, 0);

  g_assert_cmpuint (thr_values_get_n_values (values), ==, 0);
  g_assert_null (thr_values_get_value (values, 0));
  g_assert_finalize_object (values);
}

static void
test_copy (void)
{
  GValue member = G_VALUE_INIT;
  GValue copy = G_VALUE_INIT;
  ThrValues *values;

  g_value_init (&member, G_TYPE_STRING);
  g_value_set_static_string (&member, "text");
  values = thr_values_new (&member, 1);

  g_assert_true (thr_values_copy_value (values, 0, &copy));
  g_assert_true (thr_values_copy_value (values, 0, &copy));
  g_assert_false (thr_values_copy_value (values, 1, &copy));
  g_assert_finalize_object (values);
  g_assert_cmpstr (g_value_get_string (&copy), ==, "text");
  g_value_unset (&copy);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/values/values", test_values);
  g_test_add_func ("/values/none", test_none);
  g_test_add_func ("/values/copy", test_copy);

  return g_test_run ();
}
