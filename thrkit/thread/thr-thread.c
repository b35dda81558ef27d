/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "thread/thr-thread.h"

#include "base/thr-callable-private.h"
#include "base/thr-process-private.h"
#include "thread/thr-thread-current-private.h"
#include "thread/thr-thread-registry-private.h"
#include "thread/thr-thread-run-private.h"

/**
 * ThrThread:
 *
 * A thread of the process, as an object.
 *
 * It runs a function, a [iface@Thr.Callable], or the `run` of a class derived from
 * this one. Nothing runs before [method@Thr.Thread.start], and a thread runs once.
 * It keeps itself alive while it runs.
 *
 * The process ends when the main thread returns or somebody calls `exit()`; it
 * then waits for all threads that are not daemons. `_exit()` and fatal signals
 * wait for nothing. Python ends the threads that run its code when the
 * interpreter goes, so without the override these are daemons in effect.
 *
 * A thread that fails keeps its error, emits [signal@Thr.Thread::failed] at home,
 * and hands the error to the hook of [func@Thr.set_error_hook], which prints it.
 *
 * ```c
 * static gboolean
 * hello (ThrThread  *thread,
 *        gpointer    user_data,
 *        GError    **error)
 * {
 *   g_print ("Hello from a thread\n");
 *   return TRUE;
 * }
 *
 * int
 * main (void)
 * {
 *   g_autoptr (GError) error = NULL;
 *   g_autoptr (ThrThread) thread = thr_thread_new ("hello", hello, NULL, NULL);
 *
 *   if (!thr_thread_start (thread, &error) || !thr_thread_join (thread, &error))
 *     g_error ("%s", error->message);
 *   return 0;
 * }
 * ```
 *
 * *Thread safety*: all functions may be called from any thread. Signals and
 * notifications are emitted at the home alone, see [class@Thr.Object].
 *
 * *Blocking*: the joins, and shortly [method@Thr.Thread.get_native_id].
 */

/**
 * ThrThreadFunc:
 * @thread: the thread that runs the function
 * @user_data: the data given with the function
 * @error: return location for an error
 *
 * The body of a thread.
 *
 * It runs on the new thread, with no lock of the library held, and may block.
 * Returning %FALSE makes the thread end as failed: the error is kept in
 * [property@Thr.Thread:error] and goes to the error hook; %FALSE with no @error
 * set becomes %THR_ERROR_NO_RESULT.
 *
 * A JavaScript function cannot be given here: GJS allows JavaScript on its own
 * thread only.
 *
 * Returns: %TRUE when the thread succeeded, %FALSE when it failed
 */

enum {
  PROP_0,
  PROP_IDENT,
  PROP_NATIVE_ID,
  PROP_DAEMON,
  PROP_ALIVE,
  PROP_STATE,
  PROP_STACK_SIZE,
  PROP_CANCELLABLE,
  PROP_ERROR,
  PROP_TARGET,
  N_PROPS
};

enum {
  SIGNAL_STARTED,
  SIGNAL_FINISHED,
  SIGNAL_FAILED,
  N_SIGNALS
};

typedef struct
{
  ThrLetter  letter;
  GError    *error;
} FailedLetter;

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

/* What is posted when a thread begins, changes and ends. */
static guint started_bits;
static guint ended_bits;
static guint finished_bit;
static guint daemon_bit;
static guint stack_size_bit;

/* The name of the thread that is being made by the calling thread. It is set in
 * the object's init, where nobody can be told of it: a name that is set later is
 * news, which would hold the object until its home has delivered it. */
static __thread const char *name_to_be;

static int n_names; /* atomic: the N of Thread-N */

G_DEFINE_TYPE_WITH_PRIVATE (ThrThread, thr_thread, THR_TYPE_OBJECT)

ThrThreadPrivate *
thr_thread_get_private (ThrThread *self)
{
  return thr_thread_get_instance_private (self);
}

gboolean
thr_thread_is_forked_away (ThrThread *self)
{
  ThrThreadPrivate *priv = thr_thread_get_private (self);

  return __atomic_load_n (&priv->state, __ATOMIC_ACQUIRE) != THR_THREAD_STATE_NEW &&
         __atomic_load_n (&priv->generation, __ATOMIC_RELAXED) !=
         thr_process_get_generation ();
}

