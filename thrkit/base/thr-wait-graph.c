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
 * resource have the same owner in the second walk: then every thread of the cycle
 * was blocked from its first reading to its second, none of them could act in
 * between, and what each of them waits for could not change hands.
 */
#define MAX_CYCLE 64

/* Under it only the mutexes of names are locked, to describe a cycle. */
static GMutex graph_mutex;

void
thr_wait_graph_init (void)
{
  thr_process_add_fork_mutex (&graph_mutex);
}

static ThrWaitEdge *
blocked_edge (ThrSelf *thread)
{
  ThrWaitEdge *edge = thread->edge;

  if (edge == NULL || thr_waiter_get_state (edge->waiter) != THR_WAITER_WAITING)
    return NULL;
  return edge;
}

/* Follows the edges from @start. Returns the number of threads in the cycle that
 * leads back to it, or 0. */
static guint
walk_unlocked (ThrSelf *start,
               ThrSelf *cycle[MAX_CYCLE])
{
  ThrSelf *thread = start;

  for (guint n = 0; n < MAX_CYCLE; n++)
    {
      ThrWaitEdge *edge = blocked_edge (thread);

      if (edge == NULL)
        return 0;

      cycle[n] = thread;
      thread = edge->get_owner (edge->resource);
      if (thread == NULL)
        return 0;
      if (thread == start)
        return n + 1;
    }

  return 0;
}

static gboolean
same_cycle (ThrSelf *a[MAX_CYCLE],
            ThrSelf *b[MAX_CYCLE],
            guint    n)
{
  for (guint i = 0; i < n; i++)
    if (a[i] != b[i])
      return FALSE;
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
describe_cycle_unlocked (ThrSelf *cycle[MAX_CYCLE],
                         guint    n)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = thr_self_dup_name (cycle[i]);
      g_autofree char *wait = describe_wait (name, cycle[i]->edge);

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
  ThrSelf *first[MAX_CYCLE], *second[MAX_CYCLE];
  g_autofree char *text = NULL;
  guint n;

  g_mutex_lock (&graph_mutex);
  me->edge = edge;
  n = walk_unlocked (me, first);
  if (n > 0 && walk_unlocked (me, second) == n && same_cycle (first, second, n))
    {
      text = describe_cycle_unlocked (first, n);
      me->edge = NULL;
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
  me->edge = NULL;
  g_mutex_unlock (&graph_mutex);
}
