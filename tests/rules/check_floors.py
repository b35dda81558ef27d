# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Includes point to the left only: base, sync, thread, work, bridge."""

import re

import tap

INCLUDE = re.compile(r'\s*#\s*include\s+[<"](?:thrkit/)?(\w+)/[^>"]+[>"]')
UMBRELLA = re.compile(r'\s*#\s*include\s+[<"](?:thrkit/)?thrkit\.h[>"]')
ANY_OURS = re.compile(r'\s*#\s*include\s+[<"](?:\.\.?/|thr-)')


def complaints(path, floor):
    allowed = tap.FLOORS[:floor + 1]
    for number, line in tap.numbered(path):
        match = INCLUDE.match(line)
        if match and match[1] in tap.FLOORS and match[1] not in allowed:
            yield f'{path.name}:{number}: {tap.FLOORS[floor]} includes {match[1]}, which is to its right'
        if UMBRELLA.match(line):
            yield f'{path.name}:{number}: the umbrella is for programs outside'
        if ANY_OURS.match(line):
            yield f'{path.name}:{number}: an include names its floor'


for index, name in enumerate(tap.FLOORS):
    for source in tap.sources([f'thrkit/{name}'], {'.c', '.h'}):
        tap.check(tap.relative(source), complaints(source, index))
tap.done()