static void
set_default_name (ThrThread *self)
{
  g_autofree char *name = g_strdup_printf ("Thread-%d", g_atomic_int_add (&n_names, 1) + 1);

  thr_object_set_name (THR_OBJECT (self), name);
}

static void
thr_thread_name_changed (ThrObject *object)
{
  ThrThread *self = THR_THREAD (object);
  g_autofree char *name = thr_object_dup_name (object);

  if (name == NULL || name[0] == '\0')
    set_default_name (self);
  else
    thr_thread_show_name (self);
}

/* --- Posting --- */

/* Nobody can know a worker that was never handed out, so nobody can listen. */
static gboolean
is_silent (ThrThreadPrivate *priv)
{
  return priv->kind == THR_THREAD_WORKER &&
         !__atomic_load_n (&priv->observed, __ATOMIC_ACQUIRE);
}

void
thr_thread_set_observed (ThrThread *self)
{
  ThrThreadPrivate *priv = thr_thread_get_private (self);

  if (priv->kind == THR_THREAD_WORKER)
    __atomic_store_n (&priv->observed, TRUE, __ATOMIC_RELEASE);
}

void
thr_thread_post_daemon (ThrThread *self)
{
  thr_object_post_bits (THR_OBJECT (self), daemon_bit);
}

void
thr_thread_post_stack_size (ThrThread *self)
{
  thr_object_post_bits (THR_OBJECT (self), stack_size_bit);
}

void
thr_thread_post_started (ThrThread *self)
{
  if (!is_silent (thr_thread_get_private (self)))
    thr_object_post_bits (THR_OBJECT (self), started_bits);
}

static void
failed_letter_discard (ThrLetter *letter,
                       GObject   *object)
{
  FailedLetter *self = (FailedLetter *) letter;

  g_error_free (self->error);
  g_free (self);
}

static void
failed_letter_deliver (ThrLetter *letter,
                       GObject   *object)
{
  g_signal_emit (object, signals[SIGNAL_FAILED], 0, ((FailedLetter *) letter)->error);
  failed_letter_discard (letter, object);
}

static void
post_failed (ThrThread    *self,
             const GError *error)
{
  FailedLetter *letter = g_new0 (FailedLetter, 1);

  letter->letter.rank = THR_RANK_SIGNAL;
  letter->letter.signal_id = signals[SIGNAL_FAILED];
  letter->letter.deliver = failed_letter_deliver;
  letter->letter.discard = failed_letter_discard;
  letter->error = g_error_copy (error);
  thr_mailbox_post (thr_object_get_mailbox (THR_OBJECT (self)), &letter->letter);
}

void
thr_thread_post_ended (ThrThread    *self,
                       const GError *error)
{
  if (is_silent (thr_thread_get_private (self)))
    return;

  thr_object_post_bits (THR_OBJECT (self),
                        error != NULL ? ended_bits : ended_bits | finished_bit);
  if (error != NULL)
    post_failed (self, error);
}

/* --- The class --- */

static void
free_value (gpointer data)
{
  GValue *value = data;

  g_value_unset (value);
  g_free (value);
}

/* Nobody asked for the result; what it holds may be a binding's, so it is freed
 * at home. */
static void
throw_value (ThrThread *self,
             GValue    *value)
{
  if (G_IS_VALUE (value))
    thr_mailbox_throw_notify (thr_object_get_mailbox (THR_OBJECT (self)), free_value,
                              g_memdup2 (value, sizeof *value));
}

static gboolean
thr_thread_real_run (ThrThread  *self,
                     GError    **error)
{
  ThrThreadPrivate *priv = thr_thread_get_private (self);
  GValue result = G_VALUE_INIT;

  if (priv->func != NULL)
    return priv->func (self, priv->user_data, error);
  if (priv->callable == NULL)
    return TRUE;
  if (!thr_callable_run (priv->callable, &result, thr_thread_get_cancellable (self), error))
    return FALSE;

  throw_value (self, &result);
  return TRUE;
}

