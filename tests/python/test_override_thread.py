# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Threads with Python's shape, interrupts, and the end of the interpreter."""

import contextlib
import gc
import io
import os
import signal
import sys
import threading
import unittest
import weakref

import support
from gi.repository import GLib, Thr


class Thing:
    pass


class ThreadTest(unittest.TestCase):
    def tearDown(self):
        support.collect()

    def run_thread(self, *args, **kwargs):
        thread = Thr.Thread(*args, **kwargs)
        thread.start()
        thread.join()
        return thread

    def test_target(self):
        seen = []
        self.run_thread(target=lambda *args, **kwargs: seen.append((args, kwargs)),
                        args=[3, 4], kwargs={'a': 5})
        self.assertEqual(seen, [((3, 4), {'a': 5})])
        self.run_thread()

    def test_shape_of_others(self):
        main = Thr.main_thread()
        self.assertIsInstance(main, Thr.Thread)
        with self.assertRaises(RuntimeError):
            main.join(timeout=1)
        others = []
        thread = threading.Thread(target=lambda: others.extend(
            [Thr.current_thread(), *Thr.enumerate()]))
        thread.start()
        thread.join()
        for other in others:
            self.assertIsInstance(other, Thr.Thread)
        self.assertNotIsInstance(Thr.Lock(), Thr.Thread)
        others[0].join(timeout=60)
        self.assertFalse(others[0].is_alive())
        with Thr.Pool(1) as pool:
            self.assertIsInstance(pool.submit(Thr.current_thread).result(), Thr.Thread)

    def test_arguments(self):
        with self.assertRaises(ValueError):
            Thr.Thread(5)
        with self.assertRaises(TypeError):
            Thr.Thread(None, None, None, (), None, True)

    def test_names(self):
        thread = Thr.Thread()
        self.assertRegex(thread.name, r'^Thread-\d+$')
        self.assertRegex(Thr.Thread(target=gc.collect).name, r'^Thread-\d+ \(collect\)$')
        self.assertRegex(Thr.Thread(name='').name, r'^Thread-\d+$')
        thread.name = 5
        self.assertEqual(thread.name, '5')
        self.assertEqual(Thr.Thread(name=7).name, '7')

    def test_life(self):
        gate = threading.Event()
        thread = Thr.Thread(target=gate.wait)
        self.assertEqual((thread.ident, thread.native_id, thread.is_alive()), (None, None, False))
        with self.assertRaises(RuntimeError):
            thread.join()
        thread.start()
        self.assertTrue(thread.is_alive())
        self.assertTrue(thread.ident and thread.native_id)
        self.assertIn(thread, Thr.enumerate())
        self.assertIsNone(thread.join(0))
        self.assertIsNone(thread.join(-1))
        self.assertIsNone(thread.join(0.002))
        self.assertTrue(thread.is_alive())
        gate.set()
        self.assertIsNone(thread.join())
        self.assertFalse(thread.is_alive())
        self.assertNotIn(thread, Thr.enumerate())
        with self.assertRaises(RuntimeError) as caught:
            thread.start()
        self.assertNotIsInstance(caught.exception, GLib.Error)

    def test_idents(self):
        seen = []
        thread = self.run_thread(target=lambda: seen.extend(
            [threading.get_ident(), threading.get_native_id(), Thr.get_ident()]))
        self.assertEqual(seen, [thread.ident, thread.native_id, thread.ident])

    def test_self_join(self):
        errors = []

        def work():
            try:
                Thr.current_thread().join()
            except RuntimeError as error:
                errors.append(error)

        self.run_thread(target=work)
        self.assertEqual(len(errors), 1)

    def test_daemon(self):
        self.assertFalse(Thr.Thread().daemon)
        seen = []
        thread = self.run_thread(target=lambda: seen.append(Thr.Thread().daemon), daemon=True)
        self.assertEqual((thread.daemon, seen), (True, [True]))
        with self.assertRaises(RuntimeError):
            thread.daemon = False
        thread = Thr.Thread()
        thread.daemon = True
        self.assertTrue(thread.daemon)

    def test_derived(self):
        class Counter(Thr.Thread):
            def __init__(self, n):
                super().__init__(name='counter')
                self.n = n

            def run(self):
                self.is_current = Thr.current_thread() is self
                self.n += 1

        thread = Counter(4)
        gc.collect()
        thread.start()
        thread.join()
        self.assertEqual((thread.n, thread.is_current, thread.name), (5, True, 'counter'))

    def test_not_initialized(self):
        class Wrong(Thr.Thread):
            def __init__(self):
                pass

        with self.assertRaises(RuntimeError):
            Wrong().start()

    def test_unreferenced(self):
        # A running thread keeps itself and what Python knows of it.
        gate, seen = threading.Event(), []

        class Keeper(Thr.Thread):
            def run(self):
                gate.wait()
                seen.append(self.mark)

        thread = Keeper()
        thread.mark = 'mark'
        thread.start()
        del thread
        gc.collect()
        gate.set()
        for thread in Thr.enumerate():
            if isinstance(thread, Keeper):
                thread.join()
        self.assertEqual(seen, ['mark'])

    def test_arguments_dropped(self):
        thing = Thing()
        alive = weakref.ref(thing)
        thread = self.run_thread(target=lambda thing: None, args=(thing,))
        del thing
        self.assertIsNone(alive())
        self.assertFalse(thread.is_alive())

    def test_main_and_current(self):
        self.assertIs(Thr.current_thread(), Thr.main_thread())
        self.assertEqual(Thr.main_thread().name, 'MainThread')
        self.assertIn(Thr.main_thread(), Thr.enumerate())
        self.assertGreaterEqual(Thr.active_count(), 1)

    def test_join_any(self):
        gate, seen = threading.Event(), []
        thread = Thr.Thread.new('raw', lambda thread, *data: gate.wait())
        thread.start()
        with Thr.Pool(1) as pool:
            pool.submit(int).result()
            for other in Thr.enumerate():
                if other is not Thr.current_thread():
                    other.join(0.001)
        self.run_thread(target=lambda: seen.append(Thr.main_thread().join(timeout=0.001)))
        self.assertEqual(seen, [False])
        self.assertIs(thread.join(-1), False)
        gate.set()
        self.assertIs(thread.join(), True)
        with self.assertRaises(RuntimeError):
            Thr.main_thread().join(1)
        with self.assertRaises(ValueError):
            thread.join(float('nan'))

    def test_raw_constructor(self):
        seen = []
        thread = Thr.Thread.new('raw', lambda thread, *data: seen.append(
            (thread.dup_name(), data)) is None, 5)
        self.assertIs(type(thread), Thr.raw.Thread)
        thread.start()
        thread.join()
        self.assertEqual(seen, [('raw', (5,))])

    def fail(self, *_args):
        raise ValueError('from a thread')

    def test_exception_printed(self):
        with contextlib.redirect_stderr(io.StringIO()) as printed:
            thread = self.run_thread(target=self.fail, name='failing')
        self.assertTrue(printed.getvalue().startswith('Exception in thread failing:\nTraceback'))
        self.assertIn('ValueError: from a thread', printed.getvalue())
        self.assertEqual(thread.get_state().value_nick, 'failed')
        self.assertIn('ValueError: from a thread', thread.get_error().message)
        self.assertEqual(printed.getvalue().count('ValueError: from'), 1)

    def test_excepthook(self):
        seen = []
        thread = Thr.Thread(target=self.fail)

        def hook(args):
            seen.append((args.exc_type, str(args.exc_value), args.exc_traceback is not None,
                         args.thread is thread, thread.is_alive(), Thr.current_thread() is thread))

        before, Thr.excepthook = Thr.excepthook, hook
        try:
            thread.start()
            thread.join()
        finally:
            Thr.excepthook = before
        self.assertEqual(seen, [(ValueError, 'from a thread', True, True, True, True)])

    def test_excepthook_of_exit(self):
        # A hook of one's own hears of SystemExit; the default one says nothing.
        told = []
        before, Thr.excepthook = Thr.excepthook, lambda args: told.append(args.exc_type)
        try:
            thread = Thr.Thread(target=Thr.exit)
            thread.start()
            thread.join()
        finally:
            Thr.excepthook = before
        self.assertEqual(told, [SystemExit])
        self.assertIsNone(thread.props.error)

    def test_excepthook_raises(self):
        def hook(_args):
            raise KeyError('in the hook')

        before, Thr.excepthook = Thr.excepthook, hook
        try:
            with contextlib.redirect_stderr(io.StringIO()) as printed:
                self.run_thread(target=self.fail)
        finally:
            Thr.excepthook = before
        self.assertIn('in the hook', printed.getvalue())

    def test_silent_exit(self):
        with contextlib.redirect_stderr(io.StringIO()) as printed:
            for leave in (sys.exit, Thr.exit):
                thread = self.run_thread(target=leave)
                self.assertEqual(thread.get_state().value_nick, 'finished')
        self.assertEqual(printed.getvalue(), '')

    def test_failed_signal(self):
        told = []
        with contextlib.redirect_stderr(io.StringIO()):
            thread = Thr.Thread(target=self.fail)
            thread.connect('failed', lambda _thread, error: told.append(error.message))
            thread.start()
            thread.join()
        self.assertEqual(told, ['ValueError: from a thread'])

    def test_start_new_thread(self):
        got = threading.Semaphore(0)
        seen = []

        def work(*args, **kwargs):
            seen.append((args, kwargs, threading.get_ident(), Thr.current_thread().daemon))
            got.release()

        ident = Thr.start_new_thread(work, (1,), {'a': 2})
        got.acquire()
        self.assertEqual(seen, [((1,), {'a': 2}, ident, True)])
        for args in ((5, ()), (work, 5), (work, (), 5)):
            with self.assertRaises(TypeError):
                Thr.start_new_thread(*args)

    def test_stack_size(self):
        self.assertEqual(Thr.stack_size(), 0)
        self.assertEqual(Thr.stack_size(512 * 1024), 0)
        for size in (100, -1):
            with self.assertRaises(ValueError):
                Thr.stack_size(size)
        self.assertEqual(Thr.stack_size(0), 512 * 1024)

    def test_home_without_loop(self):
        context = GLib.MainContext.new()
        context.push_thread_default()
        thread = Thr.Thread(target=int)
        context.pop_thread_default()
        thread.start()
        thread.join()
        del context


