/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-chaos-private.h"
#include "base/thr-error.h"
#include "base/thr-i18n-private.h"
#include "base/thr-process-private.h"
#include "base/thr-values-private.h"
#include "work/thr-future-set-private.h"
#include "work/thr-worker-private.h"

/* Futures of several futures. They are settled in the thread that settles the member
 * which decides; only their observers go through homes.
 *
 *   all    every member resolved: their values; the first failure: that error
 *   any    the first member resolved: its value; every member failed: the last error
 *   race   the first member settled: its answer
 *
 * Each member's hook holds a reference to the set, so a set that nobody holds any more
 * lives on for those who follow it. The set in turn holds only those members that are
 * settled: else one that never is would keep itself alive, and the set with it. A member
 * that goes without an answer tells the set so, and a set that has its answer takes its
 * hooks back from the members that have none yet.
 *
 *   PENDING ── is settled ──► SETTLED     hook runs
 *      ├────── goes ────────► GONE        hook is dropped
 *      └────── set settled ─► RELEASED    hook is taken back
 *
 * The hook is in the member's list while PENDING, and leaves it under the member's lock,
 * or in its finalizer, so exactly one of the three happens.
 */
typedef enum {
  MODE_ALL,
  MODE_ANY,
  MODE_RACE
} Mode;

typedef struct
{
  ThrFutureSet *set;       /* owned while PENDING */
  GWeakRef      pending;   /* the member */
  ThrFuture    *alive;     /* the same while PENDING, borrowed; under links_mutex */
  ThrFuture    *settled;   /* owned; written before n_left is counted down */
} Member;

/* For who may hold no reference, as its end might be the member's, under a lock of all.
 * A leaf. */
static GMutex links_mutex;

struct _ThrFutureSet
{
  ThrFuture   parent_instance;

  /* Constant after making. */
  Mode        mode;
  Member     *members;
  guint       n_members;

  /* Atomic. */
  guint       n_left;    /* members not settled yet */
};

G_DEFINE_FINAL_TYPE (ThrFutureSet, thr_future_set, THR_TYPE_FUTURE)

/* A member may be the very task that keeps this worker waiting (contracts 13). Only
 * "all" needs each of them; for the others a member may be work that goes on long
 * after the set is settled, or only then. */
static gboolean
set_help (ThrFuture *future,
          gboolean   unlimited)
{
  ThrFutureSet *self = THR_FUTURE_SET (future);

  if (self->mode != MODE_ALL)
    return FALSE;

  for (guint i = 0; i < self->n_members && !thr_future_is_done (future); i++)
    {
      g_autoptr (ThrFuture) member = g_weak_ref_get (&self->members[i].pending);

      if (member != NULL)
        thr_future_help (member, unlimited);
    }

  return thr_future_is_done (future);
}

/* The one that is left, if there is but one: any of several may settle the set, an
 * "all" by failing, and then a cycle through another is no deadlock. */
static ThrSelf *
get_owner_unlocked (ThrFutureSet *self)
{
  ThrFuture *left = NULL;

  for (guint i = 0; i < self->n_members; i++)
    {
      ThrFuture *member = self->members[i].alive;

      if (member == NULL || member == left || thr_future_is_done (member))
        continue;
      if (left != NULL)
        return NULL;
      left = member;
    }

  if (left == NULL)
    return NULL;
  return THR_IS_FUTURE_SET (left) ? get_owner_unlocked (THR_FUTURE_SET (left))
                                  : thr_future_get_owner (left);
}

static ThrSelf *
set_owner (gpointer set)
{
  ThrSelf *owner;

  g_mutex_lock (&links_mutex);
  owner = get_owner_unlocked (set);
  g_mutex_unlock (&links_mutex);

  return owner;
}

/* Before the member can go: whoever sees it under the mutex sees it whole. */
static void
set_alive (Member    *link,
           ThrFuture *member)
{
  g_mutex_lock (&links_mutex);
  link->alive = member;
  g_mutex_unlock (&links_mutex);
}

/* Whoever held it has stayed in the parent. */
static void
child_forked_cb (void)
{
  g_mutex_init (&links_mutex);
}

static guint
set_settled_bits (void)
{
  return 0;
}

static void
set_nothing (ThrFuture *future)
{
}

static void member_settled_cb (ThrFuture *member,
                               gpointer   data);

/* The set has its answer: what may take for ever must not keep it. The caller holds a
 * reference. */
static void
set_release (ThrFuture *future)
{
  ThrFutureSet *self = THR_FUTURE_SET (future);

  for (guint i = 0; i < self->n_members; i++)
    {
      g_autoptr (ThrFuture) member = g_weak_ref_get (&self->members[i].pending);

      if (member == NULL ||
          !thr_future_remove_hook (member, member_settled_cb, &self->members[i]))
        continue;

      set_alive (&self->members[i], NULL);
      /* Whoever asks for any asks no single one why it failed. */
      if (self->mode == MODE_ANY)
        __atomic_store_n (&thr_future_get_private (member)->asked, TRUE, __ATOMIC_RELAXED);
      g_object_unref (self);
    }
}

