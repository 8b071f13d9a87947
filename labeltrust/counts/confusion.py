"""What each labeler answered on gold items, by gold label."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from labeltrust.counts._base import NO_GOLD, Counter, Float, Int, Judgments, summed
from labeltrust.counts._cells import Cells, cells


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """Judgments on gold items; a labeler's repeated answers count each.

    Attributes:
        table: (n_labelers, n_labels, n_labels) judgments by labeler, gold label and own label.
        values: (n_labels,) numeric position of each label, for distances.
    """

    table: Cells
    values: Float

    @property
    def n(self) -> Int:
        """(n_labelers,) judgments on gold items."""
        return self.table.over(0).dense().astype(np.int64)

    @property
    def correct(self) -> Int:
        """(n_labelers,) judgments equal to the gold label."""
        labeler, gold, label = self.table.index
        right = np.where(gold == label, self.table.sums[0], 0.0)
        return summed(labeler, right, self.table.shape[0]).astype(np.int64)

    def __add__(self, other: Self) -> "Confusion":
        """Add the counts of another block."""
        return Confusion(table=self.table + other.table, values=self.values)


def count(judgments: Judgments) -> Confusion:
    """Count judgments on gold items by labeler, gold label and own label.

    >>> from labeltrust.counts import block
    >>> b = block([1, 2], [0, 0], [0, 1], n_labelers=1, values=[0, 1], gold=([1, 2], [0, 0]))
    >>> count(b).table.dense()[0].tolist(), count(b).correct.tolist()
    ([[1.0, 1.0], [0.0, 0.0]], [1])
    """
    gold = judgments.gold[judgments.item]
    rows = np.flatnonzero(gold != NO_GOLD)
    shape = (judgments.n_labelers, judgments.n_labels, judgments.n_labels)
    index = (judgments.labeler[rows], gold[rows], judgments.label[rows])
    return Confusion(table=cells(shape, index, np.ones(rows.size)), values=judgments.values)


COUNTER = Counter(name="confusion", counts=Confusion, count=count)
