/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/thr-pool.h"

#include "base/thr-i18n-private.h"
#include "base/thr-language-private.h"
#include "work/thr-pool-close-private.h"
#include "work/thr-pool-private.h"
#include "work/thr-pool-events-private.h"
#include "work/thr-task-list-private.h"

/**
 * ThrPool:
 *
 * Threads that wait for work.
 *
 * Work comes in with [method@Thr.Pool.submit], which gives a [class@Thr.Task], the
 * future of the answer. Threads are made when there is work for them, are used again
 * and again, and end after having been idle for [property@Thr.Pool:idle-timeout].
 *
 * A task may wait for other tasks of its own pool. They never starve: the worker
 * runs the task that it waits for itself, or the pool lets another worker take its
 * place. So [property@Thr.Pool:max-threads] bounds the threads that work at the same
 * time, not those that wait for tasks.
 *
 * Dropping the last reference is the same as shutting the pool down without waiting:
 * what was submitted is still done.
 *
 * *Thread safety*: all functions may be called from any thread.
 *
 * *Blocking*: only [method@Thr.Pool.shutdown] blocks, when it is asked to wait.
 *
 * ```c
 * g_autoptr (ThrPool) pool = thr_pool_new (0);
 * g_autoptr (ThrTask) task = thr_pool_submit (pool, square, GINT_TO_POINTER (5), NULL);
 * g_autoptr (GError) error = NULL;
 *
 * if (!thr_future_wait (THR_FUTURE (task), -1, NULL, &error))
 *   g_error ("%s", error->message);
 * ```
 */

struct _ThrPool
{
  ThrObject    parent_instance;

  /* Constant after construction. */
  ThrPoolCore *core;

  /* While it is constructed. */
  guint        max_threads;
  gboolean     daemon;
  gint64       stack_size;

  /* Home only. */
  ThrTaskList *tasks;
};

enum {
  PROP_0,
  PROP_CLOSED,
  PROP_DAEMON,
  PROP_IDLE_TIMEOUT,
  PROP_MAX_THREADS,
  PROP_N_QUEUED,
  PROP_N_RUNNING,
  PROP_N_THREADS,
  PROP_OBSERVED,
  PROP_STACK_SIZE,
  PROP_TASKS,
  N_PROPS
};

enum {
  STARTED,
  FINISHED,
  TASK_STARTED,
  TASK_FINISHED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];
static guint closed_bit, counts_bits, observed_bit, idle_timeout_bit, max_threads_bit;
static guint started_bit, finished_bit;

static void name_changed (ThrObject *object);

G_DEFINE_FINAL_TYPE (ThrPool, thr_pool, THR_TYPE_OBJECT)

static void
thr_pool_constructed (GObject *object)
{
  ThrPool *self = THR_POOL (object);

  self->core = thr_pool_core_new (self, self->max_threads, self->daemon,
                                  self->stack_size);
  name_changed (THR_OBJECT (self));

  G_OBJECT_CLASS (thr_pool_parent_class)->constructed (object);
}

static void
thr_pool_dispose (GObject *object)
{
  ThrPool *self = THR_POOL (object);

  thr_pool_core_check (self->core);
  g_mutex_lock (&self->core->mutex);
  __atomic_store_n (&self->core->pool, NULL, __ATOMIC_RELAXED);
  g_mutex_unlock (&self->core->mutex);
  thr_pool_core_close (self->core, THR_CLOSING_FINISH);
  /* Any thread may drop the last reference; the model is the home's. */
  thr_home_throw_object (self->core->home, g_steal_pointer (&self->tasks));

  G_OBJECT_CLASS (thr_pool_parent_class)->dispose (object);
}

static void
thr_pool_finalize (GObject *object)
{
  thr_pool_core_unref (THR_POOL (object)->core);

  G_OBJECT_CLASS (thr_pool_parent_class)->finalize (object);
}

