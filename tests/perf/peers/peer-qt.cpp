/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "peers.h"

#include <vector>

#include <QtConcurrent/QtConcurrentRun>
#include <QtCore/QMutex>
#include <QtCore/QRecursiveMutex>
#include <QtCore/QSemaphore>
#include <QtCore/QThreadPool>

static gpointer
mutex_create ()
{
  return new QMutex;
}

static void
mutex_destroy (gpointer self)
{
  delete static_cast<QMutex *> (self);
}

PEER_LOCK_FUNCS (mutex, QMutex, self->lock (), self->unlock ())
PEER_LOCK (peer_qt_lock, "QMutex", mutex);

static gpointer
rec_mutex_create ()
{
  return new QRecursiveMutex;
}

static void
rec_mutex_destroy (gpointer self)
{
  delete static_cast<QRecursiveMutex *> (self);
}

PEER_LOCK_FUNCS (rec_mutex, QRecursiveMutex, self->lock (), self->unlock ())
PEER_LOCK (peer_qt_rec_lock, "QRecursiveMutex", rec_mutex);

static gpointer
semaphore_create ()
{
  return new QSemaphore (1);
}

static void
semaphore_destroy (gpointer self)
{
  delete static_cast<QSemaphore *> (self);
}

PEER_LOCK_FUNCS (semaphore, QSemaphore, self->acquire (), self->release ())
PEER_LOCK (peer_qt_semaphore, "QSemaphore", semaphore);

static gpointer
pool_create (guint n_threads)
{
  auto self = new QThreadPool;

  self->setMaxThreadCount (static_cast<int> (n_threads));
  return self;
}

static void
pool_destroy (gpointer self)
{
  delete static_cast<QThreadPool *> (self);
}

static void
pool_push (gpointer data, PeerWork work, gpointer work_data, guint n)
{
  auto self = static_cast<QThreadPool *> (data);

  for (guint i = 0; i < n; i++)
    self->start ([=] { work (work_data); });
}

static void
pool_wait (gpointer self)
{
  static_cast<QThreadPool *> (self)->waitForDone ();
}

static guint64
pool_answers (gpointer data, guint n)
{
  auto self = static_cast<QThreadPool *> (data);
  std::vector<QFuture<guint64>> futures;
  guint64 sum = 0;

  futures.reserve (n);
  for (guint i = 0; i < n; i++)
    futures.push_back (QtConcurrent::run (self, [] { return guint64 (1); }));
  for (auto &future : futures)
    sum += future.result ();
  return sum;
}

static void
grow (QThreadPool *self, guint depth, PeerWork work)
{
  if (depth > 0)
    {
      self->start ([=] { grow (self, depth - 1, work); });
      self->start ([=] { grow (self, depth - 1, work); });
    }
  work (nullptr);
}

static void
pool_tree (gpointer data, guint depth, PeerWork work)
{
  auto self = static_cast<QThreadPool *> (data);

  self->start ([=] { grow (self, depth, work); });
  self->waitForDone ();
}

const PeerPool peer_qt_pool = {
  "Qt", pool_create, pool_destroy, pool_push, pool_wait, pool_answers, pool_tree, nullptr
};
