/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/work/thr-future.h>

G_BEGIN_DECLS

#define THR_TYPE_PARALLEL_LOOP (thr_parallel_loop_get_type ())

THR_EXTERN
G_DECLARE_FINAL_TYPE (ThrParallelLoop, thr_parallel_loop, THR, PARALLEL_LOOP, ThrFuture)

/**
 * ThrRangeFunc:
 * @loop: the loop that the indices belong to
 * @begin: the first index
 * @end: one more than the last index
 * @user_data: the data given with the function
 * @error: return location for an error
 *
 * The body of a parallel loop: does the work of the indices from @begin on and before
 * @end, of which there is at least one.
 *
 * It is called by several threads at once, with no lock of the library held, and may
 * block. When it takes long it should look at the loop's cancellable. Returning %FALSE
 * is failure, and %FALSE with no @error set becomes %THR_ERROR_NO_RESULT.
 *
 * A JavaScript function cannot be given here: GJS allows JavaScript on its own
 * thread only.
 *
 * Returns: %TRUE when the work succeeded, %FALSE when it failed
 */
typedef gboolean (*ThrRangeFunc) (ThrParallelLoop  *loop,
                                  gint64            begin,
                                  gint64            end,
                                  gpointer          user_data,
                                  GError          **error);

/**
 * ThrMapFunc:
 * @loop: the loop that the index belongs to
 * @index_: the index
 * @result: (out caller-allocates): a value without a type, for the result; left as it
 *   is for an empty one
 * @user_data: the data given with the function
 * @error: return location for an error
 *
 * Computes the result for one index.
 *
 * It is called by several threads at once, as a [callback@Thr.RangeFunc] is, and
 * fails as that does.
 *
 * Returns: %TRUE when the work succeeded, %FALSE when it failed
 */
typedef gboolean (*ThrMapFunc)   (ThrParallelLoop  *loop,
                                  gint64            index_,
                                  GValue           *result,
                                  gpointer          user_data,
                                  GError          **error);

THR_EXTERN
GCancellable *thr_parallel_loop_get_cancellable (ThrParallelLoop *self);
THR_EXTERN
double        thr_parallel_loop_get_progress    (ThrParallelLoop *self);
THR_EXTERN
gboolean      thr_parallel_loop_take_part       (ThrParallelLoop *self);

G_END_DECLS
