/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "home-util.h"

#include <sys/wait.h>
#include <unistd.h>

/* How homes come and go: contexts that are freed, loops that never run, threads,
 * fork. */

static void
test_one_home_a_context (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  ThrHome *home = thr_home_get (context);
  ThrHome *again = thr_home_get (context);
  ThrHome *other = thr_home_get (NULL);

  g_assert_true (home == again);
  g_assert_true (home != other);
  thr_home_unref (other);

  g_main_context_push_thread_default (context);
  other = thr_home_get (NULL);
  g_main_context_pop_thread_default (context);
  g_assert_true (home == other);

  thr_home_unref (home);
  thr_home_unref (again);
  thr_home_unref (other);
}

/* The home ties nothing to the context, whatever is queued. */
static void
test_context_is_not_held (void)
{
  GMainContext *context = g_main_context_new ();
  TestThing *thing = thing_new (context);
  ThrHome *home = thr_home_ref (home_of (thing));
  GMainContext *seen = thr_object_dup_main_context (THR_OBJECT (thing));
  int n_delivered = 0, n_discarded = 0, n_freed = 0, n_signals = 0;

  g_assert_true (seen == context);
  g_main_context_unref (seen);

  g_signal_connect (thing, "done", G_CALLBACK (count_signal_cb), &n_signals);
  g_signal_connect (thing, "notify", G_CALLBACK (count_notify_cb), &n_signals);
  for (guint i = 0; i < 3; i++)
    post_counted (thing, &n_delivered, &n_discarded);
  thr_object_post_bits (THR_OBJECT (thing), thing_done_bit | thing_value_bit);
  thr_mailbox_emit (box_of (thing), THR_RANK_SIGNAL, thing_signals[THING_DONE]);
  thr_mailbox_throw_notify (box_of (thing), count_cb, &n_freed);
  thr_home_throw_notify (home, count_cb, &n_freed);
  g_assert_false (thr_home_is_gone (home));

  g_main_context_unref (context);
  g_assert_true (thr_home_is_gone (home));
  g_assert_null (thr_home_dup_context (home));
  g_assert_null (thr_object_dup_main_context (THR_OBJECT (thing)));
  g_assert_false (thr_home_is_mine (home));
  g_assert_cmpint (n_discarded, ==, 3);
  g_assert_cmpint (n_freed, ==, 2);

  g_assert_cmpint (n_delivered, ==, 0);
  g_assert_cmpint (n_signals, ==, 0);
  g_assert_finalize_object (thing);
  thr_home_unref (home);
}

/* Everything that can be asked of a home that is gone. */
static void
test_gone (void)
{
  GMainContext *context = g_main_context_new ();
  TestThing *thing = thing_new (context);
  int n_delivered = 0, n_discarded = 0, n_freed = 0;
  TestLetter *letter;
  ThrGuest guest = { { NULL } };

  g_main_context_unref (context);

  post_counted (thing, &n_delivered, &n_discarded);
  g_assert_cmpint (n_discarded, ==, 1);
  letter = test_letter_new (THR_RANK_THEN, NULL, NULL);
  g_assert_false (thr_mailbox_try_post (box_of (thing), &letter->letter));
  g_free (letter);
  thr_object_post_bits (THR_OBJECT (thing), thing_done_bit);
  thr_mailbox_throw_notify (box_of (thing), count_cb, &n_freed);
  g_assert_cmpint (n_freed, ==, 1);
  thr_home_throw_object (home_of (thing), g_object_ref (thing));
  thr_mailbox_flush (box_of (thing));
  thr_home_reap (home_of (thing));
  g_assert_false (thr_home_check_in (home_of (thing), &guest));
  g_assert_cmpint (n_delivered, ==, 0);

  g_assert_finalize_object (thing);
}

typedef struct
{
  ThrGuest guest;
  int      n_orphaned;
} Guest;

static void
orphaned_cb (ThrGuest *guest)
{
  ((Guest *) guest)->n_orphaned++;
}

