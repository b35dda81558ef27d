/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/base/thr-object.h>

G_BEGIN_DECLS

#define THR_TYPE_LATCH (thr_latch_get_type ())

THR_EXTERN
G_DECLARE_FINAL_TYPE (ThrLatch, thr_latch, THR, LATCH, ThrObject)

THR_EXTERN
ThrLatch *thr_latch_new               (gint64                count);
THR_EXTERN
ThrLatch *thr_latch_new_checked       (gint64                count,
                                       GError              **error);

THR_EXTERN
gboolean  thr_latch_count_down        (ThrLatch             *self,
                                       gint64                n,
                                       GError              **error);

THR_EXTERN
gboolean  thr_latch_wait              (ThrLatch             *self,
                                       GError              **error);
THR_EXTERN
gboolean  thr_latch_wait_timed        (ThrLatch             *self,
                                       gint64                timeout_us,
                                       GCancellable         *cancellable,
                                       GError              **error);
THR_EXTERN
void      thr_latch_wait_async        (ThrLatch             *self,
                                       GCancellable         *cancellable,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data);
THR_EXTERN
gboolean  thr_latch_wait_finish       (ThrLatch             *self,
                                       GAsyncResult         *result,
                                       GError              **error);

THR_EXTERN
gint64    thr_latch_get_count         (ThrLatch             *self);
THR_EXTERN
gint64    thr_latch_get_initial_count (ThrLatch             *self);
THR_EXTERN
gboolean  thr_latch_is_open           (ThrLatch             *self);
THR_EXTERN
guint     thr_latch_get_n_waiters     (ThrLatch             *self);

G_END_DECLS
