# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A timer that fires, and one that is cancelled before it does.

The library has no timer class yet, and needs none for this: a timer is a thread that
waits with a limit for a permit. When the time is up it does its work; cancelling it
gives the permit, which ends the wait at once.
"""

import time

import gi
gi.require_version('Thr', '1')
from gi.repository import Thr  # noqa: E402


class Timer(Thr.Thread):
    def __init__(self, interval, function, name):
        super().__init__(name=name)
        self.interval = interval
        self.function = function
        self.cancelled = Thr.Semaphore(0)

    def stop(self):
        self.cancelled.release()

    def run(self):
        if self.cancelled.acquire(timeout=self.interval):
            print(f'{self.name}: cancelled')
        else:
            self.function()


begin = time.monotonic()
first = Timer(0.2, lambda: print('first timer: fires'), 'first timer')
second = Timer(3600, lambda: print('second timer: fires'), 'second timer')
first.start()
second.start()

first.join()
print('Not too early' if time.monotonic() - begin >= 0.2 else 'TOO EARLY')

second.stop()
second.join()
print('At once' if time.monotonic() - begin < 3600 else 'TOO LATE')
