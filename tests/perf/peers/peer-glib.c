/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "peers.h"

/* --- GMutex, GRecMutex --- */

static gpointer
mutex_create (void)
{
  GMutex *self = g_new (GMutex, 1);

  g_mutex_init (self);
  return self;
}

static void
mutex_destroy (gpointer self)
{
  g_mutex_clear (self);
  g_free (self);
}

PEER_LOCK_FUNCS (mutex, GMutex, g_mutex_lock (self), g_mutex_unlock (self))
PEER_LOCK (peer_glib_lock, "GMutex", mutex);

static gpointer
rec_mutex_create (void)
{
  GRecMutex *self = g_new (GRecMutex, 1);

  g_rec_mutex_init (self);
  return self;
}

static void
rec_mutex_destroy (gpointer self)
{
  g_rec_mutex_clear (self);
  g_free (self);
}

PEER_LOCK_FUNCS (rec_mutex, GRecMutex, g_rec_mutex_lock (self), g_rec_mutex_unlock (self))
PEER_LOCK (peer_glib_rec_lock, "GRecMutex", rec_mutex);

/* --- What a program of GLib makes of the two: a semaphore --- */

typedef struct
{
  GMutex mutex;
  GCond  cond;
  guint  value; /* under the mutex */
} Semaphore;

static gpointer
semaphore_create (void)
{
  Semaphore *self = g_new (Semaphore, 1);

  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->value = 1;
  return self;
}

static void
semaphore_destroy (gpointer data)
{
  Semaphore *self = data;

  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self);
}

static inline void
semaphore_take (Semaphore *self)
{
  g_mutex_lock (&self->mutex);
  while (self->value == 0)
    g_cond_wait (&self->cond, &self->mutex);
  self->value--;
  g_mutex_unlock (&self->mutex);
}

static inline void
semaphore_put (Semaphore *self)
{
  g_mutex_lock (&self->mutex);
  self->value++;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
}

PEER_LOCK_FUNCS (semaphore, Semaphore, semaphore_take (self), semaphore_put (self))
PEER_LOCK (peer_glib_semaphore, "GMutex+GCond", semaphore);

/* --- GThreadPool --- */

typedef struct _Pool Pool;

typedef struct
{
  Pool    *pool;
  PeerWork work;
  gpointer data;
  guint    depth;
} Job;

struct _Pool
{
  GThreadPool *pool;
  int          n_pending; /* atomic */
  Semaphore   *answered;
};

/* The job that is pushed again and again is the caller's, and outlives the pushes. */
static void
run_job_cb (gpointer data,
            gpointer user_data)
{
  Job *job = data;
  Pool *self = user_data;

  if (job->depth != G_MAXUINT)
    {
      Job child = { self, job->work, job->data, job->depth - 1 };

      if (job->depth > 0)
        {
          g_atomic_int_add (&self->n_pending, 2);
          g_thread_pool_push (self->pool, g_memdup2 (&child, sizeof child), NULL);
          g_thread_pool_push (self->pool, g_memdup2 (&child, sizeof child), NULL);
        }
      job->work (job->data);
      g_free (job);
    }
  else
    {
      job->work (job->data);
    }

  g_atomic_int_add (&self->n_pending, -1);
}

static gpointer
pool_create (guint n_threads)
{
  Pool *self = g_new0 (Pool, 1);

  self->pool = g_thread_pool_new (run_job_cb, self, n_threads, FALSE, NULL);
  return self;
}

static void
pool_destroy (gpointer data)
{
  Pool *self = data;

  g_thread_pool_free (self->pool, FALSE, TRUE);
  g_free (self);
}

static void
pool_wait (gpointer data)
{
  Pool *self = data;

  while (g_atomic_int_get (&self->n_pending) > 0)
    g_thread_yield ();
}

/* A job for all of them: its memory costs the peer nothing. */
static void
pool_push (gpointer data,
           PeerWork work,
           gpointer work_data,
           guint    n)
{
  static Job job;
  Pool *self = data;

  job = (Job) { self, work, work_data, G_MAXUINT };
  g_atomic_int_add (&self->n_pending, n);
  for (guint i = 0; i < n; i++)
    g_thread_pool_push (self->pool, &job, NULL);
}

static void
pool_tree (gpointer data,
           guint    depth,
           PeerWork work)
{
  Pool *self = data;
  Job root = { self, work, NULL, depth };

  g_atomic_int_inc (&self->n_pending);
  g_thread_pool_push (self->pool, g_memdup2 (&root, sizeof root), NULL);
  pool_wait (self);
}

const PeerPool peer_glib_pool = {
  "GThreadPool", pool_create, pool_destroy, pool_push, pool_wait, NULL, pool_tree, NULL
};
