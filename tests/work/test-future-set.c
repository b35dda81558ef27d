/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "work/work-funcs.h"

/* Futures of several futures. */

static void
resolve (ThrFuture *future,
         gint64     number)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_INT64);
  g_value_set_int64 (&value, number);
  g_assert_true (thr_future_set_value (future, &value, NULL));
}

static void
reject (ThrFuture *future,
        int        code)
{
  g_autoptr (GError) reason = g_error_new_literal (G_IO_ERROR, code, "no");

  g_assert_true (thr_future_set_error (future, reason, NULL));
}

/* A set and its members, which go with it. */
typedef struct
{
  ThrFuture *members[3];
  ThrFuture *set;
} Fixture;

typedef ThrFuture *(*MakeFunc) (ThrFuture **futures,
                                guint       n_futures);

static void
make (Fixture  *fixture,
      MakeFunc  func)
{
  for (guint i = 0; i < 3; i++)
    fixture->members[i] = thr_future_new ();
  fixture->set = func (fixture->members, 3);
}

static void
drop (Fixture *fixture)
{
  drain ();
  g_assert_finalize_object (fixture->set);
  for (guint i = 0; i < 3; i++)
    g_assert_finalize_object (fixture->members[i]);
}

static void
assert_pending (ThrFuture *future)
{
  g_assert_cmpint (thr_future_get_state (future), ==, THR_FUTURE_STATE_PENDING);
}

static void
check_values (ThrFuture    *set,
              const gint64 *numbers,
              guint         n)
{
  GValue *answer = thr_future_dup_value (set, NULL);
  ThrValues *values = g_value_get_object (answer);

  g_assert_cmpuint (thr_values_get_n_values (values), ==, n);
  for (guint i = 0; i < n; i++)
    {
      const GValue *value = thr_values_get_value (values, i);

      if (numbers[i] >= 0)
        g_assert_cmpint (g_value_get_int64 (value), ==, numbers[i]);
      else
        g_assert_null (g_value_get_object (value));
    }
  g_boxed_free (G_TYPE_VALUE, answer);
}

static void
test_all (void)
{
  Fixture fixture;

  make (&fixture, thr_future_all);
  resolve (fixture.members[2], 3);
  resolve (fixture.members[0], 1);
  assert_pending (fixture.set);
  thr_future_set_value (fixture.members[1], NULL, NULL);
  wait_for (fixture.set);
  check_values (fixture.set, (gint64[]) { 1, -1, 3 }, 3);
  drop (&fixture);
}

/* The first failure decides; the set's observers have asked the member. */
static void
test_all_fails (void)
{
  Fixture fixture;

  make (&fixture, thr_future_all);
  resolve (fixture.members[0], 1);
  reject (fixture.members[1], G_IO_ERROR_BUSY);
  assert_failed (fixture.set, G_IO_ERROR, G_IO_ERROR_BUSY);
  resolve (fixture.members[2], 3);
  assert_failed (fixture.set, G_IO_ERROR, G_IO_ERROR_BUSY);
  drop (&fixture);
}

static void
test_any (void)
{
  Fixture fixture;

  make (&fixture, thr_future_any);
  reject (fixture.members[1], G_IO_ERROR_BUSY);
  assert_pending (fixture.set);
  resolve (fixture.members[2], 3);
  g_assert_cmpint (get_int64 (fixture.set), ==, 3);
  resolve (fixture.members[0], 1);
  g_assert_cmpint (get_int64 (fixture.set), ==, 3);
  drop (&fixture);
}

static void
test_any_fails (void)
{
  Fixture fixture;

  make (&fixture, thr_future_any);
  reject (fixture.members[2], G_IO_ERROR_BUSY);
  thr_future_cancel (fixture.members[1]);
  assert_pending (fixture.set);
  reject (fixture.members[0], G_IO_ERROR_EXISTS);
  assert_failed (fixture.set, G_IO_ERROR, G_IO_ERROR_EXISTS);
  drop (&fixture);
}

