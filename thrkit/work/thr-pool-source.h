/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/work/thr-pool.h>

G_BEGIN_DECLS

THR_EXTERN
gboolean  thr_pool_set_source     (ThrPool         *self,
                                   ThrTaskFunc      func,
                                   gpointer         user_data,
                                   GDestroyNotify   notify,
                                   GError         **error);
THR_EXTERN
gboolean  thr_pool_call_source    (ThrPool         *self,
                                   GError         **error);
THR_EXTERN
gboolean  thr_pool_recall_source  (void);

THR_EXTERN
ThrTask  *thr_task_new_detached   (ThrPool         *pool,
                                   GCancellable    *cancellable);

G_END_DECLS
