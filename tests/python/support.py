# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What several suites need. A suite imports it before gi.repository.Thr."""

import gc
import os
import subprocess
import sys

import gi

gi.require_version('Thr', '1')
from gi.repository import Gio, GLib  # noqa: E402

THOROUGH = bool(os.environ.get('THR_TEST_THOROUGH'))
SLOW_MACHINE = bool(os.environ.get('THR_TEST_SLOW_MACHINE'))


def without_override():
    """The namespace as a program has it where no override is installed."""
    assert 'gi.repository.Thr' not in sys.modules
    # PyGObject asks for the loader of this module, and finds that there is none.
    sys.modules['gi.overrides.Thr'] = None
    from gi.repository import Thr
    assert not hasattr(Thr, '_overrides_module')
    return Thr


def drain():
    """Lets the default home deliver what is pending."""
    while GLib.MainContext.default().iteration(False):
        pass


def run_until(condition):
    """Runs the default main loop; the suite's own timeout ends it otherwise."""
    while not condition():
        GLib.MainContext.default().iteration(True)


def collect():
    """Everything that nobody holds is gone afterwards, at home as well."""
    gc.collect()
    drain()
    gc.collect()


def run_child(code, **environment):
    """Runs Python code in a process of its own: status, standard output, error output."""
    env = {**os.environ, **environment}
    done = subprocess.run([sys.executable, '-c', code], env=env, text=True, check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=50)
    return done.returncode, done.stdout, done.stderr


def python_path():
    """For a child that imports this file as well."""
    here = os.path.dirname(os.path.abspath(__file__))
    return os.pathsep.join(filter(None, [here, os.environ.get('PYTHONPATH')]))


class Errors:
    """For a TestCase: what went wrong, by domain and code."""

    def assertError(self, domain, code, function, *args):
        with self.assertRaises(GLib.Error) as caught:
            function(*args)
        self.assertTrue(caught.exception.matches(domain, int(code)), repr(caught.exception))

    def assertThrError(self, code, function, *args):
        self.assertError(GLib.quark_from_string('thr-error-quark'), code, function, *args)

    def assertIOError(self, code, function, *args):
        self.assertError(Gio.io_error_quark(), code, function, *args)