class InterruptTest(unittest.TestCase):
    """A signal for Python while the main thread waits in C."""

    def setUp(self):
        # Raises once when it is asked to, wherever the signal comes: never in a test's
        # own tidying up.
        self.armed = False
        self.addCleanup(signal.signal, signal.SIGINT, signal.signal(signal.SIGINT, self.handle))

    def handle(self, *_args):
        if self.armed:
            self.armed = False
            raise KeyboardInterrupt

    def interrupt(self, wait, ready=lambda: True):
        def send():
            while not ready():
                pass
            # Again and again: the first may come before the main thread sleeps.
            while self.armed:
                os.kill(os.getpid(), signal.SIGINT)
                threading.Event().wait(0.001)

        self.armed = True
        sender = threading.Thread(target=send)
        with self.assertRaises(KeyboardInterrupt):
            sender.start()
            wait()
        self.assertFalse(self.armed)
        sender.join()

    def test_lock(self):
        lock = Thr.Lock()
        lock.acquire()
        self.interrupt(lock.acquire, lambda: lock.get_n_waiters())
        self.interrupt(lambda: lock.acquire(timeout=1000), lambda: lock.get_n_waiters())
        self.interrupt(lock.__enter__, lambda: lock.get_n_waiters())
        self.assertEqual(lock.get_n_waiters(), 0)
        lock.release()
        self.assertTrue(lock.acquire(False))

    def test_semaphore(self):
        semaphore = Thr.Semaphore(0)
        self.interrupt(semaphore.acquire, lambda: semaphore.get_n_waiters())
        semaphore.release()
        self.assertTrue(semaphore.acquire(False))

    def test_join(self):
        gate = threading.Event()
        thread = Thr.Thread(target=gate.wait)
        thread.start()
        self.interrupt(thread.join)
        gate.set()
        thread.join()

    def test_result(self):
        gate = threading.Event()
        with Thr.Pool(1) as pool:
            future = pool.submit(gate.wait)
            self.interrupt(future.result)
            gate.set()
            self.assertTrue(future.result())

    def test_shutdown(self):
        gate = threading.Event()
        pool = Thr.Pool(1)
        pool.submit(gate.wait)
        self.interrupt(pool.shutdown)
        gate.set()
        pool.shutdown()

    def test_handler_returns(self):
        # A handler that does not raise: the wait goes on, with the time that is left.
        lock = Thr.Lock()
        lock.acquire()
        handled = []

        def handle(*_args):
            handled.append(lock.get_n_waiters())
            if len(handled) == 3:
                lock.release()

        before = signal.signal(signal.SIGUSR1, handle)
        try:
            sender = threading.Thread(target=self.send, args=(handled,))
            sender.start()
            self.assertTrue(lock.acquire(timeout=1000))
            sender.join()
        finally:
            signal.signal(signal.SIGUSR1, before)
        self.assertGreaterEqual(len(handled), 3)

    @staticmethod
    def send(handled):
        while len(handled) < 3:
            os.kill(os.getpid(), signal.SIGUSR1)
            threading.Event().wait(0.001)

    def test_raw_never_interrupted(self):
        # The raw method does not return before it has what it waits for.
        lock = Thr.raw.Lock.new()
        lock.acquire()
        handled = []

        def handle(*_args):
            handled.append(True)

        def send():
            while not lock.get_n_waiters():
                pass
            os.kill(os.getpid(), signal.SIGUSR1)
            lock.release()

        before = signal.signal(signal.SIGUSR1, handle)
        try:
            sender = threading.Thread(target=send)
            sender.start()
            self.assertIs(lock.acquire(), True)
            sender.join()
        finally:
            signal.signal(signal.SIGUSR1, before)


