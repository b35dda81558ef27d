/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What is true of the whole process: is it ending, was it forked, who is its
 * main thread.
 */

void     thr_process_init            (void);

gboolean thr_process_is_ending       (void);
void     thr_process_set_ending      (void);

/* How often fork() was called between the first use of the library and now, in
 * this line of processes. Whoever keeps a thread, a descriptor or a queue across
 * calls compares it with the number of its own birth.
 */
guint    thr_process_get_generation  (void);

/* Runs @func in the child after each fork(), with only the forking thread alive.
 * Hooks run in the order in which they were added; they may not allocate threads.
 */
void     thr_process_add_child_hook  (void (*func) (void));

/* A mutex that is taken around fork(), so that the child finds what it protects
 * in one piece. Taken in the order of registration, which must be the lock order.
 */
void     thr_process_add_fork_mutex  (GMutex *mutex);

/* Whether the caller is the thread that the process began in. */
gboolean thr_process_is_main_thread  (void);

G_END_DECLS
