// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Five threads print their idents, running and terminated.
//
// An ident is a number that no other running thread has; when its thread has
// ended, it may be given out again. The native id is the kernel's.

import GLib from 'gi://GLib?version=2.0';
import Thr from 'gi://Thr?version=1';

function startThread(number) {
    const sleep = new Thr.Call('GLib', 'usleep', [GLib.random_int_range(20, 100) * 1000]);
    const thread = Thr.Thread.new_callable(`thread ${number}`, sleep);

    thread.connect('started', () =>
        print(`${thread.name} is running: ident ${thread.ident}, native id ${thread.native_id}`));
    thread.start();
    return thread;
}

async function printEnd(thread) {
    await thread.join_async();
    print(`${thread.name} has terminated: ident ${thread.ident}, ` +
        `${thread.is_alive() ? 'alive' : 'not alive'}`);
}

await Promise.all([1, 2, 3, 4, 5].map(startThread).map(printEnd));
