/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib/gi18n-lib.h>

/* glib/gi18n-lib.h wants GETTEXT_PACKAGE, which config.h gives. The library
 * binds its domain in thr_process_init() (thr-process.c), because an application
 * that never heard of thrkit's domain still shows thrkit's error texts.
 */
