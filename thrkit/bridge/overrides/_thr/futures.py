# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Futures: `concurrent.futures`' shape with a GObject behind it."""

import concurrent.futures
import contextlib
import os
import sys
import time

from gi.repository import GLib, GObject

from .base import (_CancelledError, _InvalidStateError, _LOGGER, _glib_error, _limit,
                   _python_error, _wait_for, raw)
from .locks import Condition, Event, Lock
from .values import _gvalue_get, _value

BrokenExecutor = concurrent.futures.BrokenExecutor
BrokenThreadPool = concurrent.futures.thread.BrokenThreadPool
CancelledError = concurrent.futures.CancelledError
Executor = concurrent.futures.Executor
InvalidStateError = concurrent.futures.InvalidStateError
TimeoutError = concurrent.futures.TimeoutError

# --- Futures ----------------------------------------------------------------------

_future_wait = raw.Future.wait
_CANCELLED = raw.FutureState.CANCELLED
_RUNNING = raw.FutureState.RUNNING

# Guards the few steps in which futures change what is theirs in Python. One for all:
# it is never held across a callback or a wait.
_futures_lock = Lock()
os.register_at_fork(after_in_child=_futures_lock._at_fork_reinit)


def _settled(_future, holder):
    """What the library calls in the thread that settles a future."""
    holder.pop()._tell()


