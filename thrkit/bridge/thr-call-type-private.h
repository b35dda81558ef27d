/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "bridge/thr-call-private.h"

G_BEGIN_DECLS

/* NULL with THR_ERROR_INVALID_ARGUMENT for what cannot be carried. */
ThrCallType *thr_call_type_new            (GITypeInfo        *info,
                                           GError           **error);
/* The same for the type that a method belongs to. */
ThrCallType *thr_call_type_new_registered (GIBaseInfo        *info,
                                           GError           **error);
void         thr_call_type_free           (ThrCallType       *self);

/* The bytes that one element takes in an array. */
gsize        thr_call_type_get_size       (const ThrCallType *self);

/* Between an argument and an element in memory … */
void         thr_call_type_load           (const ThrCallType *self,
                                           gconstpointer      memory,
                                           GIArgument        *arg);
void         thr_call_type_store          (const ThrCallType *self,
                                           const GIArgument  *arg,
                                           gpointer           memory);
/* … and the data pointer of a list or hash table. */
void         thr_call_type_unpack         (const ThrCallType *self,
                                           gpointer           data,
                                           GIArgument        *arg);
gpointer     thr_call_type_pack           (const ThrCallType *self,
                                           const GIArgument  *arg);

/* A length parameter may be an integer of any width. */
gsize        thr_call_type_get_length     (const ThrCallType *self,
                                           const GIArgument  *arg);

G_END_DECLS
