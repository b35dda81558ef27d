/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/thr-future-private.h"

#include "base/thr-error.h"
#include "base/thr-language-private.h"

/* Functions that are called where a future is settled, and not at its home. */

/**
 * ThrSettledFunc:
 * @future: the future that has been settled
 * @user_data: the data given with the function
 *
 * Called in the thread that has settled a future.
 */

typedef struct
{
  ThrSettledFunc  func;
  gpointer        user_data;
  GDestroyNotify  notify;
  ThrHome        *home;       /* whose thread runs @notify */
} Watch;

/* Any thread. */
static void
watch_free (gpointer data)
{
  Watch *self = data;

  thr_home_throw_notify (self->home, self->notify, self->user_data);
  thr_home_unref (self->home);
  g_free (self);
}

static void
watch_settled_cb (ThrFuture *future,
                  gpointer   data)
{
  Watch *self = data;

  self->func (future, self->user_data);
  watch_free (self);
}

/**
 * thr_future_watch:
 * @self: a future
 * @func: (scope notified) (closure user_data) (destroy notify): called when the future is settled
 * @user_data: data for @func
 * @notify: frees @user_data, at home
 * @error: return location for an error
 *
 * Calls a function in the thread that settles the future, or at once in the calling
 * thread when the future is settled already.
 *
 * It needs no main loop, which is what Python's `add_done_callback` and `asyncio` are
 * built upon; [method@Thr.Future.then] is for everything else. Several functions are
 * called in the order in which they came, after those who wait for the future were
 * woken, with no lock held. A future that goes without having been settled calls
 * nobody. May be called from any thread.
 *
 * A JavaScript function is refused with %THR_ERROR_WRONG_LANGUAGE: JavaScript runs on
 * its own thread only. @notify is run then, too.
 *
 * Returns: %TRUE when @func was or will be called
 */
gboolean
thr_future_watch (ThrFuture       *self,
                  ThrSettledFunc   func,
                  gpointer         user_data,
                  GDestroyNotify   notify,
                  GError         **error)
{
  ThrHome *home;
  Watch *watch;

  g_return_val_if_fail (THR_IS_FUTURE (self), FALSE);
  g_return_val_if_fail (func != NULL, FALSE);

  home = thr_object_get_home (THR_OBJECT (self));
  if (notify != NULL && thr_language_notify_is_js (notify))
    {
      thr_home_throw_notify (home, notify, user_data);
      return thr_language_set_wrong_language_error (error, "thr_future_watch()");
    }

  watch = g_new (Watch, 1);
  *watch = (Watch) {
    .func = func,
    .user_data = user_data,
    .notify = notify,
    .home = thr_home_ref (home)
  };
  thr_future_add_hook (self, watch_settled_cb, watch, watch_free);

  return TRUE;
}
