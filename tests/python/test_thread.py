# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""ThrThread as introspection gives it, without the override's shapes."""

import gc
import os
import signal
import subprocess
import sys
import textwrap
import threading
import unittest
import weakref

import gi

gi.require_version('Thr', '1')
from gi.repository import Gio, GLib, Thr  # noqa: E402

# The override gives the names Python's shapes and keeps the plain ones here.
Thr = getattr(Thr, 'raw', Thr)

STATE = Thr.ThreadState


def nothing(_thread, *_data):
    return True


def drain():
    while GLib.MainContext.default().iteration(False):
        pass


class Stage:
    """A thread that says when it has begun and ends when it is told to."""

    def __init__(self, name=None):
        self.begun = threading.Event()
        self.go = threading.Event()
        self.thread = Thr.Thread.new(name, self.run)

    def run(self, _thread):
        self.begun.set()
        self.go.wait()
        return True

    def __enter__(self):
        self.thread.start()
        self.begun.wait()
        return self.thread

    def __exit__(self, *_error):
        self.go.set()
        self.thread.join()


class ThreadTestCase(unittest.TestCase):
    def setUp(self):
        self.reports = []
        Thr.set_error_hook(lambda thread, error: self.reports.append((thread, error)))

    def tearDown(self):
        Thr.set_error_hook(None)
        drain()
        self.assertEqual(Thr.Thread.count_alive(), 1)

    def assertError(self, domain, code, function, *args):
        with self.assertRaises(GLib.Error) as caught:
            function(*args)
        self.assertTrue(caught.exception.matches(domain, code), caught.exception)

    def assertThrError(self, code, function, *args):
        self.assertError(Thr.error_quark(), code, function, *args)


