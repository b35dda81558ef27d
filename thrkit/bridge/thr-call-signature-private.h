/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "bridge/thr-call-private.h"

G_BEGIN_DECLS

/* Immutable; shared by all calls of the same function. */
typedef struct
{
  int                ref_count;   /* atomic */
  char              *name;        /* "Gio.File.load_contents" */
  GIFunctionInvoker  invoker;
  ThrCallParam      *params;      /* the instance first */
  guint              n_params;
  ThrCallParam       result;
  gboolean           has_instance;
  gboolean           throws;
  gboolean           is_success;  /* the result only repeats whether it threw */
  guint              n_args;
  guint              n_args_needed;
  guint              n_results;
} ThrCallSignature;

/* Any thread; cached. NULL with THR_ERROR_INVALID_ARGUMENT for a function that is
 * not there, not allowed, or takes or gives what cannot be carried. */
ThrCallSignature *thr_call_signature_get   (const char        *namespace_,
                                            const char        *function,
                                            GError           **error);
ThrCallSignature *thr_call_signature_ref   (ThrCallSignature  *self);
void              thr_call_signature_unref (ThrCallSignature  *self);

/* Around any other use of the repository. */
void              thr_call_lock_repository   (void);
void              thr_call_unlock_repository (void);

G_END_DECLS
