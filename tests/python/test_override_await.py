# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every wait awaited: under asyncio, and by spawn() on the GLib main loop."""

import asyncio
import gc
import os
import threading
import unittest

import support
from gi.repository import Gio, GLib, Thr


def spawn(coroutine):
    """Runs a coroutine on the default main loop until it has ended."""
    future = Thr.spawn(coroutine)
    support.run_until(future.done)
    return future.result()


async def turn():
    """Lets others go on, under either loop."""
    event = Thr.Event()
    thread = Thr.Thread(target=event.set)
    thread.start()
    await event.wait_async()


async def until(condition):
    while not condition():
        await turn()


def then(waited, n, function):
    """Calls a function once so many wait."""
    while waited.get_n_waiters() != n:
        os.sched_yield()
    function()


def from_thread(function, *args):
    Thr.Thread(target=function, args=args).start()


class Scenarios:
    """What has to be so under both loops."""

    def test_lock(self):
        async def main():
            for lock in (Thr.Lock(), Thr.RLock(), Thr.Semaphore(), Thr.BoundedSemaphore()):
                with self.subTest(lock=lock):
                    self.assertIs(await lock.acquire_async(), True)
                    self.assertTrue(lock.is_locked())
                    for limit in (0, 0.001):
                        self.assertIs(await lock.acquire_async(timeout=limit), False)
                    if type(lock) is not Thr.RLock:
                        from_thread(then, lock, 1, lock.release)
                        self.assertIs(await lock.acquire_async(), True)
                    lock.release()
                    self.assertFalse(lock.is_locked())
                    async with lock as entered:
                        self.assertIs(entered, True)
                    self.assertFalse(lock.is_locked())

        self.run_main(main())

    def test_arguments(self):
        for make in (lambda t: Thr.Lock().acquire_async(timeout=t),
                     lambda t: Thr.Event().wait_async(timeout=t),
                     lambda t: Thr.Latch().wait_async(timeout=t),
                     lambda t: Thr.RWLock().acquire_read_async(timeout=t)):
            for value, error in (('x', TypeError), (1e100, OverflowError),
                                 (float('nan'), ValueError)):
                with self.assertRaises(error):
                    make(value)
        with self.assertRaises(ValueError):
            Thr.Lock().acquire_async(timeout=-2)

    def test_turns(self):
        # An awaited acquire never re-enters, so coroutines of one thread take turns.
        for lock in (Thr.Lock(), Thr.RLock(), Thr.Semaphore(), Thr.RWLock().writer()):
            log = []

            async def visit(name, lock=lock, log=log):
                async with lock:
                    log.append(name)
                    await turn()
                    log.append(name)

            async def main(visit=visit):
                await self.gather(*(visit(n) for n in range(3)))

            with self.subTest(lock=lock):
                self.run_main(main())
                self.assertEqual(log, [0, 0, 1, 1, 2, 2])
                self.assertTrue(lock.acquire(False))

    def test_reader_and_writer(self):
        # Coroutines of one thread exclude each other here, too.
        log = []

        async def write(lock):
            async with lock.writer():
                log.append('begin')
                await until(lambda: lock.get_n_waiters() == 1)
                log.append('end')

        async def read(lock):
            async with lock.reader():
                log.append('read')

        async def main():
            lock = Thr.RWLock()
            await self.gather(write(lock), read(lock))

        self.run_main(main())
        self.assertEqual(log, ['begin', 'end', 'read'])

    def test_cancellable(self):
        async def main():
            lock, cancellable = Thr.Lock(), Gio.Cancellable()
            lock.acquire()
            from_thread(then, lock, 1, cancellable.cancel)
            with self.assertRaises(GLib.Error) as caught:
                await lock.acquire_async(cancellable)
            self.assertTrue(caught.exception.matches(Gio.io_error_quark(),
                                                     int(Gio.IOErrorEnum.CANCELLED)))
            self.assertEqual(lock.get_n_waiters(), 0)
            lock.release()
            with self.assertRaises(GLib.Error):
                await lock.acquire_async(cancellable)
            self.assertFalse(lock.locked())

        self.run_main(main())

    def test_event_and_latch(self):
        async def main():
            event, latch = Thr.Event(), Thr.Latch(2)
            self.assertIs(await event.wait_async(timeout=0.001), False)
            self.assertIs(await latch.wait_async(timeout=0.001), False)
            from_thread(then, event, 1, event.set)
            self.assertIs(await event.wait_async(), True)
            self.assertIs(await event.wait_async(timeout=0), True)
            from_thread(then, latch, 1, lambda: latch.count_down(2))
            self.assertIs(await latch.wait_async(), True)

        self.run_main(main())

    def test_condition(self):
        async def main():
            for lock in (None, Thr.Lock()):
                condition = Thr.Condition(lock)
                with self.assertRaises(RuntimeError):
                    await condition.wait_async()
                async with condition:
                    self.assertIs(await condition.wait_async(timeout=0.001), False)
                    self.assertTrue(condition.get_lock().is_locked())
                    self.assertEqual(await condition.wait_for_async(lambda: '', timeout=0.001),
                                     '')
                    ready = []
                    from_thread(self.notify, condition, ready)
                    self.assertIs(await condition.wait_for_async(lambda: ready), ready)
                self.assertFalse(condition.get_lock().is_locked())

        self.run_main(main())

    @staticmethod
    def notify(condition, ready):
        with condition:
            ready.append(1)
            condition.notify()

    def test_barrier(self):
        async def main():
            acted = []
            barrier = Thr.Barrier(3, lambda: acted.append(1))
            numbers = await self.gather(*(barrier.wait_async() for _ in range(3)))
            self.assertEqual((sorted(numbers), acted), ([0, 1, 2], [1]))
            with self.assertRaises(Thr.BrokenBarrierError):
                await barrier.wait_async(timeout=0.001)
            self.assertTrue(barrier.broken)

        self.run_main(main())

    def test_rw_lock(self):
        async def main():
            lock = Thr.RWLock()
            async with lock.reader() as entered:
                self.assertIs(entered, True)
                self.assertEqual(lock.get_n_readers(), 1)
            async with lock.writer():
                self.assertTrue(lock.is_write_held())
                self.assertIs(await lock.acquire_write_async(timeout=0.001), False)
            self.assertTrue(await lock.acquire_read_async())
            lock.release_read()

        self.run_main(main())

    def test_queues(self):
        async def main():
            for cls in (Thr.Queue, Thr.LifoQueue, Thr.PriorityQueue, Thr.SimpleQueue):
                queue = cls()
                with self.assertRaises(Thr.Empty):
                    await queue.get_async(timeout=0.001)
                from_thread(queue.put, 'item')
                self.assertEqual(await queue.get_async(), 'item')
                await queue.put_async('again')
                self.assertEqual(await queue.get_async(timeout=0), 'again')
            queue = Thr.Queue(1)
            await queue.put_async(1)
            with self.assertRaises(Thr.Full):
                await queue.put_async(2, timeout=0.001)
            from_thread(queue.get)
            await queue.put_async(2)
            self.assertEqual(queue.get(), 2)
            from_thread(lambda: [queue.task_done() for _ in range(2)])
            await queue.join_async()
            self.assertEqual(queue.unfinished_tasks, 0)

        self.run_main(main())

    def test_line(self):
        # One line for threads and coroutines: who came first is served first.
        async def main():
            queue = Thr.Queue()
            got = []

            async def get_soon(name):
                got.append((name, await queue.get_async()))

            def get(name):
                got.append((name, queue.get()))

            waits = []
            for n in range(4):
                if n % 2:
                    from_thread(get, n)
                else:
                    waits.append(self.start(get_soon(n)))
                await until(lambda n=n: queue.not_empty.get_n_waiters() == n + 1)
            for n in range(4):
                queue.put(n)
                await until(lambda n=n: len(got) == n + 1)
            self.assertEqual(got, [(n, n) for n in range(4)])
            for wait in waits:
                await wait

        self.run_main(main())

    def test_join(self):
        async def main():
            gate = Thr.Event()
            thread = Thr.Thread(target=gate.wait)
            with self.assertRaises(RuntimeError):
                await thread.join_async()
            thread.start()
            self.assertIsNone(await thread.join_async(timeout=0.001))
            self.assertTrue(thread.is_alive())
            gate.set()
            self.assertIsNone(await thread.join_async())
            self.assertFalse(thread.is_alive())
            await thread.join_async()

        self.run_main(main())

    def test_pool(self):
        async def main():
            gate = Thr.Event()
            async with Thr.Pool(1) as pool:
                first = pool.submit(gate.wait)
                second = pool.submit(sum, [1, 2])
                gate.set()
            self.assertEqual((first.result(0), second.result(0)), (True, 3))
            with self.assertRaises(RuntimeError):
                pool.submit(int)
            pool = Thr.Pool(1)
            gate = Thr.Event()
            first = pool.submit(gate.wait)
            second = pool.submit(int)
            await until(first.running)
            ended = pool.shutdown_async(cancel_futures=True)
            self.assertTrue(second.cancelled())
            gate.set()
            self.assertIsNone(await ended)
            self.assertTrue(first.done())

        self.run_main(main())

    def test_raw_form(self):
        async def main():
            lock, event = Thr.Lock(), Thr.Event()
            got = []
            lock.acquire_async(None, lambda lock, result, data: got.append(
                (lock.acquire_finish(result), data)), 'data')
            await until(lambda: lock.locked())
            await self.deliver(got)
            self.assertEqual(got, [(True, 'data')])
            raw = Thr.raw.Event.new()
            raw.wait_async(None, lambda raw, result: got.append(raw.wait_finish(result)))
            raw.set()
            await self.deliver(got, 2)
            self.assertIs(event.is_set(), False)

        self.run_main(main())

    async def deliver(self, got, n=1):
        while len(got) < n:
            await turn()


