/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/base/thr-object.h>

G_BEGIN_DECLS

/**
 * ThrTimerState:
 * @THR_TIMER_STATE_NEW: not started yet
 * @THR_TIMER_STATE_ACTIVE: started and not ended
 * @THR_TIMER_STATE_FINISHED: fired, and will not fire again
 * @THR_TIMER_STATE_FAILED: ended because its function failed
 * @THR_TIMER_STATE_CANCELLED: cancelled before it had come to its end
 *
 * The life of a timer.
 */
typedef enum {
  THR_TIMER_STATE_NEW,
  THR_TIMER_STATE_ACTIVE,
  THR_TIMER_STATE_FINISHED,
  THR_TIMER_STATE_FAILED,
  THR_TIMER_STATE_CANCELLED
} ThrTimerState;

#define THR_TYPE_TIMER_STATE (thr_timer_state_get_type ())

THR_EXTERN
GType thr_timer_state_get_type (void);

#define THR_TYPE_TIMER (thr_timer_get_type ())

THR_EXTERN
G_DECLARE_FINAL_TYPE (ThrTimer, thr_timer, THR, TIMER, ThrObject)

/**
 * ThrTimerFunc:
 * @timer: the timer
 * @user_data: the data given with the function
 * @error: return location for an error
 *
 * What a timer does when it fires.
 *
 * It runs on a thread of the library's, with no lock of the library held, and may
 * block; other timers fire meanwhile. Returning %FALSE, or setting an error, ends the
 * timer as failed: the error, %THR_ERROR_NO_RESULT when none was set, is kept in
 * [property@Thr.Timer:error] and goes to the hook of [func@Thr.set_error_hook].
 *
 * Returns: %TRUE when it succeeded
 */
typedef gboolean (*ThrTimerFunc) (ThrTimer  *timer,
                                  gpointer   user_data,
                                  GError   **error);

THR_EXTERN
ThrTimer      *thr_timer_new           (gint64                interval_us);
THR_EXTERN
ThrTimer      *thr_timer_new_repeating (gint64                interval_us);
THR_EXTERN
ThrTimer      *thr_timer_new_full      (gint64                interval_us,
                                        gboolean              repeating,
                                        ThrTimerFunc          func,
                                        gpointer              user_data,
                                        GDestroyNotify        notify,
                                        GError              **error);

THR_EXTERN
gboolean       thr_timer_start         (ThrTimer             *self,
                                        GError              **error);
THR_EXTERN
gboolean       thr_timer_cancel        (ThrTimer             *self);

THR_EXTERN
gboolean       thr_timer_wait          (ThrTimer             *self,
                                        GError              **error);
THR_EXTERN
gboolean       thr_timer_wait_timed    (ThrTimer             *self,
                                        gint64                timeout_us,
                                        GCancellable         *cancellable,
                                        GError              **error);
THR_EXTERN
void           thr_timer_wait_async    (ThrTimer             *self,
                                        GCancellable         *cancellable,
                                        GAsyncReadyCallback   callback,
                                        gpointer              user_data);
THR_EXTERN
gboolean       thr_timer_wait_finish   (ThrTimer             *self,
                                        GAsyncResult         *result,
                                        GError              **error);

THR_EXTERN
gint64         thr_timer_get_interval  (ThrTimer             *self);
THR_EXTERN
gboolean       thr_timer_get_repeating (ThrTimer             *self);
THR_EXTERN
ThrTimerState  thr_timer_get_state     (ThrTimer             *self);
THR_EXTERN
gboolean       thr_timer_is_active     (ThrTimer             *self);
THR_EXTERN
guint64        thr_timer_get_n_fired   (ThrTimer             *self);
THR_EXTERN
const GError  *thr_timer_get_error     (ThrTimer             *self);

G_END_DECLS
