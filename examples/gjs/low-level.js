// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The low level: threads started in a loop, and a lock that a scope holds.
//
// What runs over there is a call: JavaScript has no function for another thread. A latch
// says that it has been there. Between the reading and the writing of the sum is an
// await, so without the lock additions would be lost.

import Thr from 'gi://Thr?version=1';

const N_THREADS = 5;
const N_ADDITIONS = 1000;

const lock = Thr.Lock.new();
let sum = 0;

async function add() {
    await lock.with(async () => {
        const seen = sum;

        const latch = Thr.Latch.new(1);

        Thr.start_new_thread(new Thr.Call('Thr', 'Latch.count_down', [latch, 1]));
        await latch.wait_async();
        sum = seen + N_ADDITIONS;
    });
    print(`A thread has added ${N_ADDITIONS}`);
}

await Promise.all(Array.from({length: N_THREADS}, add));
print(`The sum is ${sum}`);
