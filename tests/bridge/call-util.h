/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gobject/gvaluecollector.h>
#include <thrkit/thrkit.h>

/* Arguments as a C program has them: pairs of a GType and a value of it, up to
 * G_TYPE_INVALID. */

typedef struct
{
  GValue values[12];
  guint  n;
} Args;

static inline void
collect_args (Args    *args,
              va_list  list)
{
  GType type;

  memset (args, 0, sizeof *args);
  while ((type = va_arg (list, GType)) != G_TYPE_INVALID)
    {
      char *problem = NULL;

      G_VALUE_COLLECT_INIT (&args->values[args->n], type, list, 0, &problem);
      g_assert_null (problem);
      args->n++;
    }
}

static inline ThrCall *
new_call_from (GError **error, const char *namespace_, const char *function, va_list list)
{
  ThrCall *call;
  Args args;

  collect_args (&args, list);
  call = thr_call_new (namespace_, function, args.values, args.n, error);
  for (guint i = 0; i < args.n; i++)
    g_value_unset (&args.values[i]);
  return call;
}

static inline ThrCall *
new_call (const char *namespace_, const char *function, ...)
{
  GError *error = NULL;
  ThrCall *call;
  va_list list;

  va_start (list, function);
  call = new_call_from (&error, namespace_, function, list);
  va_end (list);
  g_assert_no_error (error);
  g_assert_true (THR_IS_CALL (call));
  return call;
}

static inline void
assert_like (const char *text, const char *pattern)
{
  if (!g_pattern_match_simple (pattern, text))
    g_error ("“%s” is not like “%s”", text, pattern);
}

/* The call that cannot be made, with a pattern for the text that says why. */
static inline void
assert_refused (const char *pattern, const char *namespace_, const char *function, ...)
{
  g_autoptr (GError) error = NULL;
  va_list list;

  va_start (list, function);
  g_assert_null (new_call_from (&error, namespace_, function, list));
  va_end (list);
  g_assert_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  assert_like (error->message, pattern);
}

/* Runs it twice and gives the second result, since a call may be run again. */
static inline void
run_call (ThrCall *call,
          GValue  *result)
{
  GError *error = NULL;

  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (thr_callable_call (THR_CALLABLE (call), result, NULL, &error));
      g_assert_no_error (error);
      g_assert_true (G_IS_VALUE (result));
    }
  g_assert_finalize_object (call);
}

/* Fails with the given error, each time it is run. */
static inline void
assert_fails (ThrCall    *call,
              GQuark      domain,
              int         code,
              const char *pattern)
{
  GValue result = G_VALUE_INIT;
  GError *error = NULL;

  for (guint i = 0; i < 2; i++)
    {
      g_assert_false (thr_callable_call (THR_CALLABLE (call), &result, NULL, &error));
      g_assert_error (error, domain, code);
      assert_like (error->message, pattern);
      g_clear_error (&error);
      g_assert_null (g_value_get_object (&result));
    }
}
