/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/thr-task.h"

#include <math.h>
#include <string.h>

#include "base/thr-callable-private.h"
#include "base/thr-i18n-private.h"
#include "work/thr-pool-events-private.h"
#include "work/thr-task-private.h"
#include "work/thr-worker-private.h"

/**
 * ThrTask:
 *
 * Work in a pool, and the future of its answer.
 *
 * [method@Thr.Pool.submit] makes it. The work gets its task and answers with
 * [method@Thr.Task.return_value] or one of its kin; it may tell how far it is with
 * [method@Thr.Task.set_progress] and [method@Thr.Task.set_message], as often as it
 * likes: what it says is gathered and shown at home as fast as the main loop can.
 *
 * *Thread safety*: all functions may be called from any thread, but for the
 * return functions, which are for the work itself.
 *
 * *Blocking*: only [method@Thr.Future.wait] blocks.
 *
 * ```c
 * static gboolean
 * square (ThrTask *task, gpointer data, GError **error)
 * {
 *   gint64 n = GPOINTER_TO_INT (data);
 *
 *   return thr_task_return_int64 (task, n * n);
 * }
 * ```
 */

struct _ThrTask
{
  ThrFuture       parent_instance;

  /* Constant. */
  ThrPoolCore    *core;         /* borrowed; compared only, unless @observed */
  ThrTaskFunc     func;
  gpointer        user_data;
  GDestroyNotify  notify;
  ThrCallable    *callable;     /* owned */
  int             priority;
  guint           observed : 1; /* owns a reference to @core */

  /* Atomic. */
  GCancellable   *cancellable;  /* owned; made when somebody asks */
  ThrSelf        *runner;       /* while it runs */
  ThrThread      *thread;       /* owned; who ran it */
  gint64          progress;     /* the bits of a double */
  int             released;     /* the user data is on its way out */

  /* Under message_mutex. */
  char           *message;

  /* The canceller's connection: set by the submitter before anybody else can see
   * it, cleared by finalize. */
  gulong          cancel_id;

  /* While the user data is on its way to its destroy-notify. */
  union {
    ThrLetter     letter;
    ThrTrash      trash;
  } last;
};

enum {
  PROP_0,
  PROP_PRIORITY,
  PROP_CANCELLABLE,
  PROP_THREAD,
  PROP_PROGRESS,
  PROP_MESSAGE,
  N_PROPS
};

enum {
  STARTED,
  FINISHED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];
static guint thread_bit, progress_bit, message_bit, started_bit, finished_bit;
static GMutex message_mutex; /* a leaf */

G_DEFINE_FINAL_TYPE (ThrTask, thr_task, THR_TYPE_FUTURE)

/* --- The end of the user data --- */

static ThrTask *
from_last (gpointer last)
{
  return (ThrTask *) ((char *) last - G_STRUCT_OFFSET (ThrTask, last));
}

static void
last_letter_deliver (ThrLetter *letter,
                     GObject   *object)
{
  ThrTask *self = from_last (letter);

  if (self->notify != NULL)
    self->notify (self->user_data);
  g_clear_object (&self->callable);
}

static void
last_letter_discard (ThrLetter *letter,
                     GObject   *object)
{
  ThrTask *self = from_last (letter);

  /* No home any more. A JavaScript function was refused when it was given, so
   * there is none here. */
  last_letter_deliver (&self->last.letter, object);
}

static void
last_trash_free (ThrTrash *trash)
{
  ThrTask *self = from_last (trash);

  last_letter_deliver (&self->last.letter, NULL);
  g_object_unref (self);
}

/* The work has ended or will never begin: what was given with it goes, at home and
 * after everything else that the task has to say. */
static void
release_data (ThrTask *self)
{
  ThrMailbox *mailbox;

  if ((self->notify == NULL && self->callable == NULL) ||
      __atomic_exchange_n (&self->released, TRUE, __ATOMIC_ACQ_REL))
    return;

  mailbox = thr_object_get_mailbox (THR_OBJECT (self));
  memset (&self->last, 0, sizeof self->last);

  if (__atomic_load_n (&mailbox->posted, __ATOMIC_SEQ_CST))
    {
      self->last.letter.rank = THR_RANK_DESTROY;
      self->last.letter.deliver = last_letter_deliver;
      self->last.letter.discard = last_letter_discard;
      thr_mailbox_post (mailbox, &self->last.letter);
    }
  else
    {
      self->last.trash.free = last_trash_free;
      g_object_ref (self);
      thr_home_throw (mailbox->home, &self->last.trash);
    }
}

