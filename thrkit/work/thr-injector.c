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
  self->alone[0] = self->alone[1] = self->alone[2] = NULL;
  self->lanes = NULL;
  self->n_lanes = 0;
  self->closed = FALSE;
  self->length = 0;
  self->first = G_MAXINT;
  self->n_idle = 0;
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

static gboolean
is_alone (ThrInjector    *self,
          const ThrEntry *entry)
{
  return entry->func != NULL &&
         (entry->func == self->alone[0] || entry->func == self->alone[1] ||
          entry->func == self->alone[2]);
}

static gboolean
is_crowded_unlocked (ThrInjector *self)
{
  return self->length > __atomic_load_n (&self->n_idle, __ATOMIC_SEQ_CST);
}

gboolean
thr_injector_is_crowded (ThrInjector *self)
{
  gboolean crowded;

  g_mutex_lock (&self->mutex);
  crowded = is_crowded_unlocked (self);
  g_mutex_unlock (&self->mutex);

  return crowded;
}

static void
append_unlocked (ThrInjector    *self,
                 int             priority,
                 const ThrEntry *entry)
{
  ThrLane *lane = get_lane_unlocked (self, priority);

  if (lane->tail == NULL || lane->tail->end == BLOCK_ENTRIES)
    append_block_unlocked (lane);
  lane->tail->entries[lane->tail->end++] = *entry;

  /* Sequentially consistent: a worker that goes to sleep looks at it after it has
   * said so, and we look for sleepers after this. */
  __atomic_store_n (&self->length, self->length + 1, __ATOMIC_SEQ_CST);
  if (priority < self->first)
    __atomic_store_n (&self->first, priority, __ATOMIC_RELAXED);
}

void
thr_injector_put_back (ThrInjector    *self,
                       const ThrEntry *entry)
{
  g_mutex_lock (&self->mutex);
  append_unlocked (self, 0, entry);
  g_mutex_unlock (&self->mutex);
}

gboolean
thr_injector_push (ThrInjector    *self,
                   int             priority,
                   const ThrEntry *entry,
                   gboolean       *crowded)
{
  g_mutex_lock (&self->mutex);
  if (G_UNLIKELY (self->closed))
    {
      g_mutex_unlock (&self->mutex);
      return FALSE;
    }

  append_unlocked (self, priority, entry);
  if (crowded != NULL)
    *crowded = is_alone (self, entry) && is_crowded_unlocked (self);
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
                  guint        max,
                  gboolean    *idle)
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

      if (is_alone (self, &block->entries[block->begin]))
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
  if (n > 0 && idle != NULL && *idle)
    {
      *idle = FALSE;
      __atomic_fetch_sub (&self->n_idle, 1, __ATOMIC_SEQ_CST);
    }
  g_mutex_unlock (&self->mutex);

  return n;
}

/* What lies in @lane beyond the first @n_kept entries. Returns how many of those there
 * were. */
static guint
cut_lane_unlocked (ThrLane *lane,
                   guint    n_kept,
                   GArray  *rest)
{
  guint n = 0;

  for (Block *block = lane->head; block != NULL; block = block->next)
    {
      guint keep = MIN (n_kept - n, block->end - block->begin);

      g_array_append_vals (rest, &block->entries[block->begin + keep],
                           block->end - block->begin - keep);
      block->end = block->begin + keep;
      n += keep;
      if (n == n_kept && lane->tail != block)
        {
          Block *next;

          /* The blocks behind are read empty at once. */
          for (Block *b = block->next; b != NULL; b = next)
            {
              next = b->next;
              g_array_append_vals (rest, &b->entries[b->begin], b->end - b->begin);
              g_free (b);
            }
          block->next = NULL;
          lane->tail = block;
        }
    }
  if (lane->head != NULL && lane->head->begin == lane->head->end)
    lane->head->begin = lane->head->end = 0;

  return n;
}

void
thr_injector_leave_for_idle (ThrInjector *self,
                             guint        n_surplus,
                             GArray      *rest)
{
  guint n_idle, n = 0;

  g_mutex_lock (&self->mutex);
  n_idle = __atomic_load_n (&self->n_idle, __ATOMIC_SEQ_CST);
  n_idle -= MIN (n_surplus, n_idle);
  for (ThrLane *lane = self->lanes; lane != NULL; lane = lane->next)
    n += cut_lane_unlocked (lane, n_idle - n, rest);
  __atomic_store_n (&self->length, n, __ATOMIC_SEQ_CST);
  update_first_unlocked (self);
  g_mutex_unlock (&self->mutex);
}
