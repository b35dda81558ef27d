/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/thr-injector-private.h"

#define BLOCK_ENTRIES 255
#define LANES_KEPT    8

typedef struct _Block Block;

struct _Block
{
  Block    *next;
  guint     begin;  /* of the entries still there */
  guint     end;
  ThrEntry  entries[BLOCK_ENTRIES];
};

/* Lanes are made for each priority that is used and a few of them stay when they are
 * empty: most programs use a handful of priorities, and some a new one each time. */
struct _ThrLane
{
  ThrLane *next;
  int      priority;
  Block   *head;
  Block   *tail;
  Block   *spare;
};

void
thr_injector_init (ThrInjector *self)
{
  g_mutex_init (&self->mutex);
  self->alone = NULL;
  self->lanes = NULL;
  self->n_lanes = 0;
  self->closed = FALSE;
  self->length = 0;
  self->first = G_MAXINT;
}

/* An empty one: it has one block at the most. */
static void
free_lane_unlocked (ThrInjector  *self,
                    ThrLane     **link)
{
  ThrLane *lane = *link;

  *link = lane->next;
  self->n_lanes--;
  g_free (lane->head);
  g_free (lane->spare);
  g_free (lane);
}

void
thr_injector_clear (ThrInjector *self)
{
  g_assert (self->length == 0);

  while (self->lanes != NULL)
    free_lane_unlocked (self, &self->lanes);
  g_mutex_clear (&self->mutex);
}

static ThrLane *
get_lane_unlocked (ThrInjector *self,
                   int          priority)
{
  ThrLane **link = &self->lanes;
  ThrLane *lane;

  while (*link != NULL && (*link)->priority < priority)
    link = &(*link)->next;
  if (*link != NULL && (*link)->priority == priority)
    return *link;

  lane = g_new0 (ThrLane, 1);
  lane->priority = priority;
  lane->next = *link;
  *link = lane;
  self->n_lanes++;

  return lane;
}

static gboolean
lane_is_empty (ThrLane *lane)
{
  return lane->head == NULL || lane->head->begin == lane->head->end;
}

static void
update_first_unlocked (ThrInjector *self)
{
  int first = G_MAXINT;

  for (ThrLane *lane = self->lanes; lane != NULL; lane = lane->next)
    if (!lane_is_empty (lane))
      {
        first = lane->priority;
        break;
      }

  if (self->first != first)
    __atomic_store_n (&self->first, first, __ATOMIC_RELAXED);
}

static void
append_block_unlocked (ThrLane *lane)
{
  Block *block = lane->spare != NULL ? g_steal_pointer (&lane->spare) : g_new (Block, 1);

  block->next = NULL;
  block->begin = block->end = 0;
  if (lane->tail != NULL)
    lane->tail->next = block;
  else
    lane->head = block;
  lane->tail = block;
}

void
thr_injector_close (ThrInjector *self)
{
  g_mutex_lock (&self->mutex);
  self->closed = TRUE;
  g_mutex_unlock (&self->mutex);
}

gboolean
thr_injector_push (ThrInjector    *self,
                   int             priority,
                   const ThrEntry *entry)
{
  ThrLane *lane;

  g_mutex_lock (&self->mutex);
  if (G_UNLIKELY (self->closed))
    {
      g_mutex_unlock (&self->mutex);
      return FALSE;
    }

  lane = get_lane_unlocked (self, priority);
  if (lane->tail == NULL || lane->tail->end == BLOCK_ENTRIES)
    append_block_unlocked (lane);
  lane->tail->entries[lane->tail->end++] = *entry;

  /* Sequentially consistent: a worker that goes to sleep looks at it after it has
   * said so, and we look for sleepers after this. */
  __atomic_store_n (&self->length, self->length + 1, __ATOMIC_SEQ_CST);
  if (priority < self->first)
    __atomic_store_n (&self->first, priority, __ATOMIC_RELAXED);
  g_mutex_unlock (&self->mutex);

  return TRUE;
}

/* The first block is read empty: it goes, or is rewound when it is the only one. */
static void
drop_block_unlocked (ThrLane *lane)
{
  Block *block = lane->head;

  if (block->next == NULL)
    {
      block->begin = block->end = 0;
      return;
    }

  lane->head = block->next;
  if (lane->spare == NULL)
    lane->spare = block;
  else
    g_free (block);
}

guint
thr_injector_pop (ThrInjector *self,
                  ThrEntry    *entries,
                  guint        max)
{
  ThrLane **link = &self->lanes;
  ThrLane *lane;
  guint n = 0;

  if (__atomic_load_n (&self->length, __ATOMIC_SEQ_CST) == 0)
    return 0;

  g_mutex_lock (&self->mutex);
  while (*link != NULL && lane_is_empty (*link))
    link = &(*link)->next;
  lane = *link;
  /* One by one when it is not the usual priority: what is taken in advance could not
   * be overtaken by something more urgent any more. */
  if (lane != NULL && lane->priority != 0)
    max = 1;
  while (lane != NULL && n < max && !lane_is_empty (lane))
    {
      Block *block = lane->head;

      if (self->alone != NULL && block->entries[block->begin].func == self->alone)
        {
          if (n > 0)
            break;
          max = 1;
        }
      entries[n++] = block->entries[block->begin++];
      if (block->begin == block->end)
        drop_block_unlocked (lane);
    }
  __atomic_store_n (&self->length, self->length - n, __ATOMIC_SEQ_CST);
  if (lane != NULL && lane_is_empty (lane))
    {
      if (self->n_lanes > LANES_KEPT && lane->priority != 0)
        free_lane_unlocked (self, link);
      update_first_unlocked (self);
    }
  g_mutex_unlock (&self->mutex);

  return n;
}
