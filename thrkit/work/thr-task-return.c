/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-i18n-private.h"
#include "work/thr-task-private.h"

/* The answer is written into the future while the work runs, by the thread that runs
 * it. Nobody reads it before the future is settled, and the same thread does that. */
static GValue *
begin_answer (ThrTask *self,
              GType    type)
{
  ThrFuturePrivate *priv = thr_future_get_private (self);

  if (thr_task_get_current () != self)
    {
      g_warning ("%s was answered by another thread than the one that runs it; "
                 "the answer is ignored", G_OBJECT_TYPE_NAME (self));
      return NULL;
    }

  /* The last answer counts. */
  if (G_VALUE_TYPE (&priv->value) != G_TYPE_INVALID)
    g_value_unset (&priv->value);
  return type != G_TYPE_INVALID ? g_value_init (&priv->value, type) : NULL;
}

/**
 * thr_task_return_value:
 * @self: the task that the calling work belongs to
 * @value: (nullable): the answer, or %NULL for an empty one
 *
 * Answers with a value, which is copied. When the work answers more than once, the
 * last answer counts. For the work itself, as its last act:
 * `return thr_task_return_value (task, &value);`. A value without a type makes the
 * task fail with %THR_ERROR_INVALID_ARGUMENT.
 *
 * Returns: %TRUE
 */
gboolean
thr_task_return_value (ThrTask      *self,
                       const GValue *value)
{
  GValue *answer;

  g_return_val_if_fail (THR_IS_TASK (self), TRUE);

  if (value != NULL && !G_IS_VALUE (value))
    {
      ThrFuturePrivate *priv = thr_future_get_private (self);

      begin_answer (self, G_TYPE_INVALID);
      if (thr_task_get_current () == self && priv->error == NULL)
        g_set_error_literal (&priv->error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                             _("A value must have a type"));
      return TRUE;
    }

  answer = begin_answer (self, value != NULL ? G_VALUE_TYPE (value) : G_TYPE_INVALID);
  if (answer != NULL)
    g_value_copy (value, answer);

  return TRUE;
}

/**
 * thr_task_return_boolean:
 * @self: the task that the calling work belongs to
 * @value: the answer
 *
 * Answers with a boolean. For the work itself, as its last act.
 *
 * Returns: %TRUE
 */
gboolean
thr_task_return_boolean (ThrTask *self,
                         gboolean value)
{
  GValue *answer;

  g_return_val_if_fail (THR_IS_TASK (self), TRUE);

  answer = begin_answer (self, G_TYPE_BOOLEAN);
  if (answer != NULL)
    g_value_set_boolean (answer, value);

  return TRUE;
}

/**
 * thr_task_return_int64:
 * @self: the task that the calling work belongs to
 * @value: the answer
 *
 * Answers with a 64-bit integer. For the work itself, as its last act.
 *
 * Returns: %TRUE
 */
gboolean
thr_task_return_int64 (ThrTask *self,
                       gint64   value)
{
  GValue *answer;

  g_return_val_if_fail (THR_IS_TASK (self), TRUE);

  answer = begin_answer (self, G_TYPE_INT64);
  if (answer != NULL)
    g_value_set_int64 (answer, value);

  return TRUE;
}

/**
 * thr_task_return_double:
 * @self: the task that the calling work belongs to
 * @value: the answer
 *
 * Answers with a floating-point number. For the work itself, as its last act.
 *
 * Returns: %TRUE
 */
gboolean
thr_task_return_double (ThrTask *self,
                        double   value)
{
  GValue *answer;

  g_return_val_if_fail (THR_IS_TASK (self), TRUE);

  answer = begin_answer (self, G_TYPE_DOUBLE);
  if (answer != NULL)
    g_value_set_double (answer, value);

  return TRUE;
}

/**
 * thr_task_return_string:
 * @self: the task that the calling work belongs to
 * @value: (nullable): the answer
 *
 * Answers with a string, which is copied. For the work itself, as its last act.
 *
 * Returns: %TRUE
 */
gboolean
thr_task_return_string (ThrTask    *self,
                        const char *value)
{
  GValue *answer;

  g_return_val_if_fail (THR_IS_TASK (self), TRUE);

  answer = begin_answer (self, G_TYPE_STRING);
  if (answer != NULL)
    g_value_set_string (answer, value);

  return TRUE;
}

/**
 * thr_task_return_object:
 * @self: the task that the calling work belongs to
 * @value: (nullable): the answer
 *
 * Answers with an object, of which a reference is taken. For the work itself, as its last act.
 *
 * Returns: %TRUE
 */
gboolean
thr_task_return_object (ThrTask *self,
                        GObject *value)
{
  GValue *answer;

  g_return_val_if_fail (THR_IS_TASK (self), TRUE);

  answer = begin_answer (self, G_TYPE_OBJECT);
  if (answer != NULL)
    g_value_set_object (answer, value);

  return TRUE;
}

/**
 * thr_task_return_variant:
 * @self: the task that the calling work belongs to
 * @value: (nullable): the answer
 *
 * Answers with a variant, of which a reference is taken; a floating one is sunk. For the work itself, as its last act.
 *
 * Returns: %TRUE
 */
gboolean
thr_task_return_variant (ThrTask  *self,
                         GVariant *value)
{
  GValue *answer;

  g_return_val_if_fail (THR_IS_TASK (self), TRUE);

  answer = begin_answer (self, G_TYPE_VARIANT);
  if (answer != NULL)
    g_value_set_variant (answer, value);

  return TRUE;
}

/**
 * thr_task_return_bytes:
 * @self: the task that the calling work belongs to
 * @value: (nullable): the answer
 *
 * Answers with bytes, of which a reference is taken. For the work itself, as its last act.
 *
 * Returns: %TRUE
 */
gboolean
thr_task_return_bytes (ThrTask *self,
                       GBytes  *value)
{
  GValue *answer;

  g_return_val_if_fail (THR_IS_TASK (self), TRUE);

  answer = begin_answer (self, G_TYPE_BYTES);
  if (answer != NULL)
    g_value_set_boxed (answer, value);

  return TRUE;
}

/**
 * thr_task_return_pointer: (skip)
 * @self: the task that the calling work belongs to
 * @value: (nullable): the answer
 *
 * Answers with a pointer, which means whatever the parties agree on; for C only. For the work itself, as its last act.
 *
 * Returns: %TRUE
 */
gboolean
thr_task_return_pointer (ThrTask *self,
                         gpointer value)
{
  GValue *answer;

  g_return_val_if_fail (THR_IS_TASK (self), TRUE);

  answer = begin_answer (self, G_TYPE_POINTER);
  if (answer != NULL)
    g_value_set_pointer (answer, value);

  return TRUE;
}
