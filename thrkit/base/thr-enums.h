/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/base/thr-types.h>

G_BEGIN_DECLS

/**
 * ThrThreadState:
 * @THR_THREAD_STATE_NEW: not started yet
 * @THR_THREAD_STATE_RUNNING: started and not ended
 * @THR_THREAD_STATE_FINISHED: ended with success, or silently by its own wish
 * @THR_THREAD_STATE_FAILED: ended with an error
 *
 * The life of a thread.
 */
typedef enum {
  THR_THREAD_STATE_NEW,
  THR_THREAD_STATE_RUNNING,
  THR_THREAD_STATE_FINISHED,
  THR_THREAD_STATE_FAILED
} ThrThreadState;

#define THR_TYPE_THREAD_STATE (thr_thread_state_get_type ())

THR_EXTERN
GType thr_thread_state_get_type (void);

/**
 * ThrFutureState:
 * @THR_FUTURE_STATE_PENDING: nobody has begun the work
 * @THR_FUTURE_STATE_RUNNING: the work has begun and can no longer be taken back
 * @THR_FUTURE_STATE_RESOLVED: there is a value, which may be empty
 * @THR_FUTURE_STATE_REJECTED: there is an error
 * @THR_FUTURE_STATE_CANCELLED: cancelled before there was an answer
 *
 * The life of a future.
 *
 * The last three are final: a future leaves none of them.
 */
typedef enum {
  THR_FUTURE_STATE_PENDING,
  THR_FUTURE_STATE_RUNNING,
  THR_FUTURE_STATE_RESOLVED,
  THR_FUTURE_STATE_REJECTED,
  THR_FUTURE_STATE_CANCELLED
} ThrFutureState;

#define THR_TYPE_FUTURE_STATE (thr_future_state_get_type ())

THR_EXTERN
GType thr_future_state_get_type (void);

/**
 * ThrQueueKind:
 * @THR_QUEUE_KIND_FIFO: first in, first out
 * @THR_QUEUE_KIND_LIFO: last in, first out: a stack
 * @THR_QUEUE_KIND_PRIORITY: the lowest priority first; of equal ones, first in, first
 *   out
 *
 * In what order a queue gives its items out.
 */
typedef enum {
  THR_QUEUE_KIND_FIFO,
  THR_QUEUE_KIND_LIFO,
  THR_QUEUE_KIND_PRIORITY
} ThrQueueKind;

#define THR_TYPE_QUEUE_KIND (thr_queue_kind_get_type ())

THR_EXTERN
GType thr_queue_kind_get_type (void);

G_END_DECLS
