/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-enums.h"

G_DEFINE_ENUM_TYPE (ThrThreadState, thr_thread_state,
  G_DEFINE_ENUM_VALUE (THR_THREAD_STATE_NEW, "new"),
  G_DEFINE_ENUM_VALUE (THR_THREAD_STATE_RUNNING, "running"),
  G_DEFINE_ENUM_VALUE (THR_THREAD_STATE_FINISHED, "finished"),
  G_DEFINE_ENUM_VALUE (THR_THREAD_STATE_FAILED, "failed"))

G_DEFINE_ENUM_TYPE (ThrFutureState, thr_future_state,
  G_DEFINE_ENUM_VALUE (THR_FUTURE_STATE_PENDING, "pending"),
  G_DEFINE_ENUM_VALUE (THR_FUTURE_STATE_RUNNING, "running"),
  G_DEFINE_ENUM_VALUE (THR_FUTURE_STATE_RESOLVED, "resolved"),
  G_DEFINE_ENUM_VALUE (THR_FUTURE_STATE_REJECTED, "rejected"),
  G_DEFINE_ENUM_VALUE (THR_FUTURE_STATE_CANCELLED, "cancelled"))

G_DEFINE_ENUM_TYPE (ThrQueueKind, thr_queue_kind,
  G_DEFINE_ENUM_VALUE (THR_QUEUE_KIND_FIFO, "fifo"),
  G_DEFINE_ENUM_VALUE (THR_QUEUE_KIND_LIFO, "lifo"),
  G_DEFINE_ENUM_VALUE (THR_QUEUE_KIND_PRIORITY, "priority"))
