# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Locks, and what else threads wait for: `threading`'s shapes over ours."""

import operator
import threading
import time
import warnings

from gi.repository import GLib, GObject

from .awaiting import (_TIMED_OUT, _AsyncWith, _acquire_soon, _is_cancelled, _operate,
                       _operate_bool)
from .base import (BrokenBarrierError, _THR_ERROR, _FinalMeta, _get_ident, _glib_error,
                   _is_main_thread, _is_timed_out, _limit, _lock_limit, _make_fast, _obtain,
                   _python_error, _wait, _wait_for, raw)
from .values import _INT64_MAX, _INT_MAX

# --- Locks ------------------------------------------------------------------------

_lock_try = raw.Lock.try_acquire
_lock_timed = raw.Lock.acquire_timed
_lock_release = raw.Lock.release
_lock_verbs = _lock_try, raw.Lock.acquire_async, raw.Lock.acquire_finish


def _exit_raw(self, *_exception):
    self.release()


# The raw classes: nothing is between `with` and the introspected function.
raw.Lock.__enter__ = raw.Lock.acquire
raw.Lock.__exit__ = _exit_raw
raw.Semaphore.__enter__ = raw.Semaphore.acquire
raw.Semaphore.__exit__ = _exit_raw


def _describe(self, state):
    return f'<Thr.{type(self).__qualname__} at {id(self):#x}: {state}>'


def _describe_lock(self, state):
    return f'<{state} Thr.{type(self).__qualname__} object at {id(self):#x}>'


class Lock(raw.Lock, _AsyncWith, metaclass=_FinalMeta):
    """`threading.Lock`: no owner; any thread may release it.

    `await lock.acquire_async()` and `async with` wait on the loop. The raw signals and
    properties are there, too, and `acquire_async(cancellable, callback)`.
    """

    new = staticmethod(raw.Lock.new)
    locked = raw.Lock.is_locked

    def __repr__(self):
        return _describe_lock(self, 'locked' if self.is_locked() else 'unlocked')

    def acquire(self, blocking=True, timeout=-1):
        """Acquires; False when it did not within `timeout` seconds (-1: for ever)."""
        limit = _lock_limit(timeout)
        if not blocking:
            if limit != -1:
                raise ValueError("can't specify a timeout for a non-blocking call")
            return _lock_try(self)
        return _obtain(self, _lock_try, _lock_timed, _lock_release, limit)

    def release(self):
        """Releases; RuntimeError when nobody holds the lock."""
        try:
            _lock_release(self)
        except GLib.Error as error:
            raise _python_error(error) from None

    def __enter__(self):
        # Not the introspected method itself: a Ctrl-C could not end its wait.
        return _obtain(self, _lock_try, _lock_timed, _lock_release, -1)

    def __exit__(self, *_exception):
        try:
            _lock_release(self)
        except GLib.Error as error:
            raise _python_error(error) from None

    def acquire_async(self, cancellable=None, callback=None, *data, timeout=-1):
        """To be awaited: as acquire(). With a callback it is the raw one."""
        if callback is not None:
            return _lock_verbs[1](self, cancellable, callback, *data)
        return _acquire_soon(self, _lock_verbs, cancellable, _lock_limit(timeout))

    def _at_fork_reinit(self):
        """For a forked child, in which the thread that held it does not exist."""
        if self.is_locked():
            _lock_release(self)


_make_fast(Lock)
# The names of old, which `_thread` has too.
Lock.acquire_lock = Lock.acquire
Lock.release_lock = Lock.release
Lock.locked_lock = Lock.locked
LockType = Lock
allocate = allocate_lock = Lock


_rec_lock_try = raw.RecLock.try_acquire
_rec_lock_timed = raw.RecLock.acquire_timed
_rec_lock_release = raw.RecLock.release


def _rec_lock_try_anew(self):
    # An awaited acquire never enters again.
    return not self.is_held() and _rec_lock_try(self)


