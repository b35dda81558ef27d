# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Latches and reader/writer locks with shapes as `threading` would have them."""

import os
import unittest

import support  # noqa: F401  before gi.repository.Thr
from gi.repository import GLib, Thr


def run_thread(function, *args):
    thread = Thr.Thread(target=function, args=args)
    thread.start()
    return thread


def until(condition):
    while not condition():
        os.sched_yield()


def in_thread(function, *args):
    """What a function gives or raises in another thread."""
    answers = []

    def work():
        try:
            answers.append(function(*args))
        except Exception as error:
            answers.append(type(error))

    run_thread(work).join()
    return answers[0]


class LatchTest(unittest.TestCase):
    def test_count_down(self):
        latch = Thr.Latch(3)
        self.assertIsInstance(latch, Thr.raw.Latch)
        self.assertIs(latch.wait(0), False)
        self.assertIs(latch.wait(-1), False)
        self.assertIs(latch.wait(0.001), False)
        latch.count_down()
        for n in (0, -1, 3):
            with self.assertRaises(ValueError):
                latch.count_down(n)
        self.assertEqual(latch.get_count(), 2)
        latch.count_down(2)
        self.assertIs(latch.wait(), True)
        self.assertIs(latch.wait(0), True)
        self.assertTrue(latch.is_open())
        with self.assertRaises(ValueError):
            latch.count_down()
        self.assertIn('0/3', repr(latch))

    def test_arguments(self):
        self.assertEqual(Thr.Latch().get_count(), 1)
        self.assertTrue(Thr.Latch(0).is_open())
        with self.assertRaises(TypeError):
            Thr.Latch(1.5)
        latch = Thr.Latch(2)
        with self.assertRaises(TypeError):
            latch.count_down(1.5)
        with self.assertRaises(ValueError):
            latch.count_down(2**70)
        self.assertEqual(latch.get_count(), 2)
        for count in (-1, -2**70):
            with self.assertRaises(ValueError):
                Thr.Latch(count)
        with self.assertRaises(OverflowError):
            Thr.Latch(2**70)
        for limit, error in (('x', TypeError), (1e100, OverflowError),
                             (float('nan'), ValueError)):
            with self.assertRaises(error):
                Thr.Latch().wait(limit)
        self.assertIs(type(Thr.Latch.new(2)), Thr.raw.Latch)

    def test_threads(self):
        latch = Thr.Latch(4)
        got = []
        threads = [run_thread(lambda: got.append(latch.arrive_and_wait())) for _ in range(4)]
        for thread in threads:
            thread.join()
        self.assertEqual(got, [True] * 4)


class RWLockTest(unittest.TestCase):
    def test_views(self):
        lock = Thr.RWLock()
        self.assertIsInstance(lock, Thr.raw.RWLock)
        with lock.reader() as entered:
            self.assertIs(entered, True)
            self.assertTrue(lock.reader().locked())
            self.assertFalse(lock.writer().locked())
            self.assertIs(in_thread(lock.reader().acquire, False), True)
            self.assertIs(in_thread(lock.writer().acquire, False), False)
        with self.assertRaises(RuntimeError):
            lock.reader().release()

    def test_writer(self):
        lock = Thr.RWLock()
        with lock.writer() as entered:
            self.assertIs(entered, True)
            self.assertTrue(lock.writer().locked())
            self.assertIs(in_thread(lock.acquire_read, False), False)
            self.assertIs(in_thread(lock.acquire_write, True, 0.001), False)
            self.assertIs(in_thread(lock.release_write), RuntimeError)
            with lock.writer():
                pass
            self.assertTrue(lock.is_write_held())
        self.assertFalse(lock.writer().locked())
        with self.assertRaises(KeyError), lock.writer():
            raise KeyError
        self.assertFalse(lock.writer().locked())

    def test_upgrade(self):
        lock = Thr.RWLock()
        with lock.reader(), self.assertRaises(RuntimeError) as caught:
            lock.acquire_write()
        self.assertNotIsInstance(caught.exception, GLib.Error)

    def test_errors(self):
        lock = Thr.RWLock()
        for release in (lock.release_read, lock.release_write, lock.reader().release,
                        lock.writer().release):
            with self.assertRaises(RuntimeError) as caught:
                release()
            self.assertNotIsInstance(caught.exception, GLib.Error)
        for acquire in (lock.acquire_read, lock.acquire_write, lock.reader().acquire):
            for args, error in (((False, 0), ValueError), ((True, -2), ValueError),
                                ((True, None), TypeError), ((True, 1e100), OverflowError)):
                with self.assertRaises(error):
                    acquire(*args)
        self.assertEqual((lock.get_n_readers(), lock.is_write_locked()), (0, False))

    def test_waits(self):
        lock = Thr.RWLock()
        got = []
        with lock.reader():
            thread = run_thread(lambda: got.append(lock.acquire_write()) or lock.release_write())
            until(lambda: lock.get_n_waiters() == 1)
        thread.join()
        self.assertEqual(got, [True])

    def test_exclusion(self):
        lock = Thr.RWLock()
        n = 0

        def count():
            nonlocal n
            for _ in range(500):
                with lock.writer():
                    seen = n
                    n = seen + 1
                with lock.reader():
                    n >= seen or self.fail()

        threads = [run_thread(count) for _ in range(4)]
        for thread in threads:
            thread.join()
        self.assertEqual(n, 2000)

    def test_condition(self):
        lock = Thr.RWLock()
        condition = Thr.Condition(lock.writer())
        got = []

        def work():
            with condition:
                got.append(condition.wait())

        thread = run_thread(work)
        until(condition.get_n_waiters)
        with condition:
            self.assertTrue(lock.is_write_held())
            condition.notify()
        thread.join()
        self.assertEqual(got, [True])

    def test_equality(self):
        lock = Thr.RWLock()
        self.assertEqual(lock.reader(), lock.reader())
        self.assertNotEqual(lock.reader(), lock.writer())
        self.assertNotEqual(lock.reader(), Thr.RWLock().reader())
        self.assertEqual(len({lock.reader(), lock.reader(), lock.writer()}), 2)

    def test_raw(self):
        lock = Thr.RWLock.new()
        self.assertIs(type(lock), Thr.raw.RWLock)
        with lock.get_writer():
            self.assertTrue(lock.is_write_held())
        self.assertFalse(lock.is_write_held())


if __name__ == '__main__':
    unittest.main()
