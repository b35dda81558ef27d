# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""POTFILES lists every file with a text to translate and no other; xgettext sees each text whole."""

import re

import tap

MARK = re.compile(r'\b(?:N?_|C_|NC_|ngettext)\s*\(\s*"')

listed = {line for line in (tap.SRCDIR / 'po/POTFILES').read_text(encoding='utf-8').splitlines()
          if line and not line.startswith('#')}
marked = {tap.relative(path) for path in tap.sources(['thrkit'], {'.c', '.h'})
          if MARK.search(path.read_text(encoding='utf-8'))}

# A macro in the middle ends the text for xgettext: it is no literal.
CUT = re.compile(MARK.pattern + r'(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*\s*[A-Za-z_]')


def cut(path):
    text = (tap.SRCDIR / path).read_text(encoding='utf-8')
    return [f'{path}:{text.count(chr(10), 0, match.start()) + 1}' for match in CUT.finditer(text)]


tap.check('every file with a text is listed', sorted(marked - listed))
tap.check('every listed file has a text', sorted(listed - marked))
tap.check('no text is cut by a macro', [place for path in sorted(marked) for place in cut(path)])
tap.done()
