/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-home-private.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/thr-language-private.h"
#include "base/thr-process-private.h"

/* A home is the library's half of a GMainContext: what is to be emitted, called
 * back or freed in the context's thread is queued here by any thread and handled
 * there in batches.
 *
 *   any thread ── push ──► incoming (lock-free stack) ── refill ──► head…tail
 *                                                       (owner of the context)
 *
 * The home knows its context but holds no reference to it, and the context's only
 * tie to the home is a source. When the context dies it destroys the source, and
 * that tells us: GLib runs the destroy-notify of a source's callback while the
 * context is still allocated and unlocked. From then on the home is gone: pushes
 * fail and what was queued is discarded.
 *
 * Waking: the owner's prepare() announces that it is about to sleep and looks at
 * the queue; a pusher queues and then looks whether somebody announced. One of
 * the two sees the other (both sides are sequentially consistent), so a batch
 * costs one wake-up and a busy loop none. check() takes the announcement back.
 *
 * The wake-up goes through a descriptor of the home's own and not through
 * g_main_context_wakeup(): that must not be called once the last reference to the
 * context has been dropped, and between that moment and our hearing of it any
 * thread may push.
 *
 * Lock order: table_mutex, then a context's own; a home's life mutex, then the
 * context's own. GLib calls nothing of ours while it holds a context's.
 */

#define REAP_MAX        16
#define BATCH_BUDGET_US (4 * G_TIME_SPAN_MILLISECOND)
/* How often to look when the process has run out of descriptors. */
#define NO_FD_POLL_MS   10

#define GONE ((gpointer) &gone_mark)
static char gone_mark;

struct _ThrHome
{
  gatomicrefcount ref_count;

  /* Constant. */
  guint         generation;
  gboolean      is_default;
  int           wake_fd;         /* an eventfd, or -1 */

  /* Atomic. */
  ThrMailbox   *incoming;        /* a stack, or GONE */
  ThrTrash     *incoming_trash;  /* a stack, or GONE */
  int           asleep;          /* the owner may be about to sleep */

  /* Under @life; @gone is also read without, as a hint. */
  GMutex        life;
  GMainContext *context;         /* borrowed; valid under @life unless @gone */
  int           gone;
  GQueue        guests;

  /* Written by the owner of the context only; read by others as a hint. */
  ThrMailbox   *head;
  ThrTrash     *trash;

  guint         reap_turn;       /* atomic; a hint */

  /* The owner of the context only. */
  ThrMailbox   *tail;
  gboolean      reaping;
  gpointer      wake_tag;        /* of @wake_fd in the source, or NULL */
};

typedef struct
{
  GSource  source;
  ThrHome *home; /* borrowed: the callback's data owns the reference */
} HomeSource;

static GMutex table_mutex;
static GHashTable *table; /* under table_mutex: GMainContext → ThrHome, borrowed both */

/* --- The queue --- */

/* A home whose process was forked away: its thread and its wake-up descriptor
 * are the parent's. */
static gboolean
is_foreign (ThrHome *self)
{
  return self->generation != thr_process_get_generation ();
}

static void
wake (ThrHome *self)
{
  guint64 one = 1;

  /* It fails only when the counter is full, and then the owner wakes anyway. */
  while (self->wake_fd >= 0 &&
         write (self->wake_fd, &one, sizeof one) < 0 && errno == EINTR)
    ;
}

static void
acknowledge_wake (ThrHome *self)
{
  guint64 count;

  while (read (self->wake_fd, &count, sizeof count) < 0 && errno == EINTR)
    ;
}

static void
wake_if_asleep (ThrHome *self)
{
  /* Pairs with home_prepare(): we queued before this load, it announces before it
   * looks at the queue. The load keeps the line shared while the loop is busy. */
  if (__atomic_load_n (&self->asleep, __ATOMIC_SEQ_CST) &&
      __atomic_exchange_n (&self->asleep, FALSE, __ATOMIC_SEQ_CST))
    wake (self);
}

