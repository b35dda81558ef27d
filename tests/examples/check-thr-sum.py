# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs one language's thr-sum and compares it with sha256sum.

    check-thr-sum.py COMMAND…
"""

import os
import pathlib
import re
import select
import signal
import subprocess
import sys
import tempfile
import termios
import time

# It is run in other folders, too.
COMMAND = [os.path.abspath(word) if os.path.exists(word) else word for word in sys.argv[1:]]
NOBODY = 65534


def run(*arguments, **options):
    return subprocess.run([*COMMAND, *map(str, arguments)], stdin=subprocess.DEVNULL,
                          capture_output=True, check=False, **options)


def show(data):
    text = data.decode(errors='backslashreplace')
    return text if len(text) < 1000 else f'{text[:1000]} …'


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
    os.mkfifo(folder / 'pipe')


def expected(folder):
    """In the order of the names' bytes, which is the one that it promises."""
    paths = subprocess.run(['find', folder, '-type', 'f', '-print0'],
                           capture_output=True, check=False).stdout.split(b'\0')[:-1]
    if not paths:
        return b''
    return subprocess.run(['sha256sum', '--', *sorted(paths)],
                          capture_output=True, check=False).stdout


def same(folder):
    """Regular files only, as "find -type f" has them; no progress bar into a pipe."""
    result = run(folder)
    assert result.returncode == 0, f'exit status {result.returncode}: {show(result.stderr)}'
    assert result.stdout == expected(folder), 'differs from sha256sum'
    assert result.stderr == b'', f'said: {show(result.stderr)}'


def odd_names(folder):
    """Names with what a line cannot hold, and names that are no text."""
    odd = folder / 'odd'
    names = [b'back\\slash', b'new\nline', b'carriage\rreturn', b'\xff\xfe', b' space ', b'-j',
             b'%41%', b'tab\t', b'a:b', b'caf\xc3\xa9', b'\\n', b'quote\'"']
    (odd / 'sub\\dir').mkdir(parents=True)
    for name in names:
        for place in (odd, odd / 'sub\\dir'):
            with open(os.path.join(os.fsencode(place), name), 'wb') as file:
                file.write(name)
    with open(os.path.join(os.fsencode(odd), b'\xffbig'), 'wb') as file:
        file.truncate(20 << 20)
    result = run(folder)
    assert result.returncode == 0, f'exit status {result.returncode}: {show(result.stderr)}'
    assert result.stdout == expected(folder), f'differs from sha256sum:\n{show(result.stdout)}'
    result = run('.', cwd=odd)
    assert result.stdout == expected(odd).replace(os.fsencode(odd) + b'/', b'./'), 'differs inside'


def default_folder(folder):
    """Without an argument: where it stands."""
    result = run(cwd=folder)
    assert result.returncode == 0, f'exit status {result.returncode}: {show(result.stderr)}'
    lines = expected(folder).replace(os.fsencode(folder) + b'/', b'./')
    assert result.stdout == lines, 'differs from sha256sum'


def one_file(folder):
    """A file instead of a folder; a folder with a slash at its end."""
    for argument in (folder / 'a' / 'with space', f'{folder}/'):
        result = run(argument)
        assert result.stdout == expected(argument), f'differs from sha256sum: {argument}'


def threads(folder):
    """-j changes nothing but the time; nonsense is refused."""
    for arguments in (['-j', '1'], ['-j3'], ['--jobs=20']):
        assert run(*arguments, folder).stdout == expected(folder), f'differs: {arguments}'
    for arguments in (['-j', '0'], ['-j', '-1'], ['-j', 'x'], ['-j'], ['--no-such-option'],
                      [folder, folder]):
        result = run(*arguments)
        assert result.returncode == 2, f'{arguments}: exit status {result.returncode}'
        assert result.stderr and not result.stdout, f'{arguments}: not explained'


def help_text(_folder):
    result = run('--help')
    assert result.returncode == 0, f'exit status {result.returncode}'
    assert b'FOLDER' in result.stdout and b'-j' in result.stdout, show(result.stdout)


