# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""ThrTimer as introspection gives it, without the override's shapes."""

import threading
import time
import unittest

from support import Errors, drain, run_until, without_override
from gi.repository import Gio, GLib

Thr = without_override()

LONG = 3600 * 1000000


class TimerTest(Errors, unittest.TestCase):
    def test_fires(self):
        timer = Thr.Timer.new(5000)
        told = []
        timer.connect('fired', lambda _timer: told.append(threading.get_ident()))
        self.assertEqual(timer.get_state(), Thr.TimerState.NEW)
        began = time.monotonic()
        timer.start()
        self.assertThrError(Thr.Error.ALREADY_STARTED, timer.start)
        self.assertIs(timer.wait(), True)
        self.assertGreaterEqual(time.monotonic() - began, 0.004999)
        self.assertEqual(told, [threading.get_ident()])
        self.assertEqual(timer.props.state, Thr.TimerState.FINISHED)
        self.assertEqual(timer.props.n_fired, 1)
        self.assertThrError(Thr.Error.ALREADY_STARTED, timer.start)

    def test_bad_interval(self):
        self.assertThrError(Thr.Error.INVALID_ARGUMENT, Thr.Timer.new(-1).start)
        self.assertThrError(Thr.Error.INVALID_ARGUMENT, Thr.Timer.new_repeating(0).start)

    def test_cancel(self):
        timer = Thr.Timer.new(LONG)
        self.assertIs(timer.cancel(), True)
        timer.start()
        self.assertIs(timer.wait(), True)
        timer = Thr.Timer.new(LONG)
        timer.start()
        waiter = threading.Thread(target=timer.wait)
        waiter.start()
        self.assertIs(timer.cancel(), True)
        waiter.join()
        self.assertIs(timer.cancel(), False)
        self.assertEqual(timer.get_state(), Thr.TimerState.CANCELLED)

    def test_func(self):
        calls = []

        def function(given, *_data):
            calls.append((given is timer, threading.get_ident()))
            return True

        timer = Thr.Timer.new_full(0, False, function)
        timer.start()
        timer.wait()
        self.assertEqual(len(calls), 1)
        self.assertTrue(calls[0][0])
        self.assertNotEqual(calls[0][1], threading.get_ident())

    def test_func_fails(self):
        def function(*_data):
            raise GLib.Error('enough', 'g-io-error-quark', Gio.IOErrorEnum.FAILED)

        told = []
        heard = []
        Thr.set_error_hook(lambda _thread, error, *_data: heard.append(error.message))
        timer = Thr.Timer.new_full(0, False, function)
        timer.connect('failed', lambda _timer, error: told.append(error.message))
        self.assertIsNone(timer.get_error())
        timer.start()
        timer.wait()
        Thr.set_error_hook(None)
        self.assertEqual(timer.props.state, Thr.TimerState.FAILED)
        self.assertEqual(timer.get_error().message, 'enough')
        self.assertEqual((told, heard), (['enough'], ['enough']))

    def test_repeating(self):
        timer = Thr.Timer.new_repeating(500)
        told = []
        timer.connect('fired', told.append)
        timer.start()
        run_until(lambda: len(told) >= 3)
        self.assertIs(timer.cancel(), True)
        drain()
        n = len(told)
        timer.wait()
        drain()
        self.assertEqual(len(told), n)

    def test_waits(self):
        timer = Thr.Timer.new(LONG)
        self.assertThrError(Thr.Error.NOT_STARTED, timer.wait)
        timer.start()
        self.assertIOError(Gio.IOErrorEnum.TIMED_OUT, timer.wait_timed, 0, None)
        self.assertThrError(Thr.Error.INVALID_ARGUMENT, timer.wait_timed, -2, None)
        done = []
        timer.wait_async(None, lambda source, result, *_data:
                         done.append(source.wait_finish(result)))
        timer.cancel()
        drain()
        self.assertEqual(done, [True])


if __name__ == '__main__':
    unittest.main()
