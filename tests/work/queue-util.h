/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "work/work-util.h"

/* What the tests of queues share: their items are numbers. */

static inline void
number_init (GValue *value,
             int     number)
{
  g_value_init (value, G_TYPE_INT);
  g_value_set_int (value, number);
}

static inline gboolean
put_timed (ThrQueue      *queue,
           int            number,
           gint64         timeout_us,
           GCancellable  *cancellable,
           GError       **error)
{
  g_auto (GValue) value = G_VALUE_INIT;

  number_init (&value, number);
  return thr_queue_put_timed (queue, &value, timeout_us, cancellable, error);
}

static inline void
put (ThrQueue *queue,
     int       number)
{
  g_autoptr (GError) error = NULL;
  gboolean done = put_timed (queue, number, -1, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (done);
}

/* −1 when there is no item. */
static inline int
get_timed (ThrQueue      *queue,
           gint64         timeout_us,
           GCancellable  *cancellable,
           GError       **error)
{
  g_auto (GValue) value = G_VALUE_INIT;

  if (!thr_queue_get_timed_into (queue, &value, timeout_us, cancellable, error))
    return -1;
  return g_value_get_int (&value);
}

static inline int
get (ThrQueue *queue)
{
  g_autoptr (GError) error = NULL;
  int number = get_timed (queue, -1, NULL, &error);

  g_assert_no_error (error);
  return number;
}

static inline int
try_get (ThrQueue *queue)
{
  return get_timed (queue, 0, NULL, NULL);
}

static inline void
await_waiters (ThrQueue *queue,
               guint     n)
{
  while (thr_queue_get_n_waiters (queue) != n)
    g_thread_yield ();
}

typedef enum { PUT, GET, JOIN } Verb;

/* A caller that waits in a thread or on the main loop, and tells how it went. */
typedef struct
{
  ThrQueue     *queue;
  Verb          verb;
  int           number;       /* what is put, or was got */
  gint64        timeout_us;
  GCancellable *cancellable;
  gboolean      drop;         /* awaiting: do not finish */

  GThread      *thread;
  guint         n_calls;
  gboolean      success;
  GError       *error;
  GAsyncResult *result;       /* owned */
} Caller;

#define assert_error_and_clear(error, domain, code) \
  G_STMT_START { \
    g_assert_error (*(error), domain, code); \
    g_clear_error (error); \
  } G_STMT_END

/* Lets what was posted for the object go before the last reference does. */
#define assert_finalized(object) \
  G_STMT_START { \
    drain (); \
    g_assert_finalize_object (G_OBJECT (object)); \
  } G_STMT_END
