# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Calls: what a pool runs besides functions."""

from gi.overrides import override
from gi.repository import GLib, GObject

from .base import _glib_error, _python_error, raw
from .values import _INT64_MAX, _INT64_MIN, _INT_MAX, _INT_MIN, _is_c_string, _value

class Callable(raw.Callable):
    """What a pool and a thread can run: `class Sum(GObject.Object, Thr.Callable)`.

    Its `do_call(self, cancellable)` returns the result and raises what went wrong;
    that of a class derived from `Thr.raw.Callable` returns `True, value`.
    """

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        call = cls.__dict__.get('do_call')
        if call is not None:
            cls.do_call = _wrap_call(call)


def _wrap_call(call):

    def do_call(self, cancellable):
        try:
            result = call(self, cancellable)
        except BaseException as exception:
            error = _glib_error(exception)
        else:
            return True, _out_value(result)
        raise error

    do_call.__wrapped__ = call
    return do_call


class _Int64(int):
    __gtype__ = GObject.TYPE_INT64


class _Huge(int):
    __gtype__ = GObject.TYPE_PYOBJECT


class _Text(str):
    __gtype__ = GObject.TYPE_PYOBJECT


def _out_value(thing):
    """What PyGObject makes a GValue of by itself.

    It moves the content of a GObject.Value that is returned and then frees it with the
    object, so this must not be one; but it has no value of its own for a large number
    or a string that C cannot have.
    """
    if type(thing) is int and not _INT_MIN <= thing <= _INT_MAX:
        return (_Int64 if _INT64_MIN <= thing <= _INT64_MAX else _Huge)(thing)
    if type(thing) is str and not _is_c_string(thing):
        return _Text(thing)
    return thing


@override
class Call(raw.Call):
    """An introspected C function and its arguments: `Thr.Call('GLib', 'getenv', 'HOME')`."""

    # From which PyGObject knows the namespace.
    __module__ = 'gi.overrides.Thr'

    new = staticmethod(raw.Call.new)

    def __new__(cls, namespace, function, /, *args):
        try:
            return raw.Call.new(namespace, function, [_argument(arg) for arg in args])
        except GLib.Error as error:
            raise _python_error(error) from None

    def __init__(self, *_args):
        # It is made already.
        pass


def _argument(thing):
    # None cannot travel as a value, except as a pointer.
    return GObject.Value(GObject.TYPE_POINTER, None) if thing is None else _value(thing)
