/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "home-util.h"

/* What a home does while its context lives; test-home-life.c has its end. */

/* --- Posting --- */

#define N_POSTERS 4
#define N_OBJECTS 8

typedef struct
{
  TestThing *things[N_OBJECTS];
  guint      last[N_OBJECTS][N_POSTERS];  /* home only */
  GThread   *home;
  guint      n;
  int        n_delivered;                 /* atomic */
} Posting;

typedef struct
{
  Posting *posting;
  guint    poster;
  guint    object;
} Sender;

static void
check_sequence (TestLetter *letter,
                TestThing  *thing)
{
  Sender *sender = letter->data;
  guint *last = &sender->posting->last[sender->object][sender->poster];

  g_assert_true (g_thread_self () == sender->posting->home);
  g_assert_cmpuint (letter->number, ==, *last + 1);
  *last = letter->number;
}

static gpointer
poster_thread (gpointer data)
{
  Sender *senders = data;
  Posting *posting = senders->posting;

  for (guint i = 0; i < posting->n; i++)
    for (guint j = 0; j < N_OBJECTS; j++)
      {
        TestLetter *letter = test_letter_new (THR_RANK_SIGNAL, check_sequence, &senders[j]);

        letter->number = i + 1;
        letter->n_delivered = &posting->n_delivered;
        thr_mailbox_post (box_of (posting->things[j]), &letter->letter);
      }

  return NULL;
}

/* Meant: a letter comes while the home retires its mailbox, while it takes the
 * stack of mailboxes, and while it goes to sleep. One that is lost leaves the
 * count short, and the test waits for ever. */
static void
test_posts_from_many_threads (void)
{
  Posting posting = { .home = g_thread_self (), .n = rounds (20000) };
  Sender senders[N_POSTERS][N_OBJECTS];
  GThread *threads[N_POSTERS];

  for (guint i = 0; i < N_OBJECTS; i++)
    posting.things[i] = thing_new (NULL);
  for (guint i = 0; i < N_POSTERS; i++)
    {
      for (guint j = 0; j < N_OBJECTS; j++)
        senders[i][j] = (Sender) { &posting, i, j };
      threads[i] = g_thread_new ("poster", poster_thread, senders[i]);
    }

  iterate_until (NULL, &posting.n_delivered, posting.n * N_POSTERS * N_OBJECTS);

  for (guint i = 0; i < N_POSTERS; i++)
    g_thread_join (threads[i]);
  drain (NULL);
  g_assert_cmpint (posting.n_delivered, ==, posting.n * N_POSTERS * N_OBJECTS);
  for (guint i = 0; i < N_OBJECTS; i++)
    g_assert_finalize_object (posting.things[i]);
}

typedef struct
{
  TestThing *thing;
  int        asked;      /* atomic: one letter, please */
  int        delivered;  /* atomic */
  int        n;
} PingPong;

static gpointer
answer_thread (gpointer data)
{
  PingPong *self = data;

  for (int i = 1; i <= self->n; i++)
    {
      await_at_least (&self->asked, i);
      post_counted (self->thing, &self->delivered, NULL);
    }

  return NULL;
}

/* Meant: each single letter finds the loop on its way to sleep, after it has looked
 * and before it polls. There is never a second letter that would wake it. */
static void
test_wakes_a_sleeping_loop (void)
{
  PingPong self = { thing_new (NULL), .n = rounds (20000) };
  GThread *thread = g_thread_new ("answer", answer_thread, &self);

  for (int i = 1; i <= self.n; i++)
    {
      g_atomic_int_set (&self.asked, i);
      iterate_until (NULL, &self.delivered, i);
    }

  g_thread_join (thread);
  drain (NULL);
  g_assert_finalize_object (self.thing);
}

static int n_polls, n_woken;

static int
counting_poll (GPollFD *fds,
               guint    n_fds,
               int      timeout)
{
  int result = g_poll (fds, n_fds, timeout);

  n_polls++;
  for (guint i = 0; i < n_fds; i++)
    n_woken += fds[i].revents != 0;
  return result;
}

/* A thousand letters for ten objects: one wake-up when the loop sleeps, none when
 * it runs. */
