# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Five threads that sleep for a random time, and a main thread that goes on
meanwhile and then waits for all of them.

A thread is an object: it is made, started, and joined, which waits for its end.
"""

import random
import sys
import time

import gi
gi.require_version('Thr', '1')
from gi.repository import Thr  # noqa: E402


def say(text):
    # In one piece: print() writes the end of the line by itself, and lines could mix.
    sys.stdout.write(f'{text}\n')


def sleep_a_while():
    ms = random.randrange(50, 300)
    time.sleep(ms / 1000)
    say(f'{Thr.current_thread().name} has slept {ms} ms')


threads = [Thr.Thread(target=sleep_a_while, name=f'sleeper {i + 1}') for i in range(5)]
for thread in threads:
    thread.start()

say('Main flow of application')

for thread in threads:
    thread.join()
print('All threads are done')
