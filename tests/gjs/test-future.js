// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// ThrFuture and its sets, without the override.

import './without-override.js';
import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import GObject from 'gi://GObject?version=2.0';
import System from 'system';
import Thr from 'gi://Thr?version=1';

import {test, assert, assertEquals, assertThrows, assertRejects, emission, idle, until, run} from './harness.js';

Gio._promisify(Thr.Future.prototype, 'wait_async', 'wait_finish');

const State = Thr.FutureState;
const thrError = code => [Thr.Error, code];
const ioError = code => [Gio.io_error_quark(), code];

function error(text = 'broken') {
    return new GLib.Error(Gio.io_error_quark(), Gio.IOErrorEnum.FAILED, text);
}

function resolved(value) {
    const future = Thr.Future.new();
    future.set_value(value);
    return future;
}

function rejected(text) {
    const future = Thr.Future.new();
    future.set_error(error(text));
    return future;
}

test('future/new', () => {
    const future = new Thr.Future();
    assertEquals(future.get_state(), State.PENDING);
    assert(!future.is_done());
    assert(future.get_error() === null);
    assertThrows(() => future.dup_value(), thrError(Thr.Error.INVALID_STATE));
});

test('future/value', async () => {
    for (const value of [5, -1.5, 2 ** 40, 'text', '', true, false]) {
        const future = resolved(value);
        assertEquals(future.get_state(), State.RESOLVED);
        assertEquals(future.dup_value(), value);
        // eslint-disable-next-line no-await-in-loop
        assertEquals(await future, value);
    }
    const variant = new GLib.Variant('(is)', [1, 'a']);
    assert((await resolved(variant)).equal(variant));
    const object = new Gio.Cancellable();
    assert(await resolved(object) === object);
});

test('future/empty', async () => {
    const future = resolved(null);
    assertEquals(future.get_state(), State.RESOLVED);
    assertEquals(future.dup_value(), null);
    assertEquals(await future, null);
});

test('future/value-without-type', () => {
    const future = new Thr.Future();
    assertThrows(() => future.set_value(new GObject.Value()), thrError(Thr.Error.INVALID_ARGUMENT));
    assert(!future.is_done());
});

test('future/error', async () => {
    const future = rejected('no luck');
    assertEquals(future.get_state(), State.REJECTED);
    assertThrows(() => future.dup_value(), ioError(Gio.IOErrorEnum.FAILED));
    const caught = await assertRejects(future, ioError(Gio.IOErrorEnum.FAILED));
    assertEquals(caught.message, 'no luck');
    assert(caught instanceof GLib.Error);
    assert(caught.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.FAILED));
});

test('future/twice', () => {
    const future = resolved(1);
    assertThrows(() => future.set_value(2), thrError(Thr.Error.INVALID_STATE));
    assertThrows(() => future.set_error(error()), thrError(Thr.Error.INVALID_STATE));
    assert(!future.cancel());
    assertEquals(future.dup_value(), 1);
});

test('future/cancel', async () => {
    const future = new Thr.Future();
    assert(future.cancel());
    assert(future.cancel());
    assertEquals(future.get_state(), State.CANCELLED);
    await assertRejects(future, ioError(Gio.IOErrorEnum.CANCELLED));
});

test('future/timed-out', () => {
    const future = new Thr.Future();
    assertThrows(() => future.wait(0, null), ioError(Gio.IOErrorEnum.TIMED_OUT));
    assertThrows(() => future.wait(2000, null), ioError(Gio.IOErrorEnum.TIMED_OUT));
    assertThrows(() => future.wait(-2, null), thrError(Thr.Error.INVALID_ARGUMENT));
});

test('future/async', async () => {
    const future = new Thr.Future();
    const promise = future.wait_async(null);
    future.set_value(1);
    assertEquals(await promise, true);
    assertEquals(await future.wait_async(null), true);
});

test('future/async-cancelled', async () => {
    const future = new Thr.Future();
    const cancellable = new Gio.Cancellable();
    const promise = future.wait_async(cancellable);
    cancellable.cancel();
    await assertRejects(promise, ioError(Gio.IOErrorEnum.CANCELLED));
    assertEquals(future.get_state(), State.PENDING);
});

test('future/then', async () => {
    const told = [];
    const future = new Thr.Future();
    future.then(value => told.push(value), () => told.push('rejected'));
    future.set_value(1);
    future.then(value => told.push(value), null);
    assertEquals(told, []);
    await until(() => told.length === 2);
    assertEquals(told, [1, 1]);
    rejected('no').then(() => told.push('resolved'), caught => told.push(caught.message));
    await until(() => told.length === 3);
    assertEquals(told[2], 'no');
});