_rec_lock_verbs = (_rec_lock_try_anew, raw.RecLock.acquire_async,
                   raw.RecLock.acquire_finish)

raw.RecLock.__enter__ = raw.RecLock.acquire
raw.RecLock.__exit__ = _exit_raw


class RLock(raw.RecLock, _AsyncWith, metaclass=_FinalMeta):
    """`threading.RLock`: its owner may acquire it again, and nobody else release it.

    A wait that can never end, since the owner waits for the caller, is a RuntimeError.
    """

    new = staticmethod(raw.RecLock.new)

    def __repr__(self):
        state = 'locked' if self.is_locked() else 'unlocked'
        return _describe_lock(self, f'{state} (count={self.get_depth()})')

    def acquire(self, blocking=True, timeout=-1):
        """Acquires; False when it did not within `timeout` seconds (-1: for ever)."""
        limit = _lock_limit(timeout)
        if not blocking:
            if limit != -1:
                raise ValueError("can't specify a timeout for a non-blocking call")
            return _rec_lock_try(self)
        return _obtain(self, _rec_lock_try, _rec_lock_timed, _rec_lock_release, limit)

    def release(self):
        """Releases one level; RuntimeError when the caller is not the owner."""
        try:
            _rec_lock_release(self)
        except GLib.Error as error:
            raise _python_error(error) from None

    def __enter__(self):
        return _obtain(self, _rec_lock_try, _rec_lock_timed, _rec_lock_release, -1)

    def __exit__(self, *_exception):
        try:
            _rec_lock_release(self)
        except GLib.Error as error:
            raise _python_error(error) from None

    def acquire_async(self, cancellable=None, callback=None, *data, timeout=-1):
        """To be awaited: as acquire(). With a callback it is the raw one."""
        if callback is not None:
            return _rec_lock_verbs[1](self, cancellable, callback, *data)
        return _acquire_soon(self, _rec_lock_verbs, cancellable, _lock_limit(timeout))

    # What `threading.Condition` asks of its lock, so that it works over this one too.

    def _is_owned(self):
        return self.is_held()

    def _release_save(self):
        if not self.is_held():
            raise RuntimeError('cannot release un-acquired lock')
        depth = self.get_depth()
        for _level in range(depth):
            _rec_lock_release(self)
        return depth

    def _acquire_restore(self, depth):
        # The raw one, which no signal handler ends: who waits on a condition has its
        # lock again, whatever happened.
        raw.RecLock.acquire(self)
        for _level in range(depth - 1):
            _rec_lock_try(self)

    def _at_fork_reinit(self):
        if self.is_held():
            self._release_save()


_make_fast(RLock)


# --- Semaphores -------------------------------------------------------------------

_semaphore_try = raw.Semaphore.try_acquire
_semaphore_timed = raw.Semaphore.acquire_timed
_semaphore_verbs = (_semaphore_try, raw.Semaphore.acquire_async,
                    raw.Semaphore.acquire_finish)


def _semaphore_error(error):
    if error.matches(_THR_ERROR, int(raw.Error.OVERFLOW)):
        return ValueError('Semaphore released too many times')
    return _python_error(error)


