# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Threads: `threading`'s shape and the GObject; the functions of `_thread`."""

import _thread
import signal
import sys
import threading
import warnings
import weakref

from gi.repository import GLib

from .awaiting import _operate
from .base import (ExceptHookArgs, _THR_ERROR, _glib_error, _is_timed_out, _limit, _proxy,
                   _python_error, _wait, _wait_for, raw)
from .local import _forget_thread
from .locks import Event

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


def _describe_thread(self):
    words = [self.name + ',']
    if not self.ident:
        words.append('initial')
    else:
        words.append('started' if self.is_alive() else 'stopped')
    if self.daemon:
        words.append('daemon')
    if self.ident:
        words.append(str(self.ident))
    return f"<{type(self).__name__}({' '.join(words)})>"


raw.Thread.__repr__ = _describe_thread


# The names of old, with a warning as `threading` gives it.

def _deprecated(text):
    warnings.warn(text, DeprecationWarning, stacklevel=3)


def _get_daemon(self):
    """Deprecated: the attribute `daemon`."""
    _deprecated('isDaemon() is deprecated, get the daemon attribute instead')
    return self.daemon


def _change_daemon(self, daemonic):
    """Deprecated: the attribute `daemon`."""
    _deprecated('setDaemon() is deprecated, set the daemon attribute instead')
    self.daemon = daemonic


def _get_name(self):
    """Deprecated: the attribute `name`."""
    _deprecated('getName() is deprecated, get the name attribute instead')
    return self.name


def _change_name(self, name):
    """Deprecated: the attribute `name`."""
    _deprecated('setName() is deprecated, set the name attribute instead')
    self.name = name


# Where its exception is printed when there is no sys.stderr any more.
raw.Thread._stderr = None

raw.Thread.isDaemon = _get_daemon
raw.Thread.setDaemon = _change_daemon
raw.Thread.getName = _get_name
raw.Thread.setName = _change_name


class _Hooks:
    """What new threads begin with."""

    trace = None
    profile = None


_hooks = _Hooks()


def settrace(func):
    """Has `sys.settrace(func)` called in each new thread, before its run()."""
    _hooks.trace = func


def gettrace():
    """What settrace() was given."""
    return _hooks.trace


def setprofile(func):
    """Has `sys.setprofile(func)` called in each new thread, before its run()."""
    _hooks.profile = func


def getprofile():
    """What setprofile() was given."""
    return _hooks.profile


class _ThreadMeta(type(raw.Thread)):
    """The threads that C made are threads as well: the main one, those of pools, others."""

    def __instancecheck__(cls, thing):
        return super().__instancecheck__(thing) or cls is Thread and isinstance(thing, raw.Thread)


class Thread(raw.Thread, metaclass=_ThreadMeta):
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
        self._stderr = sys.stderr
        self._initialized = True

    new = staticmethod(raw.Thread.new)
    new_callable = staticmethod(raw.Thread.new_callable)

    def __repr__(self):
        if not self._initialized:
            raise AssertionError('Thread.__init__() was not called')
        return _describe_thread(self)

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
        if _hooks.trace is not None:
            sys.settrace(_hooks.trace)
        if _hooks.profile is not None:
            sys.setprofile(_hooks.profile)
        try:
            self.run()
        except SystemExit as exception:
            # That is no failure; the default hook says nothing of it, and others may.
            if _proxy.excepthook is not excepthook:
                _call_hook(self, exception)
            return True
        except BaseException as exception:
            self._failure = exception
            error = _glib_error(exception)
        else:
            return True
        finally:
            _forget_thread()
        # Where it becomes the thread's error, and comes back through the hook.
        raise error

    def join(self, timeout=None):
        """Waits until the thread has ended, or for `timeout` seconds."""
        if not self._initialized:
            raise RuntimeError('Thread.__init__() not called')
        _wait_for(raw.Thread.join_timed, self, _limit(timeout))

    def join_async(self, cancellable=None, callback=None, *data, timeout=None):
        """To be awaited: as join(). With a callback it is the raw one."""
        if callback is not None:
            return raw.Thread.join_async(self, cancellable, callback, *data)
        if not self._initialized:
            raise RuntimeError('Thread.__init__() not called')
        return self._join_soon(cancellable, _limit(timeout))

    async def _join_soon(self, cancellable, limit):
        await _operate(self, raw.Thread.join_async, raw.Thread.join_finish, cancellable, limit)


