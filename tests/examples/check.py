# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs an example and compares what it prints with <name>.expected.

    check.py NAME COMMAND…

Each line of the expectation is a regular expression that matches a whole line of
the output. "@any-order" … "@end" encloses lines that come in any order, "@status N"
gives the exit status (0 otherwise), "#" begins a comment, "\\#" a line with one.
"""

import pathlib
import re
import subprocess
import sys

TROUBLE = re.compile(r'\b(CRITICAL|WARNING|ERROR) \*\*|Traceback|JS ERROR')


class Expectation:
    """Blocks of patterns: (ordered, [pattern …])."""

    def __init__(self, path):
        self.status = 0
        self.blocks = []
        for line in path.read_text(encoding='utf-8').splitlines():
            self.add(line)

    def add(self, line):
        if line.startswith('#'):
            return
        if line == '@any-order':
            self.blocks.append((False, []))
        elif line == '@end':
            self.blocks.append((True, []))
        elif line.startswith('@status '):
            self.status = int(line.split()[1])
        else:
            if not self.blocks:
                self.blocks.append((True, []))
            self.blocks[-1][1].append(line)


def match_block(ordered, patterns, lines):
    """What is wrong with these lines, of which there are as many as patterns, at most."""
    left = list(patterns)
    for line in lines:
        candidates = left[:1] if ordered else left
        for pattern in candidates:
            if re.fullmatch(pattern, line):
                left.remove(pattern)
                break
        else:
            yield f'got {line!r}, expected ' + (' or '.join(map(repr, candidates)) or 'nothing')
            return
    for pattern in left:
        yield f'missing: {pattern!r}'


def compare(expectation, lines):
    for ordered, patterns in expectation.blocks:
        yield from match_block(ordered, patterns, lines[:len(patterns)])
        lines = lines[len(patterns):]
    for line in lines:
        yield f'too much: {line!r}'


def complaints(name, result):
    path = pathlib.Path(__file__).parent / f'{name}.expected'
    status = 0
    if path.exists():
        expectation = Expectation(path)
        status = expectation.status
        yield from compare(expectation, result.stdout.splitlines())
    elif not result.stdout:
        yield 'it printed nothing'
    if result.returncode != status:
        yield f'exit status {result.returncode}, expected {status}'
    if TROUBLE.search(result.stderr):
        yield 'it complained'


def main():
    name, command = sys.argv[1], sys.argv[2:]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                            check=False)
    found = list(complaints(name, result))
    print('1..1')
    print(f"{'not ok' if found else 'ok'} 1 - {name}")
    if found:
        for text in found + ['output:'] + result.stdout.splitlines() + result.stderr.splitlines():
            print(text, file=sys.stderr)
    sys.exit(1 if found else 0)


main()
