/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-error.h"
#include "base/thr-i18n-private.h"
#include "bridge/thr-call-convert-private.h"
#include "bridge/thr-call-type-private.h"
#include "base/thr-values-private.h"

/* Every container is first made a row of GValues, whatever it came as, and its
 * members are converted as parameters are. Bytes, strings and arrays of numbers
 * that lie in memory as C wants them take a way round that.
 */

static void
take_into (GValue   *value,
           GVariant *child)
{
  /* The "v" of "av" says nothing of its own. */
  if (g_variant_is_of_type (child, G_VARIANT_TYPE_VARIANT))
    {
      GVariant *inner = g_variant_get_variant (child);

      g_variant_unref (child);
      child = inner;
    }
  g_value_init (value, G_TYPE_VARIANT);
  g_value_take_variant (value, child);
}

static ThrValues *
values_from_variant (GVariant *variant)
{
  gsize n = g_variant_n_children (variant);
  GValue *values = g_new0 (GValue, n);

  for (gsize i = 0; i < n; i++)
    take_into (&values[i], g_variant_get_child_value (variant, i));
  return thr_values_new_take (values, n, NULL);
}

static ThrValues *
values_from_strv (const char * const *strv)
{
  guint n = g_strv_length ((char **) strv);
  GValue *values = g_new0 (GValue, n);

  for (guint i = 0; i < n; i++)
    {
      g_value_init (&values[i], G_TYPE_STRING);
      /* Not copied: the row does not outlive its source. */
      g_value_set_static_string (&values[i], strv[i]);
    }
  return thr_values_new_take (values, n, NULL);
}

static ThrValues *
values_from_model (GListModel *model)
{
  guint n = g_list_model_get_n_items (model);
  GValue *values = g_new0 (GValue, n);

  for (guint i = 0; i < n; i++)
    {
      g_value_init (&values[i], G_TYPE_OBJECT);
      g_value_take_object (&values[i], g_list_model_get_item (model, i));
    }
  return thr_values_new_take (values, n, NULL);
}

G_GNUC_BEGIN_IGNORE_DEPRECATIONS
/* Deprecated, but still the type of some properties and signals. */
static ThrValues *
values_from_value_array (const GValue *value)
{
  GValueArray *array = G_VALUE_HOLDS (value, g_value_array_get_type ()) ? g_value_get_boxed (value) : NULL;

  return array != NULL ? thr_values_new (array->values, array->n_values) : NULL;
}
G_GNUC_END_IGNORE_DEPRECATIONS

static ThrValues *
values_from (const GValue *value)
{
  if (G_VALUE_HOLDS (value, G_TYPE_STRV))
    return values_from_strv (g_value_get_boxed (value));
  if (G_VALUE_HOLDS (value, THR_TYPE_VALUES))
    return g_value_dup_object (value);
  if (G_VALUE_HOLDS (value, G_TYPE_LIST_MODEL))
    return values_from_model (g_value_get_object (value));
  if (G_VALUE_HOLDS_VARIANT (value) && g_variant_is_container (g_value_get_variant (value)))
    return values_from_variant (g_value_get_variant (value));
  return values_from_value_array (value);
}

/* An element that is %NULL would end a list of strings, and be one surprise more
 * for a function that takes objects: none is let through. */
static gboolean
convert_element (const ThrCallType  *type,
                 gboolean            give,
                 ThrValues          *values,
                 guint               i,
                 ThrCallScratch     *scratch,
                 GIArgument         *arg,
                 GError            **error)
{
  memset (arg, 0, sizeof *arg);
  if (thr_call_convert_scalar (type, give, thr_values_get_value (values, i), scratch, arg, error))
    return TRUE;

  /* Translators: what is wrong with the element follows */
  g_prefix_error (error, _("element %u: "), i);
  return FALSE;
}

/* A new block of memory with @n elements and an empty one behind them. */
static gpointer
new_block (const ThrCallType *element,
           gsize              n)
{
  return g_malloc0_n (n + 1, thr_call_type_get_size (element));
}

