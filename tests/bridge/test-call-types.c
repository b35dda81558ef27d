/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <math.h>
#include <string.h>

#include "bridge/call-util.h"

/* Each form that a parameter or a result can have, with the library made for it
 * (callee.c). It has a typelib, so it is there only where those are built. */

#define CALL(function, ...) new_call ("Callee", function, __VA_ARGS__, G_TYPE_INVALID)
#define NO_ARGS G_TYPE_INVALID
#define REFUSED(pattern, function, ...) \
  assert_refused (pattern, "Callee", function, __VA_ARGS__, G_TYPE_INVALID)

static GValue result = G_VALUE_INIT;

static void
test_integers (void)
{
  static const struct
  {
    const char *function;
    gint64      min;
    gint64      max;
    GType       type;
  } widths[] = {
    { "int8", G_MININT8, G_MAXINT8, G_TYPE_INT },
    { "uint8", 0, G_MAXUINT8, G_TYPE_UINT },
    { "int16", G_MININT16, G_MAXINT16, G_TYPE_INT },
    { "uint16", 0, G_MAXUINT16, G_TYPE_UINT },
    { "int32", G_MININT32, G_MAXINT32, G_TYPE_INT },
    { "uint32", 0, G_MAXUINT32, G_TYPE_UINT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      const char *function = widths[i].function;
      GValue wide = G_VALUE_INIT;

      run_call (CALL (function, G_TYPE_INT64, widths[i].min), &result);
      g_assert_true (G_VALUE_HOLDS (&result, widths[i].type));
      g_value_init (&wide, G_TYPE_INT64);
      g_assert_true (g_value_transform (&result, &wide));
      g_assert_cmpint (g_value_get_int64 (&wide), ==, widths[i].min);

      run_call (CALL (function, G_TYPE_DOUBLE, (double) widths[i].max), &result);
      g_assert_true (g_value_transform (&result, &wide));
      g_assert_cmpint (g_value_get_int64 (&wide), ==, widths[i].max);

      REFUSED ("*argument 1 (“value”): * is not a value of *", function,
               G_TYPE_INT64, widths[i].min - 1);
      REFUSED ("* is not a value of *", function, G_TYPE_INT64, widths[i].max + 1);
      REFUSED ("*0.5 is not a value of *", function, G_TYPE_DOUBLE, 0.5);
      REFUSED ("* is wanted, and gboolean was given", function, G_TYPE_BOOLEAN, TRUE);
      REFUSED ("* is wanted, and null was given", function, G_TYPE_STRING, NULL);
    }
}

static void
test_long_integers (void)
{
  run_call (CALL ("int64", G_TYPE_INT64, G_MININT64), &result);
  g_assert_cmpint (g_value_get_int64 (&result), ==, G_MININT64);
  run_call (CALL ("uint64", G_TYPE_UINT64, G_MAXUINT64), &result);
  g_assert_cmpuint (g_value_get_uint64 (&result), ==, G_MAXUINT64);
  run_call (CALL ("int64", G_TYPE_DOUBLE, -0x1p63), &result);
  g_assert_cmpint (g_value_get_int64 (&result), ==, G_MININT64);

  REFUSED ("*18446744073709551615 is not*", "int64", G_TYPE_UINT64, G_MAXUINT64);
  REFUSED ("*-1 is not*", "uint64", G_TYPE_INT, -1);
  REFUSED ("* is not*", "uint64", G_TYPE_DOUBLE, 0x1p64);
  REFUSED ("*nan is not*", "int64", G_TYPE_DOUBLE, (double) NAN);

  /* All the forms in which a number may come. */
  run_call (CALL ("int64", G_TYPE_CHAR, -3), &result);
  g_assert_cmpint (g_value_get_int64 (&result), ==, -3);
  run_call (CALL ("int64", G_TYPE_UCHAR, 200), &result);
  g_assert_cmpint (g_value_get_int64 (&result), ==, 200);
  run_call (CALL ("int64", G_TYPE_LONG, -5L), &result);
  g_assert_cmpint (g_value_get_int64 (&result), ==, -5);
  run_call (CALL ("int64", G_TYPE_ULONG, 5UL), &result);
  g_assert_cmpint (g_value_get_int64 (&result), ==, 5);
  run_call (CALL ("int64", G_TYPE_FLOAT, 8.0), &result);
  g_assert_cmpint (g_value_get_int64 (&result), ==, 8);
  run_call (CALL ("int64", G_TYPE_FILE_TYPE, G_FILE_TYPE_DIRECTORY), &result);
  g_assert_cmpint (g_value_get_int64 (&result), ==, G_FILE_TYPE_DIRECTORY);
  run_call (CALL ("int64", G_TYPE_VARIANT, g_variant_new_uint16 (9)), &result);
  g_assert_cmpint (g_value_get_int64 (&result), ==, 9);
  run_call (CALL ("int64", G_TYPE_VARIANT, g_variant_new_variant (g_variant_new_byte (7))), &result);
  g_assert_cmpint (g_value_get_int64 (&result), ==, 7);
}

static void
test_other_numbers (void)
{
  run_call (CALL ("boolean", G_TYPE_BOOLEAN, TRUE), &result);
  g_assert_true (g_value_get_boolean (&result));
  run_call (CALL ("boolean", G_TYPE_VARIANT, g_variant_new_boolean (FALSE)), &result);
  g_assert_false (g_value_get_boolean (&result));
  REFUSED ("*gboolean is wanted, and gint was given", "boolean", G_TYPE_INT, 1);

  run_call (CALL ("double", G_TYPE_INT, 3), &result);
  g_assert_cmpfloat (g_value_get_double (&result), ==, 3);
  run_call (CALL ("float", G_TYPE_DOUBLE, 0.25), &result);
  g_assert_cmpfloat (g_value_get_double (&result), ==, 0.25);
  REFUSED ("* is not a value of gfloat", "float", G_TYPE_DOUBLE, 1e300);

  run_call (CALL ("unichar", G_TYPE_STRING, "ß"), &result);
  g_assert_cmpstr (g_value_get_string (&result), ==, "ß");
  run_call (CALL ("unichar", G_TYPE_UINT, 0x41), &result);
  g_assert_cmpstr (g_value_get_string (&result), ==, "A");
  REFUSED ("*one character*", "unichar", G_TYPE_STRING, "ab");
  REFUSED ("*is not a value*", "unichar", G_TYPE_INT, -1);

  run_call (CALL ("gtype", G_TYPE_GTYPE, G_TYPE_FILE), &result);
  g_assert_true (g_value_get_gtype (&result) == G_TYPE_FILE);
  run_call (CALL ("gtype", G_TYPE_STRING, "GCancellable"), &result);
  g_assert_true (g_value_get_gtype (&result) == G_TYPE_CANCELLABLE);
  REFUSED ("*no type with the name “GNothing”", "gtype", G_TYPE_STRING, "GNothing");
}

static void
test_enumerations (void)
{
  run_call (CALL ("enum", G_TYPE_FILE_TYPE, G_FILE_TYPE_REGULAR), &result);
  g_assert_true (G_VALUE_HOLDS (&result, G_TYPE_FILE_TYPE));
  g_assert_cmpint (g_value_get_enum (&result), ==, G_FILE_TYPE_REGULAR);
  run_call (CALL ("enum", G_TYPE_INT, G_FILE_TYPE_DIRECTORY), &result);
  g_assert_cmpint (g_value_get_enum (&result), ==, G_FILE_TYPE_DIRECTORY);
  run_call (CALL ("enum", G_TYPE_STRING, "symbolic-link"), &result);
  g_assert_cmpint (g_value_get_enum (&result), ==, G_FILE_TYPE_SYMBOLIC_LINK);
  run_call (CALL ("enum", G_TYPE_STRING, "SYMBOLIC_LINK"), &result);
  g_assert_cmpint (g_value_get_enum (&result), ==, G_FILE_TYPE_SYMBOLIC_LINK);

  run_call (CALL ("flags", G_TYPE_STRING, "overwrite | backup"), &result);
  g_assert_cmpuint (g_value_get_flags (&result), ==, G_FILE_COPY_OVERWRITE | G_FILE_COPY_BACKUP);
  run_call (CALL ("flags", G_TYPE_UINT, 0), &result);
  g_assert_cmpuint (g_value_get_flags (&result), ==, 0);

  REFUSED ("*999 is not a value of Gio.FileType", "enum", G_TYPE_INT, 999);
  REFUSED ("*“regulr” is not a value of Gio.FileType", "enum", G_TYPE_STRING, "regulr");
  REFUSED ("*GFileCopyFlags was given", "enum", G_TYPE_FILE_COPY_FLAGS, 0);
  REFUSED ("*1048576 is not a value of Gio.FileCopyFlags", "flags", G_TYPE_INT, 1 << 20);
}

static void
test_strings (void)
{
  run_call (CALL ("utf8", G_TYPE_STRING, "grün"), &result);
  g_assert_cmpstr (g_value_get_string (&result), ==, "grün");
  run_call (CALL ("utf8", G_TYPE_STRING, NULL), &result);
  g_assert_null (g_value_get_string (&result));
  run_call (CALL ("utf8", G_TYPE_POINTER, NULL), &result);
  g_assert_null (g_value_get_string (&result));
  run_call (CALL ("utf8_taken", G_TYPE_STRING, "given"), &result);
  g_assert_cmpstr (g_value_get_string (&result), ==, "given");
  run_call (CALL ("utf8_taken", G_TYPE_VARIANT, g_variant_new_object_path ("/a")), &result);
  g_assert_cmpstr (g_value_get_string (&result), ==, "/a");
  run_call (CALL ("filename", G_TYPE_STRING, "/\xff"), &result);
  g_assert_cmpstr (g_value_get_string (&result), ==, "/\xff");
  run_call (CALL ("utf8_inout", G_TYPE_STRING, "a"), &result);
  g_assert_cmpstr (g_value_get_string (&result), ==, "a!");

  REFUSED ("*not valid UTF-8", "utf8", G_TYPE_STRING, "\xff");
  REFUSED ("*utf8 is wanted, and null was given", "utf8_taken", G_TYPE_STRING, NULL);
  REFUSED ("*utf8 is wanted, and gint was given", "utf8", G_TYPE_INT, 3);
  REFUSED ("*utf8 is wanted, and GVariant was given", "utf8", G_TYPE_VARIANT, g_variant_new_int32 (3));
}

static void
test_variants_and_values (void)
{
  g_auto (GValue) boxed = G_VALUE_INIT;

  run_call (CALL ("variant_taken", G_TYPE_VARIANT, g_variant_new_parsed ("('a', <1>)")), &result);
  g_assert_true (g_variant_is_of_type (g_value_get_variant (&result), G_VARIANT_TYPE ("(sv)")));
  REFUSED ("*GLib.Variant is wanted, and gchararray was given", "variant_taken", G_TYPE_STRING, "a");

  /* A GValue parameter takes the argument itself. */
  run_call (CALL ("value_int", G_TYPE_INT, 17), &result);
  g_assert_cmpint (g_value_get_int (&result), ==, 17);

  g_value_init (&boxed, G_TYPE_INT);
  g_value_set_int (&boxed, 18);
  run_call (CALL ("value_int", G_TYPE_VALUE, &boxed), &result);
  g_assert_cmpint (g_value_get_int (&result), ==, 18);

  run_call (new_call ("Callee", "value_out", NO_ARGS), &result);
  g_assert_cmpstr (g_value_get_string (&result), ==, "out");
}

static gpointer
new_object (const char *function)
{
  run_call (new_call ("Callee", function, NO_ARGS), &result);
  return g_value_dup_object (&result);
}

static void
test_objects (void)
{
  GObject *lid = new_object ("Lid.new");
  g_autoptr (GCancellable) other = g_cancellable_new ();
  g_auto (GValue) held = G_VALUE_INIT;

  g_assert_cmpstr (G_OBJECT_TYPE_NAME (lid), ==, "CalleeLid");

  /* A method of its parent, by either name; a wrong object is refused. */
  run_call (CALL ("Box.get_content", G_TYPE_OBJECT, lid), &result);
  g_assert_cmpint (g_value_get_int (&result), ==, 7);
  run_call (CALL ("Lid.get_content", G_TYPE_OBJECT, lid), &result);
  g_assert_cmpint (g_value_get_int (&result), ==, 7);
  run_call (CALL ("Callee.Lid.get_content", G_TYPE_OBJECT, lid), &result);
  g_assert_cmpint (g_value_get_int (&result), ==, 7);
  REFUSED ("*argument 1 (“self”): Callee.Box is wanted, and GCancellable was given",
           "Box.get_content", G_TYPE_OBJECT, other);
  REFUSED ("*Callee.Box is wanted, and null was given", "Box.get_content", G_TYPE_OBJECT, NULL);

  run_call (CALL ("object_taken", G_TYPE_OBJECT, lid), &result);
  g_assert_true (g_value_get_object (&result) == lid);
  run_call (CALL ("object_taken", G_TYPE_OBJECT, NULL), &held);
  g_assert_null (g_value_get_object (&held));

  g_value_unset (&result);
  g_assert_finalize_object (lid);
}

static void
test_boxed (void)
{
  GType point;
  gpointer a;
  gpointer b;

  run_call (CALL ("Point.new", G_TYPE_INT, 1, G_TYPE_INT, 3), &result);
  point = G_VALUE_TYPE (&result);
  a = g_value_dup_boxed (&result);
  run_call (CALL ("Point.get_sum", point, a), &result);
  g_assert_cmpint (g_value_get_int (&result), ==, 4);

  run_call (CALL ("Point.new", G_TYPE_INT, 3, G_TYPE_INT, 5), &result);
  b = g_value_dup_boxed (&result);
  run_call (CALL ("Point.middle", point, a, point, b), &result);
  g_assert_true (G_VALUE_HOLDS (&result, point));
  run_call (CALL ("Point.get_sum", point, g_value_get_boxed (&result)), &result);
  g_assert_cmpint (g_value_get_int (&result), ==, 6);

  REFUSED ("*Callee.Point is wanted, and gint was given", "Point.get_sum", G_TYPE_INT, 3);
  g_boxed_free (point, a);
  g_boxed_free (point, b);
}

static void
test_out (void)
{
  ThrValues *values;

  run_call (CALL ("three_out", G_TYPE_INT, 10), &result);
  values = g_value_get_object (&result);
  g_assert_true (THR_IS_VALUES (values));
  g_assert_cmpuint (thr_values_get_n_values (values), ==, 3);
  g_assert_cmpint (g_value_get_int (thr_values_get_value (values, 0)), ==, 11);
  g_assert_cmpstr (g_value_get_string (thr_values_get_value (values, 1)), ==, "12");
  g_assert_cmpfloat (g_value_get_double (thr_values_get_value (values, 2)), ==, 13);
  g_assert_cmpstr (thr_values_get_name (values, 1), ==, "two");

  run_call (CALL ("int_inout", G_TYPE_INT, 21), &result);
  values = g_value_get_object (&result);
  g_assert_cmpuint (thr_values_get_n_values (values), ==, 2);
  g_assert_cmpstr (thr_values_get_name (values, 0), ==, "return");
  g_assert_cmpint (g_value_get_int (thr_values_get_value (values, 0)), ==, 21);
  g_assert_cmpint (g_value_get_int (thr_values_get_value (values, 1)), ==, 42);

  /* The gboolean beside an out parameter only says that there was no error. */
  run_call (new_call ("Callee", "succeed", NO_ARGS), &result);
  g_assert_cmpint (g_value_get_int (&result), ==, 42);
}

static void
test_numbers_in_rows (void)
{
  g_autoptr (ThrValues) values = NULL;
  GValue members[2] = { G_VALUE_INIT, G_VALUE_INIT };

  run_call (CALL ("sum_ints", G_TYPE_VARIANT, g_variant_new_parsed ("[1, 2, 3]")), &result);
  g_assert_cmpint (g_value_get_int64 (&result), ==, 6);
  run_call (CALL ("sum_ints", G_TYPE_VARIANT, g_variant_new_parsed ("[1.0, 2.0]")), &result);
  g_assert_cmpint (g_value_get_int64 (&result), ==, 3);
  run_call (CALL ("sum_ints", G_TYPE_VARIANT, g_variant_new_parsed ("[<1>, <int64 4>]")), &result);
  g_assert_cmpint (g_value_get_int64 (&result), ==, 5);
  run_call (CALL ("sum_ints", G_TYPE_VARIANT, g_variant_new_parsed ("@ai []")), &result);
  g_assert_cmpint (g_value_get_int64 (&result), ==, 0);
  run_call (CALL ("sum_ints", G_TYPE_STRING, NULL), &result);
  g_assert_cmpint (g_value_get_int64 (&result), ==, 0);

  g_value_init (&members[0], G_TYPE_INT);
  g_value_set_int (&members[0], 2);
  g_value_init (&members[1], G_TYPE_DOUBLE);
  g_value_set_double (&members[1], 5);
  values = thr_values_new (members, 2);
  run_call (CALL ("sum_ints", THR_TYPE_VALUES, values), &result);
  g_assert_cmpint (g_value_get_int64 (&result), ==, 7);

  run_call (CALL ("sum_three", G_TYPE_VARIANT, g_variant_new_parsed ("[1, 2, 4]")), &result);
  g_assert_cmpint (g_value_get_int (&result), ==, 7);
  run_call (CALL ("sum_terminated", G_TYPE_VARIANT, g_variant_new_parsed ("[1, 2]")), &result);
  g_assert_cmpint (g_value_get_int (&result), ==, 3);
  run_call (CALL ("sum_doubles", G_TYPE_VARIANT, g_variant_new_parsed ("[1.5, 2.5]")), &result);
  g_assert_cmpfloat (g_value_get_double (&result), ==, 4);
  run_call (new_call ("Callee", "doubles", NO_ARGS), &result);
  g_assert_cmpstr (g_variant_get_type_string (g_value_get_variant (&result)), ==, "ad");
  g_assert_cmpuint (g_variant_n_children (g_value_get_variant (&result)), ==, 3);

  REFUSED ("*of exactly 3 elements*", "sum_three", G_TYPE_VARIANT, g_variant_new_parsed ("[1]"));
  REFUSED ("*element 1: 5000000000 is not a value of gint32", "sum_ints",
           G_TYPE_VARIANT, g_variant_new_parsed ("[int64 1, 5000000000]"));
  REFUSED ("*array of gint32 is wanted, and gint was given", "sum_ints", G_TYPE_INT, 3);
}

static void
test_length_that_does_not_fit (void)
{
  g_autofree double *doubles = g_new0 (double, 256);

  /* The length of this one is a guint8. */
  REFUSED ("*256 is not a value of guint8", "sum_doubles", G_TYPE_VARIANT,
           g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, doubles, 256, sizeof (double)));
}

