/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "work/thr-future-private.h"

G_BEGIN_DECLS

#define THR_TYPE_FUTURE_SET (thr_future_set_get_type ())
G_DECLARE_FINAL_TYPE (ThrFutureSet, thr_future_set, THR, FUTURE_SET, ThrFuture)

G_END_DECLS
