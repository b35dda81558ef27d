# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Parallel loops over Python callables."""

import asyncio
import signal
import threading
import traceback
import unittest
import weakref

import support
from gi.repository import Gio, Thr


class Thing:
    pass


class ParallelTest(unittest.TestCase):
    def setUp(self):
        self.pool = Thr.Pool(2)

    def tearDown(self):
        self.pool.shutdown()
        support.collect()

    def test_for_each(self):
        for items in (range(100), list(range(100)), tuple(range(100)), iter(range(100)),
                      set(range(100))):
            for chunk in (None, 1, 7, 1000):
                if not isinstance(items, (range, list, tuple, set)):
                    items = iter(range(100))
                seen = []
                self.assertIsNone(self.pool.for_each(seen.append, items, chunk=chunk))
                self.assertEqual(sorted(seen), list(range(100)))
        self.pool.for_each(self.fail, [])

    def test_failures(self):
        """The first is the loop's; another goes to the hook as it was raised."""
        for kind in (KeyError, SystemExit):
            told = []
            meeting = threading.Barrier(3)
            before, Thr.excepthook = Thr.excepthook, told.append

            def fail(item, meeting=meeting, kind=kind):
                meeting.wait()
                raise kind(item)

            try:
                with self.assertRaises(kind) as caught:
                    self.pool.for_each(fail, range(3), chunk=1)
            finally:
                Thr.excepthook = before
            self.assertEqual(len(told), 2)
            self.assertEqual({args.exc_type for args in told}, {kind})
            self.assertEqual(sorted([*caught.exception.args, *(args.exc_value.args[0] for args in told)]),
                             [0, 1, 2])
            for args in told:
                names = [frame.name for frame in traceback.extract_tb(args.exc_traceback)]
                self.assertEqual(names[-1], 'fail')
            del args, caught, fail

    def test_map(self):
        self.assertEqual(self.pool.parallel_map(str, range(200)), [str(i) for i in range(200)])
        self.assertEqual(self.pool.parallel_map(str, []), [])
        things = [Thing() for _ in range(20)]
        self.assertEqual(self.pool.parallel_map(lambda thing: thing, things, chunk=3), things)
        self.assertEqual(self.pool.parallel_map(lambda x: None, 'abc'), [None] * 3)

    def test_huge_range(self):
        seen = []

        def stop(item):
            seen.append(item)
            raise StopAsyncIteration(item)

        with self.assertRaises(StopAsyncIteration):
            Thr.Pool(1).for_each(stop, range(2**40, 2**41))
        self.assertIn(2**40, seen)

    def test_first_error(self):
        def fail(item):
            if item == 30:
                raise KeyError(item)

        for loop in (self.pool.for_each, self.pool.parallel_map):
            with self.assertRaisesRegex(KeyError, '30'):
                loop(fail, range(1000))
            # With the traceback of the place where it was raised.
            try:
                loop(fail, range(1000))
            except KeyError as exception:
                self.assertIn('in fail', ''.join(traceback.format_exception(exception)))

    def test_arguments(self):
        self.assertRaises(TypeError, self.pool.for_each, None, [1])
        self.assertRaises(TypeError, self.pool.for_each, str, 5)
        self.assertRaises(ValueError, self.pool.for_each, str, [1], chunk=0)
        self.assertRaises(TypeError, self.pool.for_each, str, [1], chunk=1.5)
        self.pool.shutdown()
        self.assertRaises(RuntimeError, self.pool.for_each, str, [1])
        self.assertRaises(RuntimeError, self.pool.submit_map(str, [1]).result)

    def test_cancelled(self):
        cancellable = Gio.Cancellable()
        with self.assertRaises(Thr.CancelledError):
            self.pool.for_each(lambda _item: cancellable.cancel(), range(100), chunk=1,
                               cancellable=cancellable)
        future = self.pool.submit_map(str, range(5), cancellable=cancellable)
        self.assertTrue(future.cancelled())
        self.assertRaises(Thr.CancelledError, future.result)

    def test_submit(self):
        future = self.pool.submit_map(str, range(50))
        self.assertIsInstance(future, Thr.Future)
        self.assertIsInstance(future.task, Thr.ParallelLoop)
        self.assertEqual(future.result(), [str(i) for i in range(50)])
        self.assertEqual(future.task.props.progress, 1.0)
        self.assertIsNone(self.pool.submit_for_each(str, range(50)).result())
        failed = self.pool.submit_for_each(lambda item: 1 // item, range(3))
        self.assertIsInstance(failed.exception(), ZeroDivisionError)
        done = []
        future.add_done_callback(done.append)
        self.assertEqual(done, [future])

    def test_sets(self):
        futures = [self.pool.submit_map(str, range(n)) for n in range(5)]
        done, not_done = Thr.wait(futures)
        self.assertEqual((len(done), len(not_done)), (5, 0))
        self.assertEqual(sorted(len(future.result()) for future in Thr.as_completed(futures)),
                         [0, 1, 2, 3, 4])

    def test_await(self):
        async def program():
            return await self.pool.submit_map(str, range(3))

        self.assertEqual(asyncio.run(program()), ['0', '1', '2'])
        future = Thr.spawn(program())
        support.run_until(future.done)
        self.assertEqual(future.result(), ['0', '1', '2'])

    def test_progress(self):
        told = []
        future = self.pool.submit_for_each(str, range(1000), chunk=1)
        future.task.connect('notify::progress',
                            lambda loop, _pspec: told.append(loop.props.progress))
        support.run_until(lambda: told and told[-1] == 1.0)
        self.assertEqual(told, sorted(told))

    def test_caller_takes_part(self):
        gate = threading.Event()
        begun = threading.Barrier(3)
        busy = [self.pool.submit(lambda: (begun.wait(), gate.wait())) for _ in range(2)]
        begun.wait()
        self.assertEqual(set(self.pool.parallel_map(lambda _item: threading.get_ident(), range(50))),
                         {threading.get_ident()})
        answers = []
        thread = Thr.Thread(target=lambda: answers.extend(
            self.pool.parallel_map(lambda _item: threading.get_ident(), range(50))))
        thread.start()
        thread.join()
        self.assertEqual(set(answers), {thread.ident})
        gate.set()
        for future in busy:
            future.result()

    def test_nested(self):
        def outer(item):
            return sum(self.pool.parallel_map(lambda inner: item * inner, range(5)))

        expected = [item * 10 for item in range(20)]
        self.assertEqual(self.pool.parallel_map(outer, range(20)), expected)
        self.assertEqual(self.pool.submit(self.pool.parallel_map, outer, range(20)).result(),
                         expected)
        with Thr.Pool(1) as small:
            self.assertEqual(small.submit(lambda: small.parallel_map(
                lambda item: small.submit_map(str, range(item)).result(), range(4))).result(),
                [[], ['0'], ['0', '1'], ['0', '1', '2']])

    def test_keeps_nothing(self):
        thing = Thing()
        gone = weakref.ref(thing)
        future = self.pool.submit_for_each(lambda _item, thing=thing: None, [thing])
        del thing
        future.result()
        # Let go of at home, right after the end.
        support.run_until(lambda: gone() is None)

    def test_keyboard_interrupt(self):
        # The main thread waits for a thread whose item never ends by itself.
        status, out, err = support.run_child('''
import os, signal, threading
import support
from gi.repository import Thr
pool = Thr.Pool(1, daemon=True)
gate = threading.Event()
main = threading.main_thread()

def item(_index):
    if threading.current_thread() is main:
        while not blocked.is_set():
            pass
    else:
        blocked.set()
        os.kill(os.getpid(), signal.SIGINT)
        gate.wait()

blocked = threading.Event()
try:
    pool.for_each(item, range(2))
except KeyboardInterrupt:
    print('interrupted')
gate.set()
''', PYTHONPATH=support.python_path())
        self.assertEqual((status, out), (0, 'interrupted\n'), err)

    def test_interrupt_in_the_work(self):
        def item(index):
            if threading.current_thread() is threading.main_thread():
                signal.raise_signal(signal.SIGINT)

        with self.assertRaises(KeyboardInterrupt):
            while True:
                self.pool.for_each(item, range(100), chunk=1)


if __name__ == '__main__':
    unittest.main()
