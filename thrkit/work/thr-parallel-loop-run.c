/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <pthread.h>
#include <string.h>

#include "base/thr-callable-private.h"
#include "base/thr-i18n-private.h"
#include "base/thr-process-private.h"
#include "base/thr-values-private.h"
#include "thread/thr-thread-private.h"
#include "work/thr-parallel-loop-private.h"
#include "work/thr-pool-wake-private.h"
#include "work/thr-worker-private.h"

/* How a loop is run, from its first chunk to its end. The states are described in the
 * private header.
 *
 * How large a chunk is follows guided self-scheduling (C. D. Polychronopoulos and
 * D. J. Kuck, IEEE Transactions on Computers C-36, 1987): each takes a fixed share of
 * what is left, so that chunks shrink towards the end, where an uneven one would keep
 * everybody waiting; T threads and N indices need O(T log (N / T)) of them. As S. F.
 * Hummel, E. Schonberg and L. E. Flynn found (Communications of the ACM 35, 1992), a
 * first chunk of N / T is too much where the costly indices come first; half of it is
 * taken here, and never more than what the last chunk lets expect to be done within
 * CHUNK_US. That bounds how late a cancellation is seen and how coarse the progress
 * is, and a loop over slow things is handed out one by one. Neither needs memory.
 */
#define SHARES     2      /* chunks for each thread in what is left */
#define CHUNK_US   1000
#define GROWTH     8      /* from one chunk to the next, at the most */

typedef struct
{
  guint64 first;
  guint64 size;
} Chunk;

/* --- The end --- */

static ThrParallelLoop *
from_last (gpointer last)
{
  return (ThrParallelLoop *) ((char *) last - G_STRUCT_OFFSET (ThrParallelLoop, last));
}

static void
last_letter_deliver (ThrLetter *letter,
                     GObject   *object)
{
  ThrParallelLoop *self = from_last (letter);

  if (self->body.notify != NULL)
    self->body.notify (self->body.user_data);
  for (guint64 i = 0; self->body.callables != NULL && i < self->n_indices; i++)
    g_object_unref (self->body.callables[i]);
  g_clear_pointer (&self->body.callables, g_free);
  for (guint64 i = 0; self->values != NULL && i < self->n_indices; i++)
    if (G_IS_VALUE (&self->values[i]))
      g_value_unset (&self->values[i]);
  g_clear_pointer (&self->values, g_free);
}

static void
last_letter_discard (ThrLetter *letter,
                     GObject   *object)
{
  /* No home any more. A JavaScript function was refused when it was given, so there is
   * none here. */
  last_letter_deliver (letter, object);
}

static void
last_trash_free (ThrTrash *trash)
{
  ThrParallelLoop *self = from_last (trash);

  last_letter_deliver (&self->last.letter, NULL);
  g_object_unref (self);
}

void
thr_parallel_loop_release (ThrParallelLoop *self)
{
  ThrMailbox *mailbox = thr_object_get_mailbox (THR_OBJECT (self));

  if ((self->body.notify == NULL && self->body.callables == NULL && self->values == NULL) ||
      __atomic_exchange_n (&self->released, TRUE, __ATOMIC_ACQ_REL))
    return;

  memset (&self->last, 0, sizeof self->last);
  if (__atomic_load_n (&mailbox->posted, __ATOMIC_SEQ_CST))
    {
      self->last.letter.rank = THR_RANK_DESTROY;
      self->last.letter.deliver = last_letter_deliver;
      self->last.letter.discard = last_letter_discard;
      thr_mailbox_post (mailbox, &self->last.letter);
    }
  else
    {
      self->last.trash.free = last_trash_free;
      g_object_ref (self);
      thr_home_throw (mailbox->home, &self->last.trash);
    }
}

static void
answer_with_values (ThrParallelLoop *self)
{
  GValue *answer = &thr_future_get_private (self)->value;
  GValue *values = g_steal_pointer (&self->values);

  /* As everywhere: a value without a type must not travel. */
  for (guint64 i = 0; i < self->n_indices; i++)
    if (!G_IS_VALUE (&values[i]))
      g_value_init (&values[i], G_TYPE_OBJECT);

  g_value_init (answer, THR_TYPE_VALUES);
  g_value_take_object (answer, thr_values_new_take (values, self->n_indices, NULL));
}

