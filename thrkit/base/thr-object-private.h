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

/* The home of an object that is being made: that of @context, or of the thread-default
 * one of the caller. */
void        thr_object_set_context      (ThrObject      *self,
                                         GMainContext   *context);

/* The mailbox has one bit for each property and for each signal that is emitted
 * at most once in an object's life and has no arguments. Posting bits allocates
 * nothing. Both functions are for class_init, after the property or signal was
 * installed, and return the bit; at most 24 properties and 8 signals over all
 * ancestors. @rank is THR_RANK_STARTED or THR_RANK_SIGNAL.
 */
guint       thr_object_class_add_notify (ThrObjectClass *klass,
                                         GParamSpec     *pspec);
guint       thr_object_class_add_signal (ThrObjectClass *klass,
                                         guint           signal_id,
                                         ThrRank         rank);

/* A class may set klass->sealed when nobody can derive from it and it has no handlers
 * of its own for its signals. */

/* Any thread, after the change has been made: "notify" and the signals at home,
 * each coalesced. */
void        thr_object_post_bits        (ThrObject      *self,
                                         guint           bits);

G_END_DECLS
