// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// ThrPool, without the override.

import './without-override.js';
import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import GObject from 'gi://GObject?version=2.0';
import System from 'system';
import Thr from 'gi://Thr?version=1';

import {test, assert, assertEquals, assertThrows, assertRejects, emission, idle, until, run} from './harness.js';

Gio._promisify(Thr.Pool.prototype, 'shutdown_async', 'shutdown_finish');
Gio._promisify(Thr.Lock.prototype, 'acquire_async', 'acquire_finish');
Gio._promisify(Thr.Semaphore.prototype, 'acquire_async', 'acquire_finish');

const State = Thr.FutureState;
const THOROUGH = GLib.getenv('THR_TEST_THOROUGH') !== null;
const thrError = code => [Thr.Error, code];
const ioError = code => [Gio.io_error_quark(), code];
const LANGUAGE = /JavaScript cannot run on another thread.*Thr\.Call/;

const nothing = Thr.Call.new('GLib', 'usleep', [0]);
const digit = n => Thr.Call.new('GLib', 'ascii_digit_value', [48 + n]);

/** Keeps all threads busy; the function that is returned lets them go. */
async function block(pool) {
    const gate = Thr.Semaphore.new(0);
    const call = Thr.Call.new('Thr', 'Semaphore.acquire', [gate]);
    const n = pool.max_threads;
    for (let i = 0; i < n; i++)
        pool.submit_callable(call);
    await until(() => gate.n_waiters === n);
    return () => gate.release_n(n);
}

test('pool/new', () => {
    const pool = Thr.Pool.new(3);
    assertEquals(pool.max_threads, 3);
    assertEquals(pool.n_threads, 0);
    assert(!pool.closed);
    assert(!pool.daemon);
    assert(new Thr.Pool().max_threads >= 5);
    assert(Thr.Pool.get_default() === Thr.Pool.get_default());
});

test('pool/submit', async () => {
    const pool = Thr.Pool.new(4);
    const tasks = [5, 2, 9, 4].map(n => pool.submit_callable(digit(n)));
    assertEquals(await Promise.all(tasks), [5, 2, 9, 4]);
    assert(pool.shutdown(false, true));
    assertEquals(pool.n_threads, 0);
});

test('pool/wrong-language', async () => {
    const pool = Thr.Pool.new(1);
    let called = false;
    const work = () => (called = true);
    const task = pool.submit(work);
    assert(task.is_done());
    const error = await assertRejects(task, thrError(Thr.Error.WRONG_LANGUAGE));
    assert(LANGUAGE.test(error.message), error.message);
    await assertRejects(pool.submit_full(0, null, work), thrError(Thr.Error.WRONG_LANGUAGE));
    assertThrows(() => pool.push_full(work), thrError(Thr.Error.WRONG_LANGUAGE));
    assertThrows(() => pool.push_full(work), LANGUAGE);
    assertThrows(() => pool.set_initializer(work), thrError(Thr.Error.WRONG_LANGUAGE));
    assertThrows(() => pool.set_finalizer(work), thrError(Thr.Error.WRONG_LANGUAGE));
    assertThrows(() => Thr.Thread.new('js', work).start(), thrError(Thr.Error.WRONG_LANGUAGE));
    assertThrows(() => Thr.start_new_thread(work), thrError(Thr.Error.WRONG_LANGUAGE));

    const Own = GObject.registerClass({
        Implements: [Thr.Callable],
    }, class ThrTestCallable extends GObject.Object {
        vfunc_call() {
            called = true;
            return [true, 1];
        }
    });
    await assertRejects(pool.submit_callable(new Own()), thrError(Thr.Error.WRONG_LANGUAGE));
    assert(pool.shutdown(false, true));
    assert(!called);
});

test('pool/made-by-submit', async () => {
    const pool = Thr.Pool.new(3);
    const gate = Thr.Semaphore.new(0);
    const call = Thr.Call.new('Thr', 'Semaphore.acquire', [gate]);
    for (let n = 1; n < 8; n++) {
        pool.submit_callable(call);
        assertEquals(pool.n_threads, Math.min(n, 3));
    }
    gate.release_n(7);
    await pool.shutdown_async(false, null);
});

test('pool/used-again', async () => {
    const pool = Thr.Pool.new(8);
    for (let n = 0; n < 100; n++)
        await pool.submit_callable(digit(n % 10));
    assertEquals(pool.n_threads, 1);
    assert(pool.shutdown(false, true));
});

