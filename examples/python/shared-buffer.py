# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two threads read one file into one buffer.

Reading a block and appending it belong together: the lock makes sure that no other
thread comes between the two, so the buffer equals the file in the end, whoever has
read which block.
"""

import random
import tempfile
import time

import gi
gi.require_version('Thr', '1')
from gi.repository import Thr  # noqa: E402

N_LINES = 5000
BLOCK_SIZE = 1024


def read_block(file, buffer, lock):
    with lock:
        block = file.read(BLOCK_SIZE)
        buffer += block
    return len(block)


def read_blocks(file, buffer, lock):
    total = 0
    while size := read_block(file, buffer, lock):
        total += size
        time.sleep(random.randrange(2) / 1000)
    with lock:
        print(f'{Thr.current_thread().name} has read {total} bytes')


lines = b''.join(b'line %d\n' % (i + 1) for i in range(N_LINES))
buffer = bytearray()
lock = Thr.Lock()

with tempfile.TemporaryFile() as file:
    file.write(lines)
    file.seek(0)
    readers = [Thr.Thread(target=read_blocks, args=(file, buffer, lock), name=f'reader {number}')
               for number in ('one', 'two')]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()

print(f'The buffer has {len(buffer)} bytes and', 'equals the file' if buffer == lines else 'DIFFERS')
