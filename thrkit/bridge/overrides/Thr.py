# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Python's shapes for thrkit.

PyGObject loads this file with the namespace. It gives `Lock`, `Semaphore`,
`BoundedSemaphore`, `Thread`, `Future` and `Pool` the signatures, the seconds and the
exceptions of `threading` and `concurrent.futures`.

How the two worlds live together:

- `Thr.raw` is the namespace as introspection gives it: microseconds, `GLib.Error`,
  callbacks `func(task, *data)`. Nothing in it changes its meaning; what is added are
  the special methods that introspection cannot give (`with`, `await`, the sequence of
  `Values`), `result()` and a `then()` with two functions.
- Calling a class makes the Python shape: `Thr.Pool(4)`, `Thr.Lock()`. The constructors
  that C has, `Thr.Pool.new(4)`, make the raw object, whose methods take what C's take.
- A Python shape *is* the GObject and has all methods of the raw class but for those of
  the same name (`submit`, `shutdown`, `acquire`, `release`, `join`, `start`). `Future` is
  a Python object; its `task` is the GObject.

The sections: errors and times; waiting; locks; values; futures; pools; threads; calls;
the end of the interpreter. Each needs only those above it.
"""

import concurrent.futures
import concurrent.futures.thread
import math
import os
import sys
import threading
import time
import traceback

from gi.repository import Gio, GLib, GObject

from .. import _gi
from ..module import get_introspection_module
from ..overrides import override

raw = get_introspection_module('Thr')

# PyGObject makes a class when it is first asked for, and looks its parent up by name in
# what programs see: all of them must be there before our classes take their names.
for _name in dir(raw):
    getattr(raw, _name)

# What programs see; attributes that they set (excepthook) are looked up there.
_proxy = sys.modules['gi.repository.Thr']

__all__ = [
    'raw', 'Lock', 'Semaphore', 'BoundedSemaphore', 'Future', 'Pool', 'Thread', 'Call',
    'Callable', 'TIMEOUT_MAX', 'ThreadError', 'ExceptHookArgs', 'excepthook',
    'current_thread', 'main_thread', 'enumerate', 'active_count', 'start_new_thread',
    'exit', 'allocate_lock', 'LockType', 'stack_size', 'spawn',
]


# --- Errors and times -------------------------------------------------------------

TIMEOUT_MAX = threading.TIMEOUT_MAX
ThreadError = RuntimeError
ExceptHookArgs = threading.ExceptHookArgs

_THR_ERROR = raw.error_quark()
_THR_DOMAIN = GLib.quark_to_string(_THR_ERROR)
_IO_DOMAIN = GLib.quark_to_string(Gio.io_error_quark())
_TIMED_OUT = int(Gio.IOErrorEnum.TIMED_OUT)

_BrokenPool = concurrent.futures.thread.BrokenThreadPool
_CancelledError = concurrent.futures.CancelledError
_InvalidStateError = concurrent.futures.InvalidStateError
_LOGGER = concurrent.futures._base.LOGGER

# What is not here is a RuntimeError.
_KINDS = {
    int(raw.Error.OVERFLOW): OverflowError,
    int(raw.Error.INVALID_ARGUMENT): ValueError,
    int(raw.Error.INVALID_STATE): _InvalidStateError,
    int(raw.Error.BROKEN): _BrokenPool,
}


def _python_error(error):
    """The Python exception for an error of the library; others stay what they are."""
    if error.domain != _THR_DOMAIN:
        return error
    return _KINDS.get(error.code, RuntimeError)(error.message)


def _glib_error(exception):
    """An exception as GObject's observers see it."""
    if isinstance(exception, GLib.Error):
        # A copy: the original keeps its own traceback.
        return GLib.Error(exception.message, exception.domain, exception.code)
    text = ''.join(traceback.format_exception_only(type(exception), exception)).strip()
    return GLib.Error.new_literal(_THR_ERROR, text, int(raw.Error.FAILED))


def _is_timed_out(error):
    return error.code == _TIMED_OUT and error.domain == _IO_DOMAIN


