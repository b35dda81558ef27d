# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The low level: start_new_thread() in a loop, and a lock held by `with`.

There is no object to join here, only a number; a semaphore tells when the last thread
is done. Without the lock, additions would be lost.
"""

import gi
gi.require_version('Thr', '1')
from gi.repository import Thr  # noqa: E402

N_THREADS = 5
N_ADDITIONS = 1000

lock = Thr.allocate_lock()
done = Thr.Semaphore(0)
total = 0


def add(times):
    global total
    for _ in range(times):
        with lock:
            total += 1
    with lock:  # print() writes the end of the line by itself: lines could mix
        print(f'A thread has added {times}')
    done.release()


for _ in range(N_THREADS):
    Thr.start_new_thread(add, (N_ADDITIONS,))
for _ in range(N_THREADS):
    done.acquire()
print(f'The sum is {total}')