/* One that is lost is enough: whatever the others do, this process is not the one that
 * the set was made for. */
static gboolean
set_lost (ThrFuture *future)
{
  ThrFutureSet *self = THR_FUTURE_SET (future);
  gboolean lost = FALSE;

  for (guint i = 0; i < self->n_members; i++)
    {
      g_autoptr (ThrFuture) member = g_weak_ref_get (&self->members[i].pending);
      const ThrFutureWaits *waits = member != NULL ? thr_future_get_waits (member) : NULL;

      lost |= waits != NULL && !thr_future_is_done (member) && waits->lost (member);
    }

  return lost;
}

static const ThrFutureWaits set_waits = {
  .help = set_help,
  .owner = set_owner,
  .lost = set_lost,
  .settled_bits = set_settled_bits,
  .settled = set_release,
  .cancel_running = set_nothing
};

static void
thr_future_set_finalize (GObject *object)
{
  ThrFutureSet *self = THR_FUTURE_SET (object);

  /* First: it tells the sets of which this is a member, who may be looking at ours. */
  G_OBJECT_CLASS (thr_future_set_parent_class)->finalize (object);

  for (guint i = 0; i < self->n_members; i++)
    {
      g_weak_ref_clear (&self->members[i].pending);
      g_clear_object (&self->members[i].settled);
    }
  g_free (self->members);
}

static void
thr_future_set_class_init (ThrFutureSetClass *klass)
{
  thr_process_add_child_hook (child_forked_cb);
  G_OBJECT_CLASS (klass)->finalize = thr_future_set_finalize;
  thr_future_class_set_waits (THR_FUTURE_CLASS (klass), &set_waits);
}

static void
thr_future_set_init (ThrFutureSet *self)
{
}

/* --- Settling --- */

static void
settle (ThrFutureSet   *self,
        ThrFutureState  state)
{
  thr_future_settle (THR_FUTURE (self), state,
                     thr_future_settled_bits (THR_FUTURE (self)));
}

/* An empty member has no value that an array could hold; a pointer to nothing is
 * what bindings show as their own nothing. */
static void
collect_values (ThrFutureSet *self,
                GValue       *answer)
{
  GValue *values = g_new0 (GValue, MAX (self->n_members, 1));

  for (guint i = 0; i < self->n_members; i++)
    {
      GValue *value = &thr_future_get_private (self->members[i].settled)->value;

      if (G_IS_VALUE (value))
        {
          g_value_init (&values[i], G_VALUE_TYPE (value));
          g_value_copy (value, &values[i]);
        }
      else
        {
          g_value_init (&values[i], G_TYPE_OBJECT);
        }
    }

  g_value_init (answer, THR_TYPE_VALUES);
  g_value_take_object (answer, thr_values_new_take (values, self->n_members, NULL));
}

static void
resolve_all (ThrFutureSet *self)
{
  if (!thr_future_claim (THR_FUTURE (self), FALSE))
    return;

  collect_values (self, &thr_future_get_private (self)->value);
  settle (self, THR_FUTURE_STATE_RESOLVED);
}

static void
take_answer (ThrFutureSet *self,
             ThrFuture    *member)
{
  ThrFuturePrivate *priv = thr_future_get_private (self);
  ThrFuturePrivate *from = thr_future_get_private (member);

  if (!thr_future_claim (THR_FUTURE (self), FALSE))
    return;

  if (from->error != NULL)
    {
      /* Whoever asks the set has asked the member. */
      __atomic_store_n (&from->asked, TRUE, __ATOMIC_RELAXED);
      priv->error = g_error_copy (from->error);
    }
  else if (G_IS_VALUE (&from->value))
    {
      g_value_init (&priv->value, G_VALUE_TYPE (&from->value));
      g_value_copy (&from->value, &priv->value);
    }
  settle (self, thr_future_get_state (member));
}

static void
reject (ThrFutureSet *self,
        ThrError      code,
        const char   *message)
{
  if (!thr_future_claim (THR_FUTURE (self), FALSE))
    return;

  g_set_error_literal (&thr_future_get_private (self)->error, THR_ERROR, code, message);
  settle (self, THR_FUTURE_STATE_REJECTED);
}

/* The hook's reference goes, and the other hooks when the answer is there. */
static void
let_go (ThrFutureSet *self)
{
  if (thr_future_is_done (THR_FUTURE (self)))
    set_release (THR_FUTURE (self));
  thr_home_throw_object (thr_object_get_home (THR_OBJECT (self)), self);
}

/* Whoever decides alone claims the answer before it counts down. Else, of two members
 * at once, the last to count would see an end to which the other's answer is still
 * missing: "all" with the values of a member that has none, or a race between one that
 * has an answer and one that is gone, lost to the latter. */