static void
assert_bytes (const char *expected)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (expected, strlen (expected));

  g_assert_true (G_VALUE_HOLDS (&result, G_TYPE_BYTES));
  g_assert_true (g_bytes_equal (bytes, g_value_get_boxed (&result)));
}

static void
test_bytes (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abc", 3);
  g_autoptr (GBytes) empty = g_bytes_new_static (NULL, 0);
  g_autoptr (GBytes) zero = g_bytes_new_static ("a\0c", 3);
  g_autoptr (GByteArray) array = g_byte_array_new ();

  g_byte_array_append (array, (const guint8 *) "xyz", 3);

  run_call (CALL ("reverse", G_TYPE_BYTES, bytes), &result);
  assert_bytes ("cba");
  run_call (CALL ("reverse", G_TYPE_BYTES, empty), &result);
  assert_bytes ("");
  run_call (CALL ("reverse", G_TYPE_BYTE_ARRAY, array), &result);
  assert_bytes ("zyx");
  run_call (CALL ("reverse", G_TYPE_VARIANT, g_variant_new_parsed ("[byte 65, 66]")), &result);
  assert_bytes ("BA");
  run_call (CALL ("reverse", G_TYPE_STRING, "12"), &result);
  assert_bytes ("21");
  run_call (CALL ("byte_array", G_TYPE_BYTES, bytes), &result);
  assert_bytes ("abc");
  run_call (CALL ("bytes", G_TYPE_BYTE_ARRAY, array), &result);
  assert_bytes ("xyz");
  run_call (CALL ("terminated_bytes", G_TYPE_BYTES, bytes), &result);
  g_assert_cmpuint (g_value_get_uint64 (&result), ==, 3);
  REFUSED ("*end at a zero*", "terminated_bytes", G_TYPE_BYTES, zero);

  /* How much is written is the caller's choice; too much is an error in time. */
  run_call (CALL ("fill", G_TYPE_INT, 4), &result);
  assert_bytes ("xxxx");
  run_call (CALL ("fill", G_TYPE_INT, 0), &result);
  assert_bytes ("");
  REFUSED ("*“buffer”: a pointer to array of guint8 cannot be carried*", "fill_blindly",
           G_TYPE_INT, 0);
}

