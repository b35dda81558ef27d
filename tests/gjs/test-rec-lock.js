// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What of ThrRecLock JavaScript can have: its one thread is the owner, its awaited
// acquires are not, until they are finished.

import Gio from 'gi://Gio?version=2.0';
import Thr from 'gi://Thr?version=1';

import {test, assert, assertEquals, assertThrows, assertRejects, idle, run} from './harness.js';

Gio._promisify(Thr.RecLock.prototype, 'acquire_async', 'acquire_finish');

const thrError = code => [Thr.error_quark(), code];
const ioError = code => [Gio.io_error_quark(), code];

test('rec-lock/levels', () => {
    const lock = new Thr.RecLock();
    assert(lock instanceof Thr.Lockable);
    assertEquals(lock.get_depth(), 0);
    assertEquals(lock.acquire(), true);
    assert(lock.try_acquire());
    assert(lock.acquire_timed(0, null));
    assertEquals(lock.get_depth(), 3);
    assert(lock.is_held());
    for (let i = 0; i < 3; i++) {
        assert(lock.locked);
        assertEquals(lock.release(), true);
    }
    assert(!lock.is_locked());
    assert(!lock.is_held());
});

test('rec-lock/again-checked', () => {
    const lock = new Thr.RecLock();
    lock.acquire();
    assertThrows(() => lock.acquire_timed(-2, null), thrError(Thr.Error.INVALID_ARGUMENT));
    const cancellable = new Gio.Cancellable();
    cancellable.cancel();
    assertThrows(() => lock.acquire_timed(-1, cancellable), ioError(Gio.IOErrorEnum.CANCELLED));
    assertEquals(lock.get_depth(), 1);
});

test('rec-lock/not-held', () => {
    assertThrows(() => new Thr.RecLock().release(), thrError(Thr.Error.NOT_HELD));
});

test('rec-lock/async-owner', async () => {
    const lock = new Thr.RecLock();
    const first = lock.acquire_async(null);
    assert(lock.is_locked());
    assert(!lock.is_held());
    assertThrows(() => lock.release(), thrError(Thr.Error.NOT_OWNER));
    assertThrows(() => lock.acquire(), thrError(Thr.Error.DEADLOCK));
    assertEquals(await first, true);
    assert(lock.is_held());

    let acquired = false;
    const second = lock.acquire_async(null).then(() => (acquired = true));
    await idle();
    assert(!acquired);
    lock.release();
    await second;
    assertEquals(lock.get_depth(), 1);
    lock.release();
});

test('rec-lock/async-cancelled-during', async () => {
    const lock = new Thr.RecLock();
    const cancellable = new Gio.Cancellable();
    lock.acquire();
    const promise = lock.acquire_async(cancellable);
    cancellable.cancel();
    await assertRejects(promise, ioError(Gio.IOErrorEnum.CANCELLED));
    assertEquals(lock.n_waiters, 0);
    lock.release();
    assert(!lock.is_locked());
});

test('rec-lock/order', async () => {
    const lock = new Thr.RecLock();
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

test('rec-lock/signals-outermost', async () => {
    const lock = new Thr.RecLock({emit_signals: true});
    const told = [];
    lock.connect('acquired', () => told.push('a'));
    lock.connect('released', () => told.push('r'));
    lock.acquire();
    lock.acquire();
    lock.release();
    lock.release();
    await idle();
    assertEquals(told, ['a', 'r']);
});

run();
