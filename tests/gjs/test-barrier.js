// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import Gio from 'gi://Gio?version=2.0';
import Thr from 'gi://Thr?version=1';

import {test, assert, assertEquals, assertThrows, assertRejects, idle, run} from './harness.js';

Gio._promisify(Thr.Barrier.prototype, 'wait_async', 'wait_finish');

const thrError = code => [Thr.error_quark(), code];
const ioError = code => [Gio.io_error_quark(), code];

test('barrier/new', () => {
    const barrier = Thr.Barrier.new(3);
    assertEquals(barrier.parties, 3);
    assertEquals(barrier.n_waiting, 0);
    assert(!barrier.broken);
    assertEquals(Thr.Barrier.new(1).wait(), [true, 0]);
});

test('barrier/bad-parties', () => {
    assertThrows(() => Thr.Barrier.new(0), thrError(Thr.Error.INVALID_ARGUMENT));
    assertThrows(() => Thr.Barrier.new(-1), thrError(Thr.Error.INVALID_ARGUMENT));
    assertThrows(() => new Thr.Barrier({parties: 0}).wait(),
        thrError(Thr.Error.INVALID_ARGUMENT));
});

test('barrier/action', () => {
    // JavaScript cannot say which thread comes last.
    assertThrows(() => Thr.Barrier.new_full(2, () => true),
        thrError(Thr.Error.WRONG_LANGUAGE));
    assertEquals(Thr.Barrier.new_full(1, null).wait(), [true, 0]);
});

test('barrier/timed-out', () => {
    const barrier = Thr.Barrier.new(2);
    assertThrows(() => barrier.wait_timed(0, null), ioError(Gio.IOErrorEnum.TIMED_OUT));
    assert(barrier.is_broken());
    assertThrows(() => barrier.wait(), thrError(Thr.Error.BROKEN));
    barrier.reset();
    assert(!barrier.is_broken());
});

test('barrier/bad-timeout', () => {
    const barrier = Thr.Barrier.new(2);
    assertThrows(() => barrier.wait_timed(-2, null), thrError(Thr.Error.INVALID_ARGUMENT));
    assert(!barrier.broken);
});

const indexOf = result => Array.isArray(result) ? result.at(-1) : result;

test('barrier/async', async () => {
    const barrier = Thr.Barrier.new(3);
    const waits = [0, 1, 2].map(() => barrier.wait_async(null));
    assertEquals((await Promise.all(waits)).map(indexOf), [0, 1, 2]);
    assertEquals(barrier.n_waiting, 0);
});

test('barrier/async-cancelled', async () => {
    const barrier = Thr.Barrier.new(3);
    const cancellable = new Gio.Cancellable();
    const cancelled = barrier.wait_async(cancellable);
    const other = barrier.wait_async(null);
    cancellable.cancel();
    await assertRejects(cancelled, ioError(Gio.IOErrorEnum.CANCELLED));
    await assertRejects(other, thrError(Thr.Error.BROKEN));
    assert(barrier.is_broken());
});

test('barrier/abort', async () => {
    const barrier = Thr.Barrier.new(2);
    const wait = barrier.wait_async(null);
    barrier.abort();
    await assertRejects(wait, thrError(Thr.Error.BROKEN));
});

test('barrier/reset', async () => {
    const barrier = Thr.Barrier.new(2);
    const wait = barrier.wait_async(null);
    barrier.reset();
    await assertRejects(wait, thrError(Thr.Error.BROKEN));
    const waits = [barrier.wait_async(null), barrier.wait_async(null)];
    assertEquals((await Promise.all(waits)).map(indexOf), [0, 1]);
});

test('barrier/notified', async () => {
    const barrier = Thr.Barrier.new(2);
    const told = [];
    barrier.connect('notify::broken', () => told.push(barrier.broken));
    barrier.abort();
    assertEquals(told, []);
    await idle();
    assertEquals(told, [true]);
});

run();
