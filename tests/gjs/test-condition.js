// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What of ThrCondition JavaScript can have: it awaits, and notifies itself.

import Gio from 'gi://Gio?version=2.0';
import Thr from 'gi://Thr?version=1';

import {test, assert, assertEquals, assertThrows, assertRejects, idle, run} from './harness.js';

Gio._promisify(Thr.Condition.prototype, 'wait_async', 'wait_finish');

const thrError = code => [Thr.error_quark(), code];
const ioError = code => [Gio.io_error_quark(), code];

function notify(condition, n) {
    condition.lock.acquire();
    assertEquals(condition.notify(n), true);
    condition.lock.release();
}

test('condition/default-lock', () => {
    const lock = new Thr.Lock();
    assert(Thr.Condition.new(lock).get_lock() === lock);
    assert(Thr.Condition.new(null).lock instanceof Thr.RecLock);
    assert(new Thr.Condition().lock instanceof Thr.RecLock);
});

test('condition/not-held', async () => {
    const condition = new Thr.Condition();
    const notHeld = thrError(Thr.Error.NOT_HELD);
    assertThrows(() => condition.wait(), notHeld);
    assertThrows(() => condition.notify(1), notHeld);
    assertThrows(() => condition.notify_all(), notHeld);
    await assertRejects(condition.wait_async(null), notHeld);
});

test('condition/timeouts', () => {
    const condition = new Thr.Condition();
    condition.lock.acquire();
    assertThrows(() => condition.wait_timed(-2, null), thrError(Thr.Error.INVALID_ARGUMENT));
    for (const timeout of [0, 2000]) {
        assertThrows(() => condition.wait_timed(timeout, null),
            ioError(Gio.IOErrorEnum.TIMED_OUT));
        assert(condition.lock.is_held());
    }
});

test('condition/wait-for', () => {
    const condition = new Thr.Condition();
    let asked = 0;
    condition.lock.acquire();
    assertEquals(condition.wait_for(-1, null, () => ++asked >= 1), true);
    assertThrows(() => condition.wait_for(2000, null, () => {
        asked++;
        return false;
    }), ioError(Gio.IOErrorEnum.TIMED_OUT));
    assertEquals(asked, 3);
});

test('condition/not-kept', () => {
    const condition = new Thr.Condition();
    notify(condition, 3);
    condition.lock.acquire();
    assertThrows(() => condition.wait_timed(1000, null), ioError(Gio.IOErrorEnum.TIMED_OUT));
});

test('condition/async', async () => {
    const condition = new Thr.Condition();
    let notified = false;
    condition.lock.acquire();
    const promise = condition.wait_async(null).then(() => (notified = true));
    assert(!condition.lock.is_locked());
    await idle();
    assert(!notified);
    assertEquals(condition.n_waiters, 1);
    notify(condition, 1);
    await promise;
    assert(condition.lock.is_held());
    condition.lock.release();
});

test('condition/async-cancelled', async () => {
    const condition = new Thr.Condition();
    const cancellable = new Gio.Cancellable();
    condition.lock.acquire();
    const promise = condition.wait_async(cancellable);
    cancellable.cancel();
    await assertRejects(promise, ioError(Gio.IOErrorEnum.CANCELLED));
    assert(condition.lock.is_held());
    condition.lock.release();
    assertEquals(condition.n_waiters, 0);
});

test('condition/levels', async () => {
    const condition = new Thr.Condition();
    condition.lock.acquire();
    condition.lock.acquire();
    const promise = condition.wait_async(null);
    assert(!condition.lock.is_locked());
    notify(condition, 1);
    await promise;
    assertEquals(condition.lock.get_depth(), 2);
});

test('condition/notify-counts', async () => {
    const condition = new Thr.Condition();
    const order = [];
    const waits = ['a', 'b', 'c', 'd'].map(async name => {
        condition.lock.acquire();
        await condition.wait_async(null);
        order.push(name);
        condition.lock.release();
    });
    assertEquals(condition.n_waiters, 4);
    notify(condition, 2);
    await Promise.all(waits.slice(0, 2));
    await idle();
    assertEquals(order, ['a', 'b']);
    condition.lock.acquire();
    condition.notify_all();
    condition.lock.release();
    await Promise.all(waits);
    assertEquals(order, ['a', 'b', 'c', 'd']);
});

run();