def _microseconds(seconds):
    """A limit that is not below 0, rounded up so that a wait never ends early."""
    if math.isnan(seconds):
        raise ValueError('Invalid value NaN (not a number)')
    if seconds > TIMEOUT_MAX:
        raise OverflowError('timeout value is too large')
    return math.ceil(seconds * 1000000)


def _limit(timeout):
    """As all but locks have it: None is for ever, and below 0 is a look."""
    if timeout is None:
        return -1
    return max(0, _microseconds(timeout))


def _lock_limit(timeout):
    """As locks have it: -1 is for ever, and nothing else may be below 0."""
    if timeout == -1:
        return -1
    if timeout < 0:
        raise ValueError('timeout value must be a non-negative number')
    return _microseconds(timeout)


# --- Waiting ----------------------------------------------------------------------

_get_ident = threading.get_ident
_set_interruptible = raw.set_interruptible


def _is_main_thread():
    return _get_ident() == threading.main_thread().ident


def _wait(verb, waited, limit):
    """Blocks in a verb that takes microseconds and a cancellable.

    On the main thread, where Python's signal handlers run, a signal ends the verb
    with False and no error. The handlers run before the next step of this loop, which
    goes on with the time that is left unless one of them raises. The switch is
    on during this wait only: the raw methods never return like that by themselves.
    """
    if not _is_main_thread():
        return verb(waited, limit, None)
    end = time.monotonic() + limit / 1000000 if limit > 0 else 0
    before = _set_interruptible(True)
    try:
        while not verb(waited, limit, None):
            if limit > 0:
                limit = max(0, math.ceil((end - time.monotonic()) * 1000000))
    finally:
        _set_interruptible(before)
    return True


def _wait_for(verb, waited, limit):
    """The same, as a boolean: False is out of time."""
    try:
        return _wait(verb, waited, limit)
    except GLib.Error as error:
        if _is_timed_out(error):
            return False
        raise _python_error(error) from None


class _FinalMeta(type(raw.Lock)):
    """Lets Python classes derive from what is final in C: without a type of their own."""

    def __new__(mcs, name, bases, namespace, **kwargs):
        namespace.setdefault('__gtype__', bases[0].__gtype__)
        return super().__new__(mcs, name, bases, namespace, **kwargs)


# --- Locks ------------------------------------------------------------------------

_lock_try = raw.Lock.try_acquire
_lock_timed = raw.Lock.acquire_timed
_lock_release = raw.Lock.release


def _exit_raw(self, *_exception):
    self.release()


# The raw classes: nothing is between `with` and the introspected function.
raw.Lock.__enter__ = raw.Lock.acquire
raw.Lock.__exit__ = _exit_raw
raw.Semaphore.__enter__ = raw.Semaphore.acquire
raw.Semaphore.__exit__ = _exit_raw


class Lock(raw.Lock, metaclass=_FinalMeta):
    """`threading.Lock`: no owner; any thread may release it.

    The raw `acquire_async`, `acquire_finish`, signals and properties are there, too.
    """

    new = staticmethod(raw.Lock.new)
    locked = raw.Lock.is_locked

    def acquire(self, blocking=True, timeout=-1):
        """Acquires; False when it did not within `timeout` seconds (-1: for ever)."""
        limit = _lock_limit(timeout)
        if not blocking:
            if limit != -1:
                raise ValueError("can't specify a timeout for a non-blocking call")
            return _lock_try(self)
        # Trying first saves the switch of _wait() and jumps no queue: acquire() does
        # the same.
        return _lock_try(self) or _wait_for(_lock_timed, self, limit)

    def release(self):
        """Releases; RuntimeError when nobody holds the lock."""
        try:
            _lock_release(self)
        except GLib.Error as error:
            raise _python_error(error) from None

    def __enter__(self):
        # Not the introspected method itself: a Ctrl-C could not end its wait.
        return _lock_try(self) or _wait_for(_lock_timed, self, -1)

    def __exit__(self, *_exception):
        try:
            _lock_release(self)
        except GLib.Error as error:
            raise _python_error(error) from None


LockType = Lock
allocate_lock = Lock

_semaphore_try = raw.Semaphore.try_acquire
_semaphore_timed = raw.Semaphore.acquire_timed


