/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "bridge/thr-call-policy-private.h"

#include "base/thr-error.h"
#include "base/thr-i18n-private.h"
#include "base/thr-language-private.h"
#include "bridge/thr-call-private.h"

/* GdkPixbuf is missing on purpose: its objects belong to nobody. */
static const char * const main_thread_namespaces[] = {
  "Adw", "AppStreamGtk", "Cally", "Champlain", "Clutter", "ClutterGst", "ClutterX11", "Cogl",
  "CoglPango", "Dazzle", "Gdk", "GdkMacos", "GdkWayland", "GdkWin32", "GdkX11", "Gdl", "GcrUi",
  "Gjs", "GjsPrivate", "Gsk", "GtkChamplain", "GtkClutter", "Gtk", "Gtk4LayerShell",
  "Gtk4SessionLock", "GtkLayerShell", "GtkosxApplication", "GtkSource", "GtkSpell", "Handy", "He",
  "Meta", "MetaTest", "Mtk", "Panel", "PeasGtk", "Shell", "Shumate", "Spelling", "St", "Vte",
  "WebKit", "WebKit2", "Wnck", "XdpGtk3", "XdpGtk4",
};

/* Which functions, and why not. "Class." stands for all of its functions. */
typedef enum {
  RUNS_LOOP,
  OWNS_THREAD,
  ENDS_THREAD,
  ENDS_PROCESS
} Refusal;

static const struct
{
  const char *name;
  Refusal     refusal;
} refused_functions[] = {
  { "GLib.MainLoop.run", RUNS_LOOP },
  { "GLib.MainContext.acquire", RUNS_LOOP },
  { "GLib.MainContext.check", RUNS_LOOP },
  { "GLib.MainContext.dispatch", RUNS_LOOP },
  { "GLib.MainContext.iteration", RUNS_LOOP },
  { "GLib.MainContext.pop_thread_default", RUNS_LOOP },
  { "GLib.MainContext.prepare", RUNS_LOOP },
  { "GLib.MainContext.push_thread_default", RUNS_LOOP },
  { "GLib.MainContext.query", RUNS_LOOP },
  { "GLib.MainContext.release", RUNS_LOOP },
  { "GLib.MainContext.wait", RUNS_LOOP },
  { "Gio.Application.quit", RUNS_LOOP },
  { "Gio.Application.run", RUNS_LOOP },
  { "GLib.Cond.", OWNS_THREAD },
  { "GLib.Mutex.", OWNS_THREAD },
  { "GLib.Private.", OWNS_THREAD },
  { "GLib.RecMutex.", OWNS_THREAD },
  { "GLib.RWLock.", OWNS_THREAD },
  { "GLib.StaticMutex.", OWNS_THREAD },
  { "GLib.StaticPrivate.", OWNS_THREAD },
  { "GLib.StaticRecMutex.", OWNS_THREAD },
  { "GLib.StaticRWLock.", OWNS_THREAD },
  { "Gio.Cancellable.pop_current", OWNS_THREAD },
  { "Gio.Cancellable.push_current", OWNS_THREAD },
  { "GLib.Thread.exit", ENDS_THREAD },
  { "GLib.Thread.join", ENDS_THREAD },
  { "GLib.Thread.unref", ENDS_THREAD },
  { "GLib.thread_exit", ENDS_THREAD },
  { "Thr.exit_thread", ENDS_THREAD },
  { "GLib.assertion_message", ENDS_PROCESS },
  { "GLib.assertion_message_error", ENDS_PROCESS },
  { "GLib.assertion_message_expr", ENDS_PROCESS },
  { "GLib.on_error_query", ENDS_PROCESS },
  { "GLib.on_error_stack_trace", ENDS_PROCESS },
};

static gboolean
is_main_thread_namespace (const char *namespace_)
{
  for (guint i = 0; i < G_N_ELEMENTS (main_thread_namespaces); i++)
    {
      if (g_str_equal (main_thread_namespaces[i], namespace_))
        return TRUE;
    }
  return FALSE;
}

gboolean
thr_call_policy_check_namespace (const char  *namespace_,
                                 GError     **error)
{
  if (!is_main_thread_namespace (namespace_))
    return TRUE;

  g_set_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
               _("%s belongs to the main thread: its functions must not be called on another one"),
               namespace_);
  return FALSE;
}

static const char *
explain (Refusal refusal)
{
  switch (refusal)
    {
    case RUNS_LOOP:
      return _("it runs or takes over a main loop");

    case OWNS_THREAD:
      return _("what it does is bound to the thread that calls it, and two calls may run on two "
               "threads");

    case ENDS_THREAD:
      return _("it would end or consume a thread that is not the caller's");

    case ENDS_PROCESS:
    default:
      return _("it ends the process");
    }
}

