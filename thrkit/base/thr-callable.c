/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-callable.h"

#include "base/thr-callable-private.h"
#include "base/thr-error.h"
#include "base/thr-i18n-private.h"
#include "base/thr-language-private.h"
#include "base/thr-process-private.h"

/**
 * ThrCallable:
 *
 * An object that can be run.
 *
 * A thread and a pool take a callable where a function cannot be given, or
 * where the work has something to carry with it. [class@Thr.Call] is one, which
 * runs an introspected C function; a class in C or Python becomes one by
 * implementing [vfunc@Thr.Callable.call]:
 *
 * ```c
 * static gboolean
 * answer_call (ThrCallable   *callable,
 *              GValue        *result,
 *              GCancellable  *cancellable,
 *              GError       **error)
 * {
 *   g_value_init (result, G_TYPE_INT);
 *   g_value_set_int (result, 42);
 *   return TRUE;
 * }
 * ```
 *
 * ```python
 * class Answer(GObject.Object, Thr.Callable):
 *     def do_call(self, cancellable):
 *         return True, 42
 * ```
 *
 * A callable written in JavaScript cannot be given to a thread or a pool, because
 * JavaScript runs on its own thread only; it is refused with
 * %THR_ERROR_WRONG_LANGUAGE.
 *
 * Thread safety: a callable is run by whatever thread it was given to, and by
 * several at once when it was given to several; its class says whether it can
 * bear that.
 *
 * Blocking: the work may block; it should end soon after its cancellable was
 * cancelled.
 */
G_DEFINE_INTERFACE (ThrCallable, thr_callable, G_TYPE_OBJECT)

static void
thr_callable_default_init (ThrCallableInterface *iface)
{
}

static gboolean
run_unchecked (ThrCallable                 *self,
               const ThrCallableInterface  *iface,
               GValue                      *result,
               GCancellable                *cancellable,
               GError                     **error)
{
  GError *local_error = NULL;
  gboolean success = iface->call (self, result, cancellable, &local_error);

  /* An error counts even beside TRUE: of the two answers it is the one that must
   * not be lost. */
  if (success && local_error == NULL)
    return TRUE;

  if (G_IS_VALUE (result))
    g_value_unset (result);

  if (local_error != NULL)
    g_propagate_error (error, local_error);
  else
    g_set_error (error, THR_ERROR, THR_ERROR_NO_RESULT,
                 _("call() of %s failed without saying why: it returned FALSE and set no error"),
                 G_OBJECT_TYPE_NAME (self));
  return FALSE;
}

gboolean
thr_callable_run (ThrCallable   *self,
                  GValue        *result,
                  GCancellable  *cancellable,
                  GError       **error)
{
  const ThrCallableInterface *iface = THR_CALLABLE_GET_IFACE (self);

  g_assert (!G_IS_VALUE (result));

  if (iface->call == NULL)
    {
      g_set_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                   _("%s does not implement call()"),
                   G_OBJECT_TYPE_NAME (self));
      return FALSE;
    }

  /* GJS would block the call with a critical and make FALSE of it. */
  if (thr_callable_is_js (self) && !thr_process_is_main_thread ())
    return thr_language_set_wrong_language_error (error, G_OBJECT_TYPE_NAME (self));

  return run_unchecked (self, iface, result, cancellable, error);
}

gboolean
thr_callable_is_js (ThrCallable *self)
{
  return thr_language_vfunc_is_js (self, THR_CALLABLE_GET_IFACE (self)->call);
}

/**
 * thr_callable_call:
 * @self: a callable
 * @result: (out caller-allocates) (optional): a value that receives the result;
 *   one that holds something is unset first
 * @cancellable: (nullable): a cancellable that the work may look at
 * @error: return location for an error
 *
 * Runs the object on the calling thread and gives its result.
 *
 * Afterwards @result always holds something, for the language bindings can read
 * nothing else: an empty result, and the one beside an error, is a %NULL of the
 * type %G_TYPE_OBJECT, which is `None` in Python and `null` in JavaScript and
 * need not be unset. Free any other with [method@GObject.Value.unset].
 *
 * An implementation that returns %FALSE without an error, as one does whose
 * Python function has raised an exception that is not a [struct@GLib.Error],
 * gives %THR_ERROR_NO_RESULT. One that is JavaScript gives
 * %THR_ERROR_WRONG_LANGUAGE away from the main thread, and a class
 * that implements nothing %THR_ERROR_INVALID_ARGUMENT.
 *
 * It may block for as long as the work does, and runs the work on the stack of
 * the caller.
 *
 * Returns: %TRUE when the work succeeded, %FALSE when it failed
 */
gboolean
thr_callable_call (ThrCallable   *self,
                   GValue        *result,
                   GCancellable  *cancellable,
                   GError       **error)
{
  GValue value = G_VALUE_INIT;
  gboolean success;

  g_return_val_if_fail (THR_IS_CALLABLE (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  success = thr_callable_run (self, &value, cancellable, error);

  if (result == NULL)
    {
      if (G_IS_VALUE (&value))
        g_value_unset (&value);
      return success;
    }

  if (G_IS_VALUE (result))
    g_value_unset (result);

  /* After a failure too: GJS converts the result before it looks at the error,
   * and a value without a type would hide the error behind one of its own. */
  if (!G_IS_VALUE (&value))
    g_value_init (&value, G_TYPE_OBJECT);
  *result = value;

  return success;
}

/**
 * thr_callable_call_into:
 * @self: a callable
 * @result: a value that receives the result; what it holds is unset first
 * @cancellable: (nullable): a cancellable that the work may look at
 * @error: return location for an error
 *
 * The same as [method@Thr.Callable.call], with the value given by the caller.
 *
 * It is for PyGObject, whose versions before 3.44 hand a boxed result out after
 * it was freed: `value = GObject.Value(); callable.call_into(value, None);
 * value.get_value()` is safe with all of them.
 *
 * Returns: %TRUE when the work succeeded, %FALSE when it failed
 */
gboolean
thr_callable_call_into (ThrCallable   *self,
                        GValue        *result,
                        GCancellable  *cancellable,
                        GError       **error)
{
  g_return_val_if_fail (result != NULL, FALSE);

  return thr_callable_call (self, result, cancellable, error);
}
