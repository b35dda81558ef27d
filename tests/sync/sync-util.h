/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <thrkit/thrkit.h>

/* What the tests of the sync floor share. They reach locks and semaphores through
 * ThrLockable wherever that is enough, so that both run the same scenarios. */

static inline guint
n_waiters (gpointer lockable)
{
  guint n;

  g_object_get (lockable, "n-waiters", &n, NULL);
  return n;
}

/* Until @n callers stand in line: how a thread is known to wait. */
static inline void
await_waiters (gpointer lockable,
               guint    n)
{
  while (n_waiters (lockable) != n)
    g_thread_yield ();
}

static inline void
await_flag (int *flag)
{
  while (!g_atomic_int_get (flag))
    g_thread_yield ();
}

static inline gboolean
is_thorough (void)
{
  return g_getenv ("THR_TEST_THOROUGH") != NULL;
}

static inline void
acquire (gpointer lockable)
{
  g_autoptr (GError) error = NULL;
  gboolean acquired = thr_lockable_acquire (lockable, &error);

  g_assert_no_error (error);
  g_assert_true (acquired);
}

static inline void
release (gpointer lockable)
{
  g_autoptr (GError) error = NULL;
  gboolean released = thr_lockable_release (lockable, &error);

  g_assert_no_error (error);
  g_assert_true (released);
}

/* All that is pending on the default context. */
static inline void
drain (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static inline gpointer
release_thread (gpointer data)
{
  release (data);
  return NULL;
}

/* Releases on a thread that is not the caller's. */
static inline void
release_elsewhere (gpointer lockable)
{
  g_thread_join (g_thread_new ("release", release_thread, lockable));
}

#define assert_error_and_clear(error, domain, code) \
  G_STMT_START { \
    g_assert_error (*(error), domain, code); \
    g_clear_error (error); \
  } G_STMT_END

/* Lets what was posted for the object go before the last reference does. */
#define assert_finalized(object) \
  G_STMT_START { \
    drain (); \
    g_assert_finalize_object (G_OBJECT (object)); \
  } G_STMT_END
