# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Futures: `concurrent.futures`' shape, with a GObject behind it when one is wanted.

The life of a future, each arrow with what decides it:

    PENDING ──► RUNNING ──► ENDED ──► DONE
       └──────────────────────┘ (cancelled)

- A pending future is in a set of its pool, and whoever takes it out has it: the thread
  that begins, the waiter that does the work itself, or cancel(). A future without a
  pool has a list with one item, to the same end.
- `_runner` says who runs it, `_outcome` how it has ended. Both are written once.
- DONE (`_done`) comes after whatever is attached has been told, if there is anything.

What is attached lies in `_extra`: the GObject, the gates at which threads wait, the
callbacks, the condition of the standard library. Nothing is locked when there is none,
which is the usual case, so either side looks after the other: who attaches something
publishes it and then looks at `_runner` and `_outcome`; who changes those looks for
`_extra` afterwards. At least one of the two sees the other, both may, and what they do
then is done once only: a task begins and ends once in C, a callback is removed from a
list by one of them. This rests on what Python promises of lists, dictionaries and
attributes: each step is whole, and all threads see the steps in one order.

What is made for each future is one object that the garbage collector looks at, and not
three: with many futures waiting that costs more than everything else.
"""

import concurrent.futures
import contextlib
import os
import sys

from gi.repository import GLib, GObject

from .base import (_CancelledError, _InvalidStateError, _LOGGER, _get_ident, _glib_error,
                   _limit, _python_error, _wait_for, raw)
from .locks import Condition, RLock
from .values import _answer, _gvalue_get

BrokenExecutor = concurrent.futures.BrokenExecutor
BrokenThreadPool = concurrent.futures.thread.BrokenThreadPool
CancelledError = concurrent.futures.CancelledError
Executor = concurrent.futures.Executor
InvalidStateError = concurrent.futures.InvalidStateError
TimeoutError = concurrent.futures.TimeoutError

_base = concurrent.futures._base

# --- Futures ----------------------------------------------------------------------

_future_wait = raw.Future.wait
_is_done = raw.Future.is_done
_get_state = raw.Future.get_state
_cancel = raw.Future.cancel
_set_value = raw.Future.set_value
_new_task = raw.Task.new_detached
_task_begin = raw.Task.begin
_task_end = raw.Task.end
_task_fail = raw.Task.fail
_CANCELLED = raw.FutureState.CANCELLED
_RUNNING = raw.FutureState.RUNNING

# How a future has ended.
_RESULT, _FAILED, _TAKEN_BACK, _FORCED = 1, 2, 3, 4

# For making a future's GObject, and for futures that their makers settle. Recursive:
# the garbage collector may come at any moment, and what it frees may be of ours.
_futures_lock = RLock()
os.register_at_fork(after_in_child=_futures_lock._at_fork_reinit)

# The pools' threads that run Python, by their numbers; see sources.py.
_workers = {}


class _Extra:
    """What is attached to a future."""

    __slots__ = ('callbacks', 'cond', 'gates', 'has_told', 'task', 'waiters', 'watched')

    def __init__(self):
        self.task = None
        self.gates = ()       # tasks of ours, at which threads wait
        self.callbacks = ()
        self.cond = None
        self.waiters = ()     # of the standard library, under cond
        self.has_told = False  # them, under cond
        self.watched = False


    def get_list(self, name):
        """One of the lists, which most never need."""
        if getattr(self, name) == ():
            with _futures_lock:
                if getattr(self, name) == ():
                    setattr(self, name, [])
        return getattr(self, name)


class _Guard:
    """Has the library log an exception that nobody asked for."""

    __slots__ = ('exception',)

    def __init__(self, exception):
        self.exception = exception

    def __del__(self):
        if self.exception is not None and _new_task is not None:
            _task_fail(_new_task(None, None), _glib_error(self.exception))


class _Callback:
    """One that was added; the same function may have been added twice."""

    __slots__ = ('fn',)

    def __init__(self, fn):
        self.fn = fn


def _settled(_task, holder):
    """What the library calls in the thread that settles a future's task."""
    future = holder.pop()
    if future._outcome is None and future.cancelled():
        _call_from_c(future._note_cancelled)


