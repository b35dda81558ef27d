# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pools: `concurrent.futures.ThreadPoolExecutor`, and the GObject."""

import concurrent.futures
import itertools
import time

from gi.repository import GLib

from .awaiting import _operate
from .base import (_LOGGER, _THR_DOMAIN, _FinalMeta, _glib_error, _python_error, _wait, raw)
from .futures import (BrokenThreadPool, Future, _Extra, _futures_lock, _new_task, _Queued,
                      _View)
from .sources import Source, _get_worker
from .values import _value

_pool_call_source = raw.Pool.call_source
_pool_push_full = raw.Pool.push_full
_pool_get_observed = raw.Pool.get_observed
_pool_submit_full = raw.Pool.submit_full
_pool_submit_callable = raw.Pool.submit_callable
_pool_shutdown = raw.Pool.shutdown
_new_future = Future.__new__
_Callable = raw.Callable


def _run(task, work):
    """What C calls for work that its own queue had. It leaves nothing of it behind.

    The frame that the exception's traceback holds must not hold the future, which
    holds the exception.
    """
    future, source, fn, args, kwargs = work
    work.clear()
    _get_worker(source)
    try:
        result = fn(*args, **kwargs)
    except BaseException as exception:
        future._raised = exception
        future = None
        error = _glib_error(exception)
    else:
        future._returned = result
        return result is None or task.return_value(_value(result))
    finally:
        del fn, args, kwargs, source
    raise error


def _initialize(_thread, source, initializer, initargs):
    try:
        initializer(*initargs)
    except BaseException as exception:
        source.break_()
        _LOGGER.critical('Exception in initializer:', exc_info=True)
        error = _glib_error(exception)
    else:
        return True
    raise error


_numbers = itertools.count()


def _take_result(futures, end):
    """The result of the last one, which nobody here holds any more afterwards."""
    future = futures.pop()
    try:
        return future.result(None if end is None else end - time.monotonic())
    finally:
        future.cancel()
        del future


def _results(futures, end):
    try:
        while futures:
            yield _take_result(futures, end)
    finally:
        for future in futures:
            future.cancel()


def _run_chunk(fn, chunk):
    """The results of some calls up to the first failure, and that."""
    results = []
    try:
        for args in chunk:
            results.append(fn(*args))
    except BaseException as exception:
        return results, exception
    return results, None


def _chunk_results(chunks):
    for results, exception in chunks:
        results.reverse()
        while results:
            yield results.pop()
        if exception is not None:
            try:
                raise exception
            finally:
                exception = None


def _chunks_of(items, size):
    items = iter(items)
    while chunk := list(itertools.islice(items, size)):
        yield chunk


class _Props:
    """`props` with what is queued in Python counted as well."""

    def __init__(self, pool, props):
        self.__dict__.update(_pool=pool, _props=props)

    def __getattr__(self, name):
        self._pool._suspect()
        if name == 'n_queued':
            return self._pool.get_n_queued()
        return getattr(self._props, name)

    def __setattr__(self, name, value):
        self._pool._suspect()
        setattr(self._props, name, value)
        if name == 'max_threads':
            self._pool._source.set_max_threads(self._pool.get_max_threads())

    def __dir__(self):
        return dir(self._props)

    def __iter__(self):
        return iter(self._props)

    def __len__(self):
        return len(self._props)


def _suspecting(name):
    """A method after which the pool may have an observer."""
    method = getattr(raw.Pool, name)

    def suspecting(self, *args, **kwargs):
        self._suspect()
        return method(self, *args, **kwargs)

    suspecting.__name__ = name
    suspecting.__doc__ = method.__doc__
    return suspecting


