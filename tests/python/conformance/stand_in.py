# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Modules over Thr that take the places of `threading` and its kin.

They hold the public names. What has an underscore is what the tests' own helpers ask
for, to count threads that are left over; that is CPython's own or says nothing.
"""

import concurrent
import concurrent.futures.process
import concurrent.futures.thread
import multiprocessing.util  # noqa: F401  (with the threads of its own)
import queue
import sys
import threading
import types
import weakref

import _thread


class _Threading(types.ModuleType):
    """Where hooks are set: those are looked up in Thr."""

    def __setattr__(self, name, value):
        super().__setattr__(name, value)
        if name == 'excepthook':
            from gi.repository import Thr
            Thr.excepthook = value


def _names(module, thr, names):
    for name in names:
        if hasattr(thr, name):
            setattr(module, name, getattr(thr, name))
    return module


def _make_threading(thr):
    module = _names(_Threading('threading'), thr,
                    [*threading.__all__, 'ThreadError', 'currentThread', 'activeCount',
                     '__excepthook__', 'TIMEOUT_MAX'])
    module.__all__ = list(threading.__all__)
    module._PyRLock = module._CRLock = thr.RLock
    module._dangling = weakref.WeakSet()
    module._shutdown = threading._shutdown
    module._HAVE_THREAD_NATIVE_ID = True
    module._register_atexit = threading._register_atexit
    return module


def _make_thread(thr):
    public = [name for name in dir(_thread) if not name.startswith('_')]
    module = _names(types.ModuleType('_thread'), thr, public)
    module._local = thr.local
    module._count = thr.active_count
    return module


def _make_queue(thr):
    module = _names(types.ModuleType('queue'), thr, queue.__all__)
    module._PySimpleQueue = thr.SimpleQueue
    return module


def _make_base(thr):
    real = concurrent.futures._base
    module = _names(types.ModuleType('concurrent.futures._base'), thr,
                    [name for name in dir(real) if not name.startswith('_')])
    for name in ('PENDING', 'RUNNING', 'CANCELLED', 'CANCELLED_AND_NOTIFIED', 'FINISHED',
                 'LOGGER', 'DoneAndNotDoneFutures'):
        setattr(module, name, getattr(real, name))
    return module


def _make_futures(thr):
    real = concurrent.futures
    module = _names(types.ModuleType('concurrent.futures'), thr,
                    # The tests ask for a class by its __name__.
                    [*real.__all__, 'InvalidStateError', 'Pool'])
    module.__path__ = real.__path__
    module.process = real.process
    module.ProcessPoolExecutor = real.ProcessPoolExecutor
    module._base = _make_base(thr)
    module.thread = _names(types.ModuleType('concurrent.futures.thread'), thr,
                           ['BrokenThreadPool', 'ThreadPoolExecutor'])
    return module


def _with_broken_lock(thr):
    """The same with a lock that lets two in."""

    class TwoIn(thr.Lock):

        def __init__(self):
            super().__init__()
            self.permits = thr.Semaphore(2)

        def acquire(self, blocking=True, timeout=-1):
            return self.permits.acquire(blocking, None if timeout == -1 else timeout)

        def release(self):
            self.permits.release()

        def locked(self):
            return self.permits.get_value() < 2

        __enter__ = acquire

        def __exit__(self, *_exception):
            self.release()

    broken = types.SimpleNamespace(**{name: getattr(thr, name) for name in dir(thr)})
    broken.Lock = broken.allocate_lock = broken.LockType = TwoIn
    return broken


def install(kind):
    """From now on an import gets what is over Thr: 'thr', or 'broken' for a bad lock."""
    import gi
    gi.require_version('Thr', '1')
    from gi.repository import Thr

    thr = _with_broken_lock(Thr) if kind == 'broken' else Thr
    futures = _make_futures(thr)
    concurrent.futures = futures
    sys.modules.update({
        'threading': _make_threading(thr),
        '_thread': _make_thread(thr),
        'queue': _make_queue(thr),
        'concurrent.futures': futures,
        'concurrent.futures._base': futures._base,
        'concurrent.futures.thread': futures.thread,
    })
