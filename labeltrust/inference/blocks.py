"""A labeler's rows in the order they were received, and log likelihoods summed over blocks of them.

Everything sequential reads these sums: the whole of a labeler, a prefix, or what follows an onset.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import gcd

import numpy as np

from labeltrust.inference.crowd_rows import CrowdRows, Float, Int

_LEAST = 1e-37
_TOGETHER = 4
"""Likelihoods multiplied before a logarithm is taken, which costs more than all else: four of at
least 1e-9 are no zero even in single precision."""
_PIECE = 1 << 12
_CHUNK = 1 << 11
"""So many at a time: a chunk times a grid stays in the cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """Log likelihoods on a grid of one parameter, summed over blocks of consecutive rows.

    Attributes:
        curve: (n_blocks, n_grid) sums of log likelihoods; blocks by labeler, then by time.
        labeler: (n_blocks,) labeler code of each block, ascending.
        first_row: (n_blocks,) the row that begins the block.
        n_labelers: Size of the labeler code space.
    """

    curve: Float
    labeler: Int
    first_row: Int
    n_labelers: int

    @property
    def totals(self) -> Float:
        """(n_labelers, n_grid) log likelihood of all rows of each labeler; 0 without any."""
        out = np.zeros((self.n_labelers, self.curve.shape[1]))
        if self.labeler.size:
            present, first = np.unique(self.labeler, return_index=True)
            out[present] = np.add.reduceat(self.curve, first, axis=0)
        return out

    def pieces(self) -> Iterator[tuple[int, "Blocks"]]:
        """Yield whole labelers, a few thousand blocks at a time, with the number of the first.

        What is reckoned of a piece stays in the cache, and no more of it is held than that.
        """
        wanted = np.arange(0, self.labeler.size, _PIECE)
        cuts = np.unique(np.searchsorted(self.labeler, self.labeler[wanted]))
        for low, high in pairwise([*cuts.tolist(), self.labeler.size]):
            yield (
                low,
                Blocks(
                    curve=self.curve[low:high],
                    labeler=self.labeler[low:high],
                    first_row=self.first_row[low:high],
                    n_labelers=self.n_labelers,
                ),
            )


def received_order(rows: CrowdRows) -> Int:
    """Return all rows by labeler, then received time; rows received together by event time, (n,).

    >>> import numpy as np
    >>> from labeltrust.counts import block
    >>> from labeltrust.inference.crowd_rows import crowd_rows
    >>> b = block([1, 2, 3], [0, 0, 0], [0, 0, 0], n_labelers=1, values=[0], received_us=[9, 5, 7])
    >>> received_order(crowd_rows(b)).tolist()
    [1, 2, 0]
    """
    keys = (rows.item, rows.occurred_us, rows.received_us, rows.labeler)
    order: Int = np.lexsort(keys)
    return order


def summed_blocks(
    labeler: Int, order: Int, size: int, likelihood: Callable[[Int], Float]
) -> tuple[Float, Int]:
    """Sum log likelihoods over blocks of at most `size` consecutive rows of one labeler.

    Block borders lie at fixed ranks (0, size, 2 size, …) of a labeler's own rows, so they do not
    move when more rows arrive: what was known of an onset then is what is known of it now.

    Args:
        labeler: (n,) labeler of every row there is.
        order: (k,) the rows to sum, by labeler and time.
        size: Rows a block.
        likelihood: Rows (j,) to their likelihoods (j, n_grid), no smaller than about 1e-9.

    Returns:
        The sums (n_blocks, n_grid), and the first row of each block (n_blocks,).
    """
    rank = _rank(labeler[order])
    few = np.flatnonzero(rank % gcd(size, _TOGETHER) == 0)
    begins_block = rank[few] % size == 0
    first, block = few[begins_block], np.cumsum(begins_block) - 1
    rows_of = np.diff(few, append=order.size)
    sums = np.zeros((first.size, likelihood(order[:0]).shape[1]))
    for low in range(0, few.size, _CHUNK):
        part = slice(low, low + _CHUNK)
        logs = _log_products(few[part], rows_of[part], lambda place: likelihood(order[place]))
        begins = np.flatnonzero(np.diff(block[part], prepend=-1))
        sums[block[part][begins]] += np.add.reduceat(logs, begins, axis=0)
    return sums, order[first]


def _log_products(first: Int, size: Int, likelihood: Callable[[Int], Float]) -> Float:
    """Return the log of the product of each few consecutive likelihoods, (k, n_grid)."""
    product = likelihood(first)
    for step in range(1, int(size.max(initial=0))):
        there = np.flatnonzero(size > step)
        if there.size == first.size:
            product *= likelihood(first + step)
        else:
            product[there] *= likelihood(first[there] + step)
    return np.log(np.maximum(product, _LEAST, out=product))


def block_starts(labeler: Int, size: int) -> Int:
    """Return where blocks of `size` rows start in rows sorted by labeler.

    >>> block_starts(np.array([0, 0, 0, 4, 4]), 2).tolist()
    [0, 2, 3]
    """
    return np.flatnonzero(_rank(labeler) % size == 0)


def _rank(labeler: Int) -> Int:
    """Return how many rows of the same labeler come before each, in rows sorted by labeler."""
    place = np.arange(labeler.size)
    changes = np.flatnonzero(labeler[1:] != labeler[:-1]) + 1
    starts = np.concatenate([place[:1], changes])
    rank: Int = place - np.repeat(starts, np.diff(starts, append=labeler.size))
    return rank


def blocks_of(rows: CrowdRows, order: Int, size: int, likelihood: Callable[[Int], Float]) -> Blocks:
    """Sum log likelihoods over blocks of a crowd's rows, see `summed_blocks`."""
    curve, first_row = summed_blocks(rows.labeler, order, size, likelihood)
    return Blocks(
        curve=curve,
        labeler=rows.labeler[first_row],
        first_row=first_row,
        n_labelers=rows.n_labelers,
    )