class Semaphore(raw.Semaphore, metaclass=_FinalMeta):
    """`threading.Semaphore`."""

    new = staticmethod(raw.Semaphore.new)
    new_bounded = staticmethod(raw.Semaphore.new_bounded)

    def __init__(self, value=1, **properties):
        if value < 0:
            raise ValueError('semaphore initial value must be >= 0')
        super().__init__(value=value, **properties)

    def acquire(self, blocking=True, timeout=None):
        """Takes a permit; False when there was none within `timeout` seconds."""
        if not blocking:
            if timeout is not None:
                raise ValueError("can't specify timeout for non-blocking acquire")
            return _semaphore_try(self)
        limit = _limit(timeout)
        return _semaphore_try(self) or _wait_for(_semaphore_timed, self, limit)

    def release(self, n=1):
        """Gives back n permits; ValueError when a bounded one would have too many."""
        if n < 1:
            raise ValueError('n must be one or more')
        try:
            raw.Semaphore.release_n(self, n)
        except GLib.Error as error:
            if error.matches(_THR_ERROR, int(raw.Error.OVERFLOW)):
                raise ValueError('Semaphore released too many times') from None
            raise _python_error(error) from None

    def __enter__(self):
        return _semaphore_try(self) or _wait_for(_semaphore_timed, self, -1)

    def __exit__(self, *_exception):
        self.release()


class BoundedSemaphore(Semaphore):
    """`threading.BoundedSemaphore`."""

    def __init__(self, value=1, **properties):
        super().__init__(value, bounded=True, **properties)


# --- Values -----------------------------------------------------------------------

# As PyGObject converts what functions return: None for NULL, enumerations as such.
# GObject.Value.get_value() makes numbers of both.
_gvalue_get = _gi._gvalue_get

_INT_MIN, _INT_MAX = -2**31, 2**31 - 1
_INT64_MIN, _INT64_MAX = -2**63, 2**63 - 1


def _is_c_string(text):
    if text.isascii():
        return '\0' not in text
    try:
        return b'\0' not in text.encode()
    except UnicodeEncodeError:
        return False


def _value(thing):
    """A GValue for any Python object; None is an empty one, which has no GValue."""
    kind = type(thing)
    if kind is bool:
        return GObject.Value(GObject.TYPE_BOOLEAN, thing)
    if kind is int and _INT64_MIN <= thing <= _INT64_MAX:
        return GObject.Value(GObject.TYPE_INT64, thing)
    if kind is float:
        return GObject.Value(GObject.TYPE_DOUBLE, thing)
    if kind is str and _is_c_string(thing):
        return GObject.Value(GObject.TYPE_STRING, thing)
    if kind is bytes:
        return GObject.Value(GLib.Bytes, GLib.Bytes.new(thing))
    if isinstance(thing, GObject.Object):
        return GObject.Value(GObject.TYPE_OBJECT, thing)
    if isinstance(thing, GLib.Variant):
        return GObject.Value(GObject.TYPE_VARIANT, thing)
    if isinstance(thing, (GObject.GEnum, GObject.GFlags, GObject.GBoxed)):
        return GObject.Value(kind.__gtype__, thing)
    return GObject.Value(GObject.TYPE_PYOBJECT, thing)


def _values_item(self, index):
    """A value by its number or its name."""
    n = self.props.n_values
    if isinstance(index, slice):
        return [_values_item(self, i) for i in range(*index.indices(n))]
    if isinstance(index, str):
        for i in range(n):
            if self.get_name(i) == index:
                index = i
                break
        else:
            raise KeyError(index)
    if index < 0:
        index += n
    if not 0 <= index < n:
        raise IndexError('index out of range')
    value = GObject.Value()
    self.copy_value(index, value)
    return _gvalue_get(value)


raw.Values.__len__ = lambda self: self.props.n_values
raw.Values.__getitem__ = _values_item
raw.Values.__iter__ = lambda self: (_values_item(self, i) for i in range(self.props.n_values))


# --- Futures ----------------------------------------------------------------------

_future_wait = raw.Future.wait
_CANCELLED = raw.FutureState.CANCELLED
_RUNNING = raw.FutureState.RUNNING