/* Any thread. FALSE when the home is gone; the caller then keeps what it has. */
gboolean
thr_home_push (ThrHome    *self,
               ThrMailbox *box)
{
  ThrMailbox *top = __atomic_load_n (&self->incoming, __ATOMIC_RELAXED);

  do
    {
      if (top == GONE || is_foreign (self))
        return FALSE;
      box->next = top;
    }
  while (!__atomic_compare_exchange_n (&self->incoming, &top, box, TRUE,
                                       __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));

  wake_if_asleep (self);
  return TRUE;
}

static gboolean
push_trash (ThrHome  *self,
            ThrTrash *trash)
{
  ThrTrash *top = __atomic_load_n (&self->incoming_trash, __ATOMIC_RELAXED);

  do
    {
      if (top == GONE || is_foreign (self))
        return FALSE;
      trash->next = top;
    }
  while (!__atomic_compare_exchange_n (&self->incoming_trash, &top, trash, TRUE,
                                       __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));

  wake_if_asleep (self);
  return TRUE;
}

/* Takes everything, unless the home is gone, which stays so. Emptied with a swap
 * and not a store: nothing that is pushed meanwhile may be lost. */
static gpointer
take_all (gpointer *stack)
{
  gpointer top = __atomic_load_n (stack, __ATOMIC_RELAXED);

  do
    {
      if (top == NULL || top == GONE)
        return NULL;
    }
  while (!__atomic_compare_exchange_n (stack, &top, NULL, TRUE,
                                       __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));

  return top;
}

/* Relaxed: thr_home_reap() peeks from other threads and needs no more than a
 * hint. */
static void
set_head (ThrHome    *self,
          ThrMailbox *box)
{
  __atomic_store_n (&self->head, box, __ATOMIC_RELAXED);
}

static void
set_trash (ThrHome  *self,
           ThrTrash *trash)
{
  __atomic_store_n (&self->trash, trash, __ATOMIC_RELAXED);
}

void
thr_home_link (ThrHome    *self,
               ThrMailbox *box)
{
  box->queued = TRUE;
  box->next = NULL;
  box->prev = self->tail;
  if (self->tail != NULL)
    self->tail->next = box;
  else
    set_head (self, box);
  self->tail = box;
}

void
thr_home_unlink (ThrHome    *self,
                 ThrMailbox *box)
{
  if (box->prev != NULL)
    box->prev->next = box->next;
  else
    set_head (self, box->next);
  if (box->next != NULL)
    box->next->prev = box->prev;
  else
    self->tail = box->prev;

  box->prev = box->next = NULL;
  box->queued = FALSE;
}

static void
link_incoming (ThrHome    *self,
               ThrMailbox *stack)
{
  ThrMailbox *oldest = NULL;

  while (stack != NULL)
    {
      ThrMailbox *next = stack->next;

      stack->next = oldest;
      oldest = stack;
      stack = next;
    }

  while (oldest != NULL)
    {
      ThrMailbox *next = oldest->next;

      thr_home_link (self, oldest);
      oldest = next;
    }
}

void
thr_home_refill (ThrHome *self)
{
  link_incoming (self, take_all ((gpointer *) &self->incoming));
}

/* --- Trash --- */

static void
free_trash (ThrTrash *trash)
{
  trash->next = NULL;
  trash->free (trash);
}

static void
abandon_trash (ThrTrash *trash)
{
  trash->next = NULL;
  if (trash->abandon != NULL)
    trash->abandon (trash);
  else
    trash->free (trash);
}

static gboolean
has_trash (ThrHome *self)
{
  return __atomic_load_n (&self->trash, __ATOMIC_RELAXED) != NULL ||
         __atomic_load_n (&self->incoming_trash, __ATOMIC_RELAXED) != NULL;
}

