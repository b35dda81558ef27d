# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What thousands of cycles leave behind: no object, no memory, no thread, no descriptor."""

import asyncio
import ctypes
import gc
import os
import sys
import unittest

import support
from gi.repository import GObject, Thr

N_CYCLES = 1000 if support.SLOW_MACHINE else 10000
# A thread or a coroutine a cycle costs more time than an object does.
N_SLOW_CYCLES = N_CYCLES // 10


class Mallinfo(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in (
        'arena', 'ordblks', 'smblks', 'hblks', 'hblkhd', 'usmblks', 'fsmblks', 'uordblks',
        'fordblks', 'keepcost')]


try:
    mallinfo = ctypes.CDLL(None).mallinfo2
    mallinfo.restype = Mallinfo
except AttributeError:
    mallinfo = None


def measure():
    """Objects of Python, blocks of Python, bytes of C, threads, descriptors."""
    support.collect()
    return (sum(isinstance(thing, GObject.Object) for thing in gc.get_objects()),
            sys.getallocatedblocks(),
            mallinfo().uordblks + mallinfo().hblkhd if mallinfo else 0,
            len(os.listdir('/proc/self/task')),
            len(os.listdir('/proc/self/fd')))


class LeakTest(unittest.TestCase):
    def run_cycles(self, cycle, n_cycles):
        for n in range(n_cycles):
            cycle()
            # What is let go at home waits for it, and C's heap keeps what that took.
            if n % 50 == 0:
                support.drain()

    def check(self, cycle, n_cycles=N_CYCLES, n_callbacks=0):
        # What is made once is made in the first tenth.
        self.run_cycles(cycle, n_cycles // 10)
        before = measure()
        self.run_cycles(cycle, n_cycles)
        after = measure()
        self.assertLessEqual(after[0], before[0], 'objects')
        self.assertLess(after[1] - before[1], n_cycles * (1 + n_callbacks) // 4, 'blocks')
        # PyGObject keeps 48 bytes of each callback that it makes, for GIO's as well.
        self.assertLess(after[2] - before[2],
                        n_cycles * (12 + 64 * n_callbacks) + 65536, 'bytes')
        self.assertLessEqual(after[3], before[3], 'threads')
        self.assertLessEqual(after[4], before[4], 'descriptors')

    def check_errors(self, function, *args):
        try:
            function(*args)
        except Exception:
            return
        self.fail('no error')

    def test_locks(self):
        def cycle():
            for cls in (Thr.Lock, Thr.RLock, Thr.Semaphore, Thr.BoundedSemaphore):
                lock = cls()
                with lock:
                    lock.acquire(False) and lock.release()
                lock.acquire(True, 1)
                lock.release()
                self.check_errors(lock.acquire, False, 1)
                repr(lock)
            self.check_errors(lock.release)

        self.check(cycle)

    def test_held(self):
        # One that is dropped while it is held.
        def cycle():
            Thr.Lock().acquire()
            Thr.RLock().acquire()

        self.check(cycle)

    def test_conditions(self):
        def cycle():
            for lock in (None, Thr.Lock()):
                condition = Thr.Condition(lock)
                with condition:
                    condition.notify_all()
                    condition.wait(0)

        self.check(cycle)

    def test_events(self):
        def cycle():
            event = Thr.Event()
            event.wait(0)
            event.set()
            event.wait()
            barrier = Thr.Barrier(1, int)
            barrier.wait()
            barrier.abort()
            self.check_errors(barrier.wait)
            latch = Thr.Latch()
            latch.count_down()
            latch.wait()

        self.check(cycle, n_callbacks=1)

    def test_rw_locks(self):
        def cycle():
            lock = Thr.RWLock()
            with lock.reader():
                self.check_errors(lock.acquire_write)
            with lock.writer():
                pass
            Thr.Condition(lock.writer())

        self.check(cycle)

    def test_queues(self):
        def cycle():
            for cls in (Thr.Queue, Thr.LifoQueue, Thr.PriorityQueue, Thr.SimpleQueue):
                queue = cls()
                queue.put(1)
                queue.get()
                self.check_errors(queue.get_nowait)
            queue.put(queue)

        self.check(cycle)

    def test_locals(self):
        def cycle():
            mine = Thr.local()
            mine.value = [mine]

        self.check(cycle)

    def test_calls(self):
        def cycle():
            Thr.Call('GLib', 'build_filenamev', ['a', 'b'])()
            self.check_errors(Thr.Call, 'GLib', 'getenv', [object()])

        self.check(cycle, N_SLOW_CYCLES)

    def test_values_between_threads(self):
        # The thread waits for a semaphore, as a wait for a queue has an object of its own
        # that may be there or not when objects are counted.
        queue, given, done = Thr.Queue(), Thr.Semaphore(0), Thr.Semaphore(0)

        def serve():
            given.acquire()
            while queue.get() is not None:
                done.release()
                given.acquire()

        def give(thing):
            queue.put(thing)
            given.release()

        def cycle():
            give([])
            done.acquire()

        thread = Thr.Thread(target=serve)
        thread.start()
        try:
            self.check(cycle, N_SLOW_CYCLES)
        finally:
            give(None)
            thread.join()

    def test_locals_of_threads(self):
        mine = Thr.local()

        def work():
            mine.value = [1]

        def cycle():
            thread = Thr.Thread(target=work)
            thread.start()
            thread.join()

        self.check(cycle, N_SLOW_CYCLES)

    def test_awaiting(self):
        async def wait():
            lock, event, queue = Thr.RLock(), Thr.Event(), Thr.Queue()
            async with lock:
                await lock.acquire_async(timeout=0.00001)
            await event.wait_async(timeout=0.00001)
            for waiting in (event.wait_async(), queue.get_async()):
                task = asyncio.ensure_future(waiting)
                await asyncio.sleep(0)
                task.cancel()
                await asyncio.wait([task])
            queue.put(1)
            await queue.get_async()

        async def many(n):
            for _ in range(n):
                await wait()

        self.check(lambda: asyncio.run(many(10)), N_SLOW_CYCLES // 5, n_callbacks=40)


if __name__ == '__main__':
    unittest.main()