def _call_from_c(function):
    """What callbacks let out must not get to PyGObject: SystemExit would end the process
    from whatever thread this is."""
    try:
        function()
    except BaseException:
        _LOGGER.critical('Exception in worker', exc_info=True)


class Future(concurrent.futures.Future):
    """`concurrent.futures.Future`, with a GObject behind it.

    A pool makes it; `Thr.Future()` is one that its maker settles with `set_result` or
    `set_exception`. The result and the exception stay Python objects. `task` has the
    signals, the progress and the awaiting of GObject: a ThrTask, or a ThrFuture.
    """

    # Class attributes are the initial values, so that making one costs little.
    _source = None        # of the pool
    _fn = None            # until it has ended, as the next two
    _args = None
    _kwargs = None
    _token = ()           # without a pool: a list with one item
    _runner = None
    _outcome = None
    _done = False
    _result = None
    _exception = None
    _extra = None
    _queued = False       # the pool's queue in C has it
    _wants_cancel = False
    _plain = False        # settled by its maker
    _notified = False     # plain only
    _guard = None         # of an exception

    def __init__(self):
        # Not super's, which makes a lock and lists that are made here when needed.
        self._plain = True
        self._token = [None]

    new = staticmethod(raw.Future.new)

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

    # What is attached

    def _get_extra(self):
        # One step, so that two who come at once get the same.
        return self._extra or self.__dict__.setdefault('_extra', _Extra())

    @property
    def task(self):
        """The GObject: made when it is asked for first."""
        extra = self._extra
        if extra is not None and extra.task is not None:
            return extra.task
        with _futures_lock:
            extra = self._get_extra()
            if extra.task is None:
                self._attach_task(extra)
        return extra.task

    def _attach_task(self, extra):
        task = raw.Future.new() if self._plain else _new_task(None, None)
        if self._outcome is not None:
            self._end_task(task)
        elif self._runner is not None:
            self._begin_task(task)
        if not self._publish_task(extra, task):
            self._watch()

    def _publish_task(self, extra, task):
        """Under the lock: whether the future has begun."""
        extra.task = task
        # Those who saw none, and have changed something since.
        if self._outcome is not None:
            self._end_task(task)
        elif self._runner is not None:
            self._begin_task(task)
            if self._outcome is not None:
                self._end_task(task)
        else:
            return False
        return True

    def _begin_task(self, task):
        runner = self._runner
        if self._plain:
            return
        # For its own thread it is the current task from now on.
        _task_begin(task, None if runner.ident == _get_ident() else runner.thread)
        if self._wants_cancel:
            _cancel(task)

    def _end_task(self, task):
        """More than once does no harm; its own thread must, so that it is
        not the current one any more."""
        runner = self._runner
        if runner is None or self._plain or runner.ident != _get_ident():
            if _is_done(task):
                return
        if self._outcome == _TAKEN_BACK:
            _cancel(task)
        elif self._plain:
            try:
                if self._outcome == _FAILED:
                    task.set_error(_glib_error(self._exception))
                else:
                    _answer(_set_value, task, self._result)
            except GLib.Error:
                pass  # somebody else was faster
        elif self._outcome == _FAILED:
            # From now on C knows whether somebody asks.
            if self._guard is not None:
                self._guard.exception = None
            _task_fail(task, _glib_error(self._exception))
        else:
            _answer(_task_end, task, self._result)

    def _watch(self):
        """Has it noticed when the task is cancelled by others than us."""
        extra = self._extra
        if extra.task is not None and not extra.watched:
            extra.watched = True
            extra.task.watch(_settled, [self])

    # The changes of its state

    def _take(self):
        """For who wants to have it: whether it was pending until now."""
        try:
            if self._source is None:
                self._token.pop()
            else:
                self._source.pending.remove(self)
        except (IndexError, KeyError):
            return False
        return True

    def _drop_work(self):
        self._fn = self._args = self._kwargs = None

    def _begin(self):
        """With something attached, after `_runner`: False when the task was cancelled."""
        extra = self._extra
        task = extra.task
        if task is not None and not self._queued:
            if not _task_begin(task, None) and not self._has_begun(task):
                self._drop_work()
                self._outcome = _TAKEN_BACK
                self._tell()
                return False
            if self._wants_cancel:
                _cancel(task)
        for gate in list(extra.gates):
            _task_begin(gate, self._runner.thread)
        return True

    @staticmethod
    def _has_begun(task):
        """Of a task that does not begin: whether who attached it was faster.

        Else somebody has cancelled it, or is at it: while that lasts, its state is as that
        of one that runs. Who attaches a task and begins it does so under the lock.
        """
        with _futures_lock:
            return task.dup_thread() is not None

    def _close(self):
        """Ended to done. Whoever has something to do with it may call it, and again."""
        if self._outcome is None:
            return
        extra = self._extra
        if extra is None:
            self._done = True
            return
        if extra.task is not None and not self._queued:
            self._end_task(extra.task)
        if extra.cond is None:
            self._done = True
            return
        with extra.cond:
            self._done = True
            if not extra.has_told and self._state != 'CANCELLED':
                self._tell_waiters(extra)
            extra.cond.notify_all()

    def _tell_waiters(self, extra):
        """Those of the standard library's wait() and as_completed(). Under cond."""
        extra.has_told = True
        for waiter in extra.waiters:
            if self._outcome == _TAKEN_BACK:
                waiter.add_cancelled(self)
            elif self._exception is not None:
                waiter.add_exception(self)
            else:
                waiter.add_result(self)

    def _tell(self):
        """After `_outcome`: all that is attached."""
        self._close()
        extra = self._extra
        if extra is not None:
            _open_gates(extra.gates)
            self._call_callbacks(extra.callbacks)

    def _call_callbacks(self, callbacks):
        while callbacks:
            try:
                callback = callbacks.pop(0)
            except IndexError:
                return
            self._call(callback.fn)

    def _call(self, callback):
        try:
            callback(self)
        except Exception:
            _LOGGER.exception('exception calling callback for %r', self)

    def _note_cancelled(self):
        """The task is cancelled, and not by us."""
        if self._take():  # or who has it will notice
            self._drop_work()
            self._outcome = _TAKEN_BACK
            self._tell()

    def _settle(self, outcome):
        self._outcome = outcome
        if self._extra is None:
            self._done = True
        else:
            self._tell()

    # What has been answered

    def done(self):
        """Whether it has a result, has failed or was cancelled."""
        if self._done:
            return True
        extra = self._extra
        return extra is not None and extra.task is not None and _is_done(extra.task)

    def cancelled(self):
        """Whether it was cancelled."""
        if self._outcome is not None:
            return self._outcome == _TAKEN_BACK
        extra = self._extra
        return (extra is not None and extra.task is not None and
                _get_state(extra.task) == _CANCELLED)

    def running(self):
        """Whether the work has begun and not ended."""
        return self._runner is not None and self._outcome is None

    def _await_end(self, timeout):
        limit = _limit(timeout)
        if self._outcome is None:
            worker = _workers.get(_get_ident())
            if worker is not None and worker.may_help(self, limit) and self._take():
                worker.run(self)
                return
            if (self._source is not None and self._source.is_lost or
                    self._runner is not None and not self._plain and self._runner.is_lost):
                self._lose()
                return
            self._wait(limit, worker)
        # Who ended it may not have come further.
        if not self._done:
            self._close()
        if self._outcome == _FORCED:
            with self._condition:
                pass

    def _lose(self):
        """In a forked child: what was the parent's."""
        if self._outcome is None:
            self._exception = BrokenThreadPool(
                'The work was left behind in the process that was forked')
            self._settle(_FAILED)

    def _wait(self, limit, worker):
        if limit == 0:
            if not self.done():
                raise concurrent.futures.TimeoutError()
            return
        extra = self._get_extra()
        gate = _new_task(None, None)
        gates = extra.get_list('gates')
        gates.append(gate)
        try:
            if extra.task is not None:
                self._watch()
            if self._runner is not None and not self._plain:
                _task_begin(gate, self._runner.thread)
            if self._outcome is not None or self.cancelled():
                return
            if worker is not None:
                worker.begin_wait()
            if not _wait_for(_future_wait, gate, limit) and self._outcome is None:
                raise concurrent.futures.TimeoutError()
        finally:
            if worker is not None:
                worker.end_wait()
            if gates:
                # Who opens it takes it out.
                with contextlib.suppress(ValueError):
                    gates.remove(gate)

    def _get_exception(self):
        """Of a future that is done."""
        if self._outcome is None:
            self._note_cancelled()
        if self._outcome == _TAKEN_BACK or self._outcome is None:
            raise _CancelledError()
        if self._exception is not None:
            self._is_asked()
        return self._exception

    def _is_asked(self):
        """Somebody asks for the error, which needs not be logged then."""
        if self._guard is not None:
            self._guard.exception = None
        extra = self._extra
        if extra is not None and extra.task is not None:
            extra.task.get_error()

    def _get_result(self):
        return self._result

    def result(self, timeout=None):
        """Waits for the result, and returns it or raises what the work raised."""
        if self._done and self._outcome == _RESULT:
            return self._result
        try:
            if not self._done:
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
        if not self._done:
            self._await_end(timeout)
        return self._get_exception()

    # Cancelling and settling

    def cancel(self):
        """Takes the work back; False when it has begun or ended.

        The cancellable of a task that has begun is cancelled: the work may look at
        `Thr.Task.get_current().get_cancellable()`.
        """
        if self._outcome is not None:
            return self._outcome == _TAKEN_BACK
        if self._plain and self._runner is not None:
            return False
        extra = self._extra
        if extra is not None and extra.task is not None:
            # C decides, where others may begin or cancel it as well.
            if not _cancel(extra.task):
                return False
            self._note_cancelled()
            return True
        if self._take():
            self._drop_work()
            self._settle(_TAKEN_BACK)
            return True
        self._wants_cancel = True
        extra = self._extra
        if extra is not None and extra.task is not None and self._outcome is None:
            _cancel(extra.task)
        return self.cancelled()

    def _claim(self):
        if not self._plain:
            raise _InvalidStateError('the pool settles this future')
        if not self._take():
            raise _InvalidStateError(f'{self._state}: {self!r}')

    def set_result(self, result):
        """Settles a future that was made by calling the class."""
        self._claim()
        self._result = result
        self._settle(_RESULT)

    def set_exception(self, exception):
        """Settles a future that was made by calling the class."""
        self._claim()
        self._exception = exception
        self._settle(_FAILED)

    def set_running_or_notify_cancel(self):
        """For who settles it: False when there is nothing to do any more."""
        if not self._plain:
            raise RuntimeError('the pool runs this future')
        # Taken for a moment, so that nobody cancels it now.
        if self._take():
            begun, self._runner = self._runner, True
            self._token.append(None)
            if begun is None:
                return True
        if self._notified or not self.cancelled():
            raise RuntimeError('Future in unexpected state')
        with self._condition:
            self._notified = True
            self._tell_waiters(self._extra)
        return False

    # Who is told

    def add_done_callback(self, fn):
        """Calls fn(self) in the thread that settles the future, or now if it is done."""
        if not self._done:
            extra = self._get_extra()
            callback = _Callback(fn)
            callbacks = extra.get_list('callbacks')
            callbacks.append(callback)
            self._watch()
            if self._outcome is None:
                return
            try:
                callbacks.remove(callback)
            except ValueError:
                return  # it has been called, or is about to be
        self._call(fn)

    # What the standard library touches

    @property
    def _condition(self):
        extra = self._get_extra()
        if extra.cond is None:
            with _futures_lock:
                if extra.cond is None:
                    extra.cond = Condition()
            self._watch()
            if self._outcome is not None:
                # Who ended it may have seen none.
                self._close()
        return extra.cond

    @property
    def _waiters(self):
        return self._get_extra().get_list('waiters')

    @property
    def _state(self):
        # Once somebody may hold the condition, the state changes under it only.
        if not self._done:
            return _base.PENDING if self._runner is None else _base.RUNNING
        if self._outcome != _TAKEN_BACK:
            return _base.FINISHED
        if self._plain and not self._notified:
            return _base.CANCELLED
        return _base.CANCELLED_AND_NOTIFIED

    @_state.setter
    def _state(self, state):
        # As tests of executors set it, with _exception and _result, which come next.
        if state == _base.RUNNING:
            self._runner = True
        elif state in (_base.CANCELLED, _base.CANCELLED_AND_NOTIFIED):
            self._notified = state == _base.CANCELLED_AND_NOTIFIED
            self.cancel()
        elif state == _base.FINISHED:
            self._token = []
            self._settle(_FORCED)

    # Awaiting

    def __await__(self):
        """Under asyncio by its loop; else for spawn(), on the GLib main loop."""
        asyncio = sys.modules.get('asyncio')
        if asyncio is not None and asyncio._get_running_loop() is not None:
            return asyncio.wrap_future(self).__await__()
        return self._await_at_home()

    def _await_at_home(self):
        while not self.done():
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