/* --- Running --- */

/* Whether anybody but the queue holds the task, who may have connected to it or be
 * about to. A task that was let go of has nobody to tell. */
static gboolean
is_watched (ThrTask *self)
{
  return g_atomic_int_get ((int *) &G_OBJECT (self)->ref_count) > 1;
}

static void
tell_started (ThrTask *self)
{
  if (is_watched (self))
    thr_object_post_bits (THR_OBJECT (self),
                          started_bit | thread_bit | thr_future_begun_bits ());
  if (self->observed)
    thr_pool_events_task (self->core, self, THR_TASK_STARTED);
}

static void
tell_finished (ThrTask *self,
               guint    bits)
{
  if (is_watched (self))
    thr_object_post_bits (THR_OBJECT (self), bits | finished_bit);
  if (self->observed)
    thr_pool_events_task (self->core, self, THR_TASK_FINISHED);
  release_data (self);
}

static gboolean
call (ThrTask  *self,
      GError  **error)
{
  ThrFuturePrivate *priv;

  if (self->func != NULL)
    return self->func (self, self->user_data, error);

  priv = thr_future_get_private (self);
  return thr_callable_run (self->callable, &priv->value,
                           thr_task_get_cancellable (self), error);
}

/* In any thread, after thr_future_begin(). */
static void
execute (ThrTask *self)
{
  ThrFuturePrivate *priv = thr_future_get_private (self);
  ThrSelf *me = thr_self_get ();
  gpointer outer = me->task;
  GError *error = NULL;
  gboolean success;

  me->task = self;
  __atomic_store_n (&self->runner, me, __ATOMIC_RELEASE);
  if (me->worker != NULL)
    __atomic_store_n (&self->thread, g_object_ref (((ThrWorker *) me->worker)->thread),
                      __ATOMIC_RELEASE);
  tell_started (self);

  success = call (self, &error);

  me->task = outer;
  __atomic_store_n (&self->runner, NULL, __ATOMIC_RELEASE);

  /* An error wins over an answer, whatever was returned: none is lost. */
  if (!success && error == NULL && priv->error == NULL)
    error = g_error_new_literal (THR_ERROR, THR_ERROR_NO_RESULT,
                                 _("The work ended without an answer and without an error; "
                                   "its language may have blocked it, or printed what went "
                                   "wrong"));

  if (!thr_future_claim (THR_FUTURE (self), TRUE))
    g_assert_not_reached (); /* who runs it settles it */
  if (priv->error == NULL)
    priv->error = error;
  else
    g_clear_error (&error);
  if (priv->error != NULL && G_IS_VALUE (&priv->value))
    g_value_unset (&priv->value);

  thr_future_settle (THR_FUTURE (self), priv->error != NULL
                                          ? THR_FUTURE_STATE_REJECTED
                                          : THR_FUTURE_STATE_RESOLVED);
  tell_finished (self, thr_future_settled_bits (THR_FUTURE (self)));
}

/* What the queue holds. A task that was cancelled, or run by one who waited for it,
 * is passed by. */
static gboolean
run_entry (ThrTask   *unused,
           gpointer   data,
           GError   **error)
{
  ThrTask *self = data;

  if (thr_future_begin (THR_FUTURE (self)))
    execute (self);
  g_object_unref (self);

  return TRUE;
}

ThrEntry
thr_task_get_entry (ThrTask *self)
{
  return (ThrEntry) { run_entry, self };
}

gboolean
thr_task_is_entry (const ThrEntry *entry)
{
  return entry->func == run_entry;
}

