# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a pool's threads do in Python: they drain a queue of Python's futures.

A pool keeps its futures in a deque, and C is only asked to come for them. Each *call*
of the source brings one thread, which goes on until nothing is left. So thousands of
futures may cost one call, and yet no free thread is idle while something waits:

- `calls` has an item for each call that no thread has answered yet, `slots` one for each
  thread that may still be asked without being one too many.
- Who queues a future calls when there is no open call, or when there are more futures
  than open calls and slots are left. A thread that answers takes its call first
  and then looks at the queue, so what is queued behind an open call is seen.
- A thread that answers and finds more than one future calls for another one. So, as
  long as something is queued, a call is open, or a thread is `spare`: it is between two
  futures and about to look. With a call open the pool in C knows that it has work, and
  sends another thread when one of its own blocks.
- A spare thread that has just let somebody go who waited lingers for a moment: who asks
  for one result after the other queues the next one at once, and needs no call. When that
  was in vain it is not tried again for some time.
- A thread goes back to C now and then, where more urgent work may have come or
  it may have become one too many: when somebody asked for that (`returns`), or after a
  millisecond.

C's pool decides how many threads there are, and when.
"""

import collections
import contextlib
import os
import time
import weakref

from gi.repository import GLib

from .base import _LOGGER, _get_ident, raw
from .futures import (_FAILED, _RESULT, BrokenThreadPool, _Guard, _open_gates, _workers)
from .local import _forget_thread

_monotonic = time.monotonic
_recall = raw.Pool.recall_source
_current_thread = raw.Thread.current
# Whatever a class of exceptions makes of the attribute.
_get_traceback = BaseException.__traceback__.__get__
_set_traceback = BaseException.__traceback__.__set__

_BATCH = 0.001  # seconds
_MAX_HELPING = 2

# Seconds: about what the trip of one thread into C and of another one from there costs.
# With one processor nobody can come while we look.
_LINGER = 0.00002 if len(os.sched_getaffinity(0)) > 1 else 0
_N_WITHOUT_LINGERING = 8

_pythonapi = None


def _keep_state():
    """Makes Python keep what it knows of the calling thread between two callbacks.

    CPython makes a state for each call that comes from a thread it does not know, and
    frees it afterwards, which costs more than the call. One that is held once more
    stays until _end_worker().
    """
    global _pythonapi
    if _pythonapi is None:
        import ctypes
        _pythonapi = ctypes.pythonapi
    _pythonapi.PyGILState_Ensure()


class _Worker:
    """A thread of a pool, as far as Python knows it."""

    __slots__ = ('future', 'ident', 'is_lost', 'n_helping', 'source', 'thread')

    def __init__(self, ident, source):
        self.ident = ident
        self.source = source
        self.thread = _current_thread()
        self.future = None
        self.n_helping = 0
        self.is_lost = False  # of a process that has forked

    def may_help(self, future, limit):
        """Whether it does itself the work that it waits for, if nobody has begun.

        Never other work, which might want a lock that the waiting one holds.
        """
        return limit == -1 and future._source is self.source and self.n_helping < _MAX_HELPING

    def run(self, future):
        """That work, which has been taken."""
        outer = self.future
        self.n_helping += 1
        try:
            future._runner = self
            self.future = future
            if future._extra is None or future._begin():
                _perform(future)
                if future._extra is None:
                    future._done = True
                else:
                    future._tell()
        finally:
            self.future = outer
            self.n_helping -= 1

    def begin_wait(self):
        """C sends another thread while this one waits, if there is something to do."""
        source = self.source
        if source.queue and not source.calls:
            source.call_again()

    def end_wait(self):
        # There may be one too many now.
        self.source.returns.append(None)


def _perform(future):
    fn, args, kwargs = future._fn, future._args, future._kwargs
    future._drop_work()
    try:
        future._result = fn(*args, **kwargs)
    except BaseException as exception:
        _take_exception(future, exception)
    else:
        future._outcome = _RESULT


def _take_exception(future, exception):
    # Without the frame that called: it goes on, and refers to this and that.
    _set_traceback(exception, _get_traceback(exception).tb_next)
    future._exception = exception
    future._guard = _Guard(exception)
    future._outcome = _FAILED


def _get_worker(source):
    ident = _get_ident()
    worker = _workers.get(ident)
    if worker is None:
        if source.keeps_state:
            _keep_state()
        worker = _workers[ident] = _Worker(ident, source)
    return worker


def _end_worker(_thread, *_data):
    if _workers.pop(_get_ident(), None) is not None:
        _forget_thread()
        _pythonapi.PyGILState_Release(0)
    return True


_sources = weakref.WeakSet()


def _close_sources():
    """At the end of the interpreter: the library takes no new work, asked or not."""
    for source in list(_sources):
        source.is_closed = source.is_special = True


class Source:
    """The futures of a pool. It does not hold the pool."""

    __slots__ = ('__weakref__', 'calls', 'excess', 'is_broken', 'is_cancelled', 'is_closed',
                 'is_observed', 'is_special', 'keeps_state', 'max_threads', 'n_vain',
                 'pending', 'queue', 'queued', 'returns', 'slots', 'spare')

    def __init__(self, max_threads):
        self.queue = collections.deque()
        self.pending = set()             # of the queue, what nobody has taken
        self.queued = weakref.WeakSet()  # in C's queue
        self.max_threads = max_threads
        self.n_vain = 0                  # how often nobody lingers from now on
        self.slots = [True] * max_threads
        self.excess = []                 # slots to be taken away once they are back
        self.calls = []
        self.spare = []
        self.returns = []
        self.is_broken = self.is_closed = self.is_observed = self.keeps_state = False
        self.is_cancelled = False        # what has not begun is not to begin
        self.is_special = False          # one of these, or somebody may observe
        _sources.add(self)

    is_lost = False

    def begin_anew(self):
        """In a forked child."""
        for future in self.take_all():
            future._source = _Lost
        self.pending.clear()
        self.slots[:] = [True] * self.max_threads
        self.excess.clear()
        self.calls.clear()
        self.spare.clear()
        self.returns.clear()

    def attach(self, pool):
        """Makes it the source of a pool."""
        raw.Pool.set_source(pool, self.drain)
        # Threads that outlive the interpreter cannot let go of anything.
        self.keeps_state = not raw.Pool.get_daemon(pool)
        if self.keeps_state:
            try:
                raw.Pool.set_finalizer(pool, _end_worker)
            except GLib.Error:
                self.keeps_state = False  # the pool has threads already

    def set_max_threads(self, max_threads):
        difference = max_threads - self.max_threads
        self.max_threads = max_threads
        for _ in range(difference):
            self.give_slot()
        for _ in range(-difference):
            try:
                self.slots.pop()
            except IndexError:
                self.excess.append(None)
            # One of those who are busy is to look in C before it takes another future.
            self.returns.append(None)

    def give_slot(self):
        if self.excess:
            with contextlib.suppress(IndexError):
                self.excess.pop()
                return
        self.slots.append(True)

    def needs_call(self):
        return len(self.calls) + len(self.spare) < len(self.queue)

    def open_call(self):
        """Before C is asked: False when enough is asked for."""
        try:
            slot = self.slots.pop()
        except IndexError:
            if self.calls:
                return False
            slot = False
        self.calls.append(slot)
        return True

    def close_call(self):
        """A thread answers, or none comes."""
        try:
            return self.calls.pop()
        except IndexError:
            return False

    def call_again(self):
        """From one of the pool's threads, also after the pool has gone."""
        if not self.open_call():
            return True
        if _recall():
            return True
        if self.close_call():
            self.give_slot()
        return False

    def drain(self, _task, *_data):
        """Runs futures until there is none: what C calls."""
        me = _get_worker(self)
        slot = self.close_call()
        while True:
            try:
                self._drain(me)
                break
            except BaseException:
                # Of a callback, where even SystemExit must not get to PyGObject, which
                # would end the process from here. The worker goes on.
                me.future = None
                _LOGGER.critical('Exception in worker', exc_info=True)
        if slot:
            self.give_slot()
        if not self.keeps_state:
            del _workers[me.ident]
        return True

    def linger(self):
        """While spare: gives who has waited a moment to queue the next one."""
        if self.n_vain > 0:
            self.n_vain -= 1
            return
        queue = self.queue
        end = _monotonic() + _LINGER
        while not queue:
            if _monotonic() > end:
                self.n_vain = _N_WITHOUT_LINGERING
                return
            # It lets go of the GIL, for which the other one may wait.
            os.sched_yield()

    def _drain(self, me):
        queue, returns = self.queue, self.returns
        popleft, take = queue.popleft, self.pending.remove
        if len(queue) > 1 and not self.calls:
            self.call_again()
        end = _monotonic() + _BATCH
        while queue:
            try:
                future = popleft()
            except IndexError:
                break
            try:
                take(future)
            except KeyError:
                # It was cancelled, or who waits for it has taken it.
                future = None
                continue
            future._runner = me
            me.future = future
            if future._extra is None or future._begin():
                # _perform(), whose call would cost as much as the rest.
                fn, args, kwargs = future._fn, future._args, future._kwargs
                future._fn = future._args = future._kwargs = None
                try:
                    future._result = fn(*args, **kwargs)
                except BaseException as exception:
                    fn = args = kwargs = None
                    _take_exception(future, exception)
                else:
                    fn = args = kwargs = None
                    future._outcome = _RESULT
                me.future = None
                if future._extra is None:
                    future._done = True
                else:
                    # Who is woken finds nobody who holds the future, and a thread
                    # that is about to look for work.
                    extra = future._extra
                    future._close()
                    if extra.callbacks:
                        _open_gates(extra.gates)
                        future._call_callbacks(extra.callbacks)
                        future = None
                    else:
                        future = None
                        self.spare.append(None)
                        if extra.gates:
                            _open_gates(extra.gates)
                            if not queue and _LINGER:
                                self.linger()
                        self.spare.pop()
                    extra = None
            else:
                me.future = None
            future = None
            if returns or _monotonic() > end:
                if returns:
                    try:
                        returns.pop()
                    except IndexError:
                        pass
                if not queue or self.calls or self.call_again():
                    break
                end = _monotonic() + _BATCH

    # The end

    def break_(self):
        """The initializer has failed: nothing will run."""
        self.is_broken = self.is_special = True
        self.calls.clear()
        self.fail_all(BrokenThreadPool, 'A thread initializer failed, the thread pool is '
                                        'not usable anymore')

    def fail_all(self, kind, text):
        for future in self.take_all():
            if future._take():
                future._drop_work()
                future._exception = kind(text)
                future._settle(_FAILED)

    def cancel_all(self, n_kept):
        """All but the first, which threads are about to begin."""
        self.is_cancelled = True
        futures = list(self.take_all())
        for future in futures[:n_kept]:
            self.queue.append(future)
        for future in futures[n_kept:]:
            future.cancel()
        for future in list(self.queued):
            future.cancel()

    def take_all(self):
        while True:
            try:
                yield self.queue.popleft()
            except IndexError:
                return

    def withdraw(self, future):
        """What was queued and should not have been: False when a thread has it."""
        if not future._take():
            return False
        with contextlib.suppress(IndexError, ValueError):
            self.queue.remove(future)
        return True


def _get_current():
    """Gets the task that the calling thread is running, or None."""
    task = _raw_get_current()
    if task is None:
        worker = _workers.get(_get_ident())
        if worker is not None and worker.future is not None:
            return worker.future.task
    return task


# The work of a future has no task until somebody asks for it.
_raw_get_current = raw.Task.get_current
raw.Task.get_current = staticmethod(_get_current)


class _Lost:
    """The source of what was left behind in the process that was forked."""

    is_lost = True
    pending = set()


def _after_fork():
    """In a forked child there is one thread, and pools begin anew."""
    me = _workers.pop(_get_ident(), None)
    for worker in _workers.values():
        worker.is_lost = True
    _workers.clear()
    if me is not None:
        # Its work goes on, but it is no thread of a pool any more.
        _workers[me.ident] = me
    for source in list(_sources):
        source.begin_anew()


os.register_at_fork(after_in_child=_after_fork)