/* The oldest first, as promised to nobody but kind to caches. */
static ThrTrash *
next_trash (ThrHome *self)
{
  ThrTrash *trash;

  if (self->trash == NULL)
    {
      ThrTrash *stack = take_all ((gpointer *) &self->incoming_trash);

      while (stack != NULL)
        {
          ThrTrash *next = stack->next;

          stack->next = self->trash;
          set_trash (self, stack);
          stack = next;
        }
    }

  trash = self->trash;
  if (trash != NULL)
    set_trash (self, trash->next);

  return trash;
}

void
thr_home_throw (ThrHome  *self,
                ThrTrash *trash)
{
  /* At the end of the process nobody runs a binding's code any more. */
  if (thr_process_is_ending ())
    return;

  if (!push_trash (self, trash))
    abandon_trash (trash);
}

typedef struct
{
  ThrTrash       trash;
  GDestroyNotify notify;
  gpointer       data;
} NotifyTrash;

static void
notify_trash_free (ThrTrash *trash)
{
  NotifyTrash *self = (NotifyTrash *) trash;

  self->notify (self->data);
  g_free (self);
}

static void
notify_trash_abandon (ThrTrash *trash)
{
  NotifyTrash *self = (NotifyTrash *) trash;

  /* A GJS function may be touched in its own thread only, and that has gone. */
  if (!thr_language_notify_is_js (self->notify))
    self->notify (self->data);
  g_free (self);
}

void
thr_home_throw_notify (ThrHome        *self,
                       GDestroyNotify  notify,
                       gpointer        data)
{
  NotifyTrash *trash;

  if (notify == NULL)
    return;

  trash = g_new (NotifyTrash, 1);
  trash->trash.free = notify_trash_free;
  trash->trash.abandon = notify_trash_abandon;
  trash->notify = notify;
  trash->data = data;
  thr_home_throw (self, &trash->trash);
}

void
thr_home_throw_object (ThrHome  *self,
                       gpointer  object)
{
  if (object != NULL)
    thr_home_throw_notify (self, g_object_unref, object);
}

/* --- The source --- */

static gboolean
has_work (ThrHome *self)
{
  if (thr_process_is_ending () || is_foreign (self))
    return FALSE;

  return __atomic_load_n (&self->head, __ATOMIC_RELAXED) != NULL ||
         __atomic_load_n (&self->trash, __ATOMIC_RELAXED) != NULL ||
         __atomic_load_n (&self->incoming, __ATOMIC_SEQ_CST) != NULL ||
         __atomic_load_n (&self->incoming_trash, __ATOMIC_SEQ_CST) != NULL;
}

static gboolean
home_prepare (GSource *source,
              int     *timeout)
{
  ThrHome *self = ((HomeSource *) source)->home;

  *timeout = self->wake_fd >= 0 ? -1 : NO_FD_POLL_MS;

  if (G_UNLIKELY (is_foreign (self)))
    {
      /* The descriptor is the parent's too: to read it would steal its wake-ups,
       * and not to read it would let our poll() return for ever. */
      if (self->wake_tag != NULL)
        g_source_remove_unix_fd (source, g_steal_pointer (&self->wake_tag));
      *timeout = -1;
      return FALSE;
    }

  /* Announce, then look: pairs with wake_if_asleep(). It is announced even when
   * the pusher is this very thread: another source's prepare() may push after
   * ours has looked. */
  __atomic_store_n (&self->asleep, TRUE, __ATOMIC_SEQ_CST);
  if (!has_work (self))
    return FALSE;

  __atomic_store_n (&self->asleep, FALSE, __ATOMIC_RELAXED);
  return TRUE;
}

/* Awake until the next prepare(), which looks again: no order is needed here. GLib
 * leaves us out when something of a higher priority is ready; then the next push
 * pays for a wake-up that nobody needed. */
static gboolean
home_check (GSource *source)
{
  ThrHome *self = ((HomeSource *) source)->home;

  __atomic_store_n (&self->asleep, FALSE, __ATOMIC_RELAXED);
  if (self->wake_tag != NULL && g_source_query_unix_fd (source, self->wake_tag) != 0)
    acknowledge_wake (self);

  return has_work (self);
}