test('pool/cancel-leaves-new', async () => {
    const pool = Thr.Pool.new(3);
    const gate = Thr.Semaphore.new(0);
    const call = Thr.Call.new('Thr', 'Semaphore.acquire', [gate]);
    const tasks = Array.from({length: 10}, () => pool.submit_callable(call));
    assert(pool.shutdown(true, false));
    gate.release_n(3);
    const ends = await Promise.allSettled(tasks);
    assertEquals(ends.map(end => end.status === 'fulfilled'),
        tasks.map((_task, n) => n < 3));
});

test('pool/order', async () => {
    const pool = Thr.Pool.new(1);
    const order = [];
    const release = await block(pool);
    for (let i = 0; i < 200; i++)
        pool.submit_callable(nothing).connect('started', () => order.push(i));
    release();
    await pool.shutdown_async(false, null);
    await until(() => order.length === 200);
    assertEquals(order, Array.from({length: 200}, (_, i) => i));
});

test('pool/shutdown-waits', async () => {
    const pool = Thr.Pool.new(2);
    const tasks = Array.from({length: 50}, (_, i) => pool.submit_callable(digit(i % 10)));
    assert(pool.shutdown(false, true));
    assert(tasks.every(task => task.is_done()));
    assert(pool.closed);
    assert(pool.shutdown(false, true));
    assertEquals((await Promise.all(tasks)).slice(0, 3), [0, 1, 2]);
});

test('pool/shutdown-cancels', async () => {
    const pool = Thr.Pool.new(1);
    const release = await block(pool);
    const tasks = Array.from({length: 5}, () => pool.submit_callable(nothing));
    assert(pool.shutdown(true, false));
    await Promise.all(tasks.map(task => assertRejects(task, ioError(Gio.IOErrorEnum.CANCELLED))));
    release();
    await pool.shutdown_async(false, null);
});

test('pool/shutdown-async', async () => {
    const pool = Thr.Pool.new(2);
    const release = await block(pool);
    const ended = Promise.all([pool.shutdown_async(false, null), pool.shutdown_async(false, null)]);
    release();
    assertEquals(await ended, [true, true]);
    assertEquals(pool.n_threads, 0);
});

test('pool/shutdown-async-cancelled', async () => {
    const pool = Thr.Pool.new(1);
    const release = await block(pool);
    const cancellable = new Gio.Cancellable();
    const waiting = pool.shutdown_async(false, cancellable);
    cancellable.cancel();
    await assertRejects(waiting, ioError(Gio.IOErrorEnum.CANCELLED));
    release();
    await pool.shutdown_async(false, null);
});

test('pool/shutdown-from-task', async () => {
    const pool = Thr.Pool.new(1);
    const task = pool.submit_callable(Thr.Call.new('Thr', 'Pool.shutdown', [pool, false, true]));
    await assertRejects(task, thrError(Thr.Error.DEADLOCK));
    assert(pool.closed);
});

test('pool/submit-after', async () => {
    const pool = Thr.Pool.new(1);
    pool.shutdown(false, true);
    await assertRejects(pool.submit_callable(nothing), thrError(Thr.Error.SHUT_DOWN));
});

test('pool/signals', async () => {
    const pool = Thr.Pool.new(2);
    const told = {};
    const order = [];
    for (const name of ['started', 'finished', 'task-started', 'task-finished']) {
        pool.connect(name, () => {
            told[name] = (told[name] ?? 0) + 1;
            order.push(name);
        });
    }
    for (let i = 0; i < 20; i++)
        pool.submit_callable(nothing);
    pool.shutdown(false, false);
    await emission(pool, 'finished');
    await idle();
    assertEquals([told['started'], told['task-started'], told['task-finished'], told['finished']],
        [1, 20, 20, 1]);
    assertEquals(order.at(-1), 'finished');
});

test('pool/task-order', async () => {
    const pool = Thr.Pool.new(2);
    const running = new Set();
    let wrong = 0;
    pool.connect('task-started', (_pool, task) => running.add(task));
    pool.connect('task-finished', (_pool, task) => (wrong += running.delete(task) ? 0 : 1));
    for (let i = 0; i < 200; i++)
        pool.submit_callable(nothing);
    pool.shutdown(false, false);
    await emission(pool, 'finished');
    assertEquals([running.size, wrong], [0, 0]);
});

test('pool/tasks-model', async () => {
    const pool = Thr.Pool.new(1);
    const model = pool.tasks;
    assert(pool.observed);
    const release = await block(pool);
    const tasks = [1, 2, 3].map(() => pool.submit_callable(nothing));
    await until(() => model.get_n_items() === 4);
    assert(model.get_item(2) === tasks[1]);
    assert(tasks[1].cancel());
    await until(() => model.get_n_items() === 3);
    assert(model.get_item(2) === tasks[2]);
    release();
    await until(() => model.get_n_items() === 0);
    await assertRejects(tasks[1]);
    pool.shutdown(false, true);
});

