/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-operation-private.h"
#include "sync/thr-owner-private.h"
#include "sync/thr-rw-lock.h"
#include "sync/thr-rw-lock-view.h"

G_BEGIN_DECLS

/* What thr-rw-lock.c (the class), thr-rw-lock-view.c (one half of it as a lockable) and
 * thr-rw-lock-line.c (who gets in, and when) share. */

/* Also the tags of waiters. */
typedef enum {
  THR_RW_READ,
  THR_RW_WRITE
} ThrRWKind;

struct _ThrRWLock
{
  ThrObject     parent_instance;

  /* Constant. */
  guint64       serial;             /* stands for the lock in ThrSelf.shares */

  /* Atomic; see thr-rw-lock-line.c. */
  guint         word;

  /* The thread that writes only. */
  guint         write_depth;
  /* Written by the thread that writes, read by the wait graph. */
  ThrOwner      writer;

  /* Under the lock of the line. */
  ThrWaitList   line;
  guint         n_waiting_writers;  /* in the line */
  gsize         last_ticket;        /* ThrWaiter.slot: the order of the line */
  guint         n_awaited[2];       /* granted to operations of our home, not finished */
  ThrWaiter    *at_home;            /* borrowed: blocked for ever on the home's thread */
};

void     thr_rw_lock_line_init      (ThrRWLock            *self);
void     thr_rw_lock_line_clear     (ThrRWLock            *self);

/* FALSE when it would have to wait. */
gboolean thr_rw_lock_take_now       (ThrRWLock            *self,
                                     ThrRWKind             kind);
gboolean thr_rw_lock_take           (ThrRWLock            *self,
                                     ThrRWKind             kind,
                                     gint64                timeout_us,
                                     GCancellable         *cancellable,
                                     GError              **error);
/* @source is the lock or one of its views, and its home the one that is called back. */
void     thr_rw_lock_await          (gpointer              source,
                                     ThrRWKind             kind,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
gboolean thr_rw_lock_await_end      (gpointer              source,
                                     ThrRWKind             kind,
                                     GAsyncResult         *result,
                                     GError              **error);
gboolean thr_rw_lock_put            (ThrRWLock            *self,
                                     ThrRWKind             kind,
                                     GError              **error);

/* How often the calling thread has entered it. */
guint    thr_rw_lock_get_depth      (ThrRWLock            *self,
                                     ThrRWKind             kind);
guint    thr_rw_lock_count_readers  (ThrRWLock            *self);
gboolean thr_rw_lock_is_written     (ThrRWLock            *self);
gboolean thr_rw_lock_has_to_wait    (ThrRWLock            *self,
                                     ThrRWKind             kind);

ThrRWLock *thr_rw_lock_view_peek_lock (ThrRWLockView      *self);

G_END_DECLS
