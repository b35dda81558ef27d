/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/base/thr-callable.h>
#include <thrkit/base/thr-enums.h>
#include <thrkit/base/thr-error.h>
#include <thrkit/base/thr-loop.h>
#include <thrkit/base/thr-object.h>
#include <thrkit/base/thr-types.h>
#include <thrkit/base/thr-values.h>
#include <thrkit/base/thr-version.h>
#include <thrkit/sync/thr-barrier.h>
#include <thrkit/sync/thr-condition.h>
#include <thrkit/sync/thr-event.h>
#include <thrkit/sync/thr-latch.h>
#include <thrkit/sync/thr-lock.h>
#include <thrkit/sync/thr-lockable.h>
#include <thrkit/sync/thr-locker.h>
#include <thrkit/sync/thr-rec-lock.h>
#include <thrkit/sync/thr-rw-lock.h>
#include <thrkit/sync/thr-rw-lock-view.h>
#include <thrkit/sync/thr-semaphore.h>
#include <thrkit/thread/thr-functions.h>
#include <thrkit/thread/thr-local.h>
#include <thrkit/thread/thr-thread.h>
#include <thrkit/thread/thr-timer.h>
#include <thrkit/work/thr-future.h>
#include <thrkit/work/thr-parallel-loop.h>
#include <thrkit/work/thr-pool-for-each.h>
#include <thrkit/work/thr-pool-fork.h>
#include <thrkit/work/thr-pool-source.h>
#include <thrkit/work/thr-pool.h>
#include <thrkit/work/thr-queue-items.h>
#include <thrkit/work/thr-queue.h>
#include <thrkit/work/thr-task.h>
#include <thrkit/bridge/thr-call.h>