class Future(concurrent.futures.Future):
    """`concurrent.futures.Future`, with a GObject behind it.

    A pool makes it; `Thr.Future()` is one that its maker settles with `set_result` or
    `set_exception`. The result and the exception stay Python objects. `task` has the
    signals, the progress and the awaiting of GObject: a ThrTask, or a ThrFuture.

    The library knows whether it is done; Python's own state, which the standard
    library looks at under its condition, follows in the thread that settles it.
    """

    # Class attributes are the initial values, so that making one costs little.
    _task = None
    _work = None          # [self, fn, args, kwargs] until it begins
    _has_result = False
    _result = None
    _exception = None
    _callbacks = None     # under _futures_lock, as the flags and _cond
    _watched = False
    _told = False
    _cond = None
    _plain = False        # settled by its maker
    _begun = False        # plain only, as the next two
    _claimed = False
    _notified = False
    _forced = False       # settled by setting _state

    def __init__(self):
        # Not super's, which makes a lock and lists that are made here when needed.
        self._task = raw.Future.new()
        self._plain = True

    new = staticmethod(raw.Future.new)

    @property
    def task(self):
        """The GObject."""
        return self._task

    def __repr__(self):
        return f'<{type(self).__name__} at {id(self):#x} state={self._describe_state()}>'

    def _describe_state(self):
        state = self._state
        if state == 'CANCELLED_AND_NOTIFIED':
            return 'cancelled'
        if state != 'FINISHED':
            return state.lower()
        exception = self._get_exception()
        if exception is not None:
            return f'finished raised {type(exception).__name__}'
        return f'finished returned {type(self._get_result()).__name__}'

    # What has been answered

    def done(self):
        """Whether it has a result, has failed or was cancelled."""
        return self._task.is_done()

    def cancelled(self):
        """Whether it was cancelled."""
        return self._task.get_state() == _CANCELLED

    def running(self):
        """Whether the work has begun and not ended."""
        if self._plain:
            return self._begun and not self._task.is_done()
        return self._task.get_state() == _RUNNING

    def _await_end(self, timeout):
        if self._task.is_done():
            return
        if not _wait_for(_future_wait, self._task, _limit(timeout)):
            raise concurrent.futures.TimeoutError()
        if self._forced:
            with self._condition:
                pass

    def _get_exception(self):
        """Of a future that is done."""
        if self._has_result:
            return None
        # Also says to the library that somebody asked for the error.
        error = self._task.get_error()
        if self._exception is None and error is not None:
            if self.cancelled():
                raise _CancelledError()
            self._exception = self._python_error(error)
        return self._exception

    _python_error = staticmethod(_python_error)

    def _get_result(self):
        if self._has_result or self._forced:
            return self._result
        return _raw_dup_value(self._task)

    def result(self, timeout=None):
        """Waits for the result, and returns it or raises what the work raised."""
        try:
            self._await_end(timeout)
            exception = self._get_exception()
            if exception is not None:
                try:
                    raise exception
                finally:
                    exception = None
            return self._get_result()
        finally:
            # The traceback of what is raised must not hold us: we hold what is raised.
            self = None

    def exception(self, timeout=None):
        """Waits for the end, and returns what the work raised, or None."""
        self._await_end(timeout)
        return self._get_exception()

    # Cancelling and settling

    def cancel(self):
        """Takes the work back; False when it has begun or ended.

        The cancellable of a task that has begun is cancelled: the work may look at
        `Thr.Task.get_current().get_cancellable()`.
        """
        if self._plain:
            with _futures_lock:
                if self._begun or self._claimed:
                    return self.cancelled()
                self._claimed = True
        if not self._task.cancel():
            return False
        work, self._work = self._work, None
        if work:
            work.clear()
        return True

    def _claim(self):
        if not self._plain:
            raise _InvalidStateError('the pool settles this future')
        with _futures_lock:
            if self._claimed or self._task.is_done():
                raise _InvalidStateError(f'{self._state}: {self!r}')
            self._claimed = True

    def set_result(self, result):
        """Settles a future that was made by calling the class."""
        self._claim()
        self._result = result
        self._has_result = True
        self._task.set_value(None if result is None else _value(result))

    def set_exception(self, exception):
        """Settles a future that was made by calling the class."""
        self._claim()
        self._exception = exception
        self._task.set_error(_glib_error(exception))

    def set_running_or_notify_cancel(self):
        """For who settles it: False when there is nothing to do any more."""
        if not self._plain:
            raise RuntimeError('the pool runs this future')
        with _futures_lock:
            if not self._claimed and not self._begun:
                self._begun = True
                return True
            if self._notified or not self.cancelled():
                raise RuntimeError('Future in unexpected state')
        with self._condition:
            self._notified = True
            self._tell_waiters()
        return False

    # Who is told

    def _watch(self):
        """Has _tell() called, once, in the thread that settles the future."""
        with _futures_lock:
            if self._watched:
                return
            self._watched = True
        self._task.watch(_settled, [self])

    def _tell(self):
        with _futures_lock:
            condition = self._cond
            if condition is None:
                # Who makes it later finds the end in place.
                self._told = True
        if condition is not None:
            with condition:
                with _futures_lock:
                    self._told = True
                self._tell_waiters()
                condition.notify_all()
        # Nobody adds one any more.
        callbacks, self._callbacks = self._callbacks, None
        for callback in callbacks or ():
            self._call(callback)

    def _tell_waiters(self):
        """Those of the standard library's wait() and as_completed()."""
        if self._state == 'CANCELLED':
            return
        for waiter in self._waiters:
            if self.cancelled():
                waiter.add_cancelled(self)
            elif self._get_exception() is not None:
                waiter.add_exception(self)
            else:
                waiter.add_result(self)

    def _call(self, callback):
        try:
            callback(self)
        except Exception:
            _LOGGER.exception('exception calling callback for %r', self)

    def add_done_callback(self, fn):
        """Calls fn(self) in the thread that settles the future, or now if it is done."""
        with _futures_lock:
            told = self._told
            if not told:
                if self._callbacks is None:
                    self._callbacks = []
                self._callbacks.append(fn)
        if told:
            self._call(fn)
        else:
            self._watch()

    # What the standard library touches

    @property
    def _condition(self):
        if self._cond is None:
            with _futures_lock:
                if self._cond is None:
                    self._waiters = []
                    self._cond = Condition()
            self._watch()
        return self._cond

    @property
    def _state(self):
        base = concurrent.futures._base
        # Once somebody may hold the condition, the state changes under it only.
        if not self._task.is_done() or self._cond is not None and not self._told:
            return base.RUNNING if self.running() else base.PENDING
        if not self.cancelled():
            return base.FINISHED
        if self._plain and not self._notified:
            return base.CANCELLED
        return base.CANCELLED_AND_NOTIFIED

    @_state.setter
    def _state(self, state):
        # As tests of executors set it, with _exception and _result, which come next.
        base = concurrent.futures._base
        if state == base.RUNNING:
            self._begun = True
        elif state in (base.CANCELLED, base.CANCELLED_AND_NOTIFIED):
            self._notified = state == base.CANCELLED_AND_NOTIFIED
            self.cancel()
        elif state == base.FINISHED:
            self._claimed = self._forced = True
            self._task.set_value(None)

    # Awaiting

    def __await__(self):
        """Under asyncio by its loop; else for spawn(), on the GLib main loop."""
        asyncio = sys.modules.get('asyncio')
        if asyncio is not None and asyncio._get_running_loop() is not None:
            return asyncio.wrap_future(self).__await__()
        return self._await_at_home()

    def _await_at_home(self):
        while not self._task.is_done():
            yield self
        return self.result()

    # Sets

    @staticmethod
    def all(futures):
        """A future of the list of all results, or of the first failure."""
        return _Set(raw.Future.all, futures)

    @staticmethod
    def any(futures):
        """A future of the first result, or of the failure of all."""
        return _Set(raw.Future.any, futures)

    @staticmethod
    def race(futures):
        """A future of whatever comes first."""
        return _Set(raw.Future.race, futures)


