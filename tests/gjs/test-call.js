// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// ThrCallable and ThrCall as introspection gives them.

import Callee from 'gi://Callee?version=1';
import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import GObject from 'gi://GObject?version=2.0';
import Thr from 'gi://Thr?version=1';

import {test, assert, assertEquals, assertThrows, assertRejects, until, run} from './harness.js';

const INVALID_ARGUMENT = [Thr.Error, Thr.Error.INVALID_ARGUMENT];
const ABC_SUM = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

function call(namespace, name, ...args) {
    return Thr.Call.new(namespace, name, args);
}

function result(...args) {
    const [ok, value] = call(...args).call(null);
    assert(ok);
    return value;
}

function members(values) {
    return Array.from({length: values.get_n_values()}, (_, index) => values.get_value(index));
}

function assertRefused(pattern, ...args) {
    const error = assertThrows(() => call(...args), INVALID_ARGUMENT);
    assert(pattern.test(error.message), `“${error.message}” is not like ${pattern}`);
}

const Sayer = GObject.registerClass({
    Implements: [Thr.Callable],
}, class Sayer extends GObject.Object {
    vfunc_call(cancellable) {
        return this.say(cancellable);
    }
});

function sayer(say) {
    const object = new Sayer();
    object.say = say;
    return object;
}

test('callable/value', () => {
    for (const value of [42, 'text', 1.5, true])
        assertEquals(sayer(() => [true, value]).call(null), [true, value]);
});

test('callable/empty', () => {
    assertEquals(sayer(() => [true, null]).call(null), [true, null]);
});

test('callable/error', () => {
    const busy = () => {
        throw new GLib.Error(Gio.IOErrorEnum, Gio.IOErrorEnum.BUSY, 'not now');
    };
    assertThrows(() => sayer(busy).call(null), [Gio.IOErrorEnum, Gio.IOErrorEnum.BUSY]);
});

test('callable/no-result', () => {
    assertThrows(() => sayer(() => [false, 3]).call(null), [Thr.Error, Thr.Error.NO_RESULT]);
});

test('callable/wrong-language', async () => {
    const pool = Thr.Pool.new(1);
    let called = false;
    const task = pool.submit_callable(sayer(() => {
        called = true;
        return [true, 1];
    }));
    const error = await assertRejects(task, [Thr.Error, Thr.Error.WRONG_LANGUAGE]);
    assert(/Thr\.Call/.test(error.message));
    assert(!called);
    pool.shutdown(false, true);
});

test('call/new', () => {
    const made = call('GLib', 'compute_checksum_for_string', GLib.ChecksumType.SHA256, 'abc', -1);
    assertEquals(made.namespace, 'GLib');
    assertEquals(made.function, 'compute_checksum_for_string');
    assertEquals(made.allow_observed, false);
});

test('call/result', () => {
    const made = call('GLib', 'compute_checksum_for_string', GLib.ChecksumType.SHA256, 'abc', -1);
    assertEquals(made.call(null), [true, ABC_SUM]);
    assertEquals(made.call(null), [true, ABC_SUM]);
    assertEquals(result('GLib', 'random_set_seed', 3), null);
});

test('call/names', () => {
    const file = result('Gio', 'Gio.File.new_for_path', '/a/b');
    assertEquals(file.get_path(), '/a/b');
    assertEquals(result('Gio-2.0', 'File.get_basename', file), 'b');
    assertEquals(result('Callee', 'Lid.get_content', Callee.Lid.new()), 7);
});

test('call/wrong-names', () => {
    assertRefused(/no namespace “Nowhere”/, 'Nowhere', 'anything');
    assertRefused(/no function “nothing”/, 'GLib', 'nothing');
    assertRefused(/no function “DateTime.nothing”/, 'GLib', 'DateTime.nothing');
});

test('call/wrong-arguments', () => {
    assertRefused(/must be 1, and 0 were given/, 'GLib', 'getenv');
    assertRefused(/must be 1, and 2 were given/, 'GLib', 'getenv', 'A', 'B');
    assertRefused(/argument 1 \(“variable”\): filename is wanted, and gint was given/,
        'GLib', 'getenv', 3);
    assertRefused(/(GVariant|an object of the language \(JSObject\)) was given/, 'GLib', 'getenv', {a: 1});
});

