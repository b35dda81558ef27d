# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pools with Python's shape."""

import concurrent.futures
import gc
import logging
import os
import threading
import unittest
import weakref

import support
from gi.repository import Gio, GLib, GObject, Thr

STORM = 100000 if not support.SLOW_MACHINE else 5000


class Thing:
    pass


class Square(GObject.Object, Thr.Callable):
    """Returns what it is to return; without the override it would be `True, value`."""

    def __init__(self, number):
        super().__init__()
        self.number = number

    def do_call(self, cancellable):
        assert cancellable is not None
        return self.number ** 2


class RawSquare(GObject.Object, Thr.raw.Callable):
    def do_call(self, _cancellable):
        return True, 81


class PoolTest(unittest.TestCase):
    def make(self, *args, **kwargs):
        pool = Thr.Pool(*args, **kwargs)

        def end():
            pool.shutdown(cancel_futures=True)
            support.collect()

        self.addCleanup(end)
        return pool

    def block(self, pool):
        gate = threading.Event()
        self.addCleanup(gate.set)
        begun = threading.Semaphore(0)

        def work():
            begun.release()
            return gate.wait()

        futures = [pool.submit(work) for _ in range(pool.get_max_threads())]
        for _ in futures:
            begun.acquire()
        return gate

    def test_kind(self):
        pool = self.make(2)
        self.assertIsInstance(pool, concurrent.futures.Executor)
        self.assertIsInstance(pool, Thr.raw.Pool)
        self.assertEqual(pool.props.max_threads, 2)
        self.assertEqual(self.make(max_workers=3).get_max_threads(), 3)
        self.assertEqual(self.make(max_threads=4, daemon=True).get_max_threads(), 4)
        self.assertLessEqual(self.make().get_max_threads(), 32)

    def test_bad_arguments(self):
        for n in (0, -1, -2**70):
            with self.assertRaises(ValueError):
                Thr.Pool(n)
        with self.assertRaises(TypeError):
            Thr.Pool(1, initializer=5)
        with self.assertRaises(TypeError):
            self.make(1).submit()

    def test_raw_constructor(self):
        # The callbacks and the methods of C.
        with Thr.raw.Pool.new(2) as pool:
            self.assertIs(type(pool), Thr.raw.Pool)
            task = pool.submit(lambda task, n: task.return_int64(n + 1), 41)
            self.assertEqual(task.result(), 42)
        self.assertTrue(pool.is_closed())
        self.assertTrue(pool.shutdown(False, True))

    def test_constructors(self):
        # Those of C give the same shape.
        with Thr.Pool.new(2) as pool:
            self.assertIs(type(pool), Thr.Pool)
            self.assertEqual(pool.get_max_threads(), 2)
            self.assertEqual(pool.submit(lambda n: n + 1, 41).result(), 42)
        self.assertTrue(pool.is_closed())
        default = Thr.Pool.get_default()
        self.assertIs(default, Thr.Pool.get_default())
        self.assertIs(type(default), Thr.Pool)
        self.assertEqual(default.submit(abs, -1).result(), 1)

    def test_submit(self):
        def take(*args, **kwargs):
            return args, kwargs

        pool = self.make(2)
        self.assertEqual(pool.submit(take, 1, 2, a=3).result(), ((1, 2), {'a': 3}))
        self.assertEqual(pool.submit(take, self=1, fn=2).result(), ((), {'self': 1, 'fn': 2}))
        self.assertIsInstance(pool.submit(None).exception(), TypeError)

    def test_with(self):
        gate = threading.Event()
        with Thr.Pool(2) as pool:
            futures = [pool.submit(gate.wait)] + [pool.submit(pow, n, 2) for n in (5, 2, 55, 4)]
            gate.set()
        self.assertEqual([future.done() for future in futures], [True] * 5)
        self.assertEqual([future.result() for future in futures], [True, 25, 4, 3025, 16])
        self.assertEqual(pool.get_n_threads(), 0)

    def test_map(self):
        pool = self.make(3)
        self.assertEqual(list(pool.map(pow, range(10), [2] * 10)), [n * n for n in range(10)])
        self.assertEqual(list(pool.map(abs, [])), [])
        results = pool.map(divmod, [4, 1, 9], [2, 0, 3])
        self.assertEqual(next(results), (2, 0))
        with self.assertRaises(ZeroDivisionError):
            next(results)

    def test_map_timeout(self):
        pool = self.make(1)
        gate = threading.Event()
        with self.assertRaises(TimeoutError):
            list(pool.map(lambda _n: gate.wait(), range(3), timeout=0.002))
        gate.set()

    def test_priorities(self):
        pool = self.make(1)
        gate = self.block(pool)
        order = []
        futures = [pool.submit_task(order.append, (priority,), priority=priority)
                   for priority in (0, 7, -7, 0)]
        self.assertEqual([future.task.get_priority() for future in futures], [0, 7, -7, 0])
        gate.set()
        concurrent.futures.wait(futures)
        self.assertEqual(order, [-7, 0, 0, 7])

    def test_names(self):
        pool = self.make(1, 'kitchen')
        self.assertEqual(pool.submit(lambda: Thr.current_thread().name).result(), 'kitchen_0')

    def test_initializer(self):
        seen = []
        pool = self.make(2, initializer=lambda *args: seen.append(args), initargs=(1, 'a'))
        self.block(pool).set()
        self.assertEqual(seen, [(1, 'a')] * 2)

    def test_initializer_fails(self):
        gate = threading.Event()

        def initialize():
            gate.wait()
            raise ValueError('no kitchen')

        with self.assertLogs('concurrent.futures', logging.CRITICAL):
            pool = self.make(1, initializer=initialize)
            futures = [pool.submit(int) for _ in range(4)]
            told = []
            futures[-1].add_done_callback(told.append)
            gate.set()
            for future in futures:
                with self.assertRaises(concurrent.futures.BrokenExecutor):
                    future.result()
            with self.assertRaises(concurrent.futures.BrokenExecutor):
                pool.submit(int)
            pool.shutdown()
        self.assertEqual(told, futures[-1:])

    def test_shutdown(self):
        pool = Thr.Pool(2)
        futures = [pool.submit(int) for _ in range(50)]
        self.assertIsNone(pool.shutdown())
        self.assertTrue(all(future.done() for future in futures))
        self.assertIsNone(pool.shutdown())
        with self.assertRaises(RuntimeError) as caught:
            pool.submit(int)
        self.assertNotIsInstance(caught.exception, GLib.Error)
        with self.assertRaises(TypeError):
            pool.shutdown(True, True)

    def test_shutdown_returns(self):
        pool = Thr.Pool(1)
        gate = self.block(pool)
        future = pool.submit(int)
        pool.shutdown(wait=False)
        self.assertFalse(future.done())
        gate.set()
        self.assertEqual(future.result(), 0)

    def test_shutdown_cancels(self):
        pool = Thr.Pool(1)
        gate = self.block(pool)
        futures = [pool.submit(int) for _ in range(5)]
        told = []
        futures[0].add_done_callback(told.append)
        pool.shutdown(wait=False, cancel_futures=True)
        self.assertTrue(all(future.cancelled() for future in futures))
        self.assertEqual(told, futures[:1])
        gate.set()
        pool.shutdown()

    def test_cancelled_as_it_begins(self):
        """With a task: C cancels it while the thread that has the future begins."""
        code = """if True:
            import sys
            import gi
            gi.require_version('Thr', '1')
            from gi.repository import Thr

            sys.setswitchinterval(1e-5)
            pool = Thr.Pool(2)
            pool.set_observed(True)
            for i in range(6000):
                ran = []
                future = pool.submit(ran.append, i)
                for _ in range(i % 7):
                    pass
                if future.cancel():
                    assert future.cancelled()
                    pool.submit(int).result()
                    assert not ran
                else:
                    future.result()
                    assert ran == [i]
            """
        done = support.run_child(code, THR_DEBUG='chaos,seed=5')
        self.assertEqual(done[:2], (0, ''), done[2])

    def test_shutdown_cancels_pushed(self):
        for cancels in (False, True):
            pool = Thr.Pool(1)
            gate = self.block(pool)
            ran = []

            def work(task, number, ran=ran):
                ran.append((task, number))
                return True

            for number in range(3):
                self.assertTrue(pool.push_full(work, number))
            pool.shutdown(wait=False, cancel_futures=cancels)
            gate.set()
            pool.shutdown()
            self.assertEqual(ran, [] if cancels else [(None, 0), (None, 1), (None, 2)])

    def test_shutdown_from_task(self):
        pool = self.make(1)
        self.assertIsInstance(pool.submit(pool.shutdown).exception(), RuntimeError)

    def test_callable(self):
        pool = self.make(2)
        for number in (3, 2**20, 2**40, 2**100):
            self.assertEqual(pool.submit_callable(Square(number)).result(), number ** 2)
        self.assertEqual(pool.submit_callable(RawSquare()).result(), 81)
        failing = pool.submit_callable(Square(None))
        with self.assertRaises(GLib.Error) as caught:
            failing.result()
        self.assertTrue(caught.exception.matches(Thr.error_quark(), Thr.Error.FAILED))
        self.assertIn('TypeError', caught.exception.message)

    def test_callable_keeps_nothing(self):
        class Give(GObject.Object, Thr.Callable):
            def do_call(self, _cancellable):
                return Thing()

        pool = self.make(1)
        alive = weakref.ref(pool.submit_callable(Give()).result())
        support.run_until(lambda: support.collect() is None and alive() is None)

    def test_call(self):
        pool = self.make(2)
        call = Thr.Call('GLib', 'compute_checksum_for_string', GLib.ChecksumType.SHA256, 'abc', -1)
        self.assertIsInstance(call, Thr.Call)
        self.assertTrue(pool.submit_callable(call).result().startswith('ba7816bf'))
        for args in (('GLib', 'nothing'), ('Nothing', 'f'), ('GLib', 'getenv'),
                     ('GLib', 'getenv', 5)):
            with self.subTest(args), self.assertRaises(ValueError):
                Thr.Call(*args)

    def test_nested(self):
        pool = self.make(1)

        def descend(depth):
            return 0 if depth == 0 else 1 + pool.submit(descend, depth - 1).result()

        self.assertEqual(pool.submit(descend, 1000).result(), 1000)

    def test_nested_with_others(self):
        # Unrelated work behind does not keep those who wait from what they wait for.
        def descend(depth, wait):
            if depth == 0:
                return 0
            future = pool.submit(descend, depth - 1, wait)
            wait(future)
            return 1 + future.result()

        for wait in (lambda future: None,
                     lambda future: future.result(40),
                     lambda future: future.task.wait(-1, None),
                     lambda future: Thr.wait([future])):
            pool = self.make(1)
            deep = pool.submit(descend, 50, wait)
            others = [pool.submit(abs, -n) for n in range(100)]
            self.assertEqual(deep.result(), 50)
            self.assertEqual([other.result() for other in others], list(range(100)))

    def test_slow_ones(self):
        # One that takes its time holds nobody back.
        pool = self.make(3)
        gate = threading.Event()
        self.addCleanup(gate.set)
        slow = [pool.submit(gate.wait) for _ in range(2)]
        self.assertEqual([pool.submit(abs, -n).result() for n in range(50)], list(range(50)))
        futures = [pool.submit(abs, -n) for n in range(500)]
        self.assertEqual([future.result() for future in futures], list(range(500)))
        self.assertFalse(any(future.done() for future in slow))
        gate.set()

    def test_waits_for_itself(self):
        pool = self.make(2)
        gate = threading.Event()
        own = []
        own.append(pool.submit(lambda: gate.wait() and own[0].result()))
        gate.set()
        self.assertIsInstance(own[0].exception(), RuntimeError)

    def test_task_on_demand(self):
        pool = self.make(1)
        gate = self.block(pool)
        pending, cancelled = pool.submit(abs, -3), pool.submit(abs, -4)
        cancelled.cancel()
        self.assertIs(pending.task, pending.task)
        self.assertEqual((pending.task.get_state(), cancelled.task.get_state()),
                         (Thr.FutureState.PENDING, Thr.FutureState.CANCELLED))
        gate.set()
        self.assertEqual(pending.result(), 3)
        self.assertEqual((pending.task.is_done(), pending.task.dup_value()), (True, 3))
        late = pool.submit(abs, -5)
        late.result()
        self.assertIsInstance(late.task, Thr.raw.Task)
        self.assertEqual(late.task.dup_value(), 5)

    def test_current_task(self):
        pool = self.make(1)
        self.assertIsNone(Thr.Task.get_current())

        def work():
            task = Thr.Task.get_current()
            self.assertIs(task, Thr.Task.get_current())
            return task, task.get_state(), task.props.thread

        future = pool.submit(work)
        task, state, thread = future.result()
        self.assertIs(task, future.task)
        self.assertEqual(state, Thr.FutureState.RUNNING)
        self.assertIn(thread, pool._threads)
        self.assertTrue(task.is_done())
        # It is not that of the next one.
        self.assertIsNot(pool.submit(Thr.Task.get_current).result(), task)

    def test_task_of_running(self):
        pool = self.make(1)
        gate = threading.Event()
        begun = threading.Event()

        def work():
            begun.set()
            gate.wait()
            return Thr.Task.get_current().get_cancellable().is_cancelled()

        future = pool.submit(work)
        begun.wait()
        self.assertEqual(future.task.get_state(), Thr.FutureState.RUNNING)
        self.assertFalse(future.cancel())
        gate.set()
        self.assertTrue(future.result())
        self.assertTrue(future.task.dup_value())

    def test_order_of_kinds(self):
        # With a task or without, first come first served; the urgent before.
        pool = self.make(1)
        gate = self.block(pool)
        order = []
        cancellable = Gio.Cancellable.new()
        futures = [pool.submit(order.append, 1), pool.submit_task(order.append, (2,)),
                   pool.submit(order.append, 3),
                   pool.submit_task(order.append, (4,), cancellable=cancellable)]
        futures[2].task
        futures.append(pool.submit(order.append, 5))
        futures.append(pool.submit_task(order.append, (0,), priority=-5))
        self.assertEqual((pool.get_n_queued(), pool.props.n_queued), (6, 6))
        gate.set()
        concurrent.futures.wait(futures)
        self.assertEqual(order, list(range(6)))

    def test_observed_later(self):
        # Whoever connects before submit() hears of it, also if others were not heard of.
        pool = self.make(2)
        self.assertEqual(pool.submit(int).result(), 0)
        for connect in (pool.connect, lambda *args: GObject.Object.connect(pool, *args)):
            told = []
            handler = connect('task-finished', lambda _pool, task: told.append(task))
            future = pool.submit(int)
            support.run_until(lambda: told)
            self.assertEqual(told, [future.task])
            pool.disconnect(handler)
            pool.set_observed(False)

    def test_tasks_model(self):
        pool = self.make(1)
        pool.submit(int).result()
        tasks = pool.props.tasks
        gate = self.block(pool)
        future = pool.submit(int)
        support.run_until(lambda: tasks.get_n_items() == 2)
        self.assertIs(tasks[1], future.task)
        gate.set()
        support.run_until(lambda: tasks.get_n_items() == 0)

    def test_map_chunks(self):
        pool = self.make(2)
        for size in (1, 3, 7, 100):
            self.assertEqual(list(pool.map(pow, range(20), [2] * 20, chunksize=size)),
                             [n * n for n in range(20)])
        results = pool.map(divmod, [4, 1, 9], [2, 0, 3], chunksize=3)
        self.assertEqual(next(results), (2, 0))
        with self.assertRaises(ZeroDivisionError):
            next(results)
        with self.assertRaises(ValueError):
            pool.map(abs, [1], chunksize=0)
        threads = list(pool.map(lambda _n: threading.get_ident(), range(40), chunksize=20))
        self.assertEqual(len(set(threads[:20])), 1)

    def test_submit_call(self):
        pool = self.make(1)
        call = Thr.Call('GLib', 'ascii_digit_value', 55)
        self.assertEqual(pool.submit(call).result(), 7)
        self.assertEqual(pool.submit(Square(3)).result(), 9)
        with self.assertRaises(TypeError):
            pool.submit(call, 5)

    def test_state_kept(self):
        # Between two callbacks Python keeps what it knows of a thread.
        pool = self.make(1)
        local = threading.local()
        local.__dict__.clear()

        def count():
            local.n = getattr(local, 'n', 0) + 1
            return local.n

        self.assertEqual([pool.submit(count).result() for _ in range(3)], [1, 2, 3])

    def test_fork(self):
        # In the child the parent's work is lost, and the pool works.
        pool = self.make(2)
        gate = self.block(pool)
        pending = pool.submit(int)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                lost = type(pending.exception()).__name__
                os.write(writing, f'{lost} {pool.submit(abs, -5).result()}'.encode())
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        os.close(writing)
        with os.fdopen(reading) as told:
            self.assertEqual(told.read(), 'BrokenThreadPool 5')
        gate.set()
        self.assertEqual(pending.result(), 0)

    def test_exit_with_work(self):
        status, out, _err = support.run_child(
            'import support, time\n'
            'from gi.repository import Thr\n'
            'pool = Thr.Pool(2)\n'
            'done = []\n'
            'def work(n):\n'
            '    done.append(n)\n'
            '    if len(done) == 200: print("all", flush=True)\n'
            '    elif n == 50: pool.submit(work, 200)\n'
            'for n in range(199): pool.submit(work, n)\n', PYTHONPATH=support.python_path())
        self.assertEqual((status, out), (0, 'all\n'))

    def test_exit_with_daemons(self):
        """Their finalizers do not run in an interpreter that has gone, and say nothing."""
        code = """if True:
            import atexit, threading
            import gi
            gi.require_version('Thr', '1')
            from gi.repository import Thr

            def submit():
                # A thread has been called for that will never come.
                try:
                    pool.submit(print, 'submitted')
                except RuntimeError:
                    print('refused')

            pool = Thr.Pool(1, daemon=True)
            pool.submit(threading.Event().wait)
            pool.submit(int)
            atexit.register(submit)
            others = [Thr.raw.Pool(max_threads=2, daemon=True) for _ in range(4)]
            for other in others:
                other.set_finalizer(lambda *_: True)
                for task in [other.submit_full(0, None, lambda *_: True) for _ in range(4)]:
                    task.wait(-1, None)
            """
        for _ in range(5):
            self.assertEqual(support.run_child(code), (0, 'refused\n', ''))

    def test_signals(self):
        told = []
        pool = Thr.Pool(2)
        for name in ('started', 'task-started', 'task-finished', 'finished'):
            pool.connect(name, lambda *_args, name=name: told.append(
                (name, threading.get_ident() == threading.main_thread().ident)))
        futures = [pool.submit(int) for _ in range(10)]
        pool.shutdown()
        support.drain()
        self.assertEqual(sorted(set(told)), [('finished', True), ('started', True),
                                             ('task-finished', True), ('task-started', True)])
        self.assertEqual((len(told), told[-1]), (22, ('finished', True)))
        self.assertTrue(all(future.done() for future in futures))

    def test_callback_exits(self):
        pool = self.make(1)
        for kind, submit in ((SystemExit, pool.submit), (KeyboardInterrupt, pool.submit),
                             (SystemExit, lambda f: pool.submit_task(f, priority=1))):
            gate = threading.Event()
            called = threading.Event()

            def callback(_future, called=called, kind=kind):
                called.set()
                raise kind('of a callback')

            future = submit(gate.wait)
            future.add_done_callback(callback)
            later = pool.submit(threading.get_ident)
            with self.assertLogs('concurrent.futures', logging.CRITICAL):
                gate.set()
                self.assertTrue(future.result())
                called.wait()
                # The worker lives on, for what was queued and for what comes.
                ident = later.result()
            self.assertEqual(pool.submit(threading.get_ident).result(), ident)

    def test_shrunk_while_busy(self):
        pool = self.make(1)
        for _ in range(3):
            pool.props.max_threads = 4
            gate = self.block(pool)
            pool.props.max_threads = 1
            gate.set()
        # As many as may be asked at the same time: all but one have been taken away.
        n_begun = []
        gate = threading.Event()
        begun = threading.Event()

        def work():
            n_begun.append(None)
            begun.set()
            gate.wait()

        futures = [pool.submit(work) for _ in range(8)]
        begun.wait()
        self.assertEqual(len(n_begun), 1)
        gate.set()
        for future in futures:
            future.result()
        pool.shutdown()
        self.assertEqual((len(pool._source.slots), pool._source.excess), (1, []))

    def test_linger(self):
        """Not for long, not again soon when it was in vain, and not with work in hand."""
        source = self.make(1)._source
        source.linger()
        n_vain = source.n_vain
        self.assertGreater(n_vain, 0)
        for i in range(n_vain):
            source.linger()
            self.assertEqual(source.n_vain, n_vain - i - 1)
        source.queue.append(None)
        source.linger()
        self.assertEqual(source.n_vain, 0)
        source.queue.clear()

    def test_one_after_the_other(self):
        pool = self.make(4)
        for i in range(20000 if not support.SLOW_MACHINE else 500):
            self.assertEqual(pool.submit(int, i).result(), i)
        self.assertEqual((pool.get_n_queued(), len(pool._source.pending)), (0, 0))

    def test_exception_hides_traceback(self):
        class Hiding(Exception):
            @property
            def __traceback__(self):
                return None

        def fail():
            raise Hiding()

        pool = self.make(1)
        self.assertIsInstance(pool.submit(fail).exception(), Hiding)
        self.assertEqual(pool.submit(int).result(), 0)

    def test_progress(self):
        pool = self.make(1)
        gate = self.block(pool)
        seen = []

        def work():
            for i in range(101):
                Thr.Task.get_current().set_progress(i / 100)

        future = pool.submit(work)
        future.task.connect('notify::progress', lambda task, _pspec: seen.append(
            task.get_progress()))
        gate.set()
        support.run_until(lambda: seen and seen[-1] == 1)
        self.assertEqual(seen, sorted(seen))

    def test_dropped(self):
        for _ in range(30):
            pool = Thr.Pool(2)
            futures = [pool.submit(abs, -n) for n in range(20)]
            gone = weakref.ref(pool)
            del pool
            gc.collect()
            self.assertEqual([future.result() for future in futures], list(range(20)))
            del futures
            support.collect()
            self.assertIsNone(gone())

    def test_storm(self):
        count = STORM
        ended = []
        with Thr.Pool(2) as pool:
            pool.connect('task-finished', lambda _pool, task: ended.append(None))
            futures = [pool.submit(int, n) for n in range(count)]
            self.assertEqual(sum(future.result() for future in futures), count * (count - 1) // 2)
            del futures
        support.drain()
        self.assertEqual(len(ended), count)


if __name__ == '__main__':
    unittest.main()
