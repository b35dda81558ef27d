// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import Gio from 'gi://Gio?version=2.0';
import Thr from 'gi://Thr?version=1';

import {test, assert, assertEquals, assertThrows, assertRejects, idle, run} from './harness.js';

Gio._promisify(Thr.Event.prototype, 'wait_async', 'wait_finish');

const thrError = code => [Thr.error_quark(), code];
const ioError = code => [Gio.io_error_quark(), code];

test('event/new', () => {
    const event = Thr.Event.new();
    assert(!event.flag);
    event.set();
    event.set();
    assertEquals(event.is_set(), true);
    assert(event.flag);
    event.clear();
    assertEquals(event.is_set(), false);
    assertEquals(event.n_waiters, 0);
});

test('event/open', () => {
    const event = new Thr.Event();
    event.set();
    assertEquals(event.wait(), true);
    assertEquals(event.wait_timed(0, null), true);
});

test('event/timed-out', () => {
    const event = new Thr.Event();
    assertThrows(() => event.wait_timed(0, null), ioError(Gio.IOErrorEnum.TIMED_OUT));
    assertThrows(() => event.wait_timed(2000, null), ioError(Gio.IOErrorEnum.TIMED_OUT));
});

test('event/bad-timeout', () => {
    const event = new Thr.Event();
    assertThrows(() => event.wait_timed(-2, null), thrError(Thr.Error.INVALID_ARGUMENT));
});

test('event/cancelled-before', () => {
    const event = new Thr.Event();
    const cancellable = new Gio.Cancellable();
    cancellable.cancel();
    assertThrows(() => event.wait_timed(-1, cancellable), ioError(Gio.IOErrorEnum.CANCELLED));
});

test('event/waits', async () => {
    const event = new Thr.Event();
    const done = [];
    const waits = ['a', 'b', 'c'].map(async name => {
        await event.wait_async(null);
        done.push(name);
    });
    await idle();
    assertEquals(done, []);
    assertEquals(event.n_waiters, 3);
    event.set();
    event.clear();
    await Promise.all(waits);
    assertEquals(done, ['a', 'b', 'c']);
});

test('event/async-cancelled', async () => {
    const event = new Thr.Event();
    const cancellable = new Gio.Cancellable();
    const wait = event.wait_async(cancellable);
    cancellable.cancel();
    await assertRejects(wait, ioError(Gio.IOErrorEnum.CANCELLED));
    assertEquals(event.n_waiters, 0);
});

test('event/notified', async () => {
    const event = new Thr.Event();
    const told = [];
    event.connect('notify::flag', () => told.push(event.flag));
    event.set();
    assertEquals(told, []);
    await idle();
    assertEquals(told, [true]);
});

run();
