/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "sync/thr-rw-lock-private.h"

#include "base/thr-debug-private.h"
#include "base/thr-error.h"
#include "base/thr-i18n-private.h"
#include "base/thr-wait-graph-private.h"

/* One word holds who has the lock, and whether anybody stands in line for it:
 *
 *   free     0 readers
 *   read     n readers: threads, each counted once, and operations
 *   written  WRITTEN: one thread or operation; that thread may read as well, and counts
 *            as a reader then
 *   LINE     the line is not empty, in any of these
 *
 *   R1  free, read ──► read      take: one swap, if LINE is not there
 *   R2  read                     take again, by a thread that reads: past those who
 *                                wait, or it would wait for a writer that waits for it.
 *                                Its own count of entries; the word is not touched
 *   R3  written ──► written      take, read or write, by the thread that writes
 *   W1  free ──► written         take: one swap, if LINE is not there
 *   W2  read ──► refused         take, by a thread that reads: it would wait for itself
 *   J   any ──► any LINE         join the line: one swap, which sees that there is
 *                                nothing to take, under the lock of the line
 *   P   one less                 put: one step. If LINE was there and nobody is left:
 *                                G1 and G2, under the lock of the line
 *   G1  free ──► written         the first writer in line is granted, if there is one
 *   G2  free, read ──► read      no writer waits: all readers in line are granted
 *
 * G1 and G2 are tried whenever somebody has put, or left the line. So a writer waits for
 * those who read when it comes, and for nobody who comes later but other writers.
 *
 * LINE comes and goes under the lock of the line. While it is there nobody takes without
 * that lock, except for R2 and R3, which change nothing for others: so who has the lock
 * of a line with somebody in it knows that "free" and "not written" last. Nobody sleeps
 * for what is free: J fails when P came first, and when J came first P sees LINE.
 *
 * Which threads read is known to themselves: each keeps in its record how often it has
 * entered what (ThrSelf.shares). The serial number of the lock stands for it there, since
 * it may be freed while it is held. So a thread that ends as a reader leaves its one in
 * the word, and nobody knows whose that is.
 *
 * What is granted is in the word before the waiter's swap, or it could put before it
 * has. As owner the thread enters itself when it wakes.
 */
enum {
  WRITTEN = 1 << 0,
  LINE    = 1 << 1,
  READER  = 1 << 2
};

static inline guint
load_word (ThrRWLock *self)
{
  return __atomic_load_n (&self->word, __ATOMIC_RELAXED);
}

/* Acquire: pairs with the release in putting. All changes are read-modify-writes, so a
 * taker sees what all who had the lock before it wrote. */
static inline gboolean
swap_taking (ThrRWLock *self,
             guint     *word,
             guint      next)
{
  return __atomic_compare_exchange_n (&self->word, word, next, FALSE, __ATOMIC_ACQUIRE,
                                      __ATOMIC_RELAXED);
}

/* With no lock held: a warning may come of it. */
static inline void
remember (ThrRWLock *self)
{
  if (THR_DEBUG_ENABLED (THR_DEBUG_LOCKS))
    thr_debug_lock_acquired (THR_OBJECT (self));
}

static inline guint
get_unit (ThrRWKind kind)
{
  return kind == THR_RW_WRITE ? WRITTEN : READER;
}

/* --- Who reads and writes; the calling thread's own entries --- */

/* The entry of a thread that reads. Of another thread than the caller only by the wait
 * graph, while that one is blocked. */
static ThrShare *
find_share (ThrRWLock *self,
            ThrSelf   *thread)
{
  for (guint i = 0; i < thread->n_shares; i++)
    if (thread->shares[i].serial == self->serial)
      return &thread->shares[i];

  return NULL;
}

static inline void
add_share (ThrRWLock *self,
           ThrSelf   *me)
{
  if (G_UNLIKELY (me->n_shares == me->shares_size))
    {
      me->shares_size = MAX (2 * me->shares_size, 4);
      me->shares = g_renew (ThrShare, me->shares, me->shares_size);
    }

  me->shares[me->n_shares++] = (ThrShare) { self->serial, 1 };
}

static inline void
remove_share (ThrSelf  *me,
              ThrShare *share)
{
  ThrShare *last = &me->shares[--me->n_shares];

  /* Mostly it is the last. To read as a whole what was just written in parts is slow. */
  if (G_UNLIKELY (share != last))
    *share = *last;
}

