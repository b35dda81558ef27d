# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The models of what threads do among each other, checked by spin: each holds as it
is, and fails with each of its safeguards left out, or it would prove nothing."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
DEPTH = '1000000'
MEMORY_MB = '4000'


def run(command, folder):
    return subprocess.run(command, cwd=folder, check=True, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout


def count_errors(model, defines):
    """How many errors spin finds; it stops at the first."""
    with tempfile.TemporaryDirectory() as folder:
        run(['spin', *defines, '-a', str(model)], folder)
        run(['cc', '-O2', '-w', '-DSAFETY', '-DCOLLAPSE', f'-DMEMLIM={MEMORY_MB}',
             '-o', 'pan', 'pan.c'], folder)
        text = run(['./pan', f'-m{DEPTH}'], folder)
    # A search that was cut short proves nothing.
    if 'error: max search depth too small' in text or 'out of memory' in text:
        sys.exit(text)
    return int(re.search(r'errors: (\d+)', text).group(1))


def main():
    defines = []
    if 'THR_TEST_THOROUGH' in os.environ:
        defines = ['-DTHOROUGH']

    number = 0
    failed = False
    for model in sorted(HERE.glob('*.pml')):
        safeguards = sorted(set(re.findall(r'BROKEN_[A-Z_]*[A-Z]', model.read_text())))
        for safeguard in [None, *safeguards]:
            broken = [] if safeguard is None else ['-D' + safeguard]
            errors = count_errors(model, defines + broken)
            good = (errors > 0) == (safeguard is not None)
            number += 1
            failed |= not good
            print(f"{'ok' if good else 'not ok'} {number} - {model.stem} "
                  f"{'holds' if safeguard is None else 'fails with ' + safeguard}")
            sys.stdout.flush()
    print(f'1..{number}')
    sys.exit(1 if failed else 0)


main()
