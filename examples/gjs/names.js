// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Who is here? Names of the main thread and of the current one, seen from inside,
// and a list of all that are alive while five threads run.
//
// Two semaphores serve as gates, so that the list is made while all five run: each
// thread waits in a C function until it may leave.

import Thr from 'gi://Thr?version=1';

const N_THREADS = 5;

const leave = Thr.Semaphore.new(0);

function startWorker(number) {
    const wait = new Thr.Call('Thr', 'Semaphore.acquire', [leave]);
    const thread = Thr.Thread.new_callable(`worker-${number}`, wait);

    // The signal comes on the main loop, with the thread that it is about.
    thread.connect('started', current =>
        print(`Inside: current is ${current.name}, main is ${Thr.Thread.get_main().name}`));
    thread.start();
    return thread;
}

function printAlive(when) {
    print(`Alive ${when}: ${Thr.Thread.count_alive()}`);
    for (const thread of Thr.Thread.list_alive())
        print(`  ${thread.name}`);
}

const threads = Array.from({length: N_THREADS}, (_, i) => startWorker(i + 1));
const allStarted = threads.map(thread => new Promise(
    resolve => thread.connect('started', resolve)));

await Promise.all(allStarted);
printAlive('while five run');

leave.release_n(N_THREADS);
await Promise.all(threads.map(thread => thread.join_async()));
printAlive('afterwards');
