# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""ThrEvent as introspection gives it, without the override's shapes."""

import threading
import unittest

from support import Errors, drain, without_override
from gi.repository import Gio, GLib

Thr = without_override()


def await_waiters(waited, n):
    while waited.props.n_waiters != n:
        pass


class EventTest(Errors, unittest.TestCase):
    def test_new(self):
        event = Thr.Event.new()
        self.assertFalse(event.props.flag)
        event.set()
        event.set()
        self.assertIs(event.is_set(), True)
        self.assertTrue(event.props.flag)
        event.clear()
        self.assertIs(event.is_set(), False)

    def test_open(self):
        event = Thr.Event()
        event.set()
        self.assertIs(event.wait(), True)
        self.assertIs(event.wait_timed(0, None), True)

    def test_timed_out(self):
        event = Thr.Event()
        self.assertIOError(Gio.IOErrorEnum.TIMED_OUT, event.wait_timed, 0, None)
        self.assertIOError(Gio.IOErrorEnum.TIMED_OUT, event.wait_timed, 2000, None)

    def test_bad_timeout(self):
        self.assertThrError(Thr.Error.INVALID_ARGUMENT, Thr.Event().wait_timed, -2, None)

    def test_huge_timeout(self):
        event = Thr.Event()
        thread = threading.Thread(target=event.wait_timed, args=(GLib.MAXINT64, None))
        thread.start()
        await_waiters(event, 1)
        event.set()
        thread.join()

    def test_cancelled_before(self):
        event = Thr.Event()
        cancellable = Gio.Cancellable()
        cancellable.cancel()
        self.assertIOError(Gio.IOErrorEnum.CANCELLED, event.wait_timed, -1, cancellable)

    def test_set_and_clear(self):
        event = Thr.Event()
        results = []
        threads = [threading.Thread(target=lambda: results.append(event.wait()))
                   for _ in range(3)]
        for thread in threads:
            thread.start()
        await_waiters(event, 3)
        event.set()
        event.clear()
        for thread in threads:
            thread.join()
        self.assertEqual(results, [True] * 3)
        self.assertFalse(event.is_set())

    def test_async_cancelled(self):
        event = Thr.Event()
        cancellable = Gio.Cancellable()
        results = []
        event.wait_async(cancellable, lambda _source, result, *_data: results.append(result))
        cancellable.cancel()
        drain()
        self.assertIOError(Gio.IOErrorEnum.CANCELLED, event.wait_finish, results[0])
        self.assertThrError(Thr.Error.INVALID_STATE, event.wait_finish, results[0])

    def test_waits(self):
        event = Thr.Event()
        done = []
        for name in 'ab':
            event.wait_async(None, lambda source, result, *_data, name=name:
                             done.append((name, source.wait_finish(result))))
        drain()
        self.assertEqual(done, [])
        thread = threading.Thread(target=event.set)
        thread.start()
        thread.join()
        self.assertEqual(done, [])
        drain()
        self.assertEqual(done, [('a', True), ('b', True)])

    def test_notified(self):
        event = Thr.Event()
        told = []
        event.connect('notify::flag', lambda *_args: told.append(threading.get_ident()))
        thread = threading.Thread(target=event.set)
        thread.start()
        thread.join()
        self.assertEqual(told, [])
        drain()
        self.assertEqual(told, [threading.get_ident()])


if __name__ == '__main__':
    unittest.main()
