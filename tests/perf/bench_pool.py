# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Python's pool beside concurrent.futures.ThreadPoolExecutor, interleaved.

    bench_pool.py [ROUNDS [TASKS]]

A row a line: what ours costs for each task, what the standard library's does, and the
ratio of the two; medians of several rounds. A callback is a call from C.
"""

import concurrent.futures
import gc
import statistics
import sys
import threading
import time

import gi

gi.require_version('Thr', '1')
from gi.repository import Thr  # noqa: E402

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 9
N = int(sys.argv[2]) if len(sys.argv) > 2 else 20000
N_THREADS = 2


def nothing():
    pass


def hold(pool, n_threads):
    """Keeps the threads busy; returns what lets them go."""
    gate = threading.Event()
    begun = threading.Semaphore(0)

    def work():
        begun.release()
        gate.wait()

    for _ in range(n_threads):
        pool.submit(work)
    for _ in range(n_threads):
        begun.acquire()
    return gate


def submit(make):
    """Only the submitting, with all threads busy."""
    with make(N_THREADS) as pool:
        gate = hold(pool, N_THREADS)
        pool.submit(nothing)
        begin = time.perf_counter()
        futures = [pool.submit(nothing) for _ in range(N)]
        end = time.perf_counter()
        gate.set()
    del futures
    return end - begin


def submit_and_result(make):
    """Submits all, then asks for all results."""
    with make(N_THREADS) as pool:
        pool.submit(nothing).result()
        begin = time.perf_counter()
        futures = [pool.submit(nothing) for _ in range(N)]
        for future in futures:
            future.result()
        end = time.perf_counter()
    return end - begin


def run(make):
    """Only the work, as the time of the one thread that does what is queued already."""
    with make(1) as pool:
        gate = hold(pool, 1)
        stamps = [pool.submit(time.thread_time)]
        futures = [pool.submit(nothing) for _ in range(N)]
        stamps.append(pool.submit(time.thread_time))
        gate.set()
        begin, end = [stamp.result() for stamp in stamps]
    del futures
    return end - begin


def observed(n_threads):
    pool = Thr.Pool(n_threads)
    pool.set_observed(True)
    return pool


def called(pool):
    """A pool whose threads C sends into Python N times."""
    n = 0
    stamps = []
    gate = threading.Event()
    begun = threading.Event()

    def source(*_args):
        nonlocal n
        n += 1
        if n == 1:
            begun.set()
            gate.wait()
        elif n == 2 or n == N:
            stamps.append(time.thread_time())
        return True

    pool.set_source(source)
    for _ in range(N):
        pool.call_source()
    begun.wait()
    gate.set()
    pool.shutdown(False, True)
    return stamps[1] - stamps[0]


def call_with_state():
    from gi.overrides._thr.sources import _end_worker, _keep_state, _workers
    pool = Thr.raw.Pool.new(1)

    def initialize(*_args):
        _keep_state()
        _workers[threading.get_ident()] = None
        return True

    pool.set_initializer(initialize)
    pool.set_finalizer(_end_worker)
    return called(pool)


def call_without_state():
    return called(Thr.raw.Pool.new(1))


def row(name, ours, peer, who='ThreadPoolExecutor'):
    times = ([], [])
    for _ in range(ROUNDS):
        for function, results in zip((ours, peer), times):
            gc.collect()
            results.append(function() / N * 1e9)
    ours, peer = map(statistics.median, times)
    ratio = statistics.median(map(lambda pair: pair[0] / pair[1], zip(*times)))
    print(f'{name:<34} {ours:10.2f} ns   peer={peer:.2f} ({who}) ratio={ratio:.3f}', flush=True)


def main():
    standard = concurrent.futures.ThreadPoolExecutor
    row('python-submit', lambda: submit(Thr.Pool), lambda: submit(standard))
    row('python-submit+result', lambda: submit_and_result(Thr.Pool),
        lambda: submit_and_result(standard))
    row('python-full-task', lambda: submit_and_result(observed),
        lambda: submit_and_result(standard))
    row('python-work-on-a-worker', lambda: run(Thr.Pool), lambda: run(standard))
    # The peer is the same thread without what is kept for it.
    row('python-callback-on-a-worker', call_with_state, call_without_state,
        'without its state kept')


main()
