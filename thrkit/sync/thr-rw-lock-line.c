/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "sync/thr-rw-lock-private.h"

#include "base/thr-debug-private.h"
#include "base/thr-error.h"
#include "base/thr-i18n-private.h"
#include "base/thr-wait-graph-private.h"

/* All state is under the lock of the line, which is held for a few steps.
 *
 *   free     nobody
 *   read     some threads and operations read
 *   written  one thread or operation writes; that thread may read as well
 *
 *   R1  free, read ──► read      take: and no writer waits
 *   R2  read ──► read            take again, by a thread that reads: past those who
 *                                wait, or it would wait for a writer that waits for it
 *   R3  written ──► written      take, read or write, by the thread that writes
 *   W1  free ──► written         take
 *   W2  read ──► refused         take, by a thread that reads: it would wait for itself
 *   G1  free ──► written         the first writer in line is granted, if there is one
 *   G2  free, read ──► read      no writer waits: all readers in line are granted
 *
 * G1 and G2 are tried whenever somebody has put, or left the line. So a writer waits for
 * those who read when it comes, and for nobody who comes later but other writers.
 *
 * What is granted is entered into the state by the granter, after the swap of the
 * waiter: before it the wait graph would see a thread that waits for itself.
 */

static gboolean
is_written_unlocked (ThrRWLock *self)
{
  return self->write_depth > 0 || self->awaited != NULL;
}

static gboolean
is_read_unlocked (ThrRWLock *self)
{
  return self->readers->len > 0 || self->n_read_operations > 0;
}

static ThrRWReader *
find_reader_unlocked (ThrRWLock *self,
                      ThrSelf   *thread)
{
  for (guint i = 0; i < self->readers->len; i++)
    {
      ThrRWReader *reader = &g_array_index (self->readers, ThrRWReader, i);

      if (reader->thread == thread && reader->serial == thread->serial)
        return reader;
    }

  return NULL;
}

/* @thread is the caller, or blocked. */
static void
enter_unlocked (ThrRWLock *self,
                ThrRWKind  kind,
                ThrSelf   *thread)
{
  ThrRWReader *reader;

  if (kind == THR_RW_WRITE)
    {
      self->write_depth++;
      thr_owner_set (&self->writer, thread);
      return;
    }

  reader = find_reader_unlocked (self, thread);
  if (reader != NULL)
    reader->depth++;
  else
    g_array_append_val (self->readers, ((ThrRWReader) { thread, thread->serial, 1 }));
}

/* R1, R2, R3, W1. */
static gboolean
take_unlocked (ThrRWLock *self,
               ThrRWKind  kind,
               ThrSelf   *me)
{
  gboolean allowed;

  if (self->write_depth > 0 && thr_owner_is (&self->writer, me))
    allowed = TRUE;
  else if (is_written_unlocked (self))
    allowed = FALSE;
  else if (kind == THR_RW_WRITE)
    allowed = !is_read_unlocked (self);
  else
    allowed = self->n_waiting_writers == 0 || find_reader_unlocked (self, me) != NULL;

  if (allowed)
    enter_unlocked (self, kind, me);
  return allowed;
}

/* W2. */
static gboolean
is_upgrade_unlocked (ThrRWLock *self,
                     ThrRWKind  kind,
                     ThrSelf   *me)
{
  return kind == THR_RW_WRITE && !is_written_unlocked (self) &&
         find_reader_unlocked (self, me) != NULL;
}

/* With no lock held: a warning may come of it. */
static void
remember (ThrRWLock *self)
{
  if (THR_DEBUG_ENABLED (THR_DEBUG_LOCKS))
    thr_debug_lock_acquired (THR_OBJECT (self));
}

/* --- The line; under its lock --- */

static void
unlink_unlocked (ThrRWLock *self,
                 ThrWaiter *waiter)
{
  if (!waiter->linked)
    return;

  thr_wait_list_remove_unlocked (&self->line, waiter);
  if (waiter->tag == THR_RW_WRITE)
    self->n_waiting_writers--;
  if (self->at_home == waiter)
    self->at_home = NULL;
}