/* One letter, one bit or one piece of trash. FALSE when there is nothing. The
 * queue is in order before anything is called, so that a nested main loop goes on
 * with what comes next. */
static gboolean
step (ThrHome *self,
      guint    n)
{
  ThrTrash *trash;

  if (self->head == NULL)
    thr_home_refill (self);

  /* Trash has its turn in every fourth step even while letters stream in, or
   * memory would grow as long as they do. */
  if (self->head != NULL && (n % 4 != 3 || !has_trash (self)))
    {
      ThrMailbox *box = self->head;

      thr_mailbox_deliver_one (box);
      /* Whatever the callback did, what is in the queue is alive. */
      if (self->head == box)
        thr_mailbox_end_turn (box);
      return TRUE;
    }

  trash = next_trash (self);
  if (trash != NULL)
    free_trash (trash);

  return trash != NULL;
}

static gboolean
home_dispatch (GSource     *source,
               GSourceFunc  callback,
               gpointer     data)
{
  ThrHome *self = thr_home_ref (((HomeSource *) source)->home);
  gint64 end = g_get_monotonic_time () + BATCH_BUDGET_US;
  guint n = 0;

  /* The clock is read after 1, 2, 4 and 8 steps and then once in eight: slow
   * handlers are noticed at once, and quick ones do not pay for it. What is left
   * over is found by the next prepare(), after everybody else has had a turn. */
  while (!thr_process_is_ending () && step (self, n))
    if ((++n % 8 == 0 || n == 1 || n == 2 || n == 4) && g_get_monotonic_time () >= end)
      break;

  thr_home_unref (self);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = {
  .prepare = home_prepare,
  .check = home_check,
  .dispatch = home_dispatch
};

static gboolean
never_called_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
orphan_guests (ThrHome *self)
{
  for (;;)
    {
      ThrGuest *guest;
      GList *link;

      g_mutex_lock (&self->life);
      link = g_queue_pop_head_link (&self->guests);
      guest = link != NULL ? link->data : NULL;
      if (guest != NULL)
        guest->linked = FALSE;
      g_mutex_unlock (&self->life);

      if (guest == NULL)
        return;
      guest->orphaned (guest);
    }
}

/* The context is being freed, in this thread; it is unlocked and still there. */
static void
orphan_cb (gpointer data)
{
  ThrHome *self = data;
  ThrMailbox *boxes;
  ThrTrash *trash;

  /* A forked child frees the parent's context. What waits here waits for threads
   * that do not exist, and what they held when they were forked away, our mutex
   * maybe, stays held. */
  if (is_foreign (self))
    return;

  g_mutex_lock (&table_mutex);
  if (g_hash_table_lookup (table, self->context) == self)
    g_hash_table_remove (table, self->context);
  g_mutex_unlock (&table_mutex);

  g_mutex_lock (&self->life);
  __atomic_store_n (&self->gone, TRUE, __ATOMIC_RELEASE);
  g_mutex_unlock (&self->life);

  /* Those who wait for this home first: they hand on what they might be granted. */
  orphan_guests (self);

  /* At the end of the process no code of a binding runs any more: the queue is
   * left to the system. */
  if (thr_process_is_ending ())
    return;

  boxes = __atomic_exchange_n (&self->incoming, GONE, __ATOMIC_ACQ_REL);
  link_incoming (self, boxes != GONE ? boxes : NULL);
  while (self->head != NULL)
    {
      ThrMailbox *box = self->head;

      thr_home_unlink (self, box);
      thr_mailbox_discard (box);
    }

  while ((trash = next_trash (self)) != NULL)
    abandon_trash (trash);
  trash = __atomic_exchange_n (&self->incoming_trash, GONE, __ATOMIC_ACQ_REL);
  while (trash != NULL && trash != GONE)
    {
      ThrTrash *next = trash->next;

      abandon_trash (trash);
      trash = next;
    }

  thr_home_unref (self);
}

/* --- Homes --- */

static ThrHome *
home_new (GMainContext *context)
{
  ThrHome *self = g_new0 (ThrHome, 1);
  GSource *source;

  g_atomic_ref_count_init (&self->ref_count);
  self->generation = thr_process_get_generation ();
  self->is_default = context == g_main_context_default ();
  self->context = context;
  g_mutex_init (&self->life);
  g_queue_init (&self->guests);

  self->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);

  source = g_source_new (&source_funcs, sizeof (HomeSource));
  if (self->wake_fd >= 0)
    self->wake_tag = g_source_add_unix_fd (source, self->wake_fd, G_IO_IN);
  ((HomeSource *) source)->home = self;
  g_source_set_static_name (source, "[thrkit] home");
  g_source_set_can_recurse (source, TRUE);
  g_source_set_callback (source, never_called_cb, thr_home_ref (self), orphan_cb);
  g_source_attach (source, context);
  g_source_unref (source);

  return self;
}

