# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints the folder below a prefix in which PyGObject finds overrides."""

import os
import site
import sys

import gi

prefix = sys.argv[1].rstrip('/')


def find_dir():
    # The folder of gi itself, when it is under the prefix (a prefix of /usr).
    own = os.path.join(os.path.dirname(gi.__file__), 'overrides')
    if own.startswith(prefix + '/') and not own.startswith(prefix + '/local/'):
        return own

    # Else a folder under the prefix that this Python searches anyway (a prefix
    # of /usr/local), where gi extends its path to.
    for path in site.getsitepackages():
        if path.startswith(prefix + '/'):
            return os.path.join(path, 'gi', 'overrides')

    # Else a private prefix: a place of the usual form, found by PYTHONPATH.
    name = os.path.basename(os.path.dirname(os.path.dirname(gi.__file__)))
    return os.path.join(prefix, 'lib', 'python3', name, 'gi', 'overrides')


print(find_dir())
