/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "base/thr-self-private.h"

G_BEGIN_DECLS

typedef struct _ThrLetter  ThrLetter;
typedef struct _ThrMailbox ThrMailbox;
typedef struct _ThrTrash   ThrTrash;

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

/* An object's outgoing post. Embedded in the object. */
struct _ThrMailbox
{
  /* Constant. */
  ThrHome        *home;
  GObject        *object;        /* borrowed; referenced while posted */

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

/* Something to be freed at home: a destroy-notify to run or a last reference to
 * drop. Embedded in what it frees, so that nothing is allocated when work ends.
 */
struct _ThrTrash
{
  ThrTrash *next;
  void    (*free)  (ThrTrash *trash);
  /* Run instead when the home is gone, or NULL for the same as @free; it must
   * leak what only the home's thread may touch (a GJS function). */
  void    (*abandon) (ThrTrash *trash);
};

/* The home of @context (NULL: the thread-default one of the caller). */
ThrHome      *thr_home_get             (GMainContext  *context);
ThrHome      *thr_home_ref             (ThrHome       *self);
void          thr_home_unref           (ThrHome       *self);

/* The context, or NULL when it is gone. In a thread that is not the home's, only
 * while something keeps the context alive: a last reference that is dropped at the
 * same time cannot be told from a context that lives. */
GMainContext *thr_home_dup_context     (ThrHome       *self);
gboolean      thr_home_is_gone         (ThrHome       *self);
/* Whether the calling thread is the home's thread (contracts 1). */
gboolean      thr_home_is_mine         (ThrHome       *self);

/* Any thread. What is thrown away is freed at home. */
void          thr_home_throw           (ThrHome       *self,
                                        ThrTrash      *trash);
/* The same for a destroy-notify and for a last reference. NULL is nothing. */
void          thr_home_throw_notify    (ThrHome       *self,
                                        GDestroyNotify notify,
                                        gpointer       data);
void          thr_home_throw_object    (ThrHome       *self,
                                        gpointer       object);
/* On the home's thread frees up to 16 pieces of trash; else nothing. */
void          thr_home_reap            (ThrHome       *self);

void          thr_mailbox_init         (ThrMailbox    *self,
                                        ThrHome       *home,
                                        GObject       *object);
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

/* For the mailbox alone: the home's queue of mailboxes with something in them.
 * All but the push require the context to be owned by the caller. */
gboolean      thr_home_push            (ThrHome       *self,
                                        ThrMailbox    *box);
void          thr_home_refill          (ThrHome       *self);
void          thr_home_link            (ThrHome       *self,
                                        ThrMailbox    *box);
void          thr_home_unlink          (ThrHome       *self,
                                        ThrMailbox    *box);
/* Takes the context for a flush when the caller is its thread; the context is
 * thread-default until thr_home_leave(). FALSE when there is no right to it. */
typedef struct
{
  GMainContext *context;
  gboolean      pushed;
} ThrVisit;

gboolean      thr_home_enter           (ThrHome       *self,
                                        ThrVisit      *visit);
void          thr_home_leave           (ThrVisit      *visit);

/* Whether anybody would hear of a notification of the object. */
gboolean      thr_mailbox_is_notified  (GObject       *object);

/* For the home alone. */
void          thr_mailbox_deliver_one  (ThrMailbox    *self);
void          thr_mailbox_end_turn     (ThrMailbox    *self);
gboolean      thr_mailbox_drop         (ThrMailbox    *self);
void          thr_mailbox_discard      (ThrMailbox    *self);

/* The awaited operations of a home, so that they can be dropped with it. */
typedef struct _ThrGuest ThrGuest;
struct _ThrGuest
{
  GList    link;             /* under the home's mutex */
  gboolean linked;
  /* The context is gone: give up. Any thread, no lock held. */
  void   (*orphaned) (ThrGuest *guest);
};

/* FALSE when the home is gone already. */
gboolean      thr_home_check_in        (ThrHome       *self,
                                        ThrGuest      *guest);
/* FALSE when the home has taken the guest out itself, to orphan it. */
gboolean      thr_home_check_out       (ThrHome       *self,
                                        ThrGuest      *guest);

G_END_DECLS