class Semaphore(raw.Semaphore, _AsyncWith, metaclass=_FinalMeta):
    """`threading.Semaphore`."""

    new = staticmethod(raw.Semaphore.new)
    new_bounded = staticmethod(raw.Semaphore.new_bounded)

    def __init__(self, value=1, **properties):
        if value < 0:
            raise ValueError('semaphore initial value must be >= 0')
        if value > _INT64_MAX:
            raise OverflowError('semaphore initial value is too large')
        super().__init__(value=value, **properties)

    def __repr__(self):
        return _describe(self, f'value={self.get_value()}')

    def acquire(self, blocking=True, timeout=None):
        """Takes a permit; False when there was none within `timeout` seconds."""
        if not blocking:
            if timeout is not None:
                raise ValueError("can't specify timeout for non-blocking acquire")
            return _semaphore_try(self)
        limit = _limit(timeout)
        return _obtain(self, _semaphore_try, _semaphore_timed, raw.Semaphore.release, limit)

    def release(self, n=1):
        """Gives back n permits; ValueError when a bounded one would have too many."""
        n = operator.index(n)
        if n < 1:
            raise ValueError('n must be one or more')
        try:
            raw.Semaphore.release_n(self, n)
        except GLib.Error as error:
            raise _semaphore_error(error) from None

    def __enter__(self):
        return _obtain(self, _semaphore_try, _semaphore_timed, raw.Semaphore.release, -1)

    def __exit__(self, *_exception):
        self.release()

    def acquire_async(self, cancellable=None, callback=None, *data, timeout=None):
        """To be awaited: as acquire(). With a callback it is the raw one."""
        if callback is not None:
            return _semaphore_verbs[1](self, cancellable, callback, *data)
        return _acquire_soon(self, _semaphore_verbs, cancellable, _limit(timeout))


class BoundedSemaphore(Semaphore):
    """`threading.BoundedSemaphore`."""

    def __init__(self, value=1, **properties):
        super().__init__(value, bounded=True, **properties)

    def __repr__(self):
        return _describe(self, f'value={self.get_value()}/{self.get_initial_value()}')


_make_fast(Semaphore, BoundedSemaphore, _semaphore_error)


# --- Events -----------------------------------------------------------------------

_event_is_set = raw.Event.is_set
_event_timed = raw.Event.wait_timed


class Event(raw.Event, metaclass=_FinalMeta):
    """`threading.Event`."""

    new = staticmethod(raw.Event.new)

    def __repr__(self):
        return _describe(self, 'set' if self.is_set() else 'unset')

    def wait(self, timeout=None):
        """Waits until it is set; False when it was not within `timeout` seconds."""
        limit = _limit(timeout)
        return _event_is_set(self) or _wait_for(_event_timed, self, limit)

    def wait_async(self, cancellable=None, callback=None, *data, timeout=None):
        """To be awaited: as wait(). With a callback it is the raw one."""
        if callback is not None:
            return raw.Event.wait_async(self, cancellable, callback, *data)
        return self._wait_soon(cancellable, _limit(timeout))

    async def _wait_soon(self, cancellable, limit):
        if not _is_cancelled(cancellable) and _event_is_set(self):
            return True
        if limit == 0:
            return False
        return await _operate_bool(self, raw.Event.wait_async, raw.Event.wait_finish,
                                   cancellable, limit)

    def isSet(self):
        """Deprecated: `is_set()`."""
        _deprecated('isSet() is deprecated, use is_set() instead')
        return self.is_set()

    def _at_fork_reinit(self):
        """Nobody waits in a forked child, and there is no lock that could be held."""


_make_fast(Event)


def _deprecated(text):
    warnings.warn(text, DeprecationWarning, stacklevel=3)


# --- Conditions -------------------------------------------------------------------


class _PythonLock(GObject.Object, raw.Lockable):
    """Any object with acquire() and release(), as a lock for the library."""

    # PyGObject makes no types for classes that say that they are overrides.
    __module__ = 'thrkit'
    __gtype_name__ = 'ThrPythonLock'

    def __init__(self, lock):
        super().__init__()
        self.lock = lock
        self.saved = {}       # the thread that waits → what its lock is restored with

    def do_acquire(self):
        self.lock.acquire()
        return True

    def do_try_acquire(self):
        return bool(self.lock.acquire(False))

    def do_acquire_timed(self, limit, _cancellable):
        if limit < 0:
            return bool(self.lock.acquire())
        return bool(self.lock.acquire(True, limit / 1000000))

    def do_release(self):
        self.lock.release()
        return True

    def do_is_locked(self):
        if hasattr(self.lock, 'locked'):
            return self.lock.locked()
        return self.do_is_held()

    def do_is_held(self):
        if hasattr(self.lock, '_is_owned'):
            return self.lock._is_owned()
        if self.lock.acquire(False):
            self.lock.release()
            return False
        return True

    def do_release_all(self):
        if hasattr(self.lock, '_release_save'):
            self.saved[_get_ident()] = self.lock._release_save()
        else:
            self.lock.release()
        return 1

    def do_restore(self, _levels):
        if hasattr(self.lock, '_acquire_restore'):
            self.lock._acquire_restore(self.saved.pop(_get_ident()))
        else:
            self.lock.acquire()
        return True


