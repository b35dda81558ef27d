# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs one language's thr-sum and compares it with sha256sum.

    check-thr-sum.py COMMAND…
"""

import os
import pathlib
import select
import signal
import subprocess
import sys
import tempfile
import time

# It is run in other folders, too.
COMMAND = [os.path.abspath(word) if os.path.exists(word) else word for word in sys.argv[1:]]
NOBODY = 65534


def run(*arguments, **options):
    return subprocess.run([*COMMAND, *map(str, arguments)], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False, **options)


def fill(folder):
    (folder / 'a' / 'deep' / 'er').mkdir(parents=True)
    (folder / 'none').mkdir()
    (folder / 'empty').write_bytes(b'')
    (folder / 'a' / 'with space').write_bytes(b'space\n')
    (folder / 'a' / 'ümläut').write_bytes(b'\xff\xfe')
    (folder / '.hidden').write_bytes(b'hidden')
    (folder / 'a' / 'deep' / 'large').write_bytes(b'0123456789abcdef' * 300000)
    for number in range(500):
        (folder / 'a' / 'deep' / 'er' / f'{number}.txt').write_text(str(number) * number, encoding='ascii')
    (folder / 'link').symlink_to('empty')
    (folder / 'dangling').symlink_to('nowhere')
    (folder / 'loop').symlink_to('.')


def expected(folder):
    return sorted(subprocess.run(['find', folder, '-type', 'f', '-exec', 'sha256sum', '{}', '+'],
                                 capture_output=True, text=True, check=False).stdout.splitlines())


def same(folder):
    """Regular files only, as "find -type f" has them; no progress bar into a pipe."""
    result = run(folder)
    assert result.returncode == 0, f'exit status {result.returncode}: {result.stderr}'
    lines = sorted(result.stdout.splitlines())
    assert lines == expected(folder), f'{len(lines)} lines differ from sha256sum'
    assert '\r' not in result.stdout + result.stderr, 'a progress bar in a pipe'
    assert '\x1b' not in result.stdout + result.stderr, 'terminal codes in a pipe'


def default_folder(folder):
    """Without an argument: where it stands."""
    result = run(cwd=folder)
    assert result.returncode == 0, f'exit status {result.returncode}: {result.stderr}'
    assert len(result.stdout.splitlines()) == len(expected(folder)), 'not every file'


def unreadable(folder):
    """An unreadable file is reported, the others are summed, and the status says so."""
    secret = folder / 'a' / 'secret'
    secret.write_bytes(b'secret')
    secret.chmod(0)
    # Root may read anything, so it has to be somebody else.
    options = {'user': NOBODY, 'group': NOBODY, 'extra_groups': []} if os.geteuid() == 0 else {}
    try:
        for path in [folder, *folder.rglob('*')]:
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o755)
        try:
            if run(folder / 'none', **options).returncode != 0:
                return 'another user cannot run it'
        except PermissionError:
            return 'another user cannot run it'
        result = run(folder, **options)
        assert 'secret' in result.stderr, f'not reported: {result.stderr}'
        assert result.returncode == 1, f'exit status {result.returncode}'
        sums = [line for line in expected(folder) if not line.endswith('/secret')]
        assert sorted(result.stdout.splitlines()) == sums, 'the rest is not done'
    finally:
        secret.unlink()
    return None


def missing(folder):
    result = run(folder / 'no-such-folder')
    assert result.returncode == 1, f'exit status {result.returncode}'
    assert 'no-such-folder' in result.stderr, f'not reported: {result.stderr}'


def interrupted(folder):
    """Ctrl-C ends it soon and cleanly, in the middle of a file of a terabyte."""
    with open(folder / 'a' / 'endless', 'wb') as file:
        file.truncate(1 << 40)
    try:
        process = subprocess.Popen([*COMMAND, folder], stdin=subprocess.DEVNULL, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        # It is at work when the first sum is out, or after a while when it
        # keeps them until the end.
        select.select([process.stdout], [], [], 3)
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        try:
            _, errors = process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise AssertionError('it does not end') from None
        assert time.monotonic() - begin < 20
        assert process.returncode == 130, f'exit status {process.returncode}: {errors}'
        assert 'Traceback' not in errors and 'CRITICAL' not in errors, errors
    finally:
        (folder / 'a' / 'endless').unlink()


def main():
    tests = [same, default_folder, unreadable, missing, interrupted]
    failed = False
    print(f'1..{len(tests)}')
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        fill(folder)
        for number, body in enumerate(tests, 1):
            try:
                reason = body(folder)
                print(f'ok {number} - {body.__name__}' + (f' # SKIP {reason}' if reason else ''))
            except AssertionError as error:
                failed = True
                print(f'not ok {number} - {body.__name__}')
                print(f'{body.__name__}: {error}', file=sys.stderr)
    sys.exit(1 if failed else 0)


main()
