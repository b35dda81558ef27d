# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Calls with Python's values, and what a pool makes of them."""

import enum
import pathlib
import unittest

import gi

import support  # before gi.repository.Thr
from gi.repository import Gio, GLib, GObject, Thr

gi.require_version('Callee', '1')


class CallTest(unittest.TestCase):
    def check(self, expected, *args):
        self.assertEqual(Thr.Call(*args)(), expected)
        with Thr.Pool(1) as pool:
            self.assertEqual(pool.submit(Thr.Call(*args)).result(50), expected)

    def test_strings(self):
        self.check('a/b', 'GLib', 'build_filenamev', ['a', 'b'])
        self.check('a/b', 'GLib', 'build_filenamev', ('a', 'b'))
        self.check('b', 'GLib', 'environ_getenv', ['A=b'], 'A')
        self.check('/x', 'GLib', 'build_filenamev', [pathlib.Path('/x')])
        self.check('x', 'GLib', 'path_get_basename', pathlib.Path('/y/x'))

    def test_numbers(self):
        class Number(enum.IntEnum):
            THREE = 3

        self.check(6, 'Callee', 'sum_ints', [1, 2, 3])
        self.check(0, 'Callee', 'sum_ints', [])
        self.check(6, 'Callee', 'sum_ints', (1, 2, Number.THREE))
        self.check(1.5, 'Callee', 'sum_doubles', [0.5, 1.0])

    def test_types(self):
        for kind, name in ((GObject.TYPE_INT, 'gint'), (Gio.Cancellable, 'GCancellable'),
                           (str, 'gchararray'), (Thr.Lock, 'ThrLock')):
            self.check(name, 'GObject', 'type_name', kind)

    def test_enums_and_bytes(self):
        digest = GLib.compute_checksum_for_data(GLib.ChecksumType.SHA256, b'abc')
        for data in (b'abc', bytearray(b'abc'), memoryview(b'abc')):
            self.check(digest, 'GLib', 'compute_checksum_for_data', GLib.ChecksumType.SHA256,
                       data)

    def test_none(self):
        self.check('a b', 'GLib', 'uri_unescape_string', 'a%20b', None)
        self.check(None, 'GLib', 'getenv', 'THR_THERE_IS_NO_SUCH')

    def test_dict(self):
        for table in ({'one': 1, 'two': 2}, {}):
            self.assertEqual(Thr.Call('Callee', 'hash', table)().unpack(), table)
        with self.assertRaises(TypeError):
            Thr.Call('Callee', 'hash', {1: 1, 'two': 2})
        with self.assertRaises(TypeError):
            Thr.Call('Callee', 'hash', {'one': object()})

    def test_errors(self):
        with self.assertRaises(ValueError):
            Thr.Call('GLib', 'getenv', [object()])
        with self.assertRaises(GLib.Error):
            Thr.Call('GLib', 'file_get_contents', '/there/is/no/such')()
        with Thr.Pool(1) as pool:
            future = pool.submit(Thr.Call('GLib', 'file_get_contents', '/there/is/no/such'))
            self.assertIsInstance(future.exception(50), GLib.Error)

    def test_callable(self):
        class Sum(GObject.Object, Thr.Callable):
            __gtype_name__ = 'ThrTestOverrideSum'

            def do_call(self, _cancellable):
                return 'done'

        with Thr.Pool(1) as pool:
            self.assertEqual(pool.submit(Sum()).result(50), 'done')

    def test_submit_call(self):
        from gi.overrides._thr.calls import submit_call

        with Thr.Pool(1) as pool:
            future = submit_call(pool, Thr.Call('GLib', 'build_filenamev', ['a', 'b']))
            self.assertIsInstance(future, Thr.Future)
            self.assertEqual(future.result(50), 'a/b')


if __name__ == '__main__':
    unittest.main()
