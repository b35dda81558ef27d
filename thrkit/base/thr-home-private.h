/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-mailbox-private.h"

G_BEGIN_DECLS

typedef struct _ThrTrash ThrTrash;

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
