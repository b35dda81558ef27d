/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#if defined (__GNUC__) || defined (__clang__)
#define THR_EXTERN __attribute__ ((visibility ("default"))) extern
#else
#define THR_EXTERN extern
#endif