Thread.__module__ = 'gi.repository.Thr'


def excepthook(args):
    """What reports a thread's exception; set `Thr.excepthook` to have it otherwise.

    It gets the arguments of `threading.excepthook` and runs in the failing thread.
    """
    threading.__excepthook__(args)


# Where the parallel loop that a thread failed in last keeps what was raised, by the
# thread's ident: a thread of C's has no threading.local() from one callback to the next.
_failed_loops = weakref.WeakValueDictionary()


def _find_failure(error):
    """What was raised in a loop that has failed before, and became this error."""
    for exception in _failed_loops.get(_thread.get_ident(), ()):
        if _glib_error(exception).message == error.message:
            return exception
    return None


def _report(thread, error, *_data):
    """The hook of the library: every failure of every thread comes by here."""
    exception = getattr(thread, '_failure', None)
    if exception is not None:
        thread._failure = None
    else:
        exception = _find_failure(error) or error
    try:
        _call_hook(thread, exception)
    finally:
        # A traceback refers to this frame.
        exception = error = thread = None


def _call_hook(thread, exception):
    args = ExceptHookArgs((type(exception), exception, exception.__traceback__, thread))
    try:
        _proxy.excepthook(args)
    except BaseException:
        # CPython's own words, on what there is to write to.
        stderr = sys.stderr or thread._stderr
        if stderr is not None:
            print('Exception in threading.excepthook:', file=stderr, flush=True)
            sys.excepthook(*sys.exc_info())
    finally:
        args = exception = thread = None


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
    thread = _PlainThread(target=_run_plain, name='start_new_thread',
                          args=(function, args, kwargs or {}), daemon=True)
    thread.start()
    return thread.ident


start_new = start_new_thread


class _PlainThread(Thread):
    """Of start_new_thread()."""


# It has no name that programs could say.
_UnraisableHookArgs = next(kind for kind in tuple.__subclasses__()
                           if kind.__name__ == 'UnraisableHookArgs')


def _run_plain(function, args, kwargs):
    """Nobody can join such a thread, so its exception is one that cannot be raised."""
    try:
        function(*args, **kwargs)
    except SystemExit:
        pass
    except BaseException as exception:
        sys.unraisablehook(_UnraisableHookArgs((
            type(exception), exception, exception.__traceback__,
            'Exception ignored in thread started by', function)))


def interrupt_main(signum=signal.SIGINT, /):
    """As if the signal had come: its handler will run in the main thread."""
    _thread.interrupt_main(signum)


def exit():
    """Ends the calling thread silently."""
    raise SystemExit


def stack_size(size=0, /):
    """`_thread.stack_size`: sets the size for new threads, returns the one before."""
    try:
        return raw.set_stack_size(size)
    except GLib.Error:
        raise ValueError(f'size not valid: {size} bytes') from None


exit_thread = exit
get_ident = raw.get_ident
get_native_id = raw.get_native_id


def currentThread():
    """Deprecated: current_thread()."""
    _deprecated('currentThread() is deprecated, use current_thread() instead')
    return current_thread()


def activeCount():
    """Deprecated: active_count()."""
    _deprecated('activeCount() is deprecated, use active_count() instead')
    return active_count()


# --- Timers -----------------------------------------------------------------------


class Timer(Thread):
    """`threading.Timer`: a thread that calls a function after some seconds.

    For thousands of them `Thr.raw.Timer` is there, which needs no thread for each.
    """

    __gtype_name__ = 'ThrPythonTimer'

    new = staticmethod(raw.Timer.new)

    def __init__(self, interval, function, args=None, kwargs=None):
        super().__init__()
        self.interval = interval
        self.function = function
        self.args = [] if args is None else args
        self.kwargs = {} if kwargs is None else kwargs
        self.finished = Event()

    def cancel(self):
        """Ends it before it has called the function."""
        self.finished.set()

    def run(self):
        """What the thread does."""
        self.finished.wait(self.interval)
        if not self.finished.is_set():
            self.function(*self.args, **self.kwargs)
        self.finished.set()


Timer.__module__ = 'gi.repository.Thr'
