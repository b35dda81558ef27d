# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every source and script says on top whose it is and under which licence."""

import tap

SUFFIXES = {'.c', '.h', '.in', '.py', '.js', '.sh', '.build', '.txt', '.toml', '.md', '.po', '.vala',
            '.metadata', '.supp', '.xml'}
FOLDERS = ['thrkit', 'tests', 'examples', 'doc', 'po', '.ci']
# Scripts without a suffix
SCRIPTS = ['tests/run', 'examples/run', '.ci/run']
# The licence of a translation stands in its header as gettext writes it.
TOP = ['meson.build', 'meson_options.txt', 'README.md', '.gitignore', '.editorconfig']


def complaints(path):
    with path.open(encoding='utf-8') as file:
        head = ''.join(line for _, line in zip(range(12), file))
    for field in ('SPDX-FileCopyrightText: 2026 The thrkit authors',
                  'SPDX-License-Identifier: LGPL-2.1-or-later'):
        if field not in head:
            yield f'no {field.split(":")[0]} line'


paths = list(tap.sources(FOLDERS, SUFFIXES))
paths += [tap.SRCDIR / name for name in SCRIPTS + TOP]
for path in paths:
    tap.check(tap.relative(path), complaints(path))
tap.done()
