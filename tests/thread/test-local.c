/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "thread/test-stage.h"

/* Values that are others for each thread. LINKED and DEAD are the states of a slot in
 * thr-local-slots.c. */

static void
drain (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
set_int (ThrLocal   *local,
         const char *name,
         int         number)
{
  g_auto (GValue) value = G_VALUE_INIT;
  GError *error = NULL;

  g_value_init (&value, G_TYPE_INT);
  g_value_set_int (&value, number);
  g_assert_true (thr_local_set (local, name, &value, &error));
  g_assert_no_error (error);
}

static int
get_int (ThrLocal   *local,
         const char *name)
{
  const GValue *value = thr_local_get (local, name);

  return value != NULL ? g_value_get_int (value) : -1;
}

static void
set_object (ThrLocal *local,
            GObject  *object)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_OBJECT);
  g_value_set_object (&value, object);
  g_assert_true (thr_local_set (local, "object", &value, NULL));
}

/* An object that is gone when @weak is NULL. */
static void
set_watched_object (ThrLocal *local,
                    GWeakRef *weak)
{
  g_autoptr (GObject) object = g_object_new (G_TYPE_OBJECT, NULL);

  g_weak_ref_init (weak, object);
  set_object (local, object);
}

static gboolean
is_gone (GWeakRef *weak)
{
  g_autoptr (GObject) object = g_weak_ref_get (weak);

  return object == NULL;
}

