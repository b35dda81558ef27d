/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/thr-pool.h"

#include "base/thr-callable-private.h"
#include "base/thr-i18n-private.h"
#include "base/thr-language-private.h"
#include "base/thr-operation-private.h"
#include "base/thr-process-private.h"
#include "base/thr-wait-graph-private.h"
#include "work/thr-pool-private.h"
#include "work/thr-pool-events-private.h"
#include "work/thr-task-list-private.h"
#include "work/thr-worker-private.h"

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
static guint closed_bit, counts_bits, observed_bit, settings_bits[N_PROPS];
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
  self->core->pool = NULL;
  g_mutex_unlock (&self->core->mutex);
  thr_pool_core_close (self->core, FALSE);
  g_clear_object (&self->tasks);

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
  settings_bits[PROP_IDLE_TIMEOUT] =
    thr_object_class_add_notify (thr_class, properties[PROP_IDLE_TIMEOUT]);
  settings_bits[PROP_MAX_THREADS] =
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

/* Connected handlers turn observation on with the next submission, so that none of
 * its signals is missed. */
gboolean
thr_pool_check_observed (ThrPool *self)
{
  if (__atomic_load_n (&self->core->observed, __ATOMIC_RELAXED))
    return TRUE;

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
  ThrHome *home;
  ThrPoolCore *core;
  gboolean started;

  g_return_val_if_fail (THR_IS_POOL (self), FALSE);

  core = thr_pool_get_core (self);
  home = thr_object_get_home (THR_OBJECT (self));
  if (thr_language_notify_is_js (notify))
    {
      thr_home_throw_notify (home, notify, user_data);
      return thr_language_set_wrong_language_error (error, "thr_pool_set_initializer()");
    }

  g_mutex_lock (&core->mutex);
  started = core->started;
  if (!started)
    {
      ThrThreadFunc old_func = core->initializer;
      GDestroyNotify old_notify = core->initializer_notify;
      gpointer old_data = core->initializer_data;

      core->initializer = func;
      core->initializer_data = user_data;
      core->initializer_notify = notify;
      notify = old_func != NULL ? old_notify : NULL;
      user_data = old_data;
    }
  g_mutex_unlock (&core->mutex);

  /* The one that is not used, whichever it is. */
  thr_home_throw_notify (home, notify, user_data);
  if (started)
    g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_STATE,
                         _("The pool has made threads already"));

  return !started;
}

/**
 * thr_pool_is_closed: (get-property closed)
 * @self: a pool
 *
 * Gets whether the pool has been shut down.
 *
 * Returns: whether it takes no new work
 */
gboolean
thr_pool_is_closed (ThrPool *self)
{
  g_return_val_if_fail (THR_IS_POOL (self), TRUE);

  return __atomic_load_n (&thr_pool_get_core (self)->closed, __ATOMIC_SEQ_CST);
}

/**
 * thr_pool_get_daemon: (get-property daemon)
 * @self: a pool
 *
 * Gets whether the process ends without waiting for the pool's work.
 *
 * Returns: whether the pool is a daemon
 */
gboolean
thr_pool_get_daemon (ThrPool *self)
{
  g_return_val_if_fail (THR_IS_POOL (self), FALSE);

  return self->core->daemon;
}

/**
 * thr_pool_get_idle_timeout: (get-property idle-timeout)
 * @self: a pool
 *
 * Gets how long a thread without work stays.
 *
 * Returns: a time in microseconds, -1 is for ever
 */
gint64
thr_pool_get_idle_timeout (ThrPool *self)
{
  g_return_val_if_fail (THR_IS_POOL (self), -1);

  return __atomic_load_n (&self->core->idle_timeout, __ATOMIC_RELAXED);
}

/**
 * thr_pool_set_idle_timeout: (set-property idle-timeout)
 * @self: a pool
 * @timeout_us: a time in microseconds, -1 is for ever
 *
 * Sets how long a thread without work stays. Threads that are idle already keep the
 * time that they began with.
 */
void
thr_pool_set_idle_timeout (ThrPool *self,
                           gint64   timeout_us)
{
  g_return_if_fail (THR_IS_POOL (self));

  __atomic_store_n (&self->core->idle_timeout, MAX (timeout_us, -1), __ATOMIC_RELAXED);
  thr_object_post_bits (THR_OBJECT (self), settings_bits[PROP_IDLE_TIMEOUT]);
}

/**
 * thr_pool_get_max_threads: (get-property max-threads)
 * @self: a pool
 *
 * Gets how many threads work at the same time at the most.
 *
 * Returns: a number of threads
 */
guint
thr_pool_get_max_threads (ThrPool *self)
{
  g_return_val_if_fail (THR_IS_POOL (self), 0);

  return __atomic_load_n (&self->core->max_threads, __ATOMIC_RELAXED);
}

