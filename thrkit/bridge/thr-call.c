/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "bridge/thr-call.h"

#include "base/thr-error.h"
#include "base/thr-i18n-private.h"
#include "base/thr-object-private.h"
#include "bridge/thr-call-convert-private.h"
#include "bridge/thr-call-invoke-private.h"
#include "bridge/thr-call-policy-private.h"
#include "bridge/thr-call-signature-private.h"

/**
 * ThrCall:
 *
 * An introspected C function together with its arguments, as a
 * [iface@Thr.Callable].
 *
 * It is how JavaScript, whose own functions never leave their thread, has work
 * done on another one, and how Python does so without its lock being held: any
 * function or method of any library with a typelib can be run.
 *
 * ```js
 * const call = Thr.Call.new('GLib', 'compute_checksum_for_bytes',
 *     [GLib.ChecksumType.SHA256, bytes]);
 * const sum = await pool.submit_callable(call);
 * ```
 *
 * ```python
 * call = Thr.Call.new('Gio', 'File.load_contents', [file])
 * ```
 *
 * ```c
 * g_autoptr (GError) error = NULL;
 * g_autoptr (ThrCall) call = NULL;
 * g_auto (GValue) file = G_VALUE_INIT;
 *
 * g_value_init (&file, G_TYPE_FILE);
 * g_value_take_object (&file, g_file_new_for_path ("/etc/hostname"));
 * call = thr_call_new ("Gio", "File.load_contents", &file, 1, &error);
 * ```
 *
 * ## Arguments
 *
 * The arguments are those that the function has in a language: a method's
 * instance first; no lengths of arrays, no out parameters, no `GError`. Numbers
 * may come as any number that has the same value. An enumeration or flags take a
 * number, a value of theirs, or names ("sha256", "overwrite|backup"); a type
 * takes a `GType` or its name; bytes take a [struct@GLib.Bytes], a
 * [struct@GLib.ByteArray], an `ay` or a string; any other array or list takes a
 * `GStrv`, an array [struct@GLib.Variant], a [class@Thr.Values] or a
 * [iface@Gio.ListModel]; a hash table takes a dictionary variant. Nothing is
 * guessed: what does not fit is an error.
 *
 * A [class@Gio.Cancellable] that is null, or left out at the end, is the
 * one of the task or thread that runs the call. A callback can only be null.
 *
 * ## Result
 *
 * The result is what the function returns together with its out parameters: when
 * there are none, an empty one; one is itself; several are a [class@Thr.Values].
 * A `gboolean` beside others that only repeats whether there was an error is left
 * out; when it is %FALSE and there was none, the run fails with
 * %THR_ERROR_NO_RESULT.
 *
 * Bytes are a [struct@GLib.Bytes], strings a `GStrv`, arrays and lists of numbers
 * an array [struct@GLib.Variant], hash tables a dictionary one, arrays of anything
 * else a [class@Thr.Values].
 *
 * ## What may not be called
 *
 * Functions of GTK, GDK, Clutter and other libraries that belong to the main
 * thread, those that run a main loop or end a thread, those that answer through a
 * callback, and those that want one.
 *
 * An object with signal handlers of a language binding is refused when the call is
 * run, since they would be called on the wrong thread, which crashes GJS; set
 * [property@Thr.Call:allow-observed] when you know that the function emits
 * nothing. A method of an object whose class is written in JavaScript is
 * refused with %THR_ERROR_WRONG_LANGUAGE.
 *
 * Thread safety: one call may be run any number of times and by several threads at
 * once; whether the function and the objects can bear that is theirs to know. A
 * boxed argument is a copy, made once, so a method that changes its boxed instance
 * changes the copy. Making a call uses the repository of typelibs, which bindings
 * use without a lock: make calls on the thread where the program imports its
 * libraries.
 *
 * Blocking: running it blocks for as long as the function does.
 */
struct _ThrCall
{
  ThrObject         parent_instance;

  /* Constant once made. */
  char             *namespace_;
  char             *function;
  ThrCallSignature *signature;      /* NULL: made without thr_call_new() */
  GValue           *args;
  guint             n_args;
  ThrCallSlot      *slots;          /* what all runs share, pointing into … */
  ThrCallScratch    scratch;        /* … this and the arguments */
  GPtrArray        *objects;        /* owned: all GObjects among the arguments */

  int               allow_observed; /* atomic; of itself, it publishes nothing */
};

