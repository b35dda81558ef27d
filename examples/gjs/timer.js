// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// A timer that fires, and one that is cancelled before it does.
//
// The library has no timer class yet, and needs none for this: a timer is a thread
// that waits with a limit for a permit that never comes. When the time is up the wait
// fails as timed out, which is what the timer waits for; cancelling ends it at once.
// (For a timer alone GLib.timeout_add() is enough; this one is busy off the main loop.)

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import Thr from 'gi://Thr?version=1';

class Timer {
    #cancellable = new Gio.Cancellable();

    constructor(pool, name, delayUs) {
        const never = Thr.Semaphore.new(0);

        this.name = name;
        this.done = this.#run(pool.call('Thr', 'Semaphore.acquire_timed',
            never, delayUs, this.#cancellable));
    }

    cancel() {
        this.#cancellable.cancel();
    }

    async #run(wait) {
        try {
            await wait;
        } catch (error) {
            if (error.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.TIMED_OUT))
                print(`${this.name}: fires`);
            else if (error.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED))
                print(`${this.name}: cancelled`);
            else
                throw error;
        }
    }
}

const pool = Thr.Pool.new(2);
const begin = GLib.get_monotonic_time();
const first = new Timer(pool, 'first timer', 200000);
const second = new Timer(pool, 'second timer', GLib.TIME_SPAN_HOUR);

await first.done;
print(GLib.get_monotonic_time() - begin >= 200000 ? 'Not too early' : 'TOO EARLY');

second.cancel();
await second.done;
print(GLib.get_monotonic_time() - begin < GLib.TIME_SPAN_HOUR ? 'At once' : 'TOO LATE');