static void
test_one_wake_up_a_batch (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  TestThing *things[10];
  int n_delivered = 0;

  for (guint i = 0; i < G_N_ELEMENTS (things); i++)
    things[i] = thing_new (context);
  drain (context);
  g_main_context_set_poll_func (context, counting_poll);
  drain (context);

  /* The loop ended awake. */
  n_polls = n_woken = 0;
  for (guint i = 0; i < 1000; i++)
    post_counted (things[i % 10], &n_delivered, NULL);
  iterate_until (context, &n_delivered, 1000);
  g_assert_cmpint (n_woken, <=, 1);
  g_assert_cmpint (n_polls, <=, 10);

  for (guint i = 0; i < G_N_ELEMENTS (things); i++)
    {
      drain (context);
      g_assert_finalize_object (things[i]);
    }
}

typedef struct
{
  GSource    source;
  TestThing *thing;
  int       *n_delivered;
  gboolean   posted;
} PosterSource;

static gboolean
poster_prepare (GSource *source,
                int     *timeout)
{
  PosterSource *self = (PosterSource *) source;

  *timeout = -1;
  if (!self->posted)
    {
      self->posted = TRUE;
      post_counted (self->thing, self->n_delivered, NULL);
    }
  return FALSE;
}

static gboolean
poster_dispatch (GSource     *source,
                 GSourceFunc  callback,
                 gpointer     data)
{
  return G_SOURCE_CONTINUE;
}

/* Another source posts in its prepare(), in the home's own thread, after the home
 * has looked: the loop must not fall asleep over it. */
static void
test_post_between_look_and_sleep (void)
{
  static GSourceFuncs funcs = { .prepare = poster_prepare, .dispatch = poster_dispatch };
  g_autoptr (GMainContext) context = g_main_context_new ();
  TestThing *thing = thing_new (context);
  GSource *source = g_source_new (&funcs, sizeof (PosterSource));
  int n_delivered = 0;

  ((PosterSource *) source)->thing = thing;
  ((PosterSource *) source)->n_delivered = &n_delivered;
  g_source_attach (source, context);

  iterate_until (context, &n_delivered, 1);

  g_source_destroy (source);
  g_source_unref (source);
  drain (context);
  g_assert_finalize_object (thing);
}

/* --- Order --- */

static void
log_letter (TestLetter *letter,
            TestThing  *thing)
{
  const char *names[] = { "started", "notify", "signal", "then", "async", "destroy" };

  g_string_append_printf (letter->data, "%s%u ", names[letter->letter.rank], letter->number);
}

static void
log_signal_cb (TestThing  *thing,
               const char *what)
{
  g_string_append_printf (g_object_get_data (G_OBJECT (thing), "log"), "%s ", what);
}

static void
log_notify_cb (TestThing  *thing,
               GParamSpec *pspec,
               gpointer    data)
{
  g_string_append_printf (g_object_get_data (G_OBJECT (thing), "log"), "notify:%s ", pspec->name);
}

static void
log_begun_cb (TestThing *thing)
{
  log_signal_cb (thing, "begun");
}

static void
log_done_cb (TestThing *thing)
{
  log_signal_cb (thing, "done");
}

static void
test_ranks (void)
{
  const ThrRank ranks[] = { THR_RANK_DESTROY, THR_RANK_ASYNC, THR_RANK_THEN, THR_RANK_SIGNAL,
                            THR_RANK_STARTED };
  TestThing *thing = thing_new (NULL);
  g_autoptr (GString) log = g_string_new (NULL);

  g_object_set_data (G_OBJECT (thing), "log", log);
  g_signal_connect (thing, "begun", G_CALLBACK (log_begun_cb), NULL);
  g_signal_connect (thing, "done", G_CALLBACK (log_done_cb), NULL);
  g_signal_connect (thing, "notify", G_CALLBACK (log_notify_cb), NULL);

  for (guint i = 0; i < G_N_ELEMENTS (ranks); i++)
    for (guint number = 1; number <= 2; number++)
      {
        TestLetter *letter = test_letter_new (ranks[i], log_letter, log);

        letter->number = number;
        thr_mailbox_post (box_of (thing), &letter->letter);
      }
  thr_object_post_bits (THR_OBJECT (thing), thing_done_bit | thing_value_bit);
  thr_object_post_bits (THR_OBJECT (thing), thing_begun_bit);

  g_assert_cmpstr (log->str, ==, "");
  drain (NULL);
  g_assert_cmpstr (log->str, ==,
                   "begun started1 started2 notify:value done signal1 signal2 "
                   "then1 then2 async1 async2 destroy1 destroy2 ");
  g_assert_finalize_object (thing);
}

static void
change_again_cb (TestThing  *thing,
                 GParamSpec *pspec,
                 int        *n)
{
  if (++*n == 1)
    {
      /* Comes later, not from inside this emission. */
      thr_object_post_bits (THR_OBJECT (thing), thing_value_bit);
      g_assert_cmpint (*n, ==, 1);
    }
}

