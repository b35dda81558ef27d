/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "bridge/thr-call-invoke-private.h"

#include "base/thr-error.h"
#include "base/thr-i18n-private.h"
#include "bridge/thr-call-convert-private.h"
#include "bridge/thr-call-result-private.h"
#include "bridge/thr-call-type-private.h"
#include "base/thr-values-private.h"

/* libffi widens an integer that is smaller than a register. */
typedef union
{
  ffi_arg    widened;
  GIArgument arg;
} ReturnPlace;

static void
free_g_value (gpointer value)
{
  g_boxed_free (G_TYPE_VALUE, value);
}

/* A place that the function fills; freed with the scratch, when the result has
 * been copied out of it. */
static gboolean
allocate (const ThrCallSignature  *signature,
          const ThrCallParam      *param,
          const ThrCallSlot       *slots,
          GIArgument              *arg,
          ThrCallScratch          *scratch,
          GError                 **error)
{
  const ThrCallType *type = param->type;
  gsize n = 1;
  gsize size = type->struct_size;

  if (type->kind == THR_CALL_C_ARRAY)
    {
      size = thr_call_type_get_size (type->element);
      n = type->fixed_size;
      if (type->fixed_size < 0)
        n = param->length < 0 ? 0 : thr_call_type_get_length (signature->params[param->length].type,
                                                              &slots[param->length].value);
    }

  /* How much is the caller's choice, and may be more than there is. */
  if (n <= G_MAXSSIZE / size)
    arg->v_pointer = g_try_malloc0 (MAX (n, 1) * size);
  if (arg->v_pointer == NULL)
    {
      g_set_error (error, THR_ERROR, THR_ERROR_RESOURCES,
                   _("%s(): there is no memory for the result “%s”"), signature->name, param->name);
      return FALSE;
    }

  thr_call_scratch_keep (scratch, arg->v_pointer,
                         type->kind == THR_CALL_VALUE ? free_g_value : g_free);
  return TRUE;
}

/* Where libffi finds the argument: for what comes out, a pointer to the slot. */
static gpointer
get_place (const ThrCallParam *param,
           ThrCallSlot        *slot)
{
  if (param->direction == GI_DIRECTION_IN || param->caller_allocates)
    return &slot->value;

  slot->pointer = &slot->value;
  return &slot->pointer;
}

static gboolean
fill_slots (const ThrCallSignature  *signature,
            const GValue            *args,
            guint                    n_args,
            GCancellable            *cancellable,
            ThrCallSlot             *slots,
            ThrCallScratch          *scratch,
            GError                 **error)
{
  for (guint i = 0; i < signature->n_params; i++)
    {
      const ThrCallParam *param = &signature->params[i];

      if (param->converts_per_run &&
          !thr_call_convert_param (signature, i, args, n_args, slots, scratch, error))
        return FALSE;
      if (param->is_cancellable && slots[i].value.v_pointer == NULL)
        slots[i].value.v_pointer = cancellable;
    }

  /* Only now are all lengths known. */
  for (guint i = 0; i < signature->n_params; i++)
    {
      const ThrCallParam *param = &signature->params[i];

      if (param->caller_allocates &&
          !allocate (signature, param, slots, &slots[i].value, scratch, error))
        return FALSE;
    }
  return TRUE;
}

static void
read_return (const ThrCallType *type,
             const ReturnPlace *place,
             GIArgument        *arg)
{
  memset (arg, 0, sizeof *arg);

  switch (type->kind)
    {
    case THR_CALL_INT8:
    case THR_CALL_UINT8:
      arg->v_uint8 = (guint8) place->widened;
      break;

    case THR_CALL_INT16:
    case THR_CALL_UINT16:
      arg->v_uint16 = (guint16) place->widened;
      break;

    case THR_CALL_BOOLEAN:
    case THR_CALL_INT32:
    case THR_CALL_UINT32:
    case THR_CALL_ENUM:
    case THR_CALL_FLAGS:
    case THR_CALL_UNICHAR:
      arg->v_uint32 = (guint32) place->widened;
      break;

    default:
      *arg = place->arg;
    }
}

