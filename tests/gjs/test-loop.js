// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import GLib from 'gi://GLib?version=2.0';

import './without-override.js';
import Thr from 'gi://Thr?version=1';

import {test, assert, run} from './harness.js';

test('loop/diverted', () => {
    const context = GLib.MainContext.new();
    const event = new Thr.Event();
    let ended = null;
    Thr.loop_divert(context);
    event.wait_async(null, (source, result) => {
        ended = source.wait_finish(result);
    });
    Thr.loop_divert(null);
    event.set();
    while (GLib.MainContext.default().iteration(false))
        ;
    assert(ended === null);
    while (ended === null)
        context.iteration(true);
    assert(ended);
});

run();
