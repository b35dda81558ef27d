// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// A daemon: a thread that the end of the program does not wait for.
//
// This one never ends by itself: it waits for a permit that nobody gives. Were it not
// a daemon, the program would not end either.

import Thr from 'gi://Thr?version=1';

const never = Thr.Semaphore.new(0);
const endless = new Thr.Call('Thr', 'Semaphore.acquire', [never]);
const thread = Thr.Thread.new_callable('daemon', endless);

const started = new Promise(resolve => thread.connect('started', resolve));

thread.daemon = true;
thread.start();
await started;
print('The daemon works for ever');

print(`The daemon is ${thread.is_alive() ? 'alive' : 'dead'}`);
print('Main ends, and the program with it');
