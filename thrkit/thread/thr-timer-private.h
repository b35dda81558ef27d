/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "sync/thr-shared-wait-private.h"
#include "thread/thr-timer.h"

G_BEGIN_DECLS

/* thr-timer.c has the class, thr-timer-service.c the thread that keeps the time. */
struct _ThrTimer
{
  ThrObject       parent_instance;

  /* Constant after construction. */
  gint64          interval;
  gboolean        repeating;
  ThrTimerFunc    func;        /* nullable */
  gpointer        user_data;   /* thrown away by the one who ends the timer */
  GDestroyNotify  notify;

  /* Under the service's mutex; @state is read without. */
  int             state;       /* atomic: ThrTimerState */
  gboolean        started;
  gboolean        cancelled;   /* ends when the function has returned */
  gboolean        queued;      /* its function waits for a thread */
  GList           due_link;
  ThrSelf        *runner;      /* the thread that runs the function */
  ThrDeadline     deadline;
  guint64         order;       /* of two with one deadline */
  guint           place;       /* in the heap, from 1; 0: not there */
  guint           generation;  /* of the process that started it */

  /* Written once, before @state becomes FAILED. */
  GError         *error;

  /* Atomic. */
  int             over;        /* the end, which waiters wait for */
  int             posted;      /* @letter is on its way */
  guint64         n_fired __attribute__ ((aligned (8)));

  ThrSharedLine   line;
  ThrLetter       letter;      /* of ::fired */
  ThrLetter       failure;     /* of ::failed; posted once, after @error */
  ThrTrash        trash;       /* the reference of a timer that is active */
};

/* In thr-timer.c; any thread, no lock held. */
void     thr_timer_tell_fired    (ThrTimer  *self);
void     thr_timer_tell_state    (ThrTimer  *self);
/* The last thing of each timer; @active: it drops the reference. */
void     thr_timer_end           (ThrTimer  *self,
                                  gboolean   active);

void     thr_timer_service_init  (void);
/* ALREADY_STARTED, RESOURCES. */
gboolean thr_timer_service_add   (ThrTimer  *self,
                                  GError   **error);
gboolean thr_timer_service_take  (ThrTimer  *self);
/* Whether the caller runs the timer's function. */
gboolean thr_timer_is_runner     (ThrTimer  *self);
/* Whether the process that started it was another one. */
gboolean thr_timer_is_forked_away (ThrTimer *self);

G_END_DECLS