/* Coalesced, at least once after the last change, heard with and without detail. */
static void
test_notify (void)
{
  TestThing *thing = thing_new (NULL);
  int n_any = 0, n_value = 0, n_other = 0;
  gulong id;

  id = g_signal_connect (thing, "notify", G_CALLBACK (count_notify_cb), &n_any);
  for (guint i = 0; i < 1000; i++)
    thr_object_post_bits (THR_OBJECT (thing), thing_value_bit | thing_other_bit);
  drain (NULL);
  g_assert_cmpint (n_any, ==, 2);
  g_signal_handler_disconnect (thing, id);

  g_signal_connect (thing, "notify::value", G_CALLBACK (change_again_cb), &n_value);
  g_signal_connect (thing, "notify::other", G_CALLBACK (count_notify_cb), &n_other);
  thr_object_post_bits (THR_OBJECT (thing), thing_value_bit | thing_other_bit);
  drain (NULL);
  g_assert_cmpint (n_value, ==, 2);
  g_assert_cmpint (n_other, ==, 1);
  g_assert_cmpint (n_any, ==, 2);

  g_assert_finalize_object (thing);
}

static void
test_signal (void)
{
  TestThing *thing = thing_new (NULL);
  int n_pings = 0;

  g_signal_connect (thing, "pinged", G_CALLBACK (count_signal_cb), &n_pings);
  for (guint i = 0; i < 5; i++)
    thr_mailbox_emit (box_of (thing), THR_RANK_SIGNAL, thing_signals[THING_PINGED]);
  g_assert_cmpint (n_pings, ==, 0);
  drain (NULL);
  g_assert_cmpint (n_pings, ==, 5);

  g_assert_finalize_object (thing);
}

static void
post_itself (TestLetter *letter,
             TestThing  *thing)
{
  int *stop = letter->data;

  if (!g_atomic_int_get (stop))
    post (thing, THR_RANK_ASYNC, post_itself, stop);
}

/* Whose letters never end does not keep the others from theirs, nor trash from
 * being freed. */
static void
test_a_stream_starves_nobody (void)
{
  TestThing *busy = thing_new (NULL), *other = thing_new (NULL);
  int stop = 0, n_delivered = 0, n_freed = 0;

  post (busy, THR_RANK_ASYNC, post_itself, &stop);
  g_main_context_iteration (NULL, FALSE);
  post_counted (other, &n_delivered, NULL);
  thr_home_throw_notify (home_of (other), count_cb, &n_freed);
  /* One for those of a lower priority. */
  g_main_context_iteration (NULL, FALSE);
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpint (n_delivered, ==, 1);
  g_assert_cmpint (n_freed, ==, 1);

  stop = 1;
  drain (NULL);
  g_assert_finalize_object (busy);
  g_assert_finalize_object (other);
}

static void
burn (TestLetter *letter,
      TestThing  *thing)
{
  gint64 end = g_get_monotonic_time () + 2000;

  while (g_get_monotonic_time () < end)
    ;
}

/* 4 ms and then everybody else's turn. */
static void
test_budget (void)
{
  TestThing *thing = thing_new (NULL);
  int n_delivered = 0;

  for (guint i = 0; i < 20; i++)
    {
      TestLetter *letter = test_letter_new (THR_RANK_ASYNC, burn, NULL);

      letter->n_delivered = &n_delivered;
      thr_mailbox_post (box_of (thing), &letter->letter);
    }

  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpint (n_delivered, >=, 1);
  g_assert_cmpint (n_delivered, <=, 2);

  drain (NULL);
  g_assert_cmpint (n_delivered, ==, 20);
  g_assert_finalize_object (thing);
}

static gboolean
frame_cb (gpointer data)
{
  ++*(int *) data;
  return G_SOURCE_CONTINUE;
}

/* A flood that never ends: frames are still painted, which have a lower priority, and
 * so is what is idle when there is nothing to paint. Who goes by that takes the context
 * for busy all the time. */
