# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""ThrPool as introspection gives it, without the override."""

import threading
import unittest
import weakref

import support

Thr = support.without_override()
from gi.repository import Gio, GLib, GObject  # noqa: E402

State = Thr.FutureState
STORM = 100000 if not support.SLOW_MACHINE else 5000


class Answer(GObject.Object, Thr.Callable):
    def __init__(self, answer=42):
        super().__init__()
        self.answer = answer

    def do_call(self, _cancellable):
        if isinstance(self.answer, GLib.Error):
            raise self.answer
        return self.answer is not False, self.answer


class PoolTest(support.Errors, unittest.TestCase):
    def make(self, max_threads=2):
        pool = Thr.Pool.new(max_threads)

        def end():
            pool.shutdown(True, True)
            support.collect()

        self.addCleanup(end)
        return pool

    def block(self, pool):
        """Keeps all threads of a pool busy; returns what lets them go."""
        gate = threading.Event()
        # Opened at the end in any case, so that a failing test does not hang.
        self.addCleanup(gate.set)
        begun = threading.Semaphore(0)

        def work(*_args):
            begun.release()
            return gate.wait()

        n = pool.get_max_threads()
        for _ in range(n):
            pool.push_full(work)
        for _ in range(n):
            begun.acquire()
        return gate

    def test_new(self):
        pool = self.make(3)
        self.assertEqual(pool.props.max_threads, 3)
        self.assertEqual(pool.props.n_threads, 0)
        self.assertFalse(pool.props.closed)
        self.assertFalse(pool.props.daemon)
        self.assertFalse(pool.props.observed)
        self.assertGreaterEqual(self.make(0).get_max_threads(), 5)
        self.assertLessEqual(self.make(0).get_max_threads(), 32)

    def test_submit(self):
        pool = self.make()
        tasks = [pool.submit(lambda task, n: task.return_int64(n * n), n) for n in (5, 2, 55, 4)]
        for task in tasks:
            self.assertTrue(task.wait(-1, None))
        self.assertEqual([task.dup_value() for task in tasks], [25, 4, 3025, 16])

    def test_default(self):
        pool = Thr.Pool.get_default()
        self.assertIs(pool, Thr.Pool.get_default())
        task = pool.submit(lambda task, *_data: task.return_int64(1))
        task.wait(-1, None)
        self.assertEqual(task.dup_value(), 1)

    def test_threads_made_on_demand(self):
        pool = self.make(4)
        for _ in range(20):
            pool.submit(lambda *_args: True).wait(-1, None)
        self.assertLessEqual(pool.get_n_threads(), 4)
        gate = self.block(pool)
        self.assertEqual(pool.get_n_threads(), 4)
        self.assertEqual(pool.get_n_running(), 4)
        pool.submit(lambda *_args: True)
        self.assertEqual(pool.get_n_queued(), 1)
        gate.set()

    def test_names(self):
        pool = self.make(1)
        pool.set_name('kitchen')
        task = pool.submit(lambda task, *_data: task.return_string(
            Thr.Thread.current().dup_name()))
        task.wait(-1, None)
        self.assertEqual(task.dup_value(), 'kitchen_0')

    def test_priorities(self):
        pool = self.make(1)
        gate = self.block(pool)
        order = []
        tasks = [pool.submit_full(priority, None, lambda task, *_data: order.append(
            task.get_priority()) is None) for priority in (0, 10, -5, 10, 0, -300)]
        gate.set()
        for task in tasks:
            task.wait(-1, None)
        self.assertEqual(order, [-300, -5, 0, 0, 10, 10])

    def test_order(self):
        pool = self.make(1)
        order = []
        tasks = [pool.submit(lambda _task, i: order.append(i) is None, i) for i in range(500)]
        for task in tasks:
            task.wait(-1, None)
        self.assertEqual(order, list(range(500)))

    def test_cancellable(self):
        pool = self.make(1)
        gate = self.block(pool)
        cancellable = Gio.Cancellable.new()
        task = pool.submit_full(0, cancellable, lambda *_args: True)
        self.assertIs(task.get_cancellable(), cancellable)
        cancellable.cancel()
        self.assertEqual(task.get_state(), State.CANCELLED)
        late = pool.submit_full(0, cancellable, lambda *_args: True)
        self.assertEqual(late.get_state(), State.CANCELLED)
        gate.set()

    def test_callable(self):
        pool = self.make()
        task = pool.submit_callable(Answer('yes'))
        task.wait(-1, None)
        self.assertEqual(task.dup_value(), 'yes')
        task = pool.submit_callable(Answer(GLib.Error.new_literal(Thr.error_quark(), 'no', 3)))
        task.wait(-1, None)
        self.assertThrError(3, task.dup_value)
        task = pool.submit_callable(Answer(False))
        task.wait(-1, None)
        self.assertThrError(Thr.Error.NO_RESULT, task.dup_value)

    def test_call(self):
        pool = self.make()
        call = Thr.Call.new('GLib', 'compute_checksum_for_string',
                            [int(GLib.ChecksumType.SHA256), 'abc', -1])
        tasks = [pool.submit_callable(call) for _ in range(20)]
        for task in tasks:
            task.wait(-1, None)
            self.assertTrue(task.dup_value().startswith('ba7816bf'))

    def test_push(self):
        pool = self.make()
        done = threading.Semaphore(0)
        for _ in range(100):
            self.assertTrue(pool.push_full(lambda task, sem: sem.release() is task, done))
        for _ in range(100):
            done.acquire()

    def test_initializer(self):
        pool = self.make(2)
        names = []
        pool.set_initializer(lambda thread, *_data: names.append(thread.dup_name()) is None)
        gate = self.block(pool)
        gate.set()
        self.assertEqual(len(names), 2)

    def test_finalizer(self):
        pool = self.make(2)
        ended = []
        pool.set_finalizer(lambda thread, *_data: ended.append(
            thread.dup_name() if thread == Thr.Thread.current() else None) is None)
        gate = self.block(pool)
        gate.set()
        self.assertEqual(pool.get_n_threads(), 2)
        self.assertThrError(Thr.Error.INVALID_STATE, pool.set_finalizer, lambda *_args: True)
        self.assertTrue(pool.shutdown(False, True))
        self.assertEqual(len(set(ended)), 2)
        self.assertNotIn(None, ended)

    def test_made_by_submit(self):
        pool = self.make(3)
        gate = threading.Event()
        for n in range(1, 8):
            pool.submit(lambda *_args: gate.wait())
            self.assertEqual(pool.get_n_threads(), min(n, 3))
        gate.set()

    def test_used_again(self):
        pool = self.make(8)
        for _ in range(200):
            pool.submit(lambda *_args: True).wait(-1, None)
        self.assertEqual(pool.get_n_threads(), 1)

    def test_cancel_leaves_new(self):
        pool = self.make(3)
        gate = threading.Event()
        tasks = [pool.submit(lambda *_args: gate.wait()) for _ in range(10)]
        pool.shutdown(True, False)
        gate.set()
        pool.shutdown(True, True)
        self.assertEqual([task.get_state() for task in tasks],
                         [State.RESOLVED] * 3 + [State.CANCELLED] * 7)

    def test_initializer_late(self):
        pool = self.make(1)
        pool.submit(lambda *_args: True).wait(-1, None)
        self.assertThrError(Thr.Error.INVALID_STATE, pool.set_initializer, lambda *_args: True)

    def test_initializer_fails(self):
        pool = self.make(1)
        gate = threading.Event()

        def initialize(*_args):
            gate.wait()
            raise GLib.Error.new_literal(Thr.error_quark(), 'no kitchen', 0)

        pool.set_initializer(initialize)
        tasks = [pool.submit(lambda *_args: True) for _ in range(5)]
        gate.set()
        for task in tasks:
            task.wait(-1, None)
            self.assertThrError(Thr.Error.BROKEN, task.dup_value)
        late = pool.submit(lambda *_args: True)
        late.wait(-1, None)
        self.assertThrError(Thr.Error.BROKEN, late.dup_value)

    def test_shutdown_waits(self):
        pool = Thr.Pool.new(2)
        tasks = [pool.submit(lambda task, n: task.return_int64(n), n) for n in range(100)]
        self.assertTrue(pool.shutdown(False, True))
        self.assertEqual([task.dup_value() for task in tasks], list(range(100)))
        self.assertTrue(pool.props.closed)
        self.assertEqual(pool.get_n_threads(), 0)

    def test_shutdown_returns(self):
        pool = Thr.Pool.new(1)
        gate = self.block(pool)
        task = pool.submit(lambda task, *_data: task.return_int64(1))
        self.assertTrue(pool.shutdown(False, False))
        self.assertFalse(task.is_done())
        gate.set()
        task.wait(-1, None)
        self.assertEqual(task.dup_value(), 1)
        self.assertTrue(pool.shutdown(False, True))

    def test_shutdown_cancels(self):
        pool = Thr.Pool.new(1)
        gate = self.block(pool)
        tasks = [pool.submit(lambda *_args: True) for _ in range(10)]
        pool.shutdown(True, False)
        self.assertEqual({task.get_state() for task in tasks}, {State.CANCELLED})
        gate.set()
        pool.shutdown(False, True)

    def test_shutdown_twice(self):
        pool = Thr.Pool.new(1)
        gate = self.block(pool)
        task = pool.submit(lambda *_args: True)
        pool.shutdown(False, False)
        pool.shutdown(True, False)
        self.assertEqual(task.get_state(), State.CANCELLED)
        threads = [threading.Thread(target=pool.shutdown, args=(False, True)) for _ in range(3)]
        for thread in threads:
            thread.start()
        gate.set()
        for thread in threads:
            thread.join()
        self.assertTrue(pool.shutdown(False, True))

    def test_shutdown_async(self):
        pool = Thr.Pool.new(2)
        gate = self.block(pool)
        ended = []
        pool.shutdown_async(False, None, lambda pool, result, *_data: ended.append(
            pool.shutdown_finish(result)))
        support.drain()
        self.assertEqual(ended, [])
        gate.set()
        support.run_until(lambda: ended)
        self.assertEqual(ended, [True])
        self.assertEqual(pool.get_n_threads(), 0)

    def test_shutdown_async_cancelled(self):
        pool = Thr.Pool.new(1)
        gate = self.block(pool)
        cancellable = Gio.Cancellable.new()
        errors = []

        def finished(pool, result, *_data):
            try:
                pool.shutdown_finish(result)
            except GLib.Error as error:
                errors.append(error)

        pool.shutdown_async(False, cancellable, finished)
        cancellable.cancel()
        support.run_until(lambda: errors)
        self.assertTrue(errors[0].matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))
        gate.set()
        pool.shutdown(False, True)

    def test_shutdown_from_task(self):
        pool = Thr.Pool.new(1)
        task = pool.submit(lambda *_args: pool.shutdown(False, True))
        task.wait(-1, None)
        self.assertThrError(Thr.Error.DEADLOCK, task.dup_value)
        pool.shutdown(False, True)

    def test_submit_after(self):
        pool = Thr.Pool.new(1)
        pool.shutdown(False, True)
        task = pool.submit(lambda *_args: True)
        self.assertTrue(task.is_done())
        self.assertThrError(Thr.Error.SHUT_DOWN, task.dup_value)
        self.assertThrError(Thr.Error.SHUT_DOWN, pool.push_full, lambda *_args: True)

    def nest(self, depth, done):
        pool = self.make(1)

        def descend(task, left, *_data):
            if left == 0:
                return task.return_int64(0)
            inner = pool.submit(descend, left - 1)
            inner.wait(-1, None)
            return task.return_int64(inner.dup_value() + 1)

        task = pool.submit(descend, depth)
        task.wait(-1, None)
        self.assertEqual(task.dup_value(), depth)
        done.append(True)

    def test_nested(self):
        # One worker, a thousand tasks each of which waits for the next.
        done = []
        self.nest(1000, done)
        self.assertEqual(done, [True])

    def test_many_children(self):
        pool = self.make(2)

        def child(task, n):
            return task.return_int64(n)

        def parent(task, *_data):
            children = [pool.submit(child, n) for n in range(20)]
            for one in children:
                one.wait(-1, None)
            return task.return_int64(sum(one.dup_value() for one in children))

        tasks = [pool.submit(parent) for _ in range(20)]
        for task in tasks:
            task.wait(-1, None)
            self.assertEqual(task.dup_value(), 190)

    def test_signals(self):
        here = threading.get_ident()
        told = []
        pool = Thr.Pool.new(2)

        def tell(name):
            return lambda *_args: told.append((name, threading.get_ident() == here))

        for name in ('started', 'task-started', 'task-finished', 'finished'):
            pool.connect(name, tell(name))
        tasks = [pool.submit(lambda *_args: True) for _ in range(300)]
        for task in tasks:
            task.wait(-1, None)
        # On the home's thread: what is pending comes before it returns, the end last.
        pool.shutdown(False, True)
        self.assertEqual(told[-1], ('finished', True))
        self.assertEqual(told.count(('task-started', True)), 300)
        self.assertEqual(told.count(('task-finished', True)), 300)
        self.assertEqual(told.count(('started', True)), 1)
        self.assertEqual(told.count(('finished', True)), 1)
        self.assertEqual(len(told), 602)

    def test_task_order(self):
        # For each task: started comes before finished.
        pool = Thr.Pool.new(2)
        running, wrong = set(), []
        pool.connect('task-started', lambda _pool, task: running.add(task))
        pool.connect('task-finished', lambda _pool, task: (
            running.remove(task) if task in running else wrong.append(task)))
        for _ in range(200):
            pool.submit(lambda *_args: True)
        pool.shutdown(False, True)
        support.drain()
        self.assertEqual((running, wrong), (set(), []))

    def test_tasks_model(self):
        pool = self.make(1)
        model = pool.get_tasks()
        self.assertTrue(pool.props.observed)
        self.assertIs(model, pool.props.tasks)
        gate = self.block(pool)
        tasks = [pool.submit(lambda *_args: True) for _ in range(3)]
        changes = []
        model.connect('items-changed', lambda _model, *change: changes.append(change))
        support.run_until(lambda: model.get_n_items() == 3)
        self.assertEqual([model.get_item(i) for i in range(3)], tasks)
        self.assertTrue(tasks[1].cancel())
        support.run_until(lambda: model.get_n_items() == 2)
        self.assertEqual([model.get_item(i) for i in range(2)], [tasks[0], tasks[2]])
        gate.set()
        support.run_until(lambda: model.get_n_items() == 0)
        self.assertEqual(sum(added - removed for _position, removed, added in changes), 0)

    def test_dropped(self):
        # The last reference goes with work in it: what was submitted is still done.
        for i in range(30):
            pool = Thr.Pool.new(2)
            tasks = [pool.submit(lambda task, n: task.return_int64(n), n) for n in range(20)]
            if i % 2:
                pool.connect('task-finished', lambda *_args: None)
                pool.get_tasks()
            gone = weakref.ref(pool)
            del pool
            if i % 3 == 0:
                support.collect()
            for n, task in enumerate(tasks):
                task.wait(-1, None)
                self.assertEqual(task.dup_value(), n)
            del tasks, task
            support.collect()
            self.assertIsNone(gone())

    def test_home_without_loop(self):
        context = GLib.MainContext.new()
        context.push_thread_default()
        pool = Thr.Pool.new(2)
        context.pop_thread_default()
        pool.connect('task-finished', lambda *_args: self.fail())
        tasks = [pool.submit(lambda task, n: task.return_int64(n), n) for n in range(200)]
        for n, task in enumerate(tasks):
            task.wait(-1, None)
            self.assertEqual(task.dup_value(), n)
        pool.shutdown(False, True)
        del context, pool, tasks, task
        support.collect()

    def test_storm(self):
        # Signals of the pool are connected all the while.
        pool = Thr.Pool.new(2)
        told = {'task-started': 0, 'task-finished': 0}

        def tell(_pool, _task, name):
            told[name] += 1

        for name in told:
            pool.connect(name, tell, name)
        count = STORM
        ran = []

        def work(*_args):
            ran.append(None)
            return True

        for i in range(count):
            pool.submit(work)
            if i % 1000 == 0:
                support.drain()
        pool.shutdown(False, True)
        support.drain()
        self.assertEqual(len(ran), count)
        self.assertEqual(told, {'task-started': count, 'task-finished': count})


if __name__ == '__main__':
    unittest.main()
