/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "bridge/thr-call-signature-private.h"

#include "base/thr-error.h"
#include "base/thr-i18n-private.h"
#include "base/thr-process-private.h"
#include "bridge/thr-call-lookup-private.h"
#include "bridge/thr-call-policy-private.h"
#include "bridge/thr-call-type-private.h"

/* Protects the cache, and the repository from our own threads. Nothing protects
 * it from a binding that loads a namespace at this very moment; the class doc of
 * ThrCall says so. No other lock of the library is taken under it.
 */
static GMutex repository_lock;

/* "namespace\nfunction" → ThrCallSignature, under the lock. Never emptied: it grows
 * with the program's text and not with its run. */
static GHashTable *cache;

static void
clear_param (ThrCallParam *param)
{
  g_free (param->name);
  thr_call_type_free (param->type);
}

static void
free_signature (ThrCallSignature *self)
{
  for (guint i = 0; i < self->n_params; i++)
    clear_param (&self->params[i]);
  g_free (self->params);
  clear_param (&self->result);
  if (self->invoker.native_address != NULL)
    g_function_invoker_destroy (&self->invoker);
  g_free (self->name);
  g_free (self);
}

ThrCallSignature *
thr_call_signature_ref (ThrCallSignature *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
thr_call_signature_unref (ThrCallSignature *self)
{
  if (g_atomic_int_dec_and_test (&self->ref_count))
    free_signature (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ThrCallSignature, thr_call_signature_unref)

static gboolean
prefix_param (const ThrCallSignature  *self,
              const ThrCallParam      *param,
              GError                 **error)
{
  /* Translators: function, parameter, and what is wrong with it */
  g_prefix_error (error, _("%s(), parameter “%s”: "), self->name, param->name);
  return FALSE;
}

static gboolean
read_instance (ThrCallSignature  *self,
               ThrCallParam      *param,
               GIFunctionInfo    *info,
               GError           **error)
{
  param->name = g_strdup ("self");
  param->direction = GI_DIRECTION_IN;
  param->transfer = g_callable_info_get_instance_ownership_transfer (info);
  param->type = thr_call_type_new_registered (g_base_info_get_container (info), error);
  if (param->type == NULL)
    return prefix_param (self, param, error);
  return TRUE;
}

static gboolean
check_callback (ThrCallParam  *param,
                GError       **error)
{
  param->role = THR_CALL_ROLE_CALLBACK;
  if (param->nullable && param->direction == GI_DIRECTION_IN)
    return TRUE;

  g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                       _("it is a callback, and a function of a language binding cannot be "
                         "called on another thread"));
  return FALSE;
}

static gboolean
is_carried (const ThrCallParam *param,
            GITypeInfo         *type_info)
{
  const ThrCallType *type = param->type;

  /* A number's address, beyond what makes it an out parameter. */
  if (THR_CALL_IS_NUMBER (type->kind))
    return !g_type_info_is_pointer (type_info);

  /* A struct by value. */
  if (type->is_inline && !param->caller_allocates)
    return FALSE;

  /* A place that we must make without knowing how big it has to be. */
  if (param->caller_allocates && type->kind != THR_CALL_C_ARRAY)
    return type->struct_size > 0;

  /* Structs in a row have no copies that a function could own one by one. */
  if (param->direction != GI_DIRECTION_OUT && param->transfer == GI_TRANSFER_EVERYTHING)
    return type->element == NULL || !type->element->is_inline;

  return TRUE;
}

static void
set_pointer_error (const ThrCallParam  *param,
                   GError             **error)
{
  g_set_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
               _("a pointer to %s cannot be carried to another thread"), param->type->name);
}

static gboolean
check_direction (const ThrCallParam  *param,
                 GITypeInfo          *type_info,
                 GError             **error)
{
  if (is_carried (param, type_info))
    return TRUE;

  set_pointer_error (param, error);
  return FALSE;
}

static gboolean
read_param (ThrCallSignature  *self,
            ThrCallParam      *param,
            GIArgInfo         *info,
            GError           **error)
{
  g_autoptr (ThrInfo) type_info = g_arg_info_get_type (info);

  param->name = g_strdup (g_base_info_get_name (info));
  param->direction = g_arg_info_get_direction (info);
  param->transfer = g_arg_info_get_ownership_transfer (info);
  param->nullable = g_arg_info_may_be_null (info);
  param->caller_allocates = param->direction == GI_DIRECTION_OUT &&
                            g_arg_info_is_caller_allocates (info);

  /* What belongs to a callback was settled when the callback was read, or will be:
   * its type, mostly a bare pointer, is of no interest. */
  if (param->role == THR_CALL_ROLE_NULL)
    return TRUE;

  param->type = thr_call_type_new (type_info, error);
  if (param->type == NULL)
    return prefix_param (self, param, error);

  if (param->type->kind == THR_CALL_CALLBACK ? !check_callback (param, error)
                                             : !check_direction (param, type_info, error))
    return prefix_param (self, param, error);

  param->is_cancellable = param->type->gtype == G_TYPE_CANCELLABLE &&
                          param->direction == GI_DIRECTION_IN &&
                          param->nullable;
  return TRUE;
}

