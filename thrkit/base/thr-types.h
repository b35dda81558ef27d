/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#if defined (__GNUC__) || defined (__clang__)
#define THR_EXTERN __attribute__ ((visibility ("default"))) extern
#else
#define THR_EXTERN extern
#endif

typedef struct _ThrThread ThrThread;
typedef struct _ThrFuture ThrFuture;
typedef struct _ThrTask   ThrTask;
typedef struct _ThrPool   ThrPool;

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

/**
 * ThrThreadFunc:
 * @thread: the thread that runs the function
 * @user_data: the data given with the function
 * @error: return location for an error
 *
 * The body of a thread.
 *
 * It runs on the new thread, with no lock of the library held, and may block.
 * Returning %FALSE makes the thread end as failed: the error is kept in
 * [property@Thr.Thread:error] and goes to the error hook; %FALSE with no @error
 * set becomes %THR_ERROR_NO_RESULT.
 *
 * A JavaScript function cannot be given here: GJS allows JavaScript on its own
 * thread only.
 *
 * Returns: %TRUE when the thread succeeded, %FALSE when it failed
 */
typedef gboolean (*ThrThreadFunc) (ThrThread  *thread,
                                   gpointer    user_data,
                                   GError    **error);

G_END_DECLS
