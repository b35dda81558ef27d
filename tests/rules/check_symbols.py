# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the library exports is what its headers declare and its GIR describes."""

import re
import subprocess
import xml.etree.ElementTree as ElementTree

import tap

C = '{http://www.gtk.org/introspection/c/1.0}'
GLIB = '{http://www.gtk.org/introspection/glib/1.0}'
MARKED = re.compile(r'^THR_EXTERN\s+([^;{]*?)(?:;|\n\n)', re.M | re.S)
FUNCTION = re.compile(r'\b(thr_\w+)\s*\(')
DECLARED_TYPE = re.compile(r'\bG_DECLARE_\w+\s*\(\s*\w+,\s*(thr_\w+)')


def exported():
    output = subprocess.run(['nm', '-D', '--defined-only', '--format=posix',
                             tap.BUILDDIR / 'thrkit/libthrkit-1.so'],
                            capture_output=True, text=True, check=True).stdout
    return {line.split()[0].split('@')[0] for line in output.splitlines()}


def described():
    """The functions in the GIR, those marked skip too (introspectable="0"), and the type functions."""
    names = set()
    for element in ElementTree.parse(tap.BUILDDIR / 'thrkit/Thr-1.gir').iter():
        for attribute in (C + 'identifier', GLIB + 'get-type'):
            if attribute in element.attrib:
                names.add(element.attrib[attribute])
        if GLIB + 'error-domain' in element.attrib:
            names.add(element.attrib[GLIB + 'error-domain'].replace('-', '_'))
    return names


def declared():
    names = set()
    for header in tap.sources(['thrkit'], {'.h'}):
        if tap.is_private(header):
            continue
        text = re.sub(r'/\*.*?\*/', '', header.read_text(encoding='utf-8'), flags=re.S)
        names |= {name + '_get_type' for name in DECLARED_TYPE.findall(text)}
        for prototype in MARKED.findall(text):
            names |= set(FUNCTION.findall(prototype)[:1])
    return names


library, gir, headers = exported(), described(), declared()
tap.check('every exported symbol has our prefix', sorted(s for s in library if not s.startswith('thr_')))
tap.check('every declared function is exported', sorted(headers - library))
tap.check('every exported function is in a public header', sorted(library - headers))
tap.check('every exported function is in the GIR, or marked skip there',
          sorted(s for s in library - gir if not s.endswith('_quark')))
tap.done()
