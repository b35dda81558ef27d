/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "thread/thr-thread-core-private.h"

G_BEGIN_DECLS

/* Whether the caller is the thread that the process began in; no system call. */
gboolean   thr_thread_caller_is_main (void);

/* The calling thread's object: of a foreign thread only when it has a stand-in, of
 * the main thread always. Borrowed. */
ThrThread *thr_thread_peek_or_main   (void);

/* In a forked child: @main is the forking thread's object, or NULL. */
void       thr_thread_reset_main     (ThrThread *main);

/* Makes the records of ending threads drop their objects. */
void       thr_thread_init_records   (void);

G_END_DECLS
