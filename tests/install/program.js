// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// A JavaScript program outside the tree.

import Thr from 'gi://Thr?version=1';
import System from 'system';

if (Thr.Error.DEADLOCK !== 6)
    System.exit(1);
print('thrkit from JavaScript');
