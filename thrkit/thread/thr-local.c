/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "thread/thr-local.h"

#include <string.h>

#include "base/thr-error.h"
#include "base/thr-i18n-private.h"
#include "base/thr-language-private.h"
#include "thread/thr-local-private.h"

/**
 * ThrLocal:
 *
 * A storage whose named values are others for each thread.
 *
 * It is Python's `threading.local` for every language: what one thread sets under a
 * name, no other thread sees.
 *
 * ```c
 * static void
 * remember_user (ThrLocal   *session,
 *                const char *user)
 * {
 *   g_auto (GValue) value = G_VALUE_INIT;
 *
 *   g_value_init (&value, G_TYPE_STRING);
 *   g_value_set_string (&value, user);
 *   thr_local_set (session, "user", &value, NULL);
 * }
 * ```
 *
 * *Life*: the values of a thread are freed when the thread ends, also of a thread that
 * the library did not start, and all values when the storage is freed. Objects and
 * boxed values are then freed at home, unless that is where it happens; see
 * [property@Thr.Object:main-context]. Values that are replaced or removed are freed at
 * once, by the caller.
 *
 * *Thread safety*: all functions may be called from any thread. Like any object, a
 * storage must be kept referenced while it is used.
 *
 * *Blocking*: never. No lock is held while values are freed.
 */

G_DEFINE_FINAL_TYPE (ThrLocal, thr_local, THR_TYPE_OBJECT)

static void
thr_local_finalize (GObject *object)
{
  ThrLocal *self = THR_LOCAL (object);

  thr_local_slots_drop (self);
  thr_home_throw_notify (thr_object_get_home (THR_OBJECT (self)), self->notify,
                         self->user_data);

  G_OBJECT_CLASS (thr_local_parent_class)->finalize (object);
}

static void
thr_local_class_init (ThrLocalClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = thr_local_finalize;

  thr_local_slots_init ();
}

static void
thr_local_init (ThrLocal *self)
{
  static guint64 last_id __attribute__ ((aligned (8))); /* atomic */

  /* Relaxed: a number and nothing else. */
  self->id = __atomic_add_fetch (&last_id, 1, __ATOMIC_RELAXED);
}

/* What the calling thread keeps here, prepared when it comes for the first time. */
static GHashTable *
get_values (ThrLocal *self,
            gboolean  make)
{
  gboolean made;
  GHashTable *values = thr_local_slots_find (self, make || self->initializer != NULL, &made);

  if (made && self->initializer != NULL)
    self->initializer (self, self->user_data);
  return values;
}

static GValue *
look_up (ThrLocal   *self,
         const char *name)
{
  GHashTable *values = get_values (self, FALSE);

  return values != NULL ? g_hash_table_lookup (values, name) : NULL;
}

/**
 * thr_local_new:
 *
 * Makes a storage.
 *
 * Returns: (transfer full): the storage
 */
ThrLocal *
thr_local_new (void)
{
  return g_object_new (THR_TYPE_LOCAL, NULL);
}

/**
 * thr_local_new_full:
 * @initializer: (scope notified) (closure user_data) (destroy notify) (nullable):
 *   called in each thread when it uses the storage for the first time
 * @user_data: data for @initializer
 * @notify: called with @user_data when the storage has gone
 * @error: return location for an error
 *
 * Makes a storage that is prepared for each thread.
 *
 * Error: %THR_ERROR_WRONG_LANGUAGE for a JavaScript function, which could not run in
 * another thread than its own. @notify is called at home all the same.
 *
 * Returns: (transfer full): the storage
 */
ThrLocal *
thr_local_new_full (ThrLocalFunc     initializer,
                    gpointer         user_data,
                    GDestroyNotify   notify,
                    GError         **error)
{
  ThrLocal *self;

  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  self = thr_local_new ();
  self->initializer = initializer;
  self->user_data = user_data;
  self->notify = notify;

  if (!thr_language_notify_is_js (notify) ||
      thr_language_set_wrong_language_error (error, "Thr.Local.new_full()"))
    return self;

  g_object_unref (self);
  return NULL;
}

/**
 * thr_local_get:
 * @self: a storage
 * @name: the name of a value
 *
 * Gets the calling thread's value of a name.
 *
 * An empty value is %NULL, too; [method@Thr.Local.has] tells the difference.
 *
 * Does not block. Any thread.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL when this thread has none;
 *   it is valid until this thread sets or removes it
 */