/* A method that takes a function and answers later has nothing to do on a worker:
 * its answer would come to a main loop that does not run there. */
static gboolean
check_async (GIFunctionInfo  *info,
             const char      *name,
             GError         **error)
{
  int n = g_callable_info_get_n_args (info);

  for (int i = 0; i < n; i++)
    {
      g_autoptr (ThrInfo) arg = g_callable_info_get_arg (info, i);
      g_autoptr (ThrInfo) type = g_arg_info_get_type (arg);
      g_autoptr (ThrInfo) interface = NULL;

      if (g_type_info_get_tag (type) != GI_TYPE_TAG_INTERFACE)
        continue;

      interface = g_type_info_get_interface (type);
      if (g_str_equal (g_base_info_get_name (interface), "AsyncReadyCallback"))
        {
          g_set_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                       _("%s answers through a callback on a main loop: use the function that "
                         "blocks, or call it where it is awaited"),
                       name);
          return FALSE;
        }
    }
  return TRUE;
}

/* A widget of an application's own library is in a namespace that nobody knows, but
 * its ancestors are not. */
static gboolean
check_ancestors (GIBaseInfo  *class_info,
                 GError     **error)
{
  g_autoptr (ThrInfo) parent = g_object_info_get_parent (class_info);

  return parent == NULL ||
         (thr_call_policy_check_namespace (g_base_info_get_namespace (parent), error) &&
          check_ancestors (parent, error));
}

gboolean
thr_call_policy_check_function (GIFunctionInfo  *info,
                                GError         **error)
{
  GIBaseInfo *container = g_base_info_get_container (info);
  g_autofree char *name = NULL;

  if (container != NULL)
    name = g_strdup_printf ("%s.%s.%s", g_base_info_get_namespace (info),
                            g_base_info_get_name (container), g_base_info_get_name (info));
  else
    name = g_strdup_printf ("%s.%s", g_base_info_get_namespace (info),
                            g_base_info_get_name (info));

  for (guint i = 0; i < G_N_ELEMENTS (refused_functions); i++)
    {
      const char *refused = refused_functions[i].name;

      if (g_str_has_suffix (refused, ".") ? g_str_has_prefix (name, refused)
                                          : g_str_equal (name, refused))
        {
          g_set_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                       /* Translators: a function and one of the reasons above */
                       _("%s must not be called on another thread: %s"),
                       name, explain (refused_functions[i].refusal));
          return FALSE;
        }
    }

  if (container != NULL && g_base_info_get_type (container) == GI_INFO_TYPE_OBJECT &&
      !check_ancestors (container, error))
    return FALSE;

  return check_async (info, name, error);
}

gboolean
thr_call_policy_check_type (GType    type,
                            GError **error)
{
  /* An application's own widget is in no typelib, but its ancestors are. */
  for (; type != G_TYPE_INVALID; type = g_type_parent (type))
    {
      g_autoptr (ThrInfo) info = g_irepository_find_by_gtype (NULL, type);

      if (info != NULL &&
          !thr_call_policy_check_namespace (g_base_info_get_namespace (info), error))
        return FALSE;
    }
  return TRUE;
}

/* GObject tells nobody whose handlers an object has. But the bindings mark the
 * objects that they have a wrapper for, and any handler will be found by asking
 * for one that is not blocked. */
static gboolean
is_observed (GObject *object)
{
  static const char * const marks[] = {
    "gjs::private",
    "PyGObject::wrapper",
    "PyGObject::instance-data",
  };

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    {
      GQuark quark = g_quark_try_string (marks[i]);

      if (quark != 0 && g_object_get_qdata (object, quark) != NULL)
        return g_signal_handler_find (object, G_SIGNAL_MATCH_UNBLOCKED,
                                      0, 0, NULL, NULL, NULL) != 0;
    }
  return FALSE;
}

gboolean
thr_call_policy_check_object (GObject   *object,
                              gboolean   is_instance,
                              GError   **error)
{
  if (is_instance && thr_language_instance_is_js (object))
    {
      g_set_error (error, THR_ERROR, THR_ERROR_WRONG_LANGUAGE,
                   _("The class %s is written in JavaScript, which cannot run on another thread: "
                     "set “allow-observed” when the function calls no method of it"),
                   G_OBJECT_TYPE_NAME (object));
      return FALSE;
    }

  /* Cancelling is what one connects to a cancellable for, and no function that
   * takes one does it. */
  if ((!is_instance && G_IS_CANCELLABLE (object)) || !is_observed (object))
    return TRUE;

  g_set_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
               /* Translators: the argument is the name of a class */
               _("The %s has signal handlers of a language binding, which would be called on "
                 "another thread: disconnect them, or set “allow-observed” when the function "
                 "emits nothing"),
               G_OBJECT_TYPE_NAME (object));
  return FALSE;
}
