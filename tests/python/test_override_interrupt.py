# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Ctrl-C in each wait; fork; the end with threads that wait; asyncio."""

import asyncio
import concurrent.futures
import os
import signal
import threading
import unittest

import support
from gi.repository import Thr


class InterruptTest(unittest.TestCase):
    """KeyboardInterrupt reaches a main thread that waits, and leaves nothing behind."""

    def setUp(self):
        self.armed = False
        self.addCleanup(signal.signal, signal.SIGINT, signal.signal(signal.SIGINT, self.handle))

    def handle(self, *_args):
        if self.armed:
            self.armed = False
            raise KeyboardInterrupt

    def interrupt(self, wait, *args):
        def send():
            # Again and again: the first may come before the main thread sleeps.
            while self.armed:
                os.kill(os.getpid(), signal.SIGINT)
                threading.Event().wait(0.001)

        self.armed = True
        sender = threading.Thread(target=send)
        with self.assertRaises(KeyboardInterrupt):
            sender.start()
            wait(*args)
        self.assertFalse(self.armed)
        sender.join()

    def test_rlock(self):
        lock = Thr.RLock()
        gate, begun = Thr.Event(), Thr.Event()

        def hold():
            with lock:
                begun.set()
                gate.wait()

        thread = Thr.Thread(target=hold)
        thread.start()
        begun.wait()
        self.interrupt(lock.acquire)
        self.interrupt(lock.acquire, True, 1000)
        self.interrupt(lock.__enter__)
        gate.set()
        thread.join()
        self.assertTrue(lock.acquire(False))
        self.assertEqual(lock.get_depth(), 1)

    def test_granted_meanwhile(self):
        # The lock comes while the signal does: whoever leaves `with` does not hold it.
        main = threading.main_thread().ident

        def hold(lock, get_n_waiters, begun):
            with lock:
                begun.set()
                while not get_n_waiters():
                    os.sched_yield()
                signal.pthread_kill(main, signal.SIGINT)

        rw_lock = Thr.RWLock()
        for lock, waited in ((Thr.Lock(), None), (Thr.RLock(), None), (Thr.Semaphore(), None),
                             (rw_lock.writer(), rw_lock), (rw_lock.reader(), rw_lock)):
            for _ in range(50):
                begun = threading.Event()
                holder = rw_lock.writer() if waited is rw_lock else lock
                thread = threading.Thread(
                    target=hold, args=(holder, (waited or lock).get_n_waiters, begun))
                thread.start()
                begun.wait()
                self.armed = True
                with self.assertRaises(KeyboardInterrupt):
                    with lock:
                        pass
                    while True:
                        os.sched_yield()
                thread.join()
                self.assertTrue(holder.acquire(False), lock)
                holder.release()

    def test_condition(self):
        for lock in (None, Thr.Lock(), threading.Lock()):
            condition = Thr.Condition(lock)
            with condition:
                self.interrupt(condition.wait)
                self.assertTrue(condition._is_owned())
                self.interrupt(condition.wait, 1000)
                self.interrupt(condition.wait_for, lambda: False)
                self.assertTrue(condition._is_owned())
            self.assertEqual(condition.get_n_waiters(), 0)
            self.assertTrue(condition.acquire(False))

    def test_condition_notified_by_handler(self):
        condition = Thr.Condition()
        over = threading.Event()

        def handle(*_args):
            with condition:
                condition.notify()

        def send():
            # As in interrupt(): the first ones may come before it waits or sleeps.
            while not over.wait(0.001):
                os.kill(os.getpid(), signal.SIGINT)

        signal.signal(signal.SIGINT, handle)
        sender = threading.Thread(target=send)
        with condition:
            sender.start()
            notified = condition.wait(60)
        over.set()
        sender.join()
        self.assertTrue(notified)
        self.assertEqual(condition.get_n_waiters(), 0)

    def test_event(self):
        event = Thr.Event()
        self.interrupt(event.wait)
        self.interrupt(event.wait, 1000)
        self.assertEqual(event.get_n_waiters(), 0)

    def test_barrier(self):
        barrier = Thr.Barrier(2)
        self.interrupt(barrier.wait)
        self.assertEqual((barrier.n_waiting, barrier.broken), (0, False))

    def test_semaphore(self):
        semaphore = Thr.BoundedSemaphore(1)
        semaphore.acquire()
        self.interrupt(semaphore.acquire)
        self.interrupt(semaphore.__enter__)
        semaphore.release()
        self.assertTrue(semaphore.acquire(False))

    def test_queue(self):
        for kind in (Thr.Queue, Thr.LifoQueue, Thr.PriorityQueue, Thr.SimpleQueue):
            q = kind()
            self.interrupt(q.get)
            self.interrupt(q.get, True, 1000)
            q.put(1)
            self.assertEqual(q.get(False), 1)
        q = Thr.Queue(1)
        q.put(1)
        self.interrupt(q.put, 2)
        self.interrupt(q.join)
        self.assertEqual((q.get(), q.qsize()), (1, 0))

    def test_queue_line(self):
        # Who is interrupted leaves the line, with the lock held.
        q = Thr.Queue()
        with q.mutex:
            self.interrupt(q.not_empty.wait)
            self.assertTrue(q.mutex.locked())
            self.assertEqual(q.not_empty.get_n_waiters(), 0)
            self.interrupt(q.not_empty.wait_for, lambda: False)

    def test_latch(self):
        latch = Thr.Latch(2)
        self.interrupt(latch.wait)
        self.interrupt(latch.wait, 1000)
        self.interrupt(latch.arrive_and_wait)
        self.assertEqual(latch.get_n_waiters(), 0)

    def test_rw_lock(self):
        lock = Thr.RWLock()
        gate, begun = Thr.Event(), Thr.Event()

        def hold():
            with lock.writer():
                begun.set()
                gate.wait()

        thread = Thr.Thread(target=hold)
        thread.start()
        begun.wait()
        for side in (lock.reader(), lock.writer()):
            self.interrupt(side.acquire)
            self.interrupt(side.acquire, True, 1000)
            self.interrupt(side.__enter__)
        self.interrupt(lock.acquire_read)
        gate.set()
        thread.join()
        self.assertEqual((lock.get_n_waiters(), lock.get_n_readers()), (0, 0))
        self.assertTrue(lock.acquire_write(False))

    def test_thread(self):
        gate = Thr.Event()
        thread = Thr.Thread(target=gate.wait)
        thread.start()
        self.interrupt(thread.join)
        self.interrupt(thread.join, 1000)
        gate.set()
        thread.join()

    def test_futures(self):
        future = Thr.Future()
        self.interrupt(future.result)
        self.interrupt(future.exception, 1000)
        self.interrupt(Thr.wait, [future])
        self.interrupt(list, Thr.as_completed([future]))
        self.interrupt(concurrent.futures.wait, [future])
        future.set_result(1)
        self.assertEqual(future.result(), 1)

    def test_timer(self):
        timer = Thr.Timer(1000, int)
        timer.start()
        self.interrupt(timer.join)
        timer.cancel()
        timer.join()

    def test_nothing_lost(self):
        # A handler that returns must not cost the notification that comes meanwhile.
        condition = Thr.Condition()
        signal.signal(signal.SIGUSR1, lambda *_args: None)
        self.addCleanup(signal.signal, signal.SIGUSR1, signal.SIG_DFL)
        stop = threading.Event()

        def disturb():
            while not stop.wait(0.0002):
                os.kill(os.getpid(), signal.SIGUSR1)

        def tell():
            with condition:
                condition.notify()

        disturber = threading.Thread(target=disturb)
        disturber.start()
        for _ in range(100):
            with condition:
                teller = Thr.Thread(target=tell)
                teller.start()
                self.assertTrue(condition.wait(20))
            teller.join()
        stop.set()
        disturber.join()