static void
test_no_memory (void)
{
  ThrCall *call = CALL ("fill", G_TYPE_UINT64, G_MAXUINT64);

  assert_fails (call, THR_ERROR, THR_ERROR_RESOURCES, "*no memory for the result “buffer”");
  g_assert_finalize_object (call);
}

static void
test_strings_in_rows (void)
{
  const char *strv[] = { "b", "a", NULL };

  run_call (CALL ("strv_taken", G_TYPE_STRV, strv), &result);
  g_assert_true (g_strv_equal (g_value_get_boxed (&result), strv));
  run_call (CALL ("strv_taken", G_TYPE_VARIANT, g_variant_new_strv (strv, -1)), &result);
  g_assert_true (g_strv_equal (g_value_get_boxed (&result), strv));
  run_call (CALL ("list", G_TYPE_STRV, strv), &result);
  g_assert_cmpstr (((char **) g_value_get_boxed (&result))[0], ==, "a");

  run_call (CALL ("pairs", G_TYPE_STRV, strv, G_TYPE_VARIANT, g_variant_new_parsed ("[1, 2]")),
            &result);
  g_assert_cmpstr (g_value_get_string (&result), ==, "b=1;a=2;");
  REFUSED ("*argument 2 (“values”): two arrays with one length differ in length", "pairs",
           G_TYPE_STRV, strv, G_TYPE_VARIANT, g_variant_new_parsed ("[1, 2, 3]"));
  REFUSED ("*element 1: utf8 is wanted, and GVariant was given", "list",
           G_TYPE_VARIANT, g_variant_new_parsed ("[<'a'>, <1>]"));
}

