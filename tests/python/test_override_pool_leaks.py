# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What thousands of threads, pools, futures and timers leave behind."""

import contextlib
import threading
import unittest

import support
import test_override_leaks
from gi.repository import Thr

N_CYCLES = 500 if support.SLOW_MACHINE else 10000


class PoolLeakTest(unittest.TestCase):
    check = test_override_leaks.LeakTest.check
    run_cycles = test_override_leaks.LeakTest.run_cycles

    def make(self, n_threads):
        pool = Thr.Pool(n_threads)
        self.addCleanup(pool.shutdown)
        # All threads that there will be, which stay.
        gates = [threading.Barrier(n_threads + 1)] * n_threads
        futures = [pool.submit(gate.wait) for gate in gates]
        gates[0].wait()
        for future in futures:
            future.result()
        return pool

    def test_futures(self):
        pool = self.make(2)

        def cycle():
            future = pool.submit(int)
            future.add_done_callback(lambda future: future.result())
            self.assertEqual(future.result(), 0)
            pool.submit(int).cancel()
            self.assertEqual(list(pool.map(abs, (-1, -2))), [1, 2])
            with contextlib.suppress(ZeroDivisionError):
                pool.submit(divmod, 1, 0).result()
            plain = Thr.Future()
            plain.set_result(5)
            plain.result()

        self.check(cycle, N_CYCLES // 2)

    def test_tasks(self):
        pool = self.make(2)

        def cycle():
            future = pool.submit(int)
            self.assertIs(future.task, future.task)
            self.assertEqual(future.result(), 0)
            done = pool.submit(int)
            Thr.wait([done])
            self.assertTrue(done.task.is_done())
            pool.submit_task(int, priority=1).result()

        self.check(cycle, N_CYCLES // 2, n_callbacks=3)

    def test_pools(self):
        def cycle():
            with Thr.Pool(2) as pool:
                pool.submit(int).result()
            dropped = Thr.Pool(1)
            dropped.submit(int).result()
            threads = dropped._threads
            del dropped
            for thread in threads:
                thread.join()

        self.check(cycle, N_CYCLES // 20, n_callbacks=4)

    def test_threads(self):
        def cycle():
            thread = Thr.Thread(target=int)
            thread.start()
            thread.join()

        self.check(cycle, N_CYCLES // 5)

    def test_timers(self):
        def cycle():
            timer = Thr.Timer(0, int)
            timer.start()
            timer.join()
            Thr.Timer(100, int).cancel()

        self.check(cycle, N_CYCLES // 10)


if __name__ == '__main__':
    unittest.main()
