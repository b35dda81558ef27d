# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""ThrLock as introspection gives it, without the override's shapes."""

import gc
import threading
import unittest
import weakref

import gi

gi.require_version('Thr', '1')
from gi.repository import Gio, GLib, GObject, Thr  # noqa: E402

# The override gives the names Python's shapes and keeps the plain ones here.
Thr = getattr(Thr, 'raw', Thr)


def drain():
    while GLib.MainContext.default().iteration(False):
        pass


def await_waiters(lockable, n):
    while lockable.props.n_waiters != n:
        pass


class Awaited:
    """An asynchronous acquire that tells how it went."""

    def __init__(self, lockable, cancellable=None, finish=True):
        self.calls = 0
        self.acquired = None
        self.error = None
        self.result = None
        self.finish = finish
        lockable.acquire_async(cancellable, self.called)

    def called(self, lockable, result, *_data):
        self.calls += 1
        if not self.finish:
            return
        self.result = result
        try:
            self.acquired = lockable.acquire_finish(result)
        except GLib.Error as error:
            self.error = error

    def wait(self):
        while self.calls == 0:
            GLib.MainContext.default().iteration(True)
        return self


class LockTest(unittest.TestCase):
    def assertError(self, domain, code, function, *args):
        with self.assertRaises(GLib.Error) as caught:
            function(*args)
        self.assertTrue(caught.exception.matches(domain, code), caught.exception)

    def assertThrError(self, code, function, *args):
        self.assertError(Thr.error_quark(), code, function, *args)

    def assertIOError(self, code, function, *args):
        self.assertError(Gio.io_error_quark(), code, function, *args)

    def test_new(self):
        lock = Thr.Lock.new()
        self.assertFalse(lock.is_locked())
        self.assertFalse(lock.props.locked)
        lock.props.name = 'door'
        self.assertEqual(lock.dup_name(), 'door')
        self.assertEqual(lock.props.n_waiters, 0)
        self.assertTrue(isinstance(lock, Thr.Lockable))

    def test_acquire_release(self):
        lock = Thr.Lock.new()
        self.assertIs(lock.acquire(), True)
        self.assertTrue(lock.props.locked)
        self.assertFalse(lock.try_acquire())
        self.assertIs(lock.release(), True)
        self.assertTrue(Thr.Lockable.try_acquire(lock))
        self.assertTrue(Thr.Lockable.release(lock))
        self.assertFalse(lock.is_locked())

    def test_not_held(self):
        self.assertThrError(Thr.Error.NOT_HELD, Thr.Lock.new().release)

    def test_timed_out(self):
        lock = Thr.Lock.new()
        lock.acquire()
        self.assertIOError(Gio.IOErrorEnum.TIMED_OUT, lock.acquire_timed, 0, None)
        self.assertIOError(Gio.IOErrorEnum.TIMED_OUT, lock.acquire_timed, 2000, None)
        lock.release()
        self.assertTrue(lock.acquire_timed(0, None))

    def test_bad_timeout(self):
        lock = Thr.Lock.new()
        self.assertThrError(Thr.Error.INVALID_ARGUMENT, lock.acquire_timed, -2, None)
        self.assertFalse(lock.is_locked())

    def test_huge_timeout(self):
        lock = Thr.Lock.new()
        lock.acquire()
        thread = threading.Thread(target=lock.acquire_timed, args=(GLib.MAXINT64, None))
        thread.start()
        await_waiters(lock, 1)
        lock.release()
        thread.join()
        self.assertTrue(lock.is_locked())

    def test_no_limit(self):
        lock = Thr.Lock.new()
        lock.acquire()
        thread = threading.Thread(target=lock.acquire)
        thread.start()
        await_waiters(lock, 1)
        lock.release()
        thread.join()
        self.assertTrue(lock.is_locked())

    def test_cancelled_before(self):
        lock = Thr.Lock.new()
        cancellable = Gio.Cancellable.new()
        cancellable.cancel()
        self.assertIOError(Gio.IOErrorEnum.CANCELLED, lock.acquire_timed, -1, cancellable)
        self.assertFalse(lock.is_locked())

    def test_cancelled_during(self):
        lock = Thr.Lock.new()
        cancellable = Gio.Cancellable.new()
        lock.acquire()

        def cancel():
            await_waiters(lock, 1)
            cancellable.cancel()

        thread = threading.Thread(target=cancel)
        thread.start()
        self.assertIOError(Gio.IOErrorEnum.CANCELLED, lock.acquire_timed, -1, cancellable)
        thread.join()
        self.assertEqual(lock.props.n_waiters, 0)

    def test_async_later(self):
        lock = Thr.Lock.new()
        awaited = Awaited(lock)
        self.assertEqual(awaited.calls, 0)
        self.assertTrue(lock.is_locked())
        self.assertTrue(awaited.wait().acquired)
        drain()
        self.assertEqual(awaited.calls, 1)
        lock.release()

    def test_async_waits(self):
        lock = Thr.Lock.new()
        lock.acquire()
        awaited = Awaited(lock)
        drain()
        self.assertEqual(awaited.calls, 0)
        lock.release()
        self.assertTrue(awaited.wait().acquired)
        self.assertTrue(lock.is_locked())

    def test_async_cancelled_during(self):
        lock = Thr.Lock.new()
        lock.acquire()
        cancellable = Gio.Cancellable.new()
        awaited = Awaited(lock, cancellable)
        cancellable.cancel()
        awaited.wait()
        self.assertTrue(awaited.error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))
        lock.release()
        self.assertFalse(lock.is_locked())

    def test_async_cancelled_after(self):
        lock = Thr.Lock.new()
        cancellable = Gio.Cancellable.new()
        awaited = Awaited(lock, cancellable)
        cancellable.cancel()
        awaited.wait()
        self.assertTrue(awaited.error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))
        self.assertFalse(lock.is_locked())

    def test_async_dropped(self):
        lock = Thr.Lock.new()
        dropped, following = Awaited(lock, finish=False), Awaited(lock)
        dropped.wait()
        gc.collect()
        self.assertTrue(following.wait().acquired)
        lock.release()

    def test_async_second_finish(self):
        lock = Thr.Lock.new()
        awaited = Awaited(lock).wait()
        self.assertThrError(Thr.Error.INVALID_STATE, lock.acquire_finish, awaited.result)
        self.assertTrue(lock.is_locked())

    def test_async_wrong_result(self):
        awaited = Awaited(Thr.Lock.new()).wait()
        self.assertThrError(Thr.Error.INVALID_ARGUMENT, Thr.Lock.new().acquire_finish,
                            awaited.result)

    def test_own_grant(self):
        lock = Thr.Lock.new()
        awaited = Awaited(lock)
        self.assertThrError(Thr.Error.DEADLOCK, lock.acquire)
        self.assertTrue(awaited.wait().acquired)
        lock.release()
        self.assertTrue(lock.acquire())

    def test_order(self):
        lock = Thr.Lock.new()
        order = []
        lock.acquire()

        def blocked(name):
            lock.acquire()
            order.append(name)
            lock.release()

        def awaiting(source, result, *_data):
            source.acquire_finish(result)
            order.append('awaiting')
            source.release()

        threads = []
        for place, name in enumerate(('first', None, 'third')):
            if name is None:
                lock.acquire_async(None, awaiting)
            else:
                threads.append(threading.Thread(target=blocked, args=(name,)))
                threads[-1].start()
            await_waiters(lock, place + 1)
        lock.release()
        while len(order) < 3:
            GLib.MainContext.default().iteration(False)
        for thread in threads:
            thread.join()
        self.assertEqual(order, ['first', 'awaiting', 'third'])

    def test_any_thread_releases(self):
        lock = Thr.Lock.new()
        lock.acquire()
        thread = threading.Thread(target=lock.release)
        thread.start()
        thread.join()
        self.assertFalse(lock.is_locked())

    def test_exclusion(self):
        lock = Thr.Lock.new()
        count = 0

        def counting():
            nonlocal count
            for _ in range(1000):
                lock.acquire()
                seen = count
                count = seen + 1
                lock.release()

        threads = [threading.Thread(target=counting) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(count, 4000)

    def test_signals_off(self):
        lock = Thr.Lock.new()
        told = []
        lock.connect('acquired', told.append)
        lock.acquire()
        lock.release()
        drain()
        self.assertEqual(told, [])

    def test_signals(self):
        lock = Thr.Lock.new()
        told = []
        lock.props.emit_signals = True
        for name in ('acquired', 'released'):
            lock.connect(name, lambda _lock, name=name: told.append((name, threading.get_ident())))

        def many():
            for _ in range(100):
                lock.acquire()
                lock.release()

        thread = threading.Thread(target=many)
        thread.start()
        many()
        thread.join()
        drain()
        here = threading.get_ident()
        self.assertEqual(told, [('acquired', here), ('released', here)] * 200)

    def test_locked_notified(self):
        lock = Thr.Lock.new()
        told = []
        lock.connect('notify::locked', lambda *_args: told.append(lock.props.locked))
        lock.props.emit_signals = True
        lock.acquire()
        self.assertEqual(told, [])
        drain()
        self.assertEqual(told, [True])

    def test_finalized_while_held(self):
        lock = Thr.Lock.new()
        lock.acquire()
        alive = weakref.ref(lock)
        del lock
        self.assertIsNone(alive())

    def test_implemented_in_python(self):
        class Turnstile(GObject.Object, Thr.Lockable):
            def do_try_acquire(self):
                return True

        turnstile = Turnstile()
        self.assertTrue(Thr.Lockable.try_acquire(turnstile))
        self.assertThrError(Thr.Error.INVALID_STATE, Thr.Lockable.release, turnstile)


if __name__ == '__main__':
    unittest.main()
