// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The namespace with JavaScript's shapes.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import Thr from 'gi://Thr?version=1';

import {test, assert, assertEquals, assertThrows, assertRejects, idle, until, run} from './harness.js';

const thrError = code => [Thr.Error, code];
const ioError = code => [Gio.io_error_quark(), code];
const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

const pool = new Thr.Pool({max_threads: 2});
const sum = () => new Thr.Call('GLib', 'compute_checksum_for_string', [GLib.ChecksumType.SHA256, 'abc', -1]);

test('override/call', async () => {
    const call = sum();
    assert(call instanceof Thr.Call);
    assert(call instanceof Thr.Callable);
    assertEquals(call.function, 'compute_checksum_for_string');
    assertEquals(await pool.submit_callable(call), ABC);
    assertEquals(await pool.submit(call), ABC);
    assertEquals(await pool.call('GLib', 'compute_checksum_for_string', GLib.ChecksumType.SHA256, 'abc', -1),
        ABC);
    assertThrows(() => new Thr.Call('GLib', 'nothing', []), thrError(Thr.Error.INVALID_ARGUMENT));
    assertThrows(() => new Thr.Call('GLib', 'nothing'), thrError(Thr.Error.INVALID_ARGUMENT));
});

test('override/plain-values', async () => {
    assertEquals(await pool.call('GLib', 'compute_checksum_for_data', GLib.ChecksumType.MD5,
        new Uint8Array([1, 2, 3])), '5289df737df57326fcdd22597afb1fac');
    assertEquals(await pool.call('GLib', 'build_filenamev', ['a', 'b']), 'a/b');
    assertEquals(await pool.call('GLib', 'Variant.new_int64', 5n).then(variant => variant.unpack()), 5);
    assertEquals(await pool.call('GLib', 'usleep', 0), null);
});

test('override/values', async () => {
    const result = await pool.call('GLib', 'filename_from_uri', 'file://host/a');
    assert(Array.isArray(result));
    assertEquals([...result], ['/a', 'host']);
    assertEquals(result.hostname, 'host');
    const [name, host] = await pool.call('GLib', 'filename_from_uri', 'file://there/b');
    assertEquals([name, host], ['/b', 'there']);
    const row = Thr.Values.new([1, 'b']);
    assertEquals([...row], [1, 'b']);
    assertEquals(row.toArray(), [1, 'b']);
});

test('override/wrong-language', () => {
    const text = /JavaScript cannot run on another thread.*Thr\.Call/;
    let called = false;
    const work = () => (called = true);
    assertThrows(() => pool.submit(work), thrError(Thr.Error.WRONG_LANGUAGE));
    assertThrows(() => pool.submit(work), text);
    assertThrows(() => pool.submit_full(0, null, work), text);
    assertThrows(() => pool.push_full(work), text);
    assertThrows(() => Thr.Thread.new(null, work).start(), text);
    const error = assertThrows(() => pool.submit(work));
    assert(error instanceof Thr.Error);
    assert(error.matches(Thr.Error, Thr.Error.WRONG_LANGUAGE));
    assert(!called);
});

test('override/promises', async () => {
    const lock = new Thr.Lock();
    assertEquals(await lock.acquire_async(), true);
    const cancellable = new Gio.Cancellable();
    const waiting = lock.acquire_async(cancellable);
    cancellable.cancel();
    await assertRejects(waiting, ioError(Gio.IOErrorEnum.CANCELLED));
    lock.release();
    const thread = Thr.Thread.new_callable(null, sum());
    thread.start();
    assertEquals(await thread.join_async(), true);
    const future = pool.submit(sum());
    assertEquals(await future.wait_async(), true);
    const other = new Thr.Pool({max_threads: 1});
    const task = other.submit(sum());
    assertEquals(await other.shutdown_async(), true);
    assertEquals(await task, ABC);
    await assertRejects(other.submit(sum()), thrError(Thr.Error.SHUT_DOWN));
});

test('override/callbacks', () => new Promise((resolve, reject) => {
    // With a callback it is what it was.
    const lock = new Thr.Lock();
    const nothing = lock.acquire_async(null, (source, result) => {
        try {
            assert(source === lock);
            assertEquals(lock.acquire_finish(result), true);
            resolve();
        } catch (error) {
            reject(error);
        }
    });
    if (nothing !== undefined)
        reject(new Error('a promise beside a callback'));
}));

test('override/promisified-twice', async () => {
    Gio._promisify(Thr.Lock.prototype, 'acquire_async', 'acquire_finish');
    assertEquals(await new Thr.Lock().acquire_async(null), true);
});

test('override/with', async () => {
    const lock = new Thr.Lock();
    const order = [];
    const visits = ['a', 'b', 'c'].map(name => lock.with(async held => {
        assert(held === lock);
        order.push(`${name} in`);
        await idle();
        order.push(`${name} out`);
        return name;
    }));
    assertEquals(await Promise.all(visits), ['a', 'b', 'c']);
    assertEquals(order, ['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
    await assertRejects(lock.with(() => {
        throw new TypeError('inside');
    }), TypeError);
    assert(!lock.locked);
    const semaphore = Thr.Semaphore.new(1);
    assertEquals(await semaphore.with(() => semaphore.value), 0);
    assertEquals(semaphore.value, 1);
    const cancellable = new Gio.Cancellable();
    cancellable.cancel();
    await assertRejects(semaphore.with(() => 1, cancellable), ioError(Gio.IOErrorEnum.CANCELLED));
    assertEquals(semaphore.value, 1);
});

test('override/then', async () => {
    assertEquals(await pool.submit(sum()).then(text => text.length), 64);
    assertEquals(await pool.submit(sum()).then(null, () => 'failed'), ABC);
    const missing = () => pool.call('Gio', 'File.load_contents', Gio.File.new_for_path('/nowhere'));
    assertEquals(await missing().catch(error => error.code), Gio.IOErrorEnum.NOT_FOUND);
    let ended = 0;
    assertEquals(await pool.submit(sum()).finally(() => ended++), ABC);
    await assertRejects(missing().finally(() => ended++), ioError(Gio.IOErrorEnum.NOT_FOUND));
    assertEquals(ended, 2);
});

test('override/sets', async () => {
    const texts = await Thr.Future.all([sum(), sum(), sum()].map(call => pool.submit(call)));
    assert(Array.isArray(texts));
    assertEquals(texts, [ABC, ABC, ABC]);
    assertEquals(await Thr.Future.all([]), []);
    assertEquals(await Promise.all([sum(), sum()].map(call => pool.submit(call))), [ABC, ABC]);
    assertEquals(await Thr.Future.any([pool.submit(sum())]), ABC);
    assertEquals(await Thr.Future.race([pool.submit(sum())]), ABC);
    const failing = pool.call('Gio', 'File.load_contents', Gio.File.new_for_path('/nowhere'));
    await assertRejects(Thr.Future.all([failing]), ioError(Gio.IOErrorEnum.NOT_FOUND));
    await assertRejects(failing);
});

test('override/signals', async () => {
    let ended = 0;
    const task = pool.submit(sum());
    task.connect('finished', () => ended++);
    assertEquals(await task, ABC);
    await until(() => ended === 1);
});

run();
