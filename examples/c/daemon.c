/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A daemon: a thread that the end of the program does not wait for.
 *
 * This one never ends by itself. Were it not a daemon, the program would not end
 * either: exit () waits for all other threads.
 */

#include <thrkit/thrkit.h>

static gboolean
work_for_ever (ThrThread  *thread,
               gpointer    user_data,
               GError    **error)
{
  ThrSemaphore *begun = user_data;

  g_print ("The daemon works for ever\n");
  if (!thr_semaphore_release (begun, error))
    return FALSE;
  for (;;)
    g_usleep (10000);
}

int
main (void)
{
  /* A daemon may live on while main () returns, so it owns what it uses. */
  g_autoptr (ThrSemaphore) begun = thr_semaphore_new (0);
  g_autoptr (ThrThread) thread = thr_thread_new ("daemon", work_for_ever,
                                                 g_object_ref (begun), g_object_unref);
  g_autoptr (GError) error = NULL;

  if (!thr_thread_set_daemon (thread, TRUE, &error) ||
      !thr_thread_start (thread, &error) ||
      !thr_semaphore_acquire (begun, &error))
    g_error ("%s", error->message);

  g_print ("The daemon is %s\n", thr_thread_is_alive (thread) ? "alive" : "dead");
  g_print ("Main ends, and the program with it\n");
  return 0;
}
