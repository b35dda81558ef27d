/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/base/thr-object.h>
#include <thrkit/sync/thr-lockable.h>

G_BEGIN_DECLS

#define THR_TYPE_LOCK (thr_lock_get_type ())

THR_EXTERN
G_DECLARE_FINAL_TYPE (ThrLock, thr_lock, THR, LOCK, ThrObject)

THR_EXTERN
ThrLock  *thr_lock_new              (void);

THR_EXTERN
gboolean  thr_lock_acquire          (ThrLock              *self,
                                     GError              **error);
THR_EXTERN
gboolean  thr_lock_try_acquire      (ThrLock              *self);
THR_EXTERN
gboolean  thr_lock_acquire_timed    (ThrLock              *self,
                                     gint64                timeout_us,
                                     GCancellable         *cancellable,
                                     GError              **error);
THR_EXTERN
void      thr_lock_acquire_async    (ThrLock              *self,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
THR_EXTERN
gboolean  thr_lock_acquire_finish   (ThrLock              *self,
                                     GAsyncResult         *result,
                                     GError              **error);
THR_EXTERN
gboolean  thr_lock_release          (ThrLock              *self,
                                     GError              **error);

THR_EXTERN
gboolean  thr_lock_is_locked        (ThrLock              *self);
THR_EXTERN
guint     thr_lock_get_n_waiters    (ThrLock              *self);
THR_EXTERN
gboolean  thr_lock_get_emit_signals (ThrLock              *self);
THR_EXTERN
void      thr_lock_set_emit_signals (ThrLock              *self,
                                     gboolean              emit_signals);

G_END_DECLS
