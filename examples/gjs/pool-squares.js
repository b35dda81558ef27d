// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// A pool of four threads squares four numbers: once with an explicit shutdown,
// once in a function that ends the pool by itself.
//
// What runs on a worker is an introspected C function, and GLib has none that
// multiplies. So each worker runs the command expr, and waits for what it says.
// submit_callable() returns at once with a task, which can be awaited.

import Gio from 'gi://Gio?version=2.0';
import Thr from 'gi://Thr?version=1';

Gio._promisify(Thr.Pool.prototype, 'shutdown_async');

const numbers = [5, 2, 55, 4];

async function square(pool, n) {
    const call = Thr.Call.new('GLib', 'spawn_command_line_sync', [`expr ${n} * ${n}`]);
    const result = await pool.submit_callable(call);

    // What the function returns and its out parameters come together: here the
    // output, the errors, and the exit status.
    return Number(new TextDecoder().decode(result.get_value(0).toArray()));
}

async function squareAll(pool) {
    const squares = await Promise.all(numbers.map(n => square(pool, n)));

    for (const [i, n] of numbers.entries())
        print(`  ${n} squared is ${squares[i]}`);
}

async function withPool(maxThreads, body) {
    const pool = Thr.Pool.new(maxThreads);

    try {
        return await body(pool);
    } finally {
        await pool.shutdown_async(false, null);
    }
}

print('With shutdown:');
const pool = Thr.Pool.new(4);
await squareAll(pool);
// Nothing is cancelled, and all threads have ended when it is done.
await pool.shutdown_async(false, null);
print(`  the pool is ${pool.closed ? 'closed' : 'open'}`);

print('With a scope:');
await withPool(4, squareAll);
