/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A parallel loop: the checksums of six texts, computed by the threads of a pool and
 * by the main thread, come back in the order of the texts. A second loop has no
 * results, and nobody has to say how large its pieces are.
 */

#include <thrkit/thrkit.h>

static const char *texts[] = { "one", "two", "three", "four", "five", "six" };

static gboolean
checksum (ThrParallelLoop  *loop,
          gint64            index,
          GValue           *result,
          gpointer          user_data,
          GError          **error)
{
  g_value_init (result, G_TYPE_STRING);
  g_value_take_string (result, g_compute_checksum_for_string (G_CHECKSUM_SHA256,
                                                              texts[index], -1));
  return TRUE;
}

static gboolean
add (ThrParallelLoop  *loop,
     gint64            begin,
     gint64            end,
     gpointer          user_data,
     GError          **error)
{
  gint64 sum = 0;

  for (gint64 i = begin; i < end; i++)
    sum += i;
  __atomic_fetch_add ((gint64 *) user_data, sum, __ATOMIC_RELAXED);
  return TRUE;
}

int
main (void)
{
  g_autoptr (ThrPool) pool = thr_pool_new (4);
  g_autoptr (ThrValues) sums = NULL;
  g_autoptr (GError) error = NULL;
  gint64 sum = 0;

  sums = thr_pool_map (pool, 0, G_N_ELEMENTS (texts), 0, NULL, checksum, NULL, NULL, &error);
  if (sums == NULL)
    g_error ("%s", error->message);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_print ("%s: %.8s\n", texts[i], g_value_get_string (thr_values_get_value (sums, i)));

  if (!thr_pool_for_each (pool, 1, 1000001, 0, NULL, add, &sum, NULL, &error))
    g_error ("%s", error->message);
  g_print ("The numbers up to 1000000 add up to %" G_GINT64_FORMAT "\n", sum);

  thr_pool_shutdown (pool, FALSE, TRUE, NULL);
  return 0;
}
