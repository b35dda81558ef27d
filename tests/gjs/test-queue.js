// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import Gio from 'gi://Gio?version=2.0';
import GObject from 'gi://GObject?version=2.0';
import './without-override.js';
import Thr from 'gi://Thr?version=1';

import {test, assert, assertEquals, assertThrows, assertRejects, idle, run} from './harness.js';

for (const verb of ['put', 'put_with_priority', 'get', 'join'])
    Gio._promisify(Thr.Queue.prototype, `${verb}_async`, `${verb}_finish`);

const {FIFO, LIFO, PRIORITY} = Thr.QueueKind;
const thrError = code => [Thr.error_quark(), code];
const ioError = code => [Gio.io_error_quark(), code];
const range = n => Array.from({length: n}, (_item, i) => i);

test('queue/new', () => {
    const queue = Thr.Queue.new(FIFO, 2);
    assertEquals([queue.kind, queue.max_size], [FIFO, 2]);
    assert(queue.is_empty());
    queue.put(1);
    assert(!queue.is_full());
    queue.put(2);
    assert(queue.is_full());
    assertEquals([queue.size, queue.unfinished, queue.closed], [2, 2, false]);
    assertEquals(Thr.Queue.new(FIFO, -1).get_max_size(), 0);
});

test('queue/fifo', () => {
    const queue = new Thr.Queue();
    range(100).forEach(i => queue.put(i));
    assertEquals(range(100).map(() => queue.get()), range(100));
});

test('queue/lifo', () => {
    const queue = new Thr.Queue({kind: LIFO});
    range(100).forEach(i => queue.put(i));
    assertEquals(range(100).map(() => queue.get()), range(100).reverse());
});

test('queue/priority', async () => {
    const queue = new Thr.Queue({kind: PRIORITY});
    queue.put(7);
    queue.put(0.5);
    queue.put_with_priority('a', 3, -1, null);
    queue.put_with_priority('b', -1, -1, null);
    await queue.put_with_priority_async('c', 3, null);
    assertEquals(range(5).map(() => queue.get()), ['b', 0.5, 'a', 'c', 7]);
});

test('queue/priority-misuse', () => {
    const queue = new Thr.Queue({kind: PRIORITY});
    const invalid = thrError(Thr.Error.INVALID_ARGUMENT);
    assertThrows(() => queue.put('text'), invalid);
    assertThrows(() => queue.put_with_priority('text', NaN, -1, null), invalid);
    assertThrows(() => new Thr.Queue().put_with_priority(1, 1, -1, null), invalid);
});

test('queue/values', () => {
    const queue = new Thr.Queue();
    const object = new Thr.Lock();
    const values = ['text', 1.5, true, object];
    values.forEach(value => queue.put(value));
    assertEquals(values.map(() => queue.get()), values);
    queue.put(null);
    assertEquals(queue.get(), null);
    queue.put('item');
    const value = new GObject.Value();
    value.init(GObject.TYPE_INT);
    assert(queue.get_into(value));
    assertEquals(value.get_string(), 'item');
});

test('queue/task-done', () => {
    const queue = new Thr.Queue();
    assertThrows(() => queue.task_done(), thrError(Thr.Error.INVALID_STATE));
    assert(queue.join());
    queue.put(1);
    assertThrows(() => queue.join_timed(0, null), ioError(Gio.IOErrorEnum.TIMED_OUT));
    assert(queue.task_done());
    assert(queue.join_timed(-1, null));
});

test('queue/join', async () => {
    const queue = new Thr.Queue();
    queue.put(1);
    const joined = queue.join_async(null);
    await idle();
    assertEquals(queue.n_waiters, 1);
    queue.task_done();
    assert(await joined);
});

