// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What of ThrRWLock JavaScript can have: its one thread reads and writes, and awaits.

import Gio from 'gi://Gio?version=2.0';
import Thr from 'gi://Thr?version=1';

import {test, assert, assertEquals, assertThrows, assertRejects, idle, run} from './harness.js';

Gio._promisify(Thr.RWLock.prototype, 'acquire_read_async', 'acquire_read_finish');
Gio._promisify(Thr.RWLock.prototype, 'acquire_write_async', 'acquire_write_finish');

const thrError = code => [Thr.error_quark(), code];
const ioError = code => [Gio.io_error_quark(), code];

test('rw-lock/many-read', async () => {
    const lock = new Thr.RWLock();
    await Promise.all([1, 2, 3].map(() => lock.acquire_read_async(null)));
    assertEquals(lock.n_readers, 1);
    assert(lock.is_read_held());
    assert(!lock.write_locked);
    for (let i = 0; i < 3; i++)
        assertEquals(lock.release_read(), true);
    assertThrows(() => lock.release_read(), thrError(Thr.Error.NOT_HELD));
});

test('rw-lock/one-writes', () => {
    const lock = new Thr.RWLock();
    assertThrows(() => lock.release_write(), thrError(Thr.Error.NOT_HELD));
    assertThrows(() => lock.acquire_write_timed(-2, null), thrError(Thr.Error.INVALID_ARGUMENT));
    assertEquals(lock.acquire_write(), true);
    assert(lock.is_write_locked());
    assert(lock.is_write_held());
    assertEquals(lock.release_write(), true);
});

test('rw-lock/again', () => {
    const lock = new Thr.RWLock();
    lock.acquire_write();
    lock.acquire_write();
    lock.acquire_read();
    lock.release_write();
    lock.release_write();
    assert(!lock.is_write_held());
    assert(lock.is_read_held());
});

test('rw-lock/upgrade', () => {
    const lock = new Thr.RWLock();
    lock.acquire_read();
    assertThrows(() => lock.acquire_write(), thrError(Thr.Error.DEADLOCK));
    assert(!lock.try_acquire_write());
});

test('rw-lock/writers-first', async () => {
    const lock = new Thr.RWLock();
    const order = [];
    lock.acquire_read();
    const writing = lock.acquire_write_async(null).then(() => {
        order.push('write');
        lock.release_write();
    });
    const reading = lock.acquire_read_async(null).then(() => {
        order.push('read');
        lock.release_read();
    });
    await idle();
    assertEquals(order, []);
    assertEquals(lock.n_waiters, 2);
    lock.release_read();
    await Promise.all([writing, reading]);
    assertEquals(order, ['write', 'read']);
});

test('rw-lock/async-cancelled', async () => {
    const lock = new Thr.RWLock();
    const cancellable = new Gio.Cancellable();
    lock.acquire_read();
    const promise = lock.acquire_write_async(cancellable);
    cancellable.cancel();
    await assertRejects(promise, ioError(Gio.IOErrorEnum.CANCELLED));
    assertEquals(lock.n_waiters, 0);
});

// A condition takes any lockable, and with it either half of a lock.
test('rw-lock/views', async () => {
    const lock = new Thr.RWLock();
    const reader = lock.get_reader();
    const writer = lock.get_writer();
    assert(reader.lock === lock && !reader.writes && writer.writes);

    await reader.acquire_async(null);
    assertEquals(lock.n_readers, 1);
    assert(writer.is_locked() && !reader.is_locked());
    assert(!writer.try_acquire());
    reader.release();

    writer.acquire();
    assert(lock.is_write_held());
    assertThrows(() => reader.release(), thrError(Thr.Error.NOT_HELD));
    const condition = new Thr.Condition({lock: writer});
    assertThrows(() => condition.wait_timed(1000, null), ioError(Gio.IOErrorEnum.TIMED_OUT));
    assert(lock.is_write_held());
    writer.release();
    assert(!lock.write_locked);
});

run();
