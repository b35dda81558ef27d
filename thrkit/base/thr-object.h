/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/base/thr-types.h>

G_BEGIN_DECLS

#define THR_TYPE_OBJECT (thr_object_get_type ())

THR_EXTERN
G_DECLARE_DERIVABLE_TYPE (ThrObject, thr_object, THR, OBJECT, GObject)

struct _ThrObjectClass
{
  GObjectClass parent_class;

  /*< private >*/
  void       (*name_changed) (ThrObject *self);
  GParamSpec  *notifies[24];
  guint        signals[8];
  guint        started_signals;
  gboolean     sealed;
};

THR_EXTERN
GMainContext *thr_object_dup_main_context (ThrObject  *self);
THR_EXTERN
char         *thr_object_dup_name         (ThrObject  *self);
THR_EXTERN
void          thr_object_set_name         (ThrObject  *self,
                                           const char *name);

G_END_DECLS
