// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Three visitors want into a room that holds two: a semaphore with two permits
// lets no third one in before one has left.
//
// A visitor is an async function here, and what it does inside runs on a thread of
// a pool. Each counts itself in and out, so that the claim can be seen.

import GLib from 'gi://GLib?version=2.0';
import Thr from 'gi://Thr?version=1';
import System from 'system';

const N_ROUNDS = 3;

const permits = Thr.Semaphore.new(2);
const pool = Thr.Pool.new(3);
let inside = 0;
let most = 0;

async function visit(name) {
    for (let i = 0; i < N_ROUNDS; i++) {
        await permits.with(async () => {
            most = Math.max(most, ++inside);
            print(`${name} is in, inside now: ${inside}`);
            await pool.call('GLib', 'usleep', GLib.random_int_range(10, 40) * 1000);
            inside--;
        });
    }
}

await Promise.all(['Anna', 'Ben', 'Cleo'].map(visit));
print(`The most at a time: ${most}`);
System.exit(most <= 2 ? 0 : 1);
