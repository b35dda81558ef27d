# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Recursive locks, conditions, events and barriers with Python's shape."""

import os
import threading
import unittest

import support
from gi.repository import GLib, GObject, Thr


def run_thread(function, *args):
    thread = Thr.Thread(target=function, args=args)
    thread.start()
    return thread


def until(condition):
    while not condition():
        os.sched_yield()


class RLockTest(unittest.TestCase):
    def test_arguments(self):
        lock = Thr.RLock()
        for held in (False, True):
            for args, error in (((False, 0), ValueError), ((False, 1), ValueError),
                                ((True, -2), ValueError), ((True, float('nan')), ValueError),
                                ((True, None), TypeError), ((True, '1'), TypeError),
                                ((True, 1e100), OverflowError)):
                with self.subTest(args=args, held=held), self.assertRaises(error):
                    lock.acquire(*args)
            self.assertEqual(lock.get_depth(), int(held))
            self.assertIs(lock.acquire(), True)
        lock._release_save()

    def test_owner(self):
        lock = Thr.RLock()
        errors = []

        def work():
            self.assertIs(lock.acquire(False), False)
            try:
                lock.release()
            except RuntimeError as error:
                errors.append(error)

        with lock as entered, lock:
            self.assertIs(entered, True)
            run_thread(work).join()
            self.assertEqual(lock.get_depth(), 2)
        self.assertEqual(len(errors), 1)
        self.assertNotIsInstance(errors[0], GLib.Error)
        with self.assertRaises(RuntimeError):
            lock.release()

    def test_condition_of_python(self):
        # Over a lock of ours, all of whose levels it has to free.
        lock = Thr.RLock()
        condition = threading.Condition(lock)
        got = []

        def work():
            with lock, condition:
                begun.set()
                got.append((condition.wait(50), lock.get_depth()))

        begun = Thr.Event()
        thread = run_thread(work)
        begun.wait()
        with condition:
            condition.notify()
        thread.join()
        self.assertEqual(got, [(True, 2)])

    def test_deadlock(self):
        first, second = Thr.RLock(), Thr.RLock()
        begun = Thr.Event()

        def work():
            with second:
                begun.set()
                with first:
                    pass

        with first:
            thread = run_thread(work)
            begun.wait()
            until(first.get_n_waiters)
            with self.assertRaises(RuntimeError):
                second.acquire()
        thread.join()


class ConditionTest(unittest.TestCase):
    def test_locks(self):
        self.assertIsInstance(Thr.Condition().get_lock(), Thr.RLock)
        self.assertIsInstance(Thr.Condition(), GObject.Object)
        for lock in (Thr.Lock(), Thr.RLock(), threading.Lock(), threading.RLock()):
            with self.subTest(lock=lock):
                condition = Thr.Condition(lock)
                with self.assertRaises(RuntimeError):
                    condition.wait(0)
                with self.assertRaises(RuntimeError):
                    condition.notify()
                self.check(condition)

    def check(self, condition):
        got = []

        def work():
            with condition:
                got.append(condition.wait())

        threads = [run_thread(work) for _ in range(3)]
        until(lambda: condition.get_n_waiters() == 3)
        with condition:
            self.assertIs(condition.wait(0), False)
            self.assertIs(condition.wait(-1), False)
            condition.notify(2)
        until(lambda: len(got) == 2)
        self.assertEqual(condition.get_n_waiters(), 1)
        with condition:
            condition.notify_all()
        for thread in threads:
            thread.join()
        self.assertEqual(got, [True] * 3)

    def test_levels(self):
        condition = Thr.Condition()
        with condition, condition, condition:
            self.assertIs(condition.wait(0.001), False)
            self.assertEqual(condition.get_lock().get_depth(), 3)

    def test_wait_for(self):
        condition = Thr.Condition()
        answers = iter([0, '', 'last'])
        with condition:
            self.assertEqual(condition.wait_for(lambda: [], 0), [])
            self.assertEqual(condition.wait_for(lambda: [], 0.001), [])
            with self.assertRaises(ZeroDivisionError):
                condition.wait_for(lambda: 1 / 0)
            self.assertTrue(condition._is_owned())
        got = []

        def work():
            with condition:
                got.append(condition.wait_for(lambda: next(answers)))

        thread = run_thread(work)
        for _ in range(2):
            until(condition.get_n_waiters)
            with condition:
                condition.notify()
                n = condition.get_n_waiters()
            self.assertEqual(n, 0)
        thread.join()
        self.assertEqual(got, ['last'])

    def test_shared_lock(self):
        lock = Thr.Lock()
        first, second = Thr.Condition(lock), Thr.Condition(lock)
        got = []

        def work():
            with first:
                got.append(first.wait())

        thread = run_thread(work)
        until(first.get_n_waiters)
        with second:
            second.notify_all()
            self.assertEqual(first.get_n_waiters(), 1)
            first.notify()
        thread.join()
        self.assertEqual(got, [True])