# Guards the few steps in which futures change what is theirs in Python. One for all:
# it is never held across a callback or a wait.
_futures_lock = threading.Lock()
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
        return f'<{type(self).__name__} at {id(self):#x} state={self._state.lower()}>'

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
        if self._has_result:
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
                    self._cond = threading.Condition()
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


# --- Pools ------------------------------------------------------------------------

_pool_submit = raw.Pool.submit
_pool_submit_full = raw.Pool.submit_full
_pool_shutdown = raw.Pool.shutdown


def _run(task, work):
    """What runs on a worker. It leaves nothing of the work behind.

    The frame that the exception's traceback holds must not hold the future, which
    holds the exception.
    """
    future, fn, args, kwargs = work
    work.clear()
    future._task = task
    future._work = None
    try:
        result = fn(*args, **kwargs)
    except BaseException as exception:
        future._exception = exception
        future = None
        error = _glib_error(exception)
    else:
        future._result = result
        future._has_result = True
        return result is None or task.return_value(_value(result))
    finally:
        del fn, args, kwargs
    raise error


def _initialize(_thread, initializer, initargs):
    try:
        initializer(*initargs)
    except BaseException as exception:
        _LOGGER.critical('Exception in initializer:', exc_info=True)
        error = _glib_error(exception)
    else:
        return True
    raise error


class Pool(raw.Pool, concurrent.futures.Executor, metaclass=_FinalMeta):
    """`concurrent.futures.ThreadPoolExecutor`, and the GObject ThrPool.

    The raw `submit_full`, `submit_callable`, `push_full` and `shutdown_async` are there,
    too; `Thr.raw.Pool.submit(pool, func)` is the raw one of what is redefined here.
    """

    new = staticmethod(raw.Pool.new)
    get_default = staticmethod(raw.Pool.get_default)

    def __init__(self, max_workers=None, thread_name_prefix='', initializer=None,
                 initargs=(), **properties):
        if max_workers is not None:
            if max_workers <= 0:
                raise ValueError('max_workers must be greater than 0')
            properties['max_threads'] = min(max_workers, 2**16 - 1)
        if initializer is not None and not callable(initializer):
            raise TypeError('initializer must be a callable')
        if thread_name_prefix:
            properties['name'] = thread_name_prefix
        super().__init__(**properties)
        if initializer is not None:
            self.set_initializer(_initialize, initializer, initargs)

    def submit(self, fn, /, *args, **kwargs):
        """Has fn(*args, **kwargs) run on a thread of the pool: a Future."""
        return self._submit(_pool_submit, (), [fn, args, kwargs])

    def submit_task(self, fn, args=(), kwargs=None, *, priority=0, cancellable=None):
        """The same with a priority (the smaller the more urgent) and a Gio.Cancellable."""
        return self._submit(_pool_submit_full, (priority, cancellable),
                            [fn, tuple(args), dict(kwargs or {})])

    def _submit(self, function, options, work):
        future = Future.__new__(Future)
        work.insert(0, future)
        future._work = work
        task = function(self, *options, _run, work)
        future._task = task
        # Still there and yet done: it was refused, or has been cancelled.
        if work and task.is_done() and work:
            error = task.get_error()
            if error.domain == _THR_DOMAIN:
                work.clear()
                future._work = None
                if error.code == int(raw.Error.SHUT_DOWN):
                    raise RuntimeError('cannot schedule new futures after shutdown')
                raise _python_error(error)
        return future

    map = concurrent.futures.Executor.map

    def shutdown(self, wait=True, *, cancel_futures=False):
        """Takes no new work; waits for what there is, or cancels what has not begun."""
        try:
            if not wait:
                _pool_shutdown(self, cancel_futures, False)
            else:
                _wait(lambda pool, _limit, _none: _pool_shutdown(pool, cancel_futures, True),
                      self, -1)
        except GLib.Error as error:
            raise _python_error(error) from None

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.shutdown()
        return False


def _exit_raw_pool(self, *_exception):
    self.shutdown(False, True)


raw.Pool.__enter__ = lambda self: self
raw.Pool.__exit__ = _exit_raw_pool


# --- Threads ----------------------------------------------------------------------

