// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// JavaScript's shapes for thrkit. GJS loads this file with the namespace; everything
// works without it as well, a little less comfortably:
//
// - every …_async() without a callback gives a promise, and its trailing arguments may be
//   left out: await lock.acquire_async(). In the place of the cancellable it takes
//   {timeout, cancellable}, the timeout in seconds; a wait that is out of time rejects
//   with Gio.IOErrorEnum.TIMED_OUT and leaves nothing behind;
// - the blocking verbs that have a …_timed() take a limit in seconds, too:
//   thread.join(1.5). What is named …_timed() or …_us takes C's microseconds;
// - lock.with(async () => …) holds a lock or a permit while the function runs, and
//   pool.with(async pool => …) ends the pool afterwards;
// - a future is a promise in full: then() gives a promise, catch() and finally() are
//   there, and a row of values (Thr.Values) comes out as an array, with the names of the
//   values as further properties. It can be awaited without this file, too;
// - for await (const item of queue) goes on until the queue is shut down, and queues,
//   storages and futures carry any JavaScript value;
// - new Thr.Call('GLib', 'getenv', ['HOME']) takes plain values; pool.call(…) makes one
//   and submits it: await pool.call('GLib', 'getenv', 'HOME'). pool.map('GLib', 'getenv',
//   [['HOME'], ['USER']]) is a parallel loop over several;
// - a JavaScript function that is given as work for another thread throws at the call:
//   JavaScript cannot run there.
//
// Where a method is replaced, the introspected one is under _original_ and its name.

const {Gio, GLib, GObject} = imports.gi;

let Thr;

/** Replaces proto[name] by what make() makes of it. */
function replace(proto, name, make) {
    const original = proto[name];

    // The same mark as Gio._promisify(): a program may call that, too, to no effect.
    proto[`_original_${name}`] = original;
    proto[name] = make(original);
}

// --- Values ---

/**
 * What GJS makes no GValue of by itself travels in one of these. A plain object must, too:
 * GJS makes a pointer of it that keeps nothing alive, and its garbage collector moves on.
 */
const Parcel = GObject.registerClass({
    GTypeName: 'ThrJsParcel',
}, class Parcel extends GObject.Object {});

function makeParcel(content) {
    const parcel = new Parcel();
    parcel.content = content;
    return parcel;
}

/** Any JavaScript value, for where it comes out in JavaScript again. */
function pack(thing) {
    switch (typeof thing) {
    case 'undefined':
        return null;
    case 'function':
    case 'symbol':
        return makeParcel(thing);
    case 'object':
        return thing === null || isNative(thing) ? thing : makeParcel(thing);
    default:
        return thing;
    }
}

/** An object, a boxed or a variant; GObject lends some of JavaScript's own classes a type. */
function isNative({constructor}) {
    return typeof constructor === 'function' && Object.hasOwn(constructor, '$gtype') &&
        ![Object, Number, String, Boolean].includes(constructor);
}

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
    if (value instanceof Thr.Values)
        return toArray(value);
    return value instanceof Parcel ? value.content : value;
}

function* iterateValues() {
    for (let i = 0; i < this.n_values; i++)
        yield fromValue(this.get_value(i));
}

function overrideValues(proto) {
    proto[Symbol.iterator] = iterateValues;
    proto.toArray = function () {
        return toArray(this);
    };
}

// --- Arguments of calls ---

function isType(thing) {
    return `${thing}`.startsWith('[object GType');
}

function makeValue(type, set, thing) {
    const value = new GObject.Value();
    value.init(type);
    value[set](thing);
    return value;
}

const wholeNumbers = new Map([
    [Int8Array, array => fixed('an', Int16Array.from(array))],
    [Int16Array, array => fixed('an', array)],
    [Uint16Array, array => fixed('aq', array)],
    [Int32Array, array => fixed('ai', array)],
    [Uint32Array, array => fixed('au', array)],
    [BigInt64Array, array => fixed('ax', array)],
    [BigUint64Array, array => fixed('at', array)],
    [Float32Array, array => fixed('ad', Float64Array.from(array))],
    [Float64Array, array => fixed('ad', array)],
]);

