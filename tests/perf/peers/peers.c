/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "peers.h"
#include "peer-loops.h"

/* HAVE_… come from meson. */

const PeerLock *const *
peers_locks (void)
{
  static const PeerLock *const locks[] = {
    &peer_glib_lock,
    &peer_posix_lock,
    &peer_posix_adaptive_lock,
#ifdef HAVE_NSYNC
    &peer_nsync_lock,
#endif
#ifdef HAVE_TBB
    &peer_tbb_lock,
#endif
#ifdef HAVE_QT
    &peer_qt_lock,
#endif
    NULL
  };

  return locks;
}

const PeerLock *const *
peers_rec_locks (void)
{
  static const PeerLock *const locks[] = {
    &peer_glib_rec_lock,
    &peer_posix_rec_lock,
#ifdef HAVE_QT
    &peer_qt_rec_lock,
#endif
    NULL
  };

  return locks;
}

const PeerLock *const *
peers_semaphores (void)
{
  static const PeerLock *const semaphores[] = {
    &peer_glib_semaphore,
    &peer_posix_semaphore,
#ifdef HAVE_CXX
    &peer_std_semaphore,
#endif
#ifdef HAVE_QT
    &peer_qt_semaphore,
#endif
    NULL
  };

  return semaphores;
}

const PeerPool *const *
peers_pools (void)
{
  static const PeerPool *const pools[] = {
    &peer_glib_pool,
#ifdef HAVE_TBB
    &peer_tbb_pool,
#endif
#ifdef HAVE_QT
    &peer_qt_pool,
#endif
    NULL
  };

  return pools;
}

const PeerLoop *const *
peers_loops (void)
{
  static const PeerLoop *const loops[] = {
    &peer_glib_loop,
#ifdef HAVE_TBB
    &peer_tbb_loop,
#endif
    NULL
  };

  return loops;
}
