/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "bridge/thr-call-type-private.h"

#include "base/thr-error.h"
#include "base/thr-i18n-private.h"

static ThrCallType *
new_type (ThrCallKind  kind,
          const char  *name)
{
  ThrCallType *self = g_new0 (ThrCallType, 1);

  self->kind = kind;
  self->name = g_strdup (name);
  self->gtype = G_TYPE_NONE;
  self->fixed_size = -1;
  self->length_index = -1;
  return self;
}

void
thr_call_type_free (ThrCallType *self)
{
  if (self == NULL)
    return;

  for (guint i = 0; i < self->n_enum_values; i++)
    g_free (self->enum_values[i].name);
  g_free (self->enum_values);
  thr_call_type_free (self->element);
  thr_call_type_free (self->value);
  g_free (self->name);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ThrCallType, thr_call_type_free)

static gpointer
unsupported (GError     **error,
             const char  *name)
{
  g_set_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
               _("the type %s cannot be carried to another thread"), name);
  return NULL;
}

static void
read_enum_values (ThrCallType *self,
                  GIEnumInfo  *info)
{
  self->n_enum_values = g_enum_info_get_n_values (info);
  self->enum_values = g_new0 (ThrCallEnumValue, self->n_enum_values);
  for (guint i = 0; i < self->n_enum_values; i++)
    {
      GIValueInfo *value = g_enum_info_get_value (info, i);

      self->enum_values[i].name = g_strdup (g_base_info_get_name (value));
      self->enum_values[i].value = g_value_info_get_value (value);
      g_base_info_unref (value);
    }
}

static ThrCallKind
kind_of_gtype (GType gtype)
{
  if (gtype == G_TYPE_VARIANT)
    return THR_CALL_VARIANT;
  if (gtype == G_TYPE_VALUE)
    return THR_CALL_VALUE;
  /* A closure is a callback in a box. */
  if (gtype == G_TYPE_CLOSURE)
    return THR_CALL_CALLBACK;
  if (g_type_is_a (gtype, G_TYPE_OBJECT) || g_type_fundamental (gtype) == G_TYPE_INTERFACE)
    return THR_CALL_OBJECT;
  if (g_type_is_a (gtype, G_TYPE_PARAM))
    return THR_CALL_PARAM;
  if (g_type_is_a (gtype, G_TYPE_BOXED))
    return THR_CALL_BOXED;
  return THR_CALL_VOID;
}

ThrCallType *
thr_call_type_new_registered (GIBaseInfo  *info,
                              GError     **error)
{
  GIInfoType info_type = g_base_info_get_type (info);
  g_autofree char *name = g_strdup_printf ("%s.%s", g_base_info_get_namespace (info),
                                           g_base_info_get_name (info));
  g_autoptr (ThrCallType) self = new_type (THR_CALL_VOID, name);

  switch (info_type)
    {
    case GI_INFO_TYPE_CALLBACK:
      self->kind = THR_CALL_CALLBACK;
      return g_steal_pointer (&self);

    case GI_INFO_TYPE_ENUM:
    case GI_INFO_TYPE_FLAGS:
      self->kind = info_type == GI_INFO_TYPE_ENUM ? THR_CALL_ENUM : THR_CALL_FLAGS;
      self->gtype = g_registered_type_info_get_g_type (info);
      read_enum_values (self, info);
      return g_steal_pointer (&self);

    case GI_INFO_TYPE_STRUCT:
    case GI_INFO_TYPE_BOXED:
      self->struct_size = g_struct_info_get_size (info);
      break;

    case GI_INFO_TYPE_UNION:
      self->struct_size = g_union_info_get_size (info);
      break;

    case GI_INFO_TYPE_OBJECT:
    case GI_INFO_TYPE_INTERFACE:
      break;

    default:
      return unsupported (error, name);
    }

  self->gtype = g_registered_type_info_get_g_type (info);
  if (self->gtype == G_TYPE_NONE || self->gtype == G_TYPE_INVALID)
    return unsupported (error, name);

  self->kind = kind_of_gtype (self->gtype);
  if (self->kind == THR_CALL_VOID)
    return unsupported (error, name);
  return g_steal_pointer (&self);
}