static gpointer
add_block (ThrCallScratch *scratch,
           GITransfer      transfer,
           gpointer        data,
           GDestroyNotify  free)
{
  return transfer == GI_TRANSFER_NOTHING ? thr_call_scratch_keep (scratch, data, free)
                                         : thr_call_scratch_give (scratch, data, free);
}

/* What lies in memory as the function wants it. */
static gboolean
peek_block (const ThrCallType *type,
            const GValue      *value,
            gconstpointer     *data,
            gsize             *n)
{
  static const char * const variant_types[] = {
    [THR_CALL_INT16] = "an",
    [THR_CALL_UINT16] = "aq",
    [THR_CALL_INT32] = "ai",
    [THR_CALL_UINT32] = "au",
    [THR_CALL_INT64] = "ax",
    [THR_CALL_UINT64] = "at",
    [THR_CALL_FLOAT] = NULL,
    [THR_CALL_DOUBLE] = "ad",
  };
  ThrCallKind kind = type->element->kind;
  GVariant *variant;

  if (THR_CALL_IS_BYTE (kind) && thr_call_value_peek_bytes (value, data, n))
    return TRUE;

  if ((kind == THR_CALL_UTF8 || kind == THR_CALL_FILENAME) && G_VALUE_HOLDS (value, G_TYPE_STRV))
    {
      *data = g_value_get_boxed (value);
      *n = g_strv_length ((char **) *data);
      return TRUE;
    }

  if (!G_VALUE_HOLDS_VARIANT (value) || kind >= G_N_ELEMENTS (variant_types) ||
      variant_types[kind] == NULL)
    return FALSE;

  variant = g_value_get_variant (value);
  if (!g_variant_is_of_type (variant, G_VARIANT_TYPE (variant_types[kind])))
    return FALSE;
  *data = g_variant_get_fixed_array (variant, n, thr_call_type_get_size (type->element));
  return TRUE;
}

static gboolean
check_strings (const ThrCallType  *element,
               char              **strv,
               GError            **error)
{
  for (guint i = 0; element->kind == THR_CALL_UTF8 && strv[i] != NULL; i++)
    {
      if (!g_utf8_validate (strv[i], -1, NULL))
        {
          g_set_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                       _("element %u: the string is not valid UTF-8"), i);
          return FALSE;
        }
    }
  return TRUE;
}

/* Takes a block over as it is, or a copy where the function keeps it or wants a
 * zero behind it. */
static gboolean
use_block (const ThrCallType  *type,
           GITransfer          transfer,
           gconstpointer       data,
           gsize               n,
           ThrCallScratch     *scratch,
           GIArgument         *arg,
           GError            **error)
{
  gsize size = thr_call_type_get_size (type->element);
  gboolean is_strv = size == sizeof (gpointer) && !THR_CALL_IS_NUMBER (type->element->kind);
  gpointer block;

  if (is_strv && !check_strings (type->element, (char **) data, error))
    return FALSE;

  if (transfer == GI_TRANSFER_NOTHING && (is_strv || !type->zero_terminated))
    {
      /* What is empty still has an address: %NULL is something else. */
      arg->v_pointer = data != NULL ? (gpointer) data : (gpointer) "";
      return TRUE;
    }

  if (type->zero_terminated && THR_CALL_IS_BYTE (type->element->kind) &&
      n > 0 && memchr (data, 0, n) != NULL)
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                           _("the bytes end at a zero, and there is one among them"));
      return FALSE;
    }

  if (is_strv && transfer == GI_TRANSFER_EVERYTHING)
    {
      arg->v_pointer = thr_call_scratch_copy_boxed (scratch, G_TYPE_STRV, data, TRUE);
      return TRUE;
    }

  block = new_block (type->element, n);
  if (n > 0)
    memcpy (block, data, n * size);
  arg->v_pointer = add_block (scratch, transfer, block, g_free);
  return TRUE;
}

