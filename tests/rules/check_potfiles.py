# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""POTFILES lists every file with a text to translate, and no other."""

import re

import tap

MARK = re.compile(r'\b(?:N?_|C_|NC_|ngettext)\s*\(\s*"')

listed = {line for line in (tap.SRCDIR / 'po/POTFILES').read_text(encoding='utf-8').splitlines()
          if line and not line.startswith('#')}
marked = {tap.relative(path) for path in tap.sources(['thrkit'], {'.c', '.h'})
          if MARK.search(path.read_text(encoding='utf-8'))}

tap.check('every file with a text is listed', sorted(marked - listed))
tap.check('every listed file has a text', sorted(listed - marked))
tap.done()
