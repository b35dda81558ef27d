# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""ThrLatch as introspection gives it, without the override's shapes."""

import threading
import unittest

from support import Errors, drain, without_override
from gi.repository import Gio, GLib

Thr = without_override()


class LatchTest(Errors, unittest.TestCase):
    def test_new(self):
        latch = Thr.Latch.new(3)
        self.assertEqual(latch.get_count(), 3)
        self.assertIs(latch.count_down(2), True)
        self.assertEqual(latch.props.count, 1)
        self.assertIs(latch.is_open(), False)
        latch.count_down(1)
        self.assertIs(latch.is_open(), True)
        self.assertEqual(latch.props.initial_count, 3)
        self.assertTrue(Thr.Latch.new(0).wait())
        self.assertEqual(Thr.Latch(count=7).get_count(), 7)

    def test_bad_count(self):
        for count in (-1, GLib.MININT64):
            self.assertThrError(Thr.Error.INVALID_ARGUMENT, Thr.Latch.new, count)

    def test_overflow(self):
        latch = Thr.Latch.new(2)
        self.assertThrError(Thr.Error.OVERFLOW, latch.count_down, 3)
        self.assertThrError(Thr.Error.INVALID_ARGUMENT, latch.count_down, 0)
        self.assertThrError(Thr.Error.INVALID_ARGUMENT, latch.count_down, -1)
        self.assertEqual(latch.get_count(), 2)
        latch.count_down(2)
        self.assertThrError(Thr.Error.OVERFLOW, latch.count_down, 1)

    def test_timed_out(self):
        latch = Thr.Latch.new(1)
        self.assertIOError(Gio.IOErrorEnum.TIMED_OUT, latch.wait_timed, 0, None)
        self.assertIOError(Gio.IOErrorEnum.TIMED_OUT, latch.wait_timed, 2000, None)
        self.assertThrError(Thr.Error.INVALID_ARGUMENT, latch.wait_timed, -2, None)

    def test_cancelled_before(self):
        cancellable = Gio.Cancellable()
        cancellable.cancel()
        latch = Thr.Latch.new(1)
        self.assertIOError(Gio.IOErrorEnum.CANCELLED, latch.wait_timed, -1, cancellable)

    def test_counted_at_once(self):
        latch = Thr.Latch.new(20)
        threads = [threading.Thread(target=latch.count_down, args=(1,)) for _ in range(20)]
        for thread in threads:
            thread.start()
        self.assertIs(latch.wait(), True)
        self.assertEqual(latch.get_count(), 0)
        for thread in threads:
            thread.join()

    def test_waits(self):
        latch = Thr.Latch.new(1)
        done = []
        latch.wait_async(None, lambda source, result, *_data:
                         done.append(source.wait_finish(result)))
        drain()
        self.assertEqual(done, [])
        latch.count_down(1)
        self.assertEqual(done, [])
        drain()
        self.assertEqual(done, [True])

    def test_opened(self):
        latch = Thr.Latch.new(1)
        told = []
        latch.connect('opened', lambda _latch: told.append('opened'))
        latch.connect('notify::count', lambda *_args: told.append(latch.props.count))
        thread = threading.Thread(target=latch.count_down, args=(1,))
        thread.start()
        thread.join()
        self.assertEqual(told, [])
        latch.wait()
        self.assertEqual(told, [0, 'opened'])


if __name__ == '__main__':
    unittest.main()
