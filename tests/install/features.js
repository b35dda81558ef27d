// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// A JavaScript program outside the tree that tries what the library was asked for, one
// function for each feature. The argument says whether the override is expected: "raw" has
// what introspection gives, and promises by GJS' own means.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import Thr from 'gi://Thr?version=1';
import System from 'system';

const RAW = System.programArgs[0] === 'raw';

function check(truth, what) {
    if (!truth)
        throw new Error(`not so: ${what}`);
}

/** The error of what has to fail. */
async function failure(body, domain, code) {
    try {
        await body();
    } catch (error) {
        check(error.matches?.(domain, code), `${error} is ${code} of ${domain.name}`);
        return error;
    }
    throw new Error(`nothing was thrown by ${body}`);
}

const refused = (body, code) => failure(body, Thr.Error, Thr.Error[code]);
const outOfTime = body => failure(body, Gio.IOErrorEnum, Gio.IOErrorEnum.TIMED_OUT);
const SOON_US = 2000;

if (RAW) {
    const verbs = {
        Thread: ['join'], Timer: ['wait'], Event: ['wait'], Barrier: ['wait'], Condition: ['wait'],
        Latch: ['wait'], RWLock: ['acquire_read', 'acquire_write'], Lock: ['acquire'],
        RecLock: ['acquire'], Semaphore: ['acquire'], Pool: ['shutdown'], Queue: ['get', 'put'],
    };
    for (const [name, names] of Object.entries(verbs)) {
        for (const verb of names)
            Gio._promisify(Thr[name].prototype, `${verb}_async`, `${verb}_finish`);
    }
}

const makeCall = RAW ? (...args) => Thr.Call.new(...args) : (...args) => new Thr.Call(...args);
const sleeper = us => makeCall('GLib', 'usleep', [us]);
const threadOf = callable => Thr.Thread.new_callable(null, callable);

function startWaiter() {
    const lock = Thr.Semaphore.new(0);
    const thread = threadOf(makeCall('Thr', 'Semaphore.acquire', [lock]));
    return {lock, thread};
}

// 1, 2, 4, 5
async function startAndJoin() {
    await refused(() => Thr.Thread.new('js', () => true).start(), 'WRONG_LANGUAGE');
    const {lock, thread} = startWaiter();
    check(!thread.is_alive(), 'it does not run yet');
    await refused(() => thread.join(), 'NOT_STARTED');
    thread.start();
    check(thread.is_alive(), 'it runs');
    await refused(() => thread.start(), 'ALREADY_STARTED');
    await outOfTime(() => thread.join_timed(SOON_US, null));
    lock.release();
    await thread.join_async(null);
    check(!thread.is_alive(), 'it has ended');
    await refused(() => thread.start(), 'ALREADY_STARTED');
    await refused(() => Thr.Thread.current().join(), 'SELF_JOIN');
}

// 6 to 12
async function whoIsWho() {
    const main = Thr.Thread.get_main();
    check(main === Thr.Thread.current(), 'this is the main thread');
    check(main.name === 'MainThread', 'with that name');
    check(Thr.get_ident() === main.ident && Thr.get_ident() !== 0, 'and an ident');
    check(Thr.get_native_id() === main.native_id, 'and a native id');

    const before = Thr.Thread.count_alive();
    const {lock, thread} = startWaiter();
    const named = Thr.Thread.new_callable('a name', sleeper(0));
    check(named.name === 'a name' && /^Thread-\d/.test(thread.name), `names, ${thread.name}`);
    check(thread.ident === 0 && !thread.daemon, 'nothing yet');
    thread.daemon = true;
    thread.start();
    await refused(() => thread.set_daemon(false), 'ALREADY_STARTED');
    check(thread.ident !== 0 && thread.native_id !== 0 && thread.daemon, 'started');
    check(Thr.Thread.count_alive() === before + 1, 'one more');
    const alive = Thr.Thread.list_alive();
    const all = Array.from({length: alive.get_n_items()}, (_, i) => alive.get_item(i));
    check(all.includes(main) && all.includes(thread) && !all.includes(named), 'who is alive');
    lock.release();
    thread.join();
    check(Thr.Thread.count_alive() === before, 'one less');
}

// 13
async function timers() {
    const fires = Thr.Timer.new(SOON_US);
    const stopped = Thr.Timer.new(GLib.TIME_SPAN_HOUR);
    const fired = new Promise(resolve => fires.connect('fired', () => resolve(true)));
    fires.start();
    stopped.start();
    await refused(() => fires.start(), 'ALREADY_STARTED');
    check(stopped.cancel(), 'cancelled in time');
    check(await fired, 'it fired here');
    await fires.wait_async(null);
    await stopped.wait_async(null);
    check(stopped.n_fired === 0 && fires.n_fired === 1, 'and not the other');
    await refused(() => Thr.Timer.new_full(-1, false, null), 'INVALID_ARGUMENT');
}

// 14
function locals() {
    const local = new Thr.Local();
    local.set('number', 4);
    threadOf(makeCall('Thr', 'Local.remove', [local, 'number'])).start();
    check(local.get('number') === 4 && !local.has('other'), 'a value of this thread');
    check(local.remove('number') && !local.has('number'), 'gone');
}

