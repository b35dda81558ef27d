/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "bridge/thr-call-number-private.h"

#include <math.h>

static gboolean
set_signed (ThrCallNumber *number,
            gint64         i)
{
  number->form = THR_CALL_SIGNED;
  number->v.i = i;
  return TRUE;
}

static gboolean
set_unsigned (ThrCallNumber *number,
              guint64        u)
{
  number->form = THR_CALL_UNSIGNED;
  number->v.u = u;
  return TRUE;
}

static gboolean
set_real (ThrCallNumber *number,
          double         d)
{
  number->form = THR_CALL_REAL;
  number->v.d = d;
  return TRUE;
}

static gboolean
read_variant (GVariant      *variant,
              ThrCallNumber *number)
{
  switch (g_variant_classify (variant))
    {
    case G_VARIANT_CLASS_BYTE:
      return set_unsigned (number, g_variant_get_byte (variant));

    case G_VARIANT_CLASS_INT16:
      return set_signed (number, g_variant_get_int16 (variant));

    case G_VARIANT_CLASS_UINT16:
      return set_unsigned (number, g_variant_get_uint16 (variant));

    case G_VARIANT_CLASS_INT32:
      return set_signed (number, g_variant_get_int32 (variant));

    case G_VARIANT_CLASS_HANDLE:
      return set_signed (number, g_variant_get_handle (variant));

    case G_VARIANT_CLASS_UINT32:
      return set_unsigned (number, g_variant_get_uint32 (variant));

    case G_VARIANT_CLASS_INT64:
      return set_signed (number, g_variant_get_int64 (variant));

    case G_VARIANT_CLASS_UINT64:
      return set_unsigned (number, g_variant_get_uint64 (variant));

    case G_VARIANT_CLASS_DOUBLE:
      return set_real (number, g_variant_get_double (variant));

    case G_VARIANT_CLASS_VARIANT:
      {
        g_autoptr (GVariant) inner = g_variant_get_variant (variant);

        return read_variant (inner, number);
      }

    default:
      return FALSE;
    }
}

gboolean
thr_call_number_read (const GValue  *value,
                      ThrCallNumber *number)
{
  switch (G_TYPE_FUNDAMENTAL (G_VALUE_TYPE (value)))
    {
    case G_TYPE_CHAR:
      return set_signed (number, g_value_get_schar (value));

    case G_TYPE_UCHAR:
      return set_unsigned (number, g_value_get_uchar (value));

    case G_TYPE_INT:
      return set_signed (number, g_value_get_int (value));

    case G_TYPE_UINT:
      return set_unsigned (number, g_value_get_uint (value));

    case G_TYPE_LONG:
      return set_signed (number, g_value_get_long (value));

    case G_TYPE_ULONG:
      return set_unsigned (number, g_value_get_ulong (value));

    case G_TYPE_INT64:
      return set_signed (number, g_value_get_int64 (value));

    case G_TYPE_UINT64:
      return set_unsigned (number, g_value_get_uint64 (value));

    case G_TYPE_ENUM:
      return set_signed (number, g_value_get_enum (value));

    case G_TYPE_FLAGS:
      return set_unsigned (number, g_value_get_flags (value));

    case G_TYPE_FLOAT:
      return set_real (number, g_value_get_float (value));

    case G_TYPE_DOUBLE:
      return set_real (number, g_value_get_double (value));

    case G_TYPE_VARIANT:
      return g_value_get_variant (value) != NULL &&
             read_variant (g_value_get_variant (value), number);

    default:
      return FALSE;
    }
}

gboolean
thr_call_number_to_integer (const ThrCallNumber *number,
                            gint64               min,
                            guint64              max,
                            guint64             *bits)
{
  ThrCallNumber whole;

  switch (number->form)
    {
    case THR_CALL_SIGNED:
      *bits = (guint64) number->v.i;
      return number->v.i >= min && (number->v.i < 0 || (guint64) number->v.i <= max);

    case THR_CALL_UNSIGNED:
      *bits = number->v.u;
      return number->v.u <= max;

    case THR_CALL_REAL:
    default:
      /* Both bounds are powers of two, and therefore exact; NaN fails them. */
      if (!(number->v.d >= -0x1p63 && number->v.d < 0x1p64) || floor (number->v.d) != number->v.d)
        return FALSE;
      if (number->v.d < 0)
        set_signed (&whole, (gint64) number->v.d);
      else
        set_unsigned (&whole, (guint64) number->v.d);
      return thr_call_number_to_integer (&whole, min, max, bits);
    }
}

double
thr_call_number_to_double (const ThrCallNumber *number)
{
  switch (number->form)
    {
    case THR_CALL_SIGNED:
      return (double) number->v.i;

    case THR_CALL_UNSIGNED:
      return (double) number->v.u;

    case THR_CALL_REAL:
    default:
      return number->v.d;
    }
}

char *
thr_call_number_to_string (const ThrCallNumber *number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  switch (number->form)
    {
    case THR_CALL_SIGNED:
      return g_strdup_printf ("%" G_GINT64_FORMAT, number->v.i);

    case THR_CALL_UNSIGNED:
      return g_strdup_printf ("%" G_GUINT64_FORMAT, number->v.u);

    case THR_CALL_REAL:
    default:
      return g_strdup (g_ascii_dtostr (buffer, sizeof buffer, number->v.d));
    }
}