/* The data and the destroy-notify of a callback may stand before or after it. */
static void
mark_callbacks (ThrCallSignature *self,
                GIFunctionInfo   *info)
{
  int n = g_callable_info_get_n_args (info);

  for (int i = 0; i < n; i++)
    {
      g_autoptr (ThrInfo) arg = g_callable_info_get_arg (info, i);
      int closure = g_arg_info_get_closure (arg);
      int destroy = g_arg_info_get_destroy (arg);

      /* Newer scanners annotate the data parameter with the callback as well. */
      if (g_arg_info_get_scope (arg) == GI_SCOPE_TYPE_INVALID)
        continue;
      if (closure >= 0 && closure != i)
        self->params[closure + self->has_instance].role = THR_CALL_ROLE_NULL;
      if (destroy >= 0 && destroy != i)
        self->params[destroy + self->has_instance].role = THR_CALL_ROLE_NULL;
    }
}

static void
mark_length (ThrCallSignature *self,
             ThrCallParam     *array)
{
  ThrCallParam *length;

  if (array->type == NULL || array->type->kind != THR_CALL_C_ARRAY ||
      array->type->length_index < 0)
    return;

  array->length = array->type->length_index + self->has_instance;
  length = &self->params[array->length];

  /* "Read up to so many bytes": that number is the caller's to choose. */
  if (array->direction == GI_DIRECTION_OUT && length->direction != GI_DIRECTION_OUT)
    return;

  length->role = THR_CALL_ROLE_HIDDEN;
}

/* A place for an array that the function fills is as long as the caller says. */
static gboolean
is_sized (const ThrCallSignature *self,
          const ThrCallParam     *param)
{
  return !param->caller_allocates ||
         param->type->kind != THR_CALL_C_ARRAY ||
         param->type->fixed_size >= 0 ||
         (param->length >= 0 && self->params[param->length].direction != GI_DIRECTION_OUT);
}

static gboolean
read_lengths (ThrCallSignature  *self,
              GError           **error)
{
  for (guint i = 0; i < self->n_params; i++)
    {
      ThrCallParam *param = &self->params[i];

      mark_length (self, param);
      if (param->type != NULL && !is_sized (self, param))
        {
          set_pointer_error (param, error);
          return prefix_param (self, param, error);
        }
    }
  return TRUE;
}

static gboolean
read_params (ThrCallSignature  *self,
             GIFunctionInfo    *info,
             GError           **error)
{
  guint n_args = g_callable_info_get_n_args (info);

  self->has_instance = g_callable_info_is_method (info);
  self->n_params = n_args + self->has_instance;
  self->params = g_new0 (ThrCallParam, self->n_params);
  for (guint i = 0; i < self->n_params; i++)
    self->params[i].length = self->params[i].arg = -1;

  if (self->has_instance && !read_instance (self, &self->params[0], info, error))
    return FALSE;

  mark_callbacks (self, info);
  for (guint i = 0; i < n_args; i++)
    {
      g_autoptr (ThrInfo) arg = g_callable_info_get_arg (info, i);

      if (!read_param (self, &self->params[i + self->has_instance], arg, error))
        return FALSE;
    }

  return read_lengths (self, error);
}

static gboolean
read_result (ThrCallSignature  *self,
             GIFunctionInfo    *info,
             GError           **error)
{
  g_autoptr (ThrInfo) type_info = g_callable_info_get_return_type (info);
  ThrCallParam *result = &self->result;

  result->name = g_strdup ("return");
  result->direction = GI_DIRECTION_OUT;
  result->transfer = g_callable_info_get_caller_owns (info);
  result->nullable = g_callable_info_may_return_null (info);
  result->length = -1;

  result->type = thr_call_type_new (type_info, error);
  if (result->type == NULL)
    return prefix_param (self, result, error);
  if (result->type->kind == THR_CALL_CALLBACK ? !check_callback (result, error)
                                              : !check_direction (result, type_info, error))
    return prefix_param (self, result, error);

  mark_length (self, result);
  if (g_callable_info_skip_return (info))
    result->role = THR_CALL_ROLE_HIDDEN;
  return TRUE;
}

