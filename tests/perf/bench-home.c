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
  while (g_main_context_iteration (NULL, FALSE))
    ;

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
       guint       n)
{
  static Frames frames;
  guint id = g_timeout_add (16, frame_cb, &frames);

  frames.due = bench_now () + 16e6;
  frames.n_frames = 0;
  run (post, n);
  g_source_remove (id);
  if (frames.n_frames == 0)
    return 0;
  qsort (frames.late, frames.n_frames, sizeof (double), bench_compare);
  return frames.late[frames.n_frames * 19 / 20] / 1e6;
}

int
main (void)
{
  double ours[BENCH_ROUNDS], peer[BENCH_ROUNDS];

  for (guint i = 0; i < N_OBJECTS; i++)
    bench.things[i] = g_object_new (bench_thing_get_type (), NULL);

  compare ("callback, 1000 objects", letters_to_many_thread, idle_thread, "g_idle_add");
  compare ("callback, one object", letters_to_one_thread, idle_thread, "g_idle_add");
  compare ("callback, 1000 objects", letters_to_many_thread, task_thread, "g_task_return");
  compare_bits ();

  for (guint i = 0; i < 3; i++)
    {
      ours[i] = flood (letters_to_many_thread, 1000000);
      peer[i] = flood (invoke_thread, 1000000);
    }
  bench_row ("late frames in 1e6 callbacks", bench_median (ours, 3), bench_median (peer, 3),
             "idle sources of the same priority", "ms");

  for (guint i = 0; i < N_OBJECTS; i++)
    g_object_unref (bench.things[i]);

  return 0;
}
