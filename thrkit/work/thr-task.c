/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/thr-task.h"

#include <string.h>

#include "base/thr-process-private.h"
#include "work/thr-canceller-private.h"
#include "work/thr-pool-events-private.h"
#include "work/thr-task-private.h"

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

enum {
  PROP_0,
  PROP_PRIORITY,
  PROP_CANCELLABLE,
  PROP_THREAD,
  PROP_PROGRESS,
  PROP_MESSAGE,
  N_PROPS,
  PROP_MAIN_CONTEXT
};

enum {
  STARTED,
  FINISHED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];
static guint thread_bit, progress_bit, message_bit, started_bit, finished_bit;
static GMutex words_mutex; /* a leaf */

G_DEFINE_FINAL_TYPE (ThrTask, thr_task, THR_TYPE_FUTURE)

guint
thr_task_started_bits (void)
{
  return started_bit | thread_bit;
}

guint
thr_task_finished_bits (void)
{
  return finished_bit;
}

gboolean
thr_task_is_watched (ThrTask *self)
{
  return g_atomic_int_get ((int *) &G_OBJECT (self)->ref_count) > 1 ||
         g_signal_handler_find (self, G_SIGNAL_MATCH_UNBLOCKED, 0, 0, NULL, NULL, NULL) != 0;
}

struct _ThrTaskWords
{
  char   *message;
  gulong  cancel_id;   /* of the canceller's connection */
};

/* --- Making --- */

static ThrTaskWords *
get_words_unlocked (ThrTask *self)
{
  if (self->words == NULL)
    self->words = g_new0 (ThrTaskWords, 1);

  return self->words;
}

ThrTask *
thr_task_new (ThrPoolCore    *core,
              int             priority,
              GCancellable   *cancellable,
              ThrTaskFunc     func,
              gpointer        user_data,
              GDestroyNotify  notify)
{
  ThrTask *self = g_object_new (THR_TYPE_TASK, NULL);

  self->core = core;
  self->priority = priority;
  self->generation = thr_process_get_generation ();
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->lent = cancellable != NULL;
  self->last.func = func;
  self->user_data = user_data;
  self->notify = notify;

  return g_object_ref (self);
}

void
thr_task_watch (ThrTask      *self,
                GCancellable *cancellable)
{
  gulong id;

  /* Not self->cancellable, which the running work may be making at this moment. */
  if (cancellable == NULL)
    return;

  id = thr_canceller_connect (THR_FUTURE (self), cancellable);

  g_mutex_lock (&words_mutex);
  get_words_unlocked (self)->cancel_id = id;
  g_mutex_unlock (&words_mutex);
}

void
thr_task_set_observed (ThrTask *self)
{
  self->observed = TRUE;
  thr_pool_core_ref (self->core);
  thr_pool_events_task (self->core, self, THR_TASK_SUBMITTED);
}

/* --- The class --- */

/* What GObject's own does here g_object_unref() does once more right afterwards, for
 * those who have connected while the object was disposed: it takes the mutex of all
 * signals for that. Once is enough when the last reference goes; whoever disposes
 * of an object that is held, as g_object_run_dispose() does, gets it all. */
static void
thr_task_dispose (GObject *object)
{
  if (g_atomic_int_get ((int *) &object->ref_count) > 1)
    G_OBJECT_CLASS (thr_task_parent_class)->dispose (object);
}

static void
thr_task_finalize (GObject *object)
{
  ThrTask *self = THR_TASK (object);

  if (self->words != NULL)
    {
      if (self->words->cancel_id != 0)
        g_signal_handler_disconnect (self->cancellable, self->words->cancel_id);
      g_free (self->words->message);
      g_free (self->words);
    }
  g_clear_object (&self->cancellable);
  g_clear_object (&self->thread);
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
    case PROP_MAIN_CONTEXT:
      g_value_take_boxed (value, thr_object_dup_main_context (THR_OBJECT (self)));
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

/* Pools alone make tasks, and each has the home of the submitter. As a property that is
 * set at construction that would be a third of what it costs to make one. */
static void
override_main_context (GObjectClass *object_class)
{
  GParamSpec *pspec = g_object_class_find_property (object_class, "main-context");

  pspec = g_param_spec_override ("main-context", pspec);
  pspec->flags &= ~(G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY);
  g_object_class_install_property (object_class, PROP_MAIN_CONTEXT, pspec);
}

static void
thr_task_class_init (ThrTaskClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  ThrObjectClass *thr_class = THR_OBJECT_CLASS (klass);

  thr_process_add_fork_mutex (&words_mutex);

  object_class->dispose = thr_task_dispose;
  object_class->finalize = thr_task_finalize;
  object_class->get_property = thr_task_get_property;
  object_class->set_property = thr_task_set_property;
  thr_class->sealed = TRUE;
  thr_future_class_set_waits (THR_FUTURE_CLASS (klass), &thr_task_waits);

  install_properties (object_class);
  override_main_context (object_class);

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
  thr_object_set_context (THR_OBJECT (self), NULL);
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
 * answer any more. It is the cancellable that the task was submitted with, or else
 * one of its own, which [method@Thr.Future.cancel] cancels when the work has begun.
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
      thr_task_is_watched (self))
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

  g_mutex_lock (&words_mutex);
  message = self->words != NULL ? g_strdup (self->words->message) : NULL;
  g_mutex_unlock (&words_mutex);

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
  ThrTaskWords *words;
  gboolean changed;

  g_return_if_fail (THR_IS_TASK (self));

  g_mutex_lock (&words_mutex);
  words = get_words_unlocked (self);
  changed = g_strcmp0 (words->message, copy) != 0;
  if (changed)
    {
      char *old = words->message;

      words->message = copy;
      copy = old;
    }
  g_mutex_unlock (&words_mutex);
  g_free (copy);

  if (changed && thr_task_is_watched (self))
    thr_object_post_bits (THR_OBJECT (self), message_bit);
}
