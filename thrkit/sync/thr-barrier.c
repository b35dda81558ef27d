/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "sync/thr-barrier.h"

#include "base/thr-language-private.h"
#include "sync/thr-barrier-private.h"

/**
 * ThrBarrier:
 *
 * A barrier: a fixed number of parties wait for each other, again and again.
 *
 * It is Python's `threading.Barrier`. Whoever comes waits until all
 * [property@Thr.Barrier:parties] have come; then all go on, each with another index,
 * and the barrier is ready for the next time. A function can be given that one of
 * them runs before the others go on.
 *
 * A party can wait in three ways: blocked ([method@Thr.Barrier.wait]), blocked with a
 * limit and a cancellable ([method@Thr.Barrier.wait_timed]) and on the main loop
 * ([method@Thr.Barrier.wait_async]).
 *
 * ```c
 * static gboolean
 * end_of_round (ThrBarrier  *barrier,
 *               GError     **error)
 * {
 *   gint index;
 *
 *   if (!thr_barrier_wait (barrier, &index, error))
 *     return FALSE;
 *   if (index == 0)
 *     g_print ("all have done this round\n");
 *   return TRUE;
 * }
 * ```
 *
 * *A broken barrier*: when one of the parties gives up, because its time is up, it is
 * cancelled or the function fails, the others would wait for ever. So the barrier
 * breaks: they all get %THR_ERROR_BROKEN, and so does everybody who comes, until
 * [method@Thr.Barrier.reset] repairs it. An asynchronous wait that is cancelled gives
 * up when its home runs, or when the last of the others comes, whichever is first.
 *
 * *Order*: a thread that comes round again belongs to the next time, however long
 * the others take to go on. When more than the parties come, those who come first
 * are served first.
 *
 * *Memory*: what a party did before it came is seen by all when they go on.
 *
 * *Thread safety*: all functions may be called from any thread. Like any object, a
 * barrier must be kept referenced while it is used.
 *
 * *Blocking*: [method@Thr.Barrier.wait] and [method@Thr.Barrier.wait_timed] may
 * block. On the home's own thread they deliver what is pending for the barrier before
 * they return; other calls dispatch nothing.
 */

enum {
  PROP_0,
  PROP_PARTIES,
  PROP_N_WAITING,
  PROP_BROKEN,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];
static guint broken_bit;

G_DEFINE_FINAL_TYPE (ThrBarrier, thr_barrier, THR_TYPE_OBJECT)

/* To have come takes nothing that could be given back. */
static const ThrOperationType operation_type = {
  .give_back = NULL,
  .leave = thr_barrier_leave,
  /* The others are to know at once that the barrier is broken. */
  .leaves_at_once = TRUE
};

/* A barrier that nobody listens to is not kept alive until its home's loop runs: who
 * connects after the change is not owed a notification. */
void
thr_barrier_tell_broken (ThrBarrier *self)
{
  if (thr_mailbox_is_notified (G_OBJECT (self)))
    thr_object_post_bits (THR_OBJECT (self), broken_bit);
}

static void
thr_barrier_finalize (GObject *object)
{
  ThrBarrier *self = THR_BARRIER (object);

  thr_home_throw_notify (thr_object_get_home (THR_OBJECT (self)), self->notify,
                         self->user_data);
  thr_wait_list_clear (&self->line);
  thr_wait_list_clear (&self->lobby);

  G_OBJECT_CLASS (thr_barrier_parent_class)->finalize (object);
}

