/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base-util.h"

#include "base/thr-operation-private.h"

/* --- The smallest thing that can be awaited: a counter of permits --- */

#define TEST_TYPE_PERMITS (test_permits_get_type ())
G_DECLARE_FINAL_TYPE (TestPermits, test_permits, TEST, PERMITS, ThrObject)

struct _TestPermits
{
  ThrObject   parent_instance;

  ThrWaitList list;
  guint       n;             /* under the list's lock */
  int         n_given_back;  /* atomic */
  int         n_left;        /* atomic */
};

G_DEFINE_TYPE (TestPermits, test_permits, THR_TYPE_OBJECT)

static void
test_permits_finalize (GObject *object)
{
  thr_wait_list_clear (&TEST_PERMITS (object)->list);
  G_OBJECT_CLASS (test_permits_parent_class)->finalize (object);
}

static void
test_permits_class_init (TestPermitsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_permits_finalize;
}

static void
test_permits_init (TestPermits *self)
{
  thr_wait_list_init (&self->list);
}

static TestPermits *
permits_new (GMainContext *context,
             guint         n)
{
  TestPermits *self = g_object_new (TEST_TYPE_PERMITS, "main-context", context, NULL);

  self->n = n;
  return self;
}

static void
permits_release (TestPermits *self)
{
  ThrWakeBatch batch = THR_WAKE_BATCH_INIT;

  thr_wait_list_lock (&self->list);
  if (!thr_wait_list_grant_one_unlocked (&self->list, &batch))
    self->n++;
  thr_wait_list_unlock (&self->list);
  thr_wake_batch_fire (&batch);
}

static void
permits_give_back (ThrObject *source,
                   ThrWaiter *waiter)
{
  g_atomic_int_inc (&TEST_PERMITS (source)->n_given_back);
  permits_release (TEST_PERMITS (source));
}

static void
permits_leave (ThrObject *source,
               ThrWaiter *waiter)
{
  TestPermits *self = TEST_PERMITS (source);

  thr_wait_list_lock (&self->list);
  thr_wait_list_remove_unlocked (&self->list, waiter);
  thr_wait_list_unlock (&self->list);
  g_atomic_int_inc (&self->n_left);
}

static const ThrOperationType permits_type = { permits_give_back, permits_leave };
static const ThrOperationType other_type;

static void
permits_acquire_async (TestPermits         *self,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             data)
{
  ThrOperation *operation = thr_operation_new (self, &permits_type, cancellable, callback, data);
  gboolean taken, joined = FALSE;

  thr_wait_list_lock (&self->list);
  taken = self->n > 0;
  if (taken)
    self->n--;
  else
    joined = thr_operation_join_unlocked (operation, &self->list);
  thr_wait_list_unlock (&self->list);

  if (taken)
    {
      if (!thr_operation_settle (operation, NULL))
        permits_release (self);
    }
  else if (!joined)
    {
      thr_operation_settle (operation, NULL);
    }
}

static gboolean
permits_acquire_finish (TestPermits   *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  return thr_operation_finish (self, &permits_type, result, error);
}

/* --- A caller --- */

typedef struct
{
  gboolean      keep;      /* the result, without finishing it */
  gboolean      drop;      /* it without finishing it */
  int           n_calls;
  gboolean      acquired;
  GError       *error;     /* owned */
  GAsyncResult *result;    /* owned, with @keep */
} Caller;

static void
called_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  Caller *self = data;

  self->n_calls++;
  if (self->keep)
    self->result = g_object_ref (result);
  else if (!self->drop)
    self->acquired = permits_acquire_finish (TEST_PERMITS (source), result, &self->error);
}

static void
assert_free (TestPermits *permits,
             guint        n)
{
  thr_wait_list_lock (&permits->list);
  g_assert_cmpuint (permits->n, ==, n);
  g_assert_cmpuint (permits->list.length, ==, 0);
  thr_wait_list_unlock (&permits->list);
}

static void
assert_error_and_clear (GError **error,
                        GQuark   domain,
                        int      code)
{
  g_assert_error (*error, domain, code);
  g_clear_error (error);
}

