/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <dlfcn.h>
#include <gio/gio.h>
#include <sys/mman.h>

#include "base/thr-error.h"
#include "base/thr-language-private.h"

static void
test_notify (void)
{
  /* Twice, for the second answer comes from memory. */
  for (guint i = 0; i < 2; i++)
    {
      g_assert_false (thr_language_notify_is_js (NULL));
      g_assert_false (thr_language_notify_is_js (g_free));
      g_assert_false (thr_language_notify_is_js (g_object_unref));
      g_assert_false (thr_language_notify_is_js ((GDestroyNotify) g_value_unset));
      /* In no library at all */
      g_assert_false (thr_language_notify_is_js ((GDestroyNotify) &i));
    }
}

static void
test_js_notify (void)
{
  void *library = dlopen ("libgjs.so.0", RTLD_LAZY | RTLD_LOCAL);
  GDestroyNotify notify;

  if (library == NULL)
    {
      g_test_skip ("no GJS");
      return;
    }

  notify = (GDestroyNotify) dlsym (library, "gjs_context_get_type");
  g_assert_nonnull (notify);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (thr_language_notify_is_js (notify));
      g_assert_false (thr_language_notify_is_js (g_free));
    }
}

static gpointer
ask_many_cb (gpointer data)
{
  for (guint i = 0; i < 10000; i++)
    {
      g_assert_false (thr_language_notify_is_js (g_free));
      /* Addresses enough to push each other out of the memory */
      g_assert_false (thr_language_notify_is_js ((GDestroyNotify) ((gsize) g_free + i % 512)));
    }
  return NULL;
}

static void
test_many_threads (void)
{
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("asker", ask_many_cb, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

static void
test_vfunc (void)
{
  g_autoptr (GObject) plain = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (GSimpleAction) marked = g_simple_action_new ("a", NULL);
  gpointer trampoline = mmap (NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  g_assert_true (trampoline != MAP_FAILED);
  g_assert_false (thr_language_vfunc_is_js (plain, NULL));
  g_assert_false (thr_language_vfunc_is_js (plain, trampoline));
  g_assert_false (thr_language_instance_is_js (marked));

  /* As GJS marks the classes that it makes. */
  g_type_set_qdata (G_TYPE_SIMPLE_ACTION, g_quark_from_static_string ("gjs::custom-type"),
                    GINT_TO_POINTER (1));
  g_assert_true (thr_language_instance_is_js (marked));
  g_assert_true (thr_language_vfunc_is_js (marked, trampoline));
  /* Such a class still has functions that it inherited from C. */
  g_assert_false (thr_language_vfunc_is_js (marked, g_free));
  g_assert_false (thr_language_vfunc_is_js (plain, trampoline));

  munmap (trampoline, 4096);
}

static void
test_error (void)
{
  GError *error = NULL;

  g_assert_false (thr_language_set_wrong_language_error (&error, "submit()"));
  g_assert_error (error, THR_ERROR, THR_ERROR_WRONG_LANGUAGE);
  g_assert_true (g_str_has_prefix (error->message, "submit(): "));
  g_clear_error (&error);
  g_assert_false (thr_language_set_wrong_language_error (NULL, "submit()"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/language/notify", test_notify);
  g_test_add_func ("/language/js-notify", test_js_notify);
  g_test_add_func ("/language/many-threads", test_many_threads);
  g_test_add_func ("/language/vfunc", test_vfunc);
  g_test_add_func ("/language/error", test_error);

  return g_test_run ();
}