PROGRAM = '''
import os, sys, threading
import gi
gi.require_version('Thr', '1')
from gi.repository import GLib, Thr
say = lambda *words: print(*words, flush=True)
'''


class ProgramTest(unittest.TestCase):
    def assertPrints(self, expected, code):
        got, out, err = support.run_child(PROGRAM + code, PYTHONPATH=support.python_path())
        self.assertEqual((got, out.split('\n')[:-1], err), (0, expected, ''))

    def test_daemons_waiting(self):
        self.assertPrints(['main'], '''
begun = Thr.Semaphore(0)
condition, q, barrier = Thr.Condition(), Thr.Queue(), Thr.Barrier(2)
def wait_condition():
    with condition:
        begun.release()
        condition.wait()
def after(wait):
    begun.release()
    wait()
waits = [Thr.Event().wait, q.get, Thr.SimpleQueue().get, barrier.wait, Thr.Future().result]
Thr.Thread(target=wait_condition, daemon=True).start()
for wait in waits:
    Thr.Thread(target=after, args=(wait,), daemon=True).start()
for _ in range(6):
    begun.acquire()
say('main')
''')

    def test_timer_waited_for(self):
        self.assertPrints(['main', 'timer'], '''
Thr.Timer(0.05, say, ['timer']).start()
say('main')
''')

    def test_fork(self):
        # In the child all is as new, but for what the forking thread holds.
        self.assertPrints(['child', 'parent'], '''
lock, pool, local = Thr.RLock(), Thr.Pool(2), Thr.local()
event = Thr.Event()
local.x = 5
pool.submit(int).result()
thread = Thr.Thread(target=event.wait)
thread.start()
with lock:
    child = os.fork()
    if child == 0:
        assert Thr.active_count() == 1 and Thr.enumerate() == [Thr.main_thread()]
        assert not thread.is_alive() and local.x == 5 and lock.acquire(False)
        assert pool.submit(pow, 2, 3).result() == 8
        other = Thr.Thread(target=Thr.Queue().put, args=(1,))
        other.start()
        other.join()
        condition = Thr.Condition()
        with condition:
            assert not condition.wait(0.001)
        say('child')
        sys.exit()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
event.set()
thread.join()
say('parent')
''')

    def test_pools_dropped(self):
        self.assertPrints(['1'], '''
for n in range(200):
    pool = Thr.Pool(2)
    future = pool.submit(pow, n, 2)
    del pool
    assert future.result() == n ** 2
# The last few go at home.
while Thr.active_count() > 1:
    GLib.MainContext.default().iteration(False)
say(Thr.active_count())
''')

    def test_trace(self):
        self.assertPrints(['call', 'None'], '''
def trace(_frame, event, _arg):
    if not seen:
        seen.append(event)
seen = []
Thr.settrace(trace)
thread = Thr.Thread(target=int)
thread.start()
thread.join()
Thr.settrace(None)
say(*seen)
say(Thr.gettrace())
''')


