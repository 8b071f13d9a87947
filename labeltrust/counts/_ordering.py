"""Rows in the order of a key, by a sort of whole numbers alone, which is many times an argsort."""

import numpy as np
from numpy.typing import NDArray

Int = NDArray[np.int64]
_BITS = 63
"""Of a number that is not negative."""


def ordered(key: Int) -> tuple[Int, Int]:
    """Return the stable order of rows by a key, and the key in that order.

    Key and row go into one number wherever both fit, so that sorting the numbers sorts the rows,
    and equal keys stay in their order. numpy sorts numbers by vector instructions (x86-simd-sort,
    since 1.25); an argsort has to fetch each key where it lies.

    Args:
        key: (n,) any whole numbers.

    >>> [x.tolist() for x in ordered(np.array([7, 3, 7, -1]))]
    [[3, 1, 0, 2], [-1, 3, 7, 7]]
    """
    if not key.size:
        return np.zeros(0, dtype=np.int64), key
    low, bits = int(key.min()), int(key.size - 1).bit_length()
    if (int(key.max()) - low).bit_length() + bits > _BITS:
        order = np.argsort(key, kind="stable")
        return order, key[order]
    packed = (key - low) << bits
    packed |= np.arange(key.size)
    packed.sort()
    return packed & ((1 << bits) - 1), (packed >> bits) + low


def distinct(key: Int) -> tuple[Int, Int]:
    """Return the distinct keys, ascending, and the place of each key among them.

    >>> [x.tolist() for x in distinct(np.array([7, 3, 7]))]
    [[3, 7], [1, 0, 1]]
    """
    order, by_key = ordered(key)
    first = np.ones(key.size, dtype=np.bool_)
    np.not_equal(by_key[1:], by_key[:-1], out=first[1:])
    place = np.empty(key.size, dtype=np.int64)
    place[order] = np.cumsum(first) - 1
    return by_key[first], place
