/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/base/thr-values.h>
#include <thrkit/work/thr-parallel-loop.h>
#include <thrkit/work/thr-pool.h>

G_BEGIN_DECLS

THR_EXTERN
gboolean         thr_pool_for_each         (ThrPool              *self,
                                            gint64                begin,
                                            gint64                end,
                                            gint64                grain,
                                            GCancellable         *cancellable,
                                            ThrRangeFunc          func,
                                            gpointer              user_data,
                                            GDestroyNotify        notify,
                                            GError              **error);
THR_EXTERN
void             thr_pool_for_each_async   (ThrPool              *self,
                                            gint64                begin,
                                            gint64                end,
                                            gint64                grain,
                                            GCancellable         *cancellable,
                                            ThrRangeFunc          func,
                                            gpointer              func_data,
                                            GDestroyNotify        func_notify,
                                            GAsyncReadyCallback   callback,
                                            gpointer              user_data);
THR_EXTERN
gboolean         thr_pool_for_each_finish  (ThrPool              *self,
                                            GAsyncResult         *result,
                                            GError              **error);
THR_EXTERN
ThrParallelLoop *thr_pool_submit_for_each  (ThrPool              *self,
                                            gint64                begin,
                                            gint64                end,
                                            gint64                grain,
                                            GCancellable         *cancellable,
                                            ThrRangeFunc          func,
                                            gpointer              user_data,
                                            GDestroyNotify        notify);

THR_EXTERN
ThrValues       *thr_pool_map              (ThrPool              *self,
                                            gint64                begin,
                                            gint64                end,
                                            gint64                grain,
                                            GCancellable         *cancellable,
                                            ThrMapFunc            func,
                                            gpointer              user_data,
                                            GDestroyNotify        notify,
                                            GError              **error);
THR_EXTERN
ThrParallelLoop *thr_pool_submit_map       (ThrPool              *self,
                                            gint64                begin,
                                            gint64                end,
                                            gint64                grain,
                                            GCancellable         *cancellable,
                                            ThrMapFunc            func,
                                            gpointer              user_data,
                                            GDestroyNotify        notify);

THR_EXTERN
ThrParallelLoop *thr_pool_submit_all       (ThrPool              *self,
                                            ThrCallable         **callables,
                                            guint                 n_callables,
                                            GCancellable         *cancellable);

G_END_DECLS