static void
thr_thread_finalize (GObject *object)
{
  ThrThread *self = THR_THREAD (object);
  ThrThreadPrivate *priv = thr_thread_get_private (self);
  ThrHome *home = thr_object_get_home (THR_OBJECT (self));

  if (!thr_thread_is_forked_away (self))
    {
      thr_thread_detach_os (self);
      g_mutex_clear (&priv->name_mutex);
      thr_wait_list_clear (&priv->waiters);
    }

  /* Never started. A worker's data is its pool's. */
  if (priv->body == NULL)
    thr_home_throw_notify (home, priv->notify, priv->user_data);
  thr_home_throw_object (home, priv->callable);
  g_clear_error (&priv->error);
  g_clear_object (&priv->cancellable);

  G_OBJECT_CLASS (thr_thread_parent_class)->finalize (object);
}

static void
thr_thread_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  ThrThread *self = THR_THREAD (object);

  switch (prop_id)
    {
    case PROP_IDENT:
      g_value_set_uint64 (value, thr_thread_get_ident (self));
      break;
    case PROP_NATIVE_ID:
      g_value_set_int64 (value, thr_thread_get_native_id (self));
      break;
    case PROP_DAEMON:
      g_value_set_boolean (value, thr_thread_get_daemon (self));
      break;
    case PROP_ALIVE:
      g_value_set_boolean (value, thr_thread_is_alive (self));
      break;
    case PROP_STATE:
      g_value_set_enum (value, thr_thread_get_state (self));
      break;
    case PROP_STACK_SIZE:
      g_value_set_int64 (value, thr_thread_get_stack_size (self));
      break;
    case PROP_CANCELLABLE:
      g_value_set_object (value, thr_thread_get_cancellable (self));
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, thr_thread_get_error (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

/* A property cannot return an error, so a refused change is told in a warning; the
 * methods of the same names return it. */
static void
thr_thread_set_property (GObject      *object,
                         guint         prop_id,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  ThrThread *self = THR_THREAD (object);
  g_autoptr (GError) error = NULL;

  switch (prop_id)
    {
    case PROP_DAEMON:
      thr_thread_set_daemon (self, g_value_get_boolean (value), &error);
      break;
    case PROP_STACK_SIZE:
      thr_thread_set_stack_size (self, g_value_get_int64 (value), &error);
      break;
    case PROP_TARGET:
      thr_thread_get_private (self)->callable = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }

  if (error != NULL)
    g_warning ("%s:%s is not changed: %s", G_OBJECT_TYPE_NAME (self), pspec->name,
               error->message);
}

#define READABLE (G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS)
#define WRITABLE (READABLE | G_PARAM_WRITABLE)

static void
make_state_properties (void)
{
  /**
   * ThrThread:ident: (getter get_ident)
   *
   * The thread's number in this process, 0 before the start.
   *
   * The number is kept after the end, but another thread may get the same one
   * then.
   */
  properties[PROP_IDENT] =
    g_param_spec_uint64 ("ident", NULL, NULL, 0, G_MAXUINT64, 0, READABLE);

  /**
   * ThrThread:native-id: (getter get_native_id)
   *
   * The number by which the kernel knows the thread, 0 before the start.
   */
  properties[PROP_NATIVE_ID] =
    g_param_spec_int64 ("native-id", NULL, NULL, 0, G_MAXINT64, 0, READABLE);

  /**
   * ThrThread:alive: (getter is_alive)
   *
   * Whether the thread was started and has not ended.
   */
  properties[PROP_ALIVE] =
    g_param_spec_boolean ("alive", NULL, NULL, FALSE, READABLE);

  /**
   * ThrThread:state: (getter get_state)
   *
   * Where the thread is in its life.
   */
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, THR_TYPE_THREAD_STATE,
                       THR_THREAD_STATE_NEW, READABLE);

  /**
   * ThrThread:cancellable: (getter get_cancellable)
   *
   * What [method@Thr.Thread.cancel] cancels.
   */
  properties[PROP_CANCELLABLE] =
    g_param_spec_object ("cancellable", NULL, NULL, G_TYPE_CANCELLABLE, READABLE);

  /**
   * ThrThread:error: (getter get_error)
   *
   * Why the thread failed.
   */
  properties[PROP_ERROR] =
    g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, READABLE);
}