static gboolean
grant_unlocked (ThrRWLock    *self,
                ThrWaiter    *waiter,
                ThrWakeBatch *batch)
{
  /* The waiter may be gone after the grant; its thread's record is not, and the
   * operation is ours until the batch is fired. */
  ThrRWKind kind = waiter->tag;
  ThrSelf *thread = waiter->self;
  ThrOperation *operation = waiter->operation;

  unlink_unlocked (self, waiter);
  if (!thr_waiter_grant (waiter, batch))
    return FALSE;

  if (thread != NULL)
    enter_unlocked (self, kind, thread);
  else if (kind == THR_RW_WRITE)
    self->awaited = operation;
  else
    self->n_read_operations++;

  /* Who sleeps for ever on the home's thread must see that its operation has it. */
  if (thread == NULL && self->at_home != NULL)
    thr_waiter_nudge (self->at_home, batch);

  return TRUE;
}

static ThrWaiter *
first_of_unlocked (ThrRWLock *self,
                   ThrRWKind  kind)
{
  for (ThrWaiter *waiter = self->line.head; waiter != NULL; waiter = waiter->next)
    if (waiter->tag == kind)
      return waiter;

  return NULL;
}

/* G1, G2. */
static void
serve_unlocked (ThrRWLock    *self,
                ThrWakeBatch *batch)
{
  ThrWaiter *first;

  while (!is_written_unlocked (self) && !is_read_unlocked (self) &&
         (first = first_of_unlocked (self, THR_RW_WRITE)) != NULL)
    grant_unlocked (self, first, batch);

  while (!is_written_unlocked (self) && self->n_waiting_writers == 0 &&
         (first = first_of_unlocked (self, THR_RW_READ)) != NULL)
    grant_unlocked (self, first, batch);
}

static void
tag_unlocked (ThrRWLock *self,
                      ThrWaiter *waiter,
                      ThrRWKind  kind)
{
  waiter->tag = kind;
  if (kind == THR_RW_WRITE)
    self->n_waiting_writers++;
}

/* A waiter that goes without a grant may have stood in the way of others. */
static void
leave_line (ThrRWLock *self,
            ThrWaiter *waiter)
{
  ThrWakeBatch batch = THR_WAKE_BATCH_INIT;

  thr_wait_list_lock (&self->line);
  unlink_unlocked (self, waiter);
  serve_unlocked (self, &batch);
  thr_wait_list_unlock (&self->line);

  thr_wake_batch_fire (&batch);
}

/* --- Taking, blocked --- */

static ThrSelf *
get_writer (gpointer resource)
{
  gboolean is_dead;

  return thr_owner_get (&THR_RW_LOCK (resource)->writer, &is_dead);
}

/* Whether what stands in the way is an operation whose callback the calling thread
 * itself would have to run. */
static gboolean
is_stuck_unlocked (ThrRWLock *self,
                   ThrWaiter *waiter)
{
  return self->at_home == waiter &&
         (self->awaited != NULL || (waiter->tag == THR_RW_WRITE && self->n_read_operations > 0));
}

static gboolean
is_stuck (ThrRWLock *self,
          ThrWaiter *waiter)
{
  gboolean stuck;

  thr_wait_list_lock (&self->line);
  stuck = waiter->linked && is_stuck_unlocked (self, waiter);
  thr_wait_list_unlock (&self->line);

  return stuck;
}

/* In line. Sets @deadlock when the wait was given up because it could never end. */
static ThrPark
wait_in_line (ThrRWLock    *self,
              ThrWaiter    *waiter,
              ThrDeadline   deadline,
              gboolean      is_endless,
              GError      **deadlock)
{
  ThrWaitEdge edge = { THR_EDGE_LOCK, waiter, self, get_writer };
  gboolean is_dead = FALSE, has_edge = FALSE;
  ThrPark park = THR_PARK_NUDGED;

  if (is_endless)
    {
      thr_owner_get (&self->writer, &is_dead);
      if (is_dead)
        g_set_error_literal (deadlock, THR_ERROR, THR_ERROR_DEADLOCK,
                             _("The thread that holds the lock has ended without releasing it"));
      else
        has_edge = thr_wait_graph_enter (&edge, deadlock);
    }

  while (park == THR_PARK_NUDGED)
    {
      if (*deadlock == NULL && is_stuck (self, waiter))
        g_set_error_literal (deadlock, THR_ERROR, THR_ERROR_DEADLOCK,
                             _("The lock was granted to an asynchronous acquire whose callback this "
                               "very thread would have to run"));
      if (*deadlock != NULL && thr_waiter_leave (waiter, THR_WAITER_TIMED_OUT))
        park = THR_PARK_TIMED_OUT;
      else
        park = thr_waiter_park (waiter, deadline);
    }

  if (has_edge)
    thr_wait_graph_leave (&edge);
  if (park != THR_PARK_GRANTED)
    leave_line (self, waiter);
  else
    /* A grant was faster. */
    g_clear_error (deadlock);
  return park;
}

