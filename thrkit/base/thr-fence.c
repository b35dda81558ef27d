/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-fence-private.h"

#include <sys/syscall.h>
#include <unistd.h>

/* membarrier(2), by number, since the headers of older systems lack it. The kernel
 * makes every processor that runs a thread of the process execute a fence; a thread
 * that does not run executes one when it is switched to. */
#if defined (__linux__) && defined (SYS_membarrier)
#define CMD_PRIVATE_EXPEDITED          (1 << 3)
#define CMD_REGISTER_PRIVATE_EXPEDITED (1 << 4)

static gboolean
membarrier (int command)
{
  return syscall (SYS_membarrier, command, 0, 0) == 0;
}
#else
#define CMD_PRIVATE_EXPEDITED          0
#define CMD_REGISTER_PRIVATE_EXPEDITED 0

static gboolean
membarrier (int command)
{
  return FALSE;
}
#endif

#ifdef __SANITIZE_THREAD__
guint thr_fence_word;
#endif

/* Registering is for the life of the process and is inherited over fork(). */
gboolean
thr_fence_available (void)
{
  static int known; /* atomic: 0 unknown, 1 no, 2 yes */
  int answer = __atomic_load_n (&known, __ATOMIC_RELAXED);

  if (G_UNLIKELY (answer == 0))
    {
      answer = membarrier (CMD_REGISTER_PRIVATE_EXPEDITED) &&
               membarrier (CMD_PRIVATE_EXPEDITED) ? 2 : 1;
      __atomic_store_n (&known, answer, __ATOMIC_RELAXED);
    }

  return answer == 2;
}

void
thr_fence_heavy (void)
{
  thr_fence_full ();

  if (G_LIKELY (membarrier (CMD_PRIVATE_EXPEDITED)))
    return;
  if (membarrier (CMD_REGISTER_PRIVATE_EXPEDITED) && membarrier (CMD_PRIVATE_EXPEDITED))
    return;

  /* A filter for system calls was put in place since we registered. What is left is
   * that no processor holds a write back for this long. */
  g_usleep (10000);
}