function toBytes({buffer, byteOffset, byteLength}) {
    return new GLib.Bytes(new Uint8Array(buffer, byteOffset, byteLength));
}

/** The same memory as an array that says what its members are. */
function fixed(type, array) {
    return GLib.Variant.new_from_bytes(new GLib.VariantType(type), toBytes(array), true);
}

function arrayToValue(array) {
    const all = type => array.every(item => typeof item === type);

    if (all('string'))
        return new GLib.Variant('as', array);
    if (all('number'))
        return new GLib.Variant(array.every(Number.isSafeInteger) ? 'ax' : 'ad', array);
    if (all('boolean'))
        return new GLib.Variant('ab', array);
    return Thr.Values.new(array.map(toValue));
}

/** A member of a dictionary. */
function toVariant(thing) {
    if (thing instanceof GLib.Variant)
        return thing;
    switch (typeof thing) {
    case 'string':
        return GLib.Variant.new_string(thing);
    case 'boolean':
        return GLib.Variant.new_boolean(thing);
    case 'number':
        return Number.isSafeInteger(thing) ? GLib.Variant.new_int64(thing) : GLib.Variant.new_double(thing);
    case 'bigint':
        return GLib.Variant.new_int64(thing);
    }
    const value = Array.isArray(thing) || isPlain(thing) ? toValue(thing) : null;
    if (value instanceof GLib.Variant)
        return value;
    throw new TypeError(`${thing} cannot be a member of a dictionary`);
}

function isPlain(thing) {
    return thing instanceof Map ||
        [Object.prototype, null].includes(Object.getPrototypeOf(thing));
}

function dictionaryToValue(thing) {
    const entries = thing instanceof Map ? [...thing] : Object.entries(thing);

    if (entries.every(([, value]) => typeof value === 'string'))
        return new GLib.Variant('a{ss}', Object.fromEntries(entries));
    return new GLib.Variant('a{sv}',
        Object.fromEntries(entries.map(([key, value]) => [key, toVariant(value)])));
}

/** The error that the library has for a function where another thread would run it. */
function wrongLanguage(what) {
    try {
        Thr._original_start_new_thread(() => true);
    } catch (error) {
        const text = error.message.slice(error.message.indexOf(':'));
        return new GLib.Error(Thr.Error, Thr.Error.WRONG_LANGUAGE, `${what}${text}`);
    }
    return null;
}

function objectToValue(thing) {
    if (isType(thing))
        return thing.name;
    if (isNative(thing))
        return thing;
    if (Array.isArray(thing))
        return arrayToValue(thing);
    if (thing instanceof ArrayBuffer)
        return toBytes(new Uint8Array(thing));
    if (ArrayBuffer.isView(thing))
        return (wholeNumbers.get(thing.constructor) ?? toBytes)(thing);
    if (isPlain(thing))
        return dictionaryToValue(thing);
    throw new TypeError(`${thing} cannot be given to a C function`);
}

/** What a Thr.Call can use. */
function toValue(thing) {
    switch (typeof thing) {
    case 'undefined':
        return null;
    case 'object':
        return thing === null ? null : objectToValue(thing);
    case 'bigint':
        return thing > 0x7fffffffffffffffn
            ? makeValue(GObject.TYPE_UINT64, 'set_uint64', thing)
            : makeValue(GObject.TYPE_INT64, 'set_int64', thing);
    case 'function':
        // A class stands for its type.
        if (thing.$gtype)
            return thing.$gtype.name;
        throw wrongLanguage('Thr.Call.new()');
    case 'symbol':
        throw new TypeError(`${String(thing)} cannot be given to a C function`);
    default:
        return thing;
    }
}

// --- Times and cancelling ---

/** Rounded up, so that a wait never ends early. */
function toMicroseconds(seconds) {
    if (seconds === null || seconds === Infinity)
        return -1;
    if (typeof seconds !== 'number' || Number.isNaN(seconds) || seconds < 0)
        throw new RangeError(`a time is a number of seconds that is not negative, not ${seconds}`);
    return Math.min(Math.ceil(seconds * 1e6), Number.MAX_SAFE_INTEGER);
}

/** The library's own error, with its own words. */
function timedOut() {
    try {
        Thr.Event.new().wait_timed(0, null);
    } catch (error) {
        return error;
    }
    return null;
}