/* The child's homes begin anew; those of the parent stay as they are, for the
 * objects that know them. The table is whole: fork() took its mutex. */
static void
child_forked_cb (void)
{
  if (table != NULL)
    g_hash_table_remove_all (table);
}

static void
init_table (void)
{
  static gsize once;

  if (g_once_init_enter (&once))
    {
      thr_process_init ();
      table = g_hash_table_new (NULL, NULL);
      thr_process_add_fork_mutex (&table_mutex);
      thr_process_add_child_hook (child_forked_cb);
      g_once_init_leave (&once, 1);
    }
}

static ThrHome *
lookup (GMainContext *context)
{
  ThrHome *home;

  init_table ();

  g_mutex_lock (&table_mutex);
  home = g_hash_table_lookup (table, context);
  if (home == NULL)
    {
      /* Attaching takes the context's lock under ours. Nobody holds that while it
       * takes ours: orphan_cb() is called with the context unlocked. */
      home = home_new (context);
      g_hash_table_insert (table, context, home);
    }
  else
    {
      thr_home_ref (home);
    }
  g_mutex_unlock (&table_mutex);

  return home;
}

ThrHome *
thr_home_get (GMainContext *context)
{
  ThrSelf *self = thr_self_get ();

  if (context == NULL)
    context = g_main_context_get_thread_default ();
  if (context == NULL)
    context = g_main_context_default ();

  /* A new context may lie where an old one lay; then the old home is gone. */
  if (self->home == NULL || self->home_context != context ||
      thr_home_is_gone (self->home))
    {
      g_clear_pointer (&self->home, thr_home_unref);
      self->home = lookup (context);
      self->home_context = context;
    }

  return thr_home_ref (self->home);
}

