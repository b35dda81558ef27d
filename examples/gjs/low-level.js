// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The low level: threads started in a loop, and a lock that a scope holds.
//
// Thr.start_new_thread() wants a function to run over there, which JavaScript has
// none of. A nameless daemon thread with a call does the same. Between the reading and
// the writing of the sum is an await, so without the lock additions would be lost.

import Gio from 'gi://Gio?version=2.0';
import Thr from 'gi://Thr?version=1';

Gio._promisify(Thr.Lock.prototype, 'acquire_async');
Gio._promisify(Thr.Thread.prototype, 'join_async');

const N_THREADS = 5;
const N_ADDITIONS = 1000;

const lock = Thr.Lock.new();
let sum = 0;

function startNewThread(call) {
    const thread = Thr.Thread.new_callable(null, call);

    thread.daemon = true;
    thread.start();
    return thread;
}

async function withLock(body) {
    await lock.acquire_async(null);
    try {
        return await body();
    } finally {
        lock.release();
    }
}

async function add() {
    await withLock(async () => {
        const seen = sum;

        await startNewThread(Thr.Call.new('GLib', 'usleep', [1000])).join_async(null);
        sum = seen + N_ADDITIONS;
    });
    print(`A thread has added ${N_ADDITIONS}`);
}

await Promise.all(Array.from({length: N_THREADS}, add));
print(`The sum is ${sum}`);
