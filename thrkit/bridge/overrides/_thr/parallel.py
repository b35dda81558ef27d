# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Parallel loops over Python callables."""

import _thread
import operator

from gi.repository import Gio, GLib

from .base import _CancelledError, _glib_error, _is_main_thread, _python_error, raw
from .futures import _View
from .pools import Pool
from .threads import _failed_loops

_CANCELLED = int(Gio.IOErrorEnum.CANCELLED)
_IO_DOMAIN = GLib.quark_to_string(Gio.io_error_quark())

_for_each = raw.Pool.for_each
_submit_for_each = raw.Pool.submit_for_each


def _run(_loop, begin, end, body):
    """A chunk of the loop. What is raised comes out of the loop as it is."""
    fn, items, results, failures = body
    try:
        if results is None:
            for item in items[begin:end]:
                fn(item)
        else:
            # One step under the lock of the interpreter: the list stays as long as it is.
            results[begin:end] = [fn(item) for item in items[begin:end]]
    except BaseException as exception:
        failures.append(exception)
        _failed_loops[_thread.get_ident()] = failures
        error = _glib_error(exception)
    else:
        return True
    finally:
        del fn, items, body, failures
    raise error


def _make_body(fn, iterable, collect):
    if not callable(fn):
        raise TypeError(f'{fn!r} is not callable')
    # What can be cut into pieces cheaply, as it is; anything else once, now.
    items = iterable if isinstance(iterable, (range, list, tuple)) else list(iterable)
    return fn, items, [None] * len(items) if collect else None, _Failures()


def _grain(chunk):
    if chunk is None:
        return 0
    if chunk < 1:
        raise ValueError('chunk must be at least 1')
    return min(operator.index(chunk), 2**63 - 1)


class _Failures(list):
    """What was raised; the first is the loop's, and others go to the hook."""

    __slots__ = ('__weakref__',)


class _Loop(_View):
    """The future of a loop; `task` is the ThrParallelLoop, which has the progress."""

    def __init__(self, pool, body, chunk, cancellable):
        # Not the function and the items, which go when the loop has ended.
        _fn, items, self._results, self._failures = body
        super().__init__(_submit_for_each(pool, 0, len(items), _grain(chunk), cancellable,
                                          _run, body))

    def _convert_error(self, error):
        return _translate(error, self._failures)

    def _get_result(self):
        return self._results


def _translate(error, failures):
    """What the loop fails with; of several failures it is the first."""
    for exception in failures:
        if _glib_error(exception).message == error.message:
            return exception
    if error.code == _CANCELLED and error.domain == _IO_DOMAIN:
        return _CancelledError()
    return _python_error(error)


def _run_here(pool, fn, iterable, chunk, cancellable, collect):
    body = _make_body(fn, iterable, collect)
    if not _is_main_thread():
        try:
            _for_each(pool, 0, len(body[1]), _grain(chunk), cancellable, _run, body)
        except GLib.Error as error:
            raise _translate(error, body[3]) from None
        return body[2]

    # Where signal handlers run, which must get through while the last ones are waited for.
    loop = _Loop(pool, body, chunk, cancellable)
    try:
        loop._task.take_part()
        for exception in body[3]:
            # It came while we were at work; what others are at may be long.
            if isinstance(exception, KeyboardInterrupt):
                raise exception
        return loop.result()
    except BaseException:
        loop.cancel()
        # Whoever gets this need not hear of the loop's own end.
        loop.add_done_callback(lambda loop: loop._task.get_error())
        raise


def _pool_for_each(self, fn, iterable, *, chunk=None, cancellable=None):
    """Has fn(item) called for each item, by the pool's threads and the caller.

    Returns when all are done. The first exception ends it and is raised; items that
    nobody has begun then never are. `chunk` is the smallest number of items that a
    thread takes at a time; without it, that follows from how long they take. A
    Gio.Cancellable ends the loop with CancelledError.
    """
    _run_here(self, fn, iterable, chunk, cancellable, False)


def _parallel_map(self, fn, iterable, *, chunk=None, cancellable=None):
    """The list of fn(item) for each item, in their order; else as for_each()."""
    return _run_here(self, fn, iterable, chunk, cancellable, True)


def _pool_submit_for_each(self, fn, iterable, *, chunk=None, cancellable=None):
    """A Future of the end of for_each(), in which the caller takes no part.

    `future.task` is the Thr.ParallelLoop, with `notify::progress`.
    """
    return _Loop(self, _make_body(fn, iterable, False), chunk, cancellable)


def _pool_submit_map(self, fn, iterable, *, chunk=None, cancellable=None):
    """A Future of the list of parallel_map(), in which the caller takes no part."""
    return _Loop(self, _make_body(fn, iterable, True), chunk, cancellable)


Pool.for_each = _pool_for_each
Pool.parallel_map = _parallel_map
Pool.submit_for_each = _pool_submit_for_each
Pool.submit_map = _pool_submit_map
