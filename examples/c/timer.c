/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A timer that fires, and one that is cancelled before it does.
 *
 * The library has no timer class yet, and needs none for this: a timer is a thread
 * that waits with a limit for a permit that never comes. When the time is up it does
 * its work; cancelling the thread ends the wait at once.
 */

#include <thrkit/thrkit.h>

typedef struct
{
  ThrSemaphore *never; /* nobody releases it */
  gint64        delay_us;
} Timer;

static void
timer_free (gpointer data)
{
  Timer *timer = data;

  g_object_unref (timer->never);
  g_free (timer);
}

static gboolean
wait_and_fire (ThrThread  *thread,
               gpointer    user_data,
               GError    **error)
{
  g_autofree char *name = thr_object_dup_name (THR_OBJECT (thread));
  g_autoptr (GError) reason = NULL;
  Timer *timer = user_data;

  thr_semaphore_acquire_timed (timer->never, timer->delay_us,
                               thr_thread_get_cancellable (thread), &reason);
  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    g_print ("%s: fires\n", name);
  else if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_print ("%s: cancelled\n", name);
  return TRUE;
}

static ThrThread *
start_timer (const char *name,
             gint64      delay_us)
{
  g_autoptr (GError) error = NULL;
  Timer *timer = g_new (Timer, 1);
  ThrThread *thread;

  timer->never = thr_semaphore_new (0);
  timer->delay_us = delay_us;
  thread = thr_thread_new (name, wait_and_fire, timer, timer_free);
  if (!thr_thread_start (thread, &error))
    g_error ("%s", error->message);
  return thread;
}

int
main (void)
{
  gint64 begin = g_get_monotonic_time ();
  g_autoptr (ThrThread) first = start_timer ("first timer", 200000);
  g_autoptr (ThrThread) second = start_timer ("second timer", G_TIME_SPAN_HOUR);
  g_autoptr (GError) error = NULL;

  if (!thr_thread_join (first, &error))
    g_error ("%s", error->message);
  g_print ("%s\n", g_get_monotonic_time () - begin >= 200000 ? "Not too early" : "TOO EARLY");

  thr_thread_cancel (second);
  if (!thr_thread_join (second, &error))
    g_error ("%s", error->message);
  g_print ("%s\n", g_get_monotonic_time () - begin < G_TIME_SPAN_HOUR ? "At once" : "TOO LATE");
  return 0;
}
