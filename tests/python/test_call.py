# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""ThrCallable and ThrCall as introspection gives them, without the override's shapes."""

import contextlib
import gc
import io
import os
import sys
import tempfile
import threading
import unittest
import weakref

import gi

gi.require_version('Callee', '1')
gi.require_version('Thr', '1')
from gi.repository import Callee, Gio, GLib, GObject, Thr  # noqa: E402

# The override gives the names Python's shapes and keeps the plain ones here.
Thr = getattr(Thr, 'raw', Thr)

NONE = GObject.Value(GObject.TYPE_POINTER, None)
ABC_SUM = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'


def result_of(callable_, cancellable=None):
    """The way that is safe with every PyGObject, boxed results included."""
    value = GObject.Value()
    assert callable_.call_into(value, cancellable)
    return value.get_value()


def call(namespace, function, *args):
    return Thr.Call.new(namespace, function, args)


def run(namespace, function, *args):
    return result_of(call(namespace, function, *args))


def members(values):
    """What the override's sequence does."""
    copies = []
    for index in range(values.get_n_values()):
        value = GObject.Value()
        values.copy_value(index, value)
        copies.append(value.get_value())
    return copies


def in_thread(function):
    """Runs it on another thread and gives what it returned or raised."""
    answers = []

    def target():
        try:
            answers.append(function())
        except Exception as error:
            answers.append(error)

    thread = threading.Thread(target=target)
    thread.start()
    thread.join()
    if isinstance(answers[0], Exception):
        raise answers[0]
    return answers[0]


class Sayer(GObject.Object, Thr.Callable):
    def __init__(self, say):
        super().__init__()
        self.say = say

    def do_call(self, cancellable):
        return self.say(cancellable)


@contextlib.contextmanager
def silence():
    """PyGObject prints an exception that it cannot pass on."""
    sys.stderr.flush()
    copy = os.dup(2)
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), 2)
        try:
            with contextlib.redirect_stderr(io.StringIO()):
                yield
        finally:
            sys.stderr.flush()
            os.dup2(copy, 2)
            os.close(copy)


class Base(unittest.TestCase):
    def assert_error(self, domain, code, pattern, function, *args):
        with self.assertRaises(GLib.Error) as caught:
            function(*args)
        self.assertTrue(caught.exception.matches(domain, code), caught.exception)
        self.assertRegex(caught.exception.message, pattern)

    def assert_refused(self, pattern, *args):
        self.assert_error(Thr.error_quark(), Thr.Error.INVALID_ARGUMENT, pattern, call, *args)


class CallableTest(Base):
    def test_value(self):
        thing = object()
        for value in (42, 'text', 1.5, True, [1, 'two'], thing, {'a': 1}, GLib.Variant('i', 3)):
            sayer = Sayer(lambda _cancellable, value=value: (True, value))
            self.assertEqual(sayer.call(None), (True, value))
            self.assertEqual(in_thread(lambda: result_of(sayer)), value)

    def test_long_integer(self):
        sayer = Sayer(lambda _cancellable: (True, GObject.Value(GObject.TYPE_PYOBJECT, 1 << 80)))
        self.assertEqual(result_of(sayer), 1 << 80)

    def test_empty(self):
        sayer = Sayer(lambda _cancellable: (True, None))
        self.assertEqual(sayer.call(None), (True, None))
        self.assertIsNone(result_of(sayer))

    def test_error(self):
        def fail(_cancellable):
            raise GLib.Error('not now', 'g-io-error-quark', Gio.IOErrorEnum.BUSY)

        for get in (Sayer(fail).call, lambda _: in_thread(lambda: result_of(Sayer(fail)))):
            self.assert_error(Gio.io_error_quark(), Gio.IOErrorEnum.BUSY, 'not now', get, None)

    def test_no_result(self):
        for answer in (lambda _: (False, None), lambda _: (False, 3), lambda _: None, lambda _: 1 / 0):
            with silence():
                self.assert_error(Thr.error_quark(), Thr.Error.NO_RESULT, 'without saying why',
                                  Sayer(answer).call, None)

    def test_not_implemented(self):
        class Mute(GObject.Object, Thr.Callable):
            pass

        self.assert_error(Thr.error_quark(), Thr.Error.INVALID_ARGUMENT, 'does not implement',
                          Mute().call, None)

    def test_cancellable(self):
        cancellable = Gio.Cancellable()
        self.assertEqual(Sayer(lambda seen: (True, seen)).call(cancellable), (True, cancellable))

    def test_pool(self):
        pool = Thr.Pool.new(2)
        tasks = [pool.submit_callable(Sayer(lambda _, n=n: (True, n * n))) for n in range(20)]
        for n, task in enumerate(tasks):
            self.assertTrue(task.wait(-1, None))
            self.assertEqual(task.dup_value(), n * n)
        pool.shutdown(False, True)

    def test_released(self):
        sayer = Sayer(lambda _cancellable: (True, 1))
        self.assertEqual(result_of(sayer), 1)
        reference = weakref.ref(sayer)
        del sayer
        gc.collect()
        self.assertIsNone(reference())