static void
member_settled_cb (ThrFuture *member,
                   gpointer   data)
{
  Member *link = data;
  ThrFutureSet *self = link->set;
  gboolean resolved = thr_future_get_state (member) == THR_FUTURE_STATE_RESOLVED;
  gboolean decides = self->mode == MODE_RACE || resolved == (self->mode == MODE_ANY);

  set_alive (link, NULL);
  if (self->mode == MODE_ALL)
    link->settled = g_object_ref (member);
  if (self->mode == MODE_ANY && !resolved)
    __atomic_store_n (&thr_future_get_private (member)->asked, TRUE, __ATOMIC_RELAXED);
  THR_CHAOS ();

  if (decides)
    take_answer (self, member);
  if (__atomic_sub_fetch (&self->n_left, 1, __ATOMIC_ACQ_REL) == 0 && !decides)
    {
      if (self->mode == MODE_ALL)
        resolve_all (self);
      else
        take_answer (self, member);
    }

  let_go (self);
}

static void
set_broken (ThrFutureSet *self)
{
  reject (self, THR_ERROR_BROKEN,
          _("A future was dropped that had no answer yet, and without which there is none"));
}

/* In the thread that let go of the member. */
static void
member_gone_cb (gpointer data)
{
  Member *link = data;
  ThrFutureSet *self = link->set;

  set_alive (link, NULL);
  if (self->mode == MODE_ALL)
    set_broken (self);
  if (__atomic_sub_fetch (&self->n_left, 1, __ATOMIC_ACQ_REL) == 0)
    set_broken (self);
  let_go (self);
}

static ThrFuture *
make_set (Mode        mode,
          ThrFuture **futures,
          guint       n_futures)
{
  ThrFutureSet *self = g_object_new (THR_TYPE_FUTURE_SET, NULL);

  self->mode = mode;
  self->n_members = n_futures;
  self->n_left = n_futures;
  self->members = g_new0 (Member, MAX (n_futures, 1));
  for (guint i = 0; i < n_futures; i++)
    {
      self->members[i].set = self;
      g_weak_ref_init (&self->members[i].pending, futures[i]);
    }

  if (n_futures == 0 && mode == MODE_ALL)
    resolve_all (self);
  else if (n_futures == 0)
    reject (self, THR_ERROR_INVALID_ARGUMENT,
            _("Without any futures none can ever be the first"));
  for (guint i = 0; i < n_futures; i++)
    {
      g_object_ref (self);
      set_alive (&self->members[i], futures[i]);
      THR_CHAOS ();
      thr_future_add_hook (futures[i], member_settled_cb, &self->members[i], member_gone_cb);
    }

  /* Settled meanwhile, when not all hooks were in place. */
  if (thr_future_is_done (THR_FUTURE (self)))
    set_release (THR_FUTURE (self));

  return THR_FUTURE (self);
}

/**
 * thr_future_all:
 * @futures: (array length=n_futures): futures
 * @n_futures: how many
 *
 * Makes the future of all values.
 *
 * It is resolved when every one of @futures is, with a [class@Thr.Values] of their
 * values in the order of @futures, in which an empty value is a %NULL object. It
 * fails with the first error, as soon as there is one. Without any futures it is
 * resolved at once. Cancelling it does not touch its members.
 *
 * The set holds no member that has no answer yet. When one is dropped by all who could
 * settle it, the set fails with %THR_ERROR_BROKEN.
 *
 * Returns: (transfer full): a new future
 */
ThrFuture *
thr_future_all (ThrFuture **futures,
                guint       n_futures)
{
  return make_set (MODE_ALL, futures, n_futures);
}

/**
 * thr_future_any:
 * @futures: (array length=n_futures): futures
 * @n_futures: how many
 *
 * Makes the future of the first value.
 *
 * It is resolved with the value of the first of @futures that is. When all of them
 * fail it fails with the error of the last; without any, with
 * %THR_ERROR_INVALID_ARGUMENT, and with %THR_ERROR_BROKEN when the last one that could
 * still be settled is dropped by all who could do so. Cancelling it does not touch its
 * members.
 *
 * Returns: (transfer full): a new future
 */
ThrFuture *
thr_future_any (ThrFuture **futures,
                guint       n_futures)
{
  return make_set (MODE_ANY, futures, n_futures);
}

/**
 * thr_future_race:
 * @futures: (array length=n_futures): futures
 * @n_futures: how many
 *
 * Makes the future of the first answer, be it a value or an error.
 *
 * Without any futures it fails with %THR_ERROR_INVALID_ARGUMENT, rather than wait for
 * ever, and with %THR_ERROR_BROKEN when all of them are dropped unsettled. Cancelling it does not touch its members.
 *
 * Returns: (transfer full): a new future
 */
ThrFuture *
thr_future_race (ThrFuture **futures,
                 guint       n_futures)
{
  return make_set (MODE_RACE, futures, n_futures);
}
