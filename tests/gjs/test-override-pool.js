// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Calls with JavaScript's values, and parallel loops over calls.

import Callee from 'gi://Callee?version=1';
import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import GObject from 'gi://GObject?version=2.0';
import System from 'system';
import Thr from 'gi://Thr?version=1';

import {test, assert, assertEquals, assertThrows, assertRejects, idle, until, run} from './harness.js';

const thrError = code => [Thr.Error, code];
const CANCELLED = [Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED];
const LANGUAGE = /JavaScript cannot run on another thread.*Thr\.Call/;

const pool = new Thr.Pool({max_threads: 2});
const digits = n => Array.from({length: n}, (_, i) => 48 + i % 10);
const digit = code => new Thr.Call('GLib', 'ascii_digit_value', [code]);

assert(Callee);

// --- Arguments ---

test('override/args/types', async () => {
    assertEquals(await pool.call('GObject', 'type_name', GObject.TYPE_INT), 'gint');
    assertEquals(await pool.call('GObject', 'type_name', Gio.Cancellable), 'GCancellable');
    assertEquals(await pool.call('GObject', 'type_name', Gio.File.$gtype), 'GFile');
});

test('override/args/bytes', async () => {
    const md5 = thing => pool.call('GLib', 'compute_checksum_for_data', GLib.ChecksumType.MD5, thing);
    const expected = '5289df737df57326fcdd22597afb1fac';
    const buffer = new Uint8Array([0, 1, 2, 3]).buffer;
    for (const thing of [new Uint8Array([1, 2, 3]), new Uint8Array([1, 2, 3]).buffer,
        new Uint8Array(buffer, 1), new DataView(buffer, 1), new Uint8ClampedArray([1, 2, 3]),
        new GLib.Bytes([1, 2, 3])])
        // eslint-disable-next-line no-await-in-loop
        assertEquals(await md5(thing), expected);
});

test('override/args/arrays', async () => {
    const build = (...args) => pool.call('GLib', 'build_filenamev', ...args);
    assertEquals(await build(['a', 'b']), 'a/b');
    for (const array of [[1, 2, 3], new Int32Array([1, 2, 3]), new Int8Array([1, 2, 3]),
        new Int16Array([1, 2, 3]), new Uint16Array([1, 2, 3]), new Uint32Array([1, 2, 3]),
        new BigInt64Array([1n, 2n, 3n]), new BigUint64Array([1n, 2n, 3n])])
        // eslint-disable-next-line no-await-in-loop
        assertEquals(await pool.call('Callee', 'sum_ints', array), 6);
    for (const array of [[0.5, 0.25], new Float32Array([0.5, 0.25]), new Float64Array([0.5, 0.25])])
        // eslint-disable-next-line no-await-in-loop
        assertEquals(await pool.call('Callee', 'sum_doubles', array), 0.75);
});

test('override/args/dictionaries', async () => {
    for (const dictionary of [{a: 1, b: 2}, new Map([['a', 1], ['b', 2]])]) {
        // eslint-disable-next-line no-await-in-loop
        const answer = await pool.call('Callee', 'hash', dictionary);
        assertEquals(Object.keys(answer.deepUnpack()).sort(), ['a', 'b']);
    }
    assertThrows(() => new Thr.Call('Callee', 'hash', [{a: Symbol('x')}]), TypeError);
});

test('override/args/numbers', async () => {
    assertEquals(await pool.call('GLib', 'Variant.new_int64', 2 ** 40).then(v => v.unpack()), 2 ** 40);
    assertEquals(await pool.call('GLib', 'Variant.new_uint64', 2n ** 64n - 1n).then(v => v.print(false)),
        '18446744073709551615');
    assertEquals(await pool.call('GLib', 'getenv', 'THR_NOT_THERE'), null);
});

test('override/args/refused', () => {
    for (const thing of [Symbol('x'), new Date(), new Promise(() => {}), /x/])
        assertThrows(() => new Thr.Call('GLib', 'getenv', [thing]), TypeError);
    const error = assertThrows(() => new Thr.Call('GLib', 'getenv', [() => 1]), LANGUAGE);
    assert(error.matches(Thr.Error, Thr.Error.WRONG_LANGUAGE));
    assert(error.message.startsWith('Thr.Call.new():'), error.message);
});

// --- Loops ---