class CallTest(Base):
    def test_new(self):
        made = call('GLib', 'compute_checksum_for_string', GLib.ChecksumType.SHA256, 'abc', -1)
        self.assertEqual(made.props.namespace, 'GLib')
        self.assertEqual(made.props.function, 'compute_checksum_for_string')
        self.assertFalse(made.props.allow_observed)

    def test_result(self):
        made = call('GLib', 'compute_checksum_for_string', GLib.ChecksumType.SHA256, 'abc', -1)
        self.assertEqual(made.call(None), (True, ABC_SUM))
        self.assertEqual(in_thread(lambda: result_of(made)), ABC_SUM)
        self.assertEqual(call('GLib', 'random_set_seed', 3).call(None), (True, None))

    def test_names(self):
        file = run('Gio', 'Gio.File.new_for_path', '/a/b')
        self.assertEqual(file.get_path(), '/a/b')
        self.assertEqual(run('Gio-2.0', 'File.get_basename', file), 'b')
        self.assertEqual(run('Callee', 'Lid.get_content', Callee.Lid.new()), 7)

    def test_wrong_names(self):
        self.assert_refused('no namespace “Nowhere”', 'Nowhere', 'anything')
        self.assert_refused('no function “nothing”', 'GLib', 'nothing')
        self.assert_refused('no function “DateTime.nothing”', 'GLib', 'DateTime.nothing')

    def test_wrong_arguments(self):
        self.assert_refused('must be 1, and 0 were given', 'GLib', 'getenv')
        self.assert_refused('must be 1, and 2 were given', 'GLib', 'getenv', 'A', 'B')
        self.assert_refused('argument 1 .“variable”.: filename is wanted, and gint was given',
                            'GLib', 'getenv', 3)

    def test_objects_of_the_language(self):
        for thing in (b'bytes', ['list'], {'a': 1}, object(), Gio.File):
            self.assert_refused('an object of the language .PyObject. was given',
                                'GLib', 'getenv', thing)

    def test_failure(self):
        made = call('Gio', 'File.load_contents', Gio.File.new_for_path('/nowhere/at/all'))
        self.assert_error(Gio.io_error_quark(), Gio.IOErrorEnum.NOT_FOUND, 'nowhere', made.call, None)
        self.assert_error(Gio.io_error_quark(), Gio.IOErrorEnum.NOT_FOUND, 'nowhere',
                          in_thread, lambda: made.call(None))

    def test_integers(self):
        for name, low, high in (('int8', -1 << 7, (1 << 7) - 1), ('uint8', 0, (1 << 8) - 1),
                                ('int16', -1 << 15, (1 << 15) - 1), ('uint16', 0, (1 << 16) - 1),
                                ('int32', -1 << 31, (1 << 31) - 1), ('uint32', 0, (1 << 32) - 1),
                                ('int64', -1 << 63, (1 << 63) - 1), ('uint64', 0, (1 << 64) - 1)):
            for number in (low, high):
                kind = GObject.TYPE_UINT64 if number >= 0 else GObject.TYPE_INT64
                self.assertEqual(run('Callee', name, GObject.Value(kind, number)), number)
            if high < 1 << 32:
                self.assert_refused(f'{high + 1} is not a value of', 'Callee', name,
                                    GObject.Value(GObject.TYPE_INT64, high + 1))
        self.assertEqual(run('Callee', 'int32', 3.0), 3)
        self.assert_refused('3.5 is not a value of gint32', 'Callee', 'int32', 3.5)

    def test_other_numbers(self):
        self.assertEqual(run('Callee', 'double', 3), 3.0)
        self.assertEqual(run('Callee', 'float', 0.25), 0.25)
        self.assertIs(run('Callee', 'boolean', True), True)
        self.assertEqual(run('Callee', 'unichar', 'ß'), 'ß')
        self.assertEqual(run('Callee', 'gtype', 'GFile'), Gio.File.__gtype__)
        self.assertEqual(run('Callee', 'gtype', GObject.Value(GObject.TYPE_GTYPE, Gio.File)),
                         Gio.File.__gtype__)
        self.assert_refused('gboolean is wanted', 'Callee', 'boolean', 1)

    def test_enumerations(self):
        for regular in (Gio.FileType.REGULAR, 1, 'regular'):
            self.assertEqual(run('Callee', 'enum', regular), Gio.FileType.REGULAR)
        both = Gio.FileCopyFlags.OVERWRITE | Gio.FileCopyFlags.BACKUP
        for flags in (both, 3, 'overwrite|backup'):
            self.assertEqual(run('Callee', 'flags', flags), both)
        self.assert_refused('“regulr” is not a value', 'Callee', 'enum', 'regulr')

    def test_strings(self):
        self.assertEqual(run('Callee', 'utf8', 'grün'), 'grün')
        self.assertIsNone(run('Callee', 'utf8', NONE))
        self.assertEqual(run('Callee', 'utf8_taken', 'given'), 'given')
        self.assertEqual(run('Callee', 'utf8_inout', 'a'), 'a!')

    def test_bytes(self):
        reversed_ = run('Callee', 'reverse', GLib.Bytes.new(b'a\0c'))
        self.assertEqual(reversed_.get_data(), b'c\0a')
        self.assertEqual(run('Callee', 'byte_array', GLib.Variant('ay', b'abc')).get_data(), b'abc')
        self.assertEqual(run('Callee', 'fill', 4).get_data(), b'xxxx')

    def test_arrays(self):
        self.assertEqual(run('Callee', 'sum_ints', GLib.Variant('ai', [1, 2, 3])), 6)
        self.assertEqual(run('Callee', 'sum_ints', Thr.Values.new([1, 2.0])), 3)
        self.assertEqual(run('Callee', 'doubles').unpack(), [0.5, 1.5, 2.5])
        self.assertEqual(run('Callee', 'strv_taken', GLib.Variant('as', ['b', 'a'])), ['b', 'a'])
        self.assertEqual(run('Callee', 'list', Thr.Values.new(['b', 'a'])), ['a', 'b'])
        self.assertEqual(run('Callee', 'hash', GLib.Variant('a{si}', {'a': 1})).unpack(), {'a': 1})
        boxes = run('Callee', 'boxes', 3)
        self.assertEqual([box.get_content() for box in members(boxes)], [0, 1, 2])
        self.assertEqual(run('Callee', 'sum_boxes', boxes), 3)
        self.assertEqual(run('Callee', 'sum_boxes', Thr.Values.new(members(boxes))), 3)
        self.assert_refused('element 1: utf8 is wanted', 'Callee', 'list', Thr.Values.new(['a', 1]))

    def test_boxed(self):
        a, b = Callee.Point.new(1, 3), Callee.Point.new(3, 5)
        middle = run('Callee', 'Point.middle', a, b)
        self.assertEqual((middle.x, middle.y), (2, 4))
        self.assertEqual([point.x for point in members(run('Callee', 'points'))], [1, 3])

    def test_out(self):
        values = run('Callee', 'three_out', 10)
        self.assertEqual(members(values), [11, '12', 13.0])
        self.assertEqual([values.get_name(i) for i in range(3)], ['one', 'two', 'three'])
        self.assertEqual(members(run('Callee', 'int_inout', 21)), [21, 42])
        self.assertEqual(run('Callee', 'succeed'), 42)

    def test_errors(self):
        self.assert_error(Gio.io_error_quark(), Gio.IOErrorEnum.BUSY, 'no way',
                          run, 'Callee', 'fail', 'no way')
        self.assert_error(Thr.error_quark(), Thr.Error.NO_RESULT, 'without saying why',
                          run, 'Callee', 'fail_silently')

    def test_main_thread_namespaces(self):
        for namespace in ('Gtk', 'Gdk', 'Clutter'):
            self.assert_refused('belongs to the main thread', namespace, 'init')

    def test_refused_functions(self):
        self.assert_refused('main loop', 'GLib', 'MainLoop.run', GLib.MainLoop())
        self.assert_refused('end or consume a thread', 'GLib', 'Thread.exit')
        self.assert_refused('answers through a callback', 'Gio', 'File.load_contents_async')
        self.assert_refused('it is a callback', 'GLib', 'idle_add', 0)
        self.assert_refused('it is a callback', 'Callee', 'callback', 0)
        self.assertEqual(run('Callee', 'maybe_callback', 3), 3)

    def test_observed(self):
        box = Callee.Box.new(1)
        poke = call('Callee', 'Box.poke', box)
        self.assertTrue(in_thread(lambda: poke.call(None))[0])

        handler = box.connect('poked', lambda _box: None)
        self.assert_error(Thr.error_quark(), Thr.Error.INVALID_ARGUMENT, 'signal handlers',
                          in_thread, lambda: poke.call(None))
        self.assert_error(Thr.error_quark(), Thr.Error.INVALID_ARGUMENT, 'signal handlers',
                          poke.call, None)
        poke.props.allow_observed = True
        in_thread(lambda: poke.call(None))
        poke.props.allow_observed = False
        box.disconnect(handler)
        in_thread(lambda: poke.call(None))
        self.assertEqual(box.get_content(), 4)

    def test_lock_of_python_is_free(self):
        """The interpreter runs on while a call blocks, and may end it."""
        cancellable = Gio.Cancellable()
        waiting = call('Callee', 'wait_for_cancel')
        errors = []

        def wait():
            try:
                waiting.call(cancellable)
            except GLib.Error as error:
                errors.append(error)

        thread = threading.Thread(target=wait)
        thread.start()
        cancellable.cancel()
        thread.join()
        self.assertTrue(errors[0].matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))

    def test_concurrent(self):
        made = call('GLib', 'environ_setenv', GLib.Variant('as', ['A=1', 'B=2']), 'C', '3', True)
        failures = []

        def repeat():
            for _ in range(300):
                if result_of(made) != ['A=1', 'B=2', 'C=3']:
                    failures.append(True)

        threads = [threading.Thread(target=repeat) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])

    def test_pool(self):
        pool = Thr.Pool.new(2)
        tasks = [pool.submit_callable(call('Callee', 'thread')) for _ in range(20)]
        main = run('Callee', 'thread')
        for task in tasks:
            self.assertTrue(task.wait(-1, None))
            self.assertNotEqual(task.dup_value(), main)

        failing = pool.submit_callable(call('Callee', 'fail', 'no way'))
        self.assert_error(Gio.io_error_quark(), Gio.IOErrorEnum.BUSY, 'no way',
                          lambda: failing.wait(-1, None) and failing.dup_value())
        pool.shutdown(False, True)

    def test_thread(self):
        box = Callee.Box.new(1)
        thread = Thr.Thread.new_callable('poker', call('Callee', 'Box.poke', box))
        thread.start()
        thread.join()
        self.assertEqual(box.get_content(), 2)


if __name__ == '__main__':
    unittest.main()