PROGRAM = '''
import atexit, threading
import gi
gi.require_version('Thr', '1')
from gi.repository import Thr
say = lambda *words: print(*words, flush=True)
'''


class EndTest(unittest.TestCase):
    """What a program prints when its main thread has come to its end."""

    def assertPrints(self, expected, code, status=0):
        got, out, err = support.run_child(PROGRAM + code, PYTHONPATH=support.python_path())
        self.assertEqual((got, out.split('\n')[:-1], err), (status, expected, ''))

    def test_waits(self):
        self.assertPrints(['main', 'thread', 'started in it', 'atexit'], '''
atexit.register(say, 'atexit')
gate = threading.Event()
def work():
    gate.wait()
    threading.Event().wait(0.05)
    say('thread')
    Thr.Thread(target=say, args=('started in it',)).start()
Thr.Thread(target=work).start()
say('main')
gate.set()
''')

    def test_pool_waits(self):
        self.assertPrints(['main', '0', '1', '2'], '''
gate = threading.Event()
pool = Thr.Pool(1)
def work(n):
    gate.wait()
    threading.Event().wait(0.01)
    say(n)
for n in range(3):
    pool.submit(work, n)
say('main')
gate.set()
''')

    def test_daemon_pool(self):
        self.assertPrints(['main'], '''
begun = threading.Event()
pool = Thr.Pool(1, daemon=True)
pool.submit(lambda: begun.set() or threading.Event().wait())
pool.submit(say, 'never')
begun.wait()
say('main')
''')

    def test_daemons(self):
        # Busy, blocked in Python and blocked in C: no crash, no hang, no output.
        self.assertPrints(['main'], '''
def busy():
    begun.release()
    while True:
        pass
def blocked(wait):
    begun.release()
    wait()
begun = threading.Semaphore(0)
lock = Thr.Lock()
lock.acquire()
for target, args in ((busy, ()), (blocked, (threading.Event().wait,)), (blocked, (lock.acquire,))):
    Thr.Thread(target=target, args=args, daemon=True).start()
for _ in range(3):
    begun.acquire()
say('main')
''')

    def test_submit_at_exit(self):
        self.assertPrints(['main', 'RuntimeError', 'RuntimeError'], '''
pool = Thr.Pool(1)
def late():
    for call in (lambda: pool.submit(say), Thr.Thread(target=say).start):
        try:
            call()
        except RuntimeError as error:
            say(type(error).__name__)
atexit.register(late)
pool.submit(int).result()
say('main')
''')

    def test_join_main(self):
        self.assertPrints(['main', 'joined'], '''
def work():
    Thr.main_thread().join()
    say('joined')
Thr.Thread(target=work).start()
say('main')
''')

    def test_exception_at_end(self):
        got, out, err = support.run_child(PROGRAM + '''
gate = threading.Event()
def work():
    gate.wait()
    raise ValueError('at the end')
Thr.Thread(target=work, name='last').start()
say('main')
gate.set()
''', PYTHONPATH=support.python_path())
        self.assertEqual((got, out), (0, 'main\n'))
        self.assertIn('Exception in thread last:', err)
        self.assertIn('ValueError: at the end', err)


if __name__ == '__main__':
    unittest.main()
