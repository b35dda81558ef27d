/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "thread/thr-thread-core-private.h"

G_BEGIN_DECLS

/* thr-thread-run.c: the OS thread. */
void              thr_thread_show_name      (ThrThread       *self);
void              thr_thread_drop_user_data (ThrThread       *self);
void              thr_thread_open_latch     (ThrThread       *self);
/* Joins the OS thread, once; the latch is open. FALSE: the caller is that thread. */
gboolean          thr_thread_join_os        (ThrThread       *self);
void              thr_thread_detach_os      (ThrThread       *self);

/* thr-thread-join.c */
gint64            thr_thread_wait_native_id (ThrThread       *self);

/* thr-thread-create.c: on 0 the thread runs; else an errno. */
int               thr_os_thread_create      (gsize            stack_size,
                                             void          *(*body) (void *),
                                             gpointer         data,
                                             pthread_t       *handle);
gboolean          thr_stack_size_check      (gint64           bytes,
                                             GError         **error);

G_END_DECLS
