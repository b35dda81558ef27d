/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/base/thr-object.h>

G_BEGIN_DECLS

#define THR_TYPE_RW_LOCK (thr_rw_lock_get_type ())

THR_EXTERN
G_DECLARE_FINAL_TYPE (ThrRWLock, thr_rw_lock, THR, RW_LOCK, ThrObject)

THR_EXTERN
ThrRWLock *thr_rw_lock_new                  (void);

THR_EXTERN
gboolean   thr_rw_lock_acquire_read         (ThrRWLock           *self,
                                             GError             **error);
THR_EXTERN
gboolean   thr_rw_lock_try_acquire_read     (ThrRWLock           *self);
THR_EXTERN
gboolean   thr_rw_lock_acquire_read_timed   (ThrRWLock           *self,
                                             gint64               timeout_us,
                                             GCancellable        *cancellable,
                                             GError             **error);
THR_EXTERN
void       thr_rw_lock_acquire_read_async   (ThrRWLock           *self,
                                             GCancellable        *cancellable,
                                             GAsyncReadyCallback  callback,
                                             gpointer             user_data);
THR_EXTERN
gboolean   thr_rw_lock_acquire_read_finish  (ThrRWLock           *self,
                                             GAsyncResult        *result,
                                             GError             **error);
THR_EXTERN
gboolean   thr_rw_lock_release_read         (ThrRWLock           *self,
                                             GError             **error);

THR_EXTERN
gboolean   thr_rw_lock_acquire_write        (ThrRWLock           *self,
                                             GError             **error);
THR_EXTERN
gboolean   thr_rw_lock_try_acquire_write    (ThrRWLock           *self);
THR_EXTERN
gboolean   thr_rw_lock_acquire_write_timed  (ThrRWLock           *self,
                                             gint64               timeout_us,
                                             GCancellable        *cancellable,
                                             GError             **error);
THR_EXTERN
void       thr_rw_lock_acquire_write_async  (ThrRWLock           *self,
                                             GCancellable        *cancellable,
                                             GAsyncReadyCallback  callback,
                                             gpointer             user_data);
THR_EXTERN
gboolean   thr_rw_lock_acquire_write_finish (ThrRWLock           *self,
                                             GAsyncResult        *result,
                                             GError             **error);
THR_EXTERN
gboolean   thr_rw_lock_release_write        (ThrRWLock           *self,
                                             GError             **error);

THR_EXTERN
gboolean   thr_rw_lock_is_read_held         (ThrRWLock           *self);
THR_EXTERN
gboolean   thr_rw_lock_is_write_held        (ThrRWLock           *self);
THR_EXTERN
gboolean   thr_rw_lock_is_write_locked      (ThrRWLock           *self);
THR_EXTERN
guint      thr_rw_lock_get_n_readers        (ThrRWLock           *self);
THR_EXTERN
guint      thr_rw_lock_get_n_waiters        (ThrRWLock           *self);

G_END_DECLS
