/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/thr-spin-private.h"

/* Asked once: the answer is a system call. A process that is bound to other
 * processors later spins a little too often or too rarely, nothing worse. */
gboolean
thr_spin_pays (void)
{
  static int known; /* atomic: 0 unknown, 1 no, 2 yes */
  int answer = __atomic_load_n (&known, __ATOMIC_RELAXED);

  if (G_UNLIKELY (answer == 0))
    {
      answer = g_get_num_processors () > 1 ? 2 : 1;
      __atomic_store_n (&known, answer, __ATOMIC_RELAXED);
    }

  return answer == 2;
}
