/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <math.h>

#include "base/thr-error.h"
#include "base/thr-i18n-private.h"
#include "bridge/thr-call-convert-private.h"
#include "bridge/thr-call-number-private.h"

static gboolean
set_range_error (GError              **error,
                 const ThrCallType    *type,
                 const ThrCallNumber  *number)
{
  g_autofree char *string = thr_call_number_to_string (number);

  g_set_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
               _("%s is not a value of %s"), string, type->name);
  return FALSE;
}

static gboolean
convert_boolean (const ThrCallType  *type,
                 const GValue       *value,
                 GIArgument         *arg,
                 GError            **error)
{
  /* No number, though C would take one: a number in the place of a boolean is an
   * argument in the wrong place. */
  if (G_VALUE_HOLDS_BOOLEAN (value))
    arg->v_boolean = g_value_get_boolean (value);
  else if (G_VALUE_HOLDS_VARIANT (value) &&
           g_variant_is_of_type (g_value_get_variant (value), G_VARIANT_TYPE_BOOLEAN))
    arg->v_boolean = g_variant_get_boolean (g_value_get_variant (value));
  else
    return thr_call_set_type_error (error, type->name, value);
  return TRUE;
}

static gboolean
store_integer (const ThrCallType    *type,
               const ThrCallNumber  *number,
               GIArgument           *arg,
               GError              **error)
{
  static const struct
  {
    gint64  min;
    guint64 max;
  } ranges[] = {
    [THR_CALL_INT8] = { G_MININT8, G_MAXINT8 },
    [THR_CALL_UINT8] = { 0, G_MAXUINT8 },
    [THR_CALL_INT16] = { G_MININT16, G_MAXINT16 },
    [THR_CALL_UINT16] = { 0, G_MAXUINT16 },
    [THR_CALL_INT32] = { G_MININT32, G_MAXINT32 },
    [THR_CALL_UINT32] = { 0, G_MAXUINT32 },
    [THR_CALL_INT64] = { G_MININT64, G_MAXINT64 },
    [THR_CALL_UINT64] = { 0, G_MAXUINT64 },
  };
  guint64 bits;

  if (!thr_call_number_to_integer (number, ranges[type->kind].min, ranges[type->kind].max, &bits))
    return set_range_error (error, type, number);

  switch (type->kind)
    {
    case THR_CALL_INT8:
    case THR_CALL_UINT8:
      arg->v_uint8 = (guint8) bits;
      break;

    case THR_CALL_INT16:
    case THR_CALL_UINT16:
      arg->v_uint16 = (guint16) bits;
      break;

    case THR_CALL_INT32:
    case THR_CALL_UINT32:
      arg->v_uint32 = (guint32) bits;
      break;

    default:
      arg->v_uint64 = bits;
    }
  return TRUE;
}

static gboolean
convert_number (const ThrCallType  *type,
                const GValue       *value,
                GIArgument         *arg,
                GError            **error)
{
  ThrCallNumber number;

  if (!thr_call_number_read (value, &number))
    return thr_call_set_type_error (error, type->name, value);

  if (type->kind == THR_CALL_DOUBLE)
    {
      arg->v_double = thr_call_number_to_double (&number);
      return TRUE;
    }

  if (type->kind == THR_CALL_FLOAT)
    {
      double real = thr_call_number_to_double (&number);

      if (isfinite (real) && fabs (real) > G_MAXFLOAT)
        return set_range_error (error, type, &number);
      arg->v_float = (float) real;
      return TRUE;
    }

  return store_integer (type, &number, arg, error);
}

/* A name as the language writes it ("OVERWRITE"), the typelib ("not_directory")
 * or GLib ("not-directory"). */
