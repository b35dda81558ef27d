/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "bridge/thr-call-result-private.h"
#include "bridge/thr-call-type-private.h"
#include "base/thr-values-private.h"

/* Containers among the results. They become what the languages read without
 * help: bytes a GBytes, strings a GStrv, numbers an array GVariant, a hash table
 * a dictionary GVariant, and everything else a ThrValues.
 */

static const char *
get_variant_type (const ThrCallType *element)
{
  static const char * const types[] = {
    [THR_CALL_BOOLEAN] = "b",
    [THR_CALL_INT8] = "n",
    [THR_CALL_UINT8] = "y",
    [THR_CALL_INT16] = "n",
    [THR_CALL_UINT16] = "q",
    [THR_CALL_INT32] = "i",
    [THR_CALL_UINT32] = "u",
    [THR_CALL_INT64] = "x",
    [THR_CALL_UINT64] = "t",
    [THR_CALL_FLOAT] = "d",
    [THR_CALL_DOUBLE] = "d",
    [THR_CALL_ENUM] = "i",
    [THR_CALL_FLAGS] = "u",
    [THR_CALL_UNICHAR] = "u",
    [THR_CALL_GTYPE] = "t",
    [THR_CALL_UTF8] = "s",
    [THR_CALL_FILENAME] = "s",
    [THR_CALL_VARIANT] = "v",
  };

  return element->kind < G_N_ELEMENTS (types) ? types[element->kind] : NULL;
}

static GVariant *
variant_from_arg (const ThrCallType *element,
                  const GIArgument  *arg)
{
  switch (element->kind)
    {
    case THR_CALL_BOOLEAN:
      return g_variant_new_boolean (arg->v_boolean != FALSE);

    case THR_CALL_INT8:
      return g_variant_new_int16 (arg->v_int8);

    case THR_CALL_UINT8:
      return g_variant_new_byte (arg->v_uint8);

    case THR_CALL_INT16:
      return g_variant_new_int16 (arg->v_int16);

    case THR_CALL_UINT16:
      return g_variant_new_uint16 (arg->v_uint16);

    case THR_CALL_INT32:
    case THR_CALL_ENUM:
      return g_variant_new_int32 (arg->v_int32);

    case THR_CALL_UINT32:
    case THR_CALL_FLAGS:
    case THR_CALL_UNICHAR:
      return g_variant_new_uint32 (arg->v_uint32);

    case THR_CALL_INT64:
      return g_variant_new_int64 (arg->v_int64);

    case THR_CALL_UINT64:
      return g_variant_new_uint64 (arg->v_uint64);

    case THR_CALL_GTYPE:
      return g_variant_new_uint64 (arg->v_size);

    case THR_CALL_FLOAT:
      return g_variant_new_double (arg->v_float);

    case THR_CALL_DOUBLE:
      return g_variant_new_double (arg->v_double);

    case THR_CALL_VARIANT:
      /* There is no variant that is none; the empty tuple comes nearest. */
      return g_variant_new_variant (arg->v_pointer != NULL ? arg->v_pointer
                                                           : g_variant_new_tuple (NULL, 0));

    default:
      {
        g_autofree char *valid = g_utf8_make_valid (arg->v_string != NULL ? arg->v_string : "", -1);

        return g_variant_new_string (valid);
      }
    }
}

static gsize
count_to_zero (const ThrCallType *element,
               const char        *block)
{
  static const char zero[64];
  gsize size = thr_call_type_get_size (element);
  gsize n = 0;

  if (size > sizeof zero)
    return 0;
  while (memcmp (block + n * size, zero, size) != 0)
    n++;
  return n;
}

static gsize
count_c_array (const ThrCallParam *param,
               gconstpointer       block,
               gsize               length)
{
  if (block == NULL)
    return 0;
  if (param->length >= 0)
    return length;
  if (param->type->fixed_size >= 0)
    return param->type->fixed_size;
  return count_to_zero (param->type->element, block);
}

static void
append_block (GArray            *row,
              const ThrCallType *element,
              const char        *block,
              gsize              n)
{
  gsize size = thr_call_type_get_size (element);
  GIArgument arg;

  for (gsize i = 0; i < n; i++)
    {
      thr_call_type_load (element, block + i * size, &arg);
      g_array_append_val (row, arg);
    }
}