static void
make_wish_properties (void)
{
  /**
   * ThrThread:daemon: (getter get_daemon)
   *
   * Whether the process may end before the thread does.
   *
   * The default is what the thread is that makes the object; a foreign thread
   * counts as a daemon. It can be set until the thread is started. After that a
   * change is refused with a warning; [method@Thr.Thread.set_daemon] returns the
   * error.
   */
  properties[PROP_DAEMON] =
    g_param_spec_boolean ("daemon", NULL, NULL, FALSE, WRITABLE);

  /**
   * ThrThread:stack-size: (getter get_stack_size)
   *
   * The size of the thread's stack in bytes: at least 32768, or 0 for the one of
   * [func@Thr.set_stack_size] at the time of the start.
   *
   * It can be set until the thread is started. A change that is not possible is
   * refused with a warning; [method@Thr.Thread.set_stack_size] returns the error.
   */
  properties[PROP_STACK_SIZE] =
    g_param_spec_int64 ("stack-size", NULL, NULL, 0, G_MAXINT64, 0, WRITABLE);

  /**
   * ThrThread:target:
   *
   * What the thread runs when its class has no `run` of its own.
   *
   * It is dropped, at home, when it has run, so it cannot be read.
   */
  properties[PROP_TARGET] =
    g_param_spec_object ("target", NULL, NULL, THR_TYPE_CALLABLE,
                         G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY |
                         G_PARAM_STATIC_STRINGS);
}

