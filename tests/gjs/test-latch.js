// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import Gio from 'gi://Gio?version=2.0';
import Thr from 'gi://Thr?version=1';

import {test, assert, assertEquals, assertThrows, assertRejects, idle, run} from './harness.js';

Gio._promisify(Thr.Latch.prototype, 'wait_async', 'wait_finish');

const thrError = code => [Thr.error_quark(), code];
const ioError = code => [Gio.io_error_quark(), code];

test('latch/new', () => {
    const latch = Thr.Latch.new(3);
    assertEquals(latch.count_down(2), true);
    assertEquals(latch.count, 1);
    assert(!latch.is_open());
    latch.count_down(1);
    assert(latch.is_open());
    assertEquals(latch.initial_count, 3);
    assert(Thr.Latch.new(0).wait());
    assertEquals(new Thr.Latch({count: 7}).count, 7);
});

test('latch/bad-count', () => {
    assertThrows(() => Thr.Latch.new(-1), thrError(Thr.Error.INVALID_ARGUMENT));
});

test('latch/overflow', () => {
    const latch = Thr.Latch.new(2);
    assertThrows(() => latch.count_down(3), thrError(Thr.Error.OVERFLOW));
    assertThrows(() => latch.count_down(0), thrError(Thr.Error.INVALID_ARGUMENT));
    assertThrows(() => latch.count_down(-1), thrError(Thr.Error.INVALID_ARGUMENT));
    assertEquals(latch.count, 2);
});

test('latch/timed-out', () => {
    const latch = Thr.Latch.new(1);
    assertThrows(() => latch.wait_timed(0, null), ioError(Gio.IOErrorEnum.TIMED_OUT));
    assertThrows(() => latch.wait_timed(2000, null), ioError(Gio.IOErrorEnum.TIMED_OUT));
    assertThrows(() => latch.wait_timed(-2, null), thrError(Thr.Error.INVALID_ARGUMENT));
});

test('latch/waits', async () => {
    const latch = Thr.Latch.new(2);
    let done = 0;
    const waits = Array.from({length: 3}, async () => {
        await latch.wait_async(null);
        done++;
    });
    latch.count_down(1);
    await idle();
    assertEquals(done, 0);
    latch.count_down(1);
    await Promise.all(waits);
    assertEquals(done, 3);
});

test('latch/async-cancelled', async () => {
    const latch = Thr.Latch.new(1);
    const cancellable = new Gio.Cancellable();
    const wait = latch.wait_async(cancellable);
    cancellable.cancel();
    await assertRejects(wait, ioError(Gio.IOErrorEnum.CANCELLED));
    assertEquals(latch.n_waiters, 0);
});

test('latch/opened', async () => {
    const latch = Thr.Latch.new(1);
    const told = [];
    latch.connect('opened', () => told.push('opened'));
    latch.connect('notify::count', () => told.push(latch.count));
    latch.count_down(1);
    assertEquals(told, []);
    await idle();
    assertEquals(told, [0, 'opened']);
});

run();
