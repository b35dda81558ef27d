/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/thr-future-private.h"

#include <string.h>

#include "base/thr-i18n-private.h"
#include "base/thr-process-private.h"

/**
 * ThrFuture:
 *
 * A value that will be there later, or an error.
 *
 * A future is settled once: with a value, with an error, or by being cancelled.
 * Nothing is ever settled as a success by default. [class@Thr.Task] is the future
 * of work in a pool; a plain future is settled by whoever made it, with
 * [method@Thr.Future.set_value] or [method@Thr.Future.set_error].
 *
 * There are four ways to learn of the end: [method@Thr.Future.wait] blocks,
 * [method@Thr.Future.wait_async] and [method@Thr.Future.then] call back at home, and
 * [signal@Thr.Future::done] is emitted there. In JavaScript a future can be awaited
 * as it is.
 *
 * An error that nobody asked for is logged as a warning when the future is freed, unless
 * it is %G_IO_ERROR_CANCELLED: whoever cancelled knows.
 *
 * *Thread safety*: all functions may be called from any thread.
 *
 * *Blocking*: only [method@Thr.Future.wait] blocks.
 *
 * ```c
 * g_autoptr (ThrFuture) future = thr_future_new ();
 * g_auto (GValue) answer = G_VALUE_INIT;
 *
 * g_value_init (&answer, G_TYPE_INT);
 * g_value_set_int (&answer, 42);
 * thr_future_set_value (future, &answer, NULL);
 * g_assert_true (thr_future_wait (future, -1, NULL, NULL));
 * ```
 */

enum {
  PROP_0,
  PROP_STATE,
  PROP_DONE,
  PROP_VALUE,
  PROP_ERROR,
  N_PROPS
};

enum {
  DONE,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];
static guint state_bit, done_bit, value_bit, error_bit, done_signal_bit;

int thr_future_private_offset;

G_DEFINE_TYPE_WITH_CODE (ThrFuture, thr_future, THR_TYPE_OBJECT,
                         G_ADD_PRIVATE (ThrFuture))

/* --- What subclasses know --- */

void
thr_future_class_set_waits (ThrFutureClass       *klass,
                            const ThrFutureWaits *waits)
{
  klass->padding[0] = (gpointer) waits;
}

const ThrFutureWaits *
thr_future_get_waits (ThrFuture *self)
{
  return THR_FUTURE_GET_CLASS (self)->padding[0];
}

gboolean
thr_future_help (ThrFuture *self,
                 gboolean   unlimited)
{
  const ThrFutureWaits *waits = thr_future_get_waits (self);

  return waits != NULL && waits->help (self, unlimited);
}

ThrSelf *
thr_future_get_owner (gpointer self)
{
  const ThrFutureWaits *waits = thr_future_get_waits (self);

  return waits != NULL ? waits->owner (self) : NULL;
}

guint
thr_future_settled_bits (ThrFuture *self)
{
  ThrFuturePrivate *priv = thr_future_get_private (self);
  const ThrFutureWaits *waits = thr_future_get_waits (self);

  return state_bit | done_bit | done_signal_bit |
         (priv->error != NULL ? error_bit : value_bit) |
         (waits != NULL ? waits->settled_bits () : 0);
}

guint
thr_future_begun_bits (void)
{
  return state_bit;
}

/* --- The class --- */

/* Nothing, or a number, which owns nothing: copied as it lies there and not unset, for
 * asking the type system how costs more than all the rest. The fundamental numbers only;
 * what is derived from them may have a table of its own. */
static gboolean
is_plain (const GValue *value)
{
  GType type = G_VALUE_TYPE (value);

  return type == G_TYPE_INVALID ||
         (type >= G_TYPE_CHAR && type <= G_TYPE_DOUBLE && G_TYPE_IS_FUNDAMENTAL (type));
}