_condition_timed = raw.Condition.wait_timed
_condition_notify = raw.Condition.notify


class Condition(raw.Condition, _AsyncWith, metaclass=_FinalMeta):
    """`threading.Condition`, over an RLock of its own or over the lock that is given.

    With a lock of ours those who are notified are not all woken at once: each wakes
    when the lock is its own.
    """

    new = staticmethod(raw.Condition.new)

    # How often the main thread has notified; in its waits, that are signal handlers.
    _n_handled = 0

    def __init__(self, lock=None):
        if lock is None:
            lock = RLock()
        lockable = getattr(lock, '_lockable', lock)
        if not isinstance(lockable, raw.Lockable):
            lockable = _PythonLock(lock)
        super().__init__(lock=lockable)
        self._lock = lock
        self.acquire = lock.acquire
        self.release = lock.release

    def __repr__(self):
        return f'<Condition({self._lock!r}, {self.get_n_waiters()})>'

    def __enter__(self):
        return self._lock.__enter__()

    def __exit__(self, *exception):
        return self._lock.__exit__(*exception)

    def _is_owned(self):
        if hasattr(self._lock, '_is_owned'):
            return self._lock._is_owned()
        if self._lock.acquire(False):
            self._lock.release()
            return False
        return True

    def _release_save(self):
        return self._lock._release_save()

    def _acquire_restore(self, saved):
        self._lock._acquire_restore(saved)

    def _at_fork_reinit(self):
        self._lock._at_fork_reinit()

    def wait(self, timeout=None):
        """Releases the lock until notified; False when it was not in `timeout` seconds."""
        if not _is_main_thread():
            return _wait_for(_condition_timed, self, _limit(timeout))
        n_handled = self._n_handled

        def wait_timed(condition, limit, cancellable):
            # A handler of a signal ran, with the lock, and notified us.
            if self._n_handled != n_handled:
                return True
            return _condition_timed(condition, limit, cancellable)

        return _wait_for(wait_timed, self, _limit(timeout))

    def wait_for(self, predicate, timeout=None):
        """Waits until predicate() is true, and returns its last value."""
        result = predicate()
        end = None
        left = timeout
        while not result:
            if timeout is not None:
                if end is None:
                    end = time.monotonic() + timeout
                else:
                    left = end - time.monotonic()
                    if left <= 0:
                        break
            self.wait(left)
            result = predicate()
        return result

    def acquire_async(self, cancellable=None, callback=None, *data, timeout=-1):
        """To be awaited: as acquire()."""
        return self._lock.acquire_async(cancellable, callback, *data, timeout=timeout)

    def wait_async(self, cancellable=None, callback=None, *data, timeout=None):
        """To be awaited: as wait(). With a callback it is the raw one.

        The lock is held again on every way out, also when the coroutine is cancelled;
        then whoever was notified in vain passes that on.
        """
        if callback is not None:
            return raw.Condition.wait_async(self, cancellable, callback, *data)
        return _operate_bool(self, raw.Condition.wait_async, raw.Condition.wait_finish,
                             cancellable, _limit(timeout), self.notify)

    async def wait_for_async(self, predicate, cancellable=None, timeout=None):
        """To be awaited: as wait_for()."""
        end = None if timeout is None else time.monotonic() + timeout
        while not (result := predicate()):
            left = None if end is None else end - time.monotonic()
            if left is not None and left <= 0:
                break
            await self.wait_async(cancellable, timeout=left)
        return result

    def notify(self, n=1):
        """Wakes those who have waited longest, n of them at the most."""
        if _is_main_thread():
            self._n_handled += 1
        try:
            _condition_notify(self, max(0, min(n, 2**32 - 1)))
        except GLib.Error as error:
            raise _python_error(error) from None

    def notify_all(self):
        """Wakes all who wait."""
        self.notify(2**32 - 1)

    def notifyAll(self):
        """Deprecated: `notify_all()`."""
        _deprecated('notifyAll() is deprecated, use notify_all() instead')
        self.notify_all()


