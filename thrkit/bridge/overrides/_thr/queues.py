# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Queues: `queue`'s shapes over our locks and conditions.

They are Python objects, since a derived class may put its own container under them
(`_init`, `_qsize`, `_put`, `_get`), and since what is in a queue must be seen by
Python's garbage collector. `Thr.raw.Queue` is the GObject.
"""

import collections
import heapq
import math
import queue
import time
import types

from .awaiting import _Gate
from .base import _limit, raw
from .locks import Lock

Empty = queue.Empty
Full = queue.Full


# No signal handler ends it: who has waited has the lock again, whatever happened.
_acquire_again = raw.Lock.acquire


class _Line:
    """The condition of a queue, whose waiters block or await in one line.

    Each waits before a gate of its own. Who stood in vain, since the wait was cancelled
    or interrupted after the notification, passes that on.
    """

    def __init__(self, lock):
        self._lock = lock
        self._gates = collections.deque()    # under the lock
        self.acquire = lock.acquire
        self.release = lock.release

    def __enter__(self):
        return self._lock.__enter__()

    def __exit__(self, *exception):
        return self._lock.__exit__(*exception)

    def __repr__(self):
        return f'<Condition({self._lock!r}, {len(self._gates)})>'

    def _is_owned(self):
        return self._lock.locked()

    def get_n_waiters(self):
        return len(self._gates)

    def stand(self, gate, is_first=False):
        """Puts a gate into the line, with the lock held."""
        if not self._lock.locked():
            raise RuntimeError('cannot wait on un-acquired lock')
        (self._gates.appendleft if is_first else self._gates.append)(gate)

    def _leave(self, gate):
        """False when it had been notified."""
        try:
            self._gates.remove(gate)
        except ValueError:
            return False
        return True

    def _give_up(self, gate):
        if not self._leave(gate):
            self.notify()

    def wait(self, timeout=None, *, is_first=False):
        """Releases the lock until notified; False when it was not in `timeout` seconds."""
        gate = Lock()
        gate.acquire()
        self.stand(gate, is_first)
        self._lock.release()
        try:
            notified = gate.acquire(True, -1 if timeout is None else max(0, timeout))
        except BaseException:
            _acquire_again(self._lock)
            self._give_up(gate)
            raise
        _acquire_again(self._lock)
        return notified or not self._leave(gate)

    async def pass_gate(self, gate, limit):
        """Waits without the lock, for microseconds; False when it was not notified."""
        try:
            notified = await gate.acquire(limit)
        except BaseException:
            with self._lock:
                self._give_up(gate)
            raise
        if notified:
            return True
        with self._lock:
            return not self._leave(gate)

    def wait_for(self, predicate, timeout=None):
        """Waits until predicate() is true, and returns its last value."""
        end = None if timeout is None else time.monotonic() + timeout
        while not (result := predicate()):
            left = None if end is None else end - time.monotonic()
            if left is not None and left <= 0:
                break
            self.wait(left)
        return result

    def notify(self, n=1):
        """Wakes those who have waited longest, n of them at the most."""
        if not self._lock.locked():
            raise RuntimeError('cannot notify on un-acquired lock')
        gates = self._gates
        while gates and n > 0:
            # A lock's release() says nothing; a coroutine's may have lost its loop.
            if gates.popleft().release() is not False:
                n -= 1

    def notify_all(self):
        """Wakes all who wait."""
        self.notify(len(self._gates))


class Queue:
    """`queue.Queue`: first in, first out; `maxsize` 0 is without limit."""

    new = staticmethod(raw.Queue.new)

    def __init__(self, maxsize=0):
        self.maxsize = maxsize
        self._init(maxsize)
        # One lock for the container and all that is said about it.
        self.mutex = Lock()
        self.not_empty = _Line(self.mutex)
        self.not_full = _Line(self.mutex)
        self.all_tasks_done = _Line(self.mutex)
        self.unfinished_tasks = 0

    # The container, for derived classes; called with the lock held.

    def _init(self, maxsize):
        self.queue = collections.deque()

    def _qsize(self):
        return len(self.queue)

    def _put(self, item):
        self.queue.append(item)

    def _get(self):
        return self.queue.popleft()

    # How much is in it, at that moment.

    def qsize(self):
        """How many items it has."""
        with self.mutex:
            return self._qsize()

    def empty(self):
        """Whether it has none."""
        with self.mutex:
            return not self._qsize()

    def full(self):
        """Whether a put() would have to wait."""
        with self.mutex:
            return 0 < self.maxsize <= self._qsize()

    def _wait(self, line, is_blocked, error, block, timeout):
        """Waits, with the lock held, for room or for an item."""
        if block and timeout is not None and timeout < 0:
            raise ValueError("'timeout' must be a non-negative number")
        if not is_blocked():
            return
        if not block:
            raise error
        if timeout is not None and math.isnan(timeout):
            raise ValueError('Invalid value NaN (not a number)')
        end = None if timeout is None else time.monotonic() + timeout
        left = timeout
        is_first = False
        while is_blocked():
            if end is not None:
                left = end - time.monotonic()
                if left <= 0:
                    raise error
            # Who was woken and finds that somebody else was quicker keeps the place.
            is_first = line.wait(left, is_first=is_first)

    async def _await(self, line, is_blocked, act, error, timeout):
        """Has act() called with the lock held, as soon as nothing blocks."""
        limit = left = _limit(timeout)
        end = time.monotonic() + limit / 1000000
        is_first = False
        while True:
            with self.mutex:
                if not is_blocked():
                    return act()
                if limit >= 0:
                    left = _limit(end - time.monotonic())
                    if left == 0:
                        raise error
                gate = _Gate()
                line.stand(gate, is_first)
            is_first = await line.pass_gate(gate, left)

    def _is_full(self):
        return 0 < self.maxsize <= self._qsize()

    def _is_empty(self):
        return not self._qsize()

    def put(self, item, block=True, timeout=None):
        """Puts an item in; Full when there is no room within `timeout` seconds."""
        # The lock itself: the conditions are Python objects around it.
        with self.mutex:
            if self.maxsize > 0:
                self._wait(self.not_full, self._is_full, Full, block, timeout)
            self._put(item)
            self.unfinished_tasks += 1
            self.not_empty.notify()

    def _put_now(self, item):
        self._put(item)
        self.unfinished_tasks += 1
        self.not_empty.notify()

    def _get_now(self):
        item = self._get()
        self.not_full.notify()
        return item

    def get(self, block=True, timeout=None):
        """Takes an item out; Empty when there is none within `timeout` seconds."""
        with self.mutex:
            self._wait(self.not_empty, self._is_empty, Empty, block, timeout)
            item = self._get()
            self.not_full.notify()
            return item

    def put_async(self, item, timeout=None):
        """To be awaited: as put()."""
        return self._await(self.not_full, self._is_full, lambda: self._put_now(item), Full,
                           timeout)

    def get_async(self, timeout=None):
        """To be awaited: as get()."""
        return self._await(self.not_empty, self._is_empty, self._get_now, Empty, timeout)

    def put_nowait(self, item):
        """Puts an item in, or raises Full."""
        return self.put(item, False)

    def get_nowait(self):
        """Takes an item out, or raises Empty."""
        return self.get(False)

    # Work that is done

    def task_done(self):
        """Says that what an item was for has been done."""
        with self.mutex:
            if self.unfinished_tasks <= 0:
                raise ValueError('task_done() called too many times')
            self.unfinished_tasks -= 1
            if not self.unfinished_tasks:
                self.all_tasks_done.notify_all()

    def join(self):
        """Waits until everything that was put in has been done."""
        with self.mutex:
            while self.unfinished_tasks:
                self.all_tasks_done.wait()

    def join_async(self):
        """To be awaited: as join()."""
        return self._await(self.all_tasks_done, lambda: self.unfinished_tasks,
                           lambda: None, Full, None)

    __class_getitem__ = classmethod(types.GenericAlias)


class PriorityQueue(Queue):
    """`queue.PriorityQueue`: the smallest item comes first."""

    def _init(self, maxsize):
        self.queue = []

    def _put(self, item):
        heapq.heappush(self.queue, item)

    def _get(self):
        return heapq.heappop(self.queue)


class LifoQueue(Queue):
    """`queue.LifoQueue`: what came last comes first."""

    def _init(self, maxsize):
        self.queue = []

    def _get(self):
        return self.queue.pop()


def _seconds_until(end, limit):
    """As locks have it."""
    return -1 if limit < 0 else max(0, end - time.monotonic())


class SimpleQueue:
    """`queue.SimpleQueue`: without limit; a put() may interrupt another one.

    Putting and taking hold no lock, so that a signal handler or a destructor may do it,
    also one that runs in the midst of another call.

    Who finds nothing puts a gate into a line and looks once more; who puts opens the
    gate of the first. One of the two sees the other. Whoever has passed a gate takes one
    item, or goes back to the head of the line when somebody else was quicker; who goes
    away from an open gate opens the next, unless nothing is left.
    """

    def __init__(self):
        self._items = collections.deque()
        self._gates = collections.deque()

    def put(self, item, block=True, timeout=None):
        """Puts an item in. It never waits; the last two are for likeness."""
        self._items.append(item)
        if self._gates:
            self._open()

    def _open(self):
        # A lock's release() says nothing; a coroutine's may have lost its loop.
        try:
            while self._gates.popleft().release() is False:
                pass
        except IndexError:
            pass

    def _leave(self, gate):
        try:
            self._gates.remove(gate)
        except ValueError:
            if self._items:
                self._open()

    def get(self, block=True, timeout=None):
        """Takes an item out; Empty when there is none within `timeout` seconds."""
        if block and timeout is not None and timeout < 0:
            raise ValueError("'timeout' must be a non-negative number")
        try:
            return self._items.popleft()
        except IndexError:
            pass
        if not block:
            raise Empty
        return self._get_soon(_limit(timeout))

    def _get_soon(self, limit):
        end = time.monotonic() + limit / 1000000
        stand = self._gates.append
        while True:
            gate = Lock()
            gate.acquire()
            try:
                stand(gate)
                if self._items or not gate.acquire(True, _seconds_until(end, limit)):
                    self._leave(gate)
            except BaseException:
                self._leave(gate)
                raise
            try:
                return self._items.popleft()
            except IndexError:
                if limit >= 0 and time.monotonic() >= end:
                    raise Empty from None
            stand = self._gates.appendleft

    async def put_async(self, item, timeout=None):
        """To be awaited, for likeness: as put()."""
        self.put(item)

    async def get_async(self, timeout=None):
        """To be awaited: as get()."""
        limit = _limit(timeout)
        end = time.monotonic() + limit / 1000000
        stand = self._gates.append
        while True:
            try:
                return self._items.popleft()
            except IndexError:
                if limit >= 0 and time.monotonic() >= end:
                    raise Empty from None
            gate = _Gate()
            try:
                stand(gate)
                if self._items or not await gate.acquire(
                        -1 if limit < 0 else _limit(end - time.monotonic())):
                    self._leave(gate)
            except BaseException:
                self._leave(gate)
                raise
            stand = self._gates.appendleft

    def put_nowait(self, item):
        """Puts an item in."""
        self.put(item)

    def get_nowait(self):
        """Takes an item out, or raises Empty."""
        return self.get(False)

    def empty(self):
        """Whether it has none."""
        return not self._items

    def qsize(self):
        """How many items it has."""
        return len(self._items)

    __class_getitem__ = classmethod(types.GenericAlias)
