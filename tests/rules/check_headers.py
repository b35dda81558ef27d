# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every header compiles by itself; no public one sees a private one; none private is installed."""

import concurrent.futures
import json
import os
import shlex
import subprocess

import tap


def flags():
    """The flags of the library's own compilation, from the compilation database."""
    commands = json.loads((tap.BUILDDIR / 'compile_commands.json').read_text(encoding='utf-8'))
    for entry in commands:
        if entry['file'].endswith('thr-error.c'):
            words = shlex.split(entry['command'])
            return entry['directory'], [word for word in words[1:]
                                        if word.startswith(('-I', '-D', '-std', '-W', '-pthread'))]
    raise SystemExit('Bail out! the library is not in the compilation database')


DIRECTORY, FLAGS = flags()


def compiled(header, public):
    name = header.relative_to(tap.SRCDIR if public else tap.SRCDIR / 'thrkit')
    # A program outside has no config.h and none of the library's own includes.
    code = f'#include <{name}>\n' if public else f'#include "config.h"\n#include "{name}"\n'
    extra = [flag for flag in FLAGS if not (public and flag.startswith('-DTHR_COMPILATION'))]
    result = subprocess.run(
        [*shlex.split(os.environ.get('THR_CC', 'cc')), '-fsyntax-only', '-Werror', *extra,
         '-Wno-error=unused-function', '-x', 'c', '-'],
        input=code, cwd=DIRECTORY, capture_output=True, text=True, check=False)
    return result.stderr.splitlines() if result.returncode else []


def private_seen(header):
    for number, line in tap.numbered(header):
        if line.startswith('#include') and ('-private.h' in line or 'config.h' in line):
            yield f'{header.name}:{number}: {line}'


def installed():
    plan = json.loads((tap.BUILDDIR / 'meson-info/intro-installed.json').read_text(encoding='utf-8'))
    return [path for path in plan.values() if path.endswith('-private.h')]


headers = list(tap.sources(['thrkit'], {'.h'}))
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    results = list(pool.map(lambda header: compiled(header, not tap.is_private(header)), headers))
for header, complaints in zip(headers, results):
    tap.check(f'{tap.relative(header)} compiles by itself', complaints)
for header in headers:
    if not tap.is_private(header):
        tap.check(f'{tap.relative(header)} includes public headers only', private_seen(header))
tap.check('no private header is installed', installed())
tap.done()
