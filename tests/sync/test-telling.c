/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <dlfcn.h>

#include "sync/sync-util.h"

/* A wait at home that comes between a change and the post that tells of it: it lasts
 * until the post is there, and has delivered it when it returns.
 *
 * A thread that makes a change asks whether anybody listens, after the change and
 * before it posts. Here it asks us, and we keep it there until the main thread has
 * either taken its context, which it does only to wait or to dispatch, or returned. */

typedef struct
{
  const char *name;
  const char *detail;   /* the property that is told of */
  gpointer  (*make)   (void);
  void      (*change) (gpointer self);
  void      (*wait)   (gpointer self);
} Kind;

static __thread gboolean is_teller;
static __thread gboolean is_waiter;
static int n_windows;   /* atomic: how often the window was open */
static int in_window;      /* atomic */
static int is_waiting;     /* atomic: has come for its context, or has returned */

gulong
g_signal_handler_find (gpointer         instance,
                       GSignalMatchType mask,
                       guint            signal_id,
                       GQuark           detail,
                       GClosure        *closure,
                       gpointer         func,
                       gpointer         data)
{
  static gulong (*real) (gpointer, GSignalMatchType, guint, GQuark, GClosure *, gpointer,
                         gpointer);

  if (g_once_init_enter ((gsize *) &real))
    g_once_init_leave ((gsize *) &real, (gsize) dlsym (RTLD_NEXT, "g_signal_handler_find"));

  if (is_teller)
    {
      is_teller = FALSE;
      g_atomic_int_inc (&n_windows);
      g_atomic_int_set (&in_window, TRUE);
      await_flag (&is_waiting);
    }
  return real (instance, mask, signal_id, detail, closure, func, data);
}

gboolean
g_main_context_acquire (GMainContext *context)
{
  static gboolean (*real) (GMainContext *);

  if (g_once_init_enter ((gsize *) &real))
    g_once_init_leave ((gsize *) &real, (gsize) dlsym (RTLD_NEXT, "g_main_context_acquire"));

  if (is_waiter)
    g_atomic_int_set (&is_waiting, TRUE);
  return real (context);
}

/* --- What is waited for --- */

static gpointer
make_latch (void)
{
  return thr_latch_new (1);
}

static void
change_latch (gpointer self)
{
  g_assert_true (thr_latch_count_down (self, 1, NULL));
}

static void
wait_latch (gpointer self)
{
  g_assert_true (thr_latch_wait (self, NULL));
}

static void
try_latch (gpointer self)
{
  g_assert_true (thr_latch_wait_timed (self, 0, NULL, NULL));
}

static void
wait_event (gpointer self)
{
  g_assert_true (thr_event_wait (self, NULL));
}

static gpointer
make_barrier (void)
{
  return thr_barrier_new (2);
}

static void
wait_barrier (gpointer self)
{
  GError *error = NULL;

  g_assert_false (thr_barrier_wait (self, NULL, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_BROKEN);
}

static gpointer
make_timer (void)
{
  ThrTimer *self = thr_timer_new (G_MAXINT64);

  g_assert_true (thr_timer_start (self, NULL));
  return self;
}

static void
change_timer (gpointer self)
{
  g_assert_true (thr_timer_cancel (self));
}

static void
wait_timer (gpointer self)
{
  g_assert_true (thr_timer_wait (self, NULL));
}

static const Kind kinds[] = {
  { "event", "notify::flag", (gpointer) thr_event_new, (gpointer) thr_event_set, wait_event },
  { "latch", "notify::count", make_latch, change_latch, wait_latch },
  { "latch-try", "notify::count", make_latch, change_latch, try_latch },
  { "barrier", "notify::broken", make_barrier, (gpointer) thr_barrier_abort, wait_barrier },
  { "timer", "notify::state", make_timer, change_timer, wait_timer }
};

/* --- The window --- */

typedef struct
{
  const Kind *kind;
  gpointer    object;
} Change;

static gpointer
change_thread (gpointer data)
{
  Change *self = data;

  is_teller = TRUE;
  self->kind->change (self->object);
  is_teller = FALSE;
  return NULL;
}

static void
test_window (gconstpointer data)
{
  Change change = { data, NULL };
  guint n_notified = 0;
  GThread *thread;

  change.object = change.kind->make ();
  drain ();
  g_signal_connect_swapped (change.object, change.kind->detail, G_CALLBACK (g_atomic_int_inc),
                            &n_notified);
  in_window = is_waiting = n_windows = FALSE;

  thread = g_thread_new ("change", change_thread, &change);
  await_flag (&in_window);
  is_waiter = TRUE;
  change.kind->wait (change.object);
  is_waiter = FALSE;
  g_assert_cmpuint (n_notified, ==, 1);
  g_atomic_int_set (&is_waiting, TRUE);
  g_thread_join (thread);
  g_assert_cmpint (n_windows, ==, 1);
  drain ();
  g_assert_cmpuint (n_notified, ==, 1);

  assert_finalized (change.object);
}

/* Nobody but the home's thread waits for those who tell. */
static gpointer
wait_thread (gpointer data)
{
  Change *self = data;

  self->kind->wait (self->object);
  return NULL;
}

static void
test_elsewhere (gconstpointer data)
{
  Change change = { data, NULL };
  guint n_notified = 0;
  GThread *thread;

  change.object = change.kind->make ();
  drain ();
  g_signal_connect_swapped (change.object, change.kind->detail, G_CALLBACK (g_atomic_int_inc),
                            &n_notified);
  in_window = is_waiting = FALSE;

  thread = g_thread_new ("change", change_thread, &change);
  await_flag (&in_window);
  g_thread_join (g_thread_new ("wait", wait_thread, &change));
  g_assert_cmpuint (n_notified, ==, 0);
  g_atomic_int_set (&is_waiting, TRUE);
  g_thread_join (thread);
  drain ();
  g_assert_cmpuint (n_notified, ==, 1);

  assert_finalized (change.object);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *window = g_strdup_printf ("/telling/window/%s", kinds[i].name);
      g_autofree char *elsewhere = g_strdup_printf ("/telling/elsewhere/%s", kinds[i].name);

      g_test_add_data_func (window, &kinds[i], test_window);
      g_test_add_data_func (elsewhere, &kinds[i], test_elsewhere);
    }

  return g_test_run ();
}
