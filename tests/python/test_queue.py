# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""ThrQueue as introspection gives it, without the override's shapes."""

import sys
import threading
import unittest

from support import Errors, collect, drain, without_override
from gi.repository import Gio, GLib, GObject

Thr = without_override()
FIFO, LIFO, PRIORITY = Thr.QueueKind.FIFO, Thr.QueueKind.LIFO, Thr.QueueKind.PRIORITY


def get(queue):
    value = GObject.Value()
    assert queue.get_into(value)
    return value.get_value()


def boxed(thing):
    return GObject.Value(GObject.TYPE_PYOBJECT, thing)


def await_waiters(queue, n):
    while queue.props.n_waiters != n:
        pass


class Thing:
    pass


class QueueTest(Errors, unittest.TestCase):
    def test_new(self):
        queue = Thr.Queue.new(FIFO, 2)
        self.assertEqual((queue.props.kind, queue.props.max_size), (FIFO, 2))
        self.assertTrue(queue.is_empty())
        queue.put(1)
        self.assertFalse(queue.is_full())
        queue.put(2)
        self.assertIs(queue.is_full(), True)
        self.assertEqual(queue.props.size, 2)
        self.assertEqual(queue.props.unfinished, 2)
        self.assertIs(queue.props.closed, False)
        self.assertEqual(Thr.Queue(max_size=-1).get_max_size(), 0)

    def test_fifo(self):
        queue = Thr.Queue()
        for i in range(100):
            queue.put(i)
        self.assertEqual([get(queue) for _ in range(100)], list(range(100)))

    def test_lifo(self):
        queue = Thr.Queue(kind=LIFO)
        for i in range(100):
            queue.put(i)
        self.assertEqual([get(queue) for _ in range(100)], list(reversed(range(100))))

    def test_priority(self):
        queue = Thr.Queue(kind=PRIORITY)
        queue.put(7)
        queue.put(0.5)
        for name, priority in (('a', 3), ('b', -1), ('c', 3)):
            queue.put_with_priority(name, priority, -1, None)
        self.assertEqual([get(queue) for _ in range(5)], ['b', 0.5, 'a', 'c', 7])

    def test_priority_misuse(self):
        queue = Thr.Queue(kind=PRIORITY)
        invalid = Thr.Error.INVALID_ARGUMENT
        self.assertThrError(invalid, queue.put, 'text')
        self.assertThrError(invalid, queue.put_with_priority, 'text', float('nan'), -1, None)
        self.assertThrError(invalid, Thr.Queue().put_with_priority, 1, 1, -1, None)

    def test_values(self):
        queue = Thr.Queue()
        thing = Thing()
        for value in ('text', 1.5, True, boxed(1 << 70), boxed(thing)):
            queue.put(value)
        self.assertEqual([get(queue) for _ in range(4)], ['text', 1.5, True, 1 << 70])
        self.assertIs(get(queue), thing)
        queue.put(None)
        self.assertIsNone(queue.get())
        queue.put(None)
        self.assertIsNone(get(queue))
        queue.put('natural')
        self.assertEqual(queue.get(), 'natural')

    def test_no_leak(self):
        queue = Thr.Queue()
        thing = Thing()
        before = sys.getrefcount(thing)
        for _ in range(100):
            queue.put(boxed(thing))
            self.assertIs(get(queue), thing)
        queue.put(boxed(thing))
        queue.shutdown(True)
        collect()
        self.assertEqual(sys.getrefcount(thing), before)
        queue = Thr.Queue()
        queue.put(boxed(thing))
        del queue
        collect()
        self.assertEqual(sys.getrefcount(thing), before)

    def test_try(self):
        queue = Thr.Queue(max_size=1)
        value = GObject.Value()
        self.assertIs(queue.try_get_into(value), False)
        self.assertIsNone(queue.try_get())
        self.assertIs(queue.try_put(1), True)
        self.assertIs(queue.try_put(2), False)
        self.assertIs(queue.try_get_into(value), True)
        self.assertEqual(value.get_value(), 1)

    def test_task_done(self):
        queue = Thr.Queue()
        self.assertThrError(Thr.Error.INVALID_STATE, queue.task_done)
        self.assertIs(queue.join(), True)
        queue.put(1)
        self.assertIOError(Gio.IOErrorEnum.TIMED_OUT, queue.join_timed, 0, None)
        self.assertIs(queue.task_done(), True)
        self.assertIs(queue.join_timed(-1, None), True)

    def test_join(self):
        queue = Thr.Queue()
        queue.put(1)
        done = []
        thread = threading.Thread(target=lambda: done.append(queue.join()))
        thread.start()
        await_waiters(queue, 1)
        queue.join_async(None, lambda source, result, *_data:
                         done.append(source.join_finish(result)))
        queue.task_done()
        thread.join()
        drain()
        self.assertEqual(done, [True, True])

    def test_shutdown_draining(self):
        queue = Thr.Queue(max_size=1)
        queue.put(1)
        queue.shutdown(False)
        self.assertTrue(queue.props.closed)
        self.assertThrError(Thr.Error.SHUT_DOWN, queue.put, 2)
        self.assertEqual(get(queue), 1)
        self.assertThrError(Thr.Error.SHUT_DOWN, queue.get)

    def test_shutdown_immediate(self):
        queue = Thr.Queue()
        queue.put(1)
        queue.shutdown(True)
        self.assertTrue(queue.is_empty())
        self.assertTrue(queue.join())
        self.assertThrError(Thr.Error.SHUT_DOWN, queue.get)

    def test_shutdown_getters(self):
        queue = Thr.Queue()
        thread = threading.Thread(
            target=lambda: self.assertThrError(Thr.Error.SHUT_DOWN, queue.get))
        thread.start()
        await_waiters(queue, 1)
        queue.shutdown(False)
        thread.join()

    def test_timed_out(self):
        queue = Thr.Queue(max_size=1)
        timed_out = Gio.IOErrorEnum.TIMED_OUT
        for timeout in (0, 2000):
            self.assertIOError(timed_out, queue.get_timed, timeout, None)
            self.assertIOError(timed_out, queue.get_timed_into, GObject.Value(), timeout, None)
        queue.put(1)
        for timeout in (0, 2000):
            self.assertIOError(timed_out, queue.put_timed, 2, timeout, None)

    def test_bad_timeout(self):
        queue = Thr.Queue()
        for function, *args in ((queue.get_timed,), (queue.put_timed, 1), (queue.join_timed,)):
            self.assertThrError(Thr.Error.INVALID_ARGUMENT, function, *args, -2, None)

    def test_huge_timeout(self):
        queue = Thr.Queue()
        got = []
        thread = threading.Thread(
            target=lambda: got.append(queue.get_timed(GLib.MAXINT64, None)))
        thread.start()
        await_waiters(queue, 1)
        queue.put('item')
        thread.join()
        self.assertEqual(got, ['item'])

    def test_cancelled(self):
        queue = Thr.Queue(max_size=1)
        queue.put(1)
        cancellable = Gio.Cancellable()
        cancellable.cancel()
        for function, *args in ((queue.get_timed,), (queue.put_timed, 2), (queue.join_timed,)):
            self.assertIOError(Gio.IOErrorEnum.CANCELLED, function, *args, -1, cancellable)
        self.assertEqual(queue.get_size(), 1)

    def test_cancelled_after_grant(self):
        queue = Thr.Queue()
        cancellable = Gio.Cancellable()
        results = []
        queue.get_async(cancellable, lambda _source, result, *_data: results.append(result))
        queue.put(1)
        drain()
        cancellable.cancel()
        self.assertIOError(Gio.IOErrorEnum.CANCELLED, queue.get_finish, results[0])
        self.assertThrError(Thr.Error.INVALID_STATE, queue.get_finish, results[0])
        self.assertEqual(get(queue), 1)

    def test_given_back(self):
        queue = Thr.Queue()
        queue.get_async(None, lambda *_args: None)
        queue.put('a')
        queue.put('b')
        collect()
        self.assertEqual([get(queue), get(queue)], ['a', 'b'])

    def test_order(self):
        queue = Thr.Queue()
        got = []

        def wait(name):
            got.append((name, get(queue)))

        def finish(source, result, *_data):
            value = GObject.Value()
            source.get_finish_into(result, value)
            got.append(('async', value.get_value()))

        threads = [threading.Thread(target=wait, args=(name,)) for name in 'ac']
        threads[0].start()
        await_waiters(queue, 1)
        queue.get_async(None, finish)
        threads[1].start()
        await_waiters(queue, 3)
        for i in range(3):
            queue.put(i)
        for thread in threads:
            thread.join()
        drain()
        self.assertEqual(sorted(got), [('a', 0), ('async', 1), ('c', 2)])

    def test_notified(self):
        queue = Thr.Queue()
        told = []
        queue.connect('notify::size', lambda *_args: told.append(threading.get_ident()))
        queue.props.observed = True
        thread = threading.Thread(target=queue.put, args=(1,))
        thread.start()
        thread.join()
        self.assertEqual(told, [])
        drain()
        self.assertEqual(told, [threading.get_ident()])

    def test_storm(self):
        queue = Thr.Queue(max_size=3)
        got = []

        def produce(base):
            for i in range(200):
                queue.put(base + i)

        def consume():
            value = GObject.Value()
            try:
                while True:
                    queue.get_into(value)
                    got.append(value.get_value())
                    queue.task_done()
            except GLib.Error as error:
                assert error.matches(GLib.quark_from_string('thr-error-quark'),
                                     int(Thr.Error.SHUT_DOWN))

        threads = [threading.Thread(target=produce, args=(base,)) for base in (0, 1000, 2000)]
        threads += [threading.Thread(target=consume) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads[:3]:
            thread.join()
        queue.join()
        queue.shutdown(False)
        for thread in threads[3:]:
            thread.join()
        self.assertEqual(sorted(got), [base + i for base in (0, 1000, 2000) for i in range(200)])


if __name__ == '__main__':
    unittest.main()