/** What a source of the main loop can count, in milliseconds: seven weeks. */
const LONGEST_SOURCE = 0xffffffff;

/**
 * One cancellable for a limit in time and a cancellable that is given.
 *
 * That one may be cancelled on any thread, where no handler of JavaScript may be called:
 * a wait for something that never happens hears of it, at home.
 */
class Limit {
    constructor({timeout, cancellable = null, signal = null}) {
        const us = toMicroseconds(timeout ?? null);
        const theirs = cancellable ?? signal;

        this.cancellable = theirs;
        if (us < 0)
            return;

        this.cancellable = new Gio.Cancellable();
        if (theirs !== null) {
            this._never = new Thr.Event();
            this._never.wait_async(theirs).catch(() => this.cancellable.cancel());
        }
        const end = GLib.get_monotonic_time() + us;
        const interval = Math.min(Math.ceil(us / 1000), LONGEST_SOURCE);
        this._source = GLib.timeout_add(GLib.PRIORITY_DEFAULT, interval, () => {
            if (GLib.get_monotonic_time() < end)
                return GLib.SOURCE_CONTINUE;
            this._source = 0;
            this.isOver = !(theirs?.is_cancelled() ?? false);
            this.cancellable.cancel();
            return GLib.SOURCE_REMOVE;
        });
    }

    end() {
        if (this._source)
            GLib.source_remove(this._source);
        this._never?.set();
    }

    /** The reason of a wait that has failed. */
    translate(error) {
        return this.isOver && error instanceof GLib.Error &&
            error.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED) ? timedOut() : error;
    }
}

/** What stands in the place of a cancellable. */
function toLimit(option) {
    if (option === null || option === undefined || option instanceof Gio.Cancellable)
        return {cancellable: option ?? null, end: () => {}, translate: error => error};
    return new Limit(option);
}

// --- Promises ---

/**
 * Makes proto[name] give a promise when it is called without a callback.
 *
 * defaults: for what comes before the cancellable; pass: what is put, convert: what
 * comes out.
 */
function promisify(proto, name, {defaults = [], pass, convert = result => result} = {}) {
    const finish = name.replace(/_async$/, '_finish');

    replace(proto, name, original => function (...args) {
        const n_before = original.length - 2;

        if (pass && args.length > 0)
            args[0] = pass(args[0]);
        if (typeof args[args.length - 1] === 'function' || args.length >= original.length)
            return original.apply(this, args);
        while (args.length < n_before && args.length < defaults.length)
            args.push(defaults[args.length]);

        const limit = toLimit(args[n_before]);

        return new Promise((resolve, reject) => {
            const ended = (_source, result) => {
                limit.end();
                try {
                    resolve(convert(this[finish](result)));
                } catch (error) {
                    reject(limit.translate(error));
                }
            };

            try {
                original.call(this, ...args.slice(0, n_before), limit.cancellable, ended);
            } catch (error) {
                limit.end();
                reject(error);
            }
        });
    });
}

/** Gives a blocking verb a limit in seconds; without one it is what it was. */
function limitVerb(proto, verb, n_before = 0) {
    replace(proto, verb, original => function (...args) {
        if (args.length <= n_before)
            return original.apply(this, args);
        const [seconds, cancellable = null] = args.slice(n_before);
        return this[`${verb}_timed`](...args.slice(0, n_before), toMicroseconds(seconds), cancellable);
    });
}

const special = {
    shutdown_async: {defaults: [false]},
    put_async: {pass: pack},
    put_with_priority_async: {pass: pack},
    get_async: {convert: fromValue},
};

function overrideWaits(proto) {
    // A lockable's methods may be the interface's, which are no property until asked for.
    const inherited = ['acquire_async', 'acquire_timed'].filter(name => proto[name]);

    for (const name of new Set([...Object.getOwnPropertyNames(proto), ...inherited])) {
        if (name.startsWith('_'))
            continue;
        if (name.endsWith('_async'))
            promisify(proto, name, special[name]);
        else if (name.endsWith('_timed') && proto[name.slice(0, -6)])
            limitVerb(proto, name.slice(0, -6), name === 'put_timed' ? 1 : 0);
    }
}

// --- Locks ---