static void
test_objects_in_rows (void)
{
  g_autoptr (GListStore) store = g_list_store_new (G_TYPE_OBJECT);
  g_autoptr (GObject) lid = new_object ("Lid.new");
  ThrValues *values;

  g_list_store_append (store, lid);
  g_list_store_append (store, lid);

  run_call (CALL ("sum_boxes", G_TYPE_LIST_MODEL, store), &result);
  g_assert_cmpint (g_value_get_int (&result), ==, 14);
  run_call (CALL ("ptr_array", G_TYPE_LIST_MODEL, store), &result);
  g_assert_cmpuint (thr_values_get_n_values (g_value_get_object (&result)), ==, 2);

  run_call (CALL ("boxes", G_TYPE_INT, 3), &result);
  values = g_value_get_object (&result);
  g_assert_cmpuint (thr_values_get_n_values (values), ==, 3);
  g_assert_null (thr_values_get_name (values, 0));
  g_assert_null (thr_values_get_value (values, 3));
  run_call (CALL ("sum_boxes", THR_TYPE_VALUES, values), &result);
  g_assert_cmpint (g_value_get_int (&result), ==, 3);

  run_call (CALL ("slist_taken", G_TYPE_LIST_MODEL, store), &result);
  values = g_value_get_object (&result);
  g_assert_true (g_value_get_object (thr_values_get_value (values, 1)) == lid);

  run_call (new_call ("Callee", "points", NO_ARGS), &result);
  values = g_value_get_object (&result);
  g_assert_cmpuint (thr_values_get_n_values (values), ==, 2);
  g_assert_cmpstr (G_VALUE_TYPE_NAME (thr_values_get_value (values, 1)), ==, "CalleePoint");

  g_list_store_append (store, G_OBJECT (store));
  REFUSED ("*element 2: Callee.Box is wanted, and GListStore was given", "sum_boxes",
           G_TYPE_LIST_MODEL, store);
  g_list_store_remove_all (store);
  g_value_unset (&result);
}

