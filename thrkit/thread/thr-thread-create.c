/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "thread/thr-thread-run-private.h"

#include <dlfcn.h>
#include <limits.h>
#include <unistd.h>

/* Making an OS thread.
 *
 * It is always pthread_create(): g_thread_new() takes no stack size, and does not
 * tell the parent the number by which the child is known, which start() promises.
 * GLib is at home in such a thread all the same; g_thread_self() makes what it
 * needs when it is asked.
 */

/* What the platform may ask for at the least: Python's limit, too. */
#define STACK_MIN (32 * 1024)

typedef size_t (*MinStackFunc) (const pthread_attr_t *attr);

/* glibc puts the static thread-local storage of all loaded libraries into the
 * stack that was asked for; without this allowance a small stack can be smaller
 * than nothing. The function is glibc's own, made for exactly this caller (Rust's
 * runtime and Java's use it as well), and elsewhere there is none. */
static gsize
tls_size (const pthread_attr_t *attr)
{
  static gsize once;
  static MinStackFunc get_min_stack;

  if (g_once_init_enter (&once))
    {
      get_min_stack = (MinStackFunc) dlsym (RTLD_DEFAULT, "__pthread_get_minstack");
      g_once_init_leave (&once, 1);
    }

  if (get_min_stack == NULL)
    return 0;
  else
    {
      gsize size = get_min_stack (attr);
      glong fixed = sysconf (_SC_THREAD_STACK_MIN);

      /* It is the fixed minimum and the storage in one. Newer systems put the
       * storage into the first, too; then the whole is still no more than the
       * allowance has to be. */
      return fixed > 0 && size > (gsize) fixed ? size - fixed : size;
    }
}

/* 0 when it does not fit into the address space. */
static gsize
round_to_pages (gsize size)
{
  gsize page = sysconf (_SC_PAGESIZE);
  gsize sum;

  if (__builtin_add_overflow (size, page - 1, &sum))
    return 0;
  return sum & ~(page - 1);
}

static int
set_stack_size (pthread_attr_t *attr,
                gsize           bytes)
{
  gsize sum;

  if (__builtin_add_overflow (bytes, tls_size (attr), &sum))
    return EINVAL;
  sum = round_to_pages (sum);
  if (sum == 0)
    return EINVAL;

  return pthread_attr_setstacksize (attr, sum);
}

int
thr_os_thread_create (gsize       stack_size,
                      void     *(*body) (void *),
                      gpointer    data,
                      pthread_t  *handle)
{
  pthread_attr_t attr;
  int result;

  if (stack_size == 0)
    return pthread_create (handle, NULL, body, data);

  result = pthread_attr_init (&attr);
  if (result != 0)
    return result;

  result = set_stack_size (&attr, stack_size);
  if (result == 0)
    result = pthread_create (handle, &attr, body, data);
  pthread_attr_destroy (&attr);

  return result;
}

/* 0 is the default, and always right. Changes nothing. */
gboolean
thr_stack_size_check (gint64   bytes,
                      GError **error)
{
  pthread_attr_t attr;
  int result = EINVAL;

  if (bytes == 0)
    return TRUE;

  if (bytes >= STACK_MIN && (guint64) bytes <= G_MAXSIZE &&
      pthread_attr_init (&attr) == 0)
    {
      result = set_stack_size (&attr, bytes);
      pthread_attr_destroy (&attr);
    }

  if (result != 0)
    {
      /* As a text: translators' tools cannot read the macro of the format. */
      g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, bytes);

      g_set_error (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                   _("A stack of %s bytes is not possible; use 0 for the default, or at "
                     "least %d"),
                   number, STACK_MIN);
      return FALSE;
    }

  return TRUE;
}