class EventTest(unittest.TestCase):
    def test_wait(self):
        event = Thr.Event()
        self.assertIs(event.wait(0), False)
        self.assertIs(event.wait(0.001), False)
        got = []
        thread = run_thread(lambda: got.append(event.wait()))
        until(event.get_n_waiters)
        event.set()
        event.clear()
        thread.join()
        self.assertEqual(got, [True])
        with self.assertRaises(OverflowError):
            event.wait(1e100)


class BarrierTest(unittest.TestCase):
    def test_action_fails(self):
        failures = []

        def action():
            raise KeyError('in the action')

        def work():
            try:
                barrier.wait()
            except Exception as error:
                failures.append(type(error))

        barrier = Thr.Barrier(3, action)
        threads = [run_thread(work) for _ in range(3)]
        for thread in threads:
            thread.join()
        self.assertCountEqual(failures, [KeyError] + 2 * [threading.BrokenBarrierError])
        self.assertIs(barrier.broken, True)
        barrier.reset()
        self.assertIs(barrier.broken, False)

    def test_default_limit(self):
        barrier = Thr.Barrier(2, timeout=0.001)
        with self.assertRaises(Thr.BrokenBarrierError):
            barrier.wait()
        self.assertEqual((barrier.parties, barrier.n_waiting), (2, 0))
        for parties in (0, -1):
            with self.assertRaises(ValueError):
                Thr.Barrier(parties)

    def test_too_many(self):
        with self.assertRaises(OverflowError):
            Thr.Barrier(2**40)

    def test_numbers(self):
        ran = []
        barrier = Thr.Barrier(4, lambda: ran.append(len(got)))
        got = []
        threads = [run_thread(lambda: got.append(barrier.wait())) for _ in range(4)]
        for thread in threads:
            thread.join()
        self.assertEqual((sorted(got), ran), ([0, 1, 2, 3], [0]))


class QueueTest(unittest.TestCase):
    def test_simple_impatient(self):
        # Those who give up take no item's wake-up along.
        queue, got = Thr.SimpleQueue(), []

        def take(limit):
            while True:
                try:
                    item = queue.get(timeout=limit)
                except Thr.Empty:
                    continue
                if item is None:
                    return
                got.append(item)

        takers = [Thr.Thread(target=take, args=(limit,))
                  for limit in (None, None, 0, 0.00001, 0.0001)]
        for thread in takers:
            thread.start()
        for i in range(2000):
            queue.put(i)
            if i % 50 == 0:
                while not queue.empty():
                    os.sched_yield()
        for _ in takers:
            queue.put(None)
        for thread in takers:
            thread.join()
        self.assertEqual(sorted(got), list(range(2000)))
        self.assertTrue(queue.empty())

    def test_bad_limit(self):
        queue = Thr.Queue(1)
        for value, error in ((-1, ValueError), (float('nan'), ValueError),
                             (1e100, OverflowError), ('x', TypeError)):
            with self.assertRaises(error):
                queue.get(timeout=value)
        queue.put(1)
        with self.assertRaises(ValueError):
            queue.put(2, timeout=float('nan'))
        self.assertEqual((queue.get(), queue.qsize(), queue.not_full.get_n_waiters()),
                         (1, 0, 0))


class TimerTest(unittest.TestCase):
    def test_cancel(self):
        called = []
        timer = Thr.Timer(1000, called.append, [1])
        self.assertIsInstance(timer, Thr.Thread)
        timer.start()
        timer.cancel()
        timer.join()
        timer.cancel()
        before = Thr.Timer(0, called.append, [2])
        before.cancel()
        before.start()
        before.join()
        self.assertEqual(called, [])

    def test_calls(self):
        called = []
        timer = Thr.Timer(0.002, lambda *args, **kwargs: called.append((args, kwargs)),
                          (1,), {'a': 2})
        timer.start()
        timer.join()
        self.assertEqual(called, [((1,), {'a': 2})])


if __name__ == '__main__':
    unittest.main()
