# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""How the library is linked: its soname, never unloaded, no call for thread-local data."""

import re
import subprocess

import tap

LIBRARY = tap.BUILDDIR / 'thrkit/libthrkit-1.so'
EXPECTED = {'c', 'dl', 'm', 'pthread', 'gio-2.0', 'girepository-1.0', 'glib-2.0', 'gmodule-2.0',
            'gobject-2.0', 'ffi', 'ld-linux-x86-64', 'ld-linux-aarch64'}


def output(*command):
    return subprocess.run([*command, LIBRARY], capture_output=True, text=True, check=True).stdout


dynamic = output('readelf', '--dynamic', '--wide')
soname = re.search(r'\(SONAME\).*\[(.*)\]', dynamic)
tap.check('the soname', [] if soname and soname[1] == 'libthrkit-1.so.0' else [str(soname and soname[1])])
tap.check('it is never unloaded', [] if 'NODELETE' in dynamic else ['no NODELETE flag'])

needed = {re.sub(r'^lib|\.so.*$', '', name) for name in re.findall(r'\(NEEDED\).*\[(.*)\]', dynamic)}
if not any('san' in name for name in needed):
    tap.check('it needs what is declared, and nothing else', sorted(needed - EXPECTED))

undefined = output('nm', '--dynamic', '--undefined-only')
tap.check('thread-local data takes no call', [] if '__tls_get_addr' not in undefined else
          ['__tls_get_addr is called: the initial-exec model got lost'])

# -Bsymbolic-functions: a call from inside is not bound again at run time.
relocations = output('readelf', '--relocs', '--wide')
tap.check('no call of its own goes through the PLT',
          sorted(set(re.findall(r'JUMP_SLO\S*\s+\S+\s+(thr_\w+)', relocations))))
tap.done()
