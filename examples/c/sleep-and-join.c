/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Five threads that sleep for a random time, and a main thread that goes on
 * meanwhile and then waits for all of them.
 *
 * A thread is an object: it is made, started, and joined, which waits for its end.
 */

#include <thrkit/thrkit.h>

#define N_THREADS 5

static gboolean
sleep_a_while (ThrThread  *thread,
               gpointer    user_data,
               GError    **error)
{
  g_autofree char *name = thr_object_dup_name (THR_OBJECT (thread));
  int ms = g_random_int_range (50, 300);

  g_usleep (ms * 1000);
  g_print ("%s has slept %d ms\n", name, ms);
  return TRUE;
}

int
main (void)
{
  g_autoptr (GPtrArray) threads = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < N_THREADS; i++)
    {
      g_autofree char *name = g_strdup_printf ("sleeper %d", i + 1);
      ThrThread *thread = thr_thread_new (name, sleep_a_while, NULL, NULL);

      g_ptr_array_add (threads, thread);
      if (!thr_thread_start (thread, &error))
        g_error ("%s", error->message);
    }

  g_print ("Main flow of application\n");

  for (guint i = 0; i < threads->len; i++)
    {
      if (!thr_thread_join (threads->pdata[i], &error))
        g_error ("%s", error->message);
    }
  g_print ("All threads are done\n");
  return 0;
}
