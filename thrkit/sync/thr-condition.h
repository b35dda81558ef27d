/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/base/thr-object.h>
#include <thrkit/sync/thr-lockable.h>

G_BEGIN_DECLS

#define THR_TYPE_CONDITION (thr_condition_get_type ())

THR_EXTERN
G_DECLARE_FINAL_TYPE (ThrCondition, thr_condition, THR, CONDITION, ThrObject)

/**
 * ThrConditionFunc:
 * @condition: the condition that is waited for
 * @user_data: data for the function
 *
 * Tells whether what is waited for has come about. It is called with the lock held,
 * in the thread that waits.
 *
 * Returns: %TRUE to end the wait
 */
typedef gboolean (*ThrConditionFunc) (ThrCondition *condition,
                                      gpointer      user_data);

THR_EXTERN
ThrCondition *thr_condition_new           (ThrLockable          *lock);

THR_EXTERN
gboolean      thr_condition_wait          (ThrCondition         *self,
                                           GError              **error);
THR_EXTERN
gboolean      thr_condition_wait_timed    (ThrCondition         *self,
                                           gint64                timeout_us,
                                           GCancellable         *cancellable,
                                           GError              **error);
THR_EXTERN
void          thr_condition_wait_async    (ThrCondition         *self,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
THR_EXTERN
gboolean      thr_condition_wait_finish   (ThrCondition         *self,
                                           GAsyncResult         *result,
                                           GError              **error);
THR_EXTERN
gboolean      thr_condition_wait_for      (ThrCondition         *self,
                                           gint64                timeout_us,
                                           GCancellable         *cancellable,
                                           ThrConditionFunc      predicate,
                                           gpointer              user_data,
                                           GError              **error);

THR_EXTERN
gboolean      thr_condition_notify        (ThrCondition         *self,
                                           guint                 n,
                                           GError              **error);
THR_EXTERN
gboolean      thr_condition_notify_all    (ThrCondition         *self,
                                           GError              **error);

THR_EXTERN
ThrLockable  *thr_condition_get_lock      (ThrCondition         *self);
THR_EXTERN
guint         thr_condition_get_n_waiters (ThrCondition         *self);

G_END_DECLS
