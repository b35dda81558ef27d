/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-waiter-private.h"

G_BEGIN_DECLS

/* Who waits for whom (contracts 12).
 *
 * An edge goes from a blocked thread to the thread that must act before the wait
 * can end. Only a wait without limit and without cancellable, for something that
 * has an owner, is an edge. All edges lie under one mutex, which only slow paths
 * take; under it nothing is locked but what guards a name.
 */
typedef enum {
  THR_EDGE_LOCK,
  THR_EDGE_THREAD,
  THR_EDGE_TASK,
  THR_EDGE_POOL
} ThrEdgeKind;

/* Who must act, or NULL when nobody in particular. Called under the graph mutex;
 * reads atomics only. */
typedef ThrSelf *(*ThrEdgeOwnerFunc) (gpointer resource);

/* Whether the thread of @other, which is blocked as well, must act before the wait of
 * @edge can end. Called under the graph mutex; reads atomics, and what the two threads
 * have written before they were blocked. */
typedef gboolean (*ThrEdgeBlockedFunc) (ThrWaitEdge *edge,
                                        ThrWaitEdge *other);

struct _ThrWaitEdge
{
  ThrEdgeKind         kind;
  ThrWaiter          *waiter;
  gpointer            resource;   /* a ThrObject, alive while the edge is published */
  ThrEdgeOwnerFunc    get_owner;
  ThrEdgeBlockedFunc  is_blocked_by;  /* nullable: more that must act, besides the owner */

  /* Under the graph mutex. */
  ThrWaitEdge        *prev;
  ThrWaitEdge        *next;
  guint64             visited;    /* the last search that came by */
};

/* For thr_process_init(). */
void     thr_wait_graph_init  (void);

/* Publishes the wait of the calling thread and looks for a cycle through it. When
 * there is one the edge is taken back and FALSE returned with THR_ERROR_DEADLOCK,
 * naming the threads and what they wait for in order; the caller then leaves its
 * wait-list. On TRUE thr_wait_graph_leave() must follow the wait. The caller has
 * pushed its waiter before and holds no lock. */
gboolean thr_wait_graph_enter (ThrWaitEdge  *edge,
                               GError      **error);
void     thr_wait_graph_leave (ThrWaitEdge  *edge);

G_END_DECLS
