# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Storages for each thread, and queues, with Python's shape."""

import gc
import os
import queue
import threading
import unittest
import weakref

import support
from gi.repository import Thr


class Thing:
    pass


class LocalTest(unittest.TestCase):
    def test_worker_keeps(self):
        # From one task to the next, although Python sees a new thread in each.
        local = Thr.local()
        with Thr.Pool(1) as pool:
            pool.submit(setattr, local, 'n', 5).result()
            self.assertEqual(pool.submit(getattr, local, 'n').result(), 5)
            self.assertFalse(pool.submit(hasattr, local, 'other').result())
        self.assertFalse(hasattr(local, 'n'))

    def test_thread_ends(self):
        for make in (threading.Thread, Thr.Thread):
            local, seen = Thr.local(), []

            def work(local=local, seen=seen):
                local.thing = Thing()
                seen.append(weakref.ref(local.thing))

            thread = make(target=work)
            thread.start()
            thread.join()
            # Those of a foreign thread go at home.
            while seen[0]() is not None:
                support.drain()

    def test_local_ends(self):
        local = Thr.local()
        local.thing = thing = weakref.WeakSet()
        alive = weakref.ref(thing)
        del thing, local
        self.assertIsNone(alive())

    def test_cycle(self):
        local = Thr.local()
        local.itself = local
        alive = weakref.ref(local)
        del local
        gc.collect()
        self.assertIsNone(alive())

    def test_init(self):
        class Own(Thr.local):
            shared = 1
            __slots__ = 'slot', '__dict__'

            def __init__(self, first, second=2):
                made.append(first)
                self.first = first

            @property
            def both(self):
                return self.first, self.slot

        made = []
        own = Own(7, second=8)
        own.slot = 'slot'
        own.first = 9
        got = []
        thread = Thr.Thread(target=lambda: got.append((own.both, own.__dict__, own.shared)))
        thread.start()
        thread.join()
        self.assertEqual(got, [((7, 'slot'), {'first': 7}, 1)])
        self.assertEqual((made, own.both), ([7, 7], (9, 'slot')))

    def test_errors(self):
        local = Thr.local()
        with self.assertRaises(TypeError):
            Thr.local(1)
        for change in (lambda: setattr(local, '__dict__', {}),
                       lambda: delattr(local, '__dict__'), lambda: delattr(local, 'x'),
                       lambda: local.x):
            with self.assertRaises(AttributeError):
                change()

    def test_fork(self):
        local = Thr.local()
        local.x = 1
        child = os.fork()
        if child == 0:
            os._exit(local.x if local.__dict__ == {'x': 1} else 9)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 1)


class QueueTest(unittest.TestCase):
    def test_kinds(self):
        for kind, expected in ((Thr.Queue, [3, 1, 2]), (Thr.LifoQueue, [2, 1, 3]),
                               (Thr.PriorityQueue, [1, 2, 3]), (Thr.SimpleQueue, [3, 1, 2])):
            q = kind()
            for item in (3, 1, 2):
                q.put(item)
            self.assertEqual([q.get() for _ in range(3)], expected)
            with self.assertRaises(queue.Empty):
                q.get_nowait()
            with self.assertRaises(queue.Empty):
                q.get(timeout=0.001)
            with self.assertRaises(ValueError):
                q.get(timeout=-1)

    def test_full(self):
        q = Thr.Queue(1)
        q.put(1)
        for args in ((2, False), (2, True, 0.001)):
            with self.assertRaises(queue.Full):
                q.put(*args)
        with self.assertRaises(ValueError):
            q.put(2, timeout=-1)
        self.assertTrue(q.full())

    def test_join(self):
        q = Thr.Queue()
        done = []

        def work():
            while (item := q.get()) is not None:
                done.append(item)
                q.task_done()

        thread = Thr.Thread(target=work)
        thread.start()
        for item in range(100):
            q.put(item)
        q.join()
        self.assertEqual(done, list(range(100)))
        with self.assertRaises(ValueError):
            q.task_done()
        q.put(None)
        thread.join()

    def test_items_dropped(self):
        for kind in (Thr.Queue, Thr.SimpleQueue):
            q = kind()
            q.put(Thing())
            self.assertIsNone(weakref.ref(q.get())())


if __name__ == '__main__':
    unittest.main()