static void
thr_pool_get_property (GObject    *object,
                       guint       prop_id,
                       GValue     *value,
                       GParamSpec *pspec)
{
  ThrPool *self = THR_POOL (object);

  switch (prop_id)
    {
    case PROP_CLOSED:
      g_value_set_boolean (value, thr_pool_is_closed (self));
      break;
    case PROP_DAEMON:
      g_value_set_boolean (value, thr_pool_get_daemon (self));
      break;
    case PROP_IDLE_TIMEOUT:
      g_value_set_int64 (value, thr_pool_get_idle_timeout (self));
      break;
    case PROP_MAX_THREADS:
      g_value_set_uint (value, thr_pool_get_max_threads (self));
      break;
    case PROP_N_QUEUED:
      g_value_set_uint (value, thr_pool_get_n_queued (self));
      break;
    case PROP_N_RUNNING:
      g_value_set_uint (value, thr_pool_get_n_running (self));
      break;
    case PROP_N_THREADS:
      g_value_set_uint (value, thr_pool_get_n_threads (self));
      break;
    case PROP_OBSERVED:
      g_value_set_boolean (value, thr_pool_get_observed (self));
      break;
    case PROP_STACK_SIZE:
      g_value_set_int64 (value, thr_pool_get_stack_size (self));
      break;
    case PROP_TASKS:
      g_value_set_object (value, thr_pool_get_tasks (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
thr_pool_set_property (GObject      *object,
                       guint         prop_id,
                       const GValue *value,
                       GParamSpec   *pspec)
{
  ThrPool *self = THR_POOL (object);

  switch (prop_id)
    {
    case PROP_DAEMON:
      self->daemon = g_value_get_boolean (value);
      break;
    case PROP_IDLE_TIMEOUT:
      thr_pool_set_idle_timeout (self, g_value_get_int64 (value));
      break;
    case PROP_MAX_THREADS:
      if (self->core == NULL)
        self->max_threads = g_value_get_uint (value);
      else
        thr_pool_set_max_threads (self, g_value_get_uint (value));
      break;
    case PROP_OBSERVED:
      thr_pool_set_observed (self, g_value_get_boolean (value));
      break;
    case PROP_STACK_SIZE:
      self->stack_size = g_value_get_int64 (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

#define READABLE (G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS)
#define WRITABLE (READABLE | G_PARAM_WRITABLE)

static void
install_settings (GObjectClass *object_class)
{
  /**
   * ThrPool:daemon: (getter get_daemon)
   *
   * Whether the process ends without waiting for the pool's work.
   *
   * At the end of the process the queued work of a daemon pool is cancelled, that of
   * others is done.
   */
  properties[PROP_DAEMON] =
    g_param_spec_boolean ("daemon", NULL, NULL, FALSE,
                          WRITABLE | G_PARAM_CONSTRUCT_ONLY);

  /**
   * ThrPool:idle-timeout: (getter get_idle_timeout) (setter set_idle_timeout)
   *
   * How long a thread without work stays, in microseconds; -1 is for ever. It is 30
   * seconds at first.
   */
  properties[PROP_IDLE_TIMEOUT] =
    g_param_spec_int64 ("idle-timeout", NULL, NULL, -1, G_MAXINT64,
                        30 * G_TIME_SPAN_SECOND, WRITABLE);

  /**
   * ThrPool:max-threads: (getter get_max_threads) (setter set_max_threads)
   *
   * How many threads work at the same time at the most.
   *
   * Threads that wait for tasks of the pool are not counted. 0, when the pool is
   * made, is the number of processors + 4, and at most 32.
   */
  properties[PROP_MAX_THREADS] =
    g_param_spec_uint ("max-threads", NULL, NULL, 0, G_MAXUINT16, 0,
                       WRITABLE | G_PARAM_CONSTRUCT);

  /**
   * ThrPool:observed: (getter get_observed) (setter set_observed)
   *
   * Whether every task is reported to the pool's observers.
   *
   * Connecting to [signal@Thr.Pool::task-started] or
   * [signal@Thr.Pool::task-finished] before a task is submitted, or asking for
   * [property@Thr.Pool:tasks], turns it on; a pool that nobody observes saves the
   * cost.
   */
  properties[PROP_OBSERVED] =
    g_param_spec_boolean ("observed", NULL, NULL, FALSE, WRITABLE);

  /**
   * ThrPool:stack-size: (getter get_stack_size)
   *
   * The size of the threads' stacks in bytes; 0 is what [func@Thr.get_stack_size]
   * says when a thread is made.
   */
  properties[PROP_STACK_SIZE] =
    g_param_spec_int64 ("stack-size", NULL, NULL, 0, G_MAXINT64, 0,
                        WRITABLE | G_PARAM_CONSTRUCT_ONLY);
}

static void
install_readings (GObjectClass *object_class)
{
  /**
   * ThrPool:closed: (getter is_closed)
   *
   * Whether the pool has been shut down and takes no new work.
   */
  properties[PROP_CLOSED] =
    g_param_spec_boolean ("closed", NULL, NULL, FALSE, READABLE);

  /**
   * ThrPool:n-queued: (getter get_n_queued)
   *
   * How many tasks wait for a thread; a moment's count. Notified only while the pool
   * is observed.
   */
  properties[PROP_N_QUEUED] =
    g_param_spec_uint ("n-queued", NULL, NULL, 0, G_MAXUINT, 0, READABLE);

  /**
   * ThrPool:n-running: (getter get_n_running)
   *
   * How many threads are at work; a moment's count. Notified only while the pool is
   * observed.
   */
  properties[PROP_N_RUNNING] =
    g_param_spec_uint ("n-running", NULL, NULL, 0, G_MAXUINT, 0, READABLE);

  /**
   * ThrPool:n-threads: (getter get_n_threads)
   *
   * How many threads the pool has; a moment's count. Notified only while the pool is
   * observed.
   */
  properties[PROP_N_THREADS] =
    g_param_spec_uint ("n-threads", NULL, NULL, 0, G_MAXUINT, 0, READABLE);

  /**
   * ThrPool:tasks: (getter get_tasks)
   *
   * The tasks that have not ended, as a list model that changes at home only.
   */
  properties[PROP_TASKS] =
    g_param_spec_object ("tasks", NULL, NULL, G_TYPE_LIST_MODEL,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}

static void
install_signals (ThrPoolClass *klass)
{
  /**
   * ThrPool::started:
   * @self: the pool
   *
   * Emitted at home when the pool has made its first thread.
   */
  signals[STARTED] =
    g_signal_new ("started", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * ThrPool::finished:
   * @self: the pool
   *
   * Emitted at home when the pool has been shut down and its work has ended.
   */
  signals[FINISHED] =
    g_signal_new ("finished", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * ThrPool::task-started:
   * @self: the pool
   * @task: the task
   *
   * Emitted at home when a task has begun. See [property@Thr.Pool:observed].
   */
  signals[TASK_STARTED] =
    g_signal_new ("task-started", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 1, THR_TYPE_TASK);

  /**
   * ThrPool::task-finished:
   * @self: the pool
   * @task: the task
   *
   * Emitted at home when a task has ended in whatever way, or will never begin. See
   * [property@Thr.Pool:observed].
   */
  signals[TASK_FINISHED] =
    g_signal_new ("task-finished", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 1, THR_TYPE_TASK);
}

static void
thr_pool_class_init (ThrPoolClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  ThrObjectClass *thr_class = THR_OBJECT_CLASS (klass);

  object_class->constructed = thr_pool_constructed;
  object_class->dispose = thr_pool_dispose;
  object_class->finalize = thr_pool_finalize;
  object_class->get_property = thr_pool_get_property;
  object_class->set_property = thr_pool_set_property;
  thr_class->name_changed = name_changed;

  install_settings (object_class);
  install_readings (object_class);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  install_signals (klass);

  closed_bit = thr_object_class_add_notify (thr_class, properties[PROP_CLOSED]);
  observed_bit = thr_object_class_add_notify (thr_class, properties[PROP_OBSERVED]);
  idle_timeout_bit =
    thr_object_class_add_notify (thr_class, properties[PROP_IDLE_TIMEOUT]);
  max_threads_bit =
    thr_object_class_add_notify (thr_class, properties[PROP_MAX_THREADS]);
  counts_bits = thr_object_class_add_notify (thr_class, properties[PROP_N_QUEUED]) |
                thr_object_class_add_notify (thr_class, properties[PROP_N_RUNNING]) |
                thr_object_class_add_notify (thr_class, properties[PROP_N_THREADS]);
  started_bit = thr_object_class_add_signal (thr_class, signals[STARTED],
                                             THR_RANK_STARTED);
  finished_bit = thr_object_class_add_signal (thr_class, signals[FINISHED],
                                              THR_RANK_SIGNAL);
}

static void
thr_pool_init (ThrPool *self)
{
}

/* The threads of the pool are called after it. */
static void
name_changed (ThrObject *object)
{
  ThrPool *self = THR_POOL (object);
  char *name, *old;

  if (self->core == NULL)
    return;

  name = thr_object_dup_name (object);
  g_mutex_lock (&self->core->mutex);
  old = self->core->name;
  self->core->name = name;
  g_mutex_unlock (&self->core->mutex);
  g_free (old);
}

/* --- What the events need --- */

guint
thr_pool_started_bits (void)
{
  return started_bit | counts_bits;
}

guint
thr_pool_finished_bits (void)
{
  return finished_bit | counts_bits;
}

guint
thr_pool_counts_bits (void)
{
  return counts_bits;
}

guint
thr_pool_closed_bits (void)
{
  return closed_bit;
}

guint
thr_pool_observed_bits (void)
{
  return observed_bit;
}

guint
thr_pool_idle_timeout_bits (void)
{
  return idle_timeout_bit;
}

guint
thr_pool_max_threads_bits (void)
{
  return max_threads_bit;
}

void
thr_pool_hear (ThrPool      *self,
               ThrTask      *task,
               ThrTaskEvent  event)
{
  switch (event)
    {
    case THR_TASK_SUBMITTED:
      if (self->tasks != NULL)
        thr_task_list_add (self->tasks, task);
      break;
    case THR_TASK_STARTED:
      g_signal_emit (self, signals[TASK_STARTED], 0, task);
      break;
    case THR_TASK_FINISHED:
      if (self->tasks != NULL)
        thr_task_list_remove (self->tasks, task);
      g_signal_emit (self, signals[TASK_FINISHED], 0, task);
      break;
    default:
      g_assert_not_reached ();
    }
}

/* Whether anything would be called for an event of a task. */
gboolean
thr_pool_is_heard (ThrPool *self)
{
  return g_signal_handler_find (self, G_SIGNAL_MATCH_UNBLOCKED, 0, 0, NULL, NULL,
                                NULL) != 0 ||
         (self->tasks != NULL &&
          g_signal_handler_find (self->tasks, G_SIGNAL_MATCH_UNBLOCKED, 0, 0, NULL, NULL,
                                 NULL) != 0);
}

gboolean
thr_pool_has_handler (ThrPool *self)
{
  return g_signal_handler_find (self, G_SIGNAL_MATCH_UNBLOCKED, 0, 0, NULL, NULL, NULL) != 0;
}

void
thr_pool_post_bits (ThrPool *self,
                    guint    bits)
{
  if (thr_pool_has_handler (self))
    thr_object_post_bits (THR_OBJECT (self), bits);
}

/* Connected handlers turn observation on with the next submission, so that none of
 * its signals is missed. */
gboolean
thr_pool_check_observed (ThrPool *self)
{
  if (__atomic_load_n (&self->core->observed, __ATOMIC_RELAXED))
    return TRUE;

  /* One look for the usual case of no handler at all. */
  if (!thr_pool_has_handler (self))
    return FALSE;
  if (!g_signal_has_handler_pending (self, signals[TASK_STARTED], 0, TRUE) &&
      !g_signal_has_handler_pending (self, signals[TASK_FINISHED], 0, TRUE))
    return FALSE;

  thr_pool_set_observed (self, TRUE);
  return TRUE;
}

ThrPoolCore *
thr_pool_get_core (ThrPool *self)
{
  thr_pool_core_check (self->core);
  return self->core;
}

/**
 * thr_pool_new:
 * @max_threads: how many threads work at the same time at the most; 0 is the number
 *   of processors + 4, and at most 32
 *
 * Makes a pool. Threads are made later, when there is work.
 *
 * Returns: (transfer full): a new pool
 */
ThrPool *
thr_pool_new (guint max_threads)
{
  return g_object_new (THR_TYPE_POOL, "max-threads", MIN (max_threads, G_MAXUINT16),
                       NULL);
}

/**
 * thr_pool_get_default:
 *
 * Gets a pool that all parts of a program share. It lives as long as the process,
 * and its home is the default main context. It is not a daemon: what is submitted to
 * it is done before the process ends.
 *
 * Returns: (transfer none): the pool
 */
ThrPool *
thr_pool_get_default (void)
{
  static gsize once;

  if (g_once_init_enter (&once))
    {
      ThrPool *pool = g_object_new (THR_TYPE_POOL,
                                    "main-context", g_main_context_default (),
                                    "name", "default", NULL);

      g_once_init_leave (&once, (gsize) pool);
    }

  return (ThrPool *) once;
}

/* Sets @hook to @new, unless a thread may have called it. What is not used, whichever it
 * is, is freed at home. */
static gboolean
set_hook (ThrPool            *self,
          ThrPoolHook        *hook,
          const ThrPoolHook  *new,
          const char         *function,
          GError            **error)
{
  ThrHome *home = thr_object_get_home (THR_OBJECT (self));
  ThrPoolCore *core = self->core;
  ThrPoolHook unused = *new;
  gboolean started;

  if (thr_language_notify_is_js (new->notify))
    {
      thr_home_throw_notify (home, new->notify, new->data);
      return thr_language_set_wrong_language_error (error, function);
    }

  g_mutex_lock (&core->mutex);
  started = core->started;
  if (!started)
    {
      unused = *hook;
      *hook = *new;
    }
  g_mutex_unlock (&core->mutex);

  thr_home_throw_notify (home, unused.notify, unused.data);
  if (started)
    g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_STATE,
                         _("The pool has already started threads"));

  return !started;
}

/**
 * thr_pool_set_initializer:
 * @self: a pool
 * @func: (scope notified) (nullable) (closure user_data) (destroy notify): called in each new thread before its first task
 * @user_data: data for @func
 * @notify: frees @user_data, at home
 * @error: return location for an error
 *
 * Sets what prepares a thread for its work.
 *
 * When it fails the pool is broken: all pending and later tasks fail with
 * %THR_ERROR_BROKEN. Fails with %THR_ERROR_INVALID_STATE once the pool has made a
 * thread, and with %THR_ERROR_WRONG_LANGUAGE for a JavaScript function.
 *
 * Returns: %TRUE when the initializer was set
 */
gboolean
thr_pool_set_initializer (ThrPool        *self,
                          ThrThreadFunc   func,
                          gpointer        user_data,
                          GDestroyNotify  notify,
                          GError        **error)
{
  const ThrPoolHook hook = { func, user_data, notify };

  g_return_val_if_fail (THR_IS_POOL (self), FALSE);

  return set_hook (self, &thr_pool_get_core (self)->initializer, &hook,
                   "thr_pool_set_initializer()", error);
}

/**
 * thr_pool_set_finalizer:
 * @self: a pool
 * @func: (scope notified) (nullable) (closure user_data) (destroy notify): called in each thread after its last task
 * @user_data: data for @func
 * @notify: frees @user_data, at home
 * @error: return location for an error
 *
 * Sets what a thread does at its end, when it has been idle for too long or the pool is
 * shut down: the place to undo what the initializer did for the thread.
 *
 * It is called in the thread itself, which the pool does not count any more. A thread
 * whose initializer failed does not call it, and neither does one of a daemon pool once
 * the process is ending. An error of it goes to the error hook.
 * [method@Thr.Pool.shutdown] returns after it when it waits for the end.
 *
 * Fails with %THR_ERROR_INVALID_STATE once the pool has made a thread, and with
 * %THR_ERROR_WRONG_LANGUAGE for a JavaScript function.
 *
 * Returns: %TRUE when the finalizer was set
 */
gboolean
thr_pool_set_finalizer (ThrPool         *self,
                        ThrThreadFunc    func,
                        gpointer         user_data,
                        GDestroyNotify   notify,
                        GError         **error)
{
  const ThrPoolHook hook = { func, user_data, notify };

  g_return_val_if_fail (THR_IS_POOL (self), FALSE);

  return set_hook (self, &thr_pool_get_core (self)->finalizer, &hook,
                   "thr_pool_set_finalizer()", error);
}

/**
 * thr_pool_get_tasks: (get-property tasks)
 * @self: a pool
 *
 * Gets the tasks that have not ended, in the order of their submission.
 *
 * The model begins with what is submitted after the first call, which turns
 * [property@Thr.Pool:observed] on, and changes at the pool's home only. For the
 * home's thread.
 *
 * Returns: (transfer none): a list model of [class@Thr.Task]
 */
GListModel *
thr_pool_get_tasks (ThrPool *self)
{
  g_return_val_if_fail (THR_IS_POOL (self), NULL);

  if (self->tasks == NULL)
    self->tasks = thr_task_list_new ();
  thr_pool_set_observed (self, TRUE);

  return G_LIST_MODEL (self->tasks);
}
