# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""At most one file waits on a condition; every other waits through it."""

import re

import tap

WAIT = re.compile(r'\b(g_cond_wait(_until)?|pthread_cond_(timed)?wait)\s*\(')


def waiting():
    for path in tap.sources(['thrkit'], {'.c', '.h'}):
        lines = [number for number, line in tap.numbered(path)
                 if WAIT.search(line) and not line.lstrip().startswith(('*', '/*'))]
        if lines:
            yield f'{tap.relative(path)}: line {", ".join(map(str, lines))}'


found = list(waiting())
tap.check('one file waits on conditions', found if len(found) > 1 else [])
tap.done()
