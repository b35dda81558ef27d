// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// To be imported before gi://Thr: the namespace then is as a program has it where no
// override is installed. Those of GJS itself are resources and stay.

const path = imports.overrides.searchPath;
imports.overrides.searchPath = path.filter(folder => folder.startsWith('resource:'));