void
thr_task_refuse (ThrTask      *self,
                 const GError *reason)
{
  if (reason == NULL)
    {
      thr_future_cancel (THR_FUTURE (self));
    }
  else if (thr_future_claim (THR_FUTURE (self), FALSE))
    {
      thr_future_get_private (self)->error = g_error_copy (reason);
      thr_future_settle (THR_FUTURE (self), THR_FUTURE_STATE_REJECTED);
      tell_finished (self, thr_future_settled_bits (THR_FUTURE (self)));
    }

  g_object_unref (self);
}

/* --- What the future asks of us --- */

/* Contracts 13: only the very task, only when nobody has begun it. */
static gboolean
task_help (ThrFuture *future,
           gboolean   unlimited)
{
  ThrTask *self = THR_TASK (future);
  ThrWorker *worker = thr_self_get ()->worker;
  gboolean from_binding = self->notify != NULL || self->callable != NULL;

  if (!unlimited || worker == NULL || worker->core != self->core ||
      !thr_worker_may_help (worker, from_binding) || !thr_future_begin (future))
    return FALSE;

  worker->n_helping++;
  execute (self);
  worker->n_helping--;

  return TRUE;
}

static ThrSelf *
task_owner (gpointer task)
{
  return __atomic_load_n (&((ThrTask *) task)->runner, __ATOMIC_ACQUIRE);
}

static void
task_settled (ThrFuture *future)
{
  tell_finished (THR_TASK (future), 0);
}

static void
task_cancel_running (ThrFuture *future)
{
  ThrTask *self = THR_TASK (future);

  if (thr_future_get_state (future) == THR_FUTURE_STATE_RUNNING)
    g_cancellable_cancel (thr_task_get_cancellable (self));
}

static const ThrFutureWaits task_waits = {
  .help = task_help,
  .owner = task_owner,
  .settled = task_settled,
  .cancel_running = task_cancel_running
};

/* --- Making --- */

static void
cancelled_cb (GCancellable *cancellable,
              gpointer      data)
{
  ThrTask *self = g_object_ref (data);

  /* Only work that has not begun; what runs looks at the cancellable itself. */
  thr_future_cancel (THR_FUTURE (self));
  /* Finalizing disconnects, which waits for this callback: not from here. */
  thr_home_throw_object (thr_object_get_home (THR_OBJECT (self)), self);
}

ThrTask *
thr_task_new (ThrPoolCore    *core,
              int             priority,
              GCancellable   *cancellable,
              ThrTaskFunc     func,
              gpointer        user_data,
              GDestroyNotify  notify,
              ThrCallable    *callable)
{
  ThrTask *self = g_object_new (THR_TYPE_TASK, NULL);

  self->core = core;
  self->priority = priority;
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->func = func;
  self->user_data = user_data;
  self->notify = notify;
  self->callable = callable != NULL ? g_object_ref (callable) : NULL;

  return g_object_ref (self);
}

void
thr_task_watch (ThrTask *self)
{
  if (self->cancellable != NULL)
    self->cancel_id = g_cancellable_connect (self->cancellable,
                                             G_CALLBACK (cancelled_cb), self, NULL);
}

void
thr_task_set_observed (ThrTask *self)
{
  self->observed = TRUE;
  thr_pool_core_ref (self->core);
  thr_pool_events_task (self->core, self, THR_TASK_SUBMITTED);
}

/* --- The class --- */

static void
thr_task_finalize (GObject *object)
{
  ThrTask *self = THR_TASK (object);

  if (self->cancel_id != 0)
    g_cancellable_disconnect (self->cancellable, self->cancel_id);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->thread);
  g_clear_object (&self->callable);
  g_free (self->message);
  if (self->observed)
    thr_pool_core_unref (self->core);

  G_OBJECT_CLASS (thr_task_parent_class)->finalize (object);
}

