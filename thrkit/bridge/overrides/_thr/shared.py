# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What `threading` has no shape for: latches and reader/writer locks, shaped as it would."""

import operator

from gi.repository import GLib

from .awaiting import _AsyncWith, _acquire_soon, _operate_bool
from .base import (_THR_ERROR, _FinalMeta, _limit, _lock_limit, _obtain, _python_error,
                   _wait_for, raw)
from .locks import _exit_raw
from .values import _INT64_MAX

# --- Latches ----------------------------------------------------------------------

_latch_is_open = raw.Latch.is_open
_latch_timed = raw.Latch.wait_timed
_latch_count_down = raw.Latch.count_down
_latch_async = raw.Latch.wait_async
_latch_finish = raw.Latch.wait_finish


class Latch(raw.Latch, metaclass=_FinalMeta):
    """A door that opens once and for good, when it was counted down to zero."""

    new = staticmethod(raw.Latch.new)

    def __init__(self, count=1, **properties):
        count = operator.index(count)
        if count < 0:
            raise ValueError('latch count must be >= 0')
        if count > _INT64_MAX:
            raise OverflowError('latch count is too large')
        super().__init__(count=count, **properties)

    def __repr__(self):
        return (f'<Thr.{type(self).__qualname__} at {id(self):#x}: '
                f'{self.get_count()}/{self.get_initial_count()}>')

    def count_down(self, n=1):
        """Counts down by n; ValueError when less than that is left."""
        n = operator.index(n)
        if n < 1:
            raise ValueError('n must be one or more')
        if n > _INT64_MAX:
            raise ValueError('Latch counted down too many times')
        try:
            _latch_count_down(self, n)
        except GLib.Error as error:
            if error.matches(_THR_ERROR, int(raw.Error.OVERFLOW)):
                raise ValueError('Latch counted down too many times') from None
            raise _python_error(error) from None

    def wait(self, timeout=None):
        """Waits until it is open; False when it was not within `timeout` seconds."""
        limit = _limit(timeout)
        return _latch_is_open(self) or _wait_for(_latch_timed, self, limit)

    def arrive_and_wait(self, n=1, timeout=None):
        """Counts down and waits for the others."""
        limit = _limit(timeout)
        self.count_down(n)
        return _latch_is_open(self) or _wait_for(_latch_timed, self, limit)

    def wait_async(self, cancellable=None, callback=None, *data, timeout=None):
        """To be awaited: as wait(). With a callback it is the raw one."""
        if callback is not None:
            return _latch_async(self, cancellable, callback, *data)
        return _operate_bool(self, _latch_async, _latch_finish, cancellable, _limit(timeout))


# --- Reader/writer locks ----------------------------------------------------------

raw.RWLockView.__enter__ = raw.RWLockView.acquire
raw.RWLockView.__exit__ = _exit_raw


class _Side(_AsyncWith):
    """One way to hold a reader/writer lock, with the methods of a lock."""

    __slots__ = '_rw_lock',

    def __init__(self, rw_lock):
        self._rw_lock = rw_lock

    def __eq__(self, other):
        return type(other) is type(self) and other._rw_lock is self._rw_lock

    def __hash__(self):
        return hash((type(self), self._rw_lock))

    def __repr__(self):
        return f'<{type(self).__name__.strip("_").lower()} of {self._rw_lock!r}>'

    def acquire(self, blocking=True, timeout=-1):
        """Acquires; False when it did not within `timeout` seconds (-1: for ever)."""
        limit = _lock_limit(timeout)
        if not blocking:
            if limit != -1:
                raise ValueError("can't specify a timeout for a non-blocking call")
            return self._try(self._rw_lock)
        return _obtain(self._rw_lock, self._try, self._timed, self._release, limit)

    def release(self):
        """Releases; RuntimeError when the caller does not hold it so."""
        try:
            self._release(self._rw_lock)
        except GLib.Error as error:
            raise _python_error(error) from None

    def locked(self):
        """Whether anybody holds it so."""
        return self._is_locked(self._rw_lock)

    # What conditions ask for.

    def _is_owned(self):
        return self._is_held(self._rw_lock)

    @property
    def _lockable(self):
        return self._view(self._rw_lock)

    def __enter__(self):
        return _obtain(self._rw_lock, self._try, self._timed, self._release, -1)

    def __exit__(self, *_exception):
        try:
            self._release(self._rw_lock)
        except GLib.Error as error:
            raise _python_error(error) from None

    def acquire_async(self, cancellable=None, callback=None, *data, timeout=-1):
        """To be awaited: as acquire(). With a callback it is the raw one."""
        if callback is not None:
            return self._async(self._rw_lock, cancellable, callback, *data)
        return _acquire_soon(self._rw_lock, (self._try_anew, self._async, self._finish),
                             cancellable, _lock_limit(timeout))


