# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A daemon: a thread that the end of the program does not wait for.

This one never ends by itself. Were it not a daemon, the program would not end
either: it waits for all other threads.
"""

import time

import gi
gi.require_version('Thr', '1')
from gi.repository import Thr  # noqa: E402


def work_for_ever(begun):
    print('The daemon works for ever')
    begun.release()
    while True:
        time.sleep(0.01)


begun = Thr.Semaphore(0)
thread = Thr.Thread(target=work_for_ever, args=(begun,), daemon=True)
thread.start()
begun.acquire()

print('The daemon is', 'alive' if thread.is_alive() else 'dead')
print('Main ends, and the program with it')
