/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-home-private.h"
#include "base/thr-process-private.h"

G_BEGIN_DECLS

/* Who pushes, who makes objects and the owner shall not take each other's line. */
#define THR_HOME_LINE 64

/* A home from inside, for the files that make it up: thr-home.c (which context has
 * which, and how they go), thr-home-queue.c and thr-home-source.c.
 */
struct _ThrHome
{
  /* With each object that comes and goes. */
  gatomicrefcount ref_count;
  char            pad_count[THR_HOME_LINE];

  /* Constant. */
  guint         generation;
  gboolean      is_default;
  int           wake_fd;         /* an eventfd, or -1 */
  char          pad_constant[THR_HOME_LINE];

  /* Atomic: the pushers' line. */
  ThrMailbox   *incoming;        /* a stack, or GONE */
  ThrTrash     *incoming_trash;  /* a stack, or GONE */
  int           asleep;          /* the owner may be about to sleep */
  int           loop_asleep;     /* … in a loop of another kind (thr-loop.c) */
  int           loop_fd;         /* by which that one is told, or -1; set once */
  char          pad_pushers[THR_HOME_LINE];

  GMainContext *context;         /* constant, borrowed: alive under @life unless @gone,
                                  * or where the caller works in it */
  /* Under @life; @gone is also read without, as a hint. */
  GMutex        life;
  int           gone;
  GQueue        guests;

  /* Written by the owner of the context only; read by others as a hint. */
  ThrMailbox   *head;
  ThrTrash     *trash;

  guint         reap_turn;       /* atomic, a hint: callers until the next look */

  /* The owner of the context only. */
  guint         reap_pause;      /* how many callers the last looks were worth */
  ThrMailbox   *tail;
  gboolean      reaping;
  gboolean      resting;         /* see thr-home-source.c */
  gboolean      has_last;        /* there is a source of the lowest priority */
  gpointer      wake_tag;        /* of @wake_fd in the source, or NULL */
};

/* A home whose process was forked away: its thread and its wake-up descriptor
 * are the parent's. */
static inline gboolean
thr_home_is_foreign (ThrHome *self)
{
  return self->generation != thr_process_get_generation ();
}

/* Whether anything is queued. Any thread; not more than a hint to all but the owner
 * of the context. */
gboolean thr_home_has_work      (ThrHome        *self);
/* One letter, one bit or one piece of trash; FALSE when there was nothing. @n counts
 * the steps of a batch. The owner of the context only. */
gboolean thr_home_step          (ThrHome        *self,
                                 guint           n);
/* The context is gone: nothing comes in any more, what is there is discarded. */
void     thr_home_discard_queue (ThrHome        *self);

/* Opens the descriptor and attaches the source. @orphan is called with a reference
 * to the home when the context goes. */
void     thr_home_attach        (ThrHome        *self,
                                 GDestroyNotify  orphan);
/* Any thread, after something was queued. */
void     thr_home_wake          (ThrHome        *self);

G_END_DECLS
