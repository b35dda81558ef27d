/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-error.h"
#include "base/thr-i18n-private.h"
#include "bridge/thr-call-convert-private.h"
#include "bridge/thr-call-invoke-private.h"
#include "bridge/thr-call-type-private.h"

static gboolean
check_count (const ThrCallSignature  *signature,
             guint                    n_args,
             GError                 **error)
{
  if (n_args >= signature->n_args_needed && n_args <= signature->n_args)
    return TRUE;

  if (signature->n_args_needed == signature->n_args)
    g_set_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                 _("%s(): the number of arguments must be %u, and %u were given"),
                 signature->name, signature->n_args, n_args);
  else
    g_set_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                 _("%s(): the number of arguments must be %u to %u, and %u were given"),
                 signature->name, signature->n_args_needed, signature->n_args, n_args);
  return FALSE;
}

static gboolean
check_callback (const GValue  *value,
                GError       **error)
{
  if (thr_call_value_is_null (value))
    return TRUE;

  g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                       _("a callback can only be null: a function of a language binding "
                         "cannot be called on another thread"));
  return FALSE;
}

/* Whether an array before @index that shares its length has set it. */
static gboolean
has_length (const ThrCallSignature *signature,
            guint                   index,
            const ThrCallSlot      *slots)
{
  for (guint i = 0; i < index; i++)
    {
      if (signature->params[i].length == signature->params[index].length &&
          signature->params[i].direction != GI_DIRECTION_OUT &&
          slots[i].value.v_pointer != NULL)
        return TRUE;
    }
  return FALSE;
}

static gboolean
set_length (const ThrCallSignature  *signature,
            guint                    index,
            gsize                    length,
            ThrCallSlot             *slots,
            ThrCallScratch          *scratch,
            GError                 **error)
{
  int length_index = signature->params[index].length;
  const ThrCallType *type = signature->params[length_index].type;
  ThrCallSlot *slot = &slots[length_index];
  GValue value = G_VALUE_INIT;

  if (has_length (signature, index, slots))
    {
      if (slots[index].value.v_pointer == NULL ||
          thr_call_type_get_length (type, &slot->value) == length)
        return TRUE;
      g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                           /* Translators: one argument holds the length of both arrays */
                           _("two arrays with one length differ in length"));
      return FALSE;
    }

  /* As any other number, so that one that does not fit is noticed. */
  g_value_init (&value, G_TYPE_UINT64);
  g_value_set_uint64 (&value, length);
  return thr_call_convert_scalar (type, FALSE, &value, scratch, &slot->value, error);
}

static gboolean
convert_unprefixed (const ThrCallSignature  *signature,
                    guint                    index,
                    const GValue            *value,
                    ThrCallSlot             *slots,
                    ThrCallScratch          *scratch,
                    GError                 **error)
{
  const ThrCallParam *param = &signature->params[index];
  GIArgument *arg = &slots[index].value;
  gsize length = 0;

  memset (arg, 0, sizeof *arg);
  if (!G_IS_VALUE (value))
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                           _("a value without a type was given"));
      return FALSE;
    }

  if (param->role == THR_CALL_ROLE_CALLBACK)
    return check_callback (value, error);

  if (!(param->nullable && thr_call_value_is_null (value)) &&
      !thr_call_convert (param->type, param->transfer, value, scratch, arg, &length, error))
    return FALSE;

  return param->length < 0 || set_length (signature, index, length, slots, scratch, error);
}

gboolean
thr_call_convert_param (const ThrCallSignature  *signature,
                        guint                    index,
                        const GValue            *args,
                        guint                    n_args,
                        ThrCallSlot             *slots,
                        ThrCallScratch          *scratch,
                        GError                 **error)
{
  const ThrCallParam *param = &signature->params[index];

  /* Left out at the end: a cancellable or a callback, which is null then. */
  if ((guint) param->arg >= n_args)
    return TRUE;

  if (convert_unprefixed (signature, index, &args[param->arg], slots, scratch, error))
    return TRUE;

  /* Translators: function, number and name of the argument, and what is wrong */
  g_prefix_error (error, _("%s(), argument %d (“%s”): "),
                  signature->name, param->arg + 1, param->name);
  return FALSE;
}

gboolean
thr_call_prepare (const ThrCallSignature  *signature,
                  const GValue            *args,
                  guint                    n_args,
                  ThrCallSlot             *slots,
                  ThrCallScratch          *scratch,
                  GError                 **error)
{
  if (!check_count (signature, n_args, error))
    return FALSE;

  for (guint i = 0; i < signature->n_params; i++)
    {
      ThrCallScratch trial;
      gboolean success;

      if (signature->params[i].arg < 0)
        continue;

      thr_call_scratch_init (&trial, scratch->objects);
      success = thr_call_convert_param (signature, i, args, n_args, slots,
                                        signature->params[i].converts_per_run ? &trial : scratch,
                                        error);
      thr_call_scratch_clear (&trial, FALSE);
      if (!success)
        return FALSE;
    }
  return TRUE;
}
