# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""No test sleeps to get an order: gates do that."""

import re

import tap

SLEEP = re.compile(r'\b(?:g_usleep|usleep|nanosleep|sleep|sleep_sync|GLib\.usleep|time\.sleep)\s*\(')


def complaints(path):
    for number, line in tap.numbered(path):
        if SLEEP.search(line) and 'asyncio.sleep(0)' not in line:
            yield f'{path.name}:{number}: {line.strip()}'


for source in tap.sources(['tests'], {'.c', '.h', '.py', '.js'}):
    if 'rules' not in source.parts:
        tap.check(tap.relative(source), complaints(source))
tap.done()
