// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What else can be waited for, with JavaScript's shapes.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import GObject from 'gi://GObject?version=2.0';
import Thr from 'gi://Thr?version=1';

import {test, assert, assertEquals, assertThrows, assertRejects, emission, idle, run} from './harness.js';

const thrError = code => [Thr.Error, code];
const TIMED_OUT = [Gio.io_error_quark(), Gio.IOErrorEnum.TIMED_OUT];
const CANCELLED = [Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED];
const LANGUAGE = /JavaScript cannot run on another thread.*Thr\.Call/;

const nothing = () => new Thr.Call('GLib', 'usleep', [0]);

/** Whoever can be waited for and does not come: rejected when out of time or cancelled. */
async function neverComes(waited, verb = 'wait') {
    const cancellable = new Gio.Cancellable();
    await assertRejects(waited[`${verb}_async`]({timeout: 0.005}), TIMED_OUT);
    const waits = [waited[`${verb}_async`](cancellable),
        waited[`${verb}_async`]({timeout: 3600, cancellable})];
    cancellable.cancel();
    await Promise.all(waits.map(wait => assertRejects(wait, CANCELLED)));
}

test('override/condition-wait-for', async () => {
    const condition = new Thr.Condition();
    let answer = null;
    const notified = condition.with(() => condition.wait_for_async(() => answer, {timeout: Infinity}));
    await condition.with(() => {
        answer = 'notified';
        condition.notify(1);
    });
    assertEquals(await notified, 'notified');
    // When the time is up the predicate has the last word, and a cancellation has none.
    let n = 0;
    await condition.with(async () => {
        assertEquals(await condition.wait_for_async(() => n++ > 0, {timeout: 0}), true);
        const cancellable = new Gio.Cancellable();
        n = 0;
        const wait = condition.wait_for_async(() => n++ > 0, {cancellable});
        cancellable.cancel();
        await assertRejects(wait, CANCELLED);
    });
    await assertRejects(condition.wait_for_async(() => false, {timeout: -1}), RangeError);
});

test('override/limits', async () => {
    const event = new Thr.Event();
    // More than a source of the main loop can count.
    const waits = [2 ** 32 / 1000, 1e7, 1e300].map(timeout => event.wait_async({timeout}));
    await idle();
    event.set();
    assertEquals(await Promise.all(waits), [true, true, true]);
    event.clear();
    // The limit of an awaited wait says what that of a blocked one says.
    const blocked = assertThrows(() => event.wait(0), TIMED_OUT);
    const awaited = await assertRejects(event.wait_async({timeout: 0}), TIMED_OUT);
    assertEquals(awaited.message, blocked.message);
    // What is refused leaves no limit behind.
    await assertRejects(event.wait_async.call(new Thr.Latch(), {timeout: 0.001}), Error);
});

test('override/condition', async () => {
    const condition = new Thr.Condition();
    let items = 0;
    const consumer = condition.with(async self => {
        assert(self === condition);
        assertEquals(await condition.wait_for_async(() => items > 2), true);
        return items;
    });
    for (let i = 0; i < 3; i++) {
        // eslint-disable-next-line no-await-in-loop
        await condition.with(() => {
            items++;
            condition.notify(1);
        });
    }
    assertEquals(await consumer, 3);
    await condition.with(async () => {
        await assertRejects(condition.wait_async({timeout: 0.005}), TIMED_OUT);
        const cancellable = new Gio.Cancellable();
        const wait = condition.wait_async({timeout: 3600, cancellable});
        cancellable.cancel();
        await assertRejects(wait, CANCELLED);
        await assertRejects(condition.wait_for_async(() => false, {timeout: 0.005}), TIMED_OUT);
        assertThrows(() => condition.wait(0.001), TIMED_OUT);
        // The lock is held on every way out.
        assert(condition.lock.is_locked());
    });
    assert(!condition.lock.is_locked());
    await assertRejects(condition.wait_async(), thrError(Thr.Error.NOT_HELD));
});

test('override/event', async () => {
    const event = new Thr.Event();
    await neverComes(event);
    const wait = event.wait_async();
    event.set();
    assertEquals(await wait, true);
    assertEquals(await event.wait_async({timeout: 0}), true);
    assertEquals(event.wait(0), true);
    event.clear();
    assertThrows(() => event.wait(0.001), TIMED_OUT);
});

test('override/barrier', async () => {
    const barrier = Thr.Barrier.new(3);
    const waits = [0, 1, 2].map(() => barrier.wait_async());
    const places = (await Promise.all(waits)).map(place => Array.isArray(place) ? place.at(-1) : place);
    assertEquals(places.sort(), [0, 1, 2]);
    const late = barrier.wait_async({timeout: 0.005});
    const other = barrier.wait_async();
    await assertRejects(late, TIMED_OUT);
    await assertRejects(other, thrError(Thr.Error.BROKEN));
    barrier.reset();
    assertThrows(() => Thr.Barrier.new_full(2, () => true), LANGUAGE);
});

test('override/latch', async () => {
    const latch = Thr.Latch.new(2);
    await neverComes(latch);
    const wait = latch.wait_async();
    latch.count_down(2);
    assertEquals(await wait, true);
    assertEquals(latch.wait(0.1), true);
});

