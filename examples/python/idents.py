# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Five threads print their idents, running and terminated.

An ident is a number that no other running thread has; when its thread has ended, it
may be given out again. The native id is the kernel's.
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


def print_ident():
    me = Thr.current_thread()
    say(f'{me.name} is running: ident {Thr.get_ident()}, native id {Thr.get_native_id()}')
    time.sleep(random.uniform(0.02, 0.1))


threads = [Thr.Thread(target=print_ident, name=f'thread {i + 1}') for i in range(5)]
for thread in threads:
    assert thread.ident is None  # there is none yet
    thread.start()

for thread in threads:
    thread.join()
    state = 'alive' if thread.is_alive() else 'not alive'
    say(f'{thread.name} has terminated: ident {thread.ident}, {state}')
