// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What a pool's threads cannot call in JavaScript, and tasks that their makers run.

import './without-override.js';
import Thr from 'gi://Thr?version=1';

import {test, assert, assertEquals, assertThrows, run} from './harness.js';

const thrError = code => [Thr.Error, code];

test('pool-source/source', () => {
    const pool = Thr.Pool.new(1);
    assertThrows(() => pool.set_source(() => true), thrError(Thr.Error.WRONG_LANGUAGE));
    assertThrows(() => pool.call_source(), thrError(Thr.Error.INVALID_STATE));
    assert(!Thr.Pool.recall_source());
    pool.shutdown(false, true);
});

test('pool-source/detached', async () => {
    const task = Thr.Task.new_detached(null, null);
    assert(task.begin(null));
    assert(!task.begin(null));
    assert(Thr.Task.get_current() === task);
    assert(task.end(5));
    assert(!task.end(6));
    assert(Thr.Task.get_current() === null);
    assertEquals(await task, 5);
});

test('pool-source/detached-cancelled', () => {
    const task = Thr.Task.new_detached(null, null);
    assert(task.cancel());
    assert(!task.begin(null));
    assert(!task.end(null));
});

run();
