/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "bridge/thr-call-private.h"

G_BEGIN_DECLS

/* Initialises @value with what the function gave in @arg, and frees what is left
 * of it. @length counts for arrays that have one. */
void thr_call_result_take            (const ThrCallParam *param,
                                      const GIArgument   *arg,
                                      gsize               length,
                                      GValue             *value);
void thr_call_result_take_scalar     (const ThrCallType  *type,
                                      gboolean            take,
                                      const GIArgument   *arg,
                                      GValue             *value);
void thr_call_result_take_container  (const ThrCallParam *param,
                                      gpointer            container,
                                      gsize               length,
                                      GValue             *value);

G_END_DECLS