function makeWith(acquire, release) {
    return async function (body, option = null) {
        await this[acquire](option);
        try {
            return await body(this);
        } finally {
            this[release]();
        }
    };
}

function overrideCondition(proto) {
    proto.with = async function (body, option = null) {
        return this.lock.with(() => body(this), option);
    };
    /** As wait_for() does, on the main loop: until predicate() is true, with the lock held. */
    proto.wait_for_async = async function (predicate, option = null) {
        const us = toMicroseconds(option?.timeout ?? null);
        const end = us < 0 ? null : GLib.get_monotonic_time() + us;

        for (;;) {
            const answer = predicate();

            if (answer)
                return answer;
            if (end !== null)
                option = {...option, timeout: Math.max(0, end - GLib.get_monotonic_time()) / 1e6};
            try {
                // eslint-disable-next-line no-await-in-loop
                await this.wait_async(option);
            } catch (error) {
                // As wait_for() looks once more when the time is up.
                const late = error.matches?.(Gio.IOErrorEnum, Gio.IOErrorEnum.TIMED_OUT) && predicate();
                if (late)
                    return late;
                throw error;
            }
        }
    };
}

// --- Queues and storages ---

function overrideQueue(proto) {
    for (const name of ['get', 'get_timed', 'try_get']) {
        const original = proto[name];
        proto[name] = function (...args) {
            return fromValue(original.apply(this, args));
        };
    }
    for (const name of ['put', 'put_timed', 'put_with_priority', 'try_put']) {
        const original = proto[name];
        proto[name] = function (thing, ...args) {
            return original.call(this, pack(thing), ...args);
        };
    }
    proto[Symbol.asyncIterator] = async function* () {
        for (;;) {
            let item;

            try {
                // eslint-disable-next-line no-await-in-loop
                item = await this.get_async();
            } catch (error) {
                if (error.matches?.(Thr.Error, Thr.Error.SHUT_DOWN))
                    return;
                throw error;
            }
            yield item;
        }
    };
}

function overrideLocal(proto) {
    replace(proto, 'get', original => function (name) {
        return fromValue(original.call(this, name));
    });
    replace(proto, 'set', original => function (name, thing) {
        return original.call(this, name, pack(thing));
    });
}

// --- Futures ---

/** An error of any kind as GObject carries it. */
function toGError(error) {
    return error instanceof GLib.Error
        ? error
        : new GLib.Error(Thr.Error, Thr.Error.FAILED, `${error?.message ?? error}`);
}

function overrideFuture(proto) {
    const original = proto.then;

    proto._original_then = original;
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
    replace(proto, 'wait', wait => function (timeoutUs = -1, cancellable = null) {
        return wait.call(this, timeoutUs, cancellable);
    });
    replace(proto, 'set_value', set => function (thing = null) {
        return set.call(this, pack(thing));
    });
    replace(proto, 'set_error', set => function (error) {
        return set.call(this, toGError(error));
    });
    replace(proto, 'dup_value', dup => function () {
        return fromValue(dup.call(this));
    });
}

// --- Calls ---

/** A class that is called with something else than properties. */
function withConstructor(klass, construct) {
    return new Proxy(klass, {
        construct: (_target, args) => construct(...args),
    });
}

function overrideCall(klass) {
    const original = klass.new;

    klass.new = (namespace, name, args = []) =>
        original.call(klass, namespace, name, args.map(toValue));
    return withConstructor(klass, klass.new);
}

/** Calls for a loop: of callables, or of one function with a row of arguments each. */
function toCalls(namespace, name, rows) {
    if (typeof namespace === 'string')
        return rows.map(row => Thr.Call.new(namespace, name, Array.isArray(row) ? row : [row]));
    return [...namespace];
}

// --- Pools and threads ---

/** Where GJS would only say that a function is no Thr.Callable. */
function refuseFunctions(things, what) {
    if (things.some(thing => typeof thing === 'function'))
        throw wrongLanguage(what);
}

/** A function is refused at the call, and not by the future that comes of it. */
function throwIfFunction(future, args) {
    const error = args.some(arg => typeof arg === 'function') ? future.get_error() : null;

    if (error?.matches(Thr.Error, Thr.Error.WRONG_LANGUAGE))
        throw error;
    return future;
}