static void
log_unasked_error (ThrFuture *self)
{
  ThrFuturePrivate *priv = thr_future_get_private (self);
  g_autofree char *name = NULL;

  if ((priv->state & THR_FUTURE_STATES) != THR_FUTURE_STATE_REJECTED || priv->asked ||
      g_error_matches (priv->error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
      thr_process_is_ending ())
    return;

  name = thr_object_dup_name (THR_OBJECT (self));
  g_warning ("%s%s%s failed and nobody asked why: %s",
             G_OBJECT_TYPE_NAME (self), name != NULL ? " " : "",
             name != NULL ? name : "", priv->error->message);
}

typedef struct
{
  ThrTrash trash;
  GValue   value;
} ValueTrash;

static void
value_trash_free (ThrTrash *trash)
{
  ValueTrash *self = (ValueTrash *) trash;

  g_value_unset (&self->value);
  g_free (self);
}

/* Whether freeing a value may run code of somebody, a binding's wrapper for one. */
static gboolean
is_loaded (const GValue *value)
{
  switch (G_TYPE_FUNDAMENTAL (G_VALUE_TYPE (value)))
    {
    case G_TYPE_BOXED:
    case G_TYPE_INTERFACE:
    case G_TYPE_OBJECT:
    case G_TYPE_PARAM:
      return TRUE;
    default:
      return G_TYPE_FUNDAMENTAL (G_VALUE_TYPE (value)) > G_TYPE_VARIANT;
    }
}

/* The last reference may be dropped by a worker; what a binding gave is let go of at
 * home all the same. */
static void
release_value (ThrFuture *self)
{
  ThrFuturePrivate *priv = thr_future_get_private (self);
  ThrHome *home = thr_object_get_home (THR_OBJECT (self));

  if (is_loaded (&priv->value) && !thr_home_is_mine (home))
    {
      ValueTrash *trash = g_new0 (ValueTrash, 1);

      trash->trash.free = value_trash_free;
      trash->value = priv->value;
      memset (&priv->value, 0, sizeof priv->value);
      thr_home_throw (home, &trash->trash);
    }
  else
    {
      g_value_unset (&priv->value);
    }
}

static void
thr_future_finalize (GObject *object)
{
  ThrFuturePrivate *priv = thr_future_get_private (object);

  log_unasked_error (THR_FUTURE (object));

  if (priv->followers != NULL)
    thr_future_drop_followers (THR_FUTURE (object));
  if (!is_plain (&priv->value))
    release_value (THR_FUTURE (object));
  g_clear_error (&priv->error);
  thr_wait_list_clear (&priv->waiters);

  G_OBJECT_CLASS (thr_future_parent_class)->finalize (object);
}

static void
thr_future_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  ThrFuture *self = THR_FUTURE (object);

  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, thr_future_get_state (self));
      break;
    case PROP_DONE:
      g_value_set_boolean (value, thr_future_is_done (self));
      break;
    case PROP_VALUE:
      if (thr_future_get_state (self) == THR_FUTURE_STATE_RESOLVED)
        g_value_take_boxed (value, thr_future_dup_value (self, NULL));
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, thr_future_get_error (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
thr_future_class_init (ThrFutureClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  ThrObjectClass *thr_class = THR_OBJECT_CLASS (klass);

  thr_future_private_offset = g_type_class_get_instance_private_offset (klass);

  object_class->finalize = thr_future_finalize;
  object_class->get_property = thr_future_get_property;

  /**
   * ThrFuture:state:
   *
   * Where the future is in its life.
   */
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, THR_TYPE_FUTURE_STATE,
                       THR_FUTURE_STATE_PENDING,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                       G_PARAM_STATIC_STRINGS);

  /**
   * ThrFuture:done: (getter is_done)
   *
   * Whether the future is settled, in whatever way.
   */
  properties[PROP_DONE] =
    g_param_spec_boolean ("done", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                          G_PARAM_STATIC_STRINGS);

  /**
   * ThrFuture:value:
   *
   * The value, or %NULL when there is none or it is empty.
   */
  properties[PROP_VALUE] =
    g_param_spec_boxed ("value", NULL, NULL, G_TYPE_VALUE,
                        G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                        G_PARAM_STATIC_STRINGS);

  /**
   * ThrFuture:error:
   *
   * The error of a future that failed or was cancelled, else %NULL.
   */
  properties[PROP_ERROR] =
    g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR,
                        G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                        G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * ThrFuture::done:
   * @self: the future
   *
   * Emitted once at home, after the future has been settled.
   *
   * A handler that is connected in the home's own thread right after the future
   * was got is never too late: the emission waits for the main loop, or for a
   * blocking wait on the home's own thread.
   */
  signals[DONE] =
    g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 0);

  state_bit = thr_object_class_add_notify (thr_class, properties[PROP_STATE]);
  done_bit = thr_object_class_add_notify (thr_class, properties[PROP_DONE]);
  value_bit = thr_object_class_add_notify (thr_class, properties[PROP_VALUE]);
  error_bit = thr_object_class_add_notify (thr_class, properties[PROP_ERROR]);
  done_signal_bit = thr_object_class_add_signal (thr_class, signals[DONE],
                                                 THR_RANK_SIGNAL);
}

static void
thr_future_init (ThrFuture *self)
{
  thr_wait_list_init (&thr_future_get_private (self)->waiters);
}

/**
 * thr_future_new:
 *
 * Makes a future that its maker will settle.
 *
 * Returns: (transfer full): a new future
 */
