/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A program outside the tree: it knows nothing but pkg-config and the umbrella. */

#include <thrkit/thrkit.h>

#if !THR_CHECK_VERSION (0, 1, 0)
#error "the headers are older than this program"
#endif

int
main (void)
{
  g_autoptr(GError) error = g_error_new_literal (THR_ERROR, THR_ERROR_FAILED, "failed");
  g_autoptr(GEnumClass) codes = g_type_class_ref (THR_TYPE_ERROR);

  if (!g_error_matches (error, THR_ERROR, THR_ERROR_FAILED))
    return 1;
  if (g_enum_get_value_by_nick (codes, "deadlock") == NULL)
    return 1;

  g_print ("thrkit %d.%d.%d\n", THR_MAJOR_VERSION, THR_MINOR_VERSION, THR_MICRO_VERSION);
  return 0;
}
