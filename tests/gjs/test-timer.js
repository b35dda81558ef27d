// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import Gio from 'gi://Gio?version=2.0';
import Thr from 'gi://Thr?version=1';

import {test, assert, assertEquals, assertThrows, assertRejects, run} from './harness.js';

Gio._promisify(Thr.Timer.prototype, 'wait_async', 'wait_finish');

const thrError = code => [Thr.error_quark(), code];
const ioError = code => [Gio.io_error_quark(), code];
const LONG = 3600 * 1000000;

test('timer/fires', async () => {
    const timer = Thr.Timer.new(2000);
    const told = [];
    timer.connect('fired', () => told.push('fired'));
    timer.start();
    assertThrows(() => timer.start(), thrError(Thr.Error.ALREADY_STARTED));
    assertEquals(await timer.wait_async(null), true);
    assertEquals(told, ['fired']);
    assertEquals(timer.state, Thr.TimerState.FINISHED);
    assertEquals(timer.n_fired, 1);
});

test('timer/bad-interval', () => {
    assertThrows(() => Thr.Timer.new(-1).start(), thrError(Thr.Error.INVALID_ARGUMENT));
    assertThrows(() => Thr.Timer.new_repeating(0).start(), thrError(Thr.Error.INVALID_ARGUMENT));
});

test('timer/func', () => {
    assertThrows(() => Thr.Timer.new_full(0, false, () => true),
        thrError(Thr.Error.WRONG_LANGUAGE));
});

test('timer/cancel', async () => {
    const timer = Thr.Timer.new(LONG);
    timer.start();
    const wait = timer.wait_async(null);
    assert(timer.cancel());
    assert(!timer.cancel());
    assertEquals(await wait, true);
    assertEquals(timer.state, Thr.TimerState.CANCELLED);
});

test('timer/repeating', async () => {
    const timer = new Thr.Timer({interval: 500, repeating: true});
    let n = 0;
    timer.connect('fired', () => {
        if (++n === 3)
            timer.cancel();
    });
    timer.start();
    await timer.wait_async(null);
    assertEquals(n, 3);
});

test('timer/waits', async () => {
    const timer = Thr.Timer.new(LONG);
    await assertRejects(timer.wait_async(null), thrError(Thr.Error.NOT_STARTED));
    timer.start();
    assertThrows(() => timer.wait_timed(0, null), ioError(Gio.IOErrorEnum.TIMED_OUT));
    const cancellable = new Gio.Cancellable();
    const wait = timer.wait_async(cancellable);
    cancellable.cancel();
    await assertRejects(wait, ioError(Gio.IOErrorEnum.CANCELLED));
    timer.cancel();
});

run();
