// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// A pool of four threads squares four numbers: once with an explicit shutdown,
// once in a function that ends the pool by itself.
//
// What runs on a worker is an introspected C function, and GLib has none that
// multiplies. So each worker runs the command expr, and waits for what it says.
// call() returns at once with a task, which is awaited.

import Thr from 'gi://Thr?version=1';

const numbers = [5, 2, 55, 4];

async function square(pool, n) {
    // What the function returns and its out parameters come together: the output,
    // the errors, and the exit status.
    const [output] = await pool.call('GLib', 'spawn_command_line_sync', `expr ${n} * ${n}`);

    return Number(new TextDecoder().decode(output.toArray()));
}

async function squareAll(pool) {
    const squares = await Promise.all(numbers.map(n => square(pool, n)));

    for (const [i, n] of numbers.entries())
        print(`  ${n} squared is ${squares[i]}`);
}

print('With shutdown:');
const pool = Thr.Pool.new(4);
await squareAll(pool);
// Nothing is cancelled, and all threads have ended when it is done.
await pool.shutdown_async();
print(`  the pool is ${pool.closed ? 'closed' : 'open'}`);

print('With a scope:');
await Thr.Pool.new(4).with(squareAll);
