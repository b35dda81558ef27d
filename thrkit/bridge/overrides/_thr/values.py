# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""GValues for any Python object."""

from gi import _gi
from gi.repository import GLib, GObject

from .base import raw

# As PyGObject converts what functions return: None for NULL, enumerations as such.
# GObject.Value.get_value() makes numbers of both.
_gvalue_get = _gi._gvalue_get

_INT_MIN, _INT_MAX = -2**31, 2**31 - 1
_INT64_MIN, _INT64_MAX = -2**63, 2**63 - 1


def _is_c_string(text):
    if text.isascii():
        return '\0' not in text
    try:
        return b'\0' not in text.encode()
    except UnicodeEncodeError:
        return False


def _value(thing):
    """A GValue for any Python object; None is an empty one, which has no GValue."""
    kind = type(thing)
    if kind is bool:
        return GObject.Value(GObject.TYPE_BOOLEAN, thing)
    if kind is int and _INT64_MIN <= thing <= _INT64_MAX:
        return GObject.Value(GObject.TYPE_INT64, thing)
    if kind is float:
        return GObject.Value(GObject.TYPE_DOUBLE, thing)
    if kind is str and _is_c_string(thing):
        return GObject.Value(GObject.TYPE_STRING, thing)
    if kind is bytes:
        return GObject.Value(GLib.Bytes, GLib.Bytes.new(thing))
    if isinstance(thing, GObject.Object):
        return GObject.Value(GObject.TYPE_OBJECT, thing)
    if isinstance(thing, GLib.Variant):
        return GObject.Value(GObject.TYPE_VARIANT, thing)
    if isinstance(thing, (GObject.GEnum, GObject.GFlags, GObject.GBoxed)):
        return GObject.Value(kind.__gtype__, thing)
    return GObject.Value(GObject.TYPE_PYOBJECT, thing)


# What PyGObject makes the same GValue of by itself, in a third of the time.
_DIRECT = frozenset((bool, float, list, tuple, dict, set))
_integers = []  # GValues that nobody uses now


def _answer(verb, task, thing):
    """verb(task, a GValue of any Python object), where the verb copies the GValue."""
    kind = type(thing)
    if thing is None or kind in _DIRECT or kind is str and _is_c_string(thing):
        return verb(task, thing)
    if kind is not int or not _INT64_MIN <= thing <= _INT64_MAX:
        return verb(task, _value(thing))
    try:
        value = _integers.pop()
    except IndexError:
        value = GObject.Value(GObject.TYPE_INT64)
    value.set_int64(thing)
    try:
        return verb(task, value)
    finally:
        _integers.append(value)


def _values_item(self, index):
    """A value by its number or its name."""
    n = self.props.n_values
    if isinstance(index, slice):
        return [_values_item(self, i) for i in range(*index.indices(n))]
    if isinstance(index, str):
        for i in range(n):
            if self.get_name(i) == index:
                index = i
                break
        else:
            raise KeyError(index)
    if index < 0:
        index += n
    if not 0 <= index < n:
        raise IndexError('index out of range')
    value = GObject.Value()
    self.copy_value(index, value)
    return _gvalue_get(value)


raw.Values.__len__ = lambda self: self.props.n_values
raw.Values.__getitem__ = _values_item
raw.Values.__iter__ = lambda self: (_values_item(self, i) for i in range(self.props.n_values))