static void
test_frames_in_a_flood (void)
{
  TestThing *busy = thing_new (NULL);
  int stop = 0, n_urgent = 0, n_frames = 0, n_idle = 0;
  guint urgent, frames, idle;

  post (busy, THR_RANK_ASYNC, post_itself, &stop);
  for (guint i = 0; i < 4; i++)
    g_assert_true (g_main_context_iteration (NULL, FALSE));

  idle = g_idle_add (frame_cb, &n_idle);
  for (guint i = 0; i < 20; i++)
    g_assert_true (g_main_context_iteration (NULL, FALSE));
  g_assert_cmpint (n_idle, ==, 10);

  /* As GDK has it. */
  frames = g_idle_add_full (G_PRIORITY_HIGH_IDLE + 20, frame_cb, &n_frames, NULL);
  for (guint i = 0; i < 20; i++)
    g_assert_true (g_main_context_iteration (NULL, FALSE));
  g_assert_cmpint (n_frames, ==, 10);
  g_assert_cmpint (n_idle, ==, 10);

  urgent = g_idle_add_full (G_PRIORITY_DEFAULT, frame_cb, &n_urgent, NULL);
  for (guint i = 0; i < 20; i++)
    g_assert_true (g_main_context_iteration (NULL, FALSE));
  g_assert_cmpint (n_urgent, ==, 20);

  g_source_remove (urgent);
  g_source_remove (frames);
  g_source_remove (idle);
  stop = 1;
  drain (NULL);
  g_assert_finalize_object (busy);
}

/* --- Re-entrancy --- */

typedef struct
{
  int       *first;
  int       *second;
  TestThing *other;
} Nested;

static void
run_nested_loop (TestLetter *letter,
                 TestThing  *thing)
{
  Nested *nested = letter->data;

  /* The rest of this object's batch, and other objects, go on inside. */
  iterate_until (NULL, nested->first, 2);
  iterate_until (NULL, nested->second, 1);
}

static void
test_nested_loop (void)
{
  TestThing *thing = thing_new (NULL), *other = thing_new (NULL);
  int n_first = 0, n_second = 0;
  Nested nested = { &n_first, &n_second, other };

  post (thing, THR_RANK_ASYNC, run_nested_loop, &nested);
  post_counted (thing, &n_first, NULL);
  post_counted (thing, &n_first, NULL);
  post_counted (other, &n_second, NULL);
  drain (NULL);
  g_assert_cmpint (n_first, ==, 2);
  g_assert_cmpint (n_second, ==, 1);

  g_assert_finalize_object (thing);
  g_assert_finalize_object (other);
}

static void
flush_inside (TestLetter *letter,
              TestThing  *thing)
{
  int *n = letter->data;

  thr_mailbox_flush (box_of (thing));
  g_assert_cmpint (*n, ==, 0);
}

static void
flush_other (TestLetter *letter,
             TestThing  *thing)
{
  Nested *nested = letter->data;

  thr_mailbox_flush (box_of (nested->other));
  g_assert_cmpint (*nested->second, ==, 1);
}

/* What is being emitted is not flushed from inside; another object is. */
static void
test_flush_inside (void)
{
  TestThing *thing = thing_new (NULL), *other = thing_new (NULL);
  int n_first = 0, n_second = 0;
  Nested nested = { &n_first, &n_second, other };

  post (thing, THR_RANK_ASYNC, flush_inside, &n_first);
  post_counted (thing, &n_first, NULL);
  thr_mailbox_flush (box_of (thing));
  g_assert_cmpint (n_first, ==, 1);

  post (thing, THR_RANK_ASYNC, flush_other, &nested);
  post_counted (other, &n_second, NULL);
  drain (NULL);
  g_assert_cmpint (n_second, ==, 1);

  g_assert_finalize_object (thing);
  g_assert_finalize_object (other);
}

static void
drop_thing (TestLetter *letter,
            TestThing  *thing)
{
  g_object_unref (letter->data);
}

/* A handler drops the last reference but that of the queue. */
static void
test_dropped_by_a_handler (void)
{
  int before = n_things;
  TestThing *thing = thing_new (NULL);
  int n_delivered = 0;

  post (thing, THR_RANK_ASYNC, drop_thing, thing);
  post_counted (thing, &n_delivered, NULL);
  thr_mailbox_flush (box_of (thing));
  g_assert_cmpint (n_delivered, ==, 1);
  g_assert_cmpint (n_things, ==, before);

  thing = thing_new (NULL);
  post (thing, THR_RANK_ASYNC, drop_thing, thing);
  drain (NULL);
  g_assert_cmpint (n_things, ==, before);
}

/* --- Flushing --- */

static void
check_default (TestLetter *letter,
               TestThing  *thing)
{
  g_assert_true (g_main_context_get_thread_default () == letter->data);
}

