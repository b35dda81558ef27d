# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""thr-sum: SHA-256 of every regular file below a folder, as sha256sum prints it.

A real tool on a pool. The main thread walks through the folders and submits each file
that it finds; then it asks one future after the other in the order of the names, so
that the output is sorted although the work is not. Large files are submitted with
a higher priority: one that were begun last would be worked on alone at the end. Reading
and hashing let go of Python's own lock, so the threads are really at work together.

A thread waits for Ctrl-C and cancels a Gio.Cancellable that all tasks share: those that
wait are cancelled at once, those that run look at it after each block. (A signal handler
would be wrong here: it runs in the middle of whatever the main thread is doing, which
may be holding the very lock that the end of a task wants.)

Names are bytes from end to end, since file names need not be text.
"""

import os
import signal

INTERRUPTED = 130
# Until there is something to cancel, Ctrl-C just ends it.
signal.signal(signal.SIGINT, lambda *_args: os._exit(INTERRUPTED))

import argparse  # noqa: E402
import concurrent.futures  # noqa: E402
import hashlib  # noqa: E402
import stat  # noqa: E402
import sys  # noqa: E402

import gi  # noqa: E402
gi.require_version('Thr', '1')
from gi.repository import Gio, Thr  # noqa: E402

BLOCK_SIZE = 256 * 1024
LARGE = 8 * 1024 * 1024
REDRAW_SECONDS = 0.1
BAR_WIDTH = 40
LINE_WIDTH = BAR_WIDTH + 24


class Cancelled(Exception):
    pass


class Output:
    """Sums and complaints, and a progress bar that gets out of their way."""

    def __init__(self):
        # For a person who looks at it, and not between the lines of somebody's pipe.
        self.has_bar = os.isatty(2) and not stat.S_ISFIFO(os.fstat(1).st_mode)
        self.bar_drawn = False

    def print(self, line):
        self.erase_bar()
        sys.stdout.buffer.write(line)

    def complain(self, path, message):
        self.erase_bar()
        sys.stderr.buffer.write(b'thr-sum: %s: %s\n' % (escape(path), os.fsencode(message)))
        sys.stderr.flush()

    def draw_bar(self, part, n_done, n_all):
        bar = ('#' * int(part * BAR_WIDTH)).ljust(BAR_WIDTH, '.')
        line = f'[{bar}] {int(part * 100):3} % {n_done}/{n_all}'
        sys.stderr.write('\r' + line.ljust(LINE_WIDTH))
        sys.stderr.flush()
        self.bar_drawn = True

    def erase_bar(self):
        if self.bar_drawn:
            sys.stderr.write('\r' + ' ' * LINE_WIDTH + '\r')
            sys.stderr.flush()
        self.bar_drawn = False


def escape(path):
    """A name as sha256sum prints it."""
    return path.replace(b'\\', b'\\\\').replace(b'\n', b'\\n').replace(b'\r', b'\\r')


class Sum:
    def __init__(self, pool, cancellable, output):
        self.pool = pool
        self.cancellable = cancellable
        self.output = output
        self.jobs = []  # (path, future)
        self.bytes_all = 0
        # Threads add to it without a lock, and a block may be lost: it is for the bar.
        self.bytes_done = 0
        self.failed = False

    # --- On the workers ---

    def digest(self, path):
        checksum = hashlib.sha256()
        # Not blocking: what was a file a moment ago may be a pipe by now.
        fd = os.open(path, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            while block := os.read(fd, BLOCK_SIZE):
                if self.cancellable.is_cancelled():
                    raise Cancelled
                checksum.update(block)
                self.bytes_done += len(block)
        finally:
            os.close(fd)
        return checksum.hexdigest()

    # --- On the main thread ---

    def run(self, top):
        try:
            self.find(top)
            self.jobs.sort(key=lambda job: job[0])
            for n_done, (path, future) in enumerate(self.jobs):
                self.wait(future, n_done)
                self.finish(path, future)
                self.jobs[n_done] = None
        except Cancelled:
            return INTERRUPTED
        finally:
            self.output.erase_bar()
        return 1 if self.failed else 0

    def complain(self, path, error):
        self.failed = True
        self.output.complain(path, getattr(error, 'strerror', None) or str(error))

    def add(self, path, size):
        future = self.pool.submit_task(self.digest, (path,), priority=-1 if size >= LARGE else 0,
                                       cancellable=self.cancellable)
        self.jobs.append((path, future))
        self.bytes_all += size

    def find(self, top):
        # A link that was asked for is followed; one that is met is not.
        try:
            info = os.stat(top)
        except OSError as error:
            self.complain(top, error)
            return
        if stat.S_ISREG(info.st_mode):
            self.add(top, info.st_size)
        elif stat.S_ISDIR(info.st_mode):
            self.find_below(top)
        else:
            self.complain(top, 'Neither a folder nor a regular file')

    def find_below(self, top):
        folders = [top]
        while folders:
            folder = folders.pop()
            try:
                with os.scandir(folder) as entries:
                    for entry in entries:
                        self.find_entry(entry, folders)
            except OSError as error:
                self.complain(folder, error)

    def find_entry(self, entry, folders):
        if self.cancellable.is_cancelled():
            raise Cancelled
        try:
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.path)
            elif entry.is_file(follow_symlinks=False):
                self.add(entry.path, entry.stat(follow_symlinks=False).st_size)
        except OSError as error:
            self.complain(entry.path, error)

    def wait(self, future, n_done):
        if not future.done():
            sys.stdout.flush()
        while not future.done() and not self.cancellable.is_cancelled():
            timeout = None
            if self.output.has_bar:
                # Files may grow while they are read.
                part = min((self.bytes_done + 1) / (self.bytes_all + 1), 1)
                self.output.draw_bar(part, n_done, len(self.jobs))
                timeout = REDRAW_SECONDS
            concurrent.futures.wait([future], timeout)
        if self.cancellable.is_cancelled():
            raise Cancelled

    def finish(self, path, future):
        try:
            digest = future.result()
        except OSError as error:
            self.complain(path, error)
            return
        name = escape(path)
        mark = b'' if name == path else b'\\'
        self.output.print(b'%s%s  %s\n' % (mark, digest.encode(), name))


def wait_for_interrupt(cancellable):
    signal.sigwait([signal.SIGINT])
    cancellable.cancel()
    # Whoever has to ask twice does not want to wait for a slow disk.
    signal.sigwait([signal.SIGINT])
    os._exit(INTERRUPTED)


def catch_interrupt(cancellable):
    # Before any other thread is made, so that the signal is blocked in all of them.
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    Thr.Thread(target=wait_for_interrupt, args=(cancellable,), daemon=True).start()
    # Who reads no more wants no more.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)


def n_threads(text):
    number = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= number <= 1024:
        raise argparse.ArgumentTypeError('a number from 1 to 1024 is wanted')
    return number


def parse():
    parser = argparse.ArgumentParser(
        prog='thr-sum',
        description='Prints the SHA-256 of every regular file below FOLDER, sorted by name, '
                    'as sha256sum does. Symbolic links are not followed.',
        epilog='Exit status: 0; 1 when a file could not be read; 130 after Ctrl-C.')
    parser.add_argument('-j', '--jobs', metavar='N', type=n_threads, default=os.cpu_count(),
                        help='work on N files at a time (default: one a processor)')
    parser.add_argument('folder', metavar='FOLDER', nargs='?', default='.',
                        help='default: the current one')
    return parser.parse_args()


def main():
    options = parse()
    cancellable = Gio.Cancellable()
    catch_interrupt(cancellable)
    with Thr.Pool(options.jobs) as pool:
        return Sum(pool, cancellable, Output()).run(os.fsencode(options.folder))


sys.exit(main())
