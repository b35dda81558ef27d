# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Locks and semaphores with Python's shapes."""

import threading
import unittest

import support
from gi.repository import GLib, Thr


def await_waiters(lockable, n):
    while lockable.get_n_waiters() != n:
        pass


class LockTest(unittest.TestCase):
    def test_new(self):
        lock = Thr.Lock(name='door')
        self.assertIsInstance(lock, Thr.raw.Lock)
        self.assertEqual(lock.dup_name(), 'door')
        self.assertFalse(lock.locked())
        self.assertIs(Thr.allocate_lock, Thr.LockType)

    def test_raw_constructor(self):
        lock = Thr.Lock.new()
        self.assertIs(type(lock), Thr.raw.Lock)
        with lock:
            self.assertTrue(lock.is_locked())
        self.assertFalse(lock.is_locked())
        with self.assertRaises(GLib.Error):
            lock.release()

    def test_acquire(self):
        lock = Thr.Lock()
        self.assertIs(lock.acquire(), True)
        self.assertIs(lock.acquire(False), False)
        self.assertIs(lock.acquire(blocking=False), False)
        self.assertIs(lock.acquire(True, 0), False)
        self.assertIs(lock.acquire(timeout=0.002), False)
        self.assertTrue(lock.locked())
        lock.release()
        self.assertIs(lock.acquire(timeout=0), True)

    def test_with(self):
        lock = Thr.Lock()
        with lock as inside:
            self.assertIs(inside, True)
            self.assertTrue(lock.locked())
        with self.assertRaises(KeyError), lock:
            raise KeyError
        self.assertFalse(lock.locked())

    def test_bad_arguments(self):
        lock = Thr.Lock()
        for error, args in [(ValueError, (False, 0)), (ValueError, (False, 1)),
                            (ValueError, (True, -2)), (ValueError, (True, float('nan'))),
                            (TypeError, (True, None)), (TypeError, (True, 'a')),
                            (OverflowError, (True, 1e100)), (OverflowError, (True, float('inf'))),
                            (OverflowError, (True, Thr.TIMEOUT_MAX * 2))]:
            with self.subTest(args), self.assertRaises(error):
                lock.acquire(*args)
            self.assertFalse(lock.locked())
        self.assertTrue(lock.acquire(True, Thr.TIMEOUT_MAX))

    def test_not_held(self):
        lock = Thr.Lock()
        with self.assertRaises(RuntimeError) as caught:
            lock.release()
        self.assertNotIsInstance(caught.exception, GLib.Error)

    def test_contended(self):
        lock = Thr.Lock()
        lock.acquire()
        got = []
        thread = threading.Thread(target=lambda: got.append(lock.acquire(timeout=1000)))
        thread.start()
        await_waiters(lock, 1)
        lock.release()
        thread.join()
        self.assertEqual(got, [True])

    def test_exclusion(self):
        lock = Thr.Lock()
        count = 0

        def counting():
            nonlocal count
            for _ in range(2000):
                with lock:
                    seen = count
                    count = seen + 1

        threads = [Thr.Thread(target=counting) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(count, 8000)

    def test_condition(self):
        # The standard library's condition on our lock.
        condition = threading.Condition(Thr.Lock())
        ready = []

        def work():
            with condition:
                ready.append(1)
                condition.notify()

        with condition:
            thread = Thr.Thread(target=work)
            thread.start()
            self.assertTrue(condition.wait_for(lambda: ready, 100))
        thread.join()

    def test_async(self):
        lock = Thr.Lock()
        got = []
        lock.acquire_async(None, lambda lock, result, *_data: got.append(
            lock.acquire_finish(result)))
        support.run_until(lambda: got)
        self.assertTrue(lock.locked())
        lock.release()

    def test_derived(self):
        class Counted(Thr.Lock):
            n = 0

            def acquire(self, *args, **kwargs):
                self.n += 1
                return super().acquire(*args, **kwargs)

        lock = Counted()
        self.assertTrue(lock.acquire())
        self.assertEqual(lock.n, 1)


class SemaphoreTest(unittest.TestCase):
    def test_new(self):
        self.assertEqual(Thr.Semaphore().get_value(), 1)
        self.assertEqual(Thr.Semaphore(0).get_value(), 0)
        self.assertEqual(Thr.Semaphore(value=7).get_value(), 7)
        self.assertFalse(Thr.Semaphore(3).get_bounded())
        self.assertTrue(Thr.BoundedSemaphore(3).get_bounded())
        self.assertIs(type(Thr.Semaphore.new(2)), Thr.raw.Semaphore)

    def test_bad_value(self):
        for value in (-1, -2**62):
            for kind in (Thr.Semaphore, Thr.BoundedSemaphore):
                with self.assertRaises(ValueError):
                    kind(value)

    def test_acquire(self):
        semaphore = Thr.Semaphore(2)
        self.assertIs(semaphore.acquire(), True)
        self.assertIs(semaphore.acquire(blocking=False), True)
        self.assertIs(semaphore.acquire(False), False)
        self.assertIs(semaphore.acquire(timeout=0.002), False)
        self.assertIs(semaphore.acquire(timeout=-1), False)
        self.assertIs(semaphore.acquire(timeout=0), False)
        with self.assertRaises(ValueError):
            semaphore.acquire(False, 1)
        self.assertEqual(semaphore.get_value(), 0)

    def test_with(self):
        semaphore = Thr.Semaphore()
        with semaphore as inside:
            self.assertIs(inside, True)
            self.assertEqual(semaphore.get_value(), 0)
        self.assertEqual(semaphore.get_value(), 1)

    def test_release(self):
        semaphore = Thr.Semaphore(0)
        semaphore.release(3)
        self.assertEqual(semaphore.get_value(), 3)
        for n in (0, -1):
            with self.assertRaises(ValueError):
                semaphore.release(n)
        with self.assertRaises(TypeError):
            semaphore.release(1.5)
        self.assertEqual(semaphore.get_value(), 3)
        self.assertIs(Thr.Semaphore(0).acquire(timeout=-float('inf')), False)

    def test_bounded(self):
        semaphore = Thr.BoundedSemaphore(2)
        with self.assertRaises(ValueError):
            semaphore.release()
        semaphore.acquire()
        with self.assertRaises(ValueError):
            semaphore.release(2)
        self.assertEqual(semaphore.get_value(), 1)
        semaphore.release()

    def test_at_most(self):
        semaphore = Thr.Semaphore(2)
        lock = threading.Lock()
        inside, most = 0, 0

        def visit():
            nonlocal inside, most
            for _ in range(200):
                with semaphore:
                    with lock:
                        inside += 1
                        most = max(most, inside)
                    with lock:
                        inside -= 1

        threads = [Thr.Thread(target=visit) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertLessEqual(most, 2)
        self.assertEqual(semaphore.get_value(), 2)


if __name__ == '__main__':
    unittest.main()