test('call/failure', () => {
    const file = Gio.File.new_for_path('/nowhere/at/all');
    assertThrows(() => result('Gio', 'File.load_contents', file),
        [Gio.IOErrorEnum, Gio.IOErrorEnum.NOT_FOUND]);
});

test('call/integers', () => {
    for (const [name, low, high] of [
        ['int8', -128, 127], ['uint8', 0, 255], ['int16', -32768, 32767], ['uint16', 0, 65535],
        ['int32', -2147483648, 2147483647], ['uint32', 0, 4294967295],
    ]) {
        assertEquals(result('Callee', name, low), low, name);
        assertEquals(result('Callee', name, high), high, name);
        assertRefused(/is not a value of/, 'Callee', name, low - 1);
        assertRefused(/is not a value of/, 'Callee', name, high + 1);
        assertRefused(/0.5 is not a value of/, 'Callee', name, 0.5);
        assertRefused(/nan is not a value of/, 'Callee', name, NaN);
    }
    assertEquals(result('Callee', 'int64', 2 ** 53), 2 ** 53);
    assertEquals(result('Callee', 'int64', -(2 ** 40)), -(2 ** 40));
    assertEquals(result('Callee', 'int64', 10n), 10);
    assertRefused(/is not a value of guint64/, 'Callee', 'uint64', -1);
});

test('call/other-numbers', () => {
    assertEquals(result('Callee', 'double', 3), 3);
    assertEquals(result('Callee', 'float', 0.25), 0.25);
    assertEquals(result('Callee', 'boolean', true), true);
    assertEquals(result('Callee', 'unichar', 'ß'), 'ß');
    assertEquals(result('Callee', 'gtype', 'GFile').name, 'GFile');
    assertRefused(/gboolean is wanted/, 'Callee', 'boolean', 1);
});

test('call/enumerations', () => {
    for (const regular of [Gio.FileType.REGULAR, 'regular', 'REGULAR'])
        assertEquals(result('Callee', 'enum', regular), Gio.FileType.REGULAR);
    const both = Gio.FileCopyFlags.OVERWRITE | Gio.FileCopyFlags.BACKUP;
    for (const flags of [both, 'overwrite|backup'])
        assertEquals(result('Callee', 'flags', flags), both);
    assertRefused(/“regulr” is not a value/, 'Callee', 'enum', 'regulr');
    assertRefused(/999 is not a value/, 'Callee', 'enum', 999);
});

test('call/strings', () => {
    assertEquals(result('Callee', 'utf8', 'grün'), 'grün');
    assertEquals(result('Callee', 'utf8', null), null);
    assertEquals(result('Callee', 'utf8_taken', 'given'), 'given');
    assertEquals(result('Callee', 'utf8_inout', 'a'), 'a!');
});

test('call/bytes', () => {
    const reversed = result('Callee', 'reverse', new GLib.Bytes([1, 0, 3]));
    assertEquals(reversed.toArray(), new Uint8Array([3, 0, 1]));
    assertEquals(result('Callee', 'reverse', 'ab').toArray(), new Uint8Array([98, 97]));
    assertEquals(result('Callee', 'fill', 2).toArray(), new Uint8Array([120, 120]));
});

test('call/arrays', () => {
    assertEquals(result('Callee', 'sum_ints', new GLib.Variant('ai', [1, 2, 3])), 6);
    assertEquals(result('Callee', 'sum_ints', new GLib.Variant('ad', [1, 2])), 3);
    assertEquals(result('Callee', 'sum_ints', Thr.Values.new([1, 2])), 3);
    assertEquals(result('Callee', 'doubles').deepUnpack(), [0.5, 1.5, 2.5]);
    assertEquals(result('Callee', 'strv_taken', new GLib.Variant('as', ['b', 'a'])), ['b', 'a']);
    assertEquals(result('Callee', 'list', Thr.Values.new(['b', 'a'])), ['a', 'b']);
    assertEquals(result('Callee', 'hash', new GLib.Variant('a{si}', {a: 1})).deepUnpack().a, 1);

    const boxes = result('Callee', 'boxes', 3);
    assertEquals(members(boxes).map(box => box.get_content()), [0, 1, 2]);
    assertEquals(result('Callee', 'sum_boxes', boxes), 3);
    assertEquals(result('Callee', 'sum_boxes', Thr.Values.new(members(boxes))), 3);
    assertRefused(/element 1: utf8 is wanted/, 'Callee', 'list', Thr.Values.new(['a', 1]));
});

