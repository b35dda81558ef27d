/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <stdlib.h>
#include <time.h>

#include <thrkit/thrkit.h>

/* What the benchmarks of the sync floor share: a clock, medians, and the row
 * "name ours unit peer=… ratio=…". Ours and the peer run in turns in one process,
 * so that a change of the machine's mood meets both. */

#define BENCH_ROUNDS 7

static inline double
bench_now (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e9 + now.tv_nsec;
}

static inline int
bench_compare (const void *a,
               const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static inline double
bench_median (double *values,
              guint   n)
{
  qsort (values, n, sizeof *values, bench_compare);
  return values[n / 2];
}

static inline void
bench_row (const char *name,
           double      ours,
           double      peer,
           const char *peer_name,
           const char *unit)
{
  g_print ("%-34s %10.2f %-4s peer=%.2f (%s) ratio=%.3f\n",
           name, ours, unit, peer, peer_name, ours / peer);
}