static void
test_tables (void)
{
  GVariant *table;
  int one = 0;

  run_call (CALL ("hash", G_TYPE_VARIANT, g_variant_new_parsed ("{'one': 1, 'two': 2}")), &result);
  table = g_value_get_variant (&result);
  g_assert_cmpstr (g_variant_get_type_string (table), ==, "a{si}");
  g_assert_cmpuint (g_variant_n_children (table), ==, 2);
  g_assert_true (g_variant_lookup (table, "one", "i", &one));
  g_assert_cmpint (one, ==, 1);

  run_call (CALL ("array", G_TYPE_VARIANT, g_variant_new_parsed ("[1, 2]")), &result);
  g_assert_cmpstr (g_variant_get_type_string (g_value_get_variant (&result)), ==, "ai");

  REFUSED ("*GHashTable of utf8 to gint32 is wanted*", "hash", G_TYPE_STRING, "x");
}

static void
test_errors (void)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_PENDING, "wait");
  ThrCall *call;

  call = CALL ("fail", G_TYPE_STRING, "no way");
  assert_fails (call, G_IO_ERROR, G_IO_ERROR_BUSY, "no way");
  g_assert_finalize_object (call);

  call = new_call ("Callee", "fail_silently", NO_ARGS);
  assert_fails (call, THR_ERROR, THR_ERROR_NO_RESULT, "Callee.fail_silently() failed without*");
  g_assert_finalize_object (call);

  run_call (CALL ("error", G_TYPE_ERROR, error), &result);
  g_assert_error ((GError *) g_value_get_boxed (&result), G_IO_ERROR, G_IO_ERROR_PENDING);
}

