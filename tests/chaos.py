# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs a C suite under THR_DEBUG=chaos, once for each seed, and prints TAP: a line a seed.

    chaos.py SEEDS PROGRAM ARGUMENT…

SEEDS is a list such as 1-5,77; THR_CHAOS_SEEDS in the environment comes before it.
"""

import os
import signal
import subprocess
import sys


class TimeUp(Exception):
    pass


def numbers(text):
    for part in text.split(','):
        first, _, last = part.partition('-')
        yield from range(int(first), int(last or first) + 1)


def time_is_up(number, frame):
    raise TimeUp


def run(command, seed):
    """What went wrong, or None, and all that was printed."""
    others = [word for word in os.environ.get('THR_DEBUG', '').split(',')
              if word and word != 'chaos' and not word.startswith('seed=')]
    debug = ','.join(others + ['chaos', f'seed={seed}'])
    process = subprocess.Popen(command, env={**os.environ, 'THR_DEBUG': debug}, text=True,
                               errors='replace', stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        output, _ = process.communicate()
    except TimeUp:
        process.kill()
        output, _ = process.communicate()
        return 'time is up', output
    if process.returncode < 0:
        return f'signal {-process.returncode}', output
    return process.returncode and f'status {process.returncode}' or None, output


def main(seeds, *command):
    # Meson's way of saying that the time is up: which seed it was must be said.
    signal.signal(signal.SIGTERM, time_is_up)
    failures = 0
    seeds = list(numbers(os.environ.get('THR_CHAOS_SEEDS', seeds)))
    print(f'1..{len(seeds)}', flush=True)
    for count, seed in enumerate(seeds, 1):
        wrong, output = run(command, seed)
        if not wrong:
            print(f'ok {count} - THR_DEBUG=chaos,seed={seed}', flush=True)
            continue
        failures += 1
        print(f'not ok {count} - THR_DEBUG=chaos,seed={seed}: {wrong}')
        for line in output.splitlines():
            print('#', line)
        sys.stdout.flush()
        if wrong == 'time is up':
            break
    return bool(failures)


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
