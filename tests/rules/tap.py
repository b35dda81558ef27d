# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the rule tests share: TAP lines and the files of the tree."""

import os
import pathlib
import sys

SRCDIR = pathlib.Path(os.environ.get('THR_SRCDIR', pathlib.Path(__file__).resolve().parents[2]))
BUILDDIR = pathlib.Path(os.environ.get('THR_BUILDDIR', SRCDIR / 'build'))
FLOORS = ['base', 'sync', 'thread', 'work', 'bridge']

_count = 0
_failed = 0


def check(name, complaints):
    """One result: passed when there are no complaints, which are printed."""
    global _count, _failed
    _count += 1
    complaints = list(complaints)
    if complaints:
        _failed += 1
    print(f"{'not ok' if complaints else 'ok'} {_count} - {name}")
    # To the standard error: meson shows that of a failed test, and not the TAP.
    for complaint in complaints:
        print(f'{name}: {complaint}', file=sys.stderr)


def done():
    if _count == 0:
        print('1..0 # SKIP nothing to look at')
    else:
        print(f'1..{_count}')
    sys.exit(1 if _failed else 0)


def relative(path):
    return str(path.relative_to(SRCDIR))


def sources(folders, suffixes):
    """The files below the folders of the source tree, with these suffixes."""
    for folder in folders:
        for path in sorted((SRCDIR / folder).rglob('*')):
            if path.is_file() and path.suffix in suffixes and '__pycache__' not in path.parts:
                yield path


def numbered(path):
    return enumerate(path.read_text(encoding='utf-8').splitlines(), 1)


def is_private(path):
    return path.name.endswith('-private.h')
