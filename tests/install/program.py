# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A Python program outside the tree; the argument says what is expected of overrides."""

import sys

import gi
gi.require_version('Thr', '1')
from gi.repository import Thr

overridden = hasattr(Thr, '_overrides_module')
assert overridden == (sys.argv[1] != 'raw'), f'overrides: {overridden}'
if sys.argv[1] in ('fast', 'pure'):
    is_fast = type(Thr.Lock.__enter__).__name__ == 'method_descriptor'
    assert is_fast == (sys.argv[1] == 'fast'), type(Thr.Lock.__enter__)
    with Thr.Lock() as held:
        assert held is True
assert int(Thr.Error.DEADLOCK) == 6
print('thrkit from Python')
