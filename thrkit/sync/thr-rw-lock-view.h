/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/base/thr-object.h>
#include <thrkit/sync/thr-rw-lock.h>

G_BEGIN_DECLS

#define THR_TYPE_RW_LOCK_VIEW (thr_rw_lock_view_get_type ())

THR_EXTERN
G_DECLARE_FINAL_TYPE (ThrRWLockView, thr_rw_lock_view, THR, RW_LOCK_VIEW, ThrObject)

THR_EXTERN
ThrRWLockView *thr_rw_lock_get_reader      (ThrRWLock      *self);
THR_EXTERN
ThrRWLockView *thr_rw_lock_get_writer      (ThrRWLock      *self);

THR_EXTERN
ThrRWLock     *thr_rw_lock_view_get_lock   (ThrRWLockView  *self);
THR_EXTERN
gboolean       thr_rw_lock_view_get_writes (ThrRWLockView  *self);

G_END_DECLS