test('call/boxed', () => {
    const middle = result('Callee', 'Point.middle', Callee.Point.new(1, 3), Callee.Point.new(3, 5));
    assertEquals([middle.x, middle.y], [2, 4]);
    assertEquals(members(result('Callee', 'points')).map(point => point.x), [1, 3]);
});

test('call/out', () => {
    const values = result('Callee', 'three_out', 10);
    assertEquals(members(values), [11, '12', 13]);
    assertEquals([0, 1, 2].map(index => values.get_name(index)), ['one', 'two', 'three']);
    assertEquals(members(result('Callee', 'int_inout', 21)), [21, 42]);
    assertEquals(result('Callee', 'succeed'), 42);
});

test('call/errors', () => {
    assertThrows(() => result('Callee', 'fail', 'no way'),
        [Gio.IOErrorEnum, Gio.IOErrorEnum.BUSY]);
    assertThrows(() => result('Callee', 'fail_silently'), [Thr.Error, Thr.Error.NO_RESULT]);
});

test('call/main-thread-namespaces', () => {
    for (const namespace of ['Gtk', 'Gdk', 'Clutter'])
        assertRefused(/belongs to the main thread/, namespace, 'init');
});

test('call/refused-functions', () => {
    assertRefused(/main loop/, 'GLib', 'MainLoop.run', GLib.MainLoop.new(null, false));
    assertRefused(/end or consume a thread/, 'GLib', 'Thread.exit');
    assertRefused(/answers through a callback/, 'Gio', 'File.load_contents_async');
    assertRefused(/it is a callback/, 'Callee', 'callback', null);
    assertEquals(result('Callee', 'maybe_callback', 3), 3);
    assertEquals(result('Callee', 'maybe_callback', 3, null), 3);
});

test('call/observed', async () => {
    const pool = Thr.Pool.new(1);
    const box = Callee.Box.new(1);
    const poke = call('Callee', 'Box.poke', box);
    await pool.submit_callable(poke);

    const handler = box.connect('poked', () => {});
    const error = await assertRejects(pool.submit_callable(poke), INVALID_ARGUMENT);
    assert(/signal handlers/.test(error.message));
    assertThrows(() => poke.call(null), INVALID_ARGUMENT);

    // It may be called where the handlers may be, when one says so.
    poke.allow_observed = true;
    poke.call(null);
    poke.allow_observed = false;
    box.disconnect(handler);
    await pool.submit_callable(poke);
    assertEquals(box.get_content(), 4);
    pool.shutdown(false, true);
});

test('call/javascript-class', async () => {
    const pool = Thr.Pool.new(1);
    const Box = GObject.registerClass(class JSBox extends Callee.Box {});
    const content = call('Callee', 'Box.get_content', new Box());
    await assertRejects(pool.submit_callable(content), [Thr.Error, Thr.Error.WRONG_LANGUAGE]);
    content.allow_observed = true;
    assertEquals(await pool.submit_callable(content), 0);
    pool.shutdown(false, true);
});


test('call/cancellable', async () => {
    const cancellable = new Gio.Cancellable();
    cancellable.cancel();
    assertThrows(() => call('Callee', 'wait_for_cancel').call(cancellable),
        [Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED]);

    // Where none is given it is the task's.
    const pool = Thr.Pool.new(1);
    const task = pool.submit_callable(call('Callee', 'wait_for_cancel'));
    await until(() => task.state !== Thr.FutureState.PENDING);
    task.cancellable.cancel();
    await assertRejects(task, [Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED]);
    pool.shutdown(false, true);
});

test('call/pool', async () => {
    const pool = Thr.Pool.new(2);
    const main = result('Callee', 'thread');
    const tasks = Array.from({length: 50}, () => pool.submit_callable(call('Callee', 'thread')));
    for (const task of tasks)
        // eslint-disable-next-line no-await-in-loop
        assert(await task !== main);

    const error = await assertRejects(pool.submit_callable(call('Callee', 'fail', 'no way')),
        [Gio.IOErrorEnum, Gio.IOErrorEnum.BUSY]);
    assertEquals(error.message, 'no way');
    pool.shutdown(false, true);
});

test('call/thread', () => {
    const box = Callee.Box.new(1);
    const thread = Thr.Thread.new_callable('poker', call('Callee', 'Box.poke', box));
    thread.start();
    thread.join();
    assertEquals(box.get_content(), 2);
});

run();
