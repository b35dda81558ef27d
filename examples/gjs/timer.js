// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// A timer that fires, and one that is cancelled before it does.
//
// A timer emits its signal on the main loop, and can be waited for until it has fired or
// was cancelled. Times are in seconds here; GLib's clock has microseconds.

import GLib from 'gi://GLib?version=2.0';
import Thr from 'gi://Thr?version=1';

function start(timer, name) {
    timer.name = name;
    timer.connect('fired', () => print(`${name}: fires`));
    timer.start();
    return timer;
}

const begin = GLib.get_monotonic_time();
const first = start(Thr.Timer.after(0.2), 'first timer');
const second = start(Thr.Timer.after(3600), 'second timer');

await first.wait_async();
print(GLib.get_monotonic_time() - begin >= 200000 ? 'Not too early' : 'TOO EARLY');

second.cancel();
await second.wait_async();
print(`second timer: ${second.state === Thr.TimerState.CANCELLED ? 'cancelled' : 'NOT CANCELLED'}`);
print(GLib.get_monotonic_time() - begin < GLib.TIME_SPAN_HOUR ? 'At once' : 'TOO LATE');
