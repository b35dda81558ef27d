/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-object.h"

#include "base/thr-object-private.h"
#include "base/thr-process-private.h"

/**
 * ThrObject:
 *
 * What all classes of the library have in common: a home and a name.
 *
 * The home is the [struct@GLib.MainContext] that was the thread-default one where
 * the object was made. Signals, notifications, asynchronous callbacks and
 * destroy-notifies of the object run in the thread that iterates that context, and
 * nowhere else, each exactly once. Nobody has to run a loop: a blocking wait on
 * the home's own thread delivers what is pending for the object before it returns.
 * When the context is freed, the object goes on to work, but calls nobody.
 *
 * *Thread safety*: all functions may be called from any thread.
 */

typedef struct
{
  ThrMailbox  mailbox;
  char       *name;    /* under names_mutex */
} ThrObjectPrivate;

enum {
  PROP_0,
  PROP_MAIN_CONTEXT,
  PROP_NAME,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];
static guint name_bit;
static GMutex names_mutex; /* a leaf, under the mutexes of graph and debug too */

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (ThrObject, thr_object, G_TYPE_OBJECT)

static ThrObjectPrivate *
get_private (ThrObject *self)
{
  return thr_object_get_instance_private (self);
}

GObject *
thr_mailbox_get_object (ThrMailbox *self)
{
  return (GObject *) ((char *) self - ThrObject_private_offset -
                      G_STRUCT_OFFSET (ThrObjectPrivate, mailbox));
}

void
thr_object_set_context (ThrObject    *self,
                        GMainContext *context)
{
  ThrMailbox *mailbox = &get_private (self)->mailbox;

  /* Only what nobody else knows yet changes its home. */
  if (mailbox->home != NULL)
    thr_mailbox_clear (mailbox);
  thr_mailbox_init (mailbox, thr_home_get (context));
}

static void
thr_object_finalize (GObject *object)
{
  ThrObjectPrivate *priv = get_private (THR_OBJECT (object));

  thr_mailbox_clear (&priv->mailbox);
  g_free (priv->name);

  G_OBJECT_CLASS (thr_object_parent_class)->finalize (object);
}

static void
thr_object_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  ThrObject *self = THR_OBJECT (object);

  switch (prop_id)
    {
    case PROP_MAIN_CONTEXT:
      g_value_take_boxed (value, thr_object_dup_main_context (self));
      break;
    case PROP_NAME:
      g_value_take_string (value, thr_object_dup_name (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
thr_object_set_property (GObject      *object,
                         guint         prop_id,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  ThrObject *self = THR_OBJECT (object);

  switch (prop_id)
    {
    case PROP_MAIN_CONTEXT:
      thr_object_set_context (self, g_value_get_boxed (value));
      break;
    case PROP_NAME:
      thr_object_set_name (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
thr_object_class_init (ThrObjectClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  thr_process_init ();
  thr_process_add_fork_mutex (&names_mutex);

  object_class->finalize = thr_object_finalize;
  object_class->get_property = thr_object_get_property;
  object_class->set_property = thr_object_set_property;

  /**
   * ThrObject:main-context:
   *
   * The context in whose thread the object's signals and callbacks run.
   *
   * Without it, the thread-default context of the maker. Reads as %NULL once the
   * context has been freed: an object does not keep it alive.
   */
  properties[PROP_MAIN_CONTEXT] =
    g_param_spec_boxed ("main-context", NULL, NULL, G_TYPE_MAIN_CONTEXT,
                        G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY |
                        G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * ThrObject:name:
   *
   * A name for people: error texts, reports and debuggers show it.
   */
  properties[PROP_NAME] =
    g_param_spec_string ("name", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY |
                         G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  name_bit = thr_object_class_add_notify (klass, properties[PROP_NAME]);
}

static void
thr_object_init (ThrObject *self)
{
}

ThrMailbox *
thr_object_get_mailbox (ThrObject *self)
{
  return &get_private (self)->mailbox;
}

ThrHome *
thr_object_get_home (ThrObject *self)
{
  return get_private (self)->mailbox.home;
}

guint
thr_object_class_add_notify (ThrObjectClass *klass,
                             GParamSpec     *pspec)
{
  for (guint i = 0; i < G_N_ELEMENTS (klass->notifies); i++)
    if (klass->notifies[i] == NULL)
      {
        klass->notifies[i] = pspec;
        return 1u << i;
      }

  g_assert_not_reached ();
}

guint
thr_object_class_add_signal (ThrObjectClass *klass,
                             guint           signal_id,
                             ThrRank         rank)
{
  for (guint i = 0; i < G_N_ELEMENTS (klass->signals); i++)
    if (klass->signals[i] == 0)
      {
        guint bit = 1u << (G_N_ELEMENTS (klass->notifies) + i);

        klass->signals[i] = signal_id;
        if (rank == THR_RANK_STARTED)
          klass->started_signals |= bit;
        return bit;
      }

  g_assert_not_reached ();
}

void
thr_object_post_bits (ThrObject *self,
                      guint      bits)
{
  thr_mailbox_post_bits (&get_private (self)->mailbox, bits);
}

/**
 * thr_object_dup_main_context:
 * @self: an object of the library
 *
 * Gets the context in whose thread the object's signals and callbacks run.
 *
 * Returns: (transfer full) (nullable): the context, or %NULL when it has been
 *   freed
 */
GMainContext *
thr_object_dup_main_context (ThrObject *self)
{
  g_return_val_if_fail (THR_IS_OBJECT (self), NULL);

  return thr_home_dup_context (get_private (self)->mailbox.home);
}

/**
 * thr_object_dup_name: (get-property name)
 * @self: an object of the library
 *
 * Gets the object's name.
 *
 * It is a copy, since any thread may set another name meanwhile.
 *
 * Returns: (transfer full) (nullable): the name
 */
char *
thr_object_dup_name (ThrObject *self)
{
  char *name;

  g_return_val_if_fail (THR_IS_OBJECT (self), NULL);

  g_mutex_lock (&names_mutex);
  name = g_strdup (get_private (self)->name);
  g_mutex_unlock (&names_mutex);

  return name;
}

/**
 * thr_object_set_name: (set-property name)
 * @self: an object of the library
 * @name: (nullable): the new name
 *
 * Sets the object's name.
 */
void
thr_object_set_name (ThrObject  *self,
                     const char *name)
{
  ThrObjectPrivate *priv;
  g_autofree char *copy = NULL;
  gboolean changed;

  g_return_if_fail (THR_IS_OBJECT (self));

  priv = get_private (self);
  copy = g_strdup (name);

  g_mutex_lock (&names_mutex);
  changed = g_strcmp0 (priv->name, name) != 0;
  if (changed)
    {
      char *old = priv->name;

      priv->name = g_steal_pointer (&copy);
      copy = old;
    }
  g_mutex_unlock (&names_mutex);

  if (!changed)
    return;

  if (THR_OBJECT_GET_CLASS (self)->name_changed != NULL)
    THR_OBJECT_GET_CLASS (self)->name_changed (self);
  /* An object that is named as it is made, as most are, has no listener yet. It
   * must not be kept alive until its loop runs for a notification that nobody
   * gets: who connects after the change is not owed one. */
  if (priv->mailbox.home != NULL && thr_mailbox_is_notified (G_OBJECT (self)))
    thr_object_post_bits (self, name_bit);
}