# As in `threading`, on the threads that the library made itself as well.
raw.Thread.name = property(lambda self: self.dup_name(),
                           lambda self, name: self.set_name(str(name)))
raw.Thread.ident = property(lambda self: self.get_ident() or None)
raw.Thread.native_id = property(lambda self: self.get_native_id() or None)


def _set_daemon(self, daemon):
    try:
        self.set_daemon(bool(daemon))
    except GLib.Error:
        raise RuntimeError('cannot set daemon status of active thread') from None


raw.Thread.daemon = property(lambda self: self.get_daemon(), _set_daemon)


_thread_join = raw.Thread.join


def _join(self, timeout=None):
    """Waits until the thread has ended; False when it had not within `timeout` seconds."""
    if timeout is None:
        return _thread_join(self)
    try:
        return _wait(raw.Thread.join_timed, self, _limit(timeout))
    except GLib.Error as error:
        if _is_timed_out(error):
            return False
        raise


raw.Thread.join = _join


class Thread(raw.Thread):
    """`threading.Thread`, and a GObject: to be called with a target, or derived from.

    A derived class overrides `run()`. An exception that `run()` lets out goes to
    `Thr.excepthook`, in the failing thread; GObject's observers get the signal
    `failed` with its text.
    """

    # A type of its own, with `run` of C's class in it; PyGObject makes none for
    # classes that say that they are overrides.
    __module__ = 'thrkit'
    __gtype_name__ = 'ThrPythonThread'

    _initialized = False
    _failure = None
    _target = None
    _args = ()
    _kwargs = None

    def __init__(self, group=None, target=None, name=None, args=(), kwargs=None, *,
                 daemon=None, **properties):
        if group is not None:
            raise ValueError('group argument must be None for now')
        if name:
            properties['name'] = str(name)
        super().__init__(**properties)
        if not name and target is not None and hasattr(target, '__name__'):
            self.name = f'{self.name} ({target.__name__})'
        if daemon is not None:
            self.daemon = daemon
        self._target = target
        self._args = args
        self._kwargs = kwargs or {}
        self._initialized = True

    new = staticmethod(raw.Thread.new)
    new_callable = staticmethod(raw.Thread.new_callable)

    def __repr__(self):
        state = self.get_state().value_nick if self._initialized else 'initial'
        return f'<{type(self).__name__}({self.name}, {state})>'

    def start(self):
        """Starts the thread; RuntimeError the second time."""
        if not self._initialized:
            raise RuntimeError('thread.__init__() not called')
        try:
            raw.Thread.start(self)
        except GLib.Error as error:
            if error.matches(_THR_ERROR, int(raw.Error.ALREADY_STARTED)):
                raise RuntimeError('threads can only be started once') from None
            raise _python_error(error) from None

    def run(self):
        """What the thread does."""
        try:
            if self._target is not None:
                self._target(*self._args, **self._kwargs)
        finally:
            # Also when run() is called without a thread.
            del self._target, self._args, self._kwargs

    def do_run(self):
        """The body for C: no exception is lost in a C frame."""
        try:
            self.run()
        except SystemExit:
            return True
        except BaseException as exception:
            self._failure = exception
            error = _glib_error(exception)
        else:
            return True
        # Where it becomes the thread's error, and comes back through the hook.
        raise error

    def join(self, timeout=None):
        """Waits until the thread has ended, or for `timeout` seconds."""
        if not self._initialized:
            raise RuntimeError('Thread.__init__() not called')
        _wait_for(raw.Thread.join_timed, self, _limit(timeout))


Thread.__module__ = 'gi.repository.Thr'


def excepthook(args):
    """What reports a thread's exception; set `Thr.excepthook` to have it otherwise.

    It gets the arguments of `threading.excepthook` and runs in the failing thread.
    """
    threading.__excepthook__(args)


def _report(thread, error, *_data):
    """The hook of the library: every failure of every thread comes by here."""
    exception = getattr(thread, '_failure', None) or error
    if exception is not error:
        thread._failure = None
    args = ExceptHookArgs((type(exception), exception, exception.__traceback__, thread))
    try:
        _proxy.excepthook(args)
    except BaseException:
        print('Exception in Thr.excepthook:', file=sys.stderr, flush=True)
        sys.excepthook(*sys.exc_info())
    finally:
        # A traceback refers to this frame.
        args = exception = error = thread = None