/**
 * thr_pool_set_max_threads: (set-property max-threads)
 * @self: a pool
 * @max_threads: how many threads work at the same time at the most; 0 is the number
 *   of processors + 4, and at most 32
 *
 * Sets how many threads work at the same time. When there are more already, those
 * that finish a task go to sleep until there are not.
 */
void
thr_pool_set_max_threads (ThrPool *self,
                          guint    max_threads)
{
  ThrPoolCore *core;

  g_return_if_fail (THR_IS_POOL (self));

  if (max_threads == 0)
    max_threads = MIN (g_get_num_processors () + 4, 32);

  core = thr_pool_get_core (self);
  g_mutex_lock (&core->mutex);
  __atomic_store_n (&core->max_threads, MIN (max_threads, G_MAXUINT16), __ATOMIC_SEQ_CST);
  g_mutex_unlock (&core->mutex);
  thr_object_post_bits (THR_OBJECT (self), settings_bits[PROP_MAX_THREADS]);

  /* The one that is woken wakes the next if there is work for it. */
  if (thr_pool_core_has_work (core))
    thr_pool_core_wake (core, NULL);
}

/**
 * thr_pool_get_n_queued: (get-property n-queued)
 * @self: a pool
 *
 * Counts the tasks that wait for a thread. Tasks that were cancelled are counted
 * until a thread comes by them.
 *
 * Returns: a moment's count
 */
guint
thr_pool_get_n_queued (ThrPool *self)
{
  g_return_val_if_fail (THR_IS_POOL (self), 0);

  return thr_pool_core_n_queued (thr_pool_get_core (self));
}

/**
 * thr_pool_get_n_running: (get-property n-running)
 * @self: a pool
 *
 * Counts the threads that are at work, those included that wait for a task.
 *
 * Returns: a moment's count
 */
guint
thr_pool_get_n_running (ThrPool *self)
{
  guint n = 0;

  g_return_val_if_fail (THR_IS_POOL (self), 0);

  for (ThrWorker *worker = __atomic_load_n (&thr_pool_get_core (self)->workers,
                                            __ATOMIC_ACQUIRE);
       worker != NULL; worker = worker->next)
    n += __atomic_load_n (&worker->running, __ATOMIC_RELAXED);

  return n;
}

/**
 * thr_pool_get_n_threads: (get-property n-threads)
 * @self: a pool
 *
 * Counts the pool's threads.
 *
 * Returns: a moment's count
 */
guint
thr_pool_get_n_threads (ThrPool *self)
{
  g_return_val_if_fail (THR_IS_POOL (self), 0);

  return __atomic_load_n (&thr_pool_get_core (self)->n_threads, __ATOMIC_SEQ_CST);
}

/**
 * thr_pool_get_observed: (get-property observed)
 * @self: a pool
 *
 * Gets whether every task is reported to the pool's observers.
 *
 * Returns: whether the pool is observed
 */
gboolean
thr_pool_get_observed (ThrPool *self)
{
  g_return_val_if_fail (THR_IS_POOL (self), FALSE);

  return __atomic_load_n (&self->core->observed, __ATOMIC_RELAXED);
}

/**
 * thr_pool_set_observed: (set-property observed)
 * @self: a pool
 * @observed: whether every task is to be reported to the pool's observers
 *
 * Turns the reporting of tasks on or off, for tasks that are submitted from now on.
 */
void
thr_pool_set_observed (ThrPool  *self,
                       gboolean  observed)
{
  g_return_if_fail (THR_IS_POOL (self));

  observed = !!observed;
  if (__atomic_exchange_n (&self->core->observed, observed, __ATOMIC_ACQ_REL) != observed)
    thr_object_post_bits (THR_OBJECT (self), observed_bit);
}

/**
 * thr_pool_get_stack_size: (get-property stack-size)
 * @self: a pool
 *
 * Gets the size of the threads' stacks.
 *
 * Returns: a number of bytes; 0 is what [func@Thr.get_stack_size] says
 */