ThrFuture *
thr_future_new (void)
{
  return g_object_new (THR_TYPE_FUTURE, NULL);
}

static gboolean
set_too_late_error (GError **error)
{
  g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_STATE,
                       _("The future has already been settled"));
  return FALSE;
}

/* What follows thr_future_claim() when the caller is a stranger who may be the last
 * one to hold the future. */
static void
settle_held (ThrFuture      *self,
             ThrFutureState  state)
{
  g_object_ref (self);
  thr_future_settle (self, state, thr_future_settled_bits (self));
  g_object_unref (self);
}

gboolean
thr_future_cancel_pending (ThrFuture *self)
{
  const ThrFutureWaits *waits = thr_future_get_waits (self);

  if (!thr_future_claim (self, FALSE))
    return FALSE;

  g_set_error_literal (&thr_future_get_private (self)->error,
                       G_IO_ERROR, G_IO_ERROR_CANCELLED,
                       _("The work was cancelled before it began"));
  g_object_ref (self);
  settle_held (self, THR_FUTURE_STATE_CANCELLED);
  if (waits != NULL)
    waits->settled (self);
  g_object_unref (self);

  return TRUE;
}

/**
 * thr_future_set_value:
 * @self: a future
 * @value: (nullable): the value, or %NULL for an empty one
 * @error: return location for an error
 *
 * Settles the future with a value, which is copied.
 *
 * May be called from any thread. Callbacks come later, at home. Fails with
 * %THR_ERROR_INVALID_STATE when the future has been settled before, which changes
 * nothing, and with %THR_ERROR_INVALID_ARGUMENT when @value has no type. The future
 * of a pool's work is settled by the pool: %THR_ERROR_INVALID_STATE.
 *
 * Returns: %TRUE when this call settled the future
 */
gboolean
thr_future_set_value (ThrFuture     *self,
                      const GValue  *value,
                      GError       **error)
{
  ThrFuturePrivate *priv;

  g_return_val_if_fail (THR_IS_FUTURE (self), FALSE);

  if (value != NULL && !G_IS_VALUE (value))
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                           _("A value must have a type"));
      return FALSE;
    }

  if (thr_future_get_waits (self) != NULL || !thr_future_claim (self, TRUE))
    return set_too_late_error (error);

  priv = thr_future_get_private (self);
  if (value != NULL)
    {
      g_value_init (&priv->value, G_VALUE_TYPE (value));
      g_value_copy (value, &priv->value);
    }
  settle_held (self, THR_FUTURE_STATE_RESOLVED);

  return TRUE;
}

/**
 * thr_future_set_error:
 * @self: a future
 * @reason: why there will be no value
 * @error: return location for an error
 *
 * Settles the future with an error, which is copied.
 *
 * May be called from any thread. Callbacks come later, at home. Fails with
 * %THR_ERROR_INVALID_STATE when the future has been settled before, or is the
 * future of a pool's work, and with %THR_ERROR_INVALID_ARGUMENT without a @reason.
 *
 * Returns: %TRUE when this call settled the future
 */
gboolean
thr_future_set_error (ThrFuture     *self,
                      const GError  *reason,
                      GError       **error)
{
  g_return_val_if_fail (THR_IS_FUTURE (self), FALSE);

  if (reason == NULL)
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                           _("A future cannot fail without a reason"));
      return FALSE;
    }

  if (thr_future_get_waits (self) != NULL || !thr_future_claim (self, TRUE))
    return set_too_late_error (error);

  thr_future_get_private (self)->error = g_error_copy (reason);
  settle_held (self, THR_FUTURE_STATE_REJECTED);

  return TRUE;
}

/**
 * thr_future_cancel:
 * @self: a future
 *
 * Takes the future back if nobody has begun to work on it.
 *
 * A cancelled future has the error %G_IO_ERROR_CANCELLED. Work that has begun is not
 * interrupted; a running [class@Thr.Task] has its own cancellable cancelled, so that
 * work which looks at it ends early, but not one that it was submitted with, which
 * others may share. May be called from any thread.
 *
 * Returns: %TRUE when the future is cancelled, by this call or an earlier one;
 *   %FALSE when it is running or has another answer
 */
gboolean
thr_future_cancel (ThrFuture *self)
{
  const ThrFutureWaits *waits;

  g_return_val_if_fail (THR_IS_FUTURE (self), FALSE);

  if (thr_future_cancel_pending (self))
    return TRUE;

  waits = thr_future_get_waits (self);
  if (waits != NULL)
    waits->cancel_running (self);

  return thr_future_get_state (self) == THR_FUTURE_STATE_CANCELLED;
}

