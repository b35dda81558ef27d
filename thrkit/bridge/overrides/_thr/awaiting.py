# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Awaiting what the library waits for: under asyncio, and in `spawn` on a GLib main loop.

A coroutine waits for one raw operation, a `…_async` and its `…_finish`:

    begun ── ended at home ──► has a result ── the coroutine goes on ──► finished
      └── the coroutine was cancelled ──► abandoned: its cancellable is cancelled

What an abandoned operation was granted goes to the next waiter at once, by its
cancellable. The result may come in another thread than the coroutine's.

Operations end at the home of their object, and under asyncio nobody iterates that main
context. When the thread has a right to it, a pump does, as long as somebody waits.
When it has none, the operation is made to end in a main context of the thread's own,
which is pumped likewise; in `spawn`, in the one that is thread-default. Queues know no
home.
"""

import sys
import threading
import weakref

from gi.repository import Gio, GLib

from .base import _get_ident, _is_main_thread, _python_error, raw

_IO_ERROR = Gio.io_error_quark()
_IO_CANCELLED = int(Gio.IOErrorEnum.CANCELLED)

# What ended because its time was over.
_TIMED_OUT = object()

_arm = raw.loop_arm
_divert = raw.loop_divert


def _get_asyncio_loop():
    asyncio = sys.modules.get('asyncio')
    return asyncio and asyncio._get_running_loop()


def _get_context():
    return GLib.MainContext.get_thread_default() or GLib.MainContext.default()


def _may_iterate(context):
    """Whether it is this thread's to iterate, as the library sees it."""
    if (context == GLib.MainContext.get_thread_default() or
            context == GLib.MainContext.default() and _is_main_thread()):
        # Unless a loop runs in it elsewhere.
        if not context.acquire():
            return False
        context.release()
        return True
    return context.is_owner()


class _Own(threading.local):
    """What a thread has of its own: a main context for each loop that awaits in it.

    Nothing else holds them. With the thread, or when another loop begins after theirs was
    closed, they go, and whoever still waits there leaves the line.
    """

    def __init__(self):
        self.holders = {}

    def get_holder(self, loop):
        holder = self.holders.get(loop)
        if holder is None:
            for other in [other for other in self.holders if other.is_closed()]:
                del self.holders[other]
            holder = self.holders[loop] = _Holder(GLib.MainContext.new())
        return holder


class _Holder:
    __slots__ = 'context', '__weakref__'

    def __init__(self, context):
        self.context = context


_own = _Own()


# --- Main contexts under asyncio --------------------------------------------------


class _Pump:
    """Has a loop of asyncio deliver what is queued for a main context."""

    pumps = {}

    def __init__(self, key, loop, context, holder):
        self.key = key
        self.loop = loop
        self.context = context if holder is None else None
        self.get_holder = None if holder is None else weakref.ref(holder)
        self.n_awaited = 0
        self.fd = raw.loop_get_fd(context)

    @classmethod
    def begin(cls, loop, context, holder=None):
        key = loop, hash(context)
        pump = cls.pumps.get(key)
        if pump is None:
            cls.forget_closed()
            pump = cls(key, loop, context, holder)
            loop.add_reader(pump.fd, pump.deliver)
            cls.pumps[key] = pump
        pump.n_awaited += 1
        # Its end may be queued already.
        loop.call_soon(pump.arm)
        return pump

    @classmethod
    def forget_closed(cls):
        """Loops that were closed while something was awaited will deliver nothing."""
        for key in list(cls.pumps):
            if key[0].is_closed():
                cls.pumps.pop(key, None)

    def end(self):
        self.n_awaited -= 1
        if not self.n_awaited:
            self.pumps.pop(self.key, None)
            if not self.loop.is_closed():
                self.loop.remove_reader(self.fd)

    def get_context(self):
        if self.get_holder is None:
            return self.context
        holder = self.get_holder()
        return None if holder is None else holder.context

    def arm(self):
        context = self.get_context() if self.n_awaited else None
        if context is not None and not _arm(context):
            self.loop.call_soon(self.deliver)

    def deliver(self):
        context = self.get_context() if self.n_awaited else None
        if context is not None:
            context.iteration(False)
            self.arm()


# --- Operations -------------------------------------------------------------------


