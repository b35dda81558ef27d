/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* In what order things happen, without a join and with one.
 *
 * start () returns at once, and the main thread and the new one go on side by side.
 * join () is what brings them together again.
 */

#include <thrkit/thrkit.h>

static gboolean
work (ThrThread  *thread,
      gpointer    user_data,
      GError    **error)
{
  g_usleep (g_random_int_range (150, 300) * 1000);
  g_print ("  thread: done\n");
  return TRUE;
}

static void
demonstrate (gboolean with_join)
{
  g_autoptr (ThrThread) thread = thr_thread_new ("worker", work, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_print ("%s:\n", with_join ? "With join" : "Without join");
  if (!thr_thread_start (thread, &error))
    g_error ("%s", error->message);
  g_print ("  main: started the thread\n");

  if (with_join && !thr_thread_join (thread, &error))
    g_error ("%s", error->message);
  g_print ("  main: goes on\n");

  /* So that the two parts do not mix. Joining again is no mistake: there is
   * nothing left to wait for then. */
  if (!thr_thread_join (thread, &error))
    g_error ("%s", error->message);
}

int
main (void)
{
  demonstrate (FALSE);
  demonstrate (TRUE);
  return 0;
}
