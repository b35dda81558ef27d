/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "peers.h"
#include "peer-loops.h"

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

typedef struct
{
  GThreadPool *pool;
  int          n_pending; /* atomic: pushes of pool_push(), and 1 until pool_wait() */
  Semaphore   *done;
  PeerWork     work;
  gpointer     data;
} Pool;

/* The datum is 1 for what pool_push() pushed, for a node of the tree its depth and 2:
 * no entry needs memory of its own. */
#define PUSHED      GUINT_TO_POINTER (1)
#define NODE(depth) GUINT_TO_POINTER ((depth) + 2)

static void
run_cb (gpointer data,
        gpointer user_data)
{
  Pool *self = user_data;
  guint depth;

  if (data == PUSHED)
    {
      self->work (self->data);
      if (g_atomic_int_dec_and_test (&self->n_pending))
        semaphore_put (self->done);
      return;
    }

  depth = GPOINTER_TO_UINT (data) - 2;
  if (depth > 0)
    {
      g_thread_pool_push (self->pool, NODE (depth - 1), NULL);
      g_thread_pool_push (self->pool, NODE (depth - 1), NULL);
    }
  self->work (NULL);
}

static gpointer
pool_create (guint n_threads)
{
  Pool *self = g_new0 (Pool, 1);

  self->n_pending = 1;
  self->done = semaphore_create ();
  semaphore_take (self->done);
  self->pool = g_thread_pool_new (run_cb, self, n_threads, FALSE, NULL);
  return self;
}

static void
pool_destroy (gpointer data)
{
  Pool *self = data;

  g_thread_pool_free (self->pool, FALSE, TRUE);
  semaphore_destroy (self->done);
  g_free (self);
}

static void
pool_wait (gpointer data)
{
  Pool *self = data;

  if (!g_atomic_int_dec_and_test (&self->n_pending))
    semaphore_take (self->done);
  self->n_pending = 1;
}

static void
pool_push (gpointer data,
           PeerWork work,
           gpointer work_data,
           guint    n)
{
  Pool *self = data;

  self->work = work;
  self->data = work_data;
  g_atomic_int_add (&self->n_pending, n);
  for (guint i = 0; i < n; i++)
    g_thread_pool_push (self->pool, PUSHED, NULL);
}

static void
pool_tree (gpointer data,
           guint    depth,
           PeerWork work)
{
  Pool *self = data;

  self->work = work;
  g_thread_pool_push (self->pool, NODE (depth), NULL);
}

const PeerPool peer_glib_pool = {
  "GThreadPool", pool_create, pool_destroy, pool_push, pool_wait, NULL, pool_tree, NULL
};

/* --- Loops --- */

#define CHUNKS 8 /* for each thread */

typedef struct
{
  GThreadPool *pool;
  Semaphore   *done;
  guint        n_chunks;
  int          n_pending; /* atomic */

  /* Of the loop that runs. */
  guint64      n;
  PeerRange    body;
  gpointer     data;
} Loop;

static void
run_chunk (Loop  *self,
           guint  chunk)
{
  guint64 begin = self->n * chunk / self->n_chunks;
  guint64 end = self->n * (chunk + 1) / self->n_chunks;

  if (begin < end)
    self->body (begin, end, self->data);
}

static void
chunk_cb (gpointer data,
          gpointer user_data)
{
  Loop *self = user_data;

  run_chunk (self, GPOINTER_TO_UINT (data));
  if (g_atomic_int_dec_and_test (&self->n_pending))
    semaphore_put (self->done);
}

static gpointer
loop_create (guint n_threads)
{
  Loop *self = g_new0 (Loop, 1);

  self->n_chunks = CHUNKS * n_threads;
  self->done = semaphore_create ();
  semaphore_take (self->done);
  self->pool = g_thread_pool_new (chunk_cb, self, MAX (n_threads, 2) - 1, FALSE, NULL);
  return self;
}

static void
loop_destroy (gpointer data)
{
  Loop *self = data;

  g_thread_pool_free (self->pool, FALSE, TRUE);
  semaphore_destroy (self->done);
  g_free (self);
}

/* The caller does its share, the first chunks. */
static void
loop_for_each (gpointer   data,
               guint64    n,
               PeerRange  body,
               gpointer   body_data)
{
  Loop *self = data;

  self->n = n;
  self->body = body;
  self->data = body_data;
  g_atomic_int_set (&self->n_pending, self->n_chunks - CHUNKS);
  for (guint i = CHUNKS; i < self->n_chunks; i++)
    g_thread_pool_push (self->pool, GUINT_TO_POINTER (i), NULL);
  for (guint i = 0; i < CHUNKS; i++)
    run_chunk (self, i);
  semaphore_take (self->done);
}

const PeerLoop peer_glib_loop = { "GThreadPool", loop_create, loop_destroy, loop_for_each };