static void
test_values (void)
{
  ThrLocal *self = thr_local_new ();
  g_auto (GValue) copy = G_VALUE_INIT;
  g_auto (GStrv) names = NULL;
  GError *error = NULL;
  GValue typeless = G_VALUE_INIT;

  g_assert_null (thr_local_get (self, "a"));
  g_assert_false (thr_local_has (self, "a"));
  g_assert_false (thr_local_remove (self, "a"));
  g_assert_false (thr_local_copy_value (self, "a", &copy));
  g_assert_false (G_IS_VALUE (&copy));

  set_int (self, "b", 2);
  set_int (self, "a", 1);
  set_int (self, "a", 3);
  g_assert_cmpint (get_int (self, "a"), ==, 3);
  g_assert_true (thr_local_has (self, "b"));
  g_assert_true (thr_local_copy_value (self, "b", &copy));
  g_assert_cmpint (g_value_get_int (&copy), ==, 2);

  /* Empty is not the same as nothing. */
  g_assert_true (thr_local_set (self, "c", NULL, &error));
  g_assert_no_error (error);
  g_assert_true (thr_local_has (self, "c"));
  g_assert_null (thr_local_get (self, "c"));
  g_assert_true (thr_local_copy_value (self, "c", &copy));
  g_assert_null (g_value_get_object (&copy));

  g_assert_false (thr_local_set (self, "a", &typeless, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_cmpint (get_int (self, "a"), ==, 3);

  names = thr_local_list_names (self);
  g_assert_cmpstr (names[0], ==, "a");
  g_assert_cmpstr (names[1], ==, "b");
  g_assert_cmpstr (names[2], ==, "c");
  g_assert_null (names[3]);
  g_assert_true (thr_local_remove (self, "a"));
  g_assert_false (thr_local_has (self, "a"));

  g_assert_finalize_object (self);
}

typedef struct
{
  ThrLocal *local;
  int       number;
  GWeakRef *weak;
} Visit;

static gpointer
visit_thread (gpointer data)
{
  Visit *self = data;
  g_auto (GStrv) names = thr_local_list_names (self->local);

  g_assert_null (names[0]);
  g_assert_null (thr_local_get (self->local, "number"));
  set_int (self->local, "number", self->number);
  g_assert_cmpint (get_int (self->local, "number"), ==, self->number);
  if (self->weak != NULL)
    set_watched_object (self->local, self->weak);
  return NULL;
}

static void
test_per_thread (void)
{
  ThrLocal *self = thr_local_new ();
  GThread *threads[10];
  Visit visits[10];

  set_int (self, "number", 100);
  for (int i = 0; i < 10; i++)
    {
      visits[i] = (Visit) { self, i, NULL };
      threads[i] = g_thread_new ("visit", visit_thread, &visits[i]);
    }
  for (int i = 0; i < 10; i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (get_int (self, "number"), ==, 100);

  g_assert_finalize_object (self);
}

static gboolean
visit_func (ThrThread  *thread,
            gpointer    user_data,
            GError    **error)
{
  visit_thread (user_data);
  return TRUE;
}

/* A thread of ours, and one that the library did not start. */
static void
test_thread_ends (void)
{
  ThrLocal *self = thr_local_new ();
  GWeakRef weak;
  Visit visit = { self, 1, &weak };
  ThrThread *thread = thr_thread_new (NULL, visit_func, &visit, NULL);

  start (thread);
  join_and_finalize (thread);
  drain ();
  g_assert_true (is_gone (&weak));
  g_weak_ref_clear (&weak);

  g_thread_join (g_thread_new ("foreign", visit_thread, &visit));
  /* At home, which is here. */
  g_assert_false (is_gone (&weak));
  drain ();
  g_assert_true (is_gone (&weak));
  g_weak_ref_clear (&weak);

  g_assert_finalize_object (self);
}

static gboolean
keep_func (ThrThread  *thread,
           gpointer    user_data,
           GError    **error)
{
  Visit *visit = user_data;
  Stage *stage = g_object_get_data (G_OBJECT (thread), "stage");

  visit_thread (visit);
  g_object_unref (visit->local);
  gate_open (&stage->begun);
  gate_wait (&stage->go);
  return TRUE;
}

/* LINKED to DEAD: the storage goes while the thread lives. */
static void
test_local_goes (void)
{
  ThrLocal *self = thr_local_new ();
  GWeakRef weak, own;
  Visit visit = { g_object_ref (self), 1, &weak };
  ThrThread *thread = thr_thread_new (NULL, keep_func, &visit, NULL);
  Stage stage;

  stage_init (&stage);
  g_object_set_data (G_OBJECT (thread), "stage", &stage);
  start (thread);
  gate_wait (&stage.begun);
  set_watched_object (self, &own);
  g_assert_false (is_gone (&weak));
  g_assert_finalize_object (self);
  g_assert_true (is_gone (&weak));
  g_assert_true (is_gone (&own));

  leave_stage (thread, &stage);
  g_weak_ref_clear (&weak);
  g_weak_ref_clear (&own);
}

/* A new storage, mostly at the address of the old one, and a thread that outlives many:
 * DEAD slots are swept out. */
static void
test_many_locals (void)
{
  for (int i = 0; i < 10000; i++)
    {
      ThrLocal *self = thr_local_new ();

      g_assert_false (thr_local_has (self, "number"));
      set_int (self, "number", i);
      g_assert_cmpint (get_int (self, "number"), ==, i);
      g_object_unref (self);
    }
}

static void
prepare (ThrLocal *local,
         gpointer  data)
{
  int *n = data;

  /* Uses the storage, and is not called again for that. */
  g_assert_false (thr_local_has (local, "number"));
  set_int (local, "number", g_atomic_int_add (n, 1));
}

static gpointer
prepared_thread (gpointer data)
{
  ThrLocal *local = data;
  int number = get_int (local, "number");

  g_assert_cmpint (number, >=, 1);
  g_assert_cmpint (get_int (local, "number"), ==, number);
  return NULL;
}

static void
test_initializer (void)
{
  int n = 0, n_freed = 0;
  GError *error = NULL;
  ThrLocal *self = thr_local_new_full (prepare, &n, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (get_int (self, "number"), ==, 0);
  for (int i = 0; i < 5; i++)
    g_thread_join (g_thread_new ("prepared", prepared_thread, self));
  g_assert_cmpint (n, ==, 6);
  g_assert_cmpint (get_int (self, "number"), ==, 0);
  g_assert_finalize_object (self);

  self = thr_local_new_full (NULL, &n_freed, (GDestroyNotify) g_atomic_int_inc, &error);
  g_assert_no_error (error);
  g_object_unref (self);
  drain ();
  g_assert_cmpint (n_freed, ==, 1);
}

/* What is freed may use the storage: no lock is held, and the thread is still whole. */
static void
gone_cb (gpointer  data,
         GObject  *where)
{
  ThrLocal *local = data;
  int number = MAX (get_int (local, "number"), 0);

  set_int (local, "number", number + 1);
}

static gpointer
last_words_thread (gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  ThrLocal *other;

  /* At home in this thread, so that it is freed in it. */
  g_main_context_push_thread_default (context);
  other = thr_local_new ();
  g_object_weak_ref (object, gone_cb, data);
  set_object (other, object);
  g_object_unref (object);
  set_object (other, NULL);
  g_assert_cmpint (get_int (data, "number"), ==, 1);

  object = g_object_new (G_TYPE_OBJECT, NULL);
  g_object_weak_ref (object, gone_cb, data);
  set_object (other, object);
  g_object_unref (object);
  g_object_unref (other);
  g_assert_cmpint (get_int (data, "number"), ==, 2);
  g_main_context_pop_thread_default (context);
  return NULL;
}

static void
test_freeing_uses (void)
{
  ThrLocal *self = thr_local_new ();

  g_thread_join (g_thread_new ("last-words", last_words_thread, self));
  g_assert_finalize_object (self);
}

typedef struct
{
  ThrLocal *local; /* owned */
  Gate     *go;
} Race;

static gpointer
race_thread (gpointer data)
{
  Race *race = data;
  GWeakRef weak;

  set_watched_object (race->local, &weak);
  g_weak_ref_clear (&weak);
  gate_wait (race->go);
  g_object_unref (race->local);
  return NULL;
}

/* The storage goes in one thread while another, which has a slot there, ends: each
 * value is freed by exactly one of the two. */
static void
test_storm (void)
{
  guint rounds = g_getenv ("THR_TEST_THOROUGH") != NULL ? 20000 : 500;

  for (guint i = 0; i < rounds; i++)
    {
      ThrLocal *self = thr_local_new ();
      GThread *threads[3];
      Race race = { self, NULL };
      Gate go;

      gate_init (&go);
      race.go = &go;
      for (guint k = 0; k < 3; k++)
        {
          g_object_ref (self);
          threads[k] = g_thread_new ("race", race_thread, &race);
        }
      g_object_unref (self);
      gate_open (&go);
      for (guint k = 0; k < 3; k++)
        g_thread_join (threads[k]);
      drain ();
      gate_clear (&go);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/local/values", test_values);
  g_test_add_func ("/local/per-thread", test_per_thread);
  g_test_add_func ("/local/thread-ends", test_thread_ends);
  g_test_add_func ("/local/local-goes", test_local_goes);
  g_test_add_func ("/local/many-locals", test_many_locals);
  g_test_add_func ("/local/initializer", test_initializer);
  g_test_add_func ("/local/freeing-uses", test_freeing_uses);
  g_test_add_func ("/local/storm", test_storm);

  return g_test_run ();
}
