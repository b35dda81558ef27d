/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <girepository.h>

G_BEGIN_DECLS

/* Finds @function ("name", "Class.name" or "Namespace.Class.name") in @namespace_
 * ("Gio" or "Gio-2.0"), loading its typelib when nobody has yet. With the lock of
 * the signatures held.
 */
GIFunctionInfo *thr_call_look_up (const char  *namespace_,
                                  const char  *function,
                                  GError     **error);

G_END_DECLS
