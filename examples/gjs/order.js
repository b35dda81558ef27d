// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// In what order things happen, without a join and with one.
//
// start() returns at once, and the main thread and the new one go on side by side.
// Awaiting join_async() is what brings them together again.

import GLib from 'gi://GLib?version=2.0';
import Thr from 'gi://Thr?version=1';

async function demonstrate(withJoin) {
    const sleep = new Thr.Call('GLib', 'usleep', [GLib.random_int_range(150, 300) * 1000]);
    const thread = Thr.Thread.new_callable('worker', sleep);

    thread.connect('finished', () => print('  thread: done'));

    print(withJoin ? 'With join:' : 'Without join:');
    thread.start();
    print('  main: started the thread');
    if (withJoin)
        await thread.join_async();
    print('  main: goes on');

    // So that the two parts do not mix. Joining again is no mistake: there is
    // nothing left to wait for then.
    await thread.join_async();
}

await demonstrate(false);
await demonstrate(true);