static void
test_race (void)
{
  Fixture fixture;

  make (&fixture, thr_future_race);
  reject (fixture.members[1], G_IO_ERROR_BUSY);
  assert_failed (fixture.set, G_IO_ERROR, G_IO_ERROR_BUSY);
  resolve (fixture.members[0], 1);
  resolve (fixture.members[2], 1);
  drop (&fixture);

  make (&fixture, thr_future_race);
  resolve (fixture.members[2], 5);
  g_assert_cmpint (get_int64 (fixture.set), ==, 5);
  thr_future_cancel (fixture.members[0]);
  thr_future_cancel (fixture.members[1]);
  drop (&fixture);

  make (&fixture, thr_future_race);
  thr_future_cancel (fixture.members[0]);
  assert_cancelled (fixture.set);
  thr_future_cancel (fixture.members[1]);
  thr_future_cancel (fixture.members[2]);
  drop (&fixture);
}

static void
test_empty (void)
{
  ThrFuture *set = thr_future_all (NULL, 0);

  wait_for (set);
  check_values (set, NULL, 0);
  drain ();
  g_assert_finalize_object (set);

  set = thr_future_any (NULL, 0);
  assert_failed (set, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  drain ();
  g_assert_finalize_object (set);

  set = thr_future_race (NULL, 0);
  assert_failed (set, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  drain ();
  g_assert_finalize_object (set);
}

/* The same one three times, settled before and after. */
static void
test_duplicates (void)
{
  for (guint before = 0; before < 2; before++)
    {
      ThrFuture *future = thr_future_new ();
      ThrFuture *same[3] = { future, future, future };
      ThrFuture *all, *any, *race;

      if (before)
        resolve (future, 9);
      all = thr_future_all (same, 3);
      any = thr_future_any (same, 3);
      race = thr_future_race (same, 3);
      if (!before)
        resolve (future, 9);

      check_values (all, (gint64[]) { 9, 9, 9 }, 3);
      g_assert_cmpint (get_int64 (any), ==, 9);
      g_assert_cmpint (get_int64 (race), ==, 9);
      drain ();
      g_assert_finalize_object (all);
      g_assert_finalize_object (any);
      g_assert_finalize_object (race);
      g_assert_finalize_object (future);
    }
}

static void
test_settled_before (void)
{
  ThrFuture *futures[2] = { thr_future_new (), thr_future_new () };
  ThrFuture *race, *any;

  reject (futures[0], G_IO_ERROR_BUSY);
  resolve (futures[1], 2);
  race = thr_future_race (futures, 2);
  any = thr_future_any (futures, 2);
  assert_failed (race, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_assert_cmpint (get_int64 (any), ==, 2);
  drain ();
  g_assert_finalize_object (race);
  g_assert_finalize_object (any);
  g_assert_finalize_object (futures[0]);
  g_assert_finalize_object (futures[1]);
}

/* Who is only in a set is not asked when the set was decided without it. */
static void
test_unasked (void)
{
  Fixture fixture;

  make (&fixture, thr_future_race);
  resolve (fixture.members[0], 1);
  resolve (fixture.members[1], 1);
  reject (fixture.members[2], G_IO_ERROR_BUSY);
  drain ();
  g_assert_finalize_object (fixture.set);
  g_assert_finalize_object (fixture.members[0]);
  g_assert_finalize_object (fixture.members[1]);
  g_test_expect_message ("Thr", G_LOG_LEVEL_WARNING, "*nobody asked*");
  g_assert_finalize_object (fixture.members[2]);
  g_test_assert_expected_messages ();

  /* The set's error is the member's: one warning, by the set. */
  make (&fixture, thr_future_all);
  resolve (fixture.members[0], 1);
  resolve (fixture.members[1], 1);
  reject (fixture.members[2], G_IO_ERROR_BUSY);
  drain ();
  g_test_expect_message ("Thr", G_LOG_LEVEL_WARNING, "ThrFutureSet*nobody asked*");
  g_assert_finalize_object (fixture.set);
  g_test_assert_expected_messages ();
  for (guint i = 0; i < 3; i++)
    g_assert_finalize_object (fixture.members[i]);
}

static void
test_cancel (void)
{
  Fixture fixture;
  g_autoptr (GError) error = NULL;

  make (&fixture, thr_future_all);
  g_assert_false (thr_future_set_value (fixture.set, NULL, &error));
  g_assert_error (error, THR_ERROR, THR_ERROR_INVALID_STATE);
  g_assert_true (thr_future_cancel (fixture.set));
  assert_cancelled (fixture.set);
  for (guint i = 0; i < 3; i++)
    {
      assert_pending (fixture.members[i]);
      resolve (fixture.members[i], i);
    }
  assert_cancelled (fixture.set);
  drop (&fixture);
}

static void
note_value (const GValue *value,
            gpointer      count)
{
  g_atomic_int_inc ((int *) count);
}

/* A set that nobody holds lives until it is settled, for those who wait for it. */
static void
test_dropped (void)
{
  ThrFuture *futures[2] = { thr_future_new (), thr_future_new () };
  ThrFuture *set = thr_future_all (futures, 2);
  gpointer weak = set;
  int n_values = 0, n_freed = 0;

  g_object_add_weak_pointer (G_OBJECT (set), &weak);
  thr_future_then (set, note_value, &n_values, NULL, NULL, &n_freed, count_data);
  g_object_unref (set);
  drain ();
  g_assert_nonnull (weak);
  resolve (futures[0], 0);
  resolve (futures[1], 0);
  drain ();
  g_assert_cmpint (n_values, ==, 1);
  g_assert_cmpint (n_freed, ==, 1);
  g_assert_null (weak);
  g_assert_finalize_object (futures[0]);
  g_assert_finalize_object (futures[1]);
}

/* Nobody can settle a member any more: it goes, and its set with an error where it was
 * needed. The set does not keep it alive. */
static void
test_member_gone (void)
{
  Fixture fixture;

  make (&fixture, thr_future_all);
  resolve (fixture.members[0], 0);
  g_assert_finalize_object (fixture.members[1]);
  assert_failed (fixture.set, THR_ERROR, THR_ERROR_BROKEN);
  drain ();
  g_assert_finalize_object (fixture.set);
  g_assert_finalize_object (fixture.members[0]);
  g_assert_finalize_object (fixture.members[2]);

  make (&fixture, thr_future_any);
  g_assert_finalize_object (fixture.members[0]);
  reject (fixture.members[1], G_IO_ERROR_BUSY);
  assert_pending (fixture.set);
  g_assert_finalize_object (fixture.members[2]);
  assert_failed (fixture.set, THR_ERROR, THR_ERROR_BROKEN);
  drain ();
  g_assert_finalize_object (fixture.set);
  g_assert_finalize_object (fixture.members[1]);

  make (&fixture, thr_future_race);
  g_assert_finalize_object (fixture.members[0]);
  g_assert_finalize_object (fixture.members[1]);
  assert_pending (fixture.set);
  resolve (fixture.members[2], 2);
  g_assert_cmpint (get_int64 (fixture.set), ==, 2);
  drain ();
  g_assert_finalize_object (fixture.set);
  g_assert_finalize_object (fixture.members[2]);

  /* Nobody holds anything any more. */
  make (&fixture, thr_future_race);
  g_object_unref (fixture.set);
  for (guint i = 0; i < 2; i++)
    g_assert_finalize_object (fixture.members[i]);
  g_object_add_weak_pointer (G_OBJECT (fixture.set), (gpointer *) &fixture.set);
  g_test_expect_message ("Thr", G_LOG_LEVEL_WARNING, "ThrFutureSet*nobody asked*");
  g_assert_finalize_object (fixture.members[2]);
  drain ();
  g_test_assert_expected_messages ();
  g_assert_null (fixture.set);
}

/* What is decided lets go of those that may take for ever. */
static void
test_released (void)
{
  const guint n = rounds (10000);
  ThrFuture *never = thr_future_new ();

  for (guint i = 0; i < n; i++)
    {
      ThrFuture *futures[2] = { thr_future_new (), never };
      ThrFuture *set = i % 2 == 0 ? thr_future_race (futures, 2) : thr_future_any (futures, 2);

      if (i % 3 == 0)
        thr_future_cancel (set);
      else
        resolve (futures[0], i);
      thr_future_get_error (set);
      drain ();
      g_assert_finalize_object (set);
      g_assert_finalize_object (futures[0]);
    }
  assert_pending (never);
  g_assert_finalize_object (never);
}

/* A member goes while another is settled. */
static gpointer
unref_thread (gpointer future)
{
  g_object_unref (future);
  return NULL;
}

static void
test_gone_versus_settled (void)
{
  for (guint i = 0; i < rounds (500); i++)
    {
      ThrFuture *futures[2] = { thr_future_new (), thr_future_new () };
      ThrFuture *race = thr_future_race (futures, 2), *all = thr_future_all (futures, 2);
      GThread *thread = g_thread_new ("drops", unref_thread, futures[1]);

      resolve (futures[0], i);
      wait_for (race);
      g_assert_cmpint (get_int64 (race), ==, i);
      g_thread_join (thread);
      assert_failed (all, THR_ERROR, THR_ERROR_BROKEN);
      drain ();
      g_assert_finalize_object (race);
      g_assert_finalize_object (all);
      g_assert_finalize_object (futures[0]);
    }
}

/* Sets of sets, and of tasks. */
static void
test_tasks (void)
{
  ThrPool *pool = thr_pool_new (2);
  ThrFuture *tasks[20], *sets[2], *all;
  gint64 numbers[10];

  for (guint i = 0; i < 20; i++)
    tasks[i] = THR_FUTURE (thr_pool_submit (pool, echo_func, GINT_TO_POINTER (i), NULL));
  for (guint i = 0; i < 10; i++)
    numbers[i] = i;
  sets[0] = thr_future_all (tasks, 10);
  sets[1] = thr_future_any (tasks + 10, 10);
  all = thr_future_all (sets, 2);
  wait_for (all);
  check_values (sets[0], numbers, 10);
  g_assert_cmpint (get_int64 (sets[1]), >=, 10);

  shut_down (pool);
  drain ();
  g_assert_finalize_object (all);
  g_assert_finalize_object (sets[0]);
  g_assert_finalize_object (sets[1]);
  for (guint i = 0; i < 20; i++)
    g_assert_finalize_object (tasks[i]);
  g_assert_finalize_object (pool);
}

static gpointer
resolve_thread (gpointer future)
{
  thr_future_set_value (future, NULL, NULL);
  return NULL;
}

/* The last members are settled at the same time by several threads, while the set is
 * made and waited for: "all" is settled exactly by the last, whoever that is. */
static void
test_storm (void)
{
  for (guint i = 0; i < rounds (500); i++)
    {
      ThrFuture *futures[3], *set, *race;
      GThread *threads[3];
      int n_done = 0;

      for (guint j = 0; j < 3; j++)
        {
          futures[j] = thr_future_new ();
          threads[j] = g_thread_new ("resolves", resolve_thread, futures[j]);
        }
      set = thr_future_all (futures, 3);
      race = thr_future_race (futures, 3);
      g_signal_connect (set, "done", G_CALLBACK (count_signal), &n_done);
      wait_for (set);
      g_assert_cmpint (n_done, ==, 1);
      wait_for (race);
      for (guint j = 0; j < 3; j++)
        g_thread_join (threads[j]);
      drain ();
      g_assert_cmpint (n_done, ==, 1);
      g_assert_finalize_object (set);
      g_assert_finalize_object (race);
      for (guint j = 0; j < 3; j++)
        g_assert_finalize_object (futures[j]);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/future-set/all", test_all);
  g_test_add_func ("/future-set/all-fails", test_all_fails);
  g_test_add_func ("/future-set/any", test_any);
  g_test_add_func ("/future-set/any-fails", test_any_fails);
  g_test_add_func ("/future-set/race", test_race);
  g_test_add_func ("/future-set/empty", test_empty);
  g_test_add_func ("/future-set/duplicates", test_duplicates);
  g_test_add_func ("/future-set/settled-before", test_settled_before);
  g_test_add_func ("/future-set/unasked", test_unasked);
  g_test_add_func ("/future-set/cancel", test_cancel);
  g_test_add_func ("/future-set/dropped", test_dropped);
  g_test_add_func ("/future-set/member-gone", test_member_gone);
  g_test_add_func ("/future-set/released", test_released);
  g_test_add_func ("/future-set/gone-versus-settled", test_gone_versus_settled);
  g_test_add_func ("/future-set/tasks", test_tasks);
  g_test_add_func ("/future-set/storm", test_storm);

  return g_test_run ();
}
