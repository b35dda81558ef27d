/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Five threads print their idents, running and terminated.
 *
 * An ident is a number that no other running thread has; when its thread has
 * ended, it may be given out again. The native id is the kernel's.
 */

#include <thrkit/thrkit.h>

#define N_THREADS 5

static gboolean
print_ident (ThrThread  *thread,
             gpointer    user_data,
             GError    **error)
{
  g_autofree char *name = thr_object_dup_name (THR_OBJECT (thread));

  g_print ("%s is running: ident %" G_GUINT64_FORMAT ", native id %" G_GINT64_FORMAT "\n",
           name, thr_get_ident (), thr_get_native_id ());
  g_usleep (g_random_int_range (20, 100) * 1000);
  return TRUE;
}

int
main (void)
{
  ThrThread *threads[N_THREADS];
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < N_THREADS; i++)
    {
      g_autofree char *name = g_strdup_printf ("thread %d", i + 1);

      threads[i] = thr_thread_new (name, print_ident, NULL, NULL);
      g_assert (thr_thread_get_ident (threads[i]) == 0); /* there is none yet */
      if (!thr_thread_start (threads[i], &error))
        g_error ("%s", error->message);
    }

  for (int i = 0; i < N_THREADS; i++)
    {
      g_autoptr (ThrThread) thread = threads[i];
      g_autofree char *name = thr_object_dup_name (THR_OBJECT (thread));

      if (!thr_thread_join (thread, &error))
        g_error ("%s", error->message);
      g_print ("%s has terminated: ident %" G_GUINT64_FORMAT ", %s\n", name,
               thr_thread_get_ident (thread),
               thr_thread_is_alive (thread) ? "alive" : "not alive");
    }
  return 0;
}