raw.set_error_hook(_report)


def current_thread():
    """The thread that calls; a stand-in for one that the library did not make."""
    return raw.Thread.current()


def main_thread():
    """The thread that the process began in."""
    return raw.Thread.get_main()


def enumerate():
    """All threads that are alive."""
    return list(raw.Thread.list_alive())


def active_count():
    """How many threads are alive."""
    return raw.Thread.count_alive()


def start_new_thread(function, args, kwargs=None):
    """`_thread.start_new_thread`: a daemon thread in one step; returns its number."""
    if not callable(function):
        raise TypeError('first arg must be callable')
    if not isinstance(args, tuple):
        raise TypeError('2nd arg must be a tuple')
    if kwargs is not None and not isinstance(kwargs, dict):
        raise TypeError('optional 3rd arg must be a dictionary')
    thread = Thread(target=function, args=args, kwargs=kwargs, daemon=True)
    thread.start()
    return thread.ident


def exit():
    """Ends the calling thread silently."""
    raise SystemExit


def stack_size(size=0, /):
    """`_thread.stack_size`: sets the size for new threads, returns the one before."""
    try:
        return raw.set_stack_size(size)
    except GLib.Error:
        raise ValueError(f'size not valid: {size} bytes') from None


# --- Calls ------------------------------------------------------------------------


class Callable(raw.Callable):
    """What a pool and a thread can run: `class Sum(GObject.Object, Thr.Callable)`.

    Its `do_call(self, cancellable)` returns the result and raises what went wrong;
    that of a class derived from `Thr.raw.Callable` returns `True, value`.
    """

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        call = cls.__dict__.get('do_call')
        if call is not None:
            cls.do_call = _wrap_call(call)


def _wrap_call(call):

    def do_call(self, cancellable):
        try:
            result = call(self, cancellable)
        except BaseException as exception:
            error = _glib_error(exception)
        else:
            return True, _out_value(result)
        raise error

    do_call.__wrapped__ = call
    return do_call


class _Int64(int):
    __gtype__ = GObject.TYPE_INT64


class _Huge(int):
    __gtype__ = GObject.TYPE_PYOBJECT


class _Text(str):
    __gtype__ = GObject.TYPE_PYOBJECT


def _out_value(thing):
    """What PyGObject makes a GValue of by itself.

    It moves the content of a GObject.Value that is returned and then frees it with the
    object, so this must not be one; but it has no value of its own for a large number
    or a string that C cannot have.
    """
    if type(thing) is int and not _INT_MIN <= thing <= _INT_MAX:
        return (_Int64 if _INT64_MIN <= thing <= _INT64_MAX else _Huge)(thing)
    if type(thing) is str and not _is_c_string(thing):
        return _Text(thing)
    return thing


@override
class Call(raw.Call):
    """An introspected C function and its arguments: `Thr.Call('GLib', 'getenv', 'HOME')`."""

    new = staticmethod(raw.Call.new)

    def __new__(cls, namespace, function, /, *args):
        try:
            return raw.Call.new(namespace, function, [_argument(arg) for arg in args])
        except GLib.Error as error:
            raise _python_error(error) from None

    def __init__(self, *_args):
        # It is made already.
        pass


def _argument(thing):
    # None cannot travel as a value, except as a pointer.
    return GObject.Value(GObject.TYPE_POINTER, None) if thing is None else _value(thing)


# --- The end of the interpreter ---------------------------------------------------


def _end():
    """Waits for the threads that are not daemons, while they can still run Python."""
    before = _set_interruptible(True)
    try:
        while not raw.wait_for_threads():
            pass
    finally:
        _set_interruptible(before)
        raw.set_error_hook(None)


try:
    # Where concurrent.futures waits for its threads: before anything is torn down,
    # and before the functions of atexit, which may not start threads any more.
    threading._register_atexit(_end)
except (AttributeError, RuntimeError):
    import atexit
    atexit.register(_end)
