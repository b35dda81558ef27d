# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which of CPython's tests are run, and which are not and why."""

# The module → the classes that are wanted; None: all of them.
MODULES = {
    'test_thread': None,
    'test_threading': None,
    'test_threading_local': None,
    'test_queue': None,
    # The others start processes.
    'test_concurrent_futures': lambda name: name.startswith('ThreadPool') or name == 'FutureTests',
}

# Begun first.
LONG = {
    'test_threading.ThreadTests',
    'test_concurrent_futures.ThreadPoolWaitTests',
}

# Not run: what CPython has inside, and nobody else can have.
SKIPS = {
    'test_threading.AtexitTests':
        'of private functions, which the stand-in has from CPython itself',
    'test_threading.SubinterpThreadingTests':
        'sub-interpreters, into which PyGObject cannot be imported',
    'test_threading.ThreadTests.test_disallow_instantiation':
        'that the type of built-in locks cannot be called',
    'test_threading.ThreadTests.test_foreign_thread':
        "CPython's private table threading._active",
    'test_threading.ThreadTests.test_ident_of_no_threading_threads':
        "CPython's private table threading._active",
    'test_threading.ThreadTests.test_import_from_another_thread':
        'that threading itself is not imported yet when Python starts',
    'test_threading.ThreadTests.test_limbo_cleanup':
        "CPython's private table threading._limbo",
    'test_threading.ThreadTests.test_name':
        "CPython's private counter threading._counter",
    'test_threading.ThreadTests.test_shutdown_locks':
        "CPython's private locks of threads at exit",
    'test_threading.ThreadTests.test_tstate_lock':
        "CPython's private lock of a thread's state",
    'test_threading.EventTests.test_at_fork_reinit':
        'the private condition inside an event',
    'test_threading.MiscTestCase.test__all__':
        'in which module of CPython each object was made',
}

# What ought to pass, and does not yet.
KNOWN_FAILURES = {}


def name_of(test):
    """Module, class and method."""
    return test.id().removeprefix('test.').replace('__main__.', '')
