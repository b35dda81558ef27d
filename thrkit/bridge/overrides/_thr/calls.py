# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Calls: what a pool runs besides functions."""

import os

from gi.overrides import override
from gi.repository import GLib, GObject

from .base import _glib_error, _python_error, raw
from .futures import _View
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


def call_now(callable_, cancellable=None):
    """Runs what C can run in this thread: the result, or what went wrong is raised.

    This is also what makes Callables work for a pool: `pool.submit(Thr.Call(…))`.
    """
    try:
        result = callable_.call(cancellable)[1]
    except GLib.Error as error:
        raise _python_error(error) from None
    return list(result) if isinstance(result, raw.Values) else result


def submit_call(pool, callable_):
    """Has a pool run what C can run, without Python on its worker: a Future."""
    return _View(raw.Pool.submit_callable(pool, callable_))


raw.Callable.__call__ = call_now


@override
class Call(raw.Call):
    """An introspected C function and its arguments: `Thr.Call('GLib', 'getenv', 'HOME')`.

    A list or a tuple becomes an array or a list, a dict a hash table, a class or a GType
    a type, a path a string, None nothing. Calling it runs it at once, in this thread.
    """

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

    __call__ = call_now


def _argument(thing):
    """A GValue for an argument, by what it is; what the function wants is not known here."""
    if thing is None:
        # It cannot travel as a value, except as a pointer.
        return GObject.Value(GObject.TYPE_POINTER, None)
    if isinstance(thing, GObject.Value):
        return thing
    if isinstance(thing, (type, GObject.GType)):
        return GObject.Value(GObject.TYPE_GTYPE, thing)
    if isinstance(thing, (list, tuple)):
        return _array(thing)
    if isinstance(thing, dict):
        return GObject.Value(GObject.TYPE_VARIANT, _dictionary(thing))
    if isinstance(thing, (bytearray, memoryview)):
        return _value(bytes(thing))
    if isinstance(thing, os.PathLike):
        return _value(os.fsdecode(thing))
    return _value(_plain(thing))


def _plain(thing):
    """Numbers and strings of a derived class as such: members of an enum.IntEnum are."""
    if isinstance(thing, (bool, GObject.GEnum, GObject.GFlags)):
        return thing
    for kind in (int, float, str, bytes):
        if isinstance(thing, kind):
            return kind(thing) if type(thing) is not kind else thing
    return thing


def _array(things):
    things = list(things)
    if things and all(isinstance(thing, str) and _is_c_string(thing) for thing in things):
        return GObject.Value(GObject.TYPE_STRV, things)
    return GObject.Value(raw.Values, raw.Values.new([_argument(thing) for thing in things]))


_VARIANT_TYPES = {bool: 'b', int: 'x', float: 'd', str: 's'}


def _variant_type(things):
    """One for all of them, or v where they differ."""
    types = {_VARIANT_TYPES.get(type(thing), 'v') for thing in things}
    return types.pop() if len(types) == 1 else 'v'


def _dictionary(things):
    things = {_plain(key): _plain(thing) for key, thing in things.items()}
    key_type = _variant_type(things) if things else 's'
    if key_type == 'v':
        raise TypeError('the keys of a hash table must be all strings or all numbers')
    thing_type = _variant_type(things.values()) if things else 's'
    if thing_type == 'v':
        things = {key: _variant(thing) for key, thing in things.items()}
    return GLib.Variant(f'a{{{key_type}{thing_type}}}', things)


def _variant(thing):
    if isinstance(thing, GLib.Variant):
        return thing
    if type(thing) not in _VARIANT_TYPES:
        raise TypeError(f'{type(thing).__name__} cannot be in a hash table')
    return GLib.Variant(_VARIANT_TYPES[type(thing)], thing)
