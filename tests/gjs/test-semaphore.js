// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import Gio from 'gi://Gio?version=2.0';
import Thr from 'gi://Thr?version=1';

import {test, assert, assertEquals, assertThrows, assertRejects, idle, run} from './harness.js';

Gio._promisify(Thr.Semaphore.prototype, 'acquire_async', 'acquire_finish');

const thrError = code => [Thr.error_quark(), code];
const ioError = code => [Gio.io_error_quark(), code];

test('semaphore/new', () => {
    const semaphore = Thr.Semaphore.new(3);
    assertEquals(semaphore.get_value(), 3);
    assert(!semaphore.bounded);
    assertEquals(semaphore.acquire(), true);
    assertEquals(semaphore.value, 2);
    assertEquals(semaphore.initial_value, 3);
    assertEquals(new Thr.Semaphore().value, 1);
    assertEquals(new Thr.Semaphore({value: 7}).value, 7);
    assert(Thr.Semaphore.new_bounded(2).bounded);
});

test('semaphore/bad-value', () => {
    assertThrows(() => Thr.Semaphore.new(-1), thrError(Thr.Error.INVALID_ARGUMENT));
    assertThrows(() => Thr.Semaphore.new_bounded(-1), thrError(Thr.Error.INVALID_ARGUMENT));
    const refused = new Thr.Semaphore({value: -1});
    assertThrows(() => refused.acquire(), thrError(Thr.Error.INVALID_ARGUMENT));
    assertThrows(() => refused.release(), thrError(Thr.Error.INVALID_ARGUMENT));
    assert(!refused.try_acquire());
});

test('semaphore/release-n-bad', () => {
    const semaphore = Thr.Semaphore.new(0);
    assertThrows(() => semaphore.release_n(0), thrError(Thr.Error.INVALID_ARGUMENT));
    assertThrows(() => semaphore.release_n(-1), thrError(Thr.Error.INVALID_ARGUMENT));
    assertEquals(semaphore.value, 0);
});

test('semaphore/bounded', () => {
    const semaphore = Thr.Semaphore.new_bounded(3);
    assertThrows(() => semaphore.release(), thrError(Thr.Error.OVERFLOW));
    semaphore.acquire();
    semaphore.acquire();
    assertThrows(() => semaphore.release_n(3), thrError(Thr.Error.OVERFLOW));
    assertEquals(semaphore.value, 1);
    assert(semaphore.release_n(2));
    assertEquals(semaphore.value, 3);
});

test('semaphore/timed-out', () => {
    const semaphore = Thr.Semaphore.new(0);
    assertThrows(() => semaphore.acquire_timed(0, null), ioError(Gio.IOErrorEnum.TIMED_OUT));
    assertThrows(() => semaphore.acquire_timed(2000, null), ioError(Gio.IOErrorEnum.TIMED_OUT));
});

test('semaphore/bad-timeout', () => {
    const semaphore = Thr.Semaphore.new(1);
    assertThrows(() => semaphore.acquire_timed(-2, null), thrError(Thr.Error.INVALID_ARGUMENT));
    assertEquals(semaphore.value, 1);
});

test('semaphore/cancelled-before', () => {
    const semaphore = Thr.Semaphore.new(1);
    const cancellable = new Gio.Cancellable();
    cancellable.cancel();
    assertThrows(() => semaphore.acquire_timed(-1, cancellable),
        ioError(Gio.IOErrorEnum.CANCELLED));
    assertEquals(semaphore.value, 1);
});

test('semaphore/kept', () => {
    const semaphore = Thr.Semaphore.new(0);
    assertThrows(() => semaphore.acquire_timed(1000, null), ioError(Gio.IOErrorEnum.TIMED_OUT));
    semaphore.release();
    assert(semaphore.acquire_timed(0, null));
});

test('semaphore/async-waits', async () => {
    const semaphore = Thr.Semaphore.new(0);
    const acquired = [];
    const waits = ['a', 'b', 'c'].map(async name => {
        await semaphore.acquire_async(null);
        acquired.push(name);
    });
    await idle();
    assertEquals(acquired, []);
    assertEquals(semaphore.n_waiters, 3);
    semaphore.release_n(4);
    await Promise.all(waits);
    assertEquals(acquired, ['a', 'b', 'c']);
    assertEquals(semaphore.value, 1);
});

test('semaphore/async-cancelled-during', async () => {
    const semaphore = Thr.Semaphore.new(0);
    const cancellable = new Gio.Cancellable();
    const cancelled = semaphore.acquire_async(cancellable);
    const following = semaphore.acquire_async(null);
    cancellable.cancel();
    semaphore.release();
    await assertRejects(cancelled, ioError(Gio.IOErrorEnum.CANCELLED));
    assertEquals(await following, true);
    assertEquals(semaphore.value, 0);
});

test('semaphore/exclusion', async () => {
    const semaphore = Thr.Semaphore.new(2);
    let inside = 0;
    let most = 0;
    const visits = Array.from({length: 30}, async () => {
        await semaphore.acquire_async(null);
        most = Math.max(most, ++inside);
        await idle();
        inside--;
        semaphore.release();
    });
    await Promise.all(visits);
    assertEquals(most, 2);
    assertEquals(semaphore.value, 2);
});

test('semaphore/signals', async () => {
    const semaphore = new Thr.Semaphore({value: 1, emit_signals: true});
    const told = [];
    semaphore.connect('acquired', () => told.push('a'));
    semaphore.connect('released', () => told.push('r'));
    semaphore.acquire();
    semaphore.release_n(2);
    assertEquals(told, []);
    await idle();
    assertEquals(told, ['a', 'r']);
});

test('semaphore/value-notified', async () => {
    const semaphore = new Thr.Semaphore({value: 1, emit_signals: true});
    const told = [];
    semaphore.connect('notify::value', () => told.push(semaphore.value));
    semaphore.acquire();
    await idle();
    assertEquals(told, [0]);
});

run();
