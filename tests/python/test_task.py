# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""ThrTask as introspection gives it, without the override."""

import gc
import threading
import unittest
import weakref

import support

Thr = support.without_override()
from gi.repository import Gio, GLib, GObject  # noqa: E402

State = Thr.FutureState


class TaskTest(support.Errors, unittest.TestCase):
    def setUp(self):
        self.pool = Thr.Pool.new(2)
        self.addCleanup(self.end)

    def end(self):
        self.pool.shutdown(False, True)
        del self.pool
        support.collect()

    def make_gate(self):
        """Opened at the end in any case, so that a failing test does not hang."""
        gate = threading.Event()
        self.addCleanup(gate.set)
        return gate

    def run_task(self, func, *data):
        task = self.pool.submit(func, *data)
        task.wait(-1, None)
        return task

    def test_answers(self):
        thing = object()
        answers = [
            (lambda task: task.return_int64(2**62), 2**62),
            (lambda task: task.return_double(0.5), 0.5),
            (lambda task: task.return_boolean(True), True),
            (lambda task: task.return_string('text'), 'text'),
            (lambda task: task.return_string(None), None),
            (lambda task: task.return_object(self.pool), self.pool),
            (lambda task: task.return_variant(GLib.Variant('(is)', (1, 'a'))),
             GLib.Variant('(is)', (1, 'a'))),
            (lambda task: task.return_value(GObject.Value(GObject.TYPE_UINT64, 2**64 - 1)),
             2**64 - 1),
            (lambda task: task.return_value(GObject.Value(GObject.TYPE_PYOBJECT, thing)), thing),
            (lambda task: task.return_value(None), None),
        ]
        for answer, expected in answers:
            with self.subTest(expected):
                task = self.run_task(lambda task, *_data, answer=answer: answer(task))
                self.assertEqual(task.dup_value(), expected)
        task = self.run_task(lambda task, *_data: task.return_bytes(GLib.Bytes.new(b'\0a')))
        self.assertEqual(task.dup_value().get_data(), b'\0a')

    def test_data(self):
        task = self.run_task(lambda task, a, b: task.return_int64(a + b), 3, 4)
        self.assertEqual(task.dup_value(), 7)

    def test_empty(self):
        task = self.run_task(lambda *_args: True)
        self.assertEqual(task.get_state(), State.RESOLVED)
        self.assertIsNone(task.dup_value())

    def test_failure(self):
        def fail(*_args):
            raise GLib.Error.new_literal(Gio.io_error_quark(), 'no such thing',
                                         int(Gio.IOErrorEnum.NOT_FOUND))

        task = self.run_task(fail)
        self.assertEqual(task.get_state(), State.REJECTED)
        self.assertEqual(task.get_error().message, 'no such thing')
        self.assertIOError(Gio.IOErrorEnum.NOT_FOUND, task.dup_value)

    def test_no_result(self):
        task = self.run_task(lambda *_args: False)
        self.assertThrError(Thr.Error.NO_RESULT, task.dup_value)

    def test_last_answer(self):
        def answer(task, *_data):
            task.return_string('first')
            return task.return_int64(2)

        self.assertEqual(self.run_task(answer).dup_value(), 2)

    def test_error_wins(self):
        def answer(task, *_data):
            task.return_string('first')
            raise GLib.Error.new_literal(Thr.error_quark(), 'but', int(Thr.Error.FAILED))

        self.assertEqual(self.run_task(answer).get_error().message, 'but')

    def test_value_without_type(self):
        task = self.run_task(lambda task, *_data: task.return_value(GObject.Value()))
        self.assertThrError(Thr.Error.INVALID_ARGUMENT, task.dup_value)

    def test_settled_by_pool(self):
        gate = self.make_gate()
        task = self.pool.submit(lambda *_args: gate.wait())
        self.assertThrError(Thr.Error.INVALID_STATE, task.set_value, 1)
        gate.set()
        task.wait(-1, None)

    def test_current(self):
        self.assertIsNone(Thr.Task.get_current())
        task = self.run_task(
            lambda task, *_data: task.return_boolean(Thr.Task.get_current() is task))
        self.assertTrue(task.dup_value())

    def test_thread(self):
        seen = []
        task = self.run_task(lambda *_args: bool(seen.append(Thr.Thread.current())) or True)
        self.assertIs(task.dup_thread(), seen[0])
        self.assertIs(task.props.thread, seen[0])
        self.assertIsNot(seen[0], Thr.Thread.get_main())

    def test_signals(self):
        here = threading.get_ident()
        gate = self.make_gate()
        told = []
        task = self.pool.submit(lambda task, *_data: gate.wait() and task.return_int64(1))
        for name in ('started', 'done', 'finished'):
            task.connect(name, lambda _task, name=name: told.append(
                (name, threading.get_ident() == here)))
        support.run_until(lambda: told)
        self.assertEqual(told, [('started', True)])
        gate.set()
        support.run_until(lambda: len(told) == 3)
        self.assertEqual({name for name, _here in told[1:]}, {'done', 'finished'})
        support.drain()
        self.assertEqual(len(told), 3)
        self.assertTrue(all(at_home for _name, at_home in told))

    def test_progress(self):
        here = threading.get_ident()
        seen = []
        begun, gate = threading.Event(), self.make_gate()

        def work(task, *_data):
            begun.set()
            gate.wait()
            for i in range(1001):
                task.set_progress(i / 1000)
                task.set_message(f'row {i}')
            return True

        task = self.pool.submit(work)
        self.assertEqual(task.props.progress, -1)
        self.assertIsNone(task.props.message)
        for name in ('progress', 'message'):
            task.connect(f'notify::{name}', lambda task, pspec: seen.append(
                (pspec.name, getattr(task.props, pspec.name), threading.get_ident() == here)))
        begun.wait()
        gate.set()
        # Without the loop: what was said meanwhile comes as one.
        task.wait(-1, None)
        support.drain()
        names = [name for name, _value, _here in seen]
        self.assertLess(names.count('progress'), 10)
        self.assertLess(names.count('message'), 10)
        self.assertIn(('progress', 1.0, True), seen)
        self.assertIn(('message', 'row 1000', True), seen)
        self.assertTrue(all(at_home for _name, _value, at_home in seen))

    def test_bad_progress(self):
        task = self.run_task(lambda task, *_data: task.set_progress(7) or True)
        self.assertEqual(task.get_progress(), -1)

    def test_cancel_pending(self):
        gate = self.make_gate()
        blockers = [self.pool.submit(lambda *_args: gate.wait()) for _ in range(2)]
        ran = []
        task = self.pool.submit(lambda *_args: ran.append(1) or True)
        self.assertTrue(task.cancel())
        self.assertEqual(task.get_state(), State.CANCELLED)
        self.assertIOError(Gio.IOErrorEnum.CANCELLED, task.dup_value)
        gate.set()
        for blocker in blockers:
            blocker.wait(-1, None)
        self.assertEqual(ran, [])

    def test_cancel_running(self):
        begun = threading.Event()

        def work(task, *_data):
            begun.set()
            # Waits with its own cancellable: that is how running work is stopped.
            return Thr.Semaphore.new(0).acquire_timed(-1, task.get_cancellable())

        task = self.pool.submit(work)
        begun.wait()
        self.assertEqual(task.get_state(), State.RUNNING)
        self.assertFalse(task.cancel())
        task.wait(-1, None)
        self.assertEqual(task.get_state(), State.REJECTED)
        self.assertIOError(Gio.IOErrorEnum.CANCELLED, task.dup_value)

    def test_awaited(self):
        answers = []

        def finished(task, result, *_data):
            task.wait_finish(result)
            answers.append((task.dup_value(), threading.get_ident()))

        self.pool.submit(lambda task, *_data: task.return_int64(3)).wait_async(None, finished)
        gc.collect()
        support.run_until(lambda: answers)
        self.assertEqual(answers, [(3, threading.get_ident())])

    def test_data_released(self):
        # The function and its data go at home, with the task still held.
        class Thing:
            pass

        thing = Thing()
        alive = weakref.ref(thing)
        task = self.run_task(lambda *_args: True, thing)
        del thing
        support.run_until(lambda: gc.collect() is not None and alive() is None)
        self.assertTrue(task.is_done())

    def test_dropped(self):
        count = []
        lock = threading.Lock()

        def work(*_args):
            with lock:
                count.append(1)
            return True

        for i in range(500):
            task = self.pool.submit(work)
            if i % 3 == 0:
                task.connect('finished', lambda _task: None)
            if i % 5 == 0:
                task.wait_async(None, None)
            del task
            if i % 50 == 0:
                support.collect()
        self.pool.shutdown(False, True)
        self.assertEqual(len(count), 500)


if __name__ == '__main__':
    unittest.main()
