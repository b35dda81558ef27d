# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What `with` costs in Python, beside a trivial introspected call and `threading`'s.

One line a row, as from the benchmarks in C: medians of interleaved rounds.
"""

import queue
import statistics
import threading
import timeit

import gi

gi.require_version('Thr', '1')
from gi.repository import Thr  # noqa: E402

N_ROUNDS = 15
N_CALLS = 20000


def enter(lock):
    def function():
        with lock:
            pass

    return function


def pass_on(items):
    def function():
        items.put(1)
        items.get()

    return function


def measure(*functions):
    times = [[] for _function in functions]
    for _round in range(N_ROUNDS):
        for function, results in zip(functions, times):
            results.append(timeit.timeit(function, number=N_CALLS) / N_CALLS * 1e9)
    return [statistics.median(results) for results in times]


def row(name, ours, **peers):
    for peer, function in peers.items():
        mine, theirs = measure(ours, function)
        print(f'{name:<34} {mine:10.2f} ns   peer={theirs:.2f} ({peer}) '
              f'ratio={mine / theirs:.3f}', flush=True)


call = Thr.Lock().is_locked
row('with-lock', enter(Thr.Lock()), call=call, threading=enter(threading.Lock()))
row('with-rlock', enter(Thr.RLock()), call=call, threading=enter(threading.RLock()))
row('with-semaphore', enter(Thr.Semaphore()), call=call, threading=enter(threading.Semaphore()))
row('with-condition', enter(Thr.Condition()), call=call, threading=enter(threading.Condition()))
row('with-reader', enter(Thr.RWLock().reader()), call=call)
row('queue-put-get', pass_on(Thr.Queue()), queue=pass_on(queue.Queue()))
row('simple-queue-put-get', pass_on(Thr.SimpleQueue()), queue=pass_on(queue.SimpleQueue()))