/* The word says already that it has the lock. */
static void
enter (ThrRWLock *self,
       ThrRWKind  kind,
       ThrSelf   *me)
{
  if (kind == THR_RW_READ)
    {
      add_share (self, me);
      return;
    }

  self->write_depth = 1;
  thr_owner_set (&self->writer, me);
}

/* R2, and R3 but for the first read. */
static inline gboolean
enter_again (ThrRWLock *self,
             ThrRWKind  kind,
             ThrSelf   *me)
{
  ThrShare *share;

  if (kind == THR_RW_WRITE)
    {
      if (!thr_owner_is (&self->writer, me))
        return FALSE;
      self->write_depth++;
      return TRUE;
    }

  share = find_share (self, me);
  if (share != NULL)
    share->depth++;
  return share != NULL;
}

/* R1, R2, R3, W1: without the lock of the line. */
static inline gboolean
take_now (ThrRWLock *self,
          ThrRWKind  kind,
          ThrSelf   *me)
{
  guint in_the_way = kind == THR_RW_READ ? WRITTEN | LINE : ~0u;
  guint word;

  if (enter_again (self, kind, me))
    return TRUE;

  word = load_word (self);
  while (G_LIKELY ((word & in_the_way) == 0))
    if (G_LIKELY (swap_taking (self, &word, word + get_unit (kind))))
      {
        enter (self, kind, me);
        return TRUE;
      }

  /* R3: nobody else can change what WRITTEN and its owner say. */
  if (kind == THR_RW_READ && thr_owner_is (&self->writer, me))
    {
      __atomic_fetch_add (&self->word, READER, __ATOMIC_RELAXED);
      enter (self, kind, me);
      return TRUE;
    }

  return FALSE;
}

gboolean
thr_rw_lock_take_now (ThrRWLock *self,
                      ThrRWKind  kind)
{
  ThrSelf *me = thr_self_get ();

  /* Each half has its own copy: of all that is asked little is left. */
  if (!(kind == THR_RW_READ ? take_now (self, THR_RW_READ, me) : take_now (self, THR_RW_WRITE, me)))
    return FALSE;

  remember (self);
  return TRUE;
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
  if (self->line.head == NULL)
    __atomic_fetch_and (&self->word, ~(guint) LINE, __ATOMIC_RELAXED);
}

/* Release: pairs with swap_taking(). Acquire for who serves the line next. */
static inline guint
put_unit (ThrRWLock *self,
          ThrRWKind  kind)
{
  return __atomic_sub_fetch (&self->word, get_unit (kind), __ATOMIC_ACQ_REL);
}

/* Whether the operation's callback comes at the lock's own home. */
static gboolean
is_at_home (ThrRWLock    *self,
            ThrOperation *operation)
{
  return thr_operation_get_home (operation) == thr_object_get_home (THR_OBJECT (self));
}

static gboolean
grant_unlocked (ThrRWLock    *self,
                ThrWaiter    *waiter,
                ThrWakeBatch *batch)
{
  /* The waiter may be gone after the grant; the operation is ours until the batch is
   * fired. */
  ThrRWKind kind = waiter->tag;
  ThrOperation *operation = waiter->operation;

  /* Acquire: what those who put before wrote is passed on with the grant. */
  __atomic_fetch_add (&self->word, get_unit (kind), __ATOMIC_ACQ_REL);
  unlink_unlocked (self, waiter);
  if (!thr_waiter_grant (waiter, batch))
    {
      put_unit (self, kind);
      return FALSE;
    }

  if (operation != NULL && is_at_home (self, operation))
    {
      self->n_awaited[kind]++;
      /* Who sleeps for ever on the home's thread must see that its operation has it. */
      if (self->at_home != NULL)
        thr_waiter_nudge (self->at_home, batch);
    }

  return TRUE;
}

/* Whom to grant next, of a line that is not empty. */
static ThrWaiter *
choose_unlocked (ThrRWLock *self)
{
  guint word = load_word (self);
  ThrRWKind kind = self->n_waiting_writers > 0 ? THR_RW_WRITE : THR_RW_READ;

  if (kind == THR_RW_WRITE ? (word & ~(guint) LINE) != 0 : (word & WRITTEN) != 0)
    return NULL;

  for (ThrWaiter *waiter = self->line.head; waiter != NULL; waiter = waiter->next)
    if (waiter->tag == kind)
      return waiter;

  g_assert_not_reached ();
}

