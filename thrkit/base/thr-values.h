/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/base/thr-types.h>

G_BEGIN_DECLS

#define THR_TYPE_VALUES (thr_values_get_type ())

THR_EXTERN
G_DECLARE_FINAL_TYPE (ThrValues, thr_values, THR, VALUES, GObject)

THR_EXTERN
ThrValues    *thr_values_new          (const GValue *values,
                                       guint         n_values);

THR_EXTERN
guint         thr_values_get_n_values (ThrValues    *self);
THR_EXTERN
const GValue *thr_values_get_value    (ThrValues    *self,
                                       guint         index_);
THR_EXTERN
gboolean      thr_values_copy_value   (ThrValues    *self,
                                       guint         index_,
                                       GValue       *value);
THR_EXTERN
const char   *thr_values_get_name     (ThrValues    *self,
                                       guint         index_);

G_END_DECLS
