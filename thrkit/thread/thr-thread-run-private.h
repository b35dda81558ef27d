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
void              thr_thread_set_record     (ThrThread       *self,
                                             ThrSelf         *record);
/* Under the lock of @waiters: lets those go who wait for @tag. */
void              thr_thread_grant_unlocked (ThrThread       *self,
                                             guint            tag,
                                             ThrWakeBatch    *batch);

/* thr-thread-os.c: who joins the OS thread. */
void              thr_thread_set_handle     (ThrThread       *self,
                                             pthread_t        handle);
/* Becomes the one who joins; FALSE when somebody is, or when there is nothing to
 * join or the thread has ended. */
gboolean          thr_thread_claim_os       (ThrThread       *self);
/* What the one who joins does: either of the two. */
void              thr_thread_disclaim_os    (ThrThread       *self);
void              thr_thread_join_claimed_os (ThrThread      *self);
/* The latch is open: joins the OS thread or waits for who does. FALSE: the caller
 * is that thread. */
gboolean          thr_thread_join_os        (ThrThread       *self);
void              thr_thread_detach_os      (ThrThread       *self);
gint64            thr_thread_wait_native_id (ThrThread       *self);

/* thr-thread-create.c: on 0 the thread runs; else an errno. */
int               thr_os_thread_create      (gsize            stack_size,
                                             void          *(*body) (void *),
                                             gpointer         data,
                                             pthread_t       *handle);
gboolean          thr_stack_size_check      (gint64           bytes,
                                             GError         **error);

G_END_DECLS
