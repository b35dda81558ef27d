/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Who is here? Names of the main thread and of the current one, seen from inside,
 * and a list of all that are alive while five threads run.
 *
 * Two semaphores serve as gates, so that the list is made while all five run.
 */

#include <thrkit/thrkit.h>

#define N_THREADS 5

typedef struct
{
  ThrSemaphore *arrived;
  ThrSemaphore *leave;
} Gates;

static gboolean
look_around (ThrThread  *thread,
             gpointer    user_data,
             GError    **error)
{
  g_autofree char *current = thr_object_dup_name (THR_OBJECT (thr_thread_current ()));
  g_autofree char *main_name = thr_object_dup_name (THR_OBJECT (thr_thread_get_main ()));
  Gates *gates = user_data;

  g_print ("Inside: current is %s, main is %s\n", current, main_name);
  return thr_semaphore_release (gates->arrived, error) &&
         thr_semaphore_acquire (gates->leave, error);
}

static void
print_alive (const char *when)
{
  g_autoptr (GListModel) alive = thr_thread_list_alive ();

  g_print ("Alive %s: %u\n", when, thr_thread_count_alive ());
  for (guint i = 0; i < g_list_model_get_n_items (alive); i++)
    {
      g_autoptr (ThrObject) thread = g_list_model_get_item (alive, i);
      g_autofree char *name = thr_object_dup_name (thread);

      g_print ("  %s\n", name);
    }
}

int
main (void)
{
  g_autoptr (ThrSemaphore) arrived = thr_semaphore_new (0);
  g_autoptr (ThrSemaphore) leave = thr_semaphore_new (0);
  g_autoptr (GPtrArray) threads = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;
  Gates gates = { arrived, leave };

  for (int i = 0; i < N_THREADS; i++)
    {
      g_autofree char *name = g_strdup_printf ("worker-%d", i + 1);

      g_ptr_array_add (threads, thr_thread_new (name, look_around, &gates, NULL));
      if (!thr_thread_start (threads->pdata[i], &error))
        g_error ("%s", error->message);
    }
  for (int i = 0; i < N_THREADS; i++)
    {
      if (!thr_semaphore_acquire (arrived, &error))
        g_error ("%s", error->message);
    }
  print_alive ("while five run");

  if (!thr_semaphore_release_n (leave, N_THREADS, &error))
    g_error ("%s", error->message);
  for (guint i = 0; i < threads->len; i++)
    {
      if (!thr_thread_join (threads->pdata[i], &error))
        g_error ("%s", error->message);
    }
  print_alive ("afterwards");
  return 0;
}