static gboolean
fill_block (const ThrCallType  *type,
            GITransfer          transfer,
            ThrValues          *values,
            ThrCallScratch     *scratch,
            GIArgument         *arg,
            GError            **error)
{
  guint n = thr_values_get_n_values (values);
  gsize size = thr_call_type_get_size (type->element);
  char *block = new_block (type->element, n);
  GIArgument element;

  arg->v_pointer = add_block (scratch, transfer, block, g_free);
  for (guint i = 0; i < n; i++)
    {
      if (!convert_element (type->element, transfer == GI_TRANSFER_EVERYTHING, values, i,
                            scratch, &element, error))
        return FALSE;
      thr_call_type_store (type->element, &element, block + i * size);
    }
  return TRUE;
}

static gboolean
check_size (const ThrCallType  *type,
            gsize               n,
            GError            **error)
{
  g_autofree char *number = NULL;

  if (type->fixed_size < 0 || n == (gsize) type->fixed_size)
    return TRUE;

  /* As a text: translators' tools cannot read the macro of the format. */
  number = g_strdup_printf ("%" G_GSSIZE_FORMAT, type->fixed_size);
  g_set_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
               /* Translators: a type ("array of gint32") and a number */
               _("%s of exactly %s elements is wanted"), type->name, number);
  return FALSE;
}

static gboolean
convert_lists (const ThrCallType  *type,
               GITransfer          transfer,
               ThrValues          *values,
               ThrCallScratch     *scratch,
               GIArgument         *arg,
               GError            **error)
{
  gboolean give = transfer == GI_TRANSFER_EVERYTHING;
  g_autoptr (GPtrArray) packed = g_ptr_array_new ();
  GIArgument element;

  for (guint i = 0; i < thr_values_get_n_values (values); i++)
    {
      if (!convert_element (type->element, give, values, i, scratch, &element, error))
        return FALSE;
      g_ptr_array_add (packed, thr_call_type_pack (type->element, &element));
    }

  if (type->kind == THR_CALL_PTR_ARRAY)
    {
      arg->v_pointer = add_block (scratch, transfer, g_steal_pointer (&packed),
                                  (GDestroyNotify) g_ptr_array_unref);
      return TRUE;
    }

  for (guint i = packed->len; i > 0; i--)
    {
      if (type->kind == THR_CALL_LIST)
        arg->v_pointer = g_list_prepend (arg->v_pointer, packed->pdata[i - 1]);
      else
        arg->v_pointer = g_slist_prepend (arg->v_pointer, packed->pdata[i - 1]);
    }
  if (arg->v_pointer != NULL)
    add_block (scratch, transfer, arg->v_pointer,
               type->kind == THR_CALL_LIST ? (GDestroyNotify) g_list_free
                                           : (GDestroyNotify) g_slist_free);
  return TRUE;
}

static gboolean
convert_g_array (const ThrCallType  *type,
                 GITransfer          transfer,
                 ThrValues          *values,
                 ThrCallScratch     *scratch,
                 GIArgument         *arg,
                 GError            **error)
{
  gsize size = thr_call_type_get_size (type->element);
  GArray *array = g_array_new (type->zero_terminated, TRUE, size);
  GIArgument element;

  arg->v_pointer = add_block (scratch, transfer, array, (GDestroyNotify) g_array_unref);
  for (guint i = 0; i < thr_values_get_n_values (values); i++)
    {
      if (!convert_element (type->element, transfer == GI_TRANSFER_EVERYTHING, values, i,
                            scratch, &element, error))
        return FALSE;
      g_array_set_size (array, i + 1);
      thr_call_type_store (type->element, &element, array->data + i * size);
    }
  return TRUE;
}

static gboolean
convert_byte_array (const ThrCallType  *type,
                    GITransfer          transfer,
                    const GValue       *value,
                    ThrCallScratch     *scratch,
                    GIArgument         *arg,
                    GError            **error)
{
  gconstpointer data;
  gsize size;
  GByteArray *array;

  if (!thr_call_value_peek_bytes (value, &data, &size))
    return thr_call_set_type_error (error, type->name, value);

  array = g_byte_array_new ();
  if (size > 0)
    g_byte_array_append (array, data, size);
  arg->v_pointer = add_block (scratch, transfer, array, (GDestroyNotify) g_byte_array_unref);
  return TRUE;
}

