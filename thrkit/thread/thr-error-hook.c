/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "thread/thr-functions.h"

#include "base/thr-home-private.h"
#include "base/thr-language-private.h"
#include "thread/thr-thread-run-private.h"

/* What happens to the error of a thread that failed.
 *
 * Threads may fail while another thread sets a new hook. Each of them takes a
 * reference to the hook that it found, so a hook's data is destroyed only when
 * nobody runs it any more; at the home of who had set it.
 */
typedef struct
{
  gatomicrefcount ref_count;

  /* Constant. */
  ThrErrorHook    func;
  gpointer        user_data;
  GDestroyNotify  notify;
  ThrHome        *home;
} Hook;

typedef struct
{
  ThrLetter  letter;
  Hook      *hook;
  GError    *error;
} HookLetter;

static GMutex mutex; /* a leaf */
static Hook *current; /* under the mutex; NULL: the default */

static Hook *
dup_current (void)
{
  Hook *hook;

  g_mutex_lock (&mutex);
  hook = current;
  if (hook != NULL)
    g_atomic_ref_count_inc (&hook->ref_count);
  g_mutex_unlock (&mutex);

  return hook;
}

static void
hook_unref (Hook *hook)
{
  if (hook == NULL || !g_atomic_ref_count_dec (&hook->ref_count))
    return;

  thr_home_throw_notify (hook->home, hook->notify, hook->user_data);
  thr_home_unref (hook->home);
  g_free (hook);
}

static void
print_error (ThrThread    *thread,
             const GError *error)
{
  g_autofree char *name = thr_object_dup_name (THR_OBJECT (thread));

  /* Translators: what a program prints for a thread that failed: its name, and
   * the text of the error */
  g_printerr (_("Exception in thread %s: %s"), name, error->message);
  g_printerr ("\n");
}

/* --- A hook in JavaScript --- */

static void
hook_letter_free (HookLetter *self)
{
  hook_unref (self->hook);
  g_error_free (self->error);
  g_free (self);
}

static void
hook_letter_deliver (ThrLetter *letter,
                     GObject   *object)
{
  HookLetter *self = (HookLetter *) letter;

  self->hook->func (THR_THREAD (object), self->error, self->hook->user_data);
  hook_letter_free (self);
}

static void
hook_letter_discard (ThrLetter *letter,
                     GObject   *object)
{
  HookLetter *self = (HookLetter *) letter;

  print_error (THR_THREAD (object), self->error);
  hook_letter_free (self);
}

/* JavaScript runs in its own thread only, so its hook hears of the error there,
 * by the thread's post. A thread that has another home cannot reach it. */
static gboolean
post_to_hook (Hook         *hook,
              ThrThread    *thread,
              const GError *error)
{
  HookLetter *letter;

  if (thr_object_get_home (THR_OBJECT (thread)) != hook->home)
    return FALSE;

  letter = g_new0 (HookLetter, 1);
  letter->letter.rank = THR_RANK_SIGNAL;
  letter->letter.deliver = hook_letter_deliver;
  letter->letter.discard = hook_letter_discard;
  letter->hook = hook;
  g_atomic_ref_count_inc (&hook->ref_count);
  letter->error = g_error_copy (error);
  thr_mailbox_post (thr_object_get_mailbox (THR_OBJECT (thread)), &letter->letter);

  return TRUE;
}

void
thr_thread_report_error (ThrThread    *self,
                         const GError *error)
{
  Hook *hook = dup_current ();

  thr_thread_set_observed (self);
  if (hook == NULL)
    print_error (self, error);
  else if (!thr_language_notify_is_js (hook->notify))
    hook->func (self, error, hook->user_data);
  else if (!post_to_hook (hook, self, error))
    print_error (self, error);

  hook_unref (hook);
}

/**
 * thr_set_error_hook:
 * @func: (nullable) (scope notified) (closure user_data) (destroy notify): what
 *   to call, or %NULL for the default
 * @user_data: data for @func
 * @notify: called with @user_data when @func is no longer used
 *
 * Sets what happens when a thread fails.
 *
 * The default prints one line to the standard error: `Exception in thread NAME:`
 * and the error's text. There is one hook for the whole process.
 *
 * @func runs in the failing thread, while that is still alive and the current
 * thread, and [property@Thr.Thread:error] has the error already. A hook in
 * JavaScript runs at home instead, on the main loop. It must not call
 * [func@Thr.exit_thread].
 *
 * *Threads*: any. *Blocking*: never; a hook that is being replaced may still be
 * running. @notify runs in the home of the caller.
 */
void
thr_set_error_hook (ThrErrorHook   func,
                    gpointer       user_data,
                    GDestroyNotify notify)
{
  Hook *hook = NULL;
  Hook *old;

  if (func != NULL)
    {
      hook = g_new0 (Hook, 1);
      g_atomic_ref_count_init (&hook->ref_count);
      hook->func = func;
      hook->user_data = user_data;
      hook->notify = notify;
      hook->home = thr_home_get (NULL);
    }

  g_mutex_lock (&mutex);
  old = current;
  current = hook;
  g_mutex_unlock (&mutex);

  hook_unref (old);
}