def _open_gates(gates):
    while gates:
        try:
            gate = gates.pop()
        except IndexError:
            return
        _task_end(gate, None)


class _View(Future):
    """Somebody else's future, with the values and errors that it has itself."""

    _convert_error = staticmethod(lambda error: error)

    def __init__(self, task):
        self._task = task
        self._extra = _Extra()
        self._extra.task = task
        self._token = [None]
        self._queued = True

    def _adopt(self):
        """What the task says, once it is done. Whoever comes by may do it, and at the
        same time: all find the same."""
        if self._outcome is not None:
            return
        task = self._extra.task
        error = task.get_error()
        if _get_state(task) == _CANCELLED:
            outcome = _TAKEN_BACK
        elif error is not None:
            # One step: all raise the same object.
            self.__dict__.setdefault('_exception', self._convert_error(error))
            outcome = _FAILED
        else:
            outcome = _RESULT
        self._outcome = outcome
        self._close()

    def _tell(self):
        """In the thread that settles the task, which may find that others were here."""
        self._adopt()
        self._call_callbacks(self._extra.callbacks)

    def _watch(self):
        if not self._extra.watched:
            self._extra.watched = True
            self._extra.task.watch(_view_settled, [self])

    def _note_cancelled(self):
        self._adopt()

    def running(self):
        return _get_state(self._extra.task) == _RUNNING

    def _await_end(self, timeout):
        task = self._extra.task
        if not _is_done(task) and not _wait_for(_future_wait, task, _limit(timeout)):
            raise concurrent.futures.TimeoutError()
        self._adopt()

    def _get_result(self):
        result = _raw_dup_value(self._extra.task)
        return list(result) if isinstance(result, raw.Values) else result

    def result(self, timeout=None):
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
            self = None


def _view_settled(_task, holder):
    _call_from_c(holder.pop()._tell)


class _Queued(_View):
    """The pool's own, of work that the pool's queue in C has: for its priority.

    What it returns and raises stays in Python.
    """

    _returned = None
    _raised = None

    def __init__(self):
        self._token = [None]
        self._queued = True
        self._extra = _Extra()

    def _convert_error(self, error):
        return self._raised or _python_error(error)

    def _get_result(self):
        return self._returned


class _Set(_View):
    """all, any and race."""

    def __init__(self, function, futures):
        self._members = list(futures)
        super().__init__(function([getattr(member, 'task', member)
                                   for member in self._members]))

    def _convert_error(self, error):
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