/* G1, G2. */
static void
serve_unlocked (ThrRWLock    *self,
                ThrWakeBatch *batch)
{
  ThrWaiter *next;

  while (self->line.head != NULL && (next = choose_unlocked (self)) != NULL)
    grant_unlocked (self, next, batch);
}

static void
serve (ThrRWLock *self)
{
  ThrWakeBatch batch = THR_WAKE_BATCH_INIT;

  thr_wait_list_lock (&self->line);
  serve_unlocked (self, &batch);
  thr_wait_list_unlock (&self->line);

  thr_wake_batch_fire (&batch);
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

/* R1, W1, or J: then FALSE, and the waiter is to be pushed. Somebody may have put and
 * be about to serve the line; a writer does not pass that one, a reader is served by it,
 * too. */
static gboolean
take_or_mark_unlocked (ThrRWLock *self,
                       ThrRWKind  kind)
{
  guint word = load_word (self);

  for (;;)
    {
      gboolean free = kind == THR_RW_WRITE ? word == 0
                                           : (word & WRITTEN) == 0 && self->n_waiting_writers == 0;

      if (swap_taking (self, &word, free ? word + get_unit (kind) : word | LINE))
        return free;
    }
}

static void
push_unlocked (ThrRWLock *self,
               ThrWaiter *waiter,
               ThrRWKind  kind)
{
  waiter->tag = kind;
  waiter->slot = GSIZE_TO_POINTER (++self->last_ticket);
  if (kind == THR_RW_WRITE)
    self->n_waiting_writers++;
  if (waiter->operation == NULL)
    thr_wait_list_push_unlocked (&self->line, waiter);
}

/* --- Taking, blocked --- */

static ThrSelf *
get_writer (gpointer resource)
{
  gboolean is_dead;

  return thr_owner_get (&THR_RW_LOCK (resource)->writer, &is_dead);
}

/* For the wait graph: a writer waits for all who read, and for the writers that came
 * before; a reader for all writers that wait. Both threads are blocked, so neither what
 * they hold nor what they wait for changes. */
static gboolean
is_blocked_by (ThrWaitEdge *edge,
               ThrWaitEdge *other)
{
  ThrRWLock *self = edge->resource;
  gboolean writes = edge->waiter->tag == THR_RW_WRITE;

  if (writes && find_share (self, other->waiter->self) != NULL)
    return TRUE;

  return other->resource == self && other->waiter->tag == THR_RW_WRITE &&
         (!writes || GPOINTER_TO_SIZE (other->waiter->slot) < GPOINTER_TO_SIZE (edge->waiter->slot));
}

/* Whether what stands in the way is an operation whose callback the calling thread
 * itself would have to run. */
static gboolean
is_stuck (ThrRWLock *self,
          ThrWaiter *waiter)
{
  gboolean stuck;

  thr_wait_list_lock (&self->line);
  stuck = self->at_home == waiter &&
          (self->n_awaited[THR_RW_WRITE] > 0 ||
           (waiter->tag == THR_RW_WRITE && self->n_awaited[THR_RW_READ] > 0));
  thr_wait_list_unlock (&self->line);

  return stuck;
}

/* A wait that could never end: sets @error. */
static void
check_hope (ThrRWLock  *self,
            ThrWaiter  *waiter,
            GError    **error)
{
  gboolean is_dead;

  thr_owner_get (&self->writer, &is_dead);
  if (is_dead)
    g_set_error_literal (error, THR_ERROR, THR_ERROR_DEADLOCK,
                         _("The thread that holds the lock has ended without releasing it"));
  else if (is_stuck (self, waiter))
    g_set_error_literal (error, THR_ERROR, THR_ERROR_DEADLOCK,
                         _("The lock was granted to an asynchronous acquire whose callback this "
                           "very thread would have to run"));
}

/* In line. Sets @deadlock when the wait was given up because it could never end. */
static ThrPark
wait_in_line (ThrRWLock    *self,
              ThrWaiter    *waiter,
              ThrDeadline   deadline,
              gboolean      is_endless,
              GError      **deadlock)
{
  ThrWaitEdge edge = { THR_EDGE_LOCK, waiter, self, get_writer, is_blocked_by };
  ThrPark park = THR_PARK_NUDGED;
  gboolean has_edge;

  /* Only here: a waiter that spins before it is in line would not be seen. */
  thr_waiter_spin (waiter);
  has_edge = is_endless && thr_wait_graph_enter (&edge, deadlock);

  while (park == THR_PARK_NUDGED)
    {
      if (is_endless && *deadlock == NULL)
        check_hope (self, waiter, deadlock);
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

/* R1, W1, or into the line. */
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
  taken = take_or_mark_unlocked (self, kind);
  if (!taken)
    push_unlocked (self, &waiter, kind);
  if (!taken && at_home)
    self->at_home = &waiter;
  thr_wait_list_unlock (&self->line);

  if (!taken)
    park = wait_in_line (self, &waiter, deadline, is_endless, &deadlock);
  thr_waiter_end (&waiter);

  if (park == THR_PARK_GRANTED)
    enter (self, kind, waiter.self);
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
  ThrSelf *me = thr_self_get ();
  ThrDeadline deadline;

  if (!thr_deadline_from_timeout (timeout_us, &deadline, error))
    return FALSE;
  if (g_cancellable_is_cancelled (cancellable))
    return thr_park_to_error (THR_PARK_CANCELLED, error);

  if (!take_now (self, kind, me))
    {
      /* W2 */
      if (kind == THR_RW_WRITE && find_share (self, me) != NULL)
        {
          g_set_error_literal (error, THR_ERROR, THR_ERROR_DEADLOCK,
                               _("A thread that reads cannot acquire the lock for writing: it "
                                 "would wait for itself"));
          return FALSE;
        }
      if (deadline == THR_DEADLINE_NOW)
        return thr_park_to_error (THR_PARK_TIMED_OUT, error);
      if (!block (self, kind, deadline, cancellable, error))
        return FALSE;
    }

  remember (self);
  return TRUE;
}

/* --- Putting --- */

/* FALSE when it was not the last entry. */
static gboolean
leave_once (ThrRWLock *self,
            ThrRWKind  kind,
            ThrSelf   *me,
            ThrShare  *share)
{
  if (kind == THR_RW_READ)
    {
      if (--share->depth > 0)
        return FALSE;
      remove_share (me, share);
      return TRUE;
    }

  if (--self->write_depth > 0)
    return FALSE;
  thr_owner_clear (&self->writer);
  return TRUE;
}

static gboolean
refuse_put (ThrRWLock  *self,
            ThrRWKind   kind,
            GError    **error)
{
  guint word = load_word (self);

  if (kind == THR_RW_WRITE ? (word & WRITTEN) != 0 : word >= READER)
    g_set_error_literal (error, THR_ERROR, THR_ERROR_NOT_OWNER,
                         _("The lock is held by somebody else"));
  else
    g_set_error_literal (error, THR_ERROR, THR_ERROR_NOT_HELD,
                         _("The lock is not held by anybody"));
  return FALSE;
}

gboolean
thr_rw_lock_put (ThrRWLock  *self,
                 ThrRWKind   kind,
                 GError    **error)
{
  ThrSelf *me = thr_self_get ();
  ThrShare *share = kind == THR_RW_READ ? find_share (self, me) : NULL;

  if (kind == THR_RW_READ ? share == NULL : !thr_owner_is (&self->writer, me))
    return refuse_put (self, kind, error);

  /* P: with anything else in the word than LINE whoever puts that will serve. But what
   * a writer leaves behind are its own reads, and with them readers may go on. */
  if (leave_once (self, kind, me, share))
    {
      guint word = put_unit (self, kind);

      if (G_UNLIKELY ((word & LINE) != 0) && (kind == THR_RW_WRITE || word == LINE))
        serve (self);
    }

  if (THR_DEBUG_ENABLED (THR_DEBUG_LOCKS))
    thr_debug_lock_released (THR_OBJECT (self));
  return TRUE;
}

guint
thr_rw_lock_get_depth (ThrRWLock *self,
                       ThrRWKind  kind)
{
  ThrSelf *me = thr_self_peek ();
  ThrShare *share;

  if (me == NULL)
    return 0;
  if (kind == THR_RW_WRITE)
    return thr_owner_is (&self->writer, me) ? self->write_depth : 0;

  share = find_share (self, me);
  return share != NULL ? share->depth : 0;
}

/* --- Taking, awaited --- */

/* An operation's source is the lock, or one of its views. */
static ThrRWLock *
get_lock (ThrObject *source)
{
  return THR_IS_RW_LOCK (source) ? THR_RW_LOCK (source)
                                 : thr_rw_lock_view_peek_lock (THR_RW_LOCK_VIEW (source));
}

static void
disown (ThrRWLock    *self,
        ThrOperation *operation,
        ThrRWKind     kind)
{
  if (!is_at_home (self, operation))
    return;

  thr_wait_list_lock (&self->line);
  self->n_awaited[kind]--;
  thr_wait_list_unlock (&self->line);
}

static void
give_back (ThrObject *source,
           ThrWaiter *waiter)
{
  ThrRWLock *self = get_lock (source);
  ThrRWKind kind = waiter->tag;

  disown (self, waiter->operation, kind);
  if ((put_unit (self, kind) & LINE) != 0)
    serve (self);
}

static void
leave (ThrObject *source,
       ThrWaiter *waiter)
{
  leave_line (get_lock (source), waiter);
}

/* Two, so that the result of one is not finished as the other. */
static const ThrOperationType operation_types[] = {
  [THR_RW_READ] = { give_back, leave },
  [THR_RW_WRITE] = { give_back, leave }
};

void
thr_rw_lock_await (gpointer             source,
                   ThrRWKind            kind,
                   GCancellable        *cancellable,
                   GAsyncReadyCallback  callback,
                   gpointer             user_data)
{
  ThrRWLock *self = get_lock (source);
  ThrOperation *operation = thr_operation_new (source, &operation_types[kind], cancellable,
                                               callback, user_data);
  ThrWakeBatch batch = THR_WAKE_BATCH_INIT;
  gboolean joined;

  /* An operation never enters again, and is served from the line whatever the word is. */
  thr_wait_list_lock (&self->line);
  joined = thr_operation_join_unlocked (operation, &self->line);
  if (joined)
    {
      push_unlocked (self, &operation->waiter, kind);
      __atomic_fetch_or (&self->word, LINE, __ATOMIC_RELAXED);
      serve_unlocked (self, &batch);
    }
  thr_wait_list_unlock (&self->line);

  thr_wake_batch_fire (&batch);
  if (!joined)
    thr_operation_settle (operation, NULL);
}

gboolean
thr_rw_lock_await_end (gpointer       source,
                       ThrRWKind      kind,
                       GAsyncResult  *result,
                       GError       **error)
{
  ThrRWLock *self = get_lock (source);
  ThrSelf *me = thr_self_get ();

  if (!thr_operation_finish (source, &operation_types[kind], result, error))
    return FALSE;

  disown (self, THR_OPERATION (result), kind);
  /* A thread that reads counts once. */
  if (kind == THR_RW_READ && enter_again (self, kind, me))
    put_unit (self, kind);
  else
    enter (self, kind, me);

  remember (self);
  return TRUE;
}

/* --- Life --- */

void
thr_rw_lock_line_init (ThrRWLock *self)
{
  static guint64 last_serial __attribute__ ((aligned (8)));

  self->serial = __atomic_add_fetch (&last_serial, 1, __ATOMIC_RELAXED);
  thr_wait_list_init (&self->line);
}

void
thr_rw_lock_line_clear (ThrRWLock *self)
{
  if (THR_DEBUG_ENABLED (THR_DEBUG_LOCKS))
    thr_debug_lock_gone (THR_OBJECT (self));

  thr_wait_list_clear (&self->line);
}

guint
thr_rw_lock_count_readers (ThrRWLock *self)
{
  return load_word (self) / READER;
}

gboolean
thr_rw_lock_is_written (ThrRWLock *self)
{
  return (load_word (self) & WRITTEN) != 0;
}

gboolean
thr_rw_lock_has_to_wait (ThrRWLock *self,
                         ThrRWKind  kind)
{
  guint word = load_word (self);

  return kind == THR_RW_WRITE ? word != 0 : (word & (WRITTEN | LINE)) != 0;
}