class _View(Future):
    """Somebody else's future, with the values and errors that it has itself."""

    _python_error = staticmethod(lambda error: error)

    def __init__(self, task):
        self._task = task

    def _get_result(self):
        result = _raw_dup_value(self._task)
        return list(result) if isinstance(result, raw.Values) else result


class _Set(_View):
    """all, any and race."""

    def __init__(self, function, futures):
        self._members = list(futures)
        super().__init__(function([getattr(member, 'task', member)
                                   for member in self._members]))

    def _python_error(self, error):
        # A member's own exception when it is that one's.
        for member in self._members:
            exception = getattr(member, '_exception', None)
            if exception is not None and _glib_error(exception).message == error.message:
                return exception
        return _python_error(error)


def _raw_dup_value(self):
    """As introspection has it, but for the leak: PyGObject frees no returned GValue."""
    value = GObject.Value()
    self.copy_value(value)
    return _gvalue_get(value)


def _raw_result(self, timeout=None):
    """Waits, in seconds, and returns the value or raises the GLib.Error."""
    return _View(self).result(timeout)


def _raw_await(self):
    return _View(self).__await__()


def _raw_then(self, resolve=None, reject=None):
    """Calls resolve(value) or reject(error) at home, later and once."""

    def finished(future, result, *_data):
        future.wait_finish(result)
        try:
            value = future.dup_value()
        except GLib.Error as error:
            if reject is not None:
                reject(error)
            return
        if resolve is not None:
            resolve(value)

    self.wait_async(None, finished)


# PyGObject takes the second callback of a method for the first one's user data.
raw.Future.then = _raw_then
raw.Future.dup_value = _raw_dup_value
raw.Future.result = _raw_result
raw.Future.__await__ = _raw_await


def spawn(coroutine):
    """Runs a coroutine on the GLib main loop of the caller: a Future of its result.

    In it, Thr's futures and tasks can be awaited; under asyncio they can as well,
    and this is not needed.
    """
    answer = Future()

    def step(*_finished):
        try:
            awaited = coroutine.send(None)
        except StopIteration as stop:
            answer.set_result(stop.value)
        except BaseException as exception:
            answer.set_exception(exception)
        else:
            awaited.task.wait_async(None, step)

    context = GLib.MainContext.get_thread_default() or GLib.MainContext.default()
    source = GLib.Idle(priority=GLib.PRIORITY_DEFAULT)
    source.set_callback(step)
    source.attach(context)
    return answer


# --- Several futures --------------------------------------------------------------

FIRST_COMPLETED = concurrent.futures.FIRST_COMPLETED
FIRST_EXCEPTION = concurrent.futures.FIRST_EXCEPTION
ALL_COMPLETED = concurrent.futures.ALL_COMPLETED

_ENDED = ('FINISHED', 'CANCELLED_AND_NOTIFIED')


class _Waiter:
    """What futures tell, theirs and ours alike, under their own conditions."""

    def __init__(self, n_awaited, ends_on_exception=False):
        self.event = Event()
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