/* R1, R2, R3, W1, W2, or into the line. */
static gboolean
block (ThrRWLock     *self,
       ThrRWKind      kind,
       ThrDeadline    deadline,
       GCancellable  *cancellable,
       GError       **error)
{
  gboolean is_endless = deadline == THR_DEADLINE_NEVER && cancellable == NULL;
  gboolean at_home = is_endless && thr_home_is_mine (thr_object_get_home (THR_OBJECT (self)));
  GError *deadlock = NULL;
  ThrPark park = THR_PARK_GRANTED;
  ThrWaiter waiter;
  gboolean taken;

  thr_waiter_begin (&waiter, cancellable);
  thr_wait_list_lock (&self->line);
  taken = take_unlocked (self, kind, waiter.self);
  if (!taken && is_upgrade_unlocked (self, kind, waiter.self))
    g_set_error_literal (&deadlock, THR_ERROR, THR_ERROR_DEADLOCK,
                         _("A thread that reads cannot acquire the lock for writing: it would wait "
                           "for itself"));
  if (!taken && deadlock == NULL)
    {
      tag_unlocked (self, &waiter, kind);
      thr_wait_list_push_unlocked (&self->line, &waiter);
      if (at_home)
        self->at_home = &waiter;
    }
  thr_wait_list_unlock (&self->line);

  if (!taken && deadlock == NULL)
    park = wait_in_line (self, &waiter, deadline, is_endless, &deadlock);
  thr_waiter_end (&waiter);

  if (deadlock != NULL)
    {
      g_propagate_error (error, deadlock);
      return FALSE;
    }
  return thr_park_to_error (park, error);
}

gboolean
thr_rw_lock_take (ThrRWLock     *self,
                  ThrRWKind      kind,
                  gint64         timeout_us,
                  GCancellable  *cancellable,
                  GError       **error)
{
  ThrDeadline deadline;

  if (!thr_deadline_from_timeout (timeout_us, &deadline, error))
    return FALSE;
  if (g_cancellable_is_cancelled (cancellable))
    return thr_park_to_error (THR_PARK_CANCELLED, error);

  if (!block (self, kind, deadline, cancellable, error))
    return FALSE;

  remember (self);
  return TRUE;
}

gboolean
thr_rw_lock_try (ThrRWLock *self,
                 ThrRWKind  kind)
{
  ThrSelf *me = thr_self_get ();
  gboolean taken;

  thr_wait_list_lock (&self->line);
  taken = take_unlocked (self, kind, me);
  thr_wait_list_unlock (&self->line);

  if (taken)
    remember (self);
  return taken;
}

/* --- Putting --- */

static gboolean
put_unlocked (ThrRWLock *self,
              ThrRWKind  kind,
              ThrSelf   *me)
{
  ThrRWReader *reader;

  if (kind == THR_RW_WRITE)
    {
      if (self->write_depth == 0 || !thr_owner_is (&self->writer, me))
        return FALSE;
      if (--self->write_depth == 0)
        thr_owner_clear (&self->writer);
      return TRUE;
    }

  reader = find_reader_unlocked (self, me);
  if (reader == NULL)
    return FALSE;
  if (--reader->depth == 0)
    g_array_remove_index_fast (self->readers,
                               (guint) (reader - (ThrRWReader *) (gpointer) self->readers->data));
  return TRUE;
}

