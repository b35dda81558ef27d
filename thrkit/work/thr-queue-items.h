/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/work/thr-queue.h>

G_BEGIN_DECLS

THR_EXTERN
gboolean  thr_queue_put                      (ThrQueue             *self,
                                              const GValue         *value,
                                              GError              **error);
THR_EXTERN
gboolean  thr_queue_try_put                  (ThrQueue             *self,
                                              const GValue         *value);
THR_EXTERN
gboolean  thr_queue_put_timed                (ThrQueue             *self,
                                              const GValue         *value,
                                              gint64                timeout_us,
                                              GCancellable         *cancellable,
                                              GError              **error);
THR_EXTERN
void      thr_queue_put_async                (ThrQueue             *self,
                                              const GValue         *value,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
THR_EXTERN
gboolean  thr_queue_put_finish               (ThrQueue             *self,
                                              GAsyncResult         *result,
                                              GError              **error);

THR_EXTERN
gboolean  thr_queue_put_with_priority        (ThrQueue             *self,
                                              const GValue         *value,
                                              double                priority,
                                              gint64                timeout_us,
                                              GCancellable         *cancellable,
                                              GError              **error);
THR_EXTERN
void      thr_queue_put_with_priority_async  (ThrQueue             *self,
                                              const GValue         *value,
                                              double                priority,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
THR_EXTERN
gboolean  thr_queue_put_with_priority_finish (ThrQueue             *self,
                                              GAsyncResult         *result,
                                              GError              **error);

THR_EXTERN
GValue   *thr_queue_get                      (ThrQueue             *self,
                                              GError              **error);
THR_EXTERN
GValue   *thr_queue_try_get                  (ThrQueue             *self);
THR_EXTERN
GValue   *thr_queue_get_timed                (ThrQueue             *self,
                                              gint64                timeout_us,
                                              GCancellable         *cancellable,
                                              GError              **error);
THR_EXTERN
void      thr_queue_get_async                (ThrQueue             *self,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
THR_EXTERN
GValue   *thr_queue_get_finish               (ThrQueue             *self,
                                              GAsyncResult         *result,
                                              GError              **error);

THR_EXTERN
gboolean  thr_queue_get_into                 (ThrQueue             *self,
                                              GValue               *value,
                                              GError              **error);
THR_EXTERN
gboolean  thr_queue_try_get_into             (ThrQueue             *self,
                                              GValue               *value);
THR_EXTERN
gboolean  thr_queue_get_timed_into           (ThrQueue             *self,
                                              GValue               *value,
                                              gint64                timeout_us,
                                              GCancellable         *cancellable,
                                              GError              **error);
THR_EXTERN
gboolean  thr_queue_get_finish_into          (ThrQueue             *self,
                                              GAsyncResult         *result,
                                              GValue               *value,
                                              GError              **error);

G_END_DECLS
