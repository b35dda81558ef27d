/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "work/thr-task.h"

G_BEGIN_DECLS

/* The tasks of a pool that have not ended, in the order of their submission; a
 * GListModel. All of it: the pool's home only. */
#define THR_TYPE_TASK_LIST (thr_task_list_get_type ())
G_DECLARE_FINAL_TYPE (ThrTaskList, thr_task_list, THR, TASK_LIST, GObject)

ThrTaskList *thr_task_list_new    (void);
void         thr_task_list_add    (ThrTaskList *self,
                                   ThrTask     *task);
void         thr_task_list_remove (ThrTaskList *self,
                                   ThrTask     *task);

G_END_DECLS