static void
test_guests (void)
{
  GMainContext *context = g_main_context_new ();
  ThrHome *home = thr_home_get (context);
  Guest stays = { { { NULL }, FALSE, orphaned_cb } };
  Guest leaves = { { { NULL }, FALSE, orphaned_cb } };

  g_assert_true (thr_home_check_in (home, &stays.guest));
  g_assert_true (thr_home_check_in (home, &leaves.guest));
  g_assert_true (thr_home_check_out (home, &leaves.guest));
  g_assert_false (thr_home_check_out (home, &leaves.guest));

  g_main_context_unref (context);
  g_assert_cmpint (stays.n_orphaned, ==, 1);
  g_assert_cmpint (leaves.n_orphaned, ==, 0);
  g_assert_false (thr_home_check_out (home, &stays.guest));
  thr_home_unref (home);
}

/* A new context at the address of an old one has a new home, also for a thread that
 * remembers the old one. */
static void
test_address_used_again (void)
{
  for (guint i = 0; i < 1000; i++)
    {
      GMainContext *context = g_main_context_new ();
      TestThing *thing = thing_new (context);
      GMainContext *seen = thr_object_dup_main_context (THR_OBJECT (thing));

      g_assert_true (seen == context);
      g_assert_false (thr_home_is_gone (home_of (thing)));
      g_main_context_unref (seen);
      g_main_context_unref (context);
      g_assert_true (thr_home_is_gone (home_of (thing)));
      g_assert_finalize_object (thing);
    }
}

/* Nobody ever runs the loop; who comes by takes some of the trash along. */
static void
test_memory_without_loop (void)
{
  TestThing *keeper = thing_new (NULL);
  ThrHome *home = home_of (keeper);
  int before = n_things, n_freed = 0, n_signals = 0;

  for (int i = 0; i < 5000; i++)
    {
      TestThing *thing = thing_new (NULL);

      /* Its last reference is in the queue, and nobody listens. */
      thr_object_post_bits (THR_OBJECT (thing), thing_done_bit | thing_value_bit);
      thr_mailbox_throw_notify (box_of (thing), count_cb, &n_freed);
      g_object_unref (thing);
      thr_home_throw_notify (home, count_cb, &n_freed);

      thr_home_reap (home);
      g_assert_cmpint (n_things - before, <=, 16);
      g_assert_cmpint (n_freed, >=, 2 * (i - 16));
    }

  /* With a listener it waits for the loop: reaping emits nothing. */
  g_signal_connect (keeper, "done", G_CALLBACK (count_signal_cb), &n_signals);
  thr_object_post_bits (THR_OBJECT (keeper), thing_done_bit);
  for (guint i = 0; i < 100; i++)
    thr_home_reap (home);
  g_assert_cmpint (n_signals, ==, 0);
  drain (NULL);
  g_assert_cmpint (n_signals, ==, 1);
  g_assert_cmpint (n_freed, ==, 10000);
  g_assert_finalize_object (keeper);
}

typedef struct
{
  ThrHome *home;
  int      n_freed;
} Reaper;

static void
reap_inside_cb (gpointer data)
{
  Reaper *self = data;

  self->n_freed++;
  thr_home_reap (self->home);
}

/* A destroy-notify that comes by here again does not pile up on the stack. */
static void
test_reap_inside (void)
{
  Reaper reaper = { thr_home_get (NULL) };

  for (guint i = 0; i < 32; i++)
    thr_home_throw_notify (reaper.home, reap_inside_cb, &reaper);
  thr_home_reap (reaper.home);
  g_assert_cmpint (reaper.n_freed, ==, 16);
  thr_home_reap (reaper.home);
  g_assert_cmpint (reaper.n_freed, ==, 32);
  thr_home_unref (reaper.home);
}

/* --- Two homes --- */

typedef struct _Household Household;
struct _Household
{
  StartLine *line;
  Household *theirs;
  int        n;

