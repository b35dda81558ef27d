/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "sync/thr-condition.h"
#include "sync/thr-permits-private.h"

G_BEGIN_DECLS

/* What thr-condition.c (the class) and thr-condition-wait.c (waiting and notifying)
 * share. */
struct _ThrCondition
{
  ThrObject    parent_instance;

  /* Constant. */
  ThrLockable *lock;     /* owned */
  ThrPermits  *permits;  /* those of @lock where it has a line to requeue into, or NULL */
  gboolean     has_owner; /* @lock is a ThrRecLock */

  /* Those who have not been notified yet. Its lock is taken before that of the line
   * of @permits. */
  ThrWaitList  line;
};

gboolean thr_condition_check_held  (ThrCondition         *self,
                                    GError              **error);
/* The lock is held by the caller, before and after; see thr_condition_wait(). */
gboolean thr_condition_wait_until  (ThrCondition         *self,
                                    ThrDeadline           deadline,
                                    GCancellable         *cancellable,
                                    GError              **error);
void     thr_condition_await       (ThrCondition         *self,
                                    GCancellable         *cancellable,
                                    GAsyncReadyCallback   callback,
                                    gpointer              user_data);
gboolean thr_condition_await_end   (ThrCondition         *self,
                                    GAsyncResult         *result,
                                    GError              **error);
void     thr_condition_wake        (ThrCondition         *self,
                                    guint                 n);

G_END_DECLS