class _Reader(_Side):
    __slots__ = ()

    _try = staticmethod(raw.RWLock.try_acquire_read)
    _timed = staticmethod(raw.RWLock.acquire_read_timed)
    _async = staticmethod(raw.RWLock.acquire_read_async)
    _finish = staticmethod(raw.RWLock.acquire_read_finish)
    _release = staticmethod(raw.RWLock.release_read)
    _is_held = staticmethod(raw.RWLock.is_read_held)
    _view = staticmethod(raw.RWLock.get_reader)
    _is_locked = staticmethod(lambda lock: lock.get_n_readers() > 0)

    @staticmethod
    def _try_anew(lock):
        # What one coroutine writes another one of the same thread must not read.
        return not lock.is_write_held() and raw.RWLock.try_acquire_read(lock)


class _Writer(_Side):
    __slots__ = ()

    _try = staticmethod(raw.RWLock.try_acquire_write)
    _timed = staticmethod(raw.RWLock.acquire_write_timed)
    _async = staticmethod(raw.RWLock.acquire_write_async)
    _finish = staticmethod(raw.RWLock.acquire_write_finish)
    _release = staticmethod(raw.RWLock.release_write)
    _is_held = staticmethod(raw.RWLock.is_write_held)
    _is_locked = staticmethod(raw.RWLock.is_write_locked)
    _view = staticmethod(raw.RWLock.get_writer)

    @staticmethod
    def _try_anew(lock):
        # An awaited acquire never enters again.
        return not lock.is_write_held() and lock.try_acquire_write()


class RWLock(raw.RWLock, metaclass=_FinalMeta):
    """Held by any number of readers or by one writer: `with lock.reader():`.

    Writers come first. The writer may enter again; a reader that wants to write gets a
    RuntimeError, and so does a wait that can never end.
    """

    new = staticmethod(raw.RWLock.new)

    def __repr__(self):
        state = 'written' if self.is_write_locked() else f'{self.get_n_readers()} readers'
        return f'<Thr.{type(self).__qualname__} at {id(self):#x}: {state}>'

    def reader(self):
        """The lock for reading: with acquire(), release(), `with` and `async with`."""
        return _Reader(self)

    def writer(self):
        """The lock for writing, likewise."""
        return _Writer(self)

    def acquire_read(self, blocking=True, timeout=-1):
        """Acquires for reading; False when it did not within `timeout` seconds."""
        return _Reader(self).acquire(blocking, timeout)

    def release_read(self):
        """Releases; RuntimeError when the caller does not read."""
        _Reader(self).release()

    def acquire_write(self, blocking=True, timeout=-1):
        """Acquires for writing; False when it did not within `timeout` seconds."""
        return _Writer(self).acquire(blocking, timeout)

    def release_write(self):
        """Releases; RuntimeError when the caller does not write."""
        _Writer(self).release()

    def acquire_read_async(self, cancellable=None, callback=None, *data, timeout=-1):
        """To be awaited: as acquire_read(). With a callback it is the raw one."""
        return _Reader(self).acquire_async(cancellable, callback, *data, timeout=timeout)

    def acquire_write_async(self, cancellable=None, callback=None, *data, timeout=-1):
        """To be awaited: as acquire_write(). With a callback it is the raw one."""
        return _Writer(self).acquire_async(cancellable, callback, *data, timeout=timeout)
