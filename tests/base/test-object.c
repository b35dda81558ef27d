/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base-util.h"

static GMainContext *
context_of (TestThing *thing)
{
  GMainContext *by_property = NULL;
  GMainContext *by_function = thr_object_dup_main_context (THR_OBJECT (thing));

  g_object_get (thing, "main-context", &by_property, NULL);
  g_assert_true (by_property == by_function);
  g_clear_pointer (&by_property, g_main_context_unref);
  g_clear_pointer (&by_function, g_main_context_unref);

  return thr_object_dup_main_context (THR_OBJECT (thing));
}

static void
test_main_context (void)
{
  g_autoptr (GMainContext) mine = g_main_context_new ();
  g_autoptr (GMainContext) seen = NULL;
  TestThing *thing;

  thing = g_object_new (TEST_TYPE_THING, NULL);
  seen = context_of (thing);
  g_assert_true (seen == g_main_context_default ());
  g_assert_finalize_object (thing);
  g_clear_pointer (&seen, g_main_context_unref);

  g_main_context_push_thread_default (mine);
  thing = g_object_new (TEST_TYPE_THING, NULL);
  g_main_context_pop_thread_default (mine);
  seen = context_of (thing);
  g_assert_true (seen == mine);
  g_assert_finalize_object (thing);
  g_clear_pointer (&seen, g_main_context_unref);

  thing = g_object_new (TEST_TYPE_THING, "main-context", mine, NULL);
  seen = context_of (thing);
  g_assert_true (seen == mine);
  g_clear_pointer (&seen, g_main_context_unref);
  g_clear_pointer (&mine, g_main_context_unref);
  g_assert_null (context_of (thing));
  g_assert_finalize_object (thing);
}

static void
count_cb (GObject    *object,
          GParamSpec *pspec,
          int        *n)
{
  ++*n;
}

static void
test_name (void)
{
  TestThing *thing = g_object_new (TEST_TYPE_THING, "name", "first", NULL);
  g_autofree char *name = NULL;
  int n = 0;

  g_assert_cmpint (thing->n_name_changes, ==, 1);
  g_signal_connect (thing, "notify::name", G_CALLBACK (count_cb), &n);
  thr_object_set_name (THR_OBJECT (thing), "first");
  thr_object_set_name (THR_OBJECT (thing), "second");
  thr_object_set_name (THR_OBJECT (thing), "third");
  g_assert_cmpint (thing->n_name_changes, ==, 3);
  g_assert_cmpint (n, ==, 0);
  drain (NULL);
  g_assert_cmpint (n, ==, 1);

  g_object_get (thing, "name", &name, NULL);
  g_assert_cmpstr (name, ==, "third");
  g_object_set (thing, "name", NULL, NULL);
  g_assert_null (thr_object_dup_name (THR_OBJECT (thing)));
  drain (NULL);
  g_assert_cmpint (n, ==, 2);
  g_assert_finalize_object (thing);
}

/* A name that nobody listens to keeps nothing alive until some loop runs. */
static void
test_unheard_name (void)
{
  TestThing *thing = g_object_new (TEST_TYPE_THING, "name", "x", NULL);

  thr_object_set_name (THR_OBJECT (thing), "y");
  g_assert_finalize_object (thing);
}

typedef struct
{
  TestThing *thing;
  guint      n;
} Naming;

static gpointer
naming_thread (gpointer data)
{
  Naming *self = data;

  for (guint i = 0; i < self->n; i++)
    {
      g_autofree char *name = NULL;

      thr_object_set_name (THR_OBJECT (self->thing), i % 2 ? "one" : "another");
      name = thr_object_dup_name (THR_OBJECT (self->thing));
      g_assert_true (g_str_equal (name, "one") || g_str_equal (name, "another"));
    }

  return NULL;
}