static void
thr_barrier_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  ThrBarrier *self = THR_BARRIER (object);

  switch (prop_id)
    {
    case PROP_PARTIES:
      g_value_set_int (value, thr_barrier_get_parties (self));
      break;
    case PROP_N_WAITING:
      g_value_set_int (value, thr_barrier_get_n_waiting (self));
      break;
    case PROP_BROKEN:
      g_value_set_boolean (value, thr_barrier_is_broken (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
thr_barrier_set_property (GObject      *object,
                          guint         prop_id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_PARTIES:
      THR_BARRIER (object)->parties = g_value_get_int (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
thr_barrier_class_init (ThrBarrierClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = thr_barrier_finalize;
  object_class->get_property = thr_barrier_get_property;
  object_class->set_property = thr_barrier_set_property;

  /**
   * ThrBarrier:parties: (getter get_parties)
   *
   * How many have to come.
   */
  properties[PROP_PARTIES] =
    g_param_spec_int ("parties", NULL, NULL, G_MININT, G_MAXINT, 1,
                      G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY |
                      G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * ThrBarrier:n-waiting: (getter get_n_waiting)
   *
   * How many have come and wait for the others; 0 from the moment on that they are let
   * go.
   *
   * It is never notified.
   */
  properties[PROP_N_WAITING] =
    g_param_spec_int ("n-waiting", NULL, NULL, 0, G_MAXINT, 0,
                      G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                      G_PARAM_STATIC_STRINGS);

  /**
   * ThrBarrier:broken: (getter is_broken)
   *
   * Whether the barrier is broken, so that nobody can wait.
   *
   * Notified at home after it has changed, to who was connected by then.
   */
  properties[PROP_BROKEN] =
    g_param_spec_boolean ("broken", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                          G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  broken_bit = thr_object_class_add_notify (THR_OBJECT_CLASS (klass),
                                            properties[PROP_BROKEN]);
}

static void
thr_barrier_init (ThrBarrier *self)
{
  thr_wait_list_init (&self->line);
  thr_wait_list_init (&self->lobby);
}

static gboolean
check_parties (gint     parties,
               GError **error)
{
  if (parties >= 1)
    return TRUE;

  g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                       _("A barrier needs at least 1 party"));
  return FALSE;
}

/**
 * thr_barrier_new:
 * @parties: how many have to come, at least 1
 *
 * Makes a barrier.
 *
 * With fewer than one party all its waits fail with %THR_ERROR_INVALID_ARGUMENT.
 *
 * Returns: (transfer full): the barrier
 */
ThrBarrier *
thr_barrier_new (gint parties)
{
  return g_object_new (THR_TYPE_BARRIER, "parties", parties, NULL);
}

/**
 * thr_barrier_new_checked: (rename-to thr_barrier_new)
 * @parties: how many have to come, at least 1
 * @error: return location for an error
 *
 * Makes a barrier.
 *
 * Error: %THR_ERROR_INVALID_ARGUMENT when @parties is less than 1.
 *
 * Returns: (transfer full): the barrier
 */
ThrBarrier *
thr_barrier_new_checked (gint     parties,
                         GError **error)
{
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return check_parties (parties, error) ? thr_barrier_new (parties) : NULL;
}

/**
 * thr_barrier_new_full:
 * @parties: how many have to come, at least 1
 * @action: (scope notified) (closure user_data) (destroy notify) (nullable): what one
 *   of them does before any of them goes on
 * @user_data: data for @action
 * @notify: called with @user_data when the barrier has gone
 * @error: return location for an error
 *
 * Makes a barrier with a function that one of the parties runs when all have come.
 *
 * It is the one that has come last; when that waits asynchronously, the function runs
 * in its call of [method@Thr.Barrier.wait_async]. A JavaScript function is refused,
 * because nobody knows which thread will come last: in JavaScript the party whose
 * index is 0 can do what is to be done once.
 *
 * When it fails, or ends its thread with [func@Thr.exit_thread], the barrier is broken.
 *
 * Errors: %THR_ERROR_INVALID_ARGUMENT when @parties is less than 1,
 * %THR_ERROR_WRONG_LANGUAGE for a JavaScript function. @notify is called at home all
 * the same.
 *
 * Returns: (transfer full): the barrier
 */
ThrBarrier *
thr_barrier_new_full (gint             parties,
                      ThrBarrierFunc   action,
                      gpointer         user_data,
                      GDestroyNotify   notify,
                      GError         **error)
{
  ThrBarrier *self;

  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  self = thr_barrier_new (parties);
  self->action = action;
  self->user_data = user_data;
  self->notify = notify;

  if (check_parties (parties, error) &&
      (!thr_language_notify_is_js (notify) ||
       thr_language_set_wrong_language_error (error, "Thr.Barrier.new_full()")))
    return self;

  g_object_unref (self);
  return NULL;
}

/**
 * thr_barrier_wait:
 * @self: a barrier
 * @index_: (out) (optional): return location for the index of the caller, from 0 to
 *   one less than the parties, another one for each
 * @error: return location for an error
 *
 * Comes to the barrier and waits until all have come, as long as it takes.
 *
 * Errors: %THR_ERROR_BROKEN when the barrier is broken, or breaks or is reset
 * meanwhile; what the barrier's function failed with; %THR_ERROR_DEADLOCK inside that
 * function; %THR_ERROR_INVALID_ARGUMENT when the barrier was made without parties.
 *
 * In Python a signal handler may have to run: then the result is %FALSE with no error
 * set, the caller has not come, and it comes again after it.
 *
 * May block. Any thread.
 *
 * Returns: %TRUE when all have come
 */
gboolean
thr_barrier_wait (ThrBarrier  *self,
                  gint        *index_,
                  GError     **error)
{
  return thr_barrier_wait_timed (self, -1, NULL, index_, error);
}

/**
 * thr_barrier_wait_timed:
 * @self: a barrier
 * @timeout_us: how long to wait at the most, in microseconds; 0 does not wait, -1
 *   waits as long as it takes
 * @cancellable: (nullable): a cancellable that ends the wait
 * @index_: (out) (optional): return location for the index of the caller, from 0 to
 *   one less than the parties, another one for each
 * @error: return location for an error
 *
 * Comes to the barrier and waits until all have come, no longer than a limit.
 *
 * Errors: %G_IO_ERROR_TIMED_OUT and %G_IO_ERROR_CANCELLED, which break the barrier for
 * all; %G_IO_ERROR_CANCELLED also when @cancellable was cancelled before, and
 * %THR_ERROR_INVALID_ARGUMENT for a timeout below -1: then the caller has not come and
 * nothing breaks; those of [method@Thr.Barrier.wait].
 *
 * May block. Any thread.
 *
 * Returns: %TRUE when all have come
 */
gboolean
thr_barrier_wait_timed (ThrBarrier    *self,
                        gint64         timeout_us,
                        GCancellable  *cancellable,
                        gint          *index_,
                        GError       **error)
{
  ThrDeadline deadline;
  gboolean success;
  gint index = -1;

  g_return_val_if_fail (THR_IS_BARRIER (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (index_ != NULL)
    *index_ = -1;
  if (!check_parties (self->parties, error) ||
      !thr_deadline_from_timeout (timeout_us, &deadline, error))
    return FALSE;
  if (g_cancellable_is_cancelled (cancellable))
    return thr_park_to_error (THR_PARK_CANCELLED, error);

  g_object_ref (self);
  success = thr_barrier_wait_until (self, deadline, cancellable, &index, error);

  /* Also after a wait that failed (contracts 1). What is delivered here may drop the
   * last reference but ours. */
  thr_telling_flush (&self->telling, THR_OBJECT (self));
  g_object_unref (self);

  if (success && index_ != NULL)
    *index_ = index;
  return success;
}

/**
 * thr_barrier_wait_async:
 * @self: a barrier
 * @cancellable: (nullable): a cancellable that ends the wait
 * @callback: (scope async) (nullable): called at the barrier's home when the wait has
 *   ended
 * @user_data: data for @callback
 *
 * Comes to the barrier and waits on the main loop until all have come.
 *
 * The callback always comes later, even when this is the last party. A cancellation
 * breaks the barrier for all at once, whether or not the home's loop runs, but for one
 * that was there before the call.
 *
 * Does not block, but for the barrier's function, which it runs when it comes last.
 * Any thread.
 */
void
thr_barrier_wait_async (ThrBarrier          *self,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  ThrOperation *operation;
  GError *error = NULL;

  g_return_if_fail (THR_IS_BARRIER (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  /* Who is let go may drop the last reference while this call still looks around. */
  g_object_ref (self);
  operation = thr_operation_new (self, &operation_type, cancellable, callback, user_data);
  if (check_parties (self->parties, &error))
    thr_barrier_await (self, operation);
  else
    thr_operation_settle (operation, error);
  g_object_unref (self);
}

/**
 * thr_barrier_wait_finish:
 * @self: a barrier
 * @result: the result that the callback was given
 * @index_: (out) (optional): return location for the index of the caller
 * @error: return location for an error
 *
 * Ends what [method@Thr.Barrier.wait_async] began.
 *
 * Errors: those of [method@Thr.Barrier.wait]; %G_IO_ERROR_CANCELLED, also when the
 * cancellable was cancelled after all had come, which breaks nothing;
 * %THR_ERROR_INVALID_STATE when it was called before for this result;
 * %THR_ERROR_INVALID_ARGUMENT for the result of something else.
 *
 * Returns: %TRUE when all have come
 */
gboolean
thr_barrier_wait_finish (ThrBarrier    *self,
                         GAsyncResult  *result,
                         gint          *index_,
                         GError       **error)
{
  g_return_val_if_fail (THR_IS_BARRIER (self), FALSE);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (index_ != NULL)
    *index_ = -1;
  if (!thr_operation_finish (self, &operation_type, result, error))
    return FALSE;

  if (index_ != NULL)
    *index_ = THR_OPERATION (result)->waiter.tag;
  return TRUE;
}

/**
 * thr_barrier_abort:
 * @self: a barrier
 *
 * Breaks the barrier: all who wait and all who will come get %THR_ERROR_BROKEN.
 *
 * Does not block. Any thread.
 */
void
thr_barrier_abort (ThrBarrier *self)
{
  g_return_if_fail (THR_IS_BARRIER (self));

  g_object_ref (self);
  thr_barrier_break (self, TRUE);
  g_object_unref (self);
}

/**
 * thr_barrier_reset:
 * @self: a barrier
 *
 * Empties the barrier and makes it usable again.
 *
 * All who wait get %THR_ERROR_BROKEN. Those who come later begin anew, also when the
 * barrier was broken. When its function is running, they begin after it.
 *
 * Does not block. Any thread.
 */
void
thr_barrier_reset (ThrBarrier *self)
{
  g_return_if_fail (THR_IS_BARRIER (self));

  g_object_ref (self);
  thr_barrier_break (self, FALSE);
  g_object_unref (self);
}

/**
 * thr_barrier_get_parties: (get-property parties)
 * @self: a barrier
 *
 * Gets how many have to come.
 *
 * Returns: the number of parties
 */
gint
thr_barrier_get_parties (ThrBarrier *self)
{
  g_return_val_if_fail (THR_IS_BARRIER (self), 0);

  return self->parties;
}

/**
 * thr_barrier_get_n_waiting: (get-property n-waiting)
 * @self: a barrier
 *
 * Gets how many have come and wait for the others.
 *
 * Other threads may change that at any moment.
 *
 * Returns: the number of those who wait
 */
gint
thr_barrier_get_n_waiting (ThrBarrier *self)
{
  gint n;

  g_return_val_if_fail (THR_IS_BARRIER (self), 0);

  thr_wait_list_lock (&self->line);
  n = self->line.length;
  thr_wait_list_unlock (&self->line);

  return n;
}

/**
 * thr_barrier_is_broken: (get-property broken)
 * @self: a barrier
 *
 * Tells whether the barrier is broken.
 *
 * Other threads may change that at any moment.
 *
 * Returns: whether the barrier is broken
 */
gboolean
thr_barrier_is_broken (ThrBarrier *self)
{
  gboolean broken;

  g_return_val_if_fail (THR_IS_BARRIER (self), FALSE);

  thr_wait_list_lock (&self->line);
  broken = self->broken;
  thr_wait_list_unlock (&self->line);

  return broken;
}
