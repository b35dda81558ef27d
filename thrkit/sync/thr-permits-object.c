/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "sync/thr-permits-object-private.h"

void
thr_permits_object_give_back (ThrObject *source,
                              ThrWaiter *waiter)
{
  thr_permits_give_back (thr_permits_of (source), waiter);
}

void
thr_permits_object_leave (ThrObject *source,
                          ThrWaiter *waiter)
{
  thr_permits_leave (thr_permits_of (source), waiter);
}

static void
permits_object_finalize (GObject *object)
{
  thr_permits_clear (thr_permits_of (object));

  /* Of a final class. */
  G_OBJECT_CLASS (g_type_class_peek_parent (G_OBJECT_GET_CLASS (object)))->finalize (object);
}

void
thr_permits_object_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  ThrPermits *permits = thr_permits_of (object);

  switch (prop_id)
    {
    case THR_PERMITS_PROP_COUNT:
      if (G_VALUE_HOLDS_BOOLEAN (value))
        g_value_set_boolean (value, thr_permits_get_count (permits) == 0);
      else
        g_value_set_int64 (value, thr_permits_get_count (permits));
      break;
    case THR_PERMITS_PROP_N_WAITERS:
      g_value_set_uint (value, thr_permits_get_n_waiters (permits));
      break;
    case THR_PERMITS_PROP_EMIT_SIGNALS:
      g_value_set_boolean (value, thr_permits_get_emit_signals (permits));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

void
thr_permits_object_set_property (GObject      *object,
                                 guint         prop_id,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case THR_PERMITS_PROP_EMIT_SIGNALS:
      thr_permits_object_set_emit_signals (object, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static guint
install_signal (GType       type,
                const char *name)
{
  return g_signal_new (name, type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

/* Each class has the doc comments of what is installed here. */
void
thr_permits_object_install (gpointer        klass,
                            ThrPermitsType *type,
                            GParamSpec     *count)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamSpec *emit_signals =
    g_param_spec_boolean ("emit-signals", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY |
                          G_PARAM_STATIC_STRINGS);

  object_class->finalize = permits_object_finalize;
  if (object_class->get_property == NULL)
    object_class->get_property = thr_permits_object_get_property;
  if (object_class->set_property == NULL)
    object_class->set_property = thr_permits_object_set_property;

  g_object_class_install_property (object_class, THR_PERMITS_PROP_COUNT, count);
  g_object_class_install_property (object_class, THR_PERMITS_PROP_N_WAITERS,
    g_param_spec_uint ("n-waiters", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                       G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (object_class, THR_PERMITS_PROP_EMIT_SIGNALS, emit_signals);

  type->klass = klass;
  type->acquired_signal = install_signal (G_TYPE_FROM_CLASS (klass), "acquired");
  type->released_signal = install_signal (G_TYPE_FROM_CLASS (klass), "released");
  type->count_bits = thr_object_class_add_notify (klass, count);
  type->emit_signals_bit = thr_object_class_add_notify (klass, emit_signals);
}

void
thr_permits_object_set_emit_signals (gpointer object,
                                     gboolean emit_signals)
{
  ThrPermits *permits = thr_permits_of (object);

  if (thr_permits_set_emit_signals (permits, emit_signals))
    thr_object_post_bits (object, permits->type->emit_signals_bit);
}
