/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-wait-graph-private.h"

#include "base/thr-debug-private.h"
#include "base/thr-process-private.h"

/* The graph changes under the mutex only in what it says about who waits. Two
 * things change without it: a waiter is granted, and a resource changes its owner.
 * A cycle is therefore read twice. Each wait of it must still be WAITING and each
 * step lead from it to the same thread in the second reading: then every thread of the
 * cycle was blocked from its first reading to its second, none of them could act in
 * between, and what each of them waits for could not change hands.
 *
 * A wait may be for several threads, all of which must act, such as the readers of a
 * lock. Each of them that leads back makes a cycle, whatever the others do. They are
 * looked for among those that are blocked, since only these lead anywhere.
 */
#define MAX_CYCLE 64

typedef struct
{
  ThrSelf *threads[MAX_CYCLE];
  guint    n;
} Cycle;

/* Under it only the mutexes of names are locked, to describe a cycle. */
static GMutex graph_mutex;

/* Under the mutex. */
static ThrWaitEdge *edges;
static guint64 last_search;

/* The waits are those of the parent's threads. What they wait for may still be owned by
 * one of them, and leads no further in the child. */
static void
child_forked_cb (void)
{
  for (ThrWaitEdge *edge = edges; edge != NULL; edge = edge->next)
    edge->waiter->self->edge = NULL;
  edges = NULL;
}

void
thr_wait_graph_init (void)
{
  thr_process_add_fork_mutex (&graph_mutex);
  thr_process_add_child_hook (child_forked_cb);
}

static void
publish_unlocked (ThrSelf     *me,
                  ThrWaitEdge *edge)
{
  edge->prev = NULL;
  edge->next = edges;
  if (edges != NULL)
    edges->prev = edge;
  edges = edge;
  me->edge = edge;
}

static void
take_back_unlocked (ThrSelf     *me,
                    ThrWaitEdge *edge)
{
  if (edge->prev != NULL)
    edge->prev->next = edge->next;
  else
    edges = edge->next;
  if (edge->next != NULL)
    edge->next->prev = edge->prev;
  me->edge = NULL;
}

static ThrWaitEdge *
blocked_edge (ThrSelf *thread)
{
  ThrWaitEdge *edge = thread->edge;

  if (edge == NULL || thr_waiter_get_state (edge->waiter) != THR_WAITER_WAITING)
    return NULL;
  return edge;
}

static gboolean
is_blocked_by (ThrWaitEdge *edge,
               ThrWaitEdge *other)
{
  return edge->is_blocked_by != NULL && other != edge && edge->is_blocked_by (edge, other);
}

/* Follows the edges from @thread, depth first. TRUE when they lead back to the first
 * thread of @cycle, or to @thread when that is the first; the cycle is there then. */
static gboolean
search_unlocked (Cycle   *cycle,
                 ThrSelf *thread)
{
  ThrWaitEdge *edge = blocked_edge (thread);
  ThrSelf *owner;

  if (cycle->n > 0 && thread == cycle->threads[0])
    return TRUE;
  if (edge == NULL || edge->visited == last_search || cycle->n == MAX_CYCLE)
    return FALSE;

  edge->visited = last_search;
  cycle->threads[cycle->n++] = thread;

  owner = edge->get_owner (edge->resource);
  if (owner != NULL && search_unlocked (cycle, owner))
    return TRUE;
  for (ThrWaitEdge *other = edges; other != NULL; other = other->next)
    if (is_blocked_by (edge, other) && search_unlocked (cycle, other->waiter->self))
      return TRUE;

  cycle->n--;
  return FALSE;
}

static gboolean
is_still_there_unlocked (Cycle *cycle)
{
  for (guint i = 0; i < cycle->n; i++)
    {
      ThrSelf *next = cycle->threads[(i + 1) % cycle->n];
      ThrWaitEdge *edge = blocked_edge (cycle->threads[i]);

      if (edge == NULL || next->edge == NULL ||
          (edge->get_owner (edge->resource) != next && !is_blocked_by (edge, next->edge)))
        return FALSE;
    }

  return TRUE;
}

static char *
describe_wait (const char  *who,
               ThrWaitEdge *edge)
{
  g_autofree char *what = thr_debug_describe (edge->resource);

  switch (edge->kind)
    {
    case THR_EDGE_LOCK:
      /* Translators: part of a list of who waits for what: two names */
      return g_strdup_printf (_("“%s” waits for lock %s"), who, what);
    case THR_EDGE_THREAD:
      /* Translators: part of a list of who waits for what: two names */
      return g_strdup_printf (_("“%s” waits for the end of thread %s"), who, what);
    case THR_EDGE_TASK:
      /* Translators: part of a list of who waits for what: two names */
      return g_strdup_printf (_("“%s” waits for task %s"), who, what);
    case THR_EDGE_POOL:
    default:
      /* Translators: part of a list of who waits for what: two names */
      return g_strdup_printf (_("“%s” waits for the end of pool %s"), who, what);
    }
}

/* The threads of the cycle are blocked and the resources alive while we hold the
 * mutex. */
static char *
describe_cycle_unlocked (Cycle *cycle)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < cycle->n; i++)
    {
      ThrSelf *thread = cycle->threads[i];
      g_autofree char *name = thr_self_dup_name (thread);
      g_autofree char *wait = describe_wait (name, thread->edge);

      if (i > 0)
        g_string_append (text, ", ");
      g_string_append (text, wait);
    }

  return g_string_free (text, FALSE);
}

gboolean
thr_wait_graph_enter (ThrWaitEdge  *edge,
                      GError      **error)
{
  ThrSelf *me = thr_self_get ();
  Cycle cycle = { { NULL, }, 0 };
  g_autofree char *text = NULL;

  g_mutex_lock (&graph_mutex);
  publish_unlocked (me, edge);
  last_search++;
  if (search_unlocked (&cycle, me) && is_still_there_unlocked (&cycle))
    {
      text = describe_cycle_unlocked (&cycle);
      take_back_unlocked (me, edge);
    }
  g_mutex_unlock (&graph_mutex);

  if (text == NULL)
    return TRUE;

  g_set_error (error, THR_ERROR, THR_ERROR_DEADLOCK,
               _("This wait could never end: %s"), text);
  return FALSE;
}

void
thr_wait_graph_leave (ThrWaitEdge *edge)
{
  ThrSelf *me = thr_self_get ();

  g_mutex_lock (&graph_mutex);
  g_assert (me->edge == edge);
  take_back_unlocked (me, edge);
  g_mutex_unlock (&graph_mutex);
}
