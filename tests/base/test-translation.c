/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <thrkit/thrkit.h>

#include <glib/gstdio.h>
#include <libintl.h>
#include <locale.h>
#include <unistd.h>

/* An error text arrives in the language of the user, from the catalogues of the
 * build tree. */

#define DOMAIN "thrkit-1"
#define LOCALE "de_DE.UTF-8"

/* In the "C" locales nothing is translated, and no other need be there. But a
 * compiled locale does not know its name: C.UTF-8, which each Debian has, is put
 * under another one into a folder for LOCPATH. */
static const char *const c_locales[] = {
  "/usr/lib/locale/C.utf8",
  "/usr/lib/locale/C.UTF-8",
};

static char *locale_folder;

static void
make_locale (void)
{
  g_autofree char *link = NULL;

  locale_folder = g_dir_make_tmp ("thrkit-XXXXXX", NULL);
  g_assert_nonnull (locale_folder);
  link = g_build_filename (locale_folder, LOCALE, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (c_locales); i++)
    {
      if (g_file_test (c_locales[i], G_FILE_TEST_IS_DIR))
        {
          g_assert_no_errno (symlink (c_locales[i], link));
          break;
        }
    }
  g_setenv ("LOCPATH", locale_folder, TRUE);
}

static void
remove_locale (void)
{
  g_autofree char *link = g_build_filename (locale_folder, LOCALE, NULL);

  g_unlink (link);
  g_rmdir (locale_folder);
  g_free (locale_folder);
}

/* Also makes gettext look at LANGUAGE again, which it does after a change only. */
static gboolean
speak (const char *language)
{
  g_setenv ("LANGUAGE", language, TRUE);
  setlocale (LC_ALL, "C");

  return setlocale (LC_ALL, LOCALE) != NULL;
}

static char *
get_error_text (void)
{
  g_autoptr (ThrLock) lock = thr_lock_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (thr_lock_release (lock, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_NOT_HELD);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));

  return g_strdup (error->message);
}

static void
test_german (void)
{
  g_autofree char *text = NULL;

  if (!speak ("de"))
    {
      g_test_skip ("there is no locale to take");
      return;
    }

  text = get_error_text ();
  g_assert_cmpstr (text, ==, "Die Sperre wird von niemandem gehalten");
}

/* Each catalogue that was built is found, and says something of its own. */
static void
test_each_language (void)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_BUILT, "..", "po", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GHashTable) texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const char *language;
  guint n = 0;

  if (!speak ("en"))
    {
      g_test_skip ("there is no locale to take");
      return;
    }
  g_hash_table_add (texts, get_error_text ());

  g_assert_nonnull (dir);
  while ((language = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (folder, language, "LC_MESSAGES", DOMAIN ".mo",
                                                NULL);

      if (!g_file_test (file, G_FILE_TEST_EXISTS))
        continue;
      n++;
      g_assert_true (speak (language));
      if (!g_hash_table_add (texts, get_error_text ()))
        g_test_fail_printf ("%s says what another language says", language);
    }
  g_assert_cmpuint (n, >=, 5);
}

/* A language without a catalogue, and the "C" locale whatever LANGUAGE says. */
static void
test_untranslated (void)
{
  g_autofree char *unknown = NULL;
  g_autofree char *plain = NULL;

  if (speak ("tlh"))
    {
      unknown = get_error_text ();
      g_assert_cmpstr (unknown, ==, "The lock is not held by anybody");
    }

  g_setenv ("LANGUAGE", "de", TRUE);
  setlocale (LC_ALL, "C");
  plain = get_error_text ();
  g_assert_cmpstr (plain, ==, "The lock is not held by anybody");
}

int
main (int   argc,
      char *argv[])
{
  g_autofree char *built = NULL, *catalogue = NULL, *first = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);

  built = g_test_build_filename (G_TEST_BUILT, "..", "po", NULL);
  catalogue = g_build_filename (built, "de", "LC_MESSAGES", DOMAIN ".mo", NULL);
  if (!g_file_test (catalogue, G_FILE_TEST_EXISTS))
    {
      g_print ("1..0 # SKIP built without gettext\n");
      return 0;
    }

  /* The library binds its domain when it is first used; after that it can be bound
   * to the build tree. */
  first = get_error_text ();
  g_assert_nonnull (bindtextdomain (DOMAIN, built));
  make_locale ();

  g_test_add_func ("/translation/german", test_german);
  g_test_add_func ("/translation/each-language", test_each_language);
  g_test_add_func ("/translation/untranslated", test_untranslated);

  status = g_test_run ();
  remove_locale ();
  return status;
}
