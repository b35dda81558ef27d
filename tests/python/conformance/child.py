# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs tests of one class in this process, and tells of each in a file.

    child.py OVER MODULE CLASS RESULTS LIMIT [DONE …]

The class `-` lists the classes of the module instead.
"""

import faulthandler
import json
import os
import sys
import unittest

import cases


class Result(unittest.TestResult):

    def __init__(self, path, limit):
        super().__init__()
        self.file = open(path, 'a', encoding='utf-8')  # noqa: SIM115
        self.limit = limit

    def tell(self, what, test, details=''):
        json.dump([what, cases.name_of(test), details], self.file)
        self.file.write('\n')
        self.file.flush()

    def startTest(self, test):
        super().startTest(test)
        self.has_failed = False
        self.tell('begun', test)
        faulthandler.dump_traceback_later(self.limit, exit=True)

    def stopTest(self, test):
        super().stopTest(test)
        faulthandler.cancel_dump_traceback_later()
        self.tell('ended', test)

    def fail_with(self, test, error):
        self.has_failed = True
        self.tell('failed', test, self._exc_info_to_string(error, test))

    addFailure = addError = fail_with

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self.fail_with(test, error)

    def addSuccess(self, test):
        self.tell('passed', test)

    def addSkip(self, test, reason):
        self.tell('skipped', test, reason)

    def addExpectedFailure(self, test, error):
        self.tell('passed', test)

    def addUnexpectedSuccess(self, test):
        self.tell('failed', test, 'succeeded, and was expected to fail')


def flatten(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flatten(test)
        else:
            yield test


def prepare(over):
    """For what the tests do besides importing; start/sitecustomize.py has done that."""
    if over == 'cpython':
        return

    from test.support import import_helper, script_helper

    # Interpreters that the tests start: with the environment that puts ours in place.
    script_helper.interpreter_requires_environment = lambda: True
    # A fresh import of a module that has a stand-in is the stand-in.
    import_fresh = import_helper.import_fresh_module
    import_helper.import_fresh_module = (
        lambda name, *args, **kwargs: sys.modules[name] if name == 'queue'
        else import_fresh(name, *args, **kwargs))


def main():
    over, name, wanted, path, limit, *done = sys.argv[1:]
    prepare(over)
    # Tests write files where they are.
    module = __import__(f'test.{name}', fromlist=['*'])
    tests = list(flatten(unittest.defaultTestLoader.loadTestsFromModule(module)))
    if wanted == '-':
        with open(path, 'w', encoding='utf-8') as file:
            json.dump(sorted({type(test).__name__ for test in tests}), file)
        return
    chosen = [test for test in tests if type(test).__name__ == wanted and
              cases.name_of(test) not in done]
    result = Result(path, float(limit))
    unittest.TestSuite(chosen).run(result)
    result.file.write('["complete", "", ""]\n')
    result.file.close()


if __name__ == '__main__':
    main()
    sys.stdout.flush()
    # What is left running was a test's business.
    os._exit(0)