test('override/timer', async () => {
    const begin = GLib.get_monotonic_time();
    const timer = Thr.Timer.after(0.02);
    timer.start();
    assertEquals(await timer.wait_async(), true);
    assert(GLib.get_monotonic_time() - begin >= 20000);
    const ticks = Thr.Timer.every(0.001);
    const fired = emission(ticks, 'fired');
    ticks.start();
    await fired;
    assert(ticks.cancel());
    await ticks.wait_async();
    const long = Thr.Timer.after(3600);
    long.start();
    await neverComes(long);
    assertThrows(() => long.wait(0.001), TIMED_OUT);
    long.cancel();
    assertThrows(() => Thr.Timer.new_full(0, false, () => true), LANGUAGE);
});

test('override/sleep', async () => {
    const {sleep: pause} = Thr;
    const begin = GLib.get_monotonic_time();
    await pause(0.01);
    assert(GLib.get_monotonic_time() - begin >= 10000);
    const cancellable = new Gio.Cancellable();
    const long = pause(3600, cancellable);
    cancellable.cancel();
    await assertRejects(long, CANCELLED);
});

test('override/local', () => {
    const local = new Thr.Local();
    const thing = {list: [1, 2], of: () => 3};
    for (const value of [thing, [1, 'two'], 5, 'text', null, new Map(), new Thr.Lock()]) {
        local.set('thing', value);
        assert(local.get('thing') === value);
    }
    local.set('thing', undefined);
    assertEquals(local.get('thing'), null);
    assertEquals(local.get('nothing'), null);
    assertThrows(() => Thr.Local.new_full(() => 1), LANGUAGE);
});

test('override/thread', async () => {
    const gate = Thr.Semaphore.new(0);
    const thread = Thr.Thread.new('worker', new Thr.Call('Thr', 'Semaphore.acquire', [gate]));
    assertEquals(thread.name, 'worker');
    await assertRejects(thread.join_async(), thrError(Thr.Error.NOT_STARTED));
    thread.start();
    await neverComes(thread, 'join');
    assertThrows(() => thread.join(0.001), TIMED_OUT);
    assert(thread.is_alive());
    gate.release();
    assertEquals(await thread.join_async({timeout: 3600}), true);
    assertEquals(thread.join(0), true);
    assert(!thread.is_alive());
    assertThrows(() => thread.start(), thrError(Thr.Error.ALREADY_STARTED));
});

test('override/thread-functions', async () => {
    const latch = Thr.Latch.new(1);
    const ident = Thr.start_new_thread(new Thr.Call('Thr', 'Latch.count_down', [latch, 1]));
    assert(ident > 0);
    await latch.wait_async();
    for (const give of [() => Thr.Thread.new(null, () => true), () => Thr.start_new_thread(() => true),
        () => new Thr.Future().watch(() => true)]) {
        const error = assertThrows(give, LANGUAGE);
        assert(error instanceof Thr.Error);
        assert(error.matches(Thr.Error, Thr.Error.WRONG_LANGUAGE));
    }
});

test('override/future', async () => {
    const thing = {any: 'thing'};
    const future = new Thr.Future();
    await neverComes(future);
    assertThrows(() => future.wait(1000), TIMED_OUT);
    future.set_value(thing);
    assert(await future === thing);
    assert(future.dup_value() === thing);
    assertEquals(future.wait(), true);
    const failed = new Thr.Future();
    failed.set_error(new TypeError('of ours'));
    const error = await assertRejects(failed, thrError(Thr.Error.FAILED));
    assertEquals(error.message, 'of ours');
    const empty = new Thr.Future();
    empty.set_value();
    assertEquals(await empty, null);
    assertThrows(() => empty.set_value(1), thrError(Thr.Error.INVALID_STATE));
});

test('override/pool', async () => {
    let held = null;
    const answer = await new Thr.Pool({max_threads: 2}).with(async pool => {
        held = pool;
        assertThrows(() => pool.set_initializer(() => true), LANGUAGE);
        return [await pool.submit(nothing()), await pool.call('GLib', 'ascii_digit_value', 55)];
    });
    assertEquals(answer, [null, 7]);
    assert(held.closed);
    assertEquals(held.n_threads, 0);
    const gate = Thr.Semaphore.new(0);
    const pool = new Thr.Pool({max_threads: 1});
    const task = pool.submit(new Thr.Call('Thr', 'Semaphore.acquire', [gate]));
    const ended = assertRejects(pool.shutdown_async(false, {timeout: 0.01}), TIMED_OUT);
    await ended;
    gate.release();
    assertEquals(await pool.shutdown_async(), true);
    assertEquals(await task, true);
});

// A class in JavaScript cannot run elsewhere either; its future says so.
test('override/callable', async () => {
    const Own = GObject.registerClass({
        Implements: [Thr.Callable],
    }, class ThrTestOwnCallable extends GObject.Object {
        vfunc_call() {
            return [true, 1];
        }
    });
    const pool = new Thr.Pool({max_threads: 1});
    await assertRejects(pool.submit(new Own()), LANGUAGE);
    await assertRejects(pool.submit_all([nothing(), new Own()]), LANGUAGE);
    await idle();
});

run();
