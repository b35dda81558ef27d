/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "peers.h"

#include <nsync.h>

static gpointer
mu_create (void)
{
  nsync_mu *self = g_new (nsync_mu, 1);

  nsync_mu_init (self);
  return self;
}

static void
mu_destroy (gpointer self)
{
  g_free (self);
}

PEER_LOCK_FUNCS (mu, nsync_mu, nsync_mu_lock (self), nsync_mu_unlock (self))
PEER_LOCK (peer_nsync_lock, "nsync_mu", mu);
