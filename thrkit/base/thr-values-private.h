/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-values.h"

G_BEGIN_DECLS

/* Takes @values, which was made with g_new() and whose members are all set, and
 * @names, a zero-terminated array of as many names, or NULL. */
ThrValues *thr_values_new_take (GValue  *values,
                                guint    n_values,
                                char   **names);

G_END_DECLS
