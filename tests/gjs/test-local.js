// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import Gio from 'gi://Gio?version=2.0';
import Thr from 'gi://Thr?version=1';

import {test, assert, assertEquals, assertThrows, run} from './harness.js';

const thrError = code => [Thr.error_quark(), code];

test('local/values', () => {
    const local = Thr.Local.new();
    assert(!local.has('a'));
    assertEquals(local.get('a'), null);
    assertEquals(local.set('b', 'text'), true);
    local.set('a', 7);
    local.set('a', 8);
    assertEquals(local.get('a'), 8);
    assertEquals(local.get('b'), 'text');
    assertEquals(local.list_names(), ['a', 'b']);
    assert(local.remove('a'));
    assert(!local.remove('a'));
    assertEquals(local.get('a'), null);
});

test('local/any-object', () => {
    const local = Thr.Local.new();
    const file = Gio.File.new_for_path('/');
    local.set('file', file);
    assert(local.get('file') === file);
});

test('local/many-locals', () => {
    for (let i = 0; i < 1000; i++) {
        const local = Thr.Local.new();
        assert(!local.has('number'));
        local.set('number', i);
        assertEquals(local.get('number'), i);
    }
});

test('local/initializer', () => {
    // Any thread may use the storage, and JavaScript runs in one.
    assertThrows(() => Thr.Local.new_full(() => {}), thrError(Thr.Error.WRONG_LANGUAGE));
});

run();