/* All elements as arguments, which point into the container. */
static GArray *
collect (const ThrCallParam *param,
         gpointer            container,
         gsize               length)
{
  GArray *row = g_array_new (FALSE, FALSE, sizeof (GIArgument));
  const ThrCallType *element = param->type->element;
  GIArgument arg;

  switch (param->type->kind)
    {
    case THR_CALL_C_ARRAY:
      append_block (row, element, container, count_c_array (param, container, length));
      break;

    case THR_CALL_G_ARRAY:
      if (container != NULL)
        append_block (row, element, ((GArray *) container)->data, ((GArray *) container)->len);
      break;

    case THR_CALL_PTR_ARRAY:
      for (guint i = 0; container != NULL && i < ((GPtrArray *) container)->len; i++)
        {
          thr_call_type_unpack (element, ((GPtrArray *) container)->pdata[i], &arg);
          g_array_append_val (row, arg);
        }
      break;

    case THR_CALL_LIST:
      for (GList *l = container; l != NULL; l = l->next)
        {
          thr_call_type_unpack (element, l->data, &arg);
          g_array_append_val (row, arg);
        }
      break;

    case THR_CALL_SLIST:
    default:
      for (GSList *l = container; l != NULL; l = l->next)
        {
          thr_call_type_unpack (element, l->data, &arg);
          g_array_append_val (row, arg);
        }
    }
  return row;
}

static void
set_strings (GArray   *row,
             gboolean  take,
             GValue   *value)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < row->len; i++)
    {
      char *string = g_array_index (row, GIArgument, i).v_string;

      /* A %NULL in the middle would hide the rest. */
      g_strv_builder_add (builder, string != NULL ? string : "");
      if (take)
        g_free (string);
    }
  g_value_take_boxed (value, g_strv_builder_end (builder));
}

static void
set_numbers (GArray            *row,
             const ThrCallType *element,
             GValue            *value)
{
  GVariantBuilder builder;
  g_autofree char *type = g_strconcat ("a", get_variant_type (element), NULL);

  g_variant_builder_init (&builder, G_VARIANT_TYPE (type));
  for (guint i = 0; i < row->len; i++)
    g_variant_builder_add_value (&builder,
                                 variant_from_arg (element, &g_array_index (row, GIArgument, i)));
  g_value_set_variant (value, g_variant_builder_end (&builder));
}

/* Numbers that lie as a GVariant wants them, which may be very many. */
static gboolean
set_fixed_numbers (const ThrCallParam *param,
                   gpointer            container,
                   gsize               length,
                   GValue             *value)
{
  const ThrCallType *element = param->type->element;
  gconstpointer block = container;
  gsize n;

  if (element->kind == THR_CALL_BOOLEAN || element->kind == THR_CALL_INT8 ||
      element->kind == THR_CALL_FLOAT)
    return FALSE;

  if (param->type->kind == THR_CALL_C_ARRAY)
    {
      n = count_c_array (param, container, length);
    }
  else if (param->type->kind == THR_CALL_G_ARRAY && container != NULL)
    {
      block = ((GArray *) container)->data;
      n = ((GArray *) container)->len;
    }
  else
    {
      return FALSE;
    }

  g_value_set_variant (value,
                       g_variant_new_fixed_array (G_VARIANT_TYPE (get_variant_type (element)),
                                                  block, n, thr_call_type_get_size (element)));
  return TRUE;
}

static void
set_values (GArray            *row,
            const ThrCallType *element,
            gboolean           take,
            GValue            *value)
{
  GValue *values = g_new0 (GValue, row->len);

  for (guint i = 0; i < row->len; i++)
    thr_call_result_take_scalar (element, take && !element->is_inline,
                                 &g_array_index (row, GIArgument, i), &values[i]);
  g_value_take_object (value, thr_values_new_take (values, row->len, NULL));
}

static GVariant *
variant_from_hash (const ThrCallType *type,
                   GHashTable        *table)
{
  g_autofree char *variant_type = g_strdup_printf ("a{%s%s}", get_variant_type (type->element),
                                                   get_variant_type (type->value));
  GVariantBuilder builder;
  GHashTableIter iter;
  gpointer key, member;
  GIArgument key_arg, member_arg;

  g_variant_builder_init (&builder, G_VARIANT_TYPE (variant_type));
  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &key, &member))
    {
      thr_call_type_unpack (type->element, key, &key_arg);
      thr_call_type_unpack (type->value, member, &member_arg);
      g_variant_builder_add_value (&builder,
                                   g_variant_new_dict_entry (variant_from_arg (type->element, &key_arg),
                                                             variant_from_arg (type->value, &member_arg)));
    }
  return g_variant_builder_end (&builder);
}