static void
test_callbacks (void)
{
  run_call (CALL ("maybe_callback", G_TYPE_INT, 3), &result);
  g_assert_cmpint (g_value_get_int (&result), ==, 3);
  run_call (CALL ("maybe_callback", G_TYPE_INT, 4, G_TYPE_POINTER, NULL), &result);
  g_assert_cmpint (g_value_get_int (&result), ==, 4);

  REFUSED ("*argument 2 (“func”): a callback can only be null*", "maybe_callback",
           G_TYPE_INT, 4, G_TYPE_POINTER, test_callbacks);
  REFUSED ("*“func”: it is a callback*", "callback", G_TYPE_INT, 0);
  REFUSED ("*“closure”: it is a callback*", "closure", G_TYPE_INT, 0);
  REFUSED ("*“pointer”: the type gpointer cannot be carried*", "pointer", G_TYPE_INT, 0);
  REFUSED ("*answers through a callback on a main loop*", "work_async", G_TYPE_INT, 0);
}

static gpointer
run_and_unref (gpointer data)
{
  GValue value = G_VALUE_INIT;

  g_assert_true (thr_callable_call (data, &value, NULL, NULL));
  g_assert_cmpuint (g_value_get_uint64 (&value), ==, GPOINTER_TO_SIZE (g_thread_self ()));
  g_value_unset (&value);
  return NULL;
}

