/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-mailbox-private.h"

#include "base/thr-chaos-private.h"
#include "base/thr-home-private.h"
#include "base/thr-language-private.h"
#include "base/thr-object-private.h"

/* An object's outgoing post.
 *
 *   IDLE ── first letter ──► POSTED ── the home finds it empty ──► IDLE
 *
 * While POSTED the mailbox is in its home's queue, exactly once, and the queue
 * holds a reference to the object. Letters pushed meanwhile join without touching
 * the queue, so a burst costs one entry and one wake-up.
 *
 * The home takes letters in batches, sorts each batch by rank and delivers a batch
 * to its end before it takes the next. Posting order is time order, so ranks need
 * to settle only what was posted together.
 */

#define NOTIFY_BITS 24

typedef struct
{
  ThrLetter letter;
  GDestroyNotify notify;
  gpointer       data;
} NotifyLetter;

static guint notify_signal_id; /* atomic: GObject::notify; set by the first mailbox */

void
thr_mailbox_init (ThrMailbox *self,
                  ThrHome    *home)
{
  /* Two first mailboxes at once write the same number. */
  if (G_UNLIKELY (__atomic_load_n (&notify_signal_id, __ATOMIC_RELAXED) == 0))
    __atomic_store_n (&notify_signal_id, g_signal_lookup ("notify", G_TYPE_OBJECT),
                      __ATOMIC_RELAXED);

  self->home = home;
}

/* Nothing can be in it: what is in it holds the object. */
void
thr_mailbox_clear (ThrMailbox *self)
{
  g_assert (self->incoming == NULL && self->batch == NULL);

  g_clear_pointer (&self->home, thr_home_unref);
}

/* Without the type check: what has a mailbox is a ThrObject. */
static ThrObjectClass *
get_class (GObject *object)
{
  return (ThrObjectClass *) ((GTypeInstance *) object)->g_class;
}

/* --- Posting: any thread --- */

static gboolean
has_incoming (ThrMailbox *self)
{
  return __atomic_load_n (&self->incoming, __ATOMIC_SEQ_CST) != NULL ||
         __atomic_load_n (&self->bits, __ATOMIC_SEQ_CST) != 0;
}

/* After something was put in. Pairs with retire(): the letter is in before we look
 * at @posted, and retire() clears @posted before it looks for letters. So either
 * we see it cleared and post, or it sees the letter and goes on.
 * Returns FALSE when the home is gone. */
static gboolean
announce (ThrMailbox *self)
{
  if (__atomic_load_n (&self->posted, __ATOMIC_SEQ_CST) ||
      __atomic_exchange_n (&self->posted, TRUE, __ATOMIC_SEQ_CST))
    return TRUE;

  g_object_ref (thr_mailbox_get_object (self));
  THR_CHAOS ();
  if (thr_home_push (self->home, self))
    return TRUE;

  /* @posted stays set until thr_mailbox_discard(), the caller's next step. */
  return FALSE;
}

