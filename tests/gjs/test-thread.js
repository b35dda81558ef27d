// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What of ThrThread JavaScript can have: its threads run introspected C functions, its
// signals and awaited joins come on the main loop, and a JavaScript function is refused.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import GObject from 'gi://GObject?version=2.0';
import Thr from 'gi://Thr?version=1';

import {test, assert, assertEquals, assertThrows, assertRejects, emission, idle, until, run}
    from './harness.js';

Gio._promisify(Thr.Thread.prototype, 'join_async', 'join_finish');

const State = Thr.ThreadState;
const thrError = code => [Thr.error_quark(), code];
const ioError = code => [Gio.io_error_quark(), code];

/** A thread whose body ends at once. */
function quick(name = null) {
    const call = Thr.Call.new('GLib', 'compute_checksum_for_string',
        [GLib.ChecksumType.SHA256, 'text', -1]);
    return Thr.Thread.new_callable(name, call);
}

/** A thread that ends when the lock that comes with it is released. */
function onStage(name = null) {
    const lock = new Thr.Lock();
    lock.acquire();
    const thread = Thr.Thread.new_callable(name, Thr.Call.new('Thr', 'Lock.acquire', [lock]));
    thread.start();
    return [thread, lock];
}

test('thread/nothing-before-start', () => {
    const thread = quick('idle');
    assertEquals(thread.get_state(), State.NEW);
    assert(!thread.is_alive());
    assertEquals(thread.ident, 0);
    assertEquals(thread.native_id, 0);
    assertEquals(thread.error, null);
});

test('thread/start-and-join', () => {
    const thread = quick('named');
    assert(thread.start());
    assert(thread.ident !== 0);
    assert(thread.native_id > 0);
    assert(thread.join());
    assertEquals(thread.state, State.FINISHED);
    assert(!thread.alive);
});

test('thread/start-twice', () => {
    const [thread, lock] = onStage();
    assertThrows(() => thread.start(), thrError(Thr.Error.ALREADY_STARTED));
    lock.release();
    thread.join();
    assertThrows(() => thread.start(), thrError(Thr.Error.ALREADY_STARTED));
});

test('thread/failed', () => {
    const file = Gio.File.new_for_path('/nonexistent/file');
    const thread = Thr.Thread.new_callable('karl', Thr.Call.new('Gio', 'File.load_contents', [file, null]));
    const errors = [];
    Thr.set_error_hook((who, error) => errors.push(who, error));
    thread.start();
    thread.join();
    Thr.set_error_hook(null);
    assertEquals(thread.state, State.FAILED);
    assert(thread.error.matches(...ioError(Gio.IOErrorEnum.NOT_FOUND)));
    // The hook is JavaScript, so it runs here and not in the thread that failed.
    assert(errors[0] === thread);
    assert(errors[1].matches(...ioError(Gio.IOErrorEnum.NOT_FOUND)));
});

test('thread/wrong-language', () => {
    const text = /JavaScript.*Thr\.Call/;
    let called = false;
    // The override refuses it where it is given, and the library where it would run.
    const newThread = Thr.Thread._original_new ?? Thr.Thread.new;
    const thread = newThread.call(Thr.Thread, 'js', () => (called = true));
    assertThrows(() => thread.start(), thrError(Thr.Error.WRONG_LANGUAGE));
    assertThrows(() => thread.start(), text);
    assertEquals(thread.state, State.NEW);
    assertThrows(() => Thr.Thread.new('js', () => (called = true)).start(), text);

    const Own = GObject.registerClass(class ThrTestOwn extends Thr.Thread {
        vfunc_run() {
            called = true;
            return true;
        }
    });
    assertThrows(() => new Own().start(), thrError(Thr.Error.WRONG_LANGUAGE));
    assertThrows(() => Thr.start_new_thread(() => (called = true)), thrError(Thr.Error.WRONG_LANGUAGE));
    assert(!called);
});

test('thread/subclass-with-target', () => {
    const Own = GObject.registerClass(class ThrTestTarget extends Thr.Thread {});
    const call = Thr.Call.new('GLib', 'get_monotonic_time', []);
    const thread = new Own({name: 'own', target: call, daemon: true});
    thread.start();
    thread.join();
    assertEquals(thread.state, State.FINISHED);
});

test('thread/name-default', () => {
    for (const thread of [quick(), quick(''), new Thr.Thread()])
        assert(/^Thread-\d+$/.test(thread.name), thread.name);
    assertEquals(new Thr.Thread({name: 'given'}).name, 'given');
});

test('thread/name-for-the-system', () => {
    const [thread, lock] = onStage('fifteenletters+more');
    const [, text] = GLib.file_get_contents(`/proc/self/task/${thread.native_id}/comm`);
    assertEquals(new TextDecoder().decode(text).trimEnd(), 'fifteenletters+');
    lock.release();
    thread.join();
});

test('thread/change-after-start', () => {
    const [thread, lock] = onStage();
    assertThrows(() => thread.set_daemon(true), thrError(Thr.Error.ALREADY_STARTED));
    assertThrows(() => thread.set_stack_size(65536), thrError(Thr.Error.ALREADY_STARTED));
    assert(!thread.daemon);
    lock.release();
    thread.join();
});

