/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "thread/thr-thread-core-private.h"

G_BEGIN_DECLS

/* All threads that are alive, and what exit() has to wait for. Its mutex protects
 * little things of each thread too, see ThrThreadPrivate; nothing but a wait-list's
 * lock is taken under it, and nothing is called. */

void       thr_registry_init            (void);
void       thr_registry_lock            (void);
void       thr_registry_unlock          (void);

/* Called in the starting thread; fails with SHUT_DOWN once the process ends. */
gboolean   thr_registry_add             (ThrThread   *self,
                                         GError     **error);
/* A stand-in is nobody's work and is always taken. */
void       thr_registry_add_stand_in    (ThrThread   *self);
void       thr_registry_remove          (ThrThread   *self);

/* The alive ones in the order in which they were started, each with a reference;
 * the main thread is left to the caller, which may have to make it. */
GPtrArray *thr_registry_snapshot        (void);
guint      thr_registry_count           (void);

/* The calling thread blocks without limit until @target ends; NULL: no more. */
void       thr_registry_set_joining     (ThrThread   *me,
                                         ThrThread   *target);

/* The end, for thr-exit.c. All in the thread that waits; @me is its object or NULL.
 * Between the first two the caller may start threads. */
void       thr_registry_begin_end       (ThrThread   *me);
/* FALSE when a signal handler wants to run; else nobody is left to wait for. */
gboolean   thr_registry_wait_for_others (void);
/* @close: nobody may start threads from now on. */
void       thr_registry_finish_end      (ThrThread   *me,
                                         gboolean     close);

G_END_DECLS
