/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "work/thr-future.h"

G_BEGIN_DECLS

/* Cancels @future, if nobody has begun, as soon as @cancellable is cancelled, and at
 * once when it is already. Does not keep the future alive. The answer is for
 * g_signal_handler_disconnect(), 0 when there is nothing to disconnect. */
gulong thr_canceller_connect (ThrFuture    *future,
                              GCancellable *cancellable);

G_END_DECLS
