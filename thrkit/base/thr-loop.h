/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/base/thr-types.h>

G_BEGIN_DECLS

THR_EXTERN
int      thr_loop_get_fd (GMainContext *context);
THR_EXTERN
gboolean thr_loop_arm    (GMainContext *context);
THR_EXTERN
void     thr_loop_divert (GMainContext *context);

G_END_DECLS
