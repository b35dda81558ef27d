/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/thr-canceller-private.h"

#include "base/thr-object-private.h"
#include "work/thr-future-private.h"

/* What is connected to a cancellable. The future may go while the callback runs, and
 * even inside of another handler of the same cancellable: g_cancellable_disconnect()
 * would wait for itself there, so the connection is an ordinary one, with data of its
 * own. */
typedef struct
{
  GWeakRef future;
} Canceller;

static void
canceller_free (gpointer data)
{
  Canceller *self = data;

  g_weak_ref_clear (&self->future);
  g_free (self);
}

static void
cancelled_cb (GCancellable *cancellable,
              gpointer      data)
{
  ThrFuture *future = g_weak_ref_get (&((Canceller *) data)->future);

  if (future == NULL)
    return;

  /* Only work that has not begun; what runs looks at the cancellable itself. */
  thr_future_cancel_pending (future);
  thr_home_throw_object (thr_object_get_home (THR_OBJECT (future)), future);
}

gulong
thr_canceller_connect (ThrFuture    *future,
                       GCancellable *cancellable)
{
  Canceller *self = g_new (Canceller, 1);

  g_weak_ref_init (&self->future, future);
  return g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), self, canceller_free);
}
