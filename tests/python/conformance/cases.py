# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which of CPython's tests are run, and which are not and why."""

def _one_of(*prefixes):
    return lambda name: name.startswith(prefixes)


# The module → the classes that are wanted; None: all of them.
MODULES = {
    'test_thread': None,
    'test_threading': None,
    'test_threading_local': None,
    'test_queue': None,
    # The others start processes.
    'test_concurrent_futures': _one_of('ThreadPool', 'FutureTests'),
    # What stands on them, with its threads.
    'test_threadsignals': None,
    'test_threadedtempfile': None,
    'test_sched': None,
    'test_socketserver': None,
    'test_asyncio.test_threads': None,
    'test_asyncio.test_futures': _one_of('CFutureTests', 'PyFutureTests'),
    'test_asyncio.test_events': _one_of('EPollEventLoopTests', 'RunningLoopTests'),
    'test_asyncio.test_tasks': _one_of('RunCoroutineThreadsafeTests'),
    'test_contextlib_async': _one_of('AsyncContextManagerTestCase'),
    'test_gc': _one_of('GCTests', 'GCCallbackTests'),
    'test_weakref': _one_of('MappingTestCase'),
    'test_logging': _one_of('HandlerTest', 'QueueListenerTest', 'QueueHandlerTest',
                            'SocketHandlerTest', 'DatagramHandlerTest'),
    'test_multiprocessing_fork': _one_of('WithThreads'),
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

# Tests that depend on the scheduler, over CPython's modules as well: one that fails is
# given two more chances.
RACES = {
    'test_socketserver.MiscTestCase.test_threads_reaped':
        'that of ten threads with nothing to do one has ended, before the last is made',
}

# What ought to pass, and does not yet.
KNOWN_FAILURES = {}


def name_of(test):
    """Module, class and method."""
    return test.id().removeprefix('test.').replace('__main__.', '')
