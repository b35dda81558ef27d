/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Has exit() wait for threads that are not daemons; any number of times, any
 * thread, no lock held. The hooks are in thr-thread-private.h. */
void thr_exit_register (void);

G_END_DECLS
