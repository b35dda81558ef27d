// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What thousands of cycles of each class leave behind: no object, thread or descriptor.

import Callee from 'gi://Callee?version=1';
import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import System from 'system';
import Thr from 'gi://Thr?version=1';

import {test, assert, idle, until, run} from './harness.js';

const THOROUGH = GLib.getenv('THR_TEST_THOROUGH') !== null;
const CYCLES = THOROUGH ? 100000 : 10000;
const EACH = 500;        // cycles between two looks at the main loop

/** The entries of a folder of /proc: threads, descriptors. */
function count(folder) {
    const children = Gio.File.new_for_path(`/proc/self/${folder}`)
        .enumerate_children('standard::name', Gio.FileQueryInfoFlags.NONE, null);
    let n = 0;
    while (children.next_file(null) !== null)
        n++;
    children.close(null);
    return n;
}

/** GJS frees in several goes: what a collection lets go of is thrown away by the loop. */
async function settle() {
    for (let i = 0; i < 4; i++) {
        System.gc();
        // eslint-disable-next-line no-await-in-loop
        await idle();
    }
}

async function cycles(n, cycle) {
    for (let i = 0; i < n; i++) {
        // eslint-disable-next-line no-await-in-loop
        await cycle(i);
        if (i % EACH === EACH - 1)
            // eslint-disable-next-line no-await-in-loop
            await settle();
    }
    await settle();
}

/**
 * The smallest GObject takes more than a hundred bytes; a leak of one in each cycle is
 * told from what the engine keeps.
 */
function leaks(name, cycle, n = CYCLES) {
    test(`leaks/${name}`, async () => {
        await cycles(2 * EACH, cycle);
        const before = {heap: Callee.heap_in_use(), fds: count('fd'), threads: count('task')};
        await cycles(n, cycle);
        const grown = (Callee.heap_in_use() - before.heap) / n;
        assert(grown < 48, `${grown} bytes for each cycle`);
        await until(() => count('task') <= before.threads);
        await until(() => count('fd') <= before.fds);
    }, {timeout: 600});
}

const pool = new Thr.Pool({max_threads: 2});
const call = () => new Thr.Call('GLib', 'ascii_digit_value', [55]);

leaks('lock', () => new Thr.Lock().with(() => 1));
leaks('rec-lock', () => new Thr.RecLock().with(() => 1));
leaks('rw-lock', async () => {
    const lock = new Thr.RWLock();
    await lock.with_read(() => 1);
    await lock.with_write(() => 1);
});
leaks('semaphore', () => Thr.Semaphore.new(1).with(() => 1));
leaks('lock-timed-out', async () => {
    const lock = new Thr.Lock();
    lock.acquire();
    await lock.acquire_async({timeout: 0, cancellable: new Gio.Cancellable()}).catch(() => {});
}, CYCLES / 4);
leaks('condition', async () => {
    const condition = new Thr.Condition();
    await condition.with(async () => {
        const wait = condition.wait_async();
        condition.with(() => condition.notify_all());
        await wait;
    });
});
leaks('event', async () => {
    const event = new Thr.Event();
    const wait = event.wait_async();
    event.set();
    await wait;
});
leaks('barrier', async () => {
    const barrier = Thr.Barrier.new(2);
    await Promise.all([barrier.wait_async(), barrier.wait_async()]);
});
leaks('latch', async () => {
    const latch = Thr.Latch.new(1);
    latch.count_down(1);
    await latch.wait_async();
});
leaks('timer', async () => {
    const timer = Thr.Timer.after(0);
    timer.start();
    await timer.wait_async();
});
leaks('local', () => {
    const local = new Thr.Local();
    local.set('thing', {a: 1});
    local.set('number', 7);
});
leaks('queue', async () => {
    const queue = new Thr.Queue();
    queue.put({a: 1});
    queue.put([2]);
    await queue.get_async();
    queue.shutdown(true);
});
leaks('future', async () => {
    const future = new Thr.Future();
    future.set_value({a: 1});
    await future;
});
leaks('task', () => pool.submit(call()));
leaks('parallel-loop', () => pool.map([call(), call()]), CYCLES / 2);
leaks('thread', async () => {
    const thread = Thr.Thread.new(null, call());
    thread.start();
    await thread.join_async();
}, CYCLES);
leaks('pool', () => new Thr.Pool({max_threads: 1}).with(brief => brief.submit(call())), CYCLES / 2);
// A wait that nobody ends any more goes with what it waits for.
leaks('cancelled', async () => {
    const event = new Thr.Event();
    const cancellable = new Gio.Cancellable();
    const wait = event.wait_async(cancellable).catch(() => {});
    cancellable.cancel();
    await wait;
});

run();
