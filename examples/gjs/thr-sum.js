// SPDX-FileCopyrightText: 2026 The thrkit authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// thr-sum: SHA-256 of every regular file below a folder, as sha256sum prints it.
//
// A real tool on a pool. JavaScript finds the files and prints the sums; reading and
// computing are calls of C functions on the threads of the pool, which are awaited.
// A few lanes take one file after the other, so only so many are in memory at a
// time; large ones are mapped instead, and come first: one that were begun last
// would be worked on alone at the end. (A mapped file must not shrink meanwhile, as
// for any program that maps files.) The pool is one of daemons, so Ctrl-C need not
// wait for the end of a computation.
//
// File names are bytes and need not be text, so they are kept here as strings with
// one character for each byte.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import Thr from 'gi://Thr?version=1';
import System from 'system';

const LARGE = 1024 * 1024;
const COLLECT_AFTER = 64 * 1024 * 1024;
const FLUSH_AFTER = 8192;
const BAR_WIDTH = 40;
const LINE_WIDTH = BAR_WIDTH + 24;
const SIGINT = 2;
const INTERRUPTED = 130;

const HELP = `Usage: thr-sum [-j N] [FOLDER]

Prints the SHA-256 of every regular file below FOLDER (default: the current
one), sorted by name, as sha256sum does. Symbolic links are not followed.
Exit status: 0; 1 when a file could not be read; 130 after Ctrl-C.

  -j, --jobs=N  Work on N files at a time (default: one a processor)
  -h, --help    Show this
`;

/* --- Bytes --- */

const isAscii = text => /^[\x01-\x7f]*$/.test(text);

const toBytes = text => isAscii(text)
    ? new TextEncoder().encode(text)
    : Uint8Array.from(text, char => char.charCodeAt(0));

const fromText = text => Array.from(new TextEncoder().encode(text),
    byte => String.fromCharCode(byte)).join('');

// The text that these bytes are, or null. Most are plain ASCII.
function toText(bytes) {
    if (isAscii(bytes))
        return bytes;
    try {
        return new TextDecoder('utf-8', {fatal: true}).decode(toBytes(bytes));
    } catch {
        return null;
    }
}

// Gio shows what is not ASCII, and the backslash, as \xff.
const nameOf = info => info.get_attribute_as_string('standard::name').replace(/\\x(..)/g,
    (_match, hex) => String.fromCharCode(parseInt(hex, 16)));

const HERE = Gio.File.new_for_path('.').get_uri();
const PLAIN = /[A-Za-z0-9/._-]/;

function toFile(path) {
    const escaped = Array.from(path, char => PLAIN.test(char)
        ? char
        : `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`).join('');

    return Gio.File.new_for_uri(path.startsWith('/') ? `file://${escaped}` : `${HERE}/${escaped}`);
}

const ESCAPES = {'\\': '\\\\', '\n': '\\n', '\r': '\\r'};
const escape = path => path.replace(/[\\\n\r]/g, char => ESCAPES[char]);

/* --- Output --- */

class Output {
    #out = new Gio.UnixOutputStream({fd: 1, close_fd: false});
    #err = new Gio.UnixOutputStream({fd: 2, close_fd: false});
    #barDrawn = false;

    constructor() {
        // For a person who looks at it, and not between the lines of somebody's pipe.
        this.hasBar = GLib.log_writer_supports_color(2) && !Output.#isPipe('/dev/stdout');
    }

    static #isPipe(path) {
        try {
            const info = Gio.File.new_for_path(path).query_info('unix::mode',
                Gio.FileQueryInfoFlags.NONE, null);

            return (info.get_attribute_uint32('unix::mode') & 0o170000) === 0o010000;
        } catch {
            return false;
        }
    }

    print(text) {
        this.eraseBar();
        this.#out.write_all(toBytes(text), null);
    }

    printError(text) {
        this.eraseBar();
        this.#err.write_all(toBytes(text), null);
    }

    complain(path, message) {
        this.printError(`thr-sum: ${escape(path)}: ${fromText(message)}\n`);
    }

    eraseBar() {
        if (this.#barDrawn)
            this.#err.write_all(toBytes(`\r${' '.repeat(LINE_WIDTH)}\r`), null);
        this.#barDrawn = false;
    }

    drawBar(part, nDone, nAll) {
        const bar = '#'.repeat(part * BAR_WIDTH).padEnd(BAR_WIDTH, '.');
        const percent = String(Math.trunc(part * 100)).padStart(3);
        const line = `[${bar}] ${percent} % ${nDone}/${nAll}`.padEnd(LINE_WIDTH);

        this.#err.write_all(toBytes(`\r${line}`), null);
        this.#barDrawn = true;
    }
}

