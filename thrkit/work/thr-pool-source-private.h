/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "work/thr-pool-core-private.h"
#include "work/thr-pool-source.h"

G_BEGIN_DECLS

/* A call of the pool's source, which has to be there when it is run. */
ThrEntry  thr_source_get_entry   (ThrPoolCore     *core);
/* Whether the entry is a call of a pool's source: nobody waits for it. */
gboolean  thr_source_is_entry    (const ThrEntry  *entry);

/* Such an entry is not run. */
void      thr_source_refuse      (ThrPoolCore     *core,
                                  const GError    *reason);

/* When the core goes. */
void      thr_source_clear       (ThrPoolCore     *core);

G_END_DECLS
