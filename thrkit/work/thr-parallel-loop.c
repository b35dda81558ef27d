/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/thr-parallel-loop.h"

#include "base/thr-process-private.h"
#include "work/thr-canceller-private.h"
#include "work/thr-parallel-loop-private.h"

/**
 * ThrParallelLoop:
 *
 * A loop whose indices are shared out among the threads of a pool, and the future of
 * its end.
 *
 * [method@Thr.Pool.submit_for_each], [method@Thr.Pool.submit_map] and
 * [method@Thr.Pool.submit_all] make it; [method@Thr.Pool.for_each] is one that the caller
 * waits for. It is settled when the last thread has left it: with nothing, with
 * a [class@Thr.Values] of the results in the order of the indices, or with the first
 * error. After an error, or when it is cancelled, no index begins that nobody has begun.
 *
 * [property@Thr.ParallelLoop:progress] tells how far it is.
 *
 * *Thread safety*: all functions may be called from any thread.
 *
 * *Blocking*: [method@Thr.Future.wait] and [method@Thr.ParallelLoop.take_part] block.
 *
 * ```c
 * static gboolean
 * halve (ThrParallelLoop *loop, gint64 begin, gint64 end, gpointer data, GError **error)
 * {
 *   double *numbers = data;
 *
 *   for (gint64 i = begin; i < end; i++)
 *     numbers[i] /= 2;
 *   return TRUE;
 * }
 * ```
 */

enum {
  PROP_0,
  PROP_CANCELLABLE,
  PROP_PROGRESS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];
static guint progress_bit;

G_DEFINE_FINAL_TYPE (ThrParallelLoop, thr_parallel_loop, THR_TYPE_FUTURE)

guint
thr_parallel_loop_progress_bits (void)
{
  return progress_bit;
}

static void
thr_parallel_loop_finalize (GObject *object)
{
  ThrParallelLoop *self = THR_PARALLEL_LOOP (object);

  if (self->cancel_id != 0)
    g_signal_handler_disconnect (self->cancellable, self->cancel_id);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->failure);
  thr_pool_core_unref (self->core);

  G_OBJECT_CLASS (thr_parallel_loop_parent_class)->finalize (object);
}

static void
thr_parallel_loop_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  ThrParallelLoop *self = THR_PARALLEL_LOOP (object);

  switch (prop_id)
    {
    case PROP_CANCELLABLE:
      g_value_set_object (value, thr_parallel_loop_get_cancellable (self));
      break;
    case PROP_PROGRESS:
      g_value_set_double (value, thr_parallel_loop_get_progress (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
thr_parallel_loop_class_init (ThrParallelLoopClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  ThrObjectClass *thr_class = THR_OBJECT_CLASS (klass);

  object_class->finalize = thr_parallel_loop_finalize;
  object_class->get_property = thr_parallel_loop_get_property;
  thr_class->sealed = TRUE;
  thr_future_class_set_waits (THR_FUTURE_CLASS (klass), &thr_parallel_loop_waits);

  /**
   * ThrParallelLoop:cancellable: (getter get_cancellable)
   *
   * What the body may look at to learn that nobody wants its work any more.
   */
  properties[PROP_CANCELLABLE] =
    g_param_spec_object ("cancellable", NULL, NULL, G_TYPE_CANCELLABLE,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * ThrParallelLoop:progress: (getter get_progress)
   *
   * The share of the indices that are done, from 0 to 1.
   *
   * Notifications are gathered: the main loop gets the latest as often as it can.
   */
  properties[PROP_PROGRESS] =
    g_param_spec_double ("progress", NULL, NULL, 0.0, 1.0, 0.0,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                         G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  progress_bit = thr_object_class_add_notify (thr_class, properties[PROP_PROGRESS]);
}

static void
thr_parallel_loop_init (ThrParallelLoop *self)
{
}

ThrParallelLoop *
thr_parallel_loop_new (ThrPoolCore       *core,
                       gint64             begin,
                       guint64            n_indices,
                       gint64             grain,
                       GCancellable      *cancellable,
                       const ThrLoopBody *body)
{
  ThrParallelLoop *self = g_object_new (THR_TYPE_PARALLEL_LOOP, NULL);

  self->core = thr_pool_core_ref (core);
  self->body = *body;
  self->begin = begin;
  self->n_indices = n_indices;
  self->grain = MAX (grain, 1);
  self->generation = thr_process_get_generation ();
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->lent = cancellable != NULL;

  return self;
}

/**
 * thr_parallel_loop_get_cancellable: (get-property cancellable)
 * @self: a loop
 *
 * Gets what the body may look at, or wait with, to learn that nobody wants its work
 * any more. It is the cancellable that the loop was submitted with, or else one of its
 * own, which [method@Thr.Future.cancel] cancels when the loop has begun.
 *
 * Returns: (transfer none): the cancellable
 */
GCancellable *
thr_parallel_loop_get_cancellable (ThrParallelLoop *self)
{
  GCancellable *made, *current = NULL;

  g_return_val_if_fail (THR_IS_PARALLEL_LOOP (self), NULL);

  current = __atomic_load_n (&self->cancellable, __ATOMIC_ACQUIRE);
  if (current != NULL)
    return current;

  made = g_cancellable_new ();
  if (__atomic_compare_exchange_n (&self->cancellable, &current, made, FALSE,
                                   __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    return made;

  g_object_unref (made);
  return current;
}

/**
 * thr_parallel_loop_get_progress: (get-property progress)
 * @self: a loop
 *
 * Gets the share of the indices that are done.
 *
 * Returns: from 0 to 1; 1 for a loop without indices
 */
double
thr_parallel_loop_get_progress (ThrParallelLoop *self)
{
  g_return_val_if_fail (THR_IS_PARALLEL_LOOP (self), 0.0);

  if (self->n_indices == 0)
    return 1.0;

  return (double) __atomic_load_n (&self->n_done, __ATOMIC_RELAXED) / self->n_indices;
}
