# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Queues: `queue`'s shapes over our locks and conditions.

They are Python objects, since a derived class may put its own container under them
(`_init`, `_qsize`, `_put`, `_get`), and since what is in a queue must be seen by
Python's garbage collector. `Thr.raw.Queue` is the GObject.
"""

import collections
import heapq
import queue
import time
import types

from .base import raw
from .locks import Condition, Lock, Semaphore

Empty = queue.Empty
Full = queue.Full


class Queue:
    """`queue.Queue`: first in, first out; `maxsize` 0 is without limit."""

    new = staticmethod(raw.Queue.new)

    def __init__(self, maxsize=0):
        self.maxsize = maxsize
        self._init(maxsize)
        # One lock for the container and all that is said about it.
        self.mutex = Lock()
        self.not_empty = Condition(self.mutex)
        self.not_full = Condition(self.mutex)
        self.all_tasks_done = Condition(self.mutex)
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

    def _wait(self, condition, is_blocked, error, block, timeout):
        """Waits, with the lock held, for room or for an item."""
        if block and timeout is not None and timeout < 0:
            raise ValueError("'timeout' must be a non-negative number")
        if not is_blocked():
            return
        if not block:
            raise error
        if timeout is None:
            while is_blocked():
                condition.wait()
            return
        end = time.monotonic() + timeout
        while is_blocked():
            left = end - time.monotonic()
            if left <= 0:
                raise error
            condition.wait(left)

    def _is_full(self):
        return 0 < self.maxsize <= self._qsize()

    def _is_empty(self):
        return not self._qsize()

    def put(self, item, block=True, timeout=None):
        """Puts an item in; Full when there is no room within `timeout` seconds."""
        with self.not_full:
            if self.maxsize > 0:
                self._wait(self.not_full, self._is_full, Full, block, timeout)
            self._put(item)
            self.unfinished_tasks += 1
            self.not_empty.notify()

    def get(self, block=True, timeout=None):
        """Takes an item out; Empty when there is none within `timeout` seconds."""
        with self.not_empty:
            self._wait(self.not_empty, self._is_empty, Empty, block, timeout)
            item = self._get()
            self.not_full.notify()
            return item

    def put_nowait(self, item):
        """Puts an item in, or raises Full."""
        return self.put(item, False)

    def get_nowait(self):
        """Takes an item out, or raises Empty."""
        return self.get(False)

    # Work that is done

    def task_done(self):
        """Says that what an item was for has been done."""
        with self.all_tasks_done:
            if self.unfinished_tasks <= 0:
                raise ValueError('task_done() called too many times')
            self.unfinished_tasks -= 1
            if not self.unfinished_tasks:
                self.all_tasks_done.notify_all()

    def join(self):
        """Waits until everything that was put in has been done."""
        with self.all_tasks_done:
            while self.unfinished_tasks:
                self.all_tasks_done.wait()

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


class SimpleQueue:
    """`queue.SimpleQueue`: without limit; a put() may interrupt another one.

    Putting holds no lock, so that a signal handler or a destructor may do it, also one
    that runs in the midst of another call.
    """

    def __init__(self):
        self._items = collections.deque()
        self._permits = Semaphore(0)

    def put(self, item, block=True, timeout=None):
        """Puts an item in. It never waits; the last two are for likeness."""
        self._items.append(item)
        self._permits.release()

    def get(self, block=True, timeout=None):
        """Takes an item out; Empty when there is none within `timeout` seconds."""
        if not block:
            timeout = None
        elif timeout is not None and timeout < 0:
            raise ValueError("'timeout' must be a non-negative number")
        if not self._permits.acquire(block, timeout):
            raise Empty
        return self._items.popleft()

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