// 15, 24
async function locks() {
    const lock = new Thr.Lock();
    await refused(() => lock.release(), 'NOT_HELD');
    check(lock.acquire() && lock.is_locked() && !lock.try_acquire(), 'held');
    await outOfTime(() => lock.acquire_timed(SOON_US, null));
    await refused(() => lock.acquire_timed(-2, null), 'INVALID_ARGUMENT');
    const waits = [lock.acquire_async(null), lock.acquire_async(null)];
    lock.release();
    await waits[0];
    lock.release();
    await waits[1];
    lock.release();
    check(!lock.is_locked(), 'free');
}

// 16, 17
async function semaphores() {
    const semaphore = Thr.Semaphore.new(1);
    const bounded = Thr.Semaphore.new_bounded(1);
    await semaphore.acquire_async(null);
    check(!semaphore.try_acquire(), 'nothing left');
    semaphore.release_n(3);
    check(semaphore.get_value() === 3, 'three');
    await refused(() => semaphore.release_n(0), 'INVALID_ARGUMENT');
    await refused(() => Thr.Semaphore.new(-1), 'INVALID_ARGUMENT');
    await refused(() => bounded.release(), 'OVERFLOW');
}

// 18
async function meetings() {
    const lock = new Thr.RecLock();
    const condition = Thr.Condition.new(lock);
    await refused(() => lock.release(), 'NOT_HELD');
    await refused(() => condition.wait(), 'NOT_HELD');
    lock.acquire();
    lock.acquire();
    await outOfTime(() => condition.wait_timed(SOON_US, null));
    const notified = condition.wait_async(null);
    lock.acquire();
    condition.notify_all();
    lock.release();
    await notified;
    lock.release();
    lock.release();

    const event = new Thr.Event();
    const set = event.wait_async(null);
    threadOf(makeCall('Thr', 'Event.set', [event])).start();
    await set;
    event.clear();
    await outOfTime(() => event.wait_timed(SOON_US, null));

    const barrier = Thr.Barrier.new(2);
    await Promise.all([barrier.wait_async(null), barrier.wait_async(null)]);
    await outOfTime(() => barrier.wait_timed(SOON_US, null));
    await refused(() => barrier.wait(), 'BROKEN');
    barrier.reset();
    check(!barrier.broken, 'mended');
}

// 19, 20
async function pools() {
    const pool = Thr.Pool.new(4);
    const sum = text => pool.submit_callable(
        makeCall('GLib', 'compute_checksum_for_string', [GLib.ChecksumType.SHA256, text, -1]));
    const tasks = ['5', '2', '55', '4'].map(sum);
    const sums = await Promise.all(tasks);
    check(sums.every(text => text.length === 64) && new Set(sums).size === 4, `${sums}`);
    check(tasks.every(task => task.is_done() && !task.cancel()), 'done');

    await refused(async () => {
        await pool.submit((task, data) => data);
    }, 'WRONG_LANGUAGE');
    const wrong = pool.submit_callable(makeCall('GLib', 'file_get_contents', ['/nowhere/at/all']));
    await failure(() => wrong, GLib.FileError, GLib.FileError.NOENT);
    await pool.shutdown_async(false, null);
    await refused(() => sum('late'), 'SHUT_DOWN');

    const future = new Thr.Future();
    await outOfTime(() => future.wait(SOON_US, null));
    future.set_value(7);
    check(await future === 7, 'settled by hand');
    const cancelled = new Thr.Future();
    check(cancelled.cancel(), 'cancelled');
    await failure(() => cancelled, Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED);
}

// 21, 25
async function lowLevel() {
    await refused(() => Thr.start_new_thread(() => true), 'WRONG_LANGUAGE');
    if (!RAW)
        check(Thr.start_new_thread(sleeper(0)) !== 0, 'an ident');
    const before = Thr.get_stack_size();
    check(Thr.set_stack_size(1024 * 1024) === before, 'what it was');
    const thread = threadOf(sleeper(0));
    thread.start();
    thread.join();
    await refused(() => Thr.set_stack_size(17), 'INVALID_ARGUMENT');
    check(Thr.get_stack_size() === 1024 * 1024, 'unchanged');
    Thr.set_stack_size(0);
}

// 22
async function failures() {
    const thread = threadOf(makeCall('GLib', 'file_get_contents', ['/nowhere/at/all']));
    const told = new Promise(resolve => {
        Thr.set_error_hook((_thread, error) => resolve(error));
    });
    thread.start();
    await thread.join_async(null);
    check((await told).matches(GLib.FileError, GLib.FileError.NOENT), 'the hook was told');
    check(thread.error.matches(GLib.FileError, GLib.FileError.NOENT), 'and the thread knows');
    Thr.set_error_hook(null);
}

const loop = new GLib.MainLoop(null, false);
let problem = null;

async function main() {
    check(RAW === (Thr.Timer.after === undefined), 'the override is as expected');
    for (const feature of [startAndJoin, whoIsWho, timers, locals, locks, semaphores, meetings,
        pools, lowLevel, failures]) {
        try {
            // eslint-disable-next-line no-await-in-loop
            await feature();
        } catch (error) {
            problem = `${feature.name}: ${error}\n${error.stack}`;
            printerr(problem);
        }
    }
}

main().catch(error => {
    problem = error;
    printerr(error, error.stack);
}).finally(() => loop.quit());
loop.run();
if (problem !== null)
    System.exit(1);
print('all features');
// 8: this one does not keep the process from ending.
const endless = threadOf(sleeper(GLib.TIME_SPAN_HOUR));
endless.daemon = true;
endless.start();