static gboolean
find_enum_name (const ThrCallType *type,
                const char        *name,
                gint64            *result)
{
  g_autofree char *wanted = g_strdelimit (g_ascii_strdown (name, -1), "-", '_');

  g_strstrip (wanted);
  for (guint i = 0; i < type->n_enum_values; i++)
    {
      if (g_str_equal (type->enum_values[i].name, wanted))
        {
          *result = type->enum_values[i].value;
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
read_enum_string (const ThrCallType  *type,
                  const char         *string,
                  ThrCallNumber      *number,
                  GError            **error)
{
  g_auto (GStrv) names = g_strsplit (string, type->kind == THR_CALL_FLAGS ? "|" : "\n", -1);
  guint64 bits = 0;
  gint64 bit;

  for (guint i = 0; names[i] != NULL; i++)
    {
      if (!find_enum_name (type, names[i], &bit))
        {
          g_set_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                       _("“%s” is not a value of %s"), names[i], type->name);
          return FALSE;
        }
      bits |= (guint64) bit;
    }

  number->form = THR_CALL_SIGNED;
  number->v.i = (gint64) bits;
  return TRUE;
}

static gboolean
is_enum_member (const ThrCallType *type,
                guint64            bits)
{
  guint64 all = 0;

  for (guint i = 0; i < type->n_enum_values; i++)
    {
      /* 32 bits: a flag of the highest bit is negative in some typelibs. */
      if ((guint32) type->enum_values[i].value == (guint32) bits)
        return TRUE;
      all |= (guint64) type->enum_values[i].value;
    }
  return type->kind == THR_CALL_FLAGS && ((guint32) bits & ~(guint32) all) == 0;
}

static gboolean
convert_enum (const ThrCallType  *type,
              const GValue       *value,
              GIArgument         *arg,
              GError            **error)
{
  GType held = G_VALUE_TYPE (value);
  ThrCallNumber number;
  guint64 bits;

  if (G_VALUE_HOLDS_STRING (value))
    {
      if (!read_enum_string (type, g_value_get_string (value), &number, error))
        return FALSE;
    }
  /* PyGObject makes a type up for an enumeration that GLib registers none for;
   * two that are both registered must be the same. */
  else if (((G_TYPE_IS_ENUM (held) || G_TYPE_IS_FLAGS (held)) &&
            type->gtype != G_TYPE_NONE && held != type->gtype) ||
           !thr_call_number_read (value, &number))
    {
      return thr_call_set_type_error (error, type->name, value);
    }

  if (!thr_call_number_to_integer (&number, G_MININT32, G_MAXUINT32, &bits) ||
      !is_enum_member (type, bits))
    return set_range_error (error, type, &number);

  arg->v_uint32 = (guint32) bits;
  return TRUE;
}

static gboolean
convert_unichar (const ThrCallType  *type,
                 const GValue       *value,
                 GIArgument         *arg,
                 GError            **error)
{
  ThrCallNumber number;
  guint64 bits;

  if (G_VALUE_HOLDS_STRING (value))
    {
      const char *string = g_value_get_string (value);

      if (!g_utf8_validate (string, -1, NULL) || g_utf8_strlen (string, -1) != 1)
        {
          g_set_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                       _("a string of one character is wanted, and “%s” was given"), string);
          return FALSE;
        }
      arg->v_uint32 = g_utf8_get_char (string);
      return TRUE;
    }

  if (!thr_call_number_read (value, &number))
    return thr_call_set_type_error (error, type->name, value);
  if (!thr_call_number_to_integer (&number, 0, 0x10ffff, &bits))
    return set_range_error (error, type, &number);
  arg->v_uint32 = (guint32) bits;
  return TRUE;
}

static gboolean
convert_gtype (const ThrCallType  *type,
               const GValue       *value,
               GIArgument         *arg,
               GError            **error)
{
  if (G_VALUE_HOLDS_GTYPE (value))
    {
      arg->v_size = g_value_get_gtype (value);
      return TRUE;
    }

  /* The language bindings cannot put a type into a value without being asked to,
   * but each has its name at hand. */
  if (!G_VALUE_HOLDS_STRING (value))
    return thr_call_set_type_error (error, type->name, value);

  arg->v_size = g_type_from_name (g_value_get_string (value));
  if (arg->v_size == G_TYPE_INVALID)
    {
      g_set_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                   _("there is no type with the name “%s”"), g_value_get_string (value));
      return FALSE;
    }
  return TRUE;
}

static gboolean
convert_string (const ThrCallType  *type,
                gboolean            give,
                const GValue       *value,
                ThrCallScratch     *scratch,
                GIArgument         *arg,
                GError            **error)
{
  GVariant *variant = G_VALUE_HOLDS_VARIANT (value) ? g_value_get_variant (value) : NULL;
  const char *string;

  if (G_VALUE_HOLDS_STRING (value))
    string = g_value_get_string (value);
  else if (variant != NULL &&
           (g_variant_is_of_type (variant, G_VARIANT_TYPE_STRING) ||
            g_variant_is_of_type (variant, G_VARIANT_TYPE_OBJECT_PATH) ||
            g_variant_is_of_type (variant, G_VARIANT_TYPE_SIGNATURE)))
    string = g_variant_get_string (variant, NULL);
  else if (variant != NULL && type->kind == THR_CALL_FILENAME &&
           g_variant_is_of_type (variant, G_VARIANT_TYPE_BYTESTRING))
    string = g_variant_get_bytestring (variant);
  else
    return thr_call_set_type_error (error, type->name, value);

  /* A file name may be any bytes. */
  if (type->kind == THR_CALL_UTF8 && !g_utf8_validate (string, -1, NULL))
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                           _("the string is not valid UTF-8"));
      return FALSE;
    }

  arg->v_string = give ? thr_call_scratch_give (scratch, g_strdup (string), g_free)
                       : (char *) string;
  return TRUE;
}

