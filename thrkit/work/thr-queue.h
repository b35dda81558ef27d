/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/base/thr-enums.h>
#include <thrkit/base/thr-object.h>

G_BEGIN_DECLS

#define THR_TYPE_QUEUE (thr_queue_get_type ())

THR_EXTERN
G_DECLARE_FINAL_TYPE (ThrQueue, thr_queue, THR, QUEUE, ThrObject)

THR_EXTERN
ThrQueue     *thr_queue_new            (ThrQueueKind          kind,
                                        int                   max_size);

THR_EXTERN
ThrQueueKind  thr_queue_get_kind       (ThrQueue             *self);
THR_EXTERN
guint         thr_queue_get_max_size   (ThrQueue             *self);
THR_EXTERN
guint         thr_queue_get_size       (ThrQueue             *self);
THR_EXTERN
gboolean      thr_queue_is_empty       (ThrQueue             *self);
THR_EXTERN
gboolean      thr_queue_is_full        (ThrQueue             *self);
THR_EXTERN
guint         thr_queue_get_unfinished (ThrQueue             *self);
THR_EXTERN
guint         thr_queue_get_n_getters  (ThrQueue             *self);
THR_EXTERN
guint         thr_queue_get_n_putters  (ThrQueue             *self);
THR_EXTERN
guint         thr_queue_get_n_waiters  (ThrQueue             *self);
THR_EXTERN
gboolean      thr_queue_get_observed   (ThrQueue             *self);
THR_EXTERN
void          thr_queue_set_observed   (ThrQueue             *self,
                                        gboolean              observed);

THR_EXTERN
gboolean      thr_queue_task_done      (ThrQueue             *self,
                                        GError              **error);
THR_EXTERN
gboolean      thr_queue_join           (ThrQueue             *self,
                                        GError              **error);
THR_EXTERN
gboolean      thr_queue_join_timed     (ThrQueue             *self,
                                        gint64                timeout_us,
                                        GCancellable         *cancellable,
                                        GError              **error);
THR_EXTERN
void          thr_queue_join_async     (ThrQueue             *self,
                                        GCancellable         *cancellable,
                                        GAsyncReadyCallback   callback,
                                        gpointer              user_data);
THR_EXTERN
gboolean      thr_queue_join_finish    (ThrQueue             *self,
                                        GAsyncResult         *result,
                                        GError              **error);

THR_EXTERN
gboolean      thr_queue_is_closed      (ThrQueue             *self);
THR_EXTERN
void          thr_queue_shutdown       (ThrQueue             *self,
                                        gboolean              immediate);

G_END_DECLS