static ThrCallType *
new_interface (GITypeInfo  *info,
               GError     **error)
{
  GIBaseInfo *interface = g_type_info_get_interface (info);
  ThrCallType *self = thr_call_type_new_registered (interface, error);

  g_base_info_unref (interface);
  if (self != NULL)
    self->is_inline = (self->kind == THR_CALL_BOXED || self->kind == THR_CALL_VALUE) &&
                      !g_type_info_is_pointer (info);
  return self;
}

static ThrCallType *
new_element (GITypeInfo  *info,
             int          n,
             GError     **error)
{
  GITypeInfo *element_info = g_type_info_get_param_type (info, n);
  g_autoptr (ThrCallType) self = thr_call_type_new (element_info, error);

  g_base_info_unref (element_info);
  if (self != NULL && !THR_CALL_IS_SCALAR (self->kind))
    return unsupported (error, self->name);
  return g_steal_pointer (&self);
}

/* A list's data pointer holds what is no longer than a pointer; of longer numbers
 * the languages store a pointer to a copy, or do not agree what. */
static gboolean
fits_pointer (const ThrCallType *self)
{
  return !self->is_inline &&
         self->kind != THR_CALL_FLOAT &&
         self->kind != THR_CALL_DOUBLE &&
         self->kind != THR_CALL_INT64 &&
         self->kind != THR_CALL_UINT64;
}

static ThrCallType *
new_container (GITypeInfo   *info,
               ThrCallKind   kind,
               const char   *what,
               GError      **error)
{
  g_autoptr (ThrCallType) element = NULL;
  g_autoptr (ThrCallType) value = NULL;
  g_autofree char *name = NULL;
  ThrCallType *self;

  element = new_element (info, 0, error);
  if (element == NULL)
    return NULL;
  if (kind == THR_CALL_HASH)
    {
      value = new_element (info, 1, error);
      if (value == NULL)
        return NULL;
    }

  /* Only a block of memory holds structs themselves, whatever is annotated. */
  if (kind != THR_CALL_C_ARRAY && kind != THR_CALL_G_ARRAY)
    element->is_inline = FALSE;

  name = value != NULL ? g_strdup_printf ("%s of %s to %s", what, element->name, value->name)
                       : g_strdup_printf ("%s of %s", what, element->name);
  if (kind != THR_CALL_C_ARRAY && kind != THR_CALL_G_ARRAY &&
      (!fits_pointer (element) || (value != NULL && !fits_pointer (value))))
    return unsupported (error, name);
  /* A hash table is carried as a dictionary of GVariant, which has no room for
   * more. */
  if (value != NULL &&
      (element->kind > THR_CALL_FILENAME || value->kind > THR_CALL_VARIANT))
    return unsupported (error, name);

  self = new_type (kind, name);
  self->element = g_steal_pointer (&element);
  self->value = g_steal_pointer (&value);
  return self;
}

static ThrCallType *
new_array (GITypeInfo  *info,
           GError     **error)
{
  ThrCallType *self;

  switch (g_type_info_get_array_type (info))
    {
    case GI_ARRAY_TYPE_C:
      self = new_container (info, THR_CALL_C_ARRAY, "array", error);
      if (self != NULL)
        {
          self->fixed_size = g_type_info_get_array_fixed_size (info);
          self->length_index = g_type_info_get_array_length (info);
          self->zero_terminated = g_type_info_is_zero_terminated (info);
          /* Without any of the three nobody knows where it ends. */
          if (self->fixed_size < 0 && self->length_index < 0 && !self->zero_terminated)
            {
              g_autoptr (ThrCallType) unbounded = self;

              return unsupported (error, unbounded->name);
            }
        }
      return self;

    case GI_ARRAY_TYPE_ARRAY:
      return new_container (info, THR_CALL_G_ARRAY, "GArray", error);

    case GI_ARRAY_TYPE_PTR_ARRAY:
      return new_container (info, THR_CALL_PTR_ARRAY, "GPtrArray", error);

    case GI_ARRAY_TYPE_BYTE_ARRAY:
      return new_container (info, THR_CALL_BYTE_ARRAY, "GByteArray", error);

    default:
      return unsupported (error, "array");
    }
}