ThrHome *
thr_home_ref (ThrHome *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
thr_home_unref (ThrHome *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  /* The source owned a reference until the context went, so it has gone. */
  if (self->wake_fd >= 0)
    close (self->wake_fd);
  g_mutex_clear (&self->life);
  g_free (self);
}

GMainContext *
thr_home_dup_context (ThrHome *self)
{
  GMainContext *context = NULL;

  if (is_foreign (self))
    return NULL;

  g_mutex_lock (&self->life);
  if (!self->gone)
    context = g_main_context_ref (self->context);
  g_mutex_unlock (&self->life);

  return context;
}

gboolean
thr_home_is_gone (ThrHome *self)
{
  return __atomic_load_n (&self->gone, __ATOMIC_ACQUIRE) || is_foreign (self);
}

/* Contracts 1. *@owned tells whether the caller owns the context already; without
 * it, it must still succeed in acquiring it. */
static gboolean
is_mine (ThrHome  *self,
         gboolean *owned)
{
  gboolean mine = FALSE;

  *owned = FALSE;

  /* Before the lock, which another thread may have held when we were forked. */
  if (is_foreign (self))
    return FALSE;

  g_mutex_lock (&self->life);
  if (!self->gone)
    {
      *owned = g_main_context_is_owner (self->context);
      mine = *owned ||
             g_main_context_get_thread_default () == self->context ||
             (self->is_default && thr_process_is_main_thread ());
    }
  g_mutex_unlock (&self->life);

  return mine;
}

gboolean
thr_home_is_mine (ThrHome *self)
{
  gboolean owned;

  return is_mine (self, &owned);
}

gboolean
thr_home_enter (ThrHome  *self,
                ThrVisit *visit)
{
  GMainContext *current;
  gboolean owned;

  if (thr_process_is_ending () || !is_mine (self, &owned))
    return FALSE;

  /* The context lives: we own it, or it is on our stack of thread-default ones,
   * or it is the default one, which lives for ever. */
  visit->context = self->context;
  if (!g_main_context_acquire (visit->context))
    return FALSE;

  /* The default context is the thread-default one of who has none. */
  current = g_main_context_get_thread_default ();
  visit->pushed = current != visit->context && (current != NULL || !self->is_default);
  if (visit->pushed)
    g_main_context_push_thread_default (visit->context);

  return TRUE;
}

void
thr_home_leave (ThrVisit *visit)
{
  if (visit->pushed)
    g_main_context_pop_thread_default (visit->context);
  g_main_context_release (visit->context);
}

/* Without a running loop the queue would grow for ever: who comes by in the
 * home's own thread takes some of it along. Nothing is emitted here. */
void
thr_home_reap (ThrHome *self)
{
  ThrVisit visit;
  guint turn;

  if (G_LIKELY (!has_work (self)))
    return;

  /* Trash is somebody's memory and goes at once. A mailbox is looked at in vain as
   * long as its object is held, so only every eighth caller looks, at twice as many
   * as came in between. Callers may share a turn. */
  turn = __atomic_load_n (&self->reap_turn, __ATOMIC_RELAXED);
  __atomic_store_n (&self->reap_turn, turn + 1, __ATOMIC_RELAXED);
  if (!has_trash (self) && turn % (REAP_MAX / 2) != 0)
    return;

  if (!thr_home_enter (self, &visit))
    return;

  /* A destroy-notify may come by here again. */
  if (self->reaping)
    {
      thr_home_leave (&visit);
      return;
    }

  self->reaping = TRUE;
  thr_home_refill (self);

  for (guint i = 0;
       i < REAP_MAX && self->head != NULL && turn % (REAP_MAX / 2) == 0; i++)
    {
      ThrMailbox *box = self->head;

      if (thr_mailbox_drop (box))
        continue;
      if (box->next == NULL)
        break;
      thr_home_unlink (self, box);
      thr_home_link (self, box);
    }

  for (guint i = 0; i < REAP_MAX; i++)
    {
      ThrTrash *trash = next_trash (self);

      if (trash == NULL)
        break;
      free_trash (trash);
    }

  self->reaping = FALSE;
  thr_home_leave (&visit);
}

/* --- Guests --- */

gboolean
thr_home_check_in (ThrHome  *self,
                   ThrGuest *guest)
{
  gboolean in = FALSE;

  if (is_foreign (self))
    return FALSE;

  g_mutex_lock (&self->life);
  if (!self->gone)
    {
      guest->link.data = guest;
      g_queue_push_tail_link (&self->guests, &guest->link);
      guest->linked = TRUE;
      in = TRUE;
    }
  g_mutex_unlock (&self->life);

  return in;
}

gboolean
thr_home_check_out (ThrHome  *self,
                    ThrGuest *guest)
{
  gboolean out;

  if (is_foreign (self))
    return FALSE;

  g_mutex_lock (&self->life);
  out = guest->linked;
  if (out)
    {
      g_queue_unlink (&self->guests, &guest->link);
      guest->linked = FALSE;
    }
  g_mutex_unlock (&self->life);

  return out;
}