gint64
thr_pool_get_stack_size (ThrPool *self)
{
  g_return_val_if_fail (THR_IS_POOL (self), 0);

  return self->core->stack_size;
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

/* --- Shutting down --- */

static void
operation_leave (ThrObject *source,
                 ThrWaiter *waiter)
{
  ThrWaitList *list = &THR_POOL (source)->core->terminated;

  thr_wait_list_lock (list);
  thr_wait_list_remove_unlocked (list, waiter);
  thr_wait_list_unlock (list);
}

static const ThrOperationType shutdown_operation = {
  .give_back = NULL,
  .leave = operation_leave
};

static gboolean
is_own_worker (ThrPoolCore *core)
{
  ThrSelf *me = thr_self_peek ();
  ThrWorker *worker = me != NULL ? me->worker : NULL;

  return worker != NULL && worker->core == core;
}

static void
close_pool (ThrPool  *self,
            gboolean  cancel_pending)
{
  ThrPoolCore *core = thr_pool_get_core (self);

  if (!__atomic_load_n (&core->closed, __ATOMIC_SEQ_CST))
    thr_object_post_bits (THR_OBJECT (self), closed_bit);
  thr_pool_core_close (core, cancel_pending);
}

static gboolean
wait_for_end (ThrPoolCore  *core,
              GError      **error)
{
  ThrPark park = THR_PARK_GRANTED;
  ThrWaiter waiter;
  gboolean waiting;

  thr_waiter_begin (&waiter, NULL);
  thr_wait_list_lock (&core->terminated);
  waiting = !core->is_terminated;
  if (waiting)
    thr_wait_list_push_unlocked (&core->terminated, &waiter);
  thr_wait_list_unlock (&core->terminated);

  if (waiting)
    park = thr_wait_list_park (&core->terminated, &waiter, THR_DEADLINE_NEVER);
  thr_waiter_end (&waiter);

  if (!thr_park_to_error (park, error))
    return FALSE;
  thr_pool_core_join (core);

  return TRUE;
}

/**
 * thr_pool_shutdown:
 * @self: a pool
 * @cancel_pending: whether to cancel the work that nobody has begun, instead of
 *   doing it
 * @wait: whether to block until all work has ended and all threads are gone
 * @error: return location for an error
 *
 * Shuts the pool down: it takes no new work from now on.
 *
 * May be called from any thread and more than once; a later call may still cancel
 * what is pending, and waits for the same end. On the home's own thread the pool's
 * pending signals are delivered before it returns.
 *
 * Waiting in one of the pool's own tasks could never end: it fails with
 * %THR_ERROR_DEADLOCK, and the pool is shut down all the same.
 *
 * Returns: %TRUE on success
 */
gboolean
thr_pool_shutdown (ThrPool   *self,
                   gboolean   cancel_pending,
                   gboolean   wait,
                   GError   **error)
{
  gboolean success = TRUE;

  g_return_val_if_fail (THR_IS_POOL (self), FALSE);

  close_pool (self, cancel_pending);

  if (wait && is_own_worker (self->core))
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_DEADLOCK,
                           _("A task cannot wait for the end of its own pool"));
      return FALSE;
    }
  if (wait)
    success = wait_for_end (self->core, error);

  thr_mailbox_flush (thr_object_get_mailbox (THR_OBJECT (self)));
  thr_home_reap (thr_object_get_home (THR_OBJECT (self)));

  return success;
}

/**
 * thr_pool_shutdown_async:
 * @self: a pool
 * @cancel_pending: whether to cancel the work that nobody has begun, instead of
 *   doing it
 * @cancellable: (nullable): a cancellable, for the waiting only
 * @callback: (scope async) (nullable): called at home when all work has ended
 * @user_data: data for @callback
 *
 * Shuts the pool down and waits for its end without blocking.
 */
void
thr_pool_shutdown_async (ThrPool             *self,
                         gboolean             cancel_pending,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  ThrOperation *operation;
  ThrWaitList *list;
  gboolean joined = FALSE;

  g_return_if_fail (THR_IS_POOL (self));

  close_pool (self, cancel_pending);

  list = &self->core->terminated;
  operation = thr_operation_new (self, &shutdown_operation, cancellable, callback,
                                 user_data);
  thr_wait_list_lock (list);
  if (!self->core->is_terminated)
    joined = thr_operation_join_unlocked (operation, list);
  thr_wait_list_unlock (list);

  if (!joined)
    thr_operation_settle (operation, NULL);
}

/**
 * thr_pool_shutdown_finish:
 * @self: a pool
 * @result: what the callback got
 * @error: return location for an error
 *
 * Ends a wait that [method@Thr.Pool.shutdown_async] began. No thread of the pool is
 * left when it succeeds.
 *
 * Fails with %G_IO_ERROR_CANCELLED when the wait was cancelled, and with
 * %THR_ERROR_INVALID_STATE the second time.
 *
 * Returns: %TRUE when all work has ended
 */
gboolean
thr_pool_shutdown_finish (ThrPool       *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (THR_IS_POOL (self), FALSE);

  if (!thr_operation_finish (self, &shutdown_operation, result, error))
    return FALSE;

  /* They have left the pool and are about to end: nothing to wait for but the
   * kernel. */
  thr_pool_core_join (self->core);
  return TRUE;
}
