# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sums up the single results in meson's test logs; the last line has the numbers.

    summary.py [--failed N] [--skipped N] testlog.json …

A test that prints TAP counts by its lines, any other as one. The two options add
what has no log: a build that failed, a part that was left out.
"""

import argparse
import collections
import json
import re
import sys

RESULT = re.compile(r'^(not )?ok\b\s*(\d+)?\s*-?\s*([^#]*?)\s*(?:#\s*(SKIP|TODO)\b.*)?$', re.I)
PLAN = re.compile(r'^1\.\.(\d+)')

NEVER_RAN = 'never ran'
GOOD = {'OK', 'EXPECTEDFAIL'}
SKIPPED = {'SKIP'}


def tap_results(output):
    """Yields (kind, name) of each result line, and what the plan promised beyond them."""
    plan = None
    seen = 0
    for line in output.splitlines():
        match = RESULT.match(line)
        if match:
            seen += 1
            directive = (match[4] or '').upper()
            if directive == 'SKIP':
                yield 'skipped', match[3]
            elif match[1] and directive != 'TODO':
                yield 'failed', match[3]
            else:
                yield 'passed', match[3]
            continue
        match = PLAN.match(line)
        if match:
            plan = int(match[1])
    if plan is not None and seen < plan:
        yield 'failed', f'{plan - seen} of {plan} {NEVER_RAN}'


def results(entry):
    """The single results of one meson test."""
    found = list(tap_results(entry.get('stdout') or ''))
    if entry['result'] == 'INTERRUPT':
        # tests/run ended it when the time was up, and says whether that is a failure.
        return [(kind, name) for kind, name in found if not name.endswith(NEVER_RAN)] + [('skipped', 'no time')]
    kinds = {kind for kind, _ in found}
    if entry['result'] in SKIPPED and not found:
        return [('skipped', '')]
    if entry['result'] in GOOD:
        return found or [('passed', '')]
    if entry['result'] not in SKIPPED and 'failed' not in kinds:
        # It ended badly after, or instead of, its last good line.
        found.append(('failed', f'{entry["result"].lower()}, exit status {entry.get("returncode")}'))
    return found


def read(path):
    try:
        with open(path, encoding='utf-8') as file:
            return [json.loads(line) for line in file if line.strip()]
    except OSError as error:
        print(f'{path}: {error.strerror}')
        return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--failed', type=int, default=0)
    parser.add_argument('--skipped', type=int, default=0)
    parser.add_argument('logs', nargs='*')
    options = parser.parse_args()

    total = collections.Counter(failed=options.failed, skipped=options.skipped)
    for path in options.logs:
        entries = read(path)
        if not entries:
            print(f'{path}: no tests ran')
            total['failed'] += 1
            continue
        counted = collections.Counter()
        for entry in entries:
            for kind, name in results(entry):
                counted[kind] += 1
                if kind == 'failed':
                    print(f'FAILED {entry["name"]} {name}'.rstrip())
        print(f'{path}: {counted["passed"]} passed, {counted["failed"]} failed, '
              f'{counted["skipped"]} skipped')
        total += counted

    ran = total['passed'] + total['failed']
    print(f'{total["passed"]} passed, {total["failed"]} failed, {total["skipped"]} skipped')
    sys.exit(1 if total['failed'] or not ran else 0)


if __name__ == '__main__':
    main()
