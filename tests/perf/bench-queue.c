/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* ThrQueue beside GAsyncQueue, which carries pointers: so its items are made and freed
 * here as ours are, as values on the heap, and once as bare pointers too. */

#include "bench-util.h"

#define ALONE_N     300000
#define HAND_OVER_N 30000
#define STREAM_N    300000

static void
ours_put (ThrQueue *queue,
          int       number)
{
  GValue value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_INT);
  g_value_set_int (&value, number);
  thr_queue_put (queue, &value, NULL);
}

static int
ours_get (ThrQueue *queue)
{
  GValue value = G_VALUE_INIT;

  thr_queue_get_into (queue, &value, NULL);
  return g_value_get_int (&value);
}

static void
peer_put (GAsyncQueue *queue,
          int          number)
{
  GValue *value = g_new0 (GValue, 1);

  g_value_init (value, G_TYPE_INT);
  g_value_set_int (value, number);
  g_async_queue_push (queue, value);
}

static int
peer_get (GAsyncQueue *queue)
{
  GValue *value = g_async_queue_pop (queue);
  int number = g_value_get_int (value);

  g_value_unset (value);
  g_free (value);
  return number;
}

static void
bench_alone (gboolean bare)
{
  g_autoptr (ThrQueue) queue = thr_queue_new (THR_QUEUE_KIND_FIFO, 0);
  g_autoptr (GAsyncQueue) peer = g_async_queue_new ();
  double ours[BENCH_ROUNDS], theirs[BENCH_ROUNDS];

  for (guint round = 0; round < BENCH_ROUNDS; round++)
    {
      double start = bench_now ();

      for (int i = 0; i < ALONE_N; i++)
        {
          ours_put (queue, i);
          ours_get (queue);
        }
      ours[round] = (bench_now () - start) / ALONE_N;

      start = bench_now ();
      for (int i = 0; i < ALONE_N; i++)
        {
          if (bare)
            {
              g_async_queue_push (peer, queue);
              g_async_queue_pop (peer);
            }
          else
            {
              peer_put (peer, i);
              peer_get (peer);
            }
        }
      theirs[round] = (bench_now () - start) / ALONE_N;
    }

  bench_row (bare ? "queue-put-get-bare" : "queue-put-get", bench_median (ours, BENCH_ROUNDS),
             bench_median (theirs, BENCH_ROUNDS),
             bare ? "GAsyncQueue of pointers" : "GAsyncQueue", "ns");
}

typedef struct
{
  ThrQueue    *ours[2];
  GAsyncQueue *peer[2];
} Court;

static gpointer
our_player (gpointer data)
{
  Court *self = data;

  for (guint i = 0; i < HAND_OVER_N; i++)
    ours_put (self->ours[1], ours_get (self->ours[0]));
  return NULL;
}

static gpointer
peer_player (gpointer data)
{
  Court *self = data;

  for (guint i = 0; i < HAND_OVER_N; i++)
    peer_put (self->peer[1], peer_get (self->peer[0]));
  return NULL;
}

static gpointer
our_producer (gpointer data)
{
  Court *self = data;

  for (int i = 0; i < STREAM_N; i++)
    ours_put (self->ours[0], i);
  return NULL;
}

static gpointer
peer_producer (gpointer data)
{
  Court *self = data;

  for (int i = 0; i < STREAM_N; i++)
    peer_put (self->peer[0], i);
  return NULL;
}

static void
court_init (Court *self)
{
  for (guint i = 0; i < 2; i++)
    {
      self->ours[i] = thr_queue_new (THR_QUEUE_KIND_FIFO, 0);
      self->peer[i] = g_async_queue_new ();
    }
}

static void
court_clear (Court *self)
{
  for (guint i = 0; i < 2; i++)
    {
      g_object_unref (self->ours[i]);
      g_async_queue_unref (self->peer[i]);
    }
}

/* One item goes there and back. */
static void
bench_hand_over (void)
{
  double ours[BENCH_ROUNDS], theirs[BENCH_ROUNDS];
  Court court;

  court_init (&court);
  for (guint round = 0; round < BENCH_ROUNDS; round++)
    {
      double start = bench_now ();
      GThread *thread = g_thread_new ("player", our_player, &court);

      for (int i = 0; i < HAND_OVER_N; i++)
        {
          ours_put (court.ours[0], i);
          ours_get (court.ours[1]);
        }
      g_thread_join (thread);
      ours[round] = (bench_now () - start) / (2 * HAND_OVER_N);

      start = bench_now ();
      thread = g_thread_new ("player", peer_player, &court);
      for (int i = 0; i < HAND_OVER_N; i++)
        {
          peer_put (court.peer[0], i);
          peer_get (court.peer[1]);
        }
      g_thread_join (thread);
      theirs[round] = (bench_now () - start) / (2 * HAND_OVER_N);
    }
  court_clear (&court);

  bench_row ("queue-hand-over", bench_median (ours, BENCH_ROUNDS),
             bench_median (theirs, BENCH_ROUNDS), "GAsyncQueue", "ns");
}

/* One producer, one consumer, as fast as they can. */
static void
bench_stream (void)
{
  double ours[BENCH_ROUNDS], theirs[BENCH_ROUNDS];
  Court court;

  court_init (&court);
  for (guint round = 0; round < BENCH_ROUNDS; round++)
    {
      double start = bench_now ();
      GThread *thread = g_thread_new ("producer", our_producer, &court);

      for (guint i = 0; i < STREAM_N; i++)
        ours_get (court.ours[0]);
      g_thread_join (thread);
      ours[round] = (bench_now () - start) / STREAM_N;

      start = bench_now ();
      thread = g_thread_new ("producer", peer_producer, &court);
      for (guint i = 0; i < STREAM_N; i++)
        peer_get (court.peer[0]);
      g_thread_join (thread);
      theirs[round] = (bench_now () - start) / STREAM_N;
    }
  court_clear (&court);

  bench_row ("queue-stream", bench_median (ours, BENCH_ROUNDS),
             bench_median (theirs, BENCH_ROUNDS), "GAsyncQueue", "ns");
}

int
main (void)
{
  bench_alone (FALSE);
  bench_alone (TRUE);
  bench_hand_over ();
  bench_stream ();
  return EXIT_SUCCESS;
}
