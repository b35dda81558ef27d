# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""ThrSemaphore as introspection gives it, without the override's shapes."""

import threading
import unittest

import gi

gi.require_version('Thr', '1')
from gi.repository import Gio, GLib, Thr  # noqa: E402

# The override gives the names Python's shapes and keeps the plain ones here.
Thr = getattr(Thr, 'raw', Thr)

MAX = Thr.SEMAPHORE_MAX_VALUE


def drain():
    while GLib.MainContext.default().iteration(False):
        pass


def await_waiters(lockable, n):
    while lockable.props.n_waiters != n:
        pass


class SemaphoreTest(unittest.TestCase):
    def assertError(self, domain, code, function, *args):
        with self.assertRaises(GLib.Error) as caught:
            function(*args)
        self.assertTrue(caught.exception.matches(domain, code), caught.exception)

    def assertThrError(self, code, function, *args):
        self.assertError(Thr.error_quark(), code, function, *args)

    def assertIOError(self, code, function, *args):
        self.assertError(Gio.io_error_quark(), code, function, *args)

    def test_new(self):
        semaphore = Thr.Semaphore.new(3)
        self.assertEqual(semaphore.get_value(), 3)
        self.assertFalse(semaphore.props.bounded)
        self.assertIs(semaphore.acquire(), True)
        self.assertEqual(semaphore.props.value, 2)
        self.assertEqual(semaphore.props.initial_value, 3)
        self.assertEqual(Thr.Semaphore().get_value(), 1)
        self.assertEqual(Thr.Semaphore(value=7).get_value(), 7)
        self.assertTrue(Thr.Semaphore.new_bounded(2).props.bounded)

    def test_bad_value(self):
        for value in (-1, GLib.MININT64, MAX + 1, GLib.MAXINT64):
            self.assertThrError(Thr.Error.INVALID_ARGUMENT, Thr.Semaphore.new, value)
            self.assertThrError(Thr.Error.INVALID_ARGUMENT, Thr.Semaphore.new_bounded, value)
        refused = Thr.Semaphore(value=-1)
        self.assertThrError(Thr.Error.INVALID_ARGUMENT, refused.acquire)
        self.assertThrError(Thr.Error.INVALID_ARGUMENT, refused.release)
        self.assertFalse(refused.try_acquire())

    def test_overflow(self):
        semaphore = Thr.Semaphore.new(MAX)
        self.assertThrError(Thr.Error.OVERFLOW, semaphore.release)
        self.assertEqual(semaphore.get_value(), MAX)

    def test_release_n_bad(self):
        semaphore = Thr.Semaphore.new(0)
        self.assertThrError(Thr.Error.INVALID_ARGUMENT, semaphore.release_n, 0)
        self.assertThrError(Thr.Error.INVALID_ARGUMENT, semaphore.release_n, -1)
        self.assertEqual(semaphore.get_value(), 0)

    def test_bounded(self):
        semaphore = Thr.Semaphore.new_bounded(3)
        self.assertThrError(Thr.Error.OVERFLOW, semaphore.release)
        semaphore.acquire()
        semaphore.acquire()
        self.assertThrError(Thr.Error.OVERFLOW, semaphore.release_n, 3)
        self.assertEqual(semaphore.get_value(), 1)
        self.assertTrue(semaphore.release_n(2))
        self.assertEqual(semaphore.get_value(), 3)

    def test_timed_out(self):
        semaphore = Thr.Semaphore.new(0)
        self.assertIOError(Gio.IOErrorEnum.TIMED_OUT, semaphore.acquire_timed, 0, None)
        self.assertIOError(Gio.IOErrorEnum.TIMED_OUT, semaphore.acquire_timed, 2000, None)

    def test_bad_timeout(self):
        semaphore = Thr.Semaphore.new(1)
        self.assertThrError(Thr.Error.INVALID_ARGUMENT, semaphore.acquire_timed, -2, None)
        self.assertEqual(semaphore.get_value(), 1)

    def test_cancelled_before(self):
        semaphore = Thr.Semaphore.new(1)
        cancellable = Gio.Cancellable.new()
        cancellable.cancel()
        self.assertIOError(Gio.IOErrorEnum.CANCELLED, semaphore.acquire_timed, -1, cancellable)
        self.assertEqual(semaphore.get_value(), 1)

    def test_kept(self):
        semaphore = Thr.Semaphore.new(0)
        self.assertIOError(Gio.IOErrorEnum.TIMED_OUT, semaphore.acquire_timed, 1000, None)
        semaphore.release()
        self.assertTrue(semaphore.acquire_timed(0, None))

    def test_release_n(self):
        semaphore = Thr.Semaphore.new(0)
        threads = [threading.Thread(target=semaphore.acquire) for _ in range(5)]
        for thread in threads:
            thread.start()
        await_waiters(semaphore, 5)
        semaphore.release_n(3)
        self.assertEqual(semaphore.props.n_waiters, 2)
        semaphore.release_n(4)
        for thread in threads:
            thread.join()
        self.assertEqual(semaphore.get_value(), 2)

    def test_async_waits(self):
        semaphore = Thr.Semaphore.new(0)
        acquired = []
        for name in 'ab':
            semaphore.acquire_async(None, lambda source, result, *_data, name=name:
                                    acquired.append((name, source.acquire_finish(result))))
        drain()
        self.assertEqual(acquired, [])
        semaphore.release_n(3)
        self.assertEqual(acquired, [])
        drain()
        self.assertEqual(acquired, [('a', True), ('b', True)])
        self.assertEqual(semaphore.get_value(), 1)

    def test_exclusion(self):
        semaphore = Thr.Semaphore.new(2)
        guard = threading.Lock()
        inside, most = 0, 0

        def enter():
            nonlocal inside, most
            for _ in range(300):
                semaphore.acquire()
                with guard:
                    inside += 1
                    most = max(most, inside)
                with guard:
                    inside -= 1
                semaphore.release()

        threads = [threading.Thread(target=enter) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertLessEqual(most, 2)
        self.assertEqual(semaphore.get_value(), 2)

    def test_signals(self):
        semaphore = Thr.Semaphore.new(1)
        told = []
        semaphore.props.emit_signals = True
        for name in ('acquired', 'released'):
            semaphore.connect(name, lambda _source, name=name: told.append(name))
        thread = threading.Thread(target=lambda: (semaphore.acquire(), semaphore.release_n(2)))
        thread.start()
        thread.join()
        self.assertEqual(told, [])
        drain()
        self.assertEqual(told, ['acquired', 'released'])

    def test_value_notified(self):
        semaphore = Thr.Semaphore.new(1)
        told = []
        semaphore.props.emit_signals = True
        semaphore.connect('notify::value', lambda *_args: told.append(semaphore.props.value))
        semaphore.acquire()
        drain()
        self.assertEqual(told, [0])


if __name__ == '__main__':
    unittest.main()
