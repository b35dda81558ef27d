/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "peers.h"

#include <semaphore>

using Semaphore = std::counting_semaphore<>;

static gpointer
semaphore_create ()
{
  return new Semaphore (1);
}

static void
semaphore_destroy (gpointer self)
{
  delete static_cast<Semaphore *> (self);
}

PEER_LOCK_FUNCS (semaphore, Semaphore, self->acquire (), self->release ())
PEER_LOCK (peer_std_semaphore, "std::counting_semaphore", semaphore);