test('thread/stack-size-bad', () => {
    for (const size of [-1, 1, 32767]) {
        assertThrows(() => quick().set_stack_size(size), thrError(Thr.Error.INVALID_ARGUMENT));
        assertThrows(() => Thr.set_stack_size(size), thrError(Thr.Error.INVALID_ARGUMENT));
    }
    assertEquals(Thr.set_stack_size(262144), 0);
    assertEquals(Thr.set_stack_size(0), 262144);
});

test('thread/cancel', () => {
    const thread = quick();
    assert(!thread.cancellable.is_cancelled());
    thread.cancel();
    assert(thread.cancellable.is_cancelled());
});

test('thread/thousand', () => {
    for (let round = 0; round < 10; round++) {
        const threads = Array.from({length: 100}, () => quick());
        threads.forEach(thread => thread.start());
        threads.forEach(thread => thread.join());
        assert(threads.every(thread => thread.state === State.FINISHED));
    }
    assertEquals(Thr.Thread.count_alive(), 1);
});

test('thread-join/not-started', () => {
    assertThrows(() => quick().join(), thrError(Thr.Error.NOT_STARTED));
});

test('thread-join/itself', () => {
    assertThrows(() => Thr.Thread.get_main().join(), thrError(Thr.Error.SELF_JOIN));
});

test('thread-join/timed-out', () => {
    const [thread, lock] = onStage();
    assertThrows(() => thread.join_timed(20000, null), ioError(Gio.IOErrorEnum.TIMED_OUT));
    assertThrows(() => thread.join_timed(0, null), ioError(Gio.IOErrorEnum.TIMED_OUT));
    assertThrows(() => thread.join_timed(-2, null), thrError(Thr.Error.INVALID_ARGUMENT));
    assert(thread.is_alive());
    lock.release();
    assert(thread.join_timed(-1, null));
});

test('thread-await/ended-later', async () => {
    const [thread, lock] = onStage();
    const answers = [thread.join_async(null), thread.join_async(null)];
    await idle();
    lock.release();
    assertEquals(await Promise.all(answers), [true, true]);
    assert(!thread.is_alive());
});

test('thread-await/ended-before', async () => {
    const thread = quick();
    thread.start();
    thread.join();
    assert(await thread.join_async(null));
});

test('thread-await/not-started', async () => {
    await assertRejects(quick().join_async(null), thrError(Thr.Error.NOT_STARTED));
});

test('thread-await/cancelled', async () => {
    const [thread, lock] = onStage();
    const cancellable = new Gio.Cancellable();
    const answer = thread.join_async(cancellable);
    cancellable.cancel();
    await assertRejects(answer, ioError(Gio.IOErrorEnum.CANCELLED));
    lock.release();
    thread.join();
});

test('thread-signals/order', () => {
    const lines = [];
    const thread = quick();
    thread.connect('started', () => lines.push('started'));
    thread.connect('notify::alive', () => lines.at(-1) !== 'notify' && lines.push('notify'));
    thread.connect('finished', () => lines.push('finished'));
    thread.connect('failed', () => lines.push('failed'));
    thread.start();
    thread.join();
    assertEquals(lines, ['started', 'notify', 'finished']);
});

test('thread-signals/with-loop', async () => {
    for (let i = 0; i < 100; i++) {
        const thread = quick();
        const finished = emission(thread, 'finished');
        thread.start();
        // eslint-disable-next-line no-await-in-loop
        await finished;
        assertEquals(thread.state, State.FINISHED);
    }
});

test('registry/main', () => {
    const thread = Thr.Thread.get_main();
    assert(thread === Thr.Thread.current());
    assertEquals(thread.name, 'MainThread');
    assert(thread.is_alive());
    assert(!thread.daemon);
});

test('registry/alive', () => {
    const [one, firstLock] = onStage();
    const [two, secondLock] = onStage();
    const list = Thr.Thread.list_alive();
    assertEquals(list.get_n_items(), 3);
    assert(list.get_item(0) === Thr.Thread.get_main());
    assert(list.get_item(1) === one);
    assert(list.get_item(2) === two);
    assertEquals(Thr.Thread.count_alive(), 3);
    firstLock.release();
    secondLock.release();
    one.join();
    two.join();
    assertEquals(Thr.Thread.count_alive(), 1);
});

test('functions/numbers', () => {
    assertEquals(Thr.get_ident(), Thr.Thread.current().ident);
    assertEquals(Thr.get_native_id(), Thr.Thread.current().native_id);
});

test('exit/waits', async () => {
    // A script that ends while its thread is busy with another program: had exit() not
    // waited, the answer would not be there.
    const [file] = Gio.File.new_tmp('thr-test-XXXXXX.js');
    const path = file.get_path();
    const command = `sh -c "sleep 0.2; echo worked > ${path}.answer"`;
    const script = `
        import GLib from 'gi://GLib?version=2.0';
        import Thr from 'gi://Thr?version=1';
        const call = Thr.Call.new('GLib', 'spawn_command_line_sync', ['${command}']);
        Thr.Thread.new_callable(null, call).start();`;
    GLib.file_set_contents(path, script);

    let ended = false;
    const child = Gio.Subprocess.new(['gjs', '-m', path], Gio.SubprocessFlags.NONE);
    child.wait_async(null, (_child, result) => {
        child.wait_finish(result);
        ended = true;
    });
    await until(() => ended);
    const [, text] = GLib.file_get_contents(`${path}.answer`);
    GLib.unlink(path);
    GLib.unlink(`${path}.answer`);
    assert(child.get_successful());
    assertEquals(new TextDecoder().decode(text), 'worked\n');
});

run();
