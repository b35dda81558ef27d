/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "bridge/thr-call-private.h"

G_BEGIN_DECLS

/* What a conversion allocated. @given belongs to the function once it was called. */
typedef struct
{
  gpointer       data;
  GDestroyNotify free;  /* NULL: a boxed of @gtype */
  GType          gtype;
  gboolean       given;
} ThrCallPiece;

typedef struct
{
  GArray    *pieces;
  GPtrArray *objects; /* nullable: collects references to the GObjects converted */
} ThrCallScratch;

void     thr_call_scratch_init       (ThrCallScratch    *self,
                                      GPtrArray         *objects);
/* Frees it all, last first; what was given too when the function was not called. */
void     thr_call_scratch_clear      (ThrCallScratch    *self,
                                      gboolean           called);
/* Both give @data back. What is kept is freed with the scratch, what is given
 * belongs to the function. */
gpointer thr_call_scratch_keep       (ThrCallScratch    *self,
                                      gpointer           data,
                                      GDestroyNotify     free);
gpointer thr_call_scratch_give       (ThrCallScratch    *self,
                                      gpointer           data,
                                      GDestroyNotify     free);
/* The same for a copy of a boxed. */
gpointer thr_call_scratch_copy_boxed (ThrCallScratch    *self,
                                      GType              gtype,
                                      gconstpointer      boxed,
                                      gboolean           give);

/* All of it: any thread, changes nothing but @scratch and @arg. What is not given
 * points into @value where it can, so @value must live as long. Errors say what
 * was wanted and what came, not for which parameter.
 */

gboolean thr_call_convert            (const ThrCallType *type,
                                      GITransfer         transfer,
                                      const GValue      *value,
                                      ThrCallScratch    *scratch,
                                      GIArgument        *arg,
                                      gsize             *length,
                                      GError           **error);
gboolean thr_call_convert_scalar     (const ThrCallType *type,
                                      gboolean           give,
                                      const GValue      *value,
                                      ThrCallScratch    *scratch,
                                      GIArgument        *arg,
                                      GError           **error);
gboolean thr_call_convert_container  (const ThrCallType *type,
                                      GITransfer         transfer,
                                      const GValue      *value,
                                      ThrCallScratch    *scratch,
                                      GIArgument        *arg,
                                      gsize             *length,
                                      GError           **error);

/* Whatever a language says "nothing" with. */
gboolean thr_call_value_is_null      (const GValue      *value);

/* For bytes, strings count too, without their end. */
gboolean thr_call_value_peek_bytes   (const GValue      *value,
                                      gconstpointer     *data,
                                      gsize             *size);

/* Always FALSE. */
gboolean thr_call_set_type_error     (GError           **error,
                                      const char        *wanted,
                                      const GValue      *value);

G_END_DECLS
