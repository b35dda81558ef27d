/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/base/thr-object.h>

G_BEGIN_DECLS

#define THR_TYPE_LOCAL (thr_local_get_type ())

THR_EXTERN
G_DECLARE_FINAL_TYPE (ThrLocal, thr_local, THR, LOCAL, ThrObject)

/**
 * ThrLocalFunc:
 * @local: the storage
 * @user_data: the data given with the function
 *
 * Prepares a storage for a thread that uses it for the first time.
 *
 * It runs in that thread, before the call that used the storage goes on, with no lock
 * of the library held. What it sets is that thread's.
 */
typedef void (*ThrLocalFunc) (ThrLocal *local,
                              gpointer  user_data);

THR_EXTERN
ThrLocal      *thr_local_new        (void);
THR_EXTERN
ThrLocal      *thr_local_new_full   (ThrLocalFunc    initializer,
                                     gpointer        user_data,
                                     GDestroyNotify  notify,
                                     GError        **error);

THR_EXTERN
const GValue  *thr_local_get        (ThrLocal       *self,
                                     const char     *name);
THR_EXTERN
gboolean       thr_local_copy_value (ThrLocal       *self,
                                     const char     *name,
                                     GValue         *value);
THR_EXTERN
gboolean       thr_local_set        (ThrLocal       *self,
                                     const char     *name,
                                     const GValue   *value,
                                     GError        **error);
THR_EXTERN
gboolean       thr_local_has        (ThrLocal       *self,
                                     const char     *name);
THR_EXTERN
gboolean       thr_local_remove     (ThrLocal       *self,
                                     const char     *name);
THR_EXTERN
char         **thr_local_list_names (ThrLocal       *self);

G_END_DECLS
