// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// A small test harness: TAP on the standard output, one line for each test.
// Tests may be async; the main loop runs while one is awaited. A warning or a
// critical ends the program (G_DEBUG=fatal-warnings), which fails the test.

import GLib from 'gi://GLib?version=2.0';
import System from 'system';

const tests = [];

/** Registers a test; body may be async. options: {skip: 'reason', timeout: seconds} */
export function test(name, body, options = {}) {
    tests.push({name, body, options});
}

export class AssertionError extends Error {}

function fail(message, reason) {
    throw new AssertionError(message ? `${message}: ${reason}` : reason);
}

function show(value) {
    if (typeof value === 'bigint')
        return `${value}n`;
    if (value === null || typeof value !== 'object')
        return typeof value === 'string' ? `“${value}”` : String(value);
    try {
        return JSON.stringify(value) ?? String(value);
    } catch {
        return String(value);
    }
}

function same(a, b) {
    if (Object.is(a, b))
        return true;
    if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object')
        return false;
    if (!(Array.isArray(a) && Array.isArray(b)) &&
        !(a instanceof Uint8Array && b instanceof Uint8Array))
        return false;
    return a.length === b.length && a.every((value, index) => same(value, b[index]));
}

export function assert(condition, message = '') {
    if (!condition)
        fail(message, 'not true');
}

/** Equal as Object.is has it; arrays member by member. */
export function assertEquals(actual, expected, message = '') {
    if (!same(actual, expected))
        fail(message, `got ${show(actual)}, expected ${show(expected)}`);
}

/** An error as a test wants it: a class, [domain, code] for a GError, or a RegExp for its text. */
function checkError(error, expected, message) {
    if (error instanceof AssertionError)
        throw error;
    if (expected === undefined)
        return;
    if (expected instanceof RegExp) {
        if (!expected.test(error.message))
            fail(message, `the text is ${show(error.message)}`);
    } else if (Array.isArray(expected)) {
        if (!(error instanceof GLib.Error) || !error.matches(...expected))
            fail(message, `another error: ${error} (${error.domain}, ${error.code})`);
    } else if (!(error instanceof expected)) {
        fail(message, `another error: ${error}`);
    }
}

/** Returns the error, so that a test can look further. */
export function assertThrows(body, expected, message = '') {
    try {
        body();
    } catch (error) {
        checkError(error, expected, message);
        return error;
    }
    return fail(message, 'nothing was thrown');
}

/** As assertThrows, for a promise (or anything that can be awaited). */
export async function assertRejects(promise, expected, message = '') {
    try {
        await promise;
    } catch (error) {
        checkError(error, expected, message);
        return error;
    }
    return fail(message, 'the promise was not rejected');
}

/** A promise of the next emission of a signal: the arguments after the object. */
export function emission(object, signal) {
    return new Promise(resolve => {
        const id = object.connect(signal, (_object, ...args) => {
            object.disconnect(id);
            resolve(args);
        });
    });
}

/** A promise that is resolved when the loop has been idle once: all that was ready before has run. */
export function idle(priority = GLib.PRIORITY_LOW) {
    return new Promise(resolve => {
        GLib.idle_add(priority, () => {
            resolve();
            return GLib.SOURCE_REMOVE;
        });
    });
}

/** Awaits idle () until the condition holds; the test's own timeout ends it otherwise. */
export async function until(condition) {
    while (!condition())
        // eslint-disable-next-line no-await-in-loop
        await idle();
}

// To the standard error: meson shows that of a failed test, and not the TAP.
function diagnose(error) {
    printerr(`${error}\n${error?.stack ?? ''}`);
}

function withTimeout(promise, seconds) {
    return new Promise((resolve, reject) => {
        let id = GLib.timeout_add_seconds(GLib.PRIORITY_HIGH, seconds, () => {
            id = 0;
            reject(new Error(`no end after ${seconds} s`));
            return GLib.SOURCE_REMOVE;
        });
        promise.then(resolve, reject).finally(() => {
            if (id !== 0)
                GLib.source_remove(id);
        });
    });
}

/**
 * Runs what was registered and ends the program.
 *
 * ARGV: names of tests; none runs all.
 */
export function run() {
    const loop = new GLib.MainLoop(null, false);
    const wanted = ARGV.length > 0 ? tests.filter(({name}) => ARGV.includes(name)) : tests;
    let failed = 0;

    const runAll = async () => {
        let count = 0;
        for (const {name, body, options} of wanted) {
            count++;
            if (options.skip) {
                print(`ok ${count} - ${name} # SKIP ${options.skip}`);
                continue;
            }
            try {
                const result = body();
                if (result instanceof Promise)
                    // eslint-disable-next-line no-await-in-loop
                    await withTimeout(result, options.timeout ?? 30);
                print(`ok ${count} - ${name}`);
            } catch (error) {
                failed++;
                print(`not ok ${count} - ${name}`);
                diagnose(error);
            }
        }
        print(count > 0 ? `1..${count}` : '1..0 # SKIP no tests');
    };

    // Begun from the loop, so that even a synchronous test finds it running.
    GLib.idle_add(GLib.PRIORITY_DEFAULT, () => {
        runAll().catch(error => {
            failed++;
            diagnose(error);
            print('Bail out! the harness failed');
        }).finally(() => loop.quit());
        return GLib.SOURCE_REMOVE;
    });
    loop.run();
    System.gc();
    System.exit(failed > 0 ? 1 : 0);
}
