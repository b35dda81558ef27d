/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* JavaScript may run on its own thread only. GJS blocks a callback elsewhere with
 * a critical, which is too late for an error with a reason; so whoever takes work
 * for another thread asks here first (contracts 15). All of it: any thread.
 */

/* Whether a callback that came with @notify is a JavaScript function. A binding
 * gives one destroy-notify of its own with all of its callbacks. NULL: no. */
gboolean thr_language_notify_is_js            (GDestroyNotify   notify);

/* Whether the class slot @vfunc of @instance is JavaScript. NULL: no. */
gboolean thr_language_vfunc_is_js             (gpointer         instance,
                                               gpointer         vfunc);

/* Whether the class of @instance was made by JavaScript. */
gboolean thr_language_instance_is_js          (gpointer         instance);

/* Always FALSE, for "return thr_language_set_…". @what: the thing given, a name
 * out of the API that is not translated: "thr_pool_submit()", a class … */
gboolean thr_language_set_wrong_language_error (GError        **error,
                                                const char     *what);

G_END_DECLS
