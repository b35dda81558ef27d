/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/base/thr-callable.h>
#include <thrkit/base/thr-enums.h>
#include <thrkit/base/thr-object.h>

G_BEGIN_DECLS

#define THR_TYPE_THREAD (thr_thread_get_type ())

THR_EXTERN
G_DECLARE_DERIVABLE_TYPE (ThrThread, thr_thread, THR, THREAD, ThrObject)

typedef gboolean (*ThrThreadFunc) (ThrThread  *thread,
                                   gpointer    user_data,
                                   GError    **error);

/**
 * ThrThreadClass:
 * @parent_class: the parent class
 * @run: the body of the thread
 *
 * The class of threads, to be derived from.
 */
struct _ThrThreadClass
{
  ThrObjectClass parent_class;

  /**
   * ThrThreadClass::run:
   * @self: a thread
   * @error: return location for an error
   *
   * The body of the thread, run in the new thread with no lock of the library
   * held. The default calls the function or the callable that the thread was made
   * with, and ends with success when there is neither.
   *
   * %FALSE with no @error set becomes %THR_ERROR_NO_RESULT.
   *
   * Returns: %TRUE when the thread succeeded, %FALSE when it failed
   */
  gboolean (*run) (ThrThread  *self,
                   GError    **error);

  /*< private >*/
  gpointer padding[8];
};

THR_EXTERN
ThrThread      *thr_thread_new             (const char           *name,
                                            ThrThreadFunc         func,
                                            gpointer              user_data,
                                            GDestroyNotify        notify);
THR_EXTERN
ThrThread      *thr_thread_new_callable    (const char           *name,
                                            ThrCallable          *callable);

THR_EXTERN
gboolean        thr_thread_start           (ThrThread            *self,
                                            GError              **error);
THR_EXTERN
void            thr_thread_cancel          (ThrThread            *self);

THR_EXTERN
gboolean        thr_thread_join            (ThrThread            *self,
                                            GError              **error);
THR_EXTERN
gboolean        thr_thread_join_timed      (ThrThread            *self,
                                            gint64                timeout_us,
                                            GCancellable         *cancellable,
                                            GError              **error);
THR_EXTERN
void            thr_thread_join_async      (ThrThread            *self,
                                            GCancellable         *cancellable,
                                            GAsyncReadyCallback   callback,
                                            gpointer              user_data);
THR_EXTERN
gboolean        thr_thread_join_finish     (ThrThread            *self,
                                            GAsyncResult         *result,
                                            GError              **error);

THR_EXTERN
gboolean        thr_thread_is_alive        (ThrThread            *self);
THR_EXTERN
ThrThreadState  thr_thread_get_state       (ThrThread            *self);
THR_EXTERN
const GError   *thr_thread_get_error       (ThrThread            *self);
THR_EXTERN
guint64         thr_thread_get_ident       (ThrThread            *self);
THR_EXTERN
gint64          thr_thread_get_native_id   (ThrThread            *self);
THR_EXTERN
GCancellable   *thr_thread_get_cancellable (ThrThread            *self);
THR_EXTERN
gboolean        thr_thread_get_daemon      (ThrThread            *self);
THR_EXTERN
gboolean        thr_thread_set_daemon      (ThrThread            *self,
                                            gboolean              daemon,
                                            GError              **error);
THR_EXTERN
gint64          thr_thread_get_stack_size  (ThrThread            *self);
THR_EXTERN
gboolean        thr_thread_set_stack_size  (ThrThread            *self,
                                            gint64                bytes,
                                            GError              **error);

THR_EXTERN
ThrThread      *thr_thread_current         (void);
THR_EXTERN
ThrThread      *thr_thread_get_main        (void);
THR_EXTERN
GListModel     *thr_thread_list_alive      (void);
THR_EXTERN
guint           thr_thread_count_alive     (void);

G_END_DECLS