static gboolean
convert_object (const ThrCallType  *type,
                gboolean            give,
                const GValue       *value,
                ThrCallScratch     *scratch,
                GIArgument         *arg,
                GError            **error)
{
  GObject *object;

  if (!G_VALUE_HOLDS_OBJECT (value))
    return thr_call_set_type_error (error, type->name, value);

  object = g_value_get_object (value);
  if (!g_type_is_a (G_OBJECT_TYPE (object), type->gtype))
    {
      g_set_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                   _("%s is wanted, and %s was given"), type->name, G_OBJECT_TYPE_NAME (object));
      return FALSE;
    }

  if (scratch->objects != NULL)
    g_ptr_array_add (scratch->objects, g_object_ref (object));
  arg->v_pointer = give ? thr_call_scratch_give (scratch, g_object_ref (object), g_object_unref)
                        : object;
  return TRUE;
}

/* A parameter that is a GValue takes the argument as it is; a copy of it, since
 * nothing says that the function will not set it. */
static gboolean
convert_value (gboolean         give,
               const GValue    *value,
               ThrCallScratch  *scratch,
               GIArgument      *arg,
               GError         **error)
{
  const GValue *inner = value;

  if (G_VALUE_HOLDS (value, G_TYPE_VALUE) && g_value_get_boxed (value) != NULL)
    inner = g_value_get_boxed (value);

  /* GJS roots an object with each copy, on whatever thread that is made. */
  if (G_IS_VALUE (inner) && g_str_equal (G_VALUE_TYPE_NAME (inner), "JSObject"))
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_WRONG_LANGUAGE,
                           _("a JavaScript object cannot be carried to another thread"));
      return FALSE;
    }

  arg->v_pointer = thr_call_scratch_copy_boxed (scratch, G_TYPE_VALUE, inner, give);
  return TRUE;
}

static gboolean
convert_boxed (const ThrCallType  *type,
               gboolean            give,
               const GValue       *value,
               ThrCallScratch     *scratch,
               GIArgument         *arg,
               GError            **error)
{
  gconstpointer data;
  gsize size;

  if (G_VALUE_HOLDS (value, type->gtype))
    arg->v_pointer = g_value_get_boxed (value);
  else if (type->gtype == G_TYPE_BYTES && thr_call_value_peek_bytes (value, &data, &size))
    arg->v_pointer = thr_call_scratch_keep (scratch, g_bytes_new (data, size),
                                            (GDestroyNotify) g_bytes_unref);
  else
    return thr_call_set_type_error (error, type->name, value);

  if (give)
    arg->v_pointer = thr_call_scratch_copy_boxed (scratch, type->gtype, arg->v_pointer, TRUE);
  return TRUE;
}

static gboolean
convert_variant (const ThrCallType  *type,
                 gboolean            give,
                 const GValue       *value,
                 ThrCallScratch     *scratch,
                 GIArgument         *arg,
                 GError            **error)
{
  GVariant *variant;

  if (!G_VALUE_HOLDS_VARIANT (value))
    return thr_call_set_type_error (error, type->name, value);

  variant = g_value_get_variant (value);
  arg->v_pointer = give ? thr_call_scratch_give (scratch, g_variant_ref (variant),
                                                 (GDestroyNotify) g_variant_unref)
                        : variant;
  return TRUE;
}

static gboolean
convert_param_spec (const ThrCallType  *type,
                    gboolean            give,
                    const GValue       *value,
                    ThrCallScratch     *scratch,
                    GIArgument         *arg,
                    GError            **error)
{
  GParamSpec *pspec;

  if (!G_VALUE_HOLDS (value, type->gtype))
    return thr_call_set_type_error (error, type->name, value);

  pspec = g_value_get_param (value);
  arg->v_pointer = give ? thr_call_scratch_give (scratch, g_param_spec_ref (pspec),
                                                 (GDestroyNotify) g_param_spec_unref)
                        : pspec;
  return TRUE;
}

gboolean
thr_call_convert_scalar (const ThrCallType  *type,
                         gboolean            give,
                         const GValue       *value,
                         ThrCallScratch     *scratch,
                         GIArgument         *arg,
                         GError            **error)
{
  if (thr_call_value_is_null (value) && type->kind != THR_CALL_VALUE)
    return thr_call_set_type_error (error, type->name, value);

  switch (type->kind)
    {
    case THR_CALL_BOOLEAN:
      return convert_boolean (type, value, arg, error);

    case THR_CALL_ENUM:
    case THR_CALL_FLAGS:
      return convert_enum (type, value, arg, error);

    case THR_CALL_UNICHAR:
      return convert_unichar (type, value, arg, error);

    case THR_CALL_GTYPE:
      return convert_gtype (type, value, arg, error);

    case THR_CALL_UTF8:
    case THR_CALL_FILENAME:
      return convert_string (type, give, value, scratch, arg, error);

    case THR_CALL_VARIANT:
      return convert_variant (type, give, value, scratch, arg, error);

    case THR_CALL_OBJECT:
      return convert_object (type, give, value, scratch, arg, error);

    case THR_CALL_PARAM:
      return convert_param_spec (type, give, value, scratch, arg, error);

    case THR_CALL_BOXED:
      return convert_boxed (type, give, value, scratch, arg, error);

    case THR_CALL_VALUE:
      return convert_value (give, value, scratch, arg, error);

    default:
      return convert_number (type, value, arg, error);
    }
}
