/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/thrkit.h>

#include "base/thr-home-private.h"
#include "base/thr-object-private.h"

/* The smallest class that a ThrObject can have below it. */

#define TEST_TYPE_THING (test_thing_get_type ())
G_DECLARE_FINAL_TYPE (TestThing, test_thing, TEST, THING, ThrObject)

struct _TestThing
{
  ThrObject parent_instance;

  int       value;         /* atomic */
  int       n_name_changes;
  gpointer  owner;         /* atomic; for the wait graph */
};

enum { THING_PROP_0, THING_PROP_VALUE, THING_PROP_OTHER, THING_N_PROPS };
enum { THING_BEGUN, THING_DONE, THING_PINGED, THING_N_SIGNALS };

static GParamSpec *thing_properties[THING_N_PROPS];
static guint thing_signals[THING_N_SIGNALS];
static guint thing_value_bit, thing_other_bit, thing_begun_bit, thing_done_bit;
static int n_things; /* atomic: alive */

G_DEFINE_TYPE (TestThing, test_thing, THR_TYPE_OBJECT)

static void
test_thing_finalize (GObject *object)
{
  g_atomic_int_add (&n_things, -1);
  G_OBJECT_CLASS (test_thing_parent_class)->finalize (object);
}

static void
test_thing_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  g_value_set_int (value, g_atomic_int_get (&TEST_THING (object)->value));
}

static void
test_thing_name_changed (ThrObject *object)
{
  TEST_THING (object)->n_name_changes++;
}

static guint
add_thing_signal (const char *name)
{
  return g_signal_new (name, TEST_TYPE_THING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, 0);
}

static void
test_thing_class_init (TestThingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  ThrObjectClass *thr_class = THR_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = test_thing_finalize;
  object_class->get_property = test_thing_get_property;
  thr_class->name_changed = test_thing_name_changed;

  thing_properties[THING_PROP_VALUE] =
    g_param_spec_int ("value", NULL, NULL, 0, G_MAXINT, 0, flags);
  thing_properties[THING_PROP_OTHER] =
    g_param_spec_int ("other", NULL, NULL, 0, G_MAXINT, 0, flags);
  g_object_class_install_properties (object_class, THING_N_PROPS, thing_properties);

  thing_signals[THING_BEGUN] = add_thing_signal ("begun");
  thing_signals[THING_DONE] = add_thing_signal ("done");
  thing_signals[THING_PINGED] = add_thing_signal ("pinged");

  thing_value_bit =
    thr_object_class_add_notify (thr_class, thing_properties[THING_PROP_VALUE]);
  thing_other_bit =
    thr_object_class_add_notify (thr_class, thing_properties[THING_PROP_OTHER]);
  thing_begun_bit =
    thr_object_class_add_signal (thr_class, thing_signals[THING_BEGUN], THR_RANK_STARTED);
  thing_done_bit =
    thr_object_class_add_signal (thr_class, thing_signals[THING_DONE], THR_RANK_SIGNAL);
}

static void
test_thing_init (TestThing *self)
{
  g_atomic_int_inc (&n_things);
}

static inline TestThing *
thing_new (GMainContext *context)
{
  return g_object_new (TEST_TYPE_THING, "main-context", context, NULL);
}

static inline ThrMailbox *
box_of (TestThing *self)
{
  return thr_object_get_mailbox (THR_OBJECT (self));
}

static inline ThrHome *
home_of (TestThing *self)
{
  return thr_object_get_home (THR_OBJECT (self));
}