/* --- The work --- */

const idle = () => new Promise(resolve => {
    GLib.idle_add(GLib.PRIORITY_DEFAULT, () => {
        resolve();
        return GLib.SOURCE_REMOVE;
    });
});

class Sum {
    #output;
    #pool;
    #nThreads;
    #jobs = [];      // {path, size, line}, sorted by path
    #nPrinted = 0;
    #lines = '';     // done, and soon to be printed
    #nDone = 0;
    #bytesDone = 0;
    #bytesLoaded = 0;
    #failed = false;

    constructor(output, nThreads) {
        this.#output = output;
        this.#nThreads = nThreads;
        this.#pool = new Thr.Pool({max_threads: nThreads, daemon: true});
    }

    async run(top) {
        await this.#find(fromText(top));
        this.#jobs.sort((a, b) => a.path < b.path ? -1 : 1);

        const ticks = this.#startTicks();
        // A lane waits for the main loop between two calls; with more lanes than
        // threads these have something to do meanwhile.
        const isLarge = job => job.size >= LARGE;
        const waiting = [...this.#jobs.filter(isLarge),
            ...this.#jobs.filter(job => !isLarge(job))].values();

        await Promise.all(Array.from({length: 2 * this.#nThreads}, () => this.#lane(waiting)));
        GLib.source_remove(ticks);
        this.#flush();
        this.#output.eraseBar();
        return this.#failed ? 1 : 0;
    }

    #fail(path, error) {
        this.#failed = true;
        // Gio says what it was doing, and with which file, before it says why.
        this.#output.complain(path, error.message.replace(/^.*: /s, ''));
    }

    async #find(top) {
        try {
            // A link that was asked for is followed; one that is met is not.
            const info = toFile(top).query_info('standard::type,standard::size',
                Gio.FileQueryInfoFlags.NONE, null);
            const type = info.get_file_type();

            if (type === Gio.FileType.DIRECTORY)
                await this.#findBelow(top);
            else if (type === Gio.FileType.REGULAR)
                this.#jobs.push({path: top, size: info.get_size()});
            else
                throw new Error('Neither a folder nor a regular file');
        } catch (error) {
            this.#fail(top, error);
        }
    }

    async #findBelow(top) {
        const folders = [top];

        while (folders.length > 0) {
            const folder = folders.pop();

            try {
                this.#readFolder(folder, folders);
            } catch (error) {
                this.#fail(folder, error);
            }
            // Ctrl-C comes by the main loop.
            // eslint-disable-next-line no-await-in-loop
            await idle();
        }
    }

    #readFolder(folder, folders) {
        const prefix = folder.endsWith('/') ? folder : `${folder}/`;
        const enumerator = toFile(folder).enumerate_children(
            'standard::name,standard::type,standard::size',
            Gio.FileQueryInfoFlags.NOFOLLOW_SYMLINKS, null);

        for (let info; (info = enumerator.next_file(null));) {
            const path = prefix + nameOf(info);
            const type = info.get_file_type();

            if (type === Gio.FileType.DIRECTORY)
                folders.push(path);
            else if (type === Gio.FileType.REGULAR)
                this.#jobs.push({path, size: info.get_size()});
        }
        enumerator.close(null);
    }

