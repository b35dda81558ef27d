# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A parallel loop: the checksums of six texts, computed by the threads of a pool and
by the main thread, come back in the order of the texts. A second loop has no results,
and nobody has to say how large its pieces are.
"""

import hashlib

import gi
gi.require_version('Thr', '1')
from gi.repository import Thr  # noqa: E402

texts = ['one', 'two', 'three', 'four', 'five', 'six']


def checksum(text):
    return hashlib.sha256(text.encode()).hexdigest()


with Thr.Pool(4) as pool:
    for text, answer in zip(texts, pool.parallel_map(checksum, texts)):
        print(f'{text}: {answer[:8]}')

    sums = []
    # The items of this one are ranges of numbers.
    pool.for_each(lambda numbers: sums.append(sum(numbers)),
                  [range(i, i + 1000) for i in range(1, 1000001, 1000)])
    print('The numbers up to 1000000 add up to', sum(sums))
