// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// ThrParallelLoop, without the override.

import './without-override.js';
import Gio from 'gi://Gio?version=2.0';
import Thr from 'gi://Thr?version=1';

import {test, assert, assertEquals, assertThrows, assertRejects, until, run} from './harness.js';

const State = Thr.FutureState;
const thrError = code => [Thr.Error, code];
const ioError = code => [Gio.io_error_quark(), code];
const digits = n => Array.from({length: n}, (_, i) => Thr.Call.new('GLib', 'ascii_digit_value', [48 + i % 10]));
const values = row => Array.from({length: row.n_values}, (_, i) => row.get_value(i));

test('parallel-loop/all', async () => {
    const pool = Thr.Pool.new(2);
    const loop = pool.submit_all(digits(50), null);
    assert(loop instanceof Thr.ParallelLoop);
    assertEquals(values(await loop), Array.from({length: 50}, (_, i) => i % 10));
    assertEquals(loop.progress, 1);
    assertEquals(loop.state, State.RESOLVED);
    pool.shutdown(false, true);
});

test('parallel-loop/observed', async () => {
    const pool = Thr.Pool.new(2);
    const loop = pool.submit_all(digits(500), null);
    let last = 0, done = 0;
    loop.connect('notify::progress', () => {
        assert(loop.progress >= last);
        last = loop.progress;
    });
    loop.connect('done', () => done++);
    await loop;
    await until(() => done === 1 && last === 1);
});

test('parallel-loop/empty', async () => {
    assertEquals((await Thr.Pool.new(1).submit_all([], null)).n_values, 0);
});

test('parallel-loop/first-error', async () => {
    const pool = Thr.Pool.new(1);
    const missing = Gio.File.new_for_path('/nowhere');
    const calls = [...digits(3), Thr.Call.new('Gio', 'File.query_info', [missing, '*', 0])];
    await assertRejects(pool.submit_all(calls, null), ioError(Gio.IOErrorEnum.NOT_FOUND));
});

test('parallel-loop/cancelled', async () => {
    const pool = Thr.Pool.new(1);
    const gate = Thr.Semaphore.new(0);
    const calls = [1, 2, 3].map(() => Thr.Call.new('Thr', 'Semaphore.acquire_timed', [gate, -1]));
    const loop = pool.submit_all(calls, null);
    await until(() => gate.n_waiters === 1);
    assert(!loop.cancel());
    await assertRejects(loop, ioError(Gio.IOErrorEnum.CANCELLED));
    const cancellable = new Gio.Cancellable();
    cancellable.cancel();
    await assertRejects(pool.submit_all(digits(3), cancellable), ioError(Gio.IOErrorEnum.CANCELLED));
});

test('parallel-loop/take-part', async () => {
    const pool = Thr.Pool.new(1);
    const gate = Thr.Semaphore.new(0);
    const task = pool.submit_callable(Thr.Call.new('Thr', 'Semaphore.acquire', [gate]));
    await until(() => gate.n_waiters === 1);
    const loop = pool.submit_all(digits(5), null);
    assert(loop.take_part());
    assertEquals(values(await loop), [0, 1, 2, 3, 4]);
    gate.release();
    await task;
});

test('parallel-loop/shut-down', async () => {
    const pool = Thr.Pool.new(1);
    pool.shutdown(false, true);
    await assertRejects(pool.submit_all(digits(3), null), thrError(Thr.Error.SHUT_DOWN));
});

test('parallel-loop/wrong-language', async () => {
    const pool = Thr.Pool.new(1);
    const text = /JavaScript cannot run on another thread.*Thr\.Call/;
    let called = false;
    const work = () => (called = true);
    for (const refused of [() => pool.for_each(0, 5, 0, null, work), () => pool.map(0, 5, 0, null, work)]) {
        assertThrows(refused, thrError(Thr.Error.WRONG_LANGUAGE));
        assertThrows(refused, text);
    }
    await assertRejects(pool.submit_for_each(0, 5, 0, null, work), text);
    await assertRejects(pool.submit_map(0, 5, 0, null, work), text);
    assert(!called);
});

run();
