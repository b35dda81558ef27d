/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "bridge/thr-call-convert-private.h"
#include "bridge/thr-call-signature-private.h"

G_BEGIN_DECLS

typedef struct
{
  GIArgument value;
  gpointer   pointer; /* to @value, where C wants the address of it */
} ThrCallSlot;

/* Converts all arguments, each a GValue that lives as long as the slots: what can
 * be shared by all runs into @slots and @scratch, the rest only to see whether it
 * can be. The caller clears @scratch in any case.
 */
gboolean thr_call_prepare       (const ThrCallSignature  *signature,
                                 const GValue            *args,
                                 guint                    n_args,
                                 ThrCallSlot             *slots,
                                 ThrCallScratch          *scratch,
                                 GError                 **error);

/* One parameter, and the length that belongs to it. */
gboolean thr_call_convert_param (const ThrCallSignature  *signature,
                                 guint                    index,
                                 const GValue            *args,
                                 guint                    n_args,
                                 ThrCallSlot             *slots,
                                 ThrCallScratch          *scratch,
                                 GError                 **error);

/* One run; any number of threads at once. @result is unset, and stays so when
 * there is none. */
gboolean thr_call_invoke        (const ThrCallSignature  *signature,
                                 const GValue            *args,
                                 guint                    n_args,
                                 const ThrCallSlot       *slots,
                                 GCancellable            *cancellable,
                                 GValue                  *result,
                                 GError                 **error);

G_END_DECLS
