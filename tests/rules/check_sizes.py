# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sizes: .c at most 900 lines, headers 120, functions 80."""

import re

import tap

MAX_SOURCE = 900
MAX_HEADER = 120
MAX_FUNCTION = 80


def function_complaints(path):
    # In this style a function's brace opens and closes in the first column.
    start = None
    previous = ''
    for number, line in tap.numbered(path):
        if line == '{' and not re.match(r'(typedef )?(struct|enum|union)\b', previous):
            start = number
        elif line.startswith('}') and start is not None:
            if number - start - 1 > MAX_FUNCTION:
                yield f'{path.name}:{start}: a function of {number - start - 1} lines'
            start = None
        previous = line


def size_complaints(path):
    limit = MAX_HEADER if path.suffix == '.h' else MAX_SOURCE
    lines = len(path.read_text(encoding='utf-8').splitlines())
    if lines > limit:
        yield f'{lines} lines, at most {limit}'
    if path.suffix == '.c':
        yield from function_complaints(path)


for source in tap.sources(['thrkit', 'tests', 'examples'], {'.c', '.h'}):
    tap.check(tap.relative(source), size_complaints(source))
tap.done()
