# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who is here? Names of the main thread and of the current one, seen from inside, and
a list of all that are alive while five threads run.

Two semaphores serve as gates, so that the list is made while all five run.
"""

import sys

import gi
gi.require_version('Thr', '1')
from gi.repository import Thr  # noqa: E402

N_THREADS = 5

arrived = Thr.Semaphore(0)
leave = Thr.Semaphore(0)


def say(text):
    # In one piece: print() writes the end of the line by itself, and lines could mix.
    sys.stdout.write(f'{text}\n')


def look_around():
    say(f'Inside: current is {Thr.current_thread().name}, main is {Thr.main_thread().name}')
    arrived.release()
    leave.acquire()


def print_alive(when):
    print(f'Alive {when}: {Thr.active_count()}')
    for thread in Thr.enumerate():
        print(f'  {thread.name}')


threads = [Thr.Thread(target=look_around, name=f'worker-{i + 1}') for i in range(N_THREADS)]
for thread in threads:
    thread.start()
for _ in threads:
    arrived.acquire()
print_alive('while five run')

leave.release(N_THREADS)
for thread in threads:
    thread.join()
print_alive('afterwards')
