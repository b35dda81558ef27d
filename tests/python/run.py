# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs unittest modules and prints TAP: one line for each test method.

    run.py test_lock.py [LockTest[.test_timed_out] …]
"""

import importlib
import os
import sys
import unittest


class TapResult(unittest.TestResult):
    """One TAP line a test; a test with failing subtests is one failure."""

    def __init__(self, stream):
        super().__init__()
        self.stream = stream
        self.count = 0
        self.ok = True

    def line(self, status, test, directive='', details=''):
        self.count += 1
        name = test.id().replace('__main__.', '')
        print(f'{status} {self.count} - {name}{directive}', file=self.stream, flush=True)
        # To the standard error: meson shows that of a failed test, and not the TAP.
        if details:
            print(f'{name}: {details}', file=sys.stderr, flush=True)

    def failed(self, test, error):
        self.ok = False
        self.line('not ok', test, details=self._exc_info_to_string(error, test))

    def startTest(self, test):
        super().startTest(test)
        self.subtest_error = None

    def addSuccess(self, test):
        super().addSuccess(test)
        self.line('ok', test)

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.failed(test, error)

    def addError(self, test, error):
        super().addError(test, error)
        self.failed(test, error)

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is not None:
            self.failed(subtest, error)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.line('ok', test, directive=f' # SKIP {reason}')

    def addExpectedFailure(self, test, error):
        super().addExpectedFailure(test, error)
        self.line('not ok', test, directive=' # TODO expected')

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.ok = False
        self.line('not ok', test, details='succeeded, and was expected to fail')


def load(path, names):
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    module = importlib.import_module(os.path.basename(path).removesuffix('.py'))
    loader = unittest.TestLoader()
    if names:
        return loader.loadTestsFromNames(names, module)
    return loader.loadTestsFromModule(module)


def main():
    # TAP has the real standard output to itself; what a test prints goes to
    # the standard error, where it cannot be taken for a result.
    stream = os.fdopen(os.dup(1), 'w', encoding='utf-8')
    os.dup2(2, 1)
    result = TapResult(stream)
    suite = load(sys.argv[1], sys.argv[2:])
    suite.run(result)
    print(f'1..{result.count}' if result.count else '1..0 # SKIP no tests', file=stream, flush=True)
    sys.exit(0 if result.ok else 1)


if __name__ == '__main__':
    main()
