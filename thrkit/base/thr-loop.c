/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-loop.h"

#include "base/thr-home-core-private.h"
#include "base/thr-operation-private.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* A home whose thread runs a loop of another kind.
 *
 *   unarmed ── arm, nothing queued ──► armed ── push ──► told (the fd is readable)
 *      ▲ └── arm, something queued: stays unarmed               │
 *      └────────────────────────── arm ◄────────────────────────┘
 *
 * It is the protocol of the home's source once more, with a flag and a descriptor of
 * its own: a GLib loop that runs inside the other one takes its announcement back when
 * it wakes and knows nothing of who sleeps outside.
 */

static int
open_fd (ThrHome *self)
{
  int fd = __atomic_load_n (&self->loop_fd, __ATOMIC_ACQUIRE);
  int none = -1;

  if (fd >= 0)
    return fd;

  fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  /* Another thread may have been quicker. */
  if (fd >= 0 && !__atomic_compare_exchange_n (&self->loop_fd, &none, fd, FALSE,
                                               __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    {
      close (fd);
      fd = none;
    }

  return fd;
}

/**
 * thr_loop_get_fd:
 * @context: (nullable): a main context, or %NULL for the thread-default one of the
 *   caller
 *
 * Gets a descriptor by which a loop of another kind hears of what is queued for a
 * main context.
 *
 * Signals, notifications and callbacks of this library wait for @context to be
 * iterated. A thread that runs another loop (asyncio, libuv, epoll by hand) watches
 * this descriptor for reading; when it is readable, and once in the beginning, it calls
 * [method@GLib.MainContext.iteration] without blocking and then [func@Thr.loop_arm],
 * again and again until that says %TRUE. Nothing else is told of by the descriptor:
 * other sources of @context are not.
 *
 * The descriptor belongs to the library and is valid as long as @context is. It must
 * be neither read from nor closed, and is of no use to a forked child.
 *
 * Does not block. Any thread.
 *
 * Returns: the descriptor, or -1 when the process can have no more of them
 */
int
thr_loop_get_fd (GMainContext *context)
{
  ThrHome *home = thr_home_get (context);
  int fd = open_fd (home);

  thr_home_unref (home);
  return fd;
}

/**
 * thr_loop_arm:
 * @context: (nullable): a main context, or %NULL for the thread-default one of the
 *   caller
 *
 * Has the descriptor of [func@Thr.loop_get_fd] become readable with the next thing that
 * is queued for a main context, unless something is queued already.
 *
 * It is armed for one time only, and by the thread alone that iterates @context.
 *
 * Does not block.
 *
 * Returns: %TRUE when nothing is queued, and the loop may sleep; %FALSE when @context has
 *   to be iterated first, and this be called again
 */
gboolean
thr_loop_arm (GMainContext *context)
{
  ThrHome *home = thr_home_get (context);
  int fd = open_fd (home);
  gboolean idle;
  guint64 count;

  while (fd >= 0 && read (fd, &count, sizeof count) < 0 && errno == EINTR)
    ;

  /* Announce, then look: pairs with thr_home_wake(). */
  __atomic_store_n (&home->loop_asleep, TRUE, __ATOMIC_SEQ_CST);
  idle = !thr_home_has_work (home);
  if (!idle)
    __atomic_store_n (&home->loop_asleep, FALSE, __ATOMIC_RELAXED);

  thr_home_unref (home);
  return idle;
}

/**
 * thr_loop_divert:
 * @context: (nullable): a main context that the caller iterates, or %NULL for an end of
 *   it
 *
 * Has what the calling thread begins to await call back in a main context of its own.
 *
 * An `_async` function calls back at the home of the object that is awaited. When that is
 * another thread, or a main context that nobody iterates, who awaits in a loop of
 * another kind would hear of it late or never. Between a call with @context and one
 * with %NULL, every `_async` function that this thread calls calls back in @context. What
 * it was granted goes to the next waiter when @context is freed, as it would with the
 * home's. Signals and notifications of the objects come at their homes as ever.
 *
 * It is meant for bindings, around a single call. Each thread has a switch of its own.
 *
 * Does not block.
 */
void
thr_loop_divert (GMainContext *context)
{
  ThrObject *door = context != NULL ? thr_door_new (context) : NULL;

  door = thr_operation_set_door (door);
  g_clear_object (&door);
}
