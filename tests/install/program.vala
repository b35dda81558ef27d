/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A Vala program outside the tree. */

int main () {
  var error = new Thr.Error.DEADLOCK ("no way out");

  if (error.code != 6)
    return 1;

  print ("thrkit from Vala\n");
  return 0;
}
