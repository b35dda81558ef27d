/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/thread/thr-thread.h>

G_BEGIN_DECLS

/**
 * ThrErrorHook:
 * @thread: the thread that failed
 * @error: its error
 * @user_data: the data given with the function
 *
 * Called for each thread that fails, in that thread.
 */
typedef void (*ThrErrorHook) (ThrThread    *thread,
                              const GError *error,
                              gpointer      user_data);

THR_EXTERN
guint64  thr_get_ident         (void);
THR_EXTERN
gint64   thr_get_native_id     (void);

THR_EXTERN
guint64  thr_start_new_thread  (ThrThreadFunc    func,
                                gpointer         user_data,
                                GDestroyNotify   notify,
                                GError         **error);
THR_EXTERN
void     thr_exit_thread       (void);

THR_EXTERN
gint64   thr_get_stack_size    (void);
THR_EXTERN
gint64   thr_set_stack_size    (gint64           bytes,
                                GError         **error);

THR_EXTERN
void     thr_set_error_hook    (ThrErrorHook     func,
                                gpointer         user_data,
                                GDestroyNotify   notify);

THR_EXTERN
gboolean thr_set_interruptible (gboolean         interruptible);
THR_EXTERN
gboolean thr_wait_for_threads  (void);

G_END_DECLS