class AsyncioTest(Scenarios, unittest.TestCase):
    @staticmethod
    def run_main(coroutine):
        asyncio.run(coroutine)

    @staticmethod
    def gather(*coroutines):
        return asyncio.gather(*coroutines)

    @staticmethod
    def start(coroutine):
        return asyncio.ensure_future(coroutine)

    async def cancel(self, task):
        task.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await task

    def test_cancelled(self):
        # A coroutine that is cancelled leaves the line, and takes nothing along.
        makers = [lambda: Thr.Lock(), lambda: Thr.RLock(), lambda: Thr.Semaphore(),
                  lambda: Thr.RWLock().writer()]

        async def main(lock):
            n_waiters = getattr(lock, 'get_n_waiters', None) or lock._rw_lock.get_n_waiters
            await lock.acquire_async()
            waits = [asyncio.ensure_future(lock.acquire_async()) for _ in range(2)]
            await until(lambda: n_waiters() == 2)
            await self.cancel(waits[0])
            await until(lambda: n_waiters() == 1)
            lock.release()
            self.assertIs(await waits[1], True)
            lock.release()
            self.assertIs(lock.acquire(False), True)
            lock.release()

        for make in makers:
            lock = make()
            with self.subTest(lock=lock):
                asyncio.run(main(lock))

    def test_cancelled_after_grant(self):
        async def main(lock):
            await lock.acquire_async()
            wait = asyncio.ensure_future(lock.acquire_async())
            await until(lambda: lock.get_n_waiters() == 1)
            lock.release()          # granted to the operation, and not delivered yet
            await self.cancel(wait)
            self.assertIs(await lock.acquire_async(timeout=50), True)
            lock.release()

        for lock in (Thr.Lock(), Thr.RLock(), Thr.Semaphore()):
            with self.subTest(lock=lock):
                asyncio.run(main(lock))
                self.assertFalse(lock.is_locked())

    def test_never_lost(self):
        # Cancellations at every moment of a wait, and permits that come meanwhile.
        async def main():
            semaphore = Thr.Semaphore(0)
            stop = Thr.Event()
            given = 0

            def give():
                nonlocal given
                while not stop.is_set():
                    semaphore.release()
                    given += 1

            taken = 0
            giver = Thr.Thread(target=give)
            giver.start()
            for n in range(300):
                wait = asyncio.ensure_future(semaphore.acquire_async())
                for _ in range(n % 4):
                    await asyncio.sleep(0)
                wait.cancel()
                try:
                    taken += await wait
                except asyncio.CancelledError:
                    pass
            stop.set()
            giver.join()
            await until(lambda: semaphore.get_value() >= given - taken)
            self.assertEqual(semaphore.get_value(), given - taken)

        asyncio.run(main())

    def test_condition_cancelled(self):
        async def main():
            condition = Thr.Condition()
            held = []

            async def wait():
                async with condition:
                    try:
                        return await condition.wait_async()
                    finally:
                        held.append(condition._is_owned())

            waits = [asyncio.ensure_future(wait()) for _ in range(3)]
            await until(lambda: condition.get_n_waiters() == 3)
            await self.cancel(waits[0])
            self.assertEqual(held, [True])
            # Notified and then cancelled: the next one is notified instead.
            async with condition:
                condition.notify()
            await self.cancel(waits[1])
            self.assertIs(await waits[2], True)
            self.assertFalse(condition.get_lock().is_locked())

        asyncio.run(main())

    def test_queue_cancelled(self):
        async def main():
            for cls in (Thr.Queue, Thr.SimpleQueue):
                queue = cls()
                waits = [asyncio.ensure_future(queue.get_async()) for _ in range(2)]
                await turn()
                queue.put('only')
                await self.cancel(waits[0])
                self.assertEqual(await waits[1], 'only')
                self.assertEqual(queue.qsize(), 0)

        asyncio.run(main())

    def test_barrier_cancelled(self):
        async def main():
            barrier = Thr.Barrier(2)
            wait = asyncio.ensure_future(barrier.wait_async())
            await until(lambda: barrier.n_waiting)
            await self.cancel(wait)
            await until(lambda: barrier.broken)

        asyncio.run(main())

    def test_wait_for(self):
        async def main():
            lock = Thr.Lock()
            lock.acquire()
            with self.assertRaises(asyncio.TimeoutError):
                await asyncio.wait_for(lock.acquire_async(), 0.001)
            lock.release()
            await asyncio.wait_for(lock.acquire_async(), 50)
            lock.release()

        asyncio.run(main())

    def test_context_of_its_own(self):
        # asyncio in another thread, whose objects have a home there.
        answers = []

        async def main():
            lock = Thr.Lock()
            lock.acquire()
            from_thread(then, lock, 1, lock.release)
            answers.append(await lock.acquire_async())

        def work():
            context = GLib.MainContext.new()
            context.push_thread_default()
            try:
                asyncio.run(main())
            finally:
                context.pop_thread_default()

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        self.assertEqual(answers, [True])

    def test_in_any_thread(self):
        # asyncio in another thread, whose objects have their home in the main one.
        rec_lock, barrier, latch = Thr.RLock(), Thr.Barrier(2), Thr.Latch()
        lock, event, permits = Thr.Lock(), Thr.Event(), Thr.Semaphore(0)
        conditions = Thr.Condition(), Thr.Condition(Thr.RWLock().writer())

        async def main():
            lock.acquire()
            from_thread(then, lock, 1, lock.release)
            self.assertIs(await lock.acquire_async(), True)
            self.assertIs(await lock.acquire_async(timeout=0.001), False)
            from_thread(then, event, 1, event.set)
            self.assertIs(await event.wait_async(), True)
            from_thread(then, permits, 1, permits.release)
            self.assertIs(await permits.acquire_async(), True)
            from_thread(then, latch, 1, latch.count_down)
            self.assertIs(await latch.wait_async(), True)
            from_thread(barrier.wait)
            self.assertIn(await barrier.wait_async(), (0, 1))
            for condition in conditions:
                async with condition:
                    ready = []
                    from_thread(self.notify, condition, ready)
                    self.assertIs(await condition.wait_for_async(lambda: ready), ready)
            with rec_lock:
                waiting = asyncio.ensure_future(rec_lock.acquire_async())
                await until(lambda: rec_lock.get_n_waiters() == 1)
            await waiting
            self.assertTrue(rec_lock.is_held())
            rec_lock.release()
            thread = Thr.Thread(target=event.wait)
            thread.start()
            await thread.join_async()
            return 'done'

        answers = []
        thread = threading.Thread(target=lambda: answers.append(asyncio.run(main())))
        thread.start()
        thread.join()
        self.assertEqual(answers, ['done'])

    def test_loop_elsewhere(self):
        # Another thread iterates the home of all, and is busy just now.
        lock, busy, over = Thr.Lock(), threading.Event(), threading.Event()

        def work():
            busy.set()
            over.wait()
            loop.quit()

        loop = GLib.MainLoop()
        GLib.idle_add(work)
        thread = threading.Thread(target=loop.run)
        thread.start()
        busy.wait()

        async def main():
            lock.acquire()
            from_thread(then, lock, 1, lock.release)
            self.assertIs(await lock.acquire_async(), True)
            lock.release()

        try:
            asyncio.run(main())
        finally:
            over.set()
            thread.join()

    def test_nothing_lost_at_end(self):
        # A wait that is granted when it is cancelled, and no loop that would tell.
        lock = Thr.Lock()

        async def main():
            lock.acquire()
            waiting = asyncio.ensure_future(lock.acquire_async())
            await until(lambda: lock.get_n_waiters() == 1)
            lock.release()
            waiting.cancel()

        for run in (asyncio.run, self.run_in_thread):
            run(main())
            self.assertTrue(lock.acquire(timeout=50))
            lock.release()

    def test_nothing_stays_of_loops(self):
        from gi.overrides._thr.awaiting import _Pump

        lock, n_pumps = Thr.Lock(), []
        lock.acquire()

        async def main(n):
            waits = [asyncio.ensure_future(lock.acquire_async()) for _ in range(n)]
            await until(lambda: lock.get_n_waiters() == n)
            return waits

        def leave():
            # As a program does that forgets its tasks.
            loop = asyncio.new_event_loop()
            waits = loop.run_until_complete(main(2))
            loop.close()
            for wait in waits:
                wait._log_destroy_pending = False

        for work in (lambda: asyncio.run(main(3)), leave):
            for _ in range(10):
                thread = threading.Thread(target=work)
                thread.start()
                thread.join()
                gc.collect()
                self.assertEqual(lock.get_n_waiters(), 0)
                n_pumps.append(len(_Pump.pumps))
        # One that was closed is forgotten by the next.
        self.assertLessEqual(max(n_pumps), 1)
        lock.release()
        self.assertTrue(lock.acquire(False))

    @staticmethod
    def run_in_thread(coroutine):
        thread = threading.Thread(target=asyncio.run, args=(coroutine,))
        thread.start()
        thread.join()

    def test_queue_in_any_thread(self):
        answers = []

        async def main():
            queue = Thr.Queue()
            from_thread(queue.put, 3)
            answers.append(await queue.get_async())

        thread = threading.Thread(target=lambda: asyncio.run(main()))
        thread.start()
        thread.join()
        self.assertEqual(answers, [3])

    def test_closed_loop(self):
        # A loop that is closed with coroutines that wait: they are passed by.
        lock, queue = Thr.Lock(), Thr.Queue()

        async def get_lock():
            await lock.acquire_async()

        lock.acquire()
        loop = asyncio.new_event_loop()
        pending = [loop.create_task(get_lock()), loop.create_task(queue.get_async())]
        loop.run_until_complete(turn())
        self.assertEqual((lock.get_n_waiters(), queue.not_empty.get_n_waiters()), (1, 1))
        loop.close()
        got = []
        thread = Thr.Thread(target=lambda: got.append(queue.get()))
        thread.start()
        while queue.not_empty.get_n_waiters() < 2:
            os.sched_yield()
        queue.put('item')
        thread.join()
        self.assertEqual(got, ['item'])
        lock.release()

        async def main():
            self.assertIs(await lock.acquire_async(timeout=50), True)
            lock.release()

        asyncio.run(main())
        for task in pending:
            task._log_destroy_pending = False
        del pending, task
        gc.collect()
        self.assertFalse(lock.locked())

    def test_end_of_run(self):
        # What still waits when asyncio.run() ends is cancelled.
        lock = Thr.Lock()

        async def main():
            lock.acquire()
            waits = [asyncio.ensure_future(lock.acquire_async()) for _ in range(2)]
            await until(lambda: lock.get_n_waiters() == 2)
            lock.release()
            return waits

        waits = asyncio.run(main())
        self.assertTrue(all(wait.done() for wait in waits))
        support.run_until(lambda: not lock.locked())
        self.assertEqual(lock.get_n_waiters(), 0)

    def test_nothing_stays(self):
        from gi.overrides._thr.awaiting import _Pump

        async def main():
            lock = Thr.Lock()
            for _ in range(100):
                await lock.acquire_async()
                self.assertIs(await lock.acquire_async(timeout=0.00001), False)
                lock.release()
            return lock.weak_ref(lambda: gone.append(1))

        gone = []
        reference = asyncio.run(main())
        gc.collect()
        self.assertEqual((gone, _Pump.pumps), ([1], {}))
        del reference