/* Meant: one thread copies the name while the other frees it. */
static void
test_name_from_threads (void)
{
  TestThing *thing = g_object_new (TEST_TYPE_THING, NULL);
  Naming naming = { thing, rounds (100000) };
  GThread *threads[2];
  int n = 0;

  THR_OBJECT_GET_CLASS (thing)->name_changed = NULL;
  g_signal_connect (thing, "notify::name", G_CALLBACK (count_cb), &n);
  for (guint i = 0; i < 2; i++)
    threads[i] = g_thread_new ("naming", naming_thread, &naming);
  for (guint i = 0; i < 2; i++)
    g_thread_join (threads[i]);
  drain (NULL);
  g_assert_cmpint (n, ==, 1);
  g_assert_finalize_object (thing);
}

/* --- A class below: bits of all ancestors, none twice --- */

typedef struct { ThrObject parent_instance; } TestParent;
typedef struct { ThrObjectClass parent_class; } TestParentClass;
typedef struct { TestParent parent_instance; } TestChild;
typedef struct { TestParentClass parent_class; } TestChildClass;

static guint parent_bits[2], child_bits[2];

static void
get_nothing (GObject    *object,
             guint       prop_id,
             GValue     *value,
             GParamSpec *pspec)
{
}

static void
add_bits (ThrObjectClass *klass,
          guint           bits[2],
          const char     *property,
          const char     *signal)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamSpec *pspec = g_param_spec_int (property, NULL, NULL, 0, 1, 0,
                                        G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  guint id = g_signal_new (signal, G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                           NULL, G_TYPE_NONE, 0);

  object_class->get_property = get_nothing;
  g_object_class_install_property (object_class, property[0], pspec);
  bits[0] = thr_object_class_add_notify (klass, pspec);
  bits[1] = thr_object_class_add_signal (klass, id, THR_RANK_SIGNAL);
}

static GType test_parent_get_type (void);
static GType test_child_get_type (void);
G_DEFINE_TYPE (TestParent, test_parent, THR_TYPE_OBJECT)
G_DEFINE_TYPE (TestChild, test_child, test_parent_get_type ())

static void
test_parent_class_init (TestParentClass *klass)
{
  add_bits (THR_OBJECT_CLASS (klass), parent_bits, "above", "was-above");
}

static void
test_parent_init (TestParent *self)
{
}

static void
test_child_class_init (TestChildClass *klass)
{
  add_bits (THR_OBJECT_CLASS (klass), child_bits, "below", "was-below");
}

static void
test_child_init (TestChild *self)
{
}

static void
count_signal_cb (GObject *object,
                 int     *n)
{
  ++*n;
}

static void
test_bits_of_ancestors (void)
{
  ThrObject *child = g_object_new (test_child_get_type (), NULL);
  int n_above = 0, n_below = 0, n_was_above = 0, n_was_below = 0;

  g_assert_cmpuint (parent_bits[0] & child_bits[0], ==, 0);
  g_assert_cmpuint (parent_bits[1] & child_bits[1], ==, 0);
  g_signal_connect (child, "notify::above", G_CALLBACK (count_cb), &n_above);
  g_signal_connect (child, "notify::below", G_CALLBACK (count_cb), &n_below);
  g_signal_connect (child, "was-above", G_CALLBACK (count_signal_cb), &n_was_above);
  g_signal_connect (child, "was-below", G_CALLBACK (count_signal_cb), &n_was_below);

  thr_object_post_bits (child, parent_bits[0] | parent_bits[1]);
  drain (NULL);
  g_assert_cmpint (n_above, ==, 1);
  g_assert_cmpint (n_was_above, ==, 1);
  g_assert_cmpint (n_below + n_was_below, ==, 0);

  thr_object_post_bits (child, child_bits[0] | child_bits[1]);
  drain (NULL);
  g_assert_cmpint (n_below, ==, 1);
  g_assert_cmpint (n_was_below, ==, 1);
  g_assert_cmpint (n_above + n_was_above, ==, 2);
  g_assert_finalize_object (child);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/object/main-context", test_main_context);
  g_test_add_func ("/object/name", test_name);
  g_test_add_func ("/object/unheard-name", test_unheard_name);
  g_test_add_func ("/object/bits-of-ancestors", test_bits_of_ancestors);
  g_test_add_func ("/object/name-from-threads", test_name_from_threads);

  return g_test_run ();
}
