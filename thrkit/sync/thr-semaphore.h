/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/base/thr-object.h>
#include <thrkit/sync/thr-lockable.h>

G_BEGIN_DECLS

#define THR_TYPE_SEMAPHORE (thr_semaphore_get_type ())

/**
 * THR_SEMAPHORE_MAX_VALUE:
 *
 * The largest value of a [class@Thr.Semaphore].
 */
#define THR_SEMAPHORE_MAX_VALUE (G_GINT64_CONSTANT (36028797018963967))

THR_EXTERN
G_DECLARE_FINAL_TYPE (ThrSemaphore, thr_semaphore, THR, SEMAPHORE, ThrObject)

THR_EXTERN
ThrSemaphore *thr_semaphore_new                 (gint64                value);
THR_EXTERN
ThrSemaphore *thr_semaphore_new_checked         (gint64                value,
                                                 GError              **error);
THR_EXTERN
ThrSemaphore *thr_semaphore_new_bounded         (gint64                value);
THR_EXTERN
ThrSemaphore *thr_semaphore_new_bounded_checked (gint64                value,
                                                 GError              **error);

THR_EXTERN
gboolean      thr_semaphore_acquire             (ThrSemaphore         *self,
                                                 GError              **error);
THR_EXTERN
gboolean      thr_semaphore_try_acquire         (ThrSemaphore         *self);
THR_EXTERN
gboolean      thr_semaphore_acquire_timed       (ThrSemaphore         *self,
                                                 gint64                timeout_us,
                                                 GCancellable         *cancellable,
                                                 GError              **error);
THR_EXTERN
void          thr_semaphore_acquire_async       (ThrSemaphore         *self,
                                                 GCancellable         *cancellable,
                                                 GAsyncReadyCallback   callback,
                                                 gpointer              user_data);
THR_EXTERN
gboolean      thr_semaphore_acquire_finish      (ThrSemaphore         *self,
                                                 GAsyncResult         *result,
                                                 GError              **error);
THR_EXTERN
gboolean      thr_semaphore_release             (ThrSemaphore         *self,
                                                 GError              **error);
THR_EXTERN
gboolean      thr_semaphore_release_n           (ThrSemaphore         *self,
                                                 gint64                n,
                                                 GError              **error);

THR_EXTERN
gint64        thr_semaphore_get_value           (ThrSemaphore         *self);
THR_EXTERN
gint64        thr_semaphore_get_initial_value   (ThrSemaphore         *self);
THR_EXTERN
gboolean      thr_semaphore_get_bounded         (ThrSemaphore         *self);
THR_EXTERN
gboolean      thr_semaphore_is_locked           (ThrSemaphore         *self);
THR_EXTERN
guint         thr_semaphore_get_n_waiters       (ThrSemaphore         *self);
THR_EXTERN
gboolean      thr_semaphore_get_emit_signals    (ThrSemaphore         *self);
THR_EXTERN
void          thr_semaphore_set_emit_signals    (ThrSemaphore         *self,
                                                 gboolean              emit_signals);

G_END_DECLS
