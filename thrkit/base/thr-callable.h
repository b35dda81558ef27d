/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/base/thr-types.h>

G_BEGIN_DECLS

#define THR_TYPE_CALLABLE (thr_callable_get_type ())

THR_EXTERN
G_DECLARE_INTERFACE (ThrCallable, thr_callable, THR, CALLABLE, GObject)

/**
 * ThrCallableInterface:
 * @parent_iface: the parent interface
 * @call: runs the object on the calling thread and gives its result
 *
 * What an object must have to be run by a thread or a pool.
 */
struct _ThrCallableInterface
{
  GTypeInterface parent_iface;

  /**
   * ThrCallableInterface::call:
   * @self: a callable
   * @result: (out caller-allocates): an unset value that receives the result;
   *   left unset when the result is empty
   * @cancellable: (nullable): a cancellable that the work may look at
   * @error: return location for an error
   *
   * Runs the object on the calling thread.
   *
   * Whoever calls it goes through [method@Thr.Callable.call], which puts right
   * what an implementation leaves open.
   *
   * In Python the method is `do_call (self, cancellable)` and returns
   * `True, value`; in JavaScript it is `vfunc_call (cancellable)`, returns
   * `[true, value]`, and runs on its own thread only.
   *
   * Returns: %TRUE on success, %FALSE on failure
   */
  gboolean (*call) (ThrCallable   *self,
                    GValue        *result,
                    GCancellable  *cancellable,
                    GError       **error);
};

THR_EXTERN
gboolean thr_callable_call      (ThrCallable   *self,
                                 GValue        *result,
                                 GCancellable  *cancellable,
                                 GError       **error);
THR_EXTERN
gboolean thr_callable_call_into (ThrCallable   *self,
                                 GValue        *result,
                                 GCancellable  *cancellable,
                                 GError       **error);

G_END_DECLS
