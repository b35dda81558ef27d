/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "bridge/thr-call-result-private.h"

/* The types are chosen by what PyGObject and GJS make of them. Both read int and
 * uint as numbers; of a uchar PyGObject makes a byte string, and of a char it
 * tries to make a letter.
 */

static void
take_number (const ThrCallType *type,
             const GIArgument  *arg,
             GValue            *value)
{
  switch (type->kind)
    {
    case THR_CALL_INT8:
      g_value_init (value, G_TYPE_INT);
      g_value_set_int (value, arg->v_int8);
      break;

    case THR_CALL_UINT8:
      g_value_init (value, G_TYPE_UINT);
      g_value_set_uint (value, arg->v_uint8);
      break;

    case THR_CALL_INT16:
      g_value_init (value, G_TYPE_INT);
      g_value_set_int (value, arg->v_int16);
      break;

    case THR_CALL_UINT16:
      g_value_init (value, G_TYPE_UINT);
      g_value_set_uint (value, arg->v_uint16);
      break;

    case THR_CALL_INT32:
      g_value_init (value, G_TYPE_INT);
      g_value_set_int (value, arg->v_int32);
      break;

    case THR_CALL_UINT32:
      g_value_init (value, G_TYPE_UINT);
      g_value_set_uint (value, arg->v_uint32);
      break;

    case THR_CALL_INT64:
      g_value_init (value, G_TYPE_INT64);
      g_value_set_int64 (value, arg->v_int64);
      break;

    case THR_CALL_UINT64:
      g_value_init (value, G_TYPE_UINT64);
      g_value_set_uint64 (value, arg->v_uint64);
      break;

    case THR_CALL_FLOAT:
      g_value_init (value, G_TYPE_DOUBLE);
      g_value_set_double (value, arg->v_float);
      break;

    case THR_CALL_DOUBLE:
      g_value_init (value, G_TYPE_DOUBLE);
      g_value_set_double (value, arg->v_double);
      break;

    default:
      g_assert_not_reached ();
    }
}

/* An enumeration that has no type of its own is a number. */
static void
take_enum (const ThrCallType *type,
           const GIArgument  *arg,
           GValue            *value)
{
  if (type->gtype != G_TYPE_NONE)
    {
      g_value_init (value, type->gtype);
      if (type->kind == THR_CALL_ENUM)
        g_value_set_enum (value, arg->v_int32);
      else
        g_value_set_flags (value, arg->v_uint32);
    }
  else if (type->kind == THR_CALL_ENUM)
    {
      g_value_init (value, G_TYPE_INT);
      g_value_set_int (value, arg->v_int32);
    }
  else
    {
      g_value_init (value, G_TYPE_UINT);
      g_value_set_uint (value, arg->v_uint32);
    }
}

/* A character is a string, as in the languages. */
static void
take_unichar (gunichar  character,
              GValue   *value)
{
  char buffer[7] = "";

  g_unichar_to_utf8 (character, buffer);
  g_value_init (value, G_TYPE_STRING);
  g_value_set_string (value, buffer);
}

static void
take_object (gboolean  take,
             GObject  *object,
             GValue   *value)
{
  /* The declared type may be an interface, which not every value can hold. */
  g_value_init (value, object != NULL ? G_OBJECT_TYPE (object) : G_TYPE_OBJECT);
  if (object == NULL)
    return;

  /* A floating reference is owned by nobody yet, whatever is annotated. */
  if (g_object_is_floating (object))
    g_value_take_object (value, g_object_ref_sink (object));
  else if (take)
    g_value_take_object (value, object);
  else
    g_value_set_object (value, object);
}

static void
take_g_value (gboolean      take,
              const GValue *given,
              GValue       *value)
{
  /* The result is a GValue already, but one without a type must not get out. */
  if (given == NULL || !G_IS_VALUE (given))
    {
      g_value_init (value, G_TYPE_OBJECT);
    }
  else
    {
      g_value_init (value, G_VALUE_TYPE (given));
      g_value_copy (given, value);
    }

  if (take && given != NULL)
    g_boxed_free (G_TYPE_VALUE, (gpointer) given);
}

static void
take_string (gboolean  take,
             char     *string,
             GValue   *value)
{
  g_value_init (value, G_TYPE_STRING);
  if (take)
    g_value_take_string (value, string);
  else
    g_value_set_string (value, string);
}

static void
take_variant (gboolean  take,
              GVariant *variant,
              GValue   *value)
{
  g_value_init (value, G_TYPE_VARIANT);
  /* Both sink a floating one. */
  if (take)
    g_value_take_variant (value, variant);
  else
    g_value_set_variant (value, variant);
}

static void
take_boxed (const ThrCallType *type,
            gboolean           take,
            gpointer           boxed,
            GValue            *value)
{
  g_value_init (value, type->gtype);
  if (take)
    g_value_take_boxed (value, boxed);
  else
    g_value_set_boxed (value, boxed);
}

static void
take_param_spec (const ThrCallType *type,
                 gboolean           take,
                 GParamSpec        *pspec,
                 GValue            *value)
{
  g_value_init (value, pspec != NULL ? G_PARAM_SPEC_TYPE (pspec) : type->gtype);
  if (take)
    g_value_take_param (value, pspec);
  else
    g_value_set_param (value, pspec);
}

void
thr_call_result_take_scalar (const ThrCallType *type,
                             gboolean           take,
                             const GIArgument  *arg,
                             GValue            *value)
{
  switch (type->kind)
    {
    case THR_CALL_BOOLEAN:
      g_value_init (value, G_TYPE_BOOLEAN);
      g_value_set_boolean (value, arg->v_boolean != FALSE);
      break;

    case THR_CALL_ENUM:
    case THR_CALL_FLAGS:
      take_enum (type, arg, value);
      break;

    case THR_CALL_UNICHAR:
      take_unichar (arg->v_uint32, value);
      break;

    case THR_CALL_GTYPE:
      g_value_init (value, G_TYPE_GTYPE);
      g_value_set_gtype (value, arg->v_size);
      break;

    case THR_CALL_UTF8:
    case THR_CALL_FILENAME:
      take_string (take, arg->v_string, value);
      break;

    case THR_CALL_VARIANT:
      take_variant (take, arg->v_pointer, value);
      break;

    case THR_CALL_OBJECT:
      take_object (take, arg->v_pointer, value);
      break;

    case THR_CALL_PARAM:
      take_param_spec (type, take, arg->v_pointer, value);
      break;

    case THR_CALL_BOXED:
      take_boxed (type, take, arg->v_pointer, value);
      break;

    case THR_CALL_VALUE:
      take_g_value (take, arg->v_pointer, value);
      break;

    default:
      take_number (type, arg, value);
    }
}

void
thr_call_result_take (const ThrCallParam *param,
                      const GIArgument   *arg,
                      gsize               length,
                      GValue             *value)
{
  /* A place that the run made for the function is the run's to free. */
  gboolean take = param->transfer != GI_TRANSFER_NOTHING && !param->caller_allocates;

  if (THR_CALL_IS_SCALAR (param->type->kind))
    thr_call_result_take_scalar (param->type, take, arg, value);
  else
    thr_call_result_take_container (param, arg->v_pointer, length, value);
}