test('override/map/call', async () => {
    assertEquals(await pool.map('GLib', 'ascii_digit_value', digits(50)), digits(50).map(code => code - 48));
    assertEquals(await pool.map('GLib', 'ascii_digit_value', digits(5).map(code => [code])), [0, 1, 2, 3, 4]);
    assertEquals(await pool.map('GLib', 'ascii_digit_value', []), []);
    assertThrows(() => pool.map('GLib', 'no_such_function', [[1]]), thrError(Thr.Error.INVALID_ARGUMENT));
});

test('override/map/callables', async () => {
    assertEquals(await pool.map(digits(20).map(digit)), digits(20).map(code => code - 48));
    assertEquals(await pool.for_each(new Set(digits(3).map(digit))), [0, 1, 2]);
    assertEquals(await pool.submit_all(digits(3).map(digit)), [0, 1, 2]);
});

test('override/map/several-results', async () => {
    const [first, second] = await pool.map('GLib', 'filename_from_uri', ['file://host/a', 'file://there/b']);
    assertEquals([...first, ...second], ['/a', 'host', '/b', 'there']);
    assertEquals(second.hostname, 'there');
});

test('override/map/failure', async () => {
    const files = ['/', '/nowhere', '/'].map(path => Gio.File.new_for_path(path));
    await assertRejects(pool.map('Gio', 'File.load_contents', files.map(file => [file, null])), GLib.Error);
});

test('override/map/progress', async () => {
    const told = [];
    const loop = pool.map('GLib', 'ascii_digit_value', digits(500));
    assert(loop instanceof Thr.ParallelLoop);
    loop.connect('notify::progress', () => told.push(loop.progress));
    await loop;
    await until(() => told.at(-1) === 1);
    assertEquals(told, [...told].sort((a, b) => a - b));
});

test('override/map/cancelled', async () => {
    const cancellable = new Gio.Cancellable();
    const gate = Thr.Semaphore.new(0);
    const loop = pool.map('Thr', 'Semaphore.acquire_timed', digits(50).map(() => [gate, -1]), cancellable);
    await until(() => gate.n_waiters === 2);
    cancellable.cancel();
    await assertRejects(loop, CANCELLED);
    assertEquals(gate.n_waiters, 0);
    await assertRejects(pool.map(digits(3).map(digit), cancellable), CANCELLED);
    const other = pool.map('Thr', 'Semaphore.acquire_timed', digits(50).map(() => [gate, -1]));
    await until(() => gate.n_waiters === 2);
    other.cancel();
    await assertRejects(other, CANCELLED);
});

test('override/map/wrong-language', () => {
    let called = false;
    const work = () => (called = true);
    for (const give of [() => pool.for_each(0, 5, 0, null, work), () => pool.map(0, 5, 0, null, work),
        () => pool.submit_for_each(0, 5, 0, null, work), () => pool.submit_map(0, 5, 0, null, work),
        () => pool.map(work, [1, 2]), () => pool.for_each([1, 2], work), () => pool.map([digit(48), work]),
        () => pool.submit_all([work]), () => pool.submit_callable(work),
        () => Thr.Thread.new_callable(null, work)]) {
        const error = assertThrows(give, LANGUAGE);
        assert(error.matches(Thr.Error, Thr.Error.WRONG_LANGUAGE));
    }
    assert(!called);
});

test('override/map/take-part', async () => {
    const busy = new Thr.Pool({max_threads: 1});
    const gate = Thr.Semaphore.new(0);
    const task = busy.submit(new Thr.Call('Thr', 'Semaphore.acquire', [gate]));
    await until(() => gate.n_waiters === 1);
    const loop = busy.map(digits(5).map(digit));
    assert(loop.take_part());
    assert(loop.done);
    assertEquals(await loop, [0, 1, 2, 3, 4]);
    gate.release();
    await task;
    await busy.shutdown_async();
});

// Waits go on while everything that JavaScript no longer holds is collected.
test('override/collected-meanwhile', async () => {
    const loops = [];
    for (let i = 0; i < 50; i++) {
        loops.push(pool.map('GLib', 'ascii_digit_value', digits(20)));
        const lock = new Thr.Lock();
        loops.push(lock.with(() => idle().then(() => lock.with(() => assert(false), {timeout: 0.001})
            .catch(() => [7]))));
        System.gc();
    }
    for (const [i, answer] of (await Promise.all(loops)).entries())
        assertEquals(answer.at(-1), i % 2 ? 7 : 9);
});

test('override/pool-goes-first', async () => {
    let brief = new Thr.Pool({max_threads: 1});
    const loop = brief.map('GLib', 'ascii_digit_value', digits(100));
    brief = null;
    System.gc();
    assertEquals((await loop).length, 100);
});

run();
