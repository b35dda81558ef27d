/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/thr-queue-store-private.h"

/* FIFO and LIFO are a linked list, priority is a binary heap. In each of them an item
 * has a place of its own, by its sequence: so those that come back, in whatever order,
 * stand again where they stood before they were got.
 */

/* --- Items --- */

ThrQueueItem *
thr_queue_item_new (const GValue *value,
                    double        priority)
{
  /* Not g_new0(): glibc keeps no ready pieces for calloc(). */
  ThrQueueItem *self = g_new (ThrQueueItem, 1);

  self->next = NULL;
  self->value = (GValue) G_VALUE_INIT;
  self->priority = priority;

  /* The simple types are what they seem: nothing hangs on the value. */
  if (value != NULL && G_VALUE_TYPE (value) >= G_TYPE_CHAR && G_VALUE_TYPE (value) <= G_TYPE_DOUBLE)
    {
      self->value = *value;
    }
  else if (value != NULL)
    {
      g_value_init (&self->value, G_VALUE_TYPE (value));
      g_value_copy (value, &self->value);
    }

  return self;
}

void
thr_queue_item_free (ThrQueueItem *item)
{
  if (item == NULL)
    return;

  if (!thr_queue_item_is_empty (item))
    g_value_unset (&item->value);
  g_free (item);
}

static void
item_trash_free (ThrTrash *trash)
{
  thr_queue_item_free ((ThrQueueItem *) trash);
}

/* Numbers and strings: no code of others runs when they are freed, so any thread will
 * do, and no loop need run for it. */
static gboolean
is_plain (const GValue *value)
{
  GType type = G_TYPE_FUNDAMENTAL (G_VALUE_TYPE (value));

  return type == G_TYPE_INVALID ||
         (type >= G_TYPE_CHAR && type <= G_TYPE_STRING) || type == G_TYPE_VARIANT;
}

void
thr_queue_item_throw (ThrQueueItem *item,
                      ThrHome      *home)
{
  while (item != NULL)
    {
      ThrQueueItem *next = item->next;

      item->next = NULL;
      item->trash.free = item_trash_free;
      if (is_plain (&item->value))
        thr_queue_item_free (item);
      else
        thr_home_throw (home, &item->trash);
      item = next;
    }
}

/* --- The list --- */

/* Whether @a is to be got before @b. */
static gboolean
is_before (ThrQueueStore *self,
           ThrQueueItem  *a,
           ThrQueueItem  *b)
{
  if (self->kind == THR_QUEUE_KIND_LIFO)
    return a->sequence > b->sequence;
  if (self->kind == THR_QUEUE_KIND_PRIORITY && a->priority != b->priority)
    return a->priority < b->priority;
  return a->sequence < b->sequence;
}

/* New ones go to an end at once. Those that come back stand near the head: they pass
 * only others that came back, and in LIFO what was put meanwhile. */
static void
list_insert (ThrQueueStore *self,
             ThrQueueItem  *item)
{
  ThrQueueItem **link = &self->head;

  if (self->tail != NULL && is_before (self, self->tail, item))
    link = &self->tail->next;
  while (*link != NULL && is_before (self, *link, item))
    link = &(*link)->next;

  item->next = *link;
  *link = item;
  if (item->next == NULL)
    self->tail = item;
}

static ThrQueueItem *
list_pop (ThrQueueStore *self)
{
  ThrQueueItem *item = self->head;

  self->head = item->next;
  if (self->head == NULL)
    self->tail = NULL;
  item->next = NULL;

  return item;
}

/* --- The heap --- */

static ThrQueueItem **
heap_at (ThrQueueStore *self,
         guint          i)
{
  return (ThrQueueItem **) &g_ptr_array_index (self->heap, i);
}

static void
heap_insert (ThrQueueStore *self,
             ThrQueueItem  *item)
{
  guint i;

  if (self->heap == NULL)
    self->heap = g_ptr_array_new ();
  i = self->heap->len;
  g_ptr_array_add (self->heap, item);

  while (i > 0 && is_before (self, item, *heap_at (self, (i - 1) / 2)))
    {
      *heap_at (self, i) = *heap_at (self, (i - 1) / 2);
      i = (i - 1) / 2;
    }
  *heap_at (self, i) = item;
}

static ThrQueueItem *
heap_pop (ThrQueueStore *self)
{
  ThrQueueItem *first = *heap_at (self, 0);
  ThrQueueItem *last = g_ptr_array_steal_index_fast (self->heap, self->heap->len - 1);
  guint n = self->heap->len;
  guint i = 0;

  if (n == 0)
    return first;

  for (guint child = 1; child < n; child = 2 * i + 1)
    {
      if (child + 1 < n && is_before (self, *heap_at (self, child + 1), *heap_at (self, child)))
        child++;
      if (!is_before (self, *heap_at (self, child), last))
        break;
      *heap_at (self, i) = *heap_at (self, child);
      i = child;
    }
  *heap_at (self, i) = last;

  return first;
}

/* --- Both --- */

void
thr_queue_store_clear (ThrQueueStore *self)
{
  g_assert (self->length == 0);

  g_clear_pointer (&self->heap, g_ptr_array_unref);
}

void
thr_queue_store_stamp (ThrQueueStore *self,
                       ThrQueueItem  *item)
{
  item->sequence = ++self->sequence;
}

void
thr_queue_store_insert (ThrQueueStore *self,
                        ThrQueueItem  *item)
{
  self->length++;
  if (self->kind == THR_QUEUE_KIND_PRIORITY)
    heap_insert (self, item);
  else
    list_insert (self, item);
}

ThrQueueItem *
thr_queue_store_pop (ThrQueueStore *self)
{
  if (self->length == 0)
    return NULL;

  self->length--;
  return self->kind == THR_QUEUE_KIND_PRIORITY ? heap_pop (self) : list_pop (self);
}

ThrQueueItem *
thr_queue_store_steal (ThrQueueStore *self)
{
  ThrQueueItem *items = self->head;

  if (self->heap != NULL)
    {
      for (guint i = 0; i < self->heap->len; i++)
        {
          (*heap_at (self, i))->next = items;
          items = *heap_at (self, i);
        }
      g_ptr_array_set_size (self->heap, 0);
    }
  self->head = self->tail = NULL;
  self->length = 0;

  return items;
}
