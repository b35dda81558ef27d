/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <pthread.h>
#include <signal.h>

#include "sync/condition-util.h"

/* Waits for a condition that a signal interrupts. */

static void
nothing_cb (int number)
{
}

static void
test_interrupted (gconstpointer data)
{
  ThrCondition *condition = make_condition (data);
  struct sigaction action = { .sa_handler = nothing_cb };
  struct sigaction old;
  Sleeper sleeper = { .condition = condition, .timeout_us = -1, .interruptible = TRUE };
  pthread_t thread;

  sigaction (SIGUSR1, &action, &old);
  g_assert_cmpint (pthread_create (&thread, NULL, (gpointer) sleeper_thread, &sleeper), ==, 0);
  await_waiters (condition, 1);
  while (!g_atomic_int_get (&sleeper.ended))
    {
      pthread_kill (thread, SIGUSR1);
      g_thread_yield ();
    }
  pthread_join (thread, NULL);
  sigaction (SIGUSR1, &old, NULL);
  g_assert_false (sleeper.notified);
  g_assert_no_error (sleeper.error);
  g_assert_false (is_locked (condition));

  assert_finalized (condition);
}

/* Interrupts a sleeper until it stands in the line of the lock, which the caller
 * holds. It is still in the condition's line then. */
static void
interrupt (ThrCondition *condition,
           pthread_t     thread,
           guint         n_sleepers)
{
  while (n_waiters (thr_condition_get_lock (condition)) == 0)
    {
      pthread_kill (thread, SIGUSR1);
      g_thread_yield ();
    }
  g_assert_cmpuint (thr_condition_get_n_waiters (condition), ==, n_sleepers);
}

/* Who is notified between the interrupt and the lock was notified: the first in line,
 * as ever, and nobody else for the same notification. */
static void
test_interrupted_notified (gconstpointer data)
{
  for (guint n = 1; n <= 2; n++)
    {
      ThrCondition *condition = make_condition (data);
      struct sigaction action = { .sa_handler = nothing_cb };
      struct sigaction old;
      Sleeper sleeper = { .condition = condition, .timeout_us = -1, .interruptible = TRUE };
      Sleeper other = { .condition = condition, .timeout_us = -1 };
      pthread_t thread;

      sigaction (SIGUSR1, &action, &old);
      g_assert_cmpint (pthread_create (&thread, NULL, (gpointer) sleeper_thread, &sleeper),
                       ==, 0);
      await_waiters (condition, 1);
      sleeper_start (&other, 1);

      enter (condition);
      interrupt (condition, thread, 2);
      g_assert_true (thr_condition_notify (condition, n, NULL));
      g_assert_cmpuint (thr_condition_get_n_waiters (condition), ==, 2 - n);
      leave (condition);
      pthread_join (thread, NULL);
      sigaction (SIGUSR1, &old, NULL);
      g_assert_true (sleeper.notified);
      g_assert_no_error (sleeper.error);

      if (n == 1)
        notify (condition, 1);
      sleeper_join (&other);
      g_assert_true (other.notified);

      assert_finalized (condition);
    }
}

typedef struct
{
  ThrCondition *condition;
  int           n_notified;   /* atomic: waits that were */
  int           is_over;      /* atomic */
} Interrupts;

static gpointer
interrupted_thread (gpointer data)
{
  Interrupts *self = data;
  g_autoptr (GError) error = NULL;

  enter (self->condition);
  thr_set_interruptible (TRUE);
  while (!g_atomic_int_get (&self->is_over))
    if (thr_condition_wait (self->condition, &error))
      g_atomic_int_inc (&self->n_notified);
    else
      g_assert_no_error (error);
  leave (self->condition);
  thr_set_interruptible (FALSE);
  return NULL;
}

/* Under a hail of signals: as many waits are notified as notifications met somebody in
 * line. */
static void
test_interrupted_storm (gconstpointer data)
{
  Interrupts self = { .condition = make_condition (data) };
  struct sigaction action = { .sa_handler = nothing_cb };
  const guint n_rounds = is_thorough () ? 100000 : 2000;
  struct sigaction old;
  pthread_t threads[3];
  guint n_expected = 0;

  sigaction (SIGUSR1, &action, &old);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_assert_cmpint (pthread_create (&threads[i], NULL, interrupted_thread, &self), ==, 0);

  for (guint round = 0; round < n_rounds; round++)
    {
      guint n = round % 4;

      pthread_kill (threads[round % G_N_ELEMENTS (threads)], SIGUSR1);
      enter (self.condition);
      pthread_kill (threads[(round / 3) % G_N_ELEMENTS (threads)], SIGUSR1);
      n_expected += MIN (n, thr_condition_get_n_waiters (self.condition));
      g_assert_true (thr_condition_notify (self.condition, n, NULL));
      leave (self.condition);
    }

  await_waiters (self.condition, G_N_ELEMENTS (threads));
  g_assert_cmpint (g_atomic_int_get (&self.n_notified), ==, n_expected);
  g_atomic_int_set (&self.is_over, TRUE);
  notify (self.condition, G_MAXUINT);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    pthread_join (threads[i], NULL);
  sigaction (SIGUSR1, &old, NULL);

  assert_finalized (self.condition);
}

static const struct
{
  const char *name;
  Maker       make;
} kinds[] = {
  { "lock", make_lock },
  { "rec-lock", make_rec_lock },
  { "semaphore", make_semaphore },
};

static void
add (const char    *scenario,
     GTestDataFunc  func)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *path = g_strdup_printf ("/condition/%s/%s", kinds[i].name, scenario);

      g_test_add_data_func (path, (gconstpointer) kinds[i].make, func);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("interrupted", test_interrupted);
  add ("interrupted-notified", test_interrupted_notified);
  add ("interrupted-storm", test_interrupted_storm);

  return g_test_run ();
}
