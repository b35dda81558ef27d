/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/work/thr-pool.h>

G_BEGIN_DECLS

typedef struct _ThrJob ThrJob;

typedef void (*ThrJobFunc) (gpointer user_data);

struct _ThrJob
{
  /*< private >*/
  ThrJobFunc func;
  gpointer   user_data;
  gpointer   owner;
  gpointer   runner;
  guint64    strand;
  guint64    run_strand;
  gint64     place;
  int        state;
};

THR_EXTERN
void thr_pool_fork (ThrPool    *self,
                    ThrJob     *job,
                    ThrJobFunc  func,
                    gpointer    user_data);
THR_EXTERN
void thr_pool_join (ThrPool    *self,
                    ThrJob     *job);

G_END_DECLS