static void
install_signals (GType type)
{
  /**
   * ThrThread::started:
   * @self: the thread
   *
   * Emitted at home when the thread has begun to run.
   */
  signals[SIGNAL_STARTED] =
    g_signal_new ("started", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);

  /**
   * ThrThread::finished:
   * @self: the thread
   *
   * Emitted at home when the thread has ended with success, or silently by its own
   * wish. Exactly one of this and [signal@Thr.Thread::failed] is emitted.
   */
  signals[SIGNAL_FINISHED] =
    g_signal_new ("finished", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);

  /**
   * ThrThread::failed:
   * @self: the thread
   * @error: why
   *
   * Emitted at home when the thread has ended with an error.
   */
  signals[SIGNAL_FAILED] =
    g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_ERROR | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
register_bits (ThrObjectClass *klass)
{
  guint life = thr_object_class_add_notify (klass, properties[PROP_ALIVE]) |
               thr_object_class_add_notify (klass, properties[PROP_STATE]);

  started_bits = life |
                 thr_object_class_add_notify (klass, properties[PROP_IDENT]) |
                 thr_object_class_add_notify (klass, properties[PROP_NATIVE_ID]) |
                 thr_object_class_add_signal (klass, signals[SIGNAL_STARTED],
                                              THR_RANK_STARTED);
  ended_bits = life | thr_object_class_add_notify (klass, properties[PROP_ERROR]);
  finished_bit = thr_object_class_add_signal (klass, signals[SIGNAL_FINISHED],
                                              THR_RANK_SIGNAL);
  daemon_bit = thr_object_class_add_notify (klass, properties[PROP_DAEMON]);
  stack_size_bit = thr_object_class_add_notify (klass, properties[PROP_STACK_SIZE]);
}

static void
thr_thread_class_init (ThrThreadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  ThrObjectClass *thr_class = THR_OBJECT_CLASS (klass);

  thr_registry_init ();
  thr_thread_init_records ();

  object_class->finalize = thr_thread_finalize;
  object_class->get_property = thr_thread_get_property;
  object_class->set_property = thr_thread_set_property;
  thr_class->name_changed = thr_thread_name_changed;
  klass->run = thr_thread_real_run;

  make_state_properties ();
  make_wish_properties ();
  g_object_class_install_properties (object_class, N_PROPS, properties);
  install_signals (G_TYPE_FROM_CLASS (klass));
  register_bits (thr_class);
}

static void
free_trash (ThrTrash *trash)
{
  ThrThreadPrivate *priv = (ThrThreadPrivate *) ((char *) trash -
                                                 G_STRUCT_OFFSET (ThrThreadPrivate, trash));

  __atomic_store_n (&priv->dropped, TRUE, __ATOMIC_RELEASE);
  g_object_unref (priv->link.data);
}

static gboolean
is_caller_daemon (void)
{
  ThrThread *me = thr_thread_peek_current ();

  return me != NULL ? thr_thread_get_daemon (me) : !thr_thread_caller_is_main ();
}

static void
thr_thread_init (ThrThread *self)
{
  ThrThreadPrivate *priv = thr_thread_get_private (self);

  priv->daemon = is_caller_daemon ();
  priv->link.data = self;
  priv->trash.free = free_trash;
  g_mutex_init (&priv->name_mutex);
  thr_wait_list_init (&priv->waiters);

  if (name_to_be != NULL)
    thr_object_set_name (THR_OBJECT (self), g_steal_pointer (&name_to_be));
  else
    set_default_name (self);
}

/* @context: NULL for the caller's thread-default one. */
ThrThread *
thr_thread_make (GType         type,
                 const char   *name,
                 GMainContext *context)
{
  if (name != NULL && name[0] != '\0')
    name_to_be = name;

  return g_object_new (type, "main-context", context, NULL);
}

/* --- Making --- */

/**
 * thr_thread_new:
 * @name: (nullable): a name, or %NULL or "" for `Thread-N`
 * @func: (scope notified) (closure user_data) (destroy notify) (nullable): the
 *   body of the thread
 * @user_data: data for @func
 * @notify: called with @user_data when @func has ended, or with the thread when it
 *   was never started
 *
 * Makes a thread that runs a function.
 *
 * The system shows the name's first 15 bytes. A JavaScript function makes
 * [method@Thr.Thread.start] fail with %THR_ERROR_WRONG_LANGUAGE: JavaScript runs
 * on its own thread only.
 *
 * *Threads*: any. *Blocking*: never. @notify runs at home, after all signals and
 * callbacks of the thread.
 *
 * Returns: (transfer full): a new thread, not started
 */
ThrThread *
thr_thread_new (const char     *name,
                ThrThreadFunc   func,
                gpointer        user_data,
                GDestroyNotify  notify)
{
  ThrThread *self = thr_thread_make (THR_TYPE_THREAD, name, NULL);
  ThrThreadPrivate *priv = thr_thread_get_private (self);

  priv->func = func;
  priv->user_data = user_data;
  priv->notify = notify;

  return self;
}

/**
 * thr_thread_new_callable:
 * @name: (nullable): a name, or %NULL or "" for `Thread-N`
 * @callable: what to run
 *
 * Makes a thread that runs a callable.
 *
 * Its result is dropped; [property@Thr.Thread:cancellable] is handed to it.
 *
 * *Threads*: any. *Blocking*: never.
 *
 * Returns: (transfer full): a new thread, not started
 */
ThrThread *
thr_thread_new_callable (const char  *name,
                         ThrCallable *callable)
{
  ThrThread *self;

  g_return_val_if_fail (THR_IS_CALLABLE (callable), NULL);

  self = thr_thread_make (THR_TYPE_THREAD, name, NULL);
  thr_thread_get_private (self)->callable = g_object_ref (callable);

  return self;
}

ThrThread *
thr_thread_new_worker (ThrHome       *home,
                       const char    *name,
                       gboolean       daemon,
                       gsize          stack_size,
                       ThrWorkerBody  body,
                       gpointer       data)
{
  g_autoptr (GMainContext) context = thr_home_dup_context (home);
  ThrThread *self;
  ThrThreadPrivate *priv;

  /* A home that is gone takes nobody in any more; the default one always does. */
  if (context == NULL)
    context = g_main_context_ref (g_main_context_default ());

  self = thr_thread_make (THR_TYPE_THREAD, name, context);
  priv = thr_thread_get_private (self);
  priv->kind = THR_THREAD_WORKER;
  priv->daemon = daemon;
  priv->stack_size = stack_size;
  priv->body = body;
  priv->user_data = data;

  return self;
}
