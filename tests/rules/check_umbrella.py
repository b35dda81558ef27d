# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The umbrella includes every public header and nothing else; every file is in its list."""

import re

import tap

umbrella = (tap.SRCDIR / 'thrkit/thrkit.h').read_text(encoding='utf-8')
included = re.findall(r'^#include <thrkit/(\S+)>$', umbrella, re.M)
public = [str(path.relative_to(tap.SRCDIR / 'thrkit'))
          for path in tap.sources([f'thrkit/{floor}' for floor in tap.FLOORS], {'.h'})
          if not tap.is_private(path)]
public.append('base/thr-version.h')

for header in sorted(public):
    tap.check(f'{header} is included', [] if header in included else ['missing in thrkit.h'])
tap.check('nothing else is included', [name for name in included if name not in public])
tap.check('each once', [name for name in set(included) if included.count(name) > 1])

for floor in tap.FLOORS:
    listed = (tap.SRCDIR / 'thrkit' / floor / 'meson.build').read_text(encoding='utf-8')
    tap.check(f'{floor}/meson.build lists every file',
              [f'{path.name} is not listed'
               for path in tap.sources([f'thrkit/{floor}'], {'.c', '.h'})
               if f"'{path.relative_to(tap.SRCDIR / 'thrkit' / floor)}'" not in listed])
tap.done()
