/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-enums.h"
#include "base/thr-home-private.h"

G_BEGIN_DECLS

/* The items of a queue in the order in which they are to be got. Whoever uses it has
 * the queue's lock; items are made and freed with no lock held. */
typedef struct _ThrQueueItem ThrQueueItem;

struct _ThrQueueItem
{
  ThrTrash      trash;
  ThrQueueItem *next;
  GValue        value;      /* without a type: empty */
  double        priority;
  guint64       sequence;   /* when it was put: unique in its queue, rising */
};

typedef struct
{
  ThrQueueKind  kind;       /* constant */
  guint64       sequence;   /* of the item that was put last */
  guint         length;
  ThrQueueItem *head;       /* FIFO, LIFO: the next one to be got */
  ThrQueueItem *tail;       /* FIFO, LIFO */
  GPtrArray    *heap;       /* priority, made when it is needed; else NULL */
} ThrQueueStore;

/* It must be empty. It begins as zeroes with a kind. */
void          thr_queue_store_clear     (ThrQueueStore *self);

/* Says of a new item when it was put. */
void          thr_queue_store_stamp     (ThrQueueStore *self,
                                         ThrQueueItem  *item);
/* An item that is stamped, new or given back: it goes to its own place. */
void          thr_queue_store_insert    (ThrQueueStore *self,
                                         ThrQueueItem  *item);
ThrQueueItem *thr_queue_store_pop       (ThrQueueStore *self);
/* All of them, linked by their @next. */
ThrQueueItem *thr_queue_store_steal     (ThrQueueStore *self);

ThrQueueItem *thr_queue_item_new        (const GValue  *value,
                                         double         priority);
/* What g_value_copy() made needs no full check. */
static inline gboolean
thr_queue_item_is_empty (const ThrQueueItem *item)
{
  return G_VALUE_TYPE (&item->value) == G_TYPE_INVALID;
}

/* In the caller's thread. NULL is nothing. */
void          thr_queue_item_free       (ThrQueueItem  *item);
/* Frees it and those linked to it, at @home where it matters. NULL is nothing. */
void          thr_queue_item_throw      (ThrQueueItem  *item,
                                         ThrHome       *home);

G_END_DECLS