static void
count_args (ThrCallSignature *self)
{
  for (guint i = 0; i < self->n_params; i++)
    {
      ThrCallParam *param = &self->params[i];

      if (param->role == THR_CALL_ROLE_VALUE && param->direction != GI_DIRECTION_IN)
        self->n_results++;
      if ((param->role != THR_CALL_ROLE_VALUE && param->role != THR_CALL_ROLE_CALLBACK) ||
          param->direction == GI_DIRECTION_OUT)
        continue;

      param->arg = self->n_args++;
      if (param->role == THR_CALL_ROLE_VALUE && !param->is_cancellable)
        self->n_args_needed = self->n_args;
    }
}

static void
count_results (ThrCallSignature *self)
{
  ThrCallParam *result = &self->result;

  /* A gboolean that only says whether there is an error says nothing once there
   * is none, and is left out beside real results ("return" is not counted yet). */
  if (self->throws && self->n_results > 0 && result->type->kind == THR_CALL_BOOLEAN)
    result->role = THR_CALL_ROLE_HIDDEN;
  self->is_success = self->throws && result->type->kind == THR_CALL_BOOLEAN &&
                     result->role == THR_CALL_ROLE_HIDDEN;

  if (result->type->kind != THR_CALL_VOID && result->role == THR_CALL_ROLE_VALUE)
    self->n_results++;
}

/* What the function keeps, or changes in place, must be the run's own; only the
 * rest can be made once and shared by runs on several threads. */
static void
mark_conversions (ThrCallSignature *self)
{
  for (guint i = 0; i < self->n_params; i++)
    {
      ThrCallParam *param = &self->params[i];

      if (param->type != NULL && param->arg >= 0)
        param->converts_per_run = param->direction == GI_DIRECTION_INOUT ||
                                  param->transfer != GI_TRANSFER_NOTHING ||
                                  param->type->kind == THR_CALL_VALUE;
      /* The length follows its array wherever that is converted. */
    }
}

static gboolean
prepare_invoker (ThrCallSignature  *self,
                 GIFunctionInfo    *info,
                 GError           **error)
{
  g_autoptr (GError) local_error = NULL;

  if (g_function_info_prep_invoker (info, &self->invoker, &local_error))
    return TRUE;

  /* The typelib knows a function that its library has not. */
  self->invoker.native_address = NULL;
  g_set_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
               _("%s() cannot be called: %s"), self->name, local_error->message);
  return FALSE;
}

static ThrCallSignature *
new_signature (const char  *namespace_,
               const char  *function,
               GError     **error)
{
  g_autoptr (ThrCallSignature) self = NULL;
  g_autoptr (ThrInfo) info = thr_call_look_up (namespace_, function, error);
  GIBaseInfo *container;

  if (info == NULL || !thr_call_policy_check_function (info, error))
    return NULL;

  container = g_base_info_get_container (info);
  self = g_new0 (ThrCallSignature, 1);
  self->ref_count = 1;
  self->name = g_strjoin (".", g_base_info_get_namespace (info),
                          container != NULL ? g_base_info_get_name (container)
                                            : g_base_info_get_name (info),
                          container != NULL ? g_base_info_get_name (info) : NULL,
                          NULL);
  self->throws = g_callable_info_can_throw_gerror (info);

  if (!read_params (self, info, error) ||
      !read_result (self, info, error) ||
      !prepare_invoker (self, info, error))
    return NULL;

  count_args (self);
  count_results (self);
  mark_conversions (self);
  return g_steal_pointer (&self);
}

void
thr_call_lock_repository (void)
{
  static gsize once;

  if (g_once_init_enter (&once))
    {
      thr_process_add_fork_mutex (&repository_lock);
      g_once_init_leave (&once, 1);
    }
  g_mutex_lock (&repository_lock);
}

void
thr_call_unlock_repository (void)
{
  g_mutex_unlock (&repository_lock);
}

ThrCallSignature *
thr_call_signature_get (const char  *namespace_,
                        const char  *function,
                        GError     **error)
{
  g_autofree char *key = g_strconcat (namespace_, "\n", function, NULL);
  ThrCallSignature *self;

  thr_call_lock_repository ();

  if (cache == NULL)
    cache = g_hash_table_new (g_str_hash, g_str_equal);

  self = g_hash_table_lookup (cache, key);
  if (self == NULL)
    {
      self = new_signature (namespace_, function, error);
      if (self != NULL)
        g_hash_table_insert (cache, g_steal_pointer (&key), self);
    }
  if (self != NULL)
    thr_call_signature_ref (self);

  thr_call_unlock_repository ();
  return self;
}