const GValue *
thr_local_get (ThrLocal   *self,
               const char *name)
{
  const GValue *value;

  g_return_val_if_fail (THR_IS_LOCAL (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  value = look_up (self, name);
  return value != NULL && G_IS_VALUE (value) ? value : NULL;
}

/**
 * thr_local_copy_value:
 * @self: a storage
 * @name: the name of a value
 * @value: a value that receives the copy; what it holds is unset first
 *
 * Copies the calling thread's value of a name.
 *
 * It is for PyGObject, which does not copy a boxed that it finds in a value that is
 * returned to it: `value = GObject.Value(); local.copy_value('name', value);
 * value.get_value()`. An empty value is a %NULL of the type %G_TYPE_OBJECT.
 *
 * Does not block. Any thread.
 *
 * Returns: %FALSE when this thread has none; @value is not touched then
 */
gboolean
thr_local_copy_value (ThrLocal   *self,
                      const char *name,
                      GValue     *value)
{
  const GValue *source;

  g_return_val_if_fail (THR_IS_LOCAL (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  source = look_up (self, name);
  if (source == NULL)
    return FALSE;

  if (G_IS_VALUE (value))
    g_value_unset (value);
  g_value_init (value, G_IS_VALUE (source) ? G_VALUE_TYPE (source) : G_TYPE_OBJECT);
  if (G_IS_VALUE (source))
    g_value_copy (source, value);
  return TRUE;
}

/**
 * thr_local_set:
 * @self: a storage
 * @name: the name of a value
 * @value: (nullable): what to copy, or %NULL for an empty value
 * @error: return location for an error
 *
 * Sets the calling thread's value of a name.
 *
 * Error: %THR_ERROR_INVALID_ARGUMENT for a value without a type. Nothing has changed
 * then.
 *
 * Does not block. Any thread.
 *
 * Returns: %TRUE when the value was set
 */
gboolean
thr_local_set (ThrLocal      *self,
               const char    *name,
               const GValue  *value,
               GError       **error)
{
  GValue *copy;

  g_return_val_if_fail (THR_IS_LOCAL (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (value != NULL && !G_IS_VALUE (value))
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                           _("A value without a type cannot be kept"));
      return FALSE;
    }

  copy = g_new0 (GValue, 1);
  if (value != NULL)
    {
      g_value_init (copy, G_VALUE_TYPE (value));
      g_value_copy (value, copy);
    }

  g_hash_table_replace (get_values (self, TRUE), g_strdup (name), copy);
  return TRUE;
}

/**
 * thr_local_has:
 * @self: a storage
 * @name: the name of a value
 *
 * Tells whether the calling thread has a value of a name, be it an empty one.
 *
 * Does not block. Any thread.
 *
 * Returns: whether there is a value
 */
gboolean
thr_local_has (ThrLocal   *self,
               const char *name)
{
  g_return_val_if_fail (THR_IS_LOCAL (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  return look_up (self, name) != NULL;
}

/**
 * thr_local_remove:
 * @self: a storage
 * @name: the name of a value
 *
 * Removes the calling thread's value of a name.
 *
 * Does not block. Any thread.
 *
 * Returns: whether there was a value
 */
gboolean
thr_local_remove (ThrLocal   *self,
                  const char *name)
{
  GHashTable *values;

  g_return_val_if_fail (THR_IS_LOCAL (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  values = get_values (self, FALSE);
  return values != NULL && g_hash_table_remove (values, name);
}

/**
 * thr_local_list_names:
 * @self: a storage
 *
 * Lists the names of the calling thread's values.
 *
 * Does not block. Any thread.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names, in the order of
 *   strcmp()
 */
char **
thr_local_list_names (ThrLocal *self)
{
  g_autoptr (GList) keys = NULL;
  GHashTable *values;
  GStrvBuilder *names;
  char **result;

  g_return_val_if_fail (THR_IS_LOCAL (self), NULL);

  values = get_values (self, FALSE);
  if (values != NULL)
    keys = g_list_sort (g_hash_table_get_keys (values), (GCompareFunc) strcmp);

  names = g_strv_builder_new ();
  for (GList *link = keys; link != NULL; link = link->next)
    g_strv_builder_add (names, link->data);
  result = g_strv_builder_end (names);
  g_strv_builder_unref (names);

  return result;
}
