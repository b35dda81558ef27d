/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "sync/thr-telling-private.h"

static gboolean
is_telling (ThrTelling *self)
{
  return __atomic_load_n (&self->word, __ATOMIC_SEQ_CST) >= THR_TELLING_ONE;
}

/* The context is ours meanwhile: of two threads that may dispatch for a home, such as
 * the main thread and one that iterates the default context, only one listens. */
static void
wait_for_tellers (ThrTelling *self,
                  ThrHome    *home)
{
  ThrSelf *me = thr_self_get ();
  ThrVisit visit;

  if (!thr_home_enter (home, &visit))
    return;

  __atomic_store_n (&self->listener, me, __ATOMIC_SEQ_CST);
  while (is_telling (self))
    thr_parker_park (&me->parker, THR_DEADLINE_NEVER);
  __atomic_store_n (&self->listener, NULL, __ATOMIC_RELAXED);

  thr_home_leave (&visit);
}

void
thr_telling_flush (ThrTelling *self,
                   ThrObject  *source)
{
  ThrHome *home = thr_home_ref (thr_object_get_home (source));

  if (G_UNLIKELY (is_telling (self)))
    wait_for_tellers (self, home);
  thr_mailbox_flush (thr_object_get_mailbox (source));

  thr_home_reap (home);
  thr_home_unref (home);
}