/* By the last to leave, who has counted @inside down with acquire and release, as all
 * others have: what they did is seen here. */
static void
settle_if_over (ThrParallelLoop *self)
{
  ThrFuture *future = THR_FUTURE (self);
  ThrFuturePrivate *priv = thr_future_get_private (self);

  if (__atomic_load_n (&self->next, __ATOMIC_RELAXED) < self->n_indices ||
      !thr_future_claim (future, TRUE))
    return;

  priv->error = __atomic_exchange_n (&self->failure, NULL, __ATOMIC_ACQ_REL);
  if (priv->error == NULL && self->values != NULL)
    answer_with_values (self);
  thr_future_settle (future,
                     priv->error != NULL ? THR_FUTURE_STATE_REJECTED
                                         : THR_FUTURE_STATE_RESOLVED,
                     self->hidden ? 0 : thr_future_settled_bits (future));
  thr_parallel_loop_release (self);
}

void
thr_parallel_loop_give_up (ThrParallelLoop *self,
                           const GError    *reason)
{
  ThrFuture *future = THR_FUTURE (self);

  if (reason == NULL)
    {
      thr_future_cancel_pending (future);
    }
  else if (thr_future_claim (future, FALSE))
    {
      thr_future_get_private (self)->error = g_error_copy (reason);
      thr_future_settle (future, THR_FUTURE_STATE_REJECTED, thr_future_settled_bits (future));
      thr_parallel_loop_release (self);
    }
}

