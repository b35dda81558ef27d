/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/base/thr-callable.h>
#include <thrkit/work/thr-task.h>

G_BEGIN_DECLS

#define THR_TYPE_POOL (thr_pool_get_type ())

THR_EXTERN
G_DECLARE_FINAL_TYPE (ThrPool, thr_pool, THR, POOL, ThrObject)

THR_EXTERN
ThrPool    *thr_pool_new               (guint                 max_threads);
THR_EXTERN
ThrPool    *thr_pool_get_default       (void);

THR_EXTERN
ThrTask    *thr_pool_submit            (ThrPool              *self,
                                        ThrTaskFunc           func,
                                        gpointer              user_data,
                                        GDestroyNotify        notify);
THR_EXTERN
ThrTask    *thr_pool_submit_full       (ThrPool              *self,
                                        int                   priority,
                                        GCancellable         *cancellable,
                                        ThrTaskFunc           func,
                                        gpointer              user_data,
                                        GDestroyNotify        notify);
THR_EXTERN
ThrTask    *thr_pool_submit_callable   (ThrPool              *self,
                                        ThrCallable          *callable);
THR_EXTERN
gboolean    thr_pool_push              (ThrPool              *self,
                                        ThrTaskFunc           func,
                                        gpointer              user_data);
THR_EXTERN
gboolean    thr_pool_push_full         (ThrPool              *self,
                                        ThrTaskFunc           func,
                                        gpointer              user_data,
                                        GDestroyNotify        notify,
                                        GError              **error);

THR_EXTERN
gboolean    thr_pool_set_initializer   (ThrPool              *self,
                                        ThrThreadFunc         func,
                                        gpointer              user_data,
                                        GDestroyNotify        notify,
                                        GError              **error);

THR_EXTERN
gboolean    thr_pool_set_finalizer     (ThrPool              *self,
                                        ThrThreadFunc         func,
                                        gpointer              user_data,
                                        GDestroyNotify        notify,
                                        GError              **error);

THR_EXTERN
gboolean    thr_pool_shutdown          (ThrPool              *self,
                                        gboolean              cancel_pending,
                                        gboolean              wait,
                                        GError              **error);
THR_EXTERN
void        thr_pool_shutdown_async    (ThrPool              *self,
                                        gboolean              cancel_pending,
                                        GCancellable         *cancellable,
                                        GAsyncReadyCallback   callback,
                                        gpointer              user_data);
THR_EXTERN
gboolean    thr_pool_shutdown_finish   (ThrPool              *self,
                                        GAsyncResult         *result,
                                        GError              **error);

THR_EXTERN
gboolean    thr_pool_is_closed         (ThrPool              *self);
THR_EXTERN
gboolean    thr_pool_get_daemon        (ThrPool              *self);
THR_EXTERN
gint64      thr_pool_get_idle_timeout  (ThrPool              *self);
THR_EXTERN
void        thr_pool_set_idle_timeout  (ThrPool              *self,
                                        gint64                timeout_us);
THR_EXTERN
guint       thr_pool_get_max_threads   (ThrPool              *self);
THR_EXTERN
void        thr_pool_set_max_threads   (ThrPool              *self,
                                        guint                 max_threads);
THR_EXTERN
guint       thr_pool_get_n_queued      (ThrPool              *self);
THR_EXTERN
guint       thr_pool_get_n_running     (ThrPool              *self);
THR_EXTERN
guint       thr_pool_get_n_threads     (ThrPool              *self);
THR_EXTERN
gboolean    thr_pool_get_observed      (ThrPool              *self);
THR_EXTERN
void        thr_pool_set_observed      (ThrPool              *self,
                                        gboolean              observed);
THR_EXTERN
gint64      thr_pool_get_stack_size    (ThrPool              *self);
THR_EXTERN
GListModel *thr_pool_get_tasks         (ThrPool              *self);

G_END_DECLS
