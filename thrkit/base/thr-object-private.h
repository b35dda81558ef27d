/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-home-private.h"
#include "base/thr-object.h"

G_BEGIN_DECLS

/* The mailbox and the home of any object of the library. */
ThrMailbox *thr_object_get_mailbox      (ThrObject      *self);
ThrHome    *thr_object_get_home         (ThrObject      *self);

/* In class_init, after g_object_class_install_property(): lets the property be
 * notified with thr_object_notify(). At most 32 properties over all ancestors. */
void        thr_object_class_add_notify (ThrObjectClass *klass,
                                         GParamSpec     *pspec);

/* Any thread: "notify" at home, coalesced, after the caller has made the change. */
void        thr_object_notify           (ThrObject      *self,
                                         GParamSpec     *pspec);

G_END_DECLS
