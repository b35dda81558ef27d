# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A pool of four threads squares four numbers: once with an explicit shutdown, once
in a scope that ends the pool by itself.

submit() returns at once with a future, whose result() waits for the answer.
"""

import gi
gi.require_version('Thr', '1')
from gi.repository import Thr  # noqa: E402

numbers = [5, 2, 55, 4]


def square(n):
    return n * n


def square_all(pool):
    futures = [pool.submit(square, n) for n in numbers]
    for n, future in zip(numbers, futures):
        print(f'  {n} squared is {future.result()}')


print('With shutdown:')
pool = Thr.Pool(4)
square_all(pool)
# Nothing is cancelled, and all threads have ended when it returns.
pool.shutdown()
print('  the pool is', 'closed' if pool.is_closed() else 'open')

print('With a scope:')
with Thr.Pool(4) as pool:
    square_all(pool)
