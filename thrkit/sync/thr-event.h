/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/base/thr-object.h>

G_BEGIN_DECLS

#define THR_TYPE_EVENT (thr_event_get_type ())

THR_EXTERN
G_DECLARE_FINAL_TYPE (ThrEvent, thr_event, THR, EVENT, ThrObject)

THR_EXTERN
ThrEvent *thr_event_new           (void);

THR_EXTERN
void      thr_event_set           (ThrEvent             *self);
THR_EXTERN
void      thr_event_clear         (ThrEvent             *self);
THR_EXTERN
gboolean  thr_event_is_set        (ThrEvent             *self);

THR_EXTERN
gboolean  thr_event_wait          (ThrEvent             *self,
                                   GError              **error);
THR_EXTERN
gboolean  thr_event_wait_timed    (ThrEvent             *self,
                                   gint64                timeout_us,
                                   GCancellable         *cancellable,
                                   GError              **error);
THR_EXTERN
void      thr_event_wait_async    (ThrEvent             *self,
                                   GCancellable         *cancellable,
                                   GAsyncReadyCallback   callback,
                                   gpointer              user_data);
THR_EXTERN
gboolean  thr_event_wait_finish   (ThrEvent             *self,
                                   GAsyncResult         *result,
                                   GError              **error);

THR_EXTERN
guint     thr_event_get_n_waiters (ThrEvent             *self);

G_END_DECLS
