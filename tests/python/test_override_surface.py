# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the standard library's modules have, name by name."""

import _thread
import concurrent.futures
import inspect
import queue
import threading
import unittest

import support  # noqa: F401  before gi.repository.Thr
from gi.repository import Thr


class SurfaceTest(unittest.TestCase):
    def public(self, thing):
        return {name for name in dir(thing) if not name.startswith('_')}

    def test_modules(self):
        for module, names in ((threading, threading.__all__), (queue, queue.__all__),
                              (concurrent.futures,
                               set(concurrent.futures.__all__) - {'ProcessPoolExecutor'}),
                              (_thread, self.public(_thread) -
                               {'daemon_threads_allowed'})):
            missing = {name for name in names if not hasattr(Thr, name)}
            self.assertEqual(missing, set(), module.__name__)

    def test_classes(self):
        rlock = type(threading.RLock())
        lock = type(threading.Lock())
        pairs = [(lock, Thr.Lock), (rlock, Thr.RLock)]
        pairs += [(getattr(threading, name), getattr(Thr, name))
                  for name in ('Condition', 'Semaphore', 'BoundedSemaphore', 'Event', 'Barrier',
                               'Thread', 'Timer', 'local')]
        pairs += [(getattr(queue, name), getattr(Thr, name))
                  for name in ('Queue', 'LifoQueue', 'PriorityQueue', 'SimpleQueue')]
        pairs += [(concurrent.futures.Future, Thr.Future),
                  (concurrent.futures.ThreadPoolExecutor, Thr.Pool)]
        instances = {'Condition': ((), ()), 'Barrier': ((2,), (2,))}
        for theirs, ours in pairs:
            names = self.public(theirs)
            args = instances.get(theirs.__name__, ((), ()))
            if theirs.__name__ == 'Condition':
                made = ours(*args[1])
                names |= self.public(theirs())
            else:
                made = ours
            missing = {name for name in names if not hasattr(made, name)}
            self.assertEqual(missing, set(), theirs)
            for name in names:
                with self.subTest(f'{theirs.__name__}.{name}'):
                    self.compare(getattr(theirs, name, None), getattr(ours, name, None))

    def compare(self, theirs, ours):
        """All that can be passed to theirs can be passed to ours."""
        try:
            wanted = inspect.signature(theirs).parameters
            given = inspect.signature(ours).parameters
        except (TypeError, ValueError):
            return
        takes_more = any(p.kind == p.VAR_KEYWORD for p in given.values())
        takes_all = takes_more or any(p.kind == p.VAR_POSITIONAL for p in given.values())
        for name, parameter in wanted.items():
            if name in ('self', 'args', 'kwargs') or takes_all:
                continue
            self.assertIn(name, given)
            self.assertEqual(given[name].default, parameter.default, name)

    def test_constructors(self):
        for name in ('Condition', 'Semaphore', 'BoundedSemaphore', 'Event', 'Barrier', 'Thread',
                     'Timer'):
            wanted = inspect.signature(getattr(threading, name).__init__).parameters
            given = inspect.signature(getattr(Thr, name).__init__).parameters
            if 'kwargs' in given and name == 'Event':
                continue
            for parameter in wanted:
                self.assertIn(parameter, given, name)
        for name in ('Queue', 'PriorityQueue', 'LifoQueue'):
            wanted = inspect.signature(getattr(queue, name).__init__)
            self.assertEqual(inspect.signature(getattr(Thr, name).__init__), wanted)


if __name__ == '__main__':
    unittest.main()
