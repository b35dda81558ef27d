/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "home-util.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/thr-process-private.h"
#include "base/thr-wait-list-private.h"

/* The process, and the records of its threads. */

static gpointer
is_main_thread (gpointer data)
{
  return GINT_TO_POINTER (thr_process_is_main_thread ());
}

static void
test_main_thread (void)
{
  g_assert_true (thr_process_is_main_thread ());
  g_assert_true (thr_process_is_main_thread ());
  g_assert_false (GPOINTER_TO_INT (g_thread_join (g_thread_new ("x", is_main_thread, NULL))));
}

static int
wait_for (pid_t pid)
{
  int status;

  g_assert_cmpint (pid, >, 0);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFEXITED (status));
  return WEXITSTATUS (status);
}

static int n_hooks_run;
static GMutex held_around_fork;

static void
child_hook (void)
{
  n_hooks_run++;
}

static void
test_fork (void)
{
  guint generation = thr_process_get_generation ();
  gint64 native_id = thr_self_get ()->native_id;
  pid_t pid;

  thr_process_add_child_hook (child_hook);
  thr_process_add_fork_mutex (&held_around_fork);

  pid = fork ();
  if (pid == 0)
    {
      gboolean good = thr_process_get_generation () == generation + 1 &&
                      thr_process_is_main_thread () &&
                      n_hooks_run == 1 &&
                      thr_self_get ()->native_id != native_id &&
                      g_mutex_trylock (&held_around_fork);

      _exit (good ? 0 : 1);
    }
  g_assert_cmpint (wait_for (pid), ==, 0);
  g_assert_cmpuint (thr_process_get_generation (), ==, generation);
  g_assert_cmpint (n_hooks_run, ==, 0);
  g_assert_true (g_mutex_trylock (&held_around_fork));
  g_mutex_unlock (&held_around_fork);
}

/* A thread that is not the one the process began in is its child's main thread. */
static gpointer
forking_thread (gpointer data)
{
  pid_t pid;

  g_assert_false (thr_process_is_main_thread ());
  pid = fork ();
  if (pid == 0)
    _exit (thr_process_is_main_thread () ? 0 : 1);
  g_assert_cmpint (wait_for (pid), ==, 0);

  return NULL;
}

static void
test_fork_in_a_thread (void)
{
  g_thread_join (g_thread_new ("forker", forking_thread, NULL));
}

typedef struct
{
  ThrWaitList   list;
  GMainContext *context;
  TestThing    *thing;
  ThrSelf      *forker;
  int           stop;  /* atomic */
} Busy;

/* Names, homes, tokens for the thread that forks. It must not take GLib's own
 * locks that the child needs, which would be free there by luck alone: it makes no
 * object, asks for no handler, and has a context of its own. */
static gpointer
busy_thread (gpointer data)
{
  Busy *self = data;
  ThrWakeBatch batch;

  while (!g_atomic_int_get (&self->stop))
    {
      ThrSelf *me = thr_self_get ();

      g_free (thr_object_dup_name (THR_OBJECT (self->thing)));
      g_free (thr_self_dup_name (self->forker));
      /* Forgets the home that it has at hand, and looks it up in the table. */
      g_clear_pointer (&me->home, thr_home_unref);
      thr_home_unref (thr_home_get (self->context));
      thr_home_is_mine (home_of (self->thing));
      batch = (ThrWakeBatch) THR_WAKE_BATCH_INIT;
      thr_wait_list_lock (&self->list);
      thr_wait_list_grant_one_unlocked (&self->list, &batch);
      thr_wait_list_unlock (&self->list);
      thr_wake_batch_fire (&batch);
    }

  return NULL;
}

static void
work_a_little (TestThing *parents)
{
  TestThing *thing = g_object_new (TEST_TYPE_THING, "name", "x", NULL);
  int n_delivered = 0;
  ThrWaiter waiter;

  post_counted (thing, &n_delivered, NULL);
  thr_mailbox_flush (box_of (thing));
  thr_waiter_begin (&waiter, NULL);
  while (thr_waiter_park (&waiter, g_get_monotonic_time () + 10) == THR_PARK_NUDGED)
    ;
  thr_waiter_end (&waiter);
  g_free (thr_self_dup_name (thr_self_get ()));
  thr_object_set_name (THR_OBJECT (parents), "child");
  thr_mailbox_flush (box_of (parents));
  thr_home_reap (home_of (parents));
  g_object_unref (thing);
}

/* Meant: the fork falls while another thread holds one of the library's mutexes, or
 * the parker of the thread that forks. The child must find all of them free. */
