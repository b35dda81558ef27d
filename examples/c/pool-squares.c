/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A pool of four threads squares four numbers: once with an explicit shutdown,
 * once in a scope that ends the pool by itself.
 *
 * submit () returns at once with a task, which is the future of the answer.
 */

#include <thrkit/thrkit.h>

static const int numbers[] = { 5, 2, 55, 4 };

static gboolean
square (ThrTask   *task,
        gpointer   user_data,
        GError   **error)
{
  gint64 n = GPOINTER_TO_INT (user_data);

  return thr_task_return_int64 (task, n * n);
}

/* Waits for a task, prints its answer, and lets go of it. */
static void
print_answer (ThrTask *task,
              int      n)
{
  g_autoptr (ThrTask) owned = task;
  g_autoptr (GError) error = NULL;
  GValue *answer;

  if (!thr_future_wait (THR_FUTURE (task), -1, NULL, &error) ||
      (answer = thr_future_dup_value (THR_FUTURE (task), &error)) == NULL)
    g_error ("%s", error->message);

  g_print ("  %d squared is %" G_GINT64_FORMAT "\n", n, g_value_get_int64 (answer));
  g_boxed_free (G_TYPE_VALUE, answer);
}

static void
square_all (ThrPool *pool)
{
  ThrTask *tasks[G_N_ELEMENTS (numbers)];

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    tasks[i] = thr_pool_submit (pool, square, GINT_TO_POINTER (numbers[i]), NULL);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    print_answer (tasks[i], numbers[i]);
}

static void
with_shutdown (void)
{
  ThrPool *pool = thr_pool_new (4);
  g_autoptr (GError) error = NULL;

  g_print ("With shutdown:\n");
  square_all (pool);
  /* Nothing is cancelled, and all threads have ended when it returns. */
  if (!thr_pool_shutdown (pool, FALSE, TRUE, &error))
    g_error ("%s", error->message);
  g_print ("  the pool is %s\n", thr_pool_is_closed (pool) ? "closed" : "open");
  g_object_unref (pool);
}

static void
with_scope (void)
{
  /* Dropping the last reference is a shutdown that nobody waits for: what was
   * submitted is still done. */
  g_autoptr (ThrPool) pool = thr_pool_new (4);

  g_print ("With a scope:\n");
  square_all (pool);
}

int
main (void)
{
  with_shutdown ();
  with_scope ();
  return 0;
}
