/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "sync/sync-util.h"

/* Conditions over locks of several kinds, holding their lock, and a thread that waits. */

typedef gpointer (*Maker) (void);

static inline gpointer
make_lock (void)
{
  return thr_lock_new ();
}

static inline gpointer
make_rec_lock (void)
{
  return thr_rec_lock_new ();
}

static inline gpointer
make_semaphore (void)
{
  return thr_semaphore_new_bounded (1);
}

/* A condition over a lock of its own. */
static inline ThrCondition *
make_condition (gconstpointer data)
{
  g_autoptr (GObject) lock = ((Maker) data) ();

  return thr_condition_new (THR_LOCKABLE (lock));
}

static inline void
enter (ThrCondition *condition)
{
  acquire (thr_condition_get_lock (condition));
}

static inline void
leave (ThrCondition *condition)
{
  release (thr_condition_get_lock (condition));
}

static inline gboolean
is_locked (ThrCondition *condition)
{
  return thr_lockable_is_locked (thr_condition_get_lock (condition));
}

static inline void
notify (ThrCondition *condition,
        guint         n)
{
  g_autoptr (GError) error = NULL;

  enter (condition);
  g_assert_true (thr_condition_notify (condition, n, &error));
  g_assert_no_error (error);
  leave (condition);
}

/* A thread that waits once and tells how it went. */
typedef struct
{
  ThrCondition *condition;
  gint64        timeout_us;
  GCancellable *cancellable;
  int          *n_woken;    /* atomic */
  gboolean      interruptible;

  GThread      *thread;
  gboolean      notified;
  GError       *error;
  int           place;
  int           ended;      /* atomic */
} Sleeper;

static inline gpointer
sleeper_thread (gpointer data)
{
  Sleeper *self = data;

  enter (self->condition);
  thr_set_interruptible (self->interruptible);
  self->notified = thr_condition_wait_timed (self->condition, self->timeout_us,
                                             self->cancellable, &self->error);
  if (self->n_woken != NULL)
    self->place = g_atomic_int_add (self->n_woken, 1);
  /* Held on every way out. */
  leave (self->condition);
  g_atomic_int_set (&self->ended, TRUE);

  return NULL;
}

/* Returns when it waits, after @ahead others. */
static inline void
sleeper_start (Sleeper *self,
               guint    ahead)
{
  self->thread = g_thread_new ("sleeper", sleeper_thread, self);
  await_waiters (self->condition, ahead + 1);
}

static inline void
sleeper_join (Sleeper *self)
{
  g_thread_join (g_steal_pointer (&self->thread));
}
