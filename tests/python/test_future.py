# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""ThrFuture and its sets as introspection gives them, without the override."""

import threading
import unittest
import weakref

import support

Thr = support.without_override()
from gi.repository import Gio, GLib, GObject  # noqa: E402

State = Thr.FutureState


def error(text='broken'):
    return GLib.Error.new_literal(Gio.io_error_quark(), text, int(Gio.IOErrorEnum.FAILED))


def resolved(value):
    future = Thr.Future.new()
    future.set_value(value)
    return future


def rejected(text='broken'):
    future = Thr.Future.new()
    future.set_error(error(text))
    return future


class FutureTest(support.Errors, unittest.TestCase):
    def test_new(self):
        future = Thr.Future.new()
        self.assertEqual(future.get_state(), State.PENDING)
        self.assertFalse(future.is_done())
        self.assertFalse(future.props.done)
        self.assertIsNone(future.props.error)
        self.assertIsNone(future.get_error())
        self.assertThrError(Thr.Error.INVALID_STATE, future.dup_value)

    def test_value(self):
        thing = object()
        values = [
            (GObject.Value(GObject.TYPE_INT, -5), -5),
            (GObject.Value(GObject.TYPE_INT64, 2**40), 2**40),
            (GObject.Value(GObject.TYPE_UINT64, 2**64 - 1), 2**64 - 1),
            (GObject.Value(GObject.TYPE_DOUBLE, 0.25), 0.25),
            (GObject.Value(GObject.TYPE_BOOLEAN, True), True),
            (GObject.Value(GObject.TYPE_STRING, 'text'), 'text'),
            (GObject.Value(GObject.TYPE_STRV, ['a', 'b']), ['a', 'b']),
            (GObject.Value(GObject.TYPE_PYOBJECT, 2**80), 2**80),
            (GObject.Value(GObject.TYPE_PYOBJECT, thing), thing),
        ]
        for value, expected in values:
            with self.subTest(expected):
                future = resolved(value)
                self.assertEqual(future.get_state(), State.RESOLVED)
                self.assertTrue(future.is_done())
                self.assertEqual(future.dup_value(), expected)
                self.assertIsNone(future.get_error())

    def test_copy_value(self):
        thing = ('a', 'tuple')
        future = resolved(GObject.Value(GObject.TYPE_PYOBJECT, thing))
        value = GObject.Value(GObject.TYPE_INT, 3)
        self.assertTrue(future.copy_value(value))
        self.assertIs(value.get_value(), thing)
        self.assertTrue(resolved(None).copy_value(value))
        self.assertIsNone(value.get_value())
        self.assertThrError(Thr.Error.INVALID_STATE, Thr.Future.new().copy_value, value)
        self.assertIOError(Gio.IOErrorEnum.FAILED, rejected().copy_value, value)

    def test_empty(self):
        future = resolved(None)
        self.assertEqual(future.get_state(), State.RESOLVED)
        self.assertIsNone(future.dup_value())
        self.assertIsNone(future.props.value)

    def test_value_without_type(self):
        future = Thr.Future.new()
        self.assertThrError(Thr.Error.INVALID_ARGUMENT, future.set_value, GObject.Value())
        self.assertFalse(future.is_done())

    def test_error(self):
        future = rejected('no luck')
        self.assertEqual(future.get_state(), State.REJECTED)
        self.assertEqual(future.get_error().message, 'no luck')
        self.assertEqual(future.props.error.message, 'no luck')
        self.assertIOError(Gio.IOErrorEnum.FAILED, future.dup_value)

    def test_twice(self):
        future = resolved(1)
        self.assertThrError(Thr.Error.INVALID_STATE, future.set_value, 2)
        self.assertThrError(Thr.Error.INVALID_STATE, future.set_error, error())
        self.assertFalse(future.cancel())
        self.assertEqual(future.dup_value(), 1)

    def test_cancel(self):
        future = Thr.Future.new()
        self.assertTrue(future.cancel())
        self.assertTrue(future.cancel())
        self.assertEqual(future.get_state(), State.CANCELLED)
        self.assertIOError(Gio.IOErrorEnum.CANCELLED, future.dup_value)
        self.assertThrError(Thr.Error.INVALID_STATE, future.set_value, 1)

    def test_wait(self):
        future = Thr.Future.new()
        started = threading.Event()

        def waiting():
            started.set()
            return future.wait(-1, None)

        waiters = [threading.Thread(target=waiting) for _ in range(3)]
        for waiter in waiters:
            waiter.start()
        started.wait()
        future.set_value(7)
        for waiter in waiters:
            waiter.join()
        self.assertTrue(future.wait(0, None))

    def test_timed_out(self):
        future = Thr.Future.new()
        self.assertIOError(Gio.IOErrorEnum.TIMED_OUT, future.wait, 0, None)
        self.assertIOError(Gio.IOErrorEnum.TIMED_OUT, future.wait, 2000, None)
        self.assertThrError(Thr.Error.INVALID_ARGUMENT, future.wait, -2, None)

    def test_wait_cancelled(self):
        future = Thr.Future.new()
        cancellable = Gio.Cancellable.new()
        canceller = threading.Thread(target=cancellable.cancel)
        canceller.start()
        self.assertIOError(Gio.IOErrorEnum.CANCELLED, future.wait, -1, cancellable)
        canceller.join()
        self.assertEqual(future.get_state(), State.PENDING)

    def wait_async(self, future, cancellable=None):
        answers = []

        def finished(source, result, *_data):
            try:
                answers.append(source.wait_finish(result))
            except GLib.Error as caught:
                answers.append(caught)

        future.wait_async(cancellable, finished)
        return answers

    def test_async(self):
        future = Thr.Future.new()
        early = self.wait_async(future)
        support.drain()
        self.assertEqual(early, [])
        setter = threading.Thread(target=future.set_value, args=(1,))
        setter.start()
        support.run_until(lambda: early)
        setter.join()
        late = self.wait_async(future)
        self.assertEqual(late, [])
        support.run_until(lambda: late)
        self.assertEqual(early + late, [True, True])

    def test_async_cancelled(self):
        future = Thr.Future.new()
        cancellable = Gio.Cancellable.new()
        answers = self.wait_async(future, cancellable)
        cancellable.cancel()
        support.run_until(lambda: answers)
        self.assertTrue(answers[0].matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))
        future.set_value(1)
        support.drain()
        self.assertEqual(len(answers), 1)

    def test_signals(self):
        future = Thr.Future.new()
        told = []
        here = threading.get_ident()

        def tell(name):
            return lambda *_args: told.append((name, threading.get_ident() == here))

        for name in ('notify::state', 'notify::done', 'notify::value', 'done'):
            future.connect(name, tell(name))
        setter = threading.Thread(target=future.set_value, args=(1,))
        setter.start()
        setter.join()
        self.assertEqual(told, [])
        support.run_until(lambda: ('done', True) in told)
        self.assertEqual(sorted(told[:-1]), [('notify::done', True), ('notify::state', True),
                                             ('notify::value', True)])
        self.assertEqual(told[-1], ('done', True))
        support.drain()
        self.assertEqual(len(told), 4)

    def test_wait_delivers(self):
        # On the home's own thread: what is pending comes before the wait returns.
        future = Thr.Future.new()
        told = []
        future.connect('done', lambda *_args: told.append('done'))
        setter = threading.Thread(target=future.set_value, args=(1,))
        setter.start()
        future.wait(-1, None)
        setter.join()
        if not told:
            # The wait may end between the answer and the posting of its signals.
            future.wait(0, None)
        self.assertEqual(told, ['done'])

    def test_watch(self):
        future = Thr.Future.new()
        told = []
        for name in 'ab':
            future.watch(lambda settled, name: told.append(
                (name, settled is future, settled.is_done(), threading.get_ident())), name)
        setter = threading.Thread(target=future.set_value, args=(1,))
        setter.start()
        setter.join()
        self.assertEqual(told, [('a', True, True, setter.ident), ('b', True, True, setter.ident)])
        future.watch(lambda *_args: told.append('now'))
        self.assertEqual(told[2:], ['now'])

    def test_watch_unsettled(self):
        class Thing:
            pass

        thing = Thing()
        alive = weakref.ref(thing)
        future = Thr.Future.new()
        future.watch(lambda *_args: self.fail(), thing)
        del thing, future
        support.collect()
        self.assertIsNone(alive())

    def test_unasked(self):
        status, _out, err = support.run_child(
            'import support\n'
            'Thr = support.without_override()\n'
            'from gi.repository import GLib\n'
            'def future():\n'
            '    future = Thr.Future.new()\n'
            '    future.set_error(GLib.Error.new_literal(Thr.error_quark(), "lost words", 0))\n'
            '    return future\n'
            'future()\n'
            'future().get_error()\n'
            'try:\n'
            '    future().dup_value()\n'
            'except GLib.Error:\n'
            '    pass\n'
            'future = Thr.Future.new()\n'
            'future.cancel()\n'
            'del future\n'
            'support.drain()\n',
            G_DEBUG='', PYTHONPATH=support.python_path())
        self.assertEqual(status, 0, err)
        self.assertEqual(err.count('lost words'), 1, err)

    def test_home(self):
        # Two homes in two threads: each future speaks in its own.
        context = GLib.MainContext.new()
        told = []

        def elsewhere():
            context.push_thread_default()
            future = Thr.Future.new()
            future.connect('done', lambda *_args: told.append(threading.get_ident()))
            made.append(future)
            ready.set()
            while not told:
                context.iteration(True)
            context.pop_thread_default()

        made, ready = [], threading.Event()
        thread = threading.Thread(target=elsewhere)
        thread.start()
        ready.wait()
        made[0].set_value(1)
        thread.join()
        self.assertEqual(told, [thread.ident])

    def test_home_without_loop(self):
        # Nothing is delivered, nothing is lost, and waiting works.
        context = GLib.MainContext.new()
        context.push_thread_default()
        future = Thr.Future.new()
        context.pop_thread_default()
        future.connect('done', lambda *_args: self.fail())
        future.set_value(5)
        self.assertTrue(future.wait(-1, None))
        self.assertEqual(future.dup_value(), 5)
        gone = weakref.ref(future)
        del future, context
        support.collect()
        self.assertIsNone(gone())

    def test_dropped(self):
        for _ in range(200):
            future = Thr.Future.new()
            self.wait_async(future)
            setter = threading.Thread(target=future.set_value, args=(1,))
            setter.start()
            del future
            support.collect()
            setter.join()
        support.collect()


