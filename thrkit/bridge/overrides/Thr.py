# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Python's shapes for thrkit.

PyGObject loads this file with the namespace. It gives `Thread`, `Lock`, `Condition`,
`Queue`, `Future`, `Pool` and their kin the signatures, the seconds and the exceptions of
`threading`, `_thread`, `queue` and `concurrent.futures`, whose places a module with these
names can take.

How the two worlds live together:

- `Thr.raw` is the namespace as introspection gives it: microseconds, `GLib.Error`,
  callbacks `func(task, *data)`. Nothing in it changes its meaning; what is added are
  the special methods that introspection cannot give (`with`, `await`, the sequence of
  `Values`), `result()` and a `then()` with two functions.
- Calling a class makes the Python shape: `Thr.Pool(4)`, `Thr.Lock()`. The constructors
  that C has, `Thr.Lock.new()`, make the raw object, whose methods take what C's take; but
  `Thr.Pool.new(4)` and `Thr.Pool.get_default()` give the Python shape, too.
- A Python shape *is* the GObject and has all methods of the raw class but for those of
  the same name (`submit`, `shutdown`, `acquire`, `release`, `join`, `start`). `Future` is
  a Python object; its `task` is the GObject.
- `local` and the queues are Python objects, too, since what they hold must be seen by the
  garbage collector; they wait and end by the library's means.

The parts, each of which needs only those before it: `_thr.base` (errors, times, waiting),
`values`, `awaiting`, `locks`, `shared`, `local`, `queues`, `futures`, `several`, `sources`,
`pools`, `parallel`, `threads`, `calls`; and here the end of the interpreter.
"""

import threading

from ._thr.base import (
    TIMEOUT_MAX, BrokenBarrierError, ExceptHookArgs, ThreadError, _set_interruptible, error,
    raw,
)
from ._thr.calls import Call, Callable
from ._thr.futures import (
    BrokenExecutor, BrokenThreadPool, CancelledError, Executor, Future, InvalidStateError,
    TimeoutError, spawn,
)
from ._thr.local import local
from ._thr.locks import (
    Barrier, BoundedSemaphore, Condition, Event, Lock, LockType, RLock, Semaphore, allocate,
    allocate_lock,
)
from ._thr.pools import Pool, ThreadPoolExecutor
from ._thr.parallel import _Loop  # gives Pool its loops
from ._thr.queues import Empty, Full, LifoQueue, PriorityQueue, Queue, SimpleQueue
from ._thr.several import (
    ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, as_completed, wait,
)
from ._thr.shared import Latch, RWLock
from ._thr.sources import _close_sources
from ._thr.threads import (
    Thread, Timer, activeCount, active_count, currentThread, current_thread, enumerate,
    excepthook, exit, exit_thread, get_ident, get_native_id, getprofile, gettrace,
    interrupt_main, main_thread, setprofile, settrace, stack_size, start_new,
    start_new_thread,
)

__excepthook__ = excepthook

__all__ = [
    'raw', 'spawn', 'Call', 'Callable', 'Latch', 'RWLock',
    # threading and _thread
    'Barrier', 'BoundedSemaphore', 'BrokenBarrierError', 'Condition', 'Event',
    'ExceptHookArgs', 'Lock', 'LockType', 'RLock', 'Semaphore', 'TIMEOUT_MAX', 'Thread',
    'ThreadError', 'Timer', 'activeCount', 'active_count', 'allocate', 'allocate_lock',
    'currentThread', 'current_thread', 'enumerate', 'error', 'excepthook',
    '__excepthook__', 'exit', 'exit_thread', 'get_ident', 'get_native_id', 'getprofile',
    'gettrace', 'interrupt_main', 'local', 'main_thread', 'setprofile', 'settrace',
    'stack_size', 'start_new', 'start_new_thread',
    # queue
    'Empty', 'Full', 'LifoQueue', 'PriorityQueue', 'Queue', 'SimpleQueue',
    # concurrent.futures
    'ALL_COMPLETED', 'BrokenExecutor', 'BrokenThreadPool', 'CancelledError', 'Executor',
    'FIRST_COMPLETED', 'FIRST_EXCEPTION', 'Future', 'InvalidStateError', 'Pool',
    'ThreadPoolExecutor', 'TimeoutError', 'as_completed', 'wait',
]

# They are to be found where programs get them.
for _name in __all__:
    _thing = globals()[_name]
    if getattr(_thing, '__module__', '').startswith('gi.overrides._thr.'):
        _thing.__module__ = 'gi.repository.Thr'


# --- The end of the interpreter ---------------------------------------------------


def _end():
    """Waits for the threads that are not daemons, while they can still run Python."""
    before = _set_interruptible(True)
    try:
        while not raw.wait_for_threads():
            pass
    finally:
        # Those of daemon pools take nothing more, either.
        _close_sources()
        _set_interruptible(before)
        raw.set_error_hook(None)


try:
    # Where concurrent.futures waits for its threads: before anything is torn down,
    # and before the functions of atexit, which may not start threads any more.
    threading._register_atexit(_end)
except (AttributeError, RuntimeError):
    import atexit
    atexit.register(_end)