static GDestroyNotify
get_free_func (const ThrCallType *element)
{
  if (element->kind == THR_CALL_UTF8 || element->kind == THR_CALL_FILENAME)
    return g_free;
  if (element->kind == THR_CALL_VARIANT)
    return (GDestroyNotify) g_variant_unref;
  return NULL;
}

/* A key or value that the table frees by itself when @give. */
static gpointer
pack_owned (const ThrCallType *element,
            gboolean           give,
            const GIArgument  *arg)
{
  if (give && get_free_func (element) == g_free)
    return g_strdup (arg->v_string);
  if (give && element->kind == THR_CALL_VARIANT)
    return g_variant_ref (arg->v_pointer);
  return thr_call_type_pack (element, arg);
}

static gboolean
convert_hash (const ThrCallType  *type,
              GITransfer          transfer,
              const GValue       *value,
              ThrCallScratch     *scratch,
              GIArgument         *arg,
              GError            **error)
{
  GVariant *dict = G_VALUE_HOLDS_VARIANT (value) ? g_value_get_variant (value) : NULL;
  gboolean give = transfer == GI_TRANSFER_EVERYTHING;
  gboolean strings = get_free_func (type->element) == g_free;
  GHashTable *table;

  if (dict == NULL || !g_variant_is_of_type (dict, G_VARIANT_TYPE_DICTIONARY))
    return thr_call_set_type_error (error, type->name, value);

  table = g_hash_table_new_full (strings ? g_str_hash : g_direct_hash,
                                 strings ? g_str_equal : g_direct_equal,
                                 give ? get_free_func (type->element) : NULL,
                                 give ? get_free_func (type->value) : NULL);
  arg->v_pointer = add_block (scratch, transfer, table, (GDestroyNotify) g_hash_table_unref);

  for (gsize i = 0; i < g_variant_n_children (dict); i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (dict, i);
      ThrValues *pair = thr_call_scratch_keep (scratch, values_from_variant (entry), g_object_unref);
      GIArgument key, member;

      if (!convert_element (type->element, FALSE, pair, 0, scratch, &key, error) ||
          !convert_element (type->value, FALSE, pair, 1, scratch, &member, error))
        return FALSE;
      g_hash_table_insert (table, pack_owned (type->element, give, &key),
                           pack_owned (type->value, give, &member));
    }
  return TRUE;
}

gboolean
thr_call_convert_container (const ThrCallType  *type,
                            GITransfer          transfer,
                            const GValue       *value,
                            ThrCallScratch     *scratch,
                            GIArgument         *arg,
                            gsize              *length,
                            GError            **error)
{
  gconstpointer data;
  ThrValues *values;

  if (thr_call_value_is_null (value))
    return thr_call_set_type_error (error, type->name, value);
  if (type->kind == THR_CALL_BYTE_ARRAY)
    return convert_byte_array (type, transfer, value, scratch, arg, error);
  if (type->kind == THR_CALL_HASH)
    return convert_hash (type, transfer, value, scratch, arg, error);

  if (type->kind == THR_CALL_C_ARRAY && peek_block (type, value, &data, length))
    return check_size (type, *length, error) &&
           use_block (type, transfer, data, *length, scratch, arg, error);

  values = values_from (value);
  if (values == NULL)
    return thr_call_set_type_error (error, type->name, value);

  /* Strings and objects of the row are pointed to, so it must last. */
  thr_call_scratch_keep (scratch, values, g_object_unref);
  *length = thr_values_get_n_values (values);

  switch (type->kind)
    {
    case THR_CALL_C_ARRAY:
      return check_size (type, *length, error) &&
             fill_block (type, transfer, values, scratch, arg, error);

    case THR_CALL_G_ARRAY:
      return convert_g_array (type, transfer, values, scratch, arg, error);

    default:
      return convert_lists (type, transfer, values, scratch, arg, error);
    }
}
