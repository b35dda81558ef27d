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

/* What is called in each worker at its beginning or end. */
typedef struct
{
  ThrThreadFunc  func;
  gpointer       data;
  GDestroyNotify notify;
} ThrPoolHook;

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
 * Who has nothing in hand is idle, ASLEEP or ACTIVE: it searches, is being made or
 * prepares itself. A task from outside for which nobody is idle gets a worker at once,
 * by its submitter; all else is brought to by the searching, of whom one is enough.
 * A worker whose task has ended is idle, and searching, before its answer can be seen:
 * who then submits the next task finds it so (thr_worker_expect_end()).
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
  gboolean        light;           /* thr_fence_light() can be had */
  guint           number;          /* for the names of threads */
  gsize           stack_size;

  guint           max_threads;     /* atomic, written under @mutex, as what follows */
  guint           n_threads;
  guint           n_active;
  guint           n_asleep;
  gint64          idle_timeout;    /* microseconds, -1: for ever */
  int             closed;

  char            pad[64];         /* from what each push reads */
  guint           n_searching;     /* atomic, as what follows */
  guint           n_preparing;     /* in the initializer; each will search */
  int             observed;
  int             told_start;      /* of "started": UNTOLD, TELLING, TOLD */
  int             told_end;        /* "finished" has been posted */
  struct _ThrPoolSource *source;   /* owned; set once */
  ThrWorker      *workers;         /* grows at the head */
  ThrPoolEvent   *events;          /* a stack, newest first */

  GMutex          mutex;
  /* Under @mutex. */
  ThrPool        *pool;            /* atomic too; borrowed; NULL once disposed */
  char           *name;
  guint           n_made;          /* likewise */
  guint           n_stuck, n_joining; /* BLOCKED without limit: for a future, for a job */
  ThrWorker      *sleepers;        /* last asleep, first woken */
  GPtrArray      *ended;           /* threads for shutdown to join */
  GError         *broken;
  ThrPoolHook     initializer, finalizer;
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

/* Whether anything is queued that nobody has in hand. */
gboolean     thr_pool_core_has_work  (ThrPoolCore     *self);
guint        thr_pool_core_n_queued  (ThrPoolCore     *self);
/* The pool if it is still there; hand it back with thr_home_throw_object(). */
ThrPool     *thr_pool_core_dup_pool  (ThrPoolCore     *self);

G_END_DECLS