class SetTest(support.Errors, unittest.TestCase):
    def values(self, values):
        result = []
        for i in range(values.get_n_values()):
            value = GObject.Value()
            values.copy_value(i, value)
            result.append(value.get_value())
        return result

    def test_all(self):
        futures = [Thr.Future.new() for _ in range(3)]
        every = Thr.Future.all(futures)
        for i in (2, 0):
            futures[i].set_value(i * 10)
        self.assertFalse(every.is_done())
        futures[1].set_value(10)
        self.assertTrue(every.is_done())
        self.assertEqual(self.values(every.dup_value()), [0, 10, 20])

    def test_all_fails(self):
        futures = [Thr.Future.new() for _ in range(3)]
        every = Thr.Future.all(futures)
        futures[1].set_error(error('the second'))
        self.assertTrue(every.is_done())
        self.assertEqual(every.get_error().message, 'the second')

    def test_all_empty(self):
        self.assertEqual(self.values(Thr.Future.all([]).dup_value()), [])

    def test_any(self):
        futures = [Thr.Future.new() for _ in range(3)]
        one = Thr.Future.any(futures)
        futures[0].set_error(error())
        self.assertFalse(one.is_done())
        futures[2].set_value('third')
        futures[1].set_value('second')
        self.assertEqual(one.dup_value(), 'third')

    def test_any_fails(self):
        one = Thr.Future.any([rejected('a'), rejected('b')])
        self.assertEqual(one.get_state(), State.REJECTED)
        self.assertIsNotNone(one.get_error())

    def test_race(self):
        futures = [Thr.Future.new() for _ in range(2)]
        first = Thr.Future.race(futures)
        futures[1].set_error(error('quick'))
        futures[0].set_value(1)
        self.assertEqual(first.get_error().message, 'quick')
        self.assertEqual(Thr.Future.race([resolved(4), Thr.Future.new()]).dup_value(), 4)

    def test_settled_in_thread(self):
        # Sets settle where their last member does, with no loop at all.
        futures = [Thr.Future.new() for _ in range(50)]
        every = Thr.Future.all(futures)
        threads = [threading.Thread(target=future.set_value, args=(i,))
                   for i, future in enumerate(futures)]
        for thread in threads:
            thread.start()
        self.assertTrue(every.wait(-1, None))
        for thread in threads:
            thread.join()
        self.assertEqual(self.values(every.dup_value()), list(range(50)))


if __name__ == '__main__':
    unittest.main()