  TestThing *mine;     /* made here, posted to by the other */
  GThread   *thread;
  int        n_here;
};

static void
check_thread (TestLetter *letter,
              TestThing  *thing)
{
  Household *household = letter->data;

  g_assert_true (g_thread_self () == household->thread);
  g_assert_true (g_main_context_is_owner (g_main_context_get_thread_default ()));
}

static gpointer
household_thread (gpointer data)
{
  Household *self = data;
  g_autoptr (GMainContext) context = g_main_context_new ();

  self->thread = g_thread_self ();
  g_main_context_push_thread_default (context);
  self->mine = g_object_new (TEST_TYPE_THING, NULL);
  start_line_wait (self->line);

  for (int i = 0; i < self->n; i++)
    {
      TestLetter *letter = test_letter_new (THR_RANK_ASYNC, check_thread, self->theirs);

      letter->n_delivered = &self->theirs->n_here;
      thr_mailbox_post (box_of (self->theirs->mine), &letter->letter);
      g_main_context_iteration (context, FALSE);
    }
  iterate_until (context, &self->n_here, self->n);

  /* The other is done with our object, and we with its. */
  start_line_wait (self->line);
  drain (context);
  start_line_wait (self->line);
  g_assert_finalize_object (self->mine);
  g_main_context_pop_thread_default (context);

  return NULL;
}

static void
test_two_homes (void)
{
  StartLine line = { 2 };
  Household households[2] = {
    { &line, &households[1], rounds (20000) },
    { &line, &households[0], rounds (20000) }
  };
  GThread *threads[2];

  for (guint i = 0; i < 2; i++)
    threads[i] = g_thread_new ("household", household_thread, &households[i]);
  for (guint i = 0; i < 2; i++)
    g_thread_join (threads[i]);
}

typedef struct
{
  GMainContext *context;
  StartLine     line;
  int           n_delivered;
  int           n;
} Turns;

static gpointer
turns_thread (gpointer data)
{
  Turns *self = data;

  for (int i = 0; i < self->n; i++)
    {
      start_line_wait (&self->line);
      if (i % 2 == 1)
        iterate_until (self->context, &self->n_delivered, i + 1);
      start_line_wait (&self->line);
    }

  return NULL;
}

/* One context, iterated by two threads in turn, with letters from both. */
static void
test_threads_in_turn (void)
{
  Turns self = { g_main_context_new (), { 2 }, .n = rounds (5000) };
  TestThing *thing = thing_new (self.context);
  GThread *thread = g_thread_new ("turns", turns_thread, &self);

  for (int i = 0; i < self.n; i++)
    {
      start_line_wait (&self.line);
      post_counted (thing, &self.n_delivered, NULL);
      if (i % 2 == 0)
        iterate_until (self.context, &self.n_delivered, i + 1);
      start_line_wait (&self.line);
    }

  g_thread_join (thread);
  drain (self.context);
  g_assert_finalize_object (thing);
  g_main_context_unref (self.context);
}

/* --- A context that goes while others post --- */

#define N_POSTERS 4
#define N_POSTS   20

typedef struct
{
  StartLine  line;
  TestThing *things[2];
  guint      n;
  int        n_delivered;
  int        n_discarded;
  int        n_freed;
} Going;

static gpointer
going_thread (gpointer data)
{
  Going *self = data;

  for (guint i = 0; i < self->n; i++)
    {
      start_line_wait (&self->line);
      for (guint j = 0; j < N_POSTS; j++)
        {
          TestThing *thing = self->things[j % 2];

          post_counted (thing, &self->n_delivered, &self->n_discarded);
          thr_object_post_bits (THR_OBJECT (thing), thing_done_bit | thing_other_bit);
          thr_mailbox_throw_notify (box_of (thing), count_cb, &self->n_freed);
          thr_home_throw_notify (home_of (thing), count_cb, &self->n_freed);
        }
      start_line_wait (&self->line);
    }

  return NULL;
}

