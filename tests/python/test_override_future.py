# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Futures with Python's shape."""

import asyncio
import concurrent.futures
import enum
import gc
import logging
import sys
import threading
import traceback
import unittest
import weakref

import support
from gi.repository import Gio, GLib, GObject, Thr


class Thing:
    pass


class Colour(enum.IntEnum):
    RED = 1


class FutureTest(unittest.TestCase):
    def setUp(self):
        self.pool = Thr.Pool(2)
        self.addCleanup(self.end)

    def end(self):
        self.pool.shutdown(cancel_futures=True)
        del self.pool
        support.collect()

    def block(self):
        gate = threading.Event()
        self.addCleanup(gate.set)
        begun = threading.Semaphore(0)

        def work():
            begun.release()
            return gate.wait()

        futures = [self.pool.submit(work) for _ in range(2)]
        for _ in futures:
            begun.acquire()
        return gate, futures

    def test_kind(self):
        future = self.pool.submit(int)
        self.assertIsInstance(future, concurrent.futures.Future)
        self.assertIsInstance(future, Thr.Future)
        self.assertIsInstance(future.task, Thr.raw.Task)
        self.assertEqual(future.result(), 0)
        self.assertIn('finished', repr(future))

    def test_results(self):
        thing = Thing()
        for value in (None, True, 0, -1, 2**31, 2**63, -2**63, 2**200, 0.5, '', 'é', 'a\0b',
                      '\udc80', b'', b'\0', (), (1, 2), [1], {'a': 1}, {1}, thing, Thing, Colour.RED,
                      self.pool, GLib.Variant('i', 5), GLib.Bytes.new(b'a'), Gio.BusType.SESSION,
                      GLib.Error('plain'), ValueError('as a value')):
            with self.subTest(repr(value)):
                self.assertIs(self.pool.submit(lambda value=value: value).result(), value)

    def test_task_value(self):
        # What GObject's observers see of it.
        for value in (None, True, 5, 2**40, 2**80, 0.5, 'text', 'a\0b', (1, 2), {'a': 1}):
            with self.subTest(repr(value)):
                future = self.pool.submit(lambda value=value: value)
                future.result()
                self.assertEqual(future.task.dup_value(), value)

    def test_task_value_types(self):
        """One type for each type of Python's, however the value has come to be."""
        types = {bool: GObject.TYPE_BOOLEAN, int: GObject.TYPE_INT64,
                 float: GObject.TYPE_DOUBLE, str: GObject.TYPE_STRING}
        for thing in (True, 0, -2**63, 2**63 - 1, 0.5, '', '\u00e4', 2**63, 'a\0b', '\ud800',
                      [1], (), {}, {2}, enum.IntEnum('Number', 'ONE')(1)):
            expected = types.get(type(thing), GObject.TYPE_PYOBJECT)
            if thing in (2**63, 'a\0b', '\ud800'):
                expected = GObject.TYPE_PYOBJECT
            plain = Thr.Future()
            plain.set_result(thing)
            for future in (self.pool.submit(lambda thing=thing: thing), plain):
                with self.subTest(repr(thing)):
                    future.result()
                    value = GObject.Value()
                    future.task.copy_value(value)
                    self.assertEqual(value.g_type, expected)
                    found = future.task.dup_value()
                    self.assertEqual((type(found), found), (type(thing), thing))

    def test_exception(self):
        error = ValueError('bad')

        def fail():
            raise error

        future = self.pool.submit(fail)
        try:
            future.result()
        except ValueError as caught:
            self.assertIs(caught, error)
            frames = [frame.name for frame in traceback.extract_tb(caught.__traceback__)]
        self.assertEqual(frames[-1], 'fail')
        self.assertIs(future.exception(), error)
        self.assertTrue(future.task.get_error().matches(Thr.error_quark(), Thr.Error.FAILED))
        self.assertIn('ValueError: bad', future.task.get_error().message)
        self.assertFalse(future.cancelled())

    def test_glib_error(self):
        def fail():
            Gio.File.new_for_path('/nowhere').load_contents(None)

        future = self.pool.submit(fail)
        error = future.exception()
        self.assertTrue(error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.NOT_FOUND))
        self.assertTrue(future.task.get_error().matches(Gio.io_error_quark(),
                                                        Gio.IOErrorEnum.NOT_FOUND))

    def test_exits(self):
        # They end no worker.
        for kind in (SystemExit, KeyboardInterrupt, GeneratorExit):
            with self.subTest(kind), self.assertRaises(kind):
                self.pool.submit(self.raising(kind)).result()

    @staticmethod
    def raising(kind):
        def fail():
            raise kind
        return fail

    def test_timed_out(self):
        _gate, futures = self.block()
        for timeout in (0, -1, 0.002):
            with self.assertRaises(TimeoutError):
                futures[0].result(timeout)
            with self.assertRaises(TimeoutError):
                futures[0].exception(timeout)
        for error, timeout in ((ValueError, float('nan')), (OverflowError, 1e100)):
            with self.assertRaises(error):
                futures[0].result(timeout)

    def test_states(self):
        gate, futures = self.block()
        pending = self.pool.submit(int)
        self.assertTrue(futures[0].running())
        self.assertFalse(futures[0].done())
        self.assertFalse(pending.running())
        gate.set()
        pending.result()
        self.assertTrue(pending.done())
        self.assertFalse(pending.running())

    def test_cancel(self):
        gate, futures = self.block()
        told = []
        pending = self.pool.submit(int)
        pending.add_done_callback(told.append)
        self.assertFalse(futures[0].cancel())
        self.assertTrue(pending.cancel())
        self.assertTrue(pending.cancel())
        self.assertTrue(pending.cancelled() and pending.done())
        self.assertEqual(told, [pending])
        for call in (pending.result, pending.exception):
            with self.assertRaises(concurrent.futures.CancelledError):
                call()
        gate.set()
        self.assertTrue(futures[0].result())
        self.assertFalse(futures[0].cancel())

    def test_cancellable(self):
        # Running work is told of a cancel() by its task's cancellable.
        begun = threading.Event()

        def work():
            cancellable = Thr.Task.get_current().get_cancellable()
            begun.set()
            Thr.raw.Semaphore.new(0).acquire_timed(-1, cancellable)

        future = self.pool.submit(work)
        begun.wait()
        self.assertFalse(future.cancel())
        self.assertTrue(future.exception().matches(Gio.io_error_quark(),
                                                   Gio.IOErrorEnum.CANCELLED))
        self.assertFalse(future.cancelled())

    def test_callbacks(self):
        gate, futures = self.block()
        told = []
        for name in 'abc':
            futures[0].add_done_callback(lambda future, name=name: told.append(
                (name, future is futures[0], future.done(), future.result(),
                 threading.get_ident() == threading.main_thread().ident)))
        gate.set()
        # The callbacks may come a little after the result.
        futures[0].result()
        self.pool.shutdown()
        self.assertEqual(told, [(name, True, True, True, False) for name in 'abc'])
        futures[0].add_done_callback(lambda _future: told.append(threading.get_ident()))
        self.assertEqual(told[3:], [threading.get_ident()])

    def test_callback_raises(self):
        told = []
        gate, futures = self.block()

        def fail(_future):
            raise ValueError('in a callback')

        with self.assertLogs('concurrent.futures', logging.ERROR) as logged:
            futures[0].add_done_callback(fail)
            futures[0].add_done_callback(told.append)
            gate.set()
            self.pool.shutdown()
        self.assertIn('in a callback', logged.output[0])
        self.assertEqual(told, [futures[0]])

    def test_callback_uses_future(self):
        gate, futures = self.block()
        told = []

        def callback(future):
            future.add_done_callback(lambda future: told.append(future.result()))
            told.append('first')

        futures[0].add_done_callback(callback)
        gate.set()
        self.pool.shutdown()
        self.assertEqual(told, [True, 'first'])

    def test_cancelled_from_outside(self):
        # Whoever settles it: callbacks run and waiters wake.
        gate, _futures = self.block()
        told = []
        cancellable = Gio.Cancellable.new()
        future = self.pool.submit_task(int, cancellable=cancellable)
        future.add_done_callback(told.append)
        cancellable.cancel()
        self.assertTrue(future.cancelled())
        self.assertEqual(told, [future])
        other = self.pool.submit(int)
        other.add_done_callback(told.append)
        other.task.cancel()
        self.assertEqual(told, [future, other])
        gate.set()

    def test_wait(self):
        gate, futures = self.block()
        done = [self.pool.submit(int) for _ in range(3)]
        result = concurrent.futures.wait(futures + done, 0)
        self.assertEqual(result.not_done, set(futures + done))
        gate.set()
        result = concurrent.futures.wait(futures + done)
        self.assertEqual((len(result.done), len(result.not_done)), (5, 0))
        self.assertEqual(set(concurrent.futures.as_completed(futures + done)),
                         set(futures + done))

    def test_wait_first(self):
        gate, futures = self.block()
        failing = self.pool.submit(self.raising(ValueError))
        gate.set()
        result = concurrent.futures.wait([failing], return_when='FIRST_EXCEPTION')
        self.assertEqual(result.done, {failing})
        result = concurrent.futures.wait(futures, return_when='FIRST_COMPLETED')
        self.assertTrue(result.done)
        self.assertIsInstance(failing.exception(), ValueError)

    def test_wait_race(self):
        # Futures that end while the standard library installs its waiters.
        rounds = 300 if support.THOROUGH else 60
        for _ in range(rounds):
            futures = [self.pool.submit(int) for _ in range(10)]
            self.assertEqual(len(concurrent.futures.wait(futures, 30).done), 10)
            futures = [self.pool.submit(int) for _ in range(10)]
            self.assertEqual(len(list(concurrent.futures.as_completed(futures, 30))), 10)

    def test_plain(self):
        future = Thr.Future()
        told = []
        self.assertEqual((future.done(), future.running()), (False, False))
        future.add_done_callback(told.append)
        self.assertTrue(future.set_running_or_notify_cancel())
        self.assertTrue(future.running())
        self.assertFalse(future.cancel())
        thing = Thing()
        future.set_result(thing)
        self.assertIs(future.result(), thing)
        self.assertEqual(told, [future])
        for call in (lambda: future.set_result(1), lambda: future.set_exception(KeyError())):
            with self.assertRaises(concurrent.futures.InvalidStateError):
                call()
        self.assertIs(future.result(), thing)

    def test_plain_exception(self):
        future, error = Thr.Future(), KeyError('k')
        future.set_exception(error)
        with self.assertRaises(KeyError) as caught:
            future.result()
        self.assertIs(caught.exception, error)

    def test_plain_cancel(self):
        future = Thr.Future()
        self.assertTrue(future.cancel())
        self.assertTrue(future.cancelled())
        self.assertEqual(concurrent.futures.wait([future], 0).not_done, {future})
        self.assertFalse(future.set_running_or_notify_cancel())
        self.assertEqual(concurrent.futures.wait([future], 0).done, {future})
        with self.assertRaises(concurrent.futures.InvalidStateError):
            future.set_result(1)

    def test_pool_settles(self):
        future = self.pool.submit(int)
        with self.assertRaises(concurrent.futures.InvalidStateError):
            future.set_result(1)
        self.assertEqual(future.result(), 0)

    def test_asyncio(self):
        async def program():
            loop = asyncio.get_running_loop()
            one = await self.pool.submit(pow, 3, 4)
            two = await loop.run_in_executor(self.pool, pow, 2, 5)
            three = await asyncio.wrap_future(self.pool.submit(abs, -7))
            many = await asyncio.gather(*map(asyncio.wrap_future,
                                             [self.pool.submit(abs, -i) for i in range(20)]))
            raw = await self.pool.submit_callable(Thr.Call('GLib', 'ascii_digit_value', 55))
            with self.assertRaises(ZeroDivisionError):
                await self.pool.submit(divmod, 1, 0)
            return one, two, three, many, raw

        self.assertEqual(asyncio.run(program()), (81, 32, 7, list(range(20)), 7))

    def test_asyncio_cancel(self):
        gate, _futures = self.block()
        pending = self.pool.submit(int)

        async def program():
            waiting = asyncio.ensure_future(self.awaiting(pending))
            await asyncio.sleep(0)
            waiting.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await waiting

        asyncio.run(program())
        self.assertTrue(pending.cancelled())
        gate.set()

    @staticmethod
    async def awaiting(future):
        return await future

    def test_spawn(self):
        # On the GLib main loop, with no asyncio.
        async def program():
            first = await self.pool.submit(abs, -1)
            second = await self.pool.submit_callable(Thr.Call('GLib', 'ascii_digit_value', 55))
            with self.assertRaises(ZeroDivisionError):
                await self.pool.submit(divmod, 1, 0)
            return first + second, threading.get_ident()

        future = Thr.spawn(program())
        self.assertFalse(future.done())
        support.run_until(future.done)
        self.assertEqual(future.result(), (8, threading.get_ident()))

    def test_spawn_fails(self):
        async def program():
            await self.pool.submit(int)
            raise KeyError('from a coroutine')

        future = Thr.spawn(program())
        support.run_until(future.done)
        self.assertIsInstance(future.exception(), KeyError)

    def test_then(self):
        told = []
        self.pool.submit(abs, -5).task.then(told.append, self.fail)
        failing = self.pool.submit(self.raising(ValueError)).task
        failing.then(self.fail, told.append)
        self.assertEqual(told, [])
        support.run_until(lambda: len(told) == 2)
        told.sort(key=lambda answer: isinstance(answer, GLib.Error))
        self.assertEqual(told[0], 5)
        self.assertTrue(told[1].matches(Thr.error_quark(), Thr.Error.FAILED))

    def test_sets(self):
        futures = [self.pool.submit(abs, -i) for i in range(5)]
        self.assertEqual(Thr.Future.all(futures).result(), list(range(5)))
        self.assertIn(Thr.Future.any(futures).result(), range(5))
        error = KeyError('the same')
        failing = self.pool.submit(self.raising(error))
        with self.assertRaises(KeyError) as caught:
            Thr.Future.all([*futures, failing]).result()
        self.assertIs(caught.exception, error)
        self.assertIsInstance(failing.exception(), KeyError)

    def test_asked_at_once(self):
        """Of work in C's queue and of sets: all who ask get the same."""

        def fail():
            raise ValueError('of work')

        pool = Thr.Pool(2)
        self.addCleanup(pool.shutdown)
        interval = sys.getswitchinterval()
        self.addCleanup(sys.setswitchinterval, interval)
        sys.setswitchinterval(1e-5)
        answers = []

        def ask(future):
            try:
                answers.append(future.result())
            except BaseException as exception:
                answers.append(exception)

        for i in range(300):
            work = (int, fail)[i % 2]
            for future in (pool.submit_task(work, priority=1),
                           Thr.Future.all([pool.submit(work)])):
                threads = [threading.Thread(target=ask, args=(future,)) for _ in range(3)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
                first = answers.pop()
                self.assertIsInstance(first, (int, list, ValueError))
                self.assertTrue(all(answer is first or answer == [0] for answer in answers), answers)
                answers.clear()

    def test_callback_in_settling_thread(self):
        """Also when another one waits for the result of work in C's queue."""
        pool = Thr.Pool(1)
        self.addCleanup(pool.shutdown)
        idents = []
        for _ in range(100):
            gate = threading.Event()
            called = threading.Event()
            future = pool.submit_task(gate.wait, priority=1)

            def callback(_future, called=called):
                idents.append(threading.get_ident())
                called.set()

            future.add_done_callback(callback)
            gate.set()
            future.result()
            called.wait()
        self.assertEqual(set(idents), {pool.submit(threading.get_ident).result()})

    def test_nothing_kept(self):
        # Neither the worker nor the future holds what was given, once it has run.
        thing = Thing()
        alive = weakref.ref(thing)
        future = self.pool.submit(lambda thing: None, thing)
        future.result()
        del thing
        support.run_until(lambda: gc.collect() is not None and alive() is None)

        def fail():
            raise ValueError

        future = self.pool.submit(fail)
        with self.assertRaises(ValueError):
            future.result()
        gone = weakref.ref(future)
        self.pool.submit(int).result()
        support.drain()
        del future
        support.collect()
        self.assertIsNone(gone())

    def test_result_not_kept(self):
        future = self.pool.submit(Thing)
        alive = weakref.ref(future.result())
        self.assertIsNotNone(alive())
        del future
        self.pool.submit(int).result()
        support.run_until(lambda: support.collect() is None and alive() is None)

    def test_no_references_leaked(self):
        thing = Thing()
        before = sys.getrefcount(thing)
        for _ in range(100):
            future = self.pool.submit(lambda: thing)
            future.add_done_callback(lambda future: future.result())
            future.result()
            future.task.dup_value()
        del future
        self.pool.submit(int).result()
        support.run_until(lambda: support.collect() is None and sys.getrefcount(thing) == before)

    def test_dropped(self):
        for i in range(300):
            future = self.pool.submit(Thing)
            if i % 2:
                future.add_done_callback(lambda _future: None)
            if i % 3 == 0:
                future.task.connect('finished', lambda _task: None)
            if i % 5 == 0:
                future.cancel()
            del future
            if i % 50 == 0:
                support.collect()

    def test_values(self):
        values = Thr.Values.new([GObject.Value(GObject.TYPE_INT, 1),
                                 GObject.Value(GObject.TYPE_STRING, 'b')])
        self.assertEqual((list(values), len(values), values[1], values[-1], values[:1]),
                         ([1, 'b'], 2, 'b', 'b', [1]))
        with self.assertRaises(IndexError):
            values[2]


if __name__ == '__main__':
    unittest.main()
