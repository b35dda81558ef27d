/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/thr-future-private.h"

#include "base/thr-chaos-private.h"
#include "work/thr-worker-private.h"

/* The state word of a future, described in the private header, and those who are
 * told when it becomes final.
 */

/* Lies among the thens, as a letter that is never posted. */
typedef struct
{
  ThrLetter          letter;
  ThrFutureHookFunc  func;
  gpointer           data;
  GDestroyNotify     drop;   /* nullable */
} ThrFutureHook;

static gboolean
is_hook (ThrLetter *follower)
{
  return follower->deliver == NULL;
}

static gboolean
swap_state (ThrFuturePrivate *priv,
            guint32          *word,
            guint32           state)
{
  return __atomic_compare_exchange_n (&priv->state, word,
                                      (*word & ~THR_FUTURE_STATES) | state, FALSE,
                                      __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

gboolean
thr_future_begin (ThrFuture *self)
{
  ThrFuturePrivate *priv = thr_future_get_private (self);
  guint32 word = thr_future_load_state (priv);

  while ((word & THR_FUTURE_STATES) == THR_FUTURE_STATE_PENDING)
    if (swap_state (priv, &word, THR_FUTURE_STATE_RUNNING))
      return TRUE;

  return FALSE;
}

gboolean
thr_future_claim (ThrFuture *self,
                  gboolean   from_running)
{
  ThrFuturePrivate *priv = thr_future_get_private (self);
  guint32 word = thr_future_load_state (priv);

  while ((word & THR_FUTURE_STATES) == THR_FUTURE_STATE_PENDING ||
         (from_running && (word & THR_FUTURE_STATES) == THR_FUTURE_STATE_RUNNING))
    if (swap_state (priv, &word, THR_FUTURE_SETTLING))
      return TRUE;

  return FALSE;
}

/* Parts the thens from the hooks, and puts both into the order in which they came. The
 * hooks go to the end of @hooks. */
static ThrLetter *
take_followers (ThrLetter  *followers,
                ThrLetter **hooks)
{
  ThrLetter *thens = NULL;

  while (*hooks != NULL)
    hooks = &(*hooks)->next;

  while (followers != NULL)
    {
      ThrLetter *follower = followers;
      ThrLetter **list = is_hook (follower) ? hooks : &thens;

      followers = follower->next;
      follower->next = *list;
      *list = follower;
    }

  return thens;
}

static void
post_thens (ThrFuture *self,
            ThrLetter *thens)
{
  while (thens != NULL)
    {
      ThrLetter *letter = thens;

      thens = letter->next;
      thr_mailbox_post (thr_object_get_mailbox (THR_OBJECT (self)), letter);
    }
}

static void
run_hooks (ThrFuture *self,
           ThrLetter *hooks)
{
  if (hooks != NULL)
    thr_worker_before_hook ();

  while (hooks != NULL)
    {
      ThrFutureHook *hook = (ThrFutureHook *) hooks;

      hooks = hook->letter.next;
      hook->func (self, hook->data);
      g_free (hook);
    }
}

static void
grant_operations_unlocked (ThrWaitList  *list,
                           ThrWakeBatch *batch)
{
  ThrWaiter *next;

  for (ThrWaiter *waiter = list->head; waiter != NULL; waiter = next)
    {
      next = waiter->next;
      if (waiter->operation == NULL)
        continue;
      thr_wait_list_remove_unlocked (list, waiter);
      thr_waiter_grant (waiter, batch);
    }
}

/* What is posted is posted before anybody is let go: a wait at home delivers it
 * before it returns. Posted in the order of the ranks, too, for the home may take what
 * there is at any moment. */
static void
tell_everybody (ThrFuture *self)
{
  ThrFuturePrivate *priv = thr_future_get_private (self);
  ThrWakeBatch batch = THR_WAKE_BATCH_INIT;
  ThrLetter *hooks = NULL;

  for (;;)
    {
      ThrLetter *thens;

      thr_wait_list_lock (&priv->waiters);
      thens = take_followers (g_steal_pointer (&priv->followers), &hooks);
      grant_operations_unlocked (&priv->waiters, &batch);
      if (thens == NULL && batch.operations == NULL)
        break;
      thr_wait_list_unlock (&priv->waiters);
      THR_CHAOS ();
      post_thens (self, thens);
      thr_wake_batch_fire (&batch);
    }
  thr_wait_list_grant_all_unlocked (&priv->waiters, &batch);
  __atomic_fetch_or (&priv->state, THR_FUTURE_TOLD, __ATOMIC_ACQ_REL);
  thr_wait_list_unlock (&priv->waiters);
  THR_CHAOS ();

  /* Before the hooks, which run code of programs: those who wait must not have to
   * wait for that as well, and it may even wait for them. */
  thr_wake_batch_fire (&batch);

  run_hooks (self, hooks);
}

void
thr_future_settle (ThrFuture      *self,
                   ThrFutureState  state,
                   guint           bits)
{
  ThrFuturePrivate *priv = thr_future_get_private (self);
  guint32 word;

  /* Release: the answer is written. SETTLING is all ones, so this leaves @state. */
  word = __atomic_and_fetch (&priv->state, ~THR_FUTURE_STATES | state, __ATOMIC_ACQ_REL);
  g_assert ((word & THR_FUTURE_STATES) == state);
  THR_CHAOS ();

  /* After the state, which handlers will look at. */
  if (bits != 0)
    thr_object_post_bits (THR_OBJECT (self), bits);

  THR_CHAOS ();
  while ((word & THR_FUTURE_AWAITED) == 0)
    if (__atomic_compare_exchange_n (&priv->state, &word, word | THR_FUTURE_TOLD, FALSE,
                                     __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
      return;
  tell_everybody (self);
}

gboolean
thr_future_mark_awaited_unlocked (ThrFuturePrivate *priv)
{
  guint32 word = thr_future_load_state (priv);

  THR_CHAOS ();
  while ((word & THR_FUTURE_TOLD) == 0)
    if (__atomic_compare_exchange_n (&priv->state, &word, word | THR_FUTURE_AWAITED,
                                     FALSE, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
      return TRUE;

  return FALSE;
}

gboolean
thr_future_follow_unlocked (ThrFuturePrivate *priv,
                            ThrLetter        *follower)
{
  if (!thr_future_mark_awaited_unlocked (priv))
    return FALSE;

  follower->next = priv->followers;
  priv->followers = follower;
  return TRUE;
}

void
thr_future_add_hook (ThrFuture         *self,
                     ThrFutureHookFunc  func,
                     gpointer           data,
                     GDestroyNotify     drop)
{
  ThrFuturePrivate *priv = thr_future_get_private (self);
  ThrFutureHook *hook = g_new0 (ThrFutureHook, 1);
  gboolean pending;

  hook->func = func;
  hook->data = data;
  hook->drop = drop;

  thr_wait_list_lock (&priv->waiters);
  pending = thr_future_follow_unlocked (priv, &hook->letter);
  thr_wait_list_unlock (&priv->waiters);

  if (!pending)
    run_hooks (self, &hook->letter);
}

gboolean
thr_future_remove_hook (ThrFuture         *self,
                        ThrFutureHookFunc  func,
                        gpointer           data)
{
  ThrFuturePrivate *priv = thr_future_get_private (self);
  g_autofree ThrFutureHook *found = NULL;

  thr_wait_list_lock (&priv->waiters);
  for (ThrLetter **link = &priv->followers; *link != NULL; link = &(*link)->next)
    {
      ThrFutureHook *hook = (ThrFutureHook *) *link;

      if (is_hook (*link) && hook->func == func && hook->data == data)
        {
          *link = hook->letter.next;
          found = hook;
          break;
        }
    }
  thr_wait_list_unlock (&priv->waiters);

  return found != NULL;
}

void
thr_future_drop_followers (ThrFuture *self)
{
  ThrFuturePrivate *priv = thr_future_get_private (self);
  ThrLetter *follower;

  while ((follower = priv->followers) != NULL)
    {
      ThrFutureHook *hook = (ThrFutureHook *) follower;

      priv->followers = follower->next;
      if (!is_hook (follower))
        {
          thr_future_drop_then (self, follower);
          continue;
        }
      if (hook->drop != NULL)
        hook->drop (hook->data);
      g_free (hook);
    }
}
