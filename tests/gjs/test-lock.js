// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What of ThrLock JavaScript can have: it has one thread, so it awaits and tries, and
// never blocks on what only it could release.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import Thr from 'gi://Thr?version=1';

import {test, assert, assertEquals, assertThrows, assertRejects, idle, run} from './harness.js';

Gio._promisify(Thr.Lock.prototype, 'acquire_async', 'acquire_finish');

const thrError = code => [Thr.error_quark(), code];
const ioError = code => [Gio.io_error_quark(), code];

test('lock/new', () => {
    const lock = Thr.Lock.new();
    assert(!lock.is_locked());
    assert(!lock.locked);
    lock.name = 'door';
    assertEquals(lock.dup_name(), 'door');
    assertEquals(lock.n_waiters, 0);
    assert(lock instanceof Thr.Lockable);
});

test('lock/acquire-release', () => {
    const lock = new Thr.Lock();
    assertEquals(lock.acquire(), true);
    assert(lock.locked);
    assert(!lock.try_acquire());
    assertEquals(lock.release(), true);
    assert(lock.try_acquire());
    lock.release();
    assert(!lock.is_locked());
});

test('lock/not-held', () => {
    assertThrows(() => new Thr.Lock().release(), thrError(Thr.Error.NOT_HELD));
});

test('lock/timed-out', () => {
    const lock = new Thr.Lock();
    lock.acquire();
    assertThrows(() => lock.acquire_timed(0, null), ioError(Gio.IOErrorEnum.TIMED_OUT));
    assertThrows(() => lock.acquire_timed(2000, null), ioError(Gio.IOErrorEnum.TIMED_OUT));
    lock.release();
    assert(lock.acquire_timed(0, null));
});

test('lock/bad-timeout', () => {
    const lock = new Thr.Lock();
    assertThrows(() => lock.acquire_timed(-2, null), thrError(Thr.Error.INVALID_ARGUMENT));
    assert(!lock.is_locked());
});

test('lock/cancelled-before', () => {
    const lock = new Thr.Lock();
    const cancellable = new Gio.Cancellable();
    cancellable.cancel();
    assertThrows(() => lock.acquire_timed(-1, cancellable), ioError(Gio.IOErrorEnum.CANCELLED));
    assert(!lock.is_locked());
});

test('lock/async-later', async () => {
    const lock = new Thr.Lock();
    const promise = lock.acquire_async(null);
    assert(lock.is_locked());
    assertEquals(await promise, true);
    lock.release();
});

test('lock/async-waits', async () => {
    const lock = new Thr.Lock();
    lock.acquire();
    let acquired = false;
    const promise = lock.acquire_async(null).then(() => (acquired = true));
    await idle();
    assert(!acquired);
    assertEquals(lock.n_waiters, 1);
    lock.release();
    await promise;
    assert(lock.is_locked());
});

test('lock/async-cancelled-before', async () => {
    const lock = new Thr.Lock();
    const cancellable = new Gio.Cancellable();
    cancellable.cancel();
    await assertRejects(lock.acquire_async(cancellable), ioError(Gio.IOErrorEnum.CANCELLED));
    assert(!lock.is_locked());
});

test('lock/async-cancelled-during', async () => {
    const lock = new Thr.Lock();
    const cancellable = new Gio.Cancellable();
    lock.acquire();
    const promise = lock.acquire_async(cancellable);
    cancellable.cancel();
    await assertRejects(promise, ioError(Gio.IOErrorEnum.CANCELLED));
    lock.release();
    assert(!lock.is_locked());
    assertEquals(lock.n_waiters, 0);
});

test('lock/async-cancelled-after', async () => {
    const lock = new Thr.Lock();
    const cancellable = new Gio.Cancellable();
    const promise = lock.acquire_async(cancellable);
    const following = lock.acquire_async(null);
    cancellable.cancel();
    await assertRejects(promise, ioError(Gio.IOErrorEnum.CANCELLED));
    assertEquals(await following, true);
    lock.release();
});

test('lock/async-wrong-result', () => new Promise((resolve, reject) => {
    const lock = new Thr.Lock();
    // A callback of its own: the promise would finish it.
    Thr.Lockable.prototype.acquire_async.call(lock, null, (_source, result) => {
        try {
            assertThrows(() => new Thr.Lock().acquire_finish(result),
                thrError(Thr.Error.INVALID_ARGUMENT));
            assert(lock.acquire_finish(result));
            assertThrows(() => lock.acquire_finish(result), thrError(Thr.Error.INVALID_STATE));
            resolve();
        } catch (error) {
            reject(error);
        }
    });
}));

test('lock/order', async () => {
    const lock = new Thr.Lock();
    const order = [];
    lock.acquire();
    const waits = ['a', 'b', 'c', 'd'].map(async name => {
        await lock.acquire_async(null);
        order.push(name);
        lock.release();
    });
    lock.release();
    await Promise.all(waits);
    assertEquals(order, ['a', 'b', 'c', 'd']);
    assert(!lock.is_locked());
});

test('lock/own-grant', async () => {
    const lock = new Thr.Lock();
    const promise = lock.acquire_async(null);
    assertThrows(() => lock.acquire(), thrError(Thr.Error.DEADLOCK));
    await promise;
    lock.release();
    assert(lock.acquire());
});

test('lock/exclusion', async () => {
    const lock = new Thr.Lock();
    let inside = 0;
    let count = 0;
    const turns = Array.from({length: 20}, async () => {
        for (let i = 0; i < 20; i++) {
            // eslint-disable-next-line no-await-in-loop
            await lock.acquire_async(null);
            assertEquals(++inside, 1);
            // eslint-disable-next-line no-await-in-loop
            await idle(GLib.PRIORITY_DEFAULT);
            inside--;
            count++;
            lock.release();
        }
    });
    await Promise.all(turns);
    assertEquals(count, 400);
});

test('lock/signals-off', async () => {
    const lock = new Thr.Lock();
    let n = 0;
    lock.connect('acquired', () => n++);
    lock.connect('released', () => n++);
    lock.acquire();
    lock.release();
    await idle();
    assertEquals(n, 0);
});

test('lock/signals', async () => {
    const lock = new Thr.Lock({emit_signals: true});
    const told = [];
    lock.connect('acquired', () => told.push('a'));
    lock.connect('released', () => told.push('r'));
    lock.acquire();
    assertEquals(told, []);
    lock.release();
    await lock.acquire_async(null);
    lock.release();
    await idle();
    assertEquals(told, ['a', 'r', 'a', 'r']);
});

test('lock/locked-notified', async () => {
    const lock = new Thr.Lock({emit_signals: true});
    const told = [];
    lock.connect('notify::locked', () => told.push(lock.locked));
    lock.acquire();
    await idle();
    assertEquals(told, [true]);
});

run();
