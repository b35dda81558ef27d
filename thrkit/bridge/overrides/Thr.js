// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// JavaScript's shapes for thrkit. GJS loads this file with the namespace; everything
// works without it as well, a little less comfortably:
//
// - every …_async() without a callback gives a promise, and its trailing arguments may be
//   left out: await lock.acquire_async();
// - lock.with(async () => …) holds a lock or a permit while the function runs;
// - a future is a promise in full: then() gives a promise, catch() and finally() are
//   there, and a row of values (Thr.Values) comes out as an array, with the names of the
//   values as further properties. It can be awaited without this file, too;
// - new Thr.Call('GLib', 'getenv', ['HOME']) takes plain values; pool.call(…) makes one
//   and submits it: await pool.call('GLib', 'getenv', 'HOME');
// - pool.submit() takes a Thr.Callable, and throws at once for a function: JavaScript
//   cannot run on another thread. Without this file the task is rejected instead.

const {GLib, GObject} = imports.gi;

let Thr;

// --- Promises ---

/** Makes proto[name] give a promise when it is called without a callback. */
function promisify(proto, name) {
    const original = proto[name];
    const finish = name.replace(/_async$/, '_finish');

    // The same mark as Gio._promisify(): a program may call that, too, to no effect.
    proto[`_original_${name}`] = original;
    proto[name] = function (...args) {
        if (typeof args[args.length - 1] === 'function' || args.length >= original.length)
            return original.apply(this, args);
        while (args.length < original.length - 1)
            args.push(name === 'shutdown_async' && args.length === 0 ? false : null);
        return new Promise((resolve, reject) => {
            original.call(this, ...args, (_source, result) => {
                try {
                    resolve(this[finish](result));
                } catch (error) {
                    reject(error);
                }
            });
        });
    };
}

function promisifyAll(klass) {
    for (const name of Object.getOwnPropertyNames(klass.prototype)) {
        if (name.endsWith('_async') && !name.startsWith('_'))
            promisify(klass.prototype, name);
    }
}

// --- Values ---

/** An array with the values' names as further properties. */
function toArray(values) {
    const array = [];
    for (let i = 0; i < values.n_values; i++) {
        const name = values.get_name(i);
        array.push(fromValue(values.get_value(i)));
        if (name !== null && !(name in array))
            array[name] = array[i];
    }
    return array;
}

function fromValue(value) {
    return value instanceof Thr.Values ? toArray(value) : value;
}

function* iterateValues() {
    for (let i = 0; i < this.n_values; i++)
        yield fromValue(this.get_value(i));
}

/** What GJS makes no GValue of that a call could use. */
function toValue(thing) {
    if (thing instanceof Uint8Array)
        return new GLib.Bytes(thing);
    if (Array.isArray(thing) && thing.every(item => typeof item === 'string'))
        return new GLib.Variant('as', thing);
    if (Array.isArray(thing) && thing.every(item => typeof item === 'number')) {
        const type = thing.every(item => Number.isSafeInteger(item)) ? 'ax' : 'ad';
        return new GLib.Variant(type, thing);
    }
    if (Array.isArray(thing))
        return Thr.Values.new(thing.map(toValue));
    if (typeof thing === 'bigint') {
        const value = new GObject.Value();
        value.init(GObject.TYPE_INT64);
        value.set_int64(thing);
        return value;
    }
    return thing;
}

// --- Locks ---

async function withHeld(body, cancellable = null) {
    await this.acquire_async(cancellable);
    try {
        return await body(this);
    } finally {
        this.release();
    }
}

// --- Futures ---

function overrideFuture(proto) {
    const original = proto.then;

    proto.then = function (onFulfilled, onRejected) {
        return new Promise((resolve, reject) => {
            original.call(this, value => resolve(fromValue(value)), reject);
        }).then(onFulfilled, onRejected);
    };
    proto.catch = function (onRejected) {
        return this.then(undefined, onRejected);
    };
    proto.finally = function (onFinally) {
        return this.then().finally(onFinally);
    };
}

// --- Calls and pools ---

function makeCall(klass) {
    const original = klass.new;

    klass.new = (namespace, name, args = []) =>
        original.call(klass, namespace, name, args.map(toValue));
    // A constructor of GObject's takes properties only.
    return new Proxy(klass, {
        construct: (_target, args) => klass.new(...args),
    });
}

function overridePool(proto) {
    for (const name of ['submit', 'submit_full']) {
        const original = proto[name];

        proto[name] = function (...args) {
            if (name === 'submit' && args[0] instanceof Thr.Callable)
                return this.submit_callable(args[0]);
            const task = original.apply(this, args);
            const error = task.get_error();
            if (error?.matches(Thr.Error, Thr.Error.WRONG_LANGUAGE))
                throw error;
            return task;
        };
    }
    proto.call = function (namespace, name, ...args) {
        return this.submit_callable(Thr.Call.new(namespace, name, args));
    };
}

// eslint-disable-next-line no-unused-vars
function _init() {
    Thr = this;

    for (const name of ['Lockable', 'Lock', 'RecLock', 'Condition', 'RWLock', 'Semaphore', 'Thread', 'Future', 'Pool'])
        promisifyAll(Thr[name]);
    Thr.Lock.prototype.with = withHeld;
    Thr.RecLock.prototype.with = withHeld;
    Thr.Semaphore.prototype.with = withHeld;
    Thr.Values.prototype[Symbol.iterator] = iterateValues;
    Thr.Values.prototype.toArray = function () {
        return toArray(this);
    };
    overrideFuture(Thr.Future.prototype);
    overridePool(Thr.Pool.prototype);
    Thr.Call = makeCall(Thr.Call);
}
