"""A labeler's rows in the order they were received, and log likelihoods summed over blocks of them.

Everything sequential reads these sums: the whole of a labeler, a prefix, or what follows an onset.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from labeltrust.inference.crowd_rows import CrowdRows, Float, Int

_CHUNK = 1 << 13  # rows at a time: a chunk times a grid stays in the cache


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
    labeler: Int, order: Int, size: int, log_likelihood: Callable[[Int], Float]
) -> tuple[Float, Int]:
    """Sum log likelihoods over blocks of at most `size` consecutive rows of one labeler.

    Block borders lie at fixed ranks (0, size, 2 size, …) of a labeler's own rows, so they do not
    move when more rows arrive: what was known of an onset then is what is known of it now.

    Args:
        labeler: (n,) labeler of every row there is.
        order: (k,) the rows to sum, by labeler and time.
        size: Rows a block.
        log_likelihood: Rows (j,) to their log likelihoods (j, n_grid).

    Returns:
        The sums (n_blocks, n_grid), and the first row of each block (n_blocks,).
    """
    first = block_starts(labeler[order], size)
    n_grid = log_likelihood(order[:0]).shape[1]
    sums = np.zeros((first.size, n_grid))
    for low, high in _chunks(first, order.size):
        rows = order[first[low] : first[high] if high < first.size else order.size]
        sums[low:high] = np.add.reduceat(log_likelihood(rows), first[low:high] - first[low], axis=0)
    return sums, order[first]


def block_starts(labeler: Int, size: int) -> Int:
    """Return where blocks of `size` rows start in rows sorted by labeler.

    >>> block_starts(np.array([0, 0, 0, 4, 4]), 2).tolist()
    [0, 2, 3]
    """
    if not labeler.size:
        return np.zeros(0, dtype=np.int64)
    changes = np.flatnonzero(np.diff(labeler, prepend=labeler[0] - 1))
    run = np.repeat(changes, np.diff(changes, append=labeler.size))
    return np.flatnonzero((np.arange(labeler.size) - run) % size == 0)


def _chunks(first: Int, n: int) -> list[tuple[int, int]]:
    """Cut blocks into pieces of about `_CHUNK` rows, as (first block, one past the last)."""
    if not first.size:
        return []
    wanted = np.arange(0, n, _CHUNK)
    cuts = np.unique(np.searchsorted(first, wanted))
    ends = np.append(cuts[1:], first.size)
    return [(int(a), int(b)) for a, b in zip(cuts, ends, strict=True) if a < b]


def blocks_of(
    rows: CrowdRows, order: Int, size: int, log_likelihood: Callable[[Int], Float]
) -> Blocks:
    """Sum log likelihoods over blocks of a crowd's rows, see `summed_blocks`."""
    curve, first_row = summed_blocks(rows.labeler, order, size, log_likelihood)
    return Blocks(
        curve=curve,
        labeler=rows.labeler[first_row],
        first_row=first_row,
        n_labelers=rows.n_labelers,
    )
