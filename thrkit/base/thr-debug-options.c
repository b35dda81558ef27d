/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-debug-private.h"

#include <string.h>

#include "base/thr-chaos-private.h"

#define SEPARATORS ",:; \t"

guint thr_debug_flags;

static const struct
{
  const char *word;
  guint       flags;
} words[] = {
  { "locks", THR_DEBUG_LOCKS },
  { "all", THR_DEBUG_LOCKS },
  { "chaos", THR_DEBUG_CHAOS }
};

static gboolean
parse_word (const char      *word,
            ThrDebugOptions *options)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strcasecmp (word, words[i].word) == 0)
      {
        options->flags |= words[i].flags;
        return TRUE;
      }

  return FALSE;
}

static void
parse_option (const char      *option,
              ThrDebugOptions *options,
              GString         *complaints)
{
  const char *seed = NULL;

  if (g_str_has_prefix (option, "seed="))
    {
      seed = option + strlen ("seed=");
      options->has_seed = g_ascii_string_to_unsigned (seed, 10, 0, G_MAXUINT64,
                                                      &options->seed, NULL);
      if (!options->has_seed)
        g_string_append_printf (complaints, "THR_DEBUG: the seed \"%s\" is no number from 0 to %"
                                G_GUINT64_FORMAT "\n", seed, G_MAXUINT64);
    }
  else if (g_ascii_strcasecmp (option, "help") == 0)
    g_string_append (complaints, "THR_DEBUG takes: locks, all, chaos, seed=N, help\n");
  else if (!parse_word (option, options))
    g_string_append_printf (complaints, "THR_DEBUG: there is no option \"%s\" (try \"help\")\n",
                            option);
}

char *
thr_debug_parse (const char      *text,
                 ThrDebugOptions *options)
{
  g_auto (GStrv) parts = g_strsplit_set (text != NULL ? text : "", SEPARATORS, -1);
  GString *complaints = g_string_new (NULL);

  *options = (ThrDebugOptions) { 0 };
  for (guint i = 0; parts[i] != NULL; i++)
    if (parts[i][0] != '\0')
      parse_option (parts[i], options, complaints);

  if (options->has_seed && !(options->flags & THR_DEBUG_CHAOS))
    g_string_append (complaints, "THR_DEBUG: a seed says nothing without \"chaos\"\n");

  return g_string_free (complaints, complaints->len == 0);
}

/* Apart from the rest: a point of chaos may be passed before the program has begun, and
 * then must not keep it from setting THR_DEBUG for the rest. */
void
thr_debug_read_chaos (void)
{
  static gsize once;
  ThrDebugOptions options;

  if (!g_once_init_enter (&once))
    return;

  g_free (thr_debug_parse (g_getenv ("THR_DEBUG"), &options));
  if (options.flags & THR_DEBUG_CHAOS)
    {
      if (!options.has_seed)
        {
          /* Short enough to be typed. */
          options.seed = g_random_int ();
          g_printerr ("THR_DEBUG=chaos,seed=%" G_GUINT64_FORMAT "\n", options.seed);
        }
      thr_chaos_start (options.seed);
    }
  else
    {
      thr_chaos_forgo ();
    }

  g_once_init_leave (&once, 1);
}

void
thr_debug_read (void)
{
  ThrDebugOptions options;
  g_autofree char *complaints = thr_debug_parse (g_getenv ("THR_DEBUG"), &options);

  if (complaints != NULL)
    g_printerr ("%s", complaints);
  thr_debug_flags = options.flags;
  thr_debug_read_chaos ();
}
