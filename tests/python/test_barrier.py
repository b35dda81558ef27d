# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""ThrBarrier as introspection gives it, without the override's shapes."""

import threading
import unittest

from support import Errors, drain, without_override
from gi.repository import Gio, GLib

Thr = without_override()


class Party(threading.Thread):
    """Comes to the barrier and remembers how it went."""

    def __init__(self, barrier, *limits):
        super().__init__()
        self.barrier, self.limits = barrier, limits
        self.index, self.error = None, None
        self.start()

    def run(self):
        wait = self.barrier.wait_timed if self.limits else self.barrier.wait
        try:
            self.index = wait(*self.limits).index_
        except GLib.Error as error:
            self.error = error


def await_n_waiting(barrier, n):
    while barrier.get_n_waiting() != n:
        pass


class BarrierTest(Errors, unittest.TestCase):
    def assertBroken(self, error):
        self.assertTrue(error.matches(Thr.error_quark(), Thr.Error.BROKEN), error)

    def test_new(self):
        barrier = Thr.Barrier.new(3)
        self.assertEqual(barrier.props.parties, 3)
        self.assertEqual(barrier.props.n_waiting, 0)
        self.assertFalse(barrier.props.broken)
        self.assertEqual(tuple(Thr.Barrier.new(1).wait()), (True, 0))

    def test_bad_parties(self):
        for parties in (0, -1):
            self.assertThrError(Thr.Error.INVALID_ARGUMENT, Thr.Barrier.new, parties)
        self.assertThrError(Thr.Error.INVALID_ARGUMENT, Thr.Barrier(parties=0).wait)

    def test_indices(self):
        barrier = Thr.Barrier.new(5)
        parties = [Party(barrier) for _ in range(5)]
        for party in parties:
            party.join()
        self.assertEqual(sorted(party.index for party in parties), [0, 1, 2, 3, 4])
        self.assertEqual(barrier.get_n_waiting(), 0)

    def test_timed_out(self):
        barrier = Thr.Barrier.new(3)
        party = Party(barrier)
        await_n_waiting(barrier, 1)
        self.assertIOError(Gio.IOErrorEnum.TIMED_OUT, barrier.wait_timed, 1000, None)
        party.join()
        self.assertBroken(party.error)
        self.assertTrue(barrier.is_broken())
        self.assertThrError(Thr.Error.BROKEN, barrier.wait)
        barrier.reset()
        self.assertFalse(barrier.is_broken())

    def test_bad_timeout(self):
        barrier = Thr.Barrier.new(2)
        self.assertThrError(Thr.Error.INVALID_ARGUMENT, barrier.wait_timed, -2, None)
        self.assertFalse(barrier.is_broken())

    def test_cancelled(self):
        barrier = Thr.Barrier.new(2)
        cancellable = Gio.Cancellable()
        cancellable.cancel()
        self.assertIOError(Gio.IOErrorEnum.CANCELLED, barrier.wait_timed, -1, cancellable)
        self.assertFalse(barrier.is_broken())

    def test_abort(self):
        barrier = Thr.Barrier.new(2)
        party = Party(barrier)
        await_n_waiting(barrier, 1)
        barrier.abort()
        party.join()
        self.assertBroken(party.error)
        self.assertTrue(barrier.is_broken())

    def test_reset(self):
        barrier = Thr.Barrier.new(2)
        party = Party(barrier)
        await_n_waiting(barrier, 1)
        barrier.reset()
        party.join()
        self.assertBroken(party.error)
        again = Party(barrier), Party(barrier)
        for party in again:
            party.join()
            self.assertIsNone(party.error)

    def test_action(self):
        runs = []

        def action(given, *_data):
            runs.append((given is barrier, threading.get_ident()))
            return True

        barrier = Thr.Barrier.new_full(2, action)
        party = Party(barrier)
        await_n_waiting(barrier, 1)
        self.assertEqual(barrier.wait().index_, 1)
        party.join()
        self.assertEqual(party.index, 0)
        self.assertEqual(runs, [(True, threading.get_ident())])

    def test_action_fails(self):
        def action(*_data):
            raise GLib.Error.new_literal(Gio.io_error_quark(), 'full', Gio.IOErrorEnum.NO_SPACE)

        barrier = Thr.Barrier.new_full(2, action)
        party = Party(barrier)
        await_n_waiting(barrier, 1)
        self.assertIOError(Gio.IOErrorEnum.NO_SPACE, barrier.wait)
        party.join()
        self.assertBroken(party.error)

    def test_async(self):
        barrier = Thr.Barrier.new(2)
        done = []
        for _ in range(2):
            barrier.wait_async(None, lambda source, result, *_data:
                               done.append(tuple(source.wait_finish(result))))
        self.assertEqual(done, [])
        drain()
        self.assertEqual(done, [(True, 0), (True, 1)])

    def test_notified(self):
        barrier = Thr.Barrier.new(2)
        told = []
        barrier.connect('notify::broken', lambda *_args: told.append(barrier.props.broken))
        barrier.abort()
        self.assertEqual(told, [])
        drain()
        self.assertEqual(told, [True])


if __name__ == '__main__':
    unittest.main()
