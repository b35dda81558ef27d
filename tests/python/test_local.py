# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""ThrLocal as introspection gives it, without the override's shapes."""

import gc
import threading
import unittest
import weakref

from support import Errors, collect, drain, run_until, without_override
from gi.repository import GObject

Thr = without_override()


class Thing:
    pass


def in_thread(function, *args):
    results = []
    thread = threading.Thread(target=lambda: results.append(function(*args)))
    thread.start()
    thread.join()
    return results[0]


def value_of(local, name):
    value = GObject.Value()
    return value.get_value() if local.copy_value(name, value) else None


class LocalTest(Errors, unittest.TestCase):
    def test_values(self):
        local = Thr.Local.new()
        self.assertFalse(local.has('a'))
        self.assertIs(local.set('b', 'text'), True)
        local.set('a', 7)
        self.assertEqual(value_of(local, 'a'), 7)
        self.assertEqual(local.get('b'), 'text')
        self.assertEqual(local.list_names(), ['a', 'b'])
        self.assertIs(local.remove('a'), True)
        self.assertIs(local.remove('a'), False)
        self.assertIsNone(value_of(local, 'a'))

    def test_any_object(self):
        local = Thr.Local.new()
        thing = Thing()
        local.set('thing', GObject.Value(GObject.TYPE_PYOBJECT, thing))
        self.assertIs(value_of(local, 'thing'), thing)

    def test_per_thread(self):
        local = Thr.Local.new()
        local.set('number', 1)

        def visit():
            before = local.list_names()
            local.set('number', 2)
            return before, value_of(local, 'number')

        self.assertEqual(in_thread(visit), ([], 2))
        self.assertEqual(value_of(local, 'number'), 1)

    def test_thread_ends(self):
        local = Thr.Local.new()

        def visit():
            thing = Thing()
            local.set('thing', GObject.Value(GObject.TYPE_PYOBJECT, thing))
            return weakref.ref(thing)

        things = [in_thread(visit) for _ in range(20)]
        # Python has joined a thread before the system is done with it.
        run_until(lambda: not any(thing() for thing in things))

    def test_local_goes(self):
        local = Thr.Local.new()
        thing = Thing()
        local.set('thing', GObject.Value(GObject.TYPE_PYOBJECT, thing))
        thing = weakref.ref(thing)
        self.assertIsNotNone(thing())
        del local
        collect()
        self.assertIsNone(thing())

    def test_initializer(self):
        idents = []

        def prepare(local, *_data):
            idents.append(threading.get_ident())
            local.set('number', len(idents))

        local = Thr.Local.new_full(prepare)
        self.assertEqual(value_of(local, 'number'), 1)
        self.assertEqual(in_thread(value_of, local, 'number'), 2)
        self.assertEqual(value_of(local, 'number'), 1)
        self.assertEqual(len(set(idents)), 2)
        gc.collect()
        drain()


if __name__ == '__main__':
    unittest.main()
