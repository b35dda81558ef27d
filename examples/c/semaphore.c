/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Three threads want into a room that holds two: a semaphore with two permits
 * lets no third one in before one has left.
 *
 * Each thread counts itself in and out, so that the claim can be seen.
 */

#include <thrkit/thrkit.h>

#define N_ROUNDS 3

typedef struct
{
  ThrSemaphore *permits;
  ThrLock      *lock;
  int           inside; /* under the lock */
  int           most;   /* under the lock */
} Room;

static int
count (Room *room,
       int   change)
{
  g_autoptr (ThrLocker) locker = thr_locker_new (THR_LOCKABLE (room->lock));

  room->inside += change;
  room->most = MAX (room->most, room->inside);
  return room->inside;
}

static gboolean
visit (ThrThread  *thread,
       gpointer    user_data,
       GError    **error)
{
  g_autofree char *name = thr_object_dup_name (THR_OBJECT (thread));
  Room *room = user_data;

  for (int i = 0; i < N_ROUNDS; i++)
    {
      /* A semaphore is a lockable too: it is released at the end of the scope. */
      g_autoptr (ThrLocker) permit = thr_locker_new (THR_LOCKABLE (room->permits));

      g_print ("%s is in, inside now: %d\n", name, count (room, 1));
      g_usleep (g_random_int_range (10, 40) * 1000);
      count (room, -1);
    }
  return TRUE;
}

int
main (void)
{
  const char *names[] = { "Anna", "Ben", "Cleo" };
  g_autoptr (ThrSemaphore) permits = thr_semaphore_new (2);
  g_autoptr (ThrLock) lock = thr_lock_new ();
  g_autoptr (GPtrArray) threads = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;
  Room room = { permits, lock, 0, 0 };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_ptr_array_add (threads, thr_thread_new (names[i], visit, &room, NULL));
      if (!thr_thread_start (threads->pdata[i], &error))
        g_error ("%s", error->message);
    }
  for (guint i = 0; i < threads->len; i++)
    {
      if (!thr_thread_join (threads->pdata[i], &error))
        g_error ("%s", error->message);
    }

  g_print ("The most at a time: %d\n", room.most);
  return room.most <= 2 ? 0 : 1;
}
