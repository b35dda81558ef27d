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

/**
 * ThrTaskFunc:
 * @task: the task that is run
 * @user_data: the data given with the function
 * @error: return location for an error
 *
 * Work for a pool.
 *
 * It runs on a worker thread of the pool, with no lock of the library held, and
 * may block. It answers with `return thr_task_return_value (task, &value)` or
 * one of its kin; returning %TRUE without an answer is an empty value. Returning
 * %FALSE is failure, and %FALSE with no @error set becomes %THR_ERROR_NO_RESULT.
 *
 * A JavaScript function cannot be given here: GJS allows JavaScript on its own
 * thread only.
 *
 * Returns: %TRUE when the work succeeded, %FALSE when it failed
 */
typedef gboolean (*ThrTaskFunc) (ThrTask   *task,
                                 gpointer   user_data,
                                 GError   **error);

THR_EXTERN
ThrTask      *thr_task_get_current     (void);

THR_EXTERN
gboolean      thr_task_begin           (ThrTask      *self,
                                        ThrThread    *thread);
THR_EXTERN
gboolean      thr_task_end             (ThrTask      *self,
                                        const GValue *value);
THR_EXTERN
gboolean      thr_task_fail            (ThrTask      *self,
                                        const GError *error);

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
