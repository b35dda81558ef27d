/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "peers.h"

#include <pthread.h>
#include <semaphore.h>

static gpointer
mutex_create_kind (int kind)
{
  pthread_mutex_t *self = g_new (pthread_mutex_t, 1);
  pthread_mutexattr_t attributes;

  pthread_mutexattr_init (&attributes);
  pthread_mutexattr_settype (&attributes, kind);
  pthread_mutex_init (self, &attributes);
  pthread_mutexattr_destroy (&attributes);
  return self;
}

static gpointer
mutex_create (void)
{
  return mutex_create_kind (PTHREAD_MUTEX_NORMAL);
}

static gpointer
adaptive_create (void)
{
  return mutex_create_kind (PTHREAD_MUTEX_ADAPTIVE_NP);
}

static gpointer
recursive_create (void)
{
  return mutex_create_kind (PTHREAD_MUTEX_RECURSIVE);
}

static void
mutex_destroy (gpointer self)
{
  pthread_mutex_destroy (self);
  g_free (self);
}

PEER_LOCK_FUNCS (mutex, pthread_mutex_t, pthread_mutex_lock (self), pthread_mutex_unlock (self))
PEER_LOCK (peer_posix_lock, "pthread", mutex);

#define adaptive_destroy mutex_destroy
#define adaptive_acquire mutex_acquire
#define adaptive_release mutex_release
#define adaptive_alone mutex_alone
PEER_LOCK (peer_posix_adaptive_lock, "pthread-adaptive", adaptive);

#define recursive_destroy mutex_destroy
#define recursive_acquire mutex_acquire
#define recursive_release mutex_release
#define recursive_alone mutex_alone
PEER_LOCK (peer_posix_rec_lock, "pthread-recursive", recursive);

static gpointer
semaphore_create (void)
{
  sem_t *self = g_new (sem_t, 1);

  sem_init (self, 0, 1);
  return self;
}

static void
semaphore_destroy (gpointer self)
{
  sem_destroy (self);
  g_free (self);
}

PEER_LOCK_FUNCS (semaphore, sem_t, while (sem_wait (self) != 0) { }, sem_post (self))
PEER_LOCK (peer_posix_semaphore, "sem_t", semaphore);