class GLibTest(Scenarios, unittest.TestCase):
    def test_context_of_its_own(self):
        # A loop in another thread, and a lock whose home nobody iterates meanwhile.
        lock, answers = Thr.Lock(), []

        def work():
            context = GLib.MainContext.new()
            context.push_thread_default()
            loop = GLib.MainLoop.new(context, False)

            async def main():
                lock.acquire()
                from_thread(then, lock, 1, lock.release)
                answers.append(await lock.acquire_async())
                answers.append(await lock.acquire_async(timeout=0.001))
                loop.quit()

            Thr.spawn(main())
            loop.run()
            context.pop_thread_default()

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        self.assertEqual(answers, [True, False])

    @staticmethod
    def run_main(coroutine):
        spawn(coroutine)

    @staticmethod
    async def gather(*coroutines):
        return await Thr.Future.all([Thr.spawn(coroutine) for coroutine in coroutines])

    @staticmethod
    def start(coroutine):
        return Thr.spawn(coroutine)

    def test_kept_by_nobody(self):
        # A coroutine that is never begun has asked for nothing.
        lock = Thr.Lock()
        coroutine = lock.acquire_async()
        coroutine.close()
        self.assertFalse(lock.locked())

    def test_closed(self):
        # A coroutine that is dropped leaves the line.
        lock = Thr.Lock()
        lock.acquire()
        coroutine = lock.acquire_async()
        coroutine.send(None)
        self.assertEqual(lock.get_n_waiters(), 1)
        coroutine.close()
        support.run_until(lambda: lock.get_n_waiters() == 0)
        lock.release()
        self.assertTrue(lock.acquire(False))


if __name__ == '__main__':
    unittest.main()
