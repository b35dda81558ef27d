/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <thrkit/thrkit.h>

/* What the benchmarks share: a clock, medians, and the row
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
  /* Not g_print(), which makes a question mark of "µ" where there is no locale. */
  printf ("%-34s %10.2f %-4s peer=%.2f (%s) ratio=%.3f\n",
          name, ours, unit, peer, peer_name, ours / peer);
  fflush (stdout);
}

/* One of those that run beside each other: a name, and a function that runs once and
 * returns what it measured. The first is ours. */
typedef struct
{
  const char *name;
  double    (*run) (gpointer data);
  gpointer    data;
} BenchSide;

#define BENCH_MAX_SIDES 8

/* All of them in turns, @rounds times after a first one that does not count; the row has
 * each peer with its ratio. */
static inline void
bench_race (const char      *name,
            const char      *unit,
            const BenchSide *sides,
            guint            n_sides,
            guint            rounds)
{
  double values[BENCH_MAX_SIDES][32], ours;

  g_assert (n_sides <= BENCH_MAX_SIDES && rounds <= 32);
  for (guint side = 0; side < n_sides; side++)
    sides[side].run (sides[side].data);
  for (guint round = 0; round < rounds; round++)
    for (guint side = 0; side < n_sides; side++)
      values[side][round] = sides[side].run (sides[side].data);

  ours = bench_median (values[0], rounds);
  printf ("%-34s %10.2f %-4s", name, ours, unit);
  for (guint side = 1; side < n_sides; side++)
    {
      double peer = bench_median (values[side], rounds);

      printf (" peer=%.2f (%s) ratio=%.3f", peer, sides[side].name, ours / peer);
    }
  printf ("\n");
  fflush (stdout);
}

static inline double
bench_heap_in_use (void)
{
  return (double) mallinfo2 ().uordblks;
}

/* Runs @program once more, with an argument, where GLib's slices do not hide what is
 * allocated; they are chosen when a process begins. */
static inline void
bench_memory_without_slices (const char *program)
{
  const char *argv[] = { program, "memory", NULL };
  char **env = g_environ_setenv (g_get_environ (), "G_SLICE", "always-malloc", TRUE);

  if (!g_spawn_sync (NULL, (char **) argv, env, G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL,
                     NULL, NULL, NULL, NULL))
    g_error ("%s cannot be run once more", program);
  g_strfreev (env);
}
