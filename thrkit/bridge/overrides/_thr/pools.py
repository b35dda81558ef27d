# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pools: `concurrent.futures.ThreadPoolExecutor`, and the GObject."""

import concurrent.futures
import itertools
import time
import weakref

from gi.repository import GLib

from .base import _LOGGER, _THR_DOMAIN, _FinalMeta, _glib_error, _python_error, _wait, raw
from .futures import Future
from .values import _value

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


def _initialize(_thread, pool, initializer, initargs):
    try:
        initializer(*initargs)
    except BaseException as exception:
        pool = pool()
        if pool is not None:
            pool._broken = True
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


class Pool(raw.Pool, concurrent.futures.ThreadPoolExecutor, metaclass=_FinalMeta):
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
        if thread_name_prefix or 'name' not in properties:
            properties['name'] = thread_name_prefix or f'ThreadPoolExecutor-{next(_numbers)}'
        super().__init__(**properties)
        if initializer is not None:
            # Weakly: a pool that nobody holds any more ends.
            self.set_initializer(_initialize, weakref.ref(self), initializer, initargs)

    # What the standard library's tests look at.

    _broken = False

    @property
    def _max_workers(self):
        return self.props.max_threads

    @property
    def _threads(self):
        prefix = self.props.name + '_'
        return {thread for thread in raw.Thread.list_alive() if thread.name.startswith(prefix)}

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

    def map(self, fn, *iterables, timeout=None, chunksize=1):
        """Has fn called with an item of each; yields the results in order.

        All calls are submitted at once. What has not begun is cancelled when one fails,
        the iterator is closed, or `timeout` seconds are over. `chunksize` has no effect.
        """
        end = None if timeout is None else time.monotonic() + timeout
        futures = [self.submit(fn, *args) for args in zip(*iterables)]
        futures.reverse()
        return _results(futures, end)

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

ThreadPoolExecutor = Pool