/* The type that a row of such elements has as a result. */
static GType
get_row_type (const ThrCallType *type)
{
  ThrCallKind kind = type->element->kind;

  if (type->kind == THR_CALL_HASH)
    return G_TYPE_VARIANT;
  if (kind == THR_CALL_UINT8 && (type->kind == THR_CALL_C_ARRAY || type->kind == THR_CALL_BYTE_ARRAY))
    return G_TYPE_BYTES;
  if (kind == THR_CALL_UTF8 || kind == THR_CALL_FILENAME)
    return G_TYPE_STRV;
  if (kind >= THR_CALL_BOOLEAN && kind <= THR_CALL_FLAGS)
    return G_TYPE_VARIANT;
  return THR_TYPE_VALUES;
}

/* The container without its elements. */
static void
free_shell (const ThrCallParam *param,
            gpointer            container)
{
  /* Elements that were given to us must not be freed once more with the shell. */
  gboolean given = param->transfer == GI_TRANSFER_EVERYTHING;

  switch (param->type->kind)
    {
    case THR_CALL_C_ARRAY:
      g_free (container);
      break;

    case THR_CALL_G_ARRAY:
      if (given)
        g_array_set_clear_func (container, NULL);
      g_array_unref (container);
      break;

    case THR_CALL_PTR_ARRAY:
      if (given)
        g_ptr_array_set_free_func (container, NULL);
      g_ptr_array_unref (container);
      break;

    case THR_CALL_LIST:
      g_list_free (container);
      break;

    case THR_CALL_SLIST:
    default:
      g_slist_free (container);
    }
}

static void
take_bytes (const ThrCallParam *param,
            gpointer            container,
            gsize               length,
            gboolean            take,
            GValue             *value)
{
  GBytes *bytes;

  if (param->type->kind == THR_CALL_BYTE_ARRAY)
    {
      GByteArray *array = container;

      /* Not taken out of the array, which somebody else may hold as well. */
      bytes = g_bytes_new (array->data, array->len);
      if (take)
        g_byte_array_unref (array);
    }
  else
    {
      length = count_c_array (param, container, length);
      bytes = take ? g_bytes_new_take (container, length) : g_bytes_new (container, length);
    }
  g_value_take_boxed (value, bytes);
}

static void
take_row (const ThrCallParam *param,
          gpointer            container,
          gsize               length,
          GValue             *value)
{
  gboolean take = param->transfer == GI_TRANSFER_EVERYTHING;
  const ThrCallType *element = param->type->element;
  g_autoptr (GArray) row = NULL;

  if (G_VALUE_HOLDS_VARIANT (value) && set_fixed_numbers (param, container, length, value))
    return;

  row = collect (param, container, length);
  if (G_VALUE_HOLDS (value, G_TYPE_STRV))
    set_strings (row, take, value);
  else if (G_VALUE_HOLDS_VARIANT (value))
    set_numbers (row, element, value);
  else
    set_values (row, element, take, value);
}

void
thr_call_result_take_container (const ThrCallParam *param,
                                gpointer            container,
                                gsize               length,
                                GValue             *value)
{
  /* A place that the run made for the function is the run's to free. */
  gboolean take = param->transfer != GI_TRANSFER_NOTHING && !param->caller_allocates;

  g_value_init (value, get_row_type (param->type));

  /* No list is an empty list; no array is none only where it may be none. */
  if (container == NULL &&
      (param->nullable || param->type->kind == THR_CALL_HASH || param->type->kind == THR_CALL_BYTE_ARRAY) &&
      param->type->kind != THR_CALL_LIST && param->type->kind != THR_CALL_SLIST)
    return;

  if (G_VALUE_HOLDS (value, G_TYPE_BYTES))
    {
      take_bytes (param, container, length, take, value);
      return;
    }

  if (param->type->kind == THR_CALL_HASH)
    {
      g_value_set_variant (value, variant_from_hash (param->type, container));
      if (take)
        g_hash_table_unref (container);
      return;
    }

  take_row (param, container, length, value);
  if (take && container != NULL)
    free_shell (param, container);
}
