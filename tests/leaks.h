/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>

/* For tests that use something up and let it go, many times.
 *
 *   static void
 *   cycle (gpointer data)
 *   {
 *     g_object_unref (thr_lock_new ());
 *   }
 *   …
 *   leaks_check (cycle, NULL);
 *
 * runs the cycle a hundred times for what is made once and kept, then
 * leaks_n_cycles() times more, with the main context iterated in between. After that
 * no class may have more instances than before, the process no more threads and file
 * descriptors, and the heap may not have grown by as much as the smallest block for
 * each cycle; otherwise the test fails and says what is left over. Threads that are
 * about to end are waited for. A suite that includes this has the option 'leaks' in
 * tests/meson.build.
 */

typedef void (*LeaksCycle) (gpointer data);

/* 10 000, and fewer where everything is slow. */
guint leaks_n_cycles     (void);

void  leaks_check        (LeaksCycle cycle,
                          gpointer   data);

/* The same for cycles that are slow themselves, such as starting a hundred threads. */
void  leaks_check_cycles (guint      n_cycles,
                          LeaksCycle cycle,
                          gpointer   data);

/* How long what is ending is waited for, in µs. */
extern gint64 leaks_patience;
