/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "bridge/thr-call-lookup-private.h"

#include "base/thr-error.h"
#include "base/thr-i18n-private.h"
#include "bridge/thr-call-policy-private.h"

static GIFunctionInfo *
find_in_object (GIBaseInfo *object,
                const char *name)
{
  GIBaseInfo *current = g_base_info_ref (object);
  GIFunctionInfo *found = NULL;

  /* As in every language, a method may be named on a class that inherits it. */
  while (current != NULL && found == NULL)
    {
      GIBaseInfo *parent;

      found = g_object_info_find_method_using_interfaces (current, name, NULL);
      parent = g_object_info_get_parent (current);
      g_base_info_unref (current);
      current = parent;
    }

  g_clear_pointer (&current, g_base_info_unref);
  return found;
}

static GIFunctionInfo *
find_in_interface (GIBaseInfo *interface,
                   const char *name)
{
  GIFunctionInfo *found = g_interface_info_find_method (interface, name);
  int n = g_interface_info_get_n_prerequisites (interface);

  for (int i = 0; i < n && found == NULL; i++)
    {
      GIBaseInfo *prerequisite = g_interface_info_get_prerequisite (interface, i);

      if (g_base_info_get_type (prerequisite) == GI_INFO_TYPE_INTERFACE)
        found = find_in_interface (prerequisite, name);
      else if (g_base_info_get_type (prerequisite) == GI_INFO_TYPE_OBJECT)
        found = find_in_object (prerequisite, name);
      g_base_info_unref (prerequisite);
    }
  return found;
}

static GIFunctionInfo *
find_in_enum (GIBaseInfo *info,
              const char *name)
{
  int n = g_enum_info_get_n_methods (info);

  for (int i = 0; i < n; i++)
    {
      GIFunctionInfo *method = g_enum_info_get_method (info, i);

      if (g_str_equal (g_base_info_get_name (method), name))
        return method;
      g_base_info_unref (method);
    }
  return NULL;
}

static GIFunctionInfo *
find_in_container (GIBaseInfo *container,
                   const char *name)
{
  switch (g_base_info_get_type (container))
    {
    case GI_INFO_TYPE_OBJECT:
      return find_in_object (container, name);

    case GI_INFO_TYPE_INTERFACE:
      return find_in_interface (container, name);

    case GI_INFO_TYPE_STRUCT:
    case GI_INFO_TYPE_BOXED:
      return g_struct_info_find_method (container, name);

    case GI_INFO_TYPE_UNION:
      return g_union_info_find_method (container, name);

    case GI_INFO_TYPE_ENUM:
    case GI_INFO_TYPE_FLAGS:
      return find_in_enum (container, name);

    default:
      return NULL;
    }
}

/* @parts: what @function is made of, without the namespace. */
static GIFunctionInfo *
find_function (const char  *namespace_,
               char       **parts,
               guint        n_parts)
{
  GIBaseInfo *info = g_irepository_find_by_name (NULL, namespace_, parts[0]);
  GIFunctionInfo *found = NULL;

  if (info == NULL)
    return NULL;

  if (n_parts == 1 && g_base_info_get_type (info) == GI_INFO_TYPE_FUNCTION)
    found = g_base_info_ref (info);
  else if (n_parts == 2)
    found = find_in_container (info, parts[1]);

  g_base_info_unref (info);
  return found;
}

static gboolean
require_namespace (const char  *namespace_,
                   const char  *version,
                   GError     **error)
{
  g_autoptr (GError) local_error = NULL;

  /* Before it is loaded: a second version of GTK must not get into the process
   * by a call that will be refused anyway. */
  if (!thr_call_policy_check_namespace (namespace_, error))
    return FALSE;

  /* What is loaded already, by the program itself, decides about the version. */
  if (version == NULL && g_irepository_is_registered (NULL, namespace_, NULL))
    return TRUE;

  if (g_irepository_require (NULL, namespace_, version, 0, &local_error) != NULL)
    return TRUE;

  g_set_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
               _("There is no namespace “%s”: %s"), namespace_, local_error->message);
  return FALSE;
}

GIFunctionInfo *
thr_call_look_up (const char  *namespace_,
                  const char  *function,
                  GError     **error)
{
  g_auto (GStrv) name = g_strsplit (namespace_, "-", 2);
  g_auto (GStrv) parts = g_strsplit (function, ".", 4);
  guint n_parts = g_strv_length (parts);
  guint skip;
  GIFunctionInfo *info = NULL;

  if (name[0] == NULL || !require_namespace (name[0], name[1], error))
    {
      if (name[0] == NULL)
        g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                             _("The namespace of a function cannot be empty"));
      return NULL;
    }

  /* No class has the name of its namespace and a class "File" inside it. */
  skip = n_parts > 1 && g_str_equal (parts[0], name[0]) ? 1 : 0;
  if (n_parts - skip == 1 || n_parts - skip == 2)
    info = find_function (name[0], parts + skip, n_parts - skip);

  if (info == NULL)
    g_set_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                 _("There is no function “%s” in the namespace %s"), function, name[0]);
  return info;
}
