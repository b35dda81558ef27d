/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef void (*PeerRange) (guint64  begin,
                           guint64  end,
                           gpointer data);

/* Parallel loops, in which the caller takes part: @n_threads with it. The first is
 * GLib's again, whose pool is given chunks of one size, eight for each thread. */
typedef struct
{
  const char *name;
  gpointer  (*create)   (guint     n_threads);
  void      (*destroy)  (gpointer  self);
  void      (*for_each) (gpointer  self,
                         guint64   n,
                         PeerRange body,
                         gpointer  data);
} PeerLoop;

const PeerLoop *const *peers_loops      (void);

/* Each file's own. */
extern const PeerLoop peer_glib_loop, peer_tbb_loop;

G_END_DECLS
