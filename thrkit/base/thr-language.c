/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-language-private.h"

#include <dlfcn.h>

#include "base/thr-error.h"
#include "base/thr-i18n-private.h"

/* A power of two. A program has one notify of its binding and a handful of
 * g_object_unref and g_free. */
#define N_REMEMBERED 32

/* Atomic, one word each. Whoever finds an address here knows all there is to
 * know of it, so nothing is published by these words and they pair with nothing;
 * two threads that write at once can only lose a memory, and look it up again.
 * An address stays true as long as its library stays loaded; libgjs is never
 * unloaded, and nothing else turns into it.
 */
static gpointer remembered_js;
static gpointer remembered_others[N_REMEMBERED];

static gpointer *
slot_for (gpointer address)
{
  gsize bits = GPOINTER_TO_SIZE (address) >> 4;

  return &remembered_others[(bits ^ (bits >> 8)) & (N_REMEMBERED - 1)];
}

static gboolean
is_js_library (const char *path)
{
  const char *slash = strrchr (path, '/');
  const char *name = slash != NULL ? slash + 1 : path;

  /* CJS is Cinnamon's copy of GJS, with the same laws. */
  return g_str_has_prefix (name, "libgjs.") || g_str_has_prefix (name, "libcjs.");
}

static gboolean
look_up_is_js (gpointer address)
{
  Dl_info info;

  if (dladdr (address, &info) != 0 &&
      info.dli_fname != NULL &&
      is_js_library (info.dli_fname))
    {
      __atomic_store_n (&remembered_js, address, __ATOMIC_RELAXED);
      return TRUE;
    }

  __atomic_store_n (slot_for (address), address, __ATOMIC_RELAXED);
  return FALSE;
}

static gboolean
type_is_js (GType type)
{
  /* GJS marks each type that JavaScript registers. The quark is asked for every
   * time until it is there, since GJS may be loaded later. */
  GQuark quark = g_quark_try_string ("gjs::custom-type");

  if (quark == 0)
    return FALSE;

  for (; type != G_TYPE_INVALID; type = g_type_parent (type))
    {
      if (g_type_get_qdata (type, quark) != NULL)
        return TRUE;
    }
  return FALSE;
}

gboolean
thr_language_notify_is_js (GDestroyNotify notify)
{
  gpointer address = (gpointer) notify;

  if (address == NULL)
    return FALSE;
  if (__atomic_load_n (slot_for (address), __ATOMIC_RELAXED) == address)
    return FALSE;
  if (__atomic_load_n (&remembered_js, __ATOMIC_RELAXED) == address)
    return TRUE;
  return look_up_is_js (address);
}

gboolean
thr_language_vfunc_is_js (gpointer instance,
                          gpointer vfunc)
{
  Dl_info info;

  if (vfunc == NULL)
    return FALSE;

  /* The cheap question first; a class that JavaScript made may still have its
   * function from a C parent, and then the function lies in a library, where a
   * binding's trampoline never lies. */
  return thr_language_instance_is_js (instance) && dladdr (vfunc, &info) == 0;
}

gboolean
thr_language_instance_is_js (gpointer instance)
{
  return type_is_js (G_TYPE_FROM_INSTANCE (instance));
}

gboolean
thr_language_set_wrong_language_error (GError     **error,
                                       const char  *what)
{
  g_set_error (error, THR_ERROR, THR_ERROR_WRONG_LANGUAGE,
               _("%s: JavaScript cannot run on another thread; give a Thr.Call, which runs an "
                 "introspected C function, or use a script worker"),
               what);
  return FALSE;
}
