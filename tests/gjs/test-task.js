// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// ThrTask, without the override. The work is C: calls of introspected functions.

import './without-override.js';
import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import System from 'system';
import Thr from 'gi://Thr?version=1';

import {test, assert, assertEquals, assertRejects, emission, idle, until, run} from './harness.js';

const State = Thr.FutureState;
const thrError = code => [Thr.Error, code];
const ioError = code => [Gio.io_error_quark(), code];

const pool = new Thr.Pool({max_threads: 2});

function submit(namespace, name, ...args) {
    return pool.submit_callable(Thr.Call.new(namespace, name, args));
}

/** Keeps the pool busy; gate.release_n(2) lets it go. */
async function block() {
    const gate = Thr.Semaphore.new(0);
    const tasks = [submit('Thr', 'Semaphore.acquire', gate), submit('Thr', 'Semaphore.acquire', gate)];
    await until(() => gate.n_waiters === 2);
    return [gate, tasks];
}

test('task/answers', async () => {
    assertEquals(await submit('GLib', 'ascii_digit_value', 55), 7);
    assertEquals(await submit('GLib', 'path_get_basename', '/a/b'), 'b');
    assertEquals(await submit('GLib', 'path_is_absolute', '/a/b'), true);
    assertEquals(await submit('GLib', 'usleep', 1), null);
    const file = Gio.File.new_for_path('/a');
    assertEquals((await submit('Gio', 'File.get_child', file, 'b')).get_path(), '/a/b');
    const bytes = await submit('GLib', 'Bytes.new', new GLib.Bytes([1, 2, 3]));
    assertEquals(bytes.get_size(), 3);
    const variant = await submit('GLib', 'Variant.new_string', 'text');
    assertEquals(variant.unpack(), 'text');
});

test('task/failure', async () => {
    const task = submit('Gio', 'File.load_contents', Gio.File.new_for_path('/nowhere'), null);
    const error = await assertRejects(task, ioError(Gio.IOErrorEnum.NOT_FOUND));
    assert(error instanceof GLib.Error);
    assert(error.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.NOT_FOUND));
    assertEquals(task.get_state(), State.REJECTED);
});

test('task/out-values', async () => {
    const values = await submit('GLib', 'filename_from_uri', 'file://host/a');
    assertEquals([values.get_value(0), values.get_value(1)], ['/a', 'host']);
});

test('task/signals', async () => {
    const [gate, tasks] = await block();
    const told = [];
    const task = submit('GLib', 'usleep', 1);
    for (const name of ['started', 'notify::thread', 'done', 'finished'])
        task.connect(name, () => told.push(name));
    gate.release_n(2);
    await emission(task, 'finished');
    await idle();
    assertEquals(told[0], 'started');
    assertEquals(told.slice().sort(), ['done', 'finished', 'notify::thread', 'started']);
    assertEquals(told[1], 'notify::thread');
    assert(task.thread instanceof Thr.Thread);
    await Promise.all(tasks);
});

test('task/progress', async () => {
    const [gate, tasks] = await block();
    const seen = [];
    const task = submit('GLib', 'usleep', 1);
    assertEquals(task.progress, -1);
    task.connect('notify::progress', () => seen.push(task.progress));
    task.connect('notify::message', () => seen.push(task.message));
    // From workers, many times: what is said meanwhile comes as one. No handler is
    // called there, so the object may be handed out.
    const calls = [];
    for (let i = 0; i <= 100; i++)
        task.set_progress(i / 100);
    const call = Thr.Call.new('Thr', 'Task.set_message', [task, 'from a worker']);
    call.allow_observed = true;
    gate.release();
    calls.push(pool.submit_callable(call));
    await Promise.all(calls);
    await until(() => seen.length >= 2);
    assertEquals(seen, [1, 'from a worker']);
    gate.release();
    await Promise.all([...tasks, task]);
});

test('task/cancel-pending', async () => {
    const [gate, tasks] = await block();
    const task = submit('GLib', 'usleep', 1);
    assert(task.cancel());
    assertEquals(task.get_state(), State.CANCELLED);
    await assertRejects(task, ioError(Gio.IOErrorEnum.CANCELLED));
    gate.release_n(2);
    await Promise.all(tasks);
});

test('task/cancel-running', async () => {
    // The call takes the task's cancellable where the function wants one.
    const gate = Thr.Semaphore.new(0);
    const task = submit('Thr', 'Semaphore.acquire_timed', gate, -1);
    await until(() => gate.n_waiters === 1);
    assertEquals(task.get_state(), State.RUNNING);
    assert(!task.cancel());
    await assertRejects(task, ioError(Gio.IOErrorEnum.CANCELLED));
    assertEquals(gate.n_waiters, 0);
});

test('task/no-result', async () => {
    // A function that returns FALSE without an error is one that answers false.
    assertEquals(await submit('GLib', 'path_is_absolute', 'a'), false);
    await assertRejects(submit('Thr', 'Lock.release', new Thr.Lock()), thrError(Thr.Error.NOT_HELD));
});

test('task/current', () => assertEquals(Thr.Task.get_current(), null));

test('task/dropped', async () => {
    for (let i = 0; i < 600; i++) {
        const task = submit('GLib', 'usleep', 0);
        if (i % 2)
            task.connect('finished', () => {});
        if (i % 3 === 0)
            task.then(() => {}, () => {});
        if (i % 5 === 0)
            task.cancel();
        if (i % 100 === 0) {
            System.gc();
            // eslint-disable-next-line no-await-in-loop
            await idle();
        }
    }
    System.gc();
    await submit('GLib', 'usleep', 0);
    System.gc();
});

run();