class Pool(raw.Pool, concurrent.futures.ThreadPoolExecutor, metaclass=_FinalMeta):
    """`concurrent.futures.ThreadPoolExecutor`, and the GObject ThrPool.

    The raw `submit_full`, `submit_callable`, `push_full` and `shutdown_async` are there,
    too; `Thr.raw.Pool.submit(pool, func)` is the raw one of what is redefined here.

    While nobody listens to the pool's `task-started` and `task-finished` or looks at its
    `tasks`, submitting costs no call into C and a future has no task before it is
    asked for.
    """

    def __init__(self, max_workers=None, thread_name_prefix='', initializer=None,
                 initargs=(), **properties):
        if max_workers is not None:
            if max_workers <= 0:
                raise ValueError('max_workers must be greater than 0')
            properties['max_threads'] = min(max_workers, 2**16 - 1)
        if initializer is not None and not callable(initializer):
            raise TypeError('initializer must be a callable')
        if thread_name_prefix or 'name' not in properties:
            properties['name'] = thread_name_prefix or f'ThreadPoolExecutor-{next(_numbers)}'
        super().__init__(**properties)
        self._equip()
        if initializer is not None:
            self.set_initializer(_initialize, self._source, initializer, initargs)

    def _equip(self):
        self._source = Source(raw.Pool.get_max_threads(self))
        self._source.attach(self)

    @staticmethod
    def new(max_threads):
        """C's constructor: 0 is the number of processors + 4, and at most 32."""
        return Pool(max_threads=min(max_threads, 2**16 - 1), name=None)

    @staticmethod
    def get_default():
        """The pool that all parts of the program share."""
        pool = raw.Pool.get_default()
        if type(pool) is not Pool:
            # C has made it.
            pool.__class__ = Pool
            pool._equip()
        return pool

    # What the standard library's tests look at.

    @property
    def _broken(self):
        return self._source.is_broken

    @property
    def _max_workers(self):
        return self.get_max_threads()

    @property
    def _threads(self):
        prefix = f'{raw.Object.dup_name(self)}_'
        return {thread for thread in raw.Thread.list_alive() if thread.name.startswith(prefix)}

    # Observers

    def _suspect(self):
        """Somebody may observe the tasks from now on: C is asked at each submission."""
        self._source.is_special = True
        self._source.is_observed = False

    @property
    def props(self):
        """The GObject's properties."""
        return _Props(self, super().props)

    for _name in ('connect', 'connect_after', 'connect_data', 'connect_object',
                  'connect_object_after', 'get_tasks', 'set_observed', 'bind_property'):
        if hasattr(raw.Pool, _name):
            locals()[_name] = _suspecting(_name)
    del _name

    def get_property(self, name):
        """A property's value."""
        return getattr(self.props, name.replace('-', '_'))

    def set_property(self, name, value):
        """Sets a property."""
        self._suspect()
        setattr(self.props, name.replace('-', '_'), value)

    def set_max_threads(self, max_threads):
        """How many threads work at the same time at the most."""
        raw.Pool.set_max_threads(self, max_threads)
        self._source.set_max_threads(self.get_max_threads())

    def get_n_queued(self):
        """How many tasks wait for a thread."""
        source = self._source
        n_calls = len(source.calls)
        return max(0, raw.Pool.get_n_queued(self) - n_calls) + len(source.pending)

    # Submitting

    def submit(self, fn, /, *args, **kwargs):
        """Has fn(*args, **kwargs) run on a thread of the pool: a Future.

        `fn` may be a Thr.Callable, for one a Thr.Call.
        """
        source = self._source
        if source.is_special or isinstance(fn, _Callable):
            return self._submit_special(fn, args, kwargs)
        future = _new_future(Future)
        future._source = source
        future._fn = fn
        future._args = args
        future._kwargs = kwargs
        source.pending.add(future)
        source.queue.append(future)
        if source.slots or not source.calls:
            self._call(source, future)
        return future

    def _call(self, source, future):
        """Has a thread come for what is queued."""
        if source.is_closed or source.is_broken:
            self._refuse(source, future)
            return
        if not source.needs_call() or not source.open_call():
            return
        try:
            _pool_call_source(self)
        except GLib.Error as error:
            if source.close_call():
                source.give_slot()
            if error.domain != _THR_DOMAIN:
                raise
            self._refuse(source, future, error)
            return
        if source.is_broken:
            self._refuse(source, future)
        if not source.is_special and _pool_get_observed(self):
            # A handler that was connected from C, before the futures came perhaps.
            source.is_special = source.is_observed = True
            for queued in list(source.queue):
                self._show(queued)

    def _refuse(self, source, future, error=None):
        """Raises what there is to say, unless a thread has taken it all the same."""
        if error is not None:
            source.is_closed |= error.code == int(raw.Error.SHUT_DOWN)
            source.is_broken |= error.code == int(raw.Error.BROKEN)
            source.is_special |= source.is_closed or source.is_broken
        if not source.withdraw(future):
            return
        future._drop_work()
        self._raise_end(source)
        # No thread can be made, and none is there.
        source.calls.clear()
        source.fail_all(RuntimeError, error.message)
        raise _python_error(error) from None

    def _raise_end(self, source):
        if source.is_broken:
            raise BrokenThreadPool('A thread initializer failed, the thread pool is not '
                                   'usable anymore')
        if source.is_closed:
            raise RuntimeError('cannot schedule new futures after shutdown')

    def _submit_special(self, fn, args, kwargs):
        """With somebody who may observe, after the end, or of a Callable."""
        source = self._source
        if source.is_closed or source.is_broken:
            self._raise_end(source)
        if isinstance(fn, _Callable):
            return self._submit_callable(fn, args, kwargs)
        future = self._make(source, fn, args, kwargs)
        extra = future._extra = _Extra()
        extra.task = _new_task(self, None)
        if not source.is_observed:
            # Making the task has found out whether there is anybody.
            source.is_observed = source.is_special = _pool_get_observed(self)
        return self._enqueue(source, future)

    @staticmethod
    def _make(source, fn, args, kwargs):
        future = _new_future(Future)
        future._source = source
        future._fn = fn
        future._args = args
        future._kwargs = kwargs
        return future

    def _enqueue(self, source, future):
        source.pending.add(future)
        source.queue.append(future)
        if source.slots or not source.calls:
            self._call(source, future)
        return future

    def _show(self, future):
        """Gives the future a task that the pool's observers hear of."""
        with _futures_lock:
            extra = future._get_extra()
            if extra.task is None and future._outcome is None and future._runner is None:
                future._publish_task(extra, _new_task(self, None))

    def _submit_callable(self, call, args, kwargs):
        if args or kwargs:
            raise TypeError(f'{type(call).__name__} takes no arguments')
        future = _View(self.submit_callable(call))
        self._raise_refusal(future._extra.task)
        return future

    def submit_callable(self, call):
        """C's own: has a Thr.Callable run, and gives a task."""
        return self._track(_pool_submit_callable(self, call))

    def submit_full(self, *args):
        """C's own: has func(task, *data) run, and gives a task."""
        return self._track(_pool_submit_full(self, *args))

    def push_full(self, func, *data):
        """C's own: has func(None, *data) run, with nothing to show for it."""
        source = self._source

        def work(task, *data):
            # C does not cancel anything, because it cannot tell this from calls.
            return source.is_cancelled or func(task, *data)

        return _pool_push_full(self, work, *data)

    def _track(self, task):
        self._source.queued.add(task)
        return task

    def submit_task(self, fn, args=(), kwargs=None, *, priority=0, cancellable=None):
        """The same with a priority (the smaller the more urgent) and a Gio.Cancellable."""
        source = self._source
        if source.is_closed or source.is_broken:
            self._raise_end(source)
        args, kwargs = tuple(args), dict(kwargs or {})
        if priority == 0:
            if cancellable is None:
                future = self._submit_special(fn, args, kwargs)
                future.task
                return future
            return self._submit_cancellable(fn, args, kwargs, cancellable)
        future = _Queued()
        work = [future, source, fn, args, kwargs]
        future._extra.task = task = _pool_submit_full(self, priority, cancellable, _run, work)
        self._raise_refusal(task)
        self._track(future)
        if priority < 0:
            # Before what is in the queue, if a thread is at it.
            source.returns.append(None)
        return future

    def _submit_cancellable(self, fn, args, kwargs, cancellable):
        source = self._source
        future = self._make(source, fn, args, kwargs)
        extra = future._extra = _Extra()
        extra.task = _new_task(self, cancellable)
        future._watch()
        return self._enqueue(source, future)

    def _raise_refusal(self, task):
        if not task.is_done():
            return
        error = task.get_error()
        if error is None or error.domain != _THR_DOMAIN:
            return
        if error.code == int(raw.Error.SHUT_DOWN):
            raise RuntimeError('cannot schedule new futures after shutdown')
        if error.code in (int(raw.Error.BROKEN), int(raw.Error.RESOURCES)):
            raise _python_error(error)

    def map(self, fn, *iterables, timeout=None, chunksize=1):
        """Has fn called with an item of each; yields the results in order.

        All calls are submitted at once, `chunksize` of them to be done by one thread one
        after another. What has not begun is cancelled when one fails, the iterator is
        closed, or `timeout` seconds are over.
        """
        if chunksize < 1:
            raise ValueError('chunksize must be >= 1.')
        end = None if timeout is None else time.monotonic() + timeout
        if chunksize == 1:
            futures = [self.submit(fn, *args) for args in zip(*iterables)]
        else:
            futures = [self.submit(_run_chunk, fn, chunk)
                       for chunk in _chunks_of(zip(*iterables), chunksize)]
        futures.reverse()
        results = _results(futures, end)
        return results if chunksize == 1 else _chunk_results(results)

    # The end

    def _close(self, cancel_futures):
        source = self._source
        source.is_closed = source.is_special = True
        if cancel_futures:
            # Threads that are on their way have begun, as it were: what they were sent
            # for is done.
            source.cancel_all(sum(source.calls))

    def shutdown(self, wait=True, *, cancel_futures=False):
        """Takes no new work; waits for what there is, or cancels what has not begun."""
        self._close(cancel_futures)
        try:
            # C must not cancel the calls of the source.
            if not wait:
                _pool_shutdown(self, False, False)
            else:
                _wait(lambda pool, _limit, _none: _pool_shutdown(pool, False, True), self, -1)
        except GLib.Error as error:
            raise _python_error(error) from None

    def shutdown_async(self, cancel_futures=False, cancellable=None, callback=None, *data):
        """To be awaited: as shutdown(). With a callback it is the raw one."""
        self._close(cancel_futures)
        if callback is not None:
            return raw.Pool.shutdown_async(self, False, cancellable, callback, *data)
        return self._shutdown_soon(cancellable)

    async def _shutdown_soon(self, cancellable):
        await _operate(self, _begin_shutdown, raw.Pool.shutdown_finish, cancellable)

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.shutdown()
        return False

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_exception):
        await self.shutdown_async()


def _begin_shutdown(pool, *args):
    raw.Pool.shutdown_async(pool, False, *args)


def _exit_raw_pool(self, *_exception):
    self.shutdown(False, True)


raw.Pool.__enter__ = lambda self: self
raw.Pool.__exit__ = _exit_raw_pool

ThreadPoolExecutor = Pool
