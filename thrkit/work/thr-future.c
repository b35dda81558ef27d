/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/thr-future-private.h"

#include "base/thr-language-private.h"
#include "base/thr-operation-private.h"
#include "base/thr-process-private.h"
#include "base/thr-wait-graph-private.h"
#include "work/thr-worker-private.h"

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
 * An error that nobody asked for is logged as a warning when the future is freed.
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

struct _ThrFutureHook
{
  ThrFutureHook     *next;
  ThrFutureHookFunc  func;
  gpointer           data;
};

typedef struct
{
  ThrLetter      letter;
  ThrResolveFunc resolve;
  gpointer       resolve_data;
  GDestroyNotify resolve_notify;
  ThrRejectFunc  reject;
  gpointer       reject_data;
  GDestroyNotify reject_notify;
} ThenLetter;

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

/* --- The state word --- */

static guint32
load_state (ThrFuturePrivate *priv)
{
  /* Acquire: pairs with the exchange in thr_future_settle(), so who sees a final
   * state sees the answer. */
  return __atomic_load_n (&priv->state, __ATOMIC_ACQUIRE);
}

static gboolean
swap_state (ThrFuturePrivate *priv,
            guint32          *word,
            guint32           state)
{
  return __atomic_compare_exchange_n (&priv->state, word,
                                      (*word & ~THR_FUTURE_STATES) | state, FALSE,
                                      __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

gboolean
thr_future_begin (ThrFuture *self)
{
  ThrFuturePrivate *priv = thr_future_get_private (self);
  guint32 word = load_state (priv);

  while ((word & THR_FUTURE_STATES) == THR_FUTURE_STATE_PENDING)
    if (swap_state (priv, &word, THR_FUTURE_STATE_RUNNING))
      return TRUE;

  return FALSE;
}

gboolean
thr_future_claim (ThrFuture *self,
                  gboolean   from_running)
{
  ThrFuturePrivate *priv = thr_future_get_private (self);
  guint32 word = load_state (priv);

  while ((word & THR_FUTURE_STATES) == THR_FUTURE_STATE_PENDING ||
         (from_running && (word & THR_FUTURE_STATES) == THR_FUTURE_STATE_RUNNING))
    if (swap_state (priv, &word, THR_FUTURE_SETTLING))
      return TRUE;

  return FALSE;
}

static ThenLetter *
reverse_thens (ThrLetter *thens)
{
  ThrLetter *oldest = NULL;

  while (thens != NULL)
    {
      ThrLetter *next = thens->next;

      thens->next = oldest;
      oldest = thens;
      thens = next;
    }

  return (ThenLetter *) oldest;
}

static ThrFutureHook *
reverse_hooks (ThrFutureHook *hooks)
{
  ThrFutureHook *oldest = NULL;

  while (hooks != NULL)
    {
      ThrFutureHook *next = hooks->next;

      hooks->next = oldest;
      oldest = hooks;
      hooks = next;
    }

  return oldest;
}

void
thr_future_settle (ThrFuture      *self,
                   ThrFutureState  state)
{
  ThrFuturePrivate *priv = thr_future_get_private (self);
  ThrWakeBatch batch = THR_WAKE_BATCH_INIT;
  ThrFutureHook *hooks;
  ThenLetter *thens;
  guint32 word;

  /* Release: the answer is written. Together with the state the exchange takes
   * AWAITED; nobody sets it any more once the state is final. */
  word = __atomic_exchange_n (&priv->state, state, __ATOMIC_ACQ_REL);
  g_assert ((word & THR_FUTURE_STATES) == THR_FUTURE_SETTLING);
  if ((word & THR_FUTURE_AWAITED) == 0)
    return;

  thr_wait_list_lock (&priv->waiters);
  thr_wait_list_grant_all_unlocked (&priv->waiters, &batch);
  hooks = reverse_hooks (g_steal_pointer (&priv->hooks));
  thens = reverse_thens (g_steal_pointer (&priv->thens));
  thr_wait_list_unlock (&priv->waiters);

  while (hooks != NULL)
    {
      ThrFutureHook *hook = hooks;

      hooks = hook->next;
      hook->func (self, hook->data);
      g_free (hook);
    }

  while (thens != NULL)
    {
      ThrLetter *letter = &thens->letter;

      thens = (ThenLetter *) letter->next;
      thr_mailbox_post (thr_object_get_mailbox (THR_OBJECT (self)), letter);
    }

  thr_wake_batch_fire (&batch);
}

guint
thr_future_settled_bits (ThrFuture *self)
{
  ThrFuturePrivate *priv = thr_future_get_private (self);

  return state_bit | done_bit | done_signal_bit |
         (priv->error != NULL ? error_bit : value_bit);
}

guint
thr_future_begun_bits (void)
{
  return state_bit;
}

/* Under the list's lock. FALSE when the future is settled: nothing may be put into
 * the lists any more, for nobody will come for it. */
static gboolean
mark_awaited_unlocked (ThrFuturePrivate *priv)
{
  guint32 word = load_state (priv);

  while (!thr_future_state_is_final (word))
    if (__atomic_compare_exchange_n (&priv->state, &word, word | THR_FUTURE_AWAITED,
                                     FALSE, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
      return TRUE;

  return FALSE;
}

void
thr_future_add_hook (ThrFuture         *self,
                     ThrFutureHookFunc  func,
                     gpointer           data)
{
  ThrFuturePrivate *priv = thr_future_get_private (self);
  gboolean pending;

  thr_wait_list_lock (&priv->waiters);
  pending = mark_awaited_unlocked (priv);
  if (pending)
    {
      ThrFutureHook *hook = g_new (ThrFutureHook, 1);

      hook->func = func;
      hook->data = data;
      hook->next = priv->hooks;
      priv->hooks = hook;
    }
  thr_wait_list_unlock (&priv->waiters);

  if (!pending)
    func (self, data);
}

/* --- Waiting --- */

void
thr_future_class_set_waits (ThrFutureClass       *klass,
                            const ThrFutureWaits *waits)
{
  klass->padding[0] = (gpointer) waits;
}

static const ThrFutureWaits *
get_waits (ThrFuture *self)
{
  return THR_FUTURE_GET_CLASS (self)->padding[0];
}

gboolean
thr_future_help (ThrFuture *self,
                 gboolean   unlimited)
{
  const ThrFutureWaits *waits = get_waits (self);

  return waits != NULL && waits->help (self, unlimited);
}

ThrSelf *
thr_future_get_owner (gpointer self)
{
  const ThrFutureWaits *waits = get_waits (self);

  return waits != NULL ? waits->owner (self) : NULL;
}

/* The blocked part of a wait, after everything that needs no blocking was tried. */
static gboolean
block (ThrFuture     *self,
       ThrDeadline    deadline,
       GCancellable  *cancellable,
       GError       **error)
{
  ThrFuturePrivate *priv = thr_future_get_private (self);
  const ThrFutureWaits *waits = get_waits (self);
  gboolean unlimited = deadline == THR_DEADLINE_NEVER && cancellable == NULL;
  gboolean waiting, has_edge = FALSE;
  ThrWaiter waiter;
  ThrWaitEdge edge = {
    .kind = THR_EDGE_TASK,
    .waiter = &waiter,
    .resource = self,
    .get_owner = thr_future_get_owner
  };
  ThrPark park = THR_PARK_GRANTED;

  thr_waiter_begin (&waiter, cancellable);

  thr_wait_list_lock (&priv->waiters);
  waiting = mark_awaited_unlocked (priv);
  if (waiting)
    thr_wait_list_push_unlocked (&priv->waiters, &waiter);
  thr_wait_list_unlock (&priv->waiters);

  /* A wait that somebody or something can end is no edge. */
  if (waiting && unlimited && waits != NULL)
    {
      has_edge = thr_wait_graph_enter (&edge, error);
      if (!has_edge)
        {
          thr_wait_list_lock (&priv->waiters);
          thr_wait_list_remove_unlocked (&priv->waiters, &waiter);
          thr_wait_list_unlock (&priv->waiters);
          thr_waiter_end (&waiter);
          return FALSE;
        }
    }

  if (waiting)
    {
      thr_waiter_spin (&waiter);
      park = thr_wait_list_park (&priv->waiters, &waiter, deadline);
    }
  if (has_edge)
    thr_wait_graph_leave (&edge);
  thr_waiter_end (&waiter);

  return thr_park_to_error (park, error);
}

static gboolean
wait_unflushed (ThrFuture     *self,
                gint64         timeout_us,
                GCancellable  *cancellable,
                GError       **error)
{
  ThrWorker *worker = thr_self_get ()->worker;
  gboolean unlimited = timeout_us == -1 && cancellable == NULL;
  ThrDeadline deadline;
  gboolean success;

  if (!thr_deadline_from_timeout (timeout_us, &deadline, error) ||
      g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  if (thr_future_is_done (self))
    return TRUE;
  if (deadline == THR_DEADLINE_NOW)
    return thr_park_to_error (THR_PARK_TIMED_OUT, error);

  if (worker == NULL)
    return block (self, deadline, cancellable, error);

  if (thr_future_help (self, unlimited))
    return TRUE;

  /* The pool counts us out, and may need somebody in our place. */
  if (!thr_worker_block (worker, unlimited, error))
    return FALSE;
  success = block (self, deadline, cancellable, error);
  thr_worker_unblock (worker);

  return success;
}

/* --- then --- */

/* A destroy-notify that is not ours to run: its home is gone. */
static void
abandon_notify (GDestroyNotify notify,
                gpointer       data)
{
  if (notify != NULL && !thr_language_notify_is_js (notify))
    notify (data);
}

static void
then_letter_discard (ThrLetter *letter,
                     GObject   *object)
{
  ThenLetter *self = (ThenLetter *) letter;

  abandon_notify (self->resolve_notify, self->resolve_data);
  abandon_notify (self->reject_notify, self->reject_data);
  g_free (self);
}

static void
then_letter_deliver (ThrLetter *letter,
                     GObject   *object)
{
  ThenLetter *self = (ThenLetter *) letter;
  ThrFuturePrivate *priv = thr_future_get_private (object);

  if (priv->error == NULL)
    {
      if (self->resolve != NULL)
        self->resolve (G_IS_VALUE (&priv->value) ? &priv->value : NULL,
                       self->resolve_data);
    }
  else if (self->reject != NULL)
    {
      __atomic_store_n (&priv->asked, TRUE, __ATOMIC_RELAXED);
      self->reject (priv->error, self->reject_data);
    }

  if (self->resolve_notify != NULL)
    self->resolve_notify (self->resolve_data);
  if (self->reject_notify != NULL)
    self->reject_notify (self->reject_data);
  g_free (self);
}

/* --- The class --- */

static void
log_unasked_error (ThrFuture *self)
{
  ThrFuturePrivate *priv = thr_future_get_private (self);
  g_autofree char *name = thr_object_dup_name (THR_OBJECT (self));

  if ((priv->state & THR_FUTURE_STATES) != THR_FUTURE_STATE_REJECTED || priv->asked ||
      thr_process_is_ending ())
    return;

  g_warning ("%s%s%s failed and nobody asked why: %s",
             G_OBJECT_TYPE_NAME (self), name != NULL ? " " : "",
             name != NULL ? name : "", priv->error->message);
}

static void
thr_future_finalize (GObject *object)
{
  ThrFuturePrivate *priv = thr_future_get_private (object);

  log_unasked_error (THR_FUTURE (object));

  /* Dropped before it was settled: the callbacks will never be called, but what
   * they own must go, at home. Hooks own a reference and cannot be here. */
  while (priv->thens != NULL)
    {
      ThenLetter *then = (ThenLetter *) priv->thens;
      ThrHome *home = thr_object_get_home (THR_OBJECT (object));

      priv->thens = then->letter.next;
      thr_home_throw_notify (home, then->resolve_notify, then->resolve_data);
      thr_home_throw_notify (home, then->reject_notify, then->reject_data);
      g_free (then);
    }
  g_assert (priv->hooks == NULL);

  if (G_IS_VALUE (&priv->value))
    g_value_unset (&priv->value);
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
                       _("The future has been settled before"));
  return FALSE;
}

/* What follows thr_future_claim() when the caller is a stranger who may be the last
 * one to hold the future. */
static void
settle_and_post (ThrFuture      *self,
                 ThrFutureState  state)
{
  g_object_ref (self);
  thr_future_settle (self, state);
  thr_object_post_bits (THR_OBJECT (self), thr_future_settled_bits (self));
  g_object_unref (self);
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
                           _("A value without a type is no value"));
      return FALSE;
    }

  if (get_waits (self) != NULL || !thr_future_claim (self, TRUE))
    return set_too_late_error (error);

  priv = thr_future_get_private (self);
  if (value != NULL)
    {
      g_value_init (&priv->value, G_VALUE_TYPE (value));
      g_value_copy (value, &priv->value);
    }
  settle_and_post (self, THR_FUTURE_STATE_RESOLVED);

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

  if (get_waits (self) != NULL || !thr_future_claim (self, TRUE))
    return set_too_late_error (error);

  thr_future_get_private (self)->error = g_error_copy (reason);
  settle_and_post (self, THR_FUTURE_STATE_REJECTED);

  return TRUE;
}

/**
 * thr_future_cancel:
 * @self: a future
 *
 * Takes the future back if nobody has begun to work on it.
 *
 * A cancelled future has the error %G_IO_ERROR_CANCELLED. Work that has begun is not
 * interrupted; the cancellable of a running [class@Thr.Task] is cancelled, so that
 * work which looks at it ends early. May be called from any thread.
 *
 * Returns: %TRUE when the future is cancelled, by this call or an earlier one;
 *   %FALSE when it is running or has another answer
 */
gboolean
thr_future_cancel (ThrFuture *self)
{
  const ThrFutureWaits *waits;

  g_return_val_if_fail (THR_IS_FUTURE (self), FALSE);

  waits = get_waits (self);
  if (thr_future_claim (self, FALSE))
    {
      g_set_error_literal (&thr_future_get_private (self)->error,
                           G_IO_ERROR, G_IO_ERROR_CANCELLED,
                           _("The work was cancelled before it began"));
      g_object_ref (self);
      settle_and_post (self, THR_FUTURE_STATE_CANCELLED);
      if (waits != NULL)
        waits->settled (self);
      g_object_unref (self);
      return TRUE;
    }

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

  state = load_state (thr_future_get_private (self)) & THR_FUTURE_STATES;
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

  return thr_future_state_is_final (load_state (thr_future_get_private (self)));
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
  ThrFuturePrivate *priv;

  g_return_val_if_fail (THR_IS_FUTURE (self), NULL);

  priv = thr_future_get_private (self);
  if (!thr_future_is_done (self))
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

  return G_IS_VALUE (&priv->value) ? g_boxed_copy (G_TYPE_VALUE, &priv->value) : NULL;
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

/**
 * thr_future_wait:
 * @self: a future
 * @timeout_us: how long to wait at the most, in microseconds; 0 looks and does not
 *   wait, -1 waits for ever
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Blocks until the future is settled.
 *
 * May be called from any thread; not from the main loop of an application that must
 * not freeze, which has [method@Thr.Future.wait_async]. On the home's own thread the
 * future's pending signals and callbacks are delivered before it returns.
 *
 * A pool's worker that waits without limit for a task of its own pool may run that
 * task itself; while it blocks, another worker may take its place. So tasks that
 * wait for tasks never starve.
 *
 * Fails with %G_IO_ERROR_TIMED_OUT, %G_IO_ERROR_CANCELLED, %THR_ERROR_DEADLOCK when
 * the wait could never end, %THR_ERROR_RESOURCES when it would stop a pool that can
 * get no further thread, and %THR_ERROR_INVALID_ARGUMENT for a timeout below -1.
 *
 * Returns: %TRUE when the future is settled, in whatever way
 */
gboolean
thr_future_wait (ThrFuture     *self,
                 gint64         timeout_us,
                 GCancellable  *cancellable,
                 GError       **error)
{
  gboolean done;

  g_return_val_if_fail (THR_IS_FUTURE (self), FALSE);

  done = wait_unflushed (self, timeout_us, cancellable, error);
  thr_mailbox_flush (thr_object_get_mailbox (THR_OBJECT (self)));
  thr_home_reap (thr_object_get_home (THR_OBJECT (self)));

  return done;
}

static void
operation_leave (ThrObject *source,
                 ThrWaiter *waiter)
{
  ThrWaitList *list = &thr_future_get_private (source)->waiters;

  thr_wait_list_lock (list);
  thr_wait_list_remove_unlocked (list, waiter);
  thr_wait_list_unlock (list);
}

/* A grant takes nothing that could be given back. */
static const ThrOperationType wait_operation = {
  .give_back = NULL,
  .leave = operation_leave
};

/**
 * thr_future_wait_async:
 * @self: a future
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (nullable): called at home when the future is settled
 * @user_data: data for @callback
 *
 * Waits for the future without blocking.
 *
 * The callback always comes later, also when the future is settled already.
 */
void
thr_future_wait_async (ThrFuture           *self,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  ThrFuturePrivate *priv;
  ThrOperation *operation;
  gboolean pending, joined = FALSE;

  g_return_if_fail (THR_IS_FUTURE (self));

  priv = thr_future_get_private (self);
  operation = thr_operation_new (self, &wait_operation, cancellable, callback, user_data);

  thr_wait_list_lock (&priv->waiters);
  pending = mark_awaited_unlocked (priv);
  if (pending)
    joined = thr_operation_join_unlocked (operation, &priv->waiters);
  thr_wait_list_unlock (&priv->waiters);

  if (!joined)
    thr_operation_settle (operation, NULL);
  thr_home_reap (thr_object_get_home (THR_OBJECT (self)));
}

/**
 * thr_future_wait_finish:
 * @self: a future
 * @result: what the callback got
 * @error: return location for an error
 *
 * Ends a wait that [method@Thr.Future.wait_async] began.
 *
 * Fails with %G_IO_ERROR_CANCELLED when the wait was cancelled, which does not touch
 * the future, and with %THR_ERROR_INVALID_STATE the second time.
 *
 * Returns: %TRUE when the future is settled, in whatever way
 */
gboolean
thr_future_wait_finish (ThrFuture     *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (THR_IS_FUTURE (self), FALSE);

  return thr_operation_finish (self, &wait_operation, result, error);
}

/**
 * thr_future_then:
 * @self: a future
 * @resolve: (scope notified) (nullable) (closure resolve_data) (destroy resolve_notify): called at home with the value
 * @resolve_data: data for @resolve
 * @resolve_notify: frees @resolve_data, at home
 * @reject: (scope notified) (nullable) (closure reject_data) (destroy reject_notify): called at home with the error
 * @reject_data: data for @reject
 * @reject_notify: frees @reject_data, at home
 *
 * Calls one of two functions when the future is settled.
 *
 * Exactly one of them is called, exactly once, and always later, also when the
 * future is settled already. This is what makes a future awaitable in JavaScript:
 * `await future` gives the value or throws the error. May be called from any thread.
 */
void
thr_future_then (ThrFuture      *self,
                 ThrResolveFunc  resolve,
                 gpointer        resolve_data,
                 GDestroyNotify  resolve_notify,
                 ThrRejectFunc   reject,
                 gpointer        reject_data,
                 GDestroyNotify  reject_notify)
{
  ThrFuturePrivate *priv;
  ThenLetter *then;
  gboolean pending;

  g_return_if_fail (THR_IS_FUTURE (self));

  then = g_new0 (ThenLetter, 1);
  then->letter.rank = THR_RANK_THEN;
  then->letter.deliver = then_letter_deliver;
  then->letter.discard = then_letter_discard;
  then->resolve = resolve;
  then->resolve_data = resolve_data;
  then->resolve_notify = resolve_notify;
  then->reject = reject;
  then->reject_data = reject_data;
  then->reject_notify = reject_notify;

  priv = thr_future_get_private (self);
  thr_wait_list_lock (&priv->waiters);
  pending = mark_awaited_unlocked (priv);
  if (pending)
    {
      then->letter.next = priv->thens;
      priv->thens = &then->letter;
    }
  thr_wait_list_unlock (&priv->waiters);

  if (!pending)
    thr_mailbox_post (thr_object_get_mailbox (THR_OBJECT (self)), &then->letter);
}