test('pool/storm', async () => {
    const count = 100000;
    const pool = Thr.Pool.new(2);
    const told = {'task-started': 0, 'task-finished': 0};
    for (const name of Object.keys(told))
        pool.connect(name, () => told[name]++);
    let finished = 0;
    for (let i = 0; i < count; i++) {
        const task = pool.submit_callable(nothing);
        if (i % 4 === 0)
            task.connect('finished', () => finished++);
        if (i % 1000 === 0)
            // eslint-disable-next-line no-await-in-loop
            await idle(GLib.PRIORITY_DEFAULT);
    }
    await pool.shutdown_async(false, null);
    await until(() => told['task-finished'] === count);
    assertEquals(told['task-started'], count);
    assertEquals(finished, count / 4);
}, {timeout: 300});

test('pool/dropped', async () => {
    for (let i = 0; i < 40; i++) {
        let pool = Thr.Pool.new(2);
        if (i % 2)
            pool.connect('task-finished', () => {});
        if (i % 3 === 0)
            pool.connect('notify::n-running', () => {});
        const tasks = Array.from({length: 10}, (_, n) => pool.submit_callable(digit(n)));
        pool = null;
        System.gc();
        // eslint-disable-next-line no-await-in-loop
        assertEquals(await Promise.all(tasks), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        System.gc();
    }
});

// Signals of every class while workers run; the collector and nested loops come in
// between. What GJS is called with on a wrong thread crashes it or logs a critical, which
// ends the program.
test('pool/every-signal', async () => {
    const rounds = THOROUGH ? 100 : 15;
    for (let round = 0; round < rounds; round++) {
        let heard = 0;
        const hear = (object, ...names) => names.forEach(name => object.connect(name, () => heard++));
        const lock = new Thr.Lock({emit_signals: true});
        const semaphore = new Thr.Semaphore({value: 2, emit_signals: true});
        const pool = Thr.Pool.new(3);
        hear(lock, 'acquired', 'released', 'notify::locked');
        hear(semaphore, 'acquired', 'released', 'notify::value');
        hear(pool, 'started', 'finished', 'task-started', 'task-finished', 'notify::n-running',
            'notify::n-queued', 'notify::n-threads', 'notify::closed');

        const make = (name, ...args) => {
            const call = Thr.Call.new('Thr', name, args);
            call.allow_observed = true;
            return call;
        };
        const threads = [make('Semaphore.acquire', semaphore), make('Semaphore.release', semaphore),
            make('Semaphore.get_value', semaphore), nothing].map(call => Thr.Thread.new_callable(null, call));
        for (const thread of threads) {
            hear(thread, 'started', 'finished', 'failed', 'notify::alive', 'notify::state');
            thread.start();
        }
        const tasks = [];
        for (let i = 0; i < 60; i++) {
            const call = [make('Lock.acquire', lock), make('Lock.release', lock), nothing][i % 3];
            // Pairs: an acquire is let go by the release after it, in whatever thread.
            const task = pool.submit_callable(call);
            hear(task, 'started', 'finished', 'done', 'notify::state', 'notify::thread',
                'notify::progress', 'notify::message');
            task.set_progress(i / 60);
            tasks.push(task.wait_async === undefined ? task : new Promise(resolve => {
                task.then(resolve, resolve);
            }));
            if (i % 20 === 7)
                System.gc();
        }
        const future = new Thr.Future();
        hear(future, 'done', 'notify::done');
        tasks.push(Thr.Future.race([future, pool.submit_callable(nothing)]));
        future.set_value(round);
        // A release may have come before its acquire; a last acquire must not be left.
        const rescue = GLib.timeout_add(GLib.PRIORITY_DEFAULT, 1, () => {
            if (lock.n_waiters > 0 && lock.locked)
                lock.release();
            return GLib.SOURCE_CONTINUE;
        });
        // eslint-disable-next-line no-await-in-loop
        await Promise.all(tasks);
        GLib.source_remove(rescue);
        threads.forEach(thread => thread.join());
        // eslint-disable-next-line no-await-in-loop
        await pool.shutdown_async(false, null);
        // eslint-disable-next-line no-await-in-loop
        await idle();
        System.gc();
        assert(heard > 200, `${heard} signals`);
    }
}, {timeout: 300});

run();
