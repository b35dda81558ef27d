# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Puts the rows of a benchmark run and the machine into doc/performance.md.

    meson test -C BUILD --benchmark --logbase benchmarklog
    python3 tests/perf/table.py BUILD

Reads BUILD/meson-logs/benchmarklog.json and rewrites what stands between the two marks
of the page. No number there is typed by hand.
"""

import json
import os
import pathlib
import platform
import re
import statistics
import subprocess
import sys

PAGE = pathlib.Path(__file__).resolve().parents[2] / 'doc' / 'performance.md'
BEGIN, END = '<!-- measured: begin -->', '<!-- measured: end -->'

ROW = re.compile(r'^(\S.*?)\s+([\d.]+)\s+(?:(\S+)\s+)?(peer=.*)$')
PEER = re.compile(r'peer=([\d.]+) \((.+?)\) ratio=([\d.]+)')


def rows(log):
    """Benchmark, row, ours, unit and [(peer, value, ratio)]."""
    for line in log.read_text(encoding='utf-8').splitlines():
        result = json.loads(line)
        name = result['name'].split(' / ')[-1]
        for text in (result.get('stdout') or '').splitlines():
            match = ROW.match(text)
            if match:
                peers = [(peer, float(value), float(ratio))
                         for value, peer, ratio in PEER.findall(match[4])]
                yield name, match[1], float(match[2]), match[3] or '', peers
        if result['result'] != 'OK':
            print(f"{name}: {result['result']}", file=sys.stderr)


def first_match(path, pattern):
    try:
        match = re.search(pattern, pathlib.Path(path).read_text(encoding='utf-8'), re.M)
    except OSError:
        return 'unknown'
    return match[1].strip('"') if match else 'unknown'


def version_of(package):
    answer = subprocess.run(['pkg-config', '--modversion', package], capture_output=True,
                            text=True, check=False)
    return answer.stdout.strip() or 'none'


def machine():
    yield 'processor', first_match('/proc/cpuinfo', r'^model name\s*:\s*(.*)$')
    yield 'processors', str(os.cpu_count())
    kernel = '.'.join(platform.release().split('.')[:2])
    yield 'system', f"{first_match('/etc/os-release', '^PRETTY_NAME=(.*)$')}, Linux {kernel}"
    yield 'load when the table was made', f'{os.getloadavg()[1]:.1f} (5 minutes)'
    yield 'GLib', version_of('glib-2.0')
    yield 'oneTBB', version_of('tbb')
    yield 'Qt', version_of('Qt6Core')
    yield 'Python', platform.python_version()


def table(log):
    yield '| | |'
    yield '|---|---|'
    for key, value in machine():
        yield f'| {key} | {value} |'
    yield ''
    yield '| benchmark | row | ours | peers: value, ours by theirs |'
    yield '|---|---|---|---|'
    ratios = []
    for name, row, ours, unit, peers in rows(log):
        cells = ', '.join(f'{peer} {value:g} (**{ratio:.2f}**)' for peer, value, ratio in peers)
        yield f'| {name} | {row} | {ours:g} {unit}'.rstrip() + f' | {cells} |'
        ratios += [ratio for _, _, ratio in peers]
    if not ratios:
        sys.exit(f'{log} has no rows')
    yield ''
    yield f'{len(ratios)} comparisons; the middle one is {statistics.median(ratios):.2f}.'


def main(build):
    log = pathlib.Path(build) / 'meson-logs' / 'benchmarklog.json'
    text = PAGE.read_text(encoding='utf-8')
    head, rest = text.split(BEGIN)
    _, tail = rest.split(END)
    PAGE.write_text('\n'.join([head + BEGIN, '', *table(log), '', END]) + tail, encoding='utf-8')


if __name__ == '__main__':
    main(*sys.argv[1:])