class _Waiting:
    """What one coroutine waits for: a result, from any thread."""

    result = None
    wake = None
    task = None      # what spawn() waits for

    def __init__(self):
        self.loop = _get_asyncio_loop()

    def lose(self):
        """There is nobody any more for whom the result would be."""
        self.result = None

    def set(self, result):
        self.result = result
        wake, self.wake = self.wake, None
        if wake is not None:
            wake()

    def start_timer(self, limit):
        """Has time_out() called after microseconds; what it gives ends that."""
        if self.loop is not None:
            return self.loop.call_later(limit / 1000000, self.time_out).cancel
        source = GLib.Timeout(-(-limit // 1000))
        source.set_callback(self.time_out)
        source.attach(_get_context())
        return source.destroy

    def __await__(self):
        # The result may come between the look and the wake-up, from another thread.
        while self.result is None:
            if self.loop is not None:
                yield from self.make_asyncio_future()
            else:
                self.task = raw.Future.new()
                self.wake = self.settle_task
                if self.result is None:
                    yield self
        return self.result

    def settle_task(self):
        self.task.set_value(None)

    def make_asyncio_future(self):
        loop, ident = self.loop, _get_ident()
        future = loop.create_future()

        def settle():
            if not future.done():
                future.set_result(None)

        def wake():
            try:
                if _get_ident() == ident:
                    settle()
                else:
                    loop.call_soon_threadsafe(settle)
            except RuntimeError:
                # The loop has been closed, and the coroutine will never go on.
                self.lose()

        self.wake = wake
        if self.result is not None:
            settle()
        return future


class _Gate(_Waiting):
    """A gate that a coroutine passes once another thread, or a timer, releases it."""

    is_lost = False

    def lose(self):
        self.is_lost = True

    def release(self):
        """False when nobody will pass it any more."""
        self.set(True)
        return not self.is_lost

    def time_out(self, *_data):
        if self.result is None:
            self.set(False)
        return GLib.SOURCE_REMOVE

    async def acquire(self, limit):
        """False when `limit` microseconds were over before."""
        stop_timer = self.start_timer(limit) if limit >= 0 else None
        try:
            return await self
        finally:
            self.wake = None
            if stop_timer is not None:
                stop_timer()


class _Operation(_Waiting):
    """One raw operation of one coroutine."""

    is_abandoned = False
    is_own = False
    is_timed_out = False
    pump = None

    def __init__(self, source, begin):
        super().__init__()
        self.cancellable = Gio.Cancellable()
        own = GLib.MainContext.get_thread_default()
        if self.loop is None and own is None:
            begin(source, self.cancellable, self.ended)
            return
        context = source.dup_main_context()
        is_foreign = context is None or not _may_iterate(context)
        holder = None
        if is_foreign and self.loop is not None:
            self.is_own = True
            holder = _own.get_holder(self.loop)
            context = holder.context
        elif is_foreign:
            context = own
        if self.loop is not None:
            self.pump = _Pump.begin(self.loop, context, holder)
        try:
            if is_foreign:
                _divert(context)
            begin(source, self.cancellable, self.ended)
        except BaseException:
            self.end_pump()
            raise
        finally:
            if is_foreign:
                _divert(None)

    def end_pump(self):
        pump, self.pump = self.pump, None
        if pump is not None:
            pump.end()

    def ended(self, _source, result, *_data):
        """At home."""
        self.end_pump()
        self.set(result)
        if self.is_abandoned:
            self.lose()

    def abandon(self):
        """The coroutine is not there any more."""
        self.is_abandoned = True
        self.wake = None
        self.lose()
        self.cancellable.cancel()
        pump = self.pump
        if pump is None:
            return
        if self.loop.is_closed():
            self.end_pump()
        elif self.is_own and _own.holders.get(self.loop) is pump.get_holder():
            # Nothing but ends of operations: they may come now, as the loop may be about
            # to be closed.
            pump.deliver()

    def time_out(self, *_data):
        if self.result is None:
            self.is_timed_out = True
            self.cancellable.cancel()
        return GLib.SOURCE_REMOVE


async def _await_end(operation, limit):
    """Until it ends, whatever happens: True when the coroutine was to be cancelled."""
    stop_timer = operation.start_timer(limit) if limit >= 0 else None
    cancellation = None
    try:
        while True:
            try:
                await operation
                return cancellation
            except GeneratorExit:
                raise
            except BaseException as exception:
                cancellation = exception
                operation.cancellable.cancel()
    finally:
        if stop_timer is not None:
            stop_timer()


async def _operate(source, begin, finish, cancellable=None, limit=-1, give_back=None,
                   convert=_python_error):
    """What `finish` returns, or _TIMED_OUT after `limit` microseconds.

    A wait with something to give back must end, since a lock is held again after it: it
    is waited for even when the coroutine is cancelled. give_back() is called when it was
    in vain then.
    """
    operation = _Operation(source, begin)
    outer_id = 0
    stop_timer = None
    cancellation = None
    try:
        if cancellable is not None:
            outer_id = cancellable.connect(operation.cancellable.cancel)
        if give_back is not None:
            cancellation = await _await_end(operation, limit)
        else:
            if limit >= 0:
                stop_timer = operation.start_timer(limit)
            await operation
        result, operation.result = operation.result, None
        try:
            answer = finish(source, result)
        except GLib.Error as error:
            if cancellation is not None:
                raise cancellation from None
            if operation.is_timed_out and error.matches(_IO_ERROR, _IO_CANCELLED):
                return _TIMED_OUT
            raise convert(error) from None
        if cancellation is not None:
            give_back()
            raise cancellation
        return answer
    except BaseException:
        operation.abandon()
        raise
    finally:
        if stop_timer is not None:
            stop_timer()
        if outer_id:
            cancellable.disconnect(outer_id)


async def _operate_bool(*args, **kwargs):
    """The same: False is out of time."""
    return await _operate(*args, **kwargs) is not _TIMED_OUT


def _is_cancelled(cancellable):
    return cancellable is not None and cancellable.is_cancelled()


async def _acquire_soon(lock, verbs, cancellable, limit):
    """Awaits a lock: at once when nobody need be waited for."""
    try_acquire, begin, finish = verbs
    if not _is_cancelled(cancellable) and try_acquire(lock):
        return True
    if limit == 0:
        return False
    return await _operate_bool(lock, begin, finish, cancellable, limit)


class _AsyncWith:
    """`async with`, for what has acquire_async() and release()."""

    __slots__ = ()

    async def __aenter__(self):
        return await self.acquire_async()

    async def __aexit__(self, *_exception):
        self.release()