function overridePool(proto) {
    for (const name of ['submit', 'submit_full', 'submit_for_each', 'submit_map']) {
        replace(proto, name, original => function (...args) {
            if (name === 'submit' && args[0] instanceof Thr.Callable)
                return this.submit_callable(args[0]);
            return throwIfFunction(original.apply(this, args), args);
        });
    }
    replace(proto, 'submit_all', original => function (callables, cancellable = null) {
        const all = [...callables];

        refuseFunctions(all, 'Thr.Pool.submit_all()');
        return original.call(this, all, cancellable);
    });
    replace(proto, 'submit_callable', original => function (callable) {
        refuseFunctions([callable], 'Thr.Pool.submit_callable()');
        return original.call(this, callable);
    });
    proto.call = function (namespace, name, ...args) {
        return this.submit_callable(Thr.Call.new(namespace, name, args));
    };
    // The introspected ones take a function, which here is one of JavaScript: they say so.
    for (const name of ['for_each', 'map']) {
        replace(proto, name, original => function (...args) {
            if (typeof args[0] === 'number')
                return original.apply(this, args);
            refuseFunctions(args, `Thr.Pool.${name}()`);
            const n_named = typeof args[0] === 'string' ? 3 : 1;
            return this.submit_all(toCalls(...args.slice(0, n_named)), args[n_named] ?? null);
        });
    }
    proto.with = async function (body) {
        try {
            return await body(this);
        } finally {
            await this.shutdown_async();
        }
    };
}

function overrideThread(klass) {
    const original = klass.new;

    const newCallable = klass.new_callable;

    klass._original_new = original;
    klass.new_callable = (name, callable) => {
        refuseFunctions([callable], 'Thr.Thread.new_callable()');
        return newCallable.call(klass, name, callable);
    };
    klass.new = (name, work, ...args) => {
        if (work instanceof Thr.Callable)
            return klass.new_callable(name, work);
        if (typeof work === 'function')
            throw wrongLanguage('Thr.Thread.new()');
        return original.call(klass, name, work, ...args);
    };
}

function overrideFunctions() {
    Thr._original_start_new_thread = Thr.start_new_thread;
    /** Runs a Thr.Callable on a nameless daemon: its ident. */
    Thr.start_new_thread = (work, ...args) => {
        if (!(work instanceof Thr.Callable))
            return Thr._original_start_new_thread(work, ...args);
        const thread = Thr.Thread.new_callable(null, work);
        thread.daemon = true;
        thread.start();
        return thread.ident;
    };
    /** A promise of some seconds later. */
    Thr.sleep = async (seconds, cancellable = null) => {
        const timer = Thr.Timer.after(seconds);
        timer.start();
        try {
            await timer.wait_async(cancellable);
        } finally {
            timer.cancel();
        }
    };
    Thr.Timer.after = seconds => Thr.Timer.new(toMicroseconds(seconds));
    Thr.Timer.every = seconds => Thr.Timer.new_repeating(toMicroseconds(seconds));
}

// eslint-disable-next-line no-unused-vars
function _init() {
    Thr = this;

    for (const name of ['Lockable', 'Lock', 'RecLock', 'RWLock', 'RWLockView', 'Semaphore', 'Condition', 'Event',
        'Barrier', 'Latch', 'Timer', 'Queue', 'Thread', 'Future', 'Pool'])
        overrideWaits(Thr[name].prototype);
    for (const name of ['Lock', 'RecLock', 'RWLockView', 'Semaphore'])
        Thr[name].prototype.with = makeWith('acquire_async', 'release');
    Thr.RWLock.prototype.with_read = makeWith('acquire_read_async', 'release_read');
    Thr.RWLock.prototype.with_write = makeWith('acquire_write_async', 'release_write');
    overrideCondition(Thr.Condition.prototype);
    overrideQueue(Thr.Queue.prototype);
    overrideLocal(Thr.Local.prototype);
    overrideValues(Thr.Values.prototype);
    overrideFuture(Thr.Future.prototype);
    overridePool(Thr.Pool.prototype);
    overrideThread(Thr.Thread);
    overrideFunctions();
    Thr.Call = overrideCall(Thr.Call);
}
