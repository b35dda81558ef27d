# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Attributes that each thread has for itself: `threading.local`.

The values are kept in the Python object, in one dictionary for each thread, so that
the garbage collector sees them. They go with the object or with the thread: of that
the library tells, since it lets go of a thread's values in a `Thr.raw.Local` when the
thread ends, and so also for the workers of a pool and for foreign threads, which keep
their values from one call into Python to the next.
"""

import os
import weakref

from gi.repository import GObject

from .base import _get_ident, raw

# The number of a thread → its mark. C holds the mark as long as the thread is there.
_marks = {}
_endings = raw.Local.new()
_has_begun = raw.Local.has
# For a forked child, which has the values of one thread only.
_all_values = weakref.WeakSet()


class _Mark:
    """Stands for a thread; when it goes, what the thread had goes too."""

    def __init__(self, ident):
        self.ident = ident
        self.used = weakref.WeakSet()

    def forget(self):
        used, self.used = self.used, ()
        for values in used:
            values.of_thread.pop(self.ident, None)

    def __del__(self, marks=_marks):
        # Unless another thread with the same number has begun since.
        current = marks.get(self.ident)
        if current is None or current() in (None, self):
            self.forget()


def _get_mark(ident):
    mark = _marks.get(ident, _none)()
    if mark is not None and not _has_begun(_endings, 'mark'):
        # The library lets go at home, so this may be of one that had the same number.
        mark.forget()
        mark = None
    if mark is None:
        mark = _Mark(ident)
        _marks[ident] = weakref.ref(mark)
        _endings.set('mark', GObject.Value(GObject.TYPE_PYOBJECT, mark))
    return mark


def _none():
    return None


def _forget_thread():
    """At the end of a thread's work in Python, while it can still run destructors."""
    mark = _marks.pop(_get_ident(), _none)()
    if mark is not None:
        mark.forget()


def _after_fork():
    ident = _get_ident()
    for values in list(_all_values):
        for other in list(values.of_thread):
            if other != ident:
                del values.of_thread[other]
    for other in list(_marks):
        if other != ident:
            del _marks[other]


os.register_at_fork(after_in_child=_after_fork)


class _Values:
    """What a local has, by the number of the thread, and how to begin in a new one."""

    __slots__ = 'of_thread', 'args', 'kwargs', '__weakref__'

    def __init__(self, args, kwargs):
        self.of_thread = {}
        self.args = args
        self.kwargs = kwargs


_slot = object.__getattribute__


def _get_values(self):
    """The attributes of the calling thread."""
    values = _slot(self, '_local_values')
    ident = _get_ident()
    mine = values.of_thread.get(ident) if _has_begun(_endings, 'mark') else None
    if mine is None:
        mark = _get_mark(ident)
        mine = values.of_thread[ident] = {}
        mark.used.add(values)
        cls = type(self)
        if cls.__init__ is not object.__init__:
            try:
                cls.__init__(self, *values.args, **values.kwargs)
            except BaseException:
                values.of_thread.pop(ident, None)
                raise
    return mine


def _get_descriptor(cls, name):
    """What the class has under a name; None unless it has a say in setting."""
    for base in cls.__mro__:
        if name in base.__dict__:
            found = base.__dict__[name]
            kind = type(found)
            return found if hasattr(kind, '__set__') or hasattr(kind, '__delete__') else None
    return None


class local:
    """`threading.local`: what is set in one thread is not there in another.

    A derived class's `__init__` runs again in each thread, with the same arguments.
    Its slots and properties are shared.
    """

    __slots__ = '_local_values', '__weakref__'

    def __new__(cls, /, *args, **kwargs):
        if (args or kwargs) and cls.__init__ is object.__init__:
            raise TypeError('Initialization arguments are not supported')
        self = object.__new__(cls)
        values = _Values(args, kwargs)
        object.__setattr__(self, '_local_values', values)
        _all_values.add(values)
        # The first __init__ is that of the ordinary call.
        ident = _get_ident()
        mark = _get_mark(ident)
        values.of_thread[ident] = {}
        mark.used.add(values)
        return self

    def __getattribute__(self, name):
        mine = _get_values(self)
        if name == '__dict__':
            return mine
        if name in mine and _get_descriptor(type(self), name) is None:
            return mine[name]
        return _slot(self, name)

    def __setattr__(self, name, value):
        if name == '__dict__':
            raise AttributeError(f'{type(self).__name__!r} object attribute '
                                 "'__dict__' is read-only")
        mine = _get_values(self)
        if _get_descriptor(type(self), name) is not None:
            object.__setattr__(self, name, value)
        else:
            mine[name] = value

    def __delattr__(self, name):
        if name == '__dict__':
            raise AttributeError(f'{type(self).__name__!r} object attribute '
                                 "'__dict__' is read-only")
        mine = _get_values(self)
        if _get_descriptor(type(self), name) is not None:
            object.__delattr__(self, name)
            return
        try:
            del mine[name]
        except KeyError:
            raise AttributeError(f'{type(self).__name__!r} object has no attribute '
                                 f'{name!r}') from None
