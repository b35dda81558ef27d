# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What all parts stand on: the raw namespace, errors, times and the one way to wait."""

import concurrent.futures.thread
import importlib
import math
import os
import sys
import threading
import time
import traceback

from gi.module import get_introspection_module
from gi.repository import Gio, GLib

raw = get_introspection_module('Thr')

# PyGObject makes a class when it is first asked for, and looks its parent up by name in
# what programs see: all of them must be there before our classes take their names.
for _name in dir(raw):
    getattr(raw, _name)

# What programs see; attributes that they set (excepthook) are looked up there.
_proxy = sys.modules['gi.repository.Thr']




def _import_fast():
    """The extension with the methods that need not wait, or None where it is not built.

    Only the one in this folder will do: further ones that Python would find may belong
    to another version. THR_PYTHON_EXTENSION=no does without, for tests.
    """
    if os.environ.get('THR_PYTHON_EXTENSION') == 'no':
        return None
    try:
        fast = importlib.import_module('._fast', __package__)
    except ImportError:
        return None
    return fast if os.path.dirname(fast.__file__) == os.path.dirname(__file__) else None


_fast = _import_fast()


# --- Errors and times -------------------------------------------------------------

TIMEOUT_MAX = threading.TIMEOUT_MAX
ThreadError = error = RuntimeError
BrokenBarrierError = threading.BrokenBarrierError
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
    return 0 if timeout <= 0 else _microseconds(timeout)


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


def _wait(verb, waited, limit, answers=None):
    """Blocks in a verb that takes microseconds and a cancellable.

    On the main thread, where Python's signal handlers run, a signal ends the verb
    with False and no error. The handlers run before the next step of this loop, which
    goes on with the time that is left unless one of them raises. The switch is
    on during this wait only: the raw methods never return like that by themselves.

    A handler may also run, and raise, between the verb and whatever comes after it. So
    the verb's answer is put into a list by the call itself, where _obtain() finds it.
    """
    if not _is_main_thread():
        return verb(waited, limit, None)
    if answers is None:
        answers = []
    end = time.monotonic() + limit / 1000000 if limit > 0 else 0
    before = False
    try:
        before = _set_interruptible(True)
        while True:
            answers.extend(map(verb, (waited,), (limit,), (None,)))
            if answers[-1]:
                break
            if limit > 0:
                limit = max(0, math.ceil((end - time.monotonic()) * 1000000))
    finally:
        _set_interruptible(before)
    return answers[-1]


def _wait_for(verb, waited, limit, answers=None):
    """The same, as a boolean: False is out of time."""
    try:
        return _wait(verb, waited, limit, answers)
    except GLib.Error as error:
        if _is_timed_out(error):
            return False
        raise _python_error(error) from None


def _obtain(waited, attempt, verb, undo, limit):
    """Waits for something to hold; what was got when a signal handler raised is undone.

    Trying first saves the switch of _wait() and jumps no queue: the verb does the same.
    """
    answers = []
    try:
        answers.extend(map(attempt, (waited,)))
        return answers[0] or _wait_for(verb, waited, limit, answers)
    except BaseException:
        if answers and answers[-1]:
            undo(waited)
        raise


class _FinalMeta(type(raw.Lock)):
    """Lets Python classes derive from what is final in C: without a type of their own."""

    def __new__(mcs, name, bases, namespace, **kwargs):
        namespace.setdefault('__gtype__', bases[0].__gtype__)
        return super().__new__(mcs, name, bases, namespace, **kwargs)


def _make_fast(cls, variant=None, fail=_python_error):
    """Puts the extension's methods before those of a class, which stay for the rest."""
    if _fast is not None:
        def fail_with(message, domain, code):
            return fail(GLib.Error(message, domain, code))

        _fast.adopt(cls, fail_with, *([variant] if variant else []))
