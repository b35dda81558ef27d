# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A Python program outside the tree; the argument says whether overrides are expected."""

import sys

import gi
gi.require_version('Thr', '1')
from gi.repository import Thr

overridden = hasattr(Thr, '_overrides_module')
assert overridden == (sys.argv[1] == 'overrides'), f'overrides: {overridden}'
assert int(Thr.Error.DEADLOCK) == 6
print('thrkit from Python')
