# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A pool's source, and tasks that their makers run; without the override."""

import threading
import unittest

import support
from support import GLib

Thr = support.without_override()


class PoolSourceTest(unittest.TestCase, support.Errors):
    def tearDown(self):
        support.drain()

    def test_source(self):
        pool = Thr.Pool.new(2)
        called = []
        self.assertThrError(Thr.Error.INVALID_STATE, pool.call_source)
        pool.set_source(lambda task, *_data: called.append((task, threading.get_ident())) or True)
        self.assertThrError(Thr.Error.INVALID_STATE, pool.set_source, lambda *_args: True)
        for _ in range(50):
            pool.call_source()
        pool.shutdown(False, True)
        self.assertEqual([task for task, _ident in called], [None] * 50)
        self.assertNotIn(threading.get_ident(), [ident for _task, ident in called])
        self.assertThrError(Thr.Error.SHUT_DOWN, pool.call_source)

    def test_recall(self):
        self.assertFalse(Thr.Pool.recall_source())
        pool = Thr.Pool.new(1)
        left = list(range(20))

        def source(_task, *_data):
            return not left or left.pop() is None or Thr.Pool.recall_source()

        pool.set_source(source)
        pool.call_source()
        pool.shutdown(False, True)
        self.assertEqual(left, [])

    def test_detached(self):
        task = Thr.Task.new_detached(None, None)
        self.assertEqual(task.get_state(), Thr.FutureState.PENDING)
        self.assertTrue(task.begin(None))
        self.assertFalse(task.begin(None))
        self.assertIs(Thr.Task.get_current(), task)
        self.assertThrError(Thr.Error.DEADLOCK, task.wait, -1, None)
        self.assertTrue(task.end(5))
        self.assertFalse(task.end(6))
        self.assertIsNone(Thr.Task.get_current())
        self.assertEqual(task.dup_value(), 5)

        failing = Thr.Task.new_detached(None, None)
        self.assertTrue(failing.fail(GLib.Error.new_literal(Thr.error_quark(), 'bad', 0)))
        self.assertThrError(Thr.Error.FAILED, failing.dup_value)

    def test_detached_cancelled(self):
        task = Thr.Task.new_detached(None, None)
        self.assertTrue(task.cancel())
        self.assertFalse(task.begin(None))
        self.assertFalse(task.end(None))

    def test_detached_observed(self):
        pool = Thr.Pool.new(1)
        told = []
        pool.connect('task-started', lambda _pool, task: told.append(task))
        pool.connect('task-finished', lambda _pool, task: told.append(task))
        task = Thr.Task.new_detached(pool, None)
        task.begin(None)
        task.end(None)
        support.run_until(lambda: len(told) == 2)
        self.assertEqual(told, [task, task])
        pool.shutdown(False, True)


if __name__ == '__main__':
    unittest.main()
