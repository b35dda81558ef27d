/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-home-private.h"
#include "base/thr-wait-list-private.h"
#include "thread/thr-thread-private.h"
#include "work/thr-injector-private.h"
#include "work/thr-pool.h"

G_BEGIN_DECLS

typedef struct _ThrPoolCore  ThrPoolCore;
typedef struct _ThrPoolEvent ThrPoolEvent;
typedef struct _ThrWorker    ThrWorker;

/* What workers hold of a pool, so that a ThrPool that nobody holds any more can go
 * while its last tasks run.
 *
 * A worker is in one of three conditions, which only change under @mutex:
 *            woken            finds nothing, or is one too many
 *   ASLEEP ─────────► ACTIVE ───────────────────────────────► ASLEEP
 *                      │  ▲
 *          waits for a │  │ the wait ends
 *             task     ▼  │
 *                     BLOCKED
 * and gone after an idle time, or when the pool is closed and nothing is left.
 * @n_active counts the ACTIVE: more than @max_threads only until somebody falls asleep
 * for a blocked worker that has come back.
 *
 * Who queues an entry looks afterwards whether anybody is searching; a worker that
 * stops searching, to sleep or with an entry in hand, looks afterwards whether there
 * is more. Both are sequentially consistent: no entry is left with nobody awake.
 *
 * Lock order: mutex, then the injector's; nothing else under either.
 */
struct _ThrPoolCore
{
  gatomicrefcount ref_count;
  guint           generation;      /* of the process; see thr_pool_core_check() */

  /* Constant. */
  ThrHome        *home;
  gboolean        daemon;
  guint           number;          /* for the names of threads */
  gsize           stack_size;

  /* Atomic, written under @mutex. */
  guint           max_threads;
  guint           n_threads;
  guint           n_active;
  gint64          idle_timeout;    /* microseconds, -1: for ever */
  int             closed;

  /* Atomic. */
  guint           n_searching;
  guint           n_preparing;     /* in the initializer; each will search */
  int             observed;
  int             told_start;      /* of "started": UNTOLD, TELLING, TOLD */
  int             told_end;        /* "finished" has been posted */
  ThrWorker      *workers;         /* grows at the head */
  ThrPoolEvent   *events;          /* a stack, newest first */

  GMutex          mutex;
  /* Under @mutex. */
  ThrPool        *pool;            /* borrowed; NULL once it is disposed */
  char           *name;
  guint           n_made;          /* likewise */
  guint           n_stuck;         /* BLOCKED without limit */
  ThrWorker      *sleepers;        /* last asleep, first woken */
  GPtrArray      *ended;           /* threads for shutdown to join */
  GError         *broken;
  ThrThreadFunc   initializer;
  gpointer        initializer_data;
  GDestroyNotify  initializer_notify;
  gboolean        started;         /* the pool has had a worker */
  GList           link;            /* in the list of all pools: its own mutex */

  /* Home only. */
  GQueue          heard;           /* ThrPoolEvent, to be emitted */
  gboolean        heard_start;     /* of a task's beginning */

  ThrInjector     injector;
  ThrWaitList     terminated;      /* its lock also protects @is_terminated */
  gboolean        is_terminated;
};

ThrPoolCore *thr_pool_core_new       (ThrPool         *pool,
                                      guint            max_threads,
                                      gboolean         daemon,
                                      gsize            stack_size);
ThrPoolCore *thr_pool_core_ref       (ThrPoolCore     *self);
void         thr_pool_core_unref     (ThrPoolCore     *self);

/* A forked child's pools begin anew, without what was queued. Before any use. */
void         thr_pool_core_check     (ThrPoolCore     *self);

/* Queues @entry and sees to it that somebody comes for it. FALSE with an error when
 * the pool takes nothing; the caller keeps what @entry stands for. */
gboolean     thr_pool_core_submit    (ThrPoolCore     *self,
                                      int              priority,
                                      const ThrEntry  *entry,
                                      GError         **error);
/* Whether anything is queued that nobody has in hand. */
gboolean     thr_pool_core_has_work  (ThrPoolCore     *self);
guint        thr_pool_core_n_queued  (ThrPoolCore     *self);
/* Wakes or makes a worker unless enough are awake. When one is wanted and cannot be
 * made, and no other will come back, what is queued fails. */
void         thr_pool_core_wake      (ThrPoolCore     *self);
/* The same, but leaves that to the caller and returns FALSE. */
gboolean     thr_pool_core_try_wake  (ThrPoolCore     *self,
                                      GError         **error);

/* The pool if it is still there; hand it back with thr_home_throw_object(). */
ThrPool     *thr_pool_core_dup_pool  (ThrPoolCore     *self);

G_END_DECLS
