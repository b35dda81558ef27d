/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/thread/thr-thread.h>
#include <thrkit/work/thr-future.h>

G_BEGIN_DECLS

#define THR_TYPE_TASK (thr_task_get_type ())

THR_EXTERN
G_DECLARE_FINAL_TYPE (ThrTask, thr_task, THR, TASK, ThrFuture)

THR_EXTERN
ThrTask      *thr_task_get_current     (void);

THR_EXTERN
int           thr_task_get_priority    (ThrTask      *self);
THR_EXTERN
GCancellable *thr_task_get_cancellable (ThrTask      *self);
THR_EXTERN
ThrThread    *thr_task_dup_thread      (ThrTask      *self);
THR_EXTERN
double        thr_task_get_progress    (ThrTask      *self);
THR_EXTERN
void          thr_task_set_progress    (ThrTask      *self,
                                        double        progress);
THR_EXTERN
char         *thr_task_dup_message     (ThrTask      *self);
THR_EXTERN
void          thr_task_set_message     (ThrTask      *self,
                                        const char   *message);

THR_EXTERN
gboolean      thr_task_return_value    (ThrTask      *self,
                                        const GValue *value);
THR_EXTERN
gboolean      thr_task_return_boolean  (ThrTask      *self,
                                        gboolean      value);
THR_EXTERN
gboolean      thr_task_return_int64    (ThrTask      *self,
                                        gint64        value);
THR_EXTERN
gboolean      thr_task_return_double   (ThrTask      *self,
                                        double        value);
THR_EXTERN
gboolean      thr_task_return_string   (ThrTask      *self,
                                        const char   *value);
THR_EXTERN
gboolean      thr_task_return_object   (ThrTask      *self,
                                        GObject      *value);
THR_EXTERN
gboolean      thr_task_return_variant  (ThrTask      *self,
                                        GVariant     *value);
THR_EXTERN
gboolean      thr_task_return_bytes    (ThrTask      *self,
                                        GBytes       *value);
THR_EXTERN
gboolean      thr_task_return_pointer  (ThrTask      *self,
                                        gpointer      value);

G_END_DECLS
