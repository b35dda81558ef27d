/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A program outside the tree that tries what the library was asked for, one function for
 * each feature. It knows nothing but pkg-config and the umbrella. */

#include <thrkit/thrkit.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHECK(expression) \
  G_STMT_START { \
    if (!(expression)) \
      { \
        g_printerr ("%s:%d: not so: %s\n", __FILE__, __LINE__, #expression); \
        exit (1); \
      } \
  } G_STMT_END

/* What has to fail did, with that code of THR_ERROR. */
#define CHECK_REFUSED(call, code) \
  G_STMT_START { \
    g_autoptr (GError) refusal = NULL; \
    GError **error = &refusal; \
    CHECK (!(call)); \
    CHECK (g_error_matches (refusal, THR_ERROR, THR_ERROR_##code)); \
  } G_STMT_END

#define CHECK_TIMED_OUT(call) \
  G_STMT_START { \
    g_autoptr (GError) late = NULL; \
    GError **error = &late; \
    CHECK (!(call)); \
    CHECK (g_error_matches (late, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)); \
  } G_STMT_END

#define SOON_US 2000

/* --- Threads --- */

typedef struct
{
  ThrEvent *go;      /* what the thread waits for */
  ThrEvent *began;
  int       sum;
  guint64   ident;
  gint64    native_id;
  ThrThread *self;
} Job;

static void
job_init (Job *job)
{
  memset (job, 0, sizeof *job);
  job->go = thr_event_new ();
  job->began = thr_event_new ();
}

static void
job_clear (Job *job)
{
  g_object_unref (job->go);
  g_object_unref (job->began);
}

static gboolean
job_func (ThrThread  *thread,
          gpointer    data,
          GError    **error)
{
  Job *job = data;

  job->ident = thr_get_ident ();
  job->native_id = thr_get_native_id ();
  job->self = thr_thread_current ();
  thr_event_set (job->began);
  if (!thr_event_wait (job->go, error))
    return FALSE;
  job->sum += 3;
  return TRUE;
}

static gboolean
nothing_func (ThrThread  *thread,
              gpointer    data,
              GError    **error)
{
  return TRUE;
}

static void
count_notify (gpointer data)
{
  g_atomic_int_inc ((int *) data);
}

/* 1, 2, 4, 5: nothing runs before the start; once; the end can be waited for. */
static void
start_and_join (void)
{
  g_autoptr (ThrThread) thread = NULL;
  Job job;

  job_init (&job);
  thread = thr_thread_new ("job", job_func, &job, NULL);
  CHECK (!thr_thread_is_alive (thread));
  CHECK_REFUSED (thr_thread_join (thread, error), NOT_STARTED);
  CHECK (!thr_event_is_set (job.began));
  CHECK (thr_thread_start (thread, NULL));
  CHECK (thr_thread_is_alive (thread));
  CHECK_REFUSED (thr_thread_start (thread, error), ALREADY_STARTED);
  CHECK_TIMED_OUT (thr_thread_join_timed (thread, SOON_US, NULL, error));
  CHECK (thr_thread_is_alive (thread));
  thr_event_set (job.go);
  CHECK (thr_thread_join (thread, NULL));
  CHECK (thr_thread_join_timed (thread, 0, NULL, NULL));
  CHECK (!thr_thread_is_alive (thread));
  CHECK (job.sum == 3);
  CHECK_REFUSED (thr_thread_start (thread, error), ALREADY_STARTED);
  CHECK_REFUSED (thr_thread_join (thr_thread_current (), error), SELF_JOIN);
  job_clear (&job);
}

/* 3: run is a virtual function. */
#define TYPE_RUNNER (runner_get_type ())
G_DECLARE_FINAL_TYPE (Runner, runner, TEST, RUNNER, ThrThread)
GType runner_get_type (void);

struct _Runner
{
  ThrThread parent_instance;
  int       n_runs;
};

G_DEFINE_FINAL_TYPE (Runner, runner, THR_TYPE_THREAD)

static gboolean
runner_run (ThrThread  *thread,
            GError    **error)
{
  TEST_RUNNER (thread)->n_runs++;
  return TRUE;
}

static void
runner_class_init (RunnerClass *klass)
{
  THR_THREAD_CLASS (klass)->run = runner_run;
}

static void
runner_init (Runner *self)
{
}

static void
override_run (void)
{
  g_autoptr (Runner) runner = g_object_new (TYPE_RUNNER, NULL);

  CHECK (thr_thread_start (THR_THREAD (runner), NULL));
  CHECK (thr_thread_join (THR_THREAD (runner), NULL));
  CHECK (runner->n_runs == 1);
}

/* 6, 7, 8, 9, 10, 11 */
static void
names_and_numbers (void)
{
  ThrThread *main_thread = thr_thread_get_main ();
  g_autoptr (ThrThread) thread = NULL;
  g_autofree char *name = NULL;
  Job job;

  CHECK (thr_thread_current () == main_thread);
  CHECK (thr_thread_get_ident (main_thread) == thr_get_ident ());
  CHECK (thr_thread_get_native_id (main_thread) == thr_get_native_id ());
  CHECK (thr_get_native_id () == getpid ());
  g_object_get (main_thread, "name", &name, NULL);
  CHECK (g_str_equal (name, "MainThread"));

  job_init (&job);
  thread = thr_thread_new (NULL, job_func, &job, NULL);
  g_clear_pointer (&name, g_free);
  g_object_get (thread, "name", &name, NULL);
  CHECK (g_str_has_prefix (name, "Thread-"));
  g_object_set (thread, "name", "a name", NULL);
  CHECK (!thr_thread_get_daemon (thread));
  CHECK (thr_thread_set_daemon (thread, TRUE, NULL));
  CHECK (thr_thread_get_ident (thread) == 0);
  CHECK (thr_thread_start (thread, NULL));
  CHECK_REFUSED (thr_thread_set_daemon (thread, FALSE, error), ALREADY_STARTED);
  thr_event_wait (job.began, NULL);
  CHECK (job.self == thread);
  CHECK (job.ident != 0 && job.ident == thr_thread_get_ident (thread));
  CHECK (job.native_id != 0 && job.native_id == thr_thread_get_native_id (thread));
  CHECK (job.ident != thr_get_ident ());
  g_clear_pointer (&name, g_free);
  g_object_get (thread, "name", &name, NULL);
  CHECK (g_str_equal (name, "a name"));
  thr_event_set (job.go);
  CHECK (thr_thread_join (thread, NULL));
  job_clear (&job);
}

static gpointer
foreign_main (gpointer data)
{
  ThrThread *me = thr_thread_current ();

  CHECK (me != NULL && me != thr_thread_get_main ());
  CHECK (me == thr_thread_current ());
  CHECK (thr_thread_is_alive (me) && thr_thread_get_daemon (me));
  CHECK (thr_thread_get_ident (me) == thr_get_ident ());
  CHECK (thr_thread_count_alive () == GPOINTER_TO_UINT (data) + 1);
  return NULL;
}

static gboolean
is_listed (ThrThread *thread)
{
  g_autoptr (GListModel) alive = thr_thread_list_alive ();

  for (guint i = 0; i < g_list_model_get_n_items (alive); i++)
    {
      g_autoptr (ThrThread) item = g_list_model_get_item (alive, i);

      if (item == thread)
        return TRUE;
    }

  return FALSE;
}

/* 10, 12: also of threads that the library did not start. */
static void
who_is_alive (void)
{
  guint before = thr_thread_count_alive ();
  g_autoptr (ThrThread) thread = NULL;
  Job job;

  job_init (&job);
  thread = thr_thread_new (NULL, job_func, &job, NULL);
  CHECK (is_listed (thr_thread_get_main ()));
  CHECK (!is_listed (thread));
  CHECK (thr_thread_start (thread, NULL));
  CHECK (is_listed (thread));
  CHECK (thr_thread_count_alive () == before + 1);
  g_thread_join (g_thread_new ("foreign", foreign_main, GUINT_TO_POINTER (before + 1)));
  thr_event_set (job.go);
  CHECK (thr_thread_join (thread, NULL));
  CHECK (!is_listed (thread));
  CHECK (thr_thread_count_alive () == before);
  job_clear (&job);
}

static gboolean
timer_func (ThrTimer  *timer,
            gpointer   data,
            GError   **error)
{
  g_atomic_int_inc ((int *) data);
  return TRUE;
}

/* 13 */
static void
timers (void)
{
  g_autoptr (ThrTimer) fires = NULL, stopped = NULL;
  int n_fired = 0, n_never = 0;

  fires = thr_timer_new_full (SOON_US, FALSE, timer_func, &n_fired, NULL, NULL);
  stopped = thr_timer_new_full (G_TIME_SPAN_HOUR, FALSE, timer_func, &n_never, NULL, NULL);
  CHECK (thr_timer_start (fires, NULL));
  CHECK (thr_timer_start (stopped, NULL));
  CHECK_REFUSED (thr_timer_start (fires, error), ALREADY_STARTED);
  CHECK (thr_timer_cancel (stopped));
  CHECK (thr_timer_wait (fires, NULL));
  CHECK (thr_timer_wait (stopped, NULL));
  CHECK (n_fired == 1 && n_never == 0);
  CHECK (!thr_timer_cancel (fires));
  CHECK_REFUSED (thr_timer_new_full (-1, FALSE, timer_func, &n_never, NULL, error),
                 INVALID_ARGUMENT);
}

static gboolean
local_func (ThrThread  *thread,
            gpointer    data,
            GError    **error)
{
  GValue value = G_VALUE_INIT;

  CHECK (!thr_local_has (data, "number"));
  g_value_init (&value, G_TYPE_INT);
  g_value_set_int (&value, 5);
  return thr_local_set (data, "number", &value, error);
}

static void
run_thread (ThrThreadFunc func,
            gpointer      data)
{
  g_autoptr (ThrThread) thread = thr_thread_new (NULL, func, data, NULL);
  g_autoptr (GError) error = NULL;

  CHECK (thr_thread_start (thread, NULL));
  CHECK (thr_thread_join (thread, &error));
  CHECK (error == NULL);
}

/* 14 */
static void
locals (void)
{
  g_autoptr (ThrLocal) local = thr_local_new ();
  GValue value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_INT);
  g_value_set_int (&value, 4);
  CHECK (thr_local_set (local, "number", &value, NULL));
  run_thread (local_func, local);
  CHECK (g_value_get_int (thr_local_get (local, "number")) == 4);
  CHECK (thr_local_remove (local, "number"));
  CHECK (!thr_local_has (local, "number"));
}

/* --- Locks --- */

static gboolean
release_func (ThrThread  *thread,
              gpointer    data,
              GError    **error)
{
  return thr_lock_release (data, error);
}

/* 15, 24 */
static void
locks (void)
{
  g_autoptr (ThrLock) lock = thr_lock_new ();

  CHECK (!thr_lock_is_locked (lock));
  CHECK_REFUSED (thr_lock_release (lock, error), NOT_HELD);
  CHECK (thr_lock_acquire (lock, NULL));
  CHECK (thr_lock_is_locked (lock));
  CHECK (!thr_lock_try_acquire (lock));
  CHECK_TIMED_OUT (thr_lock_acquire_timed (lock, SOON_US, NULL, error));
  CHECK_REFUSED (thr_lock_acquire_timed (lock, -2, NULL, error), INVALID_ARGUMENT);
  run_thread (release_func, lock);
  CHECK (!thr_lock_is_locked (lock));
  {
    g_autoptr (ThrLocker) locker = thr_locker_new (THR_LOCKABLE (lock));

    CHECK (locker != NULL && thr_lock_is_locked (lock));
  }
  CHECK (!thr_lock_is_locked (lock));
}

/* 16, 17 */
static void
semaphores (void)
{
  g_autoptr (ThrSemaphore) semaphore = thr_semaphore_new (2);
  g_autoptr (ThrSemaphore) bounded = thr_semaphore_new_bounded (1);

  CHECK (thr_semaphore_acquire (semaphore, NULL));
  CHECK (thr_semaphore_acquire (semaphore, NULL));
  CHECK (!thr_semaphore_try_acquire (semaphore));
  CHECK_TIMED_OUT (thr_semaphore_acquire_timed (semaphore, SOON_US, NULL, error));
  CHECK (thr_semaphore_release_n (semaphore, 3, NULL));
  CHECK (thr_semaphore_get_value (semaphore) == 3);
  CHECK_REFUSED (thr_semaphore_release_n (semaphore, 0, error), INVALID_ARGUMENT);
  CHECK_REFUSED (thr_semaphore_new_checked (-1, error), INVALID_ARGUMENT);
  CHECK_REFUSED (thr_semaphore_release (bounded, error), OVERFLOW);
  CHECK (thr_semaphore_acquire (bounded, NULL));
  CHECK (thr_semaphore_release (bounded, NULL));
}

typedef struct
{
  ThrCondition *condition;
  ThrBarrier   *barrier;
  int           items;
} Meeting;

static gboolean
consume_func (ThrThread  *thread,
              gpointer    data,
              GError    **error)
{
  Meeting *meeting = data;
  g_autoptr (ThrLocker) locker = thr_locker_new (thr_condition_get_lock (meeting->condition));

  while (meeting->items == 0)
    if (!thr_condition_wait (meeting->condition, error))
      return FALSE;
  meeting->items--;
  return TRUE;
}

static gboolean
meet_func (ThrThread  *thread,
           gpointer    data,
           GError    **error)
{
  return thr_barrier_wait (((Meeting *) data)->barrier, NULL, error);
}

/* 18 */
static void
meetings (void)
{
  g_autoptr (ThrRecLock) lock = thr_rec_lock_new ();
  g_autoptr (ThrCondition) condition = thr_condition_new (THR_LOCKABLE (lock));
  g_autoptr (ThrBarrier) barrier = thr_barrier_new (2);
  Meeting meeting = { condition, barrier, 0 };
  g_autoptr (ThrThread) consumer = thr_thread_new (NULL, consume_func, &meeting, NULL);
  g_autoptr (ThrThread) other = thr_thread_new (NULL, meet_func, &meeting, NULL);
  int index = -1;

  CHECK_REFUSED (thr_rec_lock_release (lock, error), NOT_HELD);
  CHECK_REFUSED (thr_condition_wait (condition, error), NOT_HELD);
  CHECK (thr_thread_start (consumer, NULL));
  CHECK (thr_rec_lock_acquire (lock, NULL) && thr_rec_lock_acquire (lock, NULL));
  CHECK_TIMED_OUT (thr_condition_wait_timed (condition, SOON_US, NULL, error));
  meeting.items = 1;
  CHECK (thr_condition_notify_all (condition, NULL));
  CHECK (thr_rec_lock_release (lock, NULL) && thr_rec_lock_release (lock, NULL));
  CHECK (thr_thread_join (consumer, NULL));
  CHECK (meeting.items == 0);

  CHECK (thr_thread_start (other, NULL));
  CHECK (thr_barrier_wait (barrier, &index, NULL));
  CHECK (index == 0 || index == 1);
  CHECK (thr_thread_join (other, NULL));
  CHECK_TIMED_OUT (thr_barrier_wait_timed (barrier, SOON_US, NULL, NULL, error));
  CHECK_REFUSED (thr_barrier_wait (barrier, NULL, error), BROKEN);
  thr_barrier_reset (barrier);
  CHECK (!thr_barrier_is_broken (barrier));
}

/* --- Work --- */

static gboolean
square_func (ThrTask   *task,
             gpointer   data,
             GError   **error)
{
  int number = GPOINTER_TO_INT (data);

  if (number < 0)
    {
      g_set_error (error, THR_ERROR, THR_ERROR_FAILED, "%d is negative", number);
      return FALSE;
    }

  return thr_task_return_int64 (task, number * number);
}

static gboolean
init_func (ThrThread  *thread,
           gpointer    data,
           GError    **error)
{
  g_atomic_int_inc ((int *) data);
  return TRUE;
}

static gint64
get_number (gpointer future)
{
  GValue value = G_VALUE_INIT;
  gint64 number;

  CHECK (thr_future_wait (future, -1, NULL, NULL));
  CHECK (thr_future_copy_value (future, &value, NULL));
  number = g_value_get_int64 (&value);
  g_value_unset (&value);
  return number;
}

/* 19, 20 */
static void
pools (void)
{
  static const int numbers[] = { 5, 2, 55, 4 };
  g_autoptr (ThrPool) pool = thr_pool_new (4);
  g_autoptr (ThrTask) late = NULL, bad = NULL;
  ThrTask *tasks[4];
  int n_initialized = 0;

  CHECK (thr_pool_set_initializer (pool, init_func, &n_initialized, NULL, NULL));
  for (int i = 0; i < 4; i++)
    tasks[i] = thr_pool_submit (pool, square_func, GINT_TO_POINTER (numbers[i]), NULL);
  for (int i = 0; i < 4; i++)
    CHECK (get_number (tasks[i]) == numbers[i] * numbers[i]);
  bad = thr_pool_submit (pool, square_func, GINT_TO_POINTER (-1), NULL);
  CHECK (thr_future_wait (THR_FUTURE (bad), -1, NULL, NULL));
  CHECK (g_str_equal (thr_future_get_error (THR_FUTURE (bad))->message, "-1 is negative"));
  CHECK (!thr_future_cancel (THR_FUTURE (bad)));
  CHECK (thr_pool_shutdown (pool, FALSE, TRUE, NULL));
  CHECK (n_initialized >= 1 && n_initialized <= 4);
  late = thr_pool_submit (pool, square_func, GINT_TO_POINTER (1), NULL);
  CHECK (g_error_matches (thr_future_get_error (THR_FUTURE (late)), THR_ERROR,
                          THR_ERROR_SHUT_DOWN));
  for (int i = 0; i < 4; i++)
    g_object_unref (tasks[i]);
}

/* 20: one that is cancelled before it began, and one that is settled by hand. */
static void
futures (void)
{
  g_autoptr (ThrFuture) future = thr_future_new ();
  g_autoptr (ThrFuture) cancelled = thr_future_new ();
  GValue value = G_VALUE_INIT;

  CHECK_TIMED_OUT (thr_future_wait (future, SOON_US, NULL, error));
  CHECK (!thr_future_is_done (future));
  g_value_init (&value, G_TYPE_INT64);
  g_value_set_int64 (&value, 7);
  CHECK (thr_future_set_value (future, &value, NULL));
  CHECK_REFUSED (thr_future_set_value (future, &value, error), INVALID_STATE);
  CHECK (get_number (future) == 7);
  CHECK (thr_future_cancel (cancelled));
  CHECK (thr_future_get_state (cancelled) == THR_FUTURE_STATE_CANCELLED);
}

/* --- The low level --- */

static gboolean
exit_func (ThrThread  *thread,
           gpointer    data,
           GError    **error)
{
  g_atomic_int_inc ((int *) data);
  thr_exit_thread ();
  abort ();
}

static gboolean
set_func (ThrThread  *thread,
          gpointer    data,
          GError    **error)
{
  thr_event_set (data);
  return TRUE;
}

/* 21, 23, 25 */
static void
low_level (void)
{
  g_autoptr (ThrEvent) ran = thr_event_new ();
  gint64 before = thr_get_stack_size ();
  int n_ran = 0;

  CHECK (thr_start_new_thread (set_func, ran, NULL, NULL) != 0);
  CHECK (thr_event_wait (ran, NULL));
  run_thread (exit_func, &n_ran);
  CHECK (n_ran == 1);

  CHECK (thr_set_stack_size (1024 * 1024, NULL) == before);
  CHECK (thr_get_stack_size () == 1024 * 1024);
  run_thread (nothing_func, NULL);
  CHECK_REFUSED (thr_set_stack_size (17, error) >= 0, INVALID_ARGUMENT);
  CHECK (thr_get_stack_size () == 1024 * 1024);
  CHECK (thr_set_stack_size (0, NULL) == 1024 * 1024);
}

static void
hook (ThrThread    *thread,
      const GError *error,
      gpointer      data)
{
  CHECK (g_error_matches (error, THR_ERROR, THR_ERROR_FAILED));
  g_atomic_int_inc ((int *) data);
}

static gboolean
fail_func (ThrThread  *thread,
           gpointer    data,
           GError    **error)
{
  g_set_error_literal (error, THR_ERROR, THR_ERROR_FAILED, "failed");
  return FALSE;
}

/* 22 */
static void
failures (void)
{
  g_autoptr (ThrThread) thread = NULL;
  int n_told = 0, n_freed = 0;

  thr_set_error_hook (hook, &n_told, NULL);
  thread = thr_thread_new (NULL, fail_func, &n_freed, count_notify);
  CHECK (thr_thread_start (thread, NULL));
  CHECK (thr_thread_join (thread, NULL));
  thr_set_error_hook (NULL, NULL, NULL);
  CHECK (n_told == 1);
  CHECK (n_freed == 1);
  CHECK (g_error_matches (thr_thread_get_error (thread), THR_ERROR, THR_ERROR_FAILED));
}

static gboolean
endless_func (ThrThread  *thread,
              gpointer    data,
              GError    **error)
{
  return thr_event_wait (data, error);
}

static gboolean
last_func (ThrThread  *thread,
           gpointer    data,
           GError    **error)
{
  /* Long enough for main() to be over. */
  thr_event_wait_timed (data, 20 * SOON_US, NULL, NULL);
  g_print ("the last thread has ended\n");
  return TRUE;
}

/* 8: the process waits for the one and not for the other. */
static void
leave_threads_behind (void)
{
  g_autoptr (ThrEvent) never = thr_event_new ();
  g_autoptr (ThrThread) daemon = thr_thread_new (NULL, endless_func, g_object_ref (never),
                                                  g_object_unref);
  g_autoptr (ThrThread) last = thr_thread_new (NULL, last_func, g_object_ref (never),
                                                g_object_unref);

  CHECK (thr_thread_set_daemon (daemon, TRUE, NULL));
  CHECK (thr_thread_start (daemon, NULL));
  CHECK (thr_thread_start (last, NULL));
}

int
main (void)
{
  start_and_join ();
  override_run ();
  names_and_numbers ();
  who_is_alive ();
  timers ();
  locals ();
  locks ();
  semaphores ();
  meetings ();
  pools ();
  futures ();
  low_level ();
  failures ();
  leave_threads_behind ();
  g_print ("all features\n");
  return 0;
}
