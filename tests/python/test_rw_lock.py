# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""ThrRWLock as introspection gives it, without the override's shapes."""

import threading
import unittest

import support

from gi.repository import Gio, GLib, Thr

# The override gives the names Python's shapes and keeps the plain ones here.
Thr = getattr(Thr, 'raw', Thr)


def await_waiters(lock, n):
    while lock.props.n_waiters != n:
        pass


def start(function, *args):
    thread = threading.Thread(target=function, args=args)
    thread.start()
    return thread


class RWLockTest(support.Errors, unittest.TestCase):
    def setUp(self):
        self.lock = Thr.RWLock.new()

    def test_many_read(self):
        barrier = threading.Barrier(4)

        def read():
            self.lock.acquire_read()
            barrier.wait()
            barrier.wait()
            self.lock.release_read()

        threads = [start(read) for _ in range(3)]
        barrier.wait()
        self.assertEqual(self.lock.props.n_readers, 3)
        self.assertFalse(self.lock.props.write_locked)
        self.assertFalse(self.lock.try_acquire_write())
        barrier.wait()
        for thread in threads:
            thread.join()
        self.assertTrue(self.lock.try_acquire_write())

    def test_one_writes(self):
        taken, go = threading.Event(), threading.Event()

        def write():
            self.lock.acquire_write()
            taken.set()
            go.wait()
            self.lock.release_write()

        thread = start(write)
        taken.wait()
        self.assertTrue(self.lock.is_write_locked())
        self.assertFalse(self.lock.is_write_held())
        for timed in (self.lock.acquire_read_timed, self.lock.acquire_write_timed):
            self.assertIOError(Gio.IOErrorEnum.TIMED_OUT, timed, 0, None)
            self.assertIOError(Gio.IOErrorEnum.TIMED_OUT, timed, 2000, None)
            self.assertThrError(Thr.Error.INVALID_ARGUMENT, timed, -2, None)
        self.assertThrError(Thr.Error.NOT_OWNER, self.lock.release_write)
        self.assertThrError(Thr.Error.NOT_HELD, self.lock.release_read)
        go.set()
        thread.join()

    def test_writers_first(self):
        order = []

        def read():
            self.lock.acquire_read()
            order.append('read')
            self.lock.release_read()

        def write():
            self.lock.acquire_write()
            order.append('write')
            self.lock.release_write()

        self.lock.acquire_read()
        threads = [start(write)]
        await_waiters(self.lock, 1)
        threads.append(start(read))
        await_waiters(self.lock, 2)
        # Again, past the writer.
        self.assertTrue(self.lock.acquire_read())
        self.lock.release_read()
        self.lock.release_read()
        for thread in threads:
            thread.join()
        self.assertEqual(order, ['write', 'read'])

    def test_again(self):
        self.lock.acquire_write()
        self.lock.acquire_write()
        self.lock.acquire_read()
        self.lock.release_write()
        self.lock.release_write()
        self.assertFalse(self.lock.is_write_held())
        self.assertTrue(self.lock.is_read_held())

    def test_upgrade(self):
        self.lock.acquire_read()
        self.assertThrError(Thr.Error.DEADLOCK, self.lock.acquire_write)
        self.assertFalse(self.lock.try_acquire_write())

    def test_async(self):
        done = []

        def called(lock, result, finish):
            done.append(finish(result))

        self.lock.acquire_write_async(None, called, self.lock.acquire_write_finish)
        self.assertFalse(self.lock.is_write_held())
        self.assertThrError(Thr.Error.DEADLOCK, self.lock.acquire_write)
        support.run_until(lambda: len(done) == 1)
        self.assertTrue(self.lock.is_write_held())
        self.lock.acquire_read_async(None, called, self.lock.acquire_read_finish)
        support.drain()
        self.assertEqual(done, [True])
        self.lock.release_write()
        support.run_until(lambda: len(done) == 2)
        self.assertEqual(done, [True, True])
        self.assertTrue(self.lock.is_read_held())

    def test_async_cancelled(self):
        errors = []
        cancellable = Gio.Cancellable.new()

        def called(lock, result, *_data):
            try:
                lock.acquire_write_finish(result)
            except GLib.Error as error:
                errors.append(error.code)

        self.lock.acquire_read()
        self.lock.acquire_write_async(cancellable, called)
        cancellable.cancel()
        support.run_until(lambda: errors)
        self.assertEqual(errors, [int(Gio.IOErrorEnum.CANCELLED)])
        self.assertEqual(self.lock.props.n_waiters, 0)

    def test_views(self):
        reader, writer = self.lock.get_reader(), self.lock.get_writer()
        self.assertIs(reader.get_lock(), self.lock)
        self.assertFalse(reader.props.writes)
        self.assertTrue(writer.props.writes)

        reader.acquire()
        self.assertEqual(self.lock.props.n_readers, 1)
        self.assertTrue(writer.is_locked())
        self.assertFalse(writer.try_acquire())
        reader.release()

        condition = Thr.Condition.new(writer)
        ready = []

        def wait():
            writer.acquire()
            while not ready:
                condition.wait()
            writer.release()

        thread = start(wait)
        while condition.props.n_waiters != 1:
            pass
        writer.acquire()
        ready.append(True)
        condition.notify(1)
        writer.release()
        thread.join()
        self.assertFalse(self.lock.props.write_locked)


if __name__ == '__main__':
    unittest.main()
