/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/base/thr-types.h>

G_BEGIN_DECLS

/**
 * THR_ERROR:
 *
 * The error domain of the library; its codes are [error@Thr.Error].
 */
#define THR_ERROR (thr_error_quark ())

/**
 * ThrError:
 * @THR_ERROR_FAILED: the work failed and gave no better reason
 * @THR_ERROR_NOT_STARTED: a thread was joined before it was started
 * @THR_ERROR_ALREADY_STARTED: a thread was started, or changed, a second time
 * @THR_ERROR_SELF_JOIN: a thread tried to join itself
 * @THR_ERROR_NOT_HELD: a lock was released that nobody holds
 * @THR_ERROR_NOT_OWNER: a lock was released by a thread that does not own it
 * @THR_ERROR_DEADLOCK: the wait could never end
 * @THR_ERROR_OVERFLOW: a count or a time is out of range
 * @THR_ERROR_BROKEN: the barrier, or the pool's initializer, is broken
 * @THR_ERROR_SHUT_DOWN: the pool or the process takes no new work
 * @THR_ERROR_NO_RESULT: the work ended without an answer and without an error
 * @THR_ERROR_INVALID_STATE: the operation does not fit the object's state
 * @THR_ERROR_INVALID_ARGUMENT: an argument is not allowed
 * @THR_ERROR_WRONG_LANGUAGE: a function of a language that cannot run off its
 *   own thread was given as work for another thread
 * @THR_ERROR_RESOURCES: the system has no room for another thread
 *
 * The errors of the library.
 *
 * A wait that timed out is %G_IO_ERROR_TIMED_OUT and a wait that was cancelled
 * is %G_IO_ERROR_CANCELLED instead, as everywhere in GIO.
 */
typedef enum {
  THR_ERROR_FAILED,
  THR_ERROR_NOT_STARTED,
  THR_ERROR_ALREADY_STARTED,
  THR_ERROR_SELF_JOIN,
  THR_ERROR_NOT_HELD,
  THR_ERROR_NOT_OWNER,
  THR_ERROR_DEADLOCK,
  THR_ERROR_OVERFLOW,
  THR_ERROR_BROKEN,
  THR_ERROR_SHUT_DOWN,
  THR_ERROR_NO_RESULT,
  THR_ERROR_INVALID_STATE,
  THR_ERROR_INVALID_ARGUMENT,
  THR_ERROR_WRONG_LANGUAGE,
  THR_ERROR_RESOURCES
} ThrError;

#define THR_TYPE_ERROR (thr_error_get_type ())

THR_EXTERN
GQuark thr_error_quark    (void);
THR_EXTERN
GType  thr_error_get_type (void);

G_END_DECLS