static void
test_thread (void)
{
  ThrCall *call = new_call ("Callee", "thread", NO_ARGS);

  g_thread_join (g_thread_new ("worker", run_and_unref, call));
  g_assert_finalize_object (call);
}

static gpointer
cancel_thread (gpointer data)
{
  g_cancellable_cancel (data);
  return NULL;
}

static void
test_cancellable (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  ThrCall *left_out = new_call ("Callee", "wait_for_cancel", NO_ARGS);
  ThrCall *null = CALL ("wait_for_cancel", G_TYPE_CANCELLABLE, NULL);
  ThrCall *own = CALL ("wait_for_cancel", G_TYPE_CANCELLABLE, cancellable);
  GError *error = NULL;
  GThread *thread;

  assert_fails (left_out, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "*");

  /* The runner's stands in where the caller gave none. */
  thread = g_thread_new ("canceller", cancel_thread, cancellable);
  g_assert_false (thr_callable_call (THR_CALLABLE (left_out), NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (thr_callable_call (THR_CALLABLE (null), NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_thread_join (thread);

  assert_fails (own, G_IO_ERROR, G_IO_ERROR_CANCELLED, "*");

  g_assert_finalize_object (left_out);
  g_assert_finalize_object (null);
  g_assert_finalize_object (own);
}

int
main (int   argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);

  if (g_getenv ("THR_TEST_CALLEE") == NULL)
    {
      g_print ("1..0 # SKIP no typelib of the test library\n");
      return 0;
    }

  g_test_add_func ("/call-types/integers", test_integers);
  g_test_add_func ("/call-types/long-integers", test_long_integers);
  g_test_add_func ("/call-types/other-numbers", test_other_numbers);
  g_test_add_func ("/call-types/enumerations", test_enumerations);
  g_test_add_func ("/call-types/strings", test_strings);
  g_test_add_func ("/call-types/variants-and-values", test_variants_and_values);
  g_test_add_func ("/call-types/objects", test_objects);
  g_test_add_func ("/call-types/boxed", test_boxed);
  g_test_add_func ("/call-types/out", test_out);
  g_test_add_func ("/call-types/numbers-in-rows", test_numbers_in_rows);
  g_test_add_func ("/call-types/length-that-does-not-fit", test_length_that_does_not_fit);
  g_test_add_func ("/call-types/bytes", test_bytes);
  g_test_add_func ("/call-types/no-memory", test_no_memory);
  g_test_add_func ("/call-types/strings-in-rows", test_strings_in_rows);
  g_test_add_func ("/call-types/objects-in-rows", test_objects_in_rows);
  g_test_add_func ("/call-types/tables", test_tables);
  g_test_add_func ("/call-types/errors", test_errors);
  g_test_add_func ("/call-types/callbacks", test_callbacks);
  g_test_add_func ("/call-types/thread", test_thread);
  g_test_add_func ("/call-types/cancellable", test_cancellable);

  status = g_test_run ();
  g_value_unset (&result);
  return status;
}