static ThrCallType *
new_error_type (void)
{
  ThrCallType *self = new_type (THR_CALL_BOXED, "GLib.Error");

  self->gtype = G_TYPE_ERROR;
  return self;
}

ThrCallType *
thr_call_type_new (GITypeInfo  *info,
                   GError     **error)
{
  static const ThrCallKind basic[] = {
    [GI_TYPE_TAG_BOOLEAN] = THR_CALL_BOOLEAN,
    [GI_TYPE_TAG_INT8] = THR_CALL_INT8,
    [GI_TYPE_TAG_UINT8] = THR_CALL_UINT8,
    [GI_TYPE_TAG_INT16] = THR_CALL_INT16,
    [GI_TYPE_TAG_UINT16] = THR_CALL_UINT16,
    [GI_TYPE_TAG_INT32] = THR_CALL_INT32,
    [GI_TYPE_TAG_UINT32] = THR_CALL_UINT32,
    [GI_TYPE_TAG_INT64] = THR_CALL_INT64,
    [GI_TYPE_TAG_UINT64] = THR_CALL_UINT64,
    [GI_TYPE_TAG_FLOAT] = THR_CALL_FLOAT,
    [GI_TYPE_TAG_DOUBLE] = THR_CALL_DOUBLE,
    [GI_TYPE_TAG_GTYPE] = THR_CALL_GTYPE,
    [GI_TYPE_TAG_UTF8] = THR_CALL_UTF8,
    [GI_TYPE_TAG_FILENAME] = THR_CALL_FILENAME,
    [GI_TYPE_TAG_UNICHAR] = THR_CALL_UNICHAR,
  };
  GITypeTag tag = g_type_info_get_tag (info);

  switch (tag)
    {
    case GI_TYPE_TAG_VOID:
      if (g_type_info_is_pointer (info))
        return unsupported (error, "gpointer");
      return new_type (THR_CALL_VOID, "void");

    case GI_TYPE_TAG_ARRAY:
      return new_array (info, error);

    case GI_TYPE_TAG_INTERFACE:
      return new_interface (info, error);

    case GI_TYPE_TAG_GLIST:
      return new_container (info, THR_CALL_LIST, "GList", error);

    case GI_TYPE_TAG_GSLIST:
      return new_container (info, THR_CALL_SLIST, "GSList", error);

    case GI_TYPE_TAG_GHASH:
      return new_container (info, THR_CALL_HASH, "GHashTable", error);

    case GI_TYPE_TAG_ERROR:
      return new_error_type ();

    default:
      return new_type (basic[tag], g_type_tag_to_string (tag));
    }
}

gsize
thr_call_type_get_size (const ThrCallType *self)
{
  switch (self->kind)
    {
    case THR_CALL_INT8:
    case THR_CALL_UINT8:
      return 1;

    case THR_CALL_INT16:
    case THR_CALL_UINT16:
      return 2;

    case THR_CALL_BOOLEAN:
    case THR_CALL_INT32:
    case THR_CALL_UINT32:
    case THR_CALL_FLOAT:
    case THR_CALL_ENUM:
    case THR_CALL_FLAGS:
    case THR_CALL_UNICHAR:
      return 4;

    case THR_CALL_INT64:
    case THR_CALL_UINT64:
    case THR_CALL_DOUBLE:
      return 8;

    case THR_CALL_GTYPE:
      return sizeof (GType);

    default:
      return self->is_inline ? self->struct_size : sizeof (gpointer);
    }
}

