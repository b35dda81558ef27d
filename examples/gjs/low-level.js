// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The low level: threads started in a loop, and a lock that a scope holds.
//
// Thr.start_new_thread() wants a function to run over there, which JavaScript has
// none of. A nameless daemon thread with a call does the same. Between the reading and
// the writing of the sum is an await, so without the lock additions would be lost.

import Thr from 'gi://Thr?version=1';

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

async function add() {
    await lock.with(async () => {
        const seen = sum;

        await startNewThread(new Thr.Call('GLib', 'usleep', [1000])).join_async();
        sum = seen + N_ADDITIONS;
    });
    print(`A thread has added ${N_ADDITIONS}`);
}

await Promise.all(Array.from({length: N_THREADS}, add));
print(`The sum is ${sum}`);
