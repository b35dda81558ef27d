/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-deadline-private.h"
#include "base/thr-home-private.h"
#include "thread/thr-thread.h"

G_BEGIN_DECLS

/* What the floors to the right may ask of threads. How a thread is made inside is
 * in thr-thread-core-private.h, for this floor alone.
 */

/* What a worker does. It runs in the new thread with no lock held. */
typedef void (*ThrWorkerBody) (ThrThread *thread,
                               gpointer   data);

/* A thread that is a worker of a pool: in every list and count, waited for at exit
 * unless it is a daemon, and silent: it posts no signal to its home before
 * somebody got hold of it through thr_thread_current() or thr_thread_list_alive().
 *
 * @home: where its signals would go and where its last reference is dropped.
 * @stack_size: 0 is what thr_get_stack_size() says when it is started.
 *
 * Start it with thr_thread_start(). It keeps itself alive while it runs, and when
 * @body returns nothing of @data is touched any more; @data is not freed.
 * Transfer full; any thread.
 */
ThrThread *thr_thread_new_worker    (ThrHome        *home,
                                     const char     *name,
                                     gboolean        daemon,
                                     gsize           stack_size,
                                     ThrWorkerBody   body,
                                     gpointer        data);

/* As thr_thread_join_timed(), but nothing is dispatched and no wait edge is
 * published: for a caller that waits for its own threads and knows what it does.
 * Afterwards no kernel thread is left. No lock may be held.
 */
gboolean   thr_thread_wait_for_end  (ThrThread      *self,
                                     ThrDeadline     deadline,
                                     GCancellable   *cancellable,
                                     GError        **error);

/* Reports an error that nobody else would hear of: to the hook that
 * thr_set_error_hook() set, in the calling thread, which @self is the object of. */
void       thr_thread_report_error  (ThrThread      *self,
                                     const GError   *error);

/* The calling thread's object when it has one, else NULL; makes no stand-in. */
ThrThread *thr_thread_peek_current  (void);

/* To be said before a worker is handed to anybody outside: from then on it posts
 * its signals. Any thread. */
void       thr_thread_set_observed  (ThrThread      *self);

/* Runs @func when the process ends or waits for its threads, in the thread that
 * does, once for each such wait, before the waiting, with no lock held. While it
 * runs it may start threads. Registers the handler for exit(). @func is never
 * removed; the same one twice is one.
 */
void       thr_exit_add_hook        (void          (*func) (void));

G_END_DECLS