static void
push_letter (ThrMailbox *self,
             ThrLetter  *letter)
{
  letter->next = __atomic_load_n (&self->incoming, __ATOMIC_RELAXED);
  while (!__atomic_compare_exchange_n (&self->incoming, &letter->next, letter, TRUE,
                                       __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
    ;
}

void
thr_mailbox_post (ThrMailbox *self,
                  ThrLetter  *letter)
{
  if (!thr_mailbox_try_post (self, letter))
    letter->discard (letter, thr_mailbox_get_object (self));
}

gboolean
thr_mailbox_try_post (ThrMailbox *self,
                      ThrLetter  *letter)
{
  if (thr_home_is_gone (self->home))
    return FALSE;

  push_letter (self, letter);
  THR_CHAOS ();
  if (!announce (self))
    thr_mailbox_discard (self);

  return TRUE;
}

void
thr_mailbox_post_bits (ThrMailbox *self,
                       guint       bits)
{
  if (thr_home_is_gone (self->home))
    return;

  __atomic_fetch_or (&self->bits, bits, __ATOMIC_SEQ_CST);
  THR_CHAOS ();
  if (!announce (self))
    thr_mailbox_discard (self);
}

static void
signal_letter_deliver (ThrLetter *letter,
                       GObject   *object)
{
  g_signal_emit (object, letter->signal_id, 0);
  g_free (letter);
}

static void
signal_letter_discard (ThrLetter *letter,
                       GObject   *object)
{
  g_free (letter);
}

void
thr_mailbox_emit (ThrMailbox *self,
                  ThrRank     rank,
                  guint       signal_id)
{
  ThrLetter *letter = g_new0 (ThrLetter, 1);

  letter->rank = rank;
  letter->signal_id = signal_id;
  letter->deliver = signal_letter_deliver;
  letter->discard = signal_letter_discard;
  thr_mailbox_post (self, letter);
}

static void
notify_letter_deliver (ThrLetter *letter,
                       GObject   *object)
{
  NotifyLetter *self = (NotifyLetter *) letter;

  self->notify (self->data);
  g_free (self);
}

static void
notify_letter_discard (ThrLetter *letter,
                       GObject   *object)
{
  NotifyLetter *self = (NotifyLetter *) letter;

  /* A GJS function may be touched in its own thread only, and that has gone. */
  if (!thr_language_notify_is_js (self->notify))
    self->notify (self->data);
  g_free (self);
}

void
thr_mailbox_throw_notify (ThrMailbox     *self,
                          GDestroyNotify  notify,
                          gpointer        data)
{
  NotifyLetter *letter;

  if (notify == NULL)
    return;

  /* Nothing pending that it would have to follow: the cheaper way. */
  if (!__atomic_load_n (&self->posted, __ATOMIC_SEQ_CST))
    {
      thr_home_throw_notify (self->home, notify, data);
      return;
    }

  letter = g_new0 (NotifyLetter, 1);
  letter->letter.rank = THR_RANK_DESTROY;
  letter->letter.deliver = notify_letter_deliver;
  letter->letter.discard = notify_letter_discard;
  letter->notify = notify;
  letter->data = data;
  thr_mailbox_post (self, &letter->letter);
}

/* --- Delivering: the owner of the context --- */

/* Oldest first within a rank, ranks in order. */
static ThrLetter *
sort_letters (ThrLetter *letter)
{
  ThrLetter *ranks[THR_N_RANKS] = { NULL, };
  ThrLetter *last[THR_N_RANKS];
  ThrLetter *sorted = NULL;

  while (letter != NULL)
    {
      ThrLetter *next = letter->next;

      if (ranks[letter->rank] == NULL)
        last[letter->rank] = letter;
      letter->next = ranks[letter->rank];
      ranks[letter->rank] = letter;
      letter = next;
    }

  for (int rank = THR_N_RANKS - 1; rank >= 0; rank--)
    {
      if (ranks[rank] == NULL)
        continue;
      last[rank]->next = sorted;
      sorted = ranks[rank];
    }

  return sorted;
}

static gboolean
take_batch (ThrMailbox *self)
{
  ThrLetter *letter = NULL;

  g_assert (self->batch == NULL && self->batch_bits == 0);

  /* The letters first: who posts both posts the bits of the lower ranks before the
   * letters, so a batch with a letter has the bits that come before it. A letter that
   * comes behind this load is announced behind it, too. */
  if (__atomic_load_n (&self->incoming, __ATOMIC_RELAXED) != NULL)
    letter = __atomic_exchange_n (&self->incoming, NULL, __ATOMIC_ACQUIRE);
  THR_CHAOS ();
  self->batch_bits = __atomic_exchange_n (&self->bits, 0, __ATOMIC_ACQUIRE);
  self->batch = letter != NULL && letter->next != NULL ? sort_letters (letter) : letter;

  return self->batch != NULL || self->batch_bits != 0;
}

static gboolean
has_batch (ThrMailbox *self)
{
  return self->batch != NULL || self->batch_bits != 0;
}

static guint
signal_of_bit (ThrObjectClass *klass,
               guint           bit)
{
  return klass->signals[bit - NOTIFY_BITS];
}

/* Bits go before letters of the same rank: started signals, properties, then the
 * signals of the end. */
static int
next_bit (ThrMailbox     *self,
          ThrObjectClass *klass)
{
  guint started = self->batch_bits & klass->started_signals;
  ThrRank rank = self->batch != NULL ? self->batch->rank : THR_N_RANKS;

  if (started != 0)
    return g_bit_nth_lsf (started, -1);
  if (rank == THR_RANK_STARTED || self->batch_bits == 0)
    return -1;
  return g_bit_nth_lsf (self->batch_bits, -1);
}

/* g_object_notify() builds a queue of its own even when nobody listens; asking
 * first is five times cheaper. Asked is for any detail: g_signal_has_handler_pending()
 * without one does not know of handlers that were connected with one. */
gboolean
thr_mailbox_is_notified (GObject *object)
{
  static gsize original; /* GObject's own dispatch_properties_changed */
  GObjectClass *klass = G_OBJECT_GET_CLASS (object);

  if (g_once_init_enter (&original))
    {
      GObjectClass *root = g_type_class_peek_static (G_TYPE_OBJECT);

      g_once_init_leave (&original, (gsize) root->dispatch_properties_changed);
    }

  return klass->notify != NULL ||
         (gsize) klass->dispatch_properties_changed != original ||
         g_signal_handler_find (object, G_SIGNAL_MATCH_ID,
                                __atomic_load_n (&notify_signal_id, __ATOMIC_RELAXED),
                                0, NULL, NULL, NULL) != 0;
}

static void
deliver_bit (ThrMailbox     *self,
             ThrObjectClass *klass,
             GObject        *object,
             guint           bit)
{
  self->batch_bits &= ~(1u << bit);

  if (bit >= NOTIFY_BITS)
    {
      g_signal_emit (object, signal_of_bit (klass, bit), 0);
    }
  else if (thr_mailbox_is_notified (object))
    {
      g_object_notify_by_pspec (object, klass->notifies[bit]);
    }
  else
    {
      /* Nobody now, so nobody for the other properties of the batch either. */
      self->batch_bits &= ~((1u << NOTIFY_BITS) - 1);
    }
}

/* Whether any bit of the batch has a handler right now. An object without any handler
 * has none for these; where no class can add any either, one look tells, instead of one
 * a signal. */
static gboolean
has_listener (ThrMailbox *self)
{
  GObject *object = thr_mailbox_get_object (self);
  ThrObjectClass *klass = get_class (object);
  guint signals = self->batch_bits >> NOTIFY_BITS;

  if (klass->sealed &&
      g_signal_handler_find (object, G_SIGNAL_MATCH_UNBLOCKED, 0, 0, NULL, NULL,
                             NULL) == 0)
    return FALSE;

  if ((self->batch_bits & ((1u << NOTIFY_BITS) - 1)) != 0 &&
      thr_mailbox_is_notified (object))
    return TRUE;

  for (guint i = 0; signals != 0; i++, signals >>= 1)
    if ((signals & 1) != 0 &&
        g_signal_has_handler_pending (object, klass->signals[i], 0, TRUE))
      return TRUE;

  return FALSE;
}

static gboolean
is_one_signal (guint bits)
{
  return bits >= 1u << NOTIFY_BITS && (bits & (bits - 1)) == 0;
}

/* Forgets the bits of the batch when nobody listens and nobody is called before they
 * would be told, who could begin to: then one look does for all of them. A single signal
 * is emitted to nobody in the time that it takes to ask. */
static void
drop_unheard_bits (ThrMailbox *self)
{
  if (self->batch_bits != 0 && !is_one_signal (self->batch_bits) &&
      (self->batch == NULL || self->batch->rank > THR_RANK_SIGNAL) &&
      !has_listener (self))
    self->batch_bits = 0;
}

/* The mailbox is in order before anything is called: the callback may run a nested
 * main loop, which goes on with the next letter, and may drop the object. */
static void
deliver_item (ThrMailbox *self)
{
  GObject *object = g_object_ref (thr_mailbox_get_object (self));
  ThrObjectClass *klass = get_class (object);
  int bit = next_bit (self, klass);

  self->depth++;
  if (bit >= 0)
    {
      deliver_bit (self, klass, object, bit);
    }
  else
    {
      ThrLetter *letter = self->batch;

      self->batch = letter->next;
      letter->next = NULL;
      letter->deliver (letter, object);
    }
  self->depth--;

  g_object_unref (object);
}

/* Out of the queue, unless something came in meanwhile. May drop the last
 * reference. */
static gboolean
retire (ThrMailbox *self)
{
  thr_home_unlink (self->home, self);

  /* Pairs with announce(). */
  THR_CHAOS ();
  __atomic_store_n (&self->posted, FALSE, __ATOMIC_SEQ_CST);
  THR_CHAOS ();
  if (has_incoming (self) &&
      !__atomic_exchange_n (&self->posted, TRUE, __ATOMIC_SEQ_CST))
    {
      thr_home_link (self->home, self);
      return FALSE;
    }

  /* Whoever posted it anew in between holds a reference of its own. */
  g_object_unref (thr_mailbox_get_object (self));
  return TRUE;
}

/* The mailbox may be gone afterwards; the home looks at its own queue. */
void
thr_mailbox_deliver_one (ThrMailbox *self)
{
  if (!has_batch (self) && !take_batch (self))
    return;

  drop_unheard_bits (self);
  if (has_batch (self))
    deliver_item (self);
}

/* The first of the queue has had a letter delivered. At the end of a batch it goes
 * out, or behind all others when more has come: however fast the letters for one
 * object stream in, the others have their turns. */
void
thr_mailbox_end_turn (ThrMailbox *self)
{
  ThrHome *home = self->home;

  if (has_batch (self))
    return;

  if (!has_incoming (self))
    {
      retire (self);
      return;
    }

  if (self->next == NULL)
    thr_home_refill (home);
  if (self->next != NULL)
    {
      thr_home_unlink (home, self);
      thr_home_link (home, self);
    }
}

/* Whether anybody would hear what is in the batch; and whether anybody ever might. */
static gboolean
has_audience (ThrMailbox *self)
{
  GObject *object = thr_mailbox_get_object (self);

  /* Others hold the object and may yet connect. */
  if (self->batch_bits != 0 && g_atomic_int_get ((int *) &object->ref_count) > 1)
    return TRUE;
  if (has_listener (self))
    return TRUE;

  for (ThrLetter *letter = self->batch; letter != NULL; letter = letter->next)
    {
      if (letter->rank == THR_RANK_DESTROY)
        continue;
      if (letter->signal_id == 0 ||
          g_atomic_int_get ((int *) &object->ref_count) > 1 ||
          g_signal_has_handler_pending (object, letter->signal_id, 0, TRUE))
        return TRUE;
    }

  return FALSE;
}

/* Frees a mailbox of which nobody would hear, without emitting. FALSE when it must
 * wait for the loop. */
gboolean
thr_mailbox_drop (ThrMailbox *self)
{
  GObject *object = thr_mailbox_get_object (self);
  gboolean dropped = FALSE;

  /* The usual case at little cost: others hold it, and there is no letter that would
   * free anything. */
  if (g_atomic_int_get ((int *) &object->ref_count) > 1 && self->batch == NULL &&
      __atomic_load_n (&self->incoming, __ATOMIC_RELAXED) == NULL)
    return FALSE;

  if (!has_batch (self))
    take_batch (self);

  if (self->depth == 0 && !has_audience (self))
    {
      ThrLetter *letter = self->batch;

      self->batch = NULL;
      self->batch_bits = 0;
      g_object_ref (object);
      while (letter != NULL)
        {
          ThrLetter *next = letter->next;

          letter->next = NULL;
          if (letter->rank == THR_RANK_DESTROY)
            letter->deliver (letter, object);
          else
            letter->discard (letter, object);
          letter = next;
        }
      if (self->queued && !has_batch (self))
        retire (self);
      g_object_unref (object);
      dropped = TRUE;
    }

  return dropped;
}

void
thr_mailbox_flush (ThrMailbox *self)
{
  ThrVisit visit;
  ThrHome *home;
  GObject *object;

  if (!__atomic_load_n (&self->posted, __ATOMIC_SEQ_CST))
    return;

  home = self->home;
  if (!thr_home_enter (home, &visit))
    return;

  thr_home_ref (home);
  object = g_object_ref (thr_mailbox_get_object (self));
  thr_home_refill (home);

  /* What was there when we came: the rest of a batch and the batch after it. More
   * than that would never end when a handler posts. An emission of this object
   * further up the stack is left to go on by itself.
   *
   * The mailbox need not be in the queue for this: another thread may have marked
   * it as posted and be about to push it, with the letter that our caller waited
   * for already inside. What that thread pushes is then empty, which is fine. */
  for (guint i = 0; i < 2 && self->depth == 0; i++)
    {
      if (!has_batch (self) && !take_batch (self))
        break;
      drop_unheard_bits (self);
      while (has_batch (self))
        deliver_item (self);
    }
  if (self->queued && self->depth == 0 && !has_batch (self))
    retire (self);

  /* The last reference may go here, still at home. */
  g_object_unref (object);
  thr_home_leave (&visit);
  thr_home_unref (home);
}

/* The home is gone. Any thread, but only one: the mailbox is in no queue. */
void
thr_mailbox_discard (ThrMailbox *self)
{
  GObject *object = thr_mailbox_get_object (self);

  /* @posted stays set, so nobody else gets here again before the letters are out;
   * a letter that slips in behind us finds the home gone and is never pushed, or
   * was pushed before and is taken here. */
  for (;;)
    {
      while (has_batch (self) || take_batch (self))
        {
          ThrLetter *letter = self->batch;

          self->batch_bits = 0;
          if (letter == NULL)
            continue;
          self->batch = letter->next;
          letter->next = NULL;
          letter->discard (letter, object);
        }

      THR_CHAOS ();
      __atomic_store_n (&self->posted, FALSE, __ATOMIC_SEQ_CST);
      THR_CHAOS ();
      if (!has_incoming (self) ||
          __atomic_exchange_n (&self->posted, TRUE, __ATOMIC_SEQ_CST))
        break;
    }

  g_object_unref (object);
}
