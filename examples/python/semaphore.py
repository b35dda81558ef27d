# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Three threads want into a room that holds two: a semaphore with two permits lets
no third one in before one has left.

Each thread counts itself in and out, so that the claim can be seen.
"""

import random
import sys
import time

import gi
gi.require_version('Thr', '1')
from gi.repository import Thr  # noqa: E402

N_ROUNDS = 3


class Room:
    def __init__(self):
        self.permits = Thr.Semaphore(2)
        self.lock = Thr.Lock()
        self.inside = 0
        self.most = 0

    def enter(self):
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
            print(f'{Thr.current_thread().name} is in, inside now: {self.inside}')

    def leave(self):
        with self.lock:
            self.inside -= 1

    def visit(self):
        for _ in range(N_ROUNDS):
            with self.permits:
                self.enter()
                time.sleep(random.uniform(0.01, 0.04))
                self.leave()


room = Room()
threads = [Thr.Thread(target=room.visit, name=name) for name in ('Anna', 'Ben', 'Cleo')]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

print(f'The most at a time: {room.most}')
sys.exit(0 if room.most <= 2 else 1)
