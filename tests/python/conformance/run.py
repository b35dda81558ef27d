# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs CPython's own tests of threads over Thr.

    run.py [--over thr|cpython|broken] [--all] [--tap] [--jobs N] [NAME …]
    run.py --prove

The tests are imported from where the package libpython3.11-testsuite installs them;
none of them is here. Each class runs in a process of its own, with `threading`,
`_thread`, `queue` and `concurrent.futures` replaced by what stand_in.py makes of Thr. A
NAME is the beginning of module.class.method. What cases.py lists as a known failure runs
with --all only, and then counts as failed.

--prove tests the runner itself: over CPython's modules locks pass, and with a lock that
lets two in they fail.

The last line is: N passed, N failed, N skipped.
"""

import argparse
import concurrent.futures
import importlib.util
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

import cases

HERE = pathlib.Path(__file__).resolve().parent
TEST_LIMIT = 60
CLASS_LIMIT = 200


class Child:
    """One process, and what it told."""

    def __init__(self, over, module, name, done=(), limit=TEST_LIMIT):
        with tempfile.TemporaryDirectory() as scratch:
            path = pathlib.Path(scratch, 'results')
            path.touch()
            env = dict(os.environ, TMPDIR=scratch, PYTHONDONTWRITEBYTECODE='1')
            # CPython's tests make threads by the hundred, and warnings of GLib's own.
            env.pop('G_DEBUG', None)
            env.pop('PYTHONFAULTHANDLER', None)
            if over != 'cpython':
                env['THR_STAND_IN'] = over
                env['PYTHONPATH'] = os.pathsep.join(
                    filter(None, [str(HERE / 'start'), env.get('PYTHONPATH')]))
            command = [sys.executable, '-B', HERE / 'child.py', over, module, name, path,
                       str(limit), *done]
            with subprocess.Popen(command, env=env, cwd=scratch, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  start_new_session=True) as process:
                try:
                    self.output = process.communicate(timeout=CLASS_LIMIT)[0]
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    self.output = process.communicate()[0]
                # What the tests have left behind.
                try:
                    os.killpg(process.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            self.output = self.output.decode(errors='replace')
            self.status = process.returncode
            self.told = path.read_text(encoding='utf-8')

    def lines(self):
        return [json.loads(line) for line in self.told.splitlines()]


def list_classes(over, module):
    child = Child(over, module, '-')
    if child.status != 0:
        raise SystemExit(f'{module} cannot be imported:\n{child.output}')
    wanted = cases.MODULES[module] or (lambda name: True)
    return [name for name in json.loads(child.told) if wanted(name)]


def run_class(over, module, name, left_out):
    """The results of a class, (kind, test, details) each; goes on after a crash."""
    results = []
    done = list(left_out)
    begin = time.monotonic()
    while True:
        child = Child(over, module, name, done)
        lines = child.lines()
        open_test = None
        failed = {}
        for kind, test, details in lines:
            if kind == 'begun':
                open_test = test
            elif kind == 'ended':
                open_test = None
                done.append(test)
            elif kind == 'failed':
                failed.setdefault(test, []).append(details)
            elif kind in ('passed', 'skipped'):
                results.append((kind, test, details))
        if open_test is not None:
            failed.setdefault(open_test, []).append(
                f'ended the process with status {child.status}\n{child.output[-3000:]}')
            done.append(open_test)
        results.extend(('failed', test, '\n'.join(texts)) for test, texts in failed.items())
        if lines and lines[-1][0] == 'complete':
            break
        if open_test is None:
            results.append(('failed', f'{module}.{name}',
                            f'status {child.status}\n{child.output[-3000:]}'))
            break
    return results, time.monotonic() - begin


def run_class_fairly(over, module, name, left_out):
    """As run_class(), with more chances for what cases.RACES lists."""
    results, seconds = run_class(over, module, name, left_out)
    for _chance in range(2):
        lost = [result for result in results
                if result[0] == 'failed' and result[1] in cases.RACES]
        if not lost:
            break
        tests = {test for _kind, test, _details in lost}
        others = [test for _kind, test, _details in results if test not in tests]
        again, more = run_class(over, module, name, [*left_out, *others])
        results = [result for result in results if result not in lost] + again
        seconds += more
    return results, seconds


class Report:
    """Prints each result, and counts."""

    def __init__(self, tap):
        self.tap = tap
        self.counts = {'passed': 0, 'failed': 0, 'skipped': 0}

    def add(self, kind, test, details):
        self.counts[kind] += 1
        number = sum(self.counts.values())
        status = 'not ok' if kind == 'failed' else 'ok'
        reason = f' # SKIP {details}' if kind == 'skipped' else ''
        print(f'{status} {number} - {test}{reason}', flush=True)
        if kind == 'failed':
            print(f'{test}: {details}', file=sys.stderr, flush=True)

    def finish(self):
        if self.tap:
            print(f'1..{sum(self.counts.values())}')
        print('# ' * self.tap + ', '.join(f'{n} {kind}' for kind, n in self.counts.items()),
              flush=True)
        return 1 if self.counts['failed'] else 0


def run(options, report):
    over = options.over
    lists = {} if over != 'thr' else dict(cases.SKIPS)
    if not options.all and over == 'thr':
        lists.update({test: f'known failure: {reason}'
                      for test, reason in cases.KNOWN_FAILURES.items()})

    def is_wanted(test):
        return not options.names or any(
            test.startswith(name) or name.startswith(test + '.') for name in options.names)

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        modules = [module for module in cases.MODULES if is_wanted(module)
                   or any(name.startswith(module + '.') for name in options.names)]
        listed = pool.map(lambda module: (module, list_classes(over, module)), modules)
        classes = [(module, name) for module, names in listed for name in names
                   if is_wanted(f'{module}.{name}')]
        for pair in list(classes):
            if '.'.join(pair) in lists:
                classes.remove(pair)
                report.add('skipped', '.'.join(pair), lists['.'.join(pair)])
        classes.sort(key=lambda pair: '.'.join(pair) not in cases.LONG)
        pending = [pool.submit(run_class_fairly, over, module, name,
                               [test for test in lists if test.startswith(f'{module}.{name}.')])
                   for module, name in classes]
        for (module, name), future in zip(classes, pending):
            results, seconds = future.result()
            for result in results:
                report.add(*result)
            for test, reason in lists.items():
                if test.startswith(f'{module}.{name}.'):
                    report.add('skipped', test, reason)
            print(f'# {module}.{name}: {seconds:.1f} s', flush=True)


def prove(report):
    """The runner itself: it can pass, and it can fail."""
    for over, wanted in (('cpython', {'passed'}), ('broken', {'passed', 'failed'})):
        results, _seconds = run_class(over, 'test_thread', 'LockTests', [])
        kinds = {kind for kind, _test, _details in results}
        report.add('passed' if kinds == wanted else 'failed', f'the runner over {over}',
                   f'{sorted(kinds)} where {sorted(wanted)} were expected')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--over', choices=['thr', 'cpython', 'broken'], default='thr')
    parser.add_argument('--all', action='store_true')
    parser.add_argument('--tap', action='store_true')
    parser.add_argument('--prove', action='store_true')
    parser.add_argument('--jobs', type=int, default=2)
    parser.add_argument('names', nargs='*')
    options = parser.parse_args()
    if importlib.util.find_spec('test.lock_tests') is None:
        print('1..0 # SKIP libpython3.11-testsuite is not installed')
        return 0
    report = Report(options.tap)
    if options.prove:
        prove(report)
    else:
        run(options, report)
    return report.finish()


if __name__ == '__main__':
    sys.exit(main())
