/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-values.h"

#include "base/thr-values-private.h"

/**
 * ThrValues:
 *
 * A row of values.
 *
 * A [class@Thr.Call] of a function with several results gives one of these,
 * with the names of the results as the function's documentation has them; and an
 * array of objects, which nothing else in GLib carries in a [struct@GObject.Value]
 * for every language, is given to a call and comes back from it as one.
 *
 * ```c
 * g_autoptr (ThrValues) values = g_value_dup_object (&result);
 * GBytes *contents = g_value_get_boxed (thr_values_get_value (values, 0));
 * ```
 *
 * In Python and JavaScript the overrides make it a sequence: `contents, etag =
 * result` and `const [contents, etag] = result`.
 *
 * Thread safety: immutable, so that any thread may read it at any time. What its
 * values refer to has laws of its own.
 */
struct _ThrValues
{
  GObject   parent_instance;

  /* Constant. */
  GValue   *values;
  guint     n_values;
  char    **names;    /* nullable */
};

enum {
  PROP_N_VALUES = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (ThrValues, thr_values, G_TYPE_OBJECT)

static void
thr_values_finalize (GObject *object)
{
  ThrValues *self = THR_VALUES (object);

  for (guint i = 0; i < self->n_values; i++)
    g_value_unset (&self->values[i]);
  g_free (self->values);
  g_strfreev (self->names);

  G_OBJECT_CLASS (thr_values_parent_class)->finalize (object);
}

static void
thr_values_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_N_VALUES:
      g_value_set_uint (value, THR_VALUES (object)->n_values);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
thr_values_class_init (ThrValuesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = thr_values_finalize;
  object_class->get_property = thr_values_get_property;

  /**
   * ThrValues:n-values:
   *
   * How many values there are.
   */
  properties[PROP_N_VALUES] =
    g_param_spec_uint ("n-values", NULL, NULL,
                       0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
thr_values_init (ThrValues *self)
{
}

ThrValues *
thr_values_new_take (GValue  *values,
                     guint    n_values,
                     char   **names)
{
  ThrValues *self = g_object_new (THR_TYPE_VALUES, NULL);

  self->values = values;
  self->n_values = n_values;
  self->names = names;
  return self;
}

/**
 * thr_values_new:
 * @values: (array length=n_values) (nullable): the values; one without a type
 *   counts as %NULL
 * @n_values: how many
 *
 * Makes a row out of copies of @values.
 *
 * It is what an array of objects is given to a [class@Thr.Call] as; of numbers
 * and strings too, where a language has no shorter way to say it.
 *
 * Returns: (transfer full): a new row
 */
ThrValues *
thr_values_new (const GValue *values,
                guint         n_values)
{
  GValue *copies;

  g_return_val_if_fail (values != NULL || n_values == 0, NULL);

  copies = g_new0 (GValue, n_values);
  for (guint i = 0; i < n_values; i++)
    {
      /* A value without a type must not travel: no binding can read it. */
      if (!G_IS_VALUE (&values[i]))
        {
          g_value_init (&copies[i], G_TYPE_OBJECT);
          continue;
        }
      g_value_init (&copies[i], G_VALUE_TYPE (&values[i]));
      g_value_copy (&values[i], &copies[i]);
    }

  return thr_values_new_take (copies, n_values, NULL);
}

/**
 * thr_values_get_n_values: (get-property n-values)
 * @self: a row of values
 *
 * Gets how many values there are.
 *
 * Returns: the number of values
 */
guint
thr_values_get_n_values (ThrValues *self)
{
  g_return_val_if_fail (THR_IS_VALUES (self), 0);

  return self->n_values;
}

/**
 * thr_values_get_value:
 * @self: a row of values
 * @index_: which one, from 0
 *
 * Gets one of the values.
 *
 * Returns: (transfer none) (nullable): the value, which lives as long as the row,
 *   or %NULL when there are not that many
 */
const GValue *
thr_values_get_value (ThrValues *self,
                      guint      index_)
{
  g_return_val_if_fail (THR_IS_VALUES (self), NULL);

  return index_ < self->n_values ? &self->values[index_] : NULL;
}

/**
 * thr_values_copy_value:
 * @self: a row of values
 * @index_: which one, from 0
 * @value: a value that receives the copy; what it holds is unset first
 *
 * Copies one of the values.
 *
 * It is for PyGObject, which does not copy a boxed that it finds in a value that
 * is returned to it: `value = GObject.Value(); values.copy_value(0, value);
 * value.get_value()`.
 *
 * Returns: %FALSE when there are not that many; @value is not touched then
 */
gboolean
thr_values_copy_value (ThrValues *self,
                       guint      index_,
                       GValue    *value)
{
  const GValue *source = thr_values_get_value (self, index_);

  g_return_val_if_fail (value != NULL, FALSE);

  if (source == NULL)
    return FALSE;

  if (G_IS_VALUE (value))
    g_value_unset (value);
  g_value_init (value, G_VALUE_TYPE (source));
  g_value_copy (source, value);
  return TRUE;
}

/**
 * thr_values_get_name:
 * @self: a row of values
 * @index_: which one, from 0
 *
 * Gets the name of one of the values: the name of the function's out parameter,
 * or `return` for what it returns.
 *
 * Returns: (nullable): the name, or %NULL when it has none, as the members
 *   of an array, or when there are not that many
 */
const char *
thr_values_get_name (ThrValues *self,
                     guint      index_)
{
  g_return_val_if_fail (THR_IS_VALUES (self), NULL);

  return self->names != NULL && index_ < self->n_values ? self->names[index_] : NULL;
}