static void
thr_task_get_property (GObject    *object,
                       guint       prop_id,
                       GValue     *value,
                       GParamSpec *pspec)
{
  ThrTask *self = THR_TASK (object);

  switch (prop_id)
    {
    case PROP_PRIORITY:
      g_value_set_int (value, self->priority);
      break;
    case PROP_CANCELLABLE:
      g_value_set_object (value, thr_task_get_cancellable (self));
      break;
    case PROP_THREAD:
      g_value_take_object (value, thr_task_dup_thread (self));
      break;
    case PROP_PROGRESS:
      g_value_set_double (value, thr_task_get_progress (self));
      break;
    case PROP_MESSAGE:
      g_value_take_string (value, thr_task_dup_message (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
thr_task_set_property (GObject      *object,
                       guint         prop_id,
                       const GValue *value,
                       GParamSpec   *pspec)
{
  ThrTask *self = THR_TASK (object);

  switch (prop_id)
    {
    case PROP_PROGRESS:
      thr_task_set_progress (self, g_value_get_double (value));
      break;
    case PROP_MESSAGE:
      thr_task_set_message (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
install_properties (GObjectClass *object_class)
{
  /**
   * ThrTask:priority: (getter get_priority)
   *
   * How urgent the work is; the smaller the more urgent, as in GLib.
   */
  properties[PROP_PRIORITY] =
    g_param_spec_int ("priority", NULL, NULL, G_MININT, G_MAXINT, 0,
                      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * ThrTask:cancellable: (getter get_cancellable)
   *
   * What the work may look at to learn that nobody wants its answer any more.
   */
  properties[PROP_CANCELLABLE] =
    g_param_spec_object ("cancellable", NULL, NULL, G_TYPE_CANCELLABLE,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * ThrTask:thread:
   *
   * The thread that runs the work or has run it; %NULL before.
   */
  properties[PROP_THREAD] =
    g_param_spec_object ("thread", NULL, NULL, THR_TYPE_THREAD,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                         G_PARAM_STATIC_STRINGS);

  /**
   * ThrTask:progress: (getter get_progress) (setter set_progress)
   *
   * How far the work is, from 0 to 1; -1 when it does not know.
   */
  properties[PROP_PROGRESS] =
    g_param_spec_double ("progress", NULL, NULL, -1.0, 1.0, -1.0,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY |
                         G_PARAM_STATIC_STRINGS);

  /**
   * ThrTask:message:
   *
   * What the work is busy with, for people to read.
   */
  properties[PROP_MESSAGE] =
    g_param_spec_string ("message", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY |
                         G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
thr_task_class_init (ThrTaskClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  ThrObjectClass *thr_class = THR_OBJECT_CLASS (klass);

  object_class->finalize = thr_task_finalize;
  object_class->get_property = thr_task_get_property;
  object_class->set_property = thr_task_set_property;
  thr_future_class_set_waits (THR_FUTURE_CLASS (klass), &task_waits);

  install_properties (object_class);

  /**
   * ThrTask::started:
   * @self: the task
   *
   * Emitted at home when the work has begun.
   */
  signals[STARTED] =
    g_signal_new ("started", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * ThrTask::finished:
   * @self: the task
   *
   * Emitted at home when the work has ended in whatever way, or will never begin.
   */
  signals[FINISHED] =
    g_signal_new ("finished", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 0);

  thread_bit = thr_object_class_add_notify (thr_class, properties[PROP_THREAD]);
  progress_bit = thr_object_class_add_notify (thr_class, properties[PROP_PROGRESS]);
  message_bit = thr_object_class_add_notify (thr_class, properties[PROP_MESSAGE]);
  started_bit = thr_object_class_add_signal (thr_class, signals[STARTED],
                                             THR_RANK_STARTED);
  finished_bit = thr_object_class_add_signal (thr_class, signals[FINISHED],
                                              THR_RANK_SIGNAL);
}

static gint64
bits_of_double (double number)
{
  gint64 bits;

  memcpy (&bits, &number, sizeof bits);
  return bits;
}

static double
double_of_bits (gint64 bits)
{
  double number;

  memcpy (&number, &bits, sizeof number);
  return number;
}

static void
thr_task_init (ThrTask *self)
{
  self->progress = bits_of_double (-1.0);
}

/**
 * thr_task_get_current:
 *
 * Gets the task that the calling thread is running.
 *
 * Returns: (transfer none) (nullable): the innermost task, or %NULL
 */
ThrTask *
thr_task_get_current (void)
{
  ThrSelf *me = thr_self_peek ();

  return me != NULL ? me->task : NULL;
}

/**
 * thr_task_get_priority: (get-property priority)
 * @self: a task
 *
 * Gets how urgent the work is; the smaller the more urgent.
 *
 * Returns: the priority it was submitted with
 */
int
thr_task_get_priority (ThrTask *self)
{
  g_return_val_if_fail (THR_IS_TASK (self), 0);

  return self->priority;
}

/**
 * thr_task_get_cancellable: (get-property cancellable)
 * @self: a task
 *
 * Gets what the work may look at, or wait with, to learn that nobody wants its
 * answer any more. It is the cancellable that the task was submitted with, or one of
 * its own, which [method@Thr.Future.cancel] cancels when the work has begun.
 *
 * Returns: (transfer none): the cancellable
 */
GCancellable *
thr_task_get_cancellable (ThrTask *self)
{
  GCancellable *made, *current = NULL;

  g_return_val_if_fail (THR_IS_TASK (self), NULL);

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
 * thr_task_dup_thread: (get-property thread)
 * @self: a task
 *
 * Gets the thread that runs the work or has run it.
 *
 * Returns: (transfer full) (nullable): the thread, or %NULL before the work has begun
 */
ThrThread *
thr_task_dup_thread (ThrTask *self)
{
  ThrThread *thread;

  g_return_val_if_fail (THR_IS_TASK (self), NULL);

  thread = __atomic_load_n (&self->thread, __ATOMIC_ACQUIRE);
  if (thread == NULL)
    return NULL;

  thr_thread_set_observed (thread);
  return g_object_ref (thread);
}

/**
 * thr_task_get_progress: (get-property progress)
 * @self: a task
 *
 * Gets how far the work is.
 *
 * Returns: from 0 to 1, or -1 when it is not known
 */
double
thr_task_get_progress (ThrTask *self)
{
  g_return_val_if_fail (THR_IS_TASK (self), -1.0);

  return double_of_bits (__atomic_load_n (&self->progress, __ATOMIC_RELAXED));
}

/**
 * thr_task_set_progress: (set-property progress)
 * @self: a task
 * @progress: from 0 to 1; anything else is "not known"
 *
 * Tells how far the work is.
 *
 * Cheap enough to be called for every row of a table: notifications are gathered,
 * and the main loop gets the latest. May be called from any thread.
 */
void
thr_task_set_progress (ThrTask *self,
                       double   progress)
{
  gint64 bits;

  g_return_if_fail (THR_IS_TASK (self));

  if (!(progress >= 0.0 && progress <= 1.0))
    progress = -1.0;

  bits = bits_of_double (progress);
  if (__atomic_exchange_n (&self->progress, bits, __ATOMIC_RELAXED) != bits &&
      is_watched (self))
    thr_object_post_bits (THR_OBJECT (self), progress_bit);
}

/**
 * thr_task_dup_message: (get-property message)
 * @self: a task
 *
 * Gets what the work is busy with.
 *
 * Returns: (transfer full) (nullable): a copy of the message
 */
char *
thr_task_dup_message (ThrTask *self)
{
  char *message;

  g_return_val_if_fail (THR_IS_TASK (self), NULL);

  g_mutex_lock (&message_mutex);
  message = g_strdup (self->message);
  g_mutex_unlock (&message_mutex);

  return message;
}

/**
 * thr_task_set_message: (set-property message)
 * @self: a task
 * @message: (nullable): what the work is busy with
 *
 * Tells what the work is busy with. Notifications are gathered, as for the
 * progress. May be called from any thread.
 */
void
thr_task_set_message (ThrTask    *self,
                      const char *message)
{
  char *copy = g_strdup (message);
  gboolean changed;

  g_return_if_fail (THR_IS_TASK (self));

  g_mutex_lock (&message_mutex);
  changed = g_strcmp0 (self->message, copy) != 0;
  if (changed)
    {
      char *old = self->message;

      self->message = copy;
      copy = old;
    }
  g_mutex_unlock (&message_mutex);
  g_free (copy);

  if (changed && is_watched (self))
    thr_object_post_bits (THR_OBJECT (self), message_bit);
}
