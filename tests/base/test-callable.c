/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <thrkit/thrkit.h>

/* A callable that answers as it is told to, in all the ways that a language may
 * get wrong. */

typedef enum {
  ANSWER_VALUE,
  ANSWER_EMPTY,
  ANSWER_ERROR,
  ANSWER_NOTHING,
  ANSWER_VALUE_AND_NOTHING,
  ANSWER_VALUE_AND_ERROR,
  ANSWER_TRUE_AND_ERROR
} Answer;

#define TEST_TYPE_SAYER (test_sayer_get_type ())
G_DECLARE_FINAL_TYPE (TestSayer, test_sayer, TEST, SAYER, GObject)

struct _TestSayer
{
  GObject       parent_instance;
  Answer        answer;
  GCancellable *seen;
};

static gboolean
test_sayer_call (ThrCallable   *callable,
                 GValue        *result,
                 GCancellable  *cancellable,
                 GError       **error)
{
  TestSayer *self = TEST_SAYER (callable);

  self->seen = cancellable;
  g_assert_false (G_IS_VALUE (result));

  if (self->answer == ANSWER_VALUE || self->answer == ANSWER_VALUE_AND_NOTHING ||
      self->answer == ANSWER_VALUE_AND_ERROR)
    {
      g_value_init (result, G_TYPE_STRING);
      g_value_set_string (result, "said");
    }
  if (self->answer == ANSWER_ERROR || self->answer == ANSWER_VALUE_AND_ERROR ||
      self->answer == ANSWER_TRUE_AND_ERROR)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY, "not now");

  return self->answer == ANSWER_VALUE || self->answer == ANSWER_EMPTY ||
         self->answer == ANSWER_TRUE_AND_ERROR;
}

static void
test_sayer_callable_init (ThrCallableInterface *iface)
{
  iface->call = test_sayer_call;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestSayer, test_sayer, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (THR_TYPE_CALLABLE, test_sayer_callable_init))

static void
test_sayer_class_init (TestSayerClass *klass)
{
}

static void
test_sayer_init (TestSayer *self)
{
}

/* One that implements nothing, as a class does that forgot to. */
#define TEST_TYPE_MUTE (test_mute_get_type ())
G_DECLARE_FINAL_TYPE (TestMute, test_mute, TEST, MUTE, GObject)

struct _TestMute
{
  GObject parent_instance;
};

static void
test_mute_callable_init (ThrCallableInterface *iface)
{
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestMute, test_mute, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (THR_TYPE_CALLABLE, test_mute_callable_init))

static void
test_mute_class_init (TestMuteClass *klass)
{
}

static void
test_mute_init (TestMute *self)
{
}

static TestSayer *
new_sayer (Answer answer)
{
  TestSayer *self = g_object_new (TEST_TYPE_SAYER, NULL);

  self->answer = answer;
  return self;
}

static void
test_value (void)
{
  TestSayer *sayer = new_sayer (ANSWER_VALUE);
  GValue result = G_VALUE_INIT;
  GError *error = NULL;

  g_assert_true (thr_callable_call (THR_CALLABLE (sayer), &result, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (g_value_get_string (&result), ==, "said");

  /* What the value held is unset, and nobody has to want it. */
  g_assert_true (thr_callable_call_into (THR_CALLABLE (sayer), &result, NULL, &error));
  g_assert_cmpstr (g_value_get_string (&result), ==, "said");
  g_assert_true (thr_callable_call (THR_CALLABLE (sayer), NULL, NULL, NULL));

  g_value_unset (&result);
  g_assert_finalize_object (sayer);
}

static void
test_empty (void)
{
  TestSayer *sayer = new_sayer (ANSWER_EMPTY);
  GValue result = G_VALUE_INIT;

  g_assert_true (thr_callable_call (THR_CALLABLE (sayer), &result, NULL, NULL));
  g_assert_true (G_VALUE_HOLDS_OBJECT (&result));
  g_assert_null (g_value_get_object (&result));

  g_assert_finalize_object (sayer);
}

static void
assert_fails (Answer answer,
              GQuark domain,
              int    code)
{
  TestSayer *sayer = new_sayer (answer);
  GValue result = G_VALUE_INIT;
  GError *error = NULL;

  g_assert_false (thr_callable_call (THR_CALLABLE (sayer), &result, NULL, &error));
  g_assert_error (error, domain, code);
  g_clear_error (&error);

  /* Not without a type even now, for GJS reads it before the error. */
  g_assert_true (G_VALUE_HOLDS_OBJECT (&result));
  g_assert_null (g_value_get_object (&result));
  g_assert_false (thr_callable_call (THR_CALLABLE (sayer), NULL, NULL, NULL));

  g_assert_finalize_object (sayer);
}

static void
test_error (void)
{
  assert_fails (ANSWER_ERROR, G_IO_ERROR, G_IO_ERROR_BUSY);
  assert_fails (ANSWER_VALUE_AND_ERROR, G_IO_ERROR, G_IO_ERROR_BUSY);
  assert_fails (ANSWER_TRUE_AND_ERROR, G_IO_ERROR, G_IO_ERROR_BUSY);
}

static void
test_no_result (void)
{
  assert_fails (ANSWER_NOTHING, THR_ERROR, THR_ERROR_NO_RESULT);
  assert_fails (ANSWER_VALUE_AND_NOTHING, THR_ERROR, THR_ERROR_NO_RESULT);
}

static void
test_not_implemented (void)
{
  TestMute *mute = g_object_new (TEST_TYPE_MUTE, NULL);
  GError *error = NULL;

  g_assert_false (thr_callable_call (THR_CALLABLE (mute), NULL, NULL, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_finalize_object (mute);
}

static void
test_cancellable (void)
{
  TestSayer *sayer = new_sayer (ANSWER_VALUE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_assert_true (thr_callable_call (THR_CALLABLE (sayer), NULL, cancellable, NULL));
  g_assert_true (sayer->seen == cancellable);
  g_assert_finalize_object (sayer);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/callable/value", test_value);
  g_test_add_func ("/callable/empty", test_empty);
  g_test_add_func ("/callable/error", test_error);
  g_test_add_func ("/callable/no-result", test_no_result);
  g_test_add_func ("/callable/not-implemented", test_not_implemented);
  g_test_add_func ("/callable/cancellable", test_cancellable);

  return g_test_run ();
}
