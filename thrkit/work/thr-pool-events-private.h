/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "work/thr-pool-core-private.h"
#include "work/thr-task-private.h"

G_BEGIN_DECLS

/* Of the pool's "started": ThrPoolCore.told_start. */
enum {
  UNTOLD,
  TELLING,
  TOLD
};

/* What the observers of a pool are told, at its home and in batches: any number of
 * events costs one letter until the home has read them.
 */

/* Any thread, no lock held. */
/* Each new worker's first step, so that what it tells of tasks comes behind. */
void thr_pool_events_started  (ThrPoolCore  *core);
void thr_pool_events_closed   (ThrPoolCore  *core);
void thr_pool_events_finished (ThrPoolCore  *core);
void thr_pool_events_task     (ThrPoolCore  *core,
                               ThrTask      *task,
                               ThrTaskEvent  event);
/* Delivers what has been told so far, when the caller is the home's thread. */
void thr_pool_events_flush    (ThrPoolCore  *core,
                               ThrPool      *pool);
/* On the home's own thread, by who submits: without a running loop the events of tasks
 * that nobody hears of would pile up. */
void thr_pool_events_reap     (ThrPoolCore  *core,
                               ThrPool      *pool);
/* When the core goes. */
void thr_pool_events_clear    (ThrPoolCore  *core);

/* For the letters: at home. In thr-pool.c. */
gboolean thr_pool_is_heard    (ThrPool      *pool);
void thr_pool_hear            (ThrPool      *pool,
                               ThrTask      *task,
                               ThrTaskEvent  event);

G_END_DECLS
