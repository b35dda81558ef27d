/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* Any number that a GValue may hold, with nothing lost. A language gives an int,
 * a double or whatever its number fits into, and not what the function takes.
 */
typedef struct
{
  enum {
    THR_CALL_SIGNED,
    THR_CALL_UNSIGNED,
    THR_CALL_REAL
  } form;
  union
  {
    gint64  i;
    guint64 u;
    double  d;
  } v;
} ThrCallNumber;

/* FALSE when @value is no number. A boolean is none. */
gboolean thr_call_number_read        (const GValue        *value,
                                      ThrCallNumber       *number);

/* The number's bits in two's complement; FALSE when it is not whole, or not
 * between @min and @max. */
gboolean thr_call_number_to_integer  (const ThrCallNumber *number,
                                      gint64               min,
                                      guint64              max,
                                      guint64             *bits);

double   thr_call_number_to_double   (const ThrCallNumber *number);
char    *thr_call_number_to_string   (const ThrCallNumber *number);

G_END_DECLS
