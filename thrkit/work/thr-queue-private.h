/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-operation-private.h"
#include "work/thr-queue-items.h"
#include "work/thr-queue-store-private.h"

G_BEGIN_DECLS

/* thr-queue-line.c has the protocol, thr-queue-wait.c the forms of waiting. */
struct _ThrQueue
{
  ThrObject      parent_instance;

  /* Constant after construction. */
  guint          max_size;     /* 0: as many as there is memory for */

  int            observed;     /* atomic */

  /* The lock of the getters' line guards all that follows; those of the other lines
   * are unused. It is a leaf: under it nothing is called and no item freed. */
  ThrWaitList    getters;
  ThrWaitList    putters;
  ThrWaitList    joiners;
  ThrQueueStore  store;
  guint          unfinished;
  gboolean       closed;
  gboolean       discarding;   /* closed at once: what comes back is thrown away */
};

typedef enum {
  THR_QUEUE_READY,
  THR_QUEUE_WAIT,
  THR_QUEUE_CLOSED
} ThrQueueTurn;

/* ThrWaiter.tag of who was let go by the end of the queue. */
#define THR_QUEUE_REFUSED 1

/* What callers wait for: to put, to get, to see the work done. @slot is the item that
 * they bring, or the one that they are given. */
typedef struct
{
  ThrOperationType operation; /* must come first */

  gsize          line;        /* its offset in ThrQueue */
  ThrQueueTurn (*look_unlocked) (ThrQueue       *self);
  /* When it is READY. */
  void         (*act_unlocked)  (ThrQueue       *self,
                                 gpointer       *slot,
                                 ThrWakeBatch   *batch);
} ThrQueueVerb;

extern const ThrQueueVerb thr_queue_verb_put;
extern const ThrQueueVerb thr_queue_verb_get;
extern const ThrQueueVerb thr_queue_verb_join;

static inline void
thr_queue_lock (ThrQueue *self)
{
  thr_wait_list_lock (&self->getters);
}

static inline void
thr_queue_unlock (ThrQueue *self)
{
  thr_wait_list_unlock (&self->getters);
}

static inline ThrWaitList *
thr_queue_get_line (ThrQueue           *self,
                    const ThrQueueVerb *verb)
{
  return (ThrWaitList *) ((char *) self + verb->line);
}

/* In thr-queue.c; no lock held: after the size, or what is unfinished, has changed. */
void         thr_queue_tell         (ThrQueue             *self);
void         thr_queue_tell_closed  (ThrQueue             *self);

/* In thr-queue-line.c. Any thread, no lock held. */
ThrQueueTurn thr_queue_go           (ThrQueue             *self,
                                     const ThrQueueVerb   *verb,
                                     gpointer             *slot,
                                     ThrWaiter            *waiter);
void         thr_queue_go_async     (ThrQueue             *self,
                                     const ThrQueueVerb   *verb,
                                     ThrOperation         *operation);
/* FALSE when there is nothing to be done. */
gboolean     thr_queue_do_task_done (ThrQueue             *self);
void         thr_queue_close        (ThrQueue             *self,
                                     gboolean              immediate);

/* In thr-queue-wait.c. @slot still has what was brought when it fails. */
gboolean     thr_queue_wait         (ThrQueue             *self,
                                     const ThrQueueVerb   *verb,
                                     gpointer             *slot,
                                     gint64                timeout_us,
                                     GCancellable         *cancellable,
                                     GError              **error);
void         thr_queue_wait_async   (ThrQueue             *self,
                                     const ThrQueueVerb   *verb,
                                     gpointer              item,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
gboolean     thr_queue_wait_finish  (ThrQueue             *self,
                                     const ThrQueueVerb   *verb,
                                     GAsyncResult         *result,
                                     gpointer             *slot,
                                     GError              **error);
GError      *thr_queue_make_closed_error (void);

G_END_DECLS
