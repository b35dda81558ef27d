/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-deadline-private.h"

G_BEGIN_DECLS

/* A place for one thread to sleep in.
 *
 * It holds at most one token. Unparking leaves the token, parking takes it or
 * sleeps until it comes. A token may be stale, left by somebody who woke the
 * thread for a wait that has ended since; so whoever parks re-checks what it
 * waits for, always.
 */
typedef struct
{
  int    state; /* atomic: ThrParkerState */
  GMutex mutex;
  GCond  cond;
} ThrParker;

typedef enum {
  THR_UNPARKED_BY_TOKEN,
  THR_UNPARKED_BY_DEADLINE,
  /* No token, no deadline: a signal handler ran, or the kernel felt like it. */
  THR_UNPARKED_FOR_NOTHING
} ThrUnparked;

void        thr_parker_init   (ThrParker   *self);
ThrUnparked thr_parker_park   (ThrParker   *self,
                               ThrDeadline  deadline);
void        thr_parker_unpark (ThrParker   *self);

G_END_DECLS
