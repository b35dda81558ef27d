// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Five threads that sleep for a random time, and a main thread that goes on
// meanwhile and then waits for all of them.
//
// A JavaScript function never leaves its thread. What a thread can run is an
// introspected C function: a Thr.Call. GLib.usleep is the work here. Signals come on
// the main loop, and join_async() is awaited.

import GLib from 'gi://GLib?version=2.0';
import Thr from 'gi://Thr?version=1';

function startSleeper(number) {
    const ms = GLib.random_int_range(50, 300);
    const sleep = new Thr.Call('GLib', 'usleep', [ms * 1000]);
    const thread = Thr.Thread.new_callable(`sleeper ${number}`, sleep);

    thread.connect('finished', () => print(`${thread.name} has slept ${ms} ms`));
    thread.start();
    return thread;
}

const threads = [1, 2, 3, 4, 5].map(startSleeper);

print('Main flow of application');
await Promise.all(threads.map(thread => thread.join_async()));
print('All threads are done');
