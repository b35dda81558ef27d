# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""ThrRecLock as introspection gives it, without the override's shapes."""

import threading
import unittest

import support

from gi.repository import Gio, GLib, Thr

# The override gives the names Python's shapes and keeps the plain ones here.
Thr = getattr(Thr, 'raw', Thr)


def await_waiters(lockable, n):
    while lockable.props.n_waiters != n:
        pass


def in_thread(function):
    """Runs the function on another thread; what it raises is raised here."""
    raised = []

    def run():
        try:
            function()
        except BaseException as error:  # noqa: BLE001
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]


class Awaited:
    """An asynchronous acquire that tells how it went."""

    def __init__(self, lock, cancellable=None):
        self.acquired = None
        self.error = None
        lock.acquire_async(cancellable, self.called)

    def called(self, lock, result, *_data):
        try:
            self.acquired = lock.acquire_finish(result)
        except GLib.Error as error:
            self.error = error

    def wait(self):
        support.run_until(lambda: self.acquired is not None or self.error is not None)
        return self


class RecLockTest(support.Errors, unittest.TestCase):
    def test_levels(self):
        lock = Thr.RecLock.new()
        self.assertTrue(isinstance(lock, Thr.Lockable))
        self.assertEqual(lock.get_depth(), 0)
        self.assertIs(lock.acquire(), True)
        self.assertTrue(lock.try_acquire())
        self.assertTrue(lock.acquire_timed(0, None))
        self.assertEqual(lock.get_depth(), 3)
        self.assertTrue(lock.is_held())
        for _ in range(3):
            self.assertTrue(lock.props.locked)
            self.assertIs(lock.release(), True)
        self.assertFalse(lock.is_locked())
        self.assertFalse(lock.is_held())

    def test_again_checked(self):
        lock = Thr.RecLock.new()
        lock.acquire()
        self.assertThrError(Thr.Error.INVALID_ARGUMENT, lock.acquire_timed, -2, None)
        cancellable = Gio.Cancellable.new()
        cancellable.cancel()
        self.assertIOError(Gio.IOErrorEnum.CANCELLED, lock.acquire_timed, -1, cancellable)
        self.assertEqual(lock.get_depth(), 1)

    def test_not_held(self):
        self.assertThrError(Thr.Error.NOT_HELD, Thr.RecLock.new().release)

    def test_not_owner(self):
        lock = Thr.RecLock.new()
        lock.acquire()

        def stranger():
            self.assertFalse(lock.is_held())
            self.assertThrError(Thr.Error.NOT_OWNER, lock.release)
            self.assertFalse(lock.try_acquire())
            self.assertIOError(Gio.IOErrorEnum.TIMED_OUT, lock.acquire_timed, 0, None)
            self.assertIOError(Gio.IOErrorEnum.TIMED_OUT, lock.acquire_timed, 2000, None)

        in_thread(stranger)
        self.assertEqual(lock.get_depth(), 1)
        lock.release()

    def test_async_owner(self):
        lock = Thr.RecLock.new()
        first = Awaited(lock)
        self.assertTrue(lock.is_locked())
        self.assertFalse(lock.is_held())
        self.assertThrError(Thr.Error.NOT_OWNER, lock.release)
        self.assertThrError(Thr.Error.DEADLOCK, lock.acquire)
        self.assertTrue(first.wait().acquired)
        self.assertTrue(lock.is_held())
        second = Awaited(lock)
        support.drain()
        self.assertIsNone(second.acquired)
        lock.release()
        self.assertTrue(second.wait().acquired)
        lock.release()

    def test_async_cancelled_during(self):
        lock = Thr.RecLock.new()
        lock.acquire()
        cancellable = Gio.Cancellable.new()
        awaited = Awaited(lock, cancellable)
        cancellable.cancel()
        self.assertTrue(awaited.wait().error.matches(Gio.io_error_quark(),
                                                     Gio.IOErrorEnum.CANCELLED))
        self.assertEqual(lock.props.n_waiters, 0)
        lock.release()

    def test_owner_ended(self):
        lock = Thr.RecLock.new()
        in_thread(lock.acquire)
        in_thread(lambda: self.assertFalse(lock.is_held()))
        self.assertThrError(Thr.Error.DEADLOCK, lock.acquire)

    def test_crossed(self):
        locks = [Thr.RecLock(name='fork'), Thr.RecLock(name='knife')]
        barrier = threading.Barrier(2)
        reports = []

        def philosopher(first, second):
            first.acquire()
            barrier.wait()
            try:
                second.acquire()
                second.release()
            except GLib.Error as error:
                reports.append(error)
            first.release()

        threads = [threading.Thread(target=philosopher, args=pair)
                   for pair in (locks, locks[::-1])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(reports), 1)
        self.assertTrue(reports[0].matches(GLib.quark_from_string('thr-error-quark'),
                                           Thr.Error.DEADLOCK))
        self.assertIn('“fork”', reports[0].message)
        self.assertIn('“knife”', reports[0].message)

    def test_exclusion(self):
        lock = Thr.RecLock.new()
        count = 0

        def counting():
            nonlocal count
            for _ in range(500):
                lock.acquire()
                lock.acquire()
                seen = count
                count = seen + 1
                lock.release()
                lock.release()

        threads = [threading.Thread(target=counting) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(count, 2000)

    def test_order(self):
        lock = Thr.RecLock.new()
        order = []
        lock.acquire()

        def blocked(name):
            lock.acquire()
            order.append(name)
            lock.release()

        threads = []
        for place, name in enumerate(('first', 'second', 'third')):
            threads.append(threading.Thread(target=blocked, args=(name,)))
            threads[-1].start()
            await_waiters(lock, place + 1)
        lock.release()
        for thread in threads:
            thread.join()
        self.assertEqual(order, ['first', 'second', 'third'])

    def test_signals_outermost(self):
        lock = Thr.RecLock(emit_signals=True)
        told = []
        lock.connect('acquired', lambda _lock: told.append('a'))
        lock.connect('released', lambda _lock: told.append('r'))
        lock.acquire()
        lock.acquire()
        lock.release()
        lock.release()
        support.drain()
        self.assertEqual(told, ['a', 'r'])


if __name__ == '__main__':
    unittest.main()
