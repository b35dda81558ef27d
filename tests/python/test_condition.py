# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""ThrCondition as introspection gives it, without the override's shapes."""

import threading
import unittest

import support

from gi.repository import Gio, GLib, Thr

# The override gives the names Python's shapes and keeps the plain ones here.
Thr = getattr(Thr, 'raw', Thr)


def await_waiters(waited_for, n):
    while waited_for.props.n_waiters != n:
        pass


def start(function, *args):
    thread = threading.Thread(target=function, args=args)
    thread.start()
    return thread


class Awaited:
    """An awaited wait that tells how it went."""

    def __init__(self, condition, cancellable=None):
        self.calls = 0
        self.notified = None
        self.error = None
        condition.wait_async(cancellable, self.called)

    def called(self, condition, result, *_data):
        self.calls += 1
        try:
            self.notified = condition.wait_finish(result)
        except GLib.Error as error:
            self.error = error

    def wait(self):
        support.run_until(lambda: self.calls > 0)
        return self


class ConditionTest(support.Errors, unittest.TestCase):
    def setUp(self):
        self.lock = Thr.RecLock.new()
        self.condition = Thr.Condition.new(self.lock)

    def notify(self, n):
        self.lock.acquire()
        self.assertIs(self.condition.notify(n), True)
        self.lock.release()

    def sleeper(self, woken=None):
        def wait_once():
            self.lock.acquire()
            self.condition.wait()
            if woken is not None:
                woken.append(threading.current_thread().name)
            self.lock.release()

        ahead = self.condition.props.n_waiters
        thread = start(wait_once)
        await_waiters(self.condition, ahead + 1)
        return thread

    def test_default_lock(self):
        self.assertIs(self.condition.get_lock(), self.lock)
        own = Thr.Condition.new(None)
        self.assertTrue(isinstance(own.props.lock, Thr.RecLock))

    def test_not_held(self):
        for function, *args in ((self.condition.wait,), (self.condition.wait_timed, 0, None),
                                (self.condition.notify, 1), (self.condition.notify_all,)):
            self.assertThrError(Thr.Error.NOT_HELD, function, *args)
        awaited = Awaited(self.condition).wait()
        self.assertEqual(awaited.error.code, int(Thr.Error.NOT_HELD))

    def test_not_owner(self):
        thread = start(self.lock.acquire)
        thread.join()
        self.assertThrError(Thr.Error.NOT_OWNER, self.condition.notify_all)
        self.assertThrError(Thr.Error.NOT_OWNER, self.condition.wait)

    def test_timeouts(self):
        self.lock.acquire()
        self.assertThrError(Thr.Error.INVALID_ARGUMENT, self.condition.wait_timed, -2, None)
        for timeout in (0, 2000):
            self.assertIOError(Gio.IOErrorEnum.TIMED_OUT, self.condition.wait_timed, timeout, None)
            self.assertTrue(self.lock.is_held())

    def test_cancelled(self):
        cancellable = Gio.Cancellable.new()
        self.lock.acquire()

        def cancel():
            await_waiters(self.condition, 1)
            cancellable.cancel()

        thread = start(cancel)
        self.assertIOError(Gio.IOErrorEnum.CANCELLED, self.condition.wait_timed, -1, cancellable)
        thread.join()
        self.assertTrue(self.lock.is_held())

    def test_notify_counts(self):
        woken = []
        threads = [self.sleeper(woken) for _ in range(5)]
        self.notify(2)
        for thread in threads[:2]:
            thread.join()
        self.lock.acquire()
        self.assertEqual(woken, [thread.name for thread in threads[:2]])
        self.lock.release()
        self.assertEqual(self.condition.get_n_waiters(), 3)
        self.lock.acquire()
        self.condition.notify_all()
        self.lock.release()
        for thread in threads[2:]:
            thread.join()
        self.assertEqual(woken, [thread.name for thread in threads])

    def test_not_kept(self):
        self.notify(3)
        self.lock.acquire()
        self.assertIOError(Gio.IOErrorEnum.TIMED_OUT, self.condition.wait_timed, 1000, None)

    def test_levels(self):
        def notify_later():
            await_waiters(self.condition, 1)
            self.notify(1)

        for _ in range(3):
            self.lock.acquire()
        thread = start(notify_later)
        self.assertIs(self.condition.wait(), True)
        self.assertEqual(self.lock.get_depth(), 3)
        thread.join()

    def test_wait_for(self):
        asked = []

        def predicate(condition, *_data):
            self.assertTrue(self.lock.is_held())
            asked.append(condition)
            return len(asked) >= 2

        def notify_later():
            await_waiters(self.condition, 1)
            self.notify(1)

        self.lock.acquire()
        thread = start(notify_later)
        self.assertIs(self.condition.wait_for(-1, None, predicate), True)
        thread.join()
        self.assertEqual(asked, [self.condition] * 2)
        self.assertIOError(Gio.IOErrorEnum.TIMED_OUT, self.condition.wait_for, 1000, None,
                           lambda *_args: False)

    def test_async(self):
        self.lock.acquire()
        awaited = Awaited(self.condition)
        self.assertFalse(self.lock.is_locked())
        support.drain()
        self.assertEqual(awaited.calls, 0)
        self.notify(1)
        self.assertIs(awaited.wait().notified, True)
        self.assertTrue(self.lock.is_held())
        self.lock.release()

    def test_async_cancelled(self):
        cancellable = Gio.Cancellable.new()
        self.lock.acquire()
        awaited = Awaited(self.condition, cancellable)
        cancellable.cancel()
        self.assertEqual(awaited.wait().error.code, int(Gio.IOErrorEnum.CANCELLED))
        self.assertTrue(self.lock.is_held())
        self.assertEqual(self.condition.props.n_waiters, 0)
        self.lock.release()

    def test_order(self):
        order = []
        first = self.sleeper(order)
        self.lock.acquire()
        awaited = Awaited(self.condition)
        third = self.sleeper(order)
        self.notify(1)
        first.join()
        self.assertEqual(awaited.calls, 0)
        self.notify(1)
        awaited.wait()
        self.assertEqual(order, [first.name])
        self.lock.release()
        self.notify(1)
        third.join()
        self.assertEqual(order, [first.name, third.name])

    def test_other_lock(self):
        # Of its insides the condition knows nothing.
        lock = Thr.Semaphore.new_bounded(1)
        condition = Thr.Condition.new(lock)
        lock.acquire()

        def notify_later():
            await_waiters(condition, 1)
            lock.acquire()
            condition.notify(1)
            lock.release()

        thread = start(notify_later)
        self.assertIs(condition.wait(), True)
        self.assertTrue(lock.is_locked())
        thread.join()


if __name__ == '__main__':
    unittest.main()
