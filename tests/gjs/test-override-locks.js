// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Locks and semaphores with JavaScript's shapes: promises, limits in seconds, scopes.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import Thr from 'gi://Thr?version=1';

import {test, assert, assertEquals, assertThrows, assertRejects, idle, run} from './harness.js';

const thrError = code => [Thr.Error, code];
const TIMED_OUT = [Gio.io_error_quark(), Gio.IOErrorEnum.TIMED_OUT];
const CANCELLED = [Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED];

// Each as one who holds it, and how another asks for it.
const kinds = {
    'lock': {make: () => new Thr.Lock(), acquire: 'acquire', release: 'release', scope: 'with'},
    'rec-lock': {make: () => new Thr.RecLock(), acquire: 'acquire', release: 'release', scope: 'with'},
    'semaphore': {make: () => Thr.Semaphore.new(1), acquire: 'acquire', release: 'release', scope: 'with'},
    'bounded': {make: () => Thr.Semaphore.new_bounded(1), acquire: 'acquire', release: 'release', scope: 'with'},
    'writer': {make: () => new Thr.RWLock().get_writer(), acquire: 'acquire', release: 'release', scope: 'with'},
    'write-lock': {make: () => new Thr.RWLock(), acquire: 'acquire_write', release: 'release_write', scope: 'with_write'},
};

/** A view's are those of its lock. */
function waitersOf(lock) {
    return (lock.lock ?? lock).n_waiters;
}

for (const [kind, {make, acquire, release, scope}] of Object.entries(kinds)) {
    const verb = `${acquire}_async`;

    test(`override/${kind}/promise`, async () => {
        const lock = make();
        assertEquals(await lock[verb](), true);
        const second = lock[verb](null);
        assertEquals(waitersOf(lock), 1);
        lock[release]();
        assertEquals(await second, true);
        lock[release]();
    });

    test(`override/${kind}/timeout`, async () => {
        const lock = make();
        await lock[verb]();
        const begin = GLib.get_monotonic_time();
        await assertRejects(lock[verb]({timeout: 0.02}), TIMED_OUT);
        assert(GLib.get_monotonic_time() - begin >= 20000);
        await assertRejects(lock[verb]({timeout: 0}), TIMED_OUT);
        assertEquals(waitersOf(lock), 0);
        lock[release]();
        assertEquals(await lock[verb]({timeout: 3600}), true);
        assertThrows(() => lock[verb]({timeout: -1}), RangeError);
        assertThrows(() => lock[verb]({timeout: NaN}), RangeError);
        lock[release]();
    });

    test(`override/${kind}/cancelled`, async () => {
        const lock = make();
        await lock[verb]();
        for (const options of [{}, {timeout: 3600}]) {
            const cancellable = new Gio.Cancellable();
            const waits = [lock[verb]({...options, cancellable}),
                lock[verb]({...options, signal: cancellable}), lock[verb](cancellable)];
            cancellable.cancel();
            await Promise.all(waits.map(wait => assertRejects(wait, CANCELLED)));
        }
        assertEquals(waitersOf(lock), 0);
        lock[release]();
    });

    test(`override/${kind}/with`, async () => {
        const lock = make();
        const order = [];
        const visits = ['a', 'b', 'c'].map(name => lock[scope](async held => {
            assert(held === lock);
            order.push(`${name} in`);
            await idle();
            order.push(`${name} out`);
            return name;
        }));
        assertEquals(await Promise.all(visits), ['a', 'b', 'c']);
        assertEquals(order, ['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
        await assertRejects(lock[scope](() => {
            throw new TypeError('inside');
        }), TypeError);
        // It was released all the same.
        await lock[verb]({timeout: 1});
        await assertRejects(lock[scope](() => assert(false), {timeout: 0.001}), TIMED_OUT);
        lock[release]();
    });

    test(`override/${kind}/callback`, async () => {
        const lock = make();
        const answer = await new Promise((resolve, reject) => {
            lock[verb](null, (source, result) => {
                try {
                    resolve(source[`${acquire}_finish`](result));
                } catch (error) {
                    reject(error);
                }
            });
        });
        assertEquals(answer, true);
        lock[release]();
    });
}

test('override/seconds', () => {
    const lock = new Thr.Lock();
    assertEquals(lock.acquire(0.5), true);
    const begin = GLib.get_monotonic_time();
    assertThrows(() => lock.acquire(0.02), TIMED_OUT);
    assert(GLib.get_monotonic_time() - begin >= 20000);
    // C's own are as they were.
    assertThrows(() => lock.acquire_timed(1000, null), TIMED_OUT);
    lock.release();
    assertEquals(lock.acquire(), true);
    const cancellable = new Gio.Cancellable();
    cancellable.cancel();
    assertThrows(() => lock.acquire(Infinity, cancellable), CANCELLED);
    assertThrows(() => lock.acquire('soon'), RangeError);
});

test('override/rec-lock/levels', async () => {
    const lock = new Thr.RecLock();
    await lock.acquire_async();
    assertEquals(lock.acquire(), true);
    assertEquals(lock.get_depth(), 2);
    lock.release();
    lock.release();
    assertThrows(() => lock.release(), thrError(Thr.Error.NOT_HELD));
});

test('override/rw-lock/readers', async () => {
    const lock = new Thr.RWLock();
    const inside = [];
    await lock.with_read(async () => {
        await lock.with_read(() => inside.push(lock.n_readers > 0));
        await assertRejects(lock.with_write(() => inside.push('writer'), {timeout: 0.001}), TIMED_OUT);
    });
    assertEquals(inside, [true]);
    assertEquals(await lock.with_write(() => lock.is_write_locked()), true);
    assertEquals(lock.acquire_read(0.1), true);
    assertThrows(() => lock.acquire_write(0.001), undefined);
    lock.release_read();
});

test('override/rw-lock/views', async () => {
    const lock = new Thr.RWLock();
    await lock.get_reader().with(async () => {
        assert(lock.n_readers > 0);
        await assertRejects(lock.get_writer().acquire_async({timeout: 0.001}), TIMED_OUT);
    });
    assertEquals(lock.get_writer().acquire(0.1), true);
    lock.get_writer().release();
});

test('override/semaphore/release', async () => {
    const semaphore = Thr.Semaphore.new(0);
    const waits = [semaphore.acquire_async(), semaphore.acquire_async()];
    semaphore.release_n(2);
    assertEquals(await Promise.all(waits), [true, true]);
    const bounded = Thr.Semaphore.new_bounded(1);
    const error = assertThrows(() => bounded.release(), thrError(Thr.Error.OVERFLOW));
    assert(error instanceof Thr.Error);
});

// The limit ends when the lock is given, and the other way round: the permit is with
// one of the two.
test('override/timeout-meets-grant', async () => {
    const semaphore = Thr.Semaphore.new(0);
    let granted = 0;
    for (let i = 0; i < 200; i++) {
        const wait = semaphore.acquire_async({timeout: 0.001}).then(() => granted++, () => {});
        const begin = GLib.get_monotonic_time();
        while (GLib.get_monotonic_time() < begin + i % 20 * 100)
            // eslint-disable-next-line no-await-in-loop
            await idle();
        semaphore.release();
        // eslint-disable-next-line no-await-in-loop
        await wait;
    }
    assertEquals(granted + semaphore.value, 200);
});

run();
