/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "bench-util.h"

#include "base/thr-home-private.h"
#include "base/thr-object-private.h"

/* What it costs to tell a main loop something from another thread: per
 * notification, from the worker's first post to the loop's last callback. The
 * targets: a third of g_idle_add() now, 120 ns later. And whether a frame timer
 * still fires in time while a million of them come in.
 */

#define N_OBJECTS 1000
#define N_POSTS   200000

/* GDK_PRIORITY_REDRAW. */
#define FRAME_PRIORITY (G_PRIORITY_HIGH_IDLE + 20)

/* --- The smallest object --- */

typedef struct
{
  ThrObject parent_instance;
} BenchThing;

typedef struct
{
  ThrObjectClass parent_class;
} BenchThingClass;

static guint done_signal, done_bit, value_bit;

static GType bench_thing_get_type (void);
G_DEFINE_TYPE (BenchThing, bench_thing, THR_TYPE_OBJECT)

static void
bench_thing_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
}

static void
bench_thing_class_init (BenchThingClass *klass)
{
  GParamSpec *pspec = g_param_spec_int ("value", NULL, NULL, 0, 1, 0,
                                        G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  G_OBJECT_CLASS (klass)->get_property = bench_thing_get_property;
  g_object_class_install_property (G_OBJECT_CLASS (klass), 1, pspec);
  value_bit = thr_object_class_add_notify (THR_OBJECT_CLASS (klass), pspec);
  done_signal = g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                              NULL, NULL, NULL, G_TYPE_NONE, 0);
  done_bit = thr_object_class_add_signal (THR_OBJECT_CLASS (klass), done_signal, THR_RANK_SIGNAL);
}

static void
bench_thing_init (BenchThing *self)
{
}

/* --- A row: a worker that posts, a loop that counts --- */

typedef struct
{
  ThrObject   *things[N_OBJECTS];
  guint        n;             /* to be posted */
  guint        n_delivered;   /* loop only */
  GThreadFunc  post;
} Bench;

static Bench bench;

static void
letter_deliver (ThrLetter *letter,
                GObject   *object)
{
  bench.n_delivered++;
  g_free (letter);
}

static void
letter_discard (ThrLetter *letter,
                GObject   *object)
{
  g_free (letter);
}

static void
post_letter (ThrObject *thing)
{
  ThrLetter *letter = g_new0 (ThrLetter, 1);

  letter->rank = THR_RANK_ASYNC;
  letter->deliver = letter_deliver;
  letter->discard = letter_discard;
  thr_mailbox_post (thr_object_get_mailbox (thing), letter);
}

static gpointer
letters_to_many_thread (gpointer data)
{
  for (guint i = 0; i < bench.n; i++)
    post_letter (bench.things[i % N_OBJECTS]);
  return NULL;
}

static gpointer
letters_to_one_thread (gpointer data)
{
  for (guint i = 0; i < bench.n; i++)
    post_letter (bench.things[0]);
  return NULL;
}

static gboolean
idle_cb (gpointer data)
{
  bench.n_delivered++;
  return G_SOURCE_REMOVE;
}

static gpointer
idle_thread (gpointer data)
{
  for (guint i = 0; i < bench.n; i++)
    g_idle_add (idle_cb, NULL);
  return NULL;
}

static void
task_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  bench.n_delivered++;
}

/* As an operation does it: made at home, answered by the worker. */
static GTask **tasks;

static gpointer
task_thread (gpointer data)
{
  for (guint i = 0; i < bench.n; i++)
    {
      g_task_return_boolean (tasks[i], TRUE);
      g_object_unref (tasks[i]);
    }
  return NULL;
}

static double
run (GThreadFunc post,
     guint       n)
{
  double start;
  GThread *thread;

  bench.n = n;
  bench.n_delivered = 0;
  if (post == task_thread)
    {
      tasks = g_new (GTask *, n);
      for (guint i = 0; i < n; i++)
        tasks[i] = g_task_new (NULL, NULL, task_cb, NULL);
    }

  start = bench_now ();
  thread = g_thread_new ("worker", post, NULL);
  while (bench.n_delivered < n)
    g_main_context_iteration (NULL, TRUE);
  start = bench_now () - start;
  g_thread_join (thread);
  for (guint i = 0; i < 100; i++)
    g_main_context_iteration (NULL, FALSE);

  if (post == task_thread)
    g_clear_pointer (&tasks, g_free);
  return start / n;
}