static void
assert_cancelled (Caller *caller)
{
  g_assert_cmpint (caller->n_calls, ==, 1);
  g_assert_false (caller->acquired);
  assert_error_and_clear (&caller->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* --- Each arrow of the state comment --- */

static void
test_granted_at_once (void)
{
  TestPermits *permits = permits_new (NULL, 1);
  Caller caller = { FALSE };

  permits_acquire_async (permits, NULL, called_cb, &caller);
  g_assert_cmpint (caller.n_calls, ==, 0);
  drain (NULL);
  g_assert_cmpint (caller.n_calls, ==, 1);
  g_assert_true (caller.acquired);
  assert_free (permits, 0);
  g_assert_finalize_object (permits);
}

static void
test_granted_in_order (void)
{
  TestPermits *permits = permits_new (NULL, 0);
  Caller callers[3] = { { FALSE } };

  for (guint i = 0; i < 3; i++)
    permits_acquire_async (permits, NULL, called_cb, &callers[i]);
  drain (NULL);
  for (guint i = 0; i < 3; i++)
    {
      permits_release (permits);
      g_assert_cmpint (callers[i].n_calls, ==, 0);
      drain (NULL);
      for (guint j = 0; j < 3; j++)
        g_assert_cmpint (callers[j].acquired, ==, j <= i);
    }
  g_assert_finalize_object (permits);
}

static void
test_cancelled_before (void)
{
  TestPermits *permits = permits_new (NULL, 1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Caller callers[2] = { { FALSE } };

  /* Once when there is a permit, once when there is none. */
  g_cancellable_cancel (cancellable);
  permits_acquire_async (permits, cancellable, called_cb, &callers[0]);
  permits->n--;
  permits_acquire_async (permits, cancellable, called_cb, &callers[1]);
  permits->n++;
  g_assert_cmpint (callers[0].n_calls + callers[1].n_calls, ==, 0);
  drain (NULL);
  assert_cancelled (&callers[0]);
  assert_cancelled (&callers[1]);
  assert_free (permits, 1);
  g_assert_finalize_object (permits);
}

static void
test_cancelled_waiting (void)
{
  TestPermits *permits = permits_new (NULL, 0);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Caller first = { FALSE }, second = { FALSE };

  permits_acquire_async (permits, cancellable, called_cb, &first);
  permits_acquire_async (permits, NULL, called_cb, &second);
  g_cancellable_cancel (cancellable);
  permits_release (permits);
  g_assert_cmpint (first.n_calls, ==, 0);
  drain (NULL);
  assert_cancelled (&first);
  g_assert_true (second.acquired);
  assert_free (permits, 0);
  g_assert_finalize_object (permits);
}

static void
test_cancelled_after_grant (void)
{
  TestPermits *permits = permits_new (NULL, 1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Caller first = { FALSE }, second = { FALSE };

  /* Granted, not delivered yet. */
  permits_acquire_async (permits, cancellable, called_cb, &first);
  permits_acquire_async (permits, NULL, called_cb, &second);
  g_cancellable_cancel (cancellable);
  drain (NULL);
  assert_cancelled (&first);
  g_assert_true (second.acquired);
  assert_free (permits, 0);

  /* Delivered, not finished yet. */
  g_cancellable_reset (cancellable);
  permits_release (permits);
  first = (Caller) { .keep = TRUE };
  permits_acquire_async (permits, cancellable, called_cb, &first);
  drain (NULL);
  assert_free (permits, 0);
  g_cancellable_cancel (cancellable);
  first.acquired = permits_acquire_finish (permits, first.result, &first.error);
  assert_cancelled (&first);
  assert_free (permits, 1);
  g_assert_finalize_object (first.result);
  g_assert_cmpint (permits->n_given_back, ==, 2);
  g_assert_finalize_object (permits);
}

/* Who cancels an undelivered grant frees it: others need not wait for the loop. */
static void
test_given_back_at_once (void)
{
  TestPermits *permits = permits_new (NULL, 1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Caller first = { .keep = TRUE };

  permits_acquire_async (permits, cancellable, called_cb, &first);
  assert_free (permits, 0);
  g_cancellable_cancel (cancellable);
  g_assert_cmpint (permits->n_given_back, ==, 1);
  assert_free (permits, 1);
  drain (NULL);
  g_assert_false (permits_acquire_finish (permits, first.result, &first.error));
  g_assert_error (first.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&first.error);
  g_assert_false (permits_acquire_finish (permits, first.result, &first.error));
  g_assert_error (first.error, THR_ERROR, THR_ERROR_INVALID_STATE);
  g_clear_error (&first.error);
  g_assert_finalize_object (first.result);
  g_assert_cmpint (permits->n_given_back, ==, 1);
  assert_free (permits, 1);
  g_assert_finalize_object (permits);
}

/* A grant that nobody takes goes to the next. */
static void
test_given_back (void)
{
  TestPermits *permits = permits_new (NULL, 1);
  Caller dropper = { .drop = TRUE }, keeper = { .keep = TRUE }, last = { FALSE };

  permits_acquire_async (permits, NULL, NULL, NULL);
  permits_acquire_async (permits, NULL, called_cb, &dropper);
  permits_acquire_async (permits, NULL, called_cb, &keeper);
  permits_acquire_async (permits, NULL, called_cb, &last);
  drain (NULL);
  g_assert_cmpint (dropper.n_calls, ==, 1);
  g_assert_cmpint (keeper.n_calls, ==, 1);
  g_assert_cmpint (last.n_calls, ==, 0);

  /* Never finished. */
  g_clear_object (&keeper.result);
  drain (NULL);
  g_assert_true (last.acquired);
  g_assert_cmpint (permits->n_given_back, ==, 3);
  assert_free (permits, 0);
  g_assert_finalize_object (permits);
}

static void
test_finished_later (void)
{
  TestPermits *permits = permits_new (NULL, 1);
  Caller keeper = { .keep = TRUE };
  g_autoptr (GError) error = NULL;

  permits_acquire_async (permits, NULL, called_cb, &keeper);
  drain (NULL);
  g_assert_true (g_async_result_is_tagged (keeper.result, (gpointer) &permits_type));
  g_assert_true (g_async_result_get_user_data (keeper.result) == &keeper);
  g_assert_true (permits_acquire_finish (permits, keeper.result, &error));
  g_assert_no_error (error);

  g_assert_false (permits_acquire_finish (permits, keeper.result, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_STATE);
  g_assert_false (permits_acquire_finish (permits, keeper.result, NULL));

  g_assert_finalize_object (keeper.result);
  g_assert_cmpint (permits->n_given_back, ==, 0);
  assert_free (permits, 0);
  g_assert_finalize_object (permits);
}

static void
test_wrong_result (void)
{
  TestPermits *permits = permits_new (NULL, 1), *others = permits_new (NULL, 0);
  Caller keeper = { .keep = TRUE };
  g_autoptr (GTask) task = g_task_new (permits, NULL, NULL, NULL);
  g_autoptr (GError) error = NULL;

  permits_acquire_async (permits, NULL, called_cb, &keeper);
  drain (NULL);
  g_assert_false (permits_acquire_finish (others, keeper.result, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_assert_false (permits_acquire_finish (permits, G_ASYNC_RESULT (task), &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);
  g_assert_false (thr_operation_finish (permits, &other_type, keeper.result, &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT);

  /* None of that has touched it. */
  g_assert_true (permits_acquire_finish (permits, keeper.result, &error));
  g_assert_finalize_object (keeper.result);
  g_assert_finalize_object (others);
  g_clear_object (&task);
  g_assert_finalize_object (permits);
}

static void
test_settled_with_error (void)
{
  TestPermits *permits = permits_new (NULL, 0);
  Caller caller = { FALSE };
  ThrOperation *operation = thr_operation_new (permits, &permits_type, NULL, called_cb, &caller);

  g_assert_true (thr_operation_settle (operation, g_error_new (THR_ERROR, THR_ERROR_BROKEN, "x")));
  drain (NULL);
  g_assert_cmpint (caller.n_calls, ==, 1);
  assert_error_and_clear (&caller.error, THR_ERROR, THR_ERROR_BROKEN);
  g_assert_cmpint (permits->n_given_back, ==, 0);
  g_assert_finalize_object (permits);
}

static void
test_not_ended (void)
{
  TestPermits *permits = permits_new (NULL, 0);
  Caller caller = { FALSE };
  ThrOperation *operation = thr_operation_new (permits, &permits_type, NULL, called_cb, &caller);
  g_autoptr (GError) error = NULL;

  g_assert_false (permits_acquire_finish (permits, G_ASYNC_RESULT (operation), &error));
  assert_error_and_clear (&error, THR_ERROR, THR_ERROR_INVALID_STATE);
  g_assert_true (thr_operation_settle (operation, NULL));
  drain (NULL);
  g_assert_true (caller.acquired);
  g_assert_finalize_object (permits);
}

/* The context goes: who waits leaves the line, what was granted goes on, nobody is
 * called. A blocked or foreign waiter behind them gets the permit. */
static void
test_orphaned (void)
{
  GMainContext *context = g_main_context_new ();
  TestPermits *permits = permits_new (context, 1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Caller callers[4] = { { FALSE } };

  permits_acquire_async (permits, NULL, called_cb, &callers[0]);        /* granted */
  permits_acquire_async (permits, cancellable, called_cb, &callers[1]);
  permits_acquire_async (permits, NULL, called_cb, &callers[2]);
  g_main_context_unref (context);

  g_assert_cmpint (permits->n_given_back, ==, 1);
  assert_free (permits, 1);
  g_cancellable_cancel (cancellable);

  /* On a home that is gone nothing begins to wait. */
  permits->n = 0;
  permits_acquire_async (permits, NULL, called_cb, &callers[3]);
  assert_free (permits, 0);
  permits_release (permits);
  permits_acquire_async (permits, cancellable, called_cb, &callers[3]);
  assert_free (permits, 1);

  for (guint i = 0; i < 4; i++)
    g_assert_cmpint (callers[i].n_calls, ==, 0);
  g_assert_finalize_object (permits);
}

/* --- Races --- */

typedef struct
{
  StartLine     line;
  guint         n;
  TestPermits  *permits;
  GCancellable *cancellable;
  GMainContext *context;
} Race;

static gpointer
releaser_thread (gpointer data)
{
  Race *race = data;

  for (guint i = 0; i < race->n; i++)
    {
      start_line_wait (&race->line);
      stagger (i * 7);
      permits_release (race->permits);
      start_line_wait (&race->line);
    }

  return NULL;
}

static gpointer
canceller_thread (gpointer data)
{
  Race *race = data;

  for (guint i = 0; i < race->n; i++)
    {
      start_line_wait (&race->line);
      stagger (i * 13);
      g_cancellable_cancel (race->cancellable);
      start_line_wait (&race->line);
    }

  return NULL;
}

/* Meant: the release finds the operation while the cancellation reaches it; before
 * it has joined the line, in the line, after the grant, while it is delivered. The
 * permit is the caller's or free, never both, never neither. */
static void
test_grant_versus_cancel (void)
{
  Race race = { { 3 }, rounds (100000), permits_new (NULL, 0), g_cancellable_new () };
  guint n_acquired = 0;
  GThread *threads[2];

  threads[0] = g_thread_new ("releaser", releaser_thread, &race);
  threads[1] = g_thread_new ("canceller", canceller_thread, &race);

  for (guint i = 0; i < race.n; i++)
    {
      Caller caller = { FALSE };

      g_cancellable_reset (race.cancellable);
      /* Half of the time it joins while the others already run. */
      if (i % 2)
        permits_acquire_async (race.permits, race.cancellable, called_cb, &caller);
      start_line_wait (&race.line);
      if (i % 2 == 0)
        permits_acquire_async (race.permits, race.cancellable, called_cb, &caller);
      iterate_until (NULL, &caller.n_calls, 1);
      start_line_wait (&race.line);
      drain (NULL);

      g_assert_cmpint (caller.n_calls, ==, 1);
      g_assert_true (caller.acquired || caller.error != NULL);
      n_acquired += caller.acquired;
      assert_free (race.permits, !caller.acquired);
      race.permits->n = 0;
      g_clear_error (&caller.error);
    }

  for (guint i = 0; i < 2; i++)
    g_thread_join (threads[i]);
  g_test_message ("acquired %u of %u", n_acquired, race.n);
  g_assert_finalize_object (race.permits);
  g_object_unref (race.cancellable);
}

/* Meant: grant, cancellation and the end of the context meet at the same three
 * operations, one cancellable between them: orphaned before the grant, between
 * grant and post, between the cancellation's swap and its post (then the discard
 * happens inside the cancellable's callback, and may grant and discard the next one
 * there). Each permit is free in the end and each operation gone. */
static void
test_grant_cancel_orphan (void)
{
  Race race = { { 3 }, rounds (100000) };
  GThread *threads[2];

  race.cancellable = g_cancellable_new ();
  threads[0] = g_thread_new ("releaser", releaser_thread, &race);
  threads[1] = g_thread_new ("canceller", canceller_thread, &race);

  for (guint i = 0; i < race.n; i++)
    {
      Caller callers[3] = { { FALSE } };
      guint n_acquired = 0;

      g_cancellable_reset (race.cancellable);
      race.context = g_main_context_new ();
      race.permits = permits_new (race.context, 0);
      permits_acquire_async (race.permits, race.cancellable, called_cb, &callers[0]);
      permits_acquire_async (race.permits, race.cancellable, called_cb, &callers[1]);
      start_line_wait (&race.line);
      permits_acquire_async (race.permits, i % 2 ? race.cancellable : NULL, called_cb, &callers[2]);
      if (i % 4 == 0)
        drain (race.context);
      stagger (i * 3);
      g_main_context_unref (race.context);
      start_line_wait (&race.line);

      /* What was discarded inside the callback is finished at the default home. */
      drain (NULL);
      for (guint j = 0; j < 3; j++)
        {
          n_acquired += callers[j].acquired;
          g_clear_error (&callers[j].error);
        }
      assert_free (race.permits, 1 - n_acquired);
      g_assert_finalize_object (race.permits);
    }

  for (guint i = 0; i < 2; i++)
    g_thread_join (threads[i]);
  g_object_unref (race.cancellable);
}

static gpointer
dropper_thread (gpointer data)
{
  Race *race = data;

  for (guint i = 0; i < race->n; i++)
    {
      start_line_wait (&race->line);
      stagger (i * 11);
      g_object_unref (race->permits);
      start_line_wait (&race->line);
    }

  return NULL;
}

/* Meant: the caller's last reference to the source goes while its operation is
 * granted, posted and delivered by others. */
static void
test_grant_versus_drop (void)
{
  Race race = { { 2 }, rounds (100000) };
  GThread *thread = g_thread_new ("dropper", dropper_thread, &race);

  for (guint i = 0; i < race.n; i++)
    {
      Caller caller = { .drop = i % 2 };
      TestPermits *permits = permits_new (NULL, 0);

      race.permits = g_object_ref (permits);
      permits_acquire_async (permits, NULL, i % 3 ? called_cb : NULL, &caller);
      start_line_wait (&race.line);
      permits_release (permits);
      drain (NULL);
      start_line_wait (&race.line);
      g_assert_cmpint (caller.n_calls, ==, i % 3 != 0);
      g_assert_finalize_object (permits);
    }

  g_thread_join (thread);
}

/* Who asked not to be called back wants nothing: the grant goes to the next at once,
 * without any loop; however many of them stand in line. */
static void
test_nobody_asked (void)
{
  const guint n = 20000;
  TestPermits *permits = permits_new (NULL, 0);
  GCancellable *cancellable = g_cancellable_new ();
  Caller caller = { 0, };

  for (guint i = 0; i < n; i++)
    permits_acquire_async (permits, i % 2 == 0 ? cancellable : NULL, NULL, NULL);
  permits_acquire_async (permits, NULL, called_cb, &caller);
  permits_release (permits);
  g_assert_cmpint (g_atomic_int_get (&permits->n_given_back), ==, n);
  g_assert_cmpuint (permits->n, ==, 0);
  drain (NULL);
  g_assert_true (caller.acquired);

  /* At once, and cancelled in line. */
  permits->n = 1;
  permits_acquire_async (permits, NULL, NULL, NULL);
  g_assert_cmpuint (permits->n, ==, 1);
  permits->n = 0;
  permits_acquire_async (permits, cancellable, NULL, NULL);
  g_cancellable_cancel (cancellable);
  permits_release (permits);
  g_assert_cmpuint (permits->n, ==, 1);

  drain (NULL);
  g_object_unref (cancellable);
  g_assert_finalize_object (permits);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/operation/granted-at-once", test_granted_at_once);
  g_test_add_func ("/operation/granted-in-order", test_granted_in_order);
  g_test_add_func ("/operation/cancelled-before", test_cancelled_before);
  g_test_add_func ("/operation/cancelled-waiting", test_cancelled_waiting);
  g_test_add_func ("/operation/cancelled-after-grant", test_cancelled_after_grant);
  g_test_add_func ("/operation/given-back-at-once", test_given_back_at_once);
  g_test_add_func ("/operation/given-back", test_given_back);
  g_test_add_func ("/operation/finished-later", test_finished_later);
  g_test_add_func ("/operation/wrong-result", test_wrong_result);
  g_test_add_func ("/operation/settled-with-error", test_settled_with_error);
  g_test_add_func ("/operation/not-ended", test_not_ended);
  g_test_add_func ("/operation/orphaned", test_orphaned);
  g_test_add_func ("/operation/grant-versus-cancel", test_grant_versus_cancel);
  g_test_add_func ("/operation/grant-cancel-orphan", test_grant_cancel_orphan);
  g_test_add_func ("/operation/nobody-asked", test_nobody_asked);
  g_test_add_func ("/operation/grant-versus-drop", test_grant_versus_drop);

  return g_test_run ();
}
