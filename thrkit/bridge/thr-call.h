/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/base/thr-callable.h>
#include <thrkit/base/thr-object.h>

G_BEGIN_DECLS

#define THR_TYPE_CALL (thr_call_get_type ())

THR_EXTERN
G_DECLARE_FINAL_TYPE (ThrCall, thr_call, THR, CALL, ThrObject)

THR_EXTERN
ThrCall    *thr_call_new                (const char    *namespace_,
                                         const char    *function,
                                         const GValue  *args,
                                         guint          n_args,
                                         GError       **error);

THR_EXTERN
const char *thr_call_get_namespace      (ThrCall       *self);
THR_EXTERN
const char *thr_call_get_function       (ThrCall       *self);
THR_EXTERN
gboolean    thr_call_get_allow_observed (ThrCall       *self);
THR_EXTERN
void        thr_call_set_allow_observed (ThrCall       *self,
                                         gboolean       allow_observed);

G_END_DECLS
