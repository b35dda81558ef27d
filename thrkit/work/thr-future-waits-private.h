/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-self-private.h"
#include "work/thr-future.h"

G_BEGIN_DECLS

/* What a subclass knows about waiting. */
typedef struct
{
  /* Before the caller blocks, on a pool's worker: run the very thing that is waited
   * for when that is allowed. TRUE when that settled the future. */
  gboolean (*help)  (ThrFuture *self,
                     gboolean   unlimited);
  /* Who must act for the future to be settled; under the graph mutex. */
  ThrSelf *(*owner) (gpointer   self);
  /* Whether it was left behind: nobody in this process works on it. */
  gboolean (*lost)  (ThrFuture *self);
  /* More bits to post with the end. */
  guint    (*settled_bits) (void);
  /* After the future was cancelled. */
  void     (*settled) (ThrFuture *self);
  /* After thr_future_cancel() came too late. */
  void     (*cancel_running) (ThrFuture *self);
} ThrFutureWaits;

/* Tries to run what @self is waited for; and who must act for it. NULL: nobody. */
gboolean  thr_future_help         (ThrFuture         *self,
                                   gboolean           unlimited);
ThrSelf  *thr_future_get_owner    (gpointer           self);

/* NULL for a plain future. */
const ThrFutureWaits *thr_future_get_waits (ThrFuture *self);
void      thr_future_class_set_waits (ThrFutureClass       *klass,
                                      const ThrFutureWaits *waits);

G_END_DECLS
