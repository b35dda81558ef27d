// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Two readers read one file into one buffer, each block on a thread of a pool.
//
// Reading a block and appending it belong together: the lock, which is awaited, makes
// sure that the other reader does not come between the two. So the buffer equals the
// file in the end, whoever has read which block.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import Thr from 'gi://Thr?version=1';

const N_LINES = 5000;
const BLOCK_SIZE = 1024;

function readBlock({lock, pool, stream, buffer}) {
    return lock.with(async () => {
        const block = await pool.call('Gio', 'InputStream.read_bytes', stream, BLOCK_SIZE);

        buffer.push(block.toArray());
        return block.get_size();
    });
}

async function readBlocks(name, shared) {
    let total = 0;

    for (let size = -1; size !== 0;) {
        size = await readBlock(shared);
        total += size;
        await shared.pool.call('GLib', 'usleep', GLib.random_int_range(0, 2) * 1000);
    }
    print(`${name} has read ${total} bytes`);
}

const lines = Array.from({length: N_LINES}, (_, i) => `line ${i + 1}\n`).join('');
const [file] = Gio.File.new_tmp('thr-XXXXXX.txt');
const buffer = [];

try {
    file.replace_contents(lines, null, false, Gio.FileCreateFlags.NONE, null);
    const shared = {
        lock: Thr.Lock.new(),
        pool: Thr.Pool.new(2),
        stream: file.read(null),
        buffer,
    };
    await Promise.all([readBlocks('reader one', shared), readBlocks('reader two', shared)]);
} finally {
    file.delete(null);
}

const decoder = new TextDecoder();
const text = buffer.map(block => decoder.decode(block)).join('');
print(`The buffer has ${text.length} bytes and ${text === lines ? 'equals the file' : 'DIFFERS'}`);
