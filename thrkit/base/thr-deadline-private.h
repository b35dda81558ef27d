/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "base/thr-error.h"
#include "base/thr-i18n-private.h"

G_BEGIN_DECLS

/* A point in g_get_monotonic_time(), in microseconds. A wait computes its
 * deadline once, so that spurious wake-ups never make it longer.
 */
typedef gint64 ThrDeadline;

#define THR_DEADLINE_NEVER ((ThrDeadline) G_MAXINT64)
/* In the past of every clock: now or not at all. */
#define THR_DEADLINE_NOW   ((ThrDeadline) 0)

/* -1 is for ever, 0 is now or not at all; the sum saturates to "for ever", which
 * is 292 000 years away and therefore the same.
 */
static inline gboolean
thr_deadline_from_timeout (gint64        timeout_us,
                           ThrDeadline  *deadline,
                           GError      **error)
{
  gint64 sum;

  if (timeout_us < -1)
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                           _("A timeout must be -1 (for ever) or a number of microseconds from 0"));
      return FALSE;
    }

  if (timeout_us == -1)
    *deadline = THR_DEADLINE_NEVER;
  else if (timeout_us == 0)
    *deadline = THR_DEADLINE_NOW;
  else if (__builtin_add_overflow (g_get_monotonic_time (), timeout_us, &sum))
    *deadline = THR_DEADLINE_NEVER;
  else
    *deadline = sum;

  return TRUE;
}

static inline gboolean
thr_deadline_is_past (ThrDeadline deadline)
{
  if (deadline == THR_DEADLINE_NEVER)
    return FALSE;
  if (deadline == THR_DEADLINE_NOW)
    return TRUE;
  return g_get_monotonic_time () >= deadline;
}

G_END_DECLS