enum {
  PROP_NAMESPACE = 1,
  PROP_FUNCTION,
  PROP_ALLOW_OBSERVED,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];
static guint allow_observed_bit;

static void thr_call_callable_init (ThrCallableInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ThrCall, thr_call, THR_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (THR_TYPE_CALLABLE, thr_call_callable_init))

static gboolean
check_objects (ThrCall  *self,
               GError  **error)
{
  gpointer instance = self->signature->has_instance ? self->slots[0].value.v_pointer : NULL;

  if (g_atomic_int_get (&self->allow_observed))
    return TRUE;

  for (guint i = 0; i < self->objects->len; i++)
    {
      GObject *object = self->objects->pdata[i];

      if (!thr_call_policy_check_object (object, object == instance, error))
        {
          g_prefix_error (error, "%s(): ", self->signature->name);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
thr_call_callable_call (ThrCallable   *callable,
                        GValue        *result,
                        GCancellable  *cancellable,
                        GError       **error)
{
  ThrCall *self = THR_CALL (callable);

  if (self->signature == NULL)
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_STATE,
                           _("The call has no function: make it with thr_call_new()"));
      return FALSE;
    }

  return check_objects (self, error) &&
         thr_call_invoke (self->signature, self->args, self->n_args, self->slots,
                          cancellable, result, error);
}

static void
thr_call_finalize (GObject *object)
{
  ThrCall *self = THR_CALL (object);

  thr_call_scratch_clear (&self->scratch, FALSE);
  for (guint i = 0; i < self->n_args; i++)
    {
      if (G_IS_VALUE (&self->args[i]))
        g_value_unset (&self->args[i]);
    }
  g_free (self->args);
  g_free (self->slots);
  g_ptr_array_unref (self->objects);
  g_clear_pointer (&self->signature, thr_call_signature_unref);
  g_free (self->namespace_);
  g_free (self->function);

  G_OBJECT_CLASS (thr_call_parent_class)->finalize (object);
}

static void
thr_call_get_property (GObject    *object,
                       guint       prop_id,
                       GValue     *value,
                       GParamSpec *pspec)
{
  ThrCall *self = THR_CALL (object);

  switch (prop_id)
    {
    case PROP_NAMESPACE:
      g_value_set_string (value, thr_call_get_namespace (self));
      break;

    case PROP_FUNCTION:
      g_value_set_string (value, thr_call_get_function (self));
      break;

    case PROP_ALLOW_OBSERVED:
      g_value_set_boolean (value, thr_call_get_allow_observed (self));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
thr_call_set_property (GObject      *object,
                       guint         prop_id,
                       const GValue *value,
                       GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_ALLOW_OBSERVED:
      thr_call_set_allow_observed (THR_CALL (object), g_value_get_boolean (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
thr_call_callable_init (ThrCallableInterface *iface)
{
  iface->call = thr_call_callable_call;
}

static void
thr_call_class_init (ThrCallClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = thr_call_finalize;
  object_class->get_property = thr_call_get_property;
  object_class->set_property = thr_call_set_property;

  /**
   * ThrCall:namespace:
   *
   * The namespace of the function, as it was given.
   */
  properties[PROP_NAMESPACE] =
    g_param_spec_string ("namespace", NULL, NULL,
                         NULL,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * ThrCall:function:
   *
   * The name of the function, as it was given.
   */
  properties[PROP_FUNCTION] =
    g_param_spec_string ("function", NULL, NULL,
                         NULL,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * ThrCall:allow-observed:
   *
   * Whether objects may be given to the function that have signal handlers of a
   * language binding, or are written in JavaScript.
   *
   * Such a handler, and such a method, would be called on the thread that runs the
   * call: GJS crashes then, and Python's functions run where they do not expect
   * it. Set it only for a function that emits nothing and calls no method of
   * theirs.
   */
  properties[PROP_ALLOW_OBSERVED] =
    g_param_spec_boolean ("allow-observed", NULL, NULL,
                          FALSE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
  allow_observed_bit = thr_object_class_add_notify (THR_OBJECT_CLASS (klass),
                                                    properties[PROP_ALLOW_OBSERVED]);
}

static void
thr_call_init (ThrCall *self)
{
  self->objects = g_ptr_array_new_with_free_func (g_object_unref);
  thr_call_scratch_init (&self->scratch, self->objects);
}

static void
copy_args (ThrCall      *self,
           const GValue *args,
           guint         n_args)
{
  self->args = g_new0 (GValue, n_args);
  self->n_args = n_args;
  for (guint i = 0; i < n_args; i++)
    {
      if (!G_IS_VALUE (&args[i]))
        continue;
      g_value_init (&self->args[i], G_VALUE_TYPE (&args[i]));
      g_value_copy (&args[i], &self->args[i]);
    }
}

static gboolean
check_types (ThrCall  *self,
             GError  **error)
{
  gboolean allowed = TRUE;

  thr_call_lock_repository ();
  for (guint i = 0; i < self->objects->len && allowed; i++)
    allowed = thr_call_policy_check_type (G_OBJECT_TYPE (self->objects->pdata[i]), error);
  thr_call_unlock_repository ();

  if (!allowed)
    g_prefix_error (error, "%s(): ", self->signature->name);
  return allowed;
}

/**
 * thr_call_new:
 * @namespace_: the namespace, as in `Gio`, or `Gio-2.0` when the version matters
 * @function: the name of the function, as in `compute_checksum_for_string`,
 *   `File.load_contents` or `Gio.File.new_for_path`
 * @args: (array length=n_args) (nullable): the arguments, a method's instance
 *   first
 * @n_args: how many
 * @error: return location for an error
 *
 * Makes a call of an introspected function.
 *
 * Everything is looked up, checked and converted now, so that a run can only fail
 * by the function's own error. The typelib is loaded when it is not yet; without a
 * version, the one in use or else the newest.
 *
 * A wrong namespace or name, a wrong number or type of arguments, a type that
 * cannot be carried and a function that may not be called give
 * %THR_ERROR_INVALID_ARGUMENT, with a text that names the argument.
 *
 * Returns: (transfer full): a new call, or %NULL with @error set
 */
ThrCall *
thr_call_new (const char    *namespace_,
              const char    *function,
              const GValue  *args,
              guint          n_args,
              GError       **error)
{
  g_autoptr (ThrCall) self = NULL;
  ThrCallSignature *signature;

  g_return_val_if_fail (namespace_ != NULL, NULL);
  g_return_val_if_fail (function != NULL, NULL);
  g_return_val_if_fail (args != NULL || n_args == 0, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  signature = thr_call_signature_get (namespace_, function, error);
  if (signature == NULL)
    return NULL;

  self = g_object_new (THR_TYPE_CALL, NULL);
  self->namespace_ = g_strdup (namespace_);
  self->function = g_strdup (function);
  self->signature = signature;
  self->slots = g_new0 (ThrCallSlot, signature->n_params + 1);
  copy_args (self, args, n_args);

  if (!thr_call_prepare (signature, self->args, n_args, self->slots, &self->scratch, error) ||
      !check_types (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * thr_call_get_namespace: (get-property namespace)
 * @self: a call
 *
 * Gets the namespace of the function.
 *
 * Returns: the namespace, as it was given
 */
const char *
thr_call_get_namespace (ThrCall *self)
{
  g_return_val_if_fail (THR_IS_CALL (self), NULL);

  return self->namespace_;
}

/**
 * thr_call_get_function: (get-property function)
 * @self: a call
 *
 * Gets the name of the function.
 *
 * Returns: the name, as it was given
 */
const char *
thr_call_get_function (ThrCall *self)
{
  g_return_val_if_fail (THR_IS_CALL (self), NULL);

  return self->function;
}

/**
 * thr_call_get_allow_observed: (get-property allow-observed)
 * @self: a call
 *
 * Gets whether objects that a language observes may be given to the function.
 *
 * Returns: whether they may
 */
gboolean
thr_call_get_allow_observed (ThrCall *self)
{
  g_return_val_if_fail (THR_IS_CALL (self), FALSE);

  return g_atomic_int_get (&self->allow_observed);
}

/**
 * thr_call_set_allow_observed: (set-property allow-observed)
 * @self: a call
 * @allow_observed: whether they may
 *
 * Sets whether objects that a language observes may be given to the function.
 *
 * Any thread; it counts for the runs that begin afterwards.
 */
void
thr_call_set_allow_observed (ThrCall  *self,
                             gboolean  allow_observed)
{
  int old;

  g_return_if_fail (THR_IS_CALL (self));

  allow_observed = !!allow_observed;
  /* An exchange, so that of two setters only one sees the change. */
  old = __atomic_exchange_n (&self->allow_observed, allow_observed, __ATOMIC_SEQ_CST);
  if (old != allow_observed)
    thr_object_post_bits (THR_OBJECT (self), allow_observed_bit);
}