/* Meant: four threads push letters, bits and trash in each step of the context's
 * end: before the last reference goes, between that and the source's end, while
 * the queue is discarded, after it. Each letter meets one end, each notify runs
 * once, and the objects go. */
static void
test_context_freed_while_posted (void)
{
  Going self = { .line = { N_POSTERS + 1 }, .n = rounds (20000) };
  GThread *threads[N_POSTERS];

  for (guint i = 0; i < N_POSTERS; i++)
    threads[i] = g_thread_new ("poster", going_thread, &self);

  for (guint i = 0; i < self.n; i++)
    {
      GMainContext *context = g_main_context_new ();

      self.things[0] = thing_new (context);
      self.things[1] = thing_new (context);
      self.n_delivered = self.n_discarded = self.n_freed = 0;

      start_line_wait (&self.line);
      if (i % 3 != 0)
        g_main_context_iteration (context, FALSE);
      stagger (i);
      g_main_context_unref (context);
      start_line_wait (&self.line);

      g_assert_cmpint (self.n_delivered + self.n_discarded, ==, N_POSTERS * N_POSTS);
      g_assert_cmpint (self.n_freed, ==, 2 * N_POSTERS * N_POSTS);
      g_assert_finalize_object (self.things[0]);
      g_assert_finalize_object (self.things[1]);
    }

  for (guint i = 0; i < N_POSTERS; i++)
    g_thread_join (threads[i]);
}

/* --- fork --- */

static gboolean
child_works (TestThing *thing)
{
  int n_delivered = 0, n_discarded = 0;
  TestThing *mine;

  /* What the parent made is dead here, and says so at once. */
  if (!thr_home_is_gone (home_of (thing)))
    return FALSE;
  post_counted (thing, &n_delivered, &n_discarded);
  thr_mailbox_flush (box_of (thing));
  thr_home_reap (home_of (thing));
  if (n_discarded != 1 || thr_home_dup_context (home_of (thing)) != NULL)
    return FALSE;

  /* What the child makes works, at the same context. */
  mine = thing_new (NULL);
  if (home_of (mine) == home_of (thing) || !thr_home_is_mine (home_of (mine)))
    return FALSE;
  post_counted (mine, &n_delivered, NULL);
  g_main_context_iteration (NULL, TRUE);
  if (n_delivered != 1)
    return FALSE;

  drain (NULL);
  g_object_unref (mine);
  return TRUE;
}

static void
test_fork (void)
{
  TestThing *thing = thing_new (NULL);
  int n_delivered = 0, n_early = 0, status;
  pid_t pid;

  drain (NULL);
  /* Announced and not yet slept: the next push writes to the descriptor. */
  post_counted (thing, &n_early, NULL);

  pid = fork ();
  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    _exit (child_works (thing) && n_early == 0 ? 0 : 1);

  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);

  post_counted (thing, &n_delivered, NULL);
  iterate_until (NULL, &n_delivered, 1);
  g_assert_cmpint (n_early, ==, 1);
  drain (NULL);
  g_assert_finalize_object (thing);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/home-life/one-home-a-context", test_one_home_a_context);
  g_test_add_func ("/home-life/context-is-not-held", test_context_is_not_held);
  g_test_add_func ("/home-life/gone", test_gone);
  g_test_add_func ("/home-life/guests", test_guests);
  g_test_add_func ("/home-life/address-used-again", test_address_used_again);
  g_test_add_func ("/home-life/memory-without-loop", test_memory_without_loop);
  g_test_add_func ("/home-life/reap-inside", test_reap_inside);
  g_test_add_func ("/home-life/two-homes", test_two_homes);
  g_test_add_func ("/home-life/threads-in-turn", test_threads_in_turn);
  g_test_add_func ("/home-life/context-freed-while-posted", test_context_freed_while_posted);
  g_test_add_func ("/home-life/fork", test_fork);

  return g_test_run ();
}
