# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Several futures: `wait` and `as_completed`, for ours and the standard library's."""

import concurrent.futures
import contextlib
import time

from .base import _get_ident, _limit, _wait_for
from .futures import _future_wait, _new_task, _task_end, _workers
from .locks import Event, Lock

FIRST_COMPLETED = concurrent.futures.FIRST_COMPLETED
FIRST_EXCEPTION = concurrent.futures.FIRST_EXCEPTION
ALL_COMPLETED = concurrent.futures.ALL_COMPLETED

_ENDED = ('FINISHED', 'CANCELLED_AND_NOTIFIED')


class _Gate:
    """The event of a pool's thread, which the pool replaces while it waits here."""

    def __init__(self, worker):
        self.worker = worker
        self.task = _new_task(None, None)

    def set(self):
        _task_end(self.task, None)

    def clear(self):
        if self.task.is_done():
            self.task = _new_task(None, None)

    def wait(self, timeout):
        self.worker.begin_wait()
        try:
            return _wait_for(_future_wait, self.task, _limit(timeout))
        finally:
            self.worker.end_wait()


class _Waiter:
    """What futures tell, theirs and ours alike, under their own conditions."""

    def __init__(self, n_awaited, ends_on_exception=False):
        worker = _workers.get(_get_ident())
        self.event = Event() if worker is None else _Gate(worker)
        self.lock = Lock()
        self.n_awaited = n_awaited
        self.ends_on_exception = ends_on_exception
        self.ended = []

    def _add(self, future, is_enough=False):
        with self.lock:
            self.ended.append(future)
            self.n_awaited -= 1
            if self.n_awaited <= 0 or is_enough:
                self.event.set()

    def add_result(self, future):
        self._add(future)

    def add_exception(self, future):
        self._add(future, self.ends_on_exception)

    def add_cancelled(self, future):
        self._add(future)

    def take(self):
        """What has ended since the last time, in order."""
        with self.lock:
            ended, self.ended = self.ended, []
            self.event.clear()
        ended.reverse()
        return ended


def _attend(futures, make_waiter):
    """Asks each future to tell a waiter: those that have ended already, and the waiter.

    The conditions are taken together, one order for all, so that none ends in between.
    """
    with contextlib.ExitStack() as held:
        for future in sorted(futures, key=id):
            held.enter_context(future._condition)
        ended = {future for future in futures if future._state in _ENDED}
        waiter = make_waiter(ended)
        if waiter is not None:
            for future in futures - ended:
                future._waiters.append(waiter)
    return ended, waiter


def _leave(futures, waiter):
    for future in futures:
        with future._condition:
            if waiter in future._waiters:
                future._waiters.remove(waiter)


def _failed(future):
    return not future.cancelled() and future.exception() is not None


def wait(fs, timeout=None, return_when=ALL_COMPLETED):
    """Waits for futures: a named tuple of those that are done and those that are not.

    `return_when` is ALL_COMPLETED, FIRST_COMPLETED or FIRST_EXCEPTION. A cancelled one
    counts once who runs it has noticed.
    """
    futures = set(fs)

    def make_waiter(ended):
        n_left = len(futures) - len(ended)
        if not n_left or return_when == FIRST_COMPLETED and ended:
            return None
        if return_when == FIRST_EXCEPTION and any(map(_failed, ended)):
            return None
        if return_when == FIRST_COMPLETED:
            return _Waiter(1)
        if return_when in (FIRST_EXCEPTION, ALL_COMPLETED):
            return _Waiter(n_left, return_when == FIRST_EXCEPTION)
        raise ValueError(f'Invalid return condition: {return_when!r}')

    done, waiter = _attend(futures, make_waiter)
    if waiter is not None:
        try:
            waiter.event.wait(timeout)
        finally:
            _leave(futures - done, waiter)
        done.update(waiter.ended)
    return concurrent.futures._base.DoneAndNotDoneFutures(done, futures - done)


def as_completed(fs, timeout=None):
    """Yields futures as they end, each once; TimeoutError after `timeout` seconds."""
    end = None if timeout is None else time.monotonic() + timeout
    pending = set(fs)
    n_futures = len(pending)
    ended, waiter = _attend(pending, lambda ended: _Waiter(1))
    ended = list(ended)
    try:
        while True:
            # Nobody here holds a future that has been given away.
            while ended:
                pending.discard(ended[-1])
                _leave([ended[-1]], waiter)
                yield ended.pop()
            if not pending:
                return
            left = None
            if end is not None:
                left = end - time.monotonic()
                if left < 0:
                    raise concurrent.futures.TimeoutError(
                        f'{len(pending)} (of {n_futures}) futures unfinished')
            waiter.event.wait(left)
            ended = waiter.take()
    finally:
        _leave(pending, waiter)
