/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-chaos-private.h"

/* A build with -Dchaos=true includes this before every file of the library: then a
 * point of chaos stands at each atomic operation and each mutex, the uncontended fast
 * paths included. It is for finding interleavings, and slow even where chaos is off.
 *
 * Inside a macro its own name means the function again.
 */

static inline void
thr_chaos_here (void)
{
  THR_CHAOS ();
}

#define __atomic_load_n(...) \
  (thr_chaos_here (), __atomic_load_n (__VA_ARGS__))
#define __atomic_store_n(...) \
  (thr_chaos_here (), __atomic_store_n (__VA_ARGS__), thr_chaos_here ())
#define __atomic_exchange_n(...) \
  (thr_chaos_here (), __atomic_exchange_n (__VA_ARGS__))
#define __atomic_compare_exchange_n(...) \
  (thr_chaos_here (), __atomic_compare_exchange_n (__VA_ARGS__))
#define __atomic_fetch_add(...) \
  (thr_chaos_here (), __atomic_fetch_add (__VA_ARGS__))
#define __atomic_fetch_sub(...) \
  (thr_chaos_here (), __atomic_fetch_sub (__VA_ARGS__))
#define __atomic_fetch_or(...) \
  (thr_chaos_here (), __atomic_fetch_or (__VA_ARGS__))
#define __atomic_fetch_and(...) \
  (thr_chaos_here (), __atomic_fetch_and (__VA_ARGS__))
#define __atomic_add_fetch(...) \
  (thr_chaos_here (), __atomic_add_fetch (__VA_ARGS__))
#define __atomic_sub_fetch(...) \
  (thr_chaos_here (), __atomic_sub_fetch (__VA_ARGS__))
#define __atomic_and_fetch(...) \
  (thr_chaos_here (), __atomic_and_fetch (__VA_ARGS__))
#define __atomic_thread_fence(...) \
  (thr_chaos_here (), __atomic_thread_fence (__VA_ARGS__), thr_chaos_here ())
#define g_mutex_lock(...) \
  (thr_chaos_here (), g_mutex_lock (__VA_ARGS__))
#define g_mutex_unlock(...) \
  (g_mutex_unlock (__VA_ARGS__), thr_chaos_here ())
