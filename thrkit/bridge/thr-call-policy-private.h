/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <girepository.h>

G_BEGIN_DECLS

/* What must not be called on another thread (contracts 18). Each gives FALSE and
 * an error that says why.
 */

/* Libraries that belong to the main thread as a whole. */
gboolean thr_call_policy_check_namespace (const char      *namespace_,
                                          GError         **error);

/* Functions that end or run something that is the calling thread's own. */
gboolean thr_call_policy_check_function  (GIFunctionInfo  *info,
                                          GError         **error);

/* Objects of such libraries, wherever their class comes from. With the lock of
 * the signatures held. */
gboolean thr_call_policy_check_type      (GType            type,
                                          GError         **error);

/* At the start of each run: does a binding listen to it, or is it JavaScript? */
gboolean thr_call_policy_check_object    (GObject         *object,
                                          gboolean         is_instance,
                                          GError         **error);

G_END_DECLS