void
thr_parallel_loop_stop (ThrParallelLoop *self,
                        GError          *reason)
{
  GError *none = NULL;

  if (!__atomic_compare_exchange_n (&self->failure, &none, reason, FALSE,
                                    __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
    {
      /* There is one answer, and it is the first. Another failure is reported like one
       * that nobody waits for, but for work that ended because of the first. */
      if (!g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        thr_thread_report_error (thr_thread_current (), reason);
      g_error_free (reason);
    }

  /* Whoever is about to take a chunk by a swap fails, or was before us. */
  __atomic_store_n (&self->next, self->n_indices, __ATOMIC_RELAXED);
}

/* --- Chunks --- */

/* The counter needs no order: what the indices refer to was written before the thread
 * got hold of the loop. FALSE: nothing is left. */
static gboolean
take (ThrParallelLoop *self,
      guint64          wanted,
      Chunk           *chunk)
{
  guint n_threads = __atomic_load_n (&self->core->max_threads, __ATOMIC_RELAXED) + 1;
  guint64 next = __atomic_load_n (&self->next, __ATOMIC_RELAXED);

  do
    {
      guint64 left = self->n_indices - next;

      if (left == 0)
        return FALSE;

      chunk->first = next;
      chunk->size = MAX (MIN (wanted, left / (SHARES * n_threads)), self->grain);
      /* No crumbs. */
      if (chunk->size > left || left - chunk->size < self->grain)
        chunk->size = left;
    }
  while (!__atomic_compare_exchange_n (&self->next, &next, next + chunk->size, TRUE,
                                       __ATOMIC_RELAXED, __ATOMIC_RELAXED));

  return TRUE;
}

static guint64
size_of_next (guint64 size,
              gint64  took_us)
{
  if (took_us * GROWTH > CHUNK_US)
    return MAX (size * ((double) CHUNK_US / took_us), 1);

  return size > G_MAXUINT64 / GROWTH ? size : size * GROWTH;
}

static gboolean
compute_one (ThrParallelLoop  *self,
             guint64           n,
             GError          **error)
{
  const ThrLoopBody *body = &self->body;

  if (body->map != NULL)
    return body->map (self, self->begin + n, &self->values[n], body->user_data, error);

  return thr_callable_run (body->callables[n], &self->values[n],
                           thr_parallel_loop_get_cancellable (self), error);
}

static gboolean
compute (ThrParallelLoop  *self,
         const Chunk      *chunk,
         GError          **error)
{
  /* An error counts even beside TRUE, and ends it here as between chunks. */
  for (guint64 i = 0; i < chunk->size; i++)
    if (!compute_one (self, chunk->first + i, error) || *error != NULL)
      return FALSE;

  return TRUE;
}

static GError *
make_no_answer_error (void)
{
  return g_error_new_literal (THR_ERROR, THR_ERROR_NO_RESULT,
                              _("The work ended without an answer and without an error"));
}

static gboolean
run_chunk (ThrParallelLoop *self,
           const Chunk     *chunk)
{
  GCancellable *cancellable = __atomic_load_n (&self->cancellable, __ATOMIC_ACQUIRE);
  const ThrLoopBody *body = &self->body;
  GError *error = NULL;
  gboolean success;

  /* Somebody has failed since this was taken. Whoever set @failure from outside, being
   * no party to the count of those inside, may not have come to set @next: the last to
   * leave would take the loop for unfinished, and nobody would come after it. */
  if (__atomic_load_n (&self->failure, __ATOMIC_ACQUIRE) != NULL)
    {
      __atomic_store_n (&self->next, self->n_indices, __ATOMIC_RELAXED);
      return FALSE;
    }

  if (cancellable != NULL && g_cancellable_set_error_if_cancelled (cancellable, &error))
    success = FALSE;
  else if (body->range != NULL)
    success = body->range (self, self->begin + chunk->first,
                           self->begin + chunk->first + chunk->size, body->user_data, &error);
  else
    success = compute (self, chunk, &error);

  if (success && error == NULL)
    return TRUE;

  thr_parallel_loop_stop (self, error != NULL ? error : make_no_answer_error ());

  return FALSE;
}

/* A thread that comes brings the next one, if there is anything left for it, so that
 * the submitter wakes one only and a short loop wakes few. It is brought before the
 * chunk is run, which may be long. */
static void
run_chunks (ThrParallelLoop *self)
{
  gint64 begun = g_get_monotonic_time ();
  guint64 wanted = self->grain;
  gboolean recruited = FALSE;
  Chunk chunk;

  while (take (self, wanted, &chunk))
    {
      gint64 ended;

      if (!recruited && __atomic_load_n (&self->next, __ATOMIC_RELAXED) < self->n_indices)
        recruited = thr_parallel_loop_recruit (self, NULL);
      if (!run_chunk (self, &chunk))
        return;

      ended = g_get_monotonic_time ();
      wanted = size_of_next (chunk.size, ended - begun);
      begun = ended;
      __atomic_fetch_add (&self->n_done, chunk.size, __ATOMIC_RELAXED);
      if (!self->hidden)
        thr_object_post_bits (THR_OBJECT (self), thr_parallel_loop_progress_bits ());
    }
}

/* --- Threads --- */

static gboolean
begin (ThrParallelLoop *self)
{
  if (thr_future_begin (THR_FUTURE (self)))
    {
      if (!self->hidden)
        thr_object_post_bits (THR_OBJECT (self), thr_future_begun_bits ());
      return TRUE;
    }

  return thr_future_get_state (THR_FUTURE (self)) == THR_FUTURE_STATE_RUNNING;
}

static void
leave (ThrParallelLoop *self)
{
  if (__atomic_sub_fetch (&self->inside, 1, __ATOMIC_ACQ_REL) == 0)
    settle_if_over (self);
}

/* The work has ended its thread: thr_exit_thread(), or an interpreter that goes. */
static void
unwound_cb (gpointer data)
{
  ThrParallelLoop *self = data;

  thr_parallel_loop_stop (self, make_no_answer_error ());
  leave (self);
  g_object_unref (self);
}

/**
 * thr_parallel_loop_take_part:
 * @self: a loop
 *
 * Lends the calling thread to the loop until no index is left that nobody has begun.
 *
 * The threads of the pool come by themselves; this is for one that has nothing better
 * to do than to wait for the loop, and would otherwise watch them. It may be called
 * from any thread, and blocks for as long as there is something to begin; others may
 * still be at their last indices when it returns.
 *
 * Returns: whether the loop is done
 */
gboolean
thr_parallel_loop_take_part (ThrParallelLoop *self)
{
  gboolean done;

  g_return_val_if_fail (THR_IS_PARALLEL_LOOP (self), FALSE);

  /* The work may drop what holds the loop. */
  g_object_ref (self);
  __atomic_fetch_add (&self->inside, 1, __ATOMIC_ACQ_REL);
  pthread_cleanup_push (unwound_cb, self);
  if (begin (self))
    run_chunks (self);
  pthread_cleanup_pop (FALSE);
  leave (self);

  done = thr_future_is_done (THR_FUTURE (self));
  g_object_unref (self);

  return done;
}

static gboolean
run_entry (ThrTask   *unused,
           gpointer   loop,
           GError   **error)
{
  thr_parallel_loop_take_part (loop);
  g_object_unref (loop);

  return TRUE;
}

ThrEntry
thr_parallel_loop_get_entry (ThrParallelLoop *self)
{
  return (ThrEntry) { run_entry, g_object_ref (self) };
}

gboolean
thr_parallel_loop_is_entry (const ThrEntry *entry)
{
  return entry->func == run_entry;
}

void
thr_parallel_loop_refuse (ThrParallelLoop *self,
                          const GError    *reason)
{
  /* Only a loop that nobody has begun depends on its entry. */
  thr_parallel_loop_give_up (self, reason);
  g_object_unref (self);
}

gboolean
thr_parallel_loop_recruit (ThrParallelLoop  *self,
                           GError          **error)
{
  ThrEntry entry;

  /* In a forked child the pool has begun anew, without us. */
  if (self->generation != thr_process_get_generation () ||
      __atomic_fetch_add (&self->n_recruited, 1, __ATOMIC_RELAXED) >=
        __atomic_load_n (&self->core->max_threads, __ATOMIC_RELAXED))
    return TRUE;

  entry = thr_parallel_loop_get_entry (self);
  if (thr_pool_core_submit (self->core, 0, &entry, error))
    return TRUE;

  g_object_unref (self);
  return FALSE;
}

/* --- What the future asks of us --- */

/* Contracts 13: what a worker runs inside of a wait is the very thing that it waits
 * for, and nobody has begun it: indices are taken once. */
static gboolean
loop_help (ThrFuture *future,
           gboolean   unlimited)
{
  ThrParallelLoop *self = THR_PARALLEL_LOOP (future);
  ThrWorker *worker = thr_self_get ()->worker;
  gboolean from_binding = self->body.notify != NULL ||
                          (self->body.range == NULL && self->body.map == NULL);
  gboolean done;

  if (!unlimited || worker == NULL || worker->core != self->core ||
      !thr_worker_may_help (worker, from_binding))
    return FALSE;

  worker->n_helping++;
  done = thr_parallel_loop_take_part (self);
  worker->n_helping--;

  return done;
}

/* Several may be inside, and each of them may be what it takes: a cycle through one is
 * no certain deadlock. */
static ThrSelf *
loop_owner (gpointer loop)
{
  return NULL;
}

static guint
loop_settled_bits (void)
{
  return 0;
}

static void
loop_settled (ThrFuture *future)
{
  thr_parallel_loop_release (THR_PARALLEL_LOOP (future));
}

/* One that was given may have been given to others, too; the chunks that run look at
 * it, and no other begins. */
static void
loop_cancel_running (ThrFuture *future)
{
  ThrParallelLoop *self = THR_PARALLEL_LOOP (future);

  if (thr_future_get_state (future) != THR_FUTURE_STATE_RUNNING)
    return;

  if (!self->lent)
    g_cancellable_cancel (thr_parallel_loop_get_cancellable (self));
  thr_parallel_loop_stop (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                                     _("The loop was cancelled")));
}

/* A forked child has none of its parent's workers. */
static gboolean
loop_lost (ThrFuture *future)
{
  return THR_PARALLEL_LOOP (future)->generation != thr_process_get_generation ();
}

const ThrFutureWaits thr_parallel_loop_waits = {
  .help = loop_help,
  .owner = loop_owner,
  .lost = loop_lost,
  .settled_bits = loop_settled_bits,
  .settled = loop_settled,
  .cancel_running = loop_cancel_running
};
