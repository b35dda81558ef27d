/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/base/thr-enums.h>
#include <thrkit/base/thr-object.h>

G_BEGIN_DECLS

#define THR_TYPE_FUTURE (thr_future_get_type ())

THR_EXTERN
G_DECLARE_DERIVABLE_TYPE (ThrFuture, thr_future, THR, FUTURE, ThrObject)

struct _ThrFutureClass
{
  ThrObjectClass parent_class;

  /*< private >*/
  gpointer padding[8];
};

/**
 * ThrResolveFunc:
 * @value: (nullable): the value, or %NULL when it is empty
 * @user_data: the data given with the function
 *
 * Called at the home of a future that has a value.
 */
typedef void (*ThrResolveFunc) (const GValue *value,
                                gpointer      user_data);

/**
 * ThrRejectFunc:
 * @error: why there is no value
 * @user_data: the data given with the function
 *
 * Called at the home of a future that failed or was cancelled.
 */
typedef void (*ThrRejectFunc) (const GError *error,
                               gpointer      user_data);

typedef void (*ThrSettledFunc) (ThrFuture    *future,
                                gpointer      user_data);

THR_EXTERN
ThrFuture      *thr_future_new         (void);

THR_EXTERN
gboolean        thr_future_set_value   (ThrFuture            *self,
                                        const GValue         *value,
                                        GError              **error);
THR_EXTERN
gboolean        thr_future_set_error   (ThrFuture            *self,
                                        const GError         *reason,
                                        GError              **error);
THR_EXTERN
gboolean        thr_future_cancel      (ThrFuture            *self);

THR_EXTERN
ThrFutureState  thr_future_get_state   (ThrFuture            *self);
THR_EXTERN
gboolean        thr_future_is_done     (ThrFuture            *self);
THR_EXTERN
GValue         *thr_future_dup_value   (ThrFuture            *self,
                                        GError              **error);
THR_EXTERN
gboolean        thr_future_copy_value  (ThrFuture            *self,
                                        GValue               *value,
                                        GError              **error);
THR_EXTERN
const GError   *thr_future_get_error   (ThrFuture            *self);

THR_EXTERN
gboolean        thr_future_wait        (ThrFuture            *self,
                                        gint64                timeout_us,
                                        GCancellable         *cancellable,
                                        GError              **error);
THR_EXTERN
void            thr_future_wait_async  (ThrFuture            *self,
                                        GCancellable         *cancellable,
                                        GAsyncReadyCallback   callback,
                                        gpointer              user_data);
THR_EXTERN
gboolean        thr_future_wait_finish (ThrFuture            *self,
                                        GAsyncResult         *result,
                                        GError              **error);

THR_EXTERN
void            thr_future_then        (ThrFuture            *self,
                                        ThrResolveFunc        resolve,
                                        gpointer              resolve_data,
                                        GDestroyNotify        resolve_notify,
                                        ThrRejectFunc         reject,
                                        gpointer              reject_data,
                                        GDestroyNotify        reject_notify);

THR_EXTERN
gboolean        thr_future_watch       (ThrFuture            *self,
                                        ThrSettledFunc        func,
                                        gpointer              user_data,
                                        GDestroyNotify        notify,
                                        GError              **error);

THR_EXTERN
ThrFuture      *thr_future_all         (ThrFuture           **futures,
                                        guint                 n_futures);
THR_EXTERN
ThrFuture      *thr_future_any         (ThrFuture           **futures,
                                        guint                 n_futures);
THR_EXTERN
ThrFuture      *thr_future_race        (ThrFuture           **futures,
                                        guint                 n_futures);

G_END_DECLS
