/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <pthread.h>

#include "base/thr-object-private.h"
#include "base/thr-wait-list-private.h"
#include "thread/thr-thread-private.h"

G_BEGIN_DECLS

/* The inside of a thread object, for the files of this floor.
 *
 *   NEW ── start() ──► RUNNING ── the body has ended ──► FINISHED or FAILED
 *    ▲                    │
 *    └── no OS thread ────┘
 *
 * The starter makes the first step and, when the system refuses, takes it back;
 * the thread itself makes the last. After that the thread posts what it has to
 * say, opens the latch (@ended), which is what joiners wait for, and throws away
 * what its user gave it. Joiners then join the OS thread, so whoever has joined
 * finds everything in the mailbox. The running reference is dropped even later, by
 * the destructor of the thread's record, because other such destructors may still
 * ask who the current thread is.
 *
 * A stand-in and the main thread are RUNNING from birth. The main thread never
 * ends, but for the joiners it lets go when the process does.
 */
typedef enum {
  THR_THREAD_MADE,
  THR_THREAD_WORKER,
  THR_THREAD_MAIN,
  THR_THREAD_STAND_IN
} ThrThreadKind;

/*   NONE ──► CREATED ◄──► JOINING ──► JOINED
 *
 * Somebody is the one who joins the OS thread, or gives that up again; the others
 * wait until it is done. */
typedef enum {
  THR_OS_NONE,    /* nothing that could be joined */
  THR_OS_CREATED, /* @handle is valid */
  THR_OS_JOINING, /* as long as the one who joins likes */
  THR_OS_JOINED   /* no kernel thread is left */
} ThrOsState;

typedef struct
{
  /* Set while nobody else has the object, then constant, but for a fork: the
   * forking thread is the child's main thread. */
  ThrThreadKind  kind;
  ThrThreadFunc  func;
  ThrWorkerBody  body;         /* a worker's, instead of everything else */

  /* The thread's own once it runs; the last holder's when it never did. */
  gpointer       user_data;
  GDestroyNotify notify;
  ThrCallable   *callable;     /* owned */

  /* Under the registry's mutex. */
  GList          link;         /* among the alive */
  gboolean       listed;
  gboolean       daemon;
  gint64         stack_size;   /* 0: the default of the time of the start */
  ThrThread     *joining;      /* borrowed: whom it waits for without limit */
  gboolean       leaving;      /* it waits for the others to end, see thr-exit.c */

  /* Atomic. */
  int            state;        /* ThrThreadState */
  guint64        ident;        /* written by parent and child, the same */
  GError        *error;        /* set once, then constant */
  GCancellable  *cancellable;  /* made when first asked for */
  int            observed;
  int            dropped;      /* the running reference has gone */
  int            ended;        /* the latch; written under the list's lock */
  ThrSelf       *record;       /* of the thread while it runs; see @name_mutex */

  /* Under the lock of @waiters; @native_id is also read without. */
  ThrWaitList    waiters;
  gint64         native_id;
  ThrOsState     os;
  pthread_t      handle;

  /* Under @name_mutex, which is held while a name is shown and to write @record, so
   * that a thread that has ended is not renamed. Before ThrObject's locks. */
  GMutex         name_mutex;
  char           name[64];     /* a copy: a new thread that allocates pays for a heap */

  /* Written by start() and by fork(). */
  guint          generation;

  ThrTrash       trash;        /* the running reference on its way home */
} ThrThreadPrivate;

/* What a waiter in the list waits for. */
enum {
  THR_WAIT_FOR_END,
  THR_WAIT_FOR_NUMBER, /* the kernel's number: until the thread has begun */
  THR_WAIT_FOR_JOIN    /* until the one who joins the OS thread has done so */
};

ThrThreadPrivate *thr_thread_get_private    (ThrThread       *self);
ThrThread        *thr_thread_make           (GType            type,
                                             const char      *name,
                                             GMainContext    *context);
void              thr_thread_post_daemon    (ThrThread       *self);
void              thr_thread_post_stack_size (ThrThread      *self);
void              thr_thread_post_started   (ThrThread       *self);
void              thr_thread_post_ended     (ThrThread       *self,
                                             const GError    *error);

/* Whether it is a thread of the parent process, which is not alive here. */
gboolean          thr_thread_is_forked_away (ThrThread       *self);

G_END_DECLS
