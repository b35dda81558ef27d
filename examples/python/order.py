# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""In what order things happen, without a join and with one.

start() returns at once, and the main thread and the new one go on side by side.
join() is what brings them together again.
"""

import random
import time

import gi
gi.require_version('Thr', '1')
from gi.repository import Thr  # noqa: E402


def work():
    time.sleep(random.uniform(0.15, 0.3))
    print('  thread: done')


def demonstrate(with_join):
    thread = Thr.Thread(target=work)

    print('With join:' if with_join else 'Without join:')
    thread.start()
    print('  main: started the thread')
    if with_join:
        thread.join()
    print('  main: goes on')

    # So that the two parts do not mix. Joining again is no mistake: there is
    # nothing left to wait for then.
    thread.join()


demonstrate(False)
demonstrate(True)
