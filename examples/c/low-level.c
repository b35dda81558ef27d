/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The low level: start_new_thread () in a loop, and a lock that a scope holds.
 *
 * There is no object to join here, only a number; a semaphore tells when the last
 * thread is done. Without the lock, additions would be lost.
 */

#include <thrkit/thrkit.h>

#define N_THREADS   5
#define N_ADDITIONS 1000

typedef struct
{
  ThrLock      *lock;
  ThrSemaphore *done;
  int           sum; /* under the lock */
} Shared;

static gboolean
add (ThrThread  *thread,
     gpointer    user_data,
     GError    **error)
{
  Shared *shared = user_data;
  /* Once main knows that all are done, it drops its own reference. */
  g_autoptr (ThrSemaphore) done = g_object_ref (shared->done);

  for (int i = 0; i < N_ADDITIONS; i++)
    {
      g_autoptr (ThrLocker) locker = thr_locker_new (THR_LOCKABLE (shared->lock));

      shared->sum++;
    }
  g_print ("A thread has added %d\n", N_ADDITIONS);
  return thr_semaphore_release (done, error);
}

int
main (void)
{
  g_autoptr (ThrLock) lock = thr_lock_new ();
  g_autoptr (ThrSemaphore) done = thr_semaphore_new (0);
  g_autoptr (GError) error = NULL;
  Shared shared = { lock, done, 0 };

  for (int i = 0; i < N_THREADS; i++)
    {
      if (thr_start_new_thread (add, &shared, NULL, &error) == 0)
        g_error ("%s", error->message);
    }
  for (int i = 0; i < N_THREADS; i++)
    {
      if (!thr_semaphore_acquire (done, &error))
        g_error ("%s", error->message);
    }
  g_print ("The sum is %d\n", shared.sum);
  return 0;
}