class ThreadTest(ThreadTestCase):
    def test_nothing_before_start(self):
        runs = []
        thread = Thr.Thread.new('idle', lambda _thread: runs.append(1))
        self.assertEqual(thread.get_state(), STATE.NEW)
        self.assertFalse(thread.is_alive())
        self.assertEqual(thread.props.ident, 0)
        self.assertEqual(thread.props.native_id, 0)
        self.assertIsNone(thread.props.error)
        del thread
        drain()
        self.assertEqual(runs, [])

    def test_start_and_join(self):
        seen = []

        def body(thread, *data):
            seen.append((thread.props.name, data, threading.get_ident()))
            return True

        thread = Thr.Thread.new('named', body, 1, 'two')
        self.assertTrue(thread.start())
        self.assertTrue(thread.join())
        self.assertEqual(seen, [('named', (1, 'two'), thread.props.ident)])
        self.assertNotEqual(thread.props.ident, threading.get_ident())
        self.assertEqual(thread.get_state(), STATE.FINISHED)

    def test_start_twice(self):
        stage = Stage()
        with stage as thread:
            self.assertThrError(Thr.Error.ALREADY_STARTED, thread.start)
        self.assertThrError(Thr.Error.ALREADY_STARTED, thread.start)

    def test_failed(self):
        def body(_thread):
            raise GLib.Error('no time', 'test-quark', 7)

        thread = Thr.Thread.new(None, body)
        thread.start()
        thread.join()
        self.assertEqual(thread.get_state(), STATE.FAILED)
        self.assertEqual(thread.props.error.message, 'no time')
        self.assertEqual(thread.props.error.code, 7)
        self.assertEqual([(t is thread, e.message) for t, e in self.reports],
                         [(True, 'no time')])

    def test_no_result(self):
        thread = Thr.Thread.new(None, lambda _thread: False)
        thread.start()
        thread.join()
        self.assertTrue(thread.props.error.matches(Thr.error_quark(), Thr.Error.NO_RESULT))

    def test_numbers(self):
        numbers = []

        def body(_thread):
            numbers.append((threading.get_ident(), threading.get_native_id()))
            numbers.append((Thr.get_ident(), Thr.get_native_id()))
            return True

        thread = Thr.Thread.new(None, body)
        thread.start()
        own = thread.get_ident(), thread.get_native_id()
        thread.join()
        self.assertEqual(numbers, [own, own])
        self.assertEqual((thread.props.ident, thread.props.native_id), own)

    def test_name_default(self):
        for thread in (Thr.Thread.new(None, nothing), Thr.Thread.new('', nothing), Thr.Thread()):
            self.assertRegex(thread.props.name, r'^Thread-\d+$')
        self.assertEqual(Thr.Thread(name='given').props.name, 'given')

    def test_name_for_the_system(self):
        def comm(thread):
            with open(f'/proc/self/task/{thread.props.native_id}/comm', encoding='utf-8') as file:
                return file.read().rstrip('\n')

        with Stage('fifteenletters+more') as thread:
            self.assertEqual(comm(thread), 'fifteenletters+')
            thread.props.name = 'ääääääää'
            self.assertEqual(comm(thread), 'äääääää')

    def test_daemon_inherited(self):
        inherited = []

        def body(_thread):
            inherited.append(Thr.Thread().props.daemon)
            return True

        for daemon in (False, True):
            thread = Thr.Thread.new(None, body)
            self.assertFalse(thread.props.daemon)
            thread.props.daemon = daemon
            thread.start()
            thread.join()
        self.assertEqual(inherited, [False, True])

    def test_change_after_start(self):
        with Stage() as thread:
            self.assertThrError(Thr.Error.ALREADY_STARTED, thread.set_daemon, True)
            self.assertThrError(Thr.Error.ALREADY_STARTED, thread.set_stack_size, 65536)

    def test_stack_size_bad(self):
        thread = Thr.Thread.new(None, nothing)
        for size in (-1, 1, 32767):
            self.assertThrError(Thr.Error.INVALID_ARGUMENT, thread.set_stack_size, size)
            self.assertThrError(Thr.Error.INVALID_ARGUMENT, Thr.set_stack_size, size)
        self.assertEqual(Thr.get_stack_size(), 0)
        self.assertEqual(Thr.set_stack_size(262144), 0)
        self.assertEqual(Thr.set_stack_size(0), 262144)

    def test_cancel(self):
        cancelled = threading.Event()

        def body(thread):
            thread.props.cancellable.connect(lambda *_args: cancelled.set())
            cancelled.wait()
            return True

        thread = Thr.Thread.new(None, body)
        thread.start()
        thread.cancel()
        thread.join()
        self.assertTrue(thread.props.cancellable.is_cancelled())

    def test_keeps_itself_alive(self):
        class Own(Thr.Thread):
            def do_run(self):
                self.begun.set()
                self.go.wait()
                self.seen.append(self.mark)
                return True

        seen, begun, go = [], threading.Event(), threading.Event()
        thread = Own()
        thread.mark, thread.seen, thread.begun, thread.go = 'kept', seen, begun, go
        thread.start()
        begun.wait()
        del thread
        gc.collect()
        go.set()
        while Thr.Thread.count_alive() > 1:
            drain()
        self.assertEqual(seen, ['kept'])

    def test_notify_at_home(self):
        class Data:
            pass

        data = Data()
        gone = weakref.ref(data)
        thread = Thr.Thread.new(None, nothing, data)
        del data
        thread.start()
        self.assertIsNotNone(gone())
        thread.join()
        self.assertIsNone(gone())

    def test_subclass(self):
        class Own(Thr.Thread):
            def __init__(self, value):
                super().__init__(name='own', daemon=True)
                self.value = value

            def do_run(self):
                self.result = self.value * 2
                self.current = Thr.Thread.current() is self
                return True

        thread = Own(21)
        self.assertTrue(thread.props.daemon)
        thread.start()
        thread.join()
        self.assertEqual(thread.result, 42)
        self.assertTrue(thread.current)

    def test_thousand(self):
        runs = []
        for _round in range(10):
            threads = [Thr.Thread.new(None, lambda _thread: runs.append(1) or True)
                       for _ in range(100)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.assertEqual(len(runs), 1000)


class ThreadJoinTest(ThreadTestCase):
    def test_not_started(self):
        self.assertThrError(Thr.Error.NOT_STARTED, Thr.Thread.new(None, nothing).join)

    def test_itself(self):
        errors = []

        def body(thread):
            try:
                thread.join()
            except GLib.Error as error:
                errors.append(error.matches(Thr.error_quark(), Thr.Error.SELF_JOIN))
            return True

        thread = Thr.Thread.new(None, body)
        thread.start()
        thread.join()
        self.assertEqual(errors, [True])
        self.assertThrError(Thr.Error.SELF_JOIN, Thr.Thread.get_main().join)

    def test_many_joiners(self):
        stage = Stage()
        joined = []
        with stage as thread:
            joiners = [Thr.Thread.new(None, lambda _thread: joined.append(thread.join()) or True)
                       for _ in range(8)]
            for joiner in joiners:
                joiner.start()
            stage.go.set()
            for joiner in joiners:
                joiner.join()
        self.assertEqual(joined, [True] * 8)

    def test_timed_out(self):
        with Stage() as thread:
            for timeout in (20000, 0):
                self.assertError(Gio.io_error_quark(), Gio.IOErrorEnum.TIMED_OUT,
                                 thread.join_timed, timeout, None)
            self.assertTrue(thread.is_alive())

    def test_bad_timeout(self):
        with Stage() as thread:
            self.assertThrError(Thr.Error.INVALID_ARGUMENT, thread.join_timed, -2, None)

    def test_cancelled(self):
        with Stage() as thread:
            cancellable = Gio.Cancellable()
            canceller = threading.Thread(target=cancellable.cancel)
            canceller.start()
            self.assertError(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED,
                             thread.join_timed, -1, cancellable)
            canceller.join()
            self.assertTrue(thread.is_alive())

    def test_deadlock(self):
        ready = threading.Barrier(2)
        errors = []
        threads = []

        def body(_thread, other):
            ready.wait()
            try:
                threads[other].join()
            except GLib.Error as error:
                errors.append(error.matches(Thr.error_quark(), Thr.Error.DEADLOCK))
            return True

        threads += [Thr.Thread.new('anna', body, 1), Thr.Thread.new('berta', body, 0)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(errors, [True])

    def test_interrupted(self):
        stage = Stage()
        signals = []
        before = signal.signal(signal.SIGUSR1, lambda *_args: signals.append(1))
        self.assertFalse(Thr.set_interruptible(True))
        stop = threading.Event()

        def pester():
            while not stop.wait(0.001):
                os.kill(os.getpid(), signal.SIGUSR1)

        pesterer = threading.Thread(target=pester)
        with stage as thread:
            pesterer.start()
            # False and no exception: the handlers run now.
            self.assertFalse(thread.join())
            stop.set()
            pesterer.join()
        Thr.set_interruptible(False)
        signal.signal(signal.SIGUSR1, before)
        self.assertTrue(signals)


class ThreadAwaitTest(ThreadTestCase):
    def setUp(self):
        super().setUp()
        self.answers = []

    def called(self, thread, result, *_data):
        try:
            self.answers.append(thread.join_finish(result))
        except GLib.Error as error:
            self.answers.append(error)

    def wait(self, count=1):
        while len(self.answers) < count:
            GLib.MainContext.default().iteration(True)

    def test_ended_later(self):
        stage = Stage()
        with stage as thread:
            thread.join_async(None, self.called)
            thread.join_async(None, self.called)
            drain()
            self.assertEqual(self.answers, [])
            stage.go.set()
            self.wait(2)
        self.assertEqual(self.answers, [True, True])

    def test_ended_before(self):
        thread = Thr.Thread.new(None, nothing)
        thread.start()
        thread.join()
        thread.join_async(None, self.called)
        self.assertEqual(self.answers, [])
        self.wait()
        self.assertEqual(self.answers, [True])

    def test_not_started(self):
        Thr.Thread.new(None, nothing).join_async(None, self.called)
        self.wait()
        self.assertTrue(self.answers[0].matches(Thr.error_quark(), Thr.Error.NOT_STARTED))

    def test_cancelled(self):
        with Stage() as thread:
            cancellable = Gio.Cancellable()
            thread.join_async(cancellable, self.called)
            cancellable.cancel()
            self.assertEqual(self.answers, [])
            self.wait()
            self.assertTrue(self.answers[0].matches(Gio.io_error_quark(),
                                                    Gio.IOErrorEnum.CANCELLED))


class ThreadSignalsTest(ThreadTestCase):
    def connected(self, thread):
        lines = []
        thread.connect('started', lambda _t: lines.append('started'))
        thread.connect('finished', lambda _t: lines.append('finished'))
        thread.connect('failed', lambda _t, error: lines.append(f'failed: {error.message}'))
        return lines

    def test_order(self):
        thread = Thr.Thread.new(None, nothing)
        lines = self.connected(thread)
        thread.start()
        thread.join()
        self.assertEqual(lines, ['started', 'finished'])

    def test_order_of_failure(self):
        def body(_thread):
            raise GLib.Error('no time', 'test-quark', 7)

        thread = Thr.Thread.new(None, body)
        lines = self.connected(thread)
        thread.start()
        thread.join()
        self.assertEqual(lines, ['started', 'failed: no time'])

    def test_with_loop(self):
        where = []
        thread = Thr.Thread.new(None, nothing)
        thread.connect('finished', lambda _t: where.append(threading.get_ident()))
        thread.start()
        while not where:
            GLib.MainContext.default().iteration(True)
        self.assertEqual(where, [threading.get_ident()])
        thread.join()


class RegistryTest(ThreadTestCase):
    def test_main(self):
        thread = Thr.Thread.get_main()
        self.assertIs(thread, Thr.Thread.current())
        self.assertEqual(thread.props.name, 'MainThread')
        self.assertTrue(thread.is_alive())
        self.assertFalse(thread.props.daemon)
        self.assertEqual(thread.props.ident, threading.get_ident())

    def test_alive(self):
        with Stage() as one, Stage() as two:
            self.assertEqual(list(Thr.Thread.list_alive()), [Thr.Thread.get_main(), one, two])
            self.assertEqual(Thr.Thread.count_alive(), 3)
        self.assertEqual(list(Thr.Thread.list_alive()), [Thr.Thread.get_main()])

    def test_stand_in(self):
        seen = []

        def foreign():
            thread = Thr.Thread.current()
            seen.append(thread is Thr.Thread.current())
            seen.append(thread.is_alive() and thread.props.daemon)
            seen.append(thread is not Thr.Thread.get_main())
            seen.append(thread.props.ident == threading.get_ident())
            seen.append(thread in list(Thr.Thread.list_alive()))

        thread = threading.Thread(target=foreign)
        thread.start()
        thread.join()
        self.assertEqual(seen, [True] * 5)
        # Python's join may return a moment before the thread has gone.
        while Thr.Thread.count_alive() > 1:
            drain()


class FunctionsTest(ThreadTestCase):
    def test_start_new_thread(self):
        done = threading.Event()
        idents = []

        def body(_thread, value):
            idents.append((threading.get_ident(), value))
            done.set()
            return True

        ident = Thr.start_new_thread(body, 5)
        done.wait()
        self.assertEqual(idents, [(ident, 5)])
        while Thr.Thread.count_alive() > 1:
            drain()

    def test_exit_thread(self):
        lines = []

        def body(_thread):
            lines.append('before')
            Thr.exit_thread()
            lines.append('after')
            return True

        thread = Thr.Thread.new(None, body)
        thread.start()
        thread.join()
        self.assertEqual(lines, ['before'])
        self.assertEqual(thread.get_state(), STATE.FINISHED)
        self.assertEqual(self.reports, [])


class ExitTest(unittest.TestCase):
    """Each scenario is a process of its own."""

    def run_python(self, body, without=()):
        text = textwrap.dedent('''
            import threading, gi
            gi.require_version('Thr', '1')
            from gi.repository import GLib, Thr
            has_override = hasattr(Thr, 'raw')
            Thr = getattr(Thr, 'raw', Thr)
            go = threading.Event()
            ''') + textwrap.dedent(body)
        env = {name: value for name, value in os.environ.items() if name not in without}
        result = subprocess.run([sys.executable, '-c', text], capture_output=True, text=True,
                                timeout=30, check=False, env=env)
        self.assertEqual((result.returncode, result.stderr), (0, ''))
        return result.stdout

    def test_wait_for_threads(self):
        output = self.run_python('''
            def body(thread):
                go.wait()
                print('worked', flush=True)
                return True
            Thr.Thread.new(None, body).start()
            go.set()
            print(Thr.wait_for_threads(), flush=True)
            try:
                Thr.Thread.new(None, body).start()
            except GLib.Error as error:
                print(error.matches(Thr.error_quark(), Thr.Error.SHUT_DOWN), flush=True)
            ''')
        self.assertEqual(output, 'worked\nTrue\nTrue\n')

    def test_daemon_is_left(self):
        self.run_python('''
            def body(thread):
                begun.set()
                go.wait()
                return True
            begun = threading.Event()
            thread = Thr.Thread.new(None, body)
            thread.props.daemon = True
            thread.start()
            begun.wait()
            ''')

    def test_without_override(self):
        # The interpreter ends the threads that want it back; exit() sees them end. The
        # override would wait for this one for ever.
        self.run_python('''
            def body(thread):
                begun.set()
                while True:
                    go.wait(0.01)
            begun = threading.Event()
            if not has_override:
                Thr.Thread.new(None, body).start()
                begun.wait()
            ''', without=('PYTHONPATH',))


if __name__ == '__main__':
    unittest.main()