static void
take_one (const ThrCallSignature *signature,
          const ThrCallParam     *param,
          const GIArgument       *arg,
          const ThrCallSlot      *slots,
          GValue                 *value)
{
  gsize length = 0;

  if (param->length >= 0)
    length = thr_call_type_get_length (signature->params[param->length].type,
                                       &slots[param->length].value);
  thr_call_result_take (param, arg, length, value);
}

/* The return value first, then the out parameters, as every binding has them. */
static void
take_each (const ThrCallSignature  *signature,
           const GIArgument        *returned,
           const ThrCallSlot       *slots,
           GValue                  *values,
           char                   **names)
{
  guint n = 0;

  if (signature->result.type->kind != THR_CALL_VOID &&
      signature->result.role == THR_CALL_ROLE_VALUE)
    {
      if (names != NULL)
        names[n] = g_strdup (signature->result.name);
      take_one (signature, &signature->result, returned, slots, &values[n++]);
    }

  for (guint i = 0; i < signature->n_params; i++)
    {
      const ThrCallParam *param = &signature->params[i];

      if (param->role != THR_CALL_ROLE_VALUE || param->direction == GI_DIRECTION_IN)
        continue;
      if (names != NULL)
        names[n] = g_strdup (param->name);
      take_one (signature, param, &slots[i].value, slots, &values[n++]);
    }

  g_assert (n == signature->n_results);
}

static void
take_results (const ThrCallSignature *signature,
              const GIArgument       *returned,
              const ThrCallSlot      *slots,
              GValue                 *result)
{
  guint n = signature->n_results;
  GValue *values;
  char **names;

  if (n < 2)
    {
      take_each (signature, returned, slots, result, NULL);
      return;
    }

  values = g_new0 (GValue, n);
  names = g_new0 (char *, n + 1);
  take_each (signature, returned, slots, values, names);
  g_value_init (result, THR_TYPE_VALUES);
  g_value_take_object (result, thr_values_new_take (values, n, names));
}

static gboolean
call_function (const ThrCallSignature  *signature,
               ThrCallSlot             *slots,
               GValue                  *result,
               GError                 **error)
{
  gpointer *places = g_newa (gpointer, signature->n_params + 1);
  g_autoptr (GError) local_error = NULL;
  GError **error_pointer = &local_error;
  ReturnPlace place = { 0, };
  GIArgument returned;

  for (guint i = 0; i < signature->n_params; i++)
    places[i] = get_place (&signature->params[i], &slots[i]);
  places[signature->n_params] = &error_pointer;

  ffi_call ((ffi_cif *) &signature->invoker.cif, FFI_FN (signature->invoker.native_address),
            &place, places);

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  read_return (signature->result.type, &place, &returned);
  if (signature->is_success && !returned.v_boolean)
    {
      g_set_error (error, THR_ERROR, THR_ERROR_NO_RESULT,
                   _("%s() failed without saying why: it returned FALSE and set no error"),
                   signature->name);
      return FALSE;
    }

  take_results (signature, &returned, slots, result);
  return TRUE;
}

gboolean
thr_call_invoke (const ThrCallSignature  *signature,
                 const GValue            *args,
                 guint                    n_args,
                 const ThrCallSlot       *prepared,
                 GCancellable            *cancellable,
                 GValue                  *result,
                 GError                 **error)
{
  /* The run's own, on its own stack: the prepared ones are shared by all runs. */
  ThrCallSlot *slots = g_newa (ThrCallSlot, signature->n_params + 1);
  ThrCallScratch scratch;
  gboolean ready;
  gboolean success;

  memcpy (slots, prepared, signature->n_params * sizeof *slots);
  thr_call_scratch_init (&scratch, NULL);

  ready = fill_slots (signature, args, n_args, cancellable, slots, &scratch, error);
  success = ready && call_function (signature, slots, result, error);

  thr_call_scratch_clear (&scratch, ready);
  return success;
}
