# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each language of po/LINGUAS translates every text, none of them fuzzy."""

import pathlib
import subprocess
import tempfile

import tap


def run(*command):
    return subprocess.run([str(word) for word in command], cwd=tap.SRCDIR, capture_output=True,
                          text=True, check=False)


def lines(path):
    return [line for line in (tap.SRCDIR / path).read_text(encoding='utf-8').splitlines()
            if line and not line.startswith('#')]


def complaints(language, template):
    po = tap.SRCDIR / 'po' / f'{language}.po'
    if not po.exists():
        yield f'no {po.name}'
        return
    checked = run('msgfmt', '--check', '--output-file=/dev/null', po)
    if checked.returncode:
        yield from checked.stderr.splitlines()
    # msgcmp complains of what the template has and the language lacks.
    compared = run('msgcmp', po, template)
    if compared.returncode:
        yield from compared.stderr.splitlines()


with tempfile.TemporaryDirectory() as folder:
    pot = pathlib.Path(folder) / 'thrkit-1.pot'
    run('xgettext', '--from-code=UTF-8', '--keyword=_', '--keyword=N_', '--keyword=C_:1c,2',
        '--keyword=NC_:1c,2', '--flag=g_set_error:4:c-format', '--flag=g_error_new:3:c-format',
        f'--output={pot}', *lines('po/POTFILES'))
    there = {path.stem for path in (tap.SRCDIR / 'po').glob('*.po')}
    tap.check('every language is listed', sorted(there - set(lines('po/LINGUAS'))))
    for name in lines('po/LINGUAS'):
        tap.check(name, complaints(name, pot))
tap.done()