class AsyncioTest(unittest.TestCase):
    def test_run_in_executor(self):
        async def main():
            loop = asyncio.get_running_loop()
            with Thr.ThreadPoolExecutor(2) as pool:
                answers = await asyncio.gather(
                    *(loop.run_in_executor(pool, pow, n, 2) for n in range(100)))
                self.assertEqual(answers, [n ** 2 for n in range(100)])
                with self.assertRaises(ZeroDivisionError):
                    await loop.run_in_executor(pool, divmod, 1, 0)
                self.assertEqual(await asyncio.wrap_future(pool.submit(abs, -1)), 1)

        asyncio.run(main())

    def test_default_executor(self):
        async def main():
            asyncio.get_running_loop().set_default_executor(Thr.Pool(2))
            return await asyncio.to_thread(lambda: Thr.current_thread().name)

        self.assertRegex(asyncio.run(main()), '^ThreadPoolExecutor-[0-9]+_0$')

    def test_cancelled(self):
        async def main():
            gate = Thr.Event()
            with Thr.Pool(1) as pool:
                first = pool.submit(gate.wait)
                second = pool.submit(int)
                wrapped = asyncio.wrap_future(second)
                await asyncio.sleep(0)
                wrapped.cancel()
                await asyncio.sleep(0)
                self.assertTrue(second.cancelled())
                gate.set()
                self.assertTrue(await asyncio.wrap_future(first))

        asyncio.run(main())

    def test_mixed_futures(self):
        # Theirs and ours in one wait, in their function and in ours.
        with Thr.Pool(1) as ours, concurrent.futures.ThreadPoolExecutor(1) as theirs:
            for wait in (Thr.wait, concurrent.futures.wait):
                futures = [ours.submit(int), theirs.submit(int)]
                self.assertEqual(wait(futures, 20).done, set(futures))
            for as_completed in (Thr.as_completed, concurrent.futures.as_completed):
                futures = [ours.submit(int), theirs.submit(int)]
                self.assertEqual(set(as_completed(futures, 20)), set(futures))


if __name__ == '__main__':
    unittest.main()
