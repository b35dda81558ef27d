/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What others offer, for the benchmarks to run beside ours: GLib always, the C and C++
 * libraries' own, and oneTBB, Qt 6 and nsync where meson found them.
 *
 * Each list ends with NULL and begins with GLib's entry. What a peer's header makes
 * inline is inlined here, in loops of the peer's own, as in a program written for it;
 * the other functions cost a call through a pointer, a nanosecond or so.
 *
 *   for (guint i = 0; peers_locks ()[i] != NULL; i++)
 *     measure (peers_locks ()[i]);
 */

/* A lock, a recursive lock, or a semaphore that begins with the value 1. */
typedef struct
{
  const char *name;
  gpointer  (*create)  (void);
  void      (*destroy) (gpointer self);
  void      (*acquire) (gpointer self);
  void      (*release) (gpointer self);
  /* Both, @n times. */
  void      (*alone)   (gpointer self,
                        guint    n);
} PeerLock;

const PeerLock *const *peers_locks      (void);
const PeerLock *const *peers_rec_locks  (void);
const PeerLock *const *peers_semaphores (void);

typedef void (*PeerWork) (gpointer data);

/* A pool of threads. The last three are NULL where the peer has no such thing. */
typedef struct
{
  const char *name;
  gpointer  (*create)  (guint     n_threads);
  void      (*destroy) (gpointer  self);
  /* Fire and forget: @n times the same. */
  void      (*push)    (gpointer  self,
                        PeerWork  work,
                        gpointer  data,
                        guint     n);
  /* Until all is done that was pushed. */
  void      (*wait)    (gpointer  self);
  /* @n tasks that answer 1, all of them submitted and then all asked: the sum. */
  guint64   (*answers) (gpointer  self,
                        guint     n);
  /* A task that submits two like it, down to @depth, 2^(@depth + 1) − 1 in all, each
   * of which does @work. Some return before all is done. */
  void      (*tree)    (gpointer  self,
                        guint     depth,
                        PeerWork  work);
  /* Fibonacci's number @n, with a task for each call but the caller's own. */
  guint64   (*fib)     (gpointer  self,
                        guint     n);
} PeerPool;

const PeerPool *const *peers_pools      (void);

/* Each file's own. */
extern const PeerLock  peer_glib_lock, peer_glib_rec_lock, peer_glib_semaphore;
extern const PeerPool  peer_glib_pool;
extern const PeerLock  peer_posix_lock, peer_posix_adaptive_lock, peer_posix_rec_lock;
extern const PeerLock  peer_posix_semaphore;
extern const PeerLock  peer_nsync_lock;
extern const PeerLock  peer_std_semaphore;
extern const PeerLock  peer_qt_lock, peer_qt_rec_lock, peer_qt_semaphore;
extern const PeerPool  peer_qt_pool;
extern const PeerLock  peer_tbb_lock;
extern const PeerPool  peer_tbb_pool;

/* The loops, in C and C++ alike. */
#define PEER_LOCK_FUNCS(prefix, Type, lock_it, unlock_it) \
  static void prefix##_acquire (gpointer data) \
  { \
    Type *self = (Type *) data; \
    lock_it; \
  } \
  static void prefix##_release (gpointer data) \
  { \
    Type *self = (Type *) data; \
    unlock_it; \
  } \
  static void prefix##_alone (gpointer data, guint n) \
  { \
    Type *self = (Type *) data; \
    for (guint i = 0; i < n; i++) \
      { \
        lock_it; \
        unlock_it; \
      } \
  }

#define PEER_LOCK(variable, label, prefix) \
  const PeerLock variable = \
    { label, prefix##_create, prefix##_destroy, prefix##_acquire, prefix##_release, prefix##_alone }

G_END_DECLS