def unreadable(folder):
    """An unreadable file is reported, the others are summed, and the status says so."""
    secret = folder / 'a' / 'secret'
    secret.write_bytes(b'secret')
    secret.chmod(0)
    closed = folder / 'closed'
    closed.mkdir()
    # Root may read anything, so it has to be somebody else.
    options = {'user': NOBODY, 'group': NOBODY, 'extra_groups': []} if os.geteuid() == 0 else {}
    try:
        for path in [folder, *folder.rglob('*')]:
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o755)
        closed.chmod(0)
        try:
            if run(folder / 'none', **options).returncode != 0:
                return 'another user cannot run it'
        except PermissionError:
            return 'another user cannot run it'
        result = run(folder, **options)
        assert b'secret' in result.stderr, f'not reported: {show(result.stderr)}'
        assert len(result.stderr.splitlines()) == 2, f'said: {show(result.stderr)}'
        assert result.returncode == 1, f'exit status {result.returncode}'
        sums = [line for line in expected(folder).splitlines() if not line.endswith(b'/secret')]
        assert result.stdout.splitlines() == sums, 'the rest is not done'
    finally:
        closed.chmod(0o700)
        closed.rmdir()
        secret.unlink()
    return None


def missing(folder):
    result = run(folder / 'no-such-folder')
    assert result.returncode == 1, f'exit status {result.returncode}'
    assert b'no-such-folder' in result.stderr, f'not reported: {show(result.stderr)}'


def check_interrupted(folder, process, output):
    """What is true of each end by Ctrl-C; the output is all that came out."""
    assert process.returncode == 130, f'exit status {process.returncode}: {show(output)}'
    assert b'Traceback' not in output and b'**' not in output, show(output)
    lines = [line for line in output.splitlines(keepends=True) if b'/' in line and b'[' not in line]
    whole = expected(folder / 'a' / 'deep') + expected(folder / '.hidden')
    assert all(line in whole for line in lines), f'half a line: {show(output)}'


def interrupted(folder):
    """Ctrl-C ends it soon and cleanly, in the middle of a file of a terabyte."""
    with open(folder / 'a' / 'endless', 'wb') as file:
        file.truncate(1 << 40)
    try:
        process = subprocess.Popen([*COMMAND, folder], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        # It is at work when the first sum is out.
        select.select([process.stdout], [], [], 20)
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        try:
            output, errors = process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise AssertionError('it does not end') from None
        assert time.monotonic() - begin < 20
        assert errors == b'', f'said: {show(errors)}'
        check_interrupted(folder, process, output)
    finally:
        (folder / 'a' / 'endless').unlink()


BAR = re.compile(rb'\r\[[#.]+\] +\d+ % \d+/\d+')


def read_terminal(master, until, limit=20):
    """What the program writes to its terminal until there is this in it, or its end."""
    output = b''
    end = time.monotonic() + limit
    while not until.search(output) and select.select([master], [], [], max(0, end - time.monotonic()))[0]:
        try:
            data = os.read(master, 65536)
        except OSError:  # the program has ended
            break
        if not data:
            break
        output += data
    return output


def terminal(folder):
    """On a terminal there is a bar, which Ctrl-C takes away with the rest."""
    with open(folder / 'a' / 'endless', 'wb') as file:
        file.truncate(1 << 40)
    pid, master = os.forkpty()
    if pid == 0:
        os.execvp(COMMAND[0], [*COMMAND, str(folder)])
    try:
        # A terminal throws away what waits for it on Ctrl-C, which may be the end of the bar.
        settings = termios.tcgetattr(master)
        settings[3] |= termios.NOFLSH
        termios.tcsetattr(master, termios.TCSANOW, settings)
        output = read_terminal(master, BAR)
        bar = BAR.search(output)
        os.write(master, b'\x03')
        output += read_terminal(master, re.compile(b'no such text'))
    finally:
        os.close(master)
        (folder / 'a' / 'endless').unlink()
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 130, f'exit status {status}: {show(output)}'
    assert bar, f'no bar: {show(output)}'
    last = output.replace(b'\r\n', b'\n').rsplit(b'\n', 1)[-1].replace(b'^C', b'')
    assert last.endswith(b' \r') or not last, f'the bar is left: {show(last)}'


def main():
    tests = [same, default_folder, one_file, threads, help_text, unreadable, missing, interrupted,
             terminal, odd_names]
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
