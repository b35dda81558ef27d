# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""ThrParallelLoop as introspection gives it."""

import threading
import unittest

import support

Thr = support.without_override()

from gi.repository import Gio, GLib, GObject  # noqa: E402


def settle(loop):
    assert loop.wait(-1, None)
    return loop


def values(row):
    result = []
    for index in range(row.props.n_values):
        value = GObject.Value()
        row.copy_value(index, value)
        result.append(value.get_value())
    return result


def answer(loop):
    value = GObject.Value()
    settle(loop).copy_value(value)
    return value.get_value()


class ParallelLoopTest(unittest.TestCase, support.Errors):
    def setUp(self):
        self.pool = Thr.Pool.new(2)

    def tearDown(self):
        self.pool.shutdown(False, True)
        support.drain()

    def test_every_index(self):
        visits = [0] * 500

        def body(loop, begin, end, visits):
            assert isinstance(loop, Thr.ParallelLoop)
            for index in range(begin, end):
                visits[index] += 1
            return True

        for grain in (0, 7, 1000):
            visits[:] = [0] * 500
            self.assertTrue(self.pool.for_each(0, 500, grain, None, body, visits))
            self.assertEqual(visits, [1] * 500)
        loop = self.pool.submit_for_each(0, 500, 0, None, body, visits)
        self.assertIsNone(answer(loop))
        self.assertEqual(visits, [2] * 500)
        self.assertEqual(loop.props.progress, 1.0)

    def test_huge(self):
        sums = []
        self.assertTrue(self.pool.for_each(-2**63, 2**63 - 1, 2**40, None,
                                           lambda _loop, begin, end: sums.append(end - begin) or True))
        self.assertEqual(sum(sums), 2**64 - 1)

    def test_map(self):
        def square(_loop, index):
            return True, index * index

        row = self.pool.map(-2, 100, 0, None, square)
        self.assertEqual(values(row), [index * index for index in range(-2, 100)])
        self.assertEqual(values(answer(self.pool.submit_map(0, 5, 0, None, square))),
                         [0, 1, 4, 9, 16])
        self.assertEqual(values(self.pool.map(5, 5, 0, None, square)), [])

    def test_all(self):
        calls = [Thr.Call.new('GLib', 'ascii_digit_value', [48 + i % 10]) for i in range(30)]
        self.assertEqual(values(answer(self.pool.submit_all(calls, None))),
                         [i % 10 for i in range(30)])

    def test_observed(self):
        told = []
        done = []
        loop = self.pool.submit_for_each(0, 2000, 1, None, lambda _loop, _begin, _end: True)
        loop.connect('notify::progress', lambda loop, _pspec: told.append(loop.props.progress))
        loop.connect('done', lambda _loop: done.append(threading.current_thread()))
        support.run_until(lambda: done)
        self.assertEqual(done, [threading.main_thread()])
        self.assertEqual(told, sorted(told))
        self.assertEqual(told[-1], 1.0)

    def test_first_error(self):
        def fail(_loop, _begin, _end):
            raise GLib.Error.new_literal(Gio.io_error_quark(), 'busy', Gio.IOErrorEnum.BUSY)

        self.assertIOError(Gio.IOErrorEnum.BUSY, self.pool.for_each, 0, 1, 0, None, fail)
        loop = settle(self.pool.submit_for_each(0, 1, 0, None, fail))
        self.assertTrue(loop.get_error().matches(Gio.io_error_quark(), Gio.IOErrorEnum.BUSY))

    def test_errors(self):
        self.assertThrError(Thr.Error.NO_RESULT, self.pool.for_each, 0, 1, 0, None,
                            lambda _loop, _begin, _end: False)
        self.assertThrError(Thr.Error.INVALID_ARGUMENT, self.pool.for_each, 0, 1, -1, None,
                            lambda _loop, _begin, _end: True)
        self.pool.shutdown(False, True)
        self.assertThrError(Thr.Error.SHUT_DOWN, self.pool.for_each, 0, 1, 0, None,
                            lambda _loop, _begin, _end: True)

    def test_cancelled(self):
        cancellable = Gio.Cancellable()

        def cancel(loop, _begin, _end):
            assert loop.get_cancellable() is cancellable
            cancellable.cancel()
            return True

        self.assertIOError(Gio.IOErrorEnum.CANCELLED, self.pool.for_each, 0, 100, 1, cancellable,
                           cancel)
        loop = settle(self.pool.submit_for_each(0, 100, 1, cancellable, cancel))
        self.assertEqual(loop.get_state(), Thr.FutureState.CANCELLED)
        self.assertTrue(loop.get_error().matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))

    def test_take_part(self):
        gate = Thr.Semaphore.new(0)
        busy = Thr.Pool.new(1)
        task = busy.submit(lambda _task: gate.acquire())
        loop = busy.submit_for_each(0, 9, 0, None,
                                    lambda _loop, _begin, _end: threading.current_thread()
                                    is threading.main_thread())
        self.assertTrue(loop.take_part())
        self.assertIsNone(loop.get_error())
        gate.release()
        settle(task)
        busy.shutdown(False, True)

    def test_nested(self):
        leaves = []

        def outer(_loop, begin, end):
            for _index in range(begin, end):
                self.pool.for_each(0, 5, 0, None, inner)
            return True

        def inner(_loop, begin, end):
            leaves.extend(range(begin, end))
            return True

        self.assertTrue(self.pool.for_each(0, 10, 0, None, outer))
        task = self.pool.submit(lambda _task: self.pool.for_each(0, 10, 0, None, outer))
        settle(task)
        self.assertIsNone(task.get_error())
        self.assertEqual(sorted(leaves), sorted(list(range(5)) * 20))


if __name__ == '__main__':
    unittest.main()