gboolean
thr_rw_lock_put (ThrRWLock  *self,
                 ThrRWKind   kind,
                 GError    **error)
{
  ThrWakeBatch batch = THR_WAKE_BATCH_INIT;
  ThrSelf *me = thr_self_get ();
  gboolean put, is_held;

  thr_wait_list_lock (&self->line);
  put = put_unlocked (self, kind, me);
  is_held = kind == THR_RW_WRITE ? is_written_unlocked (self) : is_read_unlocked (self);
  if (put)
    serve_unlocked (self, &batch);
  thr_wait_list_unlock (&self->line);

  thr_wake_batch_fire (&batch);

  if (put && THR_DEBUG_ENABLED (THR_DEBUG_LOCKS))
    thr_debug_lock_released (THR_OBJECT (self));
  if (put)
    return TRUE;
  if (is_held)
    g_set_error_literal (error, THR_ERROR, THR_ERROR_NOT_OWNER,
                         _("The lock is held by somebody else"));
  else
    g_set_error_literal (error, THR_ERROR, THR_ERROR_NOT_HELD,
                         _("The lock is not held by anybody"));
  return FALSE;
}

gboolean
thr_rw_lock_is_mine (ThrRWLock *self,
                     ThrRWKind  kind)
{
  ThrSelf *me = thr_self_get ();
  gboolean mine;

  thr_wait_list_lock (&self->line);
  if (kind == THR_RW_WRITE)
    mine = self->write_depth > 0 && thr_owner_is (&self->writer, me);
  else
    mine = find_reader_unlocked (self, me) != NULL;
  thr_wait_list_unlock (&self->line);

  return mine;
}

/* --- Taking, awaited --- */

static void
disown_unlocked (ThrRWLock *self,
                 ThrRWKind  kind)
{
  if (kind == THR_RW_WRITE)
    self->awaited = NULL;
  else
    self->n_read_operations--;
}

static void
give_back (ThrObject *source,
           ThrWaiter *waiter)
{
  ThrRWLock *self = THR_RW_LOCK (source);
  ThrWakeBatch batch = THR_WAKE_BATCH_INIT;

  thr_wait_list_lock (&self->line);
  disown_unlocked (self, waiter->tag);
  serve_unlocked (self, &batch);
  thr_wait_list_unlock (&self->line);

  thr_wake_batch_fire (&batch);
}

static void
leave (ThrObject *source,
       ThrWaiter *waiter)
{
  leave_line (THR_RW_LOCK (source), waiter);
}

/* Two, so that the result of one is not finished as the other. */
static const ThrOperationType operation_types[] = {
  [THR_RW_READ] = { give_back, leave },
  [THR_RW_WRITE] = { give_back, leave }
};

void
thr_rw_lock_await (ThrRWLock           *self,
                   ThrRWKind            kind,
                   GCancellable        *cancellable,
                   GAsyncReadyCallback  callback,
                   gpointer             user_data)
{
  ThrOperation *operation = thr_operation_new (self, &operation_types[kind], cancellable,
                                               callback, user_data);
  ThrWakeBatch batch = THR_WAKE_BATCH_INIT;
  gboolean joined;

  thr_wait_list_lock (&self->line);
  joined = thr_operation_join_unlocked (operation, &self->line);
  if (joined)
    {
      tag_unlocked (self, &operation->waiter, kind);
      serve_unlocked (self, &batch);
    }
  thr_wait_list_unlock (&self->line);

  thr_wake_batch_fire (&batch);
  if (!joined)
    thr_operation_settle (operation, NULL);
}

gboolean
thr_rw_lock_await_end (ThrRWLock     *self,
                       ThrRWKind      kind,
                       GAsyncResult  *result,
                       GError       **error)
{
  ThrSelf *me = thr_self_get ();

  if (!thr_operation_finish (self, &operation_types[kind], result, error))
    return FALSE;

  thr_wait_list_lock (&self->line);
  disown_unlocked (self, kind);
  enter_unlocked (self, kind, me);
  thr_wait_list_unlock (&self->line);

  remember (self);
  return TRUE;
}

/* --- Life --- */

void
thr_rw_lock_line_init (ThrRWLock *self)
{
  thr_wait_list_init (&self->line);
  self->readers = g_array_new (FALSE, FALSE, sizeof (ThrRWReader));
}

void
thr_rw_lock_line_clear (ThrRWLock *self)
{
  if (THR_DEBUG_ENABLED (THR_DEBUG_LOCKS))
    thr_debug_lock_gone (THR_OBJECT (self));

  thr_wait_list_clear (&self->line);
  g_array_unref (self->readers);
}
