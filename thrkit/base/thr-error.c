/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-error.h"

/**
 * thr_error_quark:
 *
 * Gets the error domain of the library.
 *
 * Returns: the quark of %THR_ERROR
 */
G_DEFINE_QUARK (thr-error-quark, thr_error)

G_DEFINE_ENUM_TYPE (ThrError, thr_error,
  G_DEFINE_ENUM_VALUE (THR_ERROR_FAILED, "failed"),
  G_DEFINE_ENUM_VALUE (THR_ERROR_NOT_STARTED, "not-started"),
  G_DEFINE_ENUM_VALUE (THR_ERROR_ALREADY_STARTED, "already-started"),
  G_DEFINE_ENUM_VALUE (THR_ERROR_SELF_JOIN, "self-join"),
  G_DEFINE_ENUM_VALUE (THR_ERROR_NOT_HELD, "not-held"),
  G_DEFINE_ENUM_VALUE (THR_ERROR_NOT_OWNER, "not-owner"),
  G_DEFINE_ENUM_VALUE (THR_ERROR_DEADLOCK, "deadlock"),
  G_DEFINE_ENUM_VALUE (THR_ERROR_OVERFLOW, "overflow"),
  G_DEFINE_ENUM_VALUE (THR_ERROR_BROKEN, "broken"),
  G_DEFINE_ENUM_VALUE (THR_ERROR_SHUT_DOWN, "shut-down"),
  G_DEFINE_ENUM_VALUE (THR_ERROR_NO_RESULT, "no-result"),
  G_DEFINE_ENUM_VALUE (THR_ERROR_INVALID_STATE, "invalid-state"),
  G_DEFINE_ENUM_VALUE (THR_ERROR_INVALID_ARGUMENT, "invalid-argument"),
  G_DEFINE_ENUM_VALUE (THR_ERROR_WRONG_LANGUAGE, "wrong-language"),
  G_DEFINE_ENUM_VALUE (THR_ERROR_RESOURCES, "resources"))