test('queue/shutdown-draining', async () => {
    const queue = new Thr.Queue({max_size: 1});
    queue.put(1);
    const waiting = queue.put_async(2, null);
    queue.shutdown(false);
    await assertRejects(waiting, thrError(Thr.Error.SHUT_DOWN));
    assert(queue.closed);
    assertThrows(() => queue.put(2), thrError(Thr.Error.SHUT_DOWN));
    assertEquals(queue.get(), 1);
    assertThrows(() => queue.get(), thrError(Thr.Error.SHUT_DOWN));
});

test('queue/shutdown-immediate', () => {
    const queue = new Thr.Queue();
    queue.put(1);
    queue.put(new Thr.Lock());
    queue.shutdown(true);
    assert(queue.is_empty());
    assert(queue.join());
    assertThrows(() => queue.get(), thrError(Thr.Error.SHUT_DOWN));
});

test('queue/shutdown-getters', async () => {
    const queue = new Thr.Queue();
    const waiting = queue.get_async(null);
    queue.shutdown(false);
    await assertRejects(waiting, thrError(Thr.Error.SHUT_DOWN));
});

test('queue/timed-out', () => {
    const queue = new Thr.Queue({max_size: 1});
    const timedOut = ioError(Gio.IOErrorEnum.TIMED_OUT);
    for (const timeout of [0, 2000])
        assertThrows(() => queue.get_timed(timeout, null), timedOut);
    queue.put(1);
    for (const timeout of [0, 2000])
        assertThrows(() => queue.put_timed(2, timeout, null), timedOut);
    assert(!queue.try_put(2));
    assertEquals(queue.try_get(), 1);
    assertEquals(queue.try_get(), null);
});

test('queue/bad-timeout', () => {
    const queue = new Thr.Queue();
    const invalid = thrError(Thr.Error.INVALID_ARGUMENT);
    assertThrows(() => queue.get_timed(-2, null), invalid);
    assertThrows(() => queue.put_timed(1, -2, null), invalid);
    assertThrows(() => queue.join_timed(-2, null), invalid);
});

test('queue/cancelled', () => {
    const queue = new Thr.Queue();
    const cancellable = new Gio.Cancellable();
    cancellable.cancel();
    const cancelled = ioError(Gio.IOErrorEnum.CANCELLED);
    queue.put(1);
    assertThrows(() => queue.get_timed(-1, cancellable), cancelled);
    assertThrows(() => queue.put_timed(2, -1, cancellable), cancelled);
    assertEquals(queue.size, 1);
});

test('queue/async-cancelled', async () => {
    const queue = new Thr.Queue({max_size: 1});
    const cancellable = new Gio.Cancellable();
    const cancelled = ioError(Gio.IOErrorEnum.CANCELLED);
    const getting = queue.get_async(cancellable);
    cancellable.cancel();
    await assertRejects(getting, cancelled);
    await assertRejects(queue.put_async(1, cancellable), cancelled);
    assertEquals([queue.n_waiters, queue.size], [0, 0]);
});

test('queue/cancelled-after-grant', async () => {
    const queue = new Thr.Queue();
    const cancellable = new Gio.Cancellable();
    const getting = queue.get_async(cancellable);
    queue.put(1);
    assertEquals(queue.size, 0);
    queue.put(2);
    cancellable.cancel();
    await assertRejects(getting, ioError(Gio.IOErrorEnum.CANCELLED));
    assertEquals([queue.get(), queue.get()], [1, 2]);
});

test('queue/order', async () => {
    const queue = new Thr.Queue({max_size: 1});
    const gets = Promise.all(range(5).map(() => queue.get_async(null)));
    const puts = Promise.all(range(8).map(i => queue.put_async(i, null)));
    assertEquals(await gets, range(5));
    assertEquals(queue.n_putters, 2);
    assertEquals(range(3).map(() => queue.get()), [5, 6, 7]);
    await puts;
});

test('queue/notified', async () => {
    const queue = new Thr.Queue();
    const told = [];
    queue.connect('notify::size', () => told.push(queue.size));
    queue.observed = true;
    queue.put(1);
    queue.put(2);
    assertEquals(told, []);
    await idle();
    assertEquals(told, [2]);
});

run();
