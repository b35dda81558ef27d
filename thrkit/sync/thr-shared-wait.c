/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "sync/thr-shared-wait-private.h"

void
thr_shared_line_init (ThrSharedLine *self)
{
  thr_wait_list_init (&self->line);
  self->telling = (ThrTelling) { 0, NULL };
}

void
thr_shared_line_clear (ThrSharedLine *self)
{
  thr_wait_list_clear (&self->line);
}

static ThrWaitList *
get_list (ThrObject               *source,
          const ThrSharedWaitType *type)
{
  return &type->get_line (source)->line;
}

static gboolean
block (ThrObject                *source,
       const ThrSharedWaitType  *type,
       ThrDeadline               deadline,
       GCancellable             *cancellable,
       GError                  **error)
{
  ThrWaitList *line = get_list (source, type);
  ThrPark park = THR_PARK_GRANTED;
  ThrWaiter waiter;
  gboolean joined;

  thr_waiter_begin (&waiter, cancellable);
  thr_wait_list_lock (line);
  joined = !type->is_over (source);
  if (joined)
    thr_wait_list_push_unlocked (line, &waiter);
  thr_wait_list_unlock (line);

  if (joined)
    {
      /* Only here: a waiter that spins before it is in line would not be seen. */
      thr_waiter_spin (&waiter);
      park = thr_wait_list_park (line, &waiter, deadline);
    }
  thr_waiter_end (&waiter);

  return thr_park_to_error (park, error);
}

static gboolean
wait (ThrObject                *source,
      const ThrSharedWaitType  *type,
      ThrDeadline               deadline,
      GCancellable             *cancellable,
      GError                  **error)
{
  if (g_cancellable_is_cancelled (cancellable))
    return thr_park_to_error (THR_PARK_CANCELLED, error);
  if (type->is_over (source))
    return TRUE;
  if (deadline == THR_DEADLINE_NOW)
    return thr_park_to_error (THR_PARK_TIMED_OUT, error);

  return block (source, type, deadline, cancellable, error);
}

gboolean
thr_shared_wait (gpointer                  source,
                 const ThrSharedWaitType  *type,
                 gint64                    timeout_us,
                 GCancellable             *cancellable,
                 GError                  **error)
{
  ThrDeadline deadline;
  gboolean success;

  if (!thr_deadline_from_timeout (timeout_us, &deadline, error))
    return FALSE;

  g_object_ref (source);
  success = wait (source, type, deadline, cancellable, error);

  /* Also after a wait that failed (contracts 1). What is delivered here may drop
   * the last reference but ours. */
  thr_telling_flush (&type->get_line (source)->telling, source);
  g_object_unref (source);

  return success;
}

void
thr_shared_wait_async (gpointer                 source,
                       const ThrSharedWaitType *type,
                       GCancellable            *cancellable,
                       GAsyncReadyCallback      callback,
                       gpointer                 user_data)
{
  ThrWaitList *line = get_list (source, type);
  ThrOperation *operation = thr_operation_new (source, &type->operation, cancellable,
                                               callback, user_data);
  gboolean joined = FALSE;

  thr_wait_list_lock (line);
  if (!type->is_over (source))
    joined = thr_operation_join_unlocked (operation, line);
  thr_wait_list_unlock (line);

  /* Over, or cancelled before: nothing was taken, so it is all the same which. */
  if (!joined)
    thr_operation_settle (operation, NULL);
}

void
thr_shared_wait_refuse (gpointer                 source,
                        const ThrSharedWaitType *type,
                        GError                  *error,
                        GCancellable            *cancellable,
                        GAsyncReadyCallback      callback,
                        gpointer                 user_data)
{
  thr_operation_settle (thr_operation_new (source, &type->operation, cancellable, callback,
                                           user_data),
                        error);
}

gboolean
thr_shared_wait_finish (gpointer                  source,
                        const ThrSharedWaitType  *type,
                        GAsyncResult             *result,
                        GError                  **error)
{
  return thr_operation_finish (source, &type->operation, result, error);
}

void
thr_shared_wait_leave (ThrObject *source,
                       ThrWaiter *waiter)
{
  const ThrSharedWaitType *type = (const ThrSharedWaitType *) waiter->operation->type;
  ThrWaitList *line = get_list (source, type);

  thr_wait_list_lock (line);
  thr_wait_list_remove_unlocked (line, waiter);
  thr_wait_list_unlock (line);
}

void
thr_shared_wait_grant (gpointer                 source,
                       const ThrSharedWaitType *type)
{
  ThrWaitList *line = get_list (source, type);
  ThrWakeBatch batch = THR_WAKE_BATCH_INIT;

  thr_wait_list_lock (line);
  thr_wait_list_grant_all_unlocked (line, &batch);
  thr_wait_list_unlock (line);

  thr_wake_batch_fire (&batch);
}

guint
thr_shared_wait_count (gpointer                 source,
                       const ThrSharedWaitType *type)
{
  ThrWaitList *line = get_list (source, type);
  guint n;

  thr_wait_list_lock (line);
  n = line->length;
  thr_wait_list_unlock (line);

  return n;
}
