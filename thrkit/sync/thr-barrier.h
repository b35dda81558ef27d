/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/base/thr-object.h>

G_BEGIN_DECLS

#define THR_TYPE_BARRIER (thr_barrier_get_type ())

THR_EXTERN
G_DECLARE_FINAL_TYPE (ThrBarrier, thr_barrier, THR, BARRIER, ThrObject)

/**
 * ThrBarrierFunc:
 * @barrier: the barrier
 * @user_data: the data given with the function
 * @error: return location for an error
 *
 * What one of the parties does when all have come, before any of them goes on.
 *
 * It runs in the thread that came last, with no lock of the library held, and may
 * block. Returning %FALSE breaks the barrier: that thread's wait gives the error,
 * %THR_ERROR_NO_RESULT when none was set, and the others' %THR_ERROR_BROKEN. It
 * must return; [func@Thr.exit_thread] cannot be called here.
 *
 * Returns: %TRUE when the parties may go on
 */
typedef gboolean (*ThrBarrierFunc) (ThrBarrier  *barrier,
                                    gpointer     user_data,
                                    GError     **error);

THR_EXTERN
ThrBarrier *thr_barrier_new           (gint                  parties);
THR_EXTERN
ThrBarrier *thr_barrier_new_checked   (gint                  parties,
                                       GError              **error);
THR_EXTERN
ThrBarrier *thr_barrier_new_full      (gint                  parties,
                                       ThrBarrierFunc        action,
                                       gpointer              user_data,
                                       GDestroyNotify        notify,
                                       GError              **error);

THR_EXTERN
gboolean    thr_barrier_wait          (ThrBarrier           *self,
                                       gint                 *index_,
                                       GError              **error);
THR_EXTERN
gboolean    thr_barrier_wait_timed    (ThrBarrier           *self,
                                       gint64                timeout_us,
                                       GCancellable         *cancellable,
                                       gint                 *index_,
                                       GError              **error);
THR_EXTERN
void        thr_barrier_wait_async    (ThrBarrier           *self,
                                       GCancellable         *cancellable,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data);
THR_EXTERN
gboolean    thr_barrier_wait_finish   (ThrBarrier           *self,
                                       GAsyncResult         *result,
                                       gint                 *index_,
                                       GError              **error);

THR_EXTERN
void        thr_barrier_abort         (ThrBarrier           *self);
THR_EXTERN
void        thr_barrier_reset         (ThrBarrier           *self);

THR_EXTERN
gint        thr_barrier_get_parties   (ThrBarrier           *self);
THR_EXTERN
gint        thr_barrier_get_n_waiting (ThrBarrier           *self);
THR_EXTERN
gboolean    thr_barrier_is_broken     (ThrBarrier           *self);

G_END_DECLS
