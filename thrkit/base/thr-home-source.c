/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-chaos-private.h"
#include "base/thr-home-core-private.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* A home's source: how its thread is woken, and how it gets to its work.
 *
 * The owner's prepare() announces that it is about to sleep and looks at the queue;
 * a pusher queues and then looks whether somebody announced. One of the two sees the
 * other (both sides are sequentially consistent), so a batch costs one wake-up and a
 * busy loop none. check() takes the announcement back.
 *
 * The wake-up goes through a descriptor of the home's own and not through
 * g_main_context_wakeup(): that must not be called once the last reference to the
 * context has been dropped, and between that moment and our hearing of it any
 * thread may push.
 *
 * A flood must not freeze an application. A batch ends when its time is up, and
 * whatever else has our priority has its turn. What has a lower one, such as the
 * frames of GTK, would wait for the end of the flood all the same, as GLib dispatches
 * the highest priority alone; so after such a batch we rest:
 *
 *   WORKING ── time is up ──► RESTING ── our check() says "not ready" ──► WORKING
 *
 * and for one iteration the most urgent of the others are dispatched. Lest that
 * iteration finds nothing, and who goes by that takes the context for idle, there is
 * then a source of the lowest priority that is always ready.
 */

#define BATCH_BUDGET_US (4 * G_TIME_SPAN_MILLISECOND)
/* How often to look when the process has run out of descriptors. */
#define NO_FD_POLL_MS   10

typedef struct
{
  GSource  source;
  ThrHome *home; /* borrowed: the callback's data owns the reference */
} HomeSource;

static void
write_wake (int fd)
{
  guint64 one = 1;

  /* It fails only when the counter is full, and then the owner wakes anyway. */
  while (fd >= 0 && write (fd, &one, sizeof one) < 0 && errno == EINTR)
    ;
}

static void
acknowledge_wake (ThrHome *self)
{
  guint64 count;

  while (read (self->wake_fd, &count, sizeof count) < 0 && errno == EINTR)
    ;
}

void
thr_home_wake (ThrHome *self)
{
  /* Pairs with home_prepare(): we queued before this load, it announces before it
   * looks at the queue. The load keeps the line shared while the loop is busy. */
  if (__atomic_load_n (&self->asleep, __ATOMIC_SEQ_CST) &&
      __atomic_exchange_n (&self->asleep, FALSE, __ATOMIC_SEQ_CST))
    write_wake (self->wake_fd);

  /* The same for a loop of another kind, and thr_loop_arm(). */
  if (__atomic_load_n (&self->loop_asleep, __ATOMIC_SEQ_CST) &&
      __atomic_exchange_n (&self->loop_asleep, FALSE, __ATOMIC_SEQ_CST))
    write_wake (__atomic_load_n (&self->loop_fd, __ATOMIC_ACQUIRE));
}

static gboolean
home_prepare (GSource *source,
              int     *timeout)
{
  ThrHome *self = ((HomeSource *) source)->home;

  if (self->resting)
    {
      *timeout = 0;
      return FALSE;
    }

  *timeout = self->wake_fd >= 0 ? -1 : NO_FD_POLL_MS;

  if (G_UNLIKELY (thr_home_is_foreign (self)))
    {
      /* The descriptor is the parent's too: to read it would steal its wake-ups,
       * and not to read it would let our poll() return for ever. */
      if (self->wake_tag != NULL)
        g_source_remove_unix_fd (source, g_steal_pointer (&self->wake_tag));
      *timeout = -1;
      return FALSE;
    }

  /* Announce, then look: pairs with thr_home_wake(). It is announced even when
   * the pusher is this very thread: another source's prepare() may push after
   * ours has looked. */
  __atomic_store_n (&self->asleep, TRUE, __ATOMIC_SEQ_CST);
  THR_CHAOS ();
  if (!thr_home_has_work (self))
    return FALSE;

  __atomic_store_n (&self->asleep, FALSE, __ATOMIC_RELAXED);
  return TRUE;
}

/* Awake until the next prepare(), which looks again: no order is needed here. GLib
 * leaves us out when something of a higher priority is ready; then the next push
 * pays for a wake-up that nobody needed. */
static gboolean
home_check (GSource *source)
{
  ThrHome *self = ((HomeSource *) source)->home;

  __atomic_store_n (&self->asleep, FALSE, __ATOMIC_RELAXED);
  THR_CHAOS ();
  if (self->wake_tag != NULL && g_source_query_unix_fd (source, self->wake_tag) != 0)
    acknowledge_wake (self);

  if (self->resting)
    {
      self->resting = FALSE;
      return FALSE;
    }

  return thr_home_has_work (self);
}

static gboolean
last_cb (gpointer data)
{
  ((ThrHome *) data)->has_last = FALSE;
  return G_SOURCE_REMOVE;
}

static void
unref_home (gpointer home)
{
  thr_home_unref (home);
}

static void
rest (ThrHome      *self,
      GMainContext *context)
{
  GSource *last;

  self->resting = TRUE;
  if (self->has_last)
    return;

  self->has_last = TRUE;
  last = g_idle_source_new ();
  g_source_set_priority (last, G_MAXINT);
  g_source_set_static_name (last, "[thrkit] last of all");
  g_source_set_callback (last, last_cb, thr_home_ref (self), unref_home);
  g_source_attach (last, context);
  g_source_unref (last);
}

static gboolean
home_dispatch (GSource     *source,
               GSourceFunc  callback,
               gpointer     data)
{
  ThrHome *self = thr_home_ref (((HomeSource *) source)->home);
  gint64 end = g_get_monotonic_time () + BATCH_BUDGET_US;
  guint n = 0;

  /* The clock is read after 1, 2, 4 and 8 steps and then once in eight: slow
   * handlers are noticed at once, and quick ones do not pay for it. What is left
   * over is found by the next prepare(), after everybody else has had a turn. */
  while (!thr_process_is_ending () && thr_home_step (self, n))
    if ((++n % 8 == 0 || n == 1 || n == 2 || n == 4) && g_get_monotonic_time () >= end)
      {
        if (thr_home_has_work (self))
          rest (self, g_source_get_context (source));
        break;
      }

  thr_home_unref (self);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = {
  .prepare = home_prepare,
  .check = home_check,
  .dispatch = home_dispatch
};

static gboolean
never_called_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

void
thr_home_attach (ThrHome        *self,
                 GDestroyNotify  orphan)
{
  GSource *source = g_source_new (&source_funcs, sizeof (HomeSource));

  self->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (self->wake_fd >= 0)
    self->wake_tag = g_source_add_unix_fd (source, self->wake_fd, G_IO_IN);
  ((HomeSource *) source)->home = self;
  g_source_set_static_name (source, "[thrkit] home");
  g_source_set_can_recurse (source, TRUE);
  g_source_set_callback (source, never_called_cb, thr_home_ref (self), orphan);
  g_source_attach (source, self->context);
  g_source_unref (source);
}
