/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/base/thr-object.h>
#include <thrkit/sync/thr-lockable.h>

G_BEGIN_DECLS

#define THR_TYPE_REC_LOCK (thr_rec_lock_get_type ())

THR_EXTERN
G_DECLARE_FINAL_TYPE (ThrRecLock, thr_rec_lock, THR, REC_LOCK, ThrObject)

THR_EXTERN
ThrRecLock *thr_rec_lock_new              (void);

THR_EXTERN
gboolean    thr_rec_lock_acquire          (ThrRecLock           *self,
                                           GError              **error);
THR_EXTERN
gboolean    thr_rec_lock_try_acquire      (ThrRecLock           *self);
THR_EXTERN
gboolean    thr_rec_lock_acquire_timed    (ThrRecLock           *self,
                                           gint64                timeout_us,
                                           GCancellable         *cancellable,
                                           GError              **error);
THR_EXTERN
void        thr_rec_lock_acquire_async    (ThrRecLock           *self,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
THR_EXTERN
gboolean    thr_rec_lock_acquire_finish   (ThrRecLock           *self,
                                           GAsyncResult         *result,
                                           GError              **error);
THR_EXTERN
gboolean    thr_rec_lock_release          (ThrRecLock           *self,
                                           GError              **error);

THR_EXTERN
gboolean    thr_rec_lock_is_locked        (ThrRecLock           *self);
THR_EXTERN
gboolean    thr_rec_lock_is_held          (ThrRecLock           *self);
THR_EXTERN
guint       thr_rec_lock_get_depth        (ThrRecLock           *self);
THR_EXTERN
guint       thr_rec_lock_get_n_waiters    (ThrRecLock           *self);
THR_EXTERN
gboolean    thr_rec_lock_get_emit_signals (ThrRecLock           *self);
THR_EXTERN
void        thr_rec_lock_set_emit_signals (ThrRecLock           *self,
                                           gboolean              emit_signals);

G_END_DECLS
