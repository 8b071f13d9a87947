"""What every two labelers said on the items they share."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy import sparse

from labeltrust.counts._base import Counter, Float, Judgments, coded
from labeltrust.counts._cells import Cells, cells
from labeltrust.counts._tally import tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Joint label counts of all pairs of labelers with a shared item.

    Attributes:
        table: (n_labelers, n_labelers, n_labels, n_labels) shared items by labeler a < b, label of
            a and label of b. A labeler's several answers to one item share one vote.
        values: (n_labels,) numeric position of each label, for weights.
        level: The measurement level.
    """

    table: Cells
    values: Float
    level: str

    def __add__(self, other: Self) -> "Pairs":
        """Add the counts of another block."""
        return Pairs(table=self.table + other.table, values=self.values, level=self.level)


def count(judgments: Judgments) -> Pairs:
    """Count label pairs of all pairs of labelers: one sparse product of items with themselves.

    Memory is bounded by the sum of m^2 over items, not by labelers squared.

    >>> from labeltrust.counts import block
    >>> b = block([1, 1, 2, 2], [0, 1, 0, 1], [0, 0, 1, 0], n_labelers=2, values=[0, 1])
    >>> count(b).table.dense()[0, 1].tolist()
    [[1.0, 0.0], [1.0, 0.0]]
    """
    size = max(judgments.n_labels, 1)
    key, said = coded(judgments.labeler * size + judgments.label)
    shape = (judgments.n_items, key.size)
    votes = sparse.csr_array((tally(judgments).vote, (judgments.item, said)), shape=shape)
    product = (votes.T @ votes).tocoo()
    a, b = key[product.coords[0]], key[product.coords[1]]
    upper = np.flatnonzero(a // size < b // size)
    a, b = a[upper], b[upper]
    table = cells(
        (judgments.n_labelers, judgments.n_labelers, judgments.n_labels, judgments.n_labels),
        (a // size, b // size, a % size, b % size),
        product.data[upper],
    )
    return Pairs(table=table, values=judgments.values, level=judgments.level)


COUNTER = Counter(name="pairs", counts=Pairs, count=count)