static gpointer
flush_thread (gpointer data)
{
  thr_mailbox_flush (box_of (data));
  thr_home_reap (home_of (data));
  g_assert_false (thr_home_is_mine (home_of (data)));
  return NULL;
}

/* Nobody owns the default context, so a worker could acquire it. It has no right
 * to. The main thread has, without owning it. */
static void
test_flush_default (void)
{
  TestThing *thing = thing_new (NULL);
  int n_delivered = 0, n_freed = 0;

  g_assert_false (g_main_context_is_owner (g_main_context_default ()));
  post_counted (thing, &n_delivered, NULL);
  thr_home_throw_notify (home_of (thing), count_cb, &n_freed);
  g_thread_join (g_thread_new ("worker", flush_thread, thing));
  g_assert_cmpint (n_delivered, ==, 0);
  g_assert_cmpint (n_freed, ==, 0);

  g_assert_true (thr_home_is_mine (home_of (thing)));
  thr_mailbox_flush (box_of (thing));
  g_assert_cmpint (n_delivered, ==, 1);
  g_assert_finalize_object (thing);
  drain (NULL);
  g_assert_cmpint (n_freed, ==, 1);
}

/* A context of one's own: only while it is thread-default, or owned. */
static void
test_flush_own (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  TestThing *thing = thing_new (context);
  int n_delivered = 0;

  post_counted (thing, &n_delivered, NULL);
  thr_mailbox_flush (box_of (thing));
  g_assert_cmpint (n_delivered, ==, 0);

  g_main_context_push_thread_default (context);
  thr_mailbox_flush (box_of (thing));
  g_main_context_pop_thread_default (context);
  g_assert_cmpint (n_delivered, ==, 1);

  g_assert_true (g_main_context_acquire (context));
  post (thing, THR_RANK_ASYNC, check_default, context);
  post_counted (thing, &n_delivered, NULL);
  thr_mailbox_flush (box_of (thing));
  g_main_context_release (context);
  g_assert_cmpint (n_delivered, ==, 2);

  g_assert_finalize_object (thing);
}

/* Another thread has marked the mailbox as posted and not yet pushed it, when the
 * letter that the caller waited for is put in: the flush delivers it. The steps of
 * that thread are taken here one by one. */
static void
test_flush_before_the_push (void)
{
  TestThing *thing = thing_new (NULL);
  ThrMailbox *box = box_of (thing);
  int n_delivered = 0;

  __atomic_store_n (&box->posted, TRUE, __ATOMIC_SEQ_CST);
  post_counted (thing, &n_delivered, NULL);
  thr_mailbox_flush (box);
  g_assert_cmpint (n_delivered, ==, 1);

  g_object_ref (thing);
  g_assert_true (thr_home_push (home_of (thing), box));
  drain (NULL);
  g_assert_finalize_object (thing);
}

/* A handler that posts again does not keep the flush for ever. */
static void
test_flush_ends (void)
{
  TestThing *thing = thing_new (NULL);
  int stop = 0;

  post (thing, THR_RANK_ASYNC, post_itself, &stop);
  thr_mailbox_flush (box_of (thing));
  stop = 1;
  thr_mailbox_flush (box_of (thing));
  g_assert_finalize_object (thing);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/home/posts-from-many-threads", test_posts_from_many_threads);
  g_test_add_func ("/home/wakes-a-sleeping-loop", test_wakes_a_sleeping_loop);
  g_test_add_func ("/home/one-wake-up-a-batch", test_one_wake_up_a_batch);
  g_test_add_func ("/home/post-between-look-and-sleep", test_post_between_look_and_sleep);
  g_test_add_func ("/home/ranks", test_ranks);
  g_test_add_func ("/home/notify", test_notify);
  g_test_add_func ("/home/signal", test_signal);
  g_test_add_func ("/home/a-stream-starves-nobody", test_a_stream_starves_nobody);
  g_test_add_func ("/home/budget", test_budget);
  g_test_add_func ("/home/frames-in-a-flood", test_frames_in_a_flood);
  g_test_add_func ("/home/nested-loop", test_nested_loop);
  g_test_add_func ("/home/flush-inside", test_flush_inside);
  g_test_add_func ("/home/dropped-by-a-handler", test_dropped_by_a_handler);
  g_test_add_func ("/home/flush-default", test_flush_default);
  g_test_add_func ("/home/flush-own", test_flush_own);
  g_test_add_func ("/home/flush-before-the-push", test_flush_before_the_push);
  g_test_add_func ("/home/flush-ends", test_flush_ends);

  return g_test_run ();
}
