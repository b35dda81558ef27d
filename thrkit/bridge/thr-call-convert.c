/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "bridge/thr-call-convert-private.h"

#include "base/thr-error.h"
#include "base/thr-i18n-private.h"

void
thr_call_scratch_init (ThrCallScratch *self,
                       GPtrArray      *objects)
{
  self->pieces = NULL;
  self->objects = objects;
}

void
thr_call_scratch_clear (ThrCallScratch *self,
                        gboolean        called)
{
  if (self->pieces == NULL)
    return;

  /* Backwards, since a container was put here before its elements. */
  for (guint i = self->pieces->len; i > 0; i--)
    {
      ThrCallPiece *piece = &g_array_index (self->pieces, ThrCallPiece, i - 1);

      if (piece->given && called)
        continue;
      if (piece->free != NULL)
        piece->free (piece->data);
      else
        g_boxed_free (piece->gtype, piece->data);
    }
  g_clear_pointer (&self->pieces, g_array_unref);
}

static gpointer
add_piece (ThrCallScratch *self,
           gpointer        data,
           GDestroyNotify  free,
           GType           gtype,
           gboolean        given)
{
  ThrCallPiece piece = { data, free, gtype, given };

  /* Most calls need none. */
  if (self->pieces == NULL)
    self->pieces = g_array_new (FALSE, FALSE, sizeof (ThrCallPiece));
  g_array_append_val (self->pieces, piece);
  return data;
}

gpointer
thr_call_scratch_keep (ThrCallScratch *self,
                       gpointer        data,
                       GDestroyNotify  free)
{
  return add_piece (self, data, free, G_TYPE_NONE, FALSE);
}

gpointer
thr_call_scratch_give (ThrCallScratch *self,
                       gpointer        data,
                       GDestroyNotify  free)
{
  return add_piece (self, data, free, G_TYPE_NONE, TRUE);
}

gpointer
thr_call_scratch_copy_boxed (ThrCallScratch *self,
                             GType           gtype,
                             gconstpointer   boxed,
                             gboolean        give)
{
  return add_piece (self, g_boxed_copy (gtype, boxed), NULL, gtype, give);
}

gboolean
thr_call_value_is_null (const GValue *value)
{
  switch (G_TYPE_FUNDAMENTAL (G_VALUE_TYPE (value)))
    {
    case G_TYPE_POINTER:
      return G_VALUE_TYPE (value) == G_TYPE_POINTER && g_value_get_pointer (value) == NULL;

    case G_TYPE_STRING:
    case G_TYPE_BOXED:
    case G_TYPE_OBJECT:
    case G_TYPE_INTERFACE:
    case G_TYPE_PARAM:
    case G_TYPE_VARIANT:
      return g_value_peek_pointer (value) == NULL;

    default:
      return FALSE;
    }
}

gboolean
thr_call_value_peek_bytes (const GValue   *value,
                           gconstpointer  *data,
                           gsize          *size)
{
  if (G_VALUE_HOLDS (value, G_TYPE_BYTES))
    {
      *data = g_bytes_get_data (g_value_get_boxed (value), size);
      return TRUE;
    }

  if (G_VALUE_HOLDS (value, G_TYPE_BYTE_ARRAY))
    {
      GByteArray *array = g_value_get_boxed (value);

      *data = array->data;
      *size = array->len;
      return TRUE;
    }

  if (G_VALUE_HOLDS_VARIANT (value) &&
      g_variant_is_of_type (g_value_get_variant (value), G_VARIANT_TYPE_BYTESTRING))
    {
      *data = g_variant_get_fixed_array (g_value_get_variant (value), size, 1);
      return TRUE;
    }

  if (G_VALUE_HOLDS_STRING (value))
    {
      *data = g_value_get_string (value);
      *size = strlen (*data);
      return TRUE;
    }

  return FALSE;
}

gboolean
thr_call_set_type_error (GError       **error,
                         const char    *wanted,
                         const GValue  *value)
{
  const char *name = G_VALUE_TYPE_NAME (value);

  if (thr_call_value_is_null (value))
    g_set_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                 /* Translators: here and below the names of types, as GLib has them */
                 _("%s is wanted, and null was given"), wanted);
  else if (g_str_equal (name, "PyObject") || g_str_equal (name, "JSObject"))
    /* What a binding gives when no type of GLib fits. */
    g_set_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                 _("%s is wanted, and an object of the language (%s) was given; wrap numbers and "
                   "types in a GObject.Value, bytes in a GLib.Bytes, arrays in a GLib.Variant or a "
                   "Thr.Values"),
                 wanted, name);
  else
    g_set_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                 _("%s is wanted, and %s was given"), wanted, name);
  return FALSE;
}

gboolean
thr_call_convert (const ThrCallType  *type,
                  GITransfer          transfer,
                  const GValue       *value,
                  ThrCallScratch     *scratch,
                  GIArgument         *arg,
                  gsize              *length,
                  GError            **error)
{
  memset (arg, 0, sizeof *arg);
  *length = 0;

  if (THR_CALL_IS_SCALAR (type->kind))
    return thr_call_convert_scalar (type, transfer != GI_TRANSFER_NOTHING, value,
                                    scratch, arg, error);
  return thr_call_convert_container (type, transfer, value, scratch, arg, length, error);
}
