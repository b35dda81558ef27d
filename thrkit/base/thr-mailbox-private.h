/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "base/thr-self-private.h"

G_BEGIN_DECLS

typedef struct _ThrLetter  ThrLetter;
typedef struct _ThrMailbox ThrMailbox;

/* The order of one object's letters within a batch (contracts 2). */
typedef enum {
  THR_RANK_STARTED,
  THR_RANK_NOTIFY,   /* bits, never letters */
  THR_RANK_SIGNAL,   /* done, finished, failed, acquired… */
  THR_RANK_THEN,
  THR_RANK_ASYNC,
  THR_RANK_DESTROY,
  THR_N_RANKS
} ThrRank;

typedef void (*ThrLetterFunc) (ThrLetter *letter,
                               GObject   *object);

/* One callback to come. Both functions own the letter and must free it; each
 * letter meets exactly one of them, exactly once, with no lock held.
 */
struct _ThrLetter
{
  ThrLetter     *next;
  ThrRank        rank;
  guint          signal_id; /* nonzero: nothing but an emission of this signal */
  ThrLetterFunc  deliver;   /* at home */
  ThrLetterFunc  discard;   /* the home is gone; any thread; calls nobody */
};

/* An object's outgoing post. Embedded in each ThrObject, which is referenced while it
 * is posted. */
struct _ThrMailbox
{
  /* Constant. */
  ThrHome        *home;

  /* Atomic. */
  ThrLetter      *incoming;      /* a stack, newest first */
  guint           bits;          /* what to notify and emit; see ThrObjectClass */
  int             posted;        /* in the home's queue, or on its way there */

  /* The home's queue: @next while incoming, all of it home only after that. */
  ThrMailbox     *prev;
  ThrMailbox     *next;
  ThrLetter      *batch;         /* home only: sorted, being delivered */
  guint           batch_bits;    /* home only */
  guint16         depth;         /* home only: emissions on the stack */
  guint16         queued;        /* home only */
};

/* The object that a mailbox is part of; in thr-object.c. */
GObject      *thr_mailbox_get_object   (ThrMailbox    *self);
/* Takes the reference to @home. */
void          thr_mailbox_init         (ThrMailbox    *self,
                                        ThrHome       *home);
void          thr_mailbox_clear        (ThrMailbox    *self);
/* Any thread holding a reference to the object. */
void          thr_mailbox_post         (ThrMailbox    *self,
                                        ThrLetter     *letter);
/* The same, but leaves the letter to the caller and returns FALSE when the home
 * is gone. */
gboolean      thr_mailbox_try_post     (ThrMailbox    *self,
                                        ThrLetter     *letter);
/* Properties and once-only signals, by the bits of thr_object_class_add_…(). */
void          thr_mailbox_post_bits    (ThrMailbox    *self,
                                        guint          bits);
/* A destroy-notify of the object's user data: after everything else. */
void          thr_mailbox_throw_notify (ThrMailbox    *self,
                                        GDestroyNotify notify,
                                        gpointer       data);
/* The emission of a signal without arguments, as a letter. */
void          thr_mailbox_emit         (ThrMailbox    *self,
                                        ThrRank        rank,
                                        guint          signal_id);
/* After a wait, on any thread: delivers what is pending for the object if and
 * only if the caller is the home's thread. No lock may be held. */
void          thr_mailbox_flush        (ThrMailbox    *self);

/* Whether anybody would hear of a notification of the object. */
gboolean      thr_mailbox_is_notified  (GObject       *object);

/* For the home alone. */
void          thr_mailbox_deliver_one  (ThrMailbox    *self);
void          thr_mailbox_end_turn     (ThrMailbox    *self);
gboolean      thr_mailbox_drop         (ThrMailbox    *self);
void          thr_mailbox_discard      (ThrMailbox    *self);

G_END_DECLS
