/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-operation-private.h"
#include "sync/thr-owner-private.h"
#include "sync/thr-rw-lock.h"

G_BEGIN_DECLS

/* What thr-rw-lock.c (the class) and thr-rw-lock-line.c (who gets in, and when) share. */

/* Also the tags of waiters. */
typedef enum {
  THR_RW_READ,
  THR_RW_WRITE
} ThrRWKind;

/* A thread that reads. */
typedef struct
{
  ThrSelf *thread;
  guint64  serial;   /* of @thread: it may end, and its record be used again */
  guint    depth;
} ThrRWReader;

struct _ThrRWLock
{
  ThrObject     parent_instance;

  /* Under the lock of the line. */
  ThrWaitList   line;
  guint         n_waiting_writers;  /* in the line */
  GArray       *readers;            /* ThrRWReader: threads */
  guint         n_read_operations;  /* granted and not finished */
  guint         write_depth;        /* of the thread that writes */
  ThrOperation *awaited;            /* borrowed: granted to write, not finished */
  ThrWaiter    *at_home;            /* borrowed: blocked for ever on the home's thread */

  /* Written under the lock of the line, read by the wait graph without it. */
  ThrOwner      writer;
};

void     thr_rw_lock_line_init  (ThrRWLock            *self);
void     thr_rw_lock_line_clear (ThrRWLock            *self);

gboolean thr_rw_lock_take       (ThrRWLock            *self,
                                 ThrRWKind             kind,
                                 gint64                timeout_us,
                                 GCancellable         *cancellable,
                                 GError              **error);
gboolean thr_rw_lock_try        (ThrRWLock            *self,
                                 ThrRWKind             kind);
void     thr_rw_lock_await      (ThrRWLock            *self,
                                 ThrRWKind             kind,
                                 GCancellable         *cancellable,
                                 GAsyncReadyCallback   callback,
                                 gpointer              user_data);
gboolean thr_rw_lock_await_end  (ThrRWLock            *self,
                                 ThrRWKind             kind,
                                 GAsyncResult         *result,
                                 GError              **error);
gboolean thr_rw_lock_put        (ThrRWLock            *self,
                                 ThrRWKind             kind,
                                 GError              **error);
/* Whether the calling thread is one that reads, or that writes. */
gboolean thr_rw_lock_is_mine    (ThrRWLock            *self,
                                 ThrRWKind             kind);

G_END_DECLS