static void
compare (const char  *name,
         GThreadFunc  ours_func,
         GThreadFunc  peer_func,
         const char  *peer_name)
{
  double ours[BENCH_ROUNDS], peer[BENCH_ROUNDS];

  for (guint i = 0; i < BENCH_ROUNDS; i++)
    {
      ours[i] = run (ours_func, N_POSTS);
      peer[i] = run (peer_func, N_POSTS);
    }
  bench_row (name, bench_median (ours, BENCH_ROUNDS), bench_median (peer, BENCH_ROUNDS),
             peer_name, "ns");
}

/* --- Signals: each object's handler once --- */

static void
done_cb (GObject  *object,
         gpointer  data)
{
  bench.n_delivered++;
}

static gpointer
bits_thread (gpointer data)
{
  for (guint i = 0; i < bench.n; i++)
    thr_object_post_bits (bench.things[i], done_bit);
  return NULL;
}

static gboolean
emit_idle_cb (gpointer data)
{
  g_signal_emit (data, done_signal, 0);
  return G_SOURCE_REMOVE;
}

static gpointer
emit_idle_thread (gpointer data)
{
  for (guint i = 0; i < bench.n; i++)
    g_idle_add (emit_idle_cb, bench.things[i]);
  return NULL;
}

/* The same batch a hundred times a round: one is too short to be timed. */
static double
run_bits (GThreadFunc post)
{
  double sum = 0;

  for (guint i = 0; i < 100; i++)
    sum += run (post, N_OBJECTS);
  return sum / 100;
}

static void
compare_bits (void)
{
  double ours[BENCH_ROUNDS], peer[BENCH_ROUNDS];

  for (guint i = 0; i < N_OBJECTS; i++)
    g_signal_connect (bench.things[i], "done", G_CALLBACK (done_cb), NULL);
  for (guint i = 0; i < BENCH_ROUNDS; i++)
    {
      ours[i] = run_bits (bits_thread);
      peer[i] = run_bits (emit_idle_thread);
    }
  for (guint i = 0; i < N_OBJECTS; i++)
    g_signal_handlers_disconnect_by_func (bench.things[i], done_cb, NULL);
  bench_row ("signal of 1000 objects", bench_median (ours, BENCH_ROUNDS),
             bench_median (peer, BENCH_ROUNDS), "g_idle_add + g_signal_emit", "ns");
}

/* --- Progress: a property of each of many objects, notified as fast as the loop can --- */

static void
value_cb (GObject    *object,
          GParamSpec *pspec,
          gpointer    data)
{
  bench.n_delivered++;
}

static int progress_ended; /* atomic */

static gpointer
progress_thread (gpointer data)
{
  for (guint i = 0; i < bench.n; i++)
    thr_object_post_bits (bench.things[i % N_OBJECTS], value_bit);
  g_atomic_int_set (&progress_ended, TRUE);
  g_main_context_wakeup (NULL);
  return NULL;
}

static double
run_progress (guint n)
{
  double start;
  GThread *thread;

  bench.n = n;
  g_atomic_int_set (&progress_ended, FALSE);
  for (guint i = 0; i < N_OBJECTS; i++)
    g_signal_connect (bench.things[i], "notify::value", G_CALLBACK (value_cb), NULL);

  start = bench_now ();
  thread = g_thread_new ("worker", progress_thread, NULL);
  while (!g_atomic_int_get (&progress_ended))
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < 100; i++)
    g_main_context_iteration (NULL, FALSE);
  start = bench_now () - start;
  g_thread_join (thread);
  for (guint i = 0; i < N_OBJECTS; i++)
    g_signal_handlers_disconnect_by_func (bench.things[i], value_cb, NULL);

  return start / n;
}

static void
compare_progress (void)
{
  double ours[BENCH_ROUNDS], peer[BENCH_ROUNDS];

  for (guint i = 0; i < BENCH_ROUNDS; i++)
    {
      ours[i] = run_progress (N_POSTS);
      peer[i] = run (idle_thread, N_POSTS);
    }
  bench_row ("progress of 1000 objects", bench_median (ours, BENCH_ROUNDS),
             bench_median (peer, BENCH_ROUNDS), "g_idle_add", "ns");
}

/* --- A frame timer under a flood ---
 *
 * How late 19 of 20 frames are at the most. The very latest says more about what
 * else the machine does.
 */

#define MAX_FRAMES 4096