test('future/awaited-later', async () => {
    const future = new Thr.Future();
    GLib.idle_add(GLib.PRIORITY_LOW, () => {
        future.set_value('later');
        return GLib.SOURCE_REMOVE;
    });
    assertEquals(await future, 'later');
});

test('future/signals', async () => {
    const told = [];
    const future = new Thr.Future();
    for (const name of ['notify::state', 'notify::done', 'notify::value', 'done'])
        future.connect(name, () => told.push(name));
    future.set_value(1);
    assertEquals(told, []);
    await emission(future, 'done');
    await idle();
    assertEquals(told.slice(0, 3).sort(), ['notify::done', 'notify::state', 'notify::value']);
    assertEquals(told.slice(3), ['done']);
});

test('future/watch', () => {
    // It is called in whatever thread settles the future, so JavaScript cannot have it.
    assertThrows(() => resolved(1).watch(() => {}), thrError(Thr.Error.WRONG_LANGUAGE));
});

test('future/all', async () => {
    const futures = [new Thr.Future(), new Thr.Future(), new Thr.Future()];
    const every = Thr.Future.all(futures);
    [2, 0, 1].forEach(i => futures[i].set_value(i * 10));
    const values = await every;
    assertEquals(Array.from({length: values.n_values}, (_, i) => values.get_value(i)), [0, 10, 20]);
    assertEquals((await Thr.Future.all([])).n_values, 0);
});

test('future/all-fails', async () => {
    const futures = [new Thr.Future(), new Thr.Future()];
    const every = Thr.Future.all(futures);
    futures[1].set_error(error('the second'));
    assertEquals((await assertRejects(every)).message, 'the second');
});

test('future/any', async () => {
    const futures = [new Thr.Future(), new Thr.Future(), new Thr.Future()];
    const one = Thr.Future.any(futures);
    futures[0].set_error(error());
    assert(!one.is_done());
    futures[2].set_value('third');
    assertEquals(await one, 'third');
    await assertRejects(Thr.Future.any([rejected('a'), rejected('b')]));
});

test('future/race', async () => {
    assertEquals((await assertRejects(Thr.Future.race([new Thr.Future(), rejected('quick')]))).message,
        'quick');
    assertEquals(await Thr.Future.race([resolved(4), new Thr.Future()]), 4);
});

test('future/unasked', async () => {
    // In a process of its own: the warning is meant.
    const launcher = new Gio.SubprocessLauncher({
        flags: Gio.SubprocessFlags.STDERR_PIPE | Gio.SubprocessFlags.STDOUT_SILENCE,
    });
    launcher.unsetenv('G_DEBUG');
    const child = launcher.spawnv(['gjs', '-c', `
        const {GLib, Thr} = imports.gi;
        const System = imports.system;
        function fail() {
            const future = new Thr.Future();
            future.set_error(new GLib.Error(Thr.error_quark(), 0, 'lost words'));
            return future;
        }
        fail();
        fail().get_error();
        try {
            fail().dup_value();
        } catch (error) {
        }
        for (let i = 0; i < 20; i++) {
            System.gc();
            GLib.MainContext.default().iteration(false);
        }
    `]);
    const [text, status] = await new Promise((resolve, reject) => {
        child.communicate_utf8_async(null, null, (_child, result) => {
            try {
                resolve([child.communicate_utf8_finish(result)[2], child.get_exit_status()]);
            } catch (caught) {
                reject(caught);
            }
        });
    });
    assertEquals(status, 0, text);
    assertEquals(text.split('lost words').length - 1, 1, text);
});

test('future/home-without-loop', () => {
    const context = GLib.MainContext.new();
    context.push_thread_default();
    const future = new Thr.Future();
    context.pop_thread_default();
    future.set_value(5);
    assert(future.wait(-1, null));
    assertEquals(future.dup_value(), 5);
});

test('future/dropped', async () => {
    for (let i = 0; i < 300; i++) {
        const future = new Thr.Future();
        future.then(() => {}, () => {});
        if (i % 2)
            future.set_value(i);
        if (i % 50 === 0) {
            System.gc();
            // eslint-disable-next-line no-await-in-loop
            await idle();
        }
    }
    System.gc();
    await idle();
});

run();
