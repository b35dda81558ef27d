// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Queues with JavaScript's shapes.

import Gio from 'gi://Gio?version=2.0';
import System from 'system';
import Thr from 'gi://Thr?version=1';

import {test, assert, assertEquals, assertThrows, assertRejects, idle, run} from './harness.js';

const {FIFO, PRIORITY} = Thr.QueueKind;
const thrError = code => [Thr.Error, code];
const TIMED_OUT = [Gio.io_error_quark(), Gio.IOErrorEnum.TIMED_OUT];
const CANCELLED = [Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED];

test('override/queue/any-value', async () => {
    const queue = new Thr.Queue();
    const things = [{a: 1}, [1, 'two', null], new Uint8Array([1]), new Date(0), () => 3, Symbol('x'),
        5, 'text', true, null, new Thr.Lock(), Gio.File.new_for_path('/'), new Error('e'), new Map()];
    for (const thing of things)
        // eslint-disable-next-line no-await-in-loop
        await queue.put_async(thing);
    System.gc();
    for (const thing of things) {
        // eslint-disable-next-line no-await-in-loop
        const got = await queue.get_async();
        assert(got === thing || got.equal?.(thing), `${String(thing)} came out as ${String(got)}`);
    }
    queue.put([1]);
    assertEquals(queue.get(), [1]);
    assert(queue.try_put([2]));
    assertEquals(queue.try_get(), [2]);
    queue.put_timed([3], 0, null);
    assertEquals(queue.get_timed(0, null), [3]);
    queue.put(undefined);
    assertEquals(queue.get(), null);
    // What is still there goes with it.
    queue.put({left: 'over'});
    queue.shutdown(true);
});

// GJS makes no GValue of such objects that would keep them.
test('override/queue/collected', () => {
    const queue = new Thr.Queue();
    const local = new Thr.Local();
    for (let i = 0; i < 200; i++)
        queue.put({i});
    local.set('thing', {of: 'mine'});
    System.gc();
    const junk = Array.from({length: 100000}, (_, i) => ({junk: i}));
    System.gc();
    for (let i = 0; i < 200; i++)
        assertEquals(queue.get().i, i);
    assertEquals(local.get('thing').of, 'mine');
    assertEquals(junk.length, 100000);
});

test('override/queue/seconds', async () => {
    const queue = Thr.Queue.new(FIFO, 1);
    assertThrows(() => queue.get(0.001), TIMED_OUT);
    await assertRejects(queue.get_async({timeout: 0.001}), TIMED_OUT);
    assertEquals(queue.put([1], 0.1), true);
    assertThrows(() => queue.put([2], 0.001), TIMED_OUT);
    await assertRejects(queue.put_async([2], {timeout: 0.001}), TIMED_OUT);
    assertThrows(() => queue.join(0.001), TIMED_OUT);
    await assertRejects(queue.join_async({timeout: 0.001}), TIMED_OUT);
    assertEquals(queue.get(1), [1]);
    queue.task_done();
    assertEquals(await queue.join_async(), true);
    const cancellable = new Gio.Cancellable();
    const waits = [queue.get_async(cancellable), queue.get_async({timeout: 60, cancellable})];
    cancellable.cancel();
    await Promise.all(waits.map(wait => assertRejects(wait, CANCELLED)));
});

test('override/queue/priority', async () => {
    const queue = Thr.Queue.new(PRIORITY, 0);
    queue.put_with_priority(['late'], 3, -1, null);
    await queue.put_with_priority_async(['early'], 1);
    await queue.put_with_priority_async(['middle'], 2, {timeout: 1});
    assertEquals([queue.get(), queue.get(), queue.get()], [['early'], ['middle'], ['late']]);
});

test('override/queue/for-await', async () => {
    const queue = Thr.Queue.new(FIFO, 2);
    const got = [];
    const consumer = (async () => {
        for await (const item of queue)
            got.push(item);
        return 'ended';
    })();
    for (let i = 0; i < 10; i++)
        // eslint-disable-next-line no-await-in-loop
        await queue.put_async({i});
    queue.shutdown(false);
    assertEquals(await consumer, 'ended');
    assertEquals(got.map(({i}) => i), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for await (const item of queue)
        assert(false, `${item} is left`);
});

test('override/queue/for-await-break', async () => {
    const queue = new Thr.Queue();
    [1, 2, 3].forEach(i => queue.put(i));
    for await (const item of queue) {
        if (item === 2)
            break;
    }
    assertEquals(queue.n_waiters, 0);
    assertEquals(queue.get(), 3);
});

test('override/queue/consumers', async () => {
    const queue = new Thr.Queue();
    let sum = 0;
    const consumers = [1, 2, 3].map(async () => {
        for await (const item of queue)
            sum += item;
    });
    for (let i = 1; i <= 100; i++)
        queue.put(i);
    queue.shutdown(false);
    await Promise.all(consumers);
    assertEquals(sum, 5050);
});

// Filled and emptied by other threads, while JavaScript is collected.
test('override/queue/across-threads', async () => {
    const queue = Thr.Queue.new(FIFO, 4);
    const pool = new Thr.Pool({max_threads: 2});
    const puts = pool.submit_all(Array.from({length: 200},
        (_, i) => new Thr.Call('Thr', 'Queue.put', [queue, `item ${i}`])));
    const got = new Set();
    for await (const item of queue) {
        got.add(item);
        if (got.size % 20 === 0)
            System.gc();
        if (got.size === 200)
            break;
    }
    await puts;
    assertEquals(got.size, 200);
    await pool.shutdown_async();
    await idle();
});

test('override/queue/shut-down', async () => {
    const queue = new Thr.Queue();
    const waiting = queue.get_async();
    queue.shutdown(false);
    const error = await assertRejects(waiting, thrError(Thr.Error.SHUT_DOWN));
    assert(error instanceof Thr.Error);
    await assertRejects(queue.put_async(1), thrError(Thr.Error.SHUT_DOWN));
});

run();
