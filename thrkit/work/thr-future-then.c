/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-language-private.h"
#include "work/thr-future-private.h"

/* Callbacks for the end of a future: letters that lie in the future until it is
 * settled, and then go through its mailbox.
 */

typedef struct
{
  ThrLetter      letter;
  ThrResolveFunc resolve;
  gpointer       resolve_data;
  GDestroyNotify resolve_notify;
  ThrRejectFunc  reject;
  gpointer       reject_data;
  GDestroyNotify reject_notify;
} ThenLetter;

/* A destroy-notify that is not ours to run: its home is gone. */
static void
abandon_notify (GDestroyNotify notify,
                gpointer       data)
{
  if (notify != NULL && !thr_language_notify_is_js (notify))
    notify (data);
}

static void
then_letter_discard (ThrLetter *letter,
                     GObject   *object)
{
  ThenLetter *self = (ThenLetter *) letter;

  abandon_notify (self->resolve_notify, self->resolve_data);
  abandon_notify (self->reject_notify, self->reject_data);
  g_free (self);
}

static void
then_letter_deliver (ThrLetter *letter,
                     GObject   *object)
{
  ThenLetter *self = (ThenLetter *) letter;
  ThrFuturePrivate *priv = thr_future_get_private (object);

  if (priv->error == NULL)
    {
      if (self->resolve != NULL)
        self->resolve (G_IS_VALUE (&priv->value) ? &priv->value : NULL,
                       self->resolve_data);
    }
  else if (self->reject != NULL)
    {
      __atomic_store_n (&priv->asked, TRUE, __ATOMIC_RELAXED);
      self->reject (priv->error, self->reject_data);
    }

  if (self->resolve_notify != NULL)
    self->resolve_notify (self->resolve_data);
  if (self->reject_notify != NULL)
    self->reject_notify (self->reject_data);
  g_free (self);
}

/* Dropped before it was settled: the callbacks will never be called, but what they own
 * must go, at home. */
void
thr_future_drop_then (ThrFuture *self,
                      ThrLetter *letter)
{
  ThrHome *home = thr_object_get_home (THR_OBJECT (self));
  ThenLetter *then = (ThenLetter *) letter;

  thr_home_throw_notify (home, then->resolve_notify, then->resolve_data);
  thr_home_throw_notify (home, then->reject_notify, then->reject_data);
  g_free (then);
}

/**
 * thr_future_then:
 * @self: a future
 * @resolve: (scope notified) (nullable) (closure resolve_data) (destroy resolve_notify): called at home with the value
 * @resolve_data: data for @resolve
 * @resolve_notify: frees @resolve_data, at home
 * @reject: (scope notified) (nullable) (closure reject_data) (destroy reject_notify): called at home with the error
 * @reject_data: data for @reject
 * @reject_notify: frees @reject_data, at home
 *
 * Calls one of two functions when the future is settled.
 *
 * Exactly one of them is called, exactly once, and always later, also when the
 * future is settled already. This is what makes a future awaitable in JavaScript:
 * `await future` gives the value or throws the error. May be called from any thread.
 */
void
thr_future_then (ThrFuture      *self,
                 ThrResolveFunc  resolve,
                 gpointer        resolve_data,
                 GDestroyNotify  resolve_notify,
                 ThrRejectFunc   reject,
                 gpointer        reject_data,
                 GDestroyNotify  reject_notify)
{
  ThrFuturePrivate *priv;
  ThenLetter *then;
  gboolean pending;

  g_return_if_fail (THR_IS_FUTURE (self));

  then = g_new0 (ThenLetter, 1);
  then->letter.rank = THR_RANK_THEN;
  then->letter.deliver = then_letter_deliver;
  then->letter.discard = then_letter_discard;
  then->resolve = resolve;
  then->resolve_data = resolve_data;
  then->resolve_notify = resolve_notify;
  then->reject = reject;
  then->reject_data = reject_data;
  then->reject_notify = reject_notify;

  priv = thr_future_get_private (self);
  thr_wait_list_lock (&priv->waiters);
  pending = thr_future_follow_unlocked (priv, &then->letter);
  thr_wait_list_unlock (&priv->waiters);

  if (!pending)
    thr_mailbox_post (thr_object_get_mailbox (THR_OBJECT (self)), &then->letter);
}
