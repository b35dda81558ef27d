/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-i18n-private.h"
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
 * Each member's hook holds a reference to the set, so a set that nobody holds any
 * more lives until its members are settled; it then has nobody to tell.
 */
typedef enum {
  MODE_ALL,
  MODE_ANY,
  MODE_RACE
} Mode;

struct _ThrFutureSet
{
  ThrFuture   parent_instance;

  /* Constant after making. */
  Mode        mode;
  ThrFuture **members;   /* owned */
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
    thr_future_help (self->members[i], unlimited);

  return thr_future_is_done (future);
}

/* The one that is left, if there is but one: any of several may settle the set, an
 * "all" by failing, and then a cycle through another is no deadlock. */
static ThrSelf *
set_owner (gpointer set)
{
  ThrFutureSet *self = set;
  ThrFuture *left = NULL;

  for (guint i = 0; i < self->n_members; i++)
    {
      ThrFuture *member = self->members[i];

      if (member == left || thr_future_is_done (member))
        continue;
      if (left != NULL)
        return NULL;
      left = member;
    }

  return left != NULL ? thr_future_get_owner (left) : NULL;
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

/* One that is lost is enough: whatever the others do, this process is not the one that
 * the set was made for. */
static gboolean
set_lost (ThrFuture *future)
{
  ThrFutureSet *self = THR_FUTURE_SET (future);
  gboolean lost = FALSE;

  for (guint i = 0; i < self->n_members; i++)
    {
      const ThrFutureWaits *waits = thr_future_get_waits (self->members[i]);

      lost |= waits != NULL && !thr_future_is_done (self->members[i]) &&
              waits->lost (self->members[i]);
    }

  return lost;
}

static const ThrFutureWaits set_waits = {
  .help = set_help,
  .owner = set_owner,
  .lost = set_lost,
  .settled_bits = set_settled_bits,
  .settled = set_nothing,
  .cancel_running = set_nothing
};

static void
thr_future_set_finalize (GObject *object)
{
  ThrFutureSet *self = THR_FUTURE_SET (object);

  for (guint i = 0; i < self->n_members; i++)
    g_object_unref (self->members[i]);
  g_free (self->members);

  G_OBJECT_CLASS (thr_future_set_parent_class)->finalize (object);
}

static void
thr_future_set_class_init (ThrFutureSetClass *klass)
{
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
      GValue *value = &thr_future_get_private (self->members[i])->value;

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
member_settled_cb (ThrFuture *member,
                   gpointer   data)
{
  ThrFutureSet *self = data;
  gboolean resolved = thr_future_get_state (member) == THR_FUTURE_STATE_RESOLVED;
  gboolean last = __atomic_sub_fetch (&self->n_left, 1, __ATOMIC_ACQ_REL) == 0;

  switch (self->mode)
    {
    case MODE_ALL:
      if (!resolved)
        take_answer (self, member);
      else if (last)
        resolve_all (self);
      break;
    case MODE_ANY:
      if (!resolved)
        __atomic_store_n (&thr_future_get_private (member)->asked, TRUE,
                          __ATOMIC_RELAXED);
      if (resolved || last)
        take_answer (self, member);
      break;
    case MODE_RACE:
    default:
      take_answer (self, member);
    }

  thr_home_throw_object (thr_object_get_home (THR_OBJECT (self)), self);
}

static void
reject_empty (ThrFutureSet *self)
{
  if (!thr_future_claim (THR_FUTURE (self), FALSE))
    return;

  g_set_error_literal (&thr_future_get_private (self)->error,
                       THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                       _("Without any futures none can ever be the first"));
  settle (self, THR_FUTURE_STATE_REJECTED);
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
  self->members = g_new (ThrFuture *, MAX (n_futures, 1));
  for (guint i = 0; i < n_futures; i++)
    self->members[i] = g_object_ref (futures[i]);

  if (n_futures == 0 && mode == MODE_ALL)
    resolve_all (self);
  else if (n_futures == 0)
    reject_empty (self);
  for (guint i = 0; i < n_futures; i++)
    thr_future_add_hook (futures[i], member_settled_cb, g_object_ref (self), g_object_unref);

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
 * %THR_ERROR_INVALID_ARGUMENT. Cancelling it does not touch its members.
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
 * ever. Cancelling it does not touch its members.
 *
 * Returns: (transfer full): a new future
 */
ThrFuture *
thr_future_race (ThrFuture **futures,
                 guint       n_futures)
{
  return make_set (MODE_RACE, futures, n_futures);
}
