# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Puts the stand-ins in place in the interpreters that the tests start themselves."""

import os
import sys

if os.environ.get('THR_STAND_IN'):
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    import stand_in

    del sys.path[0]
    stand_in.install(os.environ['THR_STAND_IN'])