void
thr_call_type_load (const ThrCallType *self,
                    gconstpointer      memory,
                    GIArgument        *arg)
{
  memset (arg, 0, sizeof *arg);
  if (self->is_inline)
    arg->v_pointer = (gpointer) memory;
  else
    memcpy (arg, memory, thr_call_type_get_size (self));
}

void
thr_call_type_store (const ThrCallType *self,
                     const GIArgument  *arg,
                     gpointer           memory)
{
  /* All members of the union begin at its first byte, on every machine. */
  memcpy (memory, self->is_inline ? arg->v_pointer : (gconstpointer) arg,
          thr_call_type_get_size (self));
}

void
thr_call_type_unpack (const ThrCallType *self,
                      gpointer           data,
                      GIArgument        *arg)
{
  memset (arg, 0, sizeof *arg);

  switch (self->kind)
    {
    case THR_CALL_INT8:
      arg->v_int8 = (gint8) GPOINTER_TO_INT (data);
      break;

    case THR_CALL_UINT8:
      arg->v_uint8 = (guint8) GPOINTER_TO_UINT (data);
      break;

    case THR_CALL_INT16:
      arg->v_int16 = (gint16) GPOINTER_TO_INT (data);
      break;

    case THR_CALL_UINT16:
      arg->v_uint16 = (guint16) GPOINTER_TO_UINT (data);
      break;

    case THR_CALL_BOOLEAN:
    case THR_CALL_INT32:
    case THR_CALL_ENUM:
      arg->v_int32 = GPOINTER_TO_INT (data);
      break;

    case THR_CALL_UINT32:
    case THR_CALL_FLAGS:
    case THR_CALL_UNICHAR:
      arg->v_uint32 = GPOINTER_TO_UINT (data);
      break;

    case THR_CALL_GTYPE:
      arg->v_size = GPOINTER_TO_SIZE (data);
      break;

    default:
      arg->v_pointer = data;
    }
}

gpointer
thr_call_type_pack (const ThrCallType *self,
                    const GIArgument  *arg)
{
  switch (self->kind)
    {
    case THR_CALL_INT8:
      return GINT_TO_POINTER (arg->v_int8);

    case THR_CALL_UINT8:
      return GUINT_TO_POINTER (arg->v_uint8);

    case THR_CALL_INT16:
      return GINT_TO_POINTER (arg->v_int16);

    case THR_CALL_UINT16:
      return GUINT_TO_POINTER (arg->v_uint16);

    case THR_CALL_BOOLEAN:
    case THR_CALL_INT32:
    case THR_CALL_ENUM:
      return GINT_TO_POINTER (arg->v_int32);

    case THR_CALL_UINT32:
    case THR_CALL_FLAGS:
    case THR_CALL_UNICHAR:
      return GUINT_TO_POINTER (arg->v_uint32);

    case THR_CALL_GTYPE:
      return GSIZE_TO_POINTER (arg->v_size);

    default:
      return arg->v_pointer;
    }
}

gsize
thr_call_type_get_length (const ThrCallType *self,
                          const GIArgument  *arg)
{
  switch (self->kind)
    {
    case THR_CALL_INT8:
      return MAX (arg->v_int8, 0);

    case THR_CALL_UINT8:
      return arg->v_uint8;

    case THR_CALL_INT16:
      return MAX (arg->v_int16, 0);

    case THR_CALL_UINT16:
      return arg->v_uint16;

    case THR_CALL_INT32:
      return MAX (arg->v_int32, 0);

    case THR_CALL_UINT32:
      return arg->v_uint32;

    case THR_CALL_INT64:
      return MAX (arg->v_int64, 0);

    default:
      return arg->v_uint64;
    }
}
