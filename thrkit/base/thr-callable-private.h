/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-callable.h"

G_BEGIN_DECLS

/* What threads and pools call instead of thr_callable_call(): @result comes
 * unset, and is unset again after a failure and after an empty result, so that
 * "no value" costs no value. On FALSE there is always an error.
 */
gboolean thr_callable_run   (ThrCallable   *self,
                             GValue        *result,
                             GCancellable  *cancellable,
                             GError       **error);

/* Whether running it runs JavaScript, so that it may not leave its thread; to be
 * asked before it is queued (contracts 15). Any thread. */
gboolean thr_callable_is_js (ThrCallable   *self);

G_END_DECLS