    async #lane(waiting) {
        for (const job of waiting) {
            try {
                // eslint-disable-next-line no-await-in-loop
                const digest = await this.#digest(job);
                const name = escape(job.path);

                job.line = `${name === job.path ? '' : '\\'}${digest}  ${name}\n`;
            } catch (error) {
                job.line = '';
                this.#fail(job.path, error);
            }
            this.#nDone++;
            this.#bytesDone += job.size;
            this.#printDone();
        }
    }

    // In the order of the paths, as far as there is no gap.
    #printDone() {
        for (; this.#jobs[this.#nPrinted]?.line !== undefined; this.#nPrinted++) {
            this.#lines += this.#jobs[this.#nPrinted].line;
            this.#jobs[this.#nPrinted] = {line: ''};
        }
        if (this.#lines.length >= FLUSH_AFTER)
            this.#flush();
    }

    #flush() {
        if (this.#lines !== '')
            this.#output.print(this.#lines);
        this.#lines = '';
    }

    async #digest({path, size}) {
        const text = toText(path);
        const bytes = size < LARGE && text !== null
            ? await this.#load(text, size)
            : await this.#map(toFile(path));

        return this.#pool.call('GLib', 'compute_checksum_for_bytes',
            GLib.ChecksumType.SHA256, bytes);
    }

    #load(path, size) {
        // The garbage collector sees a small object, and not the contents behind it.
        this.#bytesLoaded += size;
        if (this.#bytesLoaded >= COLLECT_AFTER) {
            this.#bytesLoaded = 0;
            System.gc();
        }
        return this.#pool.call('GLib', 'file_get_contents', path);
    }

    async #map(file) {
        const stream = await this.#pool.call('Gio', 'File.read', file);
        const mapped = GLib.MappedFile.new_from_fd(stream.get_fd(), false);

        stream.close(null);
        return mapped.get_bytes();
    }

    #startTicks() {
        const nAll = this.#jobs.length;
        const bytesAll = this.#jobs.reduce((sum, {size}) => sum + size, 0);

        return GLib.timeout_add(GLib.PRIORITY_DEFAULT, 100, () => {
            const part = Math.min((this.#bytesDone + 1) / (bytesAll + 1), 1);

            this.#flush();
            if (this.#output.hasBar)
                this.#output.drawBar(part, this.#nDone, nAll);
            return GLib.SOURCE_CONTINUE;
        });
    }
}

/* --- The command --- */

class UsageError extends Error {}

function parseNumber(text) {
    const number = /^\d+$/.test(text ?? '') ? Number(text) : 0;

    if (number < 1 || number > 1024)
        throw new UsageError('-j takes a number from 1 to 1024');
    return number;
}

function parse(args) {
    const options = {help: false, nThreads: GLib.get_num_processors(), folder: '.'};
    const folders = [];

    for (let i = 0; i < args.length; i++) {
        const [, value] = args[i].match(/^(?:-j|--jobs=)(.+)$/) ?? [];

        if (value !== undefined)
            options.nThreads = parseNumber(value);
        else if (args[i] === '-j' || args[i] === '--jobs')
            options.nThreads = parseNumber(args[++i]);
        else if (args[i] === '-h' || args[i] === '--help')
            options.help = true;
        else if (args[i] === '--')
            folders.push(...args.splice(i + 1));
        else if (args[i].startsWith('-') && args[i] !== '-')
            throw new UsageError(`Unknown option ${args[i]}`);
        else
            folders.push(args[i]);
    }
    if (folders.length > 1)
        throw new UsageError('More than one folder');
    return {...options, folder: folders[0] ?? '.'};
}

const output = new Output();

GLib.unix_signal_add(GLib.PRIORITY_HIGH, SIGINT, () => {
    output.eraseBar();
    System.exit(INTERRUPTED);
});

async function main() {
    try {
        const {help, nThreads, folder} = parse(ARGV);

        if (help)
            output.print(fromText(HELP));
        return help ? 0 : await new Sum(output, nThreads).run(folder);
    } catch (error) {
        output.printError(fromText(`thr-sum: ${error.message}\n`));
        return error instanceof UsageError ? 2 : 1;
    }
}

// While a module awaits at its top level, GJS 1.74 polls without sleeping, which would
// take a processor from the workers; a main loop sleeps.
const loop = new GLib.MainLoop(null, false);
let status;

main().then(result => {
    status = result;
    loop.quit();
});
loop.run();
System.exit(status);
