// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// A parallel loop: the checksums of six texts, computed by the threads of a pool, come
// back in the order of the texts. A second loop has one command for each turn, and tells
// how far it is.
//
// JavaScript stays on its own thread; what the loop runs is a C function with a row of
// arguments for each turn.

import GLib from 'gi://GLib?version=2.0';
import Thr from 'gi://Thr?version=1';

const texts = ['one', 'two', 'three', 'four', 'five', 'six'];

await new Thr.Pool({max_threads: 4}).with(async pool => {
    const rows = texts.map(text => [GLib.ChecksumType.SHA256, text, -1]);
    const sums = await pool.map('GLib', 'compute_checksum_for_string', rows);

    for (const [i, text] of texts.entries())
        print(`${text}: ${sums[i].slice(0, 8)}`);

    // The sum from a to b, of which the command knows the formula.
    const commands = [[1, 400000], [400001, 1000000]].map(([a, b]) => `expr ( ${a} + ${b} ) * ( ${b} - ${a} + 1 ) / 2`);
    const loop = pool.map('GLib', 'spawn_command_line_sync', commands);
    loop.connect('notify::progress', () => printerr(`${Math.round(100 * loop.progress)} %`));
    const parts = (await loop).map(([output]) => Number(new TextDecoder().decode(output.toArray())));
    print(`The numbers up to 1000000 add up to ${parts[0] + parts[1]}`);
});