_make_fast(Condition)


# --- Barriers ---------------------------------------------------------------------

_barrier_timed = raw.Barrier.wait_timed


def _act(barrier, action):
    """Runs the action of a barrier, in the thread that came last."""
    try:
        action()
    except BaseException as exception:
        barrier._failures[_get_ident()] = exception
        error = _glib_error(exception)
    else:
        return True
    raise error


class Barrier(raw.Barrier, metaclass=_FinalMeta):
    """`threading.Barrier`."""

    new = staticmethod(raw.Barrier.new)
    new_full = staticmethod(raw.Barrier.new_full)

    def __new__(cls, parties, action=None, timeout=None):
        if parties < 1:
            raise ValueError('parties must be > 0')
        if parties > _INT_MAX:
            raise OverflowError('parties are too many')
        if action is None:
            return super().__new__(cls, parties=parties)
        # Only this function takes an action; what it makes is of the raw class.
        self = raw.Barrier.new_full(parties, _act, action)
        self.__class__ = cls
        return self

    def __init__(self, parties, action=None, timeout=None):
        if action is None:
            super().__init__(parties=parties)
        self._timeout = timeout
        self._failures = {}

    parties = property(raw.Barrier.get_parties)
    n_waiting = property(raw.Barrier.get_n_waiting)
    broken = property(raw.Barrier.is_broken)

    def __repr__(self):
        if self.broken:
            return _describe(self, 'broken')
        return _describe(self, f'waiters={self.n_waiting}/{self.parties}')

    def wait(self, timeout=None):
        """Waits for the others; returns a number from 0 that no other thread gets.

        BrokenBarrierError when one of them gave up, or it took more than `timeout`
        seconds.
        """
        limit = _limit(self._timeout if timeout is None else timeout)
        try:
            return _wait(self._arrive, self, limit)[0]
        except GLib.Error as error:
            exception = self._convert(error)
        try:
            raise exception
        finally:
            exception = None

    def _convert(self, error):
        exception = self._failures.pop(_get_ident(), None)
        if exception is not None:
            return exception
        if _is_timed_out(error) or error.matches(_THR_ERROR, int(raw.Error.BROKEN)):
            return BrokenBarrierError()
        return _python_error(error)

    def wait_async(self, cancellable=None, callback=None, *data, timeout=None):
        """To be awaited: as wait(). With a callback it is the raw one.

        A coroutine that is cancelled breaks the barrier, unless all had come.
        """
        if callback is not None:
            return raw.Barrier.wait_async(self, cancellable, callback, *data)
        return self._wait_soon(cancellable, _limit(self._timeout if timeout is None else timeout))

    async def _wait_soon(self, cancellable, limit):
        answer = await _operate(self, raw.Barrier.wait_async, raw.Barrier.wait_finish,
                                cancellable, limit, convert=self._convert)
        if answer is _TIMED_OUT:
            raise BrokenBarrierError
        return answer[1]

    @staticmethod
    def _arrive(barrier, limit, cancellable):
        arrived, index = _barrier_timed(barrier, limit, cancellable)
        return (index,) if arrived else ()
