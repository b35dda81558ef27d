# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The methods that an extension makes fast mean what they mean without it."""

import copy
import gc
import inspect
import os
import pickle
import subprocess
import sys
import unittest
import weakref

import support
from gi.repository import GObject, Thr

IS_PURE = os.environ.get('THR_PYTHON_EXTENSION') == 'no'
IS_BUILT = 'gi.overrides._thr._fast' in sys.modules
FAST = {
    Thr.Lock: ('__enter__', '__exit__', 'acquire', 'release'),
    Thr.RLock: ('__enter__', '__exit__', 'acquire', 'release'),
    Thr.Semaphore: ('__enter__', '__exit__', 'acquire', 'release'),
    Thr.Event: ('wait', 'is_set'),
    Thr.Condition: ('__enter__', '__exit__'),
}
LOCKS = (Thr.Lock, Thr.RLock, Thr.Semaphore, Thr.BoundedSemaphore)


def get_error(function, *args, **kwargs):
    try:
        function(*args, **kwargs)
    except Exception as error:
        return error
    return None


class FastTest(unittest.TestCase):
    def test_in_place(self):
        descriptors = [type(vars(cls).get(name)).__name__ == 'method_descriptor'
                       for cls, names in FAST.items() for name in names]
        self.assertEqual(set(descriptors), {IS_BUILT})
        self.assertFalse(IS_PURE and IS_BUILT)

    def test_signatures(self):
        for cls, timeout in ((Thr.Lock, -1), (Thr.RLock, -1), (Thr.Semaphore, None)):
            parameters = inspect.signature(cls.acquire).parameters
            self.assertEqual([(p.name, p.default) for p in parameters.values()][1:],
                             [('blocking', True), ('timeout', timeout)])
        self.assertEqual(list(inspect.signature(Thr.Lock.release).parameters), ['self'])
        self.assertEqual(inspect.signature(Thr.Semaphore.release).parameters['n'].default, 1)
        self.assertIsNone(inspect.signature(Thr.Event.wait).parameters['timeout'].default)
        for cls, names in FAST.items():
            for name in names:
                if not name.startswith('__'):
                    self.assertTrue(getattr(cls, name).__doc__, (cls, name))

    def test_arguments(self):
        for cls in LOCKS:
            with self.subTest(cls=cls):
                lock = cls()
                for args, kwargs in (((), {}), ((True,), {}), ((), {'blocking': True}),
                                     ((1,), {}), (([0],), {}), ((True, 1), {}),
                                     ((), {'timeout': 1}), ((True,), {'timeout': 0.5})):
                    self.assertIs(lock.acquire(*args, **kwargs), True)
                    lock.release()
                for args, kwargs in (((1, 2, 3), {}), ((), {'block': True}),
                                     ((True,), {'blocking': True}), ((True, 'x'), {}),
                                     ((), {'timeout': 'x'})):
                    self.assertIsInstance(get_error(lock.acquire, *args, **kwargs), TypeError)
                self.assertIsInstance(get_error(lock.acquire, False, 1), ValueError)
                self.assertIsInstance(get_error(lock.acquire, timeout=1e100), OverflowError)
                self.assertFalse(lock.is_locked())
                self.assertIsInstance(get_error(lock.release, 1, 2), TypeError)
                self.assertIsInstance(get_error(lock.__enter__, 1), TypeError)
                # As `with` calls it, and as ExitStack and people do.
                lock.__enter__()
                self.assertFalse(lock.__exit__(None, None, None))
                lock.__enter__()
                self.assertFalse(lock.__exit__())
                self.assertFalse(lock.is_locked())

    def test_false(self):
        for cls in (Thr.Lock, Thr.Semaphore):
            lock = cls()
            lock.acquire()
            for args, kwargs in (((False,), {}), ((0,), {}), ((), {'blocking': False}),
                                 ((True, 0), {}), ((True, 0.001), {})):
                self.assertIs(lock.acquire(*args, **kwargs), False)

    def test_errors(self):
        for cls, kind in ((Thr.Lock, RuntimeError), (Thr.RLock, RuntimeError),
                          (Thr.BoundedSemaphore, ValueError)):
            for method in ('release', '__exit__'):
                error = get_error(getattr(cls(), method))
                self.assertIs(type(error), kind)
                self.assertTrue(str(error))
        lock = Thr.RLock()
        errors = []
        with lock:
            thread = Thr.Thread(target=lambda: errors.append(get_error(lock.release)))
            thread.start()
            thread.join()
        self.assertIs(type(errors[0]), RuntimeError)

    def test_wrong_self(self):
        lock, semaphore = Thr.Lock(), Thr.Semaphore()
        for function, self_ in ((Thr.Lock.acquire, semaphore), (Thr.Lock.__enter__, 7),
                                (Thr.Semaphore.release, lock), (Thr.Event.is_set, lock),
                                (Thr.RLock.acquire, lock), (Thr.Condition.__enter__, lock)):
            with self.subTest(function=function):
                self.assertIsInstance(get_error(function, self_), (TypeError, AttributeError))
        self.assertFalse(lock.is_locked())

    def test_not_initialised(self):
        for cls, names in FAST.items():
            if cls is Thr.Condition:
                continue
            empty = cls.__new__(cls)
            for name in names:
                args = (None, None, None) if name == '__exit__' else ()
                with self.subTest(cls=cls, name=name):
                    self.assertRegex(str(get_error(getattr(empty, name), *args)), 'not init')

    def test_other_object_inside(self):
        # What PyGObject and this class disagree about must not be taken for a lock.
        if IS_PURE or not IS_BUILT:
            self.skipTest('that is looked at by the extension only')
        other = Thr.raw.Event.new()
        other.__class__ = Thr.Lock
        self.assertIsInstance(get_error(other.acquire), TypeError)
        self.assertIsInstance(get_error(other.release), TypeError)
        with self.assertRaises(TypeError), other:
            pass

    def test_raw_made_ours(self):
        lock = Thr.raw.Lock.new()
        lock.__class__ = Thr.Lock
        with lock:
            self.assertTrue(lock.locked())
        self.assertIs(lock.acquire(timeout=0), True)

    def test_derived(self):
        calls = []

        class Mine(Thr.Semaphore):
            def release(self, n=1):
                calls.append(n)
                super().release(n)

            def __enter__(self):
                calls.append('enter')
                return super().__enter__()

        with Mine() as entered:
            self.assertIs(entered, True)
        self.assertEqual(calls, ['enter', 1])

        class MyLock(Thr.Lock):
            def __enter__(self):
                calls.append('lock')
                return super().__enter__()

        calls.clear()
        condition = Thr.Condition(MyLock())
        with condition:
            self.assertTrue(condition._is_owned())
        self.assertEqual(calls, ['lock'])

    def test_condition(self):
        class Theirs:
            """Not ours, and with no more than `with` asks for."""
            n = 0

            def acquire(self, *_args):
                self.n += 1
                return True

            def release(self):
                self.n -= 1

            def __enter__(self):
                return self.acquire()

            def __exit__(self, *_exception):
                self.release()

        for lock in (Thr.Lock(), Thr.RLock(), Thr.Semaphore(), Theirs()):
            condition = Thr.Condition(lock)
            with condition as entered:
                self.assertIs(entered, True)
            with self.assertRaises(KeyError), condition:
                raise KeyError
        self.assertEqual(lock.n, 0)

    def test_event(self):
        event = Thr.Event()
        self.assertIs(event.is_set(), False)
        event.set()
        for args in ((), (None,), (0,), (-1,), (5,)):
            self.assertIs(event.wait(*args), True)
        self.assertIs(event.is_set(), True)
        self.assertIsInstance(get_error(event.wait, 'x'), TypeError)

    def test_references(self):
        # Neither the arguments nor the answers are kept or given away once too often.
        lock, limit, answer = Thr.Lock(), 1234.5, True
        before = sys.getrefcount(lock), sys.getrefcount(limit)
        for _ in range(1000):
            with lock:
                lock.acquire(False)
                lock.acquire(True, 0)
                get_error(lock.acquire, False, limit)
            get_error(lock.release)
            self.assertIs(lock.acquire(timeout=limit), answer)
            lock.release()
        self.assertEqual((sys.getrefcount(lock), sys.getrefcount(limit)), before)

    def test_objects(self):
        for cls in (*LOCKS, Thr.Event, Thr.Condition):
            thing = cls()
            for function in (pickle.dumps, copy.copy, copy.deepcopy):
                with self.subTest(cls=cls, function=function):
                    self.assertIsInstance(get_error(function, thing), (TypeError, RuntimeError))
            reference = weakref.ref(thing)
            self.assertIn(cls.__name__, repr(thing))
            hash(thing)
            del thing
            gc.collect()
            self.assertIsNone(reference())

    def test_adopt(self):
        if not IS_BUILT:
            self.skipTest('there is no extension')
        fast = sys.modules['gi.overrides._thr._fast']
        self.assertIs(fast.adopt(Thr.Lock, print), False)
        for args in ((), (1, 2), (int, print), (Thr.Lock, None), (Thr.Lock, print, int)):
            self.assertIsInstance(get_error(fast.adopt, *args), TypeError)
        self.assertIsInstance(get_error(fast.adopt, GObject.Object, print), ValueError)
        self.assertIsInstance(get_error(fast.adopt, Thr.raw.Latch, print), ValueError)

    def test_fork(self):
        lock = Thr.Lock()
        with lock:
            child = os.fork()
            if child == 0:
                lock.release()
                with lock:
                    os._exit(7 if lock.locked() else 1)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 7)

    def test_exit_while_held(self):
        program = '''
import gi
gi.require_version('Thr', '1')
from gi.repository import Thr
lock, semaphore = Thr.Lock(), Thr.Semaphore(0)
lock.acquire()
def work():
    lock.acquire()
for target in (work, semaphore.acquire):
    Thr.Thread(target=target, daemon=True).start()
while not (lock.get_n_waiters() and semaphore.get_n_waiters()):
    pass
print('end')
'''
        done = subprocess.run([sys.executable, '-c', program], text=True, timeout=50,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, 'end\n'))


if __name__ == '__main__':
    unittest.main()
