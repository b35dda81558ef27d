/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/base/thr-types.h>

G_BEGIN_DECLS

#define THR_TYPE_LOCKABLE (thr_lockable_get_type ())

THR_EXTERN
G_DECLARE_INTERFACE (ThrLockable, thr_lockable, THR, LOCKABLE, GObject)

/**
 * ThrLockableInterface:
 * @parent_iface: the parent interface
 * @acquire: acquires, waiting as long as it takes
 * @try_acquire: acquires if that can be done at once
 * @acquire_timed: acquires, waiting no longer than a limit
 * @acquire_async: acquires, waiting on the main loop
 * @acquire_finish: ends what @acquire_async began
 * @release: gives back what was acquired
 * @is_locked: whether an acquire would have to wait now
 * @is_held: whether the calling thread holds it; optional, %NULL where nobody
 *   in particular does, as with a plain lock
 * @release_all: gives back all levels that the calling thread holds, and returns
 *   their number, or 0 with an error; optional, %NULL where there is one level
 * @restore: acquires again the levels that @release_all returned; optional, %NULL
 *   together with @release_all
 *
 * What an object must have to be used where a lock is asked for.
 */
struct _ThrLockableInterface
{
  GTypeInterface parent_iface;

  gboolean (*acquire)        (ThrLockable          *self,
                              GError              **error);
  gboolean (*try_acquire)    (ThrLockable          *self);
  gboolean (*acquire_timed)  (ThrLockable          *self,
                              gint64                timeout_us,
                              GCancellable         *cancellable,
                              GError              **error);
  void     (*acquire_async)  (ThrLockable          *self,
                              GCancellable         *cancellable,
                              GAsyncReadyCallback   callback,
                              gpointer              user_data);
  gboolean (*acquire_finish) (ThrLockable          *self,
                              GAsyncResult         *result,
                              GError              **error);
  gboolean (*release)        (ThrLockable          *self,
                              GError              **error);
  gboolean (*is_locked)      (ThrLockable          *self);

  gboolean (*is_held)        (ThrLockable          *self);
  guint    (*release_all)    (ThrLockable          *self,
                              GError              **error);
  gboolean (*restore)        (ThrLockable          *self,
                              guint                 levels,
                              GError              **error);

  /*< private >*/
  gpointer padding[6];
};

THR_EXTERN
gboolean thr_lockable_acquire        (ThrLockable          *self,
                                      GError              **error);
THR_EXTERN
gboolean thr_lockable_try_acquire    (ThrLockable          *self);
THR_EXTERN
gboolean thr_lockable_acquire_timed  (ThrLockable          *self,
                                      gint64                timeout_us,
                                      GCancellable         *cancellable,
                                      GError              **error);
THR_EXTERN
void     thr_lockable_acquire_async  (ThrLockable          *self,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
THR_EXTERN
gboolean thr_lockable_acquire_finish (ThrLockable          *self,
                                      GAsyncResult         *result,
                                      GError              **error);

THR_EXTERN
gboolean thr_lockable_release        (ThrLockable          *self,
                                      GError              **error);

THR_EXTERN
gboolean thr_lockable_is_locked      (ThrLockable          *self);

G_END_DECLS
