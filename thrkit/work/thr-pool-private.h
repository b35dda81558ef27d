/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "work/thr-pool-core-private.h"

G_BEGIN_DECLS

/* The core, fit for use in this process. */
ThrPoolCore *thr_pool_get_core       (ThrPool *self);

/* Whether tasks are to be reported; turns it on for handlers that were connected. */
gboolean     thr_pool_check_observed (ThrPool *self);

G_END_DECLS