static void
test_fork_while_busy (void)
{
  Busy busy = { .context = g_main_context_new (), .forker = thr_self_get () };
  GThread *thread;

  busy.thing = thing_new (busy.context);
  thr_wait_list_init (&busy.list);
  thread = g_thread_new ("busy", busy_thread, &busy);

  for (guint i = 0; i < MAX (rounds (300), 20); i++)
    {
      ThrWaiter waiter;
      pid_t pid;
      int status;

      /* The waker may still be busy with our parker when we are back. */
      thr_waiter_begin (&waiter, NULL);
      thr_wait_list_lock (&busy.list);
      thr_wait_list_push_unlocked (&busy.list, &waiter);
      thr_wait_list_unlock (&busy.list);
      thr_wait_list_park (&busy.list, &waiter, g_get_monotonic_time () + 50);
      thr_waiter_end (&waiter);

      pid = fork ();
      if (pid == 0)
        {
          alarm (30);
          work_a_little (busy.thing);
          /* Half a process, in which nobody should look for leaks. */
          kill (getpid (), SIGKILL);
        }
      g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
      g_assert_true (WIFSIGNALED (status));
      g_assert_cmpint (WTERMSIG (status), ==, SIGKILL);
    }

  g_atomic_int_set (&busy.stop, 1);
  g_thread_join (thread);
  thr_wait_list_clear (&busy.list);
  g_assert_finalize_object (busy.thing);
  g_main_context_unref (busy.context);
}

/* --- The end --- */

static void
test_ending (void)
{
  if (g_test_subprocess ())
    {
      GMainContext *context = g_main_context_new ();
      TestThing *thing = thing_new (context);
      int n = 0;

      post_counted (thing, &n, &n);
      thr_home_throw_notify (home_of (thing), count_cb, &n);
      thr_process_set_ending ();
      g_assert_true (thr_process_is_ending ());

      /* Nothing of a binding runs any more, whatever asks for it. */
      drain (context);
      g_main_context_push_thread_default (context);
      thr_mailbox_flush (box_of (thing));
      thr_home_reap (home_of (thing));
      thr_home_throw_notify (home_of (thing), count_cb, &n);
      g_main_context_pop_thread_default (context);
      g_main_context_unref (context);
      g_assert_cmpint (n, ==, 0);
      /* And what was left is nobody's leak. */
      _exit (0);
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
}

/* --- Records of threads --- */

static gpointer
record_thread (gpointer data)
{
  ThrSelf *self = thr_self_get ();

  g_assert_true (thr_self_peek () == self);
  g_assert_null (self->thread);
  g_assert_null (self->task);
  g_assert_null (self->worker);
  g_assert_null (self->home);
  g_assert_false (self->interruptible);
  g_assert_cmpstr (self->name, ==, "");

  thr_self_set_name (self, "used");
  self->interruptible = TRUE;
  self->task = self;
  thr_home_unref (thr_home_get (NULL));

  return self;
}

/* Used again, and clean; a waker that comes late does no harm. */
static void
test_records (void)
{
  ThrSelf *first = g_thread_join (g_thread_new ("one", record_thread, NULL));
  ThrSelf *second;

  thr_parker_unpark (&first->parker);
  second = g_thread_join (g_thread_new ("two", record_thread, NULL));
  g_assert_true (first == second);
}

static void
test_names (void)
{
  ThrSelf *self = thr_self_get ();
  g_autofree char *number = NULL, *name = NULL;
  g_autofree char *expected = g_strdup_printf ("%" G_GINT64_FORMAT, self->native_id);
  GString *longer = g_string_new (NULL);

  thr_self_set_name (self, NULL);
  number = thr_self_dup_name (self);
  g_assert_cmpstr (number, ==, expected);

  for (guint i = 0; i < 50; i++)
    g_string_append (longer, "é");
  thr_self_set_name (self, longer->str);
  name = thr_self_dup_name (self);
  g_assert_true (g_utf8_validate (name, -1, NULL));
  g_assert_cmpuint (strlen (name), ==, 62);
  g_string_free (longer, TRUE);
  thr_self_set_name (self, NULL);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/process/main-thread", test_main_thread);
  g_test_add_func ("/process/ending", test_ending);
  g_test_add_func ("/process/records", test_records);
  g_test_add_func ("/process/names", test_names);
  g_test_add_func ("/process/fork", test_fork);
  g_test_add_func ("/process/fork-in-a-thread", test_fork_in_a_thread);
  g_test_add_func ("/process/fork-while-busy", test_fork_while_busy);

  return g_test_run ();
}