typedef struct
{
  double due;
  double late[MAX_FRAMES];   /* in ns */
  guint  n_frames;
} Frames;

static gboolean
frame_cb (gpointer data)
{
  Frames *self = data;
  double now = bench_now ();

  if (self->n_frames < MAX_FRAMES)
    self->late[self->n_frames++] = now - self->due;
  self->due = now + 16e6;
  return G_SOURCE_CONTINUE;
}

static gpointer
invoke_thread (gpointer data)
{
  for (guint i = 0; i < bench.n; i++)
    g_idle_add_full (G_PRIORITY_DEFAULT, idle_cb, NULL, NULL);
  return NULL;
}

static double
flood (GThreadFunc post,
       guint       n,
       int         priority)
{
  static Frames frames;
  guint id = g_timeout_add_full (priority, 16, frame_cb, &frames, NULL);
  double begin = bench_now ();

  frames.due = begin + 16e6;
  frames.n_frames = 0;
  if (post == progress_thread)
    run_progress (n);
  else
    run (post, n);
  g_source_remove (id);
  /* None at all: as late as the flood was long. */
  if (frames.n_frames == 0)
    return (bench_now () - begin) / 1e6;
  qsort (frames.late, frames.n_frames, sizeof (double), bench_compare);
  return frames.late[frames.n_frames * 19 / 20] / 1e6;
}

/* --- How long a source that is always ready waits for its turn at the most, in the
 * processor time of the loop's thread: whatever else the machine does. --- */

typedef struct
{
  double last;
  double longest;   /* in ns */
} Turns;

static double
cpu_now (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1e9 + now.tv_nsec;
}

static gboolean
turn_cb (gpointer data)
{
  Turns *self = data;
  double now = cpu_now ();

  self->longest = MAX (self->longest, now - self->last);
  self->last = now;
  return G_SOURCE_CONTINUE;
}

static double
wait_for_turns (GThreadFunc post,
                guint       n,
                int         priority)
{
  Turns turns = { cpu_now (), 0 };
  guint id = g_idle_add_full (priority, turn_cb, &turns, NULL);

  if (post == progress_thread)
    run_progress (n);
  else
    run (post, n);
  turn_cb (&turns);
  g_source_remove (id);

  return turns.longest / 1e6;
}

static void
compare_turns (const char  *name,
               GThreadFunc  post)
{
  double ours[3], peer[3];

  for (guint i = 0; i < 3; i++)
    {
      ours[i] = wait_for_turns (post, 1000000, FRAME_PRIORITY);
      peer[i] = wait_for_turns (invoke_thread, 100000, FRAME_PRIORITY);
    }
  bench_row (name, bench_median (ours, 3), bench_median (peer, 3),
             "1e5 idle sources of default priority", "ms");
}

static void
compare_floods (const char  *name,
                GThreadFunc  post,
                int          priority)
{
  double ours[3], peer[3];

  for (guint i = 0; i < 3; i++)
    {
      ours[i] = flood (post, 1000000, priority);
      peer[i] = flood (invoke_thread, 1000000, priority);
    }
  bench_row (name, bench_median (ours, 3), bench_median (peer, 3),
             "idle sources of the same priority", "ms");
}

int
main (void)
{
  for (guint i = 0; i < N_OBJECTS; i++)
    bench.things[i] = g_object_new (bench_thing_get_type (), NULL);

  compare ("callback, 1000 objects", letters_to_many_thread, idle_thread, "g_idle_add");
  compare ("callback, one object", letters_to_one_thread, idle_thread, "g_idle_add");
  compare ("callback, 1000 objects", letters_to_many_thread, task_thread, "g_task_return");
  compare_bits ();
  compare_progress ();

  compare_floods ("late timers, 1e6 callbacks", letters_to_many_thread, G_PRIORITY_DEFAULT);
  compare_floods ("late timers, 1e6 progress", progress_thread, G_PRIORITY_DEFAULT);
  compare_floods ("late GTK frames, 1e6 callbacks", letters_to_many_thread, FRAME_PRIORITY);
  compare_floods ("late GTK frames, 1e6 progress", progress_thread, FRAME_PRIORITY);
  compare_turns ("longest turn, 1e6 callbacks", letters_to_many_thread);
  compare_turns ("longest turn, 1e6 progress", progress_thread);

  for (guint i = 0; i < N_OBJECTS; i++)
    g_object_unref (bench.things[i]);

  return 0;
}