/**
 * thr_future_get_state: (get-property state)
 * @self: a future
 *
 * Gets where the future is in its life. May be called from any thread.
 *
 * Returns: the state at the time of the call
 */
ThrFutureState
thr_future_get_state (ThrFuture *self)
{
  guint32 state;

  g_return_val_if_fail (THR_IS_FUTURE (self), THR_FUTURE_STATE_PENDING);

  state = thr_future_load_state (thr_future_get_private (self)) & THR_FUTURE_STATES;
  return state == THR_FUTURE_SETTLING ? THR_FUTURE_STATE_RUNNING : (ThrFutureState) state;
}

/**
 * thr_future_is_done: (get-property done)
 * @self: a future
 *
 * Gets whether the future is settled, in whatever way. May be called from any
 * thread.
 *
 * Returns: whether there is an answer
 */
gboolean
thr_future_is_done (ThrFuture *self)
{
  g_return_val_if_fail (THR_IS_FUTURE (self), FALSE);

  return thr_future_state_is_final (thr_future_load_state (thr_future_get_private (self)));
}

/* @to: zeroed. */
static void
copy_answer (const GValue *from,
             GValue       *to)
{
  if (is_plain (from))
    {
      *to = *from;
      return;
    }

  g_value_init (to, G_VALUE_TYPE (from));
  g_value_copy (from, to);
}

/* The value, which may be empty; NULL with the error when there is none. */
static const GValue *
peek_answer (ThrFuture  *self,
             GError    **error)
{
  ThrFuturePrivate *priv = thr_future_get_private (self);

  if (!thr_future_state_is_final (thr_future_load_state (priv)))
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_STATE,
                           _("The future is not settled yet"));
      return NULL;
    }

  if (priv->error != NULL)
    {
      __atomic_store_n (&priv->asked, TRUE, __ATOMIC_RELAXED);
      if (error != NULL)
        *error = g_error_copy (priv->error);
      return NULL;
    }

  return &priv->value;
}

/**
 * thr_future_dup_value:
 * @self: a future
 * @error: return location for an error
 *
 * Gets a copy of the value of a settled future.
 *
 * Does not block: fails with %THR_ERROR_INVALID_STATE when the future is not
 * settled. A future that failed or was cancelled gives its error. May be called
 * from any thread.
 *
 * Returns: (transfer full) (nullable): the value, or %NULL when it is empty or
 *   @error is set
 */
GValue *
thr_future_dup_value (ThrFuture  *self,
                      GError    **error)
{
  const GValue *answer;
  GValue *copy;

  g_return_val_if_fail (THR_IS_FUTURE (self), NULL);

  answer = peek_answer (self, error);
  if (answer == NULL || G_VALUE_TYPE (answer) == G_TYPE_INVALID)
    return NULL;

  /* As g_boxed_copy() makes it, without the detour over the type system. */
  copy = g_new0 (GValue, 1);
  copy_answer (answer, copy);

  return copy;
}

/**
 * thr_future_copy_value:
 * @self: a future
 * @value: a value that receives the answer; what it holds is unset first
 * @error: return location for an error
 *
 * The same as [method@Thr.Future.dup_value], with the value given by the caller.
 *
 * An empty answer is a %NULL of the type %G_TYPE_OBJECT. It is for PyGObject, which
 * never frees a value that a function returns: `value = GObject.Value();
 * future.copy_value(value); value.get_value()` leaks nothing.
 *
 * Returns: %TRUE when there is an answer
 */
gboolean
thr_future_copy_value (ThrFuture  *self,
                       GValue     *value,
                       GError    **error)
{
  const GValue *answer;

  g_return_val_if_fail (THR_IS_FUTURE (self), FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  answer = peek_answer (self, error);
  if (answer == NULL)
    return FALSE;

  if (G_IS_VALUE (value))
    g_value_unset (value);
  if (G_VALUE_TYPE (answer) == G_TYPE_INVALID)
    g_value_init (value, G_TYPE_OBJECT);
  else
    copy_answer (answer, value);
  return TRUE;
}

/**
 * thr_future_get_error: (get-property error)
 * @self: a future
 *
 * Gets why there is no value. May be called from any thread.
 *
 * Returns: (transfer none) (nullable): the error, which lives as long as the future;
 *   %NULL while the future is not settled or when it has a value
 */
const GError *
thr_future_get_error (ThrFuture *self)
{
  ThrFuturePrivate *priv;

  g_return_val_if_fail (THR_IS_FUTURE (self), NULL);

  priv = thr_future_get_private (self);
  if (!thr_future_is_done (self))
    return NULL;

  __atomic_store_n (&priv->asked, TRUE, __ATOMIC_RELAXED);
  return priv->error;
}
